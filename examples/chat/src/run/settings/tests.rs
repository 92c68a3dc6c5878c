//! The settings as a whole: who wins, what is refused, and that `--check` tells the truth.

use log::LevelFilter;
use pollcat::Origins;

use super::*;

/// A file that is removed at the end.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str, text: &str) -> Self {
        let path = std::env::temp_dir().join(format!("pollcat-{}-{name}.toml", std::process::id()));
        std::fs::write(&path, text).unwrap();
        Scratch(path)
    }

    fn flags<'a>(&'a self, flags: &[&'a str]) -> Vec<&'a str> {
        [&["--config", self.0.to_str().unwrap()], flags].concat()
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

fn ask(flags: &[&str], env: &[(&str, &str)]) -> Result<Asked, Vec<String>> {
    let args = ["chat"].iter().chain(flags).map(OsString::from);
    read(args, |name| env.iter().find(|(key, _)| *key == name).map(|(_, value)| value.into()))
}

pub(super) fn settings(flags: &[&str], env: &[(&str, &str)]) -> Settings {
    match ask(flags, env) {
        Ok(Asked::Serve(settings)) => *settings,
        other => panic!("{flags:?} {env:?}: {other:?}"),
    }
}

fn listing(flags: &[&str], env: &[(&str, &str)]) -> String {
    match ask(&[flags, &["--check"]].concat(), env) {
        Ok(Asked::Check(listing, _)) => listing,
        other => panic!("{flags:?} {env:?}: {other:?}"),
    }
}

#[test]
fn nothing_needs_to_be_said() {
    let settings = settings(&[], &[]);
    assert_eq!(settings.listen, [Listen::Tcp("127.0.0.1:9501".into())]);
    assert_eq!((settings.data.as_deref(), settings.durability), (Some("chat.db".as_ref()), Durability::Disk));
    assert_eq!((settings.max_picture, settings.keep_pictures), (4 << 20, 1 << 30));
    assert_eq!((settings.message_rate, settings.message_burst, settings.max_name), (5, 20, 24));
    assert!(settings.echo && !settings.daemon && settings.pid_file.is_none() && settings.log_file.is_none());
    assert_eq!((settings.origins(), settings.log_level), (Origins::same(), LevelFilter::Info));
}

#[test]
fn a_flag_wins_over_the_environment_and_the_environment_over_the_file() {
    let file = Scratch::new("wins", "max-name = 10\nmax-room-name = 10\nmax-rooms = 10");
    let env = [("POLLCAT_MAX_NAME", "20"), ("POLLCAT_MAX_ROOM_NAME", "20"), ("POLLCAT_MAX_ROOMS", "")];
    let read = settings(&file.flags(&["--max-name", "30"]), &env);
    assert_eq!((read.max_name, read.max_room_name, read.max_rooms, read.recent), (30, 20, 10, 100));
    // The file may be named in the environment as well, and a flag wins here too.
    let named = [("POLLCAT_CONFIG", file.0.to_str().unwrap())];
    assert_eq!(settings(&[], &named).max_name, 10);
    let absent = [("POLLCAT_CONFIG", "no/such/file.toml")];
    assert_eq!(settings(&file.flags(&[]), &absent).max_name, 10);
    assert!(ask(&[], &absent).unwrap_err()[0].starts_with("cannot read the settings in no/such/file.toml: "));
}

#[test]
fn every_setting_is_known_by_its_one_name_everywhere() {
    let is_of_tls = |row: &&Row| row.name.starts_with("tls-") || row.name == "log-authority";
    let is_known = |row: &&Row| cfg!(feature = "tls") || !is_of_tls(row);
    for row in table::rows().filter(is_known) {
        let value = match row.name {
            "listen" => "unix:chat.sock",
            "allow-origin" => "https://a.example",
            "allow-host" => "a.example",
            "trust-proxy" | "trusted-networks" => "10.0.0.0/8",
            "public-url" => "https://a.example/chat",
            "durability" => "system",
            "log-level" => "debug",
            "log-format" => "json",
            "echo" => "false",
            "daemon" => "true",
            "data" | "pid-file" | "log-file" | "tls-cert" | "tls-key" | "log-authority" => "some/file",
            "log" => "redis://10.0.0.1",
            "robot-hook" => "http://127.0.0.1:8080/answer?key=k",
            "push-hosts" => "ntfy.example.com",
            "keep-pictures" => "5MiB",
            "max-picture" => "2KiB",
            "max-receiving" | "max-sending" => "64MiB",
            "keep-messages" => "400",
            "log-replicas" => "2",
            "backup-every" | "log-keep" => "40m",
            _ => "40",
        };
        // What goes with it: a daemon has a log, a certificate a key.
        let log: &[(&str, &str)] = match row.name {
            "daemon" => &[("POLLCAT_LOG_FILE", "a.log")],
            "tls-cert" => &[("POLLCAT_TLS_KEY", "a.pem")],
            "tls-key" => &[("POLLCAT_TLS_CERT", "a.pem")],
            _ => &[],
        };
        let by_flag = settings(&[&format!("--{}={value}", row.name)], log);
        let by_env = settings(&[], &[log, &[(row.variable().as_str(), value)]].concat());
        let bare = matches!(row.kind, Kind::Switch(_) | Kind::Number(..));
        let toml = if bare { format!("{} = {value}", row.name) } else { format!("{} = {value:?}", row.name) };
        let by_file = settings(&Scratch::new(row.name, &toml).flags(&[]), log);
        if !row.name.starts_with("tls-") {
            assert_ne!(by_flag, settings(&[], log), "{}", row.name);
        }
        assert_eq!((&by_env, &by_file), (&by_flag, &by_flag), "{}", row.name);
    }
}

#[test]
fn several_values_are_repeated_or_separated_by_commas() {
    let both = [Listen::Tcp("127.0.0.1:1".into()), Listen::Unix("a.sock".into())];
    let file = Scratch::new("several", "listen = [1, \"unix:a.sock\"]");
    for (flags, env) in [
        (vec!["--listen", "1", "--listen", "unix:a.sock"], ""),
        (vec!["--listen=1,unix:a.sock"], ""),
        (vec![], "1, unix:a.sock"),
        (file.flags(&[]), ""),
    ] {
        assert_eq!(settings(&flags, &[("POLLCAT_LISTEN", env)]).listen, both);
    }
}

#[test]
fn what_is_wrong_is_told_with_its_place_and_what_is_allowed() {
    let file = Scratch::new(
        "wrong",
        "\nmax-name = 0\nmax-pictures = 1\nmax-picture = \"65MiB\"\necho = [true, true]",
    );
    let name = file.0.display();
    assert_eq!(
        ask(&file.flags(&["--recent=many"]), &[("POLLCAT_KEEP_DAYS", "-1")]).unwrap_err(),
        [
            format!("unknown key `max-pictures` in {name}, line 3: did you mean `max-picture`?"),
            "POLLCAT_KEEP_DAYS: \"-1\" is no number from 0 to 36500".into(),
            "--recent: \"many\" is no number from 1 to 10000".into(),
            format!("max-name in {name}, line 2: \"0\" is no number from 1 to 64"),
            format!("max-picture in {name}, line 4: \"65MiB\" is not between 1KiB and 64MiB"),
            format!("echo in {name}, line 5: one value, not a list"),
        ]
    );
}

#[test]
fn a_variable_that_is_no_setting_is_told_with_what_was_meant() {
    let names =
        ["POLLCAT_MAX_PICTUR", "POLLCAT_", "POLLCAT_COLOUR", "POLLCAT_MAX_PICTURE", "POLLCAT_CONFIG", "PATH"];
    assert_eq!(
        unknown_variables(names.into_iter().map(OsString::from)),
        [
            "there is no setting POLLCAT_MAX_PICTUR, it is ignored: did you mean POLLCAT_MAX_PICTURE?",
            "there is no setting POLLCAT_, it is ignored",
            "there is no setting POLLCAT_COLOUR, it is ignored",
        ]
    );
}

#[test]
fn settings_that_contradict_each_other_are_refused_in_one_line() {
    let table: [(&[&str], &str); 9] = [
        (&["--daemon"], "daemon needs a log-file"),
        (&["--keep-pictures=1MiB"], "keep-pictures is less than max-picture"),
        (&["--max-receiving=7MiB"], "max-receiving is less than two of max-picture"),
        (&["--max-sending=11MiB"], "max-sending is less than three of max-picture"),
        (
            &["--backup-every=1d", "--data=:memory:"],
            "backup-every needs a history in a file: name one with data",
        ),
        (&["--keep-messages=50"], "recent (100) is more than keep-messages (50)"),
        (&["--address-rate=4"], "address-rate (4) is less than message-rate (5)"),
        (&["--message-rate=51"], "address-rate (50) is less than message-rate (51)"),
        (&["--message-burst=0"], "--message-burst: \"0\" is no number from 1 to"),
    ];
    for (flags, told) in table {
        let faults = ask(flags, &[]).unwrap_err();
        assert!(faults.len() == 1 && faults[0].contains(told), "{flags:?}: {faults:?}");
        assert!(ask(&[flags, &["--check"]].concat(), &[]).is_err(), "{flags:?}");
    }
    // Limits for addresses alone make sense, and so does no limit at all.
    assert!(ask(&["--message-rate=0"], &[]).is_ok() && ask(&["--address-rate=0"], &[]).is_ok());
}

/// They are for once: a file that said them would say them at every start.
#[test]
fn words_that_are_no_settings_are_flags_and_nothing_else() {
    assert!(settings(&["--believe-clock"], &[]).believe_clock);
    assert!(!settings(&[], &[("POLLCAT_BELIEVE_CLOCK", "true")]).believe_clock);
    let file = Scratch::new("words", "believe-clock = true");
    assert!(ask(&file.flags(&[]), &[]).is_err());
    let copy = |flags: &[&str]| match ask(flags, &[("POLLCAT_DATA", "there.db")]) {
        Ok(Asked::Copy(copy)) => copy,
        other => panic!("{flags:?}: {other:?}"),
    };
    let (data, file) = (PathBuf::from("there.db"), PathBuf::from("file"));
    assert_eq!(copy(&["--backup", "file"]), Copy::Backup { data: data.clone(), to: file.clone() });
    assert_eq!(copy(&["--restore", "file"]), Copy::Restore { data, from: file });
    for wrong in [
        &["--backup", "file", "--restore", "file"][..],
        &["--backup"],
        &["--backup", ""],
        &["--backup", "file", "--data", ":memory:"],
        &["--restore", "file", "--max-name", "0"],
    ] {
        assert_eq!(ask(wrong, &[]).map_err(|faults| faults.len()), Err(1), "{wrong:?}");
    }
}

#[test]
fn no_file_is_two_things_however_it_is_spelled() {
    let folder = std::env::temp_dir().join(format!("pollcat-{}-apart", std::process::id()));
    // A test that was killed may have had this number.
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(folder.join("sub")).unwrap();
    std::fs::write(folder.join("chat.toml"), "# as usual\n").unwrap();
    std::os::unix::fs::symlink(&folder, folder.join("link")).unwrap();
    let at = |name: &str| folder.join(name).display().to_string();
    let data = format!("--data={}", at("chat.db"));
    let config = format!("--config={}", at("chat.toml"));
    let table = [
        ("pid-file", "chat.db", "data and pid-file are the same file"),
        ("pid-file", "./chat.db", "data and pid-file are the same file"),
        ("log-file", "sub/../chat.db", "data and log-file are the same file"),
        ("pid-file", "link/chat.db", "data and pid-file are the same file"),
        ("log-file", "chat.db-wal", "data and log-file are the same file"),
        ("pid-file", "link/chat.db-lock", "data and pid-file are the same file"),
        ("log-file", "link/chat.db-admin", "data and log-file are the same file"),
        ("listen", "./chat.db", "data and listen are the same file"),
        ("log-file", "link/chat.toml", "config and log-file are the same file"),
        ("pid-file", "sub/../chat.toml", "config and pid-file are the same file"),
    ];
    for (name, path, told) in table {
        let unix = if name == "listen" { "unix:" } else { "" };
        let faults = ask(&[&data, &config, &format!("--{name}={unix}{}", at(path))], &[]).unwrap_err();
        assert!(faults.len() == 1 && faults[0].starts_with(told), "{name} {path}: {faults:?}");
    }
    let faults = ask(&["--pid-file=a", "--log-file=./a"], &[]).unwrap_err();
    assert!(faults.len() == 1 && faults[0].starts_with("pid-file and log-file are"), "{faults:?}");
    // A certificate and its key may lie in one file; and these are all apart.
    assert!(ask(&[&data, &config, &format!("--pid-file={}", at("sub/chat.db"))], &[]).is_ok());
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn in_memory_nothing_is_durable() {
    let settings = settings(&["--data", ":memory:", "--durability=system"], &[]);
    assert_eq!((settings.data, settings.durability), (None, Durability::Memory));
}

#[test]
fn the_listing_of_check_can_be_read_again() {
    let many = [
        "--listen=1,unix:a \"b\".sock",
        "--allow-origin=*",
        "--max-picture=65536",
        "--log-file=a\\b",
        "--daemon",
        "--echo=false",
        "--max-name=007",
        "--data=",
    ];
    for flags in [&[][..], &many] {
        let text = listing(flags, &[("POLLCAT_RECENT", "7")]);
        let file = Scratch::new("listing", &text);
        // All of it but who has said it.
        let bare = |settings: Settings| Settings { in_force: Vec::new(), ..settings };
        let said = settings(flags, &[("POLLCAT_RECENT", "7")]);
        let own: Vec<_> = said.in_force.iter().filter(|it| !it.is_default).map(|it| it.name).collect();
        assert!(own.contains(&"recent") && own.len() == flags.len() + 1, "{own:?}");
        assert_eq!(bare(settings(&file.flags(&[]), &[])), bare(said), "{text}");
        assert_eq!(text.lines().count(), table::rows().count(), "{text}");
        assert!(text.contains("recent = 7 # POLLCAT_RECENT\n"), "{text}");
        // And what it says of that file is its name and the line.
        assert!(listing(&file.flags(&[]), &[]).contains(", line 1\n"));
    }
}

#[test]
fn browsers_find_the_chat_at_its_first_address_unless_it_is_said_otherwise() {
    let plain = settings(&[], &[]);
    let table = [
        ("127.0.0.1:9501", "http://127.0.0.1:9501"),
        ("0.0.0.0:80", "http://127.0.0.1:80"),
        ("[::]:80", "http://[::1]:80"),
        ("192.0.2.1:80", "http://192.0.2.1:80"),
    ];
    for (listening, page) in table {
        assert_eq!(plain.page_address(&[listening.parse().unwrap()]).as_deref(), Some(page));
    }
    assert_eq!(plain.page_address(&[]), None);
    let said = settings(&["--public-url=https://a.example/"], &[]);
    assert_eq!(said.page_address(&["127.0.0.1:1".parse().unwrap()]).as_deref(), Some("https://a.example"));
}

/// Whoever looks at the settings need not learn the password of the log.
#[test]
fn no_password_of_the_log_is_shown() {
    let asked = ask(
        &["--check", "--data=a.db", "--log=redis://chat:s3cret@10.0.0.1,redis://chat:s3cret@10.0.0.2"],
        &[],
    );
    let Ok(Asked::Check(listing, settings)) = asked else { panic!("they are right") };
    assert!(listing.contains(r#"log = ["redis://...@10.0.0.1", "redis://...@10.0.0.2"]"#), "{listing}");
    assert!(!listing.contains("s3cret"));
    let shown = settings.in_force.iter().find(|it| it.name == "log").expect("it is a setting").shown();
    assert_eq!(shown, "redis://...@10.0.0.1, redis://...@10.0.0.2");
    assert_eq!(settings.log.len(), 2, "they count as they were said");
    for wrong in ["redis:/chat:s3cret@10.0.0.1", "http://chat:s3cret@10.0.0.1", "chat:s3cret@10.0.0.1"] {
        let faults = ask(&["--data=a.db", "--log", wrong], &[]).expect_err("it is no address").concat();
        assert!(faults.contains("10.0.0.1") && !faults.contains("s3cret"), "{faults}");
    }
}
