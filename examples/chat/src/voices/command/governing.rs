//! The commands of those who govern a room or the chat, and those about oneself. They are about the room where one is; who is
//! kicked or banned in the lobby is so everywhere.

use std::borrow::Cow;

use super::words::{Command, lasting, somebody, split_last, unquoted};
use crate::ask::{Aimed, Ask, Intent, Look, SLOWEST, Since, Where, Whom, Wish};
use crate::history::{Door, Restraint};
use crate::rights::Role;

pub(super) const ONESELF: &[Command] = &[
    Command {
        form: "/link",
        does: "a code with which you are yourself on another device",
        means: |_, _| Some(Ask::Look(Look::Link)),
    },
    Command {
        form: "/sessions",
        does: "list from where you can come back",
        means: |_, _| Some(Ask::Look(Look::Sessions)),
    },
    Command {
        form: "/erase name|words",
        does: "erase your name from all that you have said, or that too; it cannot be undone",
        means: |rest, _| match rest {
            "name" => act(Aimed::Erase { words: false }, ""),
            "words" => act(Aimed::Erase { words: true }, ""),
            _ => None,
        },
    },
    Command {
        form: "/private TITLE",
        does: "make a room of which nobody knows who is not in it",
        means: |rest, _| {
            Some(Ask::Wish(Wish::Join { room: unquoted(rest)?.into(), create: true, is_private: true }))
        },
    },
];

pub(super) const OF_A_ROOM: &[Command] = &[
    Command {
        form: "/kick NAME [REASON]",
        does: "put NAME out of this room; in the lobby, out of the chat",
        means: |rest, names| {
            let (name, reason) = somebody(rest, names)?;
            act(Aimed::Kick { whom: whom(name), place: Where::Here }, reason)
        },
    },
    Command {
        form: "/ban NAME [TIME] [REASON]",
        does: "keep NAME out, for 10m, 2h, 3d or for ever",
        means: |rest, names| {
            let (name, rest) = somebody(rest, names)?;
            restrain(Restraint::Ban, name, rest)
        },
    },
    Command {
        form: "/unban NAME",
        does: "let NAME in again",
        means: |rest, _| release(Restraint::Ban, rest),
    },
    Command {
        form: "/mute NAME [TIME] [REASON]",
        does: "NAME may only read here, for 10m, 2h, 3d or for ever",
        means: |rest, names| {
            let (name, rest) = somebody(rest, names)?;
            restrain(Restraint::Mute, name, rest)
        },
    },
    Command {
        form: "/unmute NAME",
        does: "let NAME speak again",
        means: |rest, _| release(Restraint::Mute, rest),
    },
    Command {
        form: "/purge NAME [hour|day|ever]",
        does: "erase what NAME has said here in the last hour or day, or ever",
        means: |rest, names| {
            let (name, since) = somebody(rest, names)?;
            let since = if since.is_empty() { Since::Hour } else { Since::of_word(since)? };
            act(Aimed::Purge { whom: whom(name), place: Where::Here, since }, "")
        },
    },
    Command { form: "/op NAME", does: "NAME governs this room, too", means: |rest, _| appoint(rest, true) },
    Command { form: "/deop NAME", does: "NAME governs it no longer", means: |rest, _| appoint(rest, false) },
    Command {
        form: "/topic [TEXT|-]",
        does: "what this room is about: TEXT from now on, or nothing; or which it is",
        means: |rest, _| match rest {
            "" => Some(Ask::Look(Look::Topic)),
            "-" => alter(|it| it.topic = Some("".into())),
            text => alter(|it| it.topic = Some(text.into())),
        },
    },
    Command {
        form: "/slow SECONDS|off",
        does: "each member speaks once in so many seconds, or as they like",
        means: |rest, _| {
            let pace = if rest == "off" { 0 } else { number(rest)? };
            alter(|it| it.pace = Some(pace))
        },
    },
    Command {
        form: "/close",
        does: "this room is for reading; its ops still speak",
        means: |_, _| alter(|it| it.is_closed = Some(true)),
    },
    Command {
        form: "/open",
        does: "everybody speaks in it again",
        means: |_, _| alter(|it| it.is_closed = Some(false)),
    },
    Command {
        form: "/invite [NAME]",
        does: "bring NAME into this room; without NAME, a link that brings whoever has it",
        means: |rest, _| match unquoted(rest) {
            Some(name) => act(Aimed::Add { whom: whom(name), place: Where::Here }, ""),
            None => act(Aimed::Invite { place: Where::Here, seconds: None, uses: None }, ""),
        },
    },
    Command {
        form: "/rename ROOM",
        does: "call this room ROOM",
        means: |rest, _| {
            let name = unquoted(rest)?;
            alter(|it| it.name = Some(name.into()))
        },
    },
    Command {
        form: "/remove",
        does: "take this room away, with all that was said in it",
        means: |_, _| act(Aimed::RemoveRoom { place: Where::Here }, ""),
    },
    Command {
        form: "/reports",
        does: "list what waits for somebody to look at it",
        means: |_, _| Some(Ask::Look(Look::Reports { place: Where::Here, after: None })),
    },
];

pub(super) const OF_THE_CHAT: &[Command] = &[
    Command {
        form: "/announce [TEXT]",
        does: "a line for everybody; without TEXT it is taken down",
        means: |rest, _| act(Aimed::Announce { text: rest.into() }, ""),
    },
    Command {
        form: "/door open|named|invited|shut",
        does: "who comes in as somebody new: all, who has a name, who has an invite, nobody",
        means: |rest, _| act(Aimed::SetDoor(Door::of_word(rest)?), ""),
    },
    Command {
        form: "/role NAME member|admin|owner",
        does: "what NAME is in the whole chat",
        means: |rest, _| {
            let (name, role) = split_last(rest);
            act(Aimed::Role { whom: whom(unquoted(name)?), role: Role::of_word(role)? }, "")
        },
    },
];

pub(super) fn act<'a>(what: Aimed<'a>, reason: &'a str) -> Option<Ask<'a>> {
    Some(Ask::Wish(Wish::Act(Intent { what, reason: reason.into() })))
}

fn whom(name: &str) -> Whom<'_> {
    Whom::Named(name.into())
}

fn restrain<'a>(restraint: Restraint, name: &'a str, rest: &'a str) -> Option<Ask<'a>> {
    let (seconds, reason) = lasting(rest)?;
    let (whom, place) = (whom(name), Where::Here);
    let (with_addresses, purge) = (false, None);
    act(Aimed::Restrain { restraint, whom, place, seconds, with_addresses, purge }, reason)
}

fn release(restraint: Restraint, rest: &str) -> Option<Ask<'_>> {
    act(Aimed::Release { restraint, whom: whom(unquoted(rest)?), place: Where::Here }, "")
}

fn appoint(rest: &str, is_op: bool) -> Option<Ask<'_>> {
    act(Aimed::Op { whom: whom(unquoted(rest)?), place: Where::Here, is_op }, "")
}

/// What is to be different about the room.
#[derive(Default)]
struct Altered<'a> {
    name: Option<Cow<'a, str>>,
    topic: Option<Cow<'a, str>>,
    pace: Option<u32>,
    is_closed: Option<bool>,
}

fn alter<'a>(change: impl FnOnce(&mut Altered<'a>)) -> Option<Ask<'a>> {
    let mut altered = Altered::default();
    change(&mut altered);
    let Altered { name, topic, pace, is_closed } = altered;
    act(Aimed::Alter { place: Where::Here, name, is_private: None, topic, pace, is_closed }, "")
}

/// Of seconds.
fn number(word: &str) -> Option<u32> {
    let is_number = !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit());
    word.parse().ok().filter(|&seconds| is_number && seconds <= SLOWEST)
}
