//! Rooms come and go, and people in them.

use pollcat::{PeerId, Peers};

use crate::catch_up::cut;
use crate::chat::{Chat, LOBBY, ticks};
use crate::console::notice;
use crate::cost::Cost;
use crate::departures::CHORES;
use crate::history::{Entry, PersonId, RoomId, RoomKind};
use crate::names;
use crate::people::Membership;
use crate::rooms::{Room, direct_pair};
use crate::sessions::{Behind, From, Voice};
use crate::tickets::{Asker, No, Ticket};
use crate::wire::{Code, ListedRoom, SERVER, Told, json};

/// How much of the list of rooms is told at once, in bytes; and what a room takes of it besides its name.
const ROOMS_LISTED: usize = 128 << 10;
const ROOM_LISTED: usize = 80;
/// What it takes to put a window into a room or out of it, in messages to it.
const MOVED: usize = 4;

/// Into a room, or out of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Move {
    In,
    Out,
}

impl Chat {
    // ---- what clients ask

    pub(crate) fn join(
        &mut self,
        peers: &mut Peers,
        asker: &Asker,
        person: PersonId,
        name: &str,
        create: bool,
    ) -> Result<(), No> {
        let person = self.people.get(person).ok_or_else(nobody)?;
        let id = person.id;
        let is_public = |room: &&RoomId| self.rooms.get(**room).is_some_and(|it| it.kind == RoomKind::Public);
        let joined = person.rooms.keys().filter(is_public).count();
        if let Some(room) = self.rooms.called(name).filter(|room| person.rooms.contains_key(&room.id)) {
            let room = room.id;
            self.move_to(peers, asker.peer, room);
            self.tell_room_state(peers, asker.peer, asker.id.as_deref(), room);
            return Ok(());
        }
        if joined >= self.settings.max_rooms_per_person {
            return Err(No::new(Code::TooManyRooms, format!("you are in {joined} rooms: leave one first")));
        }
        // A private talk of others is answered like one that does not exist: nobody learns who talks to whom.
        let room = match self.rooms.called(name).filter(|room| room.kind == RoomKind::Public) {
            Some(room) if room.members.len() >= self.settings.max_members && room.id != self.lobby => {
                return Err(No::new(Code::RoomFull, format!("{} is full", room.name)));
            }
            Some(room) => room.id,
            None if create => {
                // That there is a new room, and in time that it is gone.
                self.charge(asker.peer, Cost::told(2 * self.sessions.len()));
                self.create(id, name)?
            }
            None => return Err(no_such_room(name)),
        };
        let read = self.rooms.get(room).map_or(0, |room| room.last);
        self.store(Entry::Join { room, person: id, read }, Ticket::Joined(Some(asker.clone())))
    }

    /// A new room, which exists for others when it is on disk.
    fn create(&mut self, maker: PersonId, name: &str) -> Result<RoomId, No> {
        let name = names::check_room(name, self.settings.max_room_name)
            .map_err(|fault| No::new(Code::BadRoomName, fault.to_string()))?;
        if self.rooms.count_made(maker) >= self.settings.max_rooms_per_person {
            let words = "you have made too many of the rooms that there are: empty ones are removed in time";
            return Err(No::new(Code::TooManyRooms, words));
        }
        if let Some(room) = self.rooms.like(&name.keys) {
            let words = format!("there is a room whose name looks like this one: {}", room.name);
            return Err(No::new(Code::BadRoomName, words));
        }
        if self.rooms.count_public() >= self.settings.max_rooms && !self.remove_an_empty_room() {
            return Err(No::new(Code::TooManyRooms, "there are too many rooms already"));
        }
        self.create_pending(RoomKind::Public, name.shown, name.keys.folded, Some(maker))
    }

    /// A room that has been empty for longest gives way to a new one. False if there is none.
    fn remove_an_empty_room(&mut self) -> bool {
        let public = |room: &Room| room.kind == RoomKind::Public && room.id != self.lobby;
        let oldest = self.rooms.empties().map(|(_, room)| room).find(|room| public(room)).map(|room| room.id);
        oldest.is_some_and(|room| self.remove_room(room))
    }

    pub(crate) fn create_pending(
        &mut self,
        kind: RoomKind,
        name: String,
        folded: String,
        maker: Option<PersonId>,
    ) -> Result<RoomId, No> {
        let mut room = self.new_room(kind, name, folded);
        let id = room.id;
        room.maker = maker;
        room.pending = true;
        self.rooms.insert(room);
        let create = self.creation(id);
        self.store(create, Ticket::Created).inspect_err(|_| drop(self.rooms.remove(id)))?;
        Ok(id)
    }

    pub(crate) fn leave(&mut self, asker: &Asker, person: PersonId, room: RoomId) -> Result<(), No> {
        if room == self.lobby {
            return Err(No::new(Code::CannotLeave, format!("nobody leaves the {LOBBY}")));
        }
        self.store(Entry::Leave { room, person }, Ticket::Left(Some(asker.clone())))
    }

    /// The rooms, in the order of their names, as many as an answer holds. `after` is the last name that is known.
    pub(crate) fn tell_rooms(&mut self, peers: &mut Peers, asker: &Asker, person: PersonId, after: &str) {
        let theirs = |room: &Room| self.people.get(person).is_some_and(|it| it.rooms.contains_key(&room.id));
        let length = |room: &&Room| ROOM_LISTED + room.name.len();
        let (listed, more) = cut(self.rooms.listed(after), usize::MAX, ROOMS_LISTED, length);
        let cost = Cost::rows(listed.len());
        if self.is_text(asker.peer) {
            let line = |room: &&Room| format!("*   {} ({})", room.name, count(room.members.len(), "member"));
            let lines = std::iter::once("* the rooms:".to_owned()).chain(listed.iter().map(line));
            let told = lines.chain(more.then(|| "*   and more".to_owned())).collect::<Vec<_>>().join("\n");
            self.tell_line(peers, asker.peer, &told);
            self.charge(asker.peer, cost);
            return self.charge(asker.peer, Cost::answered(told.len()));
        }
        let rooms = listed.iter().map(|room| ListedRoom {
            room: &room.name,
            members: room.members.len(),
            offset: room.last,
            joined: theirs(room),
        });
        let told = json(&Told::Rooms { id: asker.id.as_deref(), rooms: rooms.collect(), more });
        self.charge(asker.peer, cost);
        self.answer(peers, asker.peer, &told);
    }

    // ---- what is on disk now

    /// A room exists, or could not be stored.
    pub(crate) fn created(&mut self, peers: &mut Peers, id: RoomId, stored: bool) {
        if !stored {
            // There is always a lobby: it is stored with the next chores.
            if id != self.lobby {
                self.rooms.remove(id);
            }
            return;
        }
        let Some(room) = self.rooms.get_mut(id) else {
            return;
        };
        room.pending = false;
        if id != self.lobby {
            self.rooms.empty(id, ticks() + CHORES);
        }
        let Some(room) = self.rooms.get(id) else {
            return;
        };
        if room.kind == RoomKind::Public {
            log::info!("room {id} was made");
            let msg = format!("there is a new room: {}", room.name);
            let told = Told::Created { msg_source: SERVER, msg: &msg, room: &room.name };
            peers.publish(Voice::Json.topic(), &json(&told));
        }
    }

    /// Somebody is a member of a room.
    pub(crate) fn joined(&mut self, peers: &mut Peers, room: RoomId, person: PersonId, asker: Option<Asker>) {
        let (Some(place), Some(member)) = (self.rooms.get_mut(room), self.people.get_mut(person)) else {
            return; // they have left for good meanwhile
        };
        let read = place.last;
        let new = place.members.insert(member.by_name().clone(), member.is_here());
        member.rooms.entry(room).or_insert(Membership { read, mentions: Vec::new() });
        self.rooms.fill(room);
        self.count(room);
        if new {
            // The disk has what was the latest when they asked.
            self.unsaved.insert((person, room));
            self.tell_moved(peers, person, room, Move::In);
            self.notice(person);
        }
        let connections =
            self.people.get(person).map(|member| member.connections.clone()).unwrap_or_default();
        let windows = connections.len();
        asker.iter().for_each(|asker| self.charge(asker.peer, Cost::told(MOVED * windows)));
        for peer in connections {
            let id = asker.as_ref().filter(|asker| asker.peer == peer).map(|asker| asker.id.clone());
            if id.is_some() {
                self.set_room(peers, peer, room);
            }
            if self.is_text(peer) {
                self.listen(peers, peer, room);
                if id.is_some() {
                    self.tell_entered(peers, peer, room, person);
                }
                continue;
            }
            if new || id.is_some() {
                self.tell_room_state(peers, peer, id.flatten().as_deref(), room);
            }
            self.listen_to_news(peers, peer, room);
            if new && let Some(session) = self.sessions.get_mut(peer) {
                session.behind.push_back(Behind { room, from: From::Client(None) });
                self.catch_up(peers, peer);
            }
        }
    }

    /// Somebody is no longer a member of a room.
    pub(crate) fn left(&mut self, peers: &mut Peers, room: RoomId, person: PersonId, asker: Option<&Asker>) {
        // First of all: whoever goes back to the lobby goes on listening to a room that is still theirs.
        let connections = self
            .people
            .get_mut(person)
            .and_then(|member| member.rooms.remove(&room).map(|_| member.connections.clone()));
        if let Some(connections) = connections {
            asker.iter().for_each(|asker| self.charge(asker.peer, Cost::told(MOVED * connections.len())));
            let (text, json): (Vec<_>, Vec<_>) =
                connections.into_iter().partition(|&peer| self.is_text(peer));
            // Who reads lines is told in other words; the other windows hear it like everybody else.
            text.into_iter().for_each(|peer| self.stop_listening(peers, peer, room));
            self.tell_moved(peers, person, room, Move::Out);
            json.into_iter().for_each(|peer| self.stop_listening(peers, peer, room));
            let by_name = self.people.get(person).map(|member| member.by_name().clone());
            by_name.into_iter().for_each(|by_name| self.drop_member(room, &by_name));
            self.unsaved.remove(&(person, room));
        }
        asker.into_iter().for_each(|asker| self.acknowledge(peers, asker));
    }

    pub(crate) fn listen_to_news(&self, peers: &mut Peers, peer: PeerId, room: RoomId) {
        if let Some(room) = self.rooms.get(room) {
            peers.subscribe(peer, room.news());
        }
    }

    fn stop_listening(&mut self, peers: &mut Peers, peer: PeerId, room: RoomId) {
        let (Some(session), Some(place)) = (self.sessions.get_mut(peer), self.rooms.get(room)) else {
            return;
        };
        peers.unsubscribe(peer, place.topic(session.voice, session.room == room));
        peers.unsubscribe(peer, place.news());
        // What is behind may be the room's past, half told: whoever joins again hears it anew.
        let (was_there, was_told) =
            (session.room == room, session.behind.front().is_some_and(|it| it.room == room));
        session.behind.retain(|behind| behind.room != room);
        if was_told {
            session.reading = None;
        }
        let title = self.title(place, None);
        let words = if was_there {
            format!("you have left {title}, and are in {LOBBY}")
        } else {
            format!("you have left {title}")
        };
        self.tell_line(peers, peer, &notice(&words));
        if was_there {
            self.set_room(peers, peer, self.lobby);
        }
        self.catch_up(peers, peer);
    }

    /// A room that was empty is gone. The history has refused if somebody has joined it meanwhile.
    pub(crate) fn removed(&mut self, peers: &mut Peers, id: RoomId) {
        self.crowds.remove(id);
        let Some(room) = self.rooms.remove(id) else {
            return;
        };
        log::info!("room {id} was removed: it was empty");
        for person in direct_pair(&room.name).into_iter().flatten() {
            if self.rooms.count_talks(person) == 0 {
                self.people.forget_gone(person);
            }
        }
        // Nobody was in it: in a crowd nobody needs to know.
        if room.kind == RoomKind::Public && !self.is_crowd(self.lobby) {
            let msg = format!("{} is gone", room.name);
            let told = Told::Removed { msg_source: SERVER, msg: &msg, room: &room.name };
            peers.publish(Voice::Json.topic(), &json(&told));
        }
    }

    // ---- where somebody is

    /// A connection goes to another room of its person.
    fn move_to(&mut self, peers: &mut Peers, peer: PeerId, room: RoomId) {
        let was_there = self.sessions.get(peer).is_some_and(|session| session.room == room);
        self.set_room(peers, peer, room);
        if self.is_text(peer)
            && !was_there
            && let Some(person) = self.sessions.get(peer).and_then(|session| session.person())
        {
            self.tell_entered(peers, peer, room, person);
        }
    }

    /// Text clients hear the room that they are in without its name, and others with it.
    fn set_room(&mut self, peers: &mut Peers, peer: PeerId, room: RoomId) {
        let Some(session) = self.sessions.get_mut(peer) else {
            return;
        };
        let old = std::mem::replace(&mut session.room, room);
        if session.voice == Voice::Json || old == room {
            return;
        }
        let voice = session.voice;
        let person = session.person().and_then(|id| self.people.get(id));
        for (id, here) in [(old, false), (room, true)] {
            let is_member = person.is_some_and(|person| person.rooms.contains_key(&id));
            if let Some(place) = self.rooms.get(id) {
                peers.unsubscribe(peer, place.topic(voice, !here));
                if is_member {
                    peers.subscribe(peer, place.topic(voice, here));
                }
            }
        }
    }
}

pub(crate) fn no_such_room(name: &str) -> No {
    let name: String = name.chars().take(64).collect();
    No::new(Code::NoSuchRoom, format!("there is no room `{name}`"))
}

pub(crate) fn gone_room() -> No {
    No::new(Code::NoSuchRoom, "that room is gone")
}

pub(crate) fn not_member(room: &Room) -> No {
    No::new(Code::NotMember, format!("you are not in {}", room.name))
}

/// Somebody who was forgotten while they were asking.
pub(crate) fn nobody() -> No {
    No::new(Code::NoSuchPerson, "you are not known here any more: connect again")
}

fn count(number: usize, of: &str) -> String {
    if number == 1 { format!("1 {of}") } else { format!("{number} {of}s") }
}
