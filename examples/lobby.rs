//! A chat with names and rooms: `cargo run --release --example lobby [ADDRESS]`, then open http://127.0.0.1:9503 in two
//! windows. It also works from the page's console, or from any WebSocket client, as each message is a line of text:
//!
//! ```text
//! you send                              you receive
//! /name Ann   take another name         = tea: Ann 小明   the room you have entered, and who is there
//! /join tea   go to another room        + Bob            somebody came in     - Bob   somebody left
//! /who        ask who is there          Bob: hello       somebody spoke
//! hello       anything else is said     ! Ann is taken   why a command did nothing
//! ```

use pollcat::{Answer, CloseCode, Config, Departure, Handler, Hosts, Message, Method};
use pollcat::{PeerId, PeerMap, Peers, Request, Server};

/// The page travels inside the program.
const PAGE: &str = include_str!("lobby.html");

#[derive(Clone)]
struct Guest {
    name: String,
    room: String,
}

/// All of the state. One thread serves everybody, so it needs no lock.
#[derive(Default)]
struct Lobby {
    guests: PeerMap<Guest>,
    numbers: u64,
}

impl Lobby {
    /// A room is a topic: publishing reaches all its subscribers, and encodes the line once for all of them. A topic
    /// begins with its first subscriber and ends with its last.
    fn enter(&mut self, peers: &mut Peers, id: PeerId, name: &str, room: &str) {
        peers.publish(room, &format!("+ {name}"));
        peers.subscribe(id, room);
        self.guests.insert(id, Guest { name: name.into(), room: room.into() });
        self.send_list(peers, id);
    }

    fn leave(&mut self, peers: &mut Peers, id: PeerId) {
        if let Some(Guest { name, room }) = self.guests.remove(id) {
            peers.unsubscribe(id, &room);
            peers.publish(&room, &format!("- {name}"));
        }
    }

    fn send_list(&self, peers: &mut Peers, id: PeerId) {
        let Some(Guest { room, .. }) = self.guests.get(id) else { return };
        let here = self.guests.iter().filter(|(_, guest)| guest.room == *room);
        let names: Vec<&str> = here.map(|(_, guest)| guest.name.as_str()).collect();
        peers.send(id, &format!("= {room}: {}", names.join(" ")));
    }

    /// The names of newcomers are ours to give.
    fn is_taken(&self, name: &str) -> bool {
        name.starts_with("guest") || self.guests.iter().any(|(_, guest)| guest.name == name)
    }
}

impl Handler for Lobby {
    /// Pages and WebSockets come to the same port; `is_upgrade` says which of the two a request is for.
    fn on_request(&mut self, _: &mut Peers, _: PeerId, request: &Request<'_>) -> Answer {
        match (request.path(), request.method()) {
            ("/", _) if request.is_upgrade() => Answer::accept(),
            ("/", Method::Get | Method::Head) => Answer::page("text/html; charset=utf-8", PAGE),
            ("/", _) => Answer::refuse(405, "the page is only to be read").header("Allow", "GET, HEAD"),
            _ => Answer::refuse(404, "there is only one page"),
        }
    }

    fn on_open(&mut self, peers: &mut Peers, id: PeerId, _: &Request<'_>) {
        self.numbers += 1;
        self.enter(peers, id, &format!("guest{}", self.numbers), "lobby");
    }

    fn on_message(&mut self, peers: &mut Peers, from: PeerId, message: Message<'_>) {
        let Message::Text(text) = message else {
            return peers.close(from, CloseCode::UNSUPPORTED, "text, please");
        };
        let Some(Guest { name, room }) = self.guests.get(from).cloned() else { return };
        match text.split_once(' ').unwrap_or((text, "")) {
            ("/name" | "/join", word) if !is_word(word) => {
                peers.send(from, "! 1 to 20 characters, and no spaces");
            }
            ("/name", word) if self.is_taken(word) => {
                peers.send(from, &format!("! {word} is taken"));
            }
            ("/name", word) => {
                self.leave(peers, from);
                self.enter(peers, from, word, &room);
            }
            ("/join", word) => {
                self.leave(peers, from);
                self.enter(peers, from, &name, word);
            }
            ("/who", _) => self.send_list(peers, from),
            (command, _) if command.starts_with('/') => {
                peers.send(from, "! /name NAME, /join ROOM, or /who");
            }
            // One line, whatever was sent: nobody can speak in another's name.
            _ => peers.publish(&room, &format!("{name}: {}", text.replace(char::is_control, " "))),
        }
    }

    /// Comes last for each peer that was opened, however it left. `id` never comes to mean somebody else.
    fn on_close(&mut self, peers: &mut Peers, id: PeerId, _: Departure) {
        self.leave(peers, id);
    }
}

fn is_word(word: &str) -> bool {
    (1..=20).contains(&word.chars().count()) && !word.contains(|c: char| c.is_whitespace() || c.is_control())
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    env_logger::init();
    let address = std::env::args().nth(1).unwrap_or("127.0.0.1:9503".into());
    // Pages of other sites are refused by default. `Hosts` keeps out those that give our address a name of their own.
    let config = Config::new().hosts(Hosts::addresses()).max_message(4 << 10);
    let server = Server::with_config(address, config)?;
    println!("the lobby is at http://{}", server.local_addr()?);

    // A mailbox is how other threads reach the server: this one stops it, and everybody gets a Close.
    let mailbox = server.mailbox();
    ctrlc::set_handler(move || mailbox.stop())?;
    server.run(Lobby::default())?;
    Ok(())
}
