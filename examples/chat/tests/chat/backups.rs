//! Backups of a chat that is talked in (OPERATING.md, Backup, restore, upgrade, downgrade): what was acknowledged before one
//! began is in it, in order and in the same words; and one that is killed meanwhile leaves nothing false.
//!
//! `POLLCAT_BACKUPS` says how many rounds there are.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use pollcat_chat_testing::Chat;
use pollcat_chat_testing::admin::operator;
use pollcat_chat_testing::json::Json;
use pollcat_chat_testing::program;
use pollcat_testing::client::PATIENCE;
use rusqlite::Connection;
use serde_json::json;

use crate::backup::run;

const ROUNDS: u64 = 3;
const WRITERS: usize = 4;
/// Of each of them: a thousand messages a second, where the machine can do that.
const PACE: Duration = Duration::from_millis(4);

/// What was acknowledged: offsets and words.
type Said = Arc<Mutex<Vec<(i64, String)>>>;

/// Says one thing after the other, until it is told to end.
fn talk(mut client: Json, said: &Said, ends: &AtomicBool) {
    let begin = Instant::now();
    for number in 0.. {
        if ends.load(Ordering::Relaxed) {
            return;
        }
        let words = format!("{} says {number}", client.name);
        let offset = client.say("lobby", &words)["offset"].as_i64().expect("an offset");
        said.lock().expect("nobody panics with it").push((offset, words));
        // Nothing waits for this; it only keeps the pace.
        thread::sleep((begin + PACE * (number + 1)).saturating_duration_since(Instant::now()));
    }
}

struct End<'a>(&'a AtomicBool);

impl Drop for End<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

fn lobby(file: &Path) -> Vec<(i64, String)> {
    let connection = Connection::open(file).expect("a copy is a history");
    let mut rows = connection
        .prepare("SELECT offset, text FROM events WHERE room = (SELECT id FROM rooms WHERE name = 'lobby') ORDER BY offset")
        .expect("it has events");
    let rows = rows.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).expect("they can be read");
    rows.collect::<Result<_, _>>().expect("they have an offset and words")
}

#[test]
fn what_was_acknowledged_before_a_backup_began_is_in_it() {
    let rounds = std::env::var("POLLCAT_BACKUPS").map_or(ROUNDS, |it| it.parse().expect("a number"));
    let chat = Chat::start(&["--backup-every", "1d", "--log-level", "warn", "--max-rooms-per-person", "9"]);
    let (said, ends) = (Said::default(), AtomicBool::new(false));
    thread::scope(|scope| {
        // Whatever becomes of this thread, the others end.
        let _end = End(&ends);
        for number in 0..WRITERS {
            let client = Json::named(chat.address(), &format!("writer-{number}"));
            let (said, ends) = (&said, &ends);
            scope.spawn(move || talk(client, said, ends));
        }
        let begin = Instant::now();
        for round in 0..rounds {
            let before = said.lock().expect("nobody panics with it").clone();
            let copy = format!("copy-{round}.db");
            let (status, words) = run(&chat, &["--backup", &copy]);
            assert_eq!(status, Some(0), "{words}");
            let elsewhere = chat.folder().join("elsewhere.db");
            let mut restore = program::command(chat.folder());
            restore.arg("--data").arg(&elsewhere).args(["--restore", &copy]);
            let restored = program::output(restore);
            assert!(restored.status.success(), "{restored:?}");
            let copied = lobby(&elsewhere);
            let is_whole = (1..).zip(&copied).all(|(offset, (is, _))| *is == offset);
            assert!(is_whole, "{round}: there is a gap, or another order");
            // What was acknowledged in the same moment may not be noted yet: others that came later are.
            let missing: Vec<_> =
                before.iter().filter(|it| copied.get(it.0 as usize - 1) != Some(it)).collect();
            assert!(missing.is_empty(), "{round}: {} of {}: {:?}", missing.len(), before.len(), missing[0]);
            fs::remove_file(chat.folder().join(copy)).expect("it can be removed");
        }
        let (messages, seconds) =
            (said.lock().expect("nobody panics with it").len(), begin.elapsed().as_secs_f64());
        println!("{rounds} rounds, {:.0} messages a second", messages as f64 / seconds);
    });
}

/// A history that takes a while to copy, and the folder of its backups.
fn heavy() -> (Chat, PathBuf) {
    let mut chat = Chat::start(&["--backup-every", "1d"]);
    Json::named(chat.address(), "alice").say("lobby", "before");
    let folder = chat.folder().join("backups");
    // One of a history with nothing in it, from the start.
    wait_for("a backup", || !good(&folder).is_empty());
    chat.kill();
    good(&folder).iter().for_each(|file| fs::remove_file(file).expect("it can be removed"));
    let ballast = "CREATE TABLE ballast (bytes BLOB); INSERT INTO ballast VALUES (randomblob(16000000))";
    Connection::open(chat.data()).and_then(|it| it.execute_batch(ballast)).expect("it can be made larger");
    (chat, folder)
}

/// The backups that are in their places.
fn good(folder: &Path) -> Vec<PathBuf> {
    let files = fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok).map(|entry| entry.path());
    files.filter(|file| file.extension().is_some_and(|it| it == "db")).collect()
}

#[track_caller]
fn wait_for(what: &str, is_so: impl Fn() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !is_so() {
        assert!(Instant::now() < deadline, "no {what}");
        thread::yield_now();
    }
}

#[test]
fn a_chat_that_is_killed_in_the_midst_of_a_backup_leaves_nothing_false() {
    let (mut chat, folder) = heavy();
    let part = folder.join("chat-next.db.part");
    for _ in 0..3 {
        chat.start_again();
        wait_for("beginning", || {
            fs::metadata(&part).is_ok_and(|it| it.len() > 0) || !good(&folder).is_empty()
        });
        chat.kill();
    }
    chat.start_again();
    wait_for("backup", || !good(&folder).is_empty());
    let copy = good(&folder).remove(0);
    let is_left = |file: fs::DirEntry| file.file_name().to_string_lossy().contains("next");
    wait_for("end", || !fs::read_dir(&folder).is_ok_and(|files| files.flatten().any(is_left)));
    chat.kill();
    let (status, words) = run(&chat, &["--restore", copy.to_str().expect("a plain name")]);
    assert!(status == Some(0) && words.contains("1 messages"), "{words}");
    chat.start_again();
    assert_eq!(Json::named(chat.address(), "bob").say("lobby", "after")["offset"], 2);
}

/// The disk is full when half of it is written: everybody goes on talking, and the log and the admin page say it.
#[test]
fn a_disk_that_is_full_in_the_midst_of_a_backup_is_told() {
    let (mut chat, folder) = heavy();
    let mut command = std::process::Command::new("sh");
    // No file may be larger, as on a disk that is full.
    command.current_dir(chat.folder()).args(["-c", "trap '' XFSZ; ulimit -f 20000; exec \"$@\"", "sh"]);
    command.arg(program::path()).args(chat.flags());
    chat.run(command);
    let line = chat.logged("the fault", |line| line.contains("ERROR") && line.contains("no backup was made"));
    assert!(line.contains("chat-next.db.part") && line.contains("cannot be written"), "{line}");
    assert_eq!(Json::named(chat.address(), "bob").say("lobby", "goes on")["offset"], 2);
    assert!(good(&folder).is_empty() && !folder.join("chat-next.db.part").exists());
    let mut page = operator(&chat);
    page.ask(json!({"type": "watch_figures", "on": true}));
    let backup = page.expect("figures")["backup"].clone();
    assert!(backup["fault"].as_str().is_some_and(|words| words.contains("cannot be written")), "{backup}");
    assert!(backup.get("at").is_none() && backup["next"].is_number(), "{backup}");
    // There is room again, and the chat is started anew.
    chat.kill();
    chat.start_again();
    wait_for("backup", || !good(&folder).is_empty());
}
