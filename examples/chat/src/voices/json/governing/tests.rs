//! What is asked, as the README has it, and what is wrong with it.

use std::collections::HashSet;

use super::super::asked::Asked;
use super::*;
use crate::refusal::Code;

fn parsed(text: &str) -> Result<Ask<'_>, Refusal> {
    Asked::parse(text, 64 << 10).map(|asked| asked.ask).map_err(|fault| fault.refusal)
}

fn act<'a>(what: Aimed<'a>, reason: &'a str) -> Ask<'a> {
    Ask::Wish(Wish::Act(Intent { what, reason: reason.into() }))
}

#[test]
fn acts_are_about_somebody_somewhere() {
    let bob = || Whom::Named("bob".into());
    let tea = || Where::Room("tea".into());
    let table = [
        (
            r#"{"type":"kick","user":7,"room":"tea","reason":"spam"}"#,
            act(Aimed::Kick { whom: Whom::Id(7), place: tea() }, "spam"),
        ),
        (r#"{"type":"kick","user":"bob"}"#, act(Aimed::Kick { whom: bob(), place: Where::Everywhere }, "")),
        (
            r#"{"type":"ban","user":"bob","seconds":60,"addresses":true,"erase":"day"}"#,
            act(
                Aimed::Restrain {
                    restraint: Restraint::Ban,
                    whom: bob(),
                    place: Where::Everywhere,
                    seconds: Some(60),
                    with_addresses: true,
                    purge: Some(Since::Day),
                },
                "",
            ),
        ),
        (
            r#"{"type":"unmute","user":"bob","room":"tea"}"#,
            act(Aimed::Release { restraint: Restraint::Mute, whom: bob(), place: tea() }, ""),
        ),
        (
            r#"{"type":"op","user":"bob","room":"tea","op":false}"#,
            act(Aimed::Op { whom: bob(), place: tea(), is_op: false }, ""),
        ),
        (
            r#"{"type":"role","user":"bob","role":"admin"}"#,
            act(Aimed::Role { whom: bob(), role: Role::Admin }, ""),
        ),
        (
            r#"{"type":"alter","room":"tea","topic":"","slow":30}"#,
            act(
                Aimed::Alter {
                    place: tea(),
                    name: None,
                    is_private: None,
                    topic: Some("".into()),
                    pace: Some(30),
                    is_closed: None,
                },
                "",
            ),
        ),
        (r#"{"type":"revoke","invite":5}"#, act(Aimed::Revoke { invite: 5 }, "")),
        (r#"{"type":"accept","invite":"KEY"}"#, act(Aimed::Accept { key: "KEY".into() }, "")),
        (r#"{"type":"announce","msg":""}"#, act(Aimed::Announce { text: "".into() }, "")),
        (
            r#"{"type":"settle","report":9,"accept":true}"#,
            act(Aimed::Settle { report: 9, granted: true }, ""),
        ),
        (r#"{"type":"end_session","session":3}"#, act(Aimed::EndSession { whom: None, session: 3 }, "")),
        (r#"{"type":"avatar","drop":true}"#, act(Aimed::DropAvatar { whom: None }, "")),
        (r#"{"type":"avatar","size":9}"#, Ask::AnnounceAvatar { size: Some(9) }),
        (
            r#"{"type":"reports","room":"tea","after":3}"#,
            Ask::Look(Look::Reports { place: tea(), after: Some(3) }),
        ),
        (r#"{"type":"mine","before":8}"#, Ask::Look(Look::Mine { before: Some(8) })),
    ];
    for (text, asked) in table {
        assert_eq!(parsed(text), Ok(asked), "{text}");
    }
}

#[test]
fn what_is_wrong_is_named() {
    let long = format!(r#"{{"type":"kick","user":7,"reason":"{}"}}"#, "很".repeat(LONGEST_REASON + 1));
    let table = [
        (r#"{"type":"kick"}"#, "user"),
        (r#"{"type":"kick","user":-1}"#, "user"),
        (r#"{"type":"kick","user":[7]}"#, "user"),
        (&*long, "reason"),
        (r#"{"type":"op","user":7,"op":true}"#, "room"),
        (r#"{"type":"op","user":7,"room":"tea"}"#, "op"),
        (r#"{"type":"op","user":7,"room":"tea","op":1}"#, "op"),
        (r#"{"type":"ban","user":7,"seconds":0}"#, "seconds"),
        (r#"{"type":"mute","user":7,"seconds":1e9}"#, "seconds"),
        (r#"{"type":"mute","user":7,"seconds":18446744073709551615}"#, "seconds"),
        (r#"{"type":"ban","user":7,"erase":"week"}"#, "erase"),
        (r#"{"type":"purge","user":7}"#, "since"),
        (r#"{"type":"role","user":7,"role":"king"}"#, "role"),
        (r#"{"type":"alter","room":"tea","slow":86401}"#, "slow"),
        (r#"{"type":"alter","room":"tea"}"#, "topic"),
        (r#"{"type":"door","door":"ajar"}"#, "door"),
        (r#"{"type":"invite","uses":1001}"#, "uses"),
        (r#"{"type":"revoke","invite":"KEY"}"#, "invite"),
        (r#"{"type":"accept","invite":5}"#, "invite"),
        (r#"{"type":"hello","invite":5}"#, "invite"),
        (r#"{"type":"erase"}"#, "words"),
        (r#"{"type":"settle","report":"a\":b","accept":true}"#, "report"),
        (r#"{"type":"join","room":"tea","private":true}"#, "create"),
    ];
    for (text, field) in table {
        let refusal = parsed(text).expect_err(text);
        assert_eq!(refusal.code, Code::BadField, "{text}");
        assert!(refusal.words.contains(&format!("`{field}`")), "{text}: {}", refusal.words);
    }
    let unknown = parsed(r#"{"type":"dance","user":7}"#).expect_err("there is no such type");
    assert_eq!(unknown.code, Code::UnknownType);
}

/// The requests that stand in the README's tables of governing and of oneself: first cells, in backticks.
#[test]
fn the_readme_has_every_request_and_each_is_understood() {
    let readme = include_str!("../../../../README.md");
    let (_, sections) = readme.split_once("### 8. Governing").expect("a section");
    let (sections, _) = sections.split_once("### 10. Errors").expect("the next one");
    let mut seen = HashSet::new();
    for cell in sections.lines().filter_map(|row| row.strip_prefix("| ")?.split(" | ").next()) {
        for request in cell.split('`').filter(|text| text.starts_with("{\"type\"")) {
            parsed(request).unwrap_or_else(|refusal| panic!("{request}: {refusal:?}"));
            seen.extend(request.split('"').nth(3));
        }
    }
    // Those two come up where one joins, and where pictures are.
    seen.extend(["accept", "avatar"]);
    let lost: Vec<_> = KINDS.iter().filter(|kind| !seen.contains(**kind)).collect();
    assert!(lost.is_empty(), "{lost:?}");
}
