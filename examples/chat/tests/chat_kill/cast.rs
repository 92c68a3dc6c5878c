//! Who is there before it begins, and in which rooms.

use pollcat_chat_testing::Chat;
use pollcat_chat_testing::governed::owner;
use pollcat_chat_testing::json::Json;
use pollcat_testing::dice::Dice;
use serde_json::json;

use crate::court::{COURT, Court};
use crate::governor::Governor;
use crate::listener::{Hears, Listener, text};
use crate::{READERS, WRITERS};

/// Besides the lobby.
const ROOMS: [&str; 3] = ["tea", "茶", "fall"];
/// Who come before the court.
const ACCUSED: usize = 3;

/// Names and epochs.
type Rooms = Vec<(String, String)>;

/// Who is there, and in which rooms, before it begins.
pub(crate) struct Cast {
    writers: Vec<(u64, String)>,
    readers: Vec<(u64, String, Rooms)>,
    rooms: Rooms,
    private: (String, String),
    hears: Hears,
    governor: (u64, String),
    accused: Vec<(u64, String)>,
}

impl Cast {
    pub(crate) fn gather(chat: &Chat, durability: &str, hears: Hears) -> Self {
        let address = chat.address();
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
        let mut governor = owner(chat, "olive");
        let accused = (0..ACCUSED).map(|_| Json::hello(address, json!({})));
        for room in ROOMS.iter().chain([&COURT]) {
            governor.join(room);
        }
        let accused = accused.map(|mut it| {
            it.join(COURT);
            (it.id, it.token)
        });
        let accused = accused.collect();
        let governor = (governor.id, governor.token);
        Cast { writers, readers, rooms, private, hears, governor, accused }
    }

    pub(crate) fn governor(&self, dice: Dice) -> Governor {
        let (id, token) = &self.governor;
        let writers = self.writers.iter().map(|(id, _)| *id).collect();
        Governor::new(*id, token, writers, Court::new(&self.accused), dice)
    }

    pub(crate) fn writer(&self, number: usize) -> Listener {
        let (id, token) = &self.writers[number];
        let mut rooms = self.rooms.clone();
        rooms.extend((number < 2).then(|| self.private.clone()));
        Listener { hears: self.hears, ..Listener::new(*id, token, number == 2, &rooms) }
    }

    pub(crate) fn private_of(&self, number: usize) -> Option<(String, u64)> {
        (number < 2).then(|| (self.private.0.clone(), self.writers[1 - number].0))
    }

    pub(crate) fn reader(&self, number: usize) -> Listener {
        let (id, token, rooms) = &self.readers[number];
        Listener { hears: self.hears, ..Listener::new(*id, token, false, rooms) }
    }
}
