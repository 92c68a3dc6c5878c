//! The desk: the windows of the admin page, and the sessions behind them.

use std::collections::VecDeque;
use std::net::IpAddr;
use std::time::Duration;

use pollcat::{CloseCode, Outgoing, PeerId, PeerMap, Peers};

use super::elsewhere::Elsewhere;
use super::figures::Counted;
use super::keys::AdminKeys;
use super::seeking::Seeking;
use super::sittings::Sittings;
use crate::cost::{COMPRESSED, Cost, MESSAGE};
use crate::history::{By, Governed, KeyHash, Millis, Number};
use crate::model::Model;
use crate::news::{Change, News};
use crate::pace::{Pace, Rate};
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::run::admin_link::LinkFile;
use crate::run::damper::{Allowance, Damper};
use crate::run::settings::Settings;
use crate::tickets::Asker;
use crate::voices::{Reader, json};

/// The most windows that are let in, and the most that are not yet: of those the oldest gives way, so that nobody keeps the
/// others out by standing at the door.
const MOST: usize = 64;
/// So many of one person, or of whoever runs the chat: with one token nobody keeps the others out.
const MOST_OF_ONE: usize = 16;
/// How fast a window may ask, where a message of the chat costs [`MESSAGE`].
const RATE: Rate = Rate { per_second: 50 * MESSAGE, burst: 200 * MESSAGE };
/// Wrong keys of everybody together that are answered one by one. The keys are 256 bits: this is no lock, and a right key is
/// always taken; it is a bound for the work and the log.
const WRONG: Rate = Rate { per_second: 5, burst: 20 };
const ONCE_A_MINUTE: Allowance = Allowance { lines: 1, per: Duration::from_secs(60) };

#[derive(Debug)]
pub(in crate::handler) struct Desk {
    windows: PeerMap<Window>,
    /// Who was not let in yet, who came first in front. Some of them have gone.
    waiting: VecDeque<PeerId>,
    pub(super) sittings: Sittings,
    /// Those that people have asked for in the chat.
    pub(in crate::handler) keys: AdminKeys,
    pub(super) link: LinkFile,
    pub(super) elsewhere: Elsewhere,
    /// Who came with what is not known here, and perhaps at another node.
    pub(super) seeking: Vec<Seeking>,
    wrong: Pace,
    told: Damper<()>,
    pub(super) counted: Counted,
    pub(super) live: Live,
}

#[derive(Debug)]
pub(super) struct Window {
    pub stage: Stage,
    pub client: Option<IpAddr>,
    /// The address that pays for wrong keys, if one does.
    pub payer: Option<IpAddr>,
    /// In few words: what it is, and from where.
    pub kind: String,
    pub place: String,
    /// Until when it may log in.
    pub login_by: Millis,
    pub watches: bool,
    pace: Pace,
    /// What of its last request's price has not been worked off yet.
    paid: Cost,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    New,
    /// Whether it may be let in is to be found out.
    Seeking,
    /// Its session is on its way to the disk.
    Arriving,
    In(Number),
}

/// What windows have been told of the log of acts.
#[derive(Debug, Default)]
pub(super) struct Live {
    /// Acts that they have not been told of.
    pub fresh: usize,
    pub is_asked: bool,
    pub last: Number,
}

impl Desk {
    /// `first`: the key that was shown to whoever started the chat.
    pub(in crate::handler) fn new(
        settings: &Settings,
        governed: &Governed,
        first: Option<KeyHash>,
        now: Millis,
    ) -> Self {
        let mut keys = AdminKeys::default();
        if let Some(first) = first {
            keys.keep_first(first, now);
        }
        Desk {
            windows: PeerMap::new(),
            waiting: VecDeque::new(),
            sittings: Sittings::new(&governed.admins, now),
            keys,
            link: LinkFile::new(settings),
            elsewhere: Elsewhere::default(),
            seeking: Vec::new(),
            wrong: Pace::default(),
            told: Damper::new(),
            counted: Counted::new(settings, &governed.reports, now),
            live: Live::default(),
        }
    }

    // ---- windows

    /// A window has come. The one that has to go for it, if one has.
    pub(super) fn insert(&mut self, peer: PeerId, mut window: Window, login_by: Millis) -> Option<PeerId> {
        window.login_by = login_by;
        self.windows.insert(peer, window);
        self.waiting.retain(|&it| self.windows.get(it).is_some_and(Window::is_outside));
        self.waiting.push_back(peer);
        if self.waiting.len() > MOST { self.waiting.pop_front() } else { None }
    }

    pub(super) fn remove(&mut self, peer: PeerId) -> Option<Window> {
        self.seeking.retain(|it| it.asker.peer != peer);
        self.windows.remove(peer)
    }

    pub(super) fn has(&self, peer: PeerId) -> bool {
        self.windows.contains(peer)
    }

    pub(super) fn window(&self, peer: PeerId) -> Option<&Window> {
        self.windows.get(peer)
    }

    pub(super) fn window_mut(&mut self, peer: PeerId) -> Option<&mut Window> {
        self.windows.get_mut(peer)
    }

    /// Is there room for one more of theirs that is let in?
    pub(super) fn has_room(&self, by: By) -> bool {
        let is_theirs = |number| self.sittings.get(number).is_some_and(|sitting| sitting.by == by);
        self.windows.values().filter(|it| !it.is_outside()).count() < MOST
            && self.let_in().filter(|&(_, _, number)| is_theirs(number)).count() < MOST_OF_ONE
    }

    /// Those that had their time to log in.
    pub(super) fn late(&self, now: Millis) -> Vec<PeerId> {
        let is_late = |it: &Window| it.is_outside() && it.login_by <= now;
        self.windows.iter().filter(|(_, it)| is_late(it)).map(|(peer, _)| peer).collect()
    }

    /// The windows of everybody who is let in.
    pub(super) fn let_in(&self) -> impl Iterator<Item = (PeerId, &Window, Number)> {
        self.windows.iter().filter_map(|(peer, window)| match window.stage {
            Stage::In(number) => Some((peer, window, number)),
            Stage::New | Stage::Seeking | Stage::Arriving => None,
        })
    }

    pub(super) fn windows_of(&self, session: Number) -> Vec<PeerId> {
        self.let_in().filter(|&(_, _, number)| number == session).map(|(peer, ..)| peer).collect()
    }

    /// The session of a window, and whose it is.
    pub(super) fn sitting_of(&self, peer: PeerId) -> Option<(Number, By)> {
        let Stage::In(number) = self.windows.get(peer)?.stage else {
            return None;
        };
        self.sittings.get(number).map(|sitting| (number, sitting.by))
    }

    // ---- who pays

    /// # Errors
    ///
    /// It is too fast.
    pub(super) fn take_pace(&mut self, peer: PeerId, price: u32, now: Millis) -> Result<(), Refusal> {
        let window = self.windows.get_mut(peer).ok_or_else(Refusal::nobody)?;
        window.pace.take(now as u64, price, &RATE).map_err(Refusal::too_fast)?;
        window.paid = Cost::paid(price);
        Ok(())
    }

    /// What it has cost beyond its price.
    pub(super) fn charge(&mut self, peer: PeerId, cost: Cost, now: Millis) {
        if let Some(window) = self.windows.get_mut(peer) {
            let owed = cost.less(window.paid).thousandths();
            window.paid = window.paid.less(cost);
            window.pace.owe(now as u64, owed, &RATE);
        }
    }

    /// What it has cost to look at so many rows.
    pub(in crate::handler) fn charge_rows(&mut self, peer: PeerId, rows: usize, now: Millis) {
        self.charge(peer, Cost::rows(rows), now);
    }

    /// A key was wrong. Whether it is answered as such, or as one of too many.
    pub(super) fn note_wrong(&mut self, from: &str, now: Millis) -> Result<(), Refusal> {
        if self.told.admit((), ONCE_A_MINUTE, Duration::from_millis(now as u64)).is_ok() {
            log::warn!("somebody from {from} has tried a wrong key of the admin page");
        }
        self.wrong.take(now as u64, 1, &WRONG).map_err(Refusal::too_fast)
    }

    /// How many there were, when the minute is over.
    pub(super) fn tell_of_wrong(&mut self, now: Duration) {
        for ((), count) in self.told.ended(now) {
            log::warn!("wrong keys of the admin page: {count} more within a minute");
        }
    }

    // ---- what is said

    /// What everybody who is let in hears of what happened.
    pub(in crate::handler) fn hear(&mut self, peers: &mut Peers, model: &Model, news: &News) {
        match news {
            News::Said { event, .. } if event.what.words().is_some() => return self.counted.note_said(),
            News::Done { change: Change::Report { report, room, is_settled }, .. } => {
                self.counted.note_report(*report, *room, *is_settled);
            }
            News::Done { change: Change::Door | Change::Announcement | Change::Bot { .. }, .. } => {}
            _ => return,
        }
        let told = json::say(news, model).filter(|_| self.let_in().next().is_some());
        for (told, (peer, ..)) in told.iter().flat_map(|told| self.let_in().map(move |it| (told, it))) {
            send(peers, peer, told);
        }
    }

    /// An answer that clients of the chat get too, if it is for a window of this page.
    pub(in crate::handler) fn answer(
        &self,
        peers: &mut Peers,
        (model, now): (&Model, Millis),
        asker: &Asker,
        reply: &Reply<'_>,
    ) -> bool {
        if !self.has(asker.peer) {
            return false;
        }
        // Whoever is here hears why.
        let detailed = match reply {
            Reply::Refused(refusal) if self.sitting_of(asker.peer).is_some() => refusal.with_details(),
            _ => None,
        };
        let detailed = detailed.as_ref().map(Reply::Refused);
        let reply = detailed.as_ref().unwrap_or(reply);
        let person = self.sitting_of(asker.peer).and_then(|(_, by)| by);
        let reader = Reader { id: asker.id.as_deref(), person, now, is_crowd: &|_| false };
        if let Some(text) = json::answer(reply, &reader, model) {
            let send = if reply.is_secret() { send_secret } else { send };
            send(peers, asker.peer, &text);
        }
        true
    }
}

impl Window {
    pub(super) fn new(client: Option<IpAddr>, payer: Option<IpAddr>, kind: String, place: String) -> Self {
        Window {
            stage: Stage::New,
            client,
            payer,
            kind,
            place,
            login_by: 0,
            watches: false,
            pace: Pace::default(),
            paid: Cost::NOTHING,
        }
    }

    /// Is it not let in, and not about to be?
    fn is_outside(&self) -> bool {
        matches!(self.stage, Stage::New | Stage::Seeking)
    }
}

/// A text of any length is compressed only if that is quick.
pub(super) fn send(peers: &mut Peers, peer: PeerId, text: &str) {
    let message = Outgoing::from(text);
    peers.send(peer, if text.len() > COMPRESSED { message.uncompressed() } else { message });
}

/// One that has a key or a token in it: its length must not tell of that.
pub(super) fn send_secret(peers: &mut Peers, peer: PeerId, text: &str) {
    peers.send(peer, Outgoing::from(text).uncompressed());
}

/// A key or a token that is good for nothing, or good no longer.
pub(super) const BAD_KEY: CloseCode = code(4504);
/// Somebody may not be here any more.
pub(super) const ROLE_LOST: CloseCode = code(4505);

const fn code(number: u16) -> CloseCode {
    match CloseCode::new(number) {
        Some(code) => code,
        None => CloseCode::POLICY,
    }
}
