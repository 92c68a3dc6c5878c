//! Which sockets are used, and which are refused in words.

use std::fs;
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::os::unix::net::UnixStream;
use std::process::Stdio;

use pollcat_chat_testing::http::get;
use pollcat_chat_testing::json::Json;
use pollcat_chat_testing::{Chat, program};
use pollcat_testing::client::Client;
use pollcat_testing::scratch::Scratch;

use crate::manager::{Held, command};

const MEMORY: [&str; 2] = ["--data", ":memory:"];

fn run(held: &Held, flags: &[&str]) -> Chat {
    let mut chat = Chat::prepared(&[]);
    chat.run_on(command(chat.folder(), &[&MEMORY, flags].concat()), held.input());
    chat
}

/// What it says instead of serving.
#[track_caller]
fn refused(input: Stdio, flags: &[&str], variables: &[(&str, &str)]) -> String {
    let folder = Scratch::new("refused");
    let mut command = command(folder.path(), &[&MEMORY, flags].concat());
    command.envs(variables.iter().copied()).stdin(input).stdout(Stdio::null()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("a shell can be started");
    let status = program::wait(&mut child);
    let output = child.wait_with_output().expect("its words can be read");
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(status.code(), Some(1), "{told}");
    told
}

#[test]
fn the_chat_serves_where_it_was_passed_and_nowhere_else() {
    let held = Held::tcp();
    let mut chat = run(&held, &[]);
    assert_eq!(chat.address(), held.address());
    assert_eq!(get(held.address(), "/").status, 200);
    let line = chat.logged("where it listens", |line| line.contains("listens on"));
    assert!(line.ends_with(&format!("listens on {}", held.address())), "{line}");
    let (status, log) = chat.terminate();
    assert!(status.success(), "{log:#?}");
    // It is there still, and whoever connects waits.
    TcpStream::connect(held.address()).expect("the manager listens");
}

#[test]
fn an_address_that_was_said_counts_as_well_and_the_one_that_was_passed_is_not_opened_twice() {
    let held = Held::tcp();
    let said = format!("127.0.0.1:0,{}", held.address());
    let mut chat = run(&held, &["--listen", &said]);
    let line = chat.logged("where it listens", |line| line.contains("listens on"));
    let (_, places) = line.split_once("listens on ").expect("it was found by this");
    let places: Vec<&str> = places.split(", ").collect();
    assert_eq!((places.len(), places[0]), (2, held.address().to_string().as_str()), "{line}");
    for place in places {
        Json::hello(place.parse().expect("an address"), serde_json::json!({}));
    }
}

#[test]
fn a_socket_of_a_file_is_served_and_stays_when_the_program_ends() {
    let folder = Scratch::new("passed-unix");
    let path = folder.file("chat.sock");
    let held = Held::unix(&path);
    // The test needs an address of its own to know that it listens.
    let mut chat = run(&held, &["--listen", "127.0.0.1:0"]);
    Client::dial_unix(&path).open("");
    let line = chat.logged("where it listens", |line| line.contains("listens on"));
    assert!(line.contains(&format!("unix:{}, 127.0.0.1:", path.display())), "{line}");
    assert!(chat.terminate().0.success());
    UnixStream::connect(&path).expect("the file is the manager's, and it listens");
}

#[test]
fn sockets_for_another_process_are_not_ours() {
    let held = Held::tcp();
    for count in ["1", "65"] {
        let mut chat = Chat::prepared(&[]);
        let mut command = command(chat.folder(), &[&MEMORY[..], &["--listen", "127.0.0.1:0"]].concat());
        command.env("LISTEN_PID", "1").env("LISTEN_FDS", count);
        chat.run_on(command, held.input());
        assert_ne!(chat.address(), held.address());
    }
}

#[test]
fn what_cannot_be_listened_on_is_refused_in_words() {
    let file = fs::File::open("/dev/null").expect("it is there");
    let datagrams = UdpSocket::bind("127.0.0.1:0").expect("loopback has a free port");
    for no_stream in [Held::of(file), Held::of(datagrams)] {
        let told = refused(no_stream.input(), &[], &[]);
        assert!(told.contains("socket 0") && told.contains("no stream socket"), "{told}");
    }
    let listener = TcpListener::bind("127.0.0.1:0").expect("loopback has a free port");
    let address = listener.local_addr().expect("it has an address");
    let connected = Held::of(TcpStream::connect(address).expect("somebody listens"));
    let told = refused(connected.input(), &[], &[]);
    assert!(told.contains("does not listen") && told.contains("Accept=no"), "{told}");

    let held = Held::tcp();
    let told = refused(held.input(), &[], &[("LISTEN_FDS", "3000000000")]);
    assert!(told.contains("64"), "{told}");
    // The second is none.
    let told = refused(held.input(), &[], &[("LISTEN_FDS", "2")]);
    assert!(told.contains("socket 1"), "{told}");
    let told = refused(held.input(), &["--daemon", "--log-file", "log"], &[]);
    assert!(told.contains("leave daemon out"), "{told}");
}

#[test]
fn one_that_is_called_metrics_is_for_numbers_and_health_alone() {
    let held = Held::tcp();
    let mut chat = Chat::prepared(&[]);
    let mut command = command(chat.folder(), &[&MEMORY[..], &["--listen", "127.0.0.1:0"]].concat());
    command.env("LISTEN_FDNAMES", "metrics");
    chat.run_on(command, held.input());
    assert_ne!(chat.address(), held.address());
    let statuses = ["/metrics", "/healthz", "/"].map(|path| get(held.address(), path).status);
    assert_eq!(statuses, [200, 200, 404]);
    assert_eq!(get(chat.address(), "/metrics").status, 404);
}
