//! One search, in slices.
//!
//! It walks from the latest event to the oldest: first through the few that are not in the index yet, then through what
//! the index proposes. Where it stands is one number, so that it can stop anywhere and go on later, whatever was said
//! or taken back in between.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use rusqlite::{CachedStatement, Connection, Result, Row, params};

use super::schema::{self, column, select_events, signed};
use super::{Found, Hit, RoomId, grams};

/// About as long as others wait for their page because of a search.
const SLICE: Duration = Duration::from_millis(20);
/// Events that the index is asked about at a time: it may go through all of them without proposing one.
const STRIDE: i64 = 50_000;

pub(super) struct Search {
    rooms: HashSet<RoomId>,
    folded: String,
    /// What the index is asked for.
    grams: Option<String>,
    /// Events from here on have been looked at.
    below: i64,
    limit: usize,
    hits: Vec<Hit>,
}

impl Search {
    pub(super) fn new(rooms: &[RoomId], text: &str, before: Option<u64>, limit: usize) -> Self {
        let folded = grams::fold(text);
        Search {
            rooms: rooms.iter().copied().collect(),
            grams: grams::of_query(&folded),
            folded,
            below: before.map_or(i64::MAX, signed),
            limit,
            hits: Vec::new(),
        }
    }

    /// Looks on for a moment. Whether it is done.
    pub(super) fn slice(&mut self, connection: &Connection) -> Result<bool> {
        let Some(grams) = self.grams.clone() else { return Ok(true) };
        let until = Instant::now() + SLICE;
        let (indexed, oldest, latest): (i64, i64, i64) = connection
            .prepare_cached(
                "SELECT indexed, (SELECT coalesce(min(id), 0) FROM events) AS oldest,
                        (SELECT coalesce(max(id), 0) FROM events) AS latest
                 FROM state",
            )?
            .query_row([], |row| Ok((row.get("indexed")?, row.get("oldest")?, row.get("latest")?)))?;
        let oldest = oldest.max(0);
        self.below = self.below.min(latest.saturating_add(1));
        while self.below > oldest && self.hits.len() <= self.limit && Instant::now() < until {
            let below = self.below;
            if below > indexed.saturating_add(1) {
                let from = indexed.saturating_add(1).max(below.saturating_sub(STRIDE));
                let rows = connection
                    .prepare_cached(select_events!("WHERE e.id >= ?1 AND e.id < ?2 ORDER BY e.id DESC"))?;
                self.stride(rows, params![from, below], from, until)?;
            } else {
                let from = below.saturating_sub(STRIDE).max(0);
                let rows = connection.prepare_cached(select_events!(
                    "JOIN (SELECT rowid AS id FROM grams WHERE grams MATCH ?3 AND rowid >= ?1 AND rowid < ?2
                     ORDER BY rowid DESC) g ON e.id = g.id ORDER BY g.id DESC"
                ))?;
                self.stride(rows, params![from, below, grams], from, until)?;
            }
        }
        Ok(self.below <= oldest || self.hits.len() > self.limit)
    }

    /// Goes through these events as far as time and limit allow.
    fn stride(
        &mut self,
        mut statement: CachedStatement<'_>,
        which: impl rusqlite::Params,
        from: i64,
        until: Instant,
    ) -> Result<()> {
        let mut rows = statement.query(which)?;
        while let Some(row) = rows.next()? {
            self.below = row.get(column::ID)?;
            if let Some(hit) = self.look(row)? {
                self.hits.push(hit);
            }
            if self.hits.len() > self.limit || Instant::now() >= until {
                return Ok(());
            }
        }
        self.below = from;
        Ok(())
    }

    /// The text decides.
    fn look(&self, row: &Row<'_>) -> Result<Option<Hit>> {
        let room = schema::number(row, column::ROOM)?;
        let Some(text) = row.get_ref(column::TEXT)?.as_str_or_null()? else { return Ok(None) };
        if !self.rooms.contains(&room) || !grams::fold(text).contains(&self.folded) {
            return Ok(None);
        }
        let kept = schema::kept(row)?;
        debug_assert!(kept.event.what.words().is_some());
        let mark = u64::try_from(kept.id).unwrap_or(0);
        Ok(Some(Hit { room, event: kept.event, mark }))
    }

    pub(super) fn found(mut self) -> Found {
        let more = self.hits.len() > self.limit;
        self.hits.truncate(self.limit);
        Found::Hits { hits: self.hits, more }
    }
}
