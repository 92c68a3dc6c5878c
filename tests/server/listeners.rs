//! Where a server listens: TCP of both kinds, Unix-domain sockets, listeners made elsewhere, several at once.

use std::net::{TcpListener, TcpStream};

#[cfg(unix)]
use pollcat::UnixAccess;
use pollcat::{Config, Server, handler_fn};
use pollcat_testing::client::{Client, PATIENCE, TEXT};
use pollcat_testing::scratch::{Scratch, cannot_happen_here};

use crate::running::Running;

fn server() -> Server {
    Server::without_listeners(Config::new()).expect("the system has a poll for us")
}

fn echo(server: Server) -> Running {
    Running::serve(
        server,
        handler_fn(|peers, from, message| {
            peers.send(from, message);
        }),
    )
}

#[track_caller]
fn assert_echo(client: &mut Client) {
    client.send(TEXT, b"hello");
    assert_eq!(client.text(), "hello");
}

#[test]
fn ipv6_is_as_good_as_ipv4() {
    let mut server = server();
    let address = match server.listen("[::1]:0") {
        Ok(address) => address,
        Err(error) => return cannot_happen_here(&format!("IPv6: {error}")),
    };
    let _running = echo(server);
    assert_echo(&mut Client::connect(address));
}

#[test]
fn several_listeners_serve_side_by_side() {
    let mut server = server();
    assert!(server.local_addr().is_err());
    let first = server.listen("127.0.0.1:0").expect("loopback has a free port");
    let second = server.listen("127.0.0.1:0").expect("loopback has another");
    let made_elsewhere = TcpListener::bind("127.0.0.1:0").expect("and a third");
    let third = made_elsewhere.local_addr().expect("it has an address");
    // Somebody was faster than the server.
    let mut early = Client::dial(third);
    server.listen_on(made_elsewhere).expect("a listener can be adopted");
    assert_eq!(server.local_addrs(), [first, second, third]);
    assert_eq!(server.local_addr().ok(), Some(first));
    let _running = echo(server);
    early.open("");
    assert_echo(&mut early);
    let mut clients = [first, second, third].map(Client::connect);
    clients.iter_mut().for_each(assert_echo);
}

/// `localhost` is such a name: a client that tries ::1 first would find nobody there, or somebody else.
#[cfg(target_os = "linux")]
#[test]
fn all_addresses_of_a_name_are_listened_on_and_those_that_cannot_be_had_are_left_out() {
    let addresses = |port| [([127, 0, 0, 1], port), ([127, 0, 0, 2], port), ([127, 0, 0, 1], port)];
    let sockets = |port| addresses(port).map(std::net::SocketAddr::from);
    let mut server = server();
    let first = server.listen(&sockets(0)[..]).expect("loopback has a free port");
    assert_eq!(server.local_addrs(), &sockets(first.port())[..2]);
    // Somebody has the one: the other is still to be had.
    let [one, other, _] = sockets(0);
    let taken = TcpListener::bind(one).expect("another free port");
    let port = taken.local_addr().expect("it has an address").port();
    assert_eq!(server.listen(&sockets(port)[..]).ok(), Some((other.ip(), port).into()));
    let _running = echo(server);
    sockets(first.port())[..2].iter().for_each(|address| assert_echo(&mut Client::connect(address)));
}

#[test]
fn clients_that_come_all_at_once_find_room() {
    // More than the 128 of the standard library, few enough for a small descriptor limit.
    const CLIENTS: usize = 500;
    let limit = std::fs::read_to_string("/proc/sys/net/core/somaxconn");
    match limit.ok().and_then(|limit| limit.trim().parse::<usize>().ok()) {
        Some(limit) if limit >= CLIENTS => {}
        limit => {
            let why = format!("somaxconn is {limit:?}, and {CLIENTS} clients come at once");
            return cannot_happen_here(&why);
        }
    }
    let mut server = server();
    let address = server.listen("127.0.0.1:0").expect("loopback has a free port");
    // Nobody accepts them yet. Whoever had no place would wait in vain.
    let dial = |_| TcpStream::connect_timeout(&address, PATIENCE).expect("there is room");
    let mut clients: Vec<TcpStream> = (0..CLIENTS).map(dial).collect();
    let mut last = Client::over(clients.pop().expect("it came last"));
    drop(clients);
    let _running = echo(server);
    last.open("");
    assert_echo(&mut last);
}

#[test]
fn an_address_in_use_is_an_error_that_names_it() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("loopback has a free port");
    let address = taken.local_addr().expect("it has an address");
    let error = server().listen(address).expect_err("it is in use");
    assert_eq!(error.kind(), std::io::ErrorKind::AddrInUse);
    assert!(error.to_string().contains(&address.to_string()), "{error}");
}

/// Shared out by the system: which of the two a client comes to is decided by its port.
#[cfg(target_os = "linux")]
#[test]
fn two_servers_share_a_port_if_both_say_so_and_both_get_clients() {
    let bind = |address: std::net::SocketAddr, reuse: bool| {
        let mut server = Server::without_listeners(Config::new().reuse_port(reuse)).expect("a poll");
        server.listen(address).map(|address| (address, server))
    };
    let any = ([127, 0, 0, 1], 0).into();
    let (alone, _keep) = bind(any, false).expect("loopback has a free port");
    let (shared, first) = bind(any, true).expect("and another");
    for (address, reuse) in [(alone, true), (alone, false), (shared, false)] {
        let refused = bind(address, reuse).expect_err("somebody does not share");
        assert_eq!(refused.kind(), std::io::ErrorKind::AddrInUse, "{address} {reuse}");
    }
    let (_, second) = bind(shared, true).expect("both share");
    let names = ["first", "second"];
    let serve = |(server, name): (Server, &'static str)| {
        let answer = handler_fn(move |peers, from, _| {
            peers.send(from, name);
        });
        Running::serve(server, answer)
    };
    let _running: Vec<Running> = [first, second].into_iter().zip(names).map(serve).collect();
    let mut met = std::collections::BTreeSet::new();
    // That 64 clients come to the same one by chance happens once in 2^63 times.
    for _ in 0..64 {
        let mut client = Client::connect(shared);
        client.send(TEXT, b"who are you?");
        met.insert(client.text());
    }
    assert!(met.iter().eq(&names), "{met:?}");
}

#[cfg(unix)]
#[test]
fn a_unix_domain_socket_serves_and_its_file_goes_when_the_server_stops() {
    let scratch = Scratch::new("unix");
    let path = scratch.file("socket");
    let mut server = server();
    server.listen_unix(&path).expect("a path to listen on");
    let running = echo(server);
    let mut client = Client::dial_unix(&path);
    client.open("");
    assert_echo(&mut client);
    drop(client);
    drop(running);
    assert!(!path.exists());
}

#[cfg(unix)]
#[test]
fn the_file_of_a_unix_domain_socket_has_the_mode_that_was_asked_for() {
    use std::os::unix::fs::{MetadataExt, PermissionsExt};

    let scratch = Scratch::new("mode");
    let own_group = std::fs::metadata(scratch.path()).expect("a folder").gid();
    for mode in [0o600, 0o660, 0o666, 0o777, 0o620] {
        let path = scratch.file(&format!("{mode:o}"));
        let mut server = server();
        let access = UnixAccess::new().mode(mode).group(own_group);
        server.listen_unix_with(&path, access).expect("a path to listen on");
        let file = std::fs::metadata(&path).expect("a socket's file");
        assert_eq!((file.permissions().mode() & 0o7777, file.gid()), (mode, own_group), "{mode:o}");
        let running = echo(server);
        let mut client = Client::dial_unix(&path);
        client.open("");
        assert_echo(&mut client);
        drop(client);
        drop(running);
        assert!(!path.exists());
    }
}

/// Only root may give a file to a group that is not its own.
#[cfg(unix)]
#[test]
fn a_unix_domain_socket_whose_group_cannot_be_had_is_not_there() {
    use std::os::unix::fs::MetadataExt;

    const STRANGERS: u32 = 4_000_000_000;
    let scratch = Scratch::new("group");
    let path = scratch.file("socket");
    let mut server = server();
    match server.listen_unix_with(&path, UnixAccess::new().group(STRANGERS)) {
        Ok(()) => assert_eq!(std::fs::metadata(&path).expect("a socket's file").gid(), STRANGERS),
        Err(error) => assert!(error.to_string().contains(&path.display().to_string()) && !path.exists()),
    }
}

#[cfg(unix)]
#[test]
fn a_socket_file_that_nobody_listens_on_is_replaced_and_nothing_else_is() {
    let scratch = Scratch::new("stale");
    let path = scratch.file("socket");
    let listener = std::os::unix::net::UnixListener::bind(&path).expect("a path to listen on");
    let in_use = server().listen_unix(&path).expect_err("somebody listens there");
    assert_eq!(in_use.kind(), std::io::ErrorKind::AddrInUse);
    assert!(in_use.to_string().contains(&path.display().to_string()), "{in_use}");
    // Its owner is gone, as after a crash, and the file is left.
    drop(listener);
    assert!(path.exists());
    let mut replacing = server();
    replacing.listen_unix(&path).expect("the file is stale");
    let running = echo(replacing);
    let mut client = Client::dial_unix(&path);
    client.open("");
    assert_echo(&mut client);
    drop(client);
    drop(running);
    let file = scratch.file("file");
    std::fs::write(&file, "precious").expect("a file to keep");
    assert!(server().listen_unix(&file).is_err());
    assert_eq!(std::fs::read_to_string(&file).ok().as_deref(), Some("precious"));
}

/// What lies at a path, and whether it may be replaced.
#[cfg(unix)]
#[test]
fn only_a_socket_that_nobody_has_is_replaced() {
    use std::os::unix::fs::symlink;
    use std::os::unix::net::{UnixDatagram, UnixListener};

    let scratch = Scratch::new("kinds");
    let at = |name: &str| scratch.file(name);
    let in_use = |name: &str| {
        let error = server().listen_unix(at(name)).expect_err(name);
        assert_eq!(error.kind(), std::io::ErrorKind::AddrInUse, "{name}: {error}");
        assert!(error.to_string().contains(&at(name).display().to_string()), "{error}");
        assert!(at(name).symlink_metadata().is_ok(), "{name} is still there");
    };
    let replaced = |name: &str| {
        let mut server = server();
        server.listen_unix(at(name)).expect(name);
        let running = echo(server);
        let mut client = Client::dial_unix(&at(name));
        client.open("");
        assert_echo(&mut client);
        drop(client);
        drop(running);
        assert!(!at(name).exists(), "{name}");
    };
    let live = UnixListener::bind(at("live")).expect("a path to listen on");
    in_use("live");
    let datagrams = UnixDatagram::bind(at("datagrams")).expect("a path to receive at");
    in_use("datagrams");
    drop(datagrams);
    replaced("datagrams");
    symlink(at("live"), at("link")).expect("a link");
    in_use("link");
    // A link whose socket is gone, and one that leads nowhere: who made it knows why.
    drop(UnixListener::bind(at("stale")).expect("a path to listen on"));
    symlink(at("stale"), at("link to stale")).expect("a link");
    in_use("link to stale");
    symlink(at("nothing"), at("link to nothing")).expect("a link");
    in_use("link to nothing");
    std::fs::create_dir(at("folder")).expect("a folder");
    in_use("folder");
    replaced("stale");
    in_use("live");
    drop(live);
    replaced("live");

    let missing = server().listen_unix(at("no/folder/socket")).expect_err("there is no folder");
    assert_eq!(missing.kind(), std::io::ErrorKind::NotFound, "{missing}");
    for nameless in ["", "a\0b", "\0abstract"] {
        let error = server().listen_unix(nameless).expect_err("this is no path");
        assert_eq!(error.kind(), std::io::ErrorKind::InvalidInput, "{nameless:?}: {error}");
    }
    let long = at(&"x".repeat(200));
    assert!(server().listen_unix(&long).is_err() && !long.exists());
}

/// Only the one who may write to the folder may take a path there; that somebody has it, everybody may know.
#[cfg(unix)]
#[test]
fn a_socket_in_a_folder_of_somebody_else_is_in_use_all_the_same() {
    use std::fs::Permissions;
    use std::os::unix::fs::PermissionsExt;

    let scratch = Scratch::new("folder");
    let live = std::os::unix::net::UnixListener::bind(scratch.file("live")).expect("a path to listen on");
    std::fs::set_permissions(scratch.path(), Permissions::from_mode(0o555)).expect("it is ours");
    let kind = |name: &str| server().listen_unix(scratch.file(name)).expect_err(name).kind();
    let in_use = kind("live");
    let is_root = std::fs::create_dir(scratch.file("probe")).is_ok();
    let free = if is_root { std::io::ErrorKind::PermissionDenied } else { kind("free") };
    std::fs::set_permissions(scratch.path(), Permissions::from_mode(0o755)).expect("it is ours");
    assert_eq!((in_use, free), (std::io::ErrorKind::AddrInUse, std::io::ErrorKind::PermissionDenied));
    drop(live);
}

/// A program was killed just when it was about to listen.
#[cfg(target_os = "linux")]
#[test]
fn what_a_program_leaves_that_was_killed_while_it_took_a_path_is_in_the_way_for_some_seconds() {
    let scratch = Scratch::new("taking");
    let turn = scratch.file(".socket.taking");
    std::fs::create_dir(&turn).expect("a folder");
    let error = server().listen_unix(scratch.file("socket")).expect_err("somebody has the turn");
    assert_eq!(error.kind(), std::io::ErrorKind::AddrInUse);
    assert!(error.to_string().contains(".socket.taking"), "{error}");
    let long_ago = std::time::SystemTime::now() - std::time::Duration::from_secs(60);
    std::fs::File::open(&turn).and_then(|turn| turn.set_modified(long_ago)).expect("it is ours");
    let mut server = server();
    server.listen_unix(scratch.file("socket")).expect("nobody has it any more");
    assert!(!turn.exists());
}

/// The program is there, but it accepts nobody: it was stopped, or has more clients than it can take.
#[cfg(target_os = "linux")]
#[test]
fn a_socket_whose_program_is_busy_is_not_replaced() {
    let scratch = Scratch::new("busy");
    let path = scratch.file("socket");
    let listener =
        socket2::Socket::new(socket2::Domain::UNIX, socket2::Type::STREAM, None).expect("a socket");
    let address = socket2::SockAddr::unix(&path).expect("a path");
    listener.bind(&address).expect("it is free");
    listener.listen(0).expect("one client may wait");
    let mut waiting = Vec::new();
    loop {
        let client =
            socket2::Socket::new(socket2::Domain::UNIX, socket2::Type::STREAM, None).expect("a socket");
        client.set_nonblocking(true).expect("it need not wait");
        match client.connect(&address) {
            Ok(()) => waiting.push(client),
            Err(error) => break assert_eq!(error.kind(), std::io::ErrorKind::WouldBlock, "there is no room"),
        }
        assert!(waiting.len() < 10, "there is room for one");
    }
    let error = server().listen_unix(&path).expect_err("it is in use");
    assert_eq!(error.kind(), std::io::ErrorKind::AddrInUse);
    assert!(path.exists());
}

/// Several programs are started at once, as by a careless supervisor, and each finds the same socket left behind.
#[cfg(target_os = "linux")]
#[test]
fn one_of_those_that_come_at_once_gets_the_path_and_keeps_it() {
    use std::sync::{Arc, Barrier};
    use std::thread;

    const PROGRAMS: usize = 4;
    let scratch = Scratch::new("race");
    for round in 0..100 {
        let path = scratch.file(&format!("socket-{round}"));
        drop(std::os::unix::net::UnixListener::bind(&path).expect("a path to listen on"));
        let start = Arc::new(Barrier::new(PROGRAMS));
        let starters = (0..PROGRAMS).map(|_| {
            let (path, start) = (path.clone(), Arc::clone(&start));
            thread::spawn(move || {
                let mut server = server();
                start.wait();
                server.listen_unix(&path).map(|()| server)
            })
        });
        let starters: Vec<_> = starters.collect();
        let results = starters.into_iter().map(|starter| starter.join().expect("listening does not panic"));
        let (winners, losers): (Vec<_>, Vec<_>) = results.partition(Result::is_ok);
        assert_eq!(winners.len(), 1, "round {round}: {losers:?}");
        std::os::unix::net::UnixStream::connect(&path).expect("the winner listens there");
        drop(winners);
        let left: Vec<_> = std::fs::read_dir(scratch.path()).expect("a folder").collect();
        assert!(left.is_empty(), "round {round}: {left:?}");
    }
}
