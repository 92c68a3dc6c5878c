//! One run: a model, those that must agree with it, and what is on its way between them.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use pollcat_testing::dice::Dice;

use super::disk::Disk;
use super::look::{self, Lasting};
use super::plain::Plain;
use crate::history::{Done, Entry, Failure, Loaded, Millis, Node, Outcome, PersonId};
use crate::model::{Model, Rules};
use crate::news::News;

pub(super) const RULES: Rules = Rules {
    max_name: 24,
    max_room_name: 24,
    max_message: 40,
    max_people: 9,
    max_rooms: 5,
    max_rooms_per_person: 3,
    max_members: 4,
    recent: 5,
    hook_rate: 60,
    push_hosts: Vec::new(),
};
const EPOCH: &str = "the first lobby";
/// Some day, by the calendar.
const THEN: Millis = 1_000_000_000_000;

/// What a disk may fail to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Faults {
    None,
    /// Whatever leaves memory and disk of one mind. Somebody whom a full disk could not forget, or let into the lobby, is
    /// put right when it is opened again; a mark that it could not take is as old there until the next one.
    Healed,
    All,
}

pub(super) struct Stage {
    pub dice: Dice,
    pub live: Model,
    pub plain: Plain,
    /// Knows what has been applied, and nothing else.
    follower: Model,
    pub disk: Disk,
    node: Option<Node>,
    pub queue: VecDeque<Entry>,
    /// Newcomers whose arrival is on its way, and whether they still wait for it.
    pub coming: BTreeMap<PersonId, bool>,
    pub now: Millis,
    pub at: Millis,
    pub faults: Faults,
    /// All tables are looked at after so many steps.
    look_every: u64,
    pub steps: u64,
    /// What has happened, to see that everything does.
    pub seen: BTreeSet<&'static str>,
}

impl Stage {
    pub(super) fn new(dice: Dice, faults: Faults, look_every: u64, node: Option<Node>) -> Self {
        let fresh = || Loaded { next_person: 1, next_room: 1, ..Loaded::default() };
        let disk = Disk::default();
        let plain = Plain::of(&disk, RULES, (1, 1), 0, EPOCH);
        let [live, follower] = [(); 2].map(|()| Model::new(RULES, fresh(), 0, EPOCH));
        let (queue, coming) = (VecDeque::new(), BTreeMap::new());
        let seen = BTreeSet::new();
        let mut stage = Stage {
            dice,
            live,
            plain,
            follower,
            disk,
            node,
            queue,
            coming,
            now: 0,
            at: THEN,
            faults,
            look_every,
            steps: 0,
            seen,
        };
        let lobby = stage.live.missing_lobby(THEN).expect("there is none yet");
        stage.queue.push_back(lobby);
        if faults != Faults::All {
            stage.answer();
        }
        stage
    }

    /// One step, and perhaps a look at everything. What is decided and told is compared in each.
    pub(super) fn step(&mut self) {
        self.steps += 1;
        match self.dice.below(20) {
            0 | 1 => self.arrive(),
            2 => self.return_or_go(),
            3..=9 => self.wish(),
            10 => self.read_something(),
            11..=14 => (0..1 + self.dice.below(4)).for_each(|_| self.answer()),
            15 => self.save(),
            16 => self.pass_time(),
            17 => self.fade(),
            _ => self.hear_from_elsewhere(),
        }
        if self.steps.is_multiple_of(self.look_every) {
            look::check_tables(&self.live);
            look::check_against(&self.plain, &self.live);
        }
        if self.steps.is_multiple_of(16 * self.look_every) {
            look::check_names(&self.plain, &self.live);
        }
    }

    /// Everything is answered, everybody goes, and what was read is saved: now all must be of one mind.
    pub(super) fn rest(&mut self) {
        self.answer_all();
        self.coming.clear();
        let here: Vec<PersonId> = self.live.here().map(|person| person.id()).collect();
        here.into_iter().for_each(|person| self.go(person));
        self.answer_all();
        look::check_tables(&self.live);
        look::check_against(&self.plain, &self.live);
        look::check_names(&self.plain, &self.live);
        look::check_rest(&self.live);
        if self.faults == Faults::All {
            return;
        }
        self.faults = Faults::None;
        self.save();
        self.answer_all();
        let lasting = Lasting::of_model(&self.live);
        look::check_tables(&self.follower);
        assert_eq!(Lasting::of_model(&self.follower), lasting, "the follower, and who was followed");
        self.disk.restart();
        assert_eq!(Lasting::of_disk(&self.disk, RULES.recent), lasting, "the plain disk, and memory");
        self.reopen(&lasting);
    }

    /// Opens the history again: it goes on from what that has kept.
    fn reopen(&mut self, lasting: &Lasting) {
        let Some(node) = &mut self.node else { return };
        let [loaded, again] = [(); 2].map(|()| node.load(RULES.recent));
        assert_eq!(Lasting::of_loaded(&loaded), *lasting, "the history, and memory");
        let next = (loaded.next_person, loaded.next_room);
        assert!(next.0 <= self.live.next_person().unwrap() && next.1 <= self.live.next_room().unwrap());
        self.live = Model::new(RULES, loaded, self.now, EPOCH);
        self.follower = Model::new(RULES, again, self.now, EPOCH);
        self.plain = Plain::of(&self.disk, RULES, next, self.now, EPOCH);
        assert_eq!(Lasting::of_model(&self.live), *lasting, "after a restart");
        look::check_tables(&self.live);
        look::check_against(&self.plain, &self.live);
    }

    // ---- entries

    /// Puts an entry on its way, if the queue has room.
    pub(super) fn submit(&mut self, entry: Entry) -> bool {
        self.live.begin(&entry);
        self.plain.begin(&entry);
        if self.may_fail(&entry, true) && self.dice.one_in(40) {
            self.seen.insert("busy");
            self.apply(&entry, &Err(Failure::Busy));
            return false;
        }
        self.queue.push_back(entry);
        true
    }

    pub(super) fn submit_each(&mut self, entries: Vec<Entry>) {
        for entry in entries {
            self.submit(entry);
        }
    }

    /// The oldest entry comes back from the disk.
    pub(super) fn answer(&mut self) {
        let Some(entry) = self.queue.pop_front() else { return };
        let outcome = if self.may_fail(&entry, false) && self.dice.one_in(25) {
            self.seen.insert("full disk");
            Err(Failure::Storage("full".into()))
        } else {
            self.store(&entry)
        };
        self.explain(&entry, &outcome);
        self.apply(&entry, &outcome);
        if let Entry::Arrive { person, .. } = entry {
            self.welcome(person);
        }
    }

    fn answer_all(&mut self) {
        while !self.queue.is_empty() {
            self.answer();
        }
    }

    fn may_fail(&self, entry: &Entry, busy: bool) -> bool {
        let is_healed = match entry {
            Entry::Forget { .. } => false,
            Entry::Create { room, .. } | Entry::Join { room, .. } => *room != self.live.lobby,
            Entry::MarkRead { .. } | Entry::Marks { .. } => busy,
            _ => true,
        };
        self.faults == Faults::All || (self.faults == Faults::Healed && is_healed)
    }

    /// What the plain disk says; and so does the history, if there is one.
    pub(super) fn store(&mut self, entry: &Entry) -> Outcome {
        let outcome = self.disk.apply(entry);
        if let Some(node) = &mut self.node {
            assert_eq!(node.apply(std::slice::from_ref(entry)), std::slice::from_ref(&outcome), "{entry:?}");
        }
        self.note(entry, &outcome);
        outcome
    }

    /// Somebody whom the disk does not know tries again to be known.
    fn explain(&mut self, entry: &Entry, outcome: &Outcome) {
        if let (Entry::Rename { person, .. } | Entry::Join { person, .. }, Err(Failure::NoSuchPerson)) =
            (entry, outcome)
            // That is a part of coming, and nobody has asked for it.
            && !matches!(entry, Entry::Join { room, .. } if *room == self.live.lobby)
            && let Some(again) = self.live.arrive_again(*person, self.at)
        {
            self.seen.insert("arrives again");
            self.submit_each(vec![again.arrive, again.join]);
        }
    }

    /// The tables change, and what is told of it is what should be.
    pub(super) fn apply(&mut self, entry: &Entry, outcome: &Outcome) {
        let expected = self.plain.apply(entry, outcome, self.now);
        let news = self.live.apply(entry, outcome, self.now);
        assert_eq!(news, expected, "{entry:?} {outcome:?}");
        if outcome.is_ok() {
            self.follower.apply(entry, outcome, self.now);
        }
        for news in news {
            let author = match news {
                News::Said { event, .. } => event.author,
                News::Joined { who, .. } => who.id,
                _ => continue,
            };
            let is_noticed = self.plain.get(author).is_some_and(|one| one.silent && one.token.is_some());
            let noticed = self.live.notice(author);
            assert_eq!(noticed, is_noticed.then_some(Entry::Noticed { person: author }));
            self.submit_each(Vec::from_iter(noticed));
        }
    }

    fn note(&mut self, entry: &Entry, outcome: &Outcome) {
        self.seen.insert(match (entry, outcome) {
            (_, Err(Failure::Taken)) => "taken",
            (_, Err(Failure::NoSuchPerson)) => "no such person",
            (_, Err(Failure::NoSuchRoom)) => "no such room",
            (_, Err(Failure::NoSuchEvent)) => "no such event",
            (_, Err(Failure::NotYours)) => "not yours",
            (_, Err(Failure::KeyUsed)) => "key used",
            (_, Err(Failure::HasMembers)) => "has members",
            (_, Err(_)) => "other failures",
            (_, Ok(Done::Appended { repeated: true, .. })) => "repeated",
            (_, Ok(Done::TakenBack { mentioned, .. })) if !mentioned.is_empty() => "mention taken back",
            (Entry::Forget { person, .. }, _) if self.plain.gone.contains_key(person) => "gone from a talk",
            (Entry::Prune { .. }, _) => "pruned",
            (Entry::Remove { .. }, _) => "removed",
            (Entry::Rename { .. }, _) => "renamed",
            (Entry::Leave { .. }, _) => "left",
            (Entry::Seen { .. }, _) => "seen",
            (Entry::Noticed { .. }, _) => "noticed",
            _ => "the rest",
        });
    }
}
