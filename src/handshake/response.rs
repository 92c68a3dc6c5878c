//! A page or a refusal as it is written (RFC 9112 §4).

use super::date::http_date;
use super::status::Status;
use super::{Body, Method, Refusal};

/// An ordinary answer of HTTP.
#[derive(Debug, Clone)]
pub(crate) struct Response {
    pub(super) status: Status,
    /// Header lines, each with its CR LF.
    pub(super) fields: String,
    pub(super) body: Body,
}

/// How a page or a refusal is written: for which method, whether the connection goes on, and at what time.
///
/// ```
/// use std::time::{SystemTime, UNIX_EPOCH};
/// use pollcat::handshake::{Answer, Framing, Request};
///
/// fn write(request: &Request<'_>, answer: &Answer, out: &mut Vec<u8>) {
///     let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
///     let keep_alive = request.wants_keep_alive();
///     let framing = Framing::new().method(request.method()).keep_alive(keep_alive).date(now.as_secs());
///     answer.write(framing, out);
/// }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub struct Framing {
    method: Method,
    keep_alive: bool,
    date: Option<u64>,
}

impl Framing {
    /// For a GET, on a connection that ends with the answer, without a Date.
    pub fn new() -> Self {
        Framing { method: Method::Get, keep_alive: false, date: None }
    }

    /// The method of the request. An answer to [`Method::Head`] is written without its body.
    pub fn method(self, method: Method) -> Self {
        Framing { method, ..self }
    }

    /// May another request follow on this connection? If not, the answer says `Connection: close`, and the connection
    /// has to be closed behind it.
    pub fn keep_alive(self, on: bool) -> Self {
        Framing { keep_alive: on, ..self }
    }

    /// The time, in seconds since the beginning of 1970 (UTC). A server that has a clock has to send it (RFC 9110
    /// §6.6.1).
    pub fn date(self, unix_seconds: u64) -> Self {
        Framing { date: Some(unix_seconds), ..self }
    }
}

impl From<Refusal> for Response {
    fn from(refusal: Refusal) -> Self {
        let status = Status::of_refusal(refusal.status()).expect("the table has no status below 400");
        let mut response = Response::in_plain_text(status, refusal.words());
        for (name, value) in refusal.fields() {
            response.add_field(name, value);
        }
        response
    }
}

impl Default for Framing {
    fn default() -> Self {
        Framing::new()
    }
}

impl Response {
    pub(super) fn new(status: Status, body: Body) -> Self {
        Response { status, fields: String::new(), body }
    }

    /// One line with the reason.
    pub(super) fn in_plain_text(status: Status, why: &str) -> Self {
        let text = format!("{} {}: {why}\n", status.number(), status.phrase());
        let mut response = Response::new(status, text.into());
        response.add_field("Content-Type", "text/plain; charset=utf-8");
        response
    }

    /// What the client gets of a mistake of the application.
    pub(super) fn of_mistake() -> Self {
        Response::in_plain_text(Status::SERVER_ERROR, "the application's answer cannot be sent")
    }

    fn add_field(&mut self, name: &str, value: &str) {
        for part in [name, ": ", value, "\r\n"] {
            self.fields.push_str(part);
        }
    }

    /// About how long the written head is, in bytes.
    pub(crate) fn head_length(&self) -> usize {
        self.fields.len() + 160
    }

    /// What is written after the head.
    pub(crate) fn body(&self, method: Method) -> Option<&Body> {
        let is_wanted = self.status.has_body() && method != Method::Head;
        (is_wanted && !self.body.as_bytes().is_empty()).then_some(&self.body)
    }

    /// All of it.
    pub(super) fn write(&self, framing: Framing, out: &mut Vec<u8>) {
        self.write_head(framing, out);
        out.extend_from_slice(self.body(framing.method).map_or(&[], Body::as_bytes));
    }

    pub(crate) fn write_head(&self, framing: Framing, out: &mut Vec<u8>) {
        // The answer to a HEAD has the length that a GET would have (RFC 9110 §9.3.2).
        let length = self.body(Method::Get).map_or(0, |body| body.as_bytes().len());
        let line = format!("HTTP/1.1 {} {}\r\n", self.status.number(), self.status.phrase());
        out.extend_from_slice(line.as_bytes());
        if let Some(unix_seconds) = framing.date {
            push_field(out, "Date", &http_date(unix_seconds));
        }
        if self.status.has_length() {
            push_field(out, "Content-Length", &length.to_string());
        }
        match (framing.keep_alive, self.status.asks_for_upgrade()) {
            (false, true) => push_field(out, "Connection", "Upgrade, close"),
            (false, false) => push_field(out, "Connection", "close"),
            (true, true) => push_field(out, "Connection", "Upgrade"),
            (true, false) => {}
        }
        out.extend_from_slice(self.fields.as_bytes());
        out.extend_from_slice(b"\r\n");
    }
}

pub(super) fn push_field(out: &mut Vec<u8>, name: &str, value: &str) {
    for part in [name, ": ", value, "\r\n"] {
        out.extend_from_slice(part.as_bytes());
    }
}
