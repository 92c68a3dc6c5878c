//! What these tests share.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver as Mail};
use std::time::Duration;

use crate::sender::job::{Job, Outcome, Request, Sent, Trust};
use crate::sender::resolver::Lookup;
use crate::sender::workers::Sender;

pub(super) fn post(url: impl Into<String>) -> Request {
    Request { url: url.into(), headers: vec![("content-type", "text/plain".into())], body: b"hello".to_vec() }
}

pub(super) fn job(ticket: &'static str, url: impl Into<String>) -> Job<&'static str> {
    Job { ticket, request: post(url), trust: Trust::Free, is_slow: false }
}

pub(super) fn sender(workers: usize) -> (Sender<&'static str>, Mail<Sent<&'static str>>) {
    let (sent, mail) = mpsc::channel();
    (Sender::new(workers, vec!["ntfy.sh".into()], move |it| sent.send(it).is_ok()), mail)
}

pub(super) fn next(mail: &Mail<Sent<&'static str>>) -> Sent<&'static str> {
    mail.recv_timeout(Duration::from_secs(30)).expect("something comes back")
}

pub(super) fn answered(status: u16) -> Outcome {
    Outcome::Answered { status, retry_after: None, text: Some(String::new()), is_plain: false }
}

/// Names are looked up in this list: each time the next answer, and the last one for ever. And how often that was.
pub(super) fn lookup(answers: Vec<Vec<SocketAddr>>) -> (Lookup, Arc<AtomicUsize>) {
    let count = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&count);
    let lookup = move |_: &str, _: u16| {
        let at = counted.fetch_add(1, Ordering::SeqCst);
        Ok(answers[at.min(answers.len() - 1)].clone())
    };
    (Arc::new(lookup), count)
}

/// For tests, in which everybody is on this machine: one address of it is the whole world, all others are somebody's own.
pub(super) fn is_the_first(address: IpAddr) -> bool {
    address == IpAddr::from([127, 0, 0, 1])
}
