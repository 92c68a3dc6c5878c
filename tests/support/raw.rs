//! What only rude clients and curious tests ask of the system.

use std::fs;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::Mutex;
use std::time::Duration;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use socket2::{Domain, SockRef, Socket, Type};

/// Room for a few thousand connections, both ends of which are in this process: a login shell often grants 1,024
/// descriptors, and may be asked for more. Not all that may be had: some programs do something for each.
pub fn need_descriptors() {
    const ENOUGH: u64 = 8_192;
    let limit = getrlimit(Resource::Nofile);
    let most = limit.maximum.map_or(ENOUGH, |maximum| maximum.min(ENOUGH));
    if limit.current.is_some_and(|current| current < most) {
        let raised = Rlimit { current: Some(most), ..limit };
        setrlimit(Resource::Nofile, raised).expect("up to the hard limit");
    }
}

/// When the last handle on the stream is dropped, the connection is reset (RST) instead of ended (FIN).
pub fn reset_when_dropped(stream: &TcpStream) {
    SockRef::from(stream).set_linger(Some(Duration::ZERO)).expect("a stream can be told not to linger");
}

/// A listener on loopback whose connections have a small send buffer, so that outboxes fill early.
pub fn narrow_listener(send_buffer: usize) -> TcpListener {
    let listener = Socket::new(Domain::IPV4, Type::STREAM, None).expect("a socket can be had");
    listener.set_send_buffer_size(send_buffer).expect("its buffer can be made small");
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    listener.bind(&address.into()).expect("loopback has a free port");
    listener.listen(128).expect("a bound socket can listen");
    listener.into()
}

/// A port of loopback that is nobody's but who listens on it, for as long as this process runs: a server that is down
/// finds it free again, and until then nobody answers. A client is never given a port that another socket was bound to
/// (ip(7), SO_REUSEADDR in socket(7)), so one is bound, and never listens. On other systems than Linux it would be in
/// the way.
pub fn lasting_port() -> u16 {
    static KEPT: Mutex<Vec<Socket>> = Mutex::new(Vec::new());
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).expect("a socket can be had");
    socket.set_reuse_address(true).expect("others may bind it as well");
    socket.bind(&SocketAddr::from((Ipv4Addr::LOCALHOST, 0)).into()).expect("loopback has a free port");
    let address = socket.local_addr().expect("it has an address").as_socket().expect("of IPv4");
    if cfg!(target_os = "linux") {
        KEPT.lock().expect("nobody panics with it").push(socket);
    }
    address.port()
}

/// A client whose receive buffer is small.
pub fn narrow_stream(address: SocketAddr, receive_buffer: usize) -> TcpStream {
    let stream = Socket::new(Domain::IPV4, Type::STREAM, None).expect("a socket can be had");
    stream.set_recv_buffer_size(receive_buffer).expect("its buffer can be made small");
    stream.connect(&address.into()).expect("the server listens");
    stream.into()
}

/// The processor time of this process, in hundredths of a second; `None` where there is no /proc.
pub fn processor_time() -> Option<u64> {
    processor_time_of(std::process::id())
}

/// That of another one.
pub fn processor_time_of(process: u32) -> Option<u64> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // The name of the program, in parentheses, may hold spaces. utime and stime are fields 14 and 15.
    let fields: Vec<&str> = stat.rsplit(')').next()?.split_whitespace().collect();
    let ticks = |place: usize| fields.get(place)?.parse::<u64>().ok();
    Some(ticks(11)? + ticks(12)?)
}
