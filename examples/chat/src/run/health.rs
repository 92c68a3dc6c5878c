//! `chat --health`: asks a chat how it is, for containers and scripts that have no HTTP client. The answer is a line, and the
//! status of the program.

use std::fmt;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream, ToSocketAddrs};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::sync::mpsc::channel;
use std::thread;
use std::time::{Duration, Instant};

use crate::run::settings::Listen;

/// For all of it.
const PATIENCE: Duration = Duration::from_secs(5);
/// More of an answer is not read.
const ANSWER: usize = 4 << 10;
/// More characters of it are not shown.
const LINE: usize = 200;
const PATH: &str = "/readyz";

/// Whom to ask, and for what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Health {
    place: Place,
    path: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Place {
    /// `host:port`, as the request says it as well.
    Tcp(String),
    Unix(PathBuf),
}

impl Health {
    /// `url` is what was said; otherwise it is the chat whose metrics are told there.
    ///
    /// # Errors
    ///
    /// What is to be said instead.
    pub(crate) fn new(url: &str, metrics: Option<&Listen>) -> Result<Self, String> {
        if !url.is_empty() {
            return Health::of_url(url);
        }
        let place = match metrics {
            None => {
                return Err(
                    "health: nobody tells it: set metrics, or say --health=http://127.0.0.1:9503 or \
                            --health=unix:PATH"
                        .to_owned(),
                );
            }
            Some(Listen::Tcp(address)) if address.ends_with(":0") => {
                return Err(
                    "health: the port of metrics is not known before the chat starts: --health=URL says it"
                        .to_owned(),
                );
            }
            Some(Listen::Tcp(address)) => Place::Tcp(reachable(address)),
            Some(Listen::Unix(path)) => Place::Unix(path.clone()),
        };
        Ok(Health { place, path: PATH.to_owned() })
    }

    fn of_url(url: &str) -> Result<Self, String> {
        let wrong = || {
            format!(
                "health: {url:?} is no address to ask: write http://HOST:PORT/readyz, unix:PATH or unix:PATH:/readyz"
            )
        };
        let is_plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_graphic());
        if let Some(rest) = url.strip_prefix("unix:") {
            let (file, path) =
                rest.rsplit_once(":/").map_or((rest, PATH), |(file, _)| (file, &rest[file.len() + 1..]));
            if file.is_empty() || !is_plain(path) {
                return Err(wrong());
            }
            return Ok(Health { place: Place::Unix(file.into()), path: path.to_owned() });
        }
        let rest = url.strip_prefix("http://").filter(|rest| is_plain(rest)).ok_or_else(wrong)?;
        let (host, path) = rest.find('/').map_or((rest, PATH), |at| rest.split_at(at));
        let has_port = host.rsplit_once(':').is_some_and(|(_, port)| port.parse::<u16>().is_ok());
        let host = if has_port { host.to_owned() } else { format!("{host}:80") };
        if host.starts_with(':') || host.contains('@') {
            return Err(wrong());
        }
        let path = if path == "/" { PATH } else { path };
        Ok(Health { place: Place::Tcp(host), path: path.to_owned() })
    }

    /// The answer, in a line. `Err`: it is not well, or does not answer.
    pub(crate) fn ask(&self) -> Result<String, String> {
        let (health, (said, answer)) = (self.clone(), channel());
        let until = Instant::now() + PATIENCE;
        // Nothing ends the look-up of a name, nor the wait for a socket whose queue is full: that is left behind.
        match thread::Builder::new().spawn(move || said.send(health.ask_until(until))) {
            Ok(_) => answer.recv_timeout(PATIENCE).unwrap_or_else(|_| Err(too_late(&self.place.to_string()))),
            Err(_) => self.ask_until(until),
        }
    }

    fn ask_until(&self, until: Instant) -> Result<String, String> {
        let name = self.place.to_string();
        let host = if let Place::Tcp(host) = &self.place { host } else { "localhost" };
        let request = format!(
            "GET {} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: pollcat-health\r\nConnection: close\r\n\r\n",
            self.path
        );
        let answer = match &self.place {
            Place::Tcp(host) => connect(host, until).and_then(|stream| exchange(stream, &request, until)),
            Place::Unix(path) => ask_socket(path, &request, until),
        };
        let answer = answer.map_err(|error| match error.kind() {
            ErrorKind::WouldBlock | ErrorKind::TimedOut => too_late(&name),
            _ => format!("{name} does not answer: {error}"),
        })?;
        let (status, line) = read(&answer).ok_or_else(|| format!("{name} does not answer in HTTP"))?;
        if status == 200 { Ok(line) } else { Err(format!("{line} ({name}{} answered {status})", self.path)) }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::Tcp(host) => f.write_str(host),
            Place::Unix(path) => write!(f, "unix:{}", path.display()),
        }
    }
}

fn too_late(name: &str) -> String {
    format!("{name} does not answer within {} s", PATIENCE.as_secs())
}

/// Whoever listens everywhere is asked on this machine.
fn reachable(address: &str) -> String {
    match address.parse::<SocketAddr>() {
        Ok(mut known) if known.ip().is_unspecified() => {
            known.set_ip(if known.is_ipv4() {
                IpAddr::V4(Ipv4Addr::LOCALHOST)
            } else {
                IpAddr::V6(Ipv6Addr::LOCALHOST)
            });
            known.to_string()
        }
        _ => address.to_owned(),
    }
}

fn left(until: Instant) -> io::Result<Duration> {
    let left = until.saturating_duration_since(Instant::now());
    if left.is_zero() { Err(ErrorKind::TimedOut.into()) } else { Ok(left) }
}

/// To the first address of a name that takes it.
fn connect(host: &str, until: Instant) -> io::Result<TcpStream> {
    let mut last = io::Error::new(ErrorKind::NotFound, "the name has no address");
    for address in host.to_socket_addrs()? {
        match TcpStream::connect_timeout(&address, left(until)?) {
            Ok(stream) => return Ok(stream),
            Err(error) => last = error,
        }
    }
    Err(last)
}

fn ask_socket(path: &Path, request: &str, until: Instant) -> io::Result<Vec<u8>> {
    exchange(UnixStream::connect(path)?, request, until)
}

/// A stream that waits only for so long.
trait Patient: Read + Write {
    fn wait_for(&self, time: Duration) -> io::Result<()>;
}

impl Patient for TcpStream {
    fn wait_for(&self, time: Duration) -> io::Result<()> {
        self.set_read_timeout(Some(time)).and_then(|()| self.set_write_timeout(Some(time)))
    }
}

impl Patient for UnixStream {
    fn wait_for(&self, time: Duration) -> io::Result<()> {
        self.set_read_timeout(Some(time)).and_then(|()| self.set_write_timeout(Some(time)))
    }
}

fn exchange(mut stream: impl Patient, request: &str, until: Instant) -> io::Result<Vec<u8>> {
    stream.wait_for(left(until)?)?;
    stream.write_all(request.as_bytes())?;
    let (mut answer, mut piece) = (Vec::new(), [0; 1024]);
    while answer.len() < ANSWER {
        stream.wait_for(left(until)?)?;
        match stream.read(&mut piece) {
            Ok(0) => break,
            Ok(length) => answer.extend_from_slice(&piece[..length]),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(answer)
}

/// The status, and the first line of the body, as a terminal may show it.
fn read(answer: &[u8]) -> Option<(u16, String)> {
    let text = String::from_utf8_lossy(answer);
    let status = text.strip_prefix("HTTP/1.")?.get(2..5)?.parse().ok()?;
    let body = text.split_once("\r\n\r\n")?.1;
    let line = body.lines().next().unwrap_or("").trim();
    let line: String = line.chars().filter(|c| !c.is_control()).take(LINE).collect();
    Some((status, if line.is_empty() { "no words".to_owned() } else { line }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_what_was_said_or_that_of_the_metrics() {
        let tcp = |host: &str, path: &str| Ok(Health { place: Place::Tcp(host.into()), path: path.into() });
        let unix = |file: &str, path: &str| Ok(Health { place: Place::Unix(file.into()), path: path.into() });
        let table = [
            ("http://127.0.0.1:9503", tcp("127.0.0.1:9503", "/readyz")),
            ("http://127.0.0.1:9503/", tcp("127.0.0.1:9503", "/readyz")),
            ("http://chat/healthz", tcp("chat:80", "/healthz")),
            ("http://[::1]:9503/healthz?a=b", tcp("[::1]:9503", "/healthz?a=b")),
            ("http://[::1]/healthz", tcp("[::1]:80", "/healthz")),
            ("unix:/run/m.sock", unix("/run/m.sock", "/readyz")),
            ("unix:m.sock:/healthz", unix("m.sock", "/healthz")),
        ];
        for (url, expected) in table {
            assert_eq!(Health::new(url, None), expected, "{url}");
        }
        let wrong = [
            "https://chat",
            "chat",
            "http://",
            "http://:1",
            "http://a b",
            "http://a/\r\nX: y",
            "unix:",
            "unix::/a",
        ];
        for url in wrong {
            let told = Health::new(url, None).expect_err(url);
            assert!(told.contains("write http://") && !told.contains('\n'), "{told}");
        }
        let metrics = |text: &str| Health::new("", Some(&Listen::Tcp(text.into())));
        assert_eq!(metrics("127.0.0.1:9503"), tcp("127.0.0.1:9503", "/readyz"));
        assert_eq!(metrics("0.0.0.0:9503"), tcp("127.0.0.1:9503", "/readyz"));
        assert_eq!(metrics("[::]:9503"), tcp("[::1]:9503", "/readyz"));
        assert_eq!(Health::new("", Some(&Listen::Unix("m".into()))), unix("m", "/readyz"));
        assert!(metrics("127.0.0.1:0").is_err() && Health::new("", None).is_err());
    }

    #[test]
    fn an_answer_is_a_status_and_a_line_that_does_no_harm() {
        let table = [
            (&b"HTTP/1.1 200 OK\r\nA: b\r\n\r\nok\nmore\n"[..], Some((200, "ok"))),
            (b"HTTP/1.0 503 No\r\n\r\n", Some((503, "no words"))),
            (b"HTTP/1.1 200 OK\r\n\r\n\x1b[2J\xffwell\r\n", Some((200, "[2J\u{fffd}well"))),
            (b"HTTP/1.1 2", None),
            (b"SSH-2.0-OpenSSH\r\n\r\n", None),
            ("HTTP/1.1 é00\r\n\r\n".as_bytes(), None),
        ];
        for (answer, expected) in table {
            let expected = expected.map(|(status, line)| (status, line.to_owned()));
            assert_eq!(read(answer), expected, "{}", String::from_utf8_lossy(answer));
        }
        let long = [b"HTTP/1.1 200 OK\r\n\r\n", &[b'a'; 3000][..]].concat();
        assert_eq!(read(&long).map(|(_, line)| line.len()), Some(LINE));
    }

    /// Who connects to a Unix-domain socket waits until its queue has room, and a process that is stopped takes nobody.
    #[test]
    fn a_socket_whose_queue_is_full_is_not_waited_for() {
        let path = std::env::temp_dir().join(format!("pollcat-health-{}", std::process::id()));
        let _ = std::fs::remove_file(&path);
        let socket =
            socket2::Socket::new(socket2::Domain::UNIX, socket2::Type::STREAM, None).expect("a socket");
        socket.bind(&socket2::SockAddr::unix(&path).expect("a short path")).expect("nobody has it");
        socket.listen(0).expect("it listens");
        let _first = UnixStream::connect(&path).expect("the queue has room for one");
        let health = Health { place: Place::Unix(path.clone()), path: PATH.to_owned() };
        let (said, answer) = channel();
        thread::spawn(move || said.send(health.ask()));
        let answer = answer.recv_timeout(Duration::from_secs(60));
        std::fs::remove_file(&path).expect("it was made here");
        assert_eq!(answer, Ok(Err(format!("unix:{} does not answer within 5 s", path.display()))));
    }
}
