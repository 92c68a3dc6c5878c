//! What is asked, and changes nothing: answered from memory, or from the disk.

use pollcat::Peers;

use super::hall::Hall;
use crate::ask::Who;
use crate::cost::Cost;
use crate::history::{Event, Failure, Hit, Offset, Read, RoomId};
use crate::model::Room;
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::tickets::{Asker, Question};
use crate::voices::cut;
use crate::voices::json::PAGE;

/// How much of the list of rooms is told at once, in bytes; and what a room takes of it besides its name.
const ROOMS_LISTED: usize = 128 << 10;
const ROOM_LISTED: usize = 80;
/// The most names in an answer.
const LISTED: usize = 2_000;
/// The longest part of a name to look for, in bytes.
const LONGEST_PART: usize = 256;
/// The longest text to search for, in characters.
const LONGEST_QUERY: usize = 100;

/// The rooms, in the order of their names, as many as an answer holds. `after` is the last name that is known.
pub(super) fn rooms(hall: &mut Hall, peers: &mut Peers, asker: &Asker, after: &str) {
    let mut number = 0;
    hall.answer_from(peers, asker, |model| {
        let length = |room: &&Room| ROOM_LISTED + room.name().len();
        let (listed, more) = cut(model.listed(after), usize::MAX, ROOMS_LISTED, length);
        number = listed.len();
        Some(Reply::Rooms { listed, more })
    });
    hall.charge(asker.peer, Cost::rows(number));
}

/// Who is in a room: a page of the list.
pub(super) fn who(hall: &mut Hall, peers: &mut Peers, asker: &Asker, who: &Who<'_>) -> Result<(), Refusal> {
    let by = hall.by(asker)?;
    let room = who.room.as_deref().map_or(Ok(by.here), |room| hall.model.room_of(by.person, room))?;
    let part = who.query.as_deref().unwrap_or_default().trim();
    if part.len() > LONGEST_PART {
        return Err(Refusal::bad_field(format!("`query` has at most {LONGEST_PART} bytes")));
    }
    let limit = who.limit.map_or(LISTED, |limit| (limit as usize).clamp(1, LISTED));
    let listed = hall.model.who(room, part, who.after, limit)?;
    hall.charge(asker.peer, Cost::rows(listed.looked_at));
    hall.answer_from(peers, asker, |model| Some(Reply::Who { room: model.room(room)?, listed: &listed }));
    Ok(())
}

/// What was said before an offset, or lately.
pub(super) fn page(
    hall: &mut Hall,
    peers: &mut Peers,
    asker: &Asker,
    room: &str,
    before: Option<Offset>,
    limit: Option<u64>,
) -> Result<(), Refusal> {
    let id = hall.model.room_of(hall.by(asker)?.person, room)?;
    let limit = limit.map_or(PAGE, |limit| (limit as usize).clamp(1, PAGE));
    let mut is_told = false;
    hall.answer_from(peers, asker, |model| {
        let room = model.room(id)?;
        let events = room.before(before, limit)?.collect();
        is_told = true;
        Some(Reply::Page { room, events, first: room.first() })
    });
    if is_told {
        return Ok(());
    }
    let question = Question::Page { asker: asker.clone(), room: id };
    hall.ledger.read(Read::Before { room: id, before, limit }, question)
}

/// The disk has told a page.
pub(super) fn page_found(
    hall: &mut Hall,
    peers: &mut Peers,
    asker: &Asker,
    id: RoomId,
    found: Result<(Vec<Event>, Offset), Failure>,
) {
    let (events, first) = match found {
        Ok(found) => found,
        Err(failure) => return hall.refuse(peers, asker, &failure.into()),
    };
    if !may_read(hall, asker, id) {
        return hall.refuse(peers, asker, &Refusal::room_is_gone());
    }
    hall.answer_from(peers, asker, |model| {
        let room = model.room(id)?;
        Some(Reply::Page { room, events: room.heard(&events).iter().collect(), first })
    });
}

pub(super) fn search(
    hall: &mut Hall,
    asker: &Asker,
    query: &str,
    room: Option<&str>,
    before: Option<u64>,
) -> Result<(), Refusal> {
    let person = hall.by(asker)?.person;
    let room = room.map(|room| hall.model.room_of(person, room)).transpose()?;
    let text = query.trim();
    if text.is_empty() || text.chars().count() > LONGEST_QUERY {
        return Err(Refusal::bad_field(format!("`query` has 1 to {LONGEST_QUERY} characters")));
    }
    let rooms = match room {
        Some(room) => vec![room],
        None => hall.model.rooms_of(person).map(Room::id).collect(),
    };
    let read = Read::Search { rooms, text: text.to_owned(), before, limit: PAGE };
    hall.ledger.read(read, Question::Search { asker: asker.clone(), query: text.to_owned() })
}

/// The disk has found something, and perhaps there is more.
pub(super) fn search_found(
    hall: &mut Hall,
    peers: &mut Peers,
    asker: &Asker,
    query: &str,
    found: Result<(Vec<Hit>, bool), Failure>,
) {
    let (hits, more) = match found {
        Ok(found) => found,
        Err(failure) => return hall.refuse(peers, asker, &failure.into()),
    };
    let last = hits.last().map(|hit| hit.mark);
    let readable: Vec<&Hit> = hits.iter().filter(|hit| may_read(hall, asker, hit.room)).collect();
    hall.answer(peers, asker, &Reply::Found { query, hits: readable, last, more });
}

/// Is whoever asks still a member of the room?
fn may_read(hall: &Hall, asker: &Asker, room: RoomId) -> bool {
    hall.sessions.person(asker.peer).is_some_and(|person| hall.model.is_member(person, room))
}
