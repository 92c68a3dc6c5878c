//! # An answer that has to be fetched first
//!
//! Who may open a WebSocket is often known to a database, which takes a while, and the loop waits for nobody. So
//! [`on_request`](Handler::on_request) notes the id of the request, asks another thread, and returns
//! [`Answer::later`]. The client waits before its 101, and knows nothing of it. When the thread has found out, it
//! [answers](Mailbox::answer_request) under that id:
//!
//! ```
//! use std::sync::mpsc::{Receiver, Sender, channel};
//! use std::thread;
//! use std::time::Duration;
//!
//! use pollcat::{
//!     Answer, Departure, Handler, Mailbox, Message, NotDelivered, PeerId, PeerMap, Peers, Request, RequestId,
//!     Server,
//! };
//!
//! #[derive(Clone)]
//! struct User {
//!     name: String,
//! }
//!
//! struct Chat {
//!     database: Sender<(RequestId, String)>,
//!     users: PeerMap<User>,
//! }
//!
//! impl Handler for Chat {
//!     fn on_request(&mut self, peers: &mut Peers, id: PeerId, request: &Request<'_>) -> Answer {
//!         let Some(token) = request.bearer().filter(|_| request.is_upgrade()) else {
//!             return Answer::refuse(401, "who are you?").header("WWW-Authenticate", "Bearer");
//!         };
//!         match self.database.send((peers.request_id(id), token.to_owned())) {
//!             Ok(()) => Answer::later(),
//!             Err(_) => Answer::refuse(503, "the database is down"),
//!         }
//!     }
//!
//!     fn on_open(&mut self, peers: &mut Peers, id: PeerId, _: &Request<'_>) {
//!         // What the answer carries. Only a peer that is open is kept.
//!         if let Some(user) = peers.opened_with::<User>(id) {
//!             peers.broadcast(&format!("{} is here", user.name));
//!             self.users.insert(id, user);
//!         }
//!     }
//!
//!     fn on_message(&mut self, peers: &mut Peers, from: PeerId, message: Message<'_>) {
//!         if let (Some(user), Message::Text(text)) = (self.users.get(from), message) {
//!             peers.broadcast(&format!("{}: {text}", user.name));
//!         }
//!     }
//!
//!     fn on_close(&mut self, _: &mut Peers, id: PeerId, _: Departure) {
//!         self.users.remove(id);
//!     }
//! }
//!
//! /// On a thread of its own: it may take as long as it takes.
//! fn database(questions: Receiver<(RequestId, String)>, mailbox: Mailbox<()>) {
//!     for (request, token) in questions {
//!         let mut answer = match token.strip_prefix("secret-of-") {
//!             Some(name) => Answer::accept().with(User { name: name.to_owned() }),
//!             None => Answer::refuse(403, "not you"),
//!         };
//!         // A full mailbox gives the answer back.
//!         while let Err(NotDelivered::Full(back)) = mailbox.answer_request(request, answer) {
//!             answer = back;
//!             thread::sleep(Duration::from_millis(1));
//!         }
//!     }
//! }
//!
//! # fn main() -> std::io::Result<()> {
//! let server = Server::bind("127.0.0.1:0")?;
//! let (asks, questions) = channel();
//! let mailbox = server.mailbox();
//! # let stopping = server.mailbox();
//! thread::spawn(move || database(questions, mailbox));
//! # stopping.stop();
//! server.run(Chat { database: asks, users: PeerMap::new() })
//! # }
//! ```
//!
//! The client sees a 101 or a 403 that took a little longer, with the header fields of the answer. `examples/login.rs`
//! is such a chat, with cookies, rooms, and who is in them.
//!
//! # What happens meanwhile
//!
//! * **It takes too long.** After [`Config::answer_within`], counted from `later`, the client gets a 503. The
//!   default is 10 s, as much as a client may take to send its request: choose more than the database may take.
//! * **The client speaks already.** It may send frames with its request, without waiting for the 101. They are held,
//!   up to 16 KiB; more waits in TCP, and none of it is lost. They are looked at after
//!   [`on_open`](Handler::on_open): a client that breaks the protocol in them is opened, and then failed.
//!   [`Counters::receiving`] counts what is held, and the limits of [`Config::max_receiving`] hold for it: whoever is
//!   given up for them gets a 503.
//! * **The client leaves.** When its side of TCP ends, or the connection breaks, it is given up at once. (An end that
//!   is stuck behind more bytes than TCP takes from it shows only when the time is up.)
//! * **The server stops.** Who waits for a WebSocket gets a 503.
//!
//! Each time [`on_request_gone`](Handler::on_request_gone) is called, exactly once, if you want to take the question
//! back. You need not: an answer that comes after it finds nobody, and
//! [`answer_request`](Peers::answer_request) says [`Delivery::Gone`]. It never reaches another request, be it of the
//! same connection: a [`RequestId`] comes to mean nothing else.
//!
//! # On which thread
//!
//! [`Mailbox::answer_request`] is for answers that need nothing of the handler. If the handler has a word in it (a
//! nickname that must not be taken twice), have the thread [deliver](Mailbox::deliver) what it found, and answer from
//! [`on_mail`](Handler::on_mail) with [`Peers::answer_request`]. An answer that accepts is carried out when that call
//! has returned: `on_open` is never called from inside another method. The next line of `on_mail` does not find the
//! peer open.
//!
//! # Keep nothing before `on_open`
//!
//! A [`PeerMap`] that is filled in `on_request` keeps ghosts: a connection that never opens has no
//! [`on_close`](Handler::on_close) in which you would remove it. What is known when you answer travels with
//! [`Answer::with`], and is dropped with the answer if the WebSocket does not open; [`Peers::opened_with`] takes it
//! out in `on_open`, and only there. Both work for an answer that is given at once, too.
//!
//! # Pages
//!
//! A page may come later in the same way; so may a refusal in place of a WebSocket, or a page. A browser that asks for
//! pages and a proxy may keep the connection for their next request. One thing is different: who waits for a page may
//! end its side of TCP and read on, so that end alone does not mean that it has left.
//!
//! [`Answer::later`]: crate::Answer::later
//! [`Answer::with`]: crate::Answer::with
//! [`Config::answer_within`]: crate::Config::answer_within
//! [`Config::max_receiving`]: crate::Config::max_receiving
//! [`Counters::receiving`]: crate::Counters::receiving
//! [`Delivery::Gone`]: crate::Delivery::Gone
//! [`Handler`]: crate::Handler
//! [`PeerMap`]: crate::PeerMap
//! [`RequestId`]: crate::RequestId
#[cfg(doc)]
use crate::{Handler, Mailbox, Peers};
