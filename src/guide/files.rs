//! # Static files
//!
//! A server of WebSockets often has a page to go with them. A few files that belong to the program are best compiled
//! in: [`include_bytes!`] makes a body that costs no memory per client, and no disk is asked.
//!
//! ```
//! use pollcat::{Answer, Request};
//!
//! fn page(request: &Request<'_>) -> Answer {
//!     const ICON: &[u8] = b"...";
//!     match request.path() {
//!         "/icon.svg" if request.header("If-None-Match") == Some("\"1\"") => {
//!             Answer::with_status(304, "").header("ETag", "\"1\"")
//!         }
//!         "/icon.svg" => Answer::page("image/svg+xml", ICON).header("ETag", "\"1\""),
//!         _ => Answer::refuse(404, "there is no such page"),
//!     }
//! }
//! # drop(page);
//! ```
//!
//! A whole folder is more work, and most of it is about what must not happen. The example `files` has it in one module
//! of 150 lines, which is meant to be copied; this chapter says why it is as it is.
//!
//! ## The loop does not read files
//!
//! A disk may take milliseconds, or seconds when it is a network's, and the loop waits for nobody. So `on_request` only
//! looks at the request, puts a question into a queue, and returns [`Answer::later`](crate::Answer::later). Four
//! threads read, and answer with [`Mailbox::answer_request`](crate::Mailbox::answer_request), as in the chapter
//! [`later`](super::later). The queue is bounded: when it is full, the client gets a 503 at once, with a Retry-After.
//!
//! ```
//! use std::path::PathBuf;
//! use std::sync::mpsc::SyncSender;
//!
//! use pollcat::{Answer, PeerId, Peers, Request, RequestId};
//!
//! struct Files(SyncSender<(RequestId, PathBuf)>);
//!
//! impl Files {
//!     fn answer(&self, peers: &Peers, id: PeerId, request: &Request<'_>) -> Answer {
//!         let Some(place) = place(request) else {
//!             return Answer::refuse(404, "there is no such file");
//!         };
//!         match self.0.try_send((peers.request_id(id), place)) {
//!             Ok(()) => Answer::later(),
//!             Err(_) => Answer::refuse(503, "too many files are being read").header("Retry-After", "1"),
//!         }
//!     }
//! }
//!
//! /// Below the folder, and nowhere else.
//! fn place(request: &Request<'_>) -> Option<PathBuf> {
//!     let path = request.decoded_path()?;
//!     let path = if path.ends_with('/') { path + "index.html" } else { path };
//!     let names = path.strip_prefix('/')?.split('/');
//!     names.clone().all(is_plain).then(|| names.collect())
//! }
//!
//! fn is_plain(name: &str) -> bool {
//!     !name.is_empty() && !name.starts_with('.') && !name.contains(|c: char| c == '\\' || c.is_control())
//! }
//! # drop(Files::answer);
//! ```
//!
//! ## No way out of the folder
//!
//! * The path is decoded once, whole, and then cut into names. What cannot be decoded, or has a NUL in it, is `None`
//!   ([`Request::decoded_path`](crate::Request::decoded_path)). `%2e%2e` and `..%2f` are what they look like after
//!   that, and `%252e` is no dot.
//! * A name is empty, begins with a dot, or has a backslash or a control character in it: 404. So there is no `..`, no
//!   `//`, no absolute path, and no `.git` or `.env`.
//! * Where the file really is (`canonicalize`) has to be in the folder, and is looked at in the same way: a symbolic
//!   link may lead to another place in the folder, and not out of it, nor to what is hidden. Whoever can write to the
//!   folder while the server runs is trusted.
//! * What is no file and no folder is not opened. A pipe would keep a reader waiting for ever.
//! * All of that is 404, and looks the same as a file that is not there.
//!
//! ## What is in memory
//!
//! An answer is in memory as a whole, so the example gives 16 MiB at most. Of a longer file it gives ranges, as players
//! of films ask for them, each cut to 16 MiB (a server may give less than was asked for: Content-Range says what it
//! is); all of it at once is 403.
//!
//! How much there can be together is known: the answers that wait in the mailbox
//! ([`Config::mailbox_capacity`](crate::Config::mailbox_capacity), 8 here), one for each of four readers, and what slow
//! clients have not taken yet ([`Config::max_sending`](crate::Config::max_sending), 256 MiB here, and its share for
//! each address). That is 448 MiB: 200 clients that ask for 16 MiB each, and do not read, bring the process to 413. For
//! many downloads of large files put nginx in front, or a store of objects.
//!
//! ## What the fields say
//!
//! | field | why |
//! |---|---|
//! | Content-Type | by extension, with a charset for text; and `nosniff`, so that nobody guesses another |
//! | ETag | changes with the file: its number, length and times. If-None-Match gets 304, also with several tags |
//! | Last-Modified | If-Modified-Since gets 304 if it is exactly this, and If-None-Match is not there |
//! | Cache-Control | `no-cache`: kept, and asked for each time, which is a 304 |
//! | Accept-Ranges, Content-Range | one range of bytes: 206, or 416 if the file does not reach it; else the file |
//! | If-Range | the range counts only if the tag is the same: else two versions would be put together |
//!
//! Several ranges in one request, and what is no range, are answered with the whole file, as they may be.
//!
//! A file that changes while it is read is not sent, as its beginning and its end would be of two versions: 503, and
//! the client comes again. [`http_date`](crate::handshake::http_date) writes the times.
