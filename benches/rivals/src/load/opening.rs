//! Before a run, with patience and blocking calls: connections are opened one after the other, and the first exchange
//! is compared whole.

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use rustix::net::sockopt::set_socket_linger;

use super::line::{self, Line};
use super::{Failure, Wire, deflated};
use crate::case::Wrapping;
use crate::frames::{self, RSV1};

const PATIENCE: Duration = Duration::from_secs(10);

/// The key and its answer from RFC 6455, §1.3.
const KEY: &str = "dGhlIHNhbXBsZSBub25jZQ==";
const ACCEPT: &str = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

/// A masked Ping without payload, and the Pong that it deserves (§5.5.3).
const PING: [u8; 6] = [0x89, 0x80, 1, 2, 3, 4];
const PONG: [u8; 2] = [0x8a, 0];

/// A connection that nobody makes hurry yet.
pub(super) type Opened = Line<TcpStream>;

/// How connections are opened.
pub(super) struct Opening {
    pub(super) address: SocketAddr,
    pub(super) wire: Wire,
    wrapping: Wrapping,
    tls: Arc<rustls::ClientConfig>,
}

/// Connects, and shakes hands. When the server has answered the Ping as well, the connection has reached its loop and
/// is a member of its room; the floor, which knows no Pings, says so of itself.
pub(super) fn open(opening: &Opening) -> Result<Opened, Failure> {
    let socket = TcpStream::connect(opening.address)?;
    socket.set_nodelay(true)?;
    socket.set_read_timeout(Some(PATIENCE))?;
    socket.set_write_timeout(Some(PATIENCE))?;
    // Closing resets: tens of thousands of connections must not linger from run to run.
    set_socket_linger(&socket, Some(Duration::ZERO))?;
    let mut line = match opening.wrapping {
        Wrapping::Tls => Line::over_tls(socket, opening.tls.clone())?,
        _ => Line::bare(socket),
    };
    if opening.wire == Wire::WebSocket {
        let offer = deflated::offer(opening.wrapping);
        line.write_all(request(opening.address, offer).as_bytes())?;
        check_answer(&read_head(&mut line)?, opening.wrapping)?;
        line.write_all(&PING)?;
    }
    let mut pong = [0; PONG.len()];
    line.read_exact(&mut pong)?;
    if pong != PONG {
        return Err(Failure::Handshake(format!("{pong:x?} for a Ping")));
    }
    Ok(line)
}

impl Opening {
    pub(super) fn new(address: SocketAddr, wire: Wire, wrapping: Wrapping) -> Self {
        Opening { address, wire, wrapping, tls: line::trusting() }
    }
}

fn request(address: SocketAddr, offer: Option<&str>) -> String {
    let extensions = offer.map_or_else(String::new, |offer| format!("Sec-WebSocket-Extensions: {offer}\r\n"));
    format!(
        "GET / HTTP/1.1\r\nHost: {address}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Key: {KEY}\r\nSec-WebSocket-Version: 13\r\n{extensions}\r\n"
    )
}

/// Byte by byte, so that nothing behind the head is swallowed; it is short.
fn read_head(socket: &mut impl Read) -> Result<String, Failure> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") && head.len() < 4096 {
        let mut byte = [0];
        socket.read_exact(&mut byte)?;
        head.push(byte[0]);
    }
    String::from_utf8(head).map_err(|_| Failure::Handshake("it is not text".into()))
}

/// §4.2.2: the status, the proof that the key was read, and the extension that was
/// offered, or none.
fn check_answer(head: &str, wrapping: Wrapping) -> Result<(), Failure> {
    let field = |wanted: &str| {
        let fields = head.lines().skip(1).filter_map(|line| line.split_once(':'));
        let mut values = fields.filter(|(name, _)| name.eq_ignore_ascii_case(wanted));
        values.next().map(|(_, value)| value.trim())
    };
    let good = head.starts_with("HTTP/1.1 101 ")
        && field("Upgrade").is_some_and(|value| value.eq_ignore_ascii_case("websocket"))
        && field("Connection").is_some_and(|value| value.eq_ignore_ascii_case("upgrade"))
        && field("Sec-WebSocket-Accept") == Some(ACCEPT)
        && match (wrapping, field("Sec-WebSocket-Extensions")) {
            (Wrapping::Bare | Wrapping::Tls, extensions) => extensions.is_none(),
            (Wrapping::Deflate, Some(said)) => {
                said.starts_with("permessage-deflate") && said.contains("server_no_context_takeover")
            }
            (Wrapping::Contexts, Some(said)) => {
                said.starts_with("permessage-deflate") && !said.contains("server_no_context_takeover")
            }
            (_, None) => false,
        };
    if good { Ok(()) } else { Err(Failure::Handshake(head.to_owned())) }
}

/// Sends one frame, and waits until each receiver has heard exactly that message, compressed if the frame is.
pub(super) fn exchange(
    lines: &mut [Opened],
    sender: usize,
    frame: &[u8],
    receivers: std::ops::Range<usize>,
    payload: &[u8],
) -> Result<(), Failure> {
    lines[sender].write_all(frame)?;
    for receiver in &mut lines[receivers] {
        let (opcode, heard) = hear(receiver, payload.len())?;
        if opcode != frame[0] & (0x0f | RSV1) {
            return Err(Failure::FirstExchange(
                "text came for binary, or something compressed for what is not",
            ));
        }
        let heard = if opcode & RSV1 == 0 { Some(heard) } else { deflated::inflate(&heard, payload.len()) };
        if heard.is_none_or(|heard| heard != payload) {
            return Err(Failure::FirstExchange("it is not what was sent"));
        }
    }
    Ok(())
}

/// One message, put together, and nothing behind it.
fn hear(line: &mut Opened, length: usize) -> Result<(u8, Vec<u8>), Failure> {
    let mut bytes = Vec::with_capacity(length + 16);
    let mut chunk = vec![0; 64 << 10];
    loop {
        let read = match line.read(&mut chunk) {
            Ok(0) => return Err(Failure::Closed),
            Ok(read) => read,
            Err(error) if error.kind() == ErrorKind::WouldBlock => {
                return Err(Failure::FirstExchange("no reply for ten seconds"));
            }
            Err(error) => return Err(error.into()),
        };
        bytes.extend_from_slice(&chunk[..read]);
        if let Some((opcode, payload, size)) = frames::message(&bytes) {
            if size < bytes.len() {
                return Err(Failure::FirstExchange("more came than was sent"));
            }
            return Ok((opcode, payload));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "HTTP/1.1 101 Switching Protocols\r\nupgrade: WebSocket\r\nconnection: Upgrade\r\n\
        sec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";

    #[test]
    fn an_answer_needs_the_status_the_proof_and_no_uninvited_extension() {
        assert!(check_answer(GOOD, Wrapping::Tls).is_ok());
        for (from, to) in [
            ("101", "200"),
            ("upgrade: WebSocket", "upgrade: h2c"),
            ("connection: Upgrade", "connection: close"),
            ("s3pP", "S3pP"),
            ("sec-websocket-accept", "sec-websocket-key"),
            ("\r\n\r\n", "\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n"),
        ] {
            assert!(check_answer(&GOOD.replacen(from, to, 1), Wrapping::Bare).is_err(), "{to}");
        }
        let compressed = GOOD.replace("\r\n\r\n", "\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n");
        assert!(check_answer(&compressed, Wrapping::Contexts).is_ok());
        assert!(check_answer(&compressed, Wrapping::Deflate).is_err());
        assert!(check_answer(GOOD, Wrapping::Deflate).is_err());
    }
}
