//! On a port, with sockets and a thread.

use pollcat::Config;
use pollcat_testing::client::{BINARY, CLOSE, Client, PING, PONG, TEXT};
use pollcat_testing::running::Running;

use super::parrot::Parrot;
use super::{Answer, Payload, Place, Seen};

pub(super) struct ByPort {
    /// `None` for those that are gone. All are, before the server is stopped: it would wait for their Closes.
    clients: Vec<Option<Client>>,
    running: Running,
    looks: u32,
}

impl ByPort {
    fn client(&mut self, who: usize) -> &mut Client {
        self.clients[who].as_mut().expect("the client is there")
    }

    /// All that the server has done by now for others is on its way to those who are left.
    fn wait_for_the_leaving(&self) {
        let there = self.clients.iter().flatten().count() as u64;
        self.running.wait_until("the server has let go of whoever left", |it| it.connections == there);
    }

    /// Reads until the Pong comes that is asked for here, or to the end of the stream. Says whether that was it.
    fn look_at(&mut self, who: usize, seen: &mut Seen) -> bool {
        self.looks += 1;
        let mark = format!("look {}", self.looks);
        let client = self.client(who);
        client.send(PING, mark.as_bytes());
        loop {
            match client.frame() {
                (TEXT, payload) => {
                    seen.messages.push(Payload::Text(String::from_utf8(payload).expect("text is UTF-8")));
                }
                (BINARY, payload) => seen.messages.push(Payload::Binary(payload)),
                (PONG, payload) if payload == mark.as_bytes() => return false,
                (PONG, payload) => seen.pongs.push(payload),
                (CLOSE, payload) => {
                    client.send(CLOSE, &payload[..payload.len().min(2)]);
                    client.nothing_more();
                    self.clients[who] = None;
                    seen.closed = Some(match payload.split_first_chunk() {
                        Some((code, reason)) => {
                            (u16::from_be_bytes(*code), String::from_utf8(reason.to_vec()).expect("UTF-8"))
                        }
                        None => (1005, String::new()),
                    });
                    return true;
                }
                (first, _) => panic!("a frame that begins with {first:#x}"),
            }
        }
    }
}

impl Place for ByPort {
    fn start(config: Config) -> Self {
        ByPort { running: Running::start(config, Parrot::default()), clients: Vec::new(), looks: 0 }
    }

    fn dial(&mut self, request: &[u8]) -> Answer {
        let mut client = Client::dial(self.running.address());
        client.write(request);
        let head = client.head();
        let mut lines = head.split_terminator("\r\n");
        let status = lines.next().and_then(|line| line.get(9..12)?.parse().ok()).expect("a status line");
        let headers: Vec<(String, String)> = lines
            .filter_map(|line| line.split_once(": "))
            .filter(|(name, _)| *name != "Date")
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        let length = headers.iter().find(|(name, _)| name == "Content-Length");
        let length = length.map_or(0, |(_, length)| length.parse().expect("a length"));
        let body = client.bytes(length);
        self.clients.push((status == 101).then_some(client));
        self.wait_for_the_leaving();
        Answer { status, headers, body }
    }

    fn send(&mut self, from: usize, bytes: &[u8]) {
        self.client(from).write(bytes);
    }

    fn leave(&mut self, who: usize) {
        self.clients[who] = None;
        self.wait_for_the_leaving();
    }

    fn look(&mut self, at: &[usize]) -> Vec<Seen> {
        let mut seen = vec![Seen::default(); at.len()];
        // Whoever ends while the others are looked at is news for them.
        let mut is_news = true;
        while is_news {
            is_news = false;
            for (&who, seen) in at.iter().zip(&mut seen) {
                if seen.closed.is_none() {
                    is_news |= self.look_at(who, seen);
                }
            }
        }
        seen
    }
}
