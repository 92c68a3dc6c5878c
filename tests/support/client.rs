//! A plain blocking WebSocket client, written from the RFC and not from our source: the handshake as text,
//! frames byte by byte. It checks what a server must keep (§5.1, §5.2), and it never waits for ever.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpStream, ToSocketAddrs};
use std::time::Duration;

/// Longer than any server here takes on a busy machine. Only a test that fails waits this long.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// A limit that a test waits out: as short as it may be if something must be done before it is over, on a busy machine too.
pub const SHORT: Duration = Duration::from_secs(2);

pub const TEXT: u8 = 0x81;
pub const BINARY: u8 = 0x82;
pub const CLOSE: u8 = 0x88;
pub const PING: u8 = 0x89;
pub const PONG: u8 = 0x8A;

/// The example of §1.3: the key, and what a server must make of it.
const KEY: &str = "dGhlIHNhbXBsZSBub25jZQ==";
const ACCEPT: &str = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

/// Unread bytes stay in the socket until they are asked for: a test may want them to be there.
pub struct Client {
    stream: BufReader<TcpStream>,
    /// How many bytes it has written itself.
    written: u64,
}

impl Client {
    /// TCP, and no word said yet.
    pub fn dial(address: impl ToSocketAddrs) -> Self {
        let stream = TcpStream::connect(address).expect("the server listens");
        stream.set_nodelay(true).expect("TCP can be told not to wait");
        Client::over(stream)
    }

    /// A Unix-domain socket. Reading, writing and shutting down are the same calls as for TCP.
    #[cfg(unix)]
    pub fn dial_unix(path: &std::path::Path) -> Self {
        let stream = std::os::unix::net::UnixStream::connect(path).expect("the server listens");
        Client::over(TcpStream::from(std::os::fd::OwnedFd::from(stream)))
    }

    /// A stream that is there already.
    pub fn over(stream: TcpStream) -> Self {
        stream.set_read_timeout(Some(PATIENCE)).expect("reading can be given a limit");
        stream.set_write_timeout(Some(PATIENCE)).expect("writing can be given a limit");
        Client { stream: BufReader::with_capacity(4096, stream), written: 0 }
    }

    /// An open WebSocket.
    pub fn connect(address: impl ToSocketAddrs) -> Self {
        let mut client = Client::dial(address);
        client.open("");
        client
    }

    /// The opening handshake (§4.1), with more header lines if a test wants them.
    #[track_caller]
    pub fn open(&mut self, fields: &str) {
        self.write(upgrade_request(fields).as_bytes());
        let head = self.head();
        assert!(head.starts_with("HTTP/1.1 101 "), "{head}");
        assert!(head.contains(&format!("\r\nSec-WebSocket-Accept: {ACCEPT}\r\n")), "{head}");
    }

    /// How many bytes it has written; not those that somebody has who has its stream.
    pub fn written(&self) -> u64 {
        self.written
    }

    /// A second handle on the stream, for a thread of its own.
    pub fn stream(&self) -> TcpStream {
        self.stream.get_ref().try_clone().expect("a stream can be shared")
    }

    #[track_caller]
    pub fn write(&mut self, bytes: &[u8]) {
        self.stream.get_mut().write_all(bytes).expect("the server takes what is written");
        self.written += bytes.len() as u64;
    }

    #[track_caller]
    pub fn send(&mut self, first_byte: u8, payload: &[u8]) {
        self.write(&masked(first_byte, payload));
    }

    #[track_caller]
    pub fn close(&mut self, code: u16) {
        self.send(CLOSE, &code.to_be_bytes());
    }

    /// We have nothing more to say; we still listen.
    pub fn end(&mut self) {
        self.stream.get_ref().shutdown(Shutdown::Write).expect("a stream can be shut down");
    }

    /// The next frame: its first byte, and its payload.
    #[track_caller]
    pub fn frame(&mut self) -> (u8, Vec<u8>) {
        let (first, payload) = self.extended_frame();
        assert_eq!(first & 0x70, 0, "no extension was agreed on (§5.2)");
        (first, payload)
    }

    /// The next frame, in which an extension may have set the reserved bits.
    #[track_caller]
    pub fn extended_frame(&mut self) -> (u8, Vec<u8>) {
        let [first, short] = self.array();
        assert_eq!(short & 0x80, 0, "a server does not mask (§5.1)");
        let length = match short {
            126 => u64::from(u16::from_be_bytes(self.array())),
            127 => u64::from_be_bytes(self.array()),
            short => u64::from(short),
        };
        let payload = self.bytes(usize::try_from(length).expect("lengths have 63 bits"));
        assert_eq!(header(first, payload.len(), 0)[1], short, "the shortest form of a length (§5.2)");
        (first, payload)
    }

    #[track_caller]
    pub fn text(&mut self) -> String {
        let (first, payload) = self.frame();
        assert_eq!(first, TEXT, "text, and not {}", payload[..payload.len().min(125)].escape_ascii());
        String::from_utf8(payload).expect("text is UTF-8 (§5.6)")
    }

    /// A Close: its code, and its reason.
    #[track_caller]
    pub fn close_frame(&mut self) -> (u16, String) {
        let (first, payload) = self.frame();
        assert_eq!(first, CLOSE);
        let (code, reason) = payload.split_first_chunk().expect("a body begins with two bytes (§5.5.1)");
        (u16::from_be_bytes(*code), String::from_utf8(reason.to_vec()).expect("a reason is UTF-8"))
    }

    /// The server says no more: an end in order (FIN), not a reset, and not a byte before it.
    #[track_caller]
    pub fn nothing_more(&mut self) {
        let rest = self.stream.fill_buf().expect("an end in order");
        assert_eq!(rest, b"", "an end, and nothing before it");
    }

    /// The head of an HTTP answer, with its empty line.
    #[track_caller]
    pub fn head(&mut self) -> String {
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            let length = self.stream.read_line(&mut head).expect("a head is text");
            assert!(length > 0, "the stream ended within a head: {head:?}");
        }
        head
    }

    #[track_caller]
    pub fn bytes(&mut self, length: usize) -> Vec<u8> {
        let mut bytes = vec![0; length];
        self.stream.read_exact(&mut bytes).expect("that many bytes arrive");
        bytes
    }

    fn array<const N: usize>(&mut self) -> [u8; N] {
        let mut bytes = [0; N];
        self.stream.read_exact(&mut bytes).expect("a frame arrives whole");
        bytes
    }
}

/// The request that opens a WebSocket.
pub fn upgrade_request(fields: &str) -> String {
    format!(
        "GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {KEY}\r\n{fields}\r\n"
    )
}

/// A client's frame (§5.3).
pub fn masked(first_byte: u8, payload: &[u8]) -> Vec<u8> {
    const MASKING_KEY: [u8; 4] = [0x37, 0xFA, 0x21, 0x3D];
    let mut frame = header(first_byte, payload.len(), 0x80);
    frame.extend(MASKING_KEY);
    frame.extend(payload.iter().zip(MASKING_KEY.iter().cycle()).map(|(byte, key)| byte ^ key));
    frame
}

/// A server's frame.
pub fn unmasked(first_byte: u8, payload: &[u8]) -> Vec<u8> {
    [&header(first_byte, payload.len(), 0), payload].concat()
}

/// §5.2, up to the masking key.
fn header(first_byte: u8, length: usize, mask_bit: u8) -> Vec<u8> {
    let mut header = vec![first_byte];
    match length {
        0..=125 => header.push(mask_bit | length as u8),
        126..=0xFFFF => {
            header.push(mask_bit | 126);
            header.extend((length as u16).to_be_bytes());
        }
        _ => {
            header.push(mask_bit | 127);
            header.extend((length as u64).to_be_bytes());
        }
    }
    header
}
