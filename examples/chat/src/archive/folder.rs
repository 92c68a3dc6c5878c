//! A folder that is being made beside its place. It goes if it does not come to that.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{BufWriter, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

pub(super) struct Folder {
    part: PathBuf,
    is_placed: bool,
}

impl Folder {
    /// # Errors
    ///
    /// There is something already, or no folder can be made there.
    pub(super) fn beside(place: &Path) -> Result<Self, String> {
        let name = place.display();
        let is_free = match fs::read_dir(place) {
            Ok(mut entries) => entries.next().is_none(),
            Err(_) => fs::symlink_metadata(place).is_err(),
        };
        if !is_free {
            return Err(format!("{name} is there already: name a folder that is not there, or is empty"));
        }
        let mut part = place.components().as_path().as_os_str().to_owned();
        part.push(".part");
        let part = PathBuf::from(part);
        if fs::symlink_metadata(&part).is_ok() {
            return Err(format!(
                "{} is there: an export goes on, or was stopped; if none goes on, remove it",
                part.display()
            ));
        }
        make(&part).map_err(|error| format!("{} cannot be made: {error}", part.display()))?;
        Ok(Folder { part, is_placed: false })
    }

    pub(super) fn folder(&self, name: &str) -> Result<(), String> {
        let path = self.part.join(name);
        make(&path).map_err(|error| format!("{} cannot be made: {error}", path.display()))
    }

    /// Writes a file, for its owner alone.
    pub(super) fn file<R>(
        &self,
        name: &str,
        write: impl FnOnce(&mut dyn FnMut(&[u8]) -> Result<(), String>) -> Result<R, String>,
    ) -> Result<R, String> {
        let path = self.part.join(name);
        let cannot = |error: std::io::Error| format!("{} cannot be written: {error}", path.display());
        let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path).map_err(cannot)?;
        let mut writer = BufWriter::with_capacity(1 << 16, file);
        let done = write(&mut |bytes| writer.write_all(bytes).map_err(cannot))?;
        writer.flush().map_err(cannot)?;
        Ok(done)
    }

    /// On the disk first, then in one step.
    pub(super) fn take_its_place(mut self, place: &Path) -> Result<(), String> {
        sync(&self.part).map_err(|error| format!("{} cannot be written: {error}", self.part.display()))?;
        fs::rename(&self.part, place).map_err(|error| {
            format!(
                "{} cannot be put in its place: {error} (where another disk begins, name a folder in it)",
                place.display()
            )
        })?;
        self.is_placed = true;
        let parent = place.parent().filter(|it| *it != Path::new("")).unwrap_or(Path::new("."));
        File::open(parent)
            .and_then(|parent| parent.sync_all())
            .map_err(|error| format!("{}: {error}", place.display()))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if !self.is_placed {
            // What stays is told of when somebody exports to the same place again.
            let _ = fs::remove_dir_all(&self.part);
        }
    }
}

/// Everything in a folder. When all is written: so the disk has more to do at once.
fn sync(folder: &Path) -> std::io::Result<()> {
    if cfg!(test) {
        // The tests of rows make very many; those of the program wait for the disk.
        return Ok(());
    }
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        match entry.file_type()?.is_dir() {
            true => sync(&entry.path())?,
            false => File::open(entry.path())?.sync_all()?,
        }
    }
    File::open(folder)?.sync_all()
}

fn make(path: &Path) -> std::io::Result<()> {
    DirBuilder::new().mode(0o700).create(path)
}
