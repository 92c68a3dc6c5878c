//! The wire between clients and the server, and how much went over it: what is compressed is shorter there.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::thread;

#[derive(Clone, Default)]
pub(crate) struct Traffic {
    sent: Arc<AtomicU64>,
    heard: Arc<AtomicU64>,
}

impl Traffic {
    /// From the clients, in bytes, handshakes and frame headers included.
    pub(crate) fn sent(&self) -> u64 {
        self.sent.load(Relaxed)
    }

    /// From the server.
    pub(crate) fn heard(&self) -> u64 {
        self.heard.load(Relaxed)
    }
}

pub(crate) struct Wire {
    pub(crate) url: String,
    pub(crate) traffic: Traffic,
}

impl Wire {
    /// Listens on a port of its own, for as long as the process lives.
    pub(crate) fn to(server: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("loopback has a free port");
        let url = format!("ws://{}/", listener.local_addr().expect("it has an address"));
        let wire = Wire { url, traffic: Traffic::default() };
        let traffic = wire.traffic.clone();
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let Ok(server) = TcpStream::connect(server) else { return };
                for (from, to, count) in
                    [(&client, &server, &traffic.sent), (&server, &client, &traffic.heard)]
                {
                    from.set_nodelay(true).expect("TCP can be told not to wait");
                    let (from, to, count) = (share(from), share(to), Arc::clone(count));
                    thread::spawn(move || carry(from, to, &count));
                }
            }
        });
        wire
    }
}

/// Counts what arrives before it goes on, so that whoever has heard a message finds it counted.
fn carry(mut from: TcpStream, mut to: TcpStream, count: &AtomicU64) {
    let mut buffer = vec![0; 64 << 10];
    while let Ok(length @ 1..) = from.read(&mut buffer) {
        count.fetch_add(length as u64, Relaxed);
        if to.write_all(&buffer[..length]).is_err() {
            break;
        }
    }
    let _ = to.shutdown(Shutdown::Write);
}

fn share(stream: &TcpStream) -> TcpStream {
    stream.try_clone().expect("a socket can be shared")
}
