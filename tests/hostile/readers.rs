//! Clients that never read.

use super::*;

const STALLED: usize = 300;
const QUEUE: u64 = MIB;
const PUBLISHED: u64 = 16 << 10;

#[test]
fn stalled_clients_cost_their_queues_at_most_and_disturb_nobody() {
    let _alone = alone();
    let child = Child::start("slow_peers=skip max_send_queue=1048576 ping_after=600000");
    let (mut driver, _stalled) = (Client::open(child.address), stall(&child, STALLED));
    let quiet = Talker::alone(child.address);
    let before = child.memory();
    let talker = Talker::start(child.address);
    // A 64th of the limit is for keeping what waits.
    let is_full = |queued: u64| queued + PUBLISHED > QUEUE - QUEUE / 64;
    publish_until(&mut driver, "all queues are full", |status| is_full(status.get("queued_least")));
    publish(&mut driver, 500); // to nobody
    let status = driver.status();
    let busy = talker.stop();
    let growth = child.memory().saturating_sub(before);

    println!(
        "figure: {STALLED} stalled clients, queues of {} to {} bytes (limit {QUEUE}): the memory grew by {:.1} MiB",
        status.get("queued_least"),
        status.get("queued_most"),
        mib(growth)
    );
    println!("figure: a well-behaved client, alone: {quiet}");
    println!("figure: the same beside {STALLED} stalled clients and what is published to them: {busy}");
    assert!(is_full(status.get("queued_least")) && status.get("queued_most") <= QUEUE);
    assert!(status.get("queue_full") >= 500 * STALLED as u64, "messages are left out for them");
    assert!(growth <= most_for_stalled());
    assert!(busy.longest() < DISTURBANCE);
    assert_eq!(status.get("listeners"), STALLED as u64, "being slow is no crime under this policy");
}

/// The C library's allocator does not always return memory to the system; that it is free shows when it is used again.
#[test]
fn stalled_clients_are_closed_as_too_slow_and_give_their_memory_back() {
    let _alone = alone();
    let child = Child::start("slow_peers=close max_send_queue=1048576 ping_after=600000 close_within=500");
    let mut driver = Client::open(child.address);
    let (before, talker) = (child.memory(), Talker::start(child.address));
    let peaks = [1, 2].map(|round| {
        let stalled = stall(&child, STALLED);
        let mut most = 0;
        publish_until(&mut driver, "all are too slow", |status| {
            most = most.max(child.memory().saturating_sub(before));
            status.get("too_slow") == round * STALLED as u64
        });
        // The driver and the talker stay.
        driver.wait_for("the stalled are gone", |status| status.get("connections") == 2);
        drop(stalled);
        most
    });
    let (left, busy) = (child.memory().saturating_sub(before), talker.stop());

    let [first, second] = peaks.map(mib);
    println!("figure: {STALLED} stalled clients closed as too slow: memory up by {first:.1} MiB at most");
    println!(
        "figure: {STALLED} more of them afterwards: {second:.1} MiB at most, {:.1} MiB in the end",
        mib(left)
    );
    println!("figure: a well-behaved client meanwhile: {busy}");
    assert!(peaks[0] <= most_for_stalled() && peaks[1] <= most_for_stalled());
    assert!(peaks[1] <= peaks[0] / 10 * 11 + 16 * MIB, "the memory of the first is there for the second");
    assert!(busy.longest() < DISTURBANCE);
}

/// Full queues, with all that keeping them takes; and what the server needs meanwhile, which differs from system to system.
fn most_for_stalled() -> u64 {
    STALLED as u64 * QUEUE + 16 * MIB
}

/// Clients that subscribe, and never read a byte after that.
fn stall(child: &Child, count: usize) -> Vec<Client> {
    let listen = |_| {
        let mut client = Client::open(child.address);
        client.ask("listen");
        client
    };
    (0..count).map(listen).collect()
}

/// One message after the other, each with the next turn of the server's loop.
fn publish(driver: &mut Client, count: usize) {
    for _ in 0..count {
        driver.ask(&format!("publish {PUBLISHED}"));
    }
}

/// The system's buffers take some MiB for each of the clients, before the server's queues begin to fill.
fn publish_until(driver: &mut Client, what: &str, mut is_so: impl FnMut(&client::Status) -> bool) {
    const AT_MOST: u64 = 256 * MIB;
    for _ in 0..AT_MOST / PUBLISHED / 10 {
        publish(driver, 10);
        if is_so(&driver.status()) {
            return;
        }
    }
    panic!("{AT_MOST} bytes have been published, and it is not so that {what}: {:?}", driver.status());
}
