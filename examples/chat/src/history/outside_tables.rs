//! The step of the tables to version 6: the world outside.
//!
//! Numbers of keys, targets and reminders are of the same row as those of all else (`state.next_number`). A room of 0 is none: the
//! key is no hook.

/// `bots` outlives `people`: what a bot has said was said by a bot, also when it is gone. `hooked`: what the robot is asked goes out
/// to a program. A key is no row of `tokens`: whoever ends sessions does not meet it.
///
/// A target serves a person, or a room: the other one is `NULL`. `upto` is the cursor of a room's target; how far a person was told
/// is in `members.told`. `old_secret` goes when its time is over (`Entry::Lapse`).
///
/// `events.called` says that many are called (`Call`); there is an index of the events that call all members.
pub(super) const STEP: &str = "
    CREATE TABLE bots (
        person INTEGER PRIMARY KEY,
        kind INTEGER NOT NULL,
        by INTEGER,
        made INTEGER NOT NULL,
        gone INTEGER NOT NULL DEFAULT 0,
        hooked INTEGER NOT NULL DEFAULT 0
    ) STRICT;
    CREATE UNIQUE INDEX robots ON bots (kind) WHERE kind = 1 AND gone = 0;
    CREATE TABLE keys (
        id INTEGER PRIMARY KEY,
        hash BLOB NOT NULL UNIQUE,
        bot INTEGER NOT NULL,
        kind INTEGER NOT NULL,
        room INTEGER NOT NULL,
        pace INTEGER NOT NULL,
        by INTEGER,
        since INTEGER NOT NULL,
        seen INTEGER
    ) STRICT;
    CREATE INDEX bot_keys ON keys (bot);
    CREATE INDEX hooks ON keys (room);

    CREATE TABLE targets (
        id INTEGER PRIMARY KEY,
        person INTEGER,
        room INTEGER,
        shape INTEGER NOT NULL,
        url TEXT NOT NULL,
        secret TEXT NOT NULL,
        discloses INTEGER NOT NULL,
        free INTEGER NOT NULL,
        by INTEGER,
        made INTEGER NOT NULL,
        old_secret TEXT,
        old_until INTEGER,
        upto INTEGER NOT NULL,
        sent INTEGER NOT NULL DEFAULT 0,
        dropped INTEGER NOT NULL DEFAULT 0,
        fault TEXT,
        off INTEGER NOT NULL DEFAULT 0
    ) STRICT;
    CREATE INDEX person_targets ON targets (person);
    CREATE INDEX room_targets ON targets (room);
    CREATE TABLE outbox (
        target INTEGER NOT NULL,
        room INTEGER NOT NULL,
        upto INTEGER NOT NULL,
        after INTEGER NOT NULL,
        made INTEGER NOT NULL,
        due INTEGER NOT NULL,
        tries INTEGER NOT NULL DEFAULT 0,
        PRIMARY KEY (target, room, upto)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX outgoing ON outbox (room, upto);

    CREATE TABLE reminders (
        id INTEGER PRIMARY KEY,
        person INTEGER NOT NULL,
        room INTEGER NOT NULL,
        made INTEGER NOT NULL,
        due INTEGER NOT NULL,
        by_clock INTEGER NOT NULL,
        text TEXT NOT NULL
    ) STRICT;
    CREATE INDEX reminded ON reminders (person);
    CREATE INDEX reminders_of_rooms ON reminders (room);

    ALTER TABLE members ADD COLUMN level INTEGER;
    ALTER TABLE members ADD COLUMN told INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE events ADD COLUMN called INTEGER;
    CREATE INDEX calls ON events (room, offset) WHERE called = 1;
";
