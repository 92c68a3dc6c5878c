//! A plain disk: lists, and what an entry does to them.

use std::collections::{BTreeMap, BTreeSet, btree_map};

use crate::history::{
    Aim, Append, Body, Done, Entry, Event, Failure, Millis, Offset, Outcome, PersonId, RoomId, RoomKind,
    TokenHash, Voices, What,
};

#[derive(Debug, Default, Clone)]
pub(super) struct Disk {
    pub people: BTreeMap<PersonId, Stored>,
    pub rooms: BTreeMap<RoomId, Place>,
    pub members: BTreeMap<(RoomId, PersonId), Read>,
    said: Vec<Said>,
}

#[derive(Debug, Clone)]
pub(super) struct Stored {
    pub name: String,
    folded: String,
    pub token: Option<TokenHash>,
    pub seen: Millis,
    pub silent: bool,
    /// Only a name in private talks.
    pub gone: bool,
}

/// A room, on the disk and in memory.
#[derive(Debug, Clone)]
pub(super) struct Place {
    pub kind: RoomKind,
    pub name: String,
    folded: String,
    pub epoch: String,
    pub maker: Option<PersonId>,
    pub first: Offset,
    pub last: Offset,
    pub authors: BTreeSet<PersonId>,
    uncounted: Vec<Offset>,
    pub events: Vec<Event>,
}

/// How far somebody has read, and where they are mentioned.
#[derive(Debug, Clone, Default)]
pub(super) struct Read {
    pub upto: Offset,
    pub mentions: BTreeSet<Offset>,
}

/// A receipt.
#[derive(Debug, Clone)]
struct Said {
    author: PersonId,
    key: String,
    body: Body,
    place: (RoomId, Offset, Millis),
}

impl Place {
    pub(super) fn new(kind: RoomKind, name: &str, folded: &str, epoch: &str) -> Self {
        let (name, folded, epoch) = (name.to_owned(), folded.to_owned(), epoch.to_owned());
        let (authors, uncounted, events) = (BTreeSet::new(), Vec::new(), Vec::new());
        Place { kind, name, folded, epoch, maker: None, first: 1, last: 0, authors, uncounted, events }
    }

    pub(super) fn folded(&self) -> &str {
        &self.folded
    }

    pub(super) fn is_public(&self) -> bool {
        self.kind == RoomKind::Public
    }

    pub(super) fn voices(&self) -> Voices {
        match self.authors.first() {
            None => Voices::None,
            Some(&author) if self.authors.len() == 1 => Voices::One(author),
            Some(_) => Voices::Several,
        }
    }

    pub(super) fn uncounted(&self) -> &[Offset] {
        &self.uncounted
    }

    /// In memory only what comes after an offset is kept.
    pub(super) fn recent_only(&mut self, after: Offset) {
        self.events.retain(|event| event.offset > after);
    }

    pub(super) fn push(&mut self, event: Event) {
        if let What::Deletion { target } = event.what
            && let Some(old) = self.events.iter_mut().find(|old| old.offset == target)
        {
            (old.what, old.mentions) = (What::Deleted, Vec::new());
        }
        if matches!(event.what, What::Deletion { .. }) {
            self.uncounted.push(event.offset);
        }
        self.last = event.offset;
        self.authors.insert(event.author);
        self.events.push(event);
    }

    pub(super) fn prune(&mut self, before: Offset) {
        self.first = self.first.max(before);
        self.events.retain(|event| event.offset >= before);
        self.uncounted.retain(|deletion| *deletion >= before);
    }
}

impl Disk {
    pub(super) fn apply(&mut self, entry: &Entry) -> Outcome {
        match entry {
            Entry::Arrive { person, name, folded, token, at, .. } => {
                if self.people.contains_key(person) || self.has_name(folded, None) {
                    return Err(Failure::Taken);
                }
                let (name, folded) = (name.clone(), folded.clone());
                let stored = Stored { name, folded, token: *token, seen: *at, silent: true, gone: false };
                self.people.insert(*person, stored);
            }
            Entry::Rename { person, name, folded, .. } => {
                if !self.knows(*person) {
                    return Err(Failure::NoSuchPerson);
                }
                if self.has_name(folded, Some(*person)) {
                    return Err(Failure::Taken);
                }
                let stored = self.people.get_mut(person).unwrap();
                (stored.name, stored.folded) = (name.clone(), folded.clone());
            }
            Entry::Noticed { person } => {
                self.people.get_mut(person).into_iter().for_each(|stored| stored.silent = false);
            }
            Entry::Seen { person, at } => {
                self.people.get_mut(person).into_iter().for_each(|stored| stored.seen = stored.seen.max(*at));
            }
            Entry::Forget { person, .. } => self.forget(*person),
            Entry::Create { room, kind, name, folded, epoch, maker, .. } => {
                if self.rooms.contains_key(room) || self.rooms.values().any(|other| other.folded == *folded) {
                    return Err(Failure::Taken);
                }
                let place = Place::new(*kind, name, folded, epoch);
                self.rooms.insert(*room, Place { maker: *maker, ..place });
            }
            Entry::Renew { room, epoch } => epoch.clone_into(&mut self.room(*room)?.epoch),
            Entry::Remove { room } => return self.remove(*room),
            Entry::Join { room, person, read } => {
                let last = self.room(*room)?.last;
                if !self.knows(*person) {
                    return Err(Failure::NoSuchPerson);
                }
                let new = Read { upto: last.max(*read), mentions: BTreeSet::new() };
                if let btree_map::Entry::Vacant(place) = self.members.entry((*room, *person)) {
                    place.insert(new);
                    return Ok(Done::Joined);
                }
            }
            Entry::Leave { room, person } => drop(self.members.remove(&(*room, *person))),
            Entry::MarkRead { room, person, read } => {
                if let Some(mark) = self.members.get_mut(&(*room, *person)) {
                    mark.upto = mark.upto.max(*read);
                    mark.mentions.retain(|mention| mention > read);
                }
            }
            Entry::Marks { marks } => {
                for mark in marks {
                    for &person in &mark.people {
                        self.apply(&Entry::MarkRead { room: mark.room, person, read: mark.read })?;
                    }
                }
            }
            Entry::AddToken { .. }
            | Entry::SeeSession { .. }
            | Entry::Avatar { .. }
            | Entry::Act(_)
            | Entry::Lapse { .. }
            | Entry::Unname { .. }
            | Entry::Purged { .. }
            | Entry::ForgetActs { .. }
            | Entry::Robot { .. }
            | Entry::BanAddresses { .. }
            | Entry::SetLevel { .. }
            | Entry::SeeKey { .. }
            | Entry::Dispatch { .. }
            | Entry::Delivered { .. }
            | Entry::Postponed { .. }
            | Entry::Dropped { .. }
            | Entry::Remind { .. }
            | Entry::Unremind { .. }
            | Entry::Ring { .. } => unreachable!("who governs has tests of their own"),
            Entry::Append(append) => return self.append(append),
            Entry::Prune { room, before } => {
                let place = self.room(*room)?;
                if *before > place.last + 1 {
                    return Err(Failure::NoSuchEvent);
                }
                place.prune(*before);
                for (_, mark) in self.members.iter_mut().filter(|((of, _), _)| of == room) {
                    mark.mentions.retain(|mention| mention >= before);
                }
            }
            Entry::Sweep { .. }
            | Entry::GiveUpPictures { .. }
            | Entry::ForgetReceipts { .. }
            | Entry::Reserve { .. }
            | Entry::Compare(_) => {
                unreachable!("nobody asks for these here")
            }
        }
        Ok(Done::Kept)
    }

    /// As it is opened again: without the guests.
    pub(super) fn restart(&mut self) {
        let guests: Vec<_> = self.people.iter().filter(|(_, one)| one.token.is_none() && !one.gone).collect();
        let guests: Vec<_> = guests.into_iter().map(|(&id, _)| id).collect();
        guests.into_iter().for_each(|guest| self.forget(guest));
    }

    pub(super) fn knows(&self, person: PersonId) -> bool {
        self.people.get(&person).is_some_and(|stored| !stored.gone)
    }

    fn has_name(&self, folded: &str, except: Option<PersonId>) -> bool {
        let other = |(id, stored): (&PersonId, &Stored)| {
            !stored.gone && Some(*id) != except && stored.folded == folded
        };
        self.people.iter().any(other)
    }

    fn room(&mut self, room: RoomId) -> Result<&mut Place, Failure> {
        self.rooms.get_mut(&room).ok_or(Failure::NoSuchRoom)
    }

    /// Their places in private talks stay, and their name with them.
    fn forget(&mut self, person: PersonId) {
        let rooms = &self.rooms;
        self.members.retain(|(room, member), _| {
            *member != person || rooms.get(room).is_some_and(|room| !room.is_public())
        });
        self.members
            .iter_mut()
            .filter(|((_, member), _)| *member == person)
            .for_each(|(_, mark)| mark.mentions.clear());
        if !self.members.keys().any(|(_, member)| *member == person) {
            self.people.remove(&person);
        } else if let Some(stored) = self.people.get_mut(&person) {
            (stored.gone, stored.token) = (true, None);
        }
    }

    fn remove(&mut self, room: RoomId) -> Outcome {
        self.room(room)?;
        if self.members.keys().any(|(of, person)| *of == room && self.knows(*person)) {
            return Err(Failure::HasMembers);
        }
        self.rooms.remove(&room);
        self.members.retain(|(of, _), _| *of != room);
        let members = &self.members;
        self.people.retain(|id, stored| !stored.gone || members.keys().any(|(_, person)| person == id));
        Ok(Done::Kept)
    }

    fn append(&mut self, append: &Append) -> Outcome {
        let Append { room, aim, author, author_name, key, at, body, mentions, .. } = append;
        if let Some(first) =
            self.said.iter().find(|said| said.author == *author && Some(&said.key) == key.as_ref())
        {
            let is_same = is_said_again(&first.body, body) && (*aim == Aim::Here || first.place.0 == *room);
            let (room, offset, at) = first.place;
            return if is_same {
                Ok(Done::Appended { room, offset, at, repeated: true })
            } else {
                Err(Failure::KeyUsed)
            };
        }
        let is_member = self.knows(*author) && self.members.contains_key(&(*room, *author));
        let place = self.room(*room)?;
        let offset = place.last + 1;
        let (what, taken_back) = match body {
            Body::Text(text) => (What::Text(text.clone()), None),
            Body::Picture { picture, caption, .. } => {
                (What::Picture { picture: Some(picture.clone()), caption: caption.clone() }, None)
            }
            Body::Deletion { target } => {
                let old = place.events.iter().find(|event| event.offset == *target);
                let old = old.filter(|old| matches!(old.what, What::Text(_) | What::Picture { .. }));
                let old = old.ok_or(Failure::NoSuchEvent)?;
                // Whoever has made a room, and is in it, is its op.
                if old.author != *author && !(is_member && place.maker == Some(*author)) {
                    return Err(Failure::NotYours);
                }
                (What::Deletion { target: *target }, Some((*target, old.mentions.clone())))
            }
            Body::Purge { .. } => unreachable!("who governs has tests of their own"),
        };
        let (author, at, room) = (*author, *at, *room);
        place.push(Event {
            offset,
            at,
            author,
            author_name: author_name.clone(),
            what,
            mentions: mentions.clone(),
            call: None,
        });
        for ((_, person), mark) in self.members.iter_mut().filter(|((of, _), _)| *of == room) {
            if let Some((target, _)) = &taken_back {
                mark.mentions.remove(target);
            }
            if mentions.contains(person) && self.people.get(person).is_some_and(|stored| !stored.gone) {
                mark.mentions.insert(offset);
            }
            if *person == author {
                mark.upto = mark.upto.max(offset);
                mark.mentions.clear();
            }
        }
        if let Some(key) = key {
            self.said.push(Said { author, key: key.clone(), body: body.clone(), place: (room, offset, at) });
        }
        Ok(match taken_back {
            Some((_, mentioned)) => Done::TakenBack { room, offset, at, mentioned },
            None => Done::Appended { room, offset, at, repeated: false },
        })
    }
}

/// A picture is the same by what is seen of it: it has another address each time.
fn is_said_again(first: &Body, again: &Body) -> bool {
    match (first, again) {
        (Body::Picture { caption, bytes, .. }, Body::Picture { caption: other, bytes: others, .. }) => {
            (caption, bytes) == (other, others)
        }
        (first, again) => first == again,
    }
}
