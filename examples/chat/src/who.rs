//! Who is in a room: a page of the list for a program, the first names for people.

use pollcat::Peers;

use crate::arrivals::user;
use crate::chat::Chat;
use crate::console::notice;
use crate::cost::Cost;
use crate::history::{PersonId, RoomId};
use crate::membership::gone_room;
use crate::tickets::{Asker, No};
use crate::wire::{Code, Told, User, Who, json};

/// The most names in an answer.
const LISTED: usize = 2_000;
/// The longest part of a name to look for, in bytes.
const LONGEST_PART: usize = 256;
/// Names in a line for text clients.
const NAMES_IN_A_LINE: usize = 50;

impl Chat {
    pub(crate) fn tell_who(
        &mut self,
        peers: &mut Peers,
        asker: &Asker,
        room: RoomId,
        who: &Who<'_>,
    ) -> Result<(), No> {
        let part = who.query.as_deref().unwrap_or_default().trim();
        if part.len() > LONGEST_PART {
            return Err(No::new(Code::BadField, format!("`query` has at most {LONGEST_PART} bytes")));
        }
        let after = match who.after.map(|id| self.people.get(id)) {
            None => None,
            Some(Some(person)) => Some((person.by_name(), person.is_here())),
            Some(None) => return Err(No::new(Code::NoSuchPerson, "`after` is gone: begin the list anew")),
        };
        let place = self.rooms.get(room).ok_or_else(gone_room)?;
        let limit = who.limit.map_or(LISTED, |limit| (limit as usize).clamp(1, LISTED));
        let listed = place.members.list(part, after, limit);
        let users = listed.people.iter().filter_map(|&id| self.people.get(id));
        let told = json(&Told::Who {
            id: asker.id.as_deref(),
            room: &place.name,
            users: users.map(|person| User { online: Some(person.is_here()), ..user(person) }).collect(),
            here: place.members.count_here(),
            members: place.members.len(),
            more: listed.more,
        });
        self.charge(asker.peer, Cost::rows(listed.looked_at));
        self.answer(peers, asker.peer, &told);
        Ok(())
    }

    /// The same for a text client.
    pub(crate) fn tell_who_in_words(&self, peers: &mut Peers, asker: &Asker, room: RoomId) {
        if let Some(place) = self.rooms.get(room) {
            let line = notice(&format!("in {}: {}", self.title(place, None), self.list_members(room, None)));
            self.tell_line(peers, asker.peer, &line);
        }
    }

    /// Who is here of a room's members, in a line.
    pub(crate) fn list_members(&self, room: RoomId, except: Option<PersonId>) -> String {
        let Some(members) = self.rooms.get(room).map(|room| &room.members) else {
            return String::new();
        };
        let except = except.filter(|&id| self.people.get(id).is_some_and(|person| person.is_here()));
        let others = members.here().filter(|&id| Some(id) != except);
        let names: Vec<&str> = others.take(NAMES_IN_A_LINE).map(|id| self.people.name_of(id)).collect();
        let more = members.count_here().saturating_sub(names.len() + usize::from(except.is_some()));
        match (names.is_empty(), more) {
            (true, _) if except.is_some() => "nobody else is here".into(),
            (true, _) => "nobody is here".into(),
            (false, 0) => format!("here: {}", names.join(", ")),
            (false, more) => format!("here: {}, and {more} more", names.join(", ")),
        }
    }
}
