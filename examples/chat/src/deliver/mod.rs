//! Who hears what: news and answers on their way to the connections. Only here, in `handler/` and in `http/` are peers known by
//! their name, and only here topics.
//!
//! ```text
//!   news ──▶ tell   ─▶ who hears it: a room, those concerned, one's own windows ─▶ in the voice of each ─▶ publish, send
//!   reply ─▶ answer ─▶ the one who asked ─────────────────────────────────────────▶ in their voice ──────▶ send
//! ```
//!
//! | file | what it knows |
//! |---|---|
//! | `topics.rs` | the topics, and who listens to which |
//! | `comings.rs` | that somebody comes, goes or has a new name |
//! | `presence.rs` | who is told of it: by name, in numbers, or because they watch |
//! | `audience.rs`, `company.rs`, `gathered.rs`, `watch.rs` | the same, without connections and clocks |
//! | `governing.rs` | what those who govern have done |
//! | `ways.rs` | how it gets there |

mod audience;
mod comings;
mod company;
mod floor;
mod gathered;
mod governing;
mod presence;
mod topics;
mod watch;
mod ways;

use pollcat::{Delivery, PeerId};

use crate::cost::Cost;
use crate::history::{Event, Millis, Number, PersonId, RoomId, RoomKind};
use crate::model::{Model, Room};
use crate::news::{Change, Named, News};
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::session::Sessions;
use crate::tickets::Asker;
use crate::voices::json::{self, Piece};
use crate::voices::{Voice, Voices};
use audience::{Counted, Numbers};
pub(crate) use floor::Floor;
use gathered::Budget;
use presence::Presence;
use ways::{Farewell, Ways, quick};

/// What it takes to put a window into a room or out of it, in messages to it.
const MOVED: usize = 4;
/// A window for which so many bytes wait hears of those whom it watches when it has read them.
const UNREAD: usize = 64 << 10;

#[derive(Debug)]
pub(crate) struct Deliver {
    ways: Ways,
    presence: Presence,
}

/// What has come of it.
#[derive(Debug)]
pub(crate) struct Told {
    /// For whoever has caused it.
    pub cost: Cost,
    /// Connections that have something to catch up on.
    pub behind: Vec<PeerId>,
}

impl From<Cost> for Told {
    fn from(cost: Cost) -> Self {
        Told { cost, behind: Vec::new() }
    }
}

impl Deliver {
    /// `public_url` is where browsers find the pictures.
    pub(crate) fn new(public_url: &str, model: &Model, now: Millis) -> Self {
        Deliver { ways: Ways { voices: Voices::new(public_url) }, presence: Presence::new(model, now) }
    }

    // ---- to one

    /// An answer. Tells how many bytes of it are to be paid for.
    pub(crate) fn answer(&self, floor: &mut Floor<'_>, asker: &Asker, reply: &Reply<'_>) -> usize {
        self.ways.answer(floor, asker, reply, &|room| self.presence.is_crowd(room))
    }

    /// A piece of what a connection has missed.
    pub(crate) fn tell_missed(&self, floor: &mut Floor<'_>, peer: PeerId, piece: &Piece) -> Delivery {
        floor.peers.send(peer, quick(&piece.text))
    }

    /// From now on a window hears of these people, and of nobody else whom it watched. What that costs.
    ///
    /// # Errors
    ///
    /// They are too many.
    pub(crate) fn watch(
        &mut self,
        floor: &mut Floor<'_>,
        asker: &Asker,
        people: Vec<PersonId>,
        now: Millis,
    ) -> Result<Cost, Refusal> {
        let (seen, cost) = self.presence.watch(floor.model, asker.peer, people, now)?;
        let watch::Seen { online, offline, renamed } = &seen;
        let bytes = self.answer(floor, asker, &Reply::Presence { online, offline, renamed });
        Ok(cost.and(Cost::answered(bytes)))
    }

    // ---- who listens

    /// The connection is somebody's now.
    pub(crate) fn let_in(&self, floor: &mut Floor<'_>, peer: PeerId) {
        if floor.sessions.speaks_json(peer) {
            floor.peers.subscribe(peer, topics::EVERYBODY);
        }
    }

    /// A connection has gone.
    pub(crate) fn let_out(&mut self, peer: PeerId) {
        self.presence.close(peer);
    }

    /// From now on the connection hears what is said in a room: it has nothing to catch up on.
    pub(crate) fn listen(&self, floor: &mut Floor<'_>, peer: PeerId, room: RoomId) {
        topics::listen(floor, peer, room);
    }

    /// And who comes and goes there.
    pub(crate) fn listen_to_news(&self, floor: &mut Floor<'_>, peer: PeerId, room: RoomId) {
        topics::listen_to_news(floor, peer, room);
    }

    /// A connection goes to another room of its person. True if it was elsewhere before.
    pub(crate) fn move_to(&self, floor: &mut Floor<'_>, peer: PeerId, room: RoomId) -> bool {
        topics::move_to(floor, peer, room)
    }

    /// A window of a new member.
    pub(crate) fn enter(&self, floor: &mut Floor<'_>, peer: PeerId, room: RoomId) {
        if floor.sessions.speaks_json(peer) {
            topics::listen_to_news(floor, peer, room);
            if let Some(session) = floor.sessions.get_mut(peer) {
                session.catch_up.push(room, None);
            }
        } else {
            topics::listen(floor, peer, room);
        }
    }

    /// What it takes to put all windows of a person into a room or out of it.
    pub(crate) fn cost_of_moving(sessions: &Sessions, person: PersonId) -> Cost {
        Cost::told(MOVED * sessions.windows_of(person).len())
    }

    // ---- to many

    /// Everybody concerned hears what has happened. `from` has caused it: they are answered, and need not hear it again.
    pub(crate) fn tell(&mut self, floor: &mut Floor<'_>, news: &News, from: Option<PeerId>) -> Told {
        match news {
            News::Said { room, event } => self.tell_said(floor, news, (*room, event), from).into(),
            News::Joined { room, who } => {
                self.presence.count(floor.model, *room);
                self.tell_moved(floor, news, *room, who);
                let cost = Self::cost_of_moving(floor.sessions, who.id);
                Told { cost, behind: self.bring_in(floor, *room, who.id, from) }
            }
            News::Left { room, who } => {
                let cost = Self::cost_of_moving(floor.sessions, who.id);
                let behind = self.take_out(floor, news, *room, who);
                self.presence.count(floor.model, *room);
                Told { cost, behind }
            }
            News::Created { room } => {
                // Of a private one nobody hears who is not in it.
                let is_public = floor.model.room(*room).is_some_and(Room::is_public);
                if is_public { self.tell_everybody(floor, news).into() } else { Cost::NOTHING.into() }
            }
            News::Removed { room, .. } => {
                self.presence.remove(*room);
                self.tell_removed(floor, news).into()
            }
            News::Renamed { person, .. } => {
                self.presence.note_renamed(*person);
                self.tell_renamed(floor, news, *person, from).into()
            }
            News::Came { person, new } => {
                self.presence.note_online(*person, true);
                self.tell_came(floor, news, *person, *new).into()
            }
            News::Went { person } => {
                self.presence.note_online(*person, false);
                self.tell_online(floor, news, *person, false).into()
            }
            News::Gone { who, rooms, was_shown } => {
                self.tell_gone(floor, news, (who, rooms), *was_shown);
                self.presence.note_forgotten(who.id);
                rooms.iter().for_each(|&room| self.presence.count(floor.model, room));
                Cost::NOTHING.into()
            }
            News::Done { change, .. } => self.tell_done(floor, news, change),
            News::Avatar { person, .. } => self.tell_avatar(floor, news, *person).into(),
            News::Target { target } => self.tell_target(floor, news, *target).into(),
            News::Typing { room, .. } => self.tell_typing(floor, news, *room, from).into(),
            News::Read { person, .. } | News::Level { person, .. } => {
                let windows = floor.sessions.programs_of(*person).filter(|&peer| Some(peer) != from);
                let windows: Vec<PeerId> = windows.collect();
                self.ways.send_each(floor, news, &windows);
                Cost::told(floor.sessions.windows_of(*person).len()).into()
            }
        }
    }

    /// Somebody's first connection has come, or their last one has gone.
    pub(crate) fn count_rooms_of(&mut self, model: &Model, person: PersonId) {
        self.presence.count_rooms_of(model, person);
    }

    /// Does a room hear numbers, and not of each who comes, goes and types?
    pub(crate) fn is_crowd(&self, room: RoomId) -> bool {
        self.presence.is_crowd(room)
    }

    /// Those who are with somebody hear that they came or went. Windows hear of those whom they watch, if they have read
    /// what they were told before: nobody is closed for this. And crowds hear how large they are.
    pub(crate) fn pass_time(&mut self, floor: &mut Floor<'_>, now: Millis) {
        let mut budget = Budget::new();
        while budget.is_left()
            && let Some((person, is_online)) = self.presence.next_gathered()
        {
            self.tell_gathered(floor, person, is_online, &mut budget);
        }
        while let Some((peer, seen)) =
            self.presence.next_watcher(now, |peer| floor.peers.queued(peer) < UNREAD)
        {
            let watch::Seen { online, offline, renamed } = &seen;
            let asker = Asker { peer, id: None };
            self.answer(floor, &asker, &Reply::Presence { online, offline, renamed });
        }
        while let Some(Counted { room, numbers: Numbers { here, members }, crowd }) =
            self.presence.next_crowd(now)
        {
            let Some(place) = floor.model.room(room) else {
                continue;
            };
            let topic = topics::news(room);
            floor.peers.publish(&topic, &json::crowd(place, here, members, crowd));
            self.presence.spend(now, floor.peers.subscribers(&topic));
        }
    }

    /// Somebody's target has a fault, or is well again.
    fn tell_target(&self, floor: &mut Floor<'_>, news: &News, target: Number) -> Cost {
        let serves = floor.model.target(target).and_then(|stored| stored.target.serves.person());
        let windows: Vec<PeerId> =
            serves.map_or(Vec::new(), |person| floor.sessions.programs_of(person).collect());
        self.ways.send_each(floor, news, &windows);
        Cost::told(windows.len())
    }

    // ---- what is said

    fn tell_said(
        &self,
        floor: &mut Floor<'_>,
        news: &News,
        (room, event): (RoomId, &Event),
        from: Option<PeerId>,
    ) -> Cost {
        let echo = from.and_then(|peer| floor.sessions.get(peer)).is_some_and(|session| session.echo);
        let except = from.filter(|_| !echo);
        let cost = cost_of_saying(floor, room);
        self.ways.publish_json(floor, &topics::said(room, Voice::Json, true), news, except);
        match floor.model.room(room) {
            Some(place) if !is_direct(place) => self.ways.publish_to_people(floor, place, news, except),
            Some(talk) => self.ways.tell_in_private(floor, talk, (news, event), except),
            None => {}
        }
        cost
    }

    fn tell_typing(&self, floor: &mut Floor<'_>, news: &News, room: RoomId, from: Option<PeerId>) -> Cost {
        if self.is_crowd(room) {
            return Cost::NOTHING;
        }
        let topic = topics::news(room);
        self.ways.publish_json(floor, &topic, news, from);
        Cost::told(floor.peers.subscribers(&topic))
    }

    // ---- rooms

    fn tell_everybody(&self, floor: &mut Floor<'_>, news: &News) -> Cost {
        self.ways.publish_json(floor, topics::EVERYBODY, news, None);
        Cost::NOTHING
    }

    /// Nobody was in it: in a crowd nobody needs to know.
    fn tell_removed(&self, floor: &mut Floor<'_>, news: &News) -> Cost {
        let is_public = matches!(news, News::Removed { kind: RoomKind::Public, .. });
        if is_public && !self.is_crowd(floor.model.lobby()) {
            self.tell_everybody(floor, news);
        }
        Cost::NOTHING
    }

    /// The members of a room hear that somebody has joined it or left it. Private talks have no such news, but for that
    /// somebody has left.
    fn tell_moved(&self, floor: &mut Floor<'_>, news: &News, room: RoomId, who: &Named) {
        let Some(place) = floor.model.room(room) else {
            return;
        };
        let is_joined = match news {
            News::Joined { .. } => true,
            News::Done { change, .. } => matches!(change, Change::BroughtIn { .. }),
            _ => false,
        };
        if is_direct(place) && is_joined {
            return;
        }
        if self.is_crowd(room) {
            // It hears its numbers; but their own windows have to know that they are in it no more.
            let windows: Vec<PeerId> = floor.sessions.programs_of(who.id).filter(|_| !is_joined).collect();
            return self.ways.send_each(floor, news, &windows);
        }
        self.ways.publish_json(floor, &topics::news(room), news, None);
        if !is_direct(place) {
            self.ways.publish_to_people(floor, place, news, None);
        }
    }

    /// The windows of a new member hear the room from now on. Those that have something to catch up on.
    fn bring_in(
        &self,
        floor: &mut Floor<'_>,
        room: RoomId,
        person: PersonId,
        from: Option<PeerId>,
    ) -> Vec<PeerId> {
        // The one that asked is answered.
        let windows = floor.sessions.windows_of(person).iter().copied().filter(|&it| Some(it) != from);
        let windows: Vec<PeerId> = windows.collect();
        for &peer in &windows {
            if floor.sessions.speaks_json(peer) {
                let entered = Reply::Entered { room, from_elsewhere: false };
                self.answer(floor, &Asker { peer, id: None }, &entered);
            }
            self.enter(floor, peer, room);
        }
        windows
    }

    /// The windows of somebody who has left a room hear it no more. Those that may go on with another one.
    fn take_out(&self, floor: &mut Floor<'_>, news: &News, room: RoomId, who: &Named) -> Vec<PeerId> {
        let windows = floor.sessions.windows_of(who.id).to_vec();
        let (programs, people): (Vec<_>, Vec<_>) =
            windows.into_iter().partition(|&peer| floor.sessions.speaks_json(peer));
        // Who reads lines is told in other words; the other windows hear it like everybody else.
        let mut farewell = Farewell::new(news, room);
        people.iter().for_each(|&peer| self.show_out(floor, peer, &mut farewell));
        self.tell_moved(floor, news, room, who);
        programs.iter().for_each(|&peer| self.show_out(floor, peer, &mut farewell));
        people.into_iter().chain(programs).collect()
    }

    fn show_out(&self, floor: &mut Floor<'_>, peer: PeerId, farewell: &mut Farewell<'_>) {
        let room = farewell.room;
        topics::stop_listening(floor, peer, room);
        let Some(session) = floor.sessions.get_mut(peer) else {
            return;
        };
        session.catch_up.drop_room(room);
        let (voice, was_there) = (session.voice, session.room == room);
        self.ways.send_farewell(floor, peer, farewell, (voice, was_there));
        if was_there {
            topics::move_to(floor, peer, floor.model.lobby());
        }
    }
}

fn is_direct(room: &Room) -> bool {
    room.kind() == RoomKind::Direct
}

/// What it costs that somebody says something.
fn cost_of_saying(floor: &Floor<'_>, room: RoomId) -> Cost {
    if Cost::heard(floor.sessions.len()) == Cost::NOTHING {
        return Cost::NOTHING;
    }
    Cost::heard(topics::count_hearers(floor.peers, room))
}
