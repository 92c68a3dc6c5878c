//! Entries about what has lasted its time: it is over, whatever was noted of it.

use rusqlite::{Connection, Result};

use super::Millis;
use super::schema::signed;

pub(super) fn lapse(connection: &Connection, at: Millis) -> Result<()> {
    for sql in [
        "DELETE FROM restraints WHERE until <= ?1",
        "DELETE FROM invite_uses WHERE invite IN (SELECT id FROM invites WHERE until <= ?1)",
        "DELETE FROM invites WHERE until <= ?1",
        "DELETE FROM admins WHERE until <= ?1",
        "DELETE FROM used_keys WHERE until <= ?1",
        "UPDATE targets SET old_secret = NULL, old_until = NULL WHERE old_until <= ?1",
    ] {
        connection.prepare_cached(sql)?.execute([at])?;
    }
    Ok(())
}

/// The acts that anybody can cause as often as they like: in a room of their own, to themself, by an invite.
pub(super) const OF_ANYBODY: &str =
    "(room IS NOT NULL OR (by IS NOT NULL AND by IS person) OR act = 'accept')";

/// Of the log of acts the oldest go.
pub(super) fn forget_acts(connection: &Connection, upto: u64, of_anybody: bool) -> Result<()> {
    connection
        .prepare_cached(&format!("DELETE FROM acts WHERE id <= ?1 AND {OF_ANYBODY} = ?2"))?
        .execute([signed(upto), i64::from(of_anybody)])?;
    Ok(())
}
