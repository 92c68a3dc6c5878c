//! TLS on a socket that a service manager has opened. A suite of its own, as the program is another build.

use std::fs;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::fd::OwnedFd;
use std::sync::Arc;

use rustix::process::Signal;
use ureq::tls::{Certificate, RootCerts, TlsConfig};

use pollcat_chat_testing::{Chat, program};
use pollcat_testing::client::PATIENCE;
use pollcat_testing::example;

/// A certificate that nobody vouches for, in its place; and what trusts it alone.
fn certify(chat: &Chat) -> RootCerts {
    let made = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).expect("it can be made");
    fs::write(chat.folder().join("chat.crt"), made.cert.pem()).expect("a file can be written");
    fs::write(chat.folder().join("chat.key"), made.signing_key.serialize_pem()).expect("and another");
    RootCerts::Specific(Arc::new(vec![Certificate::from_der(made.cert.der()).to_owned()]))
}

/// The status of the page, by a client that nobody here wrote.
fn page(address: SocketAddr, roots: &RootCerts) -> Result<u16, ureq::Error> {
    let tls = TlsConfig::builder().root_certs(roots.clone()).build();
    let config =
        ureq::Agent::config_builder().tls_config(tls).timeout_global(Some(PATIENCE)).proxy(None).build();
    let answer = ureq::Agent::new_with_config(config).get(format!("https://{address}/")).call();
    answer.map(|answer| answer.status().as_u16())
}

#[test]
fn a_socket_that_is_passed_speaks_tls() {
    let held = TcpListener::bind("127.0.0.1:0").expect("loopback has a free port");
    let address = held.local_addr().expect("it has an address");
    let mut chat = Chat::prepared(&[]);
    let roots = certify(&chat);
    let mut command = program::command_of(&example::built("chat", "deflate,tls"), chat.folder());
    command.args(["--data", ":memory:", "--tls-cert", "chat.crt", "--tls-key", "chat.key"]);
    let input: OwnedFd = held.try_clone().expect("a socket can be held twice").into();
    chat.run_on(program::with_a_passed_socket(&command), input.into());
    assert_eq!(chat.address(), address);
    assert!(
        chat.banner().iter().any(|line| line.contains(&format!("https://{address}"))),
        "{:?}",
        chat.banner()
    );
    assert_eq!(page(address, &roots).expect("it is who it says"), 200);

    let mut plain = TcpStream::connect(address).expect("it listens");
    plain.set_read_timeout(Some(PATIENCE)).expect("reading can be given a limit");
    write!(plain, "GET / HTTP/1.1\r\nHost: {address}\r\n\r\n").expect("it can be sent");
    let mut answer = Vec::new();
    // However it is cut off.
    let _ = plain.read_to_end(&mut answer);
    drop(plain);
    let answer = String::from_utf8_lossy(&answer);
    assert!(answer.starts_with("HTTP/1.1 400 ") && answer.contains("this port speaks TLS"), "{answer}");

    let others = certify(&chat);
    chat.signal(Signal::HUP);
    chat.logged("the new certificate", |line| line.contains("the certificate has been read again"));
    assert_eq!(page(address, &others).expect("it has another certificate now"), 200);
    assert!(page(address, &roots).is_err(), "the old one is gone");
    let (status, log) = chat.terminate();
    assert!(status.success(), "{log:#?}");
    TcpStream::connect(address).expect("the manager listens");
}
