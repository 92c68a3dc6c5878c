//! `--export` and `--import`: what goes out comes in again, all of it.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::os::unix::fs::PermissionsExt;

use rusqlite::Connection;
use rusqlite::backup::Backup;

use super::super::comparing::LASTS;
use super::chance::a_beginning;
use super::digest::{lead, tables};
use super::moving_names::dress;
use super::searching::Dice;
use super::*;
use crate::archive;
use crate::run::settings::{self, Asked};

/// After all that the fixtures say: in 2027.
const LATER: Millis = 1_800_000_000_000;

/// As on the command line.
pub(super) fn moved(data: &Path, flags: &[&str]) -> Result<String, String> {
    let args = ["chat", "--data", data.to_str().unwrap()]
        .into_iter()
        .chain(flags.iter().copied())
        .map(OsString::from);
    match settings::read(args, |_| None) {
        Ok(Asked::Move(settings, moving)) => archive::make(&settings, &moving, LATER),
        other => panic!("{other:?}"),
    }
}

pub(super) fn export(data: &Path, to: &Path) -> Result<String, String> {
    moved(data, &["--export", to.to_str().unwrap()])
}

pub(super) fn import(data: &Path, from: &Path) -> Result<String, String> {
    moved(data, &["--import", from.to_str().unwrap()])
}

/// Everything that lasts, but for sessions of the admin page: they are in no archive.
fn lasting(path: &Path) -> String {
    let tables = tables(&Connection::open(path).unwrap());
    tables
        .split_inclusive('\n')
        .filter(|row| !row.starts_with("admins: ") && !row.starts_with("used_keys: "))
        .collect()
}

/// All files of a folder, by their paths in it.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![PathBuf::new()];
    while let Some(inner) = folders.pop() {
        for entry in fs::read_dir(folder.join(&inner)).unwrap() {
            let name = inner.join(entry.unwrap().file_name());
            let (path, mode) =
                (folder.join(&name), |path: &Path| fs::metadata(path).unwrap().permissions().mode());
            if path.is_dir() {
                assert_eq!(mode(&path) & 0o777, 0o700, "{name:?}");
                folders.push(name);
            } else {
                assert_eq!(mode(&path) & 0o777, 0o600, "{name:?}");
                found.insert(name.to_str().unwrap().to_owned(), fs::read(path).unwrap());
            }
        }
    }
    found
}

fn save(node: &Node, path: &Path) {
    let mut file = Connection::open(path).unwrap();
    Backup::new(&node.connection, &mut file).unwrap().step(-1).unwrap();
}

/// Out, in, and out again.
fn assert_round(scratch: &Scratch, path: &Path, what: &str) {
    let [one, other, copy] = ["one", "other", "copy.db"].map(|name| scratch.file(&format!("{what}-{name}")));
    export(path, &one).unwrap_or_else(|wrong| panic!("{what}: {wrong}"));
    import(&copy, &one).unwrap_or_else(|wrong| panic!("{what}: {wrong}"));
    export(&copy, &other).unwrap_or_else(|wrong| panic!("{what}: {wrong}"));
    assert_eq!(files(&one), files(&other), "{what}");
    assert_eq!(lasting(path), lasting(&copy), "{what}");
    for folder in [one, other] {
        fs::remove_dir_all(folder).unwrap();
    }
}

/// Whoever adds a column says whether it is exported.
#[test]
fn every_column_that_lasts_is_in_an_archive() {
    // `events.room` is a file's name, bytes are files, and the sum of them is counted when they come.
    let elsewhere = ["events.room", "state.picture_bytes"];
    let is_elsewhere = |column: &String| column.ends_with(".bytes") || elsewhere.contains(&&**column);
    let lasts = LASTS
        .iter()
        .filter(|(table, ..)| !["admins", "used_keys"].contains(table))
        .flat_map(|(table, columns, _)| columns.split(' ').map(move |column| format!("{table}.{column}")));
    let lasts: BTreeSet<String> = lasts.filter(|column| !is_elsewhere(column)).collect();
    let kinds = KINDS.iter().chain([&STATE, &EVENTS]);
    let exported: BTreeSet<String> = kinds
        .flat_map(|kind| kind.columns.iter().map(move |column| format!("{}.{}", kind.name, column.name)))
        .collect();
    assert_eq!(exported, lasts);
}

/// `POLLCAT_MOVES` asks for more.
#[test]
fn whatever_a_history_has_comes_back() {
    let runs = env::var("POLLCAT_MOVES").ok().and_then(|runs| runs.parse().ok()).unwrap_or(8);
    let scratch = Scratch::new("moving");
    let template = Node::new();
    let mut rows = BTreeMap::new();
    for run in 0..runs {
        println!("run {run}"); // is shown when the test fails
        let mut dice = Dice::new(run * 7907);
        let mut node = Node::like(&template);
        if run % 2 == 0 {
            node.apply(&a_beginning());
        }
        (0..3).for_each(|_| drop(lead(&mut node, &mut dice, &mut Default::default())));
        let path = scratch.file(&format!("{run}.db"));
        save(&node, &path);
        dress(&path);
        assert_round(&scratch, &path, &format!("run-{run}"));
        for row in tables(&node.connection).lines() {
            *rows.entry(row.split(':').next().unwrap().to_owned()).or_insert(0) += 1;
        }
    }
    // All tables have had rows; the rarest need some more runs.
    assert!(rows.len() >= 22, "{rows:?}");
}

#[test]
fn a_history_of_every_version_is_exported_and_stays_as_it_is() {
    let scratch = Scratch::new("ages-out");
    for version in 1..schema::VERSION {
        let [old, opened, archive, copy] = ["old.db", "opened.db", "archive", "copy.db"]
            .map(|name| scratch.file(&format!("{version}-{name}")));
        let fixture = format!("{}/fixtures/version-{version}.sql", env!("CARGO_MANIFEST_DIR"));
        let sql = fs::read_to_string(fixture).unwrap();
        for path in [&old, &opened] {
            Connection::open(path).unwrap().execute_batch(&sql).unwrap();
        }
        let before = fs::read(&old).unwrap();
        export(&old, &archive).unwrap();
        assert_eq!(fs::read(&old).unwrap(), before, "nobody has opened it for good");
        import(&copy, &archive).unwrap();
        let upgraded = Connection::open(&opened).unwrap();
        schema::bring_up(&upgraded, version).unwrap();
        assert_eq!(lasting(&copy), lasting(&opened), "version {version}");
        Open::at(&copy).close();
    }
}

#[test]
fn clients_go_on_where_they_were_unless_they_know_more() {
    let scratch = Scratch::new("going-on");
    let (path, archive, copy) = (scratch.file("chat.db"), scratch.file("archive"), scratch.file("copy.db"));
    let mut open = Open::at(&path);
    open.write_all(vec![arrive(1, "Ann"), create(1, "tea"), text(1, 1, "hello"), picture(1, 1, "p", 70_000)]);
    let epoch = open.loaded.rooms.first().map(|room| room.epoch.clone());
    assert_eq!(epoch, None);
    // While the chat runs.
    let told = export(&path, &archive).unwrap();
    assert!(told.contains("2 messages, 1 pictures, 1 rooms, 1 people") && told.contains("afresh"), "{told}");
    let refused = import(&path, &archive).unwrap_err();
    assert!(refused.contains("in use"), "{refused}");
    import(&copy, &archive).unwrap();
    let mut open_copy = Open::at(&copy);
    assert_ne!(open_copy.loaded.rooms[0].epoch, "epoch-1");
    assert_eq!(open_copy.picture("p").map(|bytes| bytes.len()), Some(70_000));
    open_copy.close();
    // And at rest.
    open.close();
    let durable = || Settings { durability: Durability::Disk, ..settings(&path) };
    Open::with(durable()).unwrap().close();
    let epoch = Open::with(durable()).map(|open| {
        let epoch = open.loaded.rooms[0].epoch.clone();
        open.close();
        epoch
    });
    let (rest, moved) = (scratch.file("rest"), scratch.file("moved.db"));
    let told = export(&path, &rest).unwrap();
    assert!(told.contains("clients can go on where they are"), "{told}");
    import(&moved, &rest).unwrap();
    let mut open = Open::with(Settings { data: Data::File(moved.clone()), ..durable() }).unwrap();
    assert_eq!(open.loaded.rooms[0].epoch, epoch.unwrap(), "they are the same for clients");
    assert_eq!(open.loaded.people[0].tokens, [[1; 32]]);
    assert_eq!(open.hits(&[1], "hell", None, 9).0.len(), 1, "it is found");
    assert_eq!(open.write(text(1, 1, "and more")), appended(1, 3));
    open.close();
    let refused = import(&moved, &rest).unwrap_err();
    assert!(refused.contains("has something in it"), "{refused}");
    // One that a chat has made and nobody has come to is as good as none, and is kept.
    let fresh = scratch.file("fresh.db");
    Open::at(&fresh).close();
    let told = import(&fresh, &rest).unwrap();
    assert!(told.contains("fresh.db.old"), "{told}");
    assert_eq!(lasting(&fresh).matches("events: ").count(), 2);
}

#[test]
fn an_export_writes_over_nothing() {
    let scratch = Scratch::new("no-export");
    let path = scratch.file("chat.db");
    let mut open = Open::at(&path);
    open.write_all(vec![arrive(1, "Ann"), create(1, "tea"), text(1, 1, "hello")]);
    open.close();
    let folder = scratch.file("folder");
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("letter"), "Dear Ann").unwrap();
    fs::write(scratch.file("file"), "Dear Ann").unwrap();
    fs::create_dir(scratch.file("left.part")).unwrap();
    std::os::unix::fs::symlink("nowhere", scratch.file("link")).unwrap();
    for (to, why) in [
        ("folder", "is there already"),
        ("file", "is there already"),
        ("link", "is there already"),
        ("left", "left.part is there"),
        ("no/where", "cannot be made"),
    ] {
        let told = export(&path, &scratch.file(to)).unwrap_err();
        assert!(told.contains(why), "{to}: {told}");
    }
    assert!(export(&scratch.file("none.db"), &scratch.file("x")).unwrap_err().contains("no history"));
    assert!(!scratch.file("none.db-lock").exists() && !scratch.file("x.part").exists());
    let empty = scratch.file("empty");
    fs::create_dir(&empty).unwrap();
    export(&path, &scratch.file("empty/")).unwrap();
    assert!(empty.join("archive.json").exists());
    // What no pollcat writes does not go out as if it had.
    Connection::open(&path).unwrap().execute_batch("UPDATE people SET role = 7").unwrap();
    let told = export(&path, &scratch.file("odd")).unwrap_err();
    assert!(told.contains("people.role has what no pollcat has written, in row 1"), "{told}");
    assert!(!scratch.file("odd").exists() && !scratch.file("odd.part").exists());
}

/// An archive, and what is done to it.
type Harm = (&'static str, fn(&Path), &'static str);

pub(super) fn edit(folder: &Path, file: &str, change: impl Fn(String) -> String) {
    let path = folder.join(file);
    fs::write(&path, change(fs::read_to_string(&path).unwrap())).unwrap();
}

const HARMS: [Harm; 20] = [
    ("no head", |it| fs::remove_file(it.join("archive.json")).unwrap(), "has no archive.json"),
    (
        "newer",
        |it| edit(it, "archive.json", |s| s.replace("\"version\": 1", "\"version\": 2")),
        "newer pollcat",
    ),
    ("a file less", |it| fs::remove_file(it.join("invites.jsonl")).unwrap(), "invites.jsonl cannot be read"),
    ("a room less", |it| fs::remove_file(it.join("rooms/1.jsonl")).unwrap(), "rooms/1.jsonl cannot be read"),
    (
        "a room more",
        |it| fs::write(it.join("rooms/9.jsonl"), "").unwrap(),
        "rooms/9.jsonl is of a room that is not",
    ),
    (
        "a line less",
        |it| edit(it, "tokens.jsonl", |_| String::new()),
        "tokens should have 1 lines, but there are 0",
    ),
    (
        "half a line",
        |it| edit(it, "rooms/1.jsonl", |s| s[..s.len() - 9].into()),
        "rooms/1.jsonl, line 3: this is no JSON",
    ),
    (
        "a field",
        |it| edit(it, "people.jsonl", |s| s.replace("false", "0")),
        "people.jsonl, line 1: `gone` is not true or false",
    ),
    (
        "twice",
        |it| edit(it, "tokens.jsonl", |s| s.repeat(2)),
        "tokens.jsonl, line 2: there is another one like it",
    ),
    ("no picture", |it| fs::remove_file(it.join("pictures/p")).unwrap(), "pictures/p cannot be read"),
    (
        "a short one",
        |it| fs::write(it.join("pictures/p"), "x").unwrap(),
        "pictures/p: it should have 100 bytes",
    ),
    (
        "a long one",
        |it| fs::write(it.join("pictures/p"), [0; 101]).unwrap(),
        "pictures/p: it should have 100 bytes",
    ),
    (
        "a way out",
        |it| edit(it, "pictures.jsonl", |s| s.replace("\"p\"", "\"../archive.json\"")),
        "pictures.jsonl, line 1: `id` is not a file's name",
    ),
    (
        "a link",
        |it| {
            fs::remove_file(it.join("pictures/p")).unwrap();
            std::os::unix::fs::symlink("/etc/passwd", it.join("pictures/p")).unwrap();
        },
        "is a link",
    ),
    (
        "a folder",
        |it| {
            fs::remove_file(it.join("acts.jsonl")).unwrap();
            fs::create_dir(it.join("acts.jsonl")).unwrap();
        },
        "acts.jsonl is no file",
    ),
    (
        "not UTF-8",
        |it| fs::write(it.join("acts.jsonl"), b"\xff\n").unwrap(),
        "acts.jsonl, line 1: it is no UTF-8",
    ),
    (
        "a gap",
        |it| edit(it, "rooms/1.jsonl", |s| s.replace("\"offset\":2", "\"offset\":9")),
        "room 1 has other events",
    ),
    (
        "nobody",
        |it| edit(it, "tokens.jsonl", |s| s.replace("\"person\":1", "\"person\":2")),
        "tokens: person 2 is not there",
    ),
    (
        "too soon",
        |it| edit(it, "archive.json", |s| s.replace("\"next_event\": 4", "\"next_event\": 2")),
        "event 2 has the number of next_event",
    ),
    (
        "too far",
        |it| {
            edit(it, "archive.json", |s| s.replace("\"next_room\": 2", "\"next_room\": 9223372036854775807"))
        },
        "below 2^62",
    ),
];

#[test]
fn what_is_wrong_with_an_archive_is_told_and_nothing_is_done() {
    let scratch = Scratch::new("harms");
    let (path, archive) = (scratch.file("chat.db"), scratch.file("archive"));
    let mut open = Open::at(&path);
    let written = vec![
        arrive(1, "Ann"),
        create(1, "tea"),
        text(1, 1, "hello"),
        text(1, 1, "there"),
        picture(1, 1, "p", 100),
    ];
    open.write_all(written);
    open.close();
    for (what, harm, why) in HARMS {
        export(&path, &archive).unwrap();
        harm(&archive);
        let new = scratch.file("new.db");
        let told = import(&new, &archive).unwrap_err();
        assert!(told.contains(why) && !told.contains('\n'), "{what}: {told}");
        assert!(!new.exists() && !scratch.file("new.db.part").exists(), "{what}");
        fs::remove_dir_all(&archive).unwrap();
    }
    assert!(import(&scratch.file("new.db"), &path).unwrap_err().contains("is no folder"));
}
