//! All connections, and those of each person who is here.

use std::collections::HashMap;
use std::net::IpAddr;
use std::time::Instant;

use pollcat::{PeerId, PeerMap};

use super::catch_up::CatchUp;
use super::order::Held;
use crate::cost::Cost;
use crate::history::{Aim, Millis, PersonId, RoomId, TokenHash};
use crate::pace::Pace;
use crate::voices::Voice;

#[derive(Debug)]
pub(crate) struct Session {
    pub voice: Voice,
    pub client: Option<IpAddr>,
    /// The address that pays for it, if one does.
    pub payer: Option<IpAddr>,
    /// Until when it may say hello.
    pub hello_by: Millis,
    /// When it was opened, by the clock that nobody can set.
    pub since: Millis,
    /// What it has sent, in messages and bytes.
    pub received: Received,
    /// When the request was read that is carried out now.
    pub read: Instant,
    stage: Stage,
    /// What kind of client it is, in few words.
    pub kind: String,
    /// By which it is somebody, if by one.
    pub token: Option<TokenHash>,
    /// Deliver their own words too.
    pub echo: bool,
    /// The room in which they are: where a message goes that names none.
    pub room: RoomId,
    /// The picture that the next binary message is.
    pub announced: Option<Announced>,
    pub catch_up: CatchUp,
    /// What it has sent while an answer was to be waited for.
    pub held: Held,
    /// What of its last request's price has not been worked off yet.
    pub(super) paid: Cost,
    /// What was paid for reading the request that is about to be carried out.
    pub(super) parsed: Cost,
    /// What it waits for before it may say who it is.
    pub barrier: Barrier,
    /// It waits until then at most.
    pub waits_until: Millis,
    /// The request that is carried out now was refused before, when this node may have lacked what others knew. It is paid for.
    pub is_again: bool,
    /// How many refusals for speed it may have before it is closed.
    pub(super) patience: Pace,
}

/// With several nodes: has this one caught up with what its client may know from another?
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Barrier {
    /// It has not asked.
    Open,
    /// It waits for that.
    Asked,
    /// A text client, which comes in as a guest then, by this invite.
    Guest(Option<String>),
    /// What it asked was refused, and is looked at again then.
    Again,
    Passed,
    /// The log is away: it may not have.
    Failed,
}

impl Barrier {
    /// Is something held up by it?
    pub(crate) fn waits(&self) -> bool {
        matches!(self, Barrier::Asked | Barrier::Guest(_) | Barrier::Again)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stage {
    /// Has not said hello.
    New,
    /// Is somebody, whose token is on its way to the disk; the welcome waits for it.
    Arriving(PersonId),
    Here(PersonId),
    /// Is being closed: nothing that it has sent counts any more. So it was when it was this person's.
    Ended(Option<PersonId>),
}

#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Received {
    pub messages: u64,
    pub bytes: u64,
}

/// What was said of a picture that is still to come.
#[derive(Debug, Clone)]
pub(crate) enum Announced {
    /// Its announcement was refused, and so is the picture.
    Refused,
    /// It is the one by which they are shown.
    Avatar {
        id: Option<String>,
    },
    Granted {
        id: Option<String>,
        room: RoomId,
        aim: Aim,
        caption: String,
    },
}

impl Session {
    pub(crate) fn new(
        voice: Voice,
        client: Option<IpAddr>,
        payer: Option<IpAddr>,
        since: Millis,
        echo: bool,
        room: RoomId,
    ) -> Self {
        Session {
            voice,
            client,
            payer,
            hello_by: since,
            since,
            received: Received::default(),
            read: Instant::now(),
            stage: Stage::New,
            kind: String::new(),
            token: None,
            echo,
            room,
            announced: None,
            catch_up: CatchUp::default(),
            held: Held::default(),
            paid: Cost::default(),
            parsed: Cost::default(),
            barrier: Barrier::Open,
            waits_until: since,
            is_again: false,
            patience: Pace::default(),
        }
    }

    pub(crate) fn stage(&self) -> Stage {
        self.stage
    }

    /// Their token is on its way to the disk.
    pub(crate) fn arrive(&mut self, person: PersonId) {
        self.stage = Stage::Arriving(person);
    }

    /// It is nobody's again: it could not become theirs.
    pub(crate) fn stay_new(&mut self) {
        self.stage = Stage::New;
        self.token = None;
    }

    /// Who is behind it.
    pub(crate) fn person(&self) -> Option<PersonId> {
        match self.stage {
            Stage::New | Stage::Ended(_) => None,
            Stage::Arriving(id) | Stage::Here(id) => Some(id),
        }
    }

    /// Who is behind it, or was until it was ended.
    pub(crate) fn was(&self) -> Option<PersonId> {
        match self.stage {
            Stage::Ended(person) => person,
            _ => self.person(),
        }
    }
}

/// All connections, and those of each person who is here.
#[derive(Debug)]
pub(crate) struct Sessions {
    by_peer: PeerMap<Session>,
    windows: HashMap<PersonId, Vec<PeerId>>,
}

impl Sessions {
    pub(crate) fn new() -> Self {
        Sessions { by_peer: PeerMap::new(), windows: HashMap::new() }
    }

    pub(crate) fn insert(&mut self, peer: PeerId, session: Session) {
        self.by_peer.insert(peer, session);
    }

    /// From now on the connection is this person's.
    pub(crate) fn attach(&mut self, peer: PeerId, person: PersonId) {
        if let Some(session) = self.by_peer.get_mut(peer) {
            session.stage = Stage::Here(person);
            self.windows.entry(person).or_default().push(peer);
        }
    }

    /// A connection is to be closed: it is nobody's from now on. If it was somebody's last one, who that is. And how many bytes
    /// waited.
    pub(crate) fn end(&mut self, peer: PeerId) -> Option<(usize, Option<PersonId>)> {
        let session = self.by_peer.get_mut(peer).filter(|it| !matches!(it.stage, Stage::Ended(_)))?;
        let was = session.person();
        let stage = std::mem::replace(&mut session.stage, Stage::Ended(was));
        let waited = std::mem::take(&mut session.held).bytes();
        session.held.close();
        session.announced = None;
        session.catch_up = CatchUp::default();
        let last_of = if let Stage::Here(person) = stage { self.close_window(person, peer) } else { None };
        Some((waited, last_of))
    }

    /// A connection has gone; and if it was somebody's last one, who that was.
    pub(crate) fn remove(&mut self, peer: PeerId) -> Option<(Session, Option<PersonId>)> {
        let session = self.by_peer.remove(peer)?;
        // A person whose token was still on its way had no connection yet.
        let Stage::Here(person) = session.stage else {
            return Some((session, None));
        };
        let last_of = self.close_window(person, peer);
        Some((session, last_of))
    }

    /// Whose last window it was.
    fn close_window(&mut self, person: PersonId, peer: PeerId) -> Option<PersonId> {
        let windows = self.windows.get_mut(&person)?;
        windows.retain(|&window| window != peer);
        let was_last = windows.is_empty();
        if was_last {
            self.windows.remove(&person);
        }
        Some(person).filter(|_| was_last)
    }

    pub(crate) fn get(&self, peer: PeerId) -> Option<&Session> {
        self.by_peer.get(peer)
    }

    pub(crate) fn get_mut(&mut self, peer: PeerId) -> Option<&mut Session> {
        self.by_peer.get_mut(peer)
    }

    pub(crate) fn person(&self, peer: PeerId) -> Option<PersonId> {
        self.by_peer.get(peer)?.person()
    }

    pub(crate) fn voice(&self, peer: PeerId) -> Option<Voice> {
        Some(self.by_peer.get(peer)?.voice)
    }

    pub(crate) fn speaks_json(&self, peer: PeerId) -> bool {
        self.voice(peer) == Some(Voice::Json)
    }

    /// All connections, whoever they are of.
    pub(crate) fn peers(&self) -> impl Iterator<Item = PeerId> {
        self.by_peer.iter().map(|(peer, _)| peer)
    }

    /// The connections of somebody who is here.
    pub(crate) fn windows_of(&self, person: PersonId) -> &[PeerId] {
        self.windows.get(&person).map_or(&[], Vec::as_slice)
    }

    /// The connection with this token, if it is here.
    pub(crate) fn with_token(&self, person: PersonId, token: &TokenHash) -> impl Iterator<Item = PeerId> {
        let is_it = move |&peer: &PeerId| self.get(peer).is_some_and(|it| it.token.as_ref() == Some(token));
        self.windows_of(person).iter().copied().filter(is_it)
    }

    /// Those of them that speak JSON.
    pub(crate) fn programs_of(&self, person: PersonId) -> impl Iterator<Item = PeerId> {
        self.windows_of(person).iter().copied().filter(|&peer| self.speaks_json(peer))
    }

    pub(crate) fn len(&self) -> usize {
        self.by_peer.len()
    }
}
