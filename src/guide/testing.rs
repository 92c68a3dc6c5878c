//! # How to test a handler
//!
//! With the feature `testing`, a handler is tested without a port: `testing::Bench` is the server and all its clients,
//! on the thread of the test. It belongs to the dependencies of tests:
//!
//! ```toml
//! [dev-dependencies]
//! pollcat = { version = "0.1", features = ["testing"] }
//! ```
//!
//! Here is a lobby, and what one wants to be sure of:
//!
#![cfg_attr(feature = "testing", doc = "```")]
#![cfg_attr(not(feature = "testing"), doc = "```ignore")]
//! use pollcat::testing::Bench;
//! use pollcat::{Answer, CloseCode, Departure, Handler, Message, PeerId, PeerMap, Peers, Request};
//!
//! /// Who has the key comes in, and may say three things.
//! #[derive(Default)]
//! struct Lobby {
//!     said: PeerMap<u32>,
//! }
//!
//! impl Handler for Lobby {
//!     fn on_request(&mut self, _: &mut Peers, _: PeerId, request: &Request<'_>) -> Answer {
//!         match request.query() {
//!             Some("key=1") => Answer::accept(),
//!             _ => Answer::refuse(401, "no key"),
//!         }
//!     }
//!
//!     fn on_open(&mut self, peers: &mut Peers, id: PeerId, _: &Request<'_>) {
//!         self.said.insert(id, 0);
//!         peers.send(id, "welcome");
//!     }
//!
//!     fn on_message(&mut self, peers: &mut Peers, from: PeerId, message: Message<'_>) {
//!         let said = self.said.get_mut(from).expect("whoever speaks has come in");
//!         *said += 1;
//!         match *said {
//!             1..=3 => peers.broadcast_from(from, message),
//!             _ => peers.close(from, CloseCode::POLICY, "enough"),
//!         }
//!     }
//!
//!     fn on_close(&mut self, _: &mut Peers, id: PeerId, _: Departure) {
//!         self.said.remove(id);
//!     }
//! }
//!
//! // #[test]
//! fn who_says_too_much_is_closed() {
//!     let mut bench = Bench::new(Lobby::default());
//!     assert_eq!(bench.try_open("/").unwrap_err().status(), 401);
//!
//!     let (anna, ben) = (bench.open("/?key=1"), bench.open("/?key=1"));
//!     for words in ["one", "two", "three", "four"] {
//!         bench.say(anna, words);
//!     }
//!     assert_eq!(bench.heard(ben), ["welcome", "one", "two", "three"]);
//!     assert_eq!(bench.closed(anna), Some((CloseCode::POLICY, "enough")));
//!     assert_eq!(bench.handler().said.len(), 1);
//! }
//! # who_says_too_much_is_closed();
//! ```
//!
//! `open` gives the [`PeerId`](crate::PeerId) that the handler is given. `heard` gives what has come since it was asked
//! the last time. Whatever a test does has run to its end when the method returns: messages have arrived, `on_close`
//! has been called.
//!
//! # Time
//!
//! Time stands still until `pass` turns the clock on. Then everything comes in its order: timers, ticks, Pings,
//! deadlines. A minute takes some microseconds.
//!
#![cfg_attr(feature = "testing", doc = "```")]
#![cfg_attr(not(feature = "testing"), doc = "```ignore")]
//! use pollcat::testing::Bench;
//! use pollcat::{CloseCode, Departure, Handler, Message, PeerId, PeerMap, Peers, Request, TimerId};
//! use std::time::Duration;
//!
//! /// Whoever says nothing for a minute has to go.
//! #[derive(Default)]
//! struct Waiting {
//!     timers: PeerMap<TimerId>,
//! }
//!
//! impl Waiting {
//!     fn begin(&mut self, peers: &mut Peers, id: PeerId) {
//!         let timer = peers.after(Duration::from_secs(60));
//!         if let Some(before) = self.timers.insert(id, timer) {
//!             peers.cancel(before);
//!         }
//!     }
//! }
//!
//! impl Handler for Waiting {
//!     fn on_open(&mut self, peers: &mut Peers, id: PeerId, _: &Request<'_>) {
//!         self.begin(peers, id);
//!     }
//!
//!     fn on_message(&mut self, peers: &mut Peers, from: PeerId, _: Message<'_>) {
//!         self.begin(peers, from);
//!     }
//!
//!     fn on_timer(&mut self, peers: &mut Peers, timer: TimerId) {
//!         if let Some((id, _)) = self.timers.iter().find(|(_, known)| **known == timer) {
//!             peers.close(id, CloseCode::POLICY, "are you asleep?");
//!         }
//!     }
//!
//!     fn on_close(&mut self, peers: &mut Peers, id: PeerId, _: Departure) {
//!         if let Some(timer) = self.timers.remove(id) {
//!             peers.cancel(timer);
//!         }
//!     }
//! }
//!
//! let mut bench = Bench::new(Waiting::default());
//! let (anna, ben) = (bench.open("/"), bench.open("/"));
//! bench.pass(Duration::from_secs(40));
//! bench.say(anna, "no");
//! bench.pass(Duration::from_secs(20));
//! assert_eq!((bench.closed(anna), bench.closed(ben)), (None, Some((CloseCode::POLICY, "are you asleep?"))));
//! ```
//!
//! # Clients that are not good
//!
//! Simulated clients answer Pings and Closes, and read at once, as browsers do. A test can let them be worse:
//!
//! | | what a client does |
//! |---|---|
//! | `stall`, `read_some`, `read_on` | does not read, so that its queue fills up ([`SlowPeers`](crate::SlowPeers)) |
//! | `fall_silent` | answers neither Pings nor a Close |
//! | `close`, `leave`, `reset`, `shut_down` | leaves, in each way that there is: [`Departure`](crate::Departure) |
//! | `send_frame` | sends a frame that is wrong |
//! | `send_bytes`, `connect` | sends anything at all |
//! | `together` | speaks at the same time as others: all of it arrives in one turn |
//!
//! What a client sees of the end is in `closed`, `has_ended` and `was_cut_off`. Why it has left, the handler alone is
//! told, in [`on_close`](crate::Handler::on_close): one that remembers it can be asked.
//!
#![cfg_attr(feature = "testing", doc = "```")]
#![cfg_attr(not(feature = "testing"), doc = "```ignore")]
//! use pollcat::testing::{Bench, Frame};
//! use pollcat::{CloseCode, Config, Delivery, handler_fn};
//!
//! let echo = handler_fn(|peers, from, message| peers.send(from, message));
//! let mut bench = Bench::with_config(echo, Config::new().max_message(1000));
//! let (anna, ben) = (bench.open("/"), bench.open("/"));
//!
//! bench.stall(ben);
//! bench.call(|_, peers| peers.send(ben, "the first fills his socket"));
//! assert_eq!(bench.call(|_, peers| peers.send(ben, "the second waits")), Delivery::Slow);
//! bench.read_on(ben);
//! assert_eq!(bench.heard(ben), ["the first fills his socket", "the second waits"]);
//!
//! bench.send_frame(anna, &Frame::binary(b"").claiming(1001));
//! assert_eq!(bench.close_code(anna), Some(CloseCode::TOO_BIG));
//! ```
//!
//! # Requests
//!
//! A `ClientRequest` says all that a client may say: headers, a body, an origin, subprotocols; and where it comes from:
//! an address, a listener, over TLS. `request` has the answer at once. Where the answer comes [later](super::later),
//! `ask` sends the request, and `answer` looks whether it is there. What it waits for comes by mail from the test
//! (`mail`), or from the threads that the handler has asked (`wait_for`).
//!
#![cfg_attr(feature = "testing", doc = "```")]
#![cfg_attr(not(feature = "testing"), doc = "```ignore")]
//! use pollcat::testing::{Bench, ClientRequest};
//! use pollcat::{Answer, Handler, Mailbox, Message, PeerId, Peers, Request};
//! use std::thread;
//! use std::time::Duration;
//!
//! /// Asks a thread who may come in.
//! struct Door {
//!     mailbox: Option<Mailbox<()>>,
//! }
//!
//! impl Handler for Door {
//!     fn on_request(&mut self, peers: &mut Peers, id: PeerId, request: &Request<'_>) -> Answer {
//!         let Some(token) = request.bearer().map(str::to_owned) else {
//!             return Answer::refuse(401, "who are you?");
//!         };
//!         let (id, mailbox) = (peers.request_id(id), self.mailbox.clone().expect("it is set"));
//!         thread::spawn(move || {
//!             let answer = if token == "anna" { Answer::accept() } else { Answer::refuse(403, "not you") };
//!             mailbox.answer_request(id, answer)
//!         });
//!         Answer::later()
//!     }
//!
//!     fn on_message(&mut self, _: &mut Peers, _: PeerId, _: Message<'_>) {}
//! }
//!
//! let mut bench = Bench::new(Door { mailbox: None });
//! bench.handler_mut().mailbox = Some(bench.mailbox());
//! assert_eq!(bench.request("/").status(), 401);
//! for (token, status) in [("anna", 101), ("eve", 403)] {
//!     let request = ClientRequest::websocket("/").header("Authorization", &format!("Bearer {token}"));
//!     let client = bench.ask(request);
//!     let answer = bench.wait_for(Duration::from_secs(10), |bench| bench.answer(client));
//!     assert_eq!(answer.expect("the thread answers").status(), status);
//! }
//! ```
//!
//! # On a port
//!
//! What a bench has not is the system and the network: real sockets and their buffers, TLS, compression, a client of
//! another make. For these, and without the feature, a server listens on a port that the system chooses, and runs on a
//! thread of its own. Its handler comes back when it has stopped. A client of your choice talks to it, here
//! [tungstenite](https://docs.rs/tungstenite):
//!
//! ```
//! use pollcat::{Server, handler_fn};
//! use std::net::TcpStream;
//! use std::thread;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let server = Server::bind("127.0.0.1:0")?;
//! let (address, mailbox) = (server.local_addr()?, server.mailbox());
//! let running = thread::spawn(move || {
//!     let mut handler = handler_fn(|peers, from, message| peers.broadcast_from(from, message));
//!     server.run(&mut handler).map(|()| handler)
//! });
//!
//! let connect = || tungstenite::client(format!("ws://{address}/"), TcpStream::connect(address).unwrap());
//! let ((mut anna, _), (mut ben, _)) = (connect()?, connect()?);
//! anna.send("hi".into())?;
//! assert_eq!(ben.read()?.to_text()?, "hi");
//!
//! drop((anna, ben)); // the server would wait for their Closes
//! mailbox.stop();
//! running.join().expect("the handler did not panic")?;
//! # Ok(())
//! # }
//! ```
//!
//! Such a test is fast as well, but for time: a deadline of 30 s takes 30 s. And what a client has not received yet may
//! be on its way: wait for something that comes after it, and not for a time.
