//! Small files that whoever runs the chat leaves beside its history, for the chat to find: nobody else could have written them,
//! and nobody meets half of one.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, fchown};
use std::path::{Path, PathBuf};

use rustix::fs::OFlags;

use crate::history::KeyHash;

/// Made beside it, and put in its place in one step: nobody meets half of one, and whatever was called so before, a link
/// that leads elsewhere say, is not followed. It belongs to whom the history belongs, for that is who reads it.
pub(crate) fn write(there: &Path, text: &str, owner: &fs::Metadata) -> io::Result<()> {
    let mut part = there.to_owned().into_os_string();
    part.push(format!("-{}", std::process::id()));
    let part = PathBuf::from(part);
    let made = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&part);
    let written = made.and_then(|mut file| {
        file.write_all(text.as_bytes())?;
        if file.metadata()?.uid() != owner.uid() {
            // By what is open, not by its name: what has that name now, whoever owns the folder may have changed.
            fchown(&file, Some(owner.uid()), Some(owner.gid()))?;
        }
        file.sync_all()?;
        fs::rename(&part, there)
    });
    if written.is_err() {
        let _ = fs::remove_file(&part);
    }
    written
}

/// Only what the chat's own user or root has written, and nobody else could have; of that, so many bytes. `None`: there is
/// none, or it is warned of.
pub(crate) fn read(path: &Path, longest: u64) -> Option<String> {
    // Whatever it is, opening it neither waits nor leads elsewhere.
    let flags = (OFlags::NOFOLLOW | OFlags::NONBLOCK).bits() as i32;
    let file = OpenOptions::new().read(true).custom_flags(flags).open(path).ok()?;
    let is_ours = |file: &File| -> io::Result<bool> {
        let metadata = file.metadata()?;
        let user = rustix::process::geteuid().as_raw();
        Ok(metadata.is_file() && [user, 0].contains(&metadata.uid()) && metadata.mode() & 0o077 == 0)
    };
    if !is_ours(&file).unwrap_or(false) {
        log::warn!("{} is not this user's alone: nobody is let in by it", path.display());
        return None;
    }
    let mut text = String::new();
    file.take(longest).read_to_string(&mut text).ok()?;
    Some(text)
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

pub(crate) fn parse_hex(text: &str) -> Option<KeyHash> {
    if text.len() != 64 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let mut hash = KeyHash::default();
    for (at, byte) in hash.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&text[2 * at..2 * at + 2], 16).ok()?;
    }
    Some(hash)
}
