//! # Looking at a running server
//!
//! ## Who is there
//!
//! | question | answer |
//! |---|---|
//! | who is there, and how many? | [`Peers::ids`], [`Peers::len`] |
//! | who is in a topic, and how many? | [`Peers::members`], [`Peers::subscribers`] |
//! | in which topics is somebody? | [`Peers::topics`] |
//! | how much waits for somebody? | [`Peers::queued`] |
//! | how far away is somebody? | [`Peers::round_trip`] |
//!
//! A peer that is on its way out (it was closed, its queue is full, its stream is broken) is in none of the answers.
//! So a room needs no second list of its members, which would have to be kept in step:
//!
//! ```
//! use pollcat::{PeerId, PeerMap, Peers};
//!
//! /// Names are the application's; who is in the room the server knows.
//! fn who_is_in(peers: &Peers, names: &PeerMap<String>, room: &str) -> String {
//!     let mut here: Vec<&str> = peers.members(room).filter_map(|id| Some(names.get(id)?.as_str())).collect();
//!     here.sort_unstable();
//!     here.join(", ")
//! }
//!
//! /// Everybody moves to another room. A list comes first: nothing can be changed while it is looked at.
//! fn move_all(peers: &mut Peers, from: &str, to: &str) {
//!     let members: Vec<PeerId> = peers.members(from).collect();
//!     for id in members {
//!         peers.unsubscribe(id, from);
//!         peers.subscribe(id, to);
//!     }
//! }
//! # let _ = (who_is_in, move_all);
//! ```
//!
//! ## What was counted
//!
//! [`Counters`] has a field for each thing that the server counts, and [`Counters::iter`] lists them with name, kind
//! and help: whoever shows all of them forgets none that a later version adds. A [`CounterReader`] reads them from any
//! thread, and never makes the loop wait:
//!
//! ```no_run
//! # fn main() -> std::io::Result<()> {
//! let server = pollcat::Server::<()>::bind("127.0.0.1:9001")?;
//! let reader = server.counters();
//! std::thread::spawn(move || {
//!     loop {
//!         std::thread::sleep(std::time::Duration::from_secs(60));
//!         let counters = reader.read();
//!         let turns = counters.histograms().turn_time();
//!         let slowest = turns.at_most(0.999).unwrap_or(0.0);
//!         println!("{} open, 999 of 1000 turns took {slowest} s at most", counters.open);
//!     }
//! });
//! # Ok(())
//! # }
//! ```
//!
//! Three things are measured, by powers of two ([`Histograms`]):
//!
//! | | what it tells |
//! |---|---|
//! | [`turn_time`] | a handler that takes long: everybody waits for it |
//! | [`queued`] | peers that do not read, and whether [`Config::max_send_queue`] is too small for them |
//! | [`message_in`] | how long messages are, and whether [`Config::max_message`] could be smaller |
//!
//! ## A page for Prometheus
//!
//! [`Counters::to_prometheus`] writes all of it. Such a page is not for the public: it tells how many people there are,
//! and whether an attack has an effect. So it gets a listener of its own, on an address that only the operators reach:
//!
//! ```no_run
//! use pollcat::{Answer, Counters, Handler, ListenerId, Message, PeerId, Peers, Request, Server};
//!
//! struct Board {
//!     operators: ListenerId,
//!     posts: u64,
//! }
//!
//! impl Board {
//!     /// The server's metrics, and one of our own.
//!     fn metrics(&self, peers: &Peers) -> Answer {
//!         let mut text = peers.counters().to_prometheus();
//!         text += "# HELP board_posts_total Posts since the start.\n# TYPE board_posts_total counter\n";
//!         text += &format!("board_posts_total {}\n", self.posts);
//!         Answer::page(Counters::PROMETHEUS, text)
//!     }
//! }
//!
//! impl Handler for Board {
//!     fn on_request(&mut self, peers: &mut Peers, _: PeerId, request: &Request<'_>) -> Answer {
//!         let by_operators = request.listener() == self.operators;
//!         match (request.path(), by_operators) {
//!             ("/metrics", true) => self.metrics(peers),
//!             (_, true) => Answer::refuse(404, "only /metrics"),
//!             (_, false) => Answer::accept(), // a page gets 426
//!         }
//!     }
//!
//!     fn on_message(&mut self, peers: &mut Peers, _: PeerId, message: Message<'_>) {
//!         self.posts += 1;
//!         peers.broadcast(message);
//!     }
//! }
//!
//! fn main() -> std::io::Result<()> {
//!     let mut server = Server::bind("0.0.0.0:9001")?;
//!     server.listen("127.0.0.1:9002")?;
//!     let operators = server.last_listener();
//!     server.run(Board { operators, posts: 0 })
//! }
//! ```
//!
//! Every counter is there from the start, with 0 if nothing has happened, and so is every reason of a refusal:
//! `rate(pollcat_refused_total{reason="ForeignOrigin"}[5m])` works before the first one. Questions that are worth an
//! alarm:
//!
//! | | |
//! |---|---|
//! | `rate(pollcat_too_slow_total[5m])` | peers are closed because they do not read fast enough |
//! | `rate(pollcat_refused_total{reason="ServerFull"}[5m])` | [`Config::max_connections`] is reached |
//! | `rate(pollcat_panics_total[5m])` | the handler has a bug |
//! | `histogram_quantile(0.99, rate(pollcat_turn_time_seconds_bucket[5m]))` | the loop is held up |
//!
//! [`Counters`]: crate::Counters
//! [`Counters::iter`]: crate::Counters::iter
//! [`Counters::to_prometheus`]: crate::Counters::to_prometheus
//! [`CounterReader`]: crate::CounterReader
//! [`Histograms`]: crate::Histograms
//! [`turn_time`]: crate::Histograms::turn_time
//! [`queued`]: crate::Histograms::queued
//! [`message_in`]: crate::Histograms::message_in
//! [`Config::max_send_queue`]: crate::Config::max_send_queue
//! [`Config::max_message`]: crate::Config::max_message
//! [`Config::max_connections`]: crate::Config::max_connections
//! [`Peers::ids`]: crate::Peers::ids
//! [`Peers::len`]: crate::Peers::len
//! [`Peers::members`]: crate::Peers::members
//! [`Peers::subscribers`]: crate::Peers::subscribers
//! [`Peers::topics`]: crate::Peers::topics
//! [`Peers::queued`]: crate::Peers::queued
//! [`Peers::round_trip`]: crate::Peers::round_trip
