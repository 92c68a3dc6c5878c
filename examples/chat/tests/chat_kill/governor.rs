//! Somebody who governs while the chat is killed: what the writers say is deleted and purged, and a few people are banned,
//! muted, put out, made ops and admins; a room is closed and opened, invites are made and revoked.

use std::sync::atomic::Ordering;
use std::time::Instant;

use pollcat_testing::dice::Dice;
use serde_json::{Value, json};

use crate::court::{Act, COURT, Court, Part, What};
use crate::erased::{Purge, Sentences};
use crate::line::{Cut, Line};
use crate::listener::{number, text};
use crate::talker::Stage;

/// Rounds of acts, before everything is looked at.
const ROUNDS: usize = 8;
/// Of each round.
const DELETIONS: usize = 3;

/// What is asked for, until it is answered: how it is refused if it was done before.
type Order = (Done, Value, &'static [&'static str]);

/// What is to be noted when it is answered.
enum Done {
    Act(What),
    Deletion(u64),
    Purge { person: u64, room: Option<&'static str>, asked: Instant },
    Look,
}

pub(crate) struct Governor {
    pub id: u64,
    pub token: String,
    /// Of the writers.
    pub writers: Vec<u64>,
    pub court: Court,
    pub dice: Dice,
    pub sentences: Sentences,
    pub acts: usize,
    deletions: usize,
    /// The connection, while there is one.
    line: Option<Line>,
}

impl Governor {
    pub(crate) fn new(id: u64, token: &str, writers: Vec<u64>, court: Court, dice: Dice) -> Self {
        let (token, sentences) = (token.to_owned(), Sentences { by: id, ..Sentences::default() });
        Governor { id, token, writers, court, dice, sentences, acts: 0, deletions: 0, line: None }
    }

    /// Goes on until it is done. Whatever was acknowledged is looked at after each time the chat was killed, and now and then.
    pub(crate) fn run(mut self, stage: &Stage) -> Self {
        while !stage.done.load(Ordering::Relaxed) {
            for _ in 0..=self.dice.below(ROUNDS) {
                self.act(stage);
            }
            self.look(stage);
        }
        self
    }

    /// In the end all that the writers have said is to go; it takes a while after the answer. Then only their last words are
    /// there.
    pub(crate) fn purge_everybody(&mut self, stage: &Stage) {
        let orders = self.writers.clone().into_iter().map(|writer| purge(writer, None)).collect();
        self.order(orders, stage);
    }

    /// Several at once, each about something else, so that it does not matter which is done first.
    fn act(&mut self, stage: &Stage) {
        let mut orders = self.think_of_deletions(stage);
        for part in Part::all(&self.court) {
            let act = self.court.think(part, &mut self.dice);
            orders.extend(act.map(|Act { what, request, already }| (Done::Act(what), request, already)));
        }
        if self.dice.one_in(6) {
            orders.push(self.think_of_a_purge());
        }
        self.order(orders, stage);
    }

    /// Things that writers have said lately.
    fn think_of_deletions(&mut self, stage: &Stage) -> Vec<Order> {
        let mut said = stage.said.lock().expect("nobody has panicked");
        let latest = said.len().saturating_sub(30);
        said.drain(..latest);
        let mut orders = Vec::new();
        while orders.len() < DELETIONS && !said.is_empty() {
            let place = self.dice.below(said.len());
            let (room, target) = said.swap_remove(place);
            self.deletions += 1;
            let id = format!("delete-{}-{}", self.id, self.deletions);
            let request = json!({"type": "delete", "id": id, "room": room, "offset": target});
            self.sentences.deleted.insert((room, target));
            // Its writer, or a purge, was faster; or it is no more kept.
            orders.push((Done::Deletion(target), request, &["no_such_event"][..]));
        }
        orders
    }

    fn think_of_a_purge(&mut self) -> Order {
        let person = self.dice.choose(&self.writers);
        let room = self.dice.choose(&[None, Some("tea"), Some("lobby"), Some("茶")]);
        purge(person, room)
    }

    /// Asks until everything is answered.
    fn order(&mut self, mut orders: Vec<Order>, stage: &Stage) {
        while !orders.is_empty() {
            if self.ask(&mut orders, stage).is_err() {
                self.line = None;
            }
        }
    }

    /// On one connection. What is left has no answer, or one that it is to be asked again.
    fn ask(&mut self, orders: &mut Vec<Order>, stage: &Stage) -> Result<(), Cut> {
        self.connect(stage)?;
        let line = self.line.as_mut().expect("it is there");
        for (_, request, _) in &*orders {
            line.send(request)?;
        }
        for _ in 0..orders.len() {
            let (place, answer) = loop {
                let object = line.next()?;
                if let Some(place) = orders.iter().position(|(_, request, _)| request["id"] == object["id"]) {
                    break (place, object);
                }
            };
            let (_, request, already) = &orders[place];
            match answer["code"].as_str() {
                Some("stopping") => return Err(Cut),
                Some("storage" | "busy") => {
                    stage.refused.fetch_add(u64::from(answer["code"] == "storage"), Ordering::Relaxed);
                    continue;
                }
                Some(code) => assert!(already.contains(&code), "{request}: {answer}"),
                None => _ = stage.acknowledged.fetch_add(1, Ordering::Relaxed),
            }
            let (done, ..) = orders.remove(place);
            self.acts += 1;
            match done {
                Done::Act(what) => self.court.is_done(what, &answer),
                Done::Deletion(target) if answer["type"] == "ack" => {
                    let at = (text(&answer, "room").to_owned(), number(&answer, "offset"));
                    self.sentences.deletions.insert(at, target);
                }
                Done::Deletion(_) => {}
                Done::Purge { person, room, asked } => {
                    let room = room.map(str::to_owned);
                    self.sentences.purges.push(Purge { person, room, asked, acknowledged: Instant::now() });
                }
                Done::Look => self.court.compare_invites(&answer),
            }
        }
        Ok(())
    }

    fn connect(&mut self, stage: &Stage) -> Result<(), Cut> {
        if self.line.is_none() {
            let mut line = Line::connect(stage.address);
            line.send(&json!({"type": "hello", "token": self.token}))?;
            let welcome = line.wait_for("welcome")?;
            assert_eq!(welcome["user"]["role"], "owner", "{welcome}");
            self.line = Some(line);
        }
        Ok(())
    }

    /// All that was acknowledged is so.
    pub(crate) fn look(&mut self, stage: &Stage) {
        let request = json!({"type": "invites", "id": "invites", "room": COURT});
        self.order(vec![(Done::Look, request, &[])], stage);
        for place in 0..self.court.people.len() {
            while self.court.visit(place, &mut Line::connect(stage.address), stage).is_err() {}
        }
    }
}

fn purge(person: u64, room: Option<&'static str>) -> Order {
    let id = format!("purge-{person}");
    let mut request = json!({"type": "purge", "id": id, "user": person, "since": "ever"});
    if let Some(room) = room {
        request["room"] = room.into();
    }
    (Done::Purge { person, room, asked: Instant::now() }, request, &[])
}
