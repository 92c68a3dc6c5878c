//! The file of the link: who may have written it, what it lets in, and for how long.

use std::os::unix::fs::{PermissionsExt, symlink};

use super::*;

const NOON: Millis = 1_800_000_000_000;

fn settings(flags: &[&str]) -> Settings {
    let args = ["chat", "--admin-link"].iter().chain(flags).map(std::ffi::OsString::from);
    match crate::run::settings::read(args, |_| None) {
        Ok(crate::run::settings::Asked::AdminLink(settings)) => *settings,
        other => panic!("{other:?}"),
    }
}

struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("pollcat-link-{name}-{}", std::process::id()));
        // A test that was killed may have had this number.
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir(&folder).expect("a folder can be made");
        Folder(folder)
    }

    /// The file with a key in it, and the key.
    fn written(&self, made: Millis) -> (PathBuf, KeyHash) {
        let (path, key) = (self.0.join("chat.db-admin"), Token::new().expect("chance").hash());
        let owner = fs::metadata(&self.0).expect("it is there");
        beside::write(&path, &format!("{MARK} {} {made}\n", hex(&key)), &owner).expect("it can be written");
        (path, key)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn a_key_is_good_until_it_is_used() {
    let folder = Folder::new("once");
    let (path, key) = folder.written(NOON);
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    let mut file = LinkFile::at(Some(path.clone()));
    assert!(!file.has(&[7; 32], NOON, 0));
    file.drop_used(&[7; 32]);
    assert!(path.exists(), "a wrong one does not use it up");
    assert!(file.has(&key, NOON + 1, 1));
    assert_eq!(file.key(NOON + 1, 1), Some((key, LINK_FOR - 1)));
    file.drop_used(&key);
    assert!(!path.exists() && !file.has(&key, NOON + 2, 2) && !file.has(&key, NOON + 2, 1_000));
    // A newer one stays, whatever was used meanwhile.
    let (_, newer) = folder.written(NOON);
    file.drop_used(&key);
    assert!(path.exists() && file.has(&newer, NOON + 2, 2_000));
}

#[test]
fn a_key_is_good_for_a_quarter_of_an_hour() {
    let folder = Folder::new("time");
    for (now, is_good) in [
        (NOON + LINK_FOR - 1, true),
        (NOON + LINK_FOR, false),
        (NOON - AHEAD, true),
        (NOON - AHEAD - 1, false),
    ] {
        let (path, key) = folder.written(NOON);
        assert_eq!(LinkFile::at(Some(path.clone())).has(&key, now, 0), is_good, "{now}");
        assert_eq!(path.exists(), is_good, "what is over is gone");
    }
}

#[test]
fn it_is_looked_at_five_times_a_second_and_a_newer_one_counts() {
    let folder = Folder::new("often");
    let (path, old) = folder.written(NOON);
    let mut file = LinkFile::at(Some(path));
    (0..10).for_each(|_| assert!(!file.has(&[7; 32], NOON, 0)));
    let (_, new) = folder.written(NOON);
    assert!(!file.has(&new, NOON, 199), "it has not been looked at again");
    assert!(!file.has(&old, NOON, 200), "the newer one is there");
    assert!(file.has(&new, NOON, 200));
}

#[test]
fn what_others_could_have_written_lets_nobody_in() {
    let folder = Folder::new("others");
    let (path, key) = folder.written(NOON);
    fs::set_permissions(&path, fs::Permissions::from_mode(0o660)).unwrap();
    assert!(!LinkFile::at(Some(path.clone())).has(&key, NOON, 0));
    let (path, key) = folder.written(NOON);
    fs::rename(&path, folder.0.join("elsewhere")).unwrap();
    symlink("elsewhere", &path).unwrap();
    assert!(!LinkFile::at(Some(path.clone())).has(&key, NOON, 0), "a link is not followed");
    let (_, key) = folder.written(NOON);
    assert!(fs::symlink_metadata(&path).unwrap().is_file(), "nor is it written through");
    assert!(LinkFile::at(Some(path)).has(&key, NOON, 0));
}

#[test]
fn what_is_no_key_lets_nobody_in() {
    let folder = Folder::new("odd");
    let owner = fs::metadata(&folder.0).unwrap();
    let path = folder.0.join("chat.db-admin");
    let key = hex(&[7; 32]);
    let long = format!("{MARK} {key} {}{NOON}\n", "0".repeat(300));
    for text in [
        "",
        "\n",
        &format!("{MARK} {key} {NOON}"),
        &format!("{MARK} {key}\n"),
        &format!("{key} {NOON}\n"),
        &long,
    ] {
        beside::write(&path, text, &owner).unwrap();
        assert!(!LinkFile::at(Some(path.clone())).has(&[7; 32], NOON, 0), "{text:?}");
    }
    assert!(!LinkFile::at(None).has(&[7; 32], NOON, 0));
    fs::remove_file(&path).unwrap();
    assert!(!LinkFile::at(Some(path)).has(&[7; 32], NOON, 0));
}

#[test]
fn the_link_is_where_browsers_find_the_chat() {
    let folder = Folder::new("where");
    let data = folder.0.join("chat.db");
    fs::write(&data, "").unwrap();
    let data = data.to_str().unwrap();
    for (flag, url) in [
        ("--listen=9600", "http://127.0.0.1:9600"),
        ("--listen=0.0.0.0:9600", "http://127.0.0.1:9600"),
        ("--listen=unix:a,localhost:9600", "http://localhost:9600"),
        ("--public-url=https://chat.example/talk", "https://chat.example/talk"),
    ] {
        let link = make(&settings(&[flag, "--data", data]), NOON).unwrap();
        let (page, key) = link.split_once('#').unwrap();
        assert_eq!(page, format!("{url}/admin"), "{flag}");
        let mut file = LinkFile::new(&settings(&["--data", data]));
        assert!(file.has(&Token::parse(key).unwrap().hash(), NOON, 0), "{flag}");
    }
    for listen in ["127.0.0.1:0", "unix:a"] {
        let told = make(&settings(&["--listen", listen, "--data", data]), NOON).unwrap_err();
        assert!(told.contains("--public-url"), "{told}");
    }
}

#[test]
fn there_is_no_link_to_what_is_not_there() {
    let folder = Folder::new("nowhere");
    let told = |flags: &[&str]| make(&settings(flags), NOON).unwrap_err();
    assert!(told(&["--data=:memory:"]).contains("in memory"));
    assert!(told(&["--data", folder.0.join("no.db").to_str().unwrap()]).contains("no history yet"));
    assert_eq!(fs::read_dir(&folder.0).unwrap().count(), 0, "nothing is left behind");
}
