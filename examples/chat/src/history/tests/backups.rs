//! Backups that are made by themselves: which of them stay, what the folder may do, and what a chat does meanwhile.

use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};

use rusqlite::Connection;

use super::copies::{a_history, everything, names};
use super::*;

/// As fast as it goes.
const OFTEN: Option<Duration> = Some(Duration::from_millis(1));

fn plan(path: &Path, keep: usize, folder: Option<PathBuf>) -> BackupPlan {
    BackupPlan::new(path, OFTEN, keep, folder)
}

fn with(path: &Path, plan: BackupPlan) -> Open {
    Open::with(Settings { backups: Some(plan), ..settings(path) }).expect("the history opens")
}

impl Open {
    fn state(&mut self) -> BackupState {
        loop {
            if let Report::Backups(state) = self.next() {
                return *state;
            }
        }
    }

    /// Waits for one that is like this.
    fn state_with(&mut self, is_it: impl Fn(&BackupState) -> bool) -> BackupState {
        let mut state = self.state();
        while !is_it(&state) {
            state = self.state();
        }
        state
    }

    /// The next that is made, and began after this was asked for.
    fn backup(&mut self) -> PathBuf {
        let before = self.state().last;
        // One may be under way.
        let between = self.state_with(|state| state.last != before).last;
        self.state_with(|state| state.last != between).last.expect("it was made").file
    }
}

fn back_up(path: &Path, to: &Path) {
    Copy::Backup { data: path.into(), to: to.into() }.make().unwrap();
}

fn sql(path: &Path, sql: &str) {
    Connection::open(path).unwrap().execute_batch(sql).unwrap();
}

/// What begins a backup's name is that of the history.
fn backups(folder: &Path) -> Vec<PathBuf> {
    let mut all: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    all.sort();
    all
}

#[test]
fn they_are_made_by_themselves_and_have_all_that_was_said_before() {
    let scratch = Scratch::new("by-themselves");
    let (path, folder) = (scratch.file("chat.db"), scratch.file("backups"));
    let mut open = with(&path, plan(&path, 3, None));
    let first = open.state();
    assert!(first.is_planned && first.next.is_some() && first.last.is_none(), "{first:?}");
    open.write_all(vec![arrive(1, "Ann"), create(1, "tea"), picture(1, 1, "p", 20_000)]);
    for round in 0..4 {
        open.write(text(1, 1, &format!("number {round}"))).unwrap();
        let elsewhere = scratch.file(&format!("elsewhere-{round}.db"));
        // One that newer ones have put out meanwhile has all of it in those.
        let copy = loop {
            let copy = open.backup();
            if fs::copy(&copy, &elsewhere).is_ok() {
                break copy;
            }
        };
        assert_eq!(copy.parent(), Some(&*fs::canonicalize(&folder).unwrap()));
        assert_eq!(everything(&elsewhere).0, open.all(1).0, "{round}");
    }
    let state = open.state();
    let last = state.last.clone().expect("there is one");
    assert!(state.fault.is_none() && state.failures == 0 && state.next >= Some(last.at), "{state:?}");
    open.close();
    let left = backups(&folder);
    assert!(
        left.len() == 3 && left.iter().all(|file| file.extension().is_some_and(|it| it == "db")),
        "{left:?}"
    );
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&folder), mode(&left[0])), (0o700, 0o600));
    // The next run knows of them.
    let mut open = with(&path, plan(&path, 3, None));
    let known = open.state().last.expect("there is one");
    assert_eq!(fs::canonicalize(&left[2]).unwrap(), known.file);
}

#[test]
fn nothing_is_removed_but_old_backups_of_this_very_chat() {
    let scratch = Scratch::new("nothing-else");
    let (path, folder) = (scratch.file("chat.db"), scratch.file("there"));
    a_history(&path, 5);
    fs::create_dir(&folder).unwrap();
    let at = |name: &str| folder.join(name);
    fs::write(at("chat-20200101T000000Z.db"), "Dear Ann, ".repeat(100)).unwrap();
    fs::create_dir(at("chat-20200102T000000Z.db")).unwrap();
    symlink(&path, at("chat-20200103T000000Z.db")).unwrap();
    // Another chat's, one that is in use, one with another name, half of one, one that cannot be read, a newer program's.
    for name in ["20200104", "20200105", "20200106", "20200107", "20200108", "20200109", "20200110"] {
        back_up(&path, &at(&format!("chat-{name}T000000Z.db")));
    }
    // What was copied by hand may have a log somewhere.
    fs::copy(&path, at("chat-20200111T000000Z.db")).unwrap();
    sql(&at("chat-20200104T000000Z.db"), "UPDATE rooms SET made = made + 1");
    fs::write(at("chat-20200105T000000Z.db-wal"), "").unwrap();
    fs::rename(at("chat-20200106T000000Z.db"), at("chat-20200106T000000Z.db.bak")).unwrap();
    let whole = fs::read(at("chat-20200107T000000Z.db")).unwrap();
    fs::write(at("chat-20200107T000000Z.db"), &whole[..whole.len() / 2]).unwrap();
    fs::write(at("chat-20200108T000000Z.db"), &whole[..80]).unwrap();
    sql(&at("chat-20200109T000000Z.db"), "PRAGMA user_version = 99");
    fs::write(at("letter"), "Dear Ann").unwrap();
    let others: Vec<_> = names_in(&folder).into_iter().filter(|name| !name.contains("20200110")).collect();

    let mut open = with(&path, plan(&path, 2, Some(folder.clone())));
    (0..3).for_each(|_| drop(open.backup()));
    open.close();
    let left = names_in(&folder);
    for other in &others {
        assert!(left.contains(other), "{other} is gone");
    }
    assert!(!left.iter().any(|name| name.contains("20200110")), "the oldest of this chat");
    assert_eq!(left.len(), others.len() + 2, "{left:?}");
    assert_eq!(everything(&path).0.len(), 6);
}

fn names_in(folder: &Path) -> Vec<String> {
    backups(folder).iter().map(|path| path.file_name().unwrap().to_str().unwrap().to_owned()).collect()
}

/// Whoever starts a chat on a backup as it lies there keeps it.
#[test]
fn a_history_that_lies_among_its_backups_stays() {
    let scratch = Scratch::new("among");
    let path = scratch.file("chat-20200101T000000Z.db");
    a_history(&path, 5);
    // A backup of a history with such a name.
    let own = scratch.file("chat-20200101T000000Z-20200102T000000Z.db");
    back_up(&path, &own);
    let mut open = with(&path, plan(&path, 1, Some(scratch.file(""))));
    (0..3).for_each(|_| drop(open.backup()));
    assert!(!own.exists());
    open.close();
    assert_eq!(everything(&path).0.len(), 6);
}

/// An older backup was brought back. What was said since is only in those that were made since.
#[test]
fn those_that_have_what_the_history_has_not_stay() {
    let scratch = Scratch::new("ahead");
    let (path, folder) = (scratch.file("chat.db"), scratch.file("backups"));
    a_history(&path, 5);
    fs::create_dir(&folder).unwrap();
    let (behind, ahead) = (folder.join("chat-20200101T000000Z.db"), folder.join("chat-20200102T000000Z.db"));
    back_up(&path, &behind);
    let mut open = Open::at(&path);
    open.write_all((0..5).map(|n| text(1, 1, &format!("number {n}"))).collect());
    open.close();
    back_up(&path, &ahead);
    Copy::Restore { data: path.clone(), from: behind.clone() }.make().unwrap();
    let mut open = with(&path, plan(&path, 2, None));
    let last = open.state().last;
    assert_eq!(
        last.and_then(|it| it.file.file_name().map(Into::into)),
        behind.file_name().map(PathBuf::from)
    );
    open.backup();
    assert!(ahead.exists() && !behind.exists(), "two besides it");
    // As many messages are not the same messages.
    open.write_all((0..9).map(|n| said_later(&format!("another {n}"))).collect());
    (0..2).for_each(|_| drop(open.backup()));
    open.close();
    assert!(ahead.exists());
    assert_eq!(names_in(&folder).len(), 3, "{:?}", names_in(&folder));
    assert_eq!(everything(&ahead).0.len(), 11);
}

fn said_later(words: &str) -> Entry {
    Entry::Append(Append { at: THEN + 1, ..say(1, 1, Body::Text(words.into())) })
}

/// The history gives up what is old, so it has nothing any more at the place where such a backup ends. What is there before that tells.
#[test]
fn those_that_have_what_the_history_never_had_stay_when_it_has_given_up_its_own() {
    let scratch = Scratch::new("given-up");
    let (path, folder) = (scratch.file("chat.db"), scratch.file("backups"));
    a_history(&path, 5);
    fs::create_dir(&folder).unwrap();
    let at = |day: u32| folder.join(format!("chat-202001{day:02}T000000Z.db"));
    let (behind, ahead, own) = (at(1), at(2), at(3));
    back_up(&path, &behind);
    let mut open = Open::at(&path);
    open.write_all((0..5).map(|n| text(1, 1, &format!("number {n}"))).collect());
    open.close();
    back_up(&path, &ahead);
    let last = |path: &Path| -> i64 {
        let connection = Connection::open(path).unwrap();
        connection.query_row("SELECT max(id) FROM events", [], |row| row.get(0)).unwrap()
    };
    Copy::Restore { data: path.clone(), from: behind.clone() }.make().unwrap();
    let mut open = Open::at(&path);
    open.write_all((0..9).map(|n| said_later(&format!("another {n}"))).collect());
    open.close();
    back_up(&path, &own);
    let mut open = Open::at(&path);
    open.write_all((0..3).map(|n| said_later(&format!("more {n}"))).collect());
    open.close();
    for copy in [&behind, &ahead, &own] {
        let ends = last(copy);
        sql(&path, &format!("DELETE FROM events WHERE id = {ends}"));
    }
    let mut open = with(&path, plan(&path, 1, None));
    (0..2).for_each(|_| drop(open.backup()));
    open.close();
    assert!(ahead.exists(), "nowhere else there is what was said in it");
    assert!(!behind.exists() && !own.exists(), "the history had all of it: {:?}", names_in(&folder));
}

/// They were brought back from one backup, and each is the other's past until it speaks for itself.
#[test]
fn two_chats_of_one_backup_leave_each_other_theirs() {
    let scratch = Scratch::new("twins");
    let folder = scratch.file("folder");
    let [origin, one, other] = ["origin.db", "one/chat.db", "other/chat.db"].map(|name| scratch.file(name));
    a_history(&origin, 5);
    for (path, words) in [(&one, "from one"), (&other, "from the other")] {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        Copy::Restore { data: path.clone(), from: origin.clone() }.make().unwrap();
        let at = THEN + words.len() as Millis;
        let mut open = Open::at(path);
        open.write(Entry::Append(Append { at, ..say(1, 1, Body::Text(words.into())) })).unwrap();
        open.close();
    }
    // One goes on: it has more than the other.
    let mut open = Open::at(&one);
    open.write_all((0..5).map(|n| said_later(&format!("more {n}"))).collect());
    open.close();
    fs::create_dir(&folder).unwrap();
    let theirs = folder.join("chat-20200101T000000Z.db");
    back_up(&other, &theirs);
    let mut open = with(&one, plan(&one, 1, Some(folder.clone())));
    assert_eq!(open.state().last, None, "it is none of its own");
    (0..3).for_each(|_| drop(open.backup()));
    open.close();
    assert!(theirs.exists());
    assert_eq!(names_in(&folder).len(), 2, "{:?}", names_in(&folder));
    assert_eq!(everything(&theirs).0.len(), 7);
}

/// Whoever puts it there makes none the latest for ever, and none that is never removed.
#[test]
fn a_name_of_the_end_of_time_changes_nothing() {
    let scratch = Scratch::new("end-of-time");
    let (path, folder) = (scratch.file("chat.db"), scratch.file("backups"));
    a_history(&path, 5);
    fs::create_dir(&folder).unwrap();
    let (end, garbage) = (folder.join("chat-99991231T235959Z.db"), folder.join("chat-99991231T235958Z.db"));
    back_up(&path, &end);
    fs::write(&garbage, "Dear Ann").unwrap();
    let mut open = with(&path, plan(&path, 2, None));
    assert_eq!(open.state().last, None);
    let made: Vec<_> = (0..4).map(|_| open.backup()).collect();
    open.close();
    assert!(made.is_sorted(), "{made:?}");
    assert!(made.last() < Some(&fs::canonicalize(&folder).unwrap().join("chat-2999")), "{made:?}");
    let left = names_in(&folder);
    assert!(end.exists() && garbage.exists() && left.len() == 4, "{left:?}");
}

/// They are named after the latest, so that their order stays that in which they were made.
#[test]
fn a_clock_that_was_ahead_puts_nothing_out_of_order() {
    let scratch = Scratch::new("clock-ahead");
    let (path, folder) = (scratch.file("chat.db"), scratch.file("backups"));
    a_history(&path, 5);
    fs::create_dir(&folder).unwrap();
    let ahead = folder.join("chat-20991231T235958Z.db");
    back_up(&path, &ahead);
    let mut open = with(&path, plan(&path, 3, None));
    let made: Vec<_> = (0..4).map(|_| open.backup().file_name().unwrap().to_owned()).collect();
    assert!(made.is_sorted() && made[0] > *"chat-20991231T235959Z.db", "{made:?}");
    assert!(!ahead.exists(), "it was the oldest");
    open.close();
}

#[test]
fn a_folder_that_cannot_be_used_is_told_and_got_over() {
    let scratch = Scratch::new("no-folder");
    let (path, file) = (scratch.file("chat.db"), scratch.file("file"));
    a_history(&path, 5);
    fs::write(&file, "").unwrap();
    for (folder, why) in [
        (scratch.file("nowhere"), "is not there: make it, or name another with --backup-dir"),
        (file.clone(), "is no folder"),
        (file.join("below"), "cannot be looked at"),
        // Root may write everywhere, but not there.
        (PathBuf::from("/proc"), "cannot be written"),
    ] {
        let mut open = with(&path, plan(&path, 3, Some(folder)));
        let state = open.state_with(|state| state.fault.is_some());
        let (_, words) = state.fault.clone().expect("it is asked for");
        assert!(words.contains(why) && !words.contains('\n') && state.failures > 0, "{words}");
        assert_eq!((state.last, open.write(text(1, 1, "goes on")).is_ok()), (None, true));
        open.close();
    }
    // A disk comes, and goes.
    let folder = scratch.file("disk");
    let mut open = with(&path, plan(&path, 3, Some(folder.clone())));
    open.state_with(|state| state.failures > 1);
    fs::create_dir(&folder).unwrap();
    let good = open.state_with(|state| state.fault.is_none());
    fs::rename(&folder, scratch.file("away")).unwrap();
    let gone = open.state_with(|state| state.fault.is_some());
    assert!(good.last.is_some() && gone.last.is_some() && gone.failures > good.failures, "{gone:?}");
    fs::rename(scratch.file("away"), &folder).unwrap();
    open.state_with(|state| state.fault.is_none());
    open.close();
}

/// A history that was moved away is not what is at its place now.
#[test]
fn what_has_come_in_place_of_the_history_is_not_copied() {
    let scratch = Scratch::new("displaced");
    let (path, other) = (scratch.file("chat.db"), scratch.file("other.db"));
    a_history(&path, 5);
    a_history(&other, 50);
    let mut open = with(&path, plan(&path, 100, None));
    open.backup();
    fs::rename(&path, scratch.file("away.db")).unwrap();
    fs::rename(&other, &path).unwrap();
    let state = open.state_with(|state| state.fault.is_some());
    assert!(state.fault.is_some_and(|(_, words)| words.contains("removed or replaced")));
    open.close();
    for copy in backups(&scratch.file("backups")) {
        assert_eq!(everything(&copy).0.len(), 6);
    }
}

/// The end of a chat waits for no copy, and half of one is not left behind.
#[test]
fn a_copy_ends_with_the_chat() {
    let scratch = Scratch::new("ends");
    let (path, folder) = (scratch.file("chat.db"), scratch.file("backups"));
    a_history(&path, 5);
    sql(&path, "CREATE TABLE ballast (bytes BLOB); INSERT INTO ballast VALUES (randomblob(10000000))");
    let mut open = with(&path, plan(&path, 3, None));
    let begun = folder.join("chat-next.db.part");
    let deadline = Instant::now() + PATIENCE;
    while !begun.exists() {
        assert!(Instant::now() < deadline, "it does not begin");
        std::thread::yield_now();
    }
    open.write(text(1, 1, "number 6")).unwrap();
    open.close();
    let left = names_in(&folder);
    assert!(!left.iter().any(|name| name.contains("next")), "{left:?}");
    for copy in left {
        assert!(everything(&folder.join(copy)).0.len() >= 6, "a whole one");
    }
    // What one that was killed has left is written over.
    fs::write(&begun, "half of a copy").unwrap();
    let mut open = with(&path, plan(&path, 3, None));
    open.state_with(|state| state.last.is_some() && state.failures == 0);
    open.close();
    assert!(!begun.exists());
    assert!(names(&scratch).iter().all(|name| !name.contains("part")));
}

#[test]
fn another_file_system_will_do() {
    let memory = Path::new("/dev/shm");
    let scratch = Scratch::new("elsewhere");
    let (path, folder) = (scratch.file("chat.db"), memory.join(format!("pollcat-backups-{}", process::id())));
    let device = |path: &Path| fs::metadata(path).ok().map(|it| it.dev());
    if device(memory).is_none() || device(memory) == device(&scratch.file("")) {
        eprintln!("NOT TESTED: there is no other file system at {}", memory.display());
        return;
    }
    a_history(&path, 5);
    fs::create_dir(&folder).unwrap();
    // However many are made before it ends, this one stays.
    let mut open = with(&path, plan(&path, 10_000, Some(folder.clone())));
    let copy = open.backup();
    open.close();
    let copied = everything(&copy);
    fs::remove_dir_all(&folder).unwrap();
    assert_eq!(copied, everything(&path));
}
