//! What a program asks for, as the head of its request says it.

use std::borrow::Cow;

use pollcat::{Method, Request};

use crate::history::{Millis, Offset};
use crate::http::media::Media;
use crate::refusal::{Code, Refusal};
use crate::voices::json::PAGE;

/// The longest body, in bytes.
pub(super) const LONGEST: usize = 256 << 10;
/// The longest wait, in seconds: proxies give up after a minute.
const LONGEST_WAIT: Millis = 55;

/// What is asked for, as far as the head of a request says it.
#[derive(Debug)]
pub(super) enum Asked {
    /// If a body comes behind it that can be read.
    Messages(Result<(), Refused>),
    Rooms,
    Events(String, Result<Events, Refusal>),
}

/// With a status of its own.
type Refused = (u16, Refusal);

impl Asked {
    pub(super) fn of(request: &Request<'_>) -> Option<Asked> {
        let path = request.decoded_path()?;
        match path.strip_prefix("/api/v1/")? {
            "messages" => Some(Asked::Messages(check_body(request))),
            "rooms" => Some(Asked::Rooms),
            path => {
                let room = path.strip_prefix("rooms/")?.strip_suffix("/events")?;
                Some(Asked::Events(room.to_owned(), Events::of(request)))
            }
        }
    }

    pub(super) fn allows(&self, method: Method) -> bool {
        match self {
            Asked::Messages(_) => method == Method::Post,
            Asked::Rooms | Asked::Events(..) => matches!(method, Method::Get | Method::Head),
        }
    }

    /// What was sent for it, in bytes.
    pub(super) fn length(&self) -> usize {
        if let Asked::Events(room, _) = self { room.len() } else { 0 }
    }
}

/// What was said in a room, as it stands in the address.
#[derive(Debug)]
pub(super) struct Events {
    pub after: Option<Offset>,
    pub epoch: Option<String>,
    pub wait: Millis,
    pub limit: usize,
}

impl Events {
    fn of(request: &Request<'_>) -> Result<Self, Refusal> {
        let number = |name: &str, most: u64| {
            let value = request.query_value(name).map(|text| text.parse::<u64>());
            value.transpose().map_err(|_| Refusal::bad_field(format!("`{name}` is a number"))).and_then(
                |number| match number {
                    Some(number) if number > most => {
                        Err(Refusal::bad_field(format!("`{name}` is {most} at most")))
                    }
                    number => Ok(number),
                },
            )
        };
        let wait = number("wait", u64::MAX)?.unwrap_or(0).min(LONGEST_WAIT as u64) as Millis;
        let limit = number("limit", u64::MAX)?.map_or(PAGE, |limit| limit.clamp(1, PAGE as u64) as usize);
        let after = number("after", i64::MAX as u64)?;
        Ok(Events {
            after,
            epoch: request.query_value("epoch").filter(|epoch| !epoch.is_empty()).map(Cow::into_owned),
            wait,
            limit,
        })
    }
}

/// What `curl -d` sends calls itself a form.
fn check_body(request: &Request<'_>) -> Result<(), Refused> {
    if !matches!(Media::of(content_type(request)), Some(Media::Json | Media::Form | Media::Unsaid)) {
        return Err((415, Refusal::bad_field("a message is sent as application/json")));
    }
    if request.content_length().is_some_and(|bytes| bytes > LONGEST as u64) {
        let refusal = Refusal::new(Code::TooLong, format!("a body has at most {LONGEST} bytes"));
        return Err((413, refusal));
    }
    Ok(())
}

/// What is no text at all is something that is not read.
pub(super) fn content_type<'a>(request: &Request<'a>) -> Option<&'a str> {
    let mut fields = request.headers().filter(|(name, _)| name.eq_ignore_ascii_case("content-type"));
    fields.next().map(|(_, value)| str::from_utf8(value).unwrap_or("?"))
}
