//! Who may do what: the one place that knows. Pure: what somebody is, and what they want, go in; that they may, or what they
//! lack, comes out.
//!
//! The model asks here when it decides, from its tables; the history asks again when an entry is applied, from its own. A right
//! that is taken away between the two is gone.
//!
//! ```text
//!   owner   everything, of anybody, other owners too; makes admins and owners; there is always one, once there was one
//!   admin   everything but that, of anybody below
//!   op      of one room: whoever made it, and whom another op has made one. Governs that room, and those in it below:
//!           not another op. What they are themselves they may give up
//!   member  speaks, reports, takes back their own words
//!   guest   a member who cannot come back, or who never chose a name
//! ```

use serde::{Deserialize, Serialize};

/// What somebody is in the whole chat.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Role {
    #[default]
    Member,
    Admin,
    Owner,
}

/// What somebody is, in front of what they want to do.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Standing {
    pub role: Role,
    /// Of the room that it is about.
    pub is_op: bool,
    /// Have they chosen a name?
    pub is_named: bool,
    /// They may not speak there, or anywhere.
    pub is_muted: bool,
    /// They may not be there, or anywhere.
    pub is_banned: bool,
}

/// What the room is that it is about.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Place {
    pub is_lobby: bool,
    /// Between two people: nobody governs it.
    pub is_direct: bool,
    /// Only those who govern it speak in it.
    pub is_closed: bool,
}

/// What somebody wants to do in a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum InRoom {
    Speak,
    /// Slow mode does not concern them.
    SpeakAtOnce,
    /// Take back what somebody else said.
    Delete,
    Kick,
    Mute,
    Ban,
    /// Take back all that somebody said there.
    Purge,
    /// Make somebody an op, or take that away.
    Appoint,
    /// Its topic, its pace; whether it is closed.
    Alter,
    /// How it is called, and whether it is private.
    Rename,
    Remove,
    /// Bring somebody in, or make a link that does.
    Invite,
    /// See what was reported and held back there, and settle it.
    Review,
    /// Call all who are in it (`@all`, `@here`).
    Call,
}

/// What somebody wants to do in the whole chat.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum InChat {
    Kick,
    Mute,
    Ban,
    Purge,
    /// Make somebody an admin or an owner, or take that away.
    Appoint,
    Invite,
    SetDoor,
    Announce,
    Review,
    /// End somebody else's sessions.
    EndSessions,
    /// See the admin page: people, rooms, the log of acts, settings, figures.
    Administer,
    /// Make bots and give them keys.
    Bots,
    /// Send what is said in a room, or what concerns others, to any address.
    Targets,
}

/// What is lacking.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Lack {
    Muted,
    Banned,
    /// The room is for reading.
    Closed,
    /// One has to be an op of that room, or an admin.
    NotOp,
    NotAdmin,
    NotOwner,
    /// Whom it is about is no less than who wants it.
    Outranked,
    /// Nobody governs a private talk.
    Private,
    /// Nobody is put out of the lobby or brought in, and it is not removed, renamed or made private.
    Lobby,
    /// The last owner remains one.
    LastOwner,
    /// One does not do that to oneself.
    Oneself,
}

impl InRoom {
    /// What those who govern a room may do there.
    pub(crate) const OF_OPS: [InRoom; 12] = [
        InRoom::Delete,
        InRoom::Kick,
        InRoom::Mute,
        InRoom::Ban,
        InRoom::Purge,
        InRoom::Appoint,
        InRoom::Alter,
        InRoom::Rename,
        InRoom::Remove,
        InRoom::Invite,
        InRoom::Review,
        InRoom::Call,
    ];
}

impl InChat {
    pub(crate) const ALL: [InChat; 13] = [
        InChat::Kick,
        InChat::Mute,
        InChat::Ban,
        InChat::Purge,
        InChat::Appoint,
        InChat::Invite,
        InChat::SetDoor,
        InChat::Announce,
        InChat::Review,
        InChat::EndSessions,
        InChat::Administer,
        InChat::Bots,
        InChat::Targets,
    ];
}

impl Role {
    pub(crate) const ALL: [Role; 3] = [Role::Member, Role::Admin, Role::Owner];

    /// How clients call it.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Role::Member => "member",
            Role::Admin => "admin",
            Role::Owner => "owner",
        }
    }

    pub(crate) fn of_word(word: &str) -> Option<Role> {
        Role::ALL.into_iter().find(|role| role.word() == word)
    }

    pub(crate) fn number(self) -> i64 {
        self as i64
    }

    pub(crate) fn of_number(number: i64) -> Option<Role> {
        Role::ALL.into_iter().find(|role| role.number() == number)
    }
}

impl Standing {
    /// Whoever started the chat, on the admin page: nobody in the chat, and an owner.
    pub(crate) const OPERATOR: Standing =
        Standing { role: Role::Owner, is_op: false, is_named: true, is_muted: false, is_banned: false };

    /// Owner, admin, op, everybody else.
    fn rank(self) -> u8 {
        match (self.role, self.is_op) {
            (Role::Owner, _) => 3,
            (Role::Admin, _) => 2,
            (Role::Member, true) => 1,
            (Role::Member, false) => 0,
        }
    }

    /// Owners govern each other too; nobody else governs their like.
    fn outranks(self, whom: Standing) -> bool {
        self.role == Role::Owner || self.rank() > whom.rank()
    }

    fn of_the_chat(self) -> Standing {
        Standing { is_op: false, ..self }
    }

    fn governs(self) -> bool {
        self.is_op || self.role >= Role::Admin
    }
}

/// May somebody do this in a room? `whom` it is about, if it is about somebody else: `None` for oneself, and for what is
/// about nobody.
///
/// # Errors
///
/// What they lack.
pub(crate) fn check_room(
    who: Standing,
    right: InRoom,
    place: Place,
    whom: Option<Standing>,
) -> Result<(), Lack> {
    has_room(who, right, place)?;
    use InRoom::{Appoint, Ban, Delete, Kick, Mute, Purge};
    match (right, whom) {
        (Kick | Mute | Ban, None) => Err(Lack::Oneself),
        (Kick | Mute | Ban | Delete | Purge | Appoint, Some(whom)) if !who.outranks(whom) => {
            Err(Lack::Outranked)
        }
        _ => Ok(()),
    }
}

/// The same, of whomever it may be about: what somebody is offered in a room.
///
/// # Errors
///
/// What they lack.
pub(crate) fn has_room(who: Standing, right: InRoom, place: Place) -> Result<(), Lack> {
    use InRoom::{
        Alter, Appoint, Ban, Call, Delete, Invite, Kick, Mute, Purge, Remove, Rename, Review, Speak,
        SpeakAtOnce,
    };
    if who.is_banned {
        return Err(Lack::Banned);
    }
    match right {
        Speak if who.is_muted => return Err(Lack::Muted),
        Speak if place.is_closed && !who.governs() => return Err(Lack::Closed),
        Speak => return Ok(()),
        _ if place.is_direct => return Err(Lack::Private),
        // Everybody is in the lobby: nobody is put out, kept out or brought in.
        Kick | Ban | Remove | Rename | Invite if place.is_lobby => return Err(Lack::Lobby),
        SpeakAtOnce | Delete | Kick | Mute | Ban | Purge | Appoint | Alter | Rename | Remove | Invite
        | Review | Call => {}
    }
    if who.governs() { Ok(()) } else { Err(Lack::NotOp) }
}

/// May somebody do this in the whole chat? `whom` is as in [`check_room`].
///
/// # Errors
///
/// What they lack.
pub(crate) fn check_chat(who: Standing, right: InChat, whom: Option<Standing>) -> Result<(), Lack> {
    has_chat(who, right)?;
    use InChat::{Appoint, Ban, EndSessions, Kick, Mute, Purge};
    // An op of some room is nothing more in the chat.
    let outranks = |whom: Standing| who.of_the_chat().outranks(whom.of_the_chat());
    match (right, whom) {
        (Kick | Mute | Ban, None) => Err(Lack::Oneself),
        (Kick | Mute | Ban | Purge | Appoint | EndSessions, Some(whom)) if !outranks(whom) => {
            Err(Lack::Outranked)
        }
        _ => Ok(()),
    }
}

/// The same, of whomever it may be about: what somebody is offered in the chat.
///
/// # Errors
///
/// What they lack.
pub(crate) fn has_chat(who: Standing, right: InChat) -> Result<(), Lack> {
    if who.is_banned {
        return Err(Lack::Banned);
    }
    match right {
        InChat::Appoint | InChat::Targets if who.role < Role::Owner => Err(Lack::NotOwner),
        _ if who.role < Role::Admin => Err(Lack::NotAdmin),
        _ => Ok(()),
    }
}

/// Somebody is to be an owner no longer: their role is taken away, they are banned from the chat, or erase themself. There has to
/// be another one, who is not banned: `others` counts those.
///
/// # Errors
///
/// They are the last owner.
pub(crate) fn check_owners(whom: Standing, others: usize) -> Result<(), Lack> {
    match whom.role {
        Role::Owner if others == 0 => Err(Lack::LastOwner),
        Role::Owner | Role::Admin | Role::Member => Ok(()),
    }
}

#[cfg(test)]
mod tests;
