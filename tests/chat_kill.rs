//! The chat is killed in mid-talk, over and over, and its clients' connections are cut. Whatever was acknowledged must be
//! there in the end, once, where the `ack` said, and everybody must have heard everything, once and in order.
//!
//! `POLLCAT_SEED` chooses the torment (a failure names its own) and `POLLCAT_KILLS` how often the chat is killed. The
//! threads race with the program, so a seed makes a failure likely again, and not certain.

use std::env;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use serde_json::json;

use chat::Chat;
use chat::json::Json;
use client::PATIENCE;
use dice::Dice;
use listener::{Listener, text};
use talker::{Stage, Writer};

#[path = "support/chat.rs"]
#[allow(dead_code, reason = "each suite uses a part of it")]
mod chat;
#[path = "support/client.rs"]
#[allow(dead_code, reason = "each suite uses a part of it")]
mod client;
#[path = "swarm/dice.rs"]
mod dice;
#[path = "chat_kill/ledger.rs"]
mod ledger;
#[path = "chat_kill/line.rs"]
mod line;
#[path = "chat_kill/listener.rs"]
mod listener;
#[path = "support/scratch.rs"]
#[allow(dead_code, reason = "each suite uses a part of it")]
mod scratch;
#[path = "chat_kill/talker.rs"]
mod talker;

const KILLS: u64 = 10;
const WRITERS: usize = 6;
const READERS: usize = 4;
/// Besides the lobby.
const ROOMS: [&str; 3] = ["tea", "茶", "fall"];

#[test]
fn what_is_acknowledged_on_disk_survives_being_killed() {
    torment("disk", variable("POLLCAT_SEED", 1), variable("POLLCAT_KILLS", KILLS));
}

/// The system keeps what it was given when a program dies, though nobody waited for the disk.
#[test]
fn what_is_acknowledged_by_the_system_survives_being_killed() {
    torment("system", variable("POLLCAT_SEED", 1) + 1, variable("POLLCAT_KILLS", KILLS).div_ceil(4));
}

fn variable(name: &str, default: u64) -> u64 {
    env::var(name)
        .map_or(default, |value| value.parse().unwrap_or_else(|_| panic!("{name}={value}: a number")))
}

fn torment(durability: &str, seed: u64, kills: u64) {
    // A test's output is shown when it fails.
    println!("{durability}: POLLCAT_SEED={seed} POLLCAT_KILLS={kills}");
    let mut dice = Dice::new(seed);
    let port = free_port(&mut dice).to_string();
    let listen = format!("127.0.0.1:{port}");
    // Little is kept in memory, so that much has to be read back from the disk.
    let flags = ["--listen", &listen, "--durability", durability, "--recent", "20"];
    let mut chat = Chat::start(&flags);
    let cast = Cast::gather(chat.address(), durability);
    let stage = Arc::new(Stage {
        address: chat.address(),
        done: AtomicBool::new(false),
        acknowledged: AtomicU64::new(0),
        said_again: AtomicU64::new(0),
        repeated: AtomicU64::new(0),
        cut: AtomicU64::new(0),
    });
    let writers: Vec<_> = (0..WRITERS)
        .map(|number| {
            let writer = Writer::new(cast.writer(number), cast.private_of(number), dice.child());
            let stage = Arc::clone(&stage);
            thread::spawn(move || writer.run(&stage))
        })
        .collect();
    let readers: Vec<_> = (0..READERS)
        .map(|number| {
            let (reader, stage, dice) = (cast.reader(number), Arc::clone(&stage), dice.child());
            thread::spawn(move || talker::listen(reader, &stage, dice))
        })
        .collect();

    let (mut killed, mut ended_in_order) = (0, 0);
    while killed < kills {
        let alive =
            || writers.iter().all(|it| !it.is_finished()) && readers.iter().all(|it| !it.is_finished());
        wait_for_talk(&stage, &mut dice, alive);
        if dice.one_in(8) {
            let (status, log) = chat.terminate();
            assert!(status.success(), "{status}: {log:#?}");
            ended_in_order += 1;
        } else {
            chat.kill();
            killed += 1;
        }
        chat.start_again();
    }
    stage.done.store(true, Ordering::Relaxed);
    let (mut listeners, mut said) = (Vec::new(), Vec::new());
    for (listener, its) in writers.into_iter().map(joined) {
        listeners.push(listener);
        said.push(its);
    }
    // Whoever was first also has the last word, when all others are done.
    let first = listeners.remove(0);
    let (first, last_words) = Writer::end(first, &stage, dice.child());
    said[0].extend(last_words);
    listeners.insert(0, first);
    listeners.extend(readers.into_iter().map(joined));

    let pages = ledger::pages(stage.address, &listeners[0]);
    let stored = ledger::stored(&chat.data());
    let (status, log) = chat.terminate();
    assert!(status.success(), "{status}: {log:#?}");
    assert_eq!(ledger::stored(&chat.data()), stored, "nothing changes when the chat ends");
    ledger::compare(&stored, &pages, &said, &listeners);

    let count = |it: &AtomicU64| it.load(Ordering::Relaxed);
    println!(
        "{durability}: killed {killed} times, ended {ended_in_order} times; {} connections cut; {} messages acknowledged, {} \
         said again, {} acks repeated; {} events heard by {} listeners, each once",
        count(&stage.cut),
        said.iter().map(Vec::len).sum::<usize>(),
        count(&stage.said_again),
        count(&stage.repeated),
        listeners.iter().flat_map(|it| it.rooms.values()).map(|room| room.events.len()).sum::<usize>(),
        listeners.len(),
    );
}

/// A port that is the chat's each time it is started: below those that systems give to clients, one of which could
/// otherwise have it while the chat is down.
fn free_port(dice: &mut Dice) -> u16 {
    let ports = (0..100).map(|_| 15_000 + dice.below(10_000) as u16);
    let mut free = ports.filter(|&port| TcpListener::bind(("127.0.0.1", port)).is_ok());
    free.next().expect("one port in a hundred is free")
}

/// Until a few more messages are acknowledged, and then some moment.
fn wait_for_talk(stage: &Stage, dice: &mut Dice, alive: impl Fn() -> bool) {
    let enough = stage.acknowledged.load(Ordering::Relaxed) + dice.below(150) as u64;
    let deadline = Instant::now() + PATIENCE;
    while stage.acknowledged.load(Ordering::Relaxed) < enough {
        assert!(alive(), "somebody has seen something wrong");
        assert!(Instant::now() < deadline, "nothing is acknowledged any more");
        thread::park_timeout(Duration::from_millis(1));
    }
    // Nothing waits for this; it only makes the moment another one each time.
    thread::sleep(Duration::from_micros(dice.below(3000) as u64));
}

fn joined<T>(thread: JoinHandle<T>) -> T {
    thread.join().expect("nobody sees anything wrong")
}

/// Names and epochs.
type Rooms = Vec<(String, String)>;

/// Who is there, and in which rooms, before it begins.
struct Cast {
    writers: Vec<(u64, String)>,
    readers: Vec<(u64, String, Rooms)>,
    rooms: Rooms,
    private: (String, String),
}

impl Cast {
    fn gather(address: SocketAddr, durability: &str) -> Self {
        let mut writers: Vec<Json> = (0..WRITERS).map(|_| Json::hello(address, json!({}))).collect();
        assert_eq!(writers[0].welcome["durability"], durability);
        let lobby = text(&writers[0].welcome["rooms"][0], "epoch").to_owned();
        let mut rooms = vec![("lobby".to_owned(), lobby)];
        for name in ROOMS {
            let states: Vec<_> = writers.iter_mut().map(|writer| writer.join(name)).collect();
            rooms.push((name.to_owned(), text(&states[0], "epoch").to_owned()));
        }
        // The private talk of the first two is there when the first word is.
        let opened = json!({"to": writers[1].id, "msg": "psst"});
        assert_eq!(writers[0].ask(opened)["type"], "ack");
        let announced =
            writers[1].wait_for("the private talk", |it| it["type"] == "room" && it["kind"] == "direct");
        let private = (text(&announced, "room").to_owned(), text(&announced, "epoch").to_owned());
        let writers: Vec<_> = writers.into_iter().map(|it| (it.id, it.token)).collect();
        let mut readers = vec![];
        for number in 0..READERS - 1 {
            let mut reader = Json::hello(address, json!({}));
            let of_rooms = &rooms[..=number.min(rooms.len() - 1)];
            of_rooms[1..].iter().for_each(|(name, _)| drop(reader.join(name)));
            readers.push((reader.id, reader.token, of_rooms.to_vec()));
        }
        // The last one is another window of the second writer.
        let (id, token) = writers[1].clone();
        readers.push((id, token, [&rooms[..], std::slice::from_ref(&private)].concat()));
        Cast { writers, readers, rooms, private }
    }

    fn writer(&self, number: usize) -> Listener {
        let (id, token) = &self.writers[number];
        let mut rooms = self.rooms.clone();
        rooms.extend((number < 2).then(|| self.private.clone()));
        Listener::new(*id, token, number == 2, &rooms)
    }

    fn private_of(&self, number: usize) -> Option<(String, u64)> {
        (number < 2).then(|| (self.private.0.clone(), self.writers[1 - number].0))
    }

    fn reader(&self, number: usize) -> Listener {
        let (id, token, rooms) = &self.readers[number];
        Listener::new(*id, token, false, rooms)
    }
}
