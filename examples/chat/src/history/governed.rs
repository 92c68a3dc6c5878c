//! Who may do what, and who may not, when a run begins.

use rusqlite::{Connection, OptionalExtension, Result, Row};

use super::schema::number;
use super::standing::{by, room};
use super::{
    Door, Governed, Restraint, StoredAdminKey, StoredAnnouncement, StoredErasing, StoredInvite,
    StoredRestraint, StoredTraits,
};
use crate::rights::Role;

/// All that the chat keeps of it in memory.
pub(super) fn governed(connection: &Connection) -> Result<Governed> {
    let all = |sql| Rows { connection, sql };
    Ok(Governed {
        roles: all("SELECT id, role FROM people WHERE role > 0 AND gone = 0 ORDER BY id")
            .read(|row| Ok((number(row, "id")?, role(row)?)))?,
        ops: all("SELECT m.room, m.person FROM members m JOIN people p ON p.id = m.person
                  WHERE m.op <> 0 AND p.gone = 0 ORDER BY m.room, m.person")
        .read(|row| Ok((number(row, "room")?, number(row, "person")?)))?,
        restraints: all("SELECT person, room, kind, until, by, at, reason, addresses FROM restraints
                         ORDER BY person, room, kind")
        .read(restraint)?,
        rooms: all("SELECT id, title, topic, pace, closed, maker FROM rooms WHERE title IS NOT NULL
                    OR topic <> '' OR pace <> 0 OR closed <> 0 OR maker IS NOT NULL ORDER BY id")
        .read(traits)?,
        // What is used up or revoked is only for looking at.
        invites: all("SELECT id, key, room, by, until, uses FROM invites
                      WHERE uses > 0 AND revoked = 0 ORDER BY id")
        .read(invite)?,
        door: connection.query_row("SELECT door FROM state", [], |row| {
            Ok(Door::of_number(row.get("door")?).unwrap_or(Door::Shut))
        })?,
        announcement: connection
            .query_row("SELECT id, text, at FROM announcements", [], |row| {
                Ok(StoredAnnouncement {
                    number: number(row, "id")?,
                    text: row.get("text")?,
                    at: row.get("at")?,
                })
            })
            .optional()?,
        avatars: all("SELECT person, id, size FROM avatars ORDER BY person")
            .read(|row| Ok((number(row, "person")?, row.get("id")?, number(row, "size")?)))?,
        admins: all("SELECT id, key, by, until FROM admins ORDER BY id").read(|row| {
            Ok(StoredAdminKey {
                number: number(row, "id")?,
                key: row.get("key")?,
                by: by(row, "by")?,
                until: row.get("until")?,
            })
        })?,
        reports: all("SELECT id, room FROM reports ORDER BY id")
            .read(|row| Ok((number(row, "id")?, number(row, "room")?)))?,
        erasing: all("SELECT id, person, withheld FROM purges WHERE withheld IS NOT NULL ORDER BY id").read(
            |row| {
                let (work, person) = (number(row, "id")?, number(row, "person")?);
                Ok(StoredErasing { work, person, name: row.get("withheld")? })
            },
        )?,
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

fn role(row: &Row<'_>) -> Result<Role> {
    Ok(Role::of_number(row.get("role")?).unwrap_or_default())
}

fn restraint(row: &Row<'_>) -> Result<StoredRestraint> {
    let addresses: Option<String> = row.get("addresses")?;
    Ok(StoredRestraint {
        restraint: if row.get::<_, i64>("kind")? == 0 { Restraint::Mute } else { Restraint::Ban },
        person: number(row, "person")?,
        room: room(row, "room")?,
        until: row.get("until")?,
        by: by(row, "by")?,
        at: row.get("at")?,
        reason: row.get("reason")?,
        addresses: addresses.iter().flat_map(|text| text.split(' ')).map(String::from).collect(),
    })
}

fn traits(row: &Row<'_>) -> Result<StoredTraits> {
    Ok(StoredTraits {
        room: number(row, "id")?,
        title: row.get("title")?,
        topic: row.get("topic")?,
        pace: row.get("pace")?,
        is_closed: row.get("closed")?,
        maker: by(row, "maker")?,
    })
}

fn invite(row: &Row<'_>) -> Result<StoredInvite> {
    Ok(StoredInvite {
        number: number(row, "id")?,
        key: row.get("key")?,
        room: room(row, "room")?,
        by: by(row, "by")?,
        until: row.get("until")?,
        left: row.get("uses")?,
    })
}
