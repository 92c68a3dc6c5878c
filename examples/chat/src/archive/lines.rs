//! Files that somebody has brought: only plain ones are opened, and a line has an end.

use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, Read};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use rustix::fs::OFlags;

/// Bytes of a line. What is said has 65,536 characters at most; other programs may have written more into a history.
pub(super) const LONGEST: usize = 64 << 20;

/// Opens a file, and nothing that only looks like one: no link that leads elsewhere, no pipe that never ends.
pub(super) fn open(path: &Path) -> Result<File, String> {
    let flags = (OFlags::NOFOLLOW | OFlags::NONBLOCK).bits();
    let file = OpenOptions::new().read(true).custom_flags(flags as i32).open(path);
    let file =
        file.map_err(|error| match error.raw_os_error() == Some(rustix::io::Errno::LOOP.raw_os_error()) {
            true => format!("{} is a link, and is not followed", path.display()),
            false => format!("{} cannot be read: {error}", path.display()),
        })?;
    let is_file = file.metadata().is_ok_and(|metadata| metadata.is_file());
    if is_file { Ok(file) } else { Err(format!("{} is no file", path.display())) }
}

/// Hears each line without its end, and its number. How many there were. What is wrong with one is told with its number.
pub(super) fn each(
    path: &Path,
    hear: &mut dyn FnMut(u64, &str) -> Result<(), String>,
) -> Result<u64, String> {
    let mut reader = BufReader::with_capacity(1 << 16, open(path)?);
    let (mut line, mut number) = (Vec::new(), 0);
    loop {
        line.clear();
        let read = reader.by_ref().take(LONGEST as u64).read_until(b'\n', &mut line);
        let read = read.map_err(|error| format!("{} cannot be read: {error}", path.display()))?;
        if read == 0 {
            return Ok(number);
        }
        number += 1;
        let at = |wrong: &str| format!("{}, line {number}: {wrong}", path.display());
        let text = match line.strip_suffix(b"\n") {
            Some(text) => text,
            None if line.len() == LONGEST => return Err(at("it is too long")),
            None => &line,
        };
        let text = str::from_utf8(text).map_err(|_| at("it is no UTF-8"))?;
        hear(number, text).map_err(|wrong| at(&wrong))?;
    }
}

/// A small file, all of it.
pub(super) fn whole(path: &Path) -> Result<String, String> {
    let mut text = String::new();
    let read = open(path)?.take(LONGEST as u64 + 1).read_to_string(&mut text);
    read.map_err(|error| format!("{} cannot be read: {error}", path.display()))?;
    if text.len() > LONGEST { Err(format!("{} is too long", path.display())) } else { Ok(text) }
}
