//! The lines about the world outside, on a small chat.

use jiff::tz::TimeZone;

use super::*;
use crate::voices::stage::{BOB, BUILDS, CAROL, CAROLS, NOON, OF_TEA, TEA, chat};

fn answered(reader: PersonId, reply: &Reply<'_>) -> String {
    answer(reply, Some(reader), &chat(), &Zone(TimeZone::UTC), NOON)
}

#[test]
fn a_key_is_told_in_a_line() {
    let given = |kind, key, url| {
        let (number, bot, room, pace) = (5, BUILDS, TEA, 60);
        answered(BOB, &Reply::Key(KeyGiven { number, bot, kind, room, pace, key, url }))
    };
    let hook = "* whoever has this address speaks in tea as builds [bot], 60 times a minute, until /unhook 5; it is told \
                once: https://chat.example.com/hooks/K";
    assert_eq!(given(KeyKind::Hook, "K", Some("https://chat.example.com/hooks/K")), hook);
    let token = "* whoever has this token is builds [bot], until /unhook 5; it is told once: K";
    assert_eq!(given(KeyKind::Token, "K", None), token);
}

#[test]
fn bots_are_listed_by_their_keys() {
    let list = |private: &str| {
        [
            "* programs that speak here:",
            "*   5 builds [bot]: a hook into tea, 60 a minute, by bob, used 12:00:00",
            &format!("*   6 builds [bot]: a hook into {private}, 60 a minute, by bob, never used"),
            "*   7 builds [bot]: a token, 60 a minute, by bob, never used",
            "*   小爱 [bot]: the robot of this chat",
        ]
        .join("\n")
    };
    let bots = |reader| answered(reader, &Reply::Bots { sees_private: false });
    assert_eq!(bots(BOB), list("Tee"));
    assert_eq!(bots(99), list("a private room"), "of which they may not know");
    assert_eq!(say_bot(Some(BOB), BUILDS, &chat()), "bob has looked after builds [bot]: /bots");
    assert_eq!(say_bot(None, 99, &chat()), "the operator has taken a bot away: /bots");
}

#[test]
fn targets_are_listed_without_what_is_secret() {
    let list = answered(CAROL, &Reply::Targets(vec![CAROLS, 99, OF_TEA]));
    let rows = [
        "* what goes out:",
        "*   3 ntfy at ntfy.sh, told where and by whom: 7 sent, 2 waiting, 1 given up; it answered 503; off",
        "*   4 webhook at 10.0.0.5:8080 for all of tea, told where and by whom: 7 sent, 0 waiting, 0 given up",
    ];
    assert_eq!(list, rows.join("\n"));
    assert_eq!(answered(CAROL, &Reply::Targets(Vec::new())), "* what goes out: nothing");
    let made = |secret| answered(CAROL, &Reply::Target { target: CAROLS, secret });
    assert_eq!(made(None), "* target 3 (ntfy at ntfy.sh): /push test 3 tries it");
    let signed =
        "* target 3 (ntfy at ntfy.sh): /push test 3 tries it; it signs with whsec_K, which is told once";
    assert_eq!(made(Some("whsec_K")), signed);
    let tested = |fault| answered(CAROL, &Reply::Tested { target: 3, fault });
    assert_eq!(tested(None), "* target 3 has taken it");
    assert_eq!(tested(Some("no\nway")), "* target 3 has not taken it: no\n    | way");
}
