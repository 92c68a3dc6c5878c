//! Whether the disk has room for a copy: told before it is begun.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use rusqlite::Connection;
use rustix::fs::statvfs;

use super::pace::Pace;
use crate::history::places::folder;

/// What a running chat needs meanwhile, where it is on the same disk: its log grows until the copy is made.
const RESERVE: u64 = 32 << 20;

/// # Errors
///
/// There is none, in words.
pub(super) fn check(source: &Connection, name: &Path, copy: &Path, pace: &Pace) -> Result<(), String> {
    let number = |pragma| source.pragma_query_value(None, pragma, |row| row.get::<_, i64>(0));
    let (Ok(pages), Ok(page)) = (number("page_count"), number("page_size")) else { return Ok(()) };
    let size = pages.unsigned_abs().saturating_mul(page.unsigned_abs());
    let place = folder(copy);
    // Some file systems do not tell.
    let Some(disk) = statvfs(place).ok().filter(|disk| disk.f_blocks > 0) else { return Ok(()) };
    let free = disk.f_bavail.saturating_mul(disk.f_frsize);
    let is_same = |one: &Path, other: &Path| {
        let device = |path| fs::metadata(path).ok().map(|it| it.dev());
        device(one) == device(other)
    };
    let needed = size + if pace.is_gentle() && is_same(name, place) { RESERVE } else { 0 };
    if free >= needed {
        return Ok(());
    }
    Err(format!(
        "the disk of {} has {} free, and a copy of {} needs {}: make room on it, or choose another folder",
        place.display(),
        size_text(free),
        name.display(),
        size_text(needed)
    ))
}

/// In a unit that makes it short.
pub(in crate::history) fn size_text(bytes: u64) -> String {
    const UNITS: [&str; 5] = ["KiB", "MiB", "GiB", "TiB", "PiB"];
    let (mut value, mut unit) = (bytes as f64 / 1024.0, 0);
    while value >= 1024.0 && unit + 1 < UNITS.len() {
        (value, unit) = (value / 1024.0, unit + 1);
    }
    format!("{value:.1} {}", UNITS[unit])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_short() {
        let table = [(0, "0.0 KiB"), (1536, "1.5 KiB"), (5 << 20, "5.0 MiB"), (1 << 40, "1.0 TiB")];
        for (bytes, text) in table {
            assert_eq!(size_text(bytes), text);
        }
    }
}
