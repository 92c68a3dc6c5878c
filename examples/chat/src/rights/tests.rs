//! The rights, as tables: whoever changes one changes what people may do.
//!
//! A cell is `yes`, or what is lacking. Each of these mutations of `rights.rs` was made, and turns a table red: an op outranks
//! their like (kick | op); an admin outranks their like (kick | admin); an owner does not (kick | owner); an owner is outranked by
//! an admin; oneself may be banned; an admin appoints in the chat; the lobby may be removed; somebody governs a private talk;
//! members speak in a closed room; the muted speak; the banned govern; the last owner goes; members call; somebody calls in a
//! private talk; an op makes bots; an admin sends anywhere.

use super::*;

/// In a room that is as most are.
const ROOM: &str = "
    what         whom     | member   op         admin      owner
    Speak        -        | yes      yes        yes        yes
    SpeakAtOnce  -        | NotOp    yes        yes        yes
    Delete       member   | NotOp    yes        yes        yes
    Delete       op       | NotOp    Outranked  yes        yes
    Delete       admin    | NotOp    Outranked  Outranked  yes
    Delete       owner    | NotOp    Outranked  Outranked  yes
    Kick         oneself  | NotOp    Oneself    Oneself    Oneself
    Kick         member   | NotOp    yes        yes        yes
    Kick         op       | NotOp    Outranked  yes        yes
    Kick         admin    | NotOp    Outranked  Outranked  yes
    Kick         owner    | NotOp    Outranked  Outranked  yes
    Mute         oneself  | NotOp    Oneself    Oneself    Oneself
    Mute         member   | NotOp    yes        yes        yes
    Mute         op       | NotOp    Outranked  yes        yes
    Mute         admin    | NotOp    Outranked  Outranked  yes
    Mute         owner    | NotOp    Outranked  Outranked  yes
    Ban          oneself  | NotOp    Oneself    Oneself    Oneself
    Ban          member   | NotOp    yes        yes        yes
    Ban          op       | NotOp    Outranked  yes        yes
    Ban          admin    | NotOp    Outranked  Outranked  yes
    Ban          owner    | NotOp    Outranked  Outranked  yes
    Purge        oneself  | NotOp    yes        yes        yes
    Purge        member   | NotOp    yes        yes        yes
    Purge        op       | NotOp    Outranked  yes        yes
    Purge        admin    | NotOp    Outranked  Outranked  yes
    Purge        owner    | NotOp    Outranked  Outranked  yes
    Appoint      oneself  | NotOp    yes        yes        yes
    Appoint      member   | NotOp    yes        yes        yes
    Appoint      op       | NotOp    Outranked  yes        yes
    Appoint      admin    | NotOp    Outranked  Outranked  yes
    Appoint      owner    | NotOp    Outranked  Outranked  yes
    Alter        -        | NotOp    yes        yes        yes
    Rename       -        | NotOp    yes        yes        yes
    Remove       -        | NotOp    yes        yes        yes
    Invite       member   | NotOp    yes        yes        yes
    Invite       admin    | NotOp    yes        yes        yes
    Review       -        | NotOp    yes        yes        yes
    Call         -        | NotOp    yes        yes        yes
";

/// Where a room is not as most are: what is said there instead, to those who govern it and to those who do not.
const PLACES: &str = "
    what         whom     | closed   closed     lobby      direct
                          | member   op         owner      owner
    Speak        -        | Closed   yes        yes        yes
    SpeakAtOnce  -        | NotOp    yes        yes        Private
    Delete       member   | NotOp    yes        yes        Private
    Kick         member   | NotOp    yes        Lobby      Private
    Mute         member   | NotOp    yes        yes        Private
    Ban          member   | NotOp    yes        Lobby      Private
    Purge        member   | NotOp    yes        yes        Private
    Appoint      member   | NotOp    yes        yes        Private
    Alter        -        | NotOp    yes        yes        Private
    Rename       -        | NotOp    yes        Lobby      Private
    Remove       -        | NotOp    yes        Lobby      Private
    Invite       member   | NotOp    yes        Lobby      Private
    Review       -        | NotOp    yes        yes        Private
    Call         -        | NotOp    yes        yes        Private
";

/// In the whole chat. An op is one of some room.
const CHAT: &str = "
    what         whom     | member    op         admin      owner
    Kick         oneself  | NotAdmin  NotAdmin   Oneself    Oneself
    Kick         member   | NotAdmin  NotAdmin   yes        yes
    Kick         op       | NotAdmin  NotAdmin   yes        yes
    Kick         admin    | NotAdmin  NotAdmin   Outranked  yes
    Kick         owner    | NotAdmin  NotAdmin   Outranked  yes
    Mute         oneself  | NotAdmin  NotAdmin   Oneself    Oneself
    Mute         member   | NotAdmin  NotAdmin   yes        yes
    Mute         admin    | NotAdmin  NotAdmin   Outranked  yes
    Mute         owner    | NotAdmin  NotAdmin   Outranked  yes
    Ban          oneself  | NotAdmin  NotAdmin   Oneself    Oneself
    Ban          member   | NotAdmin  NotAdmin   yes        yes
    Ban          admin    | NotAdmin  NotAdmin   Outranked  yes
    Ban          owner    | NotAdmin  NotAdmin   Outranked  yes
    Purge        oneself  | NotAdmin  NotAdmin   yes        yes
    Purge        member   | NotAdmin  NotAdmin   yes        yes
    Purge        admin    | NotAdmin  NotAdmin   Outranked  yes
    Purge        owner    | NotAdmin  NotAdmin   Outranked  yes
    Appoint      oneself  | NotOwner  NotOwner   NotOwner   yes
    Appoint      member   | NotOwner  NotOwner   NotOwner   yes
    Appoint      admin    | NotOwner  NotOwner   NotOwner   yes
    Appoint      owner    | NotOwner  NotOwner   NotOwner   yes
    Invite       -        | NotAdmin  NotAdmin   yes        yes
    SetDoor      -        | NotAdmin  NotAdmin   yes        yes
    Announce     -        | NotAdmin  NotAdmin   yes        yes
    Review       -        | NotAdmin  NotAdmin   yes        yes
    EndSessions  member   | NotAdmin  NotAdmin   yes        yes
    EndSessions  admin    | NotAdmin  NotAdmin   Outranked  yes
    EndSessions  owner    | NotAdmin  NotAdmin   Outranked  yes
    Administer   -        | NotAdmin  NotAdmin   yes        yes
    Bots         -        | NotAdmin  NotAdmin   yes        yes
    Targets      -        | NotOwner  NotOwner   NotOwner   yes
";

/// Somebody, by the word that the tables have for them.
fn standing(word: &str) -> Option<Standing> {
    let plain = Standing { is_named: true, ..Standing::default() };
    match word {
        "-" | "oneself" => None,
        "member" => Some(plain),
        "op" => Some(Standing { is_op: true, ..plain }),
        "admin" => Some(Standing { role: Role::Admin, ..plain }),
        "owner" => Some(Standing { role: Role::Owner, ..plain }),
        _ => panic!("who is {word}?"),
    }
}

fn place(word: &str) -> Place {
    let plain = Place::default();
    match word {
        "room" => plain,
        "closed" => Place { is_closed: true, ..plain },
        "lobby" => Place { is_lobby: true, ..plain },
        "direct" => Place { is_direct: true, ..plain },
        _ => panic!("what is {word}?"),
    }
}

fn in_room(word: &str) -> InRoom {
    let mut all = InRoom::OF_OPS.into_iter().chain([InRoom::Speak, InRoom::SpeakAtOnce]);
    all.find(|right| format!("{right:?}") == word).unwrap_or_else(|| panic!("what is {word}?"))
}

fn in_chat(word: &str) -> InChat {
    let mut all = InChat::ALL.into_iter();
    all.find(|right| format!("{right:?}") == word).unwrap_or_else(|| panic!("what is {word}?"))
}

fn told(outcome: Result<(), Lack>) -> String {
    outcome.map_or_else(|lack| format!("{lack:?}"), |()| "yes".to_owned())
}

/// The rows of a table, each in what stands before the line and behind it.
fn rows(table: &str) -> Vec<(Vec<&str>, Vec<&str>)> {
    let halves = table.lines().filter_map(|line| line.split_once('|'));
    halves.map(|(left, right)| (words(left), words(right))).collect()
}

fn words(text: &str) -> Vec<&str> {
    text.split_whitespace().collect()
}

#[test]
fn in_a_room_everybody_may_what_the_table_says() {
    let rows = rows(ROOM);
    let [(_, columns), rows @ ..] = &rows[..] else { panic!("there is a head") };
    for (row, cells) in rows {
        for (who, expected) in columns.iter().zip(cells) {
            let outcome =
                check_room(standing(who).unwrap(), in_room(row[0]), place("room"), standing(row[1]));
            assert_eq!(told(outcome), *expected, "{row:?} by {who}");
        }
    }
    assert_eq!(rows.iter().map(|(row, _)| row[0]).collect::<std::collections::HashSet<_>>().len(), 14);
}

#[test]
fn in_other_places_everybody_may_what_the_table_says() {
    let rows = rows(PLACES);
    let [(_, places), (_, columns), rows @ ..] = &rows[..] else { panic!("there is a head of two lines") };
    for (row, cells) in rows {
        for ((at, who), expected) in places.iter().zip(columns).zip(cells) {
            let outcome = check_room(standing(who).unwrap(), in_room(row[0]), place(at), standing(row[1]));
            assert_eq!(told(outcome), *expected, "{row:?} in {at} by {who}");
        }
    }
    assert_eq!(rows.len(), 14);
}

#[test]
fn in_the_chat_everybody_may_what_the_table_says() {
    let rows = rows(CHAT);
    let [(_, columns), rows @ ..] = &rows[..] else { panic!("there is a head") };
    for (row, cells) in rows {
        for (who, expected) in columns.iter().zip(cells) {
            let outcome = check_chat(standing(who).unwrap(), in_chat(row[0]), standing(row[1]));
            assert_eq!(told(outcome), *expected, "{row:?} by {who}");
        }
    }
    assert_eq!(rows.iter().map(|(row, _)| row[0]).collect::<std::collections::HashSet<_>>().len(), 13);
}

/// Whatever else they are.
#[test]
fn the_banned_may_nothing_and_the_muted_do_not_speak() {
    for who in ["member", "op", "admin", "owner"] {
        let banned = Standing { is_banned: true, ..standing(who).unwrap() };
        let muted = Standing { is_muted: true, ..standing(who).unwrap() };
        for right in InRoom::OF_OPS.into_iter().chain([InRoom::Speak, InRoom::SpeakAtOnce]) {
            assert_eq!(check_room(banned, right, place("room"), None), Err(Lack::Banned), "{who} {right:?}");
            let (same, whom) = (standing(who).unwrap(), standing("member"));
            let expected = match right {
                InRoom::Speak => Err(Lack::Muted),
                _ => check_room(same, right, place("room"), whom),
            };
            assert_eq!(check_room(muted, right, place("room"), whom), expected, "{who} {right:?}");
        }
        for right in InChat::ALL {
            assert_eq!(check_chat(banned, right, standing("member")), Err(Lack::Banned), "{who} {right:?}");
        }
        assert_eq!(check_room(muted, InRoom::Speak, place("direct"), None), Err(Lack::Muted), "{who}");
    }
}

#[test]
fn the_operator_is_an_owner_and_the_last_owner_stays() {
    for whom in ["member", "op", "admin", "owner"].map(standing) {
        for right in InRoom::OF_OPS {
            assert_eq!(check_room(Standing::OPERATOR, right, place("room"), whom), Ok(()), "{right:?}");
        }
        for right in InChat::ALL {
            assert_eq!(check_chat(Standing::OPERATOR, right, whom), Ok(()), "{right:?}");
        }
    }
    let [owner, admin] = ["owner", "admin"].map(|word| standing(word).unwrap());
    assert_eq!(check_owners(owner, 0), Err(Lack::LastOwner));
    assert_eq!((check_owners(owner, 1), check_owners(admin, 0)), (Ok(()), Ok(())));
}

/// What is offered is what may be done to a member.
#[test]
fn what_somebody_is_offered_they_may_do_to_those_below() {
    for who in ["member", "op", "admin", "owner"].map(|word| standing(word).unwrap()) {
        for at in ["room", "closed", "lobby", "direct"].map(place) {
            for right in InRoom::OF_OPS {
                assert_eq!(has_room(who, right, at), check_room(who, right, at, standing("member")));
            }
        }
        for right in InChat::ALL {
            assert_eq!(has_chat(who, right), check_chat(who, right, standing("member")));
        }
    }
}
