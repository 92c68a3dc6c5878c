//! `pollcat_testing::running` over TLS: the address that it tells is that of a bridge to the server's TLS listener.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU32, Ordering};

use pollcat::{Config, Server, Tls};
use pollcat_testing::bridge::{self, Bridge};
use pollcat_testing::client::Client;
pub(crate) use pollcat_testing::running::wait_until;
use pollcat_testing::running::{RunningBy, Way};
use pollcat_testing::vouched::Certificate;

pub(crate) type Running<M = ()> = RunningBy<OverTls, M>;

pub(crate) struct OverTls;

impl Way for OverTls {
    fn server<M: Send + 'static>(config: Config) -> Server<M> {
        Server::without_listeners(config).expect("the system has a poll for us")
    }

    fn address<M: Send + 'static>(server: &mut Server<M>) -> Option<SocketAddr> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let test = format!("over-tls-{}", COUNT.fetch_add(1, Ordering::Relaxed));
        let own = Certificate::of("localhost", &test);
        let tls = Tls::from_pem_files(&own.certificate, &own.key).expect("what was just issued is in order");
        let address = server.listen_tls("127.0.0.1:0", &tls).expect("loopback has a free port");
        Some(Bridge::to(address, "localhost", own.client()).open())
    }

    fn arrived(client: &Client) {
        let stream = client.stream();
        wait_until("it has come across", || bridge::passed(&stream) == client.written());
    }
}
