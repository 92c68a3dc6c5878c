//! Who hears of somebody by name: the windows of those who are with them in rooms that are no crowds, each once.
//!
//! Small rooms come first, so that private talks and teams hear whatever else somebody is in; and there is an end, to who
//! hears and to the work of finding them.

use std::collections::HashSet;

use crate::cost::Cost;
use crate::history::{PersonId, RoomId};

/// So many windows hear of somebody.
const WINDOWS: usize = 1_000;
/// So many members are looked at for that: many rooms may have the same.
const LOOKED_AT: usize = 4_000;

/// A room that is no crowd.
#[derive(Debug)]
pub(super) struct Place<M> {
    pub room: RoomId,
    pub here: usize,
    /// Those who are here.
    pub members: M,
}

/// The windows that hear of somebody, and how many members were looked at to find them.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Hearers<W> {
    pub windows: Vec<W>,
    pub looked_at: usize,
}

impl<W> Hearers<W> {
    /// What it takes to find them, and to tell them something.
    pub(super) fn cost(&self) -> Cost {
        Cost::rows(self.looked_at).and(Cost::told(self.windows.len()))
    }
}

/// `windows` are somebody's. Those of `whom` it is about are none of them.
pub(super) fn hearers<W, V: IntoIterator<Item = W>>(
    mut places: Vec<Place<impl Iterator<Item = PersonId>>>,
    whom: PersonId,
    windows: impl Fn(PersonId) -> V,
) -> Hearers<W> {
    places.sort_unstable_by_key(|place| (place.here, place.room));
    let mut seen = HashSet::from([whom]);
    let mut hearers = Hearers { windows: Vec::new(), looked_at: 0 };
    for member in places.into_iter().flat_map(|place| place.members).take(LOOKED_AT) {
        hearers.looked_at += 1;
        if seen.insert(member) {
            let left = WINDOWS - hearers.windows.len();
            hearers.windows.extend(windows(member).into_iter().take(left));
        }
        if hearers.windows.len() == WINDOWS {
            break;
        }
    }
    hearers
}

/// What it costs, at most, if so many are here in all of the rooms together.
pub(super) fn cost_of(here: usize) -> Cost {
    Cost::rows(here.min(LOOKED_AT)).and(Cost::told(here.min(WINDOWS)))
}

#[cfg(test)]
mod tests {
    use std::ops::Range;

    use super::*;

    fn places(rooms: &[Range<PersonId>]) -> Vec<Place<Range<PersonId>>> {
        let place = |(members, room): (&Range<PersonId>, RoomId)| Place {
            room,
            here: members.clone().count(),
            members: members.clone(),
        };
        rooms.iter().zip(0..).map(place).collect()
    }

    /// Everybody has two windows.
    fn hearing(rooms: &[Range<PersonId>]) -> Hearers<(PersonId, char)> {
        hearers(places(rooms), 1, |person| [(person, 'a'), (person, 'b')])
    }

    #[test]
    fn each_window_hears_once_and_small_rooms_come_first() {
        let hearing = hearing(&[1..6, 5..8, 1..3]);
        let people = [2, 5, 6, 7, 3, 4].map(|person| [(person, 'a'), (person, 'b')]);
        assert_eq!(hearing, Hearers { windows: people.concat(), looked_at: 10 });
    }

    #[test]
    fn there_is_an_end_to_who_hears_and_to_the_work() {
        let many: Vec<_> = (1..50).map(|room| 200 * room..200 * (room + 1)).collect();
        let Hearers { windows, looked_at } = hearing(&many);
        assert_eq!((windows.len(), looked_at), (1_000, 500));
        let same = vec![1..202; 50];
        let Hearers { windows, looked_at } = hearing(&same);
        assert_eq!((windows.len(), looked_at), (400, LOOKED_AT));
        let one = hearers(places(&[1..2, 2..3]), 1, |_| 0..5_000);
        assert_eq!(one.windows.len(), WINDOWS, "of one person, too");
    }
}
