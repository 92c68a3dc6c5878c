//! The chat is killed in mid-talk, over and over, and its clients' connections are cut. Whatever was acknowledged must be
//! there in the end, once, where the `ack` said, and everybody must have heard everything, once and in order: messages,
//! pictures and what was taken back of them; so must names, rooms that were entered, and everybody who was given a token.
//! Somebody governs meanwhile: whoever was banned stays out, and what was deleted or purged is nowhere.
//! In one round the disk is full every now and then, in another one old messages are pruned.
//!
//! `POLLCAT_SEED` chooses the torment (a failure names its own) and `POLLCAT_KILLS` how often the chat is killed. The
//! threads race with the program, so a seed makes a failure likely again, and not certain.

use std::env;
use std::process::Command;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use pollcat_chat_testing::Chat;
use pollcat_testing::client::PATIENCE;
use pollcat_testing::dice::Dice;
use pollcat_testing::raw::lasting_port;
use rustix::process::{Resource, Rlimit, prlimit};

use cast::Cast;
use governor::Governor;
use listener::Hears;
use talker::{Stage, Writer};

mod cast;
mod court;
mod deed;
mod erased;
mod governor;
mod ledger;
mod line;
mod listener;
mod newcomers;
mod talker;
mod visits;

const KILLS: u64 = 10;
const WRITERS: usize = 6;
const READERS: usize = 4;

/// What makes life hard besides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Hardship {
    None,
    /// No file may grow, every now and then.
    FullDisk,
    /// Few messages are kept.
    Pruning,
}

#[test]
fn what_is_acknowledged_on_disk_survives_being_killed() {
    torment("disk", Hardship::None, variable("POLLCAT_SEED", 1), variable("POLLCAT_KILLS", KILLS));
}

/// The system keeps what it was given when a program dies, though nobody waited for the disk: but rooms begin anew.
#[test]
fn what_is_acknowledged_by_the_system_survives_being_killed() {
    let kills = variable("POLLCAT_KILLS", KILLS).div_ceil(4);
    torment("system", Hardship::None, variable("POLLCAT_SEED", 1) + 1, kills);
}

#[test]
fn what_is_acknowledged_survives_being_killed_while_the_disk_is_full() {
    let kills = variable("POLLCAT_KILLS", KILLS).div_ceil(4);
    torment("disk", Hardship::FullDisk, variable("POLLCAT_SEED", 1) + 2, kills);
}

#[test]
fn what_is_kept_survives_being_killed_while_the_rest_is_pruned() {
    let kills = variable("POLLCAT_KILLS", KILLS).div_ceil(4);
    torment("disk", Hardship::Pruning, variable("POLLCAT_SEED", 1) + 3, kills);
}

fn variable(name: &str, default: u64) -> u64 {
    env::var(name)
        .map_or(default, |value| value.parse().unwrap_or_else(|_| panic!("{name}={value}: a number")))
}

fn torment(durability: &str, hardship: Hardship, seed: u64, kills: u64) {
    // A test's output is shown when it fails.
    println!("{durability}, {hardship:?}: POLLCAT_SEED={seed} POLLCAT_KILLS={kills}");
    let mut dice = Dice::new(seed);
    let flags = flags(durability, hardship);
    let mut chat = Chat::prepared(&flags.iter().map(String::as_str).collect::<Vec<_>>());
    start(&mut chat, hardship);
    let cast = Cast::gather(
        &chat,
        durability,
        match (durability, hardship) {
            ("system", _) => Hears::ThisEpoch,
            (_, Hardship::Pruning) => Hears::WhatIsKept,
            _ => Hears::Everything,
        },
    );
    let stage = Arc::new(Stage {
        address: chat.address(),
        done: AtomicBool::new(false),
        acknowledged: AtomicU64::new(0),
        asked_again: AtomicU64::new(0),
        repeated: AtomicU64::new(0),
        refused: AtomicU64::new(0),
        cut: AtomicU64::new(0),
        said: Mutex::default(),
    });
    let writers: Vec<_> = (0..WRITERS)
        .map(|number| {
            let writer = Writer::new(cast.writer(number), cast.private_of(number), dice.child());
            let stage = Arc::clone(&stage);
            thread::spawn(move || writer.run(&stage))
        })
        .collect();
    let readers: Vec<_> = (0..READERS)
        .map(|number| {
            let (reader, stage, dice) = (cast.reader(number), Arc::clone(&stage), dice.child());
            thread::spawn(move || talker::listen(reader, &stage, dice))
        })
        .collect();
    let newcomers = {
        let (stage, dice) = (Arc::clone(&stage), dice.child());
        thread::spawn(move || newcomers::come_and_go(&stage, dice))
    };

    let governor = {
        let (stage, governor) = (Arc::clone(&stage), cast.governor(dice.child()));
        thread::spawn(move || governor.run(&stage))
    };

    let (mut killed, mut ended_in_order) = (0, 0);
    while killed < kills {
        let alive = || {
            let (writers, readers) = (&mut writers.iter(), &mut readers.iter());
            writers.all(|it| !it.is_finished())
                && readers.all(|it| !it.is_finished())
                && !newcomers.is_finished()
                && !governor.is_finished()
        };
        wait_for_talk(&stage, &mut dice, alive);
        if hardship == Hardship::FullDisk {
            fill_the_disk(&chat, &stage, &mut dice, alive);
        }
        if dice.one_in(8) {
            let (status, log) = chat.terminate();
            assert!(status.success(), "{status}: {log:#?}");
            ended_in_order += 1;
        } else {
            chat.kill();
            killed += 1;
        }
        start(&mut chat, hardship);
    }
    stage.done.store(true, Ordering::Relaxed);
    let (mut listeners, mut deeds) = (Vec::new(), Vec::new());
    let mut governor = joined(governor);
    for (listener, its) in writers.into_iter().map(joined) {
        deeds.push((listener.id, its));
        listeners.push(listener);
    }
    // It ends after the restart.
    governor.purge_everybody(&stage);
    chat.kill();
    start(&mut chat, hardship);
    governor.look(&stage);
    let Governor { court, sentences, acts, .. } = governor;
    // Whoever was first also has the last word, when all others are done.
    let first = listeners.remove(0);
    let (first, last_words) = Writer::end(first, &stage, dice.child());
    deeds[0].1.extend(last_words);
    listeners.insert(0, first);
    listeners.extend(readers.into_iter().map(joined));
    let newcomers = joined(newcomers);

    ledger::wait_for_chores(&chat.data(), hardship == Hardship::Pruning);
    let pages = ledger::pages(stage.address, &listeners[0]);
    let (status, log) = chat.terminate();
    assert!(status.success(), "{status}: {log:#?}");
    let file = ledger::File::open(&chat.data());
    let in_order = hardship != Hardship::FullDisk;
    let stored = ledger::compare(&file, &pages, &deeds, &sentences, in_order, &listeners);
    court.compare_file(&file.0);
    erased::compare_bytes(&chat.data(), &stored, &deeds);
    assert_eq!(file.has_been_pruned(), hardship == Hardship::Pruning);
    assert_eq!(stage.refused.load(Ordering::Relaxed) > 0, hardship == Hardship::FullDisk);

    let count = |it: &AtomicU64| it.load(Ordering::Relaxed);
    println!(
        "{durability}, {hardship:?}: killed {killed} times, ended {ended_in_order} times; {} connections cut; {} requests \
         acknowledged, {} asked for again, {} refused by the disk, {} acks repeated; {newcomers} newcomers known; \
         {acts} acts, {} deletions, {} purges; {} events heard by {} listeners, each once",
        count(&stage.cut),
        deeds.iter().map(|(_, deeds)| deeds.len()).sum::<usize>(),
        count(&stage.asked_again),
        count(&stage.refused),
        count(&stage.repeated),
        sentences.deletions.len(),
        sentences.purges.len(),
        listeners.iter().flat_map(|it| it.rooms.values()).map(|room| room.events.len()).sum::<usize>(),
        listeners.len(),
    );
}

/// Little is kept in memory, so that much has to be read back from the disk.
fn flags(durability: &str, hardship: Hardship) -> Vec<String> {
    let listen = format!("127.0.0.1:{}", lasting_port());
    let keep = if hardship == Hardship::Pruning { "20" } else { "1000000" };
    ["--listen", &listen, "--durability", durability, "--recent", "20", "--keep-messages", keep]
        .map(String::from)
        .into()
}

/// A program whose files become too large is not killed, but told so: as if the disk were full.
fn start(chat: &mut Chat, hardship: Hardship) {
    if hardship != Hardship::FullDisk {
        return chat.start_again();
    }
    let mut shell = Command::new("sh");
    shell.args(["-c", "trap '' XFSZ; exec \"$@\"", "sh"]).arg(pollcat_chat_testing::program::path());
    shell.args(chat.flags()).current_dir(chat.folder());
    chat.run(shell);
}

/// From some moment on no file may grow. Sometimes there is room again, sometimes the program is killed first.
fn fill_the_disk(chat: &Chat, stage: &Stage, dice: &mut Dice, alive: impl Fn() -> bool + Copy) {
    let limit = |bytes| Rlimit { current: bytes, maximum: None };
    // The log of what was written last is as large as it gets, or nearly so.
    let log = std::fs::metadata(chat.data().with_extension("db-wal")).map_or(0, |it| it.len());
    let room = dice.below(100_000) as u64;
    prlimit(Some(chat.pid()), Resource::Fsize, limit(Some(log + room))).expect("limits can be set");
    wait_until(alive, &stage.refused, 1 + dice.below(20) as u64);
    if dice.one_in(2) {
        prlimit(Some(chat.pid()), Resource::Fsize, limit(None)).expect("limits can be lifted");
        wait_until(alive, &stage.acknowledged, dice.below(50) as u64);
    }
}

/// Until a few more messages are acknowledged, and then some moment.
fn wait_for_talk(stage: &Stage, dice: &mut Dice, alive: impl Fn() -> bool) {
    wait_until(alive, &stage.acknowledged, dice.below(150) as u64);
    // Nothing waits for this; it only makes the moment another one each time.
    thread::sleep(Duration::from_micros(dice.below(3000) as u64));
}

/// Until this has counted so many more.
fn wait_until(alive: impl Fn() -> bool, count: &AtomicU64, more: u64) {
    let enough = count.load(Ordering::Relaxed) + more;
    let deadline = Instant::now() + PATIENCE;
    while count.load(Ordering::Relaxed) < enough {
        assert!(alive(), "somebody has seen something wrong");
        assert!(Instant::now() < deadline, "nothing is answered any more");
        thread::park_timeout(Duration::from_millis(1));
    }
}

fn joined<T>(thread: JoinHandle<T>) -> T {
    thread.join().expect("nobody sees anything wrong")
}
