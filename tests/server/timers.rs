//! The application's timers.

use std::collections::HashMap;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

use pollcat::{Config, Handler, Mailbox, Message, PeerId, Peers, TimerId};
use pollcat_testing::client::{Client, PATIENCE, TEXT};

use crate::running::Running;

type Errand = Box<dyn FnOnce(&mut Peers, &mut Alarm) + Send>;

/// Does what it is told when a timer comes, and tells of it.
struct Alarm {
    tell: Sender<Told>,
    then: HashMap<TimerId, Errand>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Told {
    Came(TimerId, Instant),
    Noted(u32),
}

impl Alarm {
    fn tell(&self, told: Told) {
        // A test that has failed listens no more.
        let _ = self.tell.send(told);
    }

    /// Sets a timer, and does this when it comes.
    fn after(
        &mut self,
        peers: &mut Peers,
        time: Duration,
        then: impl FnOnce(&mut Peers, &mut Alarm) + Send + 'static,
    ) -> TimerId {
        let timer = peers.after(time);
        self.then.insert(timer, Box::new(then));
        timer
    }
}

impl Handler<Errand> for Alarm {
    fn on_message(&mut self, peers: &mut Peers, from: PeerId, message: Message<'_>) {
        peers.send(from, message);
    }

    fn on_mail(&mut self, peers: &mut Peers, errand: Errand) {
        errand(peers, self);
    }

    fn on_timer(&mut self, peers: &mut Peers, timer: TimerId) {
        self.tell(Told::Came(timer, Instant::now()));
        if let Some(then) = self.then.remove(&timer) {
            then(peers, self);
        }
    }
}

struct Scene {
    server: Running<Errand>,
    told: Receiver<Told>,
}

impl Scene {
    fn begin(config: Config) -> Self {
        let (tell, told) = channel();
        Scene { server: Running::start(config, Alarm { tell, then: HashMap::new() }), told }
    }

    #[track_caller]
    fn direct<T: Send + 'static>(
        &self,
        errand: impl FnOnce(&mut Peers, &mut Alarm) -> T + Send + 'static,
    ) -> T {
        let (sender, found) = channel();
        let errand = move |peers: &mut Peers, alarm: &mut Alarm| drop(sender.send(errand(peers, alarm)));
        assert!(self.server.mailbox.deliver(Box::new(errand)).is_ok(), "the mailbox has room");
        found.recv_timeout(PATIENCE).expect("the errand is run")
    }

    #[track_caller]
    fn told(&self) -> Told {
        self.told.recv_timeout(PATIENCE).expect("a timer comes")
    }

    #[track_caller]
    fn comes(&self) -> (TimerId, Instant) {
        match self.told() {
            Told::Came(timer, at) => (timer, at),
            other => panic!("{other:?}"),
        }
    }
}

fn millis(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

#[test]
fn timers_come_in_time_and_never_early_each_by_its_own_id() {
    let scene = Scene::begin(Config::new());
    // In steps of 100 ms, as deadlines are, nine of ten would be late, each time. A busy machine may stop us while they
    // are due, and then all are late; it does not do so each time.
    let mut all = Vec::new();
    for _ in 0..10 {
        let mut late = lateness_of_ten(&scene);
        late.sort_unstable();
        if late[1] < millis(40) {
            return;
        }
        all.push(late);
    }
    panic!("{all:?}");
}

/// Sets ten timers, 5 ms apart. None is early, and they come in the order of their time.
fn lateness_of_ten(scene: &Scene) -> Vec<Duration> {
    let (begun, set): (Instant, Vec<(TimerId, u64)>) = scene.direct(|peers, _| {
        let begun = Instant::now();
        // Set from the last to the first.
        (begun, (1..=10).rev().map(|number| (peers.after(millis(5 * number)), number)).collect())
    });
    let come = |(timer, number)| {
        let (came, at) = scene.comes();
        assert_eq!(came, timer, "in the order of their time");
        assert!(at - begun >= millis(5 * number), "number {number} came after {:?}", at - begun);
        at - begun - millis(5 * number)
    };
    set.into_iter().rev().map(come).collect()
}

#[test]
fn timers_of_one_time_come_in_the_order_of_the_calls() {
    let scene = Scene::begin(Config::new());
    let set: Vec<TimerId> = scene.direct(|peers, _| {
        let begun = Instant::now();
        let set: Vec<TimerId> = (0..100).map(|_| peers.after(millis(20))).collect();
        assert!(begun.elapsed() < PATIENCE);
        set
    });
    assert!(set.iter().all(|&timer| scene.comes().0 == timer));
}

#[test]
fn a_timer_that_is_taken_back_does_not_come_even_if_its_time_is_over() {
    let scene = Scene::begin(Config::new());
    let (second, last) = scene.direct(|peers, alarm| {
        let due_together = millis(5);
        let (sender, receiver) = channel();
        alarm.after(peers, due_together, move |peers, alarm| {
            let second = receiver.recv().expect("it was set");
            // The clock has gone on by far more than lies between the two.
            std::thread::sleep(millis(20));
            assert!(peers.cancel(second) && !peers.cancel(second));
            alarm.tell(Told::Noted(1));
        });
        let second = peers.after(due_together);
        sender.send(second).expect("it is waited for");
        (second, peers.after(due_together))
    });
    scene.comes();
    assert_eq!(scene.told(), Told::Noted(1));
    assert_eq!(scene.comes().0, last);
    assert!(!scene.direct(move |peers, _| peers.cancel(second) || peers.cancel(last)));
}

/// Sets the next one with no time at all, so often.
fn again(left: u32) -> impl FnOnce(&mut Peers, &mut Alarm) + Send + 'static {
    move |peers, alarm| {
        if left > 0 {
            let next: Errand = Box::new(again(left - 1));
            alarm.after(peers, Duration::ZERO, next);
        }
    }
}

/// A letter that is posted in `on_timer` is read in the next turn, and before its timers.
fn note_by_mail(mailbox: &Mailbox<Errand>, number: u32) {
    let errand = move |_: &mut Peers, alarm: &mut Alarm| alarm.tell(Told::Noted(number));
    assert!(mailbox.deliver(Box::new(errand)).is_ok(), "the mailbox has room");
}

#[test]
fn a_timer_without_time_that_a_timer_sets_comes_in_a_later_turn() {
    let scene = Scene::begin(Config::new());
    let mailbox = scene.server.mailbox.clone();
    scene.direct(move |peers, alarm| {
        alarm.after(peers, Duration::ZERO, move |peers, alarm| {
            note_by_mail(&mailbox, 1);
            alarm.after(peers, Duration::ZERO, again(1_000));
            // Whatever the clock says by then.
            std::thread::sleep(millis(5));
        });
    });
    scene.comes();
    assert_eq!(scene.told(), Told::Noted(1), "the turn is over before the next timer");
    for _ in 0..=1_000 {
        scene.comes();
    }
}

#[test]
fn a_flood_of_timers_is_spread_over_turns() {
    const TIMERS: usize = 10_000;
    let scene = Scene::begin(Config::new());
    let mailbox = scene.server.mailbox.clone();
    scene.direct(move |peers, alarm| {
        alarm.after(peers, Duration::ZERO, move |_, _| note_by_mail(&mailbox, 7));
        for _ in 1..TIMERS {
            peers.after(Duration::ZERO);
        }
        // All are due when the next turn begins.
        std::thread::sleep(millis(1));
    });
    let told: Vec<Told> = (0..=TIMERS).map(|_| scene.told()).collect();
    let place = told.iter().position(|&told| told == Told::Noted(7)).expect("the letter is read");
    assert!((1..=1_024).contains(&place), "{place} timers came in one turn");
}

/// One that sets itself again at once, for ever: its own affair, but the peers are served.
#[test]
fn a_timer_that_always_comes_again_leaves_the_peers_their_turn() {
    let scene = Scene::begin(Config::new());
    let mut client = Client::connect(scene.server.address());
    scene.direct(|peers, alarm| alarm.after(peers, Duration::ZERO, again(u32::MAX)));
    for round in 0..20_u32 {
        client.send(TEXT, round.to_string().as_bytes());
        assert_eq!(client.text(), round.to_string());
    }
    drop(client);
    scene.server.mailbox.stop();
    scene.server.join();
}

#[test]
fn what_the_clock_cannot_count_never_comes_and_hides_nothing() {
    let scene = Scene::begin(Config::new());
    let (never, soon) = scene.direct(|peers, _| {
        let far = [Duration::MAX, Duration::from_secs(u64::MAX), Duration::from_secs(40 * 24 * 60 * 60)];
        (far.map(|time| peers.after(time)), peers.after(millis(10)))
    });
    assert_eq!(scene.comes().0, soon);
    // The loop sleeps, and wakes for the next.
    let next = scene.direct(|peers, _| peers.after(millis(10)));
    assert_eq!(scene.comes().0, next);
    assert!(scene.direct(move |peers, _| never.into_iter().all(|timer| peers.cancel(timer))));
}

#[test]
fn a_stopping_server_calls_its_timers_and_does_not_wait_for_them() {
    let scene = Scene::begin(Config::new().close_within(PATIENCE));
    let mut client = Client::connect(scene.server.address());
    let soon = scene.direct(|peers, _| {
        peers.after(PATIENCE * 100);
        peers.after(millis(30))
    });
    scene.server.mailbox.stop();
    assert_eq!(client.close_frame().0, 1001);
    // It waits for the client's Close.
    assert_eq!(scene.comes().0, soon);
    client.close(1001);
    client.nothing_more();
    drop(client);
    scene.server.join();
}
