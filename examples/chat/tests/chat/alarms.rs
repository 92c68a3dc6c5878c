//! The dashboard and the alarms that the package brings along: they name what there is, can be read by what they are for, and say
//! what they should when they should. What only one node of several has is compared in `chat_nodes/watched.rs`.

use std::collections::BTreeSet;
use std::fmt::Write;

use pollcat_chat_testing::http::get;
use pollcat_chat_testing::watching::{has, is_of_nodes, named, path, promtool, read, readings, scrape};
use pollcat_testing::running::wait_until;
use pollcat_testing::scratch::Scratch;
use serde_json::Value;

use crate::metrics::watched;

#[test]
fn the_dashboard_the_alarms_and_the_handbook_name_what_there_is() {
    let (_chat, metrics) = watched(&[]);
    wait_until("the loop has come by", || get(metrics, "/readyz").status == 200);
    let page = scrape(metrics);
    for (file, text) in readings() {
        let names: Vec<&str> = named(&text).filter(|name| !is_of_nodes(name)).collect();
        assert!(names.len() > 10, "{file} names {names:?}");
        let lost: Vec<_> = names.into_iter().filter(|name| !has(&page, name)).collect();
        assert!(lost.is_empty(), "{file}: {lost:?}");
    }
    assert_eq!(page.keys().find(|name| is_of_nodes(name)), None, "it is alone");
    // What the chat itself counts stands in the handbook, all of it.
    let [.., (handbook, text)] = readings();
    let untold: Vec<_> = page.keys().filter(|name| name.starts_with("chat_")).collect();
    let untold: Vec<_> = untold.into_iter().filter(|name| !named(&text).any(|it| it == **name)).collect();
    assert!(untold.is_empty(), "{handbook} lacks {untold:?}");
}

#[test]
fn each_alarm_fires_when_it_should_and_not_before() {
    let rules = "packaging/alerts.yml";
    let stories = ["examples/chat/fixtures/alarms.yml", "examples/chat/fixtures/alarms-of-days.yml"];
    let (alarms, told) = (read(rules), stories.map(read).concat());
    let alarms: Vec<&str> = alarms.lines().filter_map(|line| line.trim().strip_prefix("- alert: ")).collect();
    assert!(alarms.len() > 10, "{alarms:?}");
    let silent: Vec<_> =
        alarms.into_iter().filter(|alarm| !told.contains(&format!("alertname=\"{alarm}\""))).collect();
    assert!(silent.is_empty(), "there is no story of {silent:?}");
    let [first, second] = stories.map(path);
    for args in [&["check", "rules", &path(rules)][..], &["test", "rules", &first, &second]] {
        let Some((is_good, told)) = promtool(args, b"") else { return };
        assert!(is_good, "{args:?}: {told}");
    }
}

/// Its queries, as rules, with what Grafana puts into them.
#[test]
fn the_dashboard_asks_what_prometheus_understands() {
    let dashboard: Value = serde_json::from_str(&read("packaging/grafana.json")).expect("it is JSON");
    let panels = dashboard["panels"].as_array().expect("panels");
    let ids: BTreeSet<_> = panels.iter().map(|panel| panel["id"].as_u64().expect("an id")).collect();
    let places: BTreeSet<_> = panels.iter().map(|panel| panel["gridPos"].to_string()).collect();
    assert!(
        ids.len() > 10 && ids.len() == panels.len() && places.len() == panels.len(),
        "{ids:?} {places:?}"
    );
    let targets = panels.iter().flat_map(|panel| panel["targets"].as_array().into_iter().flatten());
    let mut rules = String::from("groups:\n  - name: dashboard\n    rules:\n");
    for (number, target) in targets.enumerate() {
        let asked = target["expr"].as_str().expect("a query");
        let asked = asked.replace("$job", "chat").replace("$__rate_interval", "1m");
        assert!(!asked.contains('$'), "{asked}");
        let _ = writeln!(rules, "      - {{record: 'panel:{number}', expr: '{asked}'}}");
    }
    let folder = Scratch::new("dashboard");
    let file = folder.file("rules.yml");
    std::fs::write(&file, rules).expect("it can be written");
    let Some((is_good, told)) = promtool(&["check", "rules", &file.to_string_lossy()], b"") else { return };
    assert!(is_good, "{told}");
}
