//! The status of a page or a refusal (RFC 9110 §15).

/// From 200 to 599: a final answer. The 101 that opens a WebSocket is none of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Status(u16);

impl Status {
    pub(super) const OK: Status = Status(200);
    pub(super) const SERVER_ERROR: Status = Status(500);

    /// `None` for what ends no request.
    pub(super) fn new(number: u16) -> Option<Status> {
        matches!(number, 200..=599).then_some(Status(number))
    }

    /// `None` for what does not say no.
    pub(super) fn of_refusal(number: u16) -> Option<Status> {
        matches!(number, 400..=599).then_some(Status(number))
    }

    pub(super) fn number(self) -> u16 {
        self.0
    }

    /// Answers with this status have no body, whatever was asked (RFC 9110 §15.3.5, §15.3.6, §15.4.5).
    pub(super) fn has_body(self) -> bool {
        !matches!(self.0, 204 | 205 | 304)
    }

    /// Two of them have no length to speak of either (RFC 9110 §8.6).
    pub(super) fn has_length(self) -> bool {
        !matches!(self.0, 204 | 304)
    }

    /// It names the protocol that the client has to upgrade to (RFC 9110 §15.5.22).
    pub(super) fn asks_for_upgrade(self) -> bool {
        self.0 == 426
    }

    /// The reason phrase. It is for people; an empty one is legal.
    pub(super) fn phrase(self) -> &'static str {
        match self.0 {
            200 => "OK",
            201 => "Created",
            202 => "Accepted",
            204 => "No Content",
            206 => "Partial Content",
            301 => "Moved Permanently",
            302 => "Found",
            303 => "See Other",
            304 => "Not Modified",
            307 => "Temporary Redirect",
            308 => "Permanent Redirect",
            400 => "Bad Request",
            401 => "Unauthorized",
            403 => "Forbidden",
            404 => "Not Found",
            405 => "Method Not Allowed",
            408 => "Request Timeout",
            409 => "Conflict",
            410 => "Gone",
            411 => "Length Required",
            412 => "Precondition Failed",
            413 => "Content Too Large",
            414 => "URI Too Long",
            415 => "Unsupported Media Type",
            416 => "Range Not Satisfiable",
            417 => "Expectation Failed",
            421 => "Misdirected Request",
            422 => "Unprocessable Content",
            426 => "Upgrade Required",
            429 => "Too Many Requests",
            431 => "Request Header Fields Too Large",
            500 => "Internal Server Error",
            501 => "Not Implemented",
            503 => "Service Unavailable",
            505 => "HTTP Version Not Supported",
            _ => "",
        }
    }
}
