//! What is asked about the world outside, as the README has it, and what is wrong with it.

use super::super::asked::Asked as Parsed;
use super::*;
use crate::refusal::Code;

fn parsed(text: &str) -> Result<Ask<'_>, Refusal> {
    Parsed::parse(text, 64 << 10).map(|asked| asked.ask).map_err(|fault| fault.refusal)
}

fn act<'a>(what: Aimed<'a>, reason: &'a str) -> Ask<'a> {
    Ask::Wish(Wish::Act(Intent { what, reason: reason.into() }))
}

#[test]
fn what_is_asked_about_the_world_outside_is_understood() {
    let tea = || Where::Room("tea".into());
    let target = |serves, shape, url: &'static str, secret: Option<&'static str>, discloses| {
        act(
            Aimed::AddTarget { serves, shape, url: url.into(), secret: secret.map(Into::into), discloses },
            "",
        )
    };
    let ntfy = "https://ntfy.sh/alice-7";
    let level = |level| Ask::Wish(Wish::SetLevel { room: Some("tea".into()), level });
    let table = [
        (
            r#"{"type":"give_key","name":"builds","room":"tea","kind":"hook","pace":30,"reason":"CI"}"#,
            act(
                Aimed::GiveKey { name: "builds".into(), place: tea(), kind: KeyKind::Hook, pace: Some(30) },
                "CI",
            ),
        ),
        (
            r#"{"type":"give_key","name":"builds","room":"tea","kind":"token"}"#,
            act(Aimed::GiveKey { name: "builds".into(), place: tea(), kind: KeyKind::Token, pace: None }, ""),
        ),
        (
            r#"{"type":"give_key","name":"b","room":"tea","kind":"hook","pace":18446744073709551615}"#,
            act(
                Aimed::GiveKey { name: "b".into(), place: tea(), kind: KeyKind::Hook, pace: Some(u32::MAX) },
                "",
            ),
        ),
        (r#"{"type":"revoke_key","key":5}"#, act(Aimed::RevokeKey { key: 5 }, "")),
        (r#"{"type":"remove_bot","user":9}"#, act(Aimed::RemoveBot { whom: Whom::Id(9) }, "")),
        (
            r#"{"type":"remove_bot","user":"builds"}"#,
            act(Aimed::RemoveBot { whom: Whom::Named("builds".into()) }, ""),
        ),
        (r#"{"type":"bots"}"#, Ask::Look(Look::Bots)),
        (r#"{"type":"targets"}"#, Ask::Look(Look::Targets { place: None })),
        (r#"{"type":"targets","room":"tea"}"#, Ask::Look(Look::Targets { place: Some(tea()) })),
        (
            r#"{"type":"add_target","shape":"ntfy","url":"https://ntfy.sh/alice-7"}"#,
            target(For::Oneself, Shape::Ntfy, ntfy, None, Discloses::Sender),
        ),
        (
            r#"{"type":"add_target","shape":"dingtalk","url":"https://ntfy.sh/alice-7","secret":"SEC","text":"text","room":"tea"}"#,
            target(For::Room(tea()), Shape::Dingtalk, ntfy, Some("SEC"), Discloses::Text),
        ),
        (
            r#"{"type":"add_target","shape":"webhook","url":"https://ntfy.sh/alice-7","secret":"","text":"nothing","user":7}"#,
            target(For::Person(Whom::Id(7)), Shape::Webhook, ntfy, None, Discloses::Nothing),
        ),
        (r#"{"type":"drop_target","target":3}"#, act(Aimed::DropTarget { target: 3 }, "")),
        (r#"{"type":"rotate_target","target":3}"#, act(Aimed::RotateTarget { target: 3 }, "")),
        (r#"{"type":"test_target","target":3}"#, Ask::Test { target: 3 }),
        (r#"{"type":"level","room":"tea","level":"all"}"#, level(Some(Level::All))),
        (r#"{"type":"level","room":"tea","level":"nothing"}"#, level(Some(Level::Nothing))),
        (r#"{"type":"level","room":"tea","level":"usual"}"#, level(None)),
        (r#"{"type":"level","room":"tea","level":null}"#, level(None)),
    ];
    for (text, asked) in table {
        assert_eq!(parsed(text), Ok(asked), "{text}");
    }
}

#[test]
fn what_is_wrong_is_named() {
    let long = format!(r#"{{"type":"drop_target","target":3,"reason":"{}"}}"#, "很".repeat(201));
    let table = [
        (r#"{"type":"give_key","room":"tea","kind":"hook"}"#, "name"),
        (r#"{"type":"give_key","name":"b","kind":"hook"}"#, "room"),
        (r#"{"type":"give_key","name":"b","room":"tea"}"#, "kind"),
        (r#"{"type":"give_key","name":"b","room":"tea","kind":"Hook"}"#, "kind"),
        (r#"{"type":"give_key","name":"b","room":"tea","kind":"hook","pace":-1}"#, "pace"),
        (r#"{"type":"give_key","name":"b","room":"tea","kind":"hook","pace":1.5}"#, "pace"),
        (r#"{"type":"revoke_key"}"#, "key"),
        (r#"{"type":"revoke_key","key":"5"}"#, "key"),
        (r#"{"type":"remove_bot"}"#, "user"),
        (r#"{"type":"remove_bot","user":[9]}"#, "user"),
        (r#"{"type":"add_target","url":"https://ntfy.sh/a"}"#, "shape"),
        (r#"{"type":"add_target","shape":"fax","url":"https://ntfy.sh/a"}"#, "shape"),
        (r#"{"type":"add_target","shape":"ntfy"}"#, "url"),
        (r#"{"type":"add_target","shape":"ntfy","url":["https://ntfy.sh/a"]}"#, "url"),
        (r#"{"type":"add_target","shape":"ntfy","url":"https://ntfy.sh/a","text":"all"}"#, "text"),
        (r#"{"type":"add_target","shape":"ntfy","url":"https://ntfy.sh/a","room":"tea","user":7}"#, "room"),
        (r#"{"type":"drop_target"}"#, "target"),
        (r#"{"type":"drop_target","target":-3}"#, "target"),
        (r#"{"type":"rotate_target","target":"x"}"#, "target"),
        (r#"{"type":"test_target"}"#, "target"),
        (&*long, "reason"),
        (r#"{"type":"level","level":"all"}"#, "room"),
        (r#"{"type":"level","room":"tea","level":"some"}"#, "level"),
        (r#"{"type":"level","room":"tea","level":1}"#, "level"),
    ];
    for (text, field) in table {
        let refusal = parsed(text).expect_err(text);
        assert_eq!(refusal.code, Code::BadField, "{text}");
        assert!(refusal.words.contains(&format!("`{field}`")), "{text}: {}", refusal.words);
    }
}

/// In the first cells of the README's tables; that each is understood, the tests of governing see.
#[test]
fn the_readme_has_every_request() {
    let readme = include_str!("../../../../README.md");
    let rows = readme.lines().filter_map(|row| row.strip_prefix("| `{\"type\"")?.split(" | ").next());
    let cells: String = rows.map(|cell| format!("{{\"type\"{cell}\n")).collect();
    let lost: Vec<_> =
        KINDS.iter().filter(|kind| !cells.contains(&format!("{{\"type\":\"{kind}\""))).collect();
    assert!(lost.is_empty(), "{lost:?}");
}
