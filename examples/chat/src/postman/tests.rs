//! By chance: people talk, read, come and go, targets fail and come back, and the program is killed at any moment. What is on disk
//! is a real history; what is in memory is made anew from it.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use pollcat_testing::dice::Dice;

mod exact;
mod refused;

use super::{Now, Postman, Step};
use crate::history::{
    Act, Aim, Append, Body, Deed, Delivery, Discloses, Entry, Millis, Node, Number, Offset, Outcome as Came,
    PersonId, RoomId, RoomKind, Serves, Shape, Target,
};
use crate::model::{Model, Rules};
use crate::sender::Outcome;

const THEN: Millis = 1_700_000_000_000;
const LOBBY: RoomId = 1;
const TEA: RoomId = 2;
const PEOPLE: [PersonId; 4] = [1, 2, 3, 4];
const INTERVAL: Millis = 1_000;

/// What a target has got, by the name of the delivery.
type Got = BTreeMap<Delivery, Offset>;

struct Stage {
    dice: Dice,
    node: Node,
    model: Model,
    postman: Postman,
    now: Now,
    /// On its way to the disk.
    queue: VecDeque<Entry>,
    /// With the sender.
    away: Vec<Delivery>,
    got: Got,
    /// Those that a target has taken, in this run: it is not to get them again.
    taken: BTreeSet<Delivery>,
    /// When somebody was told of a room which they have not read since, in this run.
    told: BTreeMap<(PersonId, RoomId), Millis>,
    /// Up to where somebody was here, or has read: of that nobody need tell them.
    known: BTreeMap<(PersonId, RoomId), Offset>,
    mentions: BTreeMap<(PersonId, RoomId), Vec<Offset>>,
    went: BTreeMap<PersonId, Millis>,
    kills: u32,
}

fn interval(_: Shape) -> Millis {
    INTERVAL
}

fn rules() -> Rules {
    Rules {
        max_name: 24,
        max_room_name: 24,
        max_message: 40,
        max_people: 9,
        max_rooms: 5,
        max_rooms_per_person: 3,
        max_members: 9,
        recent: 20,
        hook_rate: 60,
        push_hosts: Vec::new(),
    }
}

impl Stage {
    fn new(seed: u64) -> Self {
        let mut node = Node::new();
        let mut entries = Vec::new();
        for room in [LOBBY, TEA] {
            let name = if room == LOBBY { "lobby" } else { "tea" }.to_owned();
            let (kind, folded, epoch) = (RoomKind::Public, name.clone(), format!("epoch{room}"));
            entries.push(Entry::Create {
                room,
                kind,
                name,
                folded,
                epoch,
                at: THEN,
                maker: None,
                title: None,
                look: None,
            });
        }
        for person in PEOPLE {
            let name = ["ann", "bob", "cleo", "dan"][person as usize - 1].to_owned();
            let (folded, token) = (name.clone(), Some([person as u8; 32]));
            entries.push(Entry::Arrive { person, name, folded, token, at: THEN, look: None });
            entries.extend([LOBBY, TEA].map(|room| Entry::Join { room, person, read: 0 }));
        }
        let serves =
            [Serves::Person(1), Serves::Person(1), Serves::Person(2), Serves::Room(TEA), Serves::Room(TEA)];
        entries.extend(serves.into_iter().chain([Serves::Room(LOBBY)]).map(add_target));
        assert!(node.apply(&entries).iter().all(Result::is_ok), "{:?}", node.apply(&entries));
        let model = Model::new(rules(), node.load(100), 0, "e");
        let postman = Postman::new(&model, interval);
        Stage {
            dice: Dice::new(seed),
            node,
            model,
            postman,
            now: Now { ticks: 0, calendar: THEN },
            queue: VecDeque::new(),
            away: Vec::new(),
            got: Got::new(),
            taken: BTreeSet::new(),
            told: BTreeMap::new(),
            known: BTreeMap::new(),
            mentions: BTreeMap::new(),
            went: PEOPLE.into_iter().map(|person| (person, THEN - 3_600_000)).collect(),
            kills: 0,
        }
    }

    fn step(&mut self) {
        let person = PEOPLE[self.dice.below(4)];
        let room = [LOBBY, TEA][self.dice.below(2)];
        match self.dice.below(20) {
            0..=4 => self.say(person, room),
            5 => self.read(person, room),
            6 => self.come(person),
            7 | 8 => self.go(person),
            9..=11 => {
                let passed = [10, 500, 5_000, 40_000][self.dice.below(4)];
                self.pass_time(passed);
            }
            12..=14 => self.write(),
            15..=18 => self.finish_one(),
            _ if self.dice.below(6) == 0 => self.kill(),
            _ => self.look(),
        }
    }

    fn submit(&mut self, entry: Entry) {
        self.model.begin(&entry);
        self.queue.push_back(entry);
    }

    /// The disk takes what has come, one transaction for all of it.
    fn write(&mut self) {
        let entries: Vec<Entry> = self.queue.drain(..).collect();
        // Now and then it is full, and takes nothing.
        let is_full = self.dice.below(8) == 0;
        let came: Vec<Came> = match is_full {
            true => entries.iter().map(|_| Err(crate::history::Failure::Storage("full".into()))).collect(),
            false => self.node.apply(&entries),
        };
        for (entry, came) in entries.iter().zip(&came) {
            let news = self.model.apply(entry, came, self.now.ticks);
            self.postman.noted(entry, came, self.now.ticks);
            news.iter().for_each(|news| self.postman.hear(&self.model, news));
        }
        self.look();
    }

    /// Somebody is told when they are away, and of one room once a minute until they have read it.
    fn check_dispatch(&mut self, person: PersonId, room: RoomId, upto: Offset) {
        let last = self.told.insert((person, room), self.now.ticks);
        assert!(
            last.is_none_or(|last| self.now.ticks - last >= 60_000),
            "{person} was told of {room} a moment ago"
        );
        let mentions = self.mentions.get(&(person, room));
        assert!(mentions.is_some_and(|all| all.contains(&upto)), "{upto} does not concern {person}");
    }

    fn say(&mut self, author: PersonId, room: RoomId) {
        let mentions: Vec<PersonId> =
            if self.dice.below(3) == 0 { vec![PEOPLE[self.dice.below(2)]] } else { Vec::new() };
        let append = Append {
            room,
            aim: Aim::There,
            author,
            author_name: "somebody".into(),
            key: None,
            at: self.now.calendar,
            body: Body::Text("hello".into()),
            mentions: mentions.clone(),
            call: None,
        };
        let entry = Entry::Append(append);
        // It is said and on disk at once: what waits is what the postman wants.
        let waiting = std::mem::take(&mut self.queue);
        self.model.begin(&entry);
        let came = self.node.apply(std::slice::from_ref(&entry)).remove(0);
        let news = self.model.apply(&entry, &came, self.now.ticks);
        self.queue = waiting;
        news.iter().for_each(|news| self.postman.hear(&self.model, news));
        let offset = self.model.room(room).expect("it is there").last();
        for person in mentions.into_iter().filter(|person| *person != author) {
            self.mentions.entry((person, room)).or_default().push(offset);
            if self.model.person(person).is_some_and(|person| person.is_here()) {
                self.know(person, room);
            }
        }
        self.know_read(author, room, offset);
    }

    fn know(&mut self, person: PersonId, room: RoomId) {
        let last = self.model.room(room).map_or(0, |room| room.last());
        let known = self.known.entry((person, room)).or_default();
        *known = last.max(*known);
    }

    /// What they have said themself, they have read up to.
    fn know_read(&mut self, person: PersonId, room: RoomId, offset: Offset) {
        let known = self.known.entry((person, room)).or_default();
        *known = offset.max(*known);
        self.told.remove(&(person, room));
    }

    fn read(&mut self, person: PersonId, room: RoomId) {
        let last = self.model.room(room).map_or(0, |room| room.last());
        let news = self.model.mark_read(room, person, last);
        if !news.is_empty() {
            self.told.remove(&(person, room));
        }
        news.iter().for_each(|news| self.postman.hear(&self.model, news));
        self.know(person, room);
        self.submit(Entry::MarkRead { room, person, read: last });
    }

    fn come(&mut self, person: PersonId) {
        let news = self.model.came(person, self.now.calendar);
        news.iter().for_each(|news| self.postman.hear(&self.model, news));
        [LOBBY, TEA].into_iter().for_each(|room| self.know(person, room));
        self.went.remove(&person);
    }

    fn go(&mut self, person: PersonId) {
        if self.model.person(person).is_some_and(|person| person.is_here()) {
            let mut news = self.model.went(person, self.now.calendar, self.now.ticks);
            news.extend(self.model.fade(person));
            news.iter().for_each(|news| self.postman.hear(&self.model, news));
            [LOBBY, TEA].into_iter().for_each(|room| self.know(person, room));
            self.went.insert(person, self.now.calendar);
            self.submit(Entry::Seen { person, at: self.now.calendar });
        }
    }

    fn pass_time(&mut self, passed: Millis) {
        self.now.ticks += passed;
        self.now.calendar += passed;
        self.look();
    }

    /// As on each tick.
    fn look(&mut self) {
        for entry in self.postman.plan(&self.model, self.now) {
            if let Entry::Dispatch { whom: Some(person), room, upto, .. } = &entry {
                let away = self.went.get(person).map(|went| self.now.calendar - went);
                assert!(away.is_some_and(|away| away >= 30_000), "{person} is away for {away:?}");
                self.check_dispatch(*person, *room, *upto);
            }
            self.submit(entry);
        }
        for step in self.postman.next(&self.model, self.now) {
            match step {
                Step::Send { delivery, .. } => {
                    let is_busy = self.away.iter().any(|other| other.target == delivery.target);
                    assert!(!is_busy, "two at once for {}", delivery.target);
                    assert!(!self.taken.contains(&delivery), "{delivery:?} goes out again");
                    self.away.push(delivery);
                }
                Step::Note(entry) => self.submit(entry),
            }
        }
    }

    /// One that was sent has arrived, or not; and it is known, or not.
    fn finish_one(&mut self) {
        if self.away.is_empty() {
            return;
        }
        let delivery = self.away.remove(self.dice.below(self.away.len()));
        let outcome = match self.dice.below(6) {
            0 => Outcome::Failed("it takes too long".into()),
            1 => answered(503, None),
            2 => answered(429, Some(self.dice.below(100) as u64)),
            _ => answered(200, None),
        };
        if outcome == answered(200, None) {
            self.taken.insert(delivery);
        }
        // Whoever takes too long may have got it all the same.
        if outcome == answered(200, None) || self.dice.below(2) == 0 {
            self.receive(delivery);
        }
        let chance = self.dice.below(1 << 30) as u64;
        if let Some(entry) =
            self.postman.judge(&self.model, delivery, (&outcome, chance.is_multiple_of(2)), self.now, chance)
        {
            self.submit(entry);
        }
        self.look();
    }

    /// One name is one thing, however often it comes.
    fn receive(&mut self, delivery: Delivery) {
        let after = self.model.delivery(delivery).expect("it is on its way").after;
        let first = *self.got.entry(delivery).or_insert(after);
        assert_eq!(first, after, "{delivery:?} was another one before");
    }

    /// What was on its way to the disk is lost, and what was sent may have arrived.
    fn kill(&mut self) {
        self.kills += 1;
        for delivery in std::mem::take(&mut self.away) {
            if self.dice.below(2) == 0 {
                self.receive(delivery);
            }
        }
        self.queue.clear();
        self.taken.clear();
        self.told.clear();
        for (person, rooms) in PEOPLE.map(|person| (person, [LOBBY, TEA])) {
            if self.model.person(person).is_some_and(|person| person.is_here()) {
                rooms.into_iter().for_each(|room| self.know(person, room));
            }
        }
        self.model = Model::new(rules(), self.node.load(100), self.now.ticks, "e");
        self.postman = Postman::new(&self.model, interval);
        let seen = |person| self.model.person(person).expect("nobody is forgotten").seen();
        self.went = PEOPLE.into_iter().map(|person| (person, seen(person))).collect();
    }

    /// Everybody goes, every target is well, and there is time.
    fn end(&mut self) {
        PEOPLE.into_iter().for_each(|person| self.go(person));
        let mut idle = 0;
        for _ in 0..2_000 {
            self.pass_time(30_000);
            for delivery in std::mem::take(&mut self.away) {
                self.receive(delivery);
                let judged =
                    self.postman.judge(&self.model, delivery, (&answered(200, None), false), self.now, 7);
                judged.into_iter().for_each(|entry| self.submit(entry));
            }
            self.write();
            let is_idle =
                self.model.deliveries().next().is_none() && self.queue.is_empty() && self.away.is_empty();
            // The next one may have to wait for its target.
            idle = if is_idle { idle + 1 } else { 0 };
            if idle > 3 {
                break;
            }
        }
        assert!(self.model.deliveries().next().is_none(), "something has not arrived");
    }

    fn check(&self) {
        let got = |target: Number, room| {
            self.got.iter().filter(move |(it, _)| (it.target, it.room) == (target, room))
        };
        for stored in self.model.targets() {
            let Serves::Room(room) = stored.target.serves else { continue };
            // Each event in one of them, and in no two.
            let mut upto = 0;
            for (delivery, after) in got(stored.number, room) {
                assert_eq!(*after, upto, "of room {room} to {}", stored.number);
                upto = delivery.upto;
            }
            assert_eq!(upto, self.model.room(room).expect("it is there").last(), "all went out");
        }
        for (&(person, room), mentions) in &self.mentions {
            let known = self.known.get(&(person, room)).copied().unwrap_or(0);
            let missed = mentions.iter().filter(|mention| **mention > known).max();
            let targets: Vec<Number> = self.model.targets_of(person).map(|stored| stored.number).collect();
            // One of their targets may have failed while another one rang.
            let told = targets.iter().flat_map(|&target| got(target, room)).map(|(it, _)| it.upto).max();
            assert!(
                targets.is_empty() || missed.copied() <= told,
                "{person} missed {missed:?} of {room}: {told:?}"
            );
        }
    }
}

fn add_target(serves: Serves) -> Entry {
    let (shape, discloses, url) = (Shape::Webhook, Discloses::Text, "http://127.0.0.1:1/".to_owned());
    let target = Target { serves, shape, url, secret: String::new(), discloses, is_free: true };
    let act = Act::AddTarget { target: Box::new(target) };
    Entry::Act(Deed { by: None, at: THEN, reason: String::new(), act })
}

fn answered(status: u16, retry_after: Option<u64>) -> Outcome {
    Outcome::Answered { status, retry_after, text: None, is_plain: false }
}

/// `POLLCAT_POSTMAN_RUNS` asks for more.
#[test]
fn all_goes_out_under_one_name_whenever_the_program_is_killed() {
    let runs = std::env::var("POLLCAT_POSTMAN_RUNS").ok().and_then(|runs| runs.parse().ok()).unwrap_or(60);
    let (mut kills, mut sent, mut repeated) = (0, 0, BTreeSet::new());
    for seed in 0..runs {
        println!("seed {seed}"); // is shown when the test fails
        let mut stage = Stage::new(seed * 7919 + 1);
        (0..400).for_each(|_| stage.step());
        stage.end();
        stage.check();
        kills += stage.kills;
        sent += stage.got.len();
        repeated.insert(stage.got.len());
    }
    assert!(kills as u64 > runs, "{kills} kills");
    assert!(sent as u64 > 10 * runs && repeated.len() > 1, "{sent} deliveries");
}
