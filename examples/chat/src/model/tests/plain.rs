//! A plain memory: what the tables should be, and what should be told. It knows no index and no count: whatever is asked of
//! it, it looks through everything.

use std::collections::{BTreeMap, BTreeSet};

use super::disk::{Disk, Place};
use super::names;
use crate::history::{Millis, Offset, PersonId, RoomId, RoomKind, TokenHash};
use crate::model::{CHORES, Rules};
use crate::news::{Named, News};

pub(super) const DAY: Millis = 86_400_000;

#[derive(Debug)]
pub(super) struct Plain {
    pub rules: Rules,
    pub people: BTreeMap<PersonId, Somebody>,
    pub rooms: BTreeMap<RoomId, Held>,
    pub members: BTreeMap<(RoomId, PersonId), (Offset, Vec<Offset>)>,
    /// Names of people who are gone, but for a private talk.
    pub gone: BTreeMap<PersonId, String>,
    pub unsaved: BTreeSet<(PersonId, RoomId)>,
    pub one_sided: BTreeSet<(Millis, RoomId)>,
    /// Own arrivals that have not been answered.
    pub arriving: Vec<PersonId>,
    pub lobby: RoomId,
    pub next_person: PersonId,
    pub next_room: RoomId,
}

#[derive(Debug)]
pub(super) struct Somebody {
    pub name: String,
    pub token: Option<TokenHash>,
    pub renaming: Option<String>,
    pub leaving: bool,
    pub here: bool,
    pub shown: bool,
    pub met: bool,
    pub silent: bool,
    pub seen: Millis,
    pub seen_on_disk: Millis,
    pub rests: Option<Millis>,
}

/// A room, and what no disk knows of it.
#[derive(Debug)]
pub(super) struct Held {
    pub place: Place,
    pub pending: bool,
    pub maker: Option<PersonId>,
    pub empty_until: Option<Millis>,
}

impl Somebody {
    pub(super) fn new(name: &str, token: Option<TokenHash>, seen: Millis) -> Self {
        Somebody {
            name: name.to_owned(),
            token,
            renaming: None,
            leaving: false,
            here: false,
            shown: false,
            met: false,
            silent: true,
            seen,
            seen_on_disk: seen,
            rests: None,
        }
    }

    pub(super) fn forgotten_at(&self, id: PersonId, seen: Millis) -> Millis {
        seen + if self.name == names::guest(id) { DAY } else { 365 * DAY }
    }
}

impl Plain {
    /// What somebody knows who reads the whole disk.
    pub(super) fn of(disk: &Disk, rules: Rules, next: (PersonId, RoomId), now: Millis, epoch: &str) -> Self {
        let mut plain = Plain {
            rules,
            people: BTreeMap::new(),
            rooms: BTreeMap::new(),
            members: BTreeMap::new(),
            gone: BTreeMap::new(),
            unsaved: BTreeSet::new(),
            one_sided: BTreeSet::new(),
            arriving: Vec::new(),
            lobby: 0,
            next_person: next.0,
            next_room: next.1,
        };
        for (&id, stored) in &disk.people {
            if stored.gone {
                plain.gone.insert(id, stored.name.clone());
                continue;
            }
            let somebody = Somebody::new(&stored.name, stored.token, stored.seen);
            let rests = Some(stored.seen);
            plain.people.insert(id, Somebody { met: true, silent: stored.silent, rests, ..somebody });
        }
        for (&id, place) in &disk.rooms {
            let mut place = place.clone();
            let recent = place.last.saturating_sub(plain.rules.recent as u64);
            place.recent_only(recent);
            let maker = place.maker;
            plain.rooms.insert(id, Held { place, pending: false, maker, empty_until: None });
        }
        for (&key, mark) in disk.members.iter().filter(|((_, person), _)| disk.knows(*person)) {
            plain.members.insert(key, (mark.upto, mark.mentions.iter().copied().collect()));
        }
        let lobby = plain.rooms.iter().find(|(_, room)| room.place.name == "lobby").map(|(&id, _)| id);
        plain.lobby = lobby.unwrap_or(plain.next_room);
        if lobby.is_none() {
            plain.create(plain.lobby, RoomKind::Public, ("lobby", "lobby"), epoch, None);
        }
        let read = plain.rooms[&plain.lobby].place.last;
        for &person in plain.people.keys() {
            plain.members.entry((plain.lobby, person)).or_insert((read, Vec::new()));
        }
        let ids: Vec<RoomId> = plain.rooms.keys().copied().filter(|&id| id != plain.lobby).collect();
        for id in ids {
            let place = &plain.rooms[&id].place;
            let is_left =
                pair(&place.name).is_some_and(|pair| pair.iter().any(|one| !plain.people.contains_key(one)));
            let (last, due) = (place.last, until(place));
            if plain.members_of(id).is_empty() {
                plain.rooms.get_mut(&id).unwrap().empty_until =
                    Some(now + if last > 0 { DAY } else { CHORES });
            } else if is_left {
                plain.one_sided.insert((due, id));
            }
        }
        plain
    }

    // ---- what is asked of it

    pub(super) fn get(&self, id: PersonId) -> Option<&Somebody> {
        self.people.get(&id).filter(|somebody| !somebody.leaving)
    }

    pub(super) fn members_of(&self, room: RoomId) -> Vec<PersonId> {
        self.members.keys().filter(|(of, _)| *of == room).map(|(_, person)| *person).collect()
    }

    pub(super) fn is_member(&self, person: PersonId, room: RoomId) -> bool {
        self.members.contains_key(&(room, person))
    }

    pub(super) fn rooms_of(&self, person: PersonId) -> impl Iterator<Item = RoomId> {
        self.members.keys().filter(move |(_, of)| *of == person).map(|(room, _)| *room)
    }

    /// The names that somebody has, or is about to have.
    fn names(&self) -> impl Iterator<Item = (PersonId, &str)> {
        let known = self.people.iter().filter(|(_, somebody)| !somebody.leaving);
        known.flat_map(|(&id, one)| {
            std::iter::once(&one.name).chain(&one.renaming).map(move |name| (id, &name[..]))
        })
    }

    /// Who is found by a name. They are several only for as long as two nodes have given away the same one.
    pub(super) fn called(&self, name: &str) -> BTreeSet<PersonId> {
        let key = names::of_person(name)[0];
        self.names().filter(|(_, name)| names::of_person(name)[0] == key).map(|(id, _)| id).collect()
    }

    pub(super) fn is_taken(&self, name: &str, except: Option<PersonId>) -> bool {
        let keys = names::of_person(name);
        self.names().any(|(id, other)| Some(id) != except && names::clash(&keys, &names::of_person(other)))
    }

    pub(super) fn rooms_called(&self, name: &str) -> Vec<RoomId> {
        let key = names::of_room(name)[0];
        let found = self.rooms.iter().filter(|(_, room)| names::of_room(&room.place.name)[0] == key);
        found.map(|(&id, _)| id).collect()
    }

    pub(super) fn talks(&self, person: PersonId) -> usize {
        let pairs = self.rooms.values().filter_map(|room| pair(&room.place.name));
        pairs.filter(|pair| pair.contains(&person)).count()
    }

    pub(super) fn made(&self, person: PersonId) -> usize {
        self.rooms.values().filter(|room| room.maker == Some(person)).count()
    }

    pub(super) fn public(&self) -> usize {
        self.rooms.values().filter(|room| room.place.is_public()).count()
    }

    pub(super) fn empties(&self) -> Vec<(Millis, RoomId)> {
        let until = self.rooms.iter().filter_map(|(&id, room)| Some((room.empty_until?, id)));
        let mut empties: Vec<_> = until.collect();
        empties.sort_unstable();
        empties
    }

    /// Those who give way, in their order.
    pub(super) fn passing(&self) -> Vec<PersonId> {
        let silent = self.people.iter().filter(|(_, somebody)| somebody.silent);
        let mut passing: Vec<_> = silent.filter_map(|(&id, somebody)| Some((somebody.rests?, id))).collect();
        passing.sort_unstable();
        passing.into_iter().map(|(_, id)| id).collect()
    }

    pub(super) fn named(&self, id: PersonId) -> Named {
        Named { id, name: self.people[&id].name.clone() }
    }

    // ---- who is here

    pub(super) fn came(&mut self, id: PersonId, at: Millis) -> Vec<News> {
        let Some(somebody) = self.people.get_mut(&id) else { return Vec::new() };
        if !somebody.here {
            (somebody.here, somebody.rests) = (true, None);
            somebody.seen = somebody.seen.max(at);
        }
        let (new, was_shown) = (!somebody.met, somebody.shown);
        (somebody.met, somebody.shown) = (true, true);
        if was_shown { Vec::new() } else { vec![News::Came { person: id, new }] }
    }

    pub(super) fn went(&mut self, id: PersonId, at: Millis, now: Millis) -> Vec<News> {
        let Some(somebody) = self.people.get_mut(&id).filter(|somebody| somebody.here) else {
            return Vec::new();
        };
        somebody.here = false;
        somebody.seen = somebody.seen.max(at);
        if somebody.token.is_none() {
            return self.forgotten(id, now);
        }
        somebody.rests = Some(somebody.seen);
        Vec::new()
    }

    pub(super) fn fade(&mut self, id: PersonId) -> Vec<News> {
        let Some(somebody) = self.people.get_mut(&id).filter(|one| !one.here && !one.leaving) else {
            return Vec::new();
        };
        somebody.met = true;
        if std::mem::take(&mut somebody.shown) { vec![News::Went { person: id }] } else { Vec::new() }
    }

    pub(super) fn mark_read(&mut self, room: RoomId, person: PersonId, offset: Offset) -> Vec<News> {
        let last = self.rooms.get(&room).map_or(0, |room| room.place.last);
        let news = self.read(room, person, offset.min(last));
        if !news.is_empty() {
            self.unsaved.insert((person, room));
        }
        news
    }
}

/// Whose private talk this is.
pub(super) fn pair(name: &str) -> Option<[PersonId; 2]> {
    let (one, other) = name.strip_prefix('@')?.split_once(':')?;
    Some([one.parse().ok()?, other.parse().ok()?])
}

/// When a private talk ends, of which one half is gone.
pub(super) fn until(talk: &Place) -> Millis {
    talk.events.last().map_or(Millis::MIN, |event| event.at + DAY)
}
