//! The commands about the world outside: what one is told of while one is away, and where; bots and their keys.

use super::governing::act;
use super::words::{Command, split, unquoted};
use crate::ask::{Aimed, Ask, For, Look, Where, Whom, Wish};
use crate::history::{Discloses, KeyKind, Level, Number, Shape};

pub(super) const WHILE_AWAY: &[Command] = &[
    Command {
        form: "/level all|mentions|nothing|usual",
        does: "how much of this room you are told of while you are away",
        means: |rest, _| {
            let level = if rest == "usual" { None } else { Some(Level::of_word(rest)?) };
            Some(Ask::Wish(Wish::SetLevel { room: None, level }))
        },
    },
    Command {
        form: "/push [SHAPE URL|off N|test N]",
        does: "where that goes: list it, add an address (a secret may follow), drop or try one",
        means: |rest, _| match split(rest) {
            ("", _) => Some(Ask::Look(Look::Targets { place: None })),
            ("off", target) => act(Aimed::DropTarget { target: number(target)? }, ""),
            ("test", target) => Some(Ask::Test { target: number(target)? }),
            (shape, rest) => add_target(Shape::of_word(shape)?, rest),
        },
    },
];

pub(super) const BOTS: &[Command] = &[
    Command {
        form: "/hook NAME",
        does: "an address at which programs speak in this room, as the bot NAME",
        means: |rest, _| give_key(rest, KeyKind::Hook),
    },
    Command {
        form: "/bot NAME",
        does: "a token with which a program is the bot NAME, in this room and its others",
        means: |rest, _| give_key(rest, KeyKind::Token),
    },
    Command {
        form: "/bots",
        does: "list the bots, and their keys by number",
        means: |_, _| Some(Ask::Look(Look::Bots)),
    },
    Command {
        form: "/unhook NUMBER",
        does: "the key with this number opens nothing any more",
        means: |rest, _| act(Aimed::RevokeKey { key: number(rest)? }, ""),
    },
    Command {
        form: "/unbot NAME",
        does: "take the bot NAME away, with its keys",
        means: |rest, _| act(Aimed::RemoveBot { whom: Whom::Named(unquoted(rest)?.into()) }, ""),
    },
];

fn give_key(rest: &str, kind: KeyKind) -> Option<Ask<'_>> {
    act(Aimed::GiveKey { name: unquoted(rest)?.into(), place: Where::Here, kind, pace: None }, "")
}

/// By whom and where: the words themselves stay here.
fn add_target(shape: Shape, rest: &str) -> Option<Ask<'_>> {
    let (url, rest) = split(rest);
    let (secret, rest) = split(rest);
    if url.is_empty() || !rest.is_empty() {
        return None;
    }
    let secret = (!secret.is_empty()).then(|| secret.into());
    let (serves, discloses) = (For::Oneself, Discloses::Sender);
    act(Aimed::AddTarget { serves, shape, url: url.into(), secret, discloses }, "")
}

/// Of a key or a target: `5`, or `#5`.
fn number(word: &str) -> Option<Number> {
    let digits = word.strip_prefix('#').unwrap_or(word);
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    digits.parse().ok().filter(|&number| is_number && number > 0)
}
