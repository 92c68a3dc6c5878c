//! # Going down well
//!
//! A server ends in one of two ways, and both from wherever you are: in a handler ([`Peers`](crate::Peers)) or on
//! another thread ([`Mailbox`](crate::Mailbox), where neither needs room).
//!
//! | | [`stop`](crate::Peers::stop) | [`drain`](crate::Peers::drain) |
//! |---|---|---|
//! | a Close comes | to all at once, with 1001 | to one after the other, evenly over your time, with your code |
//! | who wants to open a WebSocket | finds no listener | gets 503 and a Retry-After |
//! | who asks for a page | finds no listener | gets it |
//! | it is over | when all have left, or after [`Config::close_within`] | likewise, sooner or after your time |
//!
//! What was sent before still arrives, and every peer that was opened gets its
//! [`on_close`](crate::Handler::on_close).
//!
//! ## Why a drain
//!
//! When ten thousand clients lose their server in one moment, they come back in one moment: to the next server, which
//! has just started, or to its neighbours, which have their own ten thousand. Over 30 s it is 333 a second, which
//! nobody notices. The code [`SERVICE_RESTART`](crate::CloseCode::SERVICE_RESTART) (1012) says that it is nobody's
//! fault; a client that shows "connection lost" for 1006 can be silent for 1012, and connect again.
//!
//! ```no_run
//! use pollcat::{Answer, CloseCode, Config, Handler, Message, PeerId, Peers, Request, Server};
//! use std::time::Duration;
//!
//! #[derive(Default)]
//! struct Board {
//!     posts: Vec<String>,
//! }
//!
//! impl Handler for Board {
//!     fn on_request(&mut self, peers: &mut Peers, _: PeerId, request: &Request<'_>) -> Answer {
//!         match request.path() {
//!             // The balancer sends nobody here any more, long before the listeners close.
//!             "/health" if peers.is_draining() => Answer::refuse(503, "going down"),
//!             "/health" => Answer::page("text/plain", "up"),
//!             _ => Answer::accept(),
//!         }
//!     }
//!
//!     fn on_message(&mut self, peers: &mut Peers, _: PeerId, message: Message<'_>) {
//!         if let Message::Text(text) = message {
//!             self.posts.push(text.to_owned());
//!             peers.broadcast(text);
//!         }
//!     }
//!
//!     // The last call. Everybody has left, and nothing is said any more.
//!     fn on_stop(&mut self, _: &mut Peers) {
//!         if let Err(error) = std::fs::write("posts.txt", self.posts.join("\n")) {
//!             eprintln!("the posts are lost: {error}");
//!         }
//!     }
//! }
//!
//! fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     let server = Server::with_config("127.0.0.1:9001", Config::new().close_within(Duration::from_secs(3)))?;
//!     let (mailbox, mut signals) = (server.mailbox(), 0);
//!     // SIGINT and SIGTERM.
//!     ctrlc::set_handler(move || {
//!         signals += 1;
//!         match signals {
//!             1 => mailbox.drain(Duration::from_secs(30), CloseCode::SERVICE_RESTART),
//!             _ => mailbox.stop(), // somebody is in a hurry
//!         }
//!     })?;
//!     Ok(server.run(Board::default())?)
//! }
//! ```
//!
//! Give the service manager more time than that until it kills: here 30 s and [`Config::close_within`] of 3 s make 33.
//!
//! ## While the program is replaced
//!
//! A listener that a service manager hands to the program ([`Server::listen_on`](crate::Server::listen_on)) lives on
//! when the program ends: who connects meanwhile waits in its queue for the next one, and nobody is refused. For that a
//! program must take nobody in whom it sends away at once. [`stop_accepting`](crate::Peers::stop_accepting) comes
//! first: from then on clients wait in the queue, and those who were taken in have their answers. When
//! [`Counters::connections`](crate::Counters::connections) has fallen to [`Counters::open`](crate::Counters::open), or
//! after a second, follows `stop` or `drain`. A drain keeps those in the queue waiting, so it is short, or none.
//!
//! ## What there is to know
//!
//! * **The order** is not that of coming, so the people of one room, or behind one proxy, do not all go in the same
//!   second. To send some of them away first, [`close`](crate::Peers::close) them yourself: whoever is gone makes the
//!   others' share of the time longer.
//! * **A second drain** only hastens: the earlier end counts, and the later code. A drain of no time is a stop with a
//!   code of your own; a stop during a drain is a stop, with 1001 for those who are left.
//! * **Late answers.** Upgrades that [wait](crate::Answer::later) when the drain begins get their 503, and
//!   [`on_request_gone`](crate::Handler::on_request_gone) is called for each. Pages that wait may still be answered.
//! * **Work under way.** A peer is closed though you owe it an answer. Say in the protocol of your application that a
//!   request without an answer may be sent again, or close those who wait for nothing first.
//! * **The loop sleeps** from one Close to the next. If it was kept away (a handler took a second), it makes up for a
//!   tenth of a second at once, and spreads the others over what is left.
//!
//! ## What comes last
//!
//! [`on_stop`](crate::Handler::on_stop) is the last call, always: also if nobody ever came, and if
//! [`run`](crate::Server::run) returns an error because the poll has failed. A handler that is lent is there
//! afterwards, too:
//!
//! ```no_run
//! # use pollcat::{Handler, Message, PeerId, Peers, Server};
//! # #[derive(Default)] struct Board { posts: Vec<String> }
//! # impl Handler for Board { fn on_message(&mut self, _: &mut Peers, _: PeerId, _: Message<'_>) {} }
//! # fn main() -> std::io::Result<()> {
//! let mut board = Board::default();
//! Server::bind("127.0.0.1:9001")?.run(&mut board)?;
//! println!("{} posts", board.posts.len());
//! # Ok(())
//! # }
//! ```
//!
//! [`Config::close_within`]: crate::Config::close_within
