//! Why a request is turned away: each fault with its HTTP status and one line for the person at the other
//! end.

use std::fmt;

/// Declares each refusal once, in one row: its name, its status, its words, and what its answer has of further header
/// fields.
macro_rules! refusals {
    ($($(#[$doc:meta])* $name:ident: $status:literal, $words:literal $(, $field:literal: $value:literal)*;)*) => {
        /// Why a request was turned away. [`Display`](fmt::Display) is the line the client gets to read.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Refusal {
            $($(#[$doc])* $name,)*
        }

        impl Refusal {
            /// All there are, in the order in which [`Counters`](crate::Counters) counts them.
            pub const ALL: &[Refusal] = &[$(Refusal::$name,)*];

            /// The status of the HTTP answer.
            pub fn status(self) -> u16 {
                match self {
                    $(Refusal::$name => $status,)*
                }
            }

            /// What was wrong, in one line.
            pub fn words(self) -> &'static str {
                match self {
                    $(Refusal::$name => $words,)*
                }
            }

            /// Its name as it stands here, such as `ForeignOrigin`: for metrics and logs.
            pub fn name(self) -> &'static str {
                match self {
                    $(Refusal::$name => stringify!($name),)*
                }
            }

            /// Header fields of the answer, by name and value.
            pub(super) fn fields(self) -> &'static [(&'static str, &'static str)] {
                match self {
                    $(Refusal::$name => &[$(($field, $value)),*],)*
                }
            }
        }

        $(const _: () = assert!(matches!($status, 400..=599), "a refusal says no");)*
    };
}

refusals! {
    /// The first line is not `METHOD target HTTP/1.1` (RFC 9112 §3).
    RequestLine: 400, "the request line must be: GET, a space, the path, a space, HTTP/1.1";
    /// The target is neither a path nor an absolute address (RFC 9112 §3.2).
    Target: 400, "the request target must be a path that starts with / or an absolute http address";
    /// A line does not end in CR LF, or has one of them inside (RFC 9112 §2.2).
    LineEnd: 400, "every line must end in CR LF, and have neither inside";
    /// A header field that is not `name: value` (RFC 9112 §5).
    Field: 400, "a header line is malformed (name, colon, value; no folding, no control characters)";
    /// Host is missing, repeated, empty or malformed (RFC 9112 §3.2).
    Host: 400, "exactly one valid Host header is required";
    /// A GET, a HEAD or an opening handshake announces a body: nobody else would look for one there (RFC 9112 §6,
    /// §11.2).
    Body: 400, "a GET or HEAD request has no body";
    /// Content-Length is not one number of digits, or is repeated, be it with the same number (RFC 9112 §6.3).
    ContentLength: 400, "at most one Content-Length header is allowed: a number, written in digits";
    /// Content-Length and Transfer-Encoding at once, as in a smuggled request (RFC 9112 §6.3).
    TwoLengths: 400, "a body has a Content-Length or a Transfer-Encoding, and not both";
    /// Transfer-Encoding is repeated, does not end in chunked, or comes in HTTP/1.0 (RFC 9112 §6.1, §6.3).
    TransferEncoding: 400, "at most one Transfer-Encoding header is allowed: chunked (and HTTP/1.1)";
    /// Transfer-Encoding names another coding before chunked (RFC 9112 §6.1).
    UnknownCoding: 501, "no transfer coding is known here but chunked";
    /// A chunk is not its length in hexadecimal digits, CR LF, so many bytes, CR LF; or far more was sent around the
    /// chunks than in them (RFC 9112 §7.1).
    Chunk: 400, "a chunk of the body is malformed (length, CR LF, so many bytes, CR LF; few extensions)";
    /// A trailer field that says how long the request is or whom it is for, or more than 4 KiB of them (RFC 9110
    /// §6.5.1).
    Trailer: 400, "a trailer field may not change how the request is read, and 4 KiB of them are the most";
    /// A POST, PUT or PATCH of HTTP/1.0 does not say how long its body is (RFC 9110 §15.5.12).
    LengthRequired: 411, "say how long the body is: Content-Length";
    /// The body is longer than the application reads here (RFC 9110 §15.5.14).
    BodyTooLarge: 413, "the body is too large";
    /// Content-Encoding: bodies are read as they are (RFC 9110 §15.5.16).
    ContentEncoding: 415, "send the body as it is: without Content-Encoding",
        "Accept-Encoding": "identity";
    /// Expect names something other than 100-continue (RFC 9110 §10.1.1).
    Expectation: 417, "no expectation is known here but 100-continue";
    /// The memory for bodies and messages that have begun is used up (RFC 9110 §15.6.4).
    OverBudget: 503, "too much is being received at the moment (see Config::max_receiving)",
        "Retry-After": "5";
    /// What was asked for is a WebSocket, or may be, and the method is not GET (RFC 6455 §4.2.1).
    Method: 405, "only GET is served here (and HEAD, for pages)",
        "Allow": "GET, HEAD";
    /// CONNECT or TRACE (RFC 9110 §15.5.6).
    MethodNotServed: 405, "this method is not served here",
        "Allow": "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS";
    /// A method that nobody knows (RFC 9110 §15.6.2).
    UnknownMethod: 501, "this method is not known here";
    /// Not HTTP/1.x, or a WebSocket over HTTP/1.0 (RFC 6455 §4.2.1).
    HttpVersion: 505, "this server speaks HTTP/1.1; a WebSocket needs it";
    /// The request line does not fit into the head (RFC 9110 §15.5.15).
    TargetTooLong: 414, "the request line is too long";
    /// The head is larger than [`HeadLimits::max_bytes`](super::HeadLimits::max_bytes) (RFC 6585 §5).
    HeadTooLarge: 431, "the request head is too large";
    /// More header fields than [`HeadLimits::max_fields`](super::HeadLimits::max_fields) (RFC 6585 §5).
    TooManyFields: 431, "the request has too many header lines";
    /// A request without TLS to a TLS listener.
    NotTls: 400, "this port speaks TLS: use https:// or wss://";
    /// An ordinary request, and the application has no page for it (RFC 9110 §15.5.22).
    NotWebSocket: 426, "this is a WebSocket server: connect with new WebSocket(\"ws://...\")",
        "Upgrade": "websocket";
    /// Upgrade does not name websocket (RFC 6455 §4.2.1).
    UpgradeField: 426, "the Upgrade header must name websocket",
        "Upgrade": "websocket";
    /// Connection does not name Upgrade (RFC 6455 §4.2.1).
    ConnectionField: 426, "the Connection header must name Upgrade (behind nginx: proxy_set_header)",
        "Upgrade": "websocket";
    /// Sec-WebSocket-Version is missing or repeated (RFC 6455 §4.2.1).
    NoVersion: 400, "exactly one Sec-WebSocket-Version header is required: 13",
        "Sec-WebSocket-Version": "13";
    /// Sec-WebSocket-Version is not 13 (RFC 6455 §4.4).
    OtherVersion: 426, "only version 13 of the WebSocket protocol is spoken here",
        "Upgrade": "websocket", "Sec-WebSocket-Version": "13";
    /// Sec-WebSocket-Key is missing, repeated, or not 16 bytes in base64 (RFC 6455 §4.2.1).
    Key: 400, "exactly one Sec-WebSocket-Key header is required: 16 bytes in base64";
    /// Sec-WebSocket-Protocol is not a list of different tokens (RFC 6455 §4.1).
    Subprotocols: 400, "the Sec-WebSocket-Protocol header must list different tokens";
    /// Sec-WebSocket-Extensions does not follow the grammar: it names none, or a value between quotes is no token.
    /// Then the connection must fail, whatever extensions are known; those that are not known are ignored (RFC 6455
    /// §9.1).
    Extensions: 400, "the Sec-WebSocket-Extensions header must list extensions: name; parameter=value, ...";
    /// Origin is repeated (RFC 6454 §7.3).
    RepeatedOrigin: 400, "at most one Origin header is allowed";
    /// A page of another origin, see [`Origins`](super::Origins) (RFC 6455 §10.2).
    ForeignOrigin: 403,
        "pages of this Origin may not connect (allowed: the server's own, or those in its Config::origins)";
    /// A name this server does not go by, see [`Hosts`](super::Hosts) (RFC 9110 §15.5.20).
    UnknownHost: 421, "this server does not go by this Host name (see Config::hosts)";
    /// The request, or its body, did not arrive in time (RFC 9110 §15.5.9).
    TooSlow: 408, "the request took too long to arrive";
    /// Too many connections from this address (RFC 6585 §4).
    AddressFull: 429, "too many connections from your address (see Config::max_connections_per_address)",
        "Retry-After": "5";
    /// Too many connections in all (RFC 9110 §15.6.4).
    ServerFull: 503, "the server is full, try again later (see Config::max_connections)",
        "Retry-After": "5";
    /// The server is being drained (RFC 9110 §15.6.4). It adds a Retry-After: the seconds that are left of the drain.
    Draining: 503, "the server is going down, try again later";
    /// The server is stopping (RFC 9110 §15.6.4).
    Stopping: 503, "the server is stopping, try again soon",
        "Retry-After": "5";
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.words())
    }
}

impl std::error::Error for Refusal {}
