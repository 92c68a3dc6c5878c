//! What somebody has said is erased, or their name in it, bit by bit: as much as an act has ordered (`purges`), however long
//! that takes, and whether the program stops meanwhile.
//!
//! ```text
//!   Act::Purge, Act::Erase ──▶ purges ──▶ bite ──▶ Append(Purge), one for each room in it     told like what is said
//!                                          └─────▶ Unname                                     nothing to tell
//!                                        nothing left ──▶ Purged
//! ```
//!
//! Nothing in the file finds what somebody said: each message would pay for that, and next to nobody is ever erased. So an
//! order walks through all events, or through those of its room, and a bite looks at a number of them, whoever's they are,
//! so that it is small. Events of rooms that are being swept out are left to that.

use std::collections::BTreeMap;

use rusqlite::{Connection, OptionalExtension, Result, Row, params};

use super::called::Withheld;
use super::progress::Progress;
use super::retention::{BITE, BITE_BYTES, BITE_TEXT};
use super::schema::{number, signed};
use super::{
    Aim, Append, Body, By, Entry, Millis, Number, OPERATOR, Offset, PersonId, RoomId, gone, standing,
};

/// How whoever runs the chat is called in what is told.
pub(super) const OPERATOR_NAME: &str = "operator";
/// So many are under way at a time.
pub(super) const MOST: i64 = 1000;
/// Events that a bite looks at, a few milliseconds.
pub(super) const STRIDE: i64 = 4096;

/// `purges.mode`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    Words = 0,
    Name = 1,
}

/// What is to be erased.
pub(super) struct Order<'a> {
    pub person: PersonId,
    pub room: Option<RoomId>,
    pub since: Millis,
    pub by: By,
    pub by_name: &'a str,
    pub mode: Mode,
    /// A name that nobody gets before it is done.
    pub withheld: Option<&'a Withheld>,
}

pub(super) fn is_full(connection: &Connection) -> Result<bool> {
    let orders: i64 = connection
        .prepare_cached("SELECT count(*) AS orders FROM purges")?
        .query_row([], |row| row.get("orders"))?;
    Ok(orders >= MOST)
}

/// Of what was said until now.
pub(super) fn order(connection: &Connection, progress: &mut Progress, order: &Order<'_>) -> Result<i64> {
    let number = progress.take_number();
    connection
        .prepare_cached(
            "INSERT INTO purges (id, person, room, since, upto, by, by_name, mode, withheld, folded, look)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
        )?
        .execute(params![
            number,
            signed(order.person),
            signed(order.room.unwrap_or(0)),
            order.since,
            progress.next_event,
            order.by.map(signed),
            order.by_name,
            order.mode as i64,
            order.withheld.map(|it| &it.name),
            order.withheld.map(|it| &it.folded),
            order.withheld.and_then(|it| it.look.as_ref())
        ])?;
    Ok(number)
}

/// Has anybody ordered this? What nobody has ordered is not erased.
pub(super) fn is_ordered(connection: &Connection, of: PersonId, room: RoomId, by: PersonId) -> Result<bool> {
    connection
        .prepare_cached(
            "SELECT 1 FROM purges WHERE person = ?1 AND room IN (0, ?2) AND coalesce(by, 0) = ?3 AND mode = 0",
        )?
        .exists([signed(of), signed(room), signed(by)])
}

/// Has somebody erased themself, whose name is still in what they said?
pub(super) fn is_unnaming(connection: &Connection, person: PersonId) -> Result<bool> {
    connection.prepare_cached("SELECT 1 FROM purges WHERE person = ?1 AND mode = 1")?.exists([signed(person)])
}

/// A walk through what was said between the two: whoever decides it says how far ([`STRIDE`]).
pub(super) fn unname(connection: &Connection, person: PersonId, after: u64, upto: u64) -> Result<()> {
    connection
        .prepare_cached("UPDATE events SET author_name = ?4 WHERE id > ?2 AND id <= ?3 AND author = ?1")?
        .execute(params![signed(person), signed(after), signed(upto), gone(person)])?;
    Ok(())
}

pub(super) fn end(connection: &Connection, purge: Number) -> Result<()> {
    connection.prepare_cached("DELETE FROM purges WHERE id = ?1")?.execute([signed(purge)])?;
    Ok(())
}

/// An order, and how far this file has looked.
struct Ordered {
    id: i64,
    person: PersonId,
    room: Option<RoomId>,
    since: Millis,
    upto: i64,
    by: By,
    by_name: String,
    mode: i64,
    /// Up to here: an offset of its room, if it has one, or else an event's number among all.
    mark: i64,
}

impl Ordered {
    fn read(row: &Row<'_>) -> Result<Self> {
        Ok(Ordered {
            id: row.get("id")?,
            person: number(row, "person")?,
            room: standing::room(row, "room")?,
            since: row.get("since")?,
            upto: row.get("upto")?,
            by: standing::by(row, "by")?,
            by_name: row.get("by_name")?,
            mode: row.get("mode")?,
            mark: row.get("mark")?,
        })
    }
}

/// Looks at everything again: what was found may have come to nothing.
pub(super) fn begin_anew(connection: &Connection) -> Result<()> {
    connection.prepare_cached("UPDATE purges SET mark = 0 WHERE mark > 0")?.execute([])?;
    Ok(())
}

/// The next bite: entries, in their order, perhaps none. `None`: nothing is ordered. Notes how far it has looked.
pub(super) fn bite(connection: &Connection, at: Millis) -> Result<Option<Vec<Entry>>> {
    let Some(mut order) = connection
        .prepare_cached("SELECT * FROM purges ORDER BY id LIMIT 1")?
        .query_row([], Ordered::read)
        .optional()?
    else {
        return Ok(None);
    };
    let mut entries = Vec::new();
    if let Some(from) = next(connection, &order)? {
        (entries, order.mark) = match order.mode {
            0 => words(connection, &order, from, at)?,
            _ => names(connection, &order, from)?,
        };
    }
    match next(connection, &order)? {
        Some(_) => {
            connection
                .prepare_cached("UPDATE purges SET mark = ?2 WHERE id = ?1")?
                .execute([order.id, order.mark])?;
        }
        None => entries.push(Entry::Purged { purge: order.id.unsigned_abs() }),
    }
    Ok(Some(entries))
}

/// The first event behind the mark, unless it came after the order: where many are gone, nobody walks.
fn next(connection: &Connection, order: &Ordered) -> Result<Option<i64>> {
    let first: Option<(i64, i64)> = match order.room {
        Some(room) => connection
            .prepare_cached(
                "SELECT offset, id FROM events WHERE room = ?1 AND offset > ?2 ORDER BY offset LIMIT 1",
            )?
            .query_row([signed(room), order.mark], |row| Ok((row.get("offset")?, row.get("id")?)))
            .optional()?,
        None => connection
            .prepare_cached("SELECT id FROM events WHERE id > ?1 ORDER BY id LIMIT 1")?
            .query_row([order.mark], |row| Ok((row.get("id")?, row.get("id")?)))
            .optional()?,
    };
    Ok(first.filter(|&(_, id)| id < order.upto).map(|(place, _)| place))
}

/// The last place of a bite that begins here.
fn last(from: i64) -> i64 {
    from.saturating_add(STRIDE - 1)
}

/// Words that are to be erased, by their rooms; and up to where they have been looked for.
fn words(connection: &Connection, order: &Ordered, from: i64, at: Millis) -> Result<(Vec<Entry>, i64)> {
    macro_rules! select {
        ($place:literal, $places:literal) => {
            concat!(
                "SELECT e.room, e.offset, e.at, coalesce(octet_length(e.text), 0) AS text,
                        coalesce(p.size, 0) AS picture, ",
                $place,
                " AS place FROM events e CROSS JOIN rooms r ON r.id = e.room LEFT JOIN pictures p ON p.event = e.id
                 WHERE ",
                $places,
                " AND +e.id < ?4 AND e.author = ?3 AND e.kind < 2 ORDER BY ",
                $place
            )
        };
    }
    let (author, upto) = (signed(order.person), last(from));
    let mut select = connection.prepare_cached(match order.room {
        Some(_) => select!("e.offset", "e.room = ?5 AND e.offset BETWEEN ?1 AND ?2"),
        None => select!("e.id", "e.id BETWEEN ?1 AND ?2"),
    })?;
    let mut events = match order.room {
        Some(room) => select.query([from, upto, author, order.upto, signed(room)])?,
        None => select.query([from, upto, author, order.upto])?,
    };
    let mut rooms: BTreeMap<RoomId, Vec<Offset>> = BTreeMap::new();
    let (mut mark, mut found, mut text, mut pictures) = (upto, 0, 0, 0);
    while let Some(event) = events.next()? {
        if event.get::<_, Millis>("at")? < order.since {
            continue;
        }
        rooms.entry(number(event, "room")?).or_default().push(number(event, "offset")?);
        found += 1;
        text += event.get::<_, isize>("text")?.unsigned_abs();
        pictures += event.get::<_, i64>("picture")?.unsigned_abs();
        if found == BITE || text >= BITE_TEXT || pictures >= BITE_BYTES {
            mark = event.get("place")?;
            break;
        }
    }
    let purge = |(room, targets)| {
        Entry::Append(Append {
            room,
            aim: Aim::There,
            author: order.by.unwrap_or(OPERATOR),
            author_name: order.by_name.clone(),
            key: None,
            at,
            body: Body::Purge { of: order.person, targets },
            mentions: Vec::new(),
            call: None,
        })
    };
    Ok((rooms.into_iter().map(purge).collect(), mark))
}

/// What has a name on it, and up to where it has been looked for.
fn names(connection: &Connection, order: &Ordered, from: i64) -> Result<(Vec<Entry>, i64)> {
    let ids: Vec<i64> = connection
        .prepare_cached(
            "SELECT id FROM events WHERE id BETWEEN ?1 AND ?2 AND id < ?3 AND author = ?4 ORDER BY id LIMIT ?5",
        )?
        .query_map([from, last(from), order.upto, signed(order.person), signed(BITE)], |row| row.get("id"))?
        .collect::<Result<_>>()?;
    let unname = ids.first().zip(ids.last()).map(|(first, last)| Entry::Unname {
        person: order.person,
        after: first.saturating_sub(1).unsigned_abs(),
        upto: last.unsigned_abs(),
    });
    let mark = ids.last().copied().filter(|_| ids.len() == BITE as usize).unwrap_or(last(from));
    Ok((unname.into_iter().collect(), mark))
}
