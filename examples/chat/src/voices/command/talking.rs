//! The commands of everybody: names, rooms, private words.

use super::words::{Command, addressee, unquoted};
use crate::ask::{Ask, To, Who, Wish};

/// Names in a list for people.
pub(super) const LISTED: u64 = 50;

pub(super) const TALKING: &[Command] = &[
    Command {
        form: "/nick NAME",
        does: "call yourself NAME",
        means: |rest, _| Some(Ask::Wish(Wish::Rename { name: unquoted(rest)?.into() })),
    },
    Command {
        form: "/join ROOM",
        does: "enter a room, made if there is none; what you say goes there from then on",
        means: |rest, _| {
            Some(Ask::Wish(Wish::Join { room: unquoted(rest)?.into(), create: true, is_private: false }))
        },
    },
    Command {
        form: "/leave [ROOM]",
        does: "leave this room, or ROOM",
        means: |rest, _| Some(Ask::Wish(Wish::Leave { room: unquoted(rest).map(Into::into) })),
    },
    Command { form: "/rooms", does: "list the rooms", means: |_, _| Some(Ask::Rooms { after: "".into() }) },
    Command {
        form: "/who",
        does: "list who is in this room",
        means: |_, _| Some(Ask::Who(Who { room: None, query: None, after: None, limit: Some(LISTED) })),
    },
    Command {
        form: "/msg NAME TEXT",
        does: "say something to NAME alone; \"NAME\" may stand in quotes",
        means: |rest, names| {
            let (to, text) = addressee(rest, names);
            let is_whole = !to.is_empty() && !text.is_empty();
            is_whole.then(|| Ask::Wish(Wish::Say { to: To::Named(to.into()), text: text.into() }))
        },
    },
    Command {
        form: "/echo on|off",
        does: "hear your own words, or not",
        means: |rest, _| match rest {
            "on" => Some(Ask::Echo(true)),
            "off" => Some(Ask::Echo(false)),
            _ => None,
        },
    },
    Command { form: "/help", does: "this list", means: |_, _| Some(Ask::Help) },
];
