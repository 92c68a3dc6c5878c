//! # Requests with bodies
//!
//! POST, PUT, PATCH, DELETE and OPTIONS come to [`on_request`](Handler::on_request), as GET and HEAD do. Its first
//! question is the method: a handler that does not look serves its pages to a POST as well.
//!
//! A body is read only if `on_request` says so, with a limit. By then only the head is there: who sends it, how long
//! it is ([`Request::content_length`]). So whoever may not send has it refused before a byte of it is kept:
//!
//! ```
//! use pollcat::{Answer, Handler, Message, Method, PeerId, Peers, Request};
//!
//! struct Board {
//!     secret: String,
//! }
//!
//! impl Handler for Board {
//!     fn on_request(&mut self, _: &mut Peers, _: PeerId, request: &Request<'_>) -> Answer {
//!         match (request.path(), request.method()) {
//!             ("/ws", _) if request.is_upgrade() => Answer::accept(),
//!             ("/notes", Method::Post) if request.bearer() == Some(&self.secret) => Answer::read_body(16 << 10),
//!             ("/notes", Method::Post) => {
//!                 Answer::refuse(401, "who are you?").header("WWW-Authenticate", "Bearer")
//!             }
//!             ("/notes", _) => Answer::refuse(405, "send a note").header("Allow", "POST"),
//!             _ => Answer::refuse(404, "there is no such page"),
//!         }
//!     }
//!
//!     fn on_open(&mut self, peers: &mut Peers, id: PeerId, _: &Request<'_>) {
//!         peers.subscribe(id, "notes");
//!     }
//!
//!     fn on_body(&mut self, peers: &mut Peers, _: PeerId, _: &Request<'_>, body: &[u8]) -> Answer {
//!         let Ok(note) = str::from_utf8(body) else {
//!             return Answer::refuse(400, "a note is UTF-8");
//!         };
//!         peers.publish("notes", note);
//!         Answer::page("text/plain", format!("{} have it\n", peers.subscribers("notes")))
//!     }
//!
//!     fn on_message(&mut self, _: &mut Peers, _: PeerId, _: Message<'_>) {}
//! }
//! ```
//!
//! `examples/webhook.rs` is such a program, with JSON and metrics.
//!
//! # What the server does
//!
//! * It reads a body by its Content-Length, or in chunks. [`on_body`](Handler::on_body) gets it whole.
//! * It sends `100 Continue` to a client that waits for it, when the body is asked for.
//! * Memory follows the bytes that have arrived, whatever length is announced. All bodies and unfinished messages share
//!   [`Config::max_receiving`]; where that is used up, the largest is given up, with 503.
//! * The connection goes on behind the body with the next request. It ends where the body is not read: a request that
//!   hides in it is nobody's request.
//!
//! | what the client does | it gets |
//! |---|---|
//! | sends more than the limit | 413; if Content-Length says so, before a byte is read |
//! | is not done within [`Config::body_within`] (30 s), however many bytes come | 408 |
//! | sends it compressed | 415 |
//! | says in two ways how long it is, or in a way that another server could read otherwise (RFC 9112 §6.3) | 400 |
//! | sends one with GET, HEAD or an opening handshake | 400 |
//! | POST, PUT or PATCH of HTTP/1.0 without Content-Length | 411 |
//! | expects something other than `100-continue` | 417 |
//!
//! Each of these is a [`Refusal`], and is told to [`on_refused`](Handler::on_refused).
//!
//! # Later
//!
//! Both questions may wait for somebody else ([`later`](super::later) has the how). `on_request` returns
//! [`Answer::later`], and when it is known who sends, the answer is [`Answer::read_body`]; what has come of the body by
//! then has waited. And `on_body` may return `later`, and be answered when the database is done.
//!
//! # From a page of another origin
//!
//! A browser asks first, with OPTIONS, whether the page may send what it is about to send (CORS). The origin that may
//! is yours to name; without these fields in the answer the page gets nothing:
//!
//! ```
//! use pollcat::{Answer, Method, Request};
//!
//! const ORIGIN: (&str, &str) = ("Access-Control-Allow-Origin", "https://app.example");
//!
//! fn on_request(request: &Request<'_>) -> Answer {
//!     match request.method() {
//!         Method::Options => Answer::with_status(204, "")
//!             .header(ORIGIN.0, ORIGIN.1)
//!             .header("Access-Control-Allow-Methods", "POST")
//!             .header("Access-Control-Allow-Headers", "authorization, content-type"),
//!         Method::Post => Answer::read_body(16 << 10), // and on_body's answer has ORIGIN, too
//!         _ => Answer::refuse(405, "send a note").header("Allow", "POST, OPTIONS"),
//!     }
//! }
//! # drop(on_request);
//! ```
//!
//! # Without a server
//!
//! [`handshake::BodyReader`] is what reads a body, from bytes that are cut anyhow.

#[cfg(doc)]
use crate::{Answer, Config, Handler, Refusal, Request, handshake};
