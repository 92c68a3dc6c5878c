//! When there are no more descriptors, or places.

use super::*;

const DESCRIPTORS: usize = 200;
const QUEUED: usize = 20;

#[test]
fn running_out_of_descriptors_harms_nobody_and_passes() {
    let _alone = alone();
    let child = Child::start_with_descriptors(DESCRIPTORS, "max_connections=1000");
    let mut driver = Client::open(child.address);
    let mut spare = Client::open(child.address);
    driver.ask("open files");
    let most = child.descriptors();
    let queued: Vec<TcpStream> = (0..QUEUED).map(|_| ask_to_open(child.address)).collect();

    let (begun, used) = (Instant::now(), child.processor_time());
    let mut times = Vec::new();
    while begun.elapsed() < Duration::from_secs(2) {
        times.push(driver.round_trip(b"still there?"));
        thread::sleep(Duration::from_millis(50));
    }
    let (used, lasted) = (child.processor_time() - used, begun.elapsed());
    let share = used.as_secs_f64() / lasted.as_secs_f64() * 100.0;
    println!(
        "figure: without descriptors for {lasted:.1?}: {share:.1} % of a processor; those inside: {}",
        RoundTrips::new(times)
    );
    assert!(share < 20.0, "the server spins");
    assert_eq!(driver.status().get("opened"), 2, "nobody could be let in");

    // Somebody leaves, and the next one comes in, without being asked again.
    spare.send(CLOSE, &1000_u16.to_be_bytes());
    spare.receive();
    drop(spare);
    driver.wait_for("one more is let in", |status| status.get("opened") == 3);
    assert_eq!(child.descriptors(), most, "there is none left");

    driver.ask("close files");
    let begun = Instant::now();
    let mut queued: Vec<Client> = queued.into_iter().map(Client::finish_opening).collect();
    let waited = begun.elapsed();
    println!("figure: {QUEUED} queued clients let in {waited:.1?} after there were descriptors again");
    assert!(waited < Duration::from_secs(10));
    for client in &mut queued {
        client.round_trip(b"at last");
    }
}

/// Those over the limit are let in to be told so in HTTP. As long as they ask for nothing, they must not take
/// the place of somebody who has left.
#[test]
fn idle_connections_over_the_limit_keep_no_free_place_from_others() {
    const ROOM: usize = 5;
    let _alone = alone();
    let child = Child::start(&format!("max_connections={ROOM}"));
    let mut inside: Vec<Client> = (0..ROOM).map(|_| Client::open(child.address)).collect();
    let _idle: Vec<TcpStream> = (0..20).map(|_| connect(child.address)).collect();
    let mut driver = inside.remove(0);
    driver.wait_for("the idle are let in", |status| status.get("connections") == ROOM as u64 + 20);
    drop(inside.pop());
    driver.wait_for("somebody has left", |status| status.get("connections") == ROOM as u64 + 19);
    Client::open(child.address).round_trip(b"there is room");
}
