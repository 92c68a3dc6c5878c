//! How far the chat has gone down, and what the service manager hears of it.

use std::time::Duration;

use pollcat::TimerId;

use crate::history::Millis;
use crate::run::notify::Notify;

/// How often the service manager hears how many are here, if that has changed.
const STATUS: Millis = 5_000;
/// How much more time it is asked for, on each tick, as long as the chat goes down.
const MORE_TIME: Duration = Duration::from_secs(30);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    Serving,
    /// Who was taken in is answered, until then at most.
    Answering(Millis),
    Draining,
    /// Nothing new is begun.
    Ending,
}

pub(super) struct Going {
    notify: Notify,
    /// The listeners are somebody else's, and stay when the program ends.
    pub has_lasting_sockets: bool,
    pub stage: Stage,
    /// Goes off when it is to be looked whether all have their answers.
    pub timer: Option<TimerId>,
    next_beat: Millis,
    next_status: Millis,
    told: String,
}

impl Going {
    pub(super) fn new() -> Self {
        Going {
            notify: Notify::default(),
            has_lasting_sockets: false,
            stage: Stage::Serving,
            timer: None,
            next_beat: 0,
            next_status: 0,
            told: String::new(),
        }
    }

    pub(super) fn under(&mut self, notify: Notify, has_lasting_sockets: bool) {
        self.notify = notify;
        self.has_lasting_sockets = has_lasting_sockets;
    }

    /// Has the chat been told to stop?
    pub(super) fn is_under_way(&self) -> bool {
        self.stage != Stage::Serving
    }

    /// The loop turns, with so many connections.
    pub(super) fn tell(&mut self, here: usize, now: Millis) {
        self.notify.tell_again();
        if let Some(each) = self.notify.beat_each().filter(|_| self.next_beat <= now) {
            self.notify.beat();
            self.next_beat = now + each.as_millis() as Millis;
        }
        let words = match self.stage {
            Stage::Serving => format!("serving {here} connections"),
            Stage::Answering(_) | Stage::Draining => format!("stopping: {here} connections are left"),
            Stage::Ending => "stopping: what is on its way goes to the disk".to_owned(),
        };
        if words != self.told && (self.next_status <= now || self.is_under_way()) {
            self.notify.status(&words);
            self.told = words;
            self.next_status = now + STATUS;
        }
        if self.is_under_way() {
            self.notify.more_time(MORE_TIME);
        }
    }

    /// The loop is over, and the history is closed.
    pub(super) fn tell_the_last(&self) {
        self.notify.status("stopping: the history is written and closed");
        self.notify.more_time(MORE_TIME);
    }
}
