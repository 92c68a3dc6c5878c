//! What an entry changes in these tables, and what is told of it.

use super::Outside;
use crate::history::{
    Act, BotKind, By, Deed, Delivery, Done, Entry, Event, KeyKind, Level, MAKER_IS_OUT, MOST_QUESTIONS,
    Millis, Number, Offset, PersonId, ROBOT_HOOK, Reminder, Robot, RoomId, RoomKind, StoredBot,
    StoredDelivery, StoredKey, StoredTarget,
};
use crate::model::names::Keys;
use crate::model::person::Person;
use crate::model::tables::Model;
use crate::news::{Change, News};

impl Model {
    /// One of the entries about the world outside was carried out.
    pub(in crate::model) fn carry_out_outside(
        &mut self,
        entry: &Entry,
        done: &Done,
        now: Millis,
    ) -> Vec<News> {
        let outside = &mut self.outside;
        match entry {
            Entry::Robot { robot, at } => return self.set_robot(robot.as_ref(), *at, now),
            &Entry::SetLevel { room, person, level } => return self.set_level(room, person, level),
            Entry::SeeKey { key, at } => {
                if let Some(key) = outside.keys.get_mut(key) {
                    key.seen = key.seen.max(Some(*at));
                }
            }
            Entry::Dispatch { whom, targets, room, after, upto, at } => {
                outside.dispatch(*whom, targets, *room, (*after, *upto), *at);
            }
            Entry::Delivered { delivery } => return outside.delivered(*delivery),
            Entry::Postponed { delivery, due, fault } => return outside.postponed(*delivery, *due, fault),
            Entry::Dropped { delivery, fault, is_off } => {
                return outside.dropped(*delivery, fault.as_deref(), *is_off);
            }
            Entry::Remind { reminder } => {
                if let Done::Numbered(number) = done {
                    outside.reminders.made(*number, Reminder::clone(reminder), now);
                }
            }
            Entry::Unremind { reminder, .. } => outside.reminders.remove(*reminder),
            Entry::Ring { reminder, said } => {
                outside.reminders.remove(*reminder);
                if let Done::Appended { room, offset, at, repeated: false } = done {
                    return self.said(said, *room, *offset, *at);
                }
            }
            _ => {}
        }
        Vec::new()
    }

    /// One of the acts about it was.
    pub(in crate::model) fn carry_out_act_outside(
        &mut self,
        deed: &Deed,
        done: &Done,
        now: Millis,
    ) -> Vec<News> {
        let told = |changes: Vec<Change>| -> Vec<News> {
            let news = |change| News::Done { by: deed.by, reason: deed.reason.clone(), change };
            changes.into_iter().map(news).collect()
        };
        let number = if let Done::Numbered(number) = done { Some(*number) } else { None };
        let changes = match &deed.act {
            Act::MakeBot { bot, name, room, .. } => {
                self.make_bot((*bot, name), BotKind::Bot, deed.by, deed.at);
                let brought = self.let_in(*room, *bot).map(|who| Change::BroughtIn { room: *room, who });
                std::iter::once(Change::Bot { bot: *bot }).chain(brought).collect()
            }
            Act::GiveKey { bot, key, kind, room, pace } => {
                let brought = self.let_in(*room, *bot).map(|who| Change::BroughtIn { room: *room, who });
                if let Some(number) = number {
                    let room = (*kind == KeyKind::Hook).then_some(*room);
                    let (bot, kind, pace, by, since) = (*bot, *kind, *pace, deed.by, deed.at);
                    let key = StoredKey { number, key: *key, bot, kind, room, pace, by, since, seen: None };
                    if kind == KeyKind::Token {
                        self.people.add_token(bot, key.key);
                    }
                    self.outside.insert_key(key);
                }
                std::iter::once(Change::Bot { bot: *bot }).chain(brought).collect()
            }
            Act::RevokeKey { key } => {
                let Some(key) = self.outside.remove_key(*key) else { return Vec::new() };
                self.people.end_session(&key.key);
                let ended = Change::SessionEnded { person: key.bot, token: key.key };
                vec![ended, Change::Bot { bot: key.bot }]
            }
            Act::RemoveBot { bot } => {
                let keys: Vec<Number> = self.keys_of(*bot).map(|key| key.number).collect();
                keys.into_iter().for_each(|key| _ = self.outside.remove_key(key));
                let mut news = told(vec![Change::Kicked { person: *bot }]);
                news.extend(self.retire(*bot, now));
                news.extend(told(vec![Change::Bot { bot: *bot }]));
                return news;
            }
            Act::AddTarget { target } => {
                let upto =
                    target.serves.room().and_then(|room| self.rooms.get(room)).map_or(0, |it| it.last());
                let stored = number.map(|number| StoredTarget {
                    number,
                    target: (**target).clone(),
                    by: deed.by,
                    made: deed.at,
                    old_secret: None,
                    upto,
                    sent: 0,
                    dropped: 0,
                    fault: None,
                    is_off: false,
                });
                stored.into_iter().for_each(|stored| self.outside.insert_target(stored));
                Vec::new()
            }
            Act::DropTarget { target } => {
                self.outside.drop_target(*target);
                Vec::new()
            }
            Act::RotateTarget { target, secret, until } => {
                if let Some(stored) = self.outside.targets.get_mut(target) {
                    let old = std::mem::replace(&mut stored.target.secret, secret.clone());
                    stored.old_secret = Some((old, *until));
                }
                Vec::new()
            }
            _ => Vec::new(),
        };
        told(changes)
    }

    /// A bot is on its way to the disk: nobody else gets its name or number.
    pub(in crate::model) fn begin_to_make_bot(&mut self, bot: PersonId, name: &str, made: Millis) {
        self.person_numbers.pass(bot);
        if self.people.knows(bot) {
            return;
        }
        let person = Person::new(bot, name.to_owned(), None, made);
        self.people.insert(Person { is_guest: false, is_silent: false, ..person });
        self.outside.making.insert(bot);
    }

    /// It could not be made.
    pub(in crate::model) fn unmake_bot(&mut self, bot: PersonId) {
        if self.outside.making.remove(&bot) {
            self.people.remove(bot);
        }
    }

    fn make_bot(&mut self, (bot, name): (PersonId, &str), kind: BotKind, by: By, made: Millis) {
        self.begin_to_make_bot(bot, name, made);
        self.outside.making.remove(&bot);
        let made = StoredBot { person: bot, kind, by, made, is_gone: false, has_hook: false };
        self.outside.bots.insert(bot, made);
        if kind == BotKind::Robot {
            self.outside.robot = Some(bot);
        }
        self.people.meet(bot);
        self.keep(bot);
    }

    /// The robot's name is on its way.
    pub(in crate::model) fn begin_robot(&mut self, robot: &Robot, at: Millis) {
        match self.robot() {
            Some(old) if self.name_of(old) != robot.name => {
                self.people.reserve(old, &Keys::of_person(&robot.name));
            }
            Some(_) => {}
            None => self.begin_to_make_bot(robot.person, &robot.name, at),
        }
    }

    pub(in crate::model) fn give_up_robot(&mut self, robot: &Robot) -> Vec<News> {
        match self.robot() {
            Some(old) => self.renamed(old, &robot.name, false),
            None => {
                self.unmake_bot(robot.person);
                Vec::new()
            }
        }
    }

    /// The robot is another one now, is called otherwise, or is gone.
    fn set_robot(&mut self, robot: Option<&Robot>, at: Millis, now: Millis) -> Vec<News> {
        let old = self.outside.robot();
        let Some(robot) = robot else {
            self.outside.set_hook(false);
            return old.map_or(Vec::new(), |old| self.retire(old, now));
        };
        let news = match old.and_then(|old| self.people.get(old)) {
            Some(person) if person.name() == robot.name => Vec::new(),
            Some(person) => {
                let id = person.id();
                self.renamed(id, &robot.name, true)
            }
            None => {
                self.make_bot((robot.person, &robot.name), BotKind::Robot, None, at);
                Vec::new()
            }
        };
        self.outside.set_hook(robot.has_hook);
        news
    }

    /// A bot is gone, and what it said was said by a bot.
    fn retire(&mut self, bot: PersonId, now: Millis) -> Vec<News> {
        if let Some(stored) = self.outside.bots.get_mut(&bot) {
            (stored.is_gone, stored.has_hook) = (true, false);
        }
        if self.outside.robot == Some(bot) {
            self.outside.robot = None;
        }
        self.forgotten(bot, now)
    }

    fn set_level(&mut self, room: RoomId, person: PersonId, level: Option<Level>) -> Vec<News> {
        let old = match level {
            Some(level) => self.outside.levels.insert((room, person), level),
            None => self.outside.levels.remove(&(room, person)),
        };
        if old == level { Vec::new() } else { vec![News::Level { room, person, level }] }
    }
}

impl Model {
    /// What is said in a private room goes to nobody who is not in it: a target of it is off when its maker has left, or was not in it
    /// when it became private. `history/outbox.rs` does the same on disk.
    pub(in crate::model) fn end_targets_of_outsiders(&mut self, room: RoomId) {
        let Model { rooms, membership, outside, .. } = self;
        if rooms.get(room).is_some_and(|room| room.kind() == RoomKind::Private) {
            outside.end_targets(room, |by| by.is_some_and(|person| membership.is_member(person, room)));
        }
    }

    /// What has come of that, whatever the cause was.
    pub(in crate::model) fn tell_ended(&mut self, news: &mut Vec<News>) {
        news.extend(self.outside.ended.drain(..).map(|target| News::Target { target }));
    }
}

impl Outside {
    fn end_targets(&mut self, room: RoomId, may_hear: impl Fn(By) -> bool) {
        let Outside { of_rooms, targets, deliveries, ended, .. } = self;
        for number in of_rooms.get(&room).into_iter().flatten() {
            let Some(stored) = targets.get_mut(number) else { continue };
            if !stored.is_off && !may_hear(stored.by) {
                stored.is_off = true;
                stored.fault = Some(MAKER_IS_OUT.to_owned());
                deliveries.remove_of_room(*number, room);
                ended.push(*number);
            }
        }
    }

    /// Whether a program answers for the robot. If none does, nothing is on its way to it.
    fn set_hook(&mut self, has_hook: bool) {
        let robot = self.robot().and_then(|robot| self.bots.get_mut(&robot));
        if let Some(robot) = robot {
            robot.has_hook = has_hook;
        }
        if !has_hook {
            self.deliveries.remove_of(ROBOT_HOOK);
        }
    }

    /// Somebody has said something. If it asks the robot, and a program answers for that, it is on its way.
    pub(in crate::model) fn note_question(&mut self, event: &Event, room: RoomId) {
        let robot = self.robot().and_then(|robot| self.bots.get(&robot)).filter(|robot| robot.has_hook);
        let is_asked = robot.is_some_and(|robot| event.mentions.contains(&robot.person));
        if is_asked && !self.bots.contains_key(&event.author) && self.questions() < MOST_QUESTIONS {
            let delivery = Delivery { target: ROBOT_HOOK, room, upto: event.offset };
            let (after, at) = (event.offset - 1, event.at);
            self.deliveries.insert(StoredDelivery { delivery, after, made: at, due: at, tries: 0 });
        }
    }

    /// So many are on their way to the program that answers for the robot.
    fn questions(&self) -> usize {
        self.deliveries.of(ROBOT_HOOK).count()
    }

    /// Secrets sign no longer than this.
    pub(in crate::model) fn lapse(&mut self, at: Millis) {
        for stored in self.targets.values_mut() {
            stored.old_secret.take_if(|(_, until)| *until <= at);
        }
    }

    /// What was said in a room before this offset is there no longer.
    pub(in crate::model) fn prune(&mut self, room: RoomId, before: Offset) {
        self.deliveries.remove_each(|delivery| delivery.room == room && delivery.upto < before);
    }

    fn dispatch(
        &mut self,
        whom: Option<PersonId>,
        targets: &[Number],
        room: RoomId,
        (after, upto): (Offset, Offset),
        at: Millis,
    ) {
        for &target in targets {
            let delivery = Delivery { target, room, upto };
            let stored = StoredDelivery { delivery, after, made: at, due: at, tries: 0 };
            self.deliveries.insert(stored);
            if let Some(stored) = self.targets.get_mut(&target).filter(|_| whom.is_none()) {
                stored.upto = stored.upto.max(upto);
            }
        }
        if let Some(person) = whom {
            let told = self.told.entry((room, person)).or_default();
            *told = upto.max(*told);
        }
    }

    fn delivered(&mut self, delivery: Delivery) -> Vec<News> {
        if !self.deliveries.remove(delivery) {
            return Vec::new();
        }
        let Some(stored) = self.targets.get_mut(&delivery.target) else { return Vec::new() };
        stored.sent += 1;
        match stored.fault.take() {
            Some(_) => vec![News::Target { target: delivery.target }],
            None => Vec::new(),
        }
    }

    fn postponed(&mut self, delivery: Delivery, due: Millis, fault: &str) -> Vec<News> {
        if !self.deliveries.postpone(delivery, due) {
            return Vec::new();
        }
        let Some(stored) = self.targets.get_mut(&delivery.target) else { return Vec::new() };
        let is_new = stored.fault.is_none();
        stored.fault = Some(fault.to_owned());
        if is_new { vec![News::Target { target: delivery.target }] } else { Vec::new() }
    }

    fn dropped(&mut self, delivery: Delivery, fault: Option<&str>, is_off: bool) -> Vec<News> {
        if !self.deliveries.remove(delivery) {
            return Vec::new();
        }
        let Some(stored) = self.targets.get_mut(&delivery.target) else { return Vec::new() };
        let Some(fault) = fault else { return Vec::new() };
        stored.dropped += 1;
        stored.fault = Some(fault.to_owned());
        stored.is_off |= is_off;
        if is_off {
            self.deliveries.remove_of(delivery.target);
        }
        vec![News::Target { target: delivery.target }]
    }
}
