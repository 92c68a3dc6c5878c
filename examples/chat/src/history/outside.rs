//! What the chat has to do with the world outside: bots and the keys by which they come in, targets to which something goes out,
//! what is on its way to them, reminders. And how much of a room somebody wants to hear of.

use serde::{Deserialize, Serialize};

use super::{Call, Millis, Number, Offset, PersonId, RoomId};

/// Somebody who is a program. Others see that.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BotKind {
    /// It comes by a key, and is in those rooms alone into which it was brought.
    Bot,
    /// The robot of the chat itself (`--robot`): it has no key, is in no room, and answers wherever it is spoken to.
    Robot,
}

/// What a key opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum KeyKind {
    /// `POST /hooks/KEY`: its bot says something in one room, and hears nothing.
    Hook,
    /// `Authorization: Bearer KEY`, or the token of a `hello`: its bot speaks and hears wherever it is.
    Token,
}

/// How much of a room somebody is told of when they do not look at it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Level {
    All,
    Mentions,
    Nothing,
}

/// What a target takes: whose software it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Shape {
    /// Standard Webhooks: signed, for programs.
    Webhook,
    /// Slack, Mattermost and what is like them.
    Slack,
    Discord,
    Ntfy,
    Bark,
    Gotify,
    /// 企业微信
    Wecom,
    /// 钉钉
    Dingtalk,
    /// 飞书
    Feishu,
}

/// How much a target is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Discloses {
    /// That there is something.
    Nothing,
    /// Where, and by whom.
    Sender,
    /// And the words.
    Text,
}

/// What goes to a target.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Serves {
    /// What concerns this person while they are away.
    Person(PersonId),
    /// All that is said in this room.
    Room(RoomId),
}

/// An address to which something goes out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Target {
    pub serves: Serves,
    pub shape: Shape,
    /// With whatever is secret in it.
    pub url: String,
    /// For signatures, or as that software has it; perhaps empty.
    pub secret: String,
    pub discloses: Discloses,
    /// An owner has made it: it may be any address. All others are judged.
    pub is_free: bool,
}

/// What is on its way: of a room, all that came after an offset, up to another one. The three numbers are its name, which
/// stays the same however often it is tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Delivery {
    /// [`ROBOT_HOOK`]: to the program that answers for the robot.
    pub target: Number,
    pub room: RoomId,
    pub upto: Offset,
}

/// Why a target of a private room is off, when whoever made it is not in that room.
pub(crate) const MAKER_IS_OUT: &str = "whoever made it is not in this private room any more";

/// The target of what the robot is asked. It is no row: its address is a setting.
pub(crate) const ROBOT_HOOK: Number = 0;
/// With so many questions on their way the robot is asked nothing more: nobody would wait for the answer.
pub(crate) const MOST_QUESTIONS: usize = 1000;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Reminder {
    /// Who wants to be reminded, and where they said so.
    pub person: PersonId,
    pub room: RoomId,
    pub made: Millis,
    pub due: Millis,
    /// At a time of the clock, and not after a while.
    pub is_by_clock: bool,
    pub text: String,
}

// ---- in words and numbers

/// In the file.
macro_rules! numbers {
    ($type:ident { $($variant:ident = $number:literal,)+ }) => {
        impl $type {
            pub(crate) fn number(self) -> i64 {
                match self { $($type::$variant => $number),+ }
            }

            pub(crate) fn of_number(number: i64) -> Option<Self> {
                match number { $($number => Some($type::$variant),)+ _ => None }
            }
        }
    };
}

/// How clients call it.
macro_rules! words {
    ($type:ident { $($variant:ident = $word:literal,)+ }) => {
        impl $type {
            pub(crate) fn word(self) -> &'static str {
                match self { $($type::$variant => $word),+ }
            }

            pub(crate) fn of_word(word: &str) -> Option<Self> {
                match word { $($word => Some($type::$variant),)+ _ => None }
            }
        }
    };
}

numbers!(BotKind { Bot = 0, Robot = 1, });
numbers!(KeyKind { Hook = 0, Token = 1, });
numbers!(Level { All = 0, Mentions = 1, Nothing = 2, });
numbers!(Call { All = 1, Here = 2, });
numbers!(Discloses { Nothing = 0, Sender = 1, Text = 2, });
numbers!(Shape {
    Webhook = 0,
    Slack = 1,
    Discord = 2,
    Ntfy = 3,
    Bark = 4,
    Gotify = 5,
    Wecom = 6,
    Dingtalk = 7,
    Feishu = 8,
});
words!(KeyKind { Hook = "hook", Token = "token", });
words!(Level { All = "all", Mentions = "mentions", Nothing = "nothing", });
words!(Discloses { Nothing = "nothing", Sender = "sender", Text = "text", });
words!(Shape {
    Webhook = "webhook",
    Slack = "slack",
    Discord = "discord",
    Ntfy = "ntfy",
    Bark = "bark",
    Gotify = "gotify",
    Wecom = "wecom",
    Dingtalk = "dingtalk",
    Feishu = "feishu",
});

impl Shape {
    pub(crate) const ALL: [Shape; 9] = [
        Shape::Webhook,
        Shape::Slack,
        Shape::Discord,
        Shape::Ntfy,
        Shape::Bark,
        Shape::Gotify,
        Shape::Wecom,
        Shape::Dingtalk,
        Shape::Feishu,
    ];
}

impl Call {
    /// How clients call it.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Call::All => "all",
            Call::Here => "here",
        }
    }
}

impl Serves {
    pub(crate) fn person(self) -> Option<PersonId> {
        if let Serves::Person(person) = self { Some(person) } else { None }
    }

    pub(crate) fn room(self) -> Option<RoomId> {
        if let Serves::Room(room) = self { Some(room) } else { None }
    }
}
