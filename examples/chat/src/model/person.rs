//! Somebody: what they are called, how they come back, and since when they are away.

use super::members::ByName;
use crate::history::{Millis, PersonId, TokenHash};
use crate::model::names::{self, Keys};
use crate::news::Named;

/// A guest with a token who never chose a name is forgotten after a day, others after a year.
pub(super) const FORGET_GUESTS: Millis = 86_400_000;
pub(super) const FORGET_PEOPLE: Millis = 365 * 86_400_000;

#[derive(Debug)]
pub(crate) struct Person {
    pub(super) id: PersonId,
    pub(super) name: String,
    pub(super) keys: Keys,
    pub(super) by_name: ByName,
    /// With any of them they come back.
    pub(super) tokens: Vec<TokenHash>,
    /// They never had a token, and are gone when they go. Whoever has ended all of their sessions is none.
    pub(super) is_guest: bool,
    /// They are not forgotten, however long they are away.
    pub(super) is_kept: bool,
    /// When they were last here; and what of that is on its way to the disk.
    pub(super) seen: Millis,
    pub(super) seen_on_disk: Millis,
    /// They have a connection.
    pub(super) is_here: bool,
    /// The keys of a new name that is on its way to the disk.
    pub(super) renaming: Option<Keys>,
    /// Their tokens while they are being forgotten.
    pub(super) given_up: Vec<TokenHash>,
    /// They are being forgotten: their name and token are free, and it is on its way to the disk.
    pub(super) is_leaving: bool,
    /// Others have been told that they are here.
    pub(super) is_shown: bool,
    /// Others have been told of them some time.
    pub(super) is_met: bool,
    /// They have done nothing yet that others could see.
    pub(super) is_silent: bool,
    /// Since when they are away, if that is known.
    pub(super) rests_since: Option<Millis>,
}

impl Person {
    pub(crate) fn new(id: PersonId, name: String, token: Option<TokenHash>, seen: Millis) -> Self {
        Person {
            id,
            keys: Keys::of_person(&name),
            by_name: ByName::new(&name, id),
            name,
            is_guest: token.is_none(),
            tokens: Vec::from_iter(token),
            is_kept: false,
            seen,
            seen_on_disk: seen,
            is_here: false,
            renaming: None,
            given_up: Vec::new(),
            is_leaving: false,
            is_shown: false,
            is_met: false,
            is_silent: true,
            rests_since: None,
        }
    }

    /// As the history has kept them: others know them.
    pub(super) fn stored(
        id: PersonId,
        name: String,
        (tokens, is_guest): (Vec<TokenHash>, bool),
        seen: Millis,
        is_silent: bool,
    ) -> Self {
        Person { tokens, is_guest, is_silent, is_met: true, ..Person::new(id, name, None, seen) }
    }

    pub(crate) fn id(&self) -> PersonId {
        self.id
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// As they are called now.
    pub(crate) fn named(&self) -> Named {
        Named { id: self.id, name: self.name.clone() }
    }

    pub(crate) fn is_here(&self) -> bool {
        self.is_here
    }

    /// Can they come back?
    pub(crate) fn has_token(&self) -> bool {
        !self.tokens.is_empty()
    }

    pub(super) fn tokens(&self) -> &[TokenHash] {
        &self.tokens
    }

    /// Have they never had a token?
    pub(crate) fn is_guest(&self) -> bool {
        self.is_guest
    }

    /// Are they gone when they go?
    pub(super) fn is_passing_guest(&self) -> bool {
        self.is_guest && !self.is_kept
    }

    /// When they were here last, as far as it is known.
    pub(crate) fn seen(&self) -> Millis {
        self.seen
    }

    /// They can come back, and the disk has not heard of them for so long.
    pub(super) fn is_unseen(&self, now: Millis, after: Millis) -> bool {
        !self.is_guest && self.seen_on_disk.saturating_add(after) <= now
    }

    /// They can come back, and never came: since this node runs nobody was told that they are here.
    pub(super) fn is_stranger(&self) -> bool {
        !self.is_guest && !self.is_met && !self.is_here && self.is_silent && !self.is_kept && !self.is_leaving
    }

    /// Have others been told of them?
    pub(super) fn is_met(&self) -> bool {
        self.is_met
    }

    /// Are others told that they are here?
    pub(crate) fn is_shown(&self) -> bool {
        self.is_shown
    }

    pub(super) fn is_silent(&self) -> bool {
        self.is_silent
    }

    /// Has this person chosen a name?
    pub(crate) fn is_named(&self) -> bool {
        !names::is_guest_name(&self.name, self.id)
    }

    /// When they are forgotten if they do not come back, having been here last at `seen`.
    pub(super) fn forgotten_at(&self, seen: Millis) -> Millis {
        seen.saturating_add(if self.is_named() { FORGET_PEOPLE } else { FORGET_GUESTS })
    }

    /// Their place in lists.
    pub(super) fn by_name(&self) -> &ByName {
        &self.by_name
    }

    pub(super) fn is_renaming(&self) -> bool {
        self.renaming.is_some()
    }
}
