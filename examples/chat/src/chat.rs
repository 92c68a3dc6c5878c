//! The chat: what it keeps, and the one place where everything that happens comes in.
//!
//! Nothing that must last happens before it is on disk. A request is checked against the tables, and becomes a
//! [`Entry`] with a [`Ticket`]; when the history has carried it out, its answer comes back as mail, the tables change, and
//! everybody concerned is told. Requests of one client, and events of one room, keep their order on the whole way.
//!
//! ```text
//!   a message ─▶ asks.rs, speech.rs ─▶ history ─▶ answers.rs ─▶ speech.rs, membership.rs ─▶ everybody concerned
//!                  │ checked                        │ on disk
//!                  └─▶ an error                     └─▶ an error, if it could not be stored
//! ```

use std::collections::{BTreeSet, HashMap, HashSet, VecDeque};
use std::net::IpAddr;
use std::sync::{Arc, OnceLock};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use pollcat::{Answer, Departure, Handler, Message, PeerId, PeerMap, Peers, Refused, Request, RequestId};

use crate::addresses::Addresses;
use crate::budgets::{Account, Budget};
use crate::console::Console;
use crate::cost::MESSAGE;
use crate::door::Door;
use crate::gallery::Gallery;
use crate::history::{
    Calendar, Entry, Event, History, Loaded, Millis, PersonId, Read, RoomId, RoomKind, StoredRoom, Voices,
};
use crate::loading::Tables;
use crate::names;
use crate::pace::Rate;
use crate::people::{Membership, People};
use crate::presence::{Crowds, Watches};
use crate::rooms::{Room, Rooms};
use crate::sessions::{Received, Session, Voice};
use crate::settings::Settings;
use crate::tickets::{Asker, Mail, No, Ticket};
use crate::wire::{self, Asked, Code, json};

/// The room in which everybody is.
pub(crate) const LOBBY: &str = "lobby";

/// Pages and pictures have an account of their own, with so many times the work: a page is loaded in many pieces.
const FILES: u32 = 4;

/// How fast one may ask, where a message costs [`MESSAGE`].
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rates {
    pub person: Rate,
    pub address: Rate,
    /// Of one address, as the rest.
    pub newcomers: Rate,
    pub files: Rate,
}

impl Rates {
    fn new(settings: &Settings) -> Self {
        let rate = |per_second, burst| Rate { per_second: per_second * MESSAGE, burst: burst * MESSAGE };
        Rates {
            person: rate(settings.message_rate, settings.message_burst),
            address: rate(settings.address_rate, settings.address_burst),
            newcomers: Rate { per_second: settings.newcomer_rate, burst: settings.newcomer_burst },
            files: rate(
                settings.address_rate.saturating_mul(FILES),
                settings.address_burst.saturating_mul(FILES),
            ),
        }
    }
}

pub(crate) struct Chat {
    pub(crate) settings: Settings,
    pub(crate) door: Door,
    pub(crate) rates: Rates,
    /// `None` only while it is being closed.
    history: Option<History<Ticket>>,
    /// By which people and rooms are old, and what happens gets its time.
    pub(crate) calendar: Arc<Calendar>,
    pub(crate) people: People,
    pub(crate) rooms: Rooms,
    pub(crate) sessions: PeerMap<Session>,
    pub(crate) console: Console,
    pub(crate) crowds: Crowds,
    pub(crate) watches: Watches<PeerId>,
    pub(crate) gallery: Gallery<RequestId>,
    /// What was sent before it could be done.
    pub(crate) early: Account,
    pub(crate) lobby: RoomId,
    pub(crate) next_person: PersonId,
    pub(crate) next_room: RoomId,
    pub(crate) next_reading: u64,
    /// Who has not said hello yet, and until when they may. In order.
    pub(crate) greetings: VecDeque<(Millis, PeerId)>,
    /// When those whose last connection has gone count as away. In order.
    pub(crate) fading: VecDeque<(Millis, PersonId)>,
    /// Private talks with somebody who is gone for good, and when they end, by the calendar.
    pub(crate) one_sided: BTreeSet<(Millis, RoomId)>,
    /// What has been read, and is not on its way to the disk.
    pub(crate) unsaved: HashSet<(PersonId, RoomId)>,
    /// When somebody was last said to be typing.
    pub(crate) typing: HashMap<(PersonId, RoomId), Millis>,
    pub(crate) addresses: Addresses,
    /// When what needs no hurry is done next.
    pub(crate) next_chores: Millis,
    /// Rooms that could not be stored, and why, while what else was to be done with them is still on its way.
    pub(crate) unmade: HashMap<RoomId, String>,
    /// Writes that have not been answered.
    pending: usize,
    stopping: bool,
}

impl Chat {
    /// `public_url` is where browsers find the pictures.
    pub(crate) fn new(
        settings: Settings,
        public_url: &str,
        history: History<Ticket>,
        loaded: Loaded,
    ) -> Self {
        let (next_person, next_room) = (loaded.next_person, loaded.next_room);
        let Tables { people, rooms, one_sided } = Tables::of(loaded);
        let console = Console::new(public_url);
        let pictures = Budget::pictures(&settings);
        let mut chat = Chat {
            door: Door::new(&settings),
            gallery: Gallery::new(pictures.all, pictures.address),
            early: Account::new(Budget::early(&settings)),
            rates: Rates::new(&settings),
            settings,
            calendar: history.calendar(),
            history: Some(history),
            people,
            rooms,
            sessions: PeerMap::new(),
            console,
            crowds: Crowds::default(),
            watches: Watches::default(),
            lobby: 0,
            next_person,
            next_room,
            next_reading: 0,
            greetings: VecDeque::new(),
            fading: VecDeque::new(),
            one_sided,
            unsaved: HashSet::new(),
            typing: HashMap::new(),
            addresses: Addresses::new(),
            next_chores: 0,
            unmade: HashMap::new(),
            pending: 0,
            stopping: false,
        };
        chat.lobby = match chat.rooms.named(&names::fold_room(LOBBY)) {
            Some(lobby) => lobby.id,
            None => chat.make_lobby(),
        };
        chat.store_lobby();
        chat.put_everybody_into_the_lobby();
        chat.begin_quietly();
        chat
    }

    /// Nobody leaves the lobby; a crash may have come between a person's first write and the second.
    fn put_everybody_into_the_lobby(&mut self) {
        let lobby = self.rooms.get_mut(self.lobby).expect("it was found or made");
        for person in self.people.iter_mut() {
            lobby.members.insert(person.by_name().clone(), false);
            person.rooms.entry(lobby.id).or_insert(Membership { read: lobby.last, mentions: Vec::new() });
        }
        self.rooms.fill(self.lobby);
    }

    fn make_lobby(&mut self) -> RoomId {
        let mut lobby = self.new_room(RoomKind::Public, LOBBY.into(), names::fold_room(LOBBY));
        let id = lobby.id;
        lobby.pending = true;
        self.rooms.insert(lobby);
        id
    }

    /// Again with the chores, if it cannot be stored now.
    pub(crate) fn store_lobby(&mut self) {
        if self.rooms.get(self.lobby).is_some_and(|lobby| lobby.pending) {
            let create = self.creation(self.lobby);
            let _ = self.store(create, Ticket::Created);
        }
    }

    /// A room with a number and an epoch of its own, which nobody has heard of.
    pub(crate) fn new_room(&mut self, kind: RoomKind, name: String, folded: String) -> Room {
        let id = self.next_room;
        self.next_room += 1;
        let epoch = crate::token::random_text();
        let (recent, deletions) = (Vec::new(), Vec::new());
        let voices = Voices::None;
        Room::new(StoredRoom { id, kind, name, folded, epoch, first: 1, last: 0, voices, deletions, recent })
    }

    /// What stores a new room.
    pub(crate) fn creation(&self, id: RoomId) -> Entry {
        let room = self.rooms.get(id).expect("a room is stored after it was made");
        let (name, folded, epoch) = (room.name.clone(), room.folded.clone(), room.epoch.clone());
        Entry::Create { room: id, kind: room.kind, name, folded, epoch, at: self.calendar.now() }
    }

    // ---- the history

    pub(crate) fn store(&mut self, entry: Entry, ticket: Ticket) -> Result<(), No> {
        if self.stopping {
            // What is written from here on would be waited for, and so on for ever.
            return Err(No::new(Code::Stopping, "the server is stopping: try again after reconnecting"));
        }
        let history = self.history.as_ref().expect("the history is there while the chat is");
        let holds_up = ticket.holds_up();
        let busy = |_| No::new(Code::Busy, "too busy: nothing was stored, try again");
        history.write(entry, ticket).map_err(busy)?;
        self.pending += 1;
        holds_up.into_iter().for_each(|peer| self.hold(peer));
        Ok(())
    }

    pub(crate) fn fetch(&mut self, read: Read, ticket: Ticket) -> Result<(), No> {
        let history = self.history.as_ref().expect("the history is there while the chat is");
        history.read(read, ticket).map_err(|_| No::new(Code::Busy, "too busy: try again"))
    }

    /// So many writes have been answered.
    pub(crate) fn settle(&mut self, peers: &mut Peers, answered: usize) {
        self.pending -= answered;
        if self.pending == 0 {
            self.unmade.clear();
        }
        self.stop_if_settled(peers);
    }

    pub(crate) fn is_stopping(&self) -> bool {
        self.stopping
    }

    fn stop_if_settled(&mut self, peers: &mut Peers) {
        if self.stopping && self.pending == 0 {
            peers.stop();
        }
    }

    // ---- what clients say

    /// The limits, as clients are told them.
    pub(crate) fn limits(&self) -> wire::Limits {
        wire::Limits {
            name: self.settings.max_name,
            message: self.settings.max_message,
            room_name: self.settings.max_room_name,
            rooms: self.settings.max_rooms_per_person,
            picture: self.settings.max_picture as u64,
            pixels: crate::picture::MAX_PIXELS,
            page: crate::catch_up::PAGE,
        }
    }

    pub(crate) fn hear_json(&mut self, peers: &mut Peers, from: PeerId, text: &str) {
        if let Err(no) = self.take_parsing(from, text.len()) {
            return self.refuse_unread(peers, from, text, no);
        }
        let (asker, asked) = match Asked::parse(text, wire::longest_request(self.settings.max_message)) {
            Ok(Asked { id, ask }) => (Asker { peer: from, id }, Ok(ask)),
            Err(fault) => {
                if wire::may_announce(text) {
                    self.expect_no_picture(peers, from);
                }
                (Asker { peer: from, id: fault.id }, Err(No::new(fault.code, fault.words)))
            }
        };
        let outcome = match asked {
            Err(no) if self.is_new(from) && wire::may_greet(text) => self.refuse_hello(from, no),
            asked => self.carry_out(peers, &asker, asked),
        };
        self.conclude(peers, &asker, outcome);
    }

    /// What costs too much to be read. Its id is looked for all the same, so that the client knows what was refused.
    pub(crate) fn refuse_unread(&mut self, peers: &mut Peers, from: PeerId, text: &str, no: No) {
        if wire::may_announce(text) {
            self.expect_no_picture(peers, from);
        }
        self.refuse(peers, &Asker { peer: from, id: wire::find_id(text) }, no);
    }

    pub(crate) fn conclude(&mut self, peers: &mut Peers, asker: &Asker, outcome: Result<(), No>) {
        if let Err(no) = outcome {
            self.refuse(peers, asker, no);
        }
    }
}

impl Handler<Mail> for Chat {
    fn on_request(&mut self, peers: &mut Peers, id: PeerId, request: &Request<'_>) -> Answer {
        if let Err(refusal) = self.door.judge(request) {
            return refusal;
        }
        if !matches!(request.upgrade(), Ok(Some(_))) {
            return self.serve(peers.request_id(id), request);
        }
        if self.stopping {
            return Answer::refuse(503, "the chat is stopping").header("Retry-After", "5");
        }
        let chosen = request.choose_subprotocol(&["chat.v1"]);
        if chosen.is_none() && request.subprotocols().next().is_some() {
            return Answer::refuse(400, "the subprotocol here is chat.v1; offer none to speak plain text");
        }
        Answer::accept().subprotocol(chosen)
    }

    fn on_refused(&mut self, _: &mut Peers, refused: &Refused<'_>) {
        self.door.refused(refused);
    }

    fn on_open(&mut self, peers: &mut Peers, id: PeerId, request: &Request<'_>) {
        let asks = |option: &str| request.query().unwrap_or("").split('&').any(|part| part == option);
        let voice = match () {
            () if request.choose_subprotocol(&["chat.v1"]).is_some() => Voice::Json,
            () if request.path() == "/chat.v1" => Voice::Json,
            () if asks("html") => Voice::Html,
            () => Voice::Text,
        };
        let echo = match voice {
            _ if asks("echo=on") => true,
            _ if asks("echo=off") => false,
            Voice::Json => false,
            Voice::Text | Voice::Html => self.settings.echo,
        };
        let mut session = Session::new(voice, request.client(), ticks(), echo, self.lobby);
        session.payer = self.payer(request.client());
        session.hello_by += self.settings.hello_within as Millis * 1000;
        let hello_by = session.hello_by;
        self.sessions.insert(id, session);
        self.allow_length(peers, id, voice);
        log::debug!("{id} connected from {}, speaks {voice:?}", place(request.client()));
        match voice {
            Voice::Json => self.greetings.push_back((hello_by, id)),
            Voice::Text | Voice::Html => self.arrive_as_guest(peers, id),
        }
    }

    fn on_message(&mut self, peers: &mut Peers, from: PeerId, message: Message<'_>) {
        self.hear(peers, from, message);
        self.expect_length(peers, from, message);
    }

    fn on_drain(&mut self, peers: &mut Peers, id: PeerId, _missed: u64) {
        self.catch_up(peers, id);
    }

    fn on_close(&mut self, peers: &mut Peers, id: PeerId, departure: Departure) {
        self.log_visit(id, departure);
        self.depart(peers, id);
    }

    fn on_mail(&mut self, peers: &mut Peers, mail: Mail) {
        match mail {
            Mail::Report(report) => self.hear_report(peers, *report),
            Mail::Stop => {
                self.save_what_was_read();
                self.stopping = true;
                self.door.close();
                self.stop_if_settled(peers);
            }
        }
    }

    fn on_tick(&mut self, peers: &mut Peers) {
        self.door.pass_time();
        self.look_again(peers);
        self.pass_time(peers, ticks());
    }
}

impl Chat {
    /// Where a connection comes from, for the log.
    pub(crate) fn place_of(&self, peer: PeerId) -> String {
        self.sessions.get(peer).map_or("nowhere any more".to_owned(), |session| place(session.client))
    }

    /// The one line that a connection has in the log.
    fn log_visit(&self, id: PeerId, departure: Departure) {
        let Some(session) = self.sessions.get(id) else {
            return;
        };
        let from = place(session.client);
        let who = session.person().and_then(|person| self.people.get(person));
        let who = who.map_or("nobody".to_owned(), |person| format!("{} ({})", person.name, person.id));
        let Received { messages, bytes } = session.received;
        let (seconds, tenths) = ((ticks() - session.since) / 1000, (ticks() - session.since) / 100 % 10);
        log::info!(
            "{id} left: {departure}; {who} from {from}, {:?}, {seconds}.{tenths} s, {messages} messages of {bytes} bytes",
            session.voice
        );
    }
}

impl Drop for Chat {
    /// What was asked for is still carried out.
    fn drop(&mut self) {
        if let Some(history) = self.history.take() {
            history.close();
        }
    }
}

/// Where a client is, for the log.
pub(crate) fn place(client: Option<IpAddr>) -> String {
    client.map_or("a local socket".to_owned(), |address| address.to_string())
}

/// An event as everybody concerned is told of it.
pub(crate) fn told(event: &Event, room: &Room) -> String {
    json(&wire::EventTold::new(event, Some(&room.name)))
}

/// A clock for durations, in milliseconds, which nobody can set: when the one on the wall was put back by an hour,
/// everybody was too fast for an hour.
pub(crate) fn ticks() -> Millis {
    static START: OnceLock<Instant> = OnceLock::new();
    START.get_or_init(Instant::now).elapsed().as_millis() as Millis
}

/// The clock on the wall, for lines that people read. What the disk keeps goes by the calendar.
pub(crate) fn now() -> Millis {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis() as Millis)
}
