//! By what figures of one name are told apart. Each has a few words that stand here, so that no client can make more of them.

/// A label, and all the values that it has.
pub(super) trait Label: Copy {
    const NAME: &'static str;
    const WORDS: &'static [&'static str];

    fn index(self) -> usize;
}

/// Declares a label with its values, and the word of each.
macro_rules! labels {
    ($($(#[$about:meta])* $label:ident, $name:literal { $($value:ident = $word:literal,)* })*) => {
        $(
            $(#[$about])*
            #[derive(Debug, Clone, Copy, PartialEq, Eq)]
            pub(crate) enum $label {
                $($value,)*
            }

            impl Label for $label {
                const NAME: &'static str = $name;
                const WORDS: &'static [&'static str] = &[$($word,)*];

                fn index(self) -> usize {
                    self as usize
                }
            }
        )*
    };
}

labels! {
    /// What was said in a room, or taken back.
    EventKind, "kind" {
        Text = "text",
        Picture = "picture",
        Deletion = "deletion",
        Purge = "purge",
    }

    /// How a request to a hook was answered.
    HookResult, "result" {
        Stored = "stored",
        // Somebody looks at it first.
        Held = "held",
        TooFast = "too_fast",
        // Nobody has such a key.
        Unknown = "unknown",
        Refused = "refused",
        // The chat could not: it is busy, or stops, or its disk is full.
        Unavailable = "unavailable",
    }

    /// What came of an attempt to deliver something to a target.
    Attempt, "result" {
        Arrived = "arrived",
        // It was answered with a status that says no.
        Rejected = "rejected",
        // There was no answer.
        Unanswered = "unanswered",
        // It may not go there.
        Forbidden = "forbidden",
    }

    /// Which node has put an entry into the log.
    Appender, "appender" {
        Own = "own",
        Other = "other",
    }

    /// What a connection to the log is for.
    LogSide, "side" {
        Append = "append",
        Follow = "follow",
    }

    /// How sure something is that was acknowledged: in the welcome's words.
    Claim, "level" {
        Replicated = "replicated",
        Disk = "disk",
        System = "system",
        Memory = "memory",
    }

    Person, "state" {
        Here = "here",
        Known = "known",
    }

    Room, "kind" {
        Public = "public",
        Private = "private",
        Direct = "direct",
    }
}

impl HookResult {
    /// By the status with which it was answered.
    pub(crate) fn of(status: u16) -> Self {
        match status {
            202 => HookResult::Held,
            200..=299 => HookResult::Stored,
            404 => HookResult::Unknown,
            429 => HookResult::TooFast,
            500.. => HookResult::Unavailable,
            _ => HookResult::Refused,
        }
    }
}

/// The codes of refusals, as clients read them, and whatever else there may be one day.
pub(crate) const CODES: [&str; 40] = [
    "bad_json",
    "unknown_type",
    "bad_field",
    "unknown_token",
    "empty",
    "too_long",
    "rate_limited",
    "bad_name",
    "name_taken",
    "bad_room_name",
    "no_such_room",
    "not_member",
    "room_full",
    "too_many_rooms",
    "cannot_leave",
    "no_such_person",
    "no_such_event",
    "not_yours",
    "bad_picture",
    "picture_too_large",
    "forbidden",
    "muted",
    "banned",
    "slow",
    "refused",
    "name_needed",
    "invite_needed",
    "door_shut",
    "bad_invite",
    "bad_key",
    "bad_code",
    "no_such_report",
    "no_such_session",
    "no_such_invite",
    "no_such_key",
    "no_such_target",
    "busy",
    "storage",
    "stopping",
    "other",
];

/// The code of a refusal.
#[derive(Debug, Clone, Copy)]
pub(super) struct CodeWord(usize);

impl CodeWord {
    pub(super) fn of(word: &str) -> Self {
        let place = CODES.iter().position(|code| *code == word);
        CodeWord(place.unwrap_or(CODES.len() - 1))
    }
}

impl Label for CodeWord {
    const NAME: &'static str = "code";
    const WORDS: &'static [&'static str] = &CODES;

    fn index(self) -> usize {
        self.0
    }
}
