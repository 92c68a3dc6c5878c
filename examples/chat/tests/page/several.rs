//! Several nodes behind a balancer: whatever dies, people go on talking.

use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::{io, thread};

use headless_chrome::Browser;
use pollcat_chat_testing::redis::RedisServer;
use rustix::process::Signal;

use crate::{Program, Window, browser};

/// Leads each connection to one of the nodes, and to the next one if that is dead.
struct Balancer {
    address: SocketAddr,
    first: Arc<AtomicUsize>,
}

impl Balancer {
    fn before(nodes: Vec<SocketAddr>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("loopback has a free port");
        let address = listener.local_addr().expect("it has an address");
        let first = Arc::new(AtomicUsize::new(0));
        let choice = first.clone();
        // It ends with the test's process, as do the threads that carry bytes.
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let mut order = nodes.iter().cycle().skip(choice.load(Ordering::Relaxed)).take(nodes.len());
                if let Some(node) = order.find_map(|node| TcpStream::connect(node).ok()) {
                    carry(&client, &node);
                    carry(&node, &client);
                }
            }
        });
        Balancer { address, first }
    }

    /// Who connects next comes to this node, if it lives.
    fn lead_to(&self, node: usize) {
        self.first.store(node, Ordering::Relaxed);
    }

    fn url(&self) -> String {
        format!("http://{}/", self.address)
    }
}

/// Until one of them ends; then both do.
fn carry(from: &TcpStream, to: &TcpStream) {
    let (mut from, mut to) = (from.try_clone().expect("a clone"), to.try_clone().expect("a clone"));
    thread::spawn(move || {
        let _ = io::copy(&mut from, &mut to);
        let _ = from.shutdown(Shutdown::Both);
        let _ = to.shutdown(Shutdown::Both);
    });
}

/// Two nodes, and the log that they follow.
struct Nodes {
    nodes: Vec<Program>,
    balancer: Balancer,
    redis: RedisServer,
}

impl Nodes {
    fn start(name: &str) -> Option<Self> {
        let redis = RedisServer::start(&["--appendonly", "yes", "--appendfsync", "always"])?;
        let flags = ["--log".into(), redis.url().into()];
        let start = |node| Program::start_with(&format!("page-{name}-{node}"), &flags);
        let nodes: Vec<Program> = (0..2).map(start).collect();
        let balancer = Balancer::before(nodes.iter().map(Program::address).collect());
        Some(Nodes { nodes, balancer, redis })
    }

    /// Somebody new, at this node.
    fn arrive(&self, browser: &Browser, node: usize, name: &str, language: &str) -> Window {
        self.balancer.lead_to(node);
        let window = Window::open_in(browser, &self.balancer.url(), language);
        window.arrive(name);
        window.wait_online();
        window
    }
}

/// Both are in each other's list of members, and have this in their rooms, in this order.
fn assert_equal<T: AsRef<str>>(windows: [&Window; 2], messages: &[T]) {
    let messages: Vec<&str> = messages.iter().map(AsRef::as_ref).collect();
    for window in windows {
        messages.iter().for_each(|text| window.wait_for_message(text));
        assert_eq!(window.messages(), messages);
        window.wait("['alice', 'bob'].every((name) => members.textContent.includes(name))");
        window.forgive_lost_connections();
    }
}

#[test]
fn a_node_that_is_killed_is_missed_by_nobody() {
    let Some(browser) = browser() else { return };
    let Some(mut nodes) = Nodes::start("killed") else { return };
    let alice = nodes.arrive(&browser, 0, "alice", "en-US");
    let bob = nodes.arrive(&browser, 1, "bob", "zh-CN");
    alice.say("one");
    bob.wait_for_message("one");
    let opened = alice.sockets().len();

    nodes.nodes[0].kill();
    bob.say("two");
    alice.say("three");
    alice.wait_online();
    assert_eq!(alice.sockets().len(), opened + 2, "the first attempt leads to the node that lives");
    bob.wait_for_message("three");
    assert_eq!(bob.sockets().len(), opened, "whoever was there has noticed nothing");

    // It comes back, and the other one goes.
    nodes.nodes[0].start_again();
    nodes.nodes[1].kill();
    alice.wait("document.body.dataset.state !== 'online'");
    [&alice, &bob].into_iter().for_each(Window::wait_online);
    bob.say("four");
    alice.wait_for_message("four");
    // Which of two was first, the log has decided.
    let order = alice.messages();
    assert!(
        order == ["one", "two", "three", "four"] || order == ["one", "three", "two", "four"],
        "{order:?}"
    );
    assert_equal([&alice, &bob], &order);
}

#[test]
fn a_node_that_hangs_is_left_by_whoever_says_something() {
    let Some(browser) = browser() else { return };
    let Some(nodes) = Nodes::start("hangs") else { return };
    let alice = nodes.arrive(&browser, 0, "alice", "en-US");
    let bob = nodes.arrive(&browser, 1, "bob", "zh-CN");
    nodes.nodes[0].signal(Signal::STOP);
    alice.say("one");
    bob.wait_for_message("one");
    alice.wait_online();
    nodes.nodes[0].signal(Signal::CONT);
    bob.say("two");
    assert_equal([&alice, &bob], &["one", "two"]);
}

#[test]
fn while_their_log_is_away_everybody_reads_on_and_what_is_written_is_sent_when_it_is_back() {
    let Some(browser) = browser() else { return };
    let Some(mut nodes) = Nodes::start("log-away") else { return };
    let alice = nodes.arrive(&browser, 0, "alice", "en-US");
    let bob = nodes.arrive(&browser, 1, "bob", "zh-CN");
    alice.say("one");
    bob.wait_for_message("one");

    nodes.redis.kill();
    alice.say("two");
    alice.say("three");
    alice.wait("unsent.textContent.includes('Not sent yet: ')");
    alice.wait("unsent.textContent.includes('It is tried again by itself.')");
    alice.wait("unsent.textContent.includes('Will be sent when the server can store again')");
    bob.say("four");
    bob.wait("unsent.textContent.includes('尚未发送：') && unsent.textContent.includes('正在自动重试')");
    for window in [&alice, &bob] {
        assert_eq!(window.run("document.body.dataset.state"), "online");
        assert_eq!(window.messages(), ["one"]);
    }
    // What was taken back is written better, and keeps its place behind what was written before.
    alice.run("[...unsent.querySelectorAll('button')].find((one) => one.textContent === 'Edit').click()");
    assert_eq!(alice.run("say.value"), "two");
    alice.run("say.select()");
    alice.say("two, better");

    nodes.redis.restart();
    [&alice, &bob].into_iter().for_each(Window::wait_online);
    for text in ["three", "two, better", "four"] {
        alice.wait_for_message(text);
    }
    let order = alice.messages();
    let of_alice: Vec<&String> = order.iter().filter(|text| *text != "four").collect();
    assert_eq!(of_alice, ["one", "three", "two, better"]);
    assert_equal([&alice, &bob], &order);
}
