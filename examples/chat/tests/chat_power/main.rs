//! The power is cut while the chat writes. Whatever had been acknowledged until then must be in the file.
//!
//! A killed program cannot show this: the system still has what the program wrote, synced or not. So a recorder
//! (`recorder.c`) stands between the chat and the system, and notes what is written, synced and answered, in order. From
//! that the files are made anew as they might be after a power cut at any moment: what was synced is whole; of
//! everything else any sectors are there, or none.
//!
//! `POLLCAT_CUTS` chooses how often the power is cut, `POLLCAT_SEED` the seed.
#![cfg(target_os = "linux")]

use std::collections::HashMap;
use std::env;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};

use pollcat_chat_testing::Chat;
use pollcat_chat_testing::json::Json;
use pollcat_chat_testing::program;
use pollcat_testing::dice::Dice;
use pollcat_testing::scratch::{Scratch, cannot_run};

use disk::Disk;
use file::Found;
use record::Deed;
use serde_json::json;
use talk::{Promise, Talker, talk};

mod disk;
mod file;
mod record;
mod talk;

const CUTS: usize = 100;
/// Of one recording.
const CUTS_EACH: usize = 500;
const TALKERS: usize = 4;
/// Of each talker, in each life of the program.
const DEEDS: usize = 25;
/// One in so many of the files that are left is opened by the chat as well.
const OPENED: usize = 100;

#[test]
fn what_is_acknowledged_survives_a_power_cut() {
    let Some(recorder) = recorder() else { return };
    let (cuts, seed) = (variable("POLLCAT_CUTS", CUTS), variable("POLLCAT_SEED", 1));
    for round in 0..cuts.div_ceil(CUTS_EACH) {
        let mut dice = Dice::new((seed + round) as u64);
        let cuts = CUTS_EACH.min(cuts - round * CUTS_EACH);
        println!("POLLCAT_SEED={} POLLCAT_CUTS={cuts}", seed + round);
        let recording = Recording::make(&recorder, "disk", &mut dice);
        let promises = recording.promises.len();
        let broken = recording.cut_power(cuts, &mut dice);
        println!("{promises} promises, {cuts} power cuts, {} of them broke a promise", broken.len());
        assert_eq!(broken, Vec::<String>::new(), "POLLCAT_SEED={}", seed + round);
    }
}

/// With `system` nobody waits for the disk, and a power cut takes what it likes: if this were not seen, the test above
/// would see nothing either.
#[test]
fn a_power_cut_is_seen_where_nothing_is_synced() {
    let Some(recorder) = recorder() else { return };
    let mut dice = Dice::new(variable("POLLCAT_SEED", 1) as u64);
    let recording = Recording::make(&recorder, "system", &mut dice);
    let broken = recording.cut_power(20, &mut dice);
    assert!(broken.len() > 5, "only {} of 20 cuts have lost anything: {broken:?}", broken.len());
}

fn variable(name: &str, default: usize) -> usize {
    env::var(name)
        .map_or(default, |value| value.parse().unwrap_or_else(|_| panic!("{name}={value}: a number")))
}

/// The recorder, compiled. It lies beside this test, as a folder for temporary files may hold nothing that is run; and has
/// a name there, as one with spaces cannot be preloaded.
fn recorder() -> Option<Recorder> {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let number = COUNT.fetch_add(1, Ordering::Relaxed);
    let compiled =
        env::current_exe().expect("a test knows its program").with_extension(format!("{number}.so"));
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/chat_power/recorder.c");
    let compiler = env::var_os("CC").unwrap_or_else(|| "cc".into());
    let built = Command::new(compiler)
        .args(["-shared", "-fPIC", "-O1", "-Wall", "-Wextra", "-Werror", "-o"])
        .arg(&compiled)
        .arg(source)
        .arg("-ldl")
        .status();
    match built {
        Ok(status) if status.success() => {
            let folder = Scratch::new("recorder");
            let library = folder.file("recorder.so");
            symlink(compiled, &library).expect("a link");
            Some(Recorder { library, _folder: folder })
        }
        other => {
            cannot_run(&format!("the recorder was not compiled by a C compiler: {other:?}"));
            None
        }
    }
}

struct Recorder {
    library: PathBuf,
    _folder: Scratch,
}

/// A talk, with everything that was done meanwhile.
struct Recording {
    durability: &'static str,
    folder: PathBuf,
    deeds: Vec<Deed>,
    promises: Vec<Promise>,
    /// A token, and whose it is.
    someone: (String, u64),
}

impl Recording {
    /// Two lives of the program: the first one ends in order, the second one is killed.
    fn make(recorder: &Recorder, durability: &'static str, dice: &mut Dice) -> Self {
        let folder = Scratch::new(&format!("recording-{durability}"));
        let log = folder.file("log");
        let mut chat = Chat::prepared(&["--durability", durability]);
        let mut talkers: Vec<_> = (0..TALKERS).map(|number| Talker::new(number, dice.child())).collect();
        let start = |chat: &mut Chat| {
            let mut command = program::command(chat.folder());
            command.env("LD_PRELOAD", &recorder.library).args(chat.flags());
            command.env("RECORDER_FOLDER", chat.folder()).env("RECORDER_LOG", &log);
            chat.run(command);
        };
        start(&mut chat);
        let first = Json::hello(chat.address(), json!({}));
        let someone = (first.token.clone(), first.id);
        drop(first);
        talk(&mut talkers, chat.address(), DEEDS);
        let (status, words) = chat.terminate();
        assert!(status.success(), "{status}: {words:?}");
        start(&mut chat);
        talk(&mut talkers, chat.address(), DEEDS);
        chat.kill();
        let promises = talkers.into_iter().flat_map(|talker| talker.promises).collect();
        Recording { durability, folder: chat.folder().into(), deeds: record::read(&log), promises, someone }
    }

    /// What was lost, by cut.
    fn cut_power(&self, cuts: usize, dice: &mut Dice) -> Vec<String> {
        let told = self.told();
        let mut moments: Vec<usize> = (0..cuts).map(|_| self.some_moment(dice, &told)).collect();
        moments.sort_unstable();
        let (mut disk, mut done, mut broken) = (Disk::new(&self.folder), 0, Vec::new());
        for moment in moments {
            self.deeds[done..=moment].iter().for_each(|deed| disk.carry_out(deed));
            done = moment + 1;
            let folder = Scratch::new(&format!("power-cut-{}", self.durability));
            disk.cut(dice, folder.path());
            let file = folder.file("chat.db");
            let due = self
                .promises
                .iter()
                .filter(|promise| told.get(promise.id.as_str()).is_some_and(|&when| when <= moment));
            match lost(&file, due) {
                Some(what) => broken.push(format!("cut at {moment}: {what}")),
                None if dice.one_in(OPENED) && told.values().any(|&when| when <= moment) => self.open(folder),
                None => {}
            }
        }
        broken
    }

    /// Which request was answered when.
    fn told(&self) -> HashMap<&str, usize> {
        let mut told = HashMap::new();
        for (moment, deed) in self.deeds.iter().enumerate() {
            let Deed::Told(bytes) = deed else { continue };
            for id in answered(bytes) {
                told.entry(id).or_insert(moment);
            }
        }
        for promise in &self.promises {
            assert!(told.contains_key(promise.id.as_str()), "nobody has recorded {promise:?}");
        }
        told
    }

    /// Any; every other time right behind an answer.
    fn some_moment(&self, dice: &mut Dice, told: &HashMap<&str, usize>) -> usize {
        if dice.one_in(2) {
            return dice.below(self.deeds.len());
        }
        told[self.promises[dice.below(self.promises.len())].id.as_str()]
    }

    /// The chat starts with what is left, and knows its people.
    fn open(&self, folder: Scratch) {
        let mut chat = Chat::prepared(&[]);
        for entry in fs::read_dir(folder.path()).expect("it was just made").flatten() {
            fs::copy(entry.path(), chat.folder().join(entry.file_name())).expect("there is room for a copy");
        }
        chat.start_again();
        let (token, id) = &self.someone;
        assert_eq!(Json::hello(chat.address(), json!({"token": token})).id, *id);
        let (status, words) = chat.terminate();
        assert!(status.success(), "{status}: {words:?}");
    }
}

/// The first promise that the file does not keep.
fn lost<'a>(file: &Path, due: impl Iterator<Item = &'a Promise>) -> Option<String> {
    let mut due = due.peekable();
    due.peek()?;
    let found = match Found::open(file) {
        Ok(found) => found,
        Err(damage) => return Some(damage),
    };
    for promise in due {
        match found.keeps(&promise.what) {
            Ok(true) => {}
            Ok(false) => return Some(format!("{promise:.200?}")),
            Err(error) => return Some(error.to_string()),
        }
    }
    None
}

/// The ids of all answers in what was sent: frames of a server are not masked, and these are not compressed.
fn answered(bytes: &[u8]) -> Vec<&str> {
    const ANSWERS: [&[u8]; 3] =
        [b"{\"type\":\"ack\",\"id\":\"", b"{\"type\":\"room\",\"id\":\"", b"{\"type\":\"welcome\",\"id\":\""];
    let mut ids = Vec::new();
    for at in (0..bytes.len()).filter(|&at| bytes[at] == b'{') {
        let Some(answer) = ANSWERS.iter().find(|answer| bytes[at..].starts_with(answer)) else { continue };
        let rest = &bytes[at + answer.len()..];
        let end = rest.iter().position(|&byte| byte == b'"').expect("an id has an end");
        ids.push(std::str::from_utf8(&rest[..end]).expect("ids of tests are plain"));
    }
    ids
}
