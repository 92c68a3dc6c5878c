//! A server on a thread of its own, which is stopped and joined when the test is done with it.

use std::io;
use std::marker::PhantomData;
use std::net::SocketAddr;
use std::sync::mpsc::{Receiver, sync_channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use pollcat::{Config, CounterReader, Counters, Handler, Mailbox, Server};

use crate::client::{Client, PATIENCE};

/// How clients reach a server.
pub trait Way {
    fn server<M: Send + 'static>(config: Config) -> Server<M>;

    /// Where they find it, if it is on TCP.
    fn address<M: Send + 'static>(server: &mut Server<M>) -> Option<SocketAddr>;

    /// Waits until what the client has written lies at the server's end, whether the server reads it or not.
    #[track_caller]
    fn arrived(client: &Client);
}

/// By TCP, on a port of the system's choice.
pub struct Plainly;

impl Way for Plainly {
    fn server<M: Send + 'static>(config: Config) -> Server<M> {
        Server::with_config("127.0.0.1:0", config).expect("loopback has a free port")
    }

    fn address<M: Send + 'static>(server: &mut Server<M>) -> Option<SocketAddr> {
        server.local_addr().ok()
    }

    /// Nothing lies in between.
    fn arrived(_: &Client) {}
}

pub type Running<M = ()> = RunningBy<Plainly, M>;

pub struct RunningBy<W: Way, M: Send + 'static = ()> {
    pub mailbox: Mailbox<M>,
    address: Option<SocketAddr>,
    counters: CounterReader,
    /// Told when `run` has returned, or is gone when it panicked.
    returned: Receiver<io::Result<()>>,
    thread: Option<JoinHandle<()>>,
    /// Panics in the handler: a test that wants some says so.
    panics: Panics,
    way: PhantomData<W>,
}

/// What a panic in a handler means to the test. The server outlives it, so an assertion in a handler would fail unseen.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Panics {
    Fail,
    Expected,
}

impl<W: Way, M: Send + 'static> RunningBy<W, M> {
    pub fn start(config: Config, handler: impl Handler<M> + Send + 'static) -> Self {
        RunningBy::serve(W::server(config), handler)
    }

    pub fn serve(mut server: Server<M>, handler: impl Handler<M> + Send + 'static) -> Self {
        let address = W::address(&mut server);
        let (mailbox, counters) = (server.mailbox(), server.counters());
        let (sender, returned) = sync_channel(1);
        let thread = thread::spawn(move || {
            let result = server.run(handler);
            // Nobody asks any more if the test has failed.
            let _ = sender.send(result);
        });
        RunningBy {
            mailbox,
            address,
            counters,
            returned,
            thread: Some(thread),
            panics: Panics::Fail,
            way: PhantomData,
        }
    }

    /// The handler is meant to panic.
    pub fn expect_panics(mut self) -> Self {
        self.panics = Panics::Expected;
        self
    }

    pub fn address(&self) -> SocketAddr {
        self.address.expect("the server listens on TCP")
    }

    /// What the client has written lies at the server's end when this returns.
    #[track_caller]
    pub fn wait_for_bytes_of(&self, client: &Client) {
        W::arrived(client);
    }

    pub fn counters(&self) -> Counters {
        self.counters.read()
    }

    /// Waits until the counters say so.
    #[track_caller]
    pub fn wait_until(&self, what: &str, is_so: impl Fn(&Counters) -> bool) {
        wait_until(what, || is_so(&self.counters()));
    }

    /// `run` must return by itself now.
    #[track_caller]
    pub fn join(mut self) {
        self.end();
    }

    #[track_caller]
    fn end(&mut self) {
        let Some(thread) = self.thread.take() else {
            return;
        };
        let result = self.returned.recv_timeout(PATIENCE);
        if thread::panicking() {
            return; // the first failure is the one to tell of
        }
        result.expect("run returns, and did not panic").expect("nothing a client does is an error of run");
        thread.join().expect("a thread that is done can be joined");
        let panics = self.counters().panics;
        assert!(panics == 0 || self.panics == Panics::Expected, "the handler panicked {panics} times");
    }
}

impl<W: Way, M: Send + 'static> Drop for RunningBy<W, M> {
    fn drop(&mut self) {
        self.mailbox.stop();
        self.end();
    }
}

/// Waits for a condition that no channel tells of.
#[track_caller]
pub fn wait_until(what: &str, mut is_so: impl FnMut() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !is_so() {
        assert!(Instant::now() < deadline, "waited in vain until {what}");
        thread::park_timeout(Duration::from_millis(1)); // leaves the processor to the server
    }
}
