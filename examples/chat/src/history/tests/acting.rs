//! What acts do: to those whom they are about, and to what is said after them.

use super::acts::{
    BANNED, DEN, GUEST, LOBBY, MEMBER, NOW, OP, OUTSIDER, OWNER, TEA, VICTIM, cast, deed, join, private,
    restrain,
};
use rusqlite::Connection;

use super::*;
use crate::rights::Lack;

fn says(room: RoomId, author: PersonId, at: Millis) -> Entry {
    Entry::Append(Append { at, ..say(room, author, Body::Text("hello".into())) })
}

fn lacks(lack: Lack) -> Outcome {
    Err(Failure::Lacks(lack))
}

fn until(restraint: Restraint, person: PersonId, room: Option<RoomId>, until: Millis) -> Act {
    Act::Restrain { restraint, person, room, until: Some(until), addresses: Vec::new() }
}

fn is_said(outcome: &Outcome) -> bool {
    matches!(outcome, Ok(Done::Appended { repeated: false, .. }))
}

/// One entry, and how it came out.
fn one(node: &mut Node, entry: Entry) -> Outcome {
    node.apply(&[entry]).remove(0)
}

fn number(outcome: Outcome) -> Number {
    if let Ok(Done::Numbered(number)) = outcome { number } else { panic!("{outcome:?}") }
}

#[test]
fn who_is_muted_or_banned_does_not_speak_until_it_is_over() {
    for (room, lack) in [(Some(TEA), Lack::Muted), (None, Lack::Muted), (None, Lack::Banned)] {
        let mut node = cast();
        let restraint = if lack == Lack::Muted { Restraint::Mute } else { Restraint::Ban };
        assert!(one(&mut node, deed(None, until(restraint, MEMBER, room, NOW + 100))).is_ok());
        assert_eq!(one(&mut node, says(TEA, MEMBER, NOW + 99)), lacks(lack));
        let elsewhere = one(&mut node, says(LOBBY, MEMBER, NOW));
        assert_eq!(is_said(&elsewhere), room.is_some(), "{elsewhere:?}");
        assert!(
            is_said(&one(&mut node, says(TEA, MEMBER, NOW + 100))),
            "it is over, whether that was noted or not"
        );
        assert!(one(&mut node, Entry::Lapse { at: NOW + 100 }).is_ok());
        let release = Act::Release { restraint, person: MEMBER, room };
        assert_eq!(one(&mut node, deed(None, release)), Err(Failure::NoSuchEvent));
    }
    // Banned from a room they are out of it, and do not come back by any way.
    let mut node = cast();
    let invite = number(one(
        &mut node,
        deed(None, Act::Invite { key: [3; 32], room: Some(TEA), until: NOW + 9, uses: 2 }),
    ));
    assert!(one(&mut node, deed(OP, restrain(Restraint::Ban, MEMBER, Some(TEA)))).is_ok());
    let ways = [
        join(TEA, MEMBER),
        deed(MEMBER, Act::Accept { invite, read: 0 }),
        deed(OP, Act::Add { room: TEA, person: MEMBER, read: 0 }),
        says(TEA, MEMBER, NOW),
        deed(MEMBER, Act::Report { room: TEA, offset: 1 }),
    ];
    assert_eq!(node.apply(&ways), vec![lacks(Lack::Banned); 5]);
}

/// One's own words one takes back without anybody noting it; of others', who did it and whose they were, and not the words.
#[test]
fn what_others_take_back_is_in_the_log_of_acts() {
    let mut node = cast();
    let taken_back = |author, target| {
        let key = Some(format!("k{target}"));
        Entry::Append(Append { at: NOW, key, ..say(TEA, author, Body::Deletion { target }) })
    };
    let said = [says(TEA, MEMBER, NOW), says(TEA, MEMBER, NOW), says(TEA, MEMBER, NOW)];
    let said: Vec<Offset> = node
        .apply(&said)
        .into_iter()
        .map(|outcome| if let Ok(Done::Appended { offset, .. }) = outcome { offset } else { 0 })
        .collect();
    let entries = [
        taken_back(MEMBER, said[0]),
        taken_back(OP, said[1]),
        // Again, which gets its first answer, and by somebody else, when there is nothing any more.
        taken_back(OP, said[1]),
        taken_back(OWNER, said[1]),
        taken_back(OPERATOR, said[2]),
    ];
    let outcomes = node.apply(&entries);
    assert!(outcomes.iter().enumerate().all(|(n, it)| it.is_ok() == (n != 3)), "{outcomes:?}");
    let told: String = node
        .connection
        .query_row(
            "SELECT group_concat(concat_ws('|', at, by, by_name, person, person_name, room_name, detail, reason), ';')
             FROM (SELECT * FROM acts WHERE act = 'delete' ORDER BY id)",
            [],
            |row| row.get(0),
        )
        .unwrap();
    let row = |who: &str, target| format!("{NOW}{who}|{MEMBER}|Member|tea|message {target}|");
    assert_eq!(told, format!("{};{}", row(&format!("|{OP}|Op"), said[1]), row("|", said[2])));
}

#[test]
fn acts_are_forgotten_when_they_are_old_and_no_sooner() {
    let mut node = cast();
    for at in [NOW, NOW + 1, NOW + 2] {
        let closed = Act::Alter { room: TEA, change: Change::Closed(at % 2 == 0) };
        assert!(
            one(&mut node, Entry::Act(Deed { by: None, at, reason: String::new(), act: closed })).is_ok()
        );
    }
    let mut due = |since| {
        node.decide(|connection| {
            Ok(retention::old_acts(connection, since)?.into_iter().map(|(entry, _)| entry).collect())
        })
        .len()
    };
    assert_eq!([0, THEN, NOW + 3, NOW + 3, NOW + 3].map(&mut due), [0, 0, 1, 1, 0]);
}

/// Anybody can make a room and do things there all day: what was done to the whole chat stays.
#[test]
fn what_anybody_can_cause_does_not_push_out_what_was_done_to_the_chat() {
    const MORE: i64 = 600;
    let mut node = cast();
    let count = |node: &Node, of: &str| -> i64 {
        let sql = format!("SELECT count(*) FROM acts WHERE {of}");
        node.connection.query_row(&sql, [], |row| row.get(0)).unwrap()
    };
    let of_the_chat = "room IS NULL AND act IN ('role', 'ban', 'mute')";
    let before = count(&node, of_the_chat);
    let most = retention::ACTS_KEPT + MORE;
    let sql = format!(
        "WITH RECURSIVE n(n) AS (SELECT 1000 UNION ALL SELECT n + 1 FROM n WHERE n < 999 + {most})
         INSERT INTO acts (id, at, by, by_name, act, person, person_name, room, room_name, detail, reason)
         SELECT n, {NOW}, 4, 'm', iif(n % 3, 'slow', 'erase'), iif(n % 3, NULL, 4), '', iif(n % 3, 2, NULL), '', '', ''
         FROM n"
    );
    node.connection.execute_batch(&sql).unwrap();
    let mut due = || {
        let due = |connection: &Connection| {
            Ok(retention::old_acts(connection, Millis::MIN)?.into_iter().map(|(entry, _)| entry).collect())
        };
        node.decide(due).len()
    };
    let bites = std::iter::from_fn(|| (due() > 0).then_some(())).take(10).count();
    assert_eq!(bites as i64, MORE / retention::BITE as i64 + 1);
    assert_eq!(
        (count(&node, of_the_chat), count(&node, "by = 4 AND by_name = 'm'")),
        (before, retention::ACTS_KEPT)
    );
    assert!(before >= 4, "{before}");
}

#[test]
fn a_closed_room_is_for_reading_and_a_slow_one_for_patience() {
    let mut node = cast();
    let alter = |change| deed(OP, Act::Alter { room: TEA, change });
    assert!(one(&mut node, alter(Change::Closed(true))).is_ok());
    assert_eq!(one(&mut node, says(TEA, MEMBER, NOW)), lacks(Lack::Closed));
    assert!(is_said(&one(&mut node, says(TEA, OP, NOW))));
    assert!(node.apply(&[alter(Change::Closed(false)), alter(Change::Pace(10))]).iter().all(Result::is_ok));
    let told = [
        says(TEA, MEMBER, NOW),
        says(TEA, MEMBER, NOW + 9_999),
        // Another one has time of their own; ops and those who take something back need none.
        says(TEA, GUEST, NOW + 1),
        says(TEA, OP, NOW + 1),
        says(TEA, OP, NOW + 2),
        says(TEA, MEMBER, NOW + 10_000),
        // By a clock that was set back nobody waits for a day.
        says(TEA, MEMBER, NOW - 5),
    ];
    let outcomes = node.apply(&told);
    assert_eq!(outcomes[1], Err(Failure::TooSoon(NOW + 10_000)));
    assert!(outcomes.iter().enumerate().all(|(n, outcome)| n == 1 || is_said(outcome)), "{outcomes:?}");
    // What was said already is said, whatever has changed: a repeat gets the first answer.
    let keyed =
        Append { key: Some("k".into()), at: NOW + 50_000, ..say(TEA, MEMBER, Body::Text("k".into())) };
    let outcomes = node.apply(&[
        Entry::Append(keyed.clone()),
        deed(OP, restrain(Restraint::Mute, MEMBER, Some(TEA))),
        Entry::Append(keyed),
    ]);
    assert!(matches!(outcomes[2], Ok(Done::Appended { repeated: true, .. })), "{outcomes:?}");
}

#[test]
fn who_makes_a_room_is_its_op_until_somebody_says_otherwise() {
    let mut node = Node::new();
    let ops = |node: &mut Node| node.load(0).governed.ops;
    node.apply(&[arrive(1, "Ann"), arrive(2, "Bob"), private(5, 1), join(5, 1)]);
    assert_eq!(ops(&mut node), [(5, 1)]);
    let leave = Entry::Leave { room: 5, person: 1 };
    node.apply(&[deed(1, Act::Add { room: 5, person: 2, read: 0 }), leave.clone()]);
    assert_eq!(ops(&mut node), []);
    assert_eq!(one(&mut node, join(5, 1)), Ok(Done::Joined));
    assert_eq!(ops(&mut node), [(5, 1)]);
    node.apply(&[deed(None, Act::Op { room: 5, person: 1, is_op: false }), leave, join(5, 1)]);
    assert_eq!(ops(&mut node), []);
    assert_eq!(one(&mut node, join(5, 1)), Err(Failure::NoSuchRoom), "and it is no room of theirs");
}

#[test]
fn an_invite_is_used_so_often_and_until_then() {
    let mut node = cast();
    let invite = |room| Act::Invite { key: [4; 32], room, until: NOW + 100, uses: 2 };
    let den = number(one(&mut node, deed(OP, invite(Some(DEN)))));
    assert_eq!(one(&mut node, deed(OP, invite(Some(DEN)))), Err(Failure::Taken));
    let accept = |person: PersonId, at| {
        let act = Act::Accept { invite: den, read: 0 };
        Entry::Act(Deed { by: Some(person), at, reason: String::new(), act })
    };
    let outcomes = node.apply(&[
        accept(MEMBER, NOW),
        // Who is there already uses nothing up: this one by the invite, the next one from before.
        accept(MEMBER, NOW),
        accept(VICTIM, NOW),
        accept(GUEST, NOW + 100),
        accept(GUEST, NOW + 99),
        accept(OUTSIDER, NOW),
    ]);
    let over = || Err(Failure::NoSuchInvite);
    let accepted = |is_used| Ok(Done::Accepted { is_used });
    assert_eq!(outcomes, [accepted(true), accepted(false), accepted(false), over(), accepted(true), over()]);
    assert!(is_said(&one(&mut node, says(DEN, MEMBER, NOW))));
    assert_eq!(one(&mut node, deed(OP, Act::Revoke { invite: den })), over(), "it is used up");
    // One that was revoked.
    let again =
        number(one(&mut node, deed(None, Act::Invite { key: [5; 32], room: None, until: NOW + 9, uses: 9 })));
    let outcomes = node.apply(&[
        deed(None, Act::Revoke { invite: again }),
        deed(MEMBER, Act::Accept { invite: again, read: 0 }),
        deed(None, Act::Revoke { invite: again }),
    ]);
    assert_eq!(outcomes, [Ok(Done::Kept), over(), over()]);
    assert!(one(&mut node, Entry::Lapse { at: NOW + 5000 }).is_ok());
    let left: i64 = node.connection.query_row("SELECT count(*) FROM invites", [], |row| row.get(0)).unwrap();
    assert_eq!(left, 0);
}

/// With the right to invite the links go that were made by it.
#[test]
fn an_invite_is_worth_what_its_maker_may() {
    let mut node = cast();
    let invite = Act::Invite { key: [4; 32], room: Some(DEN), until: NOW + 100, uses: 2 };
    let invite = number(one(&mut node, deed(OP, invite)));
    let outcomes = [false, true].map(|is_op| {
        // The operator knows of every room.
        assert!(one(&mut node, deed(None, Act::Op { room: DEN, person: OP, is_op })).is_ok());
        one(&mut node, deed(MEMBER, Act::Accept { invite, read: 0 }))
    });
    assert_eq!(outcomes, [Err(Failure::NoSuchInvite), Ok(Done::Accepted { is_used: true })]);
}

/// What is held back is nowhere until somebody grants it; then it is said, once, with its picture.
#[test]
fn what_is_held_back_is_said_when_it_is_granted() {
    let mut node = cast();
    let Entry::Append(picture) = picture(TEA, MEMBER, "held", 500) else { unreachable!() };
    let picture = Append { key: Some("k".into()), mentions: vec![OP], ..picture };
    let hold = |said: &Append| deed(MEMBER, Act::Hold { said: Box::new(said.clone()) });
    let words = say(TEA, MEMBER, Body::Text("rude".into()));
    let first = number(one(&mut node, hold(&picture)));
    assert_eq!(number(one(&mut node, hold(&picture))), first, "it is asked again");
    let second = number(one(&mut node, hold(&words)));
    let count =
        |node: &Node, sql: &str| node.connection.query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap();
    assert_eq!(count(&node, "SELECT count(*) FROM events WHERE author = 4"), 0);
    let settle = |report, granted| deed(OP, Act::Settle { report, granted });
    // Under the name that they have by then.
    let said = Append { at: NOW, author_name: "Member".into(), ..picture.clone() };
    assert_eq!(one(&mut node, settle(first, true)), Ok(Done::Settled { said: Some((Box::new(said), 4)) }));
    assert_eq!(one(&mut node, settle(second, false)), Ok(Done::Settled { said: None }));
    assert_eq!(one(&mut node, settle(second, true)), Err(Failure::NoSuchReport));
    assert_eq!(count(&node, "SELECT count(*) FROM held_pictures"), 0);
    assert_eq!(count(&node, "SELECT picture_bytes FROM state"), 500);
    assert_eq!(count(&node, "SELECT count(*) FROM unread_mentions WHERE person = 3"), 1);
    // It was said under its key.
    assert!(matches!(one(&mut node, hold(&picture)), Ok(Done::Appended { offset: 4, repeated: true, .. })));
    // One person does not fill the list: with what they have reported.
    let more: Vec<Entry> =
        (0..25).map(|n| hold(&say(TEA, MEMBER, Body::Text(format!("rude {n}"))))).collect();
    let taken = node.apply(&more).iter().filter(|outcome| outcome.is_ok()).count();
    assert_eq!(taken, 19);
}

/// Guests go when the program starts again; but not out of a ban.
#[test]
fn who_is_banned_keeps_their_name() {
    let mut node = cast();
    assert!(one(&mut node, deed(None, until(Restraint::Ban, GUEST, None, Millis::MAX))).is_ok());
    for person in [GUEST, BANNED] {
        assert_eq!(one(&mut node, Entry::Forget { person, away: None }), lacks(Lack::Banned));
    }
    let loaded = node.load(0);
    assert!(loaded.people.iter().any(|person| person.id == GUEST && person.name == "Guest"));
    assert_eq!(one(&mut node, arrive(20, "GUEST")), Err(Failure::Taken));
    assert!(
        one(&mut node, deed(None, Act::Release { restraint: Restraint::Ban, person: GUEST, room: None }))
            .is_ok()
    );
    assert!(node.load(0).people.iter().all(|person| person.id != GUEST));
    assert_eq!(one(&mut node, arrive(20, "GUEST")), Ok(Done::Kept));
}

/// Whoever is banned does not get out of it by erasing themself. When it is over they may, whether that was noted or not.
#[test]
fn who_was_banned_may_erase_themself_when_it_is_over() {
    let mut node = cast();
    let erase = |at| {
        let act = Act::Erase { person: MEMBER, words: false };
        Entry::Act(Deed { by: Some(MEMBER), at, reason: String::new(), act })
    };
    assert!(one(&mut node, deed(None, until(Restraint::Ban, MEMBER, None, NOW + 100))).is_ok());
    assert_eq!(one(&mut node, erase(NOW + 99)), lacks(Lack::Banned));
    number(one(&mut node, erase(NOW + 100)));
}

#[test]
fn a_room_goes_with_all_that_is_noted_of_it() {
    let mut node = cast();
    let hold = Act::Hold { said: Box::new(say(TEA, MEMBER, Body::Text("rude".into()))) };
    node.apply(&[
        deed(MEMBER, hold),
        Entry::Act(Deed { by: None, at: NOW, reason: String::new(), act: Act::RemoveRoom { room: TEA } }),
    ]);
    let governed = node.load(0).governed;
    assert!(governed.ops.iter().all(|(room, _)| *room != TEA));
    assert!(governed.restraints.iter().all(|restraint| restraint.room != Some(TEA)));
    assert!(governed.invites.is_empty() && governed.reports.is_empty());
    assert_eq!(one(&mut node, says(TEA, OP, NOW)), Err(Failure::NoSuchRoom));
    // Its number is nobody else's while it is swept out.
    assert_eq!(one(&mut node, create(TEA, "tea")), Err(Failure::Taken));
}

/// Two who are let in by one link at once are of two nodes, or of one: the log decides.
#[test]
fn a_link_to_the_admin_page_is_good_once_and_as_long_as_nobody_was_let_in_by_it() {
    let mut node = cast();
    let open = |by: Option<PersonId>, key, link| {
        let (client, place) = ("c".into(), "p".into());
        deed(by, Act::OpenAdmin { key: [key; 32], until: NOW + 1000, client, place, link: Some([link; 32]) })
    };
    assert_eq!(one(&mut node, open(Some(MEMBER), 1, 9)), lacks(Lack::NotAdmin), "and the link is not used");
    let session = number(one(&mut node, open(Some(OWNER), 1, 9)));
    for by in [Some(OWNER), None] {
        assert_eq!(one(&mut node, open(by, 2, 9)), Err(Failure::Taken));
    }
    assert_eq!(one(&mut node, open(None, 1, 8)), Err(Failure::Taken), "that is the token of a session");
    number(one(&mut node, open(None, 3, 8)));
    // Nor when its session has ended, or is over; and in the end it is forgotten.
    assert!(one(&mut node, deed(OWNER, Act::CloseAdmin { session })).is_ok());
    assert!(one(&mut node, Entry::Lapse { at: NOW + 1000 }).is_ok());
    assert_eq!(one(&mut node, open(Some(OWNER), 4, 9)), Err(Failure::Taken));
    let used = |node: &Node| {
        let count = "SELECT count(*) FROM used_keys";
        node.connection.query_row(count, [], |row| row.get::<_, i64>(0)).unwrap()
    };
    assert_eq!(used(&node), 2);
    assert!(one(&mut node, Entry::Lapse { at: NOW + 7 * 86_400_000 }).is_ok());
    assert_eq!(used(&node), 0);
}
