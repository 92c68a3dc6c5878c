//! The server's answer: a WebSocket, a page, a refusal, or one that comes later (RFC 6455 §4.2.2, RFC 9112 §4).

use std::any::Any;
use std::borrow::Cow;
use std::sync::Arc;

use super::response::{Framing, Response, push_field};
use super::status::Status;
use super::syntax::{is_token, is_value_byte};
use super::{Body, Refusal, Request, Upgrade};

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
///
/// # Mistakes
///
/// An answer that cannot be sent becomes a 500 with a line of plain text: a mistake in the program, better seen than
/// sent. What the mistake was is not for the client: [`fault`](Self::fault) has it, and the server logs it as an
/// error.
#[derive(Debug, Clone)]
#[must_use = "an answer does nothing before it is returned or written"]
pub struct Answer {
    kind: Kind,
    /// The mistake that made a 500 of it.
    fault: Option<Cow<'static, str>>,
}

#[derive(Debug, Clone)]
enum Kind {
    /// A WebSocket; the 101 has these header lines, each with its CR LF.
    Accept {
        subprotocol: Option<String>,
        fields: String,
        data: Option<Carried>,
    },
    Later,
    /// The body first, of so many bytes at most.
    ReadBody(usize),
    /// A page or a refusal.
    Response(Response),
}

/// What an answer that accepts carries to `on_open`.
pub(crate) type Carried = Arc<dyn Any + Send + Sync>;

/// Fields by which a client finds the end of an answer, and the next one; and the one that every answer has anyway.
const FRAMING: [&str; 4] = ["Content-Length", "Transfer-Encoding", "Connection", "Date"];

/// Fields with which a 101 says what was agreed on (RFC 6455 §4.2.2).
const OPENING: [&str; 4] =
    ["Upgrade", "Sec-WebSocket-Accept", "Sec-WebSocket-Protocol", "Sec-WebSocket-Extensions"];

const CONTENT_TYPE: &str = "Content-Type";

impl Answer {
    /// Yes: the connection becomes a WebSocket. A request that does not ask for one gets a 426 instead: there is no
    /// page.
    pub fn accept() -> Self {
        Answer::of(Kind::Accept { subprotocol: None, fields: String::new(), data: None })
    }

    /// No, with this status and a line of plain text that says why. A status outside 400 to 599 is a
    /// [mistake](Self#mistakes): no number opens a WebSocket, or passes for a page.
    pub fn refuse(status: u16, why: impl Into<Cow<'static, str>>) -> Self {
        match Status::of_refusal(status) {
            Some(status) => Answer::of(Kind::Response(Response::in_plain_text(status, &why.into()))),
            None => Answer::mistaken(format!("a refusal has a status from 400 to 599, not {status}")),
        }
    }

    /// A page: 200, its Content-Type, and its bytes.
    pub fn page(content_type: &str, body: impl Into<Body>) -> Self {
        Answer::of(Kind::Response(Response::new(Status::OK, body.into()))).header(CONTENT_TYPE, content_type)
    }

    /// Any other page, such as 304 without a body. A status outside 200 to 599 is a [mistake](Self#mistakes).
    pub fn with_status(status: u16, body: impl Into<Body>) -> Self {
        match Status::new(status) {
            Some(status) => Answer::of(Kind::Response(Response::new(status, body.into()))),
            None => Answer::mistaken(format!("an answer has a status from 200 to 599, not {status}")),
        }
    }

    /// The answer comes later, as it has to be fetched first: a page, or the decision on a WebSocket, which waits
    /// before its 101. It is given under the id that [`Peers::request_id`](crate::Peers::request_id) names, with
    /// [`Peers::answer_request`](crate::Peers::answer_request), or from another thread with
    /// [`Mailbox::answer_request`](crate::Mailbox::answer_request).
    ///
    /// The client waits for [`Config::answer_within`](crate::Config::answer_within) at most, counted from now; then it
    /// gets a 503, and the connection ends. Whenever no answer is needed any more,
    /// [`Handler::on_request_gone`](crate::Handler::on_request_gone) says so. What a client sends while it waits for a
    /// WebSocket is kept, up to 16 KiB, and read as messages after [`on_open`](crate::Handler::on_open); what is more
    /// waits in TCP. What a client sends while it waits for a page is not read as a request: it has to connect again.
    ///
    /// An answer that is given later cannot be `later` once more: that is a [mistake](Self#mistakes).
    pub fn later() -> Self {
        Answer::of(Kind::Later)
    }

    /// The body first: it is read, up to `limit` bytes, and given to [`Handler::on_body`](crate::Handler::on_body),
    /// whose answer is the client's. A request without a body has an empty one. Without this a body is never read: any
    /// other answer to a request that has one ends the connection.
    ///
    /// A body that is longer gets 413, before a byte of it is read if Content-Length says so; one that is compressed
    /// gets 415; one that is not whole within [`Config::body_within`](crate::Config::body_within) gets 408. A client
    /// that expects it is sent `100 Continue`. Memory follows the bytes that arrive, and counts towards
    /// [`Config::max_receiving`](crate::Config::max_receiving).
    ///
    /// It may also be said [later](Self::later), once: after a look at who sends it, say. As an answer to a request for
    /// a WebSocket, or from `on_body`, it is a [mistake](Self#mistakes).
    pub fn read_body(limit: usize) -> Self {
        Answer::of(Kind::ReadBody(limit))
    }

    /// A mistake of the application, in words for its log.
    pub(crate) fn mistaken(fault: impl Into<Cow<'static, str>>) -> Self {
        Answer { kind: Kind::Response(Response::of_mistake()), fault: Some(fault.into()) }
    }

    fn of(kind: Kind) -> Self {
        Answer { kind, fault: None }
    }

    /// Names the subprotocol that the server chose, if it accepts (RFC 6455 §4.2.2). One that the client did not
    /// offer is left out of the answer. Browsers fail a connection if they offered some and none is answered: the
    /// server's log warns of the first.
    pub fn subprotocol(mut self, name: Option<&str>) -> Self {
        if let Kind::Accept { subprotocol, .. } = &mut self.kind {
            *subprotocol = name.map(str::to_owned);
        }
        self
    }

    /// Has an answer that accepts carry this to [`on_open`](crate::Handler::on_open), where
    /// [`Peers::opened_with`](crate::Peers::opened_with) takes it out: who the client is, say. So nothing has to be
    /// kept under an id before its peer is open. It is dropped if it is not taken out, or if the WebSocket does not
    /// open. Another `with` takes its place; other answers carry nothing.
    pub fn with<T: Any + Send + Sync + Clone>(mut self, carried: T) -> Self {
        if let Kind::Accept { data, .. } = &mut self.kind {
            *data = Some(Arc::new(carried));
        }
        self
    }

    /// Adds a header field. Another Content-Type takes the place of the one that is there.
    ///
    /// It is a [mistake](Self#mistakes) if the name is no token; if the value has a control character, which could
    /// split the answer in two; or if the field is the server's to set: those that say where the answer ends
    /// (Content-Length, Transfer-Encoding, Connection), Date, and when the answer accepts, Upgrade and
    /// Sec-WebSocket-Accept, -Protocol (see [`subprotocol`](Self::subprotocol)) and -Extensions.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        if self.fault.is_some() {
            return self;
        }
        if let Some(fault) = self.field_fault(name, value) {
            return Answer::mistaken(fault);
        }
        let fields = match &mut self.kind {
            Kind::Accept { fields, .. } => fields,
            Kind::Response(response) => &mut response.fields,
            Kind::Later | Kind::ReadBody(_) => return self,
        };
        if name.eq_ignore_ascii_case(CONTENT_TYPE) {
            let is_other = |line: &&str| !is_field(line, CONTENT_TYPE);
            *fields = fields.split_inclusive("\r\n").filter(is_other).collect();
        }
        for part in [name, ": ", value, "\r\n"] {
            fields.push_str(part);
        }
        self
    }

    /// With these header lines as well, which have been checked, and each of which has its CR LF.
    pub(crate) fn with_lines(mut self, lines: &str) -> Self {
        if let Kind::Response(response) = &mut self.kind {
            response.fields.push_str(lines);
        }
        self
    }

    /// Why this field cannot be sent. A name is quoted with its control characters escaped, and a value, which may be
    /// secret, not at all.
    fn field_fault(&self, name: &str, value: &str) -> Option<String> {
        let is_one_of = |own: &[&str]| own.iter().any(|own| own.eq_ignore_ascii_case(name));
        if !is_token(name.as_bytes()) {
            let start: String = name.chars().take(64).collect();
            return Some(format!("the name of a header field is a token, not {start:?}"));
        }
        if is_one_of(&FRAMING) || self.is_accept() && is_one_of(&OPENING) {
            return Some(format!("the header field {name:?} is the server's to set"));
        }
        let is_clean = value.bytes().all(is_value_byte);
        (!is_clean).then(|| format!("the value of the header field {name:?} has a control character"))
    }

    /// Does it accept a WebSocket?
    pub fn is_accept(&self) -> bool {
        matches!(self.kind, Kind::Accept { .. })
    }

    /// Is it to come [later](Self::later)?
    pub fn is_later(&self) -> bool {
        matches!(self.kind, Kind::Later)
    }

    /// Is the body to be [read](Self::read_body) first, and how long may it be?
    pub fn body_limit(&self) -> Option<usize> {
        if let Kind::ReadBody(limit) = self.kind { Some(limit) } else { None }
    }

    /// The status of a page or a refusal, from 200 to 599. `None` for an answer that accepts, comes later, or reads the
    /// body first.
    pub fn status(&self) -> Option<u16> {
        self.as_response().map(|response| response.status.number())
    }

    /// Names and values of the header fields that it was given, in order. Those that the server sets are not among
    /// them.
    pub fn headers(&self) -> impl Iterator<Item = (&str, &str)> {
        let fields = match &self.kind {
            Kind::Accept { fields, .. } => fields,
            Kind::Response(response) => &response.fields,
            Kind::Later | Kind::ReadBody(_) => "",
        };
        fields.split_terminator("\r\n").filter_map(|line| line.split_once(": "))
    }

    /// The body of a page or a refusal; empty for every other answer.
    pub fn body(&self) -> &[u8] {
        self.as_response().map_or(&[], |response| response.body.as_bytes())
    }

    /// The mistake that made this answer a 500: a header field that cannot be sent, with its name, or a status out of
    /// range.
    pub fn fault(&self) -> Option<&str> {
        self.fault.as_deref()
    }

    fn as_response(&self) -> Option<&Response> {
        match &self.kind {
            Kind::Response(response) => Some(response),
            Kind::Accept { .. } | Kind::Later | Kind::ReadBody(_) => None,
        }
    }

    /// Takes what it carries to `on_open`.
    pub(crate) fn take_carried(&mut self) -> Option<Carried> {
        match &mut self.kind {
            Kind::Accept { data, .. } => data.take(),
            Kind::Response(_) | Kind::Later | Kind::ReadBody(_) => None,
        }
    }

    /// What is written where no WebSocket can be opened, and the answer cannot come later.
    pub(crate) fn response(&self) -> Cow<'_, Response> {
        match &self.kind {
            Kind::Response(response) => Cow::Borrowed(response),
            Kind::Accept { .. } => Cow::Owned(Refusal::NotWebSocket.into()),
            Kind::Later | Kind::ReadBody(_) => Cow::Owned(Response::of_mistake()),
        }
    }

    /// The subprotocol that was chosen, if the client offers it.
    pub(crate) fn chosen_subprotocol(&self, request: &Request<'_>) -> Option<&str> {
        let Kind::Accept { subprotocol, .. } = &self.kind else {
            return None;
        };
        subprotocol.as_deref().filter(|&name| request.choose_subprotocol(&[name]).is_some())
    }

    /// Writes the 101 that opens the WebSocket (RFC 6455 §4.2.2), and before it the 100 that a client may expect (RFC
    /// 9110 §7.8, §10.1.1). An answer that does not accept is written as [`write`](Self::write) does, without a Date.
    pub fn write_upgrade(&self, request: &Request<'_>, upgrade: &Upgrade, out: &mut Vec<u8>) {
        let Kind::Accept { fields, .. } = &self.kind else {
            return self.write(Framing::new().method(request.method()), out);
        };
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
        out.extend_from_slice(fields.as_bytes());
        out.extend_from_slice(b"\r\n");
    }

    /// Writes a page or a refusal (RFC 9112 §4). An answer that accepts a WebSocket, where there is none, is a 426,
    /// and one that was to come later, or to read the body first, a 500.
    pub fn write(&self, framing: Framing, out: &mut Vec<u8>) {
        self.response().write(framing, out);
    }
}

impl From<Refusal> for Answer {
    fn from(refusal: Refusal) -> Self {
        Answer::of(Kind::Response(refusal.into()))
    }
}

/// Has this header line that name?
fn is_field(line: &str, name: &str) -> bool {
    line.split(':').next().is_some_and(|found| found.eq_ignore_ascii_case(name))
}

#[cfg(test)]
mod tests;
