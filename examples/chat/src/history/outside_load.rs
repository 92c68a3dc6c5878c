//! What there is of the world outside when a run begins.

use rusqlite::types::Type;
use rusqlite::{Connection, Error, Result, Row};

use super::schema::number;
use super::standing::{by, room};
use super::{
    BotKind, Delivery, Discloses, KeyKind, Level, Number, Outside, Reminder, Serves, Shape, StoredBot,
    StoredDelivery, StoredKey, StoredTarget, Target,
};

/// All that the chat keeps of it in memory.
pub(super) fn outside(connection: &Connection) -> Result<Outside> {
    let all = |sql| Rows { connection, sql };
    Ok(Outside {
        bots: all("SELECT person, kind, by, made, gone, hooked FROM bots ORDER BY person").read(bot)?,
        keys: all("SELECT * FROM keys ORDER BY id").read(key)?,
        targets: all("SELECT * FROM targets ORDER BY id").read(target)?,
        deliveries: all("SELECT * FROM outbox ORDER BY target, room, upto").read(delivery)?,
        reminders: all("SELECT * FROM reminders ORDER BY id").read(reminder)?,
        levels: all("SELECT m.room, m.person, m.level FROM members m JOIN people p ON p.id = m.person
                     WHERE m.level IS NOT NULL AND p.gone = 0 ORDER BY m.room, m.person")
        .read(|row| {
            let level = known(row, "level", Level::of_number)?;
            Ok((number(row, "room")?, number(row, "person")?, level))
        })?,
        told: all("SELECT m.room, m.person, m.told FROM members m JOIN people p ON p.id = m.person
                   WHERE m.told > 0 AND p.gone = 0 ORDER BY m.room, m.person")
        .read(|row| Ok((number(row, "room")?, number(row, "person")?, number(row, "told")?)))?,
    })
}

struct Rows<'a> {
    connection: &'a Connection,
    sql: &'a str,
}

impl Rows<'_> {
    fn read<T>(&self, read: impl FnMut(&Row<'_>) -> Result<T>) -> Result<Vec<T>> {
        self.connection.prepare(self.sql)?.query_map([], read)?.collect()
    }
}

/// A number that stands for something. Any other one no pollcat has written.
fn known<T>(row: &Row<'_>, column: &str, of: impl Fn(i64) -> Option<T>) -> Result<T> {
    let number = row.get(column)?;
    let strange =
        || Error::FromSqlConversionFailure(0, Type::Integer, format!("{column} is {number}").into());
    of(number).ok_or_else(strange)
}

fn bot(row: &Row<'_>) -> Result<StoredBot> {
    Ok(StoredBot {
        person: number(row, "person")?,
        kind: known(row, "kind", BotKind::of_number)?,
        by: by(row, "by")?,
        made: row.get("made")?,
        is_gone: row.get("gone")?,
        has_hook: row.get("hooked")?,
    })
}

fn key(row: &Row<'_>) -> Result<StoredKey> {
    Ok(StoredKey {
        number: number(row, "id")?,
        key: row.get("hash")?,
        bot: number(row, "bot")?,
        kind: known(row, "kind", KeyKind::of_number)?,
        room: room(row, "room")?,
        pace: row.get("pace")?,
        by: by(row, "by")?,
        since: row.get("since")?,
        seen: row.get("seen")?,
    })
}

fn target(row: &Row<'_>) -> Result<StoredTarget> {
    let serves = match by(row, "person")? {
        Some(person) => Serves::Person(person),
        None => Serves::Room(number(row, "room")?),
    };
    let old_secret: Option<String> = row.get("old_secret")?;
    Ok(StoredTarget {
        number: number(row, "id")?,
        target: Target {
            serves,
            shape: known(row, "shape", Shape::of_number)?,
            url: row.get("url")?,
            secret: row.get("secret")?,
            discloses: known(row, "discloses", Discloses::of_number)?,
            is_free: row.get("free")?,
        },
        by: by(row, "by")?,
        made: row.get("made")?,
        old_secret: old_secret.zip(row.get("old_until")?),
        upto: number(row, "upto")?,
        sent: number(row, "sent")?,
        dropped: number(row, "dropped")?,
        fault: row.get("fault")?,
        is_off: row.get("off")?,
    })
}

fn delivery(row: &Row<'_>) -> Result<StoredDelivery> {
    let (target, room, upto) = (number(row, "target")?, number(row, "room")?, number(row, "upto")?);
    Ok(StoredDelivery {
        delivery: Delivery { target, room, upto },
        after: number(row, "after")?,
        made: row.get("made")?,
        due: row.get("due")?,
        tries: row.get("tries")?,
    })
}

fn reminder(row: &Row<'_>) -> Result<(Number, Reminder)> {
    let reminder = Reminder {
        person: number(row, "person")?,
        room: number(row, "room")?,
        made: row.get("made")?,
        due: row.get("due")?,
        is_by_clock: row.get("by_clock")?,
        text: row.get("text")?,
    };
    Ok((number(row, "id")?, reminder))
}
