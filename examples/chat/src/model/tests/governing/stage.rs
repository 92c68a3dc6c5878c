//! One run: a model, its history, a plain memory of who may do what, and what is on its way between them.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use pollcat_testing::dice::Dice;

use super::acts::TITLES;
use super::outside::LISTED;
use super::plain::Plain;
use crate::history::{
    Act, Append, Avatar, Body, Deed, Entry, Failure, Governed, Loaded, Millis, Node, OPERATOR, PersonId,
    Picture, Restraint, RoomId, RoomKind,
};
use crate::model::outside::Outside;
use crate::model::{Model, Rules, names};
use crate::news::{Change, News};
use crate::rights::Role;
use crate::words::Filter;

pub(super) const RULES: Rules = Rules {
    max_name: 24,
    max_room_name: 24,
    max_message: 400,
    max_people: 40,
    max_rooms: 6,
    max_rooms_per_person: 5,
    max_members: 20,
    recent: 5,
    hook_rate: 60,
    push_hosts: Vec::new(),
};
const EPOCH: &str = "the first lobby";
/// Long after today: when it is opened, the history ends what is over by its own calendar.
const THEN: Millis = 4_000_000_000_000;
const PEOPLE: usize = 8;
pub(super) const NAMES: [&str; 14] = [
    "anna", "bert", "cora", "dora", "emma", "fred", "greta", "hugo", "jana", "karl", "mona", "nora", "otto",
    "paula",
];

pub(super) struct Stage {
    pub dice: Dice,
    pub live: Model,
    follower: Model,
    node: Node,
    pub plain: Plain,
    queue: VecDeque<Entry>,
    pub at: Millis,
    pub steps: u64,
    /// What has happened, to see that everything does.
    pub seen: BTreeSet<&'static str>,
}

fn rules() -> Rules {
    Rules { push_hosts: vec![LISTED.to_owned()], ..RULES }
}

fn words() -> Filter {
    Filter::parse("spam\ndarn = mask\nhm = review\n").unwrap()
}

impl Stage {
    pub(super) fn new(dice: Dice, node: Node) -> Self {
        let fresh = || Loaded { next_person: 1, next_room: 1, ..Loaded::default() };
        let [live, follower] = [(); 2].map(|()| Model::new(rules(), fresh(), 0, EPOCH));
        let (plain, queue, seen) =
            (Plain { next_person: 1, ..Plain::default() }, VecDeque::new(), BTreeSet::new());
        let mut stage = Stage { dice, live, follower, node, plain, queue, at: THEN, steps: 0, seen };
        assert!(TITLES.iter().all(|title| names::fold_room(title) == *title));
        stage.live.set_words(words());
        let lobby = stage.live.missing_lobby(THEN).expect("there is none yet");
        stage.submit(lobby);
        stage.answer_all();
        (0..PEOPLE).for_each(|_| stage.arrive());
        for (person, role) in [(1, Role::Owner), (2, Role::Admin)] {
            let act = Act::Role { person, role };
            stage.apply(Entry::Act(Deed { by: None, at: THEN, reason: String::new(), act }));
        }
        let robot = stage.live.robot_entry(Some(("xiaoai", true)), THEN).expect("it may be called so");
        stage.submit(robot.expect("there is none yet"));
        stage.answer_all();
        stage
    }

    pub(super) fn step(&mut self) {
        self.steps += 1;
        self.at += *[0, 1, 500, 2_000, 60_000, 600_000].get(self.dice.below(6)).unwrap_or(&0);
        match self.dice.below(27) {
            0 => self.arrive(),
            1 => self.rename(),
            2 => {
                self.seen.insert("lapse");
                let at = self.at;
                self.submit(Entry::Lapse { at });
            }
            3..=7 => self.do_anything(),
            8..=10 => self.speak(),
            11 => self.pass_time(),
            12..=14 => self.say_anything(),
            15..=18 => self.go_outside(),
            _ => self.intend(),
        }
        if self.dice.one_in(3) {
            self.answer_all();
        }
        self.look_for_leaks();
        self.look_at_names();
    }

    /// Everything is answered; and the history is opened again. Guests do not come back, and are forgotten then.
    pub(super) fn rest(&mut self) {
        self.answer_all();
        let is_over = |person: &PersonId| {
            self.plain.people[person].is_guest && !self.plain.has_restraint(Restraint::Ban, *person, None)
        };
        let guests: Vec<PersonId> = self.plain.people.keys().copied().filter(is_over).collect();
        for person in guests {
            self.apply(Entry::Forget { person, away: None });
        }
        let governed = self.live.govern.governed();
        // Which reports were dropped without a word, only the one hears who asks for them.
        let followed = Governed { reports: governed.reports.clone(), ..self.follower.govern.governed() };
        assert_eq!(followed, governed, "the follower, and who was followed");
        let outside = self.live.outside.kept();
        assert_eq!(self.follower.outside.kept(), outside, "the follower, and who was followed");
        self.look_outside();
        self.look_at_members();
        let [loaded, again] = [(); 2].map(|()| self.node.load(RULES.recent));
        assert_eq!(Outside::new(loaded.outside.clone()).kept(), outside, "the history, and memory");
        for stored in &loaded.rooms {
            let calls = self.live.room(stored.id).map(|room| room.calls_after(0));
            assert_eq!(calls, Some(&stored.calls[..]), "{stored:?}");
        }
        // Of what is not in memory nobody knows when it was said.
        self.plain.called.clear();
        let kept = sorted(loaded.governed.clone());
        // What was held back of somebody may be dropped without a word.
        assert!(kept.reports.iter().all(|report| governed.reports.contains(report)), "{kept:?}");
        let reports = kept.reports.clone();
        assert_eq!(kept, Governed { reports, ..governed }, "the history, and memory");
        assert_eq!(
            kept.reports,
            self.plain.reports.iter().map(|(&number, &room)| (number, room)).collect::<Vec<_>>()
        );
        let erasing = kept.erasing.iter().map(|it| (it.work, it.name.clone()));
        assert_eq!(erasing.collect::<BTreeMap<_, _>>(), self.plain.withheld);
        let keys = |bot| self.plain.keys.values().filter(|key| key.bot == bot && key.room.is_none()).count();
        let sessions = |person| self.plain.sessions.values().filter(|whose| **whose == person).count();
        let people = self.plain.people.iter().map(|(&id, it)| (id, sessions(id) + keys(id), it.is_guest));
        let are_kept = loaded.people.iter().filter(|it| !it.is_gone);
        let are_kept = are_kept.map(|it| (it.id, it.tokens.len(), it.is_guest));
        assert_eq!(are_kept.collect::<Vec<_>>(), people.collect::<Vec<_>>());
        self.live = Model::new(rules(), loaded, 0, EPOCH);
        self.follower = Model::new(rules(), again, 0, EPOCH);
        self.live.set_words(words());
        self.look_at_members();
    }

    /// Who is in which room, and governs it.
    fn look_at_members(&self) {
        for (model, (&id, room)) in [&self.live, &self.follower]
            .into_iter()
            .flat_map(|it| self.plain.rooms.iter().map(move |room| (it, room)))
        {
            let members: BTreeSet<PersonId> = model.members(id).iter().collect();
            assert_eq!(members, room.members, "{room:?}");
            assert_eq!(model.ops_of(id).collect::<BTreeSet<_>>(), room.ops);
        }
    }

    // ---- entries

    pub(super) fn submit(&mut self, entry: Entry) {
        self.live.begin(&entry);
        self.queue.push_back(entry);
    }

    pub(super) fn answer_all(&mut self) {
        while let Some(entry) = self.queue.pop_front() {
            self.apply(entry);
        }
    }

    /// The history carries out what the plain table allows, and nothing else.
    pub(super) fn apply(&mut self, entry: Entry) -> bool {
        let may = self.plain.may(&entry);
        let outcome = self.node.apply(std::slice::from_ref(&entry)).remove(0);
        let is_full = matches!(outcome, Err(Failure::Busy));
        assert!(outcome.is_ok() == may || is_full, "{entry:?} {outcome:?}\n{:#?}", self.plain);
        self.note(&entry, may);
        let members = self.members_of(&entry);
        self.plain.apply(&entry, &outcome);
        if let Entry::Arrive { person, .. } | Entry::AddToken { person, .. } = &entry {
            let newest = self.node.sessions(*person).pop();
            self.plain.sessions.extend(newest.map(|session| (session, *person)));
        }
        let news = self.live.apply(&entry, &outcome, 0);
        if outcome.is_ok() {
            self.follower.apply(&entry, &outcome, 0);
        }
        news.iter().for_each(|news| self.look_at_news(news, &members));
        may
    }

    fn note(&mut self, entry: &Entry, may: bool) {
        let is_of_another = |append: &Append| match append.body {
            Body::Deletion { target } => {
                self.plain.rooms[&append.room].said[target as usize - 1].0 != Some(append.author)
            }
            _ => false,
        };
        let what = match entry {
            Entry::Act(deed) if may => deed.act.word(),
            Entry::Act(_) => "no longer allowed",
            Entry::SetLevel { .. } if may => "level",
            Entry::Append(append) if may && append.call.is_some() => "call",
            Entry::Append(append)
                if may && self.plain.robot.is_some_and(|it| append.mentions.contains(&it)) =>
            {
                "asked"
            }
            Entry::Append(append) if may && is_of_another(append) => "taken back from another",
            Entry::Append(append) if may && self.plain.rooms[&append.room].kind == RoomKind::Direct => {
                "said in private"
            }
            _ => return,
        };
        self.seen.insert(what);
    }

    /// Who was in the room that an entry is about, before it.
    fn members_of(&self, entry: &Entry) -> BTreeSet<PersonId> {
        let room = match entry {
            Entry::Act(Deed { act: Act::RemoveRoom { room }, .. }) => room,
            _ => return BTreeSet::new(),
        };
        self.plain.rooms.get(room).map(|room| room.members.clone()).unwrap_or_default()
    }

    /// Of a private room nothing is told to everybody.
    fn look_at_news(&self, news: &News, members: &BTreeSet<PersonId>) {
        match news {
            News::Created { room } => assert_eq!(self.plain.rooms[room].kind, RoomKind::Public),
            News::Removed { kind, name, .. } => {
                assert_eq!(*kind == RoomKind::Private, name.starts_with('+'), "{name}");
            }
            News::Done { change: Change::RoomRemoved { members: told, name, kind, .. }, .. } => {
                assert_eq!(told.iter().copied().collect::<BTreeSet<_>>(), *members);
                assert_eq!(*kind == RoomKind::Private, name.starts_with('+'), "{name}");
            }
            News::Joined { room, who } => assert!(self.plain.rooms[room].members.contains(&who.id)),
            _ => {}
        }
    }

    // ---- coming

    pub(super) fn arrive(&mut self) {
        if self.plain.people.len() - self.plain.bots.len() >= PEOPLE + 2 {
            return;
        }
        let name = self.dice.choose(&NAMES).to_owned();
        let Ok(name) = self.live.grant(&name) else { return };
        self.assert_free(&name, OPERATOR);
        let mut token = [0; 32];
        token[..8].copy_from_slice(&self.live.next_person().unwrap().to_le_bytes());
        let token = Some(token).filter(|_| self.live.next_person().unwrap() <= 2 || !self.dice.one_in(4));
        let arrival = self.live.arrive(Some(name), token, self.at).expect("there is room");
        self.submit(arrival.arrive);
        self.submit(arrival.join);
        self.answer_all();
        self.live.came(arrival.person, self.at);
    }

    fn pass_time(&mut self) {
        // Not somebody who is banned, and no room that somebody is in.
        self.answer_all();
        let removable = self.live.removable(Millis::MAX, 10);
        assert!(removable.iter().all(|entry| self.plain.may(entry)), "{removable:?}\n{:#?}", self.plain);
        removable.into_iter().take(1).for_each(|entry| self.submit(entry));
        for person in self.live.people.overdue(Millis::MAX, PEOPLE) {
            let is_kept = self.plain.people[&person].role > Role::Member;
            assert!(
                !is_kept && self.plain.may(&Entry::Forget { person, away: None }),
                "{person}\n{:#?}",
                self.plain
            );
        }
        if self.dice.one_in(6) {
            let people: Vec<PersonId> = self.plain.people.keys().copied().collect();
            let person = self.dice.choose(&people);
            // Owners are not forgotten by the model, and the history does as it is told.
            if self.plain.people[&person].role == Role::Member && !self.plain.bots.contains(&person) {
                self.submit(Entry::Forget { person, away: None });
            }
        }
        if self.dice.one_in(4) {
            let person = 1 + self.dice.below(self.plain.next_person as usize - 1) as PersonId;
            let n = self.steps;
            let mut token = [1; 32];
            token[..8].copy_from_slice(&n.to_le_bytes());
            self.submit(Entry::AddToken { person, token, at: self.at, code: None });
            let (id, media_type) = (format!("picture {n}"), "image/png");
            let picture = Picture { id, media_type, width: 1, height: 1, size: 1 };
            let avatar = Some(Avatar { picture, bytes: [7].as_slice().into() });
            self.submit(Entry::Avatar { person, avatar });
        }
        let work = self.plain.withheld.keys().next().copied();
        if let Some(purge) = work.filter(|_| self.dice.one_in(3)) {
            self.submit(Entry::Purged { purge });
        }
    }

    // ---- names

    /// Nobody has this name, is about to, or has had it and is being erased.
    pub(super) fn assert_free(&self, name: &str, except: PersonId) {
        // Whoever is being forgotten has none.
        let is_meant = |id: PersonId| id != except && self.live.person(id).is_some();
        let others = self.plain.people.iter().filter(|(id, _)| is_meant(**id)).map(|(_, it)| &it.name);
        let taken: Vec<_> =
            others.chain(self.plain.withheld.values()).filter(|other| *other == name).collect();
        assert!(taken.is_empty(), "{name} is taken, and was promised");
    }

    fn look_at_names(&self) {
        for (&id, somebody) in &self.plain.people {
            if let Some(person) = self.live.person(id) {
                assert_eq!(person.name(), somebody.name);
                assert_eq!(self.live.called(&somebody.name), Some(id));
            }
        }
    }

    /// Private talks are many: those only now and then.
    pub(super) fn rooms(&mut self) -> Vec<RoomId> {
        let is_any = self.dice.one_in(4);
        let rooms = self.plain.rooms.iter().filter(|(_, it)| is_any || it.kind != RoomKind::Direct);
        rooms.map(|(&id, _)| id).collect()
    }
}

/// In the order of the model's tables.
fn sorted(mut governed: Governed) -> Governed {
    governed.restraints.sort_unstable_by_key(|it| (it.person, it.room, it.restraint));
    governed
}
