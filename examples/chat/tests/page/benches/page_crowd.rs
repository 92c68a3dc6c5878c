//! What somebody sees who looks at the page in a crowd: how long a frame takes, tasks that hold the page up, its memory.
//!
//! ```text
//! cargo bench --bench page_crowd
//! ```
//!
//! `POLLCAT_CHAT` names another chat to measure, or several, which take turns. The chat and its people have the lower priority:
//! a page has a processor of its own where people look at it.

use std::env;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use headless_chrome::Browser;
use headless_chrome::protocol::cdp::{HeapProfiler, Performance};
use pollcat_chat_testing::crowd::{Swarm, Talker};
use pollcat_chat_testing::measured::Server;
use pollcat_chat_testing::program;
use pollcat_chat_testing::table::{Table, name};
use pollcat_page::{Window, browser};
use rustix::process::{Resource, Rlimit, getrlimit, nice, setrlimit};
use serde_json::{Value, json};

/// Those who are there, and as many come.
const CROWD: usize = 5_000;
const SPEAKERS: usize = 50;
const MEASURED: Duration = Duration::from_secs(10);
/// Who does not stay goes after so long.
const STAY: Duration = Duration::from_secs(1);

/// Frames and long tasks, from now on.
const WATCH: &str = "globalThis.seen = { frames: [], tasks: [] }
    new PerformanceObserver((list) => seen.tasks.push(...list.getEntries().map(({ duration }) => duration))).observe({ entryTypes: ['longtask'] })
    let before = performance.now()
    const next = (now) => { seen.frames.push(now - before); before = now; requestAnimationFrame(next) }
    requestAnimationFrame(next)";
const FORGET: &str = "seen.frames = []; seen.tasks = []";
const TELL: &str =
    "({ frames: seen.frames, tasks: seen.tasks, rows: document.querySelectorAll('#rows > *').length })";

#[derive(Clone, Copy)]
struct Scene {
    words: &'static str,
    speaking: bool,
    coming: Coming,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Coming {
    Nobody,
    /// Five hundred in a second, each for a second.
    AndGo,
    /// As many, and all of them stay.
    AndStay,
}

const SCENES: [Scene; 4] = [
    Scene { words: "nothing happens", speaking: false, coming: Coming::Nobody },
    Scene { words: "50 messages/s", speaking: true, coming: Coming::Nobody },
    Scene { words: "and 5,000 come and go", speaking: true, coming: Coming::AndGo },
    Scene { words: "and 5,000 come", speaking: true, coming: Coming::AndStay },
];

fn main() {
    let limit = getrlimit(Resource::Nofile);
    let _ = setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, ..limit });
    let Some(browser) = browser() else { return };
    nice(10).expect("anybody may be less important");
    println!("\nThe page in a room of 5,000 who are there (frames in ms; 10 s each)\n");
    let table = Table::new(&[
        "",
        "                      ",
        "frames",
        "p50",
        "p95",
        "max",
        "over 34",
        "long tasks",
        "ms of them",
        "CPU %",
        "heap MiB",
        "nodes",
        "rows",
    ]);
    for program in programs() {
        measure(&browser, &program, &table);
    }
    println!("(aim: p95 under 34 ms)");
}

fn programs() -> Vec<PathBuf> {
    match env::var_os("POLLCAT_CHAT") {
        Some(paths) => env::split_paths(&paths).collect(),
        None => vec![program::path().into()],
    }
}

fn measure(browser: &Browser, program: &Path, table: &Table) {
    let server = Server::start(program);
    let mut swarm = Swarm::new(server.address());
    let mut speakers: Vec<Talker> = (0..SPEAKERS).map(|_| Talker::new(&mut swarm)).collect();
    let all = swarm.add(CROWD - SPEAKERS);
    swarm.settle(all);
    let url = format!("http://{}/", server.address());
    let alice = while_others_go_on(&mut swarm, || {
        let alice = Window::open(browser, &url);
        alice.arrive("alice");
        alice.call::<Performance::Enable>(json!({}));
        alice.run(WATCH);
        alice
    });
    for scene in SCENES {
        let before = while_others_go_on(&mut swarm, || {
            alice.run(FORGET);
            metric(&alice, "TaskDuration")
        });
        play(&mut swarm, &mut speakers, scene);
        let cells = while_others_go_on(&mut swarm, || look(&alice, before));
        table.row(&[vec![name(program), scene.words.to_owned()], cells].concat());
        swarm.quiet(Duration::from_millis(200));
    }
}

/// What takes a moment, while the swarm reads on: nobody may be thrown out for being slow.
fn while_others_go_on<T: Send>(swarm: &mut Swarm, work: impl FnOnce() -> T + Send) -> T {
    std::thread::scope(|scope| {
        let working = scope.spawn(work);
        while !working.is_finished() {
            swarm.turn(Duration::from_millis(5));
        }
        working.join().expect("the browser answers")
    })
}

fn play(swarm: &mut Swarm, speakers: &mut [Talker], scene: Scene) {
    let newcomers = swarm.add(if scene.coming == Coming::Nobody { 0 } else { CROWD });
    let (begun, mut said, mut come, mut gone) = (Instant::now(), 0, 0, 0);
    let due = |time: Duration, a_second: usize| (time.as_secs_f64() * a_second as f64) as usize;
    while begun.elapsed() < MEASURED {
        let now = begun.elapsed();
        while scene.speaking && said < due(now, SPEAKERS) {
            speakers[said % SPEAKERS].say(swarm, "lobby");
            said += 1;
        }
        let a_second = newcomers.len() / MEASURED.as_secs() as usize;
        while come < due(now, a_second) {
            swarm.come_in([newcomers.start + come]);
            come += 1;
        }
        while scene.coming == Coming::AndGo && gone < due(now.saturating_sub(STAY), a_second) {
            swarm.leave(newcomers.start + gone);
            gone += 1;
        }
        swarm.turn(Duration::from_millis(2));
        for speaker in &mut *speakers {
            speaker.listen(swarm);
        }
    }
    if scene.coming == Coming::AndGo {
        (gone..come).for_each(|place| swarm.leave(newcomers.start + place));
    }
}

fn look(alice: &Window, before: f64) -> Vec<String> {
    let busy = metric(alice, "TaskDuration") - before;
    let seen = alice.run(TELL);
    let mut frames = times(&seen["frames"]);
    frames.sort_unstable_by(f64::total_cmp);
    let tasks = times(&seen["tasks"]);
    let at = |share: f64| format!("{:.0}", frames[((frames.len() - 1) as f64 * share) as usize]);
    alice.call::<HeapProfiler::CollectGarbage>(Value::Null);
    vec![
        frames.len().to_string(),
        at(0.5),
        at(0.95),
        at(1.0),
        frames.iter().filter(|frame| **frame > 34.0).count().to_string(),
        tasks.len().to_string(),
        format!("{:.0}", tasks.iter().sum::<f64>()),
        format!("{:.0}", busy / MEASURED.as_secs_f64() * 100.0),
        format!("{:.1}", metric(alice, "JSHeapUsedSize") / f64::from(1 << 20)),
        metric(alice, "Nodes").to_string(),
        seen["rows"].to_string(),
    ]
}

fn times(list: &Value) -> Vec<f64> {
    list.as_array().into_iter().flatten().filter_map(Value::as_f64).collect()
}

fn metric(alice: &Window, name: &str) -> f64 {
    let all = alice.call::<Performance::GetMetrics>(Value::Null).metrics;
    all.iter().find(|metric| metric.name == name).map_or(0.0, |metric| metric.value)
}
