//! # Several listeners, who is at the other end, and TLS
//!
//! A server may have many doors: TCP ports in the clear and with TLS, Unix-domain sockets, listeners that a service
//! manager hands over. All of them lead to the one handler, and each request says which of them it came through.
//!
//! ## An inner door and an outer one
//!
//! Metrics and the like are nobody's business outside. They get a door of their own, and the handler asks for it:
//!
//! ```no_run
//! use pollcat::{Answer, Handler, ListenerId, Message, PeerId, Peers, Request, Server};
//!
//! struct Board {
//!     inner: ListenerId,
//! }
//!
//! impl Handler for Board {
//!     fn on_request(&mut self, peers: &mut Peers, _: PeerId, request: &Request<'_>) -> Answer {
//!         match (request.path(), request.is_upgrade()) {
//!             ("/ws", true) => Answer::accept(),
//!             ("/metrics", false) if request.listener() == self.inner => {
//!                 Answer::page("text/plain; version=0.0.4", format!("board_open {}\n", peers.counters().open))
//!             }
//!             // At the outer door there is no such page.
//!             _ => Answer::refuse(404, "there is no such page"),
//!         }
//!     }
//!
//!     fn on_message(&mut self, peers: &mut Peers, _: PeerId, message: Message<'_>) {
//!         peers.broadcast(message);
//!     }
//! }
//!
//! fn main() -> std::io::Result<()> {
//!     let mut server = Server::bind("0.0.0.0:8080")?;
//!     server.listen("127.0.0.1:9100")?;
//!     let inner = server.last_listener();
//!     server.run(Board { inner })
//! }
//! ```
//!
//! [`Server::last_listener`](crate::Server::last_listener) is the id of what the call before it made; a name with
//! several addresses is one listener. A refusal that the server gives by itself
//! ([`Refused`](crate::Refused)) names its listener too.
//!
//! ## Who is at the other end
//!
//! | a [`Request`] has | that is |
//! |---|---|
//! | [`client`] | whom to count, limit and log: the client, also behind a proxy that is [trusted] |
//! | [`remote_addr`] | the other end of the connection, with its port: perhaps the proxy |
//! | [`local_addr`] | our own end: on a machine with several addresses, at which of them we were reached |
//! | [`listener`] | the door |
//! | [`cookie`], [`bearer`], [`query_value`] | what the client says about itself, which is to be checked |
//!
//! [`Request`]: crate::Request
//! [`client`]: crate::Request::client
//! [trusted]: crate::Config::trust_proxies
//! [`remote_addr`]: crate::Request::remote_addr
//! [`local_addr`]: crate::Request::local_addr
//! [`listener`]: crate::Request::listener
//! [`cookie`]: crate::Request::cookie
//! [`bearer`]: crate::Request::bearer
//! [`query_value`]: crate::Request::query_value
//!
//! All of it is there in `on_request` and in `on_open`, whether the answer came at once or [later](super::later), and
//! nothing of it is kept for a WebSocket that is open. Copy what you need into your own state in `on_open`.
//!
//! On a Unix-domain socket there are no addresses. The file's mode says who may connect:
//! [`UnixAccess`](crate::UnixAccess).
//!
//! ## TLS, and clients with certificates
//!
//! With the feature `tls`, `Server::listen_tls` opens a door that speaks it. `Tls::from_pem_files` is enough for
//! `wss://`; `Tls::with` takes a configuration of [rustls](https://docs.rs/rustls), which may ask clients for
//! certificates. Then `Request::tls` has what was agreed on, and who came:
//!
#![cfg_attr(feature = "tls", doc = "```no_run")]
#![cfg_attr(not(feature = "tls"), doc = "```ignore")]
//! use pollcat::rustls::pki_types::pem::PemObject;
//! use pollcat::rustls::pki_types::{CertificateDer, PrivateKeyDer};
//! use pollcat::rustls::server::WebPkiClientVerifier;
//! use pollcat::rustls::{RootCertStore, ServerConfig};
//! use pollcat::{Answer, Request, Tls};
//! use std::error::Error;
//! use std::sync::Arc;
//!
//! fn tls() -> Result<Tls, Box<dyn Error>> {
//!     // Who signs the certificates of those that may come.
//!     let mut roots = RootCertStore::empty();
//!     roots.add(CertificateDer::from_pem_file("machines.pem")?)?;
//!     let verifier = WebPkiClientVerifier::builder(roots.into()).build()?;
//!     let chain = CertificateDer::pem_file_iter("chain.pem")?.collect::<Result<_, _>>()?;
//!     let config = ServerConfig::builder()
//!         .with_client_cert_verifier(verifier)
//!         .with_single_cert(chain, PrivateKeyDer::from_pem_file("key.pem")?)?;
//!     Ok(Tls::with(config))
//! }
//!
//! /// The machines that are known, by their certificates.
//! fn on_request(request: &Request<'_>, known: &[Vec<u8>]) -> Answer {
//!     let shown = request.tls().and_then(|tls| tls.client_certificates().next());
//!     match shown.is_some_and(|shown| known.iter().any(|known| known == shown)) {
//!         true => Answer::accept(),
//!         false => Answer::refuse(403, "this certificate is not known"),
//!     }
//! }
//! # drop((tls, on_request));
//! ```
//!
//! rustls has verified the certificate before there is a request: its signature, its dates, and that the authority has
//! signed it. Whom it names is in its bytes (DER), which a package such as `x509-parser` reads.
//!
//! ## What the server says at the door by itself
//!
//! A browser keeps the answer to a page of another origin from that page, unless it says otherwise. So a 429 or a 503
//! that the server gives by itself looks like a broken network there.
//! [`Config::refusal_header`](crate::Config::refusal_header) says otherwise:
//!
//! ```
//! use pollcat::{Config, Origins};
//!
//! # fn main() -> Result<(), pollcat::InvalidSetting> {
//! let app = "https://app.example";
//! let config = Config::new()
//!     .origins(Origins::only([app])?)
//!     .refusal_header("Access-Control-Allow-Origin", app)?;
//! # drop(config);
//! # Ok(())
//! # }
//! ```
//!
//! ## Other settings, while the server runs
//!
//! Who may come in is not known for ever: a page moves to another name, an office gets another address, a crowd comes.
//! What `Config` was given for that can be changed by the handler, when it is told to by mail, say: `Peers` has
//! [`set_origins`](crate::Peers::set_origins), [`set_hosts`](crate::Peers::set_hosts),
//! [`set_proxies`](crate::Peers::set_proxies), [`set_trusted_networks`](crate::Peers::set_trusted_networks), and the
//! limits on connections, messages and memory beside them.
//!
//! ```
//! use pollcat::{Handler, Message, Origins, PeerId, Peers};
//!
//! struct Board;
//!
//! /// What an operator has written into a file, read by another thread.
//! enum Order {
//!     LetIn(Origins),
//!     Crowd(usize),
//! }
//!
//! impl Handler<Order> for Board {
//!     fn on_message(&mut self, peers: &mut Peers, _: PeerId, message: Message<'_>) {
//!         peers.broadcast(message);
//!     }
//!
//!     fn on_mail(&mut self, peers: &mut Peers, order: Order) {
//!         match order {
//!             Order::LetIn(origins) => peers.set_origins(origins),
//!             Order::Crowd(wanted) => {
//!                 let most = peers.set_max_connections(wanted);
//!                 println!("{most} connections at once, from now on");
//!             }
//!         }
//!     }
//! }
//! ```
//!
//! They hold for what comes next. Nobody who is there is closed because of them: if there are more connections than the
//! limit, the next one that comes is refused, until enough have left by themselves.
//!
//! ## Several processes, one port
//!
//! [`Config::reuse_port`](crate::Config::reuse_port) lets several processes listen on the same port; on Linux each gets
//! a share of the clients. One server uses one core, so that is one way to use them all. Each process has its own
//! peers: what is published in one of them has to be carried to the others by the application, by mail
//! ([`Mailbox`](crate::Mailbox)) from a thread that has it from a message broker, for example.
//!
//! A Unix-domain socket has one owner. A file that a killed process has left behind is replaced, and one whose process
//! is alive is an error: two servers started by mistake do not take each other's clients.
