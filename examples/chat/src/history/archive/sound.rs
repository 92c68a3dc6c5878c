//! Whether rows fit together: whoever is named is there, places have no gaps, and no number is given out twice. What a chat has
//! written always does.

use rusqlite::{Connection, OptionalExtension, Result};

/// What must not be found: the file in which it would stand, what it is about, and the rows. The first column of these is told.
const FAULTS: [(&str, &str, &str); 27] = [
    ("tokens", "person $ is not there", "SELECT person FROM tokens WHERE person NOT IN (SELECT id FROM people)"),
    ("avatars", "person $ is not there", "SELECT person FROM avatars WHERE person NOT IN (SELECT id FROM people)"),
    ("members", "room $ is not there", "SELECT room FROM members WHERE room NOT IN (SELECT id FROM rooms)"),
    ("members", "person $ is not there", "SELECT person FROM members WHERE person NOT IN (SELECT id FROM people)"),
    (
        "unread_mentions",
        "person $ is in no such room",
        "SELECT person FROM unread_mentions u
         WHERE NOT EXISTS (SELECT 1 FROM members m WHERE m.room = u.room AND m.person = u.person)",
    ),
    (
        "restraints",
        "person $ is not there",
        "SELECT person FROM restraints WHERE person NOT IN (SELECT id FROM people)",
    ),
    (
        "restraints",
        "room $ is not there",
        "SELECT room FROM restraints WHERE room <> 0 AND room NOT IN (SELECT id FROM rooms)",
    ),
    ("invites", "room $ is not there", "SELECT room FROM invites WHERE room <> 0 AND room NOT IN (SELECT id FROM rooms)"),
    (
        "invite_uses",
        "invite $ is not there",
        "SELECT invite FROM invite_uses WHERE invite NOT IN (SELECT id FROM invites)",
    ),
    ("reports", "room $ is not there", "SELECT room FROM reports WHERE room NOT IN (SELECT id FROM rooms)"),
    (
        "held_pictures",
        "report $ is not there",
        "SELECT report FROM held_pictures WHERE report NOT IN (SELECT id FROM reports)",
    ),
    ("keys", "bot $ is not there", "SELECT bot FROM keys WHERE bot NOT IN (SELECT person FROM bots)"),
    (
        "targets",
        "target $ is for neither a person nor a room",
        "SELECT id FROM targets WHERE (person IS NULL) = (room IS NULL)",
    ),
    (
        "targets",
        "room $ is not there",
        "SELECT room FROM targets WHERE room IS NOT NULL AND room NOT IN (SELECT id FROM rooms)",
    ),
    (
        "outbox",
        "target $ is not there",
        "SELECT target FROM outbox WHERE target <> 0 AND target NOT IN (SELECT id FROM targets)",
    ),
    (
        "reminders",
        "person $ is not there",
        "SELECT person FROM reminders WHERE person NOT IN (SELECT id FROM people)",
    ),
    ("reminders", "room $ is not there", "SELECT room FROM reminders WHERE room NOT IN (SELECT id FROM rooms)"),
    (
        "pictures",
        "event $ is no picture",
        "SELECT event FROM pictures WHERE event NOT IN (SELECT id FROM events WHERE kind = 1)",
    ),
    (
        "removed_rooms",
        "room $ is removed and there",
        "SELECT id FROM removed_rooms WHERE id IN (SELECT id FROM rooms)",
    ),
    (
        "rooms",
        "room $ has other events than from its first to its last",
        "SELECT r.id FROM rooms r WHERE
         (SELECT count(*) FROM events WHERE room = r.id) <> r.last - r.first + 1
         OR r.first < 1 OR r.first > r.last + 1
         OR (SELECT min(offset) FROM events WHERE room = r.id) <> r.first
         OR (SELECT max(offset) FROM events WHERE room = r.id) <> r.last",
    ),
    (
        "events",
        "event $ has nothing to say, or no place that it is about",
        "SELECT id FROM events WHERE (kind <= 1 AND text IS NULL) OR (kind >= 3 AND target IS NULL) OR id < 1",
    ),
    (
        "rooms",
        "room $ is no talk of two",
        "SELECT id FROM rooms WHERE kind = 1 AND folded NOT GLOB '@[0-9]*:[0-9]*'",
    ),
    ("archive.json", "event $ has the number of next_event", "SELECT id FROM events WHERE id >= (SELECT next_event FROM state)"),
    (
        "archive.json",
        "person $ has the number of next_person",
        "SELECT id FROM (SELECT id FROM people UNION ALL SELECT author FROM events UNION ALL SELECT person FROM bots)
         WHERE id >= (SELECT next_person FROM state)",
    ),
    (
        "archive.json",
        "room $ has the number of next_room",
        "SELECT id FROM (SELECT id FROM rooms UNION ALL SELECT id FROM removed_rooms)
         WHERE id >= (SELECT next_room FROM state)",
    ),
    (
        "archive.json",
        "number $ is that of next_number",
        "SELECT id FROM (SELECT id FROM tokens UNION ALL SELECT id FROM invites UNION ALL SELECT id FROM reports
         UNION ALL SELECT id FROM announcements UNION ALL SELECT id FROM purges UNION ALL SELECT id FROM acts
         UNION ALL SELECT id FROM keys UNION ALL SELECT id FROM targets UNION ALL SELECT id FROM reminders)
         WHERE id >= (SELECT next_number FROM state)",
    ),
    // Counting on from there could overflow (`progress.rs`).
    (
        "archive.json",
        "the number $ is too large",
        "SELECT max(applied, next_event, next_person, next_room, next_number) AS most FROM state
         WHERE most > 4611686018427387903",
    ),
];

/// The first thing that does not fit, in words.
pub(super) fn fault(connection: &Connection) -> Result<Option<String>> {
    for (file, words, sql) in FAULTS {
        let found: Option<i64> =
            connection.query_row(&format!("{sql} LIMIT 1"), [], |row| row.get(0)).optional()?;
        if let Some(found) = found {
            return Ok(Some(format!("{file}: {}", words.replace('$', &found.to_string()))));
        }
    }
    Ok(None)
}
