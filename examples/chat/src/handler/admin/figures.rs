//! The figures of the admin page: how the chat is at this moment.

use std::collections::HashMap;
use std::fs;
use std::path::PathBuf;

use crate::history::{self, BackupState, Durability, Millis, Number, RoomId};
use crate::model::Model;
use crate::run::settings::Settings;
use crate::voices::json::admin::BackupTold;

/// Sizes of files are looked at so seldom.
const SIZES: Millis = 10_000;

/// What is counted for it, whether anybody looks or not.
#[derive(Debug)]
pub(super) struct Counted {
    since: Millis,
    /// Messages since the last second began, and when that was.
    said: u64,
    began: Millis,
    per_second: f64,
    /// The files of the history, and how large they were when they were looked at.
    files: Vec<PathBuf>,
    looked_at: Option<Millis>,
    bytes: u64,
    /// What nobody has looked at yet, and where it is.
    reports: HashMap<Number, RoomId>,
    /// As the history has told it last.
    backups: BackupState,
}

impl Counted {
    pub(super) fn new(settings: &Settings, reports: &[(Number, RoomId)], now: Millis) -> Self {
        let data = settings.data.as_deref().filter(|_| settings.durability != Durability::Memory);
        let files = data.map(|data| history::parts(&history::place(data)).to_vec());
        Counted {
            since: now,
            said: 0,
            began: now,
            per_second: 0.0,
            files: files.unwrap_or_default(),
            looked_at: None,
            bytes: 0,
            reports: reports.iter().copied().collect(),
            backups: BackupState::default(),
        }
    }

    /// Somebody has said something.
    pub(super) fn note_said(&mut self) {
        self.said += 1;
    }

    pub(super) fn note_report(&mut self, report: Number, room: RoomId, is_settled: bool) {
        if is_settled {
            self.reports.remove(&report);
        } else {
            self.reports.insert(report, room);
        }
    }

    pub(super) fn note_backups(&mut self, state: BackupState) {
        self.backups = state;
    }

    /// `None`: none are made by themselves.
    pub(super) fn backup(&self) -> Option<BackupTold<'_>> {
        let BackupState { is_planned, last, next, fault, .. } = &self.backups;
        is_planned.then_some(BackupTold {
            at: last.as_ref().map(|last| last.at),
            bytes: last.as_ref().map(|last| last.bytes),
            next: *next,
            fault: fault.as_ref().map(|(_, words)| &words[..]),
        })
    }

    /// Is a second over?
    pub(super) fn pass_time(&mut self, now: Millis) -> bool {
        let passed = now - self.began;
        if passed < 1_000 {
            return false;
        }
        self.per_second = (self.said * 10_000 / passed as u64) as f64 / 10.0;
        (self.said, self.began) = (0, now);
        true
    }

    pub(super) fn per_second(&self) -> f64 {
        self.per_second
    }

    pub(super) fn up_seconds(&self, now: Millis) -> i64 {
        (now - self.since) / 1_000
    }

    pub(super) fn disk_bytes(&mut self, now: Millis) -> u64 {
        if self.looked_at.is_none_or(|at| at + SIZES <= now) {
            self.looked_at = Some(now);
            self.bytes = self.files.iter().filter_map(|file| Some(fs::metadata(file).ok()?.len())).sum();
        }
        self.bytes
    }

    /// Those that the page lists. Those of a room that is gone went with it.
    pub(super) fn count_reports(&mut self, model: &Model) -> usize {
        self.reports.retain(|_, room| model.room(*room).is_some());
        self.reports.values().filter(|&&room| model.is_reviewed_on_page(room)).count()
    }
}
