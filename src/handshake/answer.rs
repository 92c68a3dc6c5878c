//! The server's answer: 101 and a WebSocket, a refusal, or a page (RFC 6455 §4.2.2, RFC 9112 §4).

use std::borrow::Cow;

use super::status::phrase;
use super::syntax::{is_token, is_value_byte};
use super::{Body, Method, Refusal, Request, Upgrade};

/// What to answer a request with.
///
/// ```
/// use pollcat::handshake::{Answer, Request};
///
/// fn on_request(request: &Request<'_>) -> Answer {
///     match request.path() {
///         "/ws" => Answer::accept().subprotocol(request.choose_subprotocol(&["chat.v1"])),
///         "/" => Answer::page("text/html; charset=utf-8", "<!doctype html><title>hello</title>"),
///         _ => Answer::refuse(404, "there is no such page"),
///     }
/// }
/// ```
#[derive(Debug, Clone)]
pub struct Answer {
    status: u16,
    subprotocol: Option<String>,
    /// Header lines, each with its CR LF.
    fields: String,
    body: Body,
}

/// No status that travels (RFC 9110 §15): stands for an answer that is still to come.
const LATER: u16 = 0;

/// Fields by which a client finds the end of an answer, and the next one; and the one that every answer has anyway.
const FRAMING: [&str; 4] = ["Content-Length", "Transfer-Encoding", "Connection", "Date"];

const CONTENT_TYPE: &str = "Content-Type";

/// What else decides how an ordinary answer is written.
#[derive(Debug, Clone, Copy)]
pub struct Framing<'a> {
    /// Only the head is wanted.
    pub method: Method,
    /// Another request may follow on this connection.
    pub keep_alive: bool,
    /// The time in the form of RFC 9110 §5.6.7; empty: there is no clock.
    pub date: &'a str,
}

impl Answer {
    /// Yes: 101, and the connection is a WebSocket. To an ordinary request it means that there is no page.
    pub fn accept() -> Self {
        Answer { status: 101, subprotocol: None, fields: String::new(), body: "".into() }
    }

    /// No, with this status (any outside 400 to 599 becomes 500) and a line of plain text that says why.
    pub fn refuse(status: u16, why: impl Into<Cow<'static, str>>) -> Self {
        let why = why.into();
        let status = if matches!(status, 400..=599) { status } else { 500 };
        Answer::with_status(status, format!("{status} {}: {why}\n", phrase(status)))
            .header("Content-Type", "text/plain; charset=utf-8")
    }

    /// A page: 200, its Content-Type, and its bytes.
    pub fn page(content_type: &str, body: impl Into<Body>) -> Self {
        Answer::with_status(200, body).header("Content-Type", content_type)
    }

    /// Any other answer, such as 304 without a body. A status outside 200 to 599 becomes 500.
    pub fn with_status(status: u16, body: impl Into<Body>) -> Self {
        let status = if matches!(status, 200..=599) { status } else { 500 };
        Answer { status, subprotocol: None, fields: String::new(), body: body.into() }
    }

    /// A page that is not at hand: the connection waits until [`Peers::answer_request`](crate::Peers::answer_request) brings
    /// it, under the id that [`Peers::request_id`](crate::Peers::request_id) gives. It waits for
    /// [`Config::handshake_within`](crate::Config::handshake_within) at most; then it is told 503, and ends. The answer to
    /// a WebSocket has to be given at once: there, this is a 500.
    pub fn later() -> Self {
        Answer { status: LATER, subprotocol: None, fields: String::new(), body: "".into() }
    }

    /// Names the subprotocol that the server chose (RFC 6455 §4.2.2). One that the client did not offer
    /// is left out of the answer. Browsers fail a connection if they offered some and none is answered: the server's log
    /// warns of the first.
    pub fn subprotocol(self, name: Option<&str>) -> Self {
        Answer { subprotocol: name.map(str::to_owned), ..self }
    }

    /// Adds a header field. If its name is no token or its value has a control character (which could split
    /// the answer in two), or if it is one of those that say where the answer ends (Content-Length, Transfer-Encoding,
    /// Connection, Date), which are the server's to set, the whole answer becomes a 500: a mistake in the program, better
    /// seen than sent. Another Content-Type takes the place of the one that is there.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        let is_own = FRAMING.iter().any(|own| own.eq_ignore_ascii_case(name));
        if is_own || !is_token(name.as_bytes()) || !value.bytes().all(is_value_byte) {
            return Answer::refuse(500, "the application set a header that cannot be sent");
        }
        if name.eq_ignore_ascii_case(CONTENT_TYPE) {
            let is_other = |line: &&str| {
                line.split(':').next().is_none_or(|name| !name.eq_ignore_ascii_case(CONTENT_TYPE))
            };
            self.fields = self.fields.split_inclusive("\r\n").filter(is_other).collect();
        }
        for part in [name, ": ", value, "\r\n"] {
            self.fields.push_str(part);
        }
        self
    }

    /// The status code.
    pub fn status(&self) -> u16 {
        self.status
    }

    /// Does it accept a WebSocket?
    pub fn is_accept(&self) -> bool {
        self.status == 101
    }

    /// The subprotocol that was chosen, if the client offers it.
    pub(crate) fn chosen_subprotocol(&self, request: &Request<'_>) -> Option<&str> {
        self.subprotocol.as_deref().filter(|&name| request.choose_subprotocol(&[name]).is_some())
    }

    pub(crate) fn is_later(&self) -> bool {
        self.status == LATER
    }

    /// About how long the written head is, in bytes.
    pub(crate) fn head_length(&self) -> usize {
        self.fields.len() + 160
    }

    /// What is written after the head. These have no body (RFC 9110 §15.3.5, §15.3.6, §15.4.5), ...
    pub(crate) fn body(&self, method: Method) -> Option<&Body> {
        let has_none = matches!(self.status, 204 | 205 | 304) || method == Method::Head;
        (!has_none && !self.body.as_bytes().is_empty()).then_some(&self.body)
    }

    /// Writes the 101 that opens the WebSocket (RFC 6455 §4.2.2), and before it the 100 that a client may expect
    /// (RFC 9110 §7.8). An answer that does not accept is written as what it is, without a Date.
    pub fn write_upgrade(&self, request: &Request<'_>, upgrade: &Upgrade, out: &mut Vec<u8>) {
        if !self.is_accept() {
            return self.write(Framing { method: request.method(), keep_alive: false, date: "" }, out);
        }
        if request.lists("expect", "100-continue") {
            out.extend_from_slice(b"HTTP/1.1 100 Continue\r\n\r\n");
        }
        out.extend_from_slice(
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n",
        );
        push_field(out, "Sec-WebSocket-Accept", upgrade.accept());
        if let Some(name) = self.chosen_subprotocol(request) {
            push_field(out, "Sec-WebSocket-Protocol", name);
        }
        if let Some(agreement) = upgrade.deflate() {
            push_field(out, "Sec-WebSocket-Extensions", &agreement.to_string());
        }
        out.extend_from_slice(self.fields.as_bytes());
        out.extend_from_slice(b"\r\n");
    }

    /// Writes an ordinary answer (RFC 9112 §4). One that accepts a WebSocket, where there is none, is a 426, and one that
    /// was to come later a 500.
    pub fn write(&self, framing: Framing<'_>, out: &mut Vec<u8>) {
        match self.status {
            101 => return Answer::from(Refusal::NotWebSocket).write(framing, out),
            LATER => return Answer::refuse(500, "the answer has not come").write(framing, out),
            _ => self.write_head(framing, out),
        }
        out.extend_from_slice(self.body(framing.method).map_or(&[], Body::as_bytes));
    }

    pub(crate) fn write_head(&self, framing: Framing<'_>, out: &mut Vec<u8>) {
        let length = self.body(Method::Get).map_or(0, |body| body.as_bytes().len());
        let line = format!("HTTP/1.1 {} {}", self.status, phrase(self.status));
        out.extend_from_slice(line.as_bytes());
        out.extend_from_slice(b"\r\n");
        if !framing.date.is_empty() {
            push_field(out, "Date", framing.date);
        }
        // ... and two of them no length to speak of (RFC 9110 §8.6).
        if !matches!(self.status, 204 | 304) {
            push_field(out, "Content-Length", &length.to_string());
        }
        if !framing.keep_alive {
            push_field(out, "Connection", if self.status == 426 { "Upgrade, close" } else { "close" });
        } else if self.status == 426 {
            push_field(out, "Connection", "Upgrade");
        }
        out.extend_from_slice(self.fields.as_bytes());
        out.extend_from_slice(b"\r\n");
    }
}

impl From<Refusal> for Answer {
    fn from(refusal: Refusal) -> Self {
        let answer = Answer::refuse(refusal.status(), refusal.words());
        match refusal {
            Refusal::Method => answer.header("Allow", "GET, HEAD"),
            Refusal::NoVersion | Refusal::OtherVersion => {
                upgrade_needed(answer).header("Sec-WebSocket-Version", "13")
            }
            Refusal::NotWebSocket | Refusal::UpgradeField | Refusal::ConnectionField => {
                upgrade_needed(answer)
            }
            Refusal::ServerFull | Refusal::AddressFull | Refusal::Stopping => {
                answer.header("Retry-After", "5")
            }
            _ => answer,
        }
    }
}

/// A 426 names the protocol to upgrade to (RFC 9110 §15.5.22).
fn upgrade_needed(answer: Answer) -> Answer {
    if answer.status == 426 { answer.header("Upgrade", "websocket") } else { answer }
}

fn push_field(out: &mut Vec<u8>, name: &str, value: &str) {
    for part in [name, ": ", value, "\r\n"] {
        out.extend_from_slice(part.as_bytes());
    }
}

#[cfg(test)]
mod tests;
