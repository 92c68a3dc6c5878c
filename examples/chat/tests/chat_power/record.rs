//! The log of the recorder, read.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

/// What the program did, in order.
#[derive(Debug)]
pub(crate) enum Deed {
    /// It began to run: after another process's end, if it is not the first.
    Began,
    Opened(PathBuf),
    Written {
        path: PathBuf,
        place: usize,
        bytes: Vec<u8>,
    },
    Truncated {
        path: PathBuf,
        length: usize,
    },
    /// A file, or a folder.
    Synced(PathBuf),
    Removed(PathBuf),
    Renamed {
        from: PathBuf,
        to: PathBuf,
    },
    /// Sent to a client, or on the point of being sent.
    Told(Vec<u8>),
}

/// `recorder.c`: four fields in the machine's own order.
const HEADER: usize = 24;

pub(crate) fn read(log: &Path) -> Vec<Deed> {
    let log = fs::read(log).expect("the recorder has written a log");
    let (mut rest, mut deeds, mut files) = (log.as_slice(), Vec::new(), HashMap::new());
    while !rest.is_empty() {
        let (header, behind) = rest.split_at(HEADER);
        let number = |at: usize| u64::from_ne_bytes(header[at..at + 8].try_into().expect("eight bytes"));
        let half = |at: usize| u32::from_ne_bytes(header[at..at + 4].try_into().expect("four bytes"));
        let (kind, file, place) = (half(0) as u8 as char, half(4), number(8) as usize);
        let (bytes, behind) = behind.split_at(number(16) as usize);
        rest = behind;
        let path = || files.get(&file).cloned().unwrap_or_else(|| panic!("{kind} before O: {file}"));
        deeds.push(match kind {
            'L' => Deed::Began,
            'O' => {
                let path = as_path(bytes);
                files.insert(file, path.clone());
                Deed::Opened(path)
            }
            'W' => Deed::Written { path: path(), place, bytes: bytes.to_vec() },
            'T' => Deed::Truncated { path: path(), length: place },
            'S' => Deed::Synced(path()),
            'U' => Deed::Removed(as_path(bytes)),
            'R' => {
                let middle = bytes.iter().position(|&byte| byte == 0).expect("two names");
                Deed::Renamed { from: as_path(&bytes[..middle]), to: as_path(&bytes[middle + 1..]) }
            }
            'A' => Deed::Told(bytes.to_vec()),
            other => panic!("the recorder does not write {other:?}"),
        });
    }
    deeds
}

fn as_path(bytes: &[u8]) -> PathBuf {
    String::from_utf8(bytes.to_vec()).expect("tests have plain paths").into()
}
