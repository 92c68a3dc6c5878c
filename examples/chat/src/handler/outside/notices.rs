//! What a target is told: the words are looked up when it goes out, so that what was taken back does not.

use std::fmt::Write as _;

use crate::handler::hall::Hall;
use crate::history::{Call, Delivery, Event, Level, PersonId, RoomKind, StoredTarget};
use crate::model::{Model, Room};
use crate::postman::{looked_up_after, name};
use crate::sender::{Request, Trust};
use crate::voices::json::targets::{self, About, Notice};

pub(super) fn trust(stored: &StoredTarget) -> Trust {
    if stored.target.is_free { Trust::Free } else { Trust::Judged }
}

pub(super) fn notice(hall: &Hall, delivery: Delivery, mut events: Vec<Event>) -> Option<(Request, Trust)> {
    let stored = hall.model.target(delivery.target)?;
    let room = hall.model.room(delivery.room)?;
    let whom = stored.target.serves.person();
    if let Some(person) = whom {
        let level = hall.model.level_in_force(person, room.id());
        events.retain(|event| concerns(event, person, level));
    } else {
        events.retain(|event| event.what.words().is_some());
    }
    let more = whom.map_or(0, |person| more(&hall.model, delivery, person));
    let id = name(delivery, room.epoch());
    let about = About::Said { events: &events, more };
    let request = request_of(hall, stored, (room, whom), &id, about)?;
    Some((request, trust(stored)))
}

/// How many others there are, older than those that are looked up.
fn more(model: &Model, delivery: Delivery, person: PersonId) -> usize {
    let between = model.delivery(delivery).map(|stored| (stored.after, looked_up_after(stored)));
    between.map_or(0, |between| model.count_concerning(person, delivery.room, between))
}

/// Is it one of those of which they want to be told?
fn concerns(event: &Event, person: PersonId, level: Level) -> bool {
    let is_called = event.call == Some(Call::All) || event.mentions.contains(&person);
    let is_meant = match level {
        Level::All => true,
        Level::Mentions => is_called,
        Level::Nothing => false,
    };
    is_meant && event.author != person && event.what.words().is_some()
}

pub(super) fn request_of(
    hall: &Hall,
    stored: &StoredTarget,
    (room, whom): (&Room, Option<PersonId>),
    id: &str,
    about: About<'_>,
) -> Option<Request> {
    let is_private = room.kind() == RoomKind::Direct;
    let partner = whom.and_then(|person| room.partner_of(person));
    let called = match partner {
        Some(partner) => hall.model.name_of(partner),
        None => hall.model.title_of(room.id()).unwrap_or(room.name()),
    };
    let now = hall.ledger.calendar().now();
    let old_secret =
        stored.old_secret.as_ref().filter(|(_, until)| *until > now).map(|(old, _)| old.as_str());
    let link = link(&hall.public_url, room.name());
    let notice = Notice { about, room: called, is_private, link: &link, id, now, old_secret };
    targets::request(&notice, &stored.target)
}

/// Where the page shows a room.
fn link(public_url: &str, room: &str) -> String {
    let mut link = format!("{}/#", public_url.trim_end_matches('/'));
    for byte in room.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => link.push(char::from(byte)),
            _ => _ = write!(link, "%{byte:02X}"),
        }
    }
    link
}
