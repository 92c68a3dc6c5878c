//! One connection to the chat, which may end at any moment: by the program's death, or by our own hand.

use std::io::Write;
use std::net::{SocketAddr, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use socket2::SockRef;
use tungstenite::{ClientRequestBuilder, Message, WebSocket};

use pollcat_testing::client::{PATIENCE, TEXT, masked};
use pollcat_testing::dice::Dice;

pub(crate) struct Line(WebSocket<TcpStream>);

/// It ended, or was never there. Whoever wants one makes another.
#[derive(Debug)]
pub(crate) struct Cut;

impl Line {
    /// Tries until the chat listens, which may be when it has been started again.
    pub(crate) fn connect(address: SocketAddr) -> Self {
        let deadline = Instant::now() + 3 * PATIENCE;
        loop {
            match Line::try_connect(address) {
                Ok(line) => return line,
                Err(Cut) => assert!(Instant::now() < deadline, "the chat does not come back"),
            }
            thread::park_timeout(Duration::from_millis(1)); // leaves the processor to the program
        }
    }

    fn try_connect(address: SocketAddr) -> Result<Self, Cut> {
        let stream = TcpStream::connect(address).map_err(|_| Cut)?;
        stream.set_nodelay(true).map_err(|_| Cut)?;
        stream.set_read_timeout(Some(PATIENCE)).map_err(|_| Cut)?;
        stream.set_write_timeout(Some(PATIENCE)).map_err(|_| Cut)?;
        let uri = format!("ws://{address}/").parse().expect("an address makes a URL");
        let request = ClientRequestBuilder::new(uri).with_sub_protocol("chat.v1");
        tungstenite::client(request, stream).map(|(socket, _)| Line(socket)).map_err(|_| Cut)
    }

    pub(crate) fn send(&mut self, object: &Value) -> Result<(), Cut> {
        self.0.send(Message::text(object.to_string())).map_err(|_| Cut)
    }

    pub(crate) fn send_bytes(&mut self, bytes: &[u8]) -> Result<(), Cut> {
        self.0.send(Message::binary(bytes.to_vec())).map_err(|_| Cut)
    }

    /// The next object of this type, where nothing can be wrong.
    pub(crate) fn wait_for(&mut self, kind: &str) -> Result<Value, Cut> {
        loop {
            let object = self.next()?;
            match object["type"].as_str() {
                Some(it) if it == kind => return Ok(object),
                Some("error") => assert_eq!(object["code"], "stopping", "{object}"),
                _ => {}
            }
        }
    }

    pub(crate) fn next(&mut self) -> Result<Value, Cut> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            assert!(Instant::now() < deadline, "nothing but pings was heard for {PATIENCE:?}");
            match self.0.read() {
                Ok(Message::Text(text)) => {
                    let object: Value =
                        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
                    // Nobody comes back more often than so, and the others are cut off more often.
                    if let (Some("rate_limited"), Some(wait)) =
                        (object["code"].as_str(), object["retry_after"].as_u64())
                    {
                        thread::park_timeout(Duration::from_millis(wait));
                        return Err(Cut);
                    }
                    return Ok(object);
                }
                Ok(Message::Ping(_) | Message::Pong(_)) => {}
                Ok(Message::Close(Some(frame))) => {
                    assert_eq!(u16::from(frame.code), 1001, "{frame}: the chat only ever goes away");
                }
                Ok(other) => panic!("{other:?}"),
                Err(tungstenite::Error::Io(error)) if error.kind() == std::io::ErrorKind::WouldBlock => {
                    panic!("nothing was heard for {PATIENCE:?}")
                }
                Err(_) => return Err(Cut),
            }
        }
    }

    /// Ends it: in order or with a reset, sometimes in the middle of a message.
    pub(crate) fn cut(self, dice: &mut Dice) {
        let mut stream = self.0.get_ref();
        if dice.one_in(2) {
            let torn =
                json!({"id": format!("torn-{}", dice.below(1 << 30)), "msg": "torn ".repeat(dice.below(60))});
            let frame = masked(TEXT, torn.to_string().as_bytes());
            // It may be gone already: so much the better.
            let _ = stream.write_all(&frame[..1 + dice.below(frame.len() - 1)]);
        }
        if dice.one_in(2) {
            let _ = SockRef::from(stream).set_linger(Some(Duration::ZERO)); // a reset
        }
    }
}
