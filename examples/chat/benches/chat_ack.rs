//! What an acknowledged message costs: from the moment a client says it to its `ack`, for one writer, a hundred and a
//! thousand, each with one message on its way, for each promise that an `ack` can make.
//!
//! ```text
//! taskset -c 1 cargo bench --bench chat_ack
//! ```
//!
//! The chat is put on core 0 if there is a `taskset`. Every writer is alone in a room, so that deliveries to others are
//! not measured.

use std::process::Command;
use std::time::Duration;

use pollcat_chat_testing::acks::{Talk, Until, talk};
use pollcat_chat_testing::{Chat, program};

const MEASURED: Duration = Duration::from_secs(3);

fn main() {
    println!(
        "{:9} {:>7} {:>9} {:>9} {:>9} {:>10}",
        "promise", "writers", "p50 µs", "p99 µs", "max µs", "messages/s"
    );
    for promise in ["memory", "system", "disk"] {
        for writers in [1, 100, 1000] {
            measure(promise, writers);
        }
    }
}

fn measure(promise: &str, writers: usize) {
    let kept = match promise {
        "memory" => ["--data", ":memory:"],
        kept => ["--durability", kept],
    };
    let mut chat = Chat::prepared(&[&kept[..], &["--max-rooms", "2000", "--log-level", "warn"]].concat());
    let pinned = Command::new("taskset").arg("--version").output().is_ok();
    let mut command = if pinned { Command::new("taskset") } else { program::command(chat.folder()) };
    if pinned {
        command.current_dir(chat.folder()).args(["-c", "0"]).arg(program::path());
    }
    command.args(chat.flags());
    chat.run(command);
    let said = Talk { writers, words: "hello there, number ", until: Until::Time(MEASURED) };
    let waits = talk(&[chat.address()], said, || {});
    chat.kill(); // a thousand closing handshakes would tell nothing

    let at = |share: f64| waits.at(share).as_micros();
    let rate = waits.messages() as f64 / MEASURED.as_secs_f64();
    println!("{promise:9} {writers:7} {:9} {:9} {:9} {rate:10.0}", at(0.5), at(0.99), at(1.0));
}
