//! Where each package has its place in the chat, and no modules go in a circle, neither here nor in the page: checked by reading
//! the source.

use std::fs;
use std::path::Path;

use pollcat_testing::sources::Arrow;
use pollcat_testing::{circles, sources};

/// Packages, and the only places that may say them.
const PACKAGES: [Arrow; 6] = [
    (&["rusqlite"], &["src/history/"]),
    (&["serde", "serde_json"], &["src/wire", "src/settings/"]),
    (&["jiff"], &["src/console.rs", "src/logs/"]),
    (&["unicode_security"], &["src/names"]),
    (&["imagesize"], &["src/picture"]),
    (&["std::thread", "thread"], &["src/history/", "src/logs/", "src/main.rs", "src/signals.rs"]),
];

/// The page's modules that stand alone: each can be read, and tested, without the others.
const ALONE: [&str; 9] =
    ["browser", "commands", "composing", "early", "identity", "links", "mentions", "reach", "roster"];

/// The circles that there are today, each in the order of its modules. Both lists may only shrink, and are to be empty.
const CIRCLES: &[&[&str]] = &[
    &[
        "addresses",
        "arrivals",
        "catch_up",
        "chat",
        "departures",
        "door",
        "loading",
        "membership",
        "order",
        "presence",
        "rooms",
        "sessions",
        "telling",
    ],
    &["daemon", "logs", "settings", "settings/apart", "settings/file", "settings/flags", "settings/table"],
    &[
        "picture",
        "picture/clean",
        "picture/clean/gif",
        "picture/clean/jpeg",
        "picture/clean/png",
        "picture/clean/webp",
    ],
];
const CIRCLES_OF_THE_PAGE: &[&[&str]] = &[&[
    "arrival",
    "chat",
    "completion",
    "composer",
    "connection",
    "dialogs",
    "head",
    "lightbox",
    "members",
    "message",
    "outbox",
    "pictures",
    "reading",
    "search",
    "sides",
    "switcher",
    "timeline",
]];

#[test]
fn every_name_stays_where_it_belongs() {
    let strays = sources::strays(&rust("src"), &PACKAGES, &[]);
    assert!(strays.is_empty(), "\n{}", strays.join("\n"));
}

#[test]
fn every_file_begins_with_what_it_is_about_and_stays_short() {
    let files =
        [rust("src"), rust("tests"), rust("tests/page"), rust("tests/support"), rust("benches")].concat();
    let odd = sources::oddities(&files);
    assert!(odd.is_empty(), "\n{}", odd.join("\n"));
}

#[test]
fn no_modules_go_in_a_circle() {
    let graph = circles::rust::graph(&sources::sources(SRC, "", "rs"), "main.rs");
    assert!(graph.modules() > 50, "only {} modules are seen", graph.modules());
    let faults = circles::faults(&graph, CIRCLES);
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

#[test]
fn no_modules_of_the_page_go_in_a_circle() {
    let graph = circles::scripts::graph(&sources::sources(WEB, "", "js"));
    assert!(graph.modules() > 20, "only {} modules are seen", graph.modules());
    let faults = circles::faults(&graph, CIRCLES_OF_THE_PAGE);
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

#[test]
fn what_stands_alone_in_the_page_imports_nothing() {
    for name in ALONE {
        let script =
            fs::read_to_string(Path::new(WEB).join(format!("{name}.js"))).expect("a script of the page");
        assert!(!script.contains("import "), "{name}.js imports something");
    }
}

const ROOT: &str = env!("CARGO_MANIFEST_DIR");
const SRC: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src");
const WEB: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/web");

fn rust(folder: &str) -> Vec<(String, String)> {
    sources::sources(ROOT, folder, "rs")
}
