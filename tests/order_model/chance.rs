//! Turns that chance has written, over all that `script.rs` has words for.

use pollcat_testing::dice::Dice;

use crate::model::{Slow, Stage as PeerStage};
use crate::script::{Call, Name, Part, Piece, Said, Speaker, TELLS, TOPICS, Topic, Turn, Way};
use crate::stage::{House, Stage};

const TURNS: usize = 30;
const AT_FIRST: usize = 4;
const MOST_AT_ONCE: usize = 7;
const MOST_IN_ALL: usize = 16;

/// Bytes said in one round: beyond it messages are short.
const ENOUGH: usize = 8 << 20;

/// Longer than any other handler call says.
const VERY_MUCH: usize = 3 << 20;

struct Author<'a> {
    dice: &'a mut Dice,
    topics: &'static [Topic],
    /// Shorter messages do not tell their number.
    shortest: usize,
    keyed: bool,
    number: u32,
    said: usize,
    /// Who can be spoken of: all that ever were, and those that come in this turn.
    names: usize,
    open: Vec<Name>,
    /// Open, and not so busy that their words would wait.
    speakers: Vec<Name>,
    paused: Vec<Name>,
}

pub(crate) fn play_round(house: House, mut dice: Dice) {
    let mut stage = Stage::new(house);
    let mut author = Author {
        topics: &TOPICS[..1 + dice.below(TOPICS.len())],
        dice: &mut dice,
        shortest: if house.slow == Slow::Wait { 0 } else { 8 },
        keyed: house.keyed,
        number: 0,
        said: 0,
        names: 0,
        open: Vec::new(),
        speakers: Vec::new(),
        paused: Vec::new(),
    };
    for _ in 0..AT_FIRST {
        let newcomer = author.newcomer();
        stage.play(Turn::All(vec![newcomer]));
    }
    for _ in 0..TURNS {
        author.look_at(&stage);
        stage.play(author.turn());
    }
    stage.close();
}

impl Author<'_> {
    fn look_at(&mut self, stage: &Stage) {
        let state = stage.shared.look();
        let peers = || state.model.peers.iter().enumerate();
        let open = peers().filter(|(_, peer)| peer.stage == PeerStage::Open && peer.leaving.is_none());
        self.open = open.map(|(name, _)| name).collect();
        let is_paused = |name: &Name| state.paused.contains(name);
        (self.paused, self.speakers) = self.open.iter().partition(|name| is_paused(name));
        self.names = state.model.peers.len();
    }

    fn turn(&mut self) -> Turn {
        match self.dice.below(8) {
            0 if self.speakers.len() > 2 => return Turn::Pause(self.dice.choose(&self.speakers)),
            1 if !self.paused.is_empty() => return Turn::Resume(self.dice.choose(&self.paused)),
            _ => {}
        }
        let mut parts: Vec<Part> = Vec::new();
        for _ in 0..self.dice.choose(&[1, 1, 1, 2, 3, 5]) {
            let part = match self.dice.below(6) {
                0 if self.open.len() < MOST_AT_ONCE && self.names < MOST_IN_ALL => self.newcomer(),
                1 => self.letters(),
                _ if self.speakers.is_empty() => self.letters(),
                _ => self.part(),
            };
            parts.push(part);
        }
        if let [Part { speaker: Speaker::Peer(_), pieces }] = &mut parts[..]
            && let Some(Piece::Script(calls)) = pieces.first_mut()
            && self.dice.one_in(10)
            && self.open.len() > 3
        {
            self.tear_somebody(calls);
        }
        Turn::All(parts)
    }

    /// What the handler does when a newcomer has opened, and what follows right behind its request.
    fn newcomer(&mut self) -> Part {
        let name = self.names;
        self.names += 1;
        self.open.push(name);
        let mut pieces = vec![Piece::Script(self.script())];
        if self.dice.one_in(2) {
            pieces.extend(self.pieces());
        }
        Part { speaker: Speaker::Newcomer(name), pieces }
    }

    fn part(&mut self) -> Part {
        let name = self.dice.choose(&self.speakers);
        let mut pieces = self.pieces();
        if self.speakers.len() > 2 && self.dice.one_in(8) {
            let end = self.dice.below(3);
            pieces.push([Piece::Goodbye, Piece::Nonsense, Piece::End][end].clone());
            self.speakers.retain(|&speaker| speaker != name);
        }
        Part { speaker: Speaker::Peer(name), pieces }
    }

    fn letters(&mut self) -> Part {
        let mut letters = self.script();
        // The loop reads a thousand at most before others have their turn, and there are two for each call.
        letters.truncate(100);
        Part { speaker: Speaker::Mail, pieces: vec![Piece::Script(letters)] }
    }

    fn pieces(&mut self) -> Vec<Piece> {
        let count = self.dice.choose(&[1, 1, 2, 3, 6]);
        let mut pieces = Vec::new();
        for _ in 0..count {
            if self.dice.one_in(4) {
                pieces.push(Piece::Ping);
            }
            pieces.push(Piece::Script(self.script()));
        }
        pieces
    }

    fn script(&mut self) -> Vec<Call> {
        let mut calls: Vec<Call> = (0..self.dice.below(10)).map(|_| self.call()).collect();
        if self.said < ENOUGH && self.dice.one_in(25) {
            let much = if self.dice.one_in(6) { VERY_MUCH } else { 300 << 10 };
            let length = self.dice.choose(&[5_000, 16_383, 60_000, 70_000]);
            for _ in 0..much / length {
                let way = self.way();
                calls.push(self.say(way, length));
                if self.dice.one_in(8) {
                    calls.push(self.call());
                }
            }
        }
        calls
    }

    fn call(&mut self) -> Call {
        let (who, topic) = (self.somebody(), self.dice.choose(self.topics));
        match self.dice.below(20) {
            0..=3 => Call::Subscribe(who, topic),
            4..=6 => Call::Unsubscribe(who, topic),
            7 if self.open.len() > 3 && self.dice.one_in(4) => Call::Close(who),
            _ => {
                let (way, length) = (self.way(), self.length());
                self.say(way, length)
            }
        }
    }

    fn way(&mut self) -> Way {
        let (who, topic) = (self.somebody(), self.dice.choose(self.topics));
        match self.dice.below(14) {
            0..=3 => Way::Send(who),
            4..=8 => Way::Publish(topic),
            9..=11 => Way::PublishFrom(who, topic),
            12 => Way::Broadcast,
            _ => Way::BroadcastFrom(who),
        }
    }

    fn say(&mut self, way: Way, length: usize) -> Call {
        self.number += 1;
        self.said += length;
        let key = (self.keyed && self.dice.one_in(2)).then(|| self.dice.below(5) as u64);
        let shortest = if key.is_some() { TELLS } else { self.shortest };
        Call::Say(way, Said { number: self.number, length: length.max(shortest), key })
    }

    /// Mostly short; the borders of the lengths in a frame (§5.2), and of what is kept apart.
    fn length(&mut self) -> usize {
        let kind = if self.said < ENOUGH { self.dice.below(40) } else { 0 };
        match kind {
            0..=25 => self.dice.below(125),
            26..=29 => self.dice.choose(&[0, 1, 124, 125, 126, 127]),
            30..=35 => 200 + self.dice.below(3_000),
            36 => 16_370 + self.dice.below(20),
            37 => 65_500 + self.dice.below(60),
            38 => self.dice.choose(&[65_535, 65_536]),
            _ => 66_000 + self.dice.below(140_000),
        }
    }

    /// Mostly somebody who is there.
    fn somebody(&mut self) -> Name {
        match self.open.is_empty() || self.dice.one_in(10) {
            true => self.dice.below(self.names),
            false => self.dice.choose(&self.open),
        }
    }

    /// While others are spoken to, and to the loop's surprise.
    fn tear_somebody(&mut self, calls: &mut Vec<Call>) {
        let who = self.dice.choose(&self.open);
        calls.insert(self.dice.below(calls.len() + 1), Call::Tear(who));
    }
}
