//! `rediss://`: whoever keeps the log has to prove who it is.

use std::fs;

use pollcat_chat_testing::redis::RedisServer;
use pollcat_testing::raw::lasting_port;
use pollcat_testing::scratch::Scratch;

use super::*;
use crate::nodes::log::Fault;

#[test]
fn over_tls_it_must_be_vouched_for() {
    let made = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).expect("it can be made");
    let scratch = Scratch::new("redis-tls");
    let [certificate, key] = ["crt", "key"].map(|name| scratch.file(name).display().to_string());
    fs::write(&certificate, made.cert.pem()).expect("a file can be written");
    fs::write(&key, made.signing_key.serialize_pem()).expect("and another");
    let port = lasting_port().to_string();
    let flags = ["--tls-port", &port, "--tls-auth-clients", "no"];
    let files = ["--tls-cert-file", &certificate, "--tls-key-file", &key];
    let Some(_server) = RedisServer::start(&[flags, files].concat()) else { return };
    let mut place = place(format!("rediss://127.0.0.1:{port}"));
    place.authority = Some(made.cert.pem().into_bytes());
    let mut log = RedisLog::connect(&place, 0).expect("it can be connected to");
    assert_eq!(log.found("5eed", &with_picture(1, &vec![1; 1 << 20])), Ok(true));
    assert_eq!(log.read(0, PLENTY, Duration::ZERO).map(|read| read.len()), Ok(1));
    place.authority = None;
    let unproven = RedisLog::connect(&place, 0).and_then(|mut log| log.look());
    assert!(matches!(&unproven, Err(Fault::Refused(words)) if words.contains("certificate")), "{unproven:?}");
}
