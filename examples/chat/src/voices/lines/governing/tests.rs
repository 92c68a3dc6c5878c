//! The lines of those who govern, on a small chat.

use jiff::tz::TimeZone;

use super::*;
use crate::history::StoredSession;
use crate::news::Named;
use crate::voices::stage::{BOB, CAROL, NOON, PRIVATE, TEA, chat};

fn by_bob(change: &Change) -> Option<String> {
    say((Some(BOB), "spam"), change, &chat())
}

fn to_them(change: &Change) -> Option<String> {
    say_to_them((Some(BOB), "spam"), change, &chat(), &Zone(TimeZone::UTC), NOON)
}

fn carol() -> Named {
    Named { id: CAROL, name: "carol".into() }
}

#[test]
fn a_room_reads_who_has_done_what() {
    let put_out = Change::PutOut { room: TEA, who: carol() };
    assert_eq!(by_bob(&put_out).as_deref(), Some("carol was put out by bob: spam"));
    let op = Change::Op { room: TEA, person: CAROL, is_op: true };
    assert_eq!(by_bob(&op).as_deref(), Some("bob made carol an op"));
    let altered = Change::Room { room: TEA, old: None };
    let words = "bob has changed this room: tea; topic: green; each speaks once in 30 s; for reading";
    assert_eq!(by_bob(&altered).as_deref(), Some(words));
    let operator = say((None, ""), &put_out, &chat());
    assert_eq!(operator.as_deref(), Some("carol was put out by the operator"));
    assert_eq!(by_bob(&Change::Announcement).as_deref(), Some("announcement: back at 12"));
    assert_eq!(by_bob(&Change::Kicked { person: CAROL }), None);
}

#[test]
fn whoever_it_is_about_reads_it_in_words_for_them() {
    let muted = |until, is_over| Change::Restrained {
        restraint: Restraint::Mute,
        person: CAROL,
        room: Some(PRIVATE),
        until,
        is_over,
        addresses: Vec::new(),
    };
    let for_ever = "you may not speak in Tee for ever, says bob: spam";
    assert_eq!(to_them(&muted(None, false)).as_deref(), Some(for_ever));
    let a_while = "you may not speak in Tee until 12:01, says bob: spam";
    assert_eq!(to_them(&muted(Some(NOON + 60_000), false)).as_deref(), Some(a_while));
    assert_eq!(to_them(&muted(None, true)).as_deref(), Some("you may speak in Tee again"));
    let kicked = Change::Kicked { person: CAROL };
    assert_eq!(to_them(&kicked).as_deref(), Some("you were put out by bob: spam"));
    let put_out = Change::PutOut { room: PRIVATE, who: carol() };
    let words = farewell((Some(BOB), "a\nb"), &put_out, &chat());
    assert_eq!(words.as_deref(), Some("you were put out of Tee by bob: a\n    | b"));
}

#[test]
fn a_room_has_a_plate_if_there_is_something_on_it() {
    let plates = [1, TEA, PRIVATE].map(|room| plate(&chat(), room));
    let tea = "* topic: green; each speaks once in 30 s; for reading".to_owned();
    assert_eq!(plates, [None, Some(tea), None]);
}

#[test]
fn lists_have_a_line_for_each() {
    let answered = |reply: &Reply<'_>| answer(reply, &chat(), &Zone(TimeZone::UTC), NOON);
    let session = StoredSession {
        number: 3,
        token: [0; 32],
        since: NOON,
        seen: NOON,
        client: "Firefox, Linux".into(),
        place: "203.0.*".into(),
    };
    let listening = Listening { session: &session, is_here: false, is_this: false };
    let sessions = answered(&Reply::Sessions(vec![listening]));
    let line = "*   3 Firefox, Linux (203.0.*): last here 12:00:00";
    assert_eq!(sessions, format!("* from here you can come back:\n{line}"));
    let report = StoredReport {
        number: 9,
        room: TEA,
        at: NOON,
        by: BOB,
        author: CAROL,
        author_name: "carol".into(),
        reason: "rude".into(),
        offset: Some(1),
        text: Some("two\nlines".into()),
        picture: None,
    };
    let reports = answered(&Reply::Reports { reports: vec![&report], more: true });
    let line = "*   9 by bob, in tea: rude; carol: two     | lines";
    assert_eq!(reports, format!("* what waits for somebody to look at it:\n{line}\n*   and more"));
    let model = chat();
    let restraints = model.restraint_of(Restraint::Mute, CAROL, Some(TEA), NOON).into_iter().collect();
    let line = "*   carol is muted in tea until 12:01, by bob: loud";
    assert_eq!(answered(&Reply::Restraints(restraints)), format!("* who may not speak or come in:\n{line}"));
    assert_eq!(answered(&Reply::Invites(Vec::new())), "* invites: nothing");
}
