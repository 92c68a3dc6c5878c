//! What it takes to govern a crowd: how soon an act is in force and acknowledged, and how long the loop has no time for anybody
//! else meanwhile, which somebody sees who asks for a `pong` again and again.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use pollcat_chat_testing::crowd::{Faults, Swarm};
use pollcat_chat_testing::json::Json;
use pollcat_chat_testing::measured::Server;
use pollcat_chat_testing::table::{Table, name};
use serde_json::{Value, json};

use crate::Wanted;

const CROWDS: [usize; 2] = [1_000, 10_000];
/// Each act is done so often; the worst is told.
const TIMES: usize = 10;
/// What somebody has said whose words are purged.
const MESSAGES: usize = 10_000;
/// Things that are said at a time before that.
const WINDOW: usize = 200;
const PING: Duration = Duration::from_micros(500);

/// What was seen while something was done.
struct Seen {
    took: Vec<Duration>,
    pings: Vec<Duration>,
    main: Duration,
    frames: u64,
}

pub(crate) fn measure(wanted: &Wanted) {
    println!(
        "\nActs among N people in the lobby, {TIMES} of each: from the request to what is told, and what others wait\n"
    );
    let table = Table::new(&[
        "",
        "what is done                  ",
        "N",
        "p50 ms",
        "worst ms",
        "main loop ms",
        "it waited ms",
        "ping p50 ms",
        "p99 ms",
        "worst ms",
        "frames",
    ]);
    for crowd in CROWDS.into_iter().filter(|&crowd| wanted.is_size(crowd)) {
        for program in wanted.programs() {
            stage(&table, program, crowd);
        }
    }
    println!("(aims: a ban is in force within a second, and nobody waits 50 ms for a pong)");
}

fn stage(table: &Table, program: &Path, crowd: usize) {
    let server = Server::start(program);
    let mut swarm = Swarm::new(server.address());
    let all = swarm.add(crowd);
    swarm.settle(all.clone());
    swarm.go_on(Duration::from_secs(6)); // the numbers of a crowd
    let (mut owner, mut pinger) = (server.owner("olive"), Json::hello(server.address(), json!({})));
    let mut scene = Scene { table, program, crowd, server: &server, swarm: &mut swarm, pinger: &mut pinger };
    scene.row("nothing", 1, |_| thread::sleep(Duration::from_secs(1)));

    let mut victims: Vec<Json> = (0..TIMES)
        .map(|number| Json::hello(server.address(), json!({"name": format!("victim {number}")})))
        .collect();
    let ids: Vec<u64> = victims.iter().map(|victim| victim.id).collect();
    scene.row("mute, until the ack", TIMES, |time| {
        act(&mut owner, json!({"type": "mute", "user": ids[time]}))
    });
    for (what, role) in [("role, until the ack", "admin"), ("role taken, until the ack", "member")] {
        scene.row(what, TIMES, |time| {
            act(&mut owner, json!({"type": "role", "user": ids[time], "role": role}))
        });
    }
    scene.row("ban, until the close", TIMES, |time| {
        owner.send(&json!({"type": "ban", "id": format!("ban {time}"), "user": ids[time], "reason": "spam"}));
        assert_eq!(victims[time].closed().0, 4501);
    });
    scene.row("unban, until the ack", TIMES, |time| {
        act(&mut owner, json!({"type": "unban", "user": ids[time]}))
    });
    scene.row("ban, until the ack", TIMES, |time| act(&mut owner, json!({"type": "ban", "user": ids[time]})));
    scene.row("private room", TIMES, |time| {
        let request =
            json!({"type": "join", "room": format!("nook {time}"), "create": true, "private": true});
        assert_eq!(owner.ask(request)["type"], "room");
    });
    let before = scene.swarm.heard.of("other").frames;
    scene.row("announcement, until the ack", 1, |_| {
        act(&mut owner, json!({"type": "announce", "msg": "the cake is in the kitchen"}));
    });
    let is_for_all = |swarm: &mut Swarm| swarm.heard.of("other").frames >= before + crowd as u64;
    scene.swarm.until("everybody has heard it", is_for_all);
    purge(&mut scene, &mut owner);
    assert_eq!(swarm.faults, Faults::default());
}

/// Of somebody who has said a great deal, in a room of theirs and a little of it in the lobby, until the last of it is told to be
/// gone; and what somebody else waits meanwhile, who says one thing after the other.
fn purge(scene: &mut Scene<'_>, owner: &mut Json) {
    let address = scene.server.address();
    let mut speaker = Json::hello(address, json!({"name": "speaker"}));
    let mut other = Json::hello(address, json!({"name": "other"}));
    speaker.join("tower");
    other.join("cellar");
    owner.join("tower");
    for first in (0..MESSAGES).step_by(WINDOW) {
        for number in first..first + WINDOW {
            let id = format!("said {number}");
            speaker.send(&json!({"type": "message", "id": id, "room": "tower", "msg": format!("stone number {number}")}));
        }
        let last = format!("said {}", first + WINDOW - 1);
        speaker.wait_for("the last ack", |it| it["id"] == *last);
    }
    owner.heard();
    let before = talk(&mut other, &AtomicBool::new(true), 200);
    let done = AtomicBool::new(false);
    let waits = thread::scope(|scope| {
        let talking = scope.spawn(|| talk(&mut other, &done, 0));
        scene.row("purge of 10,000, until the end", 1, |_| {
            act(owner, json!({"type": "purge", "user": speaker.id, "since": "ever"}));
            let mut gone = 0;
            while gone < MESSAGES {
                let told = owner.wait_for("what is gone", |it| it["type"] == "deleted");
                gone += told["targets"].as_array().map_or(0, Vec::len);
            }
        });
        done.store(true, Ordering::Relaxed);
        talking.join().expect("it is acknowledged")
    });
    for (when, mut waits) in [("before", before), ("meanwhile", waits)] {
        let (half, most, worst) = (share(&mut waits, 0.5), share(&mut waits, 0.99), share(&mut waits, 1.0));
        println!(
            "  acks of somebody else {when}: p50 {half} ms, p99 {most} ms, worst {worst} ms, of {}",
            waits.len()
        );
    }
}

fn talk(client: &mut Json, done: &AtomicBool, at_least: usize) -> Vec<Duration> {
    let mut waits = Vec::new();
    while !done.load(Ordering::Relaxed) || waits.len() < at_least {
        let begun = Instant::now();
        client.say("cellar", "one thing after the other");
        waits.push(begun.elapsed());
    }
    waits
}

fn act(owner: &mut Json, request: Value) {
    let answer = owner.ask(request);
    assert_eq!(answer["type"], "ack", "{answer}");
}

struct Scene<'a> {
    table: &'a Table,
    program: &'a Path,
    crowd: usize,
    server: &'a Server,
    swarm: &'a mut Swarm,
    pinger: &'a mut Json,
}

impl Scene<'_> {
    /// Does it so often, while the crowd listens.
    fn row(&mut self, what: &str, times: usize, mut act: impl FnMut(usize) + Send) {
        self.swarm.go_on(Duration::from_millis(1500));
        let (main, frames) = (self.server.main_time(), self.swarm.heard.all().frames);
        let waited = self.server.main_wait();
        let (pinger, swarm) = (&mut *self.pinger, &mut *self.swarm);
        let done = AtomicBool::new(false);
        let mut seen = thread::scope(|scope| {
            let pinging = scope.spawn(|| ping(pinger, &done));
            let acting = scope.spawn(|| {
                let took = (0..times).map(|time| {
                    let begun = Instant::now();
                    act(time);
                    let took = begun.elapsed();
                    thread::sleep(Duration::from_millis(100)); // all of it comes to its end
                    took
                });
                took.collect::<Vec<_>>()
            });
            while !acting.is_finished() {
                swarm.turn(Duration::from_millis(1));
            }
            done.store(true, Ordering::Relaxed);
            let (took, pings) = (acting.join().expect("it is done"), pinging.join().expect("it answers"));
            Seen { took, pings, main: Duration::ZERO, frames: 0 }
        });
        let waited = self.server.main_wait() - waited;
        seen.main = self.server.main_time() - main;
        seen.frames = self.swarm.heard.all().frames - frames;
        self.table.row(&[
            name(self.program),
            what.to_owned(),
            self.crowd.to_string(),
            share(&mut seen.took, 0.5),
            share(&mut seen.took, 1.0),
            format!("{:.1}", seen.main.as_secs_f64() * 1e3),
            format!("{:.1}", waited.as_secs_f64() * 1e3),
            share(&mut seen.pings, 0.5),
            share(&mut seen.pings, 0.99),
            share(&mut seen.pings, 1.0),
            seen.frames.to_string(),
        ]);
    }
}

fn ping(pinger: &mut Json, done: &AtomicBool) -> Vec<Duration> {
    let mut waits = Vec::new();
    while !done.load(Ordering::Relaxed) {
        let begun = Instant::now();
        assert_eq!(pinger.ask(json!({"type": "ping"}))["type"], "pong");
        waits.push(begun.elapsed());
        thread::sleep(PING);
    }
    waits
}

/// In milliseconds: what this share of them does not take longer than.
fn share(times: &mut [Duration], share: f64) -> String {
    times.sort_unstable();
    let time = times[((times.len() - 1) as f64 * share) as usize];
    format!("{:.2}", time.as_secs_f64() * 1e3)
}
