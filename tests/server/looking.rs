//! Looking at a running server: who is in a topic, what was counted, and the text for Prometheus.

use std::collections::BTreeSet;

use pollcat::{
    CloseCode, Config, Counter, CounterKind, Counters, Delivery, PeerId, Peers, Refusal, handler_fn,
};
use pollcat_testing::client::{Client, TEXT};
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

#[test]
fn the_text_for_prometheus_keeps_its_grammar_and_has_every_counter() {
    let server = Directed::start(Config::new());
    let (id, mut client) = server.guest();
    server.direct(move |peers| peers.send(id, "hello"));
    assert_eq!(client.text(), "hello");
    let (counters, text) = server.direct(|peers| (peers.counters(), peers.counters().to_prometheus()));
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
