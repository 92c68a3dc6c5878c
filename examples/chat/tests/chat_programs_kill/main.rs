//! The chat is killed over and over, while programs speak to it and it speaks to programs. Whatever was posted with an id and
//! was answered is there once, and posted again it has the same answer. Everything that is said arrives at every target, at
//! least once: under each `webhook-id` always the same, and nothing under two of them. And of what the robot has promised to
//! remind somebody, it reminds them once.
//!
//! `POLLCAT_SEED` chooses the torment (a failure names its own) and `POLLCAT_KILLS` how often the chat is killed. The threads
//! race with the program, so a seed makes a failure likely again, and not certain.

use std::env;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use serde_json::json;

use pollcat_chat_testing::bots::{self, Key};
use pollcat_chat_testing::receiver::Receiver;
use pollcat_chat_testing::{Chat, governed};
use pollcat_testing::client::PATIENCE;
use pollcat_testing::dice::Dice;
use pollcat_testing::raw::lasting_port;

use deliveries::{compare_deliveries, listen_to_the_end, stored};
use posts::{Posted, Stage, compare_posts, post, post_by_hook, say, say_again};
use reminders::Asker;

mod deliveries;
mod posts;
mod reminders;

const KILLS: u64 = 6;
const ROOMS: [&str; 2] = ["lobby", "茶"];
/// By HTTP, with ids; and by a hook, without.
const POSTERS: usize = 3;
const HOOKERS: usize = 2;
/// How the receiver behaves: at once, and after a while, so that it is likely to be asked when the chat is killed.
const PATHS: [&str; 2] = ["/ok", "/pause"];
const ROBOT: &str = "小爱";
const END: &str = "that is all";

#[test]
fn what_goes_in_and_out_on_disk_survives_being_killed() {
    torment("disk", variable("POLLCAT_SEED", 1), variable("POLLCAT_KILLS", KILLS));
}

/// Rooms begin anew when nobody has waited for the disk, so a delivery that was on its way has another name then.
#[test]
fn what_goes_in_and_out_by_the_system_survives_being_killed() {
    torment("system", variable("POLLCAT_SEED", 1) + 1, variable("POLLCAT_KILLS", KILLS).div_ceil(4));
}

fn variable(name: &str, default: u64) -> u64 {
    env::var(name)
        .map_or(default, |value| value.parse().unwrap_or_else(|_| panic!("{name}={value}: a number")))
}

fn torment(durability: &str, seed: u64, kills: u64) {
    // A test's output is shown when it fails.
    println!("{durability}: POLLCAT_SEED={seed} POLLCAT_KILLS={kills}");
    let Some(receiver) = Receiver::start() else { return };
    let mut dice = Dice::new(seed);
    let listen = format!("127.0.0.1:{}", lasting_port());
    // Little is kept in memory, so that much of what goes out has to be read back from the disk.
    let mut chat =
        Chat::start(&["--listen", &listen, "--durability", durability, "--recent", "20", "--robot", ROBOT]);
    let (token, hook) = prepare(&chat, &receiver);
    let mut asker = Asker::new(chat.address(), dice.child());
    let stage = Stage {
        address: chat.address(),
        is_done: AtomicBool::new(false),
        answered: AtomicU64::new(0),
        unanswered: AtomicU64::new(0),
        repeated: AtomicU64::new(0),
    };
    let stage: &'static Stage = Box::leak(Box::new(stage));
    let posters: Vec<_> = (0..POSTERS)
        .map(|number| {
            let (token, dice) = (token.clone(), dice.child());
            thread::spawn(move || post(stage, &token, number, dice))
        })
        .collect();
    let hookers: Vec<_> = (0..HOOKERS)
        .map(|number| {
            let hook = hook.clone();
            thread::spawn(move || post_by_hook(stage, &hook, number))
        })
        .collect();
    for _ in 0..kills {
        wait_for_talk(stage, &mut dice, || {
            posters.iter().any(JoinHandle::is_finished) || hookers.iter().any(JoinHandle::is_finished)
        });
        asker.ask();
        chat.kill();
        chat.start_again();
    }
    stage.is_done.store(true, Ordering::Relaxed);
    let mut posted: Vec<Posted> = posters.into_iter().flat_map(joined).collect();
    let hooked: Vec<(String, bool)> = hookers.into_iter().flat_map(joined).collect();
    posted.extend(ROOMS.map(|room| say(stage, &token, (room, format!("end-{room}"), END.to_owned()))));
    // Each of them once more, from one who has forgotten.
    for it in posted.iter().rev().take(200) {
        say_again(stage, &token, it);
    }
    let heard = listen_to_the_end(&receiver);
    asker.wait_until_rung(&chat.data());
    let (status, log) = chat.terminate();
    assert!(status.success(), "{status}: {log:#?}");
    let stored = stored(&chat.data());
    let rung = asker.compare(&stored);
    compare_posts(&stored, &posted, &hooked);
    let (tries, deliveries) = compare_deliveries(&stored, &heard, durability == "disk");
    let count = |it: &AtomicU64| it.load(Ordering::Relaxed);
    println!(
        "{durability}: killed {kills} times; {} posted with an id, {} by a hook; {} posts without an answer, {} answers \
         repeated; {} events, {deliveries} deliveries to {} targets in {tries} tries; {} reminders promised, {rung} rung",
        posted.len(),
        hooked.len(),
        count(&stage.unanswered),
        count(&stage.repeated),
        ROOMS.iter().map(|room| stored[*room].len()).sum::<usize>(),
        ROOMS.len() * PATHS.len(),
        asker.promised(),
    );
}

/// One bot that is in both rooms, a hook into one of them, and targets of both.
fn prepare(chat: &Chat, receiver: &Receiver) -> (Key, Key) {
    let mut owner = governed::owner(chat, "olive");
    owner.join(ROOMS[1]);
    let mut key = |room, kind| {
        bots::give(&mut owner, json!({"name": "builds", "room": room, "kind": kind, "pace": 6_000}))
    };
    let (token, hook) = (key(ROOMS[0], "token"), key(ROOMS[1], "hook"));
    for (number, room) in ROOMS.iter().enumerate() {
        for path in PATHS {
            let url = receiver.url(&format!("{path}/{number}"));
            let wish =
                json!({"type": "add_target", "shape": "webhook", "url": url, "room": room, "text": "text"});
            let answer = owner.ask(wish);
            assert_eq!(answer["type"], "target", "{answer}");
        }
    }
    (token, hook)
}

/// Until a few more are answered, and then some moment.
fn wait_for_talk(stage: &Stage, dice: &mut Dice, is_over: impl Fn() -> bool) {
    let enough = stage.answered.load(Ordering::Relaxed) + dice.below(60) as u64;
    let deadline = Instant::now() + PATIENCE;
    while stage.answered.load(Ordering::Relaxed) < enough {
        assert!(!is_over(), "somebody has seen something wrong");
        assert!(Instant::now() < deadline, "nothing is answered any more");
        thread::park_timeout(Duration::from_millis(1));
    }
    // Nothing waits for this; it only makes the moment another one each time.
    let most = dice.choose(&[3_000, 200_000]);
    thread::sleep(Duration::from_micros(dice.below(most) as u64));
}

fn joined<T>(thread: JoinHandle<T>) -> T {
    thread.join().expect("nobody sees anything wrong")
}
