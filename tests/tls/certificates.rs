//! Certificates: chosen by name, exchanged while connections are open, and what the errors say of files that are
//! none.

use std::fs;

use pollcat::rustls::ServerConfig;
use pollcat::{Config, Tls};

use crate::authority::{Authority, VERSIONS, dial};
use crate::{Host, assert_echo, open};

impl Host {
    /// Does a client that asks for `name`, and insists on it, get what it wants?
    fn is_known_as(&self, name: &str) -> bool {
        let mut stream = dial(self.address, self.authority.client(&VERSIONS), name);
        while stream.conn.is_handshaking() {
            if let Err(error) = stream.conn.complete_io(&mut stream.sock) {
                assert!(error.to_string().contains("not valid for name"), "{error}");
                return false;
            }
        }
        true
    }
}

#[test]
fn the_certificate_is_the_one_for_the_name_that_is_asked_for() {
    let authority = Authority::new();
    let (certificates, key) = authority.issue(&["tea.example", "localhost"]);
    let tls = Tls::from_pem_files(certificates, key).expect("it is in order");
    let (certificates, key) = authority.issue(&["coffee.example", "*.coffee.example"]);
    tls.add_pem_files(certificates, key).expect("and so is this");
    let host = Host::with(Config::new(), authority, tls);
    for name in ["tea.example", "localhost", "coffee.example", "iced.coffee.example", "COFFEE.example"] {
        assert!(host.is_known_as(name), "{name}");
    }
    for name in ["milk.example", "more.iced.coffee.example"] {
        assert!(!host.is_known_as(name), "{name}");
    }
}

#[test]
fn who_names_nothing_or_nothing_known_gets_the_first_certificate() {
    let authority = Authority::new();
    let (certificates, key) = authority.issue(&["tea.example", "127.0.0.1"]);
    let tls = Tls::from_pem_files(certificates, key).expect("it is in order");
    let (certificates, key) = authority.issue(&["coffee.example"]);
    tls.add_pem_files(certificates, key).expect("and so is this");
    let host = Host::with(Config::new(), authority, tls);
    // A client sends no name for an address (RFC 6066 §3).
    assert!(host.is_known_as("127.0.0.1"));
}

#[test]
fn certificates_are_exchanged_without_dropping_anyone() {
    let host = Host::start(Config::new());
    let mut socket = host.connect();
    assert_echo(&mut socket, "before");
    assert!(host.is_known_as("localhost") && !host.is_known_as("new.example"));
    // Renewed, in the same files, for other names.
    host.authority.issue(&["localhost", "new.example"]);
    host.tls.reload().expect("it is in order");
    assert!(host.is_known_as("localhost") && host.is_known_as("new.example"));
    assert_echo(&mut socket, "after");
}

#[test]
fn a_reload_that_fails_changes_nothing() {
    let host = Host::start(Config::new());
    let file = host.authority.file("localhost.crt");
    fs::write(&file, "half a file").expect("it can be written");
    let error = host.tls.clone().reload().expect_err("this is no certificate").to_string();
    assert!(error.contains(&file.display().to_string()), "{error}");
    assert!(host.tls.add_pem_files(host.authority.file("nowhere.crt"), &file).is_err());
    assert!(host.is_known_as("localhost"));
    host.authority.issue(&["localhost", "new.example"]);
    host.tls.reload().expect("now it is in order, and what could not be added is not asked for");
    assert!(host.is_known_as("new.example"));
}

#[test]
fn a_configuration_of_ones_own_may_say_which_versions_are_spoken() {
    let authority = Authority::new();
    let (certificates, key) = authority.issue(&["localhost"]);
    let config = |versions: &[&'static pollcat::rustls::SupportedProtocolVersion]| {
        use pollcat::rustls::pki_types::pem::PemObject;
        use pollcat::rustls::{crypto::ring, pki_types as pki};
        let chain = vec![pki::CertificateDer::from_pem_file(&certificates).expect("it was just issued")];
        let key = pki::PrivateKeyDer::from_pem_file(&key).expect("and so was its key");
        ServerConfig::builder_with_provider(ring::default_provider().into())
            .with_protocol_versions(versions)
            .expect("ring speaks both")
            .with_no_client_auth()
            .with_single_cert(chain, key)
            .expect("they belong together")
    };
    let [old, new] = VERSIONS;
    let mut early = config(&[new]);
    early.max_early_data_size = 1000; // is taken back: it could be replayed
    let tls = Tls::with(early);
    let host = Host::with(Config::new(), authority, tls);
    let dial = |version| dial(host.address, host.authority.client(&[version]), "localhost");
    assert_echo(&mut open(dial(new)), "hello");
    assert!(std::io::Write::write_all(&mut dial(old), b"x").is_err());
    host.tls.replace(config(&[old]));
    assert_echo(&mut open(dial(old)), "hello");
    host.tls.reload().expect("there is nothing to read");
}

#[test]
fn what_is_wrong_with_a_file_is_said_and_which_file_it_is() {
    let authority = Authority::new();
    let (certificates, key) = authority.issue(&["localhost"]);
    let (_, other_key) = authority.issue(&["other.example"]);
    let written = |name: &str, text: &str| {
        let file = authority.file(name);
        fs::write(&file, text).expect("a file can be written");
        file
    };
    let pem = |label: &str| format!("-----BEGIN {label}-----\nAAAA\n-----END {label}-----\n");
    let empty = written("empty.pem", "");
    let missing = authority.file("missing.pem");
    let cut_off = written("cut-off.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n");
    let no_certificate = written("no-certificate.pem", &pem("CERTIFICATE"));
    let no_key = written("no-key.pem", &pem("PRIVATE KEY"));
    let encrypted = written("encrypted.pem", &pem("ENCRYPTED PRIVATE KEY"));
    let table = [
        (&missing, &key, &missing, "No such file"),
        (&certificates, &missing, &missing, "No such file"),
        (&empty, &key, &empty, "there is no certificate in it"),
        (&key, &key, &key, "there is no certificate in it"),
        (&cut_off, &key, &cut_off, "no valid PEM"),
        (&no_certificate, &key, &no_certificate, "not a usable certificate"),
        (&certificates, &certificates, &certificates, "there is no unencrypted private key in it"),
        (&certificates, &encrypted, &encrypted, "there is no unencrypted private key in it"),
        (&certificates, &no_key, &no_key, "not a usable key"),
        (&certificates, &other_key, &other_key, "this is not the key of the certificate in"),
    ];
    for (certificates, key, wrong, words) in table {
        let told = Tls::from_pem_files(certificates, key).expect_err("it is wrong").to_string();
        assert!(told.starts_with(&wrong.display().to_string()) && told.contains(words), "{told}");
    }
}
