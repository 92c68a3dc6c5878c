//! Starting, and why one cannot (OPERATING.md).

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::Output;

use serde_json::json;

use pollcat_chat_testing::Chat;
use pollcat_chat_testing::json::Json;
use pollcat_chat_testing::program::{self, command, output};
use pollcat_testing::client::{Client, TEXT};

/// So many connections are possible on any machine.
const FEW: [&str; 2] = ["--max-connections", "50"];

/// Runs the program, which ends by itself: its status, and what it said on each of its outputs.
#[track_caller]
fn run(chat: &Chat, flags: &[&str]) -> (Option<i32>, String, String) {
    let mut program = command(chat.folder());
    // A name that is nobody's is asked for: where no name server answers, once and for a second.
    program.args(flags).env("RES_OPTIONS", "timeout:1 attempts:1");
    let Output { status, stdout, stderr } = output(program);
    let text = |bytes| String::from_utf8(bytes).expect("it says text");
    (status.code(), text(stdout), text(stderr))
}

/// It does not start: one clear line that says each of these words, and the status.
#[track_caller]
fn refused(chat: &Chat, flags: &[&str], status: i32, words: &[&str]) {
    let (code, out, err) = run(chat, flags);
    assert_eq!(code, Some(status), "{flags:?}: {out}{err}");
    let said: Vec<&str> = err.lines().filter(|line| !line.contains(" INFO ")).collect();
    assert_eq!(said.len(), 1, "{flags:?} deserves one line: {err}");
    for word in words {
        assert!(said[0].contains(word), "{flags:?}: {:?} does not say {word:?}", said[0]);
    }
    assert!(!said[0].contains("panicked"), "{err}");
}

#[test]
fn help_and_version_are_short_and_right() {
    let chat = Chat::prepared(&[]);
    let (code, help, err) = run(&chat, &["--help"]);
    assert_eq!((code, err.as_str()), (Some(0), ""));
    for flag in [
        "listen",
        "data",
        "durability",
        "allow-origin",
        "max-picture",
        "message-rate",
        "daemon",
        "check",
        "config",
    ] {
        assert!(help.contains(&format!("--{flag}")), "--{flag} is missing: {help}");
    }
    assert!(help.lines().all(|line| line.chars().count() <= 120), "it fits on a screen");
    let (code, version, _) = run(&chat, &["--version"]);
    assert_eq!(code, Some(0));
    assert!(version.contains(env!("CARGO_PKG_VERSION")), "{version}");
}

#[test]
fn a_check_shows_the_settings_and_starts_nothing() {
    let chat = Chat::prepared(&[]);
    let flags = ["--check", "--data", "elsewhere.db", "--max-picture", "1MiB", "--listen", "127.0.0.1:0"];
    let flags = [&flags[..], &FEW].concat();
    let (code, settings, err) = run(&chat, &flags);
    assert_eq!((code, err.as_str()), (Some(0), ""));
    for line in ["data = \"elsewhere.db\"", "max-picture = \"1MiB\"", "listen = [\"127.0.0.1:0\"]"] {
        assert!(settings.lines().any(|it| it.starts_with(line)), "{line} is not in {settings}");
    }
    assert!(!chat.folder().join("elsewhere.db").exists());
    // What it shows can be read again, and shows the same.
    fs::write(chat.folder().join("chat.toml"), &settings).expect("a file can be written");
    let (code, again, err) = run(&chat, &["--check", "--config", "chat.toml"]);
    assert_eq!((code, err.as_str()), (Some(0), ""));
    let bare = |text: &str| -> Vec<String> {
        text.lines().map(|line| line.split(" #").next().unwrap_or(line).to_owned()).collect()
    };
    assert_eq!(bare(&again), bare(&settings));
}

#[test]
fn a_check_tries_what_can_be_tried() {
    let chat = Chat::prepared(&[]);
    fs::write(chat.folder().join("file"), "").expect("a file can be written");
    let long = format!("unix:{}", "a".repeat(200));
    let table: [(&[&str], &[&str]); 10] = [
        (&["--listen", "unix:file"], &["listen: file is there, and is no socket"]),
        (&["--listen", &long], &["listen: aaa"]),
        (&["--data", "no/such/chat.db"], &["data: the folder no/such does not exist"]),
        (&["--data", "/proc/chat.db"], &["data: the folder /proc cannot be written to"]),
        (&["--data", "."], &["data: . is a folder"]),
        (
            &["--log-file", "no/log", "--pid-file", "file/pid"],
            &["log-file: the folder no does", "pid-file: "],
        ),
        (&["--listen", "192.0.2.1:1"], &["cannot listen on 192.0.2.1:1", "no address of this machine"]),
        (&["--listen", "no.such.host.invalid:1"], &["cannot listen on no.such.host.invalid:1"]),
        (&["--listen", "unix:no/socket"], &["listen: the folder no does not exist"]),
        (&["--data", "no/a.db", "--listen", "192.0.2.1:1"], &["data: ", "cannot listen"]),
    ];
    for (flags, words) in table {
        let (code, settings, err) = run(&chat, &[&["--check"], flags].concat());
        assert_eq!(code, Some(1), "{flags:?}: {err}");
        assert!(settings.contains("max-picture = "), "the settings are shown all the same");
        words.iter().for_each(|words| assert!(err.contains(words), "{flags:?}: {words:?} is not in {err}"));
    }
    // What runs already is no fault, and nothing is left behind.
    let running = Chat::in_memory(&[]);
    let taken = running.address().to_string();
    let flags =
        ["--check", "--listen", &taken, "--log-file", "a.log", "--pid-file", "a.pid", "--listen", "unix:a"];
    let (code, _, err) = run(&chat, &[&flags[..], &FEW].concat());
    assert_eq!((code, err.as_str()), (Some(0), ""));
    let left = fs::read_dir(chat.folder()).expect("it is there").count();
    assert_eq!(left, 1, "the file is ours");
}

#[test]
fn a_check_finds_what_the_start_would() {
    let chat = Chat::prepared(&[]);
    fs::write(chat.folder().join("notes"), "Dear Ann").expect("a file can be written");
    let (code, _, err) = run(&chat, &["--check", "--pid-file", "notes"]);
    assert_eq!((code, err.contains("notes is no pid file")), (Some(1), true), "{err}");
    refused(&chat, &["--pid-file", "notes", "--listen", "127.0.0.1:0"], 1, &["notes is no pid file"]);
    assert_eq!(fs::read_to_string(chat.folder().join("notes")).expect("it is there"), "Dear Ann");
    for path in ["./chat.db", "chat.db-wal"] {
        refused(&chat, &["--pid-file", path], 2, &["data and pid-file are the same file"]);
    }
}

#[test]
fn a_system_without_threads_is_told_in_a_line() {
    let chat = Chat::prepared(&[]);
    let mut program = command(chat.folder());
    // No machine has room for such a stack.
    program.args(["--listen", "127.0.0.1:0"]).env("RUST_MIN_STACK", (1_u64 << 60).to_string());
    let Output { status, stderr, .. } = output(program);
    let told = String::from_utf8_lossy(&stderr);
    assert_eq!(status.code(), Some(1), "{told}");
    assert!(told.contains("thread") && !told.contains("panicked") && told.lines().count() == 1, "{told}");
}

#[test]
fn a_variable_that_is_no_setting_is_a_warning() {
    let mut chat = Chat::prepared(&[]);
    let mut program = command(chat.folder());
    program.args(["--listen", "127.0.0.1:0", "--data", ":memory:"]).env("POLLCAT_MAX_PICTUR", "3");
    chat.run(program);
    let told = chat.logged("the slip", |line| line.contains("POLLCAT_MAX_PICTUR,"));
    assert!(told.contains(" WARN ") && told.contains("did you mean POLLCAT_MAX_PICTURE?"), "{told}");
}

#[test]
fn too_few_descriptors_for_the_connections_is_a_warning() {
    let mut chat = Chat::prepared(&[]);
    for (limit, warns) in [("ulimit -n 256", true), ("ulimit -S -n 256", false)] {
        let mut shell = std::process::Command::new("sh");
        shell.args(["-c", &format!("{limit}; exec \"$@\""), "sh"]).arg(program::path());
        shell.args(["--listen", "127.0.0.1:0", "--data", ":memory:", "--max-connections", "800"]);
        shell.current_dir(chat.folder());
        chat.run(shell);
        let (status, log) = chat.terminate();
        assert!(status.success(), "{log:?}");
        let told = log.iter().any(|line| line.contains(" WARN ") && line.contains("max-connections is 800"));
        assert_eq!(told, warns, "{limit}: {log:#?}");
    }
    // Also before the start; that is no fault, as most can come all the same.
    let mut shell = std::process::Command::new("sh");
    shell.args(["-c", "ulimit -n 256; exec \"$@\"", "sh"]).arg(program::path()).current_dir(chat.folder());
    shell.args(["--check", "--max-connections", "800"]);
    let checked = output(shell);
    let told = String::from_utf8_lossy(&checked.stderr).contains("max-connections is 800");
    assert_eq!((checked.status.code(), told), (Some(0), true), "{checked:?}");
}

#[test]
fn wrong_settings_are_named_with_a_suggestion() {
    let chat = Chat::prepared(&[]);
    let write = |text: &str| fs::write(chat.folder().join("chat.toml"), text).expect("a file can be written");
    write("listen = \"127.0.0.1:0\"\n\nmax-pictures = \"4MiB\"\n");
    let file = ["--config", "chat.toml"];
    refused(&chat, &file, 2, &["max-pictures", "chat.toml", "line 3", "max-picture"]);
    write("max-picture = \"huge\"\n");
    refused(&chat, &file, 2, &["max-picture", "chat.toml", "line 1", "huge"]);
    write("this is not TOML\n");
    refused(&chat, &file, 2, &["chat.toml", "line 1"]);
    refused(&chat, &["--config", "missing.toml"], 2, &["missing.toml"]);
    refused(&chat, &["--daemon"], 2, &["daemon", "log-file"]);
    refused(&chat, &["--message-rate", "fast"], 2, &["message-rate", "fast"]);
    for flags in [&["--max-pictures", "4MiB"][..], &["extra"]] {
        let (code, out, err) = run(&chat, flags);
        assert_eq!((code, out.as_str()), (Some(2), ""), "{flags:?}");
        assert!(err.contains(flags[0]), "{flags:?}: {err}");
    }
    // Every fault has its line.
    let (code, _, err) = run(&chat, &["--check", "--max-picture", "huge", "--recent", "many"]);
    assert_eq!((code, err.lines().count()), (Some(2), 2), "{err}");
}

#[test]
fn the_environment_and_a_file_say_the_same_as_flags() {
    let mut chat = Chat::prepared(&[]);
    fs::write(chat.folder().join("chat.toml"), "max-name = 7\nmax-message = 70\n")
        .expect("a file can be written");
    let mut program = command(chat.folder());
    program.args(["--listen", "127.0.0.1:0", "--config", "chat.toml", "--max-rooms-per-person", "9"]);
    program
        .env("POLLCAT_MAX_NAME", "8")
        .env("POLLCAT_DATA", ":memory:")
        .env("POLLCAT_MAX_ROOMS_PER_PERSON", "10");
    chat.run(program);
    let welcome = Json::hello(chat.address(), json!({})).welcome;
    let limits = &welcome["limits"];
    assert_eq!(
        (&limits["message"], &limits["name"], &limits["rooms"]),
        (&json!(70), &json!(8), &json!(9)),
        "{limits}"
    );
    assert_eq!(welcome["durability"], "memory");
}

#[test]
fn the_banner_says_where_and_what() {
    let chat = Chat::start(&[]);
    let banner = chat.banner().join("\n");
    let pid = chat.pid().as_raw_nonzero().to_string();
    for words in [env!("CARGO_PKG_VERSION"), &pid, &format!("http://{}", chat.address())] {
        assert!(banner.contains(words), "{words} is not in {banner}");
    }
}

#[test]
fn a_port_that_is_taken_is_said_in_a_line() {
    let chat = Chat::in_memory(&[]);
    let address = chat.address().to_string();
    refused(&chat, &["--data", ":memory:", "--listen", &address], 1, &[&address, "in use", "--listen"]);
    refused(&chat, &["--data", ":memory:", "--listen", "192.0.2.1:1"], 1, &["192.0.2.1:1"]);
}

#[test]
fn a_history_that_cannot_be_had_is_said_in_a_line() {
    let mut chat = Chat::prepared(&[]);
    let flags = |data| ["--listen", "127.0.0.1:0", "--data", data];
    refused(&chat, &flags("no/such/folder/chat.db"), 1, &["no/such/folder/chat.db"]);
    refused(&chat, &flags("."), 1, &["."]);
    let file =
        |name: &str, bytes: &[u8]| fs::write(chat.folder().join(name), bytes).expect("a file can be written");
    file("garbage.db", &[b"not a database at all. ".repeat(500), vec![0; 512]].concat());
    refused(&chat, &flags("garbage.db"), 1, &["garbage.db"]);
    let other = rusqlite::Connection::open(chat.folder().join("other.db")).expect("a file can be made");
    other
        .execute_batch("CREATE TABLE birds(name); INSERT INTO birds VALUES('wren');")
        .expect("a table can be made");
    drop(other);
    refused(&chat, &flags("other.db"), 1, &["other.db"]);
    let kept = fs::read(chat.folder().join("garbage.db")).expect("it is there");
    assert!(kept.starts_with(b"not a database"), "what is not ours is left alone");

    // One chat at a time.
    chat.start_again();
    let data = chat.data();
    refused(&chat, &flags(data.to_str().expect("a plain name")), 1, &["chat.db"]);
    Json::hello(chat.address(), json!({})).say("lobby", "the first one goes on");
}

#[test]
fn a_history_that_may_not_be_written_is_said_in_a_line() {
    // Root may write everywhere; then only the file's own kind can forbid it.
    let chat = Chat::prepared(&[]);
    let folder = chat.folder().join("closed");
    fs::create_dir(&folder).expect("a folder can be made");
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o555)).expect("it is ours");
    if fs::write(folder.join("probe"), b"").is_ok() {
        return refused(
            &chat,
            &["--listen", "127.0.0.1:0", "--data", "/proc/chat.db"],
            1,
            &["/proc/chat.db"],
        );
    }
    refused(&chat, &["--listen", "127.0.0.1:0", "--data", "closed/chat.db"], 1, &["closed/chat.db"]);
}

#[test]
fn log_and_pid_files_that_cannot_be_written_are_said_in_a_line() {
    let chat = Chat::prepared(&[]);
    let base = ["--listen", "127.0.0.1:0", "--data", ":memory:"];
    for (flag, path) in [("--log-file", "no/such/log"), ("--pid-file", "no/such/pid")] {
        refused(&chat, &[&base[..], &[flag, path]].concat(), 1, &[path, flag]);
    }
}

#[test]
fn a_unix_socket_is_an_address_too() {
    let chat = Chat::in_memory(&["--listen", "127.0.0.1:0", "--listen", "unix:chat.sock"]);
    let mut local = Client::dial_unix(&chat.folder().join("chat.sock"));
    local.open("Sec-WebSocket-Protocol: chat.v1\r\n");
    local.send(TEXT, br#"{"type":"hello","name":"local"}"#);
    assert!(local.text().contains(r#""type":"welcome""#));
    let mut remote = Json::hello(chat.address(), json!({}));
    local.send(TEXT, br#"{"msg":"through a file"}"#);
    assert_eq!(remote.expect("message")["from"], "local");
}
