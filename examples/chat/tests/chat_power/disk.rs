//! A disk as unkind as it may be: what was synced is whole; of what was written since, any sectors are there, or none; of
//! the names that were made, removed or changed since their folder was synced, the first few.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use pollcat_testing::dice::Dice;

use crate::record::Deed;

/// Written whole, or not at all.
const SECTOR: usize = 512;

pub(crate) struct Disk {
    folder: PathBuf,
    files: Vec<File>,
    /// As the program sees them.
    names: HashMap<PathBuf, usize>,
    /// As they would be found after a power cut, at least.
    synced_names: HashMap<PathBuf, usize>,
    /// In order.
    unsynced_names: Vec<Naming>,
}

#[derive(Default)]
struct File {
    synced: Vec<u8>,
    unsynced: Vec<Change>,
}

enum Change {
    Write { place: usize, bytes: Vec<u8> },
    Truncate(usize),
}

#[derive(Clone)]
enum Naming {
    Made(PathBuf, usize),
    Removed(PathBuf),
    Renamed(PathBuf, PathBuf),
}

impl Disk {
    pub(crate) fn new(folder: &Path) -> Self {
        Disk {
            folder: folder.into(),
            files: Vec::new(),
            names: HashMap::new(),
            synced_names: HashMap::new(),
            unsynced_names: Vec::new(),
        }
    }

    pub(crate) fn carry_out(&mut self, deed: &Deed) {
        match deed {
            Deed::Opened(path) if *path == self.folder || self.names.contains_key(path) => {}
            Deed::Opened(path) => {
                self.files.push(File::default());
                self.name(Naming::Made(path.clone(), self.files.len() - 1));
            }
            Deed::Written { path, place, bytes } => {
                self.file(path).unsynced.push(Change::Write { place: *place, bytes: bytes.clone() })
            }
            Deed::Truncated { path, length } => self.file(path).unsynced.push(Change::Truncate(*length)),
            Deed::Synced(path) if *path == self.folder => {
                self.synced_names = self.names.clone();
                self.unsynced_names.clear();
            }
            Deed::Synced(path) => self.file(path).sync(),
            Deed::Removed(path) => self.name(Naming::Removed(path.clone())),
            Deed::Renamed { from, to } => self.name(Naming::Renamed(from.clone(), to.clone())),
            Deed::Began | Deed::Told(_) => {}
        }
    }

    /// The power is cut. What is left goes into another folder.
    pub(crate) fn cut(&self, dice: &mut Dice, into: &Path) {
        let mut names = self.synced_names.clone();
        let kept = dice.below(self.unsynced_names.len() + 1);
        self.unsynced_names[..kept].iter().for_each(|naming| naming.apply(&mut names));
        // Sometimes nothing got through, sometimes nearly everything.
        let (lost, of) = dice.choose(&[(0, 1), (1, 1), (1, 2), (1, 16), (15, 16)]);
        for (path, &file) in &names {
            let bytes = self.files[file].remains(|| dice.below(of) >= lost);
            let name = path.file_name().expect("files have names");
            fs::write(into.join(name), bytes).expect("there is room for a copy");
        }
    }

    fn file(&mut self, path: &Path) -> &mut File {
        let number = self.names.get(path).unwrap_or_else(|| panic!("{} was never opened", path.display()));
        &mut self.files[*number]
    }

    fn name(&mut self, naming: Naming) {
        naming.apply(&mut self.names);
        self.unsynced_names.push(naming);
    }
}

impl Naming {
    fn apply(&self, names: &mut HashMap<PathBuf, usize>) {
        match self {
            Naming::Made(path, file) => drop(names.insert(path.clone(), *file)),
            Naming::Removed(path) => drop(names.remove(path)),
            Naming::Renamed(from, to) => {
                if let Some(file) = names.remove(from) {
                    names.insert(to.clone(), file);
                }
            }
        }
    }
}

impl File {
    fn sync(&mut self) {
        for change in std::mem::take(&mut self.unsynced) {
            match change {
                Change::Write { place, bytes } => write(&mut self.synced, place, &bytes),
                Change::Truncate(length) => self.synced.resize(length, 0),
            }
        }
    }

    /// What is found later, if each sector gets through or not.
    fn remains(&self, mut gets_through: impl FnMut() -> bool) -> Vec<u8> {
        let mut found = self.synced.clone();
        for change in &self.unsynced {
            match change {
                Change::Write { place, bytes } => {
                    let (mut place, mut rest) = (*place, bytes.as_slice());
                    while !rest.is_empty() {
                        let (sector, behind) = rest.split_at(rest.len().min(SECTOR - place % SECTOR));
                        if gets_through() {
                            write(&mut found, place, sector);
                        }
                        place += sector.len();
                        rest = behind;
                    }
                }
                Change::Truncate(length) if gets_through() => found.resize(*length, 0),
                Change::Truncate(_) => {}
            }
        }
        found
    }
}

fn write(file: &mut Vec<u8>, place: usize, bytes: &[u8]) {
    let end = place + bytes.len();
    if file.len() < end {
        file.resize(end, 0);
    }
    file[place..end].copy_from_slice(bytes);
}
