//! Somebody who wants to be reminded, each time in other words, shortly before the chat is killed.

use std::net::SocketAddr;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use pollcat_chat_testing::json::Json;
use pollcat_testing::client::PATIENCE;
use pollcat_testing::dice::Dice;
use serde_json::json;

use crate::ROBOT;
use crate::deliveries::{Stored, stored};

/// Each talks with the robot in private, and is answered so often in a minute that they take turns.
const PEOPLE: usize = 20;

pub(crate) struct Asker {
    address: SocketAddr,
    dice: Dice,
    people: Vec<String>,
    /// What they are to be reminded of, and whether that was promised.
    asked: Vec<(String, bool)>,
}

impl Asker {
    pub(crate) fn new(address: SocketAddr, dice: Dice) -> Self {
        let people = (0..PEOPLE).map(|_| Json::hello(address, json!({})).token).collect();
        Asker { address, dice, people, asked: Vec::new() }
    }

    /// Sometimes nobody waits for the answer.
    pub(crate) fn ask(&mut self) {
        let text = format!("kettle {}.", self.asked.len());
        let token = &self.people[self.asked.len() % PEOPLE];
        let mut person = Json::hello(self.address, json!({"token": token}));
        let words = format!("remind {} seconds {text}", 1 + self.dice.below(3));
        person.send(&json!({"type": "message", "to": ROBOT, "msg": words}));
        let waits = !self.dice.one_in(3);
        if waits {
            person.wait_for("the promise", |it| {
                it["from"] == ROBOT && it["msg"].as_str().is_some_and(|it| it.starts_with("OK: reminder"))
            });
        }
        self.asked.push((text, waits));
    }

    pub(crate) fn promised(&self) -> usize {
        self.asked.iter().filter(|(_, is_promised)| *is_promised).count()
    }

    pub(crate) fn wait_until_rung(&self, data: &Path) {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let stored = stored(data);
            let mut promised = self.asked.iter().filter(|(_, is_promised)| *is_promised);
            if promised.all(|(text, _)| rings(&stored, text) > 0) {
                return;
            }
            assert!(Instant::now() < deadline, "not everybody is reminded");
            thread::park_timeout(Duration::from_millis(100)); // leaves the processor to the program
        }
    }

    /// What was promised has rung once; what was only asked for, at most once. How often it has rung.
    pub(crate) fn compare(&self, stored: &Stored) -> usize {
        for (text, is_promised) in &self.asked {
            let times = rings(stored, text);
            assert!(times == 1 || (times == 0 && !is_promised), "{text:?} has rung {times} times");
        }
        rings(stored, "")
    }
}

fn rings(stored: &Stored, text: &str) -> usize {
    let events = stored.values().flatten();
    events.filter(|(said, _)| said.contains('⏰') && said.ends_with(text)).count()
}
