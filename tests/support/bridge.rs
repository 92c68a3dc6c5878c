//! A stream in the clear on the one side, TLS on the other: so a suite that knows nothing of TLS can be run over it.
//!
//! An end is passed on as an end: what TCP says as FIN, TLS says as close_notify. An end without close_notify is
//! passed on as a reset, which no test takes for an end in order.
//!
//! What is on its way across has a limit ([`BUFFER`]): a client that does not read is soon felt by the server, however
//! late the bridge's threads have their turn.

use std::collections::BTreeMap;
use std::io::{self, Read, Write};
use std::net::{IpAddr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection};
use socket2::{Domain, SockRef, Socket, Type};

/// What each of the bridge's sockets may hold for a client that does not read, in bytes; Linux holds twice as much.
const BUFFER: usize = 64 << 10;

/// The two ends of a client's stream to a bridge: the client's, and the bridge's.
type Ends = (SocketAddr, SocketAddr);

/// How many bytes of each client have left for the server.
static PASSED: Mutex<BTreeMap<Ends, u64>> = Mutex::new(BTreeMap::new());

/// How many bytes that this client has written to a bridge are in the server's socket, or have been read there.
pub fn passed(client: &TcpStream) -> u64 {
    let ends = client.local_addr().and_then(|local| Ok((local, client.peer_addr()?)));
    let ends = ends.expect("the client is there");
    PASSED.lock().expect("nobody panics with it").get(&ends).copied().unwrap_or_default()
}

/// How the other side is reached.
#[derive(Clone)]
pub struct Bridge {
    pub server: SocketAddr,
    /// The name that its certificate must have.
    pub name: &'static str,
    pub config: Arc<ClientConfig>,
    /// Where those come from who cross it, if that is not the system's choice.
    pub from: Option<IpAddr>,
}

impl Bridge {
    pub fn to(server: SocketAddr, name: &'static str, config: ClientConfig) -> Self {
        Bridge { server, name, config: Arc::new(config), from: None }
    }

    /// Listens on a port of its own, for as long as the process lives.
    pub fn open(self) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").expect("loopback has a free port");
        let address = listener.local_addr().expect("it has an address");
        thread::spawn(move || {
            for plain in listener.incoming().flatten() {
                let bridge = self.clone();
                thread::spawn(move || cross(plain, bridge));
            }
        });
        address
    }
}

fn cross(plain: TcpStream, bridge: Bridge) {
    let Ok(mut sealed) = dial(&bridge) else {
        return reset(&plain); // as the server itself would refuse
    };
    for stream in [&plain, &sealed] {
        stream.set_nodelay(true).expect("TCP can be told not to wait");
    }
    SockRef::from(&plain).set_send_buffer_size(BUFFER).expect("a buffer can be smaller");
    let name = ServerName::try_from(bridge.name).expect("this is a name");
    let mut tls = ClientConnection::new(bridge.config, name).expect("a client can be made");
    while tls.is_handshaking() {
        if tls.complete_io(&mut sealed).is_err() {
            return reset(&plain);
        }
    }
    let tls = Arc::new(Mutex::new(tls));
    let way_out = {
        let (plain, sealed, tls) = (share(&plain), share(&sealed), Arc::clone(&tls));
        thread::spawn(move || outwards(plain, sealed, &tls))
    };
    inwards(&plain, sealed, &tls);
    let _ = way_out.join();
}

fn dial(bridge: &Bridge) -> io::Result<TcpStream> {
    let socket = Socket::new(Domain::for_address(bridge.server), Type::STREAM, None)?;
    if let Some(from) = bridge.from {
        socket.bind(&SocketAddr::new(from, 0).into())?;
    }
    socket.set_recv_buffer_size(BUFFER)?; // before the window is told
    socket.connect(&bridge.server.into())?;
    Ok(socket.into())
}

/// From the client in the clear to the server.
fn outwards(mut plain: TcpStream, mut sealed: TcpStream, tls: &Mutex<ClientConnection>) {
    let ends = plain.peer_addr().and_then(|client| Ok((client, plain.local_addr()?)));
    let mut passed = 0;
    let mut buffer = vec![0; 16 << 10];
    loop {
        let read = plain.read(&mut buffer);
        // The lock is not held while a socket is waited for: the other way must stay open.
        let mut records = Vec::new();
        {
            let mut tls = tls.lock().expect("nobody panics with it");
            match read {
                Ok(length) if length > 0 => tls.writer().write_all(&buffer[..length]).expect("it is sealed"),
                Ok(_) => tls.send_close_notify(),
                Err(_) => return reset(&sealed),
            }
            while tls.wants_write() {
                tls.write_tls(&mut records).expect("a vector takes all");
            }
        }
        if sealed.write_all(&records).is_err() {
            return;
        }
        let Ok(length @ 1..) = read else {
            let _ = sealed.shutdown(Shutdown::Write);
            return;
        };
        passed += length as u64;
        if let Ok(ends) = ends {
            PASSED.lock().expect("nobody panics with it").insert(ends, passed);
        }
    }
}

/// From the server to the client in the clear.
fn inwards(mut plain: &TcpStream, mut sealed: TcpStream, tls: &Mutex<ClientConnection>) {
    let mut buffer = vec![0; 16 << 10];
    loop {
        let length = sealed.read(&mut buffer).unwrap_or(0);
        let (mut records, mut held) = (&buffer[..length], Vec::new());
        let mut tls = tls.lock().expect("nobody panics with it");
        let mut ended = false;
        while !records.is_empty() && !ended {
            tls.read_tls(&mut records).expect("a slice can be read");
            let Ok(state) = tls.process_new_packets() else {
                return reset(plain);
            };
            ended = state.peer_has_closed();
            let _ = tls.reader().read_to_end(&mut held); // would block, when all has been read
        }
        drop(tls);
        if plain.write_all(&held).is_err() {
            return reset(&sealed);
        }
        if ended {
            let _ = plain.shutdown(Shutdown::Write);
            return;
        }
        if length == 0 {
            return reset(plain);
        }
    }
}

fn reset(stream: &TcpStream) {
    let _ = SockRef::from(stream).set_linger(Some(Duration::ZERO));
    let _ = stream.shutdown(Shutdown::Both);
}

fn share(stream: &TcpStream) -> TcpStream {
    stream.try_clone().expect("a stream can be shared")
}
