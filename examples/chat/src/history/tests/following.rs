//! A history that follows a log which it shares with others.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use rusqlite::Connection;
use sha2::{Digest as _, Sha256};

use super::faults::limit_pages;
use super::node::Node;
use super::*;
use crate::history::{Came, Digest, Follower, Joining, Logged, Place, Shared, Wall, Whose};

pub(super) fn logged(place: Place, producer: &str, sequence: u64, entry: Entry) -> Logged<u64> {
    let hash = Sha256::digest(format!("{producer} {sequence} {entry:?}")).into();
    Logged { place, producer: producer.into(), sequence, hash, entry, whose: Whose::Elsewhere }
}

/// Somebody here waits for it.
fn ours(place: Place, sequence: u64, entry: Entry, ticket: u64) -> Logged<u64> {
    Logged { whose: Whose::Loop(Some(ticket)), ..logged(place, "ours", sequence, entry) }
}

fn out(number: Offset) -> Came {
    Came::Out(appended(1, number))
}

/// Two people and a room, by three entries of a log.
fn a_beginning() -> Vec<Logged<u64>> {
    let entries = [arrive(1, "Ann"), arrive(2, "Ben"), create(1, "lobby")];
    (1..).zip(entries).map(|(n, entry)| logged(n, "first", n, entry)).collect()
}

fn a_node() -> Node {
    let mut node = Node::new();
    assert!(node.follow(&a_beginning()).iter().all(|came| matches!(came, Came::Out(Ok(_)))));
    node
}

#[test]
fn what_comes_again_happens_once() {
    let mut node = a_node();
    let said = |place, sequence| logged(place, "a", sequence, text(1, 1, &format!("number {sequence}")));
    let batch = [said(4, 1), said(5, 2), said(6, 1), said(7, 2), said(8, 3), said(9, 3)];
    let came = node.follow(&batch);
    assert_eq!(came, [out(1), out(2), Came::Repeated, Came::Repeated, out(3), Came::Repeated]);
    assert_eq!(node.texts(), ["number 1", "number 2", "number 3"]);
    // It has come to the end all the same, also as the file knows it.
    node.restart();
    assert_eq!((node.place(), node.last()), (9, Some(batch[5].hash)));
    assert_eq!(node.producers(), [("a".to_owned(), 3), ("first".to_owned(), 3)]);
    assert_eq!(node.follow(&[said(10, 3), said(11, 4)]), [Came::Repeated, out(4)]);
}

/// What is missing comes behind it, and then it comes again itself.
#[test]
fn what_comes_too_early_waits_for_its_turn() {
    let mut node = a_node();
    let said = |place, sequence| logged(place, "a", sequence, text(1, 1, &format!("number {sequence}")));
    let batch = [said(4, 2), said(5, 1), said(6, 3), said(7, 2), said(8, 3)];
    assert_eq!(node.follow(&batch), [Came::Early, out(1), Came::Early, out(2), out(3)]);
    assert_eq!(node.texts(), ["number 1", "number 2", "number 3"]);
}

#[test]
fn each_producer_counts_for_itself_and_a_refusal_counts_as_well() {
    let mut node = a_node();
    let taken = || arrive(3, "Ann");
    let batch = [
        logged(4, "a", 1, taken()),
        logged(5, "b", 1, text(1, 2, "b")),
        logged(6, "a", 1, taken()),
        logged(7, "a", 2, text(1, 1, "a")),
    ];
    let refused = Came::Out(Err(Failure::Taken));
    assert_eq!(node.follow(&batch), [refused, out(1), Came::Repeated, out(2)]);
    assert_eq!(node.texts(), ["b", "a"]);
}

/// Nodes date what is said by one clock, but not to the millisecond, and what two say at once comes in any order.
#[test]
fn in_a_room_no_time_goes_back_by_a_little() {
    let mut node = a_node();
    let said = |at| Entry::Append(Append { at, ..say(1, 1, Body::Text(format!("at {at}"))) });
    let times = [0, -3, 10_000, 0, -1, 20_001, 10_000, 1_000_000_000, 30_000, 30_001, 29_999];
    let batch: Vec<_> = (1..).zip(times).map(|(n, at)| logged(3 + n, "a", n, said(THEN + at))).collect();
    let dated = node.follow(&batch).into_iter().map(|came| match came {
        Came::Out(Ok(Done::Appended { at, .. })) => at - THEN,
        other => panic!("{other:?}"),
    });
    // One that was a week ahead dates nobody but itself.
    let expected = [0, 0, 10_000, 10_000, -1, 20_001, 10_000, 1_000_000_000, 30_000, 30_001, 30_001];
    assert_eq!(dated.collect::<Vec<_>>(), expected);
    // Nor is there anything to keep to in another room, or in one where nothing is kept.
    let entered = Entry::Join { room: 2, person: 1, read: 0 };
    node.follow(&[logged(15, "b", 1, create(2, "coffee")), logged(16, "b", 2, entered)]);
    let elsewhere = Entry::Append(Append { at: THEN, ..say(2, 1, Body::Text("here".into())) });
    let came = node.follow(&[logged(17, "b", 3, elsewhere)]);
    assert!(matches!(came[..], [Came::Out(Ok(Done::Appended { at: THEN, .. }))]), "{came:?}");
}

/// It says all that has come of the log, however it was cut into batches, and nothing else.
#[test]
fn the_digest_follows_from_the_log() {
    let batch = || {
        vec![
            logged(4, "a", 1, text(1, 1, "one")),
            logged(5, "a", 1, text(1, 1, "one")),
            logged(6, "b", 1, arrive(3, "Ann")),
            logged(7, "a", 3, text(1, 1, "early")),
        ]
    };
    let digest = |batches: &[&[Logged<u64>]]| {
        let mut node = a_node();
        for batch in batches {
            node.follow_in_vain(batch);
            node.follow(batch);
            node.restart();
        }
        node.digest()
    };
    let all = batch();
    let expected = digest(&[&all]);
    assert_eq!(digest(&[&all[..1], &all[1..3], &all[3..]]), expected);
    let others: [fn(&mut Logged<u64>); 4] = [
        |logged| logged.place += 10,
        |logged| logged.producer = "c".into(),
        |logged| logged.sequence += 1,
        |logged| logged.hash[0] ^= 1,
    ];
    for (n, other) in others.into_iter().enumerate() {
        for at in 0..4 {
            let mut batch = batch();
            other(&mut batch[at]);
            assert_ne!(digest(&[&batch]), expected, "{n} at {at}");
        }
    }
    // The same log, and what came of it is another thing.
    let mut strange = a_node();
    strange.transact(|connection, _| connection.execute("UPDATE rooms SET last = 7", []));
    strange.follow(&all);
    assert_ne!(strange.digest(), expected);
}

/// A history in a file that follows a log, as far as it has come.
fn open(path: &Path) -> (Open, Follower<u64>) {
    let shared = Shared {
        propose: Arc::new(|_| false),
        passed: Arc::new(|_, _: Digest| {}),
        holds_chores: Arc::new(AtomicBool::new(false)),
        wall: Wall::default(),
    };
    let settings = Settings { shared: Some(shared), ..settings(path) };
    let mut joining = Joining::open(&settings).unwrap();
    if joining.log_id().unwrap().is_none() {
        joining.belong(Some("log")).unwrap();
        joining.follow(&a_beginning()).unwrap();
    }
    let (sender, reports) = channel();
    let (history, loaded) =
        History::begin(&settings, joining, move |report| sender.send(report).is_ok()).unwrap();
    let follower = history.follower();
    (Open { history, reports, loaded, pruned: Vec::new(), log: Vec::new() }, follower)
}

fn place_in(path: &Path) -> Place {
    Joining::open(&settings(path)).unwrap().place()
}

/// What was told of a batch: whose it was, and who hears of it.
fn told(report: Report<u64>) -> Vec<(Origin, Option<u64>, Outcome)> {
    match report {
        Report::Applied(applied) => {
            applied.into_iter().map(|applied| (applied.origin, applied.ticket, applied.outcome)).collect()
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn who_has_asked_hears_of_it_and_who_waits_for_a_place_when_it_is_reached() {
    let scratch = Scratch::new("following");
    let path = scratch.file("chat.db");
    let (mut open, follower) = open(&path);
    assert!(follower.tell_at(3, 70) && follower.tell_at(5, 72) && follower.tell_at(6, 71));
    assert!(matches!(open.next(), Report::Reached { ticket: 70 }), "it is there already");
    follower.apply(vec![ours(4, 1, text(1, 1, "mine"), 80), logged(5, "b", 1, text(1, 2, "theirs"))]);
    let theirs = (Origin::Elsewhere, None, appended(1, 2));
    assert_eq!(told(open.next()), [(Origin::Here, Some(80), appended(1, 1)), theirs]);
    assert!(matches!(open.next(), Report::Reached { ticket: 72 }));
    // What happens not is not told.
    follower.apply(vec![logged(6, "b", 1, text(1, 2, "theirs")), logged(7, "b", 3, text(1, 2, "early"))]);
    assert_eq!(told(open.next()), []);
    assert!(matches!(open.next(), Report::Reached { ticket: 71 }));
    drop(follower);
    open.close();
    assert_eq!(place_in(&path), 7);
}

/// Whoever waits is told that it is not known; and when there is room again, all of it happens, in its order.
#[test]
fn what_the_disk_does_not_take_now_it_takes_later() {
    let scratch = Scratch::new("following-full");
    let path = scratch.file("chat.db");
    let (mut open, follower) = open(&path);
    limit_pages(&open, None);
    follower.apply(vec![
        ours(4, 1, text(1, 1, "small"), 80),
        ours(5, 2, picture(1, 1, "p", 200_000), 81),
        logged(6, "b", 1, text(1, 2, "theirs")),
    ]);
    assert!(
        matches!(open.next(), Report::Unsure(tickets) if tickets == [80, 81]),
        "nothing of it is left out"
    );
    // What comes behind it waits, and whoever waits for that is told as well.
    follower.apply(vec![ours(7, 3, text(1, 1, "behind"), 82)]);
    follower.tell_at(7, 70);
    assert!(matches!(open.next(), Report::Unsure(tickets) if tickets == [82]));
    limit_pages(&open, Some(1 << 30));
    let here = |offset| (Origin::Here, None, appended(1, offset));
    let theirs = (Origin::Elsewhere, None, appended(1, 3));
    assert_eq!(told(open.next()), [here(1), here(2), theirs]);
    assert_eq!(told(open.next()), [here(4)]);
    assert!(matches!(open.next(), Report::Reached { ticket: 70 }));
    assert_eq!(open.picture("p").map(|bytes| bytes.len()), Some(200_000));
    drop(follower);
    open.close();
    assert_eq!(place_in(&path), 7);
}

/// The chat can end meanwhile; it goes on from there when it begins again.
#[test]
fn a_disk_that_takes_nothing_does_not_keep_the_chat_from_ending() {
    let scratch = Scratch::new("following-end");
    let path = scratch.file("chat.db");
    let batch = || vec![ours(4, 1, picture(1, 1, "p", 200_000), 80)];
    let (mut one, follower) = open(&path);
    limit_pages(&one, None);
    follower.apply(batch());
    assert!(matches!(one.next(), Report::Unsure(_)));
    drop(follower);
    one.close();
    let (mut again, follower) = open(&path);
    assert_eq!(place_in_memory(&again), 3);
    follower.apply(batch());
    assert_eq!(told(again.next()), [(Origin::Here, Some(80), appended(1, 1))]);
    drop(follower);
    again.close();
    assert_eq!(place_in(&path), 4);
}

fn place_in_memory(open: &Open) -> i64 {
    let link = open.history.writing.upgrade().expect("the writer is there");
    let connection = link.connection.lock().expect("the writer did not panic");
    connection.query_row("SELECT log_place FROM state", [], |row| row.get(0)).expect("a number")
}

/// Whoever has the chores orders it, and every node has to forget.
#[test]
fn what_is_erased_goes_from_the_index_of_each_node() {
    let scratch = Scratch::new("following-erased");
    let (mut open, follower) = open(&scratch.file("chat.db"));
    follower.apply(vec![logged(4, "b", 1, text(1, 1, "xylophone"))]);
    assert_eq!(told(open.next()).len(), 1);
    open.wait_until_indexed(1);
    let all = Act::Purge { person: 1, room: None, since: Millis::MIN };
    let order = Entry::Act(Deed { by: None, at: THEN, reason: String::new(), act: all });
    let author_name = crate::history::purge::OPERATOR_NAME.into();
    let words = Append { author_name, ..say(1, OPERATOR, Body::Purge { of: 1, targets: vec![1] }) };
    follower.apply(vec![logged(5, "b", 2, order), logged(6, "b", 3, Entry::Append(words))]);
    let told = told(open.next());
    assert!(matches!(told[..], [_, (_, _, Ok(Done::Erased { .. }))]), "{told:?}");
    open.wait_until_erased();
    drop(follower);
    open.close();
}

/// An empty log is founded, or followed from its beginning, by who has nothing. How much was applied tells that of no history that is
/// older than this is counted, or that somebody has written.
#[test]
fn a_history_is_new_if_nobody_has_ever_come() {
    let scratch = Scratch::new("following-new");
    let path = scratch.file("chat.db");
    assert!(Joining::open(&settings(&path)).unwrap().is_new());
    let mut open = Open::at(&path);
    open.write_all(vec![arrive(1, "Ann")]);
    open.close();
    Connection::open(&path).unwrap().execute("UPDATE state SET applied = 0", []).unwrap();
    assert!(!Joining::open(&settings(&path)).unwrap().is_new());
}

/// Whoever dies while it founds a log finds it again, and goes on with the other one if that is back.
#[test]
fn what_a_history_founds_is_noted_beside_what_it_follows() {
    let scratch = Scratch::new("following-founds");
    let path = scratch.file("chat.db");
    let logs = |joining: &Joining| (joining.log_id().unwrap(), joining.founding().unwrap());
    let named = |name: &str| Some(name.to_owned());
    let mut joining = Joining::open(&settings(&path)).unwrap();
    assert_eq!(logs(&joining), (None, None));
    joining.found(Some("a.0")).unwrap();
    drop(joining);
    let mut joining = Joining::open(&settings(&path)).unwrap();
    assert_eq!(logs(&joining), (None, named("a.0")));
    joining.belong(Some("a.0")).unwrap();
    joining.follow(&a_beginning()).unwrap();
    let place = joining.place();
    joining.found(Some("b.1")).unwrap();
    assert_eq!((logs(&joining), joining.place()), ((named("a.0"), named("b.1")), place));
    joining.found(None).unwrap();
    assert_eq!((logs(&joining), joining.place()), ((named("a.0"), None), place));
    // Alone it goes on without either.
    joining.found(Some("b.1")).unwrap();
    drop(joining);
    Open::at(&path).close();
    assert_eq!(logs(&Joining::open(&settings(&path)).unwrap()), (None, None));
}

/// Who follows a log has what all others have: what is not in a copy would come out otherwise there.
#[test]
fn a_copy_of_a_history_that_follows_a_log_has_the_sessions_of_the_admin_page() {
    let scratch = Scratch::new("following-copy");
    let (path, copy) = (scratch.file("chat.db"), scratch.file("copy.db"));
    let (mut open, follower) = open(&path);
    let act = |act| Entry::Act(Deed { by: None, at: calendar::wall(), reason: String::new(), act });
    let (client, place, link) = ("c".into(), "p".into(), Some([8; 32]));
    let until = calendar::wall() + 600_000;
    follower.apply(vec![logged(4, "b", 1, act(Act::OpenAdmin { key: [7; 32], until, client, place, link }))]);
    let told = told(open.next());
    let [(Origin::Elsewhere, None, Ok(Done::Numbered(session)))] = told[..] else { panic!("{told:?}") };
    drop(follower);
    open.close();
    Copy::Backup { data: path.clone(), to: copy.clone() }.make().unwrap();
    let rows = |path: &Path, table: &str| {
        let sql = format!("SELECT count(*) FROM {table}");
        Connection::open(path).unwrap().query_row(&sql, [], |row| row.get::<_, i64>(0)).unwrap()
    };
    let ended = |path: &Path| {
        let mut joining = Joining::open(&settings(path)).unwrap();
        let end: Logged<u64> = logged(5, "b", 2, act(Act::CloseAdmin { session }));
        joining.follow(&[end]).unwrap()
    };
    assert_eq!([rows(&copy, "admins"), rows(&copy, "used_keys")], [1, 1]);
    // Alone, or with another log, nobody would hear that one has ended since.
    let alone = scratch.file("alone.db");
    fs::copy(&copy, &alone).unwrap();
    Open::at(&alone).close();
    assert_eq!([rows(&alone, "admins"), rows(&alone, "used_keys")], [0, 1]);
    assert_eq!(ended(&copy), ended(&path), "the same on both nodes");
}
