//! One request: it goes out, and the beginning of its answer is read. Whoever answers with a flood, or a byte a second, costs
//! [`IN_ALL`] of a thread and [`ANSWER`] of memory.

use std::io::Read;
use std::net::IpAddr;
use std::time::{Duration, Instant};

use ureq::Agent;
use ureq::http::{Response, header};
use ureq::tls::{RootCerts, TlsConfig};
use ureq::unversioned::transport::DefaultConnector;

use super::job::{Outcome, Request};
use super::resolver::{Judging, Lookup};
use super::{faults, retry_after};

const CONNECTED: Duration = Duration::from_secs(5);
const IN_ALL: Duration = Duration::from_secs(10);
/// So much of an answer is read.
pub(super) const ANSWER: u64 = 64 << 10;
/// No answer has more in its headers.
const HEADERS: usize = 16 << 10;
/// Who takes longer is slow.
const SLOW: Duration = Duration::from_secs(2);

/// As the chat calls itself.
const USER_AGENT: &str = concat!("pollcat/", env!("CARGO_PKG_VERSION"));

/// A client that follows nobody, and that the environment cannot lead elsewhere.
pub(super) fn agent(lookup: Lookup, is_open: Option<fn(IpAddr) -> bool>, roots: Option<RootCerts>) -> Agent {
    let tls = TlsConfig::builder().root_certs(roots.unwrap_or(RootCerts::WebPki)).build();
    let config = Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .proxy(None)
        .user_agent(USER_AGENT)
        .tls_config(tls)
        .timeout_resolve(Some(CONNECTED))
        .timeout_connect(Some(CONNECTED))
        .timeout_global(Some(IN_ALL))
        .max_response_header_size(HEADERS)
        // A connection that is kept was judged for somebody else, and may be half dead.
        .max_idle_connections(0)
        .build();
    Agent::with_parts(config, DefaultConnector::default(), Judging::new(lookup, is_open))
}

/// What has come of it, and whether it was slow.
pub(super) fn send(agent: &Agent, request: Request) -> (Outcome, bool) {
    let begun = Instant::now();
    let outcome = answer(agent, request);
    let is_answer = matches!(outcome, Outcome::Answered { .. });
    (outcome, !is_answer || begun.elapsed() > SLOW)
}

fn answer(agent: &Agent, request: Request) -> Outcome {
    let Request { url, headers, body } = request;
    let post = headers.iter().fold(agent.post(url), |post, (name, value)| post.header(*name, value));
    match post.send(&body[..]) {
        Ok(response) => read(response),
        Err(error) => faults::outcome(&error),
    }
}

/// The status is the answer. What comes behind it helps, if it comes.
fn read(response: Response<ureq::Body>) -> Outcome {
    let (head, body) = response.into_parts();
    let value = |name| head.headers.get(name).and_then(|value| value.to_str().ok());
    let retry_after = value(header::RETRY_AFTER).and_then(|it| retry_after::seconds(it, value(header::DATE)));
    let is_plain = value(header::CONTENT_TYPE).is_some_and(is_plain);
    let mut bytes = Vec::new();
    let whole = body.into_reader().take(ANSWER).read_to_end(&mut bytes);
    let text = whole.ok().and_then(|_| text(bytes));
    Outcome::Answered { status: head.status.as_u16(), retry_after, text, is_plain }
}

fn is_plain(media_type: &str) -> bool {
    let mut parts = media_type.split(';').map(str::trim);
    let is_plain = parts.next().is_some_and(|it| it.eq_ignore_ascii_case("text/plain"));
    let is_utf8 =
        |charset: &str| ["utf-8", "\"utf-8\"", "us-ascii"].contains(&&*charset.to_ascii_lowercase());
    let charset =
        |part: &str| part.split_once('=').is_some_and(|(name, _)| name.eq_ignore_ascii_case("charset"));
    is_plain
        && parts
            .filter(|part| charset(part))
            .all(|part| part.split_once('=').is_some_and(|(_, it)| is_utf8(it)))
}

/// A character that was cut in two at the end is left out.
fn text(mut bytes: Vec<u8>) -> Option<String> {
    if let Err(error) = std::str::from_utf8(&bytes) {
        let is_cut = error.error_len().is_none() && bytes.len() as u64 == ANSWER;
        bytes.truncate(if is_cut { error.valid_up_to() } else { 0 });
        return is_cut.then(|| String::from_utf8(bytes).ok())?;
    }
    String::from_utf8(bytes).ok()
}
