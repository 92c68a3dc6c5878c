//! A server that was stopped for a while: a suspended laptop, a paused virtual machine.

use rustix::process::{Pid, Signal, kill_process};

use super::*;

/// More than the events of one poll.
const CROWD: usize = 1_200;

/// What was granted is over when the process goes on; but who has answered has answered. With the defaults a stop of
/// 12 s did it: 800 of 800 were given up.
#[test]
fn those_who_answer_a_stopped_server_are_there_when_it_goes_on() {
    let _alone = alone();
    need_descriptors();
    let child = Child::start("ping_after=500 pong_within=4000 handshake_within=4000");
    let pid = Pid::from_raw(child.pid() as i32).expect("it is a number of a process");
    let signal = |signal| kill_process(pid, signal).expect("the child is ours");
    let mut driver = Client::open(child.address);
    // Many at a time, and all before the first is read: on a busy machine so many round trips, one after the other,
    // take longer than is granted.
    let mut crowd: Vec<Client> = Vec::new();
    while crowd.len() < CROWD {
        let asking: Vec<TcpStream> = (0..100).map(|_| ask_to_open(child.address)).collect();
        crowd.extend(asking.into_iter().map(Client::finish_opening));
    }
    // The second time nothing is forgiven: the rule alone must do.
    for round in 1..=2 {
        crowd.iter_mut().for_each(|client| client.send(BINARY, b"here"));
        for client in &mut crowd {
            assert_eq!(client.receive(), (BINARY, b"here".to_vec()));
        }
        crowd.iter_mut().for_each(|client| assert_eq!(client.receive_any().0, PING));
        driver.wait_for("the driver is well", |status| status.get("timed_out") == 0);
        let mut openings: Vec<TcpStream> = (0..100).map(|_| connect(child.address)).collect();
        let before = (1 + CROWD + round * openings.len()) as u64;
        driver.wait_for("they are accepted", |status| status.get("accepted") == before);
        signal(Signal::STOP);
        crowd.iter_mut().for_each(|client| client.send(PONG, b""));
        openings.iter_mut().for_each(|stream| stream.write_all(REQUEST).expect("it is buffered"));
        thread::sleep(Duration::from_millis(4_800));
        signal(Signal::CONT);
        openings.into_iter().for_each(|stream| drop(Client::finish_opening(stream)));
        assert_eq!(driver.status().get("timed_out"), 0, "in round {round}");
        crowd.iter_mut().for_each(|client| client.send(BINARY, b"still here"));
        for client in &mut crowd {
            assert_eq!(client.receive(), (BINARY, b"still here".to_vec()));
        }
    }
}
