//! The step of the tables to version 5: who may come back, who governs, and what they have done.
//!
//! Numbers of sessions, invites, reports, announcements, purges, sessions of the admin page and acts are all of one row
//! (`state.next_number`). A room of 0 is the whole chat, a `by` of `NULL` whoever runs it.

/// A person has several tokens, and each is a session: `people.token` moves there. Whoever never had one is a `guest`.
///
/// `restraints.until` and the like are times by the calendar: what is over is taken away by an entry (`Entry::Lapse`).
/// What is held back has its words in `reports`, and its picture beside it; it has no place among the events yet.
///
/// `purges.mark` says how far this file has looked: a bite says itself what it erases (`purge.rs`). `purges.withheld` is how
/// somebody was called who erases themself: the name goes with the row.
pub(super) const STEP: &str = "
    ALTER TABLE state ADD COLUMN next_number INTEGER NOT NULL DEFAULT 1;
    ALTER TABLE state ADD COLUMN door INTEGER NOT NULL DEFAULT 0;

    CREATE TABLE tokens (
        id INTEGER PRIMARY KEY,
        person INTEGER NOT NULL,
        hash BLOB NOT NULL UNIQUE,
        since INTEGER NOT NULL,
        seen INTEGER NOT NULL,
        client TEXT NOT NULL DEFAULT '',
        place TEXT NOT NULL DEFAULT ''
    ) STRICT;
    CREATE INDEX sessions ON tokens (person);
    INSERT OR IGNORE INTO tokens (id, person, hash, since, seen)
        SELECT row_number() OVER (ORDER BY id), id, token, seen, seen FROM people WHERE token IS NOT NULL;
    UPDATE state SET next_number = 1 + (SELECT coalesce(max(id), 0) FROM tokens);
    ALTER TABLE people ADD COLUMN guest INTEGER NOT NULL DEFAULT 0;
    UPDATE people SET guest = 1 WHERE token IS NULL;
    ALTER TABLE people DROP COLUMN token;
    ALTER TABLE people ADD COLUMN role INTEGER NOT NULL DEFAULT 0;
    CREATE INDEX roles ON people (role) WHERE role > 0;
    CREATE TABLE avatars (
        person INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        media_type TEXT NOT NULL,
        width INTEGER NOT NULL,
        height INTEGER NOT NULL,
        size INTEGER NOT NULL,
        bytes BLOB NOT NULL
    ) STRICT;

    ALTER TABLE rooms ADD COLUMN title TEXT;
    ALTER TABLE rooms ADD COLUMN topic TEXT NOT NULL DEFAULT '';
    ALTER TABLE rooms ADD COLUMN pace INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE rooms ADD COLUMN closed INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE rooms ADD COLUMN maker INTEGER;
    ALTER TABLE members ADD COLUMN op INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE members ADD COLUMN spoke INTEGER;

    CREATE TABLE restraints (
        person INTEGER NOT NULL,
        room INTEGER NOT NULL,
        kind INTEGER NOT NULL,
        until INTEGER,
        by INTEGER,
        at INTEGER NOT NULL,
        reason TEXT NOT NULL,
        addresses TEXT,
        PRIMARY KEY (person, room, kind)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX restrained ON restraints (room);
    CREATE TABLE invites (
        id INTEGER PRIMARY KEY,
        key BLOB NOT NULL UNIQUE,
        room INTEGER NOT NULL,
        by INTEGER,
        made INTEGER NOT NULL,
        until INTEGER NOT NULL,
        uses INTEGER NOT NULL,
        revoked INTEGER NOT NULL DEFAULT 0
    ) STRICT;
    CREATE INDEX invitations ON invites (room);
    CREATE TABLE invite_uses (
        invite INTEGER NOT NULL,
        person INTEGER NOT NULL,
        at INTEGER NOT NULL,
        PRIMARY KEY (invite, person)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE admins (
        id INTEGER PRIMARY KEY,
        key BLOB NOT NULL UNIQUE,
        by INTEGER,
        since INTEGER NOT NULL,
        until INTEGER NOT NULL,
        client TEXT NOT NULL,
        place TEXT NOT NULL
    ) STRICT;
    CREATE TABLE announcements (
        id INTEGER PRIMARY KEY,
        text TEXT NOT NULL,
        by INTEGER,
        at INTEGER NOT NULL
    ) STRICT;

    CREATE TABLE reports (
        id INTEGER PRIMARY KEY,
        room INTEGER NOT NULL,
        offset INTEGER,
        at INTEGER NOT NULL,
        by INTEGER NOT NULL,
        reason TEXT NOT NULL,
        author INTEGER NOT NULL,
        author_name TEXT NOT NULL,
        key TEXT,
        text TEXT,
        mentions TEXT
    ) STRICT;
    CREATE INDEX reported ON reports (room, offset);
    CREATE INDEX reporters ON reports (by);
    CREATE TABLE held_pictures (
        report INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        media_type TEXT NOT NULL,
        width INTEGER NOT NULL,
        height INTEGER NOT NULL,
        size INTEGER NOT NULL,
        bytes BLOB NOT NULL
    ) STRICT;
    CREATE TABLE purges (
        id INTEGER PRIMARY KEY,
        person INTEGER NOT NULL,
        room INTEGER NOT NULL,
        since INTEGER NOT NULL,
        upto INTEGER NOT NULL,
        by INTEGER,
        by_name TEXT NOT NULL,
        mode INTEGER NOT NULL,
        mark INTEGER NOT NULL DEFAULT 0,
        withheld TEXT
    ) STRICT;
    CREATE TABLE acts (
        id INTEGER PRIMARY KEY,
        at INTEGER NOT NULL,
        by INTEGER,
        by_name TEXT NOT NULL,
        act TEXT NOT NULL,
        person INTEGER,
        person_name TEXT NOT NULL,
        room INTEGER,
        room_name TEXT NOT NULL,
        detail TEXT NOT NULL,
        reason TEXT NOT NULL
    ) STRICT;

    ALTER TABLE events ADD COLUMN targets TEXT;
    DROP INDEX deletions;
    CREATE INDEX deletions ON events (room, offset) WHERE kind >= 3;
";
