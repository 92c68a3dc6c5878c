//! The way in: all files of an archive, line by line, into a history of its own.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use super::export::{HEAD, ROOMS, told};
use super::lines;
use super::rules::Rules;
use crate::history::{Arriving, EVENTS, KINDS, Kind};
use crate::voices::json::archive::{Head, read_row};

pub(super) fn import(data: &Path, from: &Path) -> Result<String, String> {
    let head = head(from)?;
    let arriving = Arriving::begin(data)?;
    let (mut lines, mut rules) = (BTreeMap::new(), Rules::default());
    for kind in &KINDS {
        lines.insert(kind.name.to_owned(), read_kind(&arriving, &mut rules, from, kind)?);
    }
    lines.insert(EVENTS.name.to_owned(), read_rooms(&arriving, from)?);
    for (name, expected) in &head.lines {
        let found = lines.get(name);
        if found != Some(expected) {
            let found =
                found.map_or("no such file is known".to_owned(), |found| format!("there are {found}"));
            return Err(format!("{HEAD}: {name} should have {expected} lines, but {found}"));
        }
    }
    let kept = arriving.finish(&head.state, head.is_complete)?;
    let kept = kept.map(|old| format!("; what was there is {} now", old.display())).unwrap_or_default();
    Ok(format!("{} has all of {}: {}{kept}", data.display(), from.display(), told(&lines)))
}

fn head(from: &Path) -> Result<Head, String> {
    let path = from.join(HEAD);
    if !from.is_dir() {
        return Err(format!("{} is no folder: name that of an export", from.display()));
    }
    if fs::symlink_metadata(&path).is_err() {
        return Err(format!(
            "{} has no {HEAD}: it is no archive, or its export was stopped (of another program: --import-from)",
            from.display()
        ));
    }
    Head::read(&lines::whole(&path)?).map_err(|wrong| format!("{}: {wrong}", path.display()))
}

fn read_kind(arriving: &Arriving, rules: &mut Rules, from: &Path, kind: &Kind) -> Result<u64, String> {
    let pictures = kind.pictures.map(|folder| from.join(folder)).zip(kind.column("id"));
    lines::each(&from.join(format!("{}.jsonl", kind.name)), &mut |_, line| {
        let mut cells = read_row(kind, line)?;
        rules.keep(kind, &mut cells)?;
        arriving.row(kind, &cells)?;
        let Some((folder, id)) = &pictures else { return Ok(()) };
        let Some((row, id)) = cells[0].number().zip(cells[*id].text()) else { return Ok(()) };
        let path = folder.join(id);
        let picture = arriving.picture(kind, row, &mut lines::open(&path)?);
        picture.map_err(|wrong| format!("{}: {wrong}", path.display()))
    })
}

fn read_rooms(arriving: &Arriving, from: &Path) -> Result<u64, String> {
    let mut count = 0;
    let rooms = arriving.rooms()?;
    for room in &rooms {
        count += lines::each(&from.join(ROOMS).join(format!("{room}.jsonl")), &mut |_, line| {
            arriving.event(*room, &read_row(&EVENTS, line)?)
        })?;
    }
    let entries = fs::read_dir(from.join(ROOMS)).map_err(|error| format!("{ROOMS}: {error}"))?;
    for entry in entries {
        let entry = entry.map_err(|error| format!("{ROOMS}: {error}"))?;
        let name = entry.file_name();
        let room = name.to_str().and_then(|name| name.strip_suffix(".jsonl")?.parse().ok());
        if room.is_none_or(|room| rooms.binary_search(&room).is_err()) {
            return Err(format!("{} is of a room that is not in rooms.jsonl", entry.path().display()));
        }
    }
    Ok(count)
}
