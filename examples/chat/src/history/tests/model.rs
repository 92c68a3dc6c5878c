//! The history against a plain model of it: random entries, the same outcomes, and the same after it is opened again.

use std::collections::{BTreeMap, BTreeSet};

use super::searching::Dice;
use super::*;

#[derive(Default)]
struct Model {
    people: BTreeMap<PersonId, StoredPerson>,
    rooms: BTreeMap<RoomId, Room>,
    next_person: PersonId,
    next_room: RoomId,
}

struct Room {
    name: String,
    events: Vec<Event>,
    members: BTreeMap<PersonId, (Offset, BTreeSet<Offset>)>,
}

impl Model {
    fn apply(&mut self, entry: &Entry) -> Outcome {
        match entry {
            Entry::Arrive { person, name, folded, token, at, .. } => {
                let is_known = |token| self.people.values().any(|other| other.tokens.contains(token));
                if self.people.contains_key(person)
                    || self.people.values().any(|other| other.folded == *folded)
                    || token.as_ref().is_some_and(is_known)
                {
                    return Err(Failure::Taken);
                }
                self.next_person = self.next_person.max(person + 1);
                let (id, name, folded) = (*person, name.clone(), folded.clone());
                self.people.insert(
                    id,
                    StoredPerson {
                        id,
                        name,
                        folded,
                        tokens: Vec::from_iter(*token),
                        is_guest: token.is_none(),
                        is_gone: false,
                        seen: *at,
                        silent: true,
                    },
                );
            }
            Entry::Rename { person, name, folded, .. } => {
                if !self.people.contains_key(person) {
                    return Err(Failure::NoSuchPerson);
                }
                if self.people.values().any(|other| other.id != *person && other.folded == *folded) {
                    return Err(Failure::Taken);
                }
                let person = self.people.get_mut(person).unwrap();
                (person.name, person.folded) = (name.clone(), folded.clone());
            }
            Entry::Noticed { person } => {
                self.people.get_mut(person).into_iter().for_each(|person| person.silent = false);
            }
            Entry::Seen { person, at } => {
                if let Some(person) = self.people.get_mut(person) {
                    person.seen = person.seen.max(*at);
                }
            }
            Entry::Forget { person, .. } => self.forget(*person),
            Entry::Create { room, name, .. } => {
                if self.rooms.contains_key(room) || self.rooms.values().any(|other| other.name == *name) {
                    return Err(Failure::Taken);
                }
                self.next_room = self.next_room.max(room + 1);
                let room_made = Room { name: name.clone(), events: Vec::new(), members: BTreeMap::new() };
                self.rooms.insert(*room, room_made);
            }
            Entry::Remove { room } => {
                if !self.room(*room)?.members.is_empty() {
                    return Err(Failure::HasMembers);
                }
                self.rooms.remove(room);
            }
            Entry::Join { room, person, read } => {
                let known = self.people.contains_key(person);
                let room = self.room(*room)?;
                let (last, members) = (room.events.len() as u64, &mut room.members);
                if !known {
                    return Err(Failure::NoSuchPerson);
                }
                if !members.contains_key(person) {
                    members.insert(*person, (last.max(*read), BTreeSet::new()));
                    return Ok(Done::Joined);
                }
            }
            Entry::Leave { room, person } => {
                if let Ok(room) = self.room(*room) {
                    room.members.remove(person);
                }
            }
            Entry::MarkRead { room, person, read } => {
                if let Some(member) = self.room(*room).ok().and_then(|room| room.members.get_mut(person)) {
                    member.0 = member.0.max(*read);
                    member.1.retain(|offset| offset > read);
                }
            }
            Entry::Marks { marks } => {
                for ReadMark { room, read, people } in marks {
                    for &(room, person, read) in
                        &people.iter().map(|p| (*room, *p, *read)).collect::<Vec<_>>()
                    {
                        let _ = self.apply(&Entry::MarkRead { room, person, read });
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
            Entry::Renew { .. }
            | Entry::Prune { .. }
            | Entry::Sweep { .. }
            | Entry::GiveUpPictures { .. }
            | Entry::ForgetReceipts { .. } => unreachable!("the model gives nothing up"),
            Entry::Reserve { .. } | Entry::Compare(_) => unreachable!("it is alone"),
        }
        Ok(Done::Kept)
    }

    fn append(&mut self, append: &Append) -> Result<Done, Failure> {
        let room = self.room(append.room)?;
        let offset = room.events.len() as u64 + 1;
        let mut mentioned = None;
        let what = match &append.body {
            Body::Text(text) => What::Text(text.clone()),
            Body::Picture { picture, caption, .. } => {
                What::Picture { picture: Some(picture.clone()), caption: caption.clone() }
            }
            Body::Deletion { target } => {
                let old = room.events.get_mut((target.wrapping_sub(1)) as usize);
                let old = old.filter(|old| matches!(old.what, What::Text(_) | What::Picture { .. }));
                let old = old.ok_or(Failure::NoSuchEvent)?;
                if old.author != append.author {
                    return Err(Failure::NotYours);
                }
                mentioned = Some(std::mem::take(&mut old.mentions));
                old.what = What::Deleted;
                room.members
                    .values_mut()
                    .for_each(|(_, mentions)| mentions.retain(|offset| offset != target));
                What::Deletion { target: *target }
            }
            Body::Purge { .. } => unreachable!("who governs has tests of their own"),
        };
        let Append { room: id, author, at, mentions, .. } = append;
        for person in mentions {
            if let Some((_, mentions)) = room.members.get_mut(person) {
                mentions.insert(offset);
            }
        }
        if let Some((read, mentions)) = room.members.get_mut(author) {
            *read = (*read).max(offset);
            mentions.clear();
        }
        let author_name = append.author_name.clone();
        room.events.push(Event {
            offset,
            at: *at,
            author: *author,
            author_name,
            what,
            mentions: mentions.clone(),
            call: None,
        });
        self.next_person = self.next_person.max(author + 1);
        Ok(match mentioned {
            Some(mentioned) => Done::TakenBack { room: *id, offset, at: *at, mentioned },
            None => Done::Appended { room: *id, offset, at: *at, repeated: false },
        })
    }

    fn room(&mut self, room: RoomId) -> Result<&mut Room, Failure> {
        self.rooms.get_mut(&room).ok_or(Failure::NoSuchRoom)
    }

    fn forget(&mut self, person: PersonId) {
        self.people.remove(&person);
        self.rooms.values_mut().for_each(|room| drop(room.members.remove(&person)));
    }

    fn check(&mut self, loaded: &Loaded, recent: usize) {
        let guests: Vec<_> = self.people.values().filter(|one| one.is_guest).map(|one| one.id).collect();
        guests.into_iter().for_each(|guest| self.forget(guest));
        assert_eq!(loaded.people, self.people.values().cloned().collect::<Vec<_>>());
        assert_eq!((loaded.next_person, loaded.next_room), (self.next_person.max(1), self.next_room.max(1)));
        let mut members = Vec::new();
        assert_eq!(loaded.rooms.len(), self.rooms.len());
        for (stored, (id, room)) in loaded.rooms.iter().zip(&self.rooms) {
            let is_deletion = |event: &&Event| matches!(event.what, What::Deletion { .. });
            let expected = StoredRoom {
                id: *id,
                kind: RoomKind::Public,
                name: room.name.clone(),
                folded: room.name.clone(),
                epoch: format!("epoch-{id}"),
                first: 1,
                last: room.events.len() as u64,
                voices: room.events.iter().fold(Voices::None, |voices, event| voices.and(event.author)),
                uncounted: room.events.iter().filter(is_deletion).map(|event| event.offset).collect(),
                recent: room.events[room.events.len().saturating_sub(recent)..].to_vec(),
                calls: Vec::new(),
            };
            assert_eq!(*stored, expected);
            members.extend(room.members.iter().map(|(person, (read, mentions))| StoredMember {
                room: *id,
                person: *person,
                read: *read,
                mentions: mentions.iter().copied().collect(),
            }));
        }
        assert_eq!(loaded.members, members);
    }
}

pub(super) fn any_entry(dice: &mut Dice, n: usize) -> Entry {
    let (room, person) = (1 + dice.below(5) as u64, 1 + dice.below(8) as u64);
    let name = format!("name {}", dice.below(9));
    let number = dice.below(30) as u64;
    match dice.below(20) {
        0 => {
            let token = (dice.below(3) > 0).then_some([n as u8; 32]);
            Entry::Arrive { person, folded: name.clone(), name, token, at: n as i64, look: None }
        }
        1 => Entry::Rename { person, folded: name.clone(), name, look: None },
        2 if n.is_multiple_of(2) => Entry::Noticed { person },
        2 => Entry::Seen { person, at: n as i64 },
        3 if n.is_multiple_of(3) => Entry::Forget { person, away: None },
        4 => create(room, &name),
        5 => Entry::Remove { room },
        6..=8 => Entry::Join { room, person, read: number },
        9 => Entry::Leave { room, person },
        10 if n.is_multiple_of(4) => Entry::MarkRead { room, person, read: number },
        10 => any_marks(&mut Dice::new(n as u64)),
        11 | 12 => take_back(room, person, number),
        13 => picture(room, person, &format!("picture-{n}"), n % 50),
        _ => {
            let mentions: BTreeSet<PersonId> = (0..dice.below(3)).map(|_| 1 + dice.below(9) as u64).collect();
            let said = say(room, person, Body::Text(format!("message {n}")));
            Entry::Append(Append { mentions: mentions.into_iter().collect(), ..said })
        }
    }
}

fn any_marks(dice: &mut Dice) -> Entry {
    let any_mark = |dice: &mut Dice| ReadMark {
        room: 1 + dice.below(5) as u64,
        read: dice.below(30) as u64,
        people: (0..dice.below(9)).map(|_| 1 + dice.below(8) as u64).collect(),
    };
    Entry::Marks { marks: (0..dice.below(4)).map(|_| any_mark(dice)).collect() }
}

#[test]
fn the_history_agrees_with_the_model() {
    let scratch = Scratch::new("model");
    let path = scratch.file("chat.db");
    let mut dice = Dice::new(7);
    let mut model = Model::default();
    let mut removed = BTreeSet::new();
    for round in 0..30 {
        let mut open = Open::at(&path);
        model.check(&open.loaded, settings(&path).recent);
        // A number is refused while its room is swept out, which takes as long as it takes. The chat never uses one
        // again, and here only rooms are removed that the round has made, and not made again.
        let old: BTreeSet<RoomId> = model.rooms.keys().copied().collect();
        let (mut entries, mut expected) = (Vec::new(), Vec::new());
        for entry in (0..100).map(|n| any_entry(&mut dice, 100 * round + n)) {
            match &entry {
                Entry::Remove { room } if old.contains(room) => continue,
                Entry::Create { room, .. } if removed.contains(room) => continue,
                _ => {}
            }
            let outcome = model.apply(&entry);
            if let (Entry::Remove { room }, Ok(_)) = (&entry, &outcome) {
                removed.insert(*room);
            }
            entries.push(entry);
            expected.push(outcome);
        }
        assert_eq!(open.write_all(entries), expected, "round {round}");
        for (id, room) in &model.rooms {
            assert_eq!(open.all(*id).0, room.events);
        }
        open.close();
    }
    assert!(model.rooms.values().any(|room| room.events.len() > 100), "much was said");
}
