//! The page as a whole, by the grammar of its format.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use pollcat::Server;
use pollcat_chat_testing::http::get;
use pollcat_testing::prometheus::{self, Family};

use super::*;

fn looks(metrics: &Metrics) -> Looks {
    let server = Server::<()>::without_listeners(pollcat::Config::new()).expect("a server");
    let files = Files(["/nowhere/chat.db", "/nowhere/chat.db-wal", "/nowhere/chat.db-shm"].map(Into::into));
    let counters = server.counters();
    Looks {
        metrics: metrics.clone(),
        counters,
        files: Some(files),
        version: "1.2.3",
        features: "tls".to_owned(),
    }
}

fn page(metrics: &Metrics) -> BTreeMap<String, Family> {
    prometheus::read(&looks(metrics).text())
}

#[test]
fn what_is_noted_stands_on_the_page() {
    let metrics = Metrics::default();
    metrics.said(EventKind::Picture);
    metrics.acked(Duration::from_millis(3));
    metrics.refused("slow");
    metrics.refused("something new");
    metrics.hooked(HookResult::TooFast);
    metrics.delivered(Attempt::Rejected);
    metrics.delivery_dropped();
    metrics.stored(7, Duration::from_micros(500));
    metrics.lines_dropped(3);
    metrics.backups(Some((1_700_000_000_999, 4_096)), 2);
    metrics.turned(&Moment {
        people_here: 2,
        people_known: 5,
        public_rooms: 1,
        private_rooms: 3,
        direct_rooms: 4,
        deliveries_waiting: 6,
        store_queue: 1_000,
        store_wait: Duration::from_millis(250),
    });
    let page = page(&metrics);
    let labelled = |name: &str, label, word| page[name].labelled(label, word);
    let table = [
        (labelled("chat_events_total", "kind", "picture"), 1.0),
        (labelled("chat_events_total", "kind", "text"), 0.0),
        (labelled("chat_refusals_total", "code", "slow"), 1.0),
        (labelled("chat_refusals_total", "code", "other"), 1.0),
        (labelled("chat_hooks_total", "result", "too_fast"), 1.0),
        (labelled("chat_deliveries_total", "result", "rejected"), 1.0),
        (labelled("chat_people", "state", "here"), 2.0),
        (labelled("chat_people", "state", "known"), 5.0),
        (labelled("chat_rooms", "kind", "direct"), 4.0),
        (page["chat_deliveries_dropped_total"].value(), 1.0),
        (page["chat_deliveries_waiting"].value(), 6.0),
        (page["chat_log_lines_dropped_total"].value(), 3.0),
        (page["chat_backup_last_success_timestamp_seconds"].value(), 1_700_000_000.0),
        (page["chat_backup_last_size_bytes"].value(), 4_096.0),
        (page["chat_backup_errors_total"].value(), 2.0),
        (page["chat_store_queue_bytes"].value(), 1_000.0),
        (page["chat_store_waiting_seconds"].value(), 0.25),
        (page["chat_ready"].value(), 1.0),
        (labelled("chat_history_bytes", "file", "wal"), 0.0),
    ];
    for (place, (is, expected)) in table.iter().enumerate() {
        assert_eq!(is, expected, "{place}");
    }
    let sum = |name: &str, end: &str| page[name].samples[&(format!("{name}_{end}"), Vec::new())];
    assert_eq!((sum("chat_ack_seconds", "sum"), sum("chat_ack_seconds", "count")), (0.003, 1.0));
    assert_eq!(sum("chat_store_batch_entries", "sum"), 7.0);
    assert!(page.contains_key("pollcat_connections") && page.contains_key("pollcat_turn_time_seconds"));
    let info = page["chat_build_info"].samples.keys().next().expect("one").1.clone();
    let expected = [("version", "1.2.3"), ("features", "tls")];
    assert_eq!(info, expected.map(|(name, text)| (name.to_owned(), text.to_owned())));
}

#[test]
fn of_one_that_is_alone_nothing_is_told_of_nodes() {
    let is_of_nodes = |name: &&String| name.starts_with("chat_node");
    let metrics = Metrics::default();
    metrics.applied(7, 1, 1);
    metrics.stands(&Stand { can_write: true, ..Stand::default() });
    assert_eq!(page(&metrics).keys().find(is_of_nodes), None);
    metrics.node();
    assert_eq!(page(&metrics).keys().filter(is_of_nodes).count(), 16);
}

#[test]
fn what_a_node_notes_stands_on_the_page() {
    let metrics = Metrics::default();
    let node = metrics.node();
    node.ends_at(90);
    node.read(80);
    node.appended(5);
    node.came_back(Duration::from_millis(4));
    node.reconnected(LogSide::Follow);
    node.live(3);
    metrics.applied(70, 2, 3);
    metrics.stands(&Stand {
        can_write: true,
        follows: true,
        is_lost: false,
        holds_chores: true,
        claim: Some(Claim::System),
        waiting_bytes: 1_000,
        people_elsewhere: 8,
    });
    let told = page(&metrics);
    let labelled = |name: &str, label, word| told[name].labelled(label, word);
    let value = |name: &str| told[name].value();
    let table = [
        (value("chat_nodes"), 3.0),
        (value("chat_node_can_write"), 1.0),
        (value("chat_node_follows"), 1.0),
        (value("chat_node_lost"), 0.0),
        (value("chat_node_holds_chores"), 1.0),
        (labelled("chat_node_durability", "level", "system"), 1.0),
        (labelled("chat_node_durability", "level", "disk"), 0.0),
        (value("chat_node_log_last_place"), 90.0),
        (value("chat_node_applied_place"), 70.0),
        (value("chat_node_behind_entries"), 20.0),
        (value("chat_node_appended_entries_total"), 5.0),
        (labelled("chat_node_applied_entries_total", "appender", "own"), 2.0),
        (labelled("chat_node_applied_entries_total", "appender", "other"), 3.0),
        (
            told["chat_node_return_seconds"].samples[&("chat_node_return_seconds_sum".into(), Vec::new())],
            0.004,
        ),
        (value("chat_node_waiting_bytes"), 1_000.0),
        (labelled("chat_node_reconnects_total", "side", "follow"), 1.0),
        (value("chat_node_people_elsewhere"), 8.0),
    ];
    for (place, (is, expected)) in table.iter().enumerate() {
        assert_eq!(is, expected, "{place}");
    }
    // The log lost its end, and it has not come to this node.
    node.ends_at(60);
    assert_eq!(page(&metrics)["chat_node_behind_entries"].value(), 0.0);
    metrics.stands(&Stand::default());
    let told = page(&metrics);
    assert_eq!(told["chat_node_durability"].samples.values().sum::<f64>(), 0.0, "it is not known");
}

/// The loop looks twice in a second. Here it has the time that it is told.
#[test]
fn how_long_a_node_is_behind_counts_from_when_it_heard_of_what_it_lacks() {
    let (metrics, second) = (Metrics::default(), Duration::from_secs(1));
    let node = metrics.node();
    metrics.turned(&Moment::default());
    let steps = [
        // When, how far the log goes, how far it is applied; how long the node is behind, and is it ready?
        (0, 100, 100, 0, true),
        (1, 200, 100, 0, true),
        (2, 300, 150, 1, true),
        (4, 400, 199, 3, false),
        (5, 500, 200, 3, false),
        (6, 500, 499, 1, true),
        (9, 500, 500, 0, true),
    ];
    for (at, last, applied, behind, is_ready) in steps {
        node.ends_at(last);
        metrics.applied(applied, 0, 0);
        node.look(at * second);
        let told = page(&metrics);
        assert_eq!(told["chat_node_behind_seconds"].value(), f64::from(behind), "after {at} s");
        assert_eq!(
            (metrics.ready().is_ok(), told["chat_ready"].value() == 1.0),
            (is_ready, is_ready),
            "{at}"
        );
    }
    node.ends_at(900);
    node.look(10 * second);
    node.look(20 * second);
    assert!(metrics.ready().is_err_and(|words| words.contains("400 entries behind the log")));
    assert!(metrics.alive().is_ok(), "nobody should restart it for that");
    metrics.set_trouble(Some("the log is\naway".to_owned()));
    assert_eq!(metrics.ready(), Err("the log is away".to_owned()), "that comes first");
}

/// Prometheus' guidance on names: https://prometheus.io/docs/practices/naming/.
#[test]
fn names_follow_the_conventions() {
    let metrics = Metrics::default();
    metrics.node();
    for (name, family) in &page(&metrics) {
        assert!(["pollcat_", "chat_", "process_"].iter().any(|ours| name.starts_with(ours)), "{name}");
        assert!(name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'), "{name}");
        assert_eq!(name.ends_with("_total"), family.kind == "counter", "{name} is a {}", family.kind);
        assert!(family.help.ends_with('.'), "{name}: {}", family.help);
        for unit in ["milli", "micro", "minutes", "hours", "kib", "mib", "percent"] {
            assert!(!name.contains(unit), "{name} has no base unit");
        }
        assert!(family.samples.len() <= 64, "{name} has {} samples", family.samples.len());
    }
}

#[test]
fn what_the_system_knows_is_on_the_page() {
    let before = SystemTime::now().duration_since(UNIX_EPOCH).expect("a clock").as_secs_f64();
    let page = page(&Metrics::default());
    let start = page["process_start_time_seconds"].value();
    assert!(start >= before - 0.001 && start < before + 60.0, "{start}");
    if cfg!(target_os = "linux") {
        assert!(page["process_resident_memory_bytes"].value() > 1e6);
        let (open, most) = (page["process_open_fds"].value(), page["process_max_fds"].value());
        assert!(open >= 3.0 && open <= most, "{open} of {most}");
        assert!(page["process_cpu_seconds_total"].value() < 100_000.0);
    }
    assert!(!page.contains_key("chat_history_free_bytes"), "there is no such folder");
}

/// A program whose loop alone stands still cannot be had. This is all of it that answers then: the board, over HTTP.
#[test]
fn whoever_restarts_a_chat_that_hangs_is_told_so() {
    let metrics = Metrics::of_a_loop_that_hangs(Duration::from_secs(10));
    let mut board = Board::new(None).expect("a board");
    let address = board.listen("127.0.0.1:0").expect("loopback has a free port");
    let _running = board.start(looks(&metrics)).expect("it starts");
    for path in ["/healthz", "/readyz"] {
        let page = get(address, path);
        assert_eq!(page.status, 503, "{path}: {}", page.text());
        assert!(page.text().starts_with("the chat hangs: its loop has not turned for "), "{}", page.text());
    }
    let page = prometheus::read(get(address, "/metrics").text());
    assert!(page["chat_loop_seconds_since_turn"].value() >= 9.9 && page["chat_ready"].value() == 0.0);
    metrics.turned(&Moment::default());
    assert_eq!(get(address, "/healthz").status, 200, "it goes on");
}

#[test]
fn the_state_of_the_history_decides_whether_the_chat_is_ready() {
    let metrics = Metrics::default();
    assert!(metrics.alive().is_ok() && metrics.ready().is_err(), "it has not begun");
    metrics.turned(&Moment::default());
    assert_eq!(metrics.ready(), Ok("ok"));
    metrics.not_stored();
    assert!(metrics.ready().is_err() && metrics.alive().is_ok());
    metrics.store_tried(false);
    assert!(metrics.ready().is_err());
    metrics.store_tried(true);
    assert_eq!(metrics.ready(), Ok("ok"));
    metrics.not_stored();
    metrics.stored(1, Duration::ZERO);
    assert_eq!(metrics.ready(), Ok("ok"));
    metrics.stopping();
    assert!(metrics.ready().is_err() && metrics.alive().is_ok());
}
