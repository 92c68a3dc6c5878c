//! `pollcat_testing::running` over TLS: the address that it tells is that of a bridge to the server's TLS listener.

use std::fs;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use pollcat::rustls::{ClientConfig, RootCertStore, crypto::ring};
use pollcat::{Config, Server, Tls};
pub(crate) use pollcat_testing::running::wait_until;
use pollcat_testing::running::{RunningBy, Way};
use pollcat_testing::scratch::Scratch;

use crate::bridge::bridge;

pub(crate) type Running<M = ()> = RunningBy<OverTls, M>;

pub(crate) struct OverTls;

impl Way for OverTls {
    fn server<M: Send + 'static>(config: Config) -> Server<M> {
        Server::without_listeners(config).expect("the system has a poll for us")
    }

    fn address<M: Send + 'static>(server: &mut Server<M>) -> Option<SocketAddr> {
        let (tls, client) = both_ends();
        let address = server.listen_tls("127.0.0.1:0", &tls).expect("loopback has a free port");
        Some(bridge(address, client))
    }
}

/// A server with a certificate that it signed itself, and a client that trusts it.
fn both_ends() -> (Tls, ClientConfig) {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let own = rcgen::generate_simple_self_signed(["localhost".to_owned()]).expect("it can be signed");
    let scratch = Scratch::new(&format!("over-tls-{}", COUNT.fetch_add(1, Ordering::Relaxed)));
    let [certificate, key] = ["crt", "key"].map(|name| scratch.file(name));
    fs::write(&certificate, own.cert.pem()).expect("a file can be written");
    fs::write(&key, own.signing_key.serialize_pem()).expect("and another");
    let tls = Tls::from_pem_files(certificate, key).expect("what was just issued is in order");
    let mut roots = RootCertStore::empty();
    roots.add(own.cert.der().clone()).expect("it is a certificate");
    let client = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("ring speaks them")
        .with_root_certificates(roots)
        .with_no_client_auth();
    (tls, client)
}
