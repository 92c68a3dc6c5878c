//! A storm of connections.

use super::*;

#[test]
fn a_storm_of_connections_starves_nobody() {
    const THREADS: usize = 4;
    const EACH: usize = 1000;
    let _alone = alone();
    let child = Child::start("");
    let mut driver = Client::open(child.address);
    let quiet = Talker::alone(child.address);
    let (talker, begun) = (Talker::start(child.address), Instant::now());
    let address = child.address;
    let storm = || {
        for number in 0..EACH {
            match number % 4 {
                0 => drop(Client::open(address).round_trip(b"only a visit")),
                1 => drop(ask_to_open(address)),
                _ => drop(connect(address)),
            }
        }
    };
    thread::scope(|scope| (0..THREADS).for_each(|_| drop(scope.spawn(storm))));
    let lasted = begun.elapsed();
    // The system completes connections before the server sees them: those are still to come.
    let all = (THREADS * EACH + 3) as u64;
    let seen = |status: &client::Status| status.get("accepted") == all && status.get("connections") == 2;
    driver.wait_for("the storm is over", seen);
    let busy = talker.stop();
    println!("figure: {} connections in {lasted:.1?}, a quarter of them with a message", THREADS * EACH);
    println!("figure: a well-behaved client, alone: {quiet}");
    println!("figure: the same in the storm: {busy}");
    assert!(busy.longest() < DISTURBANCE);
}
