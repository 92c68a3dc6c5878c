//! What a room remembers, and how rooms are told apart.

use super::*;
use crate::history::{Offset, StoredRoom, What};
use crate::model::room::direct_name;

fn text(offset: Offset) -> Event {
    let what = What::Text(format!("number {offset}"));
    Event { mentions: vec![2], ..Event::example(offset, what) }
}

fn deletion(offset: Offset, target: Offset) -> Event {
    Event { what: What::Deletion { target }, mentions: vec![], ..text(offset) }
}

fn room(first: Offset, last: Offset, recent: usize) -> Room {
    let start = (last + 1).saturating_sub(recent as u64).max(first);
    Room::new(StoredRoom {
        id: 1,
        kind: RoomKind::Public,
        name: "tea".into(),
        folded: "tea".into(),
        epoch: "e".into(),
        first,
        last,
        voices: Voices::None,
        uncounted: vec![],
        recent: (start..=last).map(text).collect(),
        calls: Vec::new(),
    })
}

fn offsets<'a>(events: Option<impl Iterator<Item = &'a Event>>) -> Option<Vec<Offset>> {
    events.map(|events| events.map(|event| event.offset).collect())
}

#[test]
fn what_is_after_an_offset_is_told_whole_or_not_at_all() {
    let room = room(1, 10, 4);
    assert_eq!(offsets(room.after(10)), Some(vec![]));
    assert_eq!(offsets(room.after(8)), Some(vec![9, 10]));
    assert_eq!(offsets(room.after(6)), Some(vec![7, 8, 9, 10]));
    assert_eq!(offsets(room.after(5)), None);
    assert_eq!(offsets(self::room(1, 0, 4).after(0)), Some(vec![]), "a room in which nothing was said");
    assert_eq!(offsets(self::room(11, 10, 4).after(10)), Some(vec![]), "all is pruned");
    assert_eq!(offsets(self::room(11, 10, 4).after(9)), None);
}

#[test]
fn what_only_the_disk_knows_yet_is_told_later() {
    let (room, events) = (room(1, 10, 4), [8, 9, 10, 11, 12].map(text));
    assert_eq!(room.heard(&events), &events[..3]);
    assert_eq!(room.heard(&events[..2]), &events[..2]);
    assert_eq!(room.heard(&events[3..]), &[]);
}

#[test]
fn what_is_before_an_offset_is_told_from_memory_if_that_is_all_or_enough() {
    let room = room(1, 10, 4);
    assert_eq!(offsets(room.before(None, 2)), Some(vec![9, 10]));
    assert_eq!(offsets(room.before(Some(9), 2)), Some(vec![7, 8]));
    assert_eq!(offsets(room.before(Some(9), 3)), None);
    assert_eq!(offsets(self::room(7, 10, 4).before(Some(9), 3)), Some(vec![7, 8]), "there are no others");
    assert_eq!(offsets(self::room(1, 0, 4).before(None, 3)), Some(vec![]));
}

#[test]
fn deletions_are_not_unread_and_what_they_take_back_is_gone() {
    let mut room = room(1, 3, 10);
    assert_eq!((room.unread(0), room.unread(2), room.unread(3)), (3, 1, 0));
    room.push(deletion(4, 2), 10);
    room.push(text(5), 10);
    assert_eq!((room.unread(0), room.unread(3), room.unread(4), room.unread(5)), (4, 1, 1, 0));
    assert_eq!(room.recent[1].what, What::Deleted);
    assert!(room.recent[1].mentions.is_empty());
    room.prune(5);
    assert_eq!((room.unread(0), room.first, room.recent.len()), (1, 5, 1), "what is not kept is not unread");
}

#[test]
fn a_private_talk_has_one_name() {
    assert_eq!(direct_name(7, 3), direct_name(3, 7));
    assert_eq!(direct_pair("@3:7"), Some([3, 7]));
    assert_eq!(direct_pair("tea"), None);
}

#[test]
fn an_empty_room_is_removed_unless_whoever_runs_the_chat_has_made_it() {
    for (maker, is_removed) in [(None, true), (Some(7), true), (Some(OPERATOR), false)] {
        let mut rooms = Rooms::default();
        rooms.insert(room(1, 0, 4).made_by(maker));
        rooms.empty(1, 5);
        assert_eq!(rooms.empties().count() == 1, is_removed, "{maker:?}");
        rooms.fill(1);
        assert_eq!(rooms.empties().count(), 0);
    }
}
