//! The hall: the parts of the chat, side by side, and the few moves in which several of them take part. An entry goes to the
//! history and comes back; what it has changed is told; whoever has asked is answered, and pays.

use std::collections::{BTreeSet, HashMap};

use pollcat::{CloseCode, PeerId, Peers};

use super::admin::desk::Desk;
use super::grace::{Amounts, Grace};
use super::missed;
use super::outside::asking::{self, Robot};
use super::outside::post::Post;
use super::programs::callers::Callers;
use super::programs::hook_files::NewHooks;
use super::stages::Going;
use super::visits::Visits;
use crate::cost::Cost;
use crate::deliver::{Deliver, Floor, Told};
use crate::history::{Entry, Failure, History, KeyHash, Loaded, Millis, PersonId, RoomId, What};
use crate::http::door::{Door, place};
use crate::http::files::Files;
use crate::ledger::Ledger;
use crate::metrics::{EventKind, Metrics};
use crate::model::{By, Model, Moment, Rules};
use crate::news::News;
use crate::nodes::Bus;
use crate::refusal::{Code, Refusal};
use crate::reply::Reply;
use crate::run::budgets::{Account, Budget};
use crate::run::clock::ticks;
use crate::run::settings::Settings;
use crate::session::{Charges, Fading, Fellows, Left, Links, Seen, Session, Sessions};
use crate::tickets::{Asker, Ticket, Waiting};
use crate::token;
use crate::voices;

/// What a node has that follows a log with others: the way there, and the first of the numbers that are its own.
pub(crate) struct Shared {
    pub bus: Bus<Ticket>,
    pub person: PersonId,
    pub room: RoomId,
}

pub(super) struct Hall {
    pub settings: Settings,
    /// What counts of them later.
    pub grace: Grace,
    pub metrics: Metrics,
    /// Where browsers find the chat.
    pub public_url: String,
    pub model: Model,
    pub ledger: Ledger,
    pub deliver: Deliver,
    pub sessions: Sessions,
    pub charges: Charges,
    pub door: Door,
    pub files: Files,
    /// The admin page.
    pub desk: Desk,
    /// What goes out.
    pub post: Post,
    /// Programs that come by HTTP.
    pub callers: Callers,
    /// Hooks that were asked for on the command line.
    pub new_hooks: NewHooks,
    /// How the chat goes down.
    pub going: Going,
    /// How connections end, for the log.
    pub visits: Visits,
    /// What was sent before it could be done.
    pub early: Account,
    /// Who has not said hello yet, and until when they may.
    pub greetings: BTreeSet<(Millis, PeerId)>,
    pub fading: Fading,
    /// Where those came from who have gone lately.
    pub left: Left,
    /// Codes for another device.
    pub links: Links,
    /// Who is here at other nodes.
    pub fellows: Fellows,
    /// Who waits for this node to know what others know, and until when, in order.
    pub barriers: BTreeSet<(Millis, PeerId)>,
    /// Who has gone from here for good, and the log has not heard of it. They are known, so there are never more of them than people.
    pub gone: BTreeSet<PersonId>,
    /// More numbers are on their way.
    pub is_reserving: bool,
    /// Which sessions were noted lately.
    pub seen: Seen,
    /// When somebody was last said to be typing.
    pub typing: HashMap<(PersonId, RoomId), Millis>,
    /// What has failed of acts of several parts, whose last one is to be answered.
    pub failed: HashMap<PeerId, Failure>,
    /// Who asks the robot, and how often.
    pub robot: Robot,
    /// The number of the next read of what a connection has missed.
    pub next_reading: u64,
    /// When what needs no hurry is done next.
    pub next_chores: Millis,
    /// Were the chores this node's a moment ago?
    pub held_chores: bool,
}

impl Hall {
    /// `public_url` is where browsers find the pictures; with `first_key` whoever started the chat comes to the admin page.
    ///
    /// # Errors
    ///
    /// There cannot be the robot that the settings want.
    pub(super) fn new(
        settings: Settings,
        public_url: &str,
        (history, shared): (History<Ticket>, Option<Shared>),
        loaded: Loaded,
        first_key: Option<KeyHash>,
    ) -> Result<Self, String> {
        let desk = Desk::new(&settings, &loaded.governed, first_key, ticks());
        let mut model = Model::new(rules(&settings), loaded, ticks(), &token::random_text());
        let post = Post::new(&model);
        let bus = shared.map(|Shared { bus, person, room }| {
            model.share();
            model.reserved(person, room);
            bus
        });
        let mut ledger = Ledger::new(history, bus);
        model.start_reminders(ledger.calendar().now(), ticks());
        // There is a lobby before anybody is in it. If it cannot be stored now, that is done with the chores.
        if let Some(lobby) = model.missing_lobby(ledger.calendar().now()) {
            let _ = ledger.write(lobby, Waiting::Nobody);
        }
        let robot = asking::begin(&settings, &mut model, &mut ledger)?;
        Ok(Hall {
            deliver: Deliver::new(public_url, &model, ticks()),
            model,
            ledger,
            sessions: Sessions::new(),
            charges: Charges::new(&settings),
            door: Door::new(&settings),
            files: Files::new(&settings),
            desk,
            post,
            callers: Callers::default(),
            new_hooks: NewHooks::new(&settings),
            going: Going::new(),
            visits: Visits::default(),
            early: Account::new(Budget::early(&settings)),
            greetings: BTreeSet::new(),
            fading: Fading::default(),
            left: Left::default(),
            links: Links::default(),
            fellows: Fellows::default(),
            barriers: BTreeSet::new(),
            gone: BTreeSet::new(),
            is_reserving: false,
            seen: Seen::default(),
            typing: HashMap::new(),
            failed: HashMap::new(),
            robot,
            next_reading: 0,
            next_chores: 0,
            held_chores: false,
            public_url: public_url.to_owned(),
            metrics: Metrics::default(),
            grace: Grace::new(Amounts::of(&settings)),
            settings,
        })
    }

    // ---- to the history, and what comes of it

    /// Puts an entry on its way to the disk. What the disk cannot be told has failed, and others hear what that means.
    ///
    /// # Errors
    ///
    /// Too much is on its way, or the chat stops.
    pub(super) fn submit(
        &mut self,
        peers: &mut Peers,
        entry: Entry,
        waiting: Waiting,
    ) -> Result<(), Refusal> {
        let holds_up = waiting.holds_up();
        self.model.begin(&entry);
        if let Err((entry, refusal)) = self.ledger.write(entry, waiting) {
            let news = self.model.apply(&entry, &Err(Failure::Busy), ticks());
            self.tell(peers, &news, None);
            return Err(refusal);
        }
        if let Some(session) = holds_up.and_then(|peer| self.sessions.get_mut(peer)) {
            session.held.hold();
        }
        Ok(())
    }

    /// Several, in this order. The last one is waited for.
    pub(super) fn submit_all(
        &mut self,
        peers: &mut Peers,
        mut entries: Vec<Entry>,
        waiting: Waiting,
    ) -> Result<(), Refusal> {
        let Some(last) = entries.pop() else {
            return Ok(());
        };
        // Acts that belong together: if one of them fails, that is the answer.
        let part = match &waiting {
            Waiting::Acted(asker) | Waiting::Keyed { asker, .. } => Some(asker.peer),
            _ => None,
        };
        part.into_iter().for_each(|peer| drop(self.failed.remove(&peer)));
        for entry in entries {
            self.submit(peers, entry, part.map_or(Waiting::Nobody, Waiting::Part))?;
        }
        self.submit(peers, last, waiting)
    }

    /// Entries that nobody has asked for. What cannot be stored now comes again with time.
    pub(super) fn submit_each(&mut self, peers: &mut Peers, entries: Vec<Entry>) {
        for entry in entries {
            let _ = self.submit(peers, entry, Waiting::Nobody);
        }
    }

    /// Everybody concerned hears what has happened. `from` has caused it, and pays what it costs.
    pub(super) fn tell(&mut self, peers: &mut Peers, news: &[News], from: Option<PeerId>) -> Cost {
        let mut all = Cost::NOTHING;
        for news in news {
            kind_of(news).into_iter().for_each(|kind| self.metrics.said(kind));
            self.robot.hear(&self.model, news);
            all = all.and(self.tell_one(peers, news, from));
            let noticed = news.noticed().and_then(|person| self.model.notice(person));
            self.submit_each(peers, Vec::from_iter(noticed));
        }
        all
    }

    /// The same, of what has happened on another node, which counts it, and answers it.
    pub(super) fn tell_from_elsewhere(&mut self, peers: &mut Peers, news: &[News]) {
        for news in news {
            self.tell_one(peers, news, None);
        }
    }

    fn tell_one(&mut self, peers: &mut Peers, news: &News, from: Option<PeerId>) -> Cost {
        let hall = &*self;
        let caused = from.map(|peer| move || (peer.to_string(), hall.place_of(peer)));
        voices::log::write(news, &self.model, caused);
        self.desk.hear(peers, &self.model, news);
        self.post.hear(&self.model, news);
        let mut floor = Floor {
            peers,
            sessions: &mut self.sessions,
            model: &self.model,
            now: self.ledger.calendar().now(),
        };
        let Told { cost, behind } = self.deliver.tell(&mut floor, news, from);
        if let Some(peer) = from {
            self.charge(peer, cost);
        }
        behind.into_iter().for_each(|peer| self.catch_up(peers, peer));
        self.callers.hear(peers, (&self.model, &self.metrics), news);
        if let News::Gone { who, .. } = news {
            self.charges.forget(who.id);
        }
        cost
    }

    /// Tells a connection what it has missed, as far as memory and the client's pace allow.
    pub(super) fn catch_up(&mut self, peers: &mut Peers, peer: PeerId) {
        let Hall { sessions, model, charges, ledger, deliver, next_reading, .. } = self;
        let floor = Floor { peers, sessions, model, now: ledger.calendar().now() };
        missed::CatchingUp { floor, charges, ledger, deliver, next_reading }.go_on(peer);
    }

    /// The disk has told what a connection has missed.
    pub(super) fn caught_up(
        &mut self,
        peers: &mut Peers,
        (peer, reading): (PeerId, u64),
        found: Result<missed::Events, Failure>,
    ) {
        let Hall { sessions, model, charges, ledger, deliver, next_reading, .. } = self;
        let floor = Floor { peers, sessions, model, now: ledger.calendar().now() };
        missed::CatchingUp { floor, charges, ledger, deliver, next_reading }.receive(peer, reading, found);
    }

    // ---- to one

    /// Tells a client what it has asked for. It pays by the length of that.
    pub(super) fn answer(&mut self, peers: &mut Peers, asker: &Asker, reply: &Reply<'_>) {
        if self.desk.answer(peers, (&self.model, self.ledger.calendar().now()), asker, reply) {
            return;
        }
        let mut floor = Floor {
            peers,
            sessions: &mut self.sessions,
            model: &self.model,
            now: self.ledger.calendar().now(),
        };
        let bytes = self.deliver.answer(&mut floor, asker, reply);
        self.charge(asker.peer, Cost::answered(bytes));
    }

    /// The same, of what the model knows. Nothing, if it does not.
    pub(super) fn answer_from<'a>(
        &'a mut self,
        peers: &mut Peers,
        asker: &Asker,
        reply: impl FnOnce(&'a Model) -> Option<Reply<'a>>,
    ) {
        let Some(reply) = reply(&self.model) else {
            return;
        };
        if self.desk.answer(peers, (&self.model, self.ledger.calendar().now()), asker, &reply) {
            return;
        }
        let mut floor = Floor {
            peers,
            sessions: &mut self.sessions,
            model: &self.model,
            now: self.ledger.calendar().now(),
        };
        let bytes = self.deliver.answer(&mut floor, asker, &reply);
        if let Some(session) = self.sessions.get_mut(asker.peer) {
            self.charges.charge(session, Cost::answered(bytes), ticks());
        }
    }

    /// Tells a client why not. Whoever is refused for their speed and does not listen for long is closed.
    pub(super) fn refuse(&mut self, peers: &mut Peers, asker: &Asker, refusal: &Refusal) {
        log::debug!("{} refused: {:?}", asker.peer, refusal.code);
        self.metrics.refused(voices::json::code_word(refusal.code));
        self.answer(peers, asker, &Reply::Refused(refusal));
        if refusal.code == Code::RateLimited
            && let Some(session) = self.sessions.get_mut(asker.peer)
            && Charges::is_out_of_patience(session, ticks())
        {
            peers.close(asker.peer, CloseCode::POLICY, "too fast for too long");
        }
    }

    /// They are in this room now, and may have been there before.
    pub(super) fn enter(&mut self, peers: &mut Peers, asker: &Asker, room: RoomId) {
        let mut floor = Floor {
            peers,
            sessions: &mut self.sessions,
            model: &self.model,
            now: self.ledger.calendar().now(),
        };
        let from_elsewhere = self.deliver.move_to(&mut floor, asker.peer, room);
        self.answer(peers, asker, &Reply::Entered { room, from_elsewhere });
    }

    // ---- who pays

    pub(super) fn take_pace(&mut self, peer: PeerId, price: u32) -> Result<(), Refusal> {
        let session = self.sessions.get_mut(peer).ok_or_else(Refusal::nobody)?;
        if session.is_again { Ok(()) } else { self.charges.take_pace(session, price, ticks()) }
    }

    pub(super) fn take_parsing(&mut self, peer: PeerId, bytes: usize) -> Result<(), Refusal> {
        let session = self.sessions.get_mut(peer).ok_or_else(Refusal::nobody)?;
        if session.is_again { Ok(()) } else { self.charges.take_parsing(session, bytes, ticks()) }
    }

    pub(super) fn charge(&mut self, peer: PeerId, cost: Cost) {
        if let Some(session) = self.sessions.get_mut(peer).filter(|_| cost > Cost::NOTHING) {
            self.charges.charge(session, cost, ticks());
        }
    }

    // ---- for decisions

    /// Who asks, and from where.
    pub(super) fn by<'a>(&self, asker: &'a Asker) -> Result<By<'a>, Refusal> {
        let session = self.sessions.get(asker.peer).ok_or_else(Refusal::nobody)?;
        let person = session.person().ok_or_else(Refusal::nobody)?;
        Ok(By { person, here: session.room, key: asker.id.as_deref(), alias: None })
    }

    pub(super) fn moment(&self) -> Moment<'static> {
        Moment { at: self.ledger.calendar().now(), random: &token::random_text, token: &token::random }
    }

    /// Where a connection comes from.
    fn place_of(&self, peer: PeerId) -> String {
        let session = self.sessions.get(peer);
        session.map_or("nowhere any more".to_owned(), |session: &Session| place(session.client))
    }
}

/// As it is counted, if it is something that was said.
fn kind_of(news: &News) -> Option<EventKind> {
    let News::Said { event, .. } = news else { return None };
    match event.what {
        What::Text(_) => Some(EventKind::Text),
        What::Picture { .. } => Some(EventKind::Picture),
        What::Deletion { .. } => Some(EventKind::Deletion),
        What::Purge { .. } => Some(EventKind::Purge),
        // It was said before, and taken back.
        What::Deleted => None,
    }
}

pub(super) fn rules(settings: &Settings) -> Rules {
    Rules {
        max_name: settings.max_name,
        max_room_name: settings.max_room_name,
        max_message: settings.max_message,
        max_people: settings.max_people,
        max_rooms: settings.max_rooms,
        max_rooms_per_person: settings.max_rooms_per_person,
        max_members: settings.max_members,
        recent: settings.recent,
        hook_rate: settings.hook_rate,
        push_hosts: settings.push_hosts.clone(),
    }
}
