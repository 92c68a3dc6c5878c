//! Looking at a model from all sides: whether its tables agree with one another, with plain ones, and with a disk.

use std::collections::{BTreeMap, BTreeSet};

use super::disk::Disk;
use super::plain::Plain;
use crate::history::{Event, Loaded, Offset, PersonId, RoomId, RoomKind, TokenHash, Voices};
use crate::model::{Model, Room};

/// What is there again after a restart.
#[derive(Debug, PartialEq, Default)]
pub(super) struct Lasting {
    people: BTreeMap<PersonId, (String, Option<TokenHash>, bool)>,
    rooms: BTreeMap<RoomId, Kept>,
    /// How far they have read, and how many mentions are unread.
    members: BTreeMap<(RoomId, PersonId), (Offset, usize)>,
}

#[derive(Debug, PartialEq)]
struct Kept {
    kind: RoomKind,
    name: String,
    epoch: String,
    first: Offset,
    last: Offset,
    voices: Voices,
    uncounted: Vec<Offset>,
    recent: Vec<Event>,
}

impl Lasting {
    pub(super) fn of_model(model: &Model) -> Self {
        let mut lasting = Lasting::default();
        for person in model.people.iter() {
            let told = (person.name().to_owned(), person.tokens().first().copied(), person.is_silent());
            lasting.people.insert(person.id(), told);
        }
        for room in model.rooms.iter() {
            let id = room.id();
            lasting.rooms.insert(id, Kept::of_room(room));
            for person in model.members(id).iter() {
                let mark = model.mark(person, id).expect("a member has a mark");
                lasting.members.insert((id, person), (mark.read(), mark.mentions(room.first())));
            }
        }
        lasting
    }

    pub(super) fn of_disk(disk: &Disk, recent: usize) -> Self {
        let mut lasting = Lasting::default();
        for (&id, stored) in disk.people.iter().filter(|(_, stored)| !stored.gone) {
            lasting.people.insert(id, (stored.name.clone(), stored.token, stored.silent));
        }
        for (&id, place) in &disk.rooms {
            let mut place = place.clone();
            place.recent_only(place.last.saturating_sub(recent as u64));
            let kept = Kept {
                kind: place.kind,
                name: place.name.clone(),
                epoch: place.epoch.clone(),
                first: place.first,
                last: place.last,
                voices: place.voices(),
                uncounted: place.uncounted().to_vec(),
                recent: place.events,
            };
            lasting.rooms.insert(id, kept);
        }
        for (&key, mark) in disk.members.iter().filter(|((_, person), _)| disk.knows(*person)) {
            lasting.members.insert(key, (mark.upto, mark.mentions.len()));
        }
        lasting
    }

    pub(super) fn of_loaded(loaded: &Loaded) -> Self {
        let mut lasting = Lasting::default();
        for stored in loaded.people.iter().filter(|stored| !stored.tokens.is_empty()) {
            lasting
                .people
                .insert(stored.id, (stored.name.clone(), stored.tokens.first().copied(), stored.silent));
        }
        for stored in &loaded.rooms {
            let kept = Kept {
                kind: stored.kind,
                name: stored.name.clone(),
                epoch: stored.epoch.clone(),
                first: stored.first,
                last: stored.last,
                voices: stored.voices,
                uncounted: stored.uncounted.clone(),
                recent: stored.recent.clone(),
            };
            lasting.rooms.insert(stored.id, kept);
        }
        for member in &loaded.members {
            lasting.members.insert((member.room, member.person), (member.read, member.mentions.len()));
        }
        lasting
    }
}

impl Kept {
    fn of_room(room: &Room) -> Self {
        Kept {
            kind: room.kind(),
            name: room.name().to_owned(),
            epoch: room.epoch().to_owned(),
            first: room.first(),
            last: room.last(),
            voices: room.voices(),
            uncounted: uncounted(room),
            recent: room.recent().iter().cloned().collect(),
        }
    }
}

/// Those that do not count as unread.
fn uncounted(room: &Room) -> Vec<Offset> {
    (room.first()..=room.last()).filter(|&offset| room.unread(offset - 1) == room.unread(offset)).collect()
}

/// Both sides of every table say the same.
pub(super) fn check_tables(model: &Model) {
    let mut keys: BTreeMap<RoomId, BTreeSet<PersonId>> = BTreeMap::new();
    for person in model.people.iter() {
        for room in model.membership.rooms_of(person.id()) {
            keys.entry(room).or_default().insert(person.id());
        }
    }
    for room in model.rooms.iter() {
        let members = model.members(room.id());
        let listed: BTreeSet<PersonId> = members.iter().collect();
        assert_eq!(listed.len(), members.len(), "nobody is listed twice");
        assert_eq!(listed, keys.remove(&room.id()).unwrap_or_default(), "room {}", room.id());
        let is_here = |id: PersonId| model.people.iter().any(|person| person.id() == id && person.is_here());
        let here: Vec<PersonId> = members.here().collect();
        assert_eq!(here.len(), members.count_here());
        assert!(here.iter().all(|&id| is_here(id)) && members.iter().skip(here.len()).all(|id| !is_here(id)));
    }
    assert!(keys.is_empty(), "members of rooms that are not there: {keys:?}");
    assert!(model.unsaved.iter().all(|(person, room)| model.is_member(person, room)), "{:?}", model.unsaved);
}

/// The model's tables are the plain ones.
pub(super) fn check_against(plain: &Plain, model: &Model) {
    assert_eq!(
        (model.lobby, model.next_person().unwrap(), model.next_room().unwrap()),
        (plain.lobby, plain.next_person, plain.next_room)
    );
    check_people(plain, model);
    check_rooms(plain, model);
    assert_eq!(model.unsaved.iter().collect::<BTreeSet<_>>(), plain.unsaved);
    assert_eq!(model.one_sided, plain.one_sided);
    let members = model.rooms.iter().map(|room| model.members(room.id()).len()).sum::<usize>();
    assert_eq!(members, plain.members.len());
    for (&(room, person), (read, mentions)) in &plain.members {
        let mark = model.mark(person, room).unwrap_or_else(|| panic!("{person} is in {room}"));
        let first = plain.rooms[&room].place.first;
        assert_eq!((mark.read(), mark.mentions(first)), (*read, mentions.len()), "{person} in {room}");
    }
}

fn check_people(plain: &Plain, model: &Model) {
    assert_eq!(model.people.iter().count(), plain.people.len());
    assert_eq!(model.people.len(), plain.people.values().filter(|somebody| !somebody.leaving).count());
    let here: Vec<PersonId> = model.here().map(|person| person.id()).collect();
    assert_eq!(here, plain.people.iter().filter(|(_, one)| one.here).map(|(&id, _)| id).collect::<Vec<_>>());
    assert_eq!(model.people.passing().collect::<Vec<_>>(), plain.passing());
    for person in model.people.iter() {
        let id = person.id();
        let plain = &plain.people[&id];
        assert_eq!(
            (person.name(), person.tokens(), person.seen()),
            (&plain.name[..], plain.token.as_slice(), plain.seen)
        );
        assert_eq!(model.person(id).is_none(), plain.leaving);
        assert_eq!(
            [person.is_here(), person.is_shown(), person.is_met(), person.is_silent(), person.is_renaming()],
            [plain.here, plain.shown, plain.met, plain.silent, plain.renaming.is_some()],
            "{id}: here, shown, met, silent, renaming"
        );
        for token in person.tokens() {
            assert_eq!(model.with_token(token), Some(id));
        }
    }
    for (&id, name) in &plain.gone {
        assert_eq!(model.name_of(id), name);
    }
}

fn check_rooms(plain: &Plain, model: &Model) {
    assert_eq!(model.rooms.iter().count(), plain.rooms.len());
    assert_eq!(model.rooms.count_public(), plain.public());
    let empties: Vec<_> = model.rooms.empties().map(|(until, room)| (until, room.id())).collect();
    assert_eq!(empties, plain.empties());
    for room in model.rooms.iter() {
        let held = &plain.rooms[&room.id()];
        let place = &held.place;
        assert_eq!((room.name(), room.epoch(), room.kind()), (&place.name[..], &place.epoch[..], place.kind));
        assert_eq!((room.first(), room.last(), room.voices()), (place.first, place.last, place.voices()));
        assert_eq!((room.is_pending(), uncounted(room)), (held.pending, place.uncounted().to_vec()));
        assert!(room.recent().iter().eq(&place.events), "{:?} {:?}", room.recent(), place.events);
    }
    let mut listed: Vec<_> = model.listed("").map(|room| (room.name(), room.id())).collect();
    listed.sort_unstable();
    let rooms = plain.rooms.iter().filter(|(_, room)| room.place.is_public() && !room.pending);
    let mut expected: Vec<_> = rooms.map(|(&id, room)| (&room.place.name[..], id)).collect();
    expected.sort_unstable();
    assert_eq!(listed, expected);
    for &person in plain.people.keys() {
        assert_eq!(model.rooms.count_talks(person), plain.talks(person), "talks of {person}");
        assert_eq!(model.rooms.count_made(person), plain.made(person), "rooms made by {person}");
    }
}

/// Every name finds who has it, and nobody else.
pub(super) fn check_names(plain: &Plain, model: &Model) {
    for name in super::names::people() {
        let expected = plain.called(name);
        let found = model.called(name);
        assert!(
            found.map_or(expected.is_empty(), |id| expected.contains(&id)),
            "{name}: {found:?} {expected:?}"
        );
    }
    for (id, somebody) in plain.people.iter().filter(|(_, somebody)| !somebody.leaving) {
        let found = model.called(&somebody.name).expect("a name finds somebody");
        assert!(plain.called(&somebody.name).contains(&found), "{id} {} {found}", somebody.name);
    }
    for name in super::names::rooms() {
        let expected = plain.rooms_called(name);
        let found = model.rooms.called(name).map(Room::id);
        assert!(
            found.map_or(expected.is_empty(), |id| expected.contains(&id)),
            "{name}: {found:?} {expected:?}"
        );
    }
    for (&id, room) in &plain.rooms {
        let found = model.rooms.called(&room.place.name).expect("a room's name finds a room");
        assert!(found.id() == id || plain.rooms_called(&room.place.name).contains(&found.id()));
    }
}

/// Nothing is on its way any more, and nothing waits for what will not come.
pub(super) fn check_rest(model: &Model) {
    assert!(model.people.iter().all(|person| !person.is_renaming()), "somebody is renamed for ever");
    assert_eq!(model.people.iter().count(), model.people.len(), "somebody is forgotten for ever");
    for room in model.rooms.iter().filter(|room| room.id() != model.lobby) {
        assert!(!room.is_pending(), "room {} is made for ever", room.id());
        let is_noted = model.rooms.empties().any(|(_, empty)| empty.id() == room.id());
        assert_eq!(is_noted, model.members(room.id()).is_empty(), "room {} is removed in time", room.id());
    }
    let guests = model.people.iter().filter(|person| !person.has_token());
    assert!(guests.into_iter().all(|person| person.is_here()), "a guest stays behind");
}
