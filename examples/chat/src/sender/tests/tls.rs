//! Whoever is at the judged address has to prove that the name is theirs.

use std::fs;
use std::net::Ipv4Addr;
use std::sync::Arc;

use pollcat_chat_testing::receiver::Receiver;
use pollcat_testing::scratch::Scratch;
use ureq::tls::{Certificate, RootCerts};

use super::stage::{is_the_first, lookup, post};
use crate::sender::job::Outcome;
use crate::sender::sending;

/// A receiver with a certificate for this name, and the roots by which it is known.
fn receiver(name: &str) -> Option<(Receiver, RootCerts)> {
    let made = rcgen::generate_simple_self_signed([name.to_owned()]).expect("it can be made");
    let scratch = Scratch::new(&format!("sender-{name}"));
    let file = scratch.file("both.pem");
    fs::write(&file, made.signing_key.serialize_pem() + &made.cert.pem()).expect("it can be written");
    let receiver = Receiver::at(Ipv4Addr::LOCALHOST.into(), Some(&file))?;
    let root = Certificate::from_der(made.cert.der()).to_owned();
    Some((receiver, RootCerts::Specific(Arc::new(vec![root]))))
}

#[test]
fn it_speaks_to_whom_it_means() {
    let Some((receiver, roots)) = receiver("push.example") else { return };
    let (names, asked) = lookup(vec![vec![receiver.address]]);
    let agent = sending::agent(names, Some(is_the_first), Some(roots));
    let (outcome, _) = sending::send(&agent, post("https://push.example/topic"));
    assert!(matches!(outcome, Outcome::Answered { status: 200, .. }), "{outcome:?}");
    let heard = receiver.next();
    assert_eq!((&*heard.path, heard.header("host"), &*heard.body), ("/topic", "push.example", "hello"));
    assert_eq!(asked.load(std::sync::atomic::Ordering::SeqCst), 1);
}

#[test]
fn who_cannot_prove_it_hears_nothing() {
    const UNPROVEN: &str = "it cannot prove by its certificate who it is";
    // Known, but under another name; and not known.
    let Some((receiver, roots)) = receiver("other.example") else { return };
    for roots in [Some(roots), None] {
        let (names, _) = lookup(vec![vec![receiver.address]]);
        let agent = sending::agent(names, Some(is_the_first), roots);
        let (outcome, _) = sending::send(&agent, post("https://push.example/topic"));
        assert_eq!(outcome, Outcome::Failed(UNPROVEN.into()));
    }
    assert!(receiver.is_quiet());
}

#[test]
fn who_speaks_no_tls_is_told_apart() {
    let Some(receiver) = Receiver::start() else { return };
    let (names, _) = lookup(vec![vec![receiver.address]]);
    let agent = sending::agent(names, Some(is_the_first), None);
    let (outcome, _) = sending::send(&agent, post("https://push.example/topic"));
    assert!(matches!(outcome, Outcome::Failed(_)), "{outcome:?}");
}
