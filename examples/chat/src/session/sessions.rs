//! All connections, and those of each person who is here.

use std::collections::HashMap;
use std::net::IpAddr;

use pollcat::{PeerId, PeerMap};

use super::catch_up::CatchUp;
use super::order::Held;
use crate::cost::Cost;
use crate::history::{Aim, Millis, PersonId, RoomId};
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
    stage: Stage,
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
    /// How many refusals for speed it may have before it is closed.
    pub(super) patience: Pace,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stage {
    /// Has not said hello.
    New,
    /// Is somebody, whose token is on its way to the disk; the welcome waits for it.
    Arriving(PersonId),
    Here(PersonId),
}

#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Received {
    pub messages: u64,
    pub bytes: u64,
}

/// What was said of a picture that is still to come.
#[derive(Debug, Clone)]
pub(crate) enum Announced {
    /// Its announcement was refused, and so is the picture.
    Refused,
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
            stage: Stage::New,
            echo,
            room,
            announced: None,
            catch_up: CatchUp::default(),
            held: Held::default(),
            paid: Cost::default(),
            parsed: Cost::default(),
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

    /// Who is behind it.
    pub(crate) fn person(&self) -> Option<PersonId> {
        match self.stage {
            Stage::New => None,
            Stage::Arriving(id) | Stage::Here(id) => Some(id),
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

    /// A connection has gone; and if it was somebody's last one, who that was.
    pub(crate) fn remove(&mut self, peer: PeerId) -> Option<(Session, Option<PersonId>)> {
        let session = self.by_peer.remove(peer)?;
        // A person whose token was still on its way had no connection yet.
        let Stage::Here(person) = session.stage else {
            return Some((session, None));
        };
        let windows = self.windows.get_mut(&person)?;
        windows.retain(|&window| window != peer);
        let was_last = windows.is_empty();
        if was_last {
            self.windows.remove(&person);
        }
        Some((session, Some(person).filter(|_| was_last)))
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

    /// The connections of somebody who is here.
    pub(crate) fn windows_of(&self, person: PersonId) -> &[PeerId] {
        self.windows.get(&person).map_or(&[], Vec::as_slice)
    }

    /// Those of them that speak JSON.
    pub(crate) fn programs_of(&self, person: PersonId) -> impl Iterator<Item = PeerId> {
        self.windows_of(person).iter().copied().filter(|&peer| self.speaks_json(peer))
    }

    pub(crate) fn len(&self) -> usize {
        self.by_peer.len()
    }
}
