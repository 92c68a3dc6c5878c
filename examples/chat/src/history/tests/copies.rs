//! Backups, and the way back from one.

use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};

use rusqlite::Connection;

use super::*;

fn back_up(data: &Path, to: &Path) -> Result<String, String> {
    Copy::Backup { data: data.into(), to: to.into() }.make()
}

fn restore(data: &Path, from: &Path) -> Result<String, String> {
    Copy::Restore { data: data.into(), from: from.into() }.make()
}

/// Some words, a picture and a person, closed.
pub(super) fn a_history(path: &Path, texts: usize) {
    let mut open = Open::at(path);
    open.write_all(vec![arrive(1, "Ann"), create(1, "tea"), picture(1, 1, "p", 20_000)]);
    open.write_all((0..texts).map(|n| text(1, 1, &format!("number {n}"))).collect());
    open.close();
}

pub(super) fn everything(path: &Path) -> (Vec<Event>, Option<Vec<u8>>, usize) {
    let mut open = Open::at(path);
    let found = open.hits(&[1], "number", None, usize::MAX).0.len();
    let all = (open.all(1).0, open.picture("p"), found);
    open.close();
    all
}

pub(super) fn names(scratch: &Scratch) -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(scratch.file(""))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn a_backup_is_the_history_of_one_moment_whoever_writes_meanwhile() {
    let scratch = Scratch::new("backup");
    let (path, copy) = (scratch.file("chat.db"), scratch.file("copy.db"));
    a_history(&path, 100);
    let mut open = Open::at(&path);
    let known = open.loaded.rooms[0].epoch.clone();
    for round in 0..5 {
        (0..500).for_each(|n| open.history.write(text(1, 1, &format!("number {n}")), n).unwrap());
        let told = back_up(&path, &copy).unwrap();
        assert!(told.contains("messages, 1 pictures, 1 rooms, 1 people"), "{told}");
        let mut answered = 0;
        while answered < 500 {
            answered += open.applied().len();
        }
        let (events, ..) = open.all(1);
        assert_eq!(fs::metadata(&copy).unwrap().permissions().mode() & 0o777, 0o600);
        let elsewhere = scratch.file(&format!("elsewhere-{round}.db"));
        fs::copy(&copy, &elsewhere).unwrap();
        let mut image = Open::at(&elsewhere);
        let (copied, first, last) = image.all(1);
        assert_eq!(copied[..], events[..copied.len()], "a beginning of what was said, without a gap");
        assert!(first == 1 && last >= 101 + round * 500, "all that was acknowledged before: {last}");
        assert_eq!(image.picture("p").map(|bytes| bytes.len()), Some(20_000));
        assert_ne!(image.loaded.rooms[0].epoch, known, "what was said since is not there");
        image.close();
    }
    open.close();
    assert!(!names(&scratch).iter().any(|name| name.contains("part") || name.starts_with("copy.db-")));
}

#[test]
fn a_backup_of_a_chat_that_does_not_run_is_all_of_it() {
    let scratch = Scratch::new("at-rest");
    let (path, copy) = (scratch.file("chat.db"), scratch.file("copy.db"));
    a_history(&path, 9);
    let before = everything(&path);
    back_up(&path, &copy).unwrap();
    assert_eq!((everything(&copy), everything(&path)), (before.clone(), before));
    // One that was killed has its last words in its log.
    let (killed, again) = (scratch.file("killed.db"), scratch.file("again.db"));
    let mut open = Open::at(&path);
    open.write(text(1, 1, "number last")).unwrap();
    for end in ["", "-wal"] {
        fs::copy(places::part(&path, end), places::part(&killed, end)).unwrap();
    }
    back_up(&killed, &again).unwrap();
    assert_eq!(everything(&again).0.len(), 11);
    // A file of the first version stays one: an older program can go back to it.
    let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/version-1.sql");
    let (old, old_copy) = (scratch.file("old.db"), scratch.file("old-copy.db"));
    Connection::open(&old).unwrap().execute_batch(&fs::read_to_string(fixture).unwrap()).unwrap();
    back_up(&old, &old_copy).unwrap();
    let version: i32 = Connection::open(&old_copy)
        .and_then(|it| it.pragma_query_value(None, "user_version", |row| row.get(0)))
        .unwrap();
    assert_eq!(version, 1);
}

#[test]
fn a_backup_writes_over_nothing_but_an_older_one() {
    let scratch = Scratch::new("over");
    let (path, other, copy) = (scratch.file("chat.db"), scratch.file("other.db"), scratch.file("copy.db"));
    a_history(&path, 5);
    a_history(&other, 50);
    fs::write(scratch.file("letter"), "Dear Ann, ".repeat(100)).unwrap();
    Connection::open(scratch.file("bookmarks"))
        .unwrap()
        .execute_batch("CREATE TABLE bookmarks (url)")
        .unwrap();
    fs::create_dir(scratch.file("folder")).unwrap();
    for (name, why) in [
        ("letter", "no backup"),
        ("bookmarks", "no backup"),
        ("folder", "no backup"),
        ("chat.db", "the history itself"),
        ("other.db", "may be a chat's history"),
        ("nowhere/copy.db", "cannot be written"),
    ] {
        let before = fs::read(scratch.file(name)).ok();
        let told = back_up(&path, &scratch.file(name)).unwrap_err();
        assert!(told.contains(why) && told.contains(name), "{name}: {told}");
        assert_eq!(fs::read(scratch.file(name)).ok(), before, "{name}");
    }
    fs::write(&copy, "").unwrap();
    // Two at a time would write over each other; what was left behind by one that was stopped is no obstacle.
    let part = fs::File::create(scratch.file("copy.db.part")).unwrap();
    rustix::fs::flock(&part, rustix::fs::FlockOperation::LockExclusive).unwrap();
    assert!(back_up(&other, &copy).unwrap_err().contains("another program"));
    drop(part);
    fs::write(scratch.file("copy.db.part"), "half of a copy").unwrap();
    back_up(&other, &copy).unwrap();
    assert_eq!(fs::metadata(&copy).unwrap().permissions().mode() & 0o777, 0o600);
    back_up(&other, &copy).unwrap();
    // A history that began anew does not take the place of the one that it lost.
    let told = back_up(&path, &copy).unwrap_err();
    assert!(told.contains("is ahead of") && told.contains("51 messages"), "{told}");
    assert_eq!(everything(&copy).0.len(), 51);
    // Nor does a damaged one.
    for end in ["-lock", "-wal", "-shm"] {
        let _ = fs::remove_file(places::part(&copy, end));
    }
    let mut bytes = fs::read(&other).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle..middle + 8192].fill(0x5a);
    fs::write(&other, bytes).unwrap();
    let good = fs::read(&copy).unwrap();
    let told = back_up(&other, &copy).unwrap_err();
    assert!(told.contains("damaged") && told.lines().count() == 1, "{told}");
    assert_eq!(fs::read(&copy).unwrap(), good);
    assert!(back_up(&scratch.file("none.db"), &copy).unwrap_err().contains("there is no history"));
    assert!(!scratch.file("none.db").exists());
    assert!(!names(&scratch).iter().any(|name| name.contains("part")), "{:?}", names(&scratch));
}

#[test]
fn a_backup_takes_the_place_of_whatever_is_there_and_that_is_kept() {
    let scratch = Scratch::new("restore");
    let (path, copy) = (scratch.file("chat.db"), scratch.file("copy.db"));
    a_history(&path, 5);
    back_up(&path, &copy).unwrap();
    let saved = everything(&path);
    // The history goes on, is killed, and leaves a log.
    let mut open = Open::at(&path);
    open.write_all(vec![text(1, 1, "number more"), take_back(1, 1, 2)]);
    let logs =
        ["", "-wal"].map(|end| (places::part(&path, end), fs::read(places::part(&path, end)).unwrap()));
    let refused = restore(&path, &copy).unwrap_err();
    assert!(refused.contains("in use"), "{refused}");
    let known = open.loaded.rooms[0].epoch.clone();
    open.close();
    logs.iter().for_each(|(path, bytes)| fs::write(path, bytes).unwrap());

    let told = restore(&path, &copy).unwrap();
    let old = scratch.file("chat.db.old");
    assert!(told.contains("6 messages") && told.contains(old.to_str().unwrap()), "{told}");
    let open = Open::at(&path);
    assert_ne!(open.loaded.rooms[0].epoch, known, "clients that know more start afresh");
    open.close();
    assert_eq!(everything(&path), saved);
    assert_eq!(everything(&old).0.len(), 8, "with its log");
    // What is damaged is no obstacle, and is kept as well; and where nothing is, nothing is.
    fs::write(&path, "this was a history").unwrap();
    assert!(restore(&path, &copy).unwrap().contains("chat.db.old-2"));
    assert_eq!(fs::read(scratch.file("chat.db.old-2")).unwrap(), b"this was a history");
    assert_eq!(everything(&path), saved);
    // A pair that was copied by hand from a running chat is a backup as well.
    let killed = scratch.file("killed.db");
    ["", "-wal"]
        .iter()
        .zip(&logs)
        .for_each(|(end, (_, bytes))| fs::write(places::part(&killed, end), bytes).unwrap());
    assert!(restore(&path, &killed).unwrap().contains("8 messages"));
    restore(&path, &copy).unwrap();
    let fresh = scratch.file("fresh.db");
    assert!(!restore(&fresh, &copy).unwrap().contains("old"));
    assert_eq!(everything(&fresh), saved);
}

#[test]
fn only_a_whole_backup_is_put_back() {
    let scratch = Scratch::new("no-backup");
    let (path, copy) = (scratch.file("chat.db"), scratch.file("copy.db"));
    a_history(&path, 5);
    back_up(&path, &copy).unwrap();
    let good = fs::read(&copy).unwrap();
    fs::write(scratch.file("half.db"), &good[..good.len() / 2]).unwrap();
    fs::write(scratch.file("letter"), "Dear Ann, ".repeat(100)).unwrap();
    fs::write(scratch.file("empty"), "").unwrap();
    let newer = scratch.file("newer.db");
    fs::copy(&copy, &newer).unwrap();
    Connection::open(&newer).unwrap().pragma_update(None, "user_version", 99).unwrap();
    let before = fs::read(&path).unwrap();
    for (name, why) in [
        ("half.db", "damaged"),
        ("letter", "no backup"),
        ("empty", "no backup"),
        ("newer.db", "newer pollcat"),
        ("none.db", "cannot be read"),
        ("chat.db", "the history itself"),
    ] {
        let told = restore(&path, &scratch.file(name)).unwrap_err();
        assert!(told.contains(why), "{name}: {told}");
        assert_eq!(fs::read(&path).unwrap(), before, "{name}");
    }
    assert!(
        !names(&scratch).iter().any(|name| name.contains("part") || name.contains("old")),
        "{:?}",
        names(&scratch)
    );
}

/// Root restores, and the chat runs as somebody else. (Only root can try that; to others all is their own.)
#[test]
fn a_restored_history_belongs_to_whom_it_belonged_before() {
    let scratch = Scratch::new("owner");
    let (copy, folder) = (scratch.file("copy.db"), scratch.file("chat"));
    a_history(&copy, 3);
    fs::create_dir(&folder).unwrap();
    let (path, lock) = (folder.join("chat.db"), folder.join("chat.db-lock"));
    let owner = |path: &Path| fs::metadata(path).map(|it| (it.uid(), it.gid())).unwrap();
    let given = |path: &Path, id| chown(path, Some(id), Some(id)).map_or(owner(path), |()| (id, id));
    // There is none yet: it is the folder's.
    let folders = given(&folder, 12_345);
    restore(&path, &copy).unwrap();
    assert_eq!((owner(&path), owner(&lock)), (folders, folders));
    let own = given(&path, 12_346);
    fs::remove_file(&lock).unwrap();
    restore(&path, &copy).unwrap();
    assert_eq!((owner(&path), owner(&lock)), (own, own));
    assert_eq!(owner(&folder.join("chat.db.old")), own);
}

#[test]
fn a_log_whose_file_is_gone_meets_no_other() {
    let scratch = Scratch::new("astray");
    let (path, copy, kept) = (scratch.file("chat.db"), scratch.file("copy.db"), scratch.file("kept.db"));
    a_history(&path, 3);
    back_up(&path, &copy).unwrap();
    let mut open = Open::at(&path);
    open.write(text(1, 1, "number last")).unwrap();
    // The program is killed, and the file is moved away without its log.
    let log = fs::read(places::part(&path, "-wal")).unwrap();
    open.close();
    fs::rename(&path, &kept).unwrap();
    for empty in [false, true] {
        fs::write(places::part(&path, "-wal"), &log).unwrap();
        if empty {
            fs::write(&path, "").unwrap();
        }
        let told = match file::open(&Data::File(path.clone()), Durability::Disk) {
            Ok(_) => panic!("it was opened"),
            Err(fault) => OpenError::new(&Data::File(path.clone()), fault).to_string(),
        };
        assert!(told.contains("move the file back") && told.contains("--restore"), "{told}");
        assert_eq!(fs::read(places::part(&path, "-wal")).unwrap(), log);
    }
    fs::remove_file(&path).unwrap();
    let told = restore(&path, &copy).unwrap();
    assert!(told.contains("chat.db.old"), "{told}");
    assert_eq!(everything(&path).0.len(), 4);
    assert_eq!(fs::read(scratch.file("chat.db.old-wal")).unwrap(), log);
    // What has the name of an old log keeps it.
    let told = restore(&path, &copy).unwrap();
    assert!(told.contains("chat.db.old-2"), "{told}");
}

#[test]
fn what_a_stopped_copy_has_left_is_not_restored() {
    let scratch = Scratch::new("left");
    let (path, left) = (scratch.file("chat.db"), scratch.file("chat.db.part"));
    a_history(&path, 3);
    fs::copy(&path, &left).unwrap();
    let told = restore(&path, &left).unwrap_err();
    assert!(told.contains("was stopped") && left.exists(), "{told}");
    assert_eq!(fs::read(&left).unwrap(), fs::read(&path).unwrap());
}

/// Root starts the chat on it once, or looks how it is: its own user can open it afterwards.
#[test]
fn a_lock_belongs_to_whom_the_history_belongs() {
    let scratch = Scratch::new("lock-owner");
    let (path, lock) = (scratch.file("chat.db"), scratch.file("chat.db-lock"));
    Open::at(&path).close();
    fs::remove_file(&lock).unwrap();
    let id = chown(&path, Some(4242), Some(4242)).map_or(fs::metadata(&path).unwrap().uid(), |()| 4242);
    Open::at(&path).close();
    assert_eq!(fs::metadata(&lock).unwrap().uid(), id);
    // What somebody has put there is given to nobody.
    let other = scratch.file("other");
    fs::write(&other, "").unwrap();
    let owner = fs::metadata(&other).unwrap().uid();
    fs::remove_file(&lock).unwrap();
    fs::hard_link(&other, &lock).unwrap();
    Open::at(&path).close();
    assert_eq!(fs::metadata(&other).unwrap().uid(), owner);
}
