//! How large the log is: in Redis's memory, in its file, and on the way there and back.

use std::collections::BTreeMap;

use pollcat_chat_testing::acks::{Talk, Until, talk};
use pollcat_chat_testing::redis::RedisServer;
use pollcat_chat_testing::table::Table;

use crate::Wanted;
use crate::setup::{Setup, Writes};

pub(crate) const ENTRIES: usize = 100_000;
const WRITERS: usize = 100;
/// A number of five digits or so comes behind each.
const WORDS: [(&str, &str); 2] =
    [("20 bytes", "hello to you: "), ("60 bytes, Chinese", "今天下午三点我们在老地方见面吧好吗")];

pub(crate) fn measure(wanted: &Wanted) {
    println!("\nThe log: what {ENTRIES} messages take, per message, in bytes\n");
    let table =
        Table::new(&["", "of", "memory", "the stream alone", "its file", "from the node", "to the node"]);
    for program in wanted.nodes() {
        for (told, words) in WORDS {
            let Some(company) = Setup::with(Writes::EverySecond, 1, "system").start(&program.path) else {
                return;
            };
            let mut before = None;
            let said = Talk { writers: WRITERS, words, until: Until::Messages(ENTRIES) };
            talk(&company.addresses(), said, || before = Some(sizes(company.redis())));
            let (before, after) = (before.expect("it has begun"), sizes(company.redis()));
            let each = |what: &str| format!("{:.0}", (after[what] - before[what]) / ENTRIES as f64);
            table.row(&[
                program.name(),
                told.to_owned(),
                each("used_memory"),
                each("stream"),
                each("aof_current_size"),
                each("total_net_input_bytes"),
                each("total_net_output_bytes"),
            ]);
        }
    }
}

/// What Redis says of itself.
fn sizes(redis: &RedisServer) -> BTreeMap<String, f64> {
    let told = redis.command(&["INFO", "everything"]).concat();
    let pairs = told.lines().filter_map(|line| line.trim_end().split_once(':'));
    let numbers = pairs.filter_map(|(name, value)| Some((name.to_owned(), value.parse().ok()?)));
    let stream = redis.command(&["MEMORY", "USAGE", "pollcat:{chat}:log", "SAMPLES", "0"]);
    let stream = stream.concat().parse().expect("bytes");
    numbers.chain([("stream".to_owned(), stream)]).collect()
}
