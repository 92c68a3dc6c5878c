//! Looking at a running server: who is in a topic, what was counted, and the text for Prometheus.

use std::collections::BTreeSet;
use std::thread;
use std::time::{Duration, Instant};

use pollcat::{
    CloseCode, Config, Counter, CounterKind, Counters, Delivery, PeerId, Peers, Refusal, Unit, handler_fn,
};
use pollcat_testing::client::{BINARY, Client, TEXT, masked};
use pollcat_testing::prometheus;

use crate::directed::Directed;
use crate::running::Running;

fn members(peers: &Peers, topic: &str) -> BTreeSet<PeerId> {
    let list: Vec<PeerId> = peers.members(topic).collect();
    let members: BTreeSet<PeerId> = list.iter().copied().collect();
    assert_eq!((members.len(), members.len()), (list.len(), peers.subscribers(topic)), "nobody comes twice");
    members
}

fn topics(peers: &Peers, id: PeerId) -> BTreeSet<String> {
    let list: Vec<String> = peers.topics(id).map(str::to_owned).collect();
    let topics: BTreeSet<String> = list.iter().cloned().collect();
    assert_eq!(topics.len(), list.len(), "no topic comes twice");
    topics
}

#[test]
fn each_topic_has_its_members_and_each_peer_its_topics() {
    let server = Directed::start(Config::new());
    let guests: Vec<_> = (0..4).map(|_| server.guest()).collect();
    let ids: Vec<PeerId> = guests.iter().map(|(id, _)| *id).collect();
    server.direct(move |peers| {
        // Guest n is in the topics n, n + 1 … of five, and twice changes nothing. More than three topics of a peer are
        // kept in another way than few.
        for (n, &id) in ids.iter().enumerate() {
            for topic in n..5 {
                peers.subscribe(id, &format!("topic {topic}"));
                peers.subscribe(id, &format!("topic {topic}"));
            }
        }
        for topic in 0..5 {
            let expected = ids.iter().copied().take(topic + 1).collect();
            assert_eq!(members(peers, &format!("topic {topic}")), expected);
        }
        for (n, &id) in ids.iter().enumerate() {
            assert_eq!(topics(peers, id), (n..5).map(|topic| format!("topic {topic}")).collect());
        }
        assert_eq!(members(peers, "no such topic"), BTreeSet::new());
        // What is published to everybody is no topic that somebody has asked for.
        peers.broadcast("everybody");
        assert_eq!(members(peers, ""), BTreeSet::new());
        peers.subscribe(ids[0], "");
        assert_eq!(members(peers, ""), BTreeSet::from([ids[0]]));
        for topic in 0..5 {
            peers.unsubscribe(ids[0], &format!("topic {topic}"));
        }
        assert_eq!(topics(peers, ids[0]), BTreeSet::from([String::new()]));
        assert_eq!(members(peers, "topic 0"), BTreeSet::new());
    });
}

#[test]
fn who_is_on_its_way_out_is_in_no_topic() {
    let config = Config::new().max_send_queue(64 << 10);
    let server = Directed::start(config);
    let [(closing, _a), (slow, _b), (stays, _c)] = [(); 3].map(|()| server.guest());
    server.direct(move |peers| {
        for id in [closing, slow, stays] {
            peers.subscribe(id, "tea");
            peers.subscribe(id, "coffee");
        }
        peers.close(closing, CloseCode::NORMAL, "go");
        // This one has met its fate when its queue is full; that it has left is told when the handler has returned.
        while peers.send(slow, &"x".repeat(60_000)) != Delivery::Full {}
        assert_eq!(members(peers, "tea"), BTreeSet::from([stays]));
        for id in [closing, slow] {
            assert_eq!(topics(peers, id), BTreeSet::new());
        }
        assert_eq!(topics(peers, stays), BTreeSet::from(["coffee".to_owned(), "tea".to_owned()]));
    });
}

/// The fields of `Counters`, as its `Debug` shows them: written by the compiler, and by no list of ours.
fn fields_of(counters: &Counters) -> Vec<(String, u64)> {
    let shown = format!("{counters:?}");
    let fields = shown.split(['{', ',', '}']).filter_map(|field| field.trim().split_once(": "));
    fields.filter_map(|(name, value)| Some((name.to_owned(), value.parse().ok()?))).collect()
}

#[test]
fn every_counter_is_listed_with_its_value() {
    let server = Running::start(Config::new(), handler_fn(|peers, from, message| peers.send(from, message)));
    let mut client = Client::connect(server.address());
    client.send(TEXT, b"hello");
    assert_eq!(client.text(), "hello");
    let mut nobody = Client::dial(server.address());
    nobody.write(b"GET / HTTP/1.1\r\n\r\n");
    nobody.head();
    server.wait_until("it is refused", |counters| counters.refused(Refusal::Host) == 1);
    let counters = server.counters();
    let fields = fields_of(&counters);
    assert!(fields.len() > 20 && fields.contains(&("messages_in".into(), 1)), "{fields:?}");
    let (refusals, listed): (Vec<Counter>, Vec<Counter>) =
        counters.iter().partition(|counter| counter.label().is_some());
    let listed: Vec<_> = listed.iter().map(|counter| (counter.name().to_owned(), counter.value())).collect();
    assert_eq!(listed, fields);
    for (counter, &reason) in refusals.iter().zip(Refusal::ALL) {
        assert_eq!((counter.name(), counter.label()), ("refused", Some(("reason", reason.name()))));
        assert_eq!(counter.value(), counters.refused(reason));
    }
    assert_eq!(refusals.len(), Refusal::ALL.len());
}

/// In both windows: what a handler sees, and another thread.
#[test]
fn what_unfinished_messages_take_is_seen_by_the_handler_too() {
    let server = Directed::start(Config::new());
    let (_id, mut client) = server.guest();
    let frame = masked(TEXT, &[b'x'; 40_000]);
    client.write(&frame[..30_000]);
    server.running.wait_until("half of it is there", |counters| counters.receiving >= 29_000);
    assert!(server.direct(|peers| peers.counters().receiving) >= 29_000);
}

#[test]
fn the_lengths_of_messages_are_measured() {
    let server = Running::start(Config::new(), handler_fn(|peers, from, message| peers.send(from, message)));
    let mut client = Client::connect(server.address());
    for length in [0, 1, 16, 17, 300, 70_000, 1 << 20] {
        client.send(BINARY, &vec![0; length]);
        assert_eq!(client.frame().1.len(), length);
    }
    // In two fragments (RFC 6455 §5.4), it is one message.
    client.send(BINARY & 0x7F, &[0; 10]);
    client.send(0x80, &[0; 10]);
    assert_eq!(client.frame().1.len(), 20);
    let lengths = server.counters().histograms().message_in();
    assert_eq!(lengths.sum(), f64::from(1 + 16 + 17 + 300 + 70_000 + (1 << 20) + 20));
    let up_to = |bound: f64| lengths.buckets().find(|&(found, _)| found == bound).expect("a power of two").1;
    let counts = [16.0, 32.0, 256.0, 512.0, 65_536.0, 131_072.0, 524_288.0, 1_048_576.0].map(up_to);
    assert_eq!(counts, [3, 5, 5, 6, 6, 7, 7, 8]);
}

/// A turn that takes long is seen as such, and one that sleeps is not.
#[test]
fn the_times_of_turns_are_measured_without_the_sleep() {
    const WORK: Duration = Duration::from_millis(50);
    let server = Directed::start(Config::new());
    let (_id, _client) = server.guest();
    server.direct(|_| {
        let began = Instant::now();
        while began.elapsed() < WORK {}
    });
    server.running.wait_until("the turn is over", |counters| {
        counters.histograms().turn_time().at_most(1.0).is_some_and(|bound| bound >= WORK.as_secs_f64())
    });
    let before = server.running.counters().histograms().turn_time();
    // Asleep: nobody says anything, until the next errand.
    thread::sleep(Duration::from_millis(800));
    server.direct(|_| ());
    server.running.wait_until("the turn is over", |counters| {
        counters.histograms().turn_time().count() > before.count()
    });
    let after = server.running.counters().histograms().turn_time();
    assert!(after.count() <= before.count() + 3, "no turns without a reason: {after:?}");
    assert!(after.sum() < before.sum() + 0.7, "{before:?}, {after:?}");
}

#[test]
fn what_waits_for_a_peer_is_measured_when_its_socket_is_full() {
    let server = Directed::start(Config::new().max_send_queue(64 << 20).send_buffer(64 << 10));
    let (id, mut client) = server.guest();
    server.direct(move |peers| peers.send(id, "it is read"));
    assert_eq!(client.text(), "it is read");
    assert_eq!(server.running.counters().histograms().queued().count(), 0);
    // More than the buffers of two sockets on loopback hold.
    server.direct(move |peers| peers.send(id, &vec![0; 40 << 20]));
    server.running.wait_until("its socket is full", |counters| counters.histograms().queued().count() > 0);
    let queued = server.running.counters().histograms().queued();
    let bound = queued.at_most(1.0).expect("there are values");
    assert!((1e6..f64::from(128 << 20)).contains(&bound) && queued.sum() <= bound * queued.count() as f64);
}

#[test]
fn the_text_for_prometheus_keeps_its_grammar_and_has_every_counter() {
    let server = Directed::start(Config::new());
    let (id, mut client) = server.guest();
    server.direct(move |peers| peers.send(id, "hello"));
    assert_eq!(client.text(), "hello");
    let (counters, text) = server.direct(|peers| {
        let counters = peers.counters();
        let text = counters.to_prometheus();
        (counters, text)
    });
    let families = prometheus::read(&text);
    for counter in counters.iter() {
        let family = &families[counter.metric()];
        let value = match counter.label() {
            Some((label, text)) => family.labelled(label, text),
            None => family.value(),
        };
        assert_eq!(value, counter.value() as f64, "{}", counter.name());
        assert_eq!(family.help, counter.help());
        let kind = if counter.kind() == CounterKind::Counter { "counter" } else { "gauge" };
        assert_eq!(family.kind, kind);
        assert!(counter.metric().starts_with(&format!("pollcat_{}", counter.name())));
        assert_eq!(counter.metric().ends_with("_total"), kind == "counter", "{}", counter.metric());
        let help = counter.help();
        assert!(help.ends_with('.') && !help.contains(['[', '`', '\n']), "one plain sentence: {help}");
    }
    for histogram in counters.histograms().iter() {
        let family = &families[histogram.metric()];
        assert_eq!((&family.kind[..], &family.help[..]), ("histogram", histogram.help()));
        let sample = |end: &str, labels: Vec<(String, String)>| {
            family.samples[&(format!("{}_{end}", histogram.metric()), labels)]
        };
        for (bound, count) in histogram.buckets() {
            let bound = if bound.is_infinite() { "+Inf".to_owned() } else { bound.to_string() };
            assert_eq!(sample("bucket", vec![("le".to_owned(), bound)]), count as f64);
        }
        assert_eq!(sample("sum", Vec::new()), histogram.sum());
        let unit = if histogram.unit() == Unit::Seconds { "seconds" } else { "bytes" };
        assert_eq!(histogram.metric(), format!("pollcat_{}_{unit}", histogram.name()));
    }
    for (metric, value) in [
        ("pollcat_messages_out_total", 1.0),
        ("pollcat_open", 1.0),
        ("pollcat_receiving_bytes", 0.0),
        ("pollcat_bytes_in_total", counters.bytes_in as f64),
    ] {
        assert_eq!(families[metric].value(), value, "{metric}");
    }
    assert_eq!(Counters::PROMETHEUS, "text/plain; version=0.0.4; charset=utf-8");
}
