//! The same entries make the same tables, wherever and however they are applied.

use std::collections::BTreeSet;

use rusqlite::Connection;
use sha2::{Digest, Sha256};

use super::super::comparing::{self, LASTS};
use super::chance::{a_beginning, a_story, any_deed, any_other};
use super::model::any_entry;
use super::node::Node;
use super::outside_chance::{a_story_outside, any_outside};
use super::searching::Dice;
use super::*;

/// What only one file needs: its search index and how far that is, how far a purge has looked, its run, its machine's clock.
/// Which log it follows, and how far it is there, are of another kind: they have to do with no entry.
const OWN: [&str; 16] = [
    "state.log_id",
    "state.log_place",
    "state.log_digest",
    "state.log_last",
    "producers.id",
    "producers.last",
    "state.one",
    "state.indexed",
    "state.index_form",
    "state.believed",
    "state.newest",
    "state.incomplete",
    "state.run",
    "erasures.event",
    "erasures.grams",
    "purges.mark",
];

/// Everything that lasts, a row in each line.
pub(super) fn tables(connection: &Connection) -> String {
    let mut text = String::new();
    for (table, columns, order) in LASTS {
        let columns: Vec<_> = columns.split(' ').map(|column| format!("quote({column})")).collect();
        let sql = format!("SELECT {} FROM {table} ORDER BY {order}", columns.join(" || ' ' || "));
        let mut rows = connection.prepare(&sql).unwrap();
        for row in rows.query_map([], |row| row.get::<_, String>(0)).unwrap() {
            text += &format!("{table}: {}\n", row.unwrap());
        }
    }
    text
}

/// The same but for what is 0, empty or NULL, whatever order the columns have: a column or a table that older entries know nothing of is
/// not seen in it.
pub(super) fn filled(connection: &Connection) -> String {
    let mut text = String::new();
    for (table, columns, order) in LASTS {
        let mut names: Vec<_> = columns.split(' ').collect();
        names.sort_unstable();
        let quoted: Vec<_> = names.iter().map(|name| format!("quote({name})")).collect();
        let mut rows = connection
            .prepare(&format!("SELECT {} FROM {table} ORDER BY {order}", quoted.join(", ")))
            .unwrap();
        let mut rows = rows.query([]).unwrap();
        while let Some(row) = rows.next().unwrap() {
            text += table;
            for (column, name) in names.iter().enumerate() {
                let value: String = row.get(column).unwrap();
                if !["0", "''", "X''", "NULL"].contains(&&*value) {
                    text += &format!(" {name} {value}");
                }
            }
            text.push('\n');
        }
    }
    text
}

fn digest(tables: &str) -> [u8; 32] {
    Sha256::digest(tables).into()
}

/// Whoever adds a column says whether it lasts.
#[test]
fn every_column_lasts_or_is_this_files_own() {
    let connection = Connection::open_in_memory().unwrap();
    schema::bring_up(&connection, 0).unwrap();
    let found: BTreeSet<String> = connection
        .prepare(
            "SELECT t.name || '.' || c.name FROM sqlite_schema t JOIN pragma_table_xinfo(t.name) c
             WHERE t.type = 'table' AND t.name NOT LIKE 'grams%'",
        )
        .unwrap()
        .query_map([], |row| row.get(0))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    let lasts = LASTS
        .iter()
        .flat_map(|(table, columns, _)| columns.split(' ').map(move |column| format!("{table}.{column}")));
    let known: BTreeSet<String> = lasts.chain(OWN.map(String::from)).collect();
    assert_eq!(found, known);
}

/// Settings and a clock of which nobody else hears.
struct Whims {
    limits: retention::Limits,
    keep_pictures: u64,
    today: Millis,
}

impl Whims {
    fn any(dice: &mut Dice) -> Self {
        let since = if dice.below(2) == 0 { Millis::MIN } else { THEN + dice.below(200) as Millis };
        Whims {
            limits: retention::Limits { keep: 1 + dice.below(30) as u64, since },
            keep_pictures: dice.below(200) as u64,
            today: THEN + 24 * 60 * 60 * 1000 + dice.below(200) as Millis,
        }
    }

    /// What a history with these would decide next of one kind.
    fn decide(&self, node: &mut Node, dice: &mut Dice) -> Vec<(Entry, Done)> {
        let room = 1 + dice.below(5) as u64;
        let kind = dice.below(12);
        let person = 1 + dice.below(8);
        let now = self.today - 24 * 60 * 60 * 1000;
        node.decide(|connection| {
            let due = match kind {
                0 | 1 => retention::surplus(connection, room, self.limits)?,
                2 | 3 => retention::remains(connection)?,
                4 => retention::surplus_pictures(connection, self.keep_pictures, 0)?,
                5 => retention::old_receipts(connection, self.today)?,
                6 => return Ok(retention::lapsed(connection, now)?.into_iter().collect()),
                7 => retention::old_acts(connection, self.limits.since)?,
                8..=10 => return Ok(purge::bite(connection, now)?.unwrap_or_default()),
                _ => {
                    return Ok(people::guests(connection)?.into_iter().nth(person % 3).into_iter().collect());
                }
            };
            Ok(due.into_iter().map(|(entry, _)| entry).collect())
        })
    }
}

/// What a chat may ask for: said under a key now and then, talks of two, new epochs, and places that never were.
fn any_wish(dice: &mut Dice, n: usize, next: u64) -> Entry {
    let (room, at) = (1 + dice.below(5) as u64, THEN + n as Millis);
    match (dice.below(24), any_entry(dice, n)) {
        (12..=16, _) => any_deed(dice, n, next),
        (17, _) => any_other(dice, n),
        (18..=23, _) => any_outside(dice, n, next),
        (0, _) if n.is_multiple_of(3) => Entry::Compare(comparing::next(None)),
        (0, _) => Entry::Renew { room, epoch: format!("epoch-{n}") },
        (1, _) => direct(room, &format!("@1:{}", 2 + dice.below(3))),
        (2, _) => Entry::Prune { room, before: dice.below(20) as u64 },
        (3, _) => Entry::Sweep { room, before: dice.below(20) as u64 },
        (4..=8, Entry::Append(append)) => {
            Entry::Append(Append { key: Some(format!("key {}", dice.below(20))), at, ..append })
        }
        (_, Entry::Append(append)) => Entry::Append(Append { at, ..append }),
        (_, entry) => entry,
    }
}

/// Of what was not refused.
#[derive(Default)]
pub(super) struct Kinds {
    entries: BTreeSet<String>,
    acts: BTreeSet<&'static str>,
}

/// Feeds a history with what chance and its own whims want. The log: what was not refused, and some of the rest.
pub(super) fn lead(node: &mut Node, dice: &mut Dice, kinds: &mut Kinds) -> Vec<(Entry, Outcome)> {
    let mut whims = Whims::any(dice);
    let mut log = Vec::new();
    for round in 0..12 {
        let mut wishes = if round == 0 && dice.below(2) == 0 { a_beginning() } else { Vec::new() };
        let next = node.progress.next_number as u64;
        if wishes.is_empty() && dice.below(4) == 0 {
            wishes.extend(match dice.below(2) {
                0 => a_story(dice, 10 * round, next),
                _ => a_story_outside(dice, 10 * round, next),
            });
        }
        wishes.extend((0..1 + dice.below(9)).map(|n| any_wish(dice, 10 * round + n, next)));
        let outcomes = node.apply(&wishes);
        let told = wishes.into_iter().zip(outcomes);
        log.extend(told.filter(|(_, outcome)| outcome.is_ok() || dice.below(2) == 0));
        for _ in 0..dice.below(4) {
            log.extend(whims.decide(node, dice).into_iter().map(|(entry, done)| (entry, Ok(done))));
        }
        match dice.below(8) {
            0 => node.restart(),
            1 => whims = Whims::any(dice),
            2 | 3 => node.index(),
            _ => {}
        }
    }
    for (entry, _) in log.iter().filter(|(_, outcome)| outcome.is_ok()) {
        kinds.entries.insert(kind(entry));
        if let Entry::Act(deed) = entry {
            kinds.acts.insert(deed.act.word());
        }
    }
    log
}

/// Applies a log as it comes, in other batches, with failures, restarts and an index of its own.
fn follow(node: &mut Node, dice: &mut Dice, mut log: &[(Entry, Outcome)]) {
    while !log.is_empty() {
        let (batch, rest) = log.split_at(log.len().min(1 + dice.below(20)));
        let (entries, outcomes): (Vec<_>, Vec<_>) = batch.iter().cloned().unzip();
        match dice.below(6) {
            0 => node.restart(),
            1 => node.index(),
            2 => node.apply_in_vain(&entries),
            _ => {}
        }
        assert_eq!(node.apply(&entries), outcomes);
        log = rest;
    }
}

/// As `Entry`'s own `Debug` begins.
fn kind(entry: &Entry) -> String {
    format!("{entry:?}").split([' ', '(']).next().unwrap_or_default().to_owned()
}

/// `POLLCAT_DIGEST_RUNS` asks for more.
#[test]
fn two_histories_with_the_same_entries_have_the_same_tables() {
    let runs = env::var("POLLCAT_DIGEST_RUNS").ok().and_then(|runs| runs.parse().ok()).unwrap_or(1000);
    let template = Node::new();
    let mut kinds = Kinds::default();
    for run in 0..runs {
        let mut dice = Dice::new(run * 7919);
        let [mut leader, mut follower] = [(); 2].map(|()| Node::like(&template));
        let log = lead(&mut leader, &mut dice, &mut kinds);
        follow(&mut follower, &mut dice, &log);
        let (one, other) = (tables(&leader.connection), tables(&follower.connection));
        assert_eq!(one, other, "run {run}");
        assert_eq!(digest(&one), digest(&other));
        let applied = log.iter().filter(|(_, outcome)| outcome.is_ok()).count();
        assert_eq!(follower.progress.applied, applied as i64, "run {run}");
    }
    let Kinds { entries: kinds, acts: words } = kinds;
    assert_eq!(kinds.len(), 36, "every kind of entry has its turn: {kinds:?}");
    assert_eq!(words.len(), 35, "and every act: {words:?}");
}

/// All that was told, applied to an empty history, makes what is in this file's tables.
pub(super) fn assert_told(path: &Path, log: &[(Entry, bool)]) {
    let here = tables(&Connection::open(path).unwrap());
    let mut elsewhere = Node::new();
    for (entry, _) in log {
        assert!(elsewhere.apply(std::slice::from_ref(entry))[0].is_ok(), "{entry:?}");
    }
    assert_eq!(here, tables(&elsewhere.connection));
    assert_eq!(elsewhere.progress.applied, log.len() as i64);
}

/// The writer and its chores, several runs of them.
#[test]
fn what_a_history_tells_makes_the_same_history_elsewhere() {
    let scratch = Scratch::new("told");
    let path = scratch.file("chat.db");
    let mut dice = Dice::new(11);
    let mut log = Vec::new();
    for round in 0..12 {
        // Once something may be missing, and once what is old goes.
        if round == 5 {
            Connection::open(&path).unwrap().execute_batch("UPDATE state SET incomplete = 1").unwrap();
        }
        let keep_for = (round == 8).then_some(Duration::from_secs(3600));
        let limits = Settings { keep_messages: 20, keep_pictures: 150, keep_for, ..settings(&path) };
        let mut open = Open::with(limits).unwrap();
        open.wait_until("SELECT count(*) FROM receipts", |left| left == 0);
        if round == 0 {
            // One room that surely holds too much: it is given up when the file is opened next, at the latest.
            let talk = (0..40).map(|number| text(9_001, 9_002, &format!("number {number}")));
            open.write_all(std::iter::once(create(9_001, "talkative")).chain(talk).collect());
            // A guest, who cannot come back when it is opened next.
            let (name, folded) = ("passing".to_owned(), "passing".to_owned());
            open.write_all(vec![Entry::Arrive {
                person: 9_003,
                name,
                folded,
                token: None,
                at: THEN,
                look: None,
            }]);
            // And pictures for one of which there is no room.
            open.write_all(["one", "other"].map(|id| picture(9_001, 9_002, id, 100)).into());
        } else {
            let is_kept = "SELECT count(*) FROM rooms WHERE id = 9001 AND last - first > 22";
            open.wait_until(is_kept, |left| left == 0);
        }
        if keep_for.is_some() {
            // The last of the chores of an opening: what else is old has gone before.
            open.wait_until("SELECT count(*) FROM acts", |left| left == 0);
        }
        for go in 0..4 {
            let wishes = (0..40)
                .map(|n| any_wish(&mut dice, 200 * round + 40 * go + n, 1 + 60 * round as u64))
                .collect();
            open.write_all(wishes);
        }
        open.wait_until("SELECT count(*) FROM removed_rooms", |left| left == 0);
        open.wait_until("SELECT count(*) FROM purges", |left| left == 0);
        open.wait_until("SELECT picture_bytes FROM state", |left| left <= 150);
        log.extend(open.close_and_tell());
        assert_told(&path, &log);
    }
    let decided: BTreeSet<_> =
        log.iter().filter(|(_, decided)| *decided).map(|(entry, _)| kind(entry)).collect();
    let expected = [
        "Append",
        "Forget",
        "ForgetActs",
        "ForgetReceipts",
        "GiveUpPictures",
        "Lapse",
        "Prune",
        "Purged",
        "Renew",
        "Sweep",
        "Unname",
    ];
    assert_eq!(decided.into_iter().collect::<Vec<_>>(), expected);
}
