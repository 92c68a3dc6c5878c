//! The way out: each kind of row into a file of lines, each room's events into one of its own, each picture into a file.

use std::collections::BTreeMap;
use std::path::Path;

use super::folder::Folder;
use super::lines::LONGEST;
use crate::history::{Cell, EVENTS, KINDS, Kind, Leaving, STATE};
use crate::voices::json::archive::{Head, write_row};

/// The folder of the rooms' files.
pub(super) const ROOMS: &str = "rooms";
pub(super) const HEAD: &str = "archive.json";

pub(super) fn export(data: &Path, to: &Path) -> Result<String, String> {
    let leaving = Leaving::open(data)?;
    let folder = Folder::beside(to)?;
    let mut lines = BTreeMap::new();
    for kind in &KINDS {
        lines.insert(kind.name.to_owned(), write_kind(&leaving, &folder, kind)?);
    }
    folder.folder(ROOMS)?;
    let (mut events, mut line) = (0, String::new());
    for room in leaving.rooms()? {
        events += folder.file(&format!("{ROOMS}/{room}.jsonl"), |write| {
            leaving.events(room, &mut |cells| put(write, &EVENTS, cells, &mut line))
        })?;
    }
    lines.insert(EVENTS.name.to_owned(), events);
    let mut state = Vec::new();
    leaving.rows(&STATE, &mut |cells| {
        state = cells.to_vec();
        Ok(())
    })?;
    let told = told(&lines);
    let is_complete = leaving.is_complete();
    let head = Head { is_complete, state, lines }.write();
    folder.file(HEAD, |write| write(head.as_bytes()))?;
    folder.take_its_place(to)?;
    let clients = match (leaving.is_open_elsewhere(), is_complete) {
        (true, _) => {
            "a chat has it open: what is said from now on is not in it, and clients of the copy start afresh"
        }
        (false, true) => "clients can go on where they are",
        (false, false) => "clients may have heard what is not in it, so those of the copy start afresh",
    };
    Ok(format!("{} is an export of {}: {told}; {clients}", to.display(), data.display()))
}

/// Its rows, and the pictures that belong to them. How many rows there are.
fn write_kind(leaving: &Leaving, folder: &Folder, kind: &Kind) -> Result<u64, String> {
    let picture_of = kind.pictures.zip(kind.column("id"));
    if let Some((place, _)) = picture_of {
        folder.folder(place)?;
    }
    let mut line = String::new();
    folder.file(&format!("{}.jsonl", kind.name), |write| {
        leaving.rows(kind, &mut |cells| {
            put(write, kind, cells, &mut line)?;
            let Some((place, id)) = picture_of else { return Ok(()) };
            let Some((row, id)) = cells[0].number().zip(cells[id].text()) else { return Ok(()) };
            folder.file(&format!("{place}/{id}"), |write| leaving.picture(kind, row, &mut To(write)))?;
            Ok(())
        })
    })
}

fn put(
    write: &mut dyn FnMut(&[u8]) -> Result<(), String>,
    kind: &Kind,
    cells: &[Cell],
    line: &mut String,
) -> Result<(), String> {
    line.clear();
    write_row(kind, cells, line);
    if line.len() > LONGEST {
        return Err(format!("{}: a row is longer than any import would read", kind.name));
    }
    write(line.as_bytes())
}

/// What an archive has in it, as people count it.
pub(super) fn told(lines: &BTreeMap<String, u64>) -> String {
    let count = |name: &str| lines.get(name).copied().unwrap_or(0);
    format!(
        "{} messages, {} pictures, {} rooms, {} people",
        count("events"),
        count("pictures"),
        count("rooms"),
        count("people")
    )
}

/// What a picture is written to.
struct To<'a>(&'a mut dyn FnMut(&[u8]) -> Result<(), String>);

impl std::io::Write for To<'_> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        (self.0)(bytes).map_err(std::io::Error::other)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
