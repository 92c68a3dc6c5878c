//! A chat behind a login: `cargo run --release --example login [ADDRESS]`. Who comes shows a token, and a database that
//! takes its time says whose it is. Only then comes the 101, or a 401 or 403 instead.
//!
//! ```text
//! curl:     the token as a bearer           Authorization: Bearer token-of-ann
//! browser:  in a cookie of this site        Cookie: token=token-of-ann
//! others:   in the query                    ws://127.0.0.1:9504/?token=token-of-ann
//!
//! you send                                              you receive
//!                                                       {"hello":"ann"}
//! {"do":"join","room":"tea"}                            {"joined":"ann","room":"tea"}    and so does the room
//! {"do":"say","room":"tea","text":"hello"}              {"from":"ann","room":"tea","text":"hello"}    likewise
//! {"do":"who","room":"tea"}                             {"room":"tea","who":["ann"]}
//! {"do":"leave","room":"tea"}                           {"left":"ann","room":"tea"}      only the room
//! ```

use std::collections::BTreeSet;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use pollcat::{Answer, CloseCode, Config, Departure, Handler, Mailbox, Message, NotDelivered};
use pollcat::{PeerId, PeerMap, Peers, Request, RequestId, Server};
use serde_json::{Value, json};

/// Who has to be looked up for which request.
type Question = (RequestId, String);

/// Who is there, and the rooms that they are in. A room is a topic.
#[derive(Clone)]
struct User {
    name: String,
    rooms: BTreeSet<String>,
}

const MOST_ROOMS: usize = 20;

struct Chat {
    database: SyncSender<Question>,
    users: PeerMap<User>,
}

impl Chat {
    /// `None`: that was not understood.
    fn hear(&mut self, peers: &mut Peers, from: PeerId, message: &Value) -> Option<()> {
        let user = self.users.get_mut(from)?;
        let room = message["room"].as_str().filter(|room| (1..=100).contains(&room.len()))?;
        match message["do"].as_str()? {
            "join" => {
                if user.rooms.len() < MOST_ROOMS && user.rooms.insert(room.to_owned()) {
                    peers.subscribe(from, room);
                    tell(peers, room, json!({ "joined": user.name, "room": room }));
                }
            }
            "leave" => {
                if user.rooms.remove(room) {
                    peers.unsubscribe(from, room);
                    tell(peers, room, json!({ "left": user.name, "room": room }));
                }
            }
            "say" => {
                let text = message["text"].as_str()?;
                if user.rooms.contains(room) {
                    tell(peers, room, json!({ "from": user.name, "room": room, "text": text }));
                }
            }
            "who" => {
                // One name for all the windows of somebody.
                let names = peers.members(room).filter_map(|id| Some(&*self.users.get(id)?.name));
                let who = json!({ "room": room, "who": names.collect::<BTreeSet<&str>>() });
                peers.send(from, &who.to_string());
            }
            _ => return None,
        }
        Some(())
    }
}

fn tell(peers: &mut Peers, room: &str, news: Value) {
    peers.publish(room, &news.to_string());
}

/// Pages of other sites cannot use a cookie of this one: their WebSockets are refused by default (`Config::origins`).
fn token(request: &Request<'_>) -> Option<String> {
    let shown = request.bearer().or_else(|| request.cookie("token")).map(str::to_owned);
    shown.or_else(|| Some(request.query_value("token")?.into_owned()))
}

impl Handler for Chat {
    fn on_request(&mut self, peers: &mut Peers, id: PeerId, request: &Request<'_>) -> Answer {
        if !request.is_upgrade() || request.path() != "/" {
            return Answer::refuse(404, "there is only a WebSocket, at /");
        }
        let Some(token) = token(request) else {
            return Answer::refuse(401, "who are you?").header("WWW-Authenticate", "Bearer");
        };
        // The loop waits for nobody, so somebody else asks the database, and answers.
        match self.database.try_send((peers.request_id(id), token)) {
            Ok(()) => Answer::later(),
            Err(_) => Answer::refuse(503, "too many are coming in").header("Retry-After", "2"),
        }
    }

    fn on_open(&mut self, peers: &mut Peers, id: PeerId, _: &Request<'_>) {
        if let Some(user) = peers.opened_with::<User>(id) {
            peers.send(id, &json!({ "hello": user.name }).to_string());
            self.users.insert(id, user);
        }
    }

    /// What a client sends before it has its answer comes here as well, after `on_open`.
    fn on_message(&mut self, peers: &mut Peers, from: PeerId, message: Message<'_>) {
        let value = serde_json::from_slice(message.as_bytes()).unwrap_or_default();
        if self.hear(peers, from, &value).is_none() {
            peers.close(from, CloseCode::UNSUPPORTED, "not understood");
        }
    }

    fn on_close(&mut self, peers: &mut Peers, id: PeerId, _: Departure) {
        if let Some(User { name, rooms }) = self.users.remove(id) {
            rooms.iter().for_each(|room| tell(peers, room, json!({ "left": name, "room": room })));
        }
    }
}

/// Several threads of this ask the database. Whose client has left meanwhile is answered in vain.
fn look_up(questions: &Mutex<Receiver<Question>>, mailbox: &Mailbox<()>) {
    loop {
        let question = questions.lock().expect("nobody panics with it").recv();
        let Ok((request, token)) = question else { return };
        thread::sleep(Duration::from_millis(200)); // a slow one
        let mut answer = match token.strip_prefix("token-of-") {
            Some("mallory") => Answer::refuse(403, "not you"),
            Some(name) => Answer::accept().with(User { name: name.to_owned(), rooms: BTreeSet::new() }),
            None => Answer::refuse(401, "nobody's token").header("WWW-Authenticate", "Bearer"),
        };
        // A full mailbox gives the answer back.
        while let Err(NotDelivered::Full(back)) = mailbox.answer_request(request, answer) {
            answer = back;
            thread::sleep(Duration::from_millis(1));
        }
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    env_logger::init();
    let address = std::env::args().nth(1).unwrap_or("127.0.0.1:9504".into());
    let server = Server::with_config(address, Config::new().max_message(4 << 10))?;
    println!("the chat is at ws://{}", server.local_addr()?);

    let (database, questions) = sync_channel(1000);
    let questions = Arc::new(Mutex::new(questions));
    for _ in 0..16 {
        let (questions, mailbox) = (Arc::clone(&questions), server.mailbox());
        thread::spawn(move || look_up(&questions, &mailbox));
    }
    let mailbox = server.mailbox();
    ctrlc::set_handler(move || mailbox.stop())?;
    server.run(Chat { database, users: PeerMap::new() })?;
    Ok(())
}
