//! How people come: somebody new is made, is welcomed, and others are told.

use std::collections::HashMap;

use pollcat::{CloseCode, Outgoing, PeerId, Peers};

use crate::chat::{Chat, LOBBY};
use crate::console;
use crate::cost::Cost;
use crate::door::Reason;
use crate::history::{Durability, Entry, PersonId, RoomId, TokenHash};
use crate::names;
use crate::people::{Membership, Person};
use crate::presence::cost_of_placing;
use crate::sessions::{Behind, From, Stage};
use crate::tickets::{Asker, No, Ticket};
use crate::token::Token;
use crate::wire::{Code, Position, SERVER, Told, User, Welcome, json};

impl Chat {
    // ---- coming

    /// A text client is somebody at once, for as long as it is connected.
    pub(crate) fn arrive_as_guest(&mut self, peers: &mut Peers, peer: PeerId) {
        let person = match self.make_person(peers, peer, None, None) {
            Ok(person) => person,
            Err(no) => return self.turn_away(peers, &Asker { peer, id: None }, no),
        };
        // Guests talk even if the disk does not know them.
        let _ = self.store_person(person, Ticket::Nobody);
        let told = self.attach(peers, peer, person, true);
        self.charge_arrival(peer, told.and(told));
        let others = self.list_members(self.lobby, Some(person));
        self.tell_line(peers, peer, &console::notice(&format!("welcome, {}", self.people.name_of(person))));
        self.tell_line(
            peers,
            peer,
            &console::notice(&format!("you are in {LOBBY}; {others}. /help lists what you can type")),
        );
        self.tell_recent(peers, peer, self.lobby);
        let rooms: Vec<RoomId> =
            self.people.get(person).into_iter().flat_map(|it| it.rooms.keys().copied()).collect();
        for room in rooms {
            self.listen(peers, peer, room);
        }
    }

    pub(crate) fn make_person(
        &mut self,
        peers: &mut Peers,
        peer: PeerId,
        name: Option<String>,
        token: Option<TokenHash>,
    ) -> Result<PersonId, No> {
        self.admit_newcomer(peer)?;
        self.make_room_for_one(peers, peer)?;
        let id = self.next_person;
        self.next_person += 1;
        let name = name.unwrap_or_else(|| names::guest_name(id));
        let mut person = Person::new(id, name, token, self.calendar.now());
        if let Some(lobby) = self.rooms.get_mut(self.lobby) {
            lobby.members.insert(person.by_name().clone(), false);
            person.rooms.insert(lobby.id, Membership { read: lobby.last, mentions: Vec::new() });
        }
        self.count(self.lobby);
        self.people.insert(person);
        Ok(id)
    }

    /// Those who passed by, and were never noticed, give way to a newcomer when no more people can be remembered.
    fn make_room_for_one(&mut self, peers: &mut Peers, peer: PeerId) -> Result<(), No> {
        while self.people.len() >= self.settings.max_people {
            let Some(id) = self.people.first_passing() else {
                let client = self.sessions.get(peer).and_then(|session| session.client);
                self.door.turned_away(Reason::People, client);
                return Err(No::new(Code::Busy, "there is no room for more people: try again later"));
            };
            self.forget(peers, id);
        }
        Ok(())
    }

    /// Somebody has done something that others can see: they are remembered before those who have not.
    pub(crate) fn notice(&mut self, id: PersonId) {
        if self.people.notice(id) && self.store(Entry::Noticed { person: id }, Ticket::Nobody).is_err() {
            // With the next thing that they do.
            self.people.get_mut(id).into_iter().for_each(|person| person.silent = true);
        }
    }

    /// Somebody whom nobody can become just now.
    pub(crate) fn turn_away(&mut self, peers: &mut Peers, asker: &Asker, no: No) {
        let words = no.words.clone();
        self.refuse(peers, asker, no);
        peers.close(asker.peer, CloseCode::TRY_AGAIN_LATER, &words);
    }

    pub(crate) fn store_person(&mut self, id: PersonId, ticket: Ticket) -> Result<(), No> {
        let person = self.people.get(id).expect("a person is stored after they were made");
        let (name, folded) = (person.name.clone(), person.folded().to_owned());
        self.store(
            Entry::Arrive { person: id, name, folded, token: person.token, at: self.calendar.now() },
            ticket,
        )?;
        let lobby = self.rooms.get(self.lobby).expect("there is always a lobby");
        let join = Entry::Join { room: lobby.id, person: id, read: lobby.last };
        // Whoever is stored without being in the lobby is put there when the history is opened next.
        let _ = self.store(join, Ticket::Nobody);
        Ok(())
    }

    pub(crate) fn welcome(
        &mut self,
        peers: &mut Peers,
        asker: &Asker,
        id: PersonId,
        token: Option<Token>,
        mut has: HashMap<String, Position>,
    ) {
        let peer = asker.peer;
        let new = self.sessions.get(peer).is_some_and(|session| session.stage == Stage::Arriving(id));
        let told = self.attach(peers, peer, id, new);
        let (Some(person), Some(session)) = (self.people.get(id), self.sessions.get(peer)) else {
            return;
        };
        let lost = if new && token.is_none() {
            "; your name cannot be remembered, the disk is not available"
        } else {
            ""
        };
        let mut rooms: Vec<_> = person.rooms.keys().filter_map(|&room| self.rooms.get(room)).collect();
        rooms.sort_unstable_by_key(|room| room.id);
        let token = token.as_ref().map(Token::text);
        let all = || self.people.here().map(user).collect();
        let welcome = Welcome {
            id: asker.id.as_deref(),
            msg_source: SERVER,
            msg: &format!("welcome, {}{lost}", person.name),
            server: concat!("pollcat ", env!("CARGO_PKG_VERSION")),
            user: user(person),
            new,
            token: token.as_deref(),
            all: (!self.is_crowd(self.lobby)).then(all),
            here: self.people.here().len(),
            rooms: rooms.iter().map(|room| self.room_state(room, person)).collect(),
            room: self.rooms.get(session.room).map_or(LOBBY, |room| &room.name),
            durability: match self.settings.durability {
                Durability::Disk => "disk",
                Durability::System => "system",
                Durability::Memory => "memory",
            },
            echo: session.echo,
            limits: self.limits(),
        };
        let welcome = json(&Told::Welcome(welcome));
        let behind: Vec<Behind> = rooms
            .iter()
            .map(|room| Behind { room: room.id, from: From::Client(has.remove(&room.name)) })
            .collect();
        // They come, and go one day, and others hear of both.
        let coming = cost_of_placing(person).and(told);
        self.charge_arrival(peer, Cost::answered(welcome.len()).and(coming).and(coming));
        // Its length must not tell of the token.
        peers.send(peer, Outgoing::from(&welcome).uncompressed());
        for behind in &behind {
            self.listen_to_news(peers, peer, behind.room);
        }
        if let Some(session) = self.sessions.get_mut(peer) {
            session.behind = behind.into();
        }
        self.catch_up(peers, peer);
    }

    /// From now on the connection is this person's. What it has cost to tell others.
    fn attach(&mut self, peers: &mut Peers, peer: PeerId, id: PersonId, new: bool) -> Cost {
        self.people.connect(id, peer, self.calendar.now());
        let (Some(session), Some(person)) = (self.sessions.get_mut(peer), self.people.get_mut(id)) else {
            return Cost::NOTHING;
        };
        log::debug!("{peer} is {} ({id})", person.name);
        session.stage = Stage::Here(id);
        let first = !std::mem::replace(&mut person.shown, true);
        let voice = session.voice;
        if person.connections.len() == 1 {
            self.note_presence(id);
        }
        let cost = if first { self.tell_presence(peers, id, new) } else { Cost::NOTHING };
        peers.subscribe(peer, voice.topic());
        cost
    }
}

/// Somebody, as others are told of them.
pub(crate) fn user(person: &Person) -> User<'_> {
    User { id: person.id, name: &person.name, online: None }
}

/// What a name fault is for a client.
pub(crate) fn bad_name(fault: names::NameFault) -> No {
    No::new(Code::BadName, fault.to_string())
}
