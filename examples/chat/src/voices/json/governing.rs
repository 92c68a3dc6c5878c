//! What is asked by those who govern, and what one asks about oneself.

use std::borrow::Cow;

use super::fields::{Addressee, Fields, Governing, not_understood, unknown, whom};
use super::outward;
use crate::ask::{Aimed, Ask, Intent, Look, Since, Where, Whom, Wish};
use crate::ask::{LONGEST_REASON, LONGEST_RESTRAINT, LONGEST_TOPIC, MOST_USES, SLOWEST};
use crate::history::{Door, Restraint};
use crate::refusal::Refusal;
use crate::rights::Role;

/// A key, or a code, is shorter than this.
const LONGEST_KEY: usize = 64;

/// Its types.
const KINDS: [&str; 28] = [
    "sessions",
    "link",
    "mine",
    "reports",
    "restraints",
    "invites",
    "admin",
    "role",
    "op",
    "kick",
    "ban",
    "mute",
    "unban",
    "unmute",
    "purge",
    "alter",
    "remove",
    "add",
    "door",
    "invite",
    "revoke",
    "accept",
    "announce",
    "report",
    "settle",
    "end_session",
    "erase",
    "avatar",
];

/// What a request of this type means, which is in this text.
pub(super) fn ask<'a>(kind: &str, text: &'a str, fields: Fields<'a>) -> Result<Ask<'a>, Refusal> {
    if !KINDS.contains(&kind) {
        return outward::ask(kind, text, fields);
    }
    let more = serde_json::from_str(text).map_err(|error| not_understood(text, &error))?;
    let asked = Asked { kind, fields, more };
    if let Some(look) = asked.look() {
        return Ok(Ask::Look(look));
    }
    match kind {
        "avatar" if asked.more.drop != Some(true) => {
            return Ok(Ask::AnnounceAvatar { size: asked.fields.size });
        }
        _ => {}
    }
    let what = asked.aimed()?;
    let reason = asked.at_most("reason", asked.more.reason.as_ref(), LONGEST_REASON)?.unwrap_or_default();
    Ok(Ask::Wish(Wish::Act(Intent { what, reason })))
}

/// The key of an invite.
pub(super) fn key(invite: Addressee<'_>) -> Result<Cow<'_, str>, Refusal> {
    match invite {
        Addressee::Name(key) if key.len() <= LONGEST_KEY => Ok(key),
        Addressee::Name(_) | Addressee::Id(_) => {
            Err(Refusal::bad_field("`invite` is a key of 22 characters"))
        }
    }
}

/// A request, and what it is called.
struct Asked<'k, 'a> {
    kind: &'k str,
    fields: Fields<'a>,
    more: Governing<'a>,
}

impl<'a> Asked<'_, 'a> {
    fn look(&self) -> Option<Look<'a>> {
        let fields = &self.fields;
        Some(match self.kind {
            "sessions" => Look::Sessions,
            "link" => Look::Link,
            "mine" => Look::Mine { before: fields.before },
            "reports" => Look::Reports { place: self.anywhere(), after: fields.after },
            "restraints" => Look::Restraints { place: self.anywhere() },
            "invites" => Look::Invites { place: self.anywhere() },
            "admin" => Look::Admin,
            _ => return None,
        })
    }

    fn aimed(&self) -> Result<Aimed<'a>, Refusal> {
        let (fields, more) = (&self.fields, &self.more);
        Ok(match self.kind {
            "role" => {
                Aimed::Role { whom: self.whom()?, role: role(self.need("role", more.role.as_deref())?)? }
            }
            "op" => Aimed::Op { whom: self.whom()?, place: self.place()?, is_op: self.need("op", more.op)? },
            "kick" => Aimed::Kick { whom: self.whom()?, place: self.anywhere() },
            "ban" => self.restrain(Restraint::Ban)?,
            "mute" => self.restrain(Restraint::Mute)?,
            "unban" => self.release(Restraint::Ban)?,
            "unmute" => self.release(Restraint::Mute)?,
            "purge" => Aimed::Purge {
                whom: self.whom()?,
                place: self.anywhere(),
                since: since("since", self.need("since", more.since.as_deref())?)?,
            },
            "alter" => self.alter()?,
            "remove" => Aimed::RemoveRoom { place: self.place()? },
            "add" => Aimed::Add { whom: self.whom()?, place: self.place()? },
            "door" => Aimed::SetDoor(door(self.need("door", more.door.as_deref())?)?),
            "invite" => {
                Aimed::Invite { place: self.anywhere(), seconds: self.seconds()?, uses: self.uses()? }
            }
            "revoke" => match self.need("invite", fields.invite.as_ref())? {
                Addressee::Id(invite) => Aimed::Revoke { invite: *invite },
                Addressee::Name(_) => return Err(Refusal::bad_field("`invite` is its number")),
            },
            "accept" => Aimed::Accept { key: key(self.need("invite", fields.invite.clone())?)? },
            "announce" => Aimed::Announce { text: self.need("msg", fields.msg.clone())? },
            "report" => Aimed::Report { place: self.place()?, offset: self.need("offset", fields.offset)? },
            "settle" => Aimed::Settle {
                report: self.need("report", more.report)?,
                granted: self.need("accept", more.accept)?,
            },
            "end_session" => Aimed::EndSession {
                whom: more.user.clone().map(whom),
                session: self.need("session", more.session)?,
            },
            "erase" => Aimed::Erase { words: self.need("words", more.words)? },
            "avatar" => Aimed::DropAvatar { whom: more.user.clone().map(whom) },
            _ => return Err(unknown(self.kind)),
        })
    }

    fn restrain(&self, restraint: Restraint) -> Result<Aimed<'a>, Refusal> {
        Ok(Aimed::Restrain {
            restraint,
            whom: self.whom()?,
            place: self.anywhere(),
            seconds: self.seconds()?,
            with_addresses: self.more.addresses.unwrap_or(false),
            purge: self.more.erase.as_deref().map(|word| since("erase", word)).transpose()?,
        })
    }

    fn release(&self, restraint: Restraint) -> Result<Aimed<'a>, Refusal> {
        Ok(Aimed::Release { restraint, whom: self.whom()?, place: self.anywhere() })
    }

    fn alter(&self) -> Result<Aimed<'a>, Refusal> {
        let (fields, more) = (&self.fields, &self.more);
        let slow = more.slow.map(|slow| match u32::try_from(slow) {
            Ok(slow) if slow <= SLOWEST => Ok(slow),
            _ => Err(Refusal::bad_field(format!("`slow` is 0 to {SLOWEST} seconds"))),
        });
        let is_something = fields.name.is_some() || fields.private.is_some() || more.closed.is_some();
        if !is_something && more.topic.is_none() && more.slow.is_none() {
            let words = "one of `name`, `private`, `topic`, `slow`, `closed` is missing in `alter`";
            return Err(Refusal::bad_field(words));
        }
        Ok(Aimed::Alter {
            place: self.place()?,
            name: fields.name.clone(),
            is_private: fields.private,
            topic: self.at_most("topic", more.topic.as_ref(), LONGEST_TOPIC)?,
            pace: slow.transpose()?,
            is_closed: more.closed,
        })
    }

    fn whom(&self) -> Result<Whom<'a>, Refusal> {
        Ok(whom(self.need("user", self.more.user.clone())?))
    }

    /// The room that is named.
    fn place(&self) -> Result<Where<'a>, Refusal> {
        Ok(Where::Room(self.need("room", self.fields.room.clone())?))
    }

    /// Or the whole chat.
    fn anywhere(&self) -> Where<'a> {
        self.fields.room.clone().map_or(Where::Everywhere, Where::Room)
    }

    /// `None`: for ever, or as long as it is usual.
    fn seconds(&self) -> Result<Option<u64>, Refusal> {
        match self.more.seconds {
            Some(seconds) if !(1..=LONGEST_RESTRAINT).contains(&seconds) => {
                Err(Refusal::bad_field(format!("`seconds` is 1 to {LONGEST_RESTRAINT}, or left out")))
            }
            seconds => Ok(seconds),
        }
    }

    fn uses(&self) -> Result<Option<u32>, Refusal> {
        let within = |uses: u64| u32::try_from(uses).ok().filter(|uses| (1..=MOST_USES).contains(uses));
        let wrong = || Refusal::bad_field(format!("`uses` is 1 to {MOST_USES}"));
        self.more.uses.map(|uses| within(uses).ok_or_else(wrong)).transpose()
    }

    fn need<T>(&self, field: &str, value: Option<T>) -> Result<T, Refusal> {
        value.ok_or_else(|| Refusal::bad_field(format!("`{field}` is missing in `{}`", self.kind)))
    }

    fn at_most(
        &self,
        field: &str,
        text: Option<&Cow<'a, str>>,
        most: usize,
    ) -> Result<Option<Cow<'a, str>>, Refusal> {
        match text {
            Some(text) if text.chars().count() > most => {
                Err(Refusal::bad_field(format!("`{field}` has at most {most} characters")))
            }
            text => Ok(text.cloned()),
        }
    }
}

fn since(field: &str, word: &str) -> Result<Since, Refusal> {
    let wrong = || Refusal::bad_field(format!("`{field}` is hour, day or ever"));
    Since::of_word(word).ok_or_else(wrong)
}

fn role(word: &str) -> Result<Role, Refusal> {
    Role::of_word(word).ok_or_else(|| Refusal::bad_field("`role` is member, admin or owner"))
}

fn door(word: &str) -> Result<Door, Refusal> {
    Door::of_word(word).ok_or_else(|| Refusal::bad_field("`door` is open, named, invited or shut"))
}

#[cfg(test)]
mod tests;
