//! A file that is made beside its place, and put there when it is whole.

use std::fs::{self, File, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::{FlockOperation, flock};

use crate::history::lock::private;
use crate::history::places::{folder, part};

/// A file that is being made beside the one that it will be. It goes if it does not come to that.
pub(in crate::history) struct Beside {
    pub(super) part: PathBuf,
    /// Locked: nobody else makes the same.
    file: File,
    is_placed: bool,
}

impl Beside {
    pub(in crate::history) fn of(path: &Path) -> Result<Self, String> {
        let part = part(path, ".part");
        let cannot = |error| format!("{} cannot be written: {error}", part.display());
        // It may have been left behind by a copy that was stopped.
        let file = private(&part).map_err(cannot)?;
        let is_locked = flock(&file, FlockOperation::NonBlockingLockExclusive).is_ok();
        let metadata = file.metadata().map_err(cannot)?;
        // Another one may have put it in its place a moment ago.
        if !is_locked || metadata.ino() != fs::metadata(&part).map_err(cannot)?.ino() {
            return Err(format!("{} is being written by another program: try again", part.display()));
        }
        // It is emptied: by its other name it may be a history, or whatever somebody has put there.
        if !metadata.is_file() || metadata.nlink() > 1 {
            return Err(format!("{} is no file of a copy: remove it", part.display()));
        }
        // What people say is not for other users of the machine, whoever made the file.
        file.set_permissions(Permissions::from_mode(0o600)).and_then(|()| file.set_len(0)).map_err(cannot)?;
        Ok(Beside { part, file, is_placed: false })
    }

    /// Where it is made.
    pub(in crate::history) fn part(&self) -> &Path {
        &self.part
    }

    /// Does its name still lead to it? Whoever else may write into the folder may have put something in its place.
    pub(super) fn is_there(&self) -> bool {
        let identity = |it: fs::Metadata| (it.dev(), it.ino());
        let named = fs::symlink_metadata(&self.part).map(identity).ok();
        named.is_some() && named == self.file.metadata().map(identity).ok()
    }

    /// What was written so far is on the disk. All of it at the end would keep others waiting, as a disk does one thing after
    /// the other.
    pub(super) fn sync(&self) -> Result<(), String> {
        self.file.sync_data().map_err(|error| format!("{} cannot be written: {error}", self.part.display()))
    }

    /// On the disk first, then in one step.
    pub(in crate::history) fn take_its_place(mut self, path: &Path) -> Result<(), String> {
        let placed = self.file.sync_all().and_then(|()| fs::rename(&self.part, path));
        self.is_placed = placed.is_ok();
        placed
            .and_then(|()| File::open(folder(path))?.sync_all())
            .map_err(|error| format!("{} cannot be written: {error}", path.display()))
    }
}

impl Drop for Beside {
    fn drop(&mut self) {
        if !self.is_placed {
            // What is left behind is written over by the next copy.
            let _ = fs::remove_file(&self.part);
        }
    }
}

#[cfg(test)]
#[test]
fn what_has_another_name_is_not_emptied() {
    let folder = std::env::temp_dir().join(format!("pollcat-beside-{}", std::process::id()));
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir(&folder).expect("a folder");
    let (own, copy) = (folder.join("chat.db"), folder.join("copy.db"));
    fs::write(&own, "what people said").expect("a file");
    for is_hard in [false, true] {
        let link = part(&copy, ".part");
        let made = if is_hard { fs::hard_link(&own, link) } else { std::os::unix::fs::symlink(&own, link) };
        made.expect("a link");
        let told = Beside::of(&copy).map(drop).expect_err("a link is no place for a copy");
        assert!(told.contains("copy.db.part"), "{told}");
        assert_eq!(fs::read(&own).expect("it is there"), b"what people said");
        fs::remove_file(part(&copy, ".part")).expect("the link is left alone");
    }
    let beside = Beside::of(&copy).expect("nothing is there");
    assert!(beside.is_there());
    fs::rename(&beside.part, folder.join("elsewhere")).expect("it is there");
    std::os::unix::fs::symlink(&own, &beside.part).expect("a link");
    assert!(!beside.is_there());
    fs::remove_dir_all(&folder).expect("it was made here");
}
