//! With a Redis of each test's own. Where there is none, that is said aloud.

mod ageing;
mod company;
mod conditions;
mod durable;
mod replicas;
mod stream;
#[cfg(feature = "tls")]
mod tls;

use std::sync::Arc;
use std::time::Duration;

use pollcat_chat_testing::redis::RedisServer;

use super::{RedisLog, Where};
use crate::nodes::log::{Log, Most, Place, Record};

const PLENTY: Most = Most { records: 1000, bytes: 1 << 20 };
const ALWAYS: [&str; 4] = ["--appendonly", "yes", "--appendfsync", "always"];

fn place(url: String) -> Where {
    Where { urls: vec![url], name: "tea".into(), keep: Duration::from_secs(60), replicas: 0, authority: None }
}

fn connect(server: &RedisServer) -> RedisLog {
    RedisLog::connect(&place(server.url()), 0).expect("it can be connected to")
}

/// As a user of Redis, with a password.
fn url_of(server: &RedisServer, user: &str, password: &str) -> String {
    format!("redis://{user}:{password}@{}", server.address())
}

fn record(sequence: u64, entry: &str) -> Record {
    Record { producer: "00c0ffee00c0ffee".into(), sequence, attempt: 1, entry: entry.into(), blob: None }
}

fn with_picture(sequence: u64, bytes: &[u8]) -> Record {
    Record { blob: Some(Arc::from(bytes)), ..record(sequence, "look") }
}

/// A log that is founded, with one record.
fn founded(server: &RedisServer) -> RedisLog {
    let mut log = connect(server);
    assert_eq!(log.found("5eed", &record(1, "first")), Ok(true));
    log
}

/// All that stands in it, in so many calls as that takes.
fn all(log: &mut RedisLog, most: Most) -> Vec<(Place, Record)> {
    let mut read: Vec<(Place, Record)> = Vec::new();
    loop {
        let after = read.last().map_or(0, |(place, _)| *place);
        let next = log.read(after, most, Duration::ZERO).expect("it can be read");
        if next.is_empty() {
            return read;
        }
        read.extend(next);
    }
}

fn entries(log: &mut RedisLog) -> Vec<(Place, String)> {
    all(log, PLENTY).into_iter().map(|(place, record)| (place, record.entry)).collect()
}
