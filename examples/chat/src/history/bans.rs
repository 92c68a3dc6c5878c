//! The addresses of a ban from the whole chat.

use rusqlite::{Connection, OptionalExtension, params};

use super::schema::signed;
use super::stop::KEPT;
use super::{Answer, Failure, Millis, PersonId};

/// With more, nobody is meant.
pub(crate) const MOST_ADDRESSES: usize = 64;

/// A ban that began then is for these, too.
pub(super) fn add(connection: &Connection, person: PersonId, since: Millis, more: &[String]) -> Answer {
    let known: Option<Option<String>> = connection
        .prepare_cached(
            "SELECT addresses FROM restraints WHERE person = ?1 AND room = 0 AND kind = 1 AND at = ?2",
        )?
        .query_row(params![signed(person), since], |row| row.get("addresses"))
        .optional()?;
    let Some(known) = known else { return Ok(Err(Failure::NoSuchEvent)) };
    let known = known.unwrap_or_default();
    let mut all: Vec<&str> = known.split(' ').filter(|address| !address.is_empty()).collect();
    for address in more {
        let is_one = !address.is_empty() && !address.contains(' ');
        if is_one && all.len() < MOST_ADDRESSES && !all.contains(&&**address) {
            all.push(address);
        }
    }
    let all = Some(all.join(" ")).filter(|text| !text.is_empty());
    connection
        .prepare_cached("UPDATE restraints SET addresses = ?2 WHERE person = ?1 AND room = 0 AND kind = 1")?
        .execute(params![signed(person), all])?;
    Ok(KEPT)
}
