//! Long answers in pieces: what was missed, pages, what was found.

use super::events::EventTold;
use super::parts::json;
use super::told::Told;
use crate::cost::COMPRESSED;
use crate::history::{Event, Hit, Offset};
use crate::model::{Model, Room};
use crate::voices::cut::cut;

/// The most events in a piece of history, and in a page.
pub(crate) const PAGE: usize = 100;
/// A piece ends when it has become about this long, in bytes of JSON.
const PIECE: usize = 128 << 10;
/// So do a page and what was found. It is just little enough to be compressed.
const ANSWER: usize = COMPRESSED - 1024;

/// A piece of what somebody has missed of a room.
#[derive(Debug)]
pub(crate) struct Piece {
    pub text: String,
    /// The last event in it.
    pub last: Option<Offset>,
    /// Not all of the events were put into it.
    pub rest: bool,
}

/// What somebody has missed: as many of these events as make a piece. `more`: there are others behind them.
pub(crate) fn missed<'a>(
    model: &Model,
    room: &Room,
    events: impl Iterator<Item = &'a Event>,
    more: bool,
) -> Piece {
    let (events, rest) =
        cut(events.map(|event| EventTold::new(model, event, None)), PAGE, PIECE, EventTold::length);
    let last = events.last().map(EventTold::offset);
    let (name, epoch, more) = (room.name(), room.epoch(), more || rest);
    let told = Told::History { room: name, epoch, recovered: true, events, more };
    Piece { text: json(&told), last, rest }
}

/// The latest of these events, for somebody who can use none of those they have.
pub(crate) fn afresh<'a>(
    model: &Model,
    room: &Room,
    events: impl DoubleEndedIterator<Item = &'a Event>,
) -> Piece {
    let events = latest(model, events);
    let last = events.last().map(EventTold::offset);
    let (name, epoch) = (room.name(), room.epoch());
    let told = Told::History { room: name, epoch, recovered: false, events, more: false };
    Piece { text: json(&told), last, rest: false }
}

/// The latest of these events, as many as make an answer.
pub(super) fn latest<'a>(
    model: &Model,
    events: impl DoubleEndedIterator<Item = &'a Event>,
) -> Vec<EventTold<'a>> {
    let (mut told, _) =
        cut(events.rev().map(|event| EventTold::new(model, event, None)), PAGE, ANSWER, EventTold::length);
    told.reverse();
    told
}

/// As much of what was found as makes an answer; and the mark before which there is more, if there is.
pub(super) fn found<'a>(
    model: &'a Model,
    hits: &[&'a Hit],
    last: Option<u64>,
    more: bool,
) -> (Vec<EventTold<'a>>, Option<u64>) {
    let readable = hits.iter().filter_map(|hit| {
        let room = model.room(hit.room)?;
        Some((hit.mark, EventTold::new(model, &hit.event, Some(room.name()))))
    });
    let (told, rest) = cut(readable, PAGE, ANSWER, |(_, event)| event.length());
    let last = if rest { told.last().map(|(mark, _)| *mark) } else { last };
    (told.into_iter().map(|(_, event)| event).collect(), last.filter(|_| rest || more))
}
