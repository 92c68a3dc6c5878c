//! # Peers that are too slow or too fast
//!
//! What is sent leaves at the end of the turn, as far as the peer's socket has room. What does not fit waits in the
//! peer's send queue, and leaves when the client has read. This chapter is about that queue: how a handler learns of
//! it, what happens when it is full, and how to keep it from filling with what nobody wants any more.
//!
//! | the program sends | its clients want | so |
//! |---|---|---|
//! | a chat, a log | everything, or a fresh start | [`SlowPeers::Close`], the default: who comes back is told |
//! | frames of a video | what comes, with gaps | [`SlowPeers::Skip`]: [`on_drain`] says how many are left out |
//! | prices, positions | the newest of each | [`replacing`] |
//! | a long history | all of it, at their own speed | a cursor, continued in [`on_drain`] |
//!
//! [`SlowPeers::Close`]: crate::SlowPeers::Close
//! [`SlowPeers::Skip`]: crate::SlowPeers::Skip
//! [`on_drain`]: crate::Handler::on_drain
//! [`replacing`]: crate::Outgoing::replacing
//!
//! # What a send answers
//!
//! [`Peers::send`](crate::Peers::send) answers with a [`Delivery`](crate::Delivery). `Queued` and `Slow` both mean that
//! the message will be written; `Slow` says that it waits behind a full socket, and that `on_drain` follows when all
//! has been written. `Full` means that it was left out, because the queue holds
//! [`max_send_queue`](crate::Config::max_send_queue) already: then the peer is closed with 1008, or skipped. What is
//! published or broadcast answers nothing, as it is not known yet who is slow; the queue of each member has the same
//! limit.
//!
//! # The newest instead of everything
//!
//! A client that cannot keep up with a thousand prices a second does not want the old ones later. Give each price the
//! number of its symbol as a key: while one waits for a peer, a newer one takes its place.
//!
//! ```
//! use pollcat::{Outgoing, Peers};
//!
//! fn publish_price(peers: &mut Peers, symbol: u64, name: &str, price: f64) {
//!     let text = format!(r#"{{"symbol":"{name}","price":{price:.2}}}"#);
//!     peers.publish(name, Outgoing::from(&text).replacing(symbol));
//! }
//! ```
//!
//! It costs nothing for peers that keep up: they get every price, also several of one symbol in one turn. The order is
//! that of the places: a newer price comes where the older one waited, before what was sent in between. Close, and
//! what has no key, stay behind it. So a queue never holds more than one message of each key, and a stalled client is
//! neither closed nor in want of a fresh start.
//!
//! `SlowPeers::Skip` does the opposite: it keeps the oldest messages, and leaves the newest out.
//!
//! # What the system keeps
//!
//! Before anything waits in a send queue, the system's own buffers fill, and what they hold can be neither replaced nor
//! left out. By default Linux takes up to 4 MB for a connection, which is a minute of such prices. With
//! [`Config::max_unsent`](crate::Config::max_unsent) it takes little of what cannot leave yet:
//!
//! ```
//! # use pollcat::Config;
//! let config = Config::new().max_unsent(16 << 10);
//! ```
//!
//! [`Config::send_buffer`](crate::Config::send_buffer) is the older way, and the one that every system has. It also
//! counts what is on its way, so a connection is no faster than a buffer for each round trip. Measured with a round
//! trip of 40 ms: 49 MB/s with neither, 48 with `max_unsent(16 << 10)`, 1.3 with `send_buffer(16 << 10)`.
//!
//! Behind both lies the receive buffer of the client, and those of all that is in between: on Linux 64 to 170 KB at
//! first, and more for a client that has read much at once. No server can take anything back from there, but it can
//! know when they are in use: [`Peers::ping`](crate::Peers::ping) a client now and then, and send it nothing more while
//! the Pong is missing. `examples/ticker.rs` does all three. A client that stalls for 15 s finds half a second
//! of stale prices there. (With `replacing` and `max_unsent` alone it finds 2.4 s; with nothing, all 15.)
//!
//! # All of it, as fast as the client reads
//!
//! A history may be longer than the queue. Send until the peer is slow, remember how far that was, and continue when it
//! has caught up:
//!
//! ```
//! use pollcat::{Delivery, Departure, Handler, Message, PeerId, PeerMap, Peers, Request};
//!
//! #[derive(Default)]
//! struct Board {
//!     posts: Vec<String>,
//!     /// For those who have not got all of them: the next one.
//!     cursors: PeerMap<usize>,
//! }
//!
//! impl Board {
//!     fn replay(&mut self, peers: &mut Peers, id: PeerId) {
//!         let Some(cursor) = self.cursors.get_mut(id) else { return };
//!         while let Some(post) = self.posts.get(*cursor) {
//!             match peers.send(id, post) {
//!                 Delivery::Queued => *cursor += 1,
//!                 // This one is on its way. The others when it has been written: `on_drain`.
//!                 Delivery::Slow => return *cursor += 1,
//!                 Delivery::Full | Delivery::Gone => return,
//!             }
//!         }
//!         // From now on it hears what is new.
//!         self.cursors.remove(id);
//!         peers.subscribe(id, "posts");
//!     }
//! }
//!
//! impl Handler for Board {
//!     fn on_open(&mut self, peers: &mut Peers, id: PeerId, _: &Request<'_>) {
//!         self.cursors.insert(id, 0);
//!         self.replay(peers, id);
//!     }
//!
//!     fn on_message(&mut self, peers: &mut Peers, _: PeerId, message: Message<'_>) {
//!         if let Message::Text(text) = message {
//!             self.posts.push(text.into());
//!             peers.publish("posts", text);
//!         }
//!     }
//!
//!     fn on_drain(&mut self, peers: &mut Peers, id: PeerId, _: u64) {
//!         self.replay(peers, id);
//!     }
//!
//!     fn on_close(&mut self, _: &mut Peers, id: PeerId, _: Departure) {
//!         self.cursors.remove(id);
//!     }
//! }
//! ```
//!
//! # Peers that send too fast
//!
//! A peer that asks for more than can be done (by other threads, by a database) can be told to wait without a word:
//! [`Peers::pause`](crate::Peers::pause) reads nothing from it until [`Peers::resume`](crate::Peers::resume). What it
//! sends meanwhile waits in the sockets, and when they are full, in the client. Neither memory of yours nor a protocol
//! of your own is needed.
//!
//! ```
//! use std::sync::mpsc::Sender;
//!
//! use pollcat::{Departure, Handler, Message, PeerId, PeerMap, Peers};
//!
//! /// Up to so many jobs of one peer are under way at a time.
//! const JOBS: usize = 4;
//!
//! struct Jobs {
//!     /// To the threads that do them: never more than `JOBS` of each peer wait here.
//!     workers: Sender<(PeerId, String)>,
//!     under_way: PeerMap<usize>,
//! }
//!
//! /// The answer to a job, by `Mailbox::deliver`.
//! struct Done(PeerId, String);
//!
//! impl Handler<Done> for Jobs {
//!     fn on_message(&mut self, peers: &mut Peers, from: PeerId, message: Message<'_>) {
//!         let Message::Text(job) = message else { return };
//!         let under_way = self.under_way.get(from).copied().unwrap_or(0) + 1;
//!         self.under_way.insert(from, under_way);
//!         self.workers.send((from, job.to_owned())).expect("they live as long as the server");
//!         if under_way == JOBS {
//!             peers.pause(from); // nothing more is heard of it, not even what has arrived already
//!         }
//!     }
//!
//!     fn on_mail(&mut self, peers: &mut Peers, Done(id, answer): Done) {
//!         if let Some(under_way) = self.under_way.get_mut(id) {
//!             *under_way -= 1;
//!             peers.send(id, &answer); // a paused peer is sent to as any other
//!             peers.resume(id);
//!         }
//!     }
//!
//!     fn on_close(&mut self, _: &mut Peers, id: PeerId, _: Departure) {
//!         self.under_way.remove(id);
//!     }
//! }
//! # let (workers, _) = std::sync::mpsc::channel();
//! # fn is_a_handler(_: impl Handler<Done>) {}
//! # is_a_handler(Jobs { workers, under_way: PeerMap::new() });
//! ```
//!
//! While a peer is paused:
//!
//! * No frame is read, control frames included. The client's own Pings get no Pong: a client that gives servers up for
//!   that should not be paused for longer than it waits.
//! * It is not pinged, and not given up for silence. A reset is noticed at once, and the end of its stream if nothing
//!   unread lies before it. A Close that it has sent is unread, as any frame.
//! * [`Peers::close`](crate::Peers::close) works, and a server that stops waits no longer for it than for others:
//!   closing ends the pause.
//! * What had been read when it was paused is kept, a mebibyte at most, and counts in
//!   [`Config::max_receiving`](crate::Config::max_receiving).
//!
//! [`Mailbox::pause`](crate::Mailbox::pause) does the same from another thread.
