//! What was measured (`cargo bench --bench nodes`): what things take, from which the model is made, and what came of it as a whole,
//! with which the model is compared.
//!
//! Of rates and waits the model knows none: only what each thread has of a processor, and what a sync takes. All of it is of the best
//! of nine rounds, on a machine that had much else to do: that leaves out most of what other programs took.

use crate::machine::Cost;
use crate::plan::{Costs, Redis};

/// What a sync of 4 KiB took, in microseconds: the 5th, 15th, 25th … of a hundred.
const SYNCS: &[f64] = &[172.0, 916.0, 2_439.0, 3_728.0, 3_980.0, 3_991.0, 3_998.0, 4_008.0, 4_042.0, 7_904.0];

/// What each thread took for a message, in microseconds of a processor, with one writer and with a hundred; and how many of the hundred's
/// went together (`nodes acks`).
struct Parts {
    in_the_loop: [f64; 2],
    append: [f64; 2],
    follow: [f64; 2],
    history: [f64; 2],
    redis: [f64; 2],
    together: f64,
}

const ALONE: Parts = Parts {
    in_the_loop: [65.3, 10.7],
    append: [0.0, 0.0],
    follow: [0.0, 0.0],
    history: [63.6, 16.8],
    redis: [0.0, 0.0],
    together: 67.0,
};

/// With syncs of its own.
const ALONE_SYNCED: Parts =
    Parts { in_the_loop: [80.6, 11.7], history: [246.9, 21.2], together: 57.5, ..ALONE };

const EVERY_SECOND: Parts = Parts {
    in_the_loop: [77.8, 11.8],
    append: [20.6, 2.6],
    follow: [22.2, 5.8],
    history: [94.2, 17.8],
    redis: [49.1, 6.4],
    together: 47.8,
};

const ALWAYS: Parts = Parts {
    in_the_loop: [95.3, 12.1],
    append: [34.6, 2.6],
    follow: [41.8, 6.1],
    history: [146.2, 18.4],
    redis: [202.3, 9.2],
    together: 51.8,
};

/// What Redis takes more for each node beyond the first.
const READER: [f64; 2] = [20.0, 2.5];

/// Of who talks, in microseconds for a message.
const CLIENT: f64 = 20.0;
/// Until a thread that sleeps runs.
const WAKE: f64 = 5.0;
/// To one who hears it (`nodes fanout`), and for one who comes back (`nodes killed`).
const DELIVERY: f64 = 1.0;
const BACK: f64 = 430.0;

pub(crate) fn costs(redis: Redis, node_syncs: bool) -> Costs {
    let parts = match redis {
        Redis::None if node_syncs => ALONE_SYNCED,
        Redis::None => ALONE,
        Redis::EverySecond => EVERY_SECOND,
        Redis::Always => ALWAYS,
    };
    let of = |[alone, many]: [f64; 2]| Cost::of(alone, many, parts.together);
    let half = |cost: Cost| Cost { each_time: cost.each_time / 2.0, each: cost.each / 2.0 };
    let (in_the_loop, taken, read) = (of(parts.in_the_loop), of(parts.redis), of(READER));
    Costs {
        said: half(in_the_loop),
        applied: half(in_the_loop),
        delivery: DELIVERY,
        back: BACK,
        append: of(parts.append),
        // One node was there when it was measured.
        taken: Cost {
            each_time: (taken.each_time - read.each_time).max(0.0),
            each: (taken.each - read.each).max(0.0),
        },
        read,
        follow: of(parts.follow),
        history: of(parts.history),
        client: CLIENT,
        wake: WAKE,
        syncs: SYNCS,
    }
}

/// Such a share of their core other programs left to a hundred writers' servers: what these took of it where they never waited for a disk.
/// (The more threads, the more they get.) Of one writer nothing was taken for long, as who sleeps most of the time is let in at once.
pub(crate) fn left(point: &Point) -> f64 {
    match (point.writers, point.redis, point.nodes) {
        (1, ..) => 1.0,
        (_, Redis::None, _) => 0.29,
        (_, _, 1) => 0.38,
        _ => 0.77,
    }
}

/// What came of it: so many write, at so many nodes.
pub(crate) struct Point {
    pub redis: Redis,
    pub nodes: usize,
    pub node_syncs: bool,
    pub writers: usize,
    pub came: Came,
}

#[derive(Clone, Copy)]
pub(crate) enum Came {
    /// The half of all acks took no longer than so many microseconds.
    Ack(f64),
    /// Messages in a second.
    Rate(f64),
}

use Came::{Ack, Rate};

const fn point(redis: Redis, nodes: usize, node_syncs: bool, writers: usize, came: Came) -> Point {
    Point { redis, nodes, node_syncs, writers, came }
}

pub(crate) const POINTS: [Point; 12] = [
    point(Redis::None, 1, false, 1, Ack(116.0)),
    point(Redis::None, 1, true, 1, Ack(3_349.0)),
    point(Redis::EverySecond, 1, false, 1, Ack(237.0)),
    point(Redis::EverySecond, 3, false, 1, Ack(568.0)),
    point(Redis::Always, 1, false, 1, Ack(3_199.0)),
    point(Redis::Always, 3, false, 1, Ack(4_755.0)),
    point(Redis::None, 1, false, 100, Rate(10_663.0)),
    point(Redis::EverySecond, 1, false, 100, Rate(8_632.0)),
    point(Redis::EverySecond, 3, false, 100, Rate(7_042.0)),
    point(Redis::None, 1, true, 100, Rate(7_400.0)),
    point(Redis::Always, 1, false, 100, Rate(7_684.0)),
    point(Redis::Always, 3, false, 100, Rate(5_177.0)),
];
