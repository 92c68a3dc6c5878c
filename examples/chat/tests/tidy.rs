//! Where each package has its place in the chat, and no modules go in a circle, neither here nor in the page: checked by reading
//! the source.

use pollcat_testing::sources::Arrow;
use pollcat_testing::{circles, sources};

/// Packages, and the server's connections, and the only places that may say them.
const PACKAGES: [Arrow; 12] = [
    (&["rusqlite"], &["src/history/"]),
    (&["serde_json"], &["src/voices/json/", "src/run/settings/", "src/nodes/codec", "src/nodes/saying"]),
    (
        &["serde"],
        &[
            "src/voices/json/",
            "src/run/settings/",
            "src/nodes/codec",
            "src/nodes/saying",
            // What an entry is made of.
            "src/history/entry.rs",
            "src/history/deed.rs",
            "src/history/said.rs",
            "src/history/outside.rs",
            "src/history/spelling.rs",
            "src/rights.rs",
        ],
    ),
    (&["jiff"], &["src/voices/lines", "src/run/logs/", "src/robot/local.rs"]),
    (&["unicode_security"], &["src/model/names"]),
    (&["imagesize"], &["src/picture"]),
    (&["ureq"], &["src/sender/"]),
    (&["use redis::"], &["src/nodes/redis/"]),
    (&["hmac"], &["src/voices/json/targets/"]),
    (&["Peers"], &["src/handler/", "src/deliver/", "src/http/", "src/metrics/board.rs"]),
    (
        &["PeerId", "PeerMap"],
        &[
            "src/handler/",
            "src/deliver/",
            "src/http/",
            "src/session/",
            "src/tickets.rs",
            "src/metrics/board.rs",
        ],
    ),
    (
        &["std::thread", "thread"],
        &[
            "src/history/",
            "src/nodes/",
            "src/sender/",
            "src/run/logs/",
            "src/run/health.rs",
            "src/main.rs",
            "src/run/panics.rs",
            "src/run/signals.rs",
            "src/metrics/board.rs",
        ],
    ),
];

/// What the model knows nothing of: connections, JSON, clocks, threads, chance and the log.
const NOT_OF_THE_MODEL: &[&str] = &[
    "pollcat::",
    "serde_json",
    "std::time",
    "Instant",
    "SystemTime",
    "ticks",
    "thread",
    "random_text",
    "getrandom",
    "log",
    "crate::deliver",
    "crate::handler",
    "crate::session",
    "crate::run",
    "crate::voices",
];

/// Which part of a page may import from which. Its `main` wires them all, and nobody imports it. The admin page has the chat's
/// connection and elements, and nothing of what the chat does.
const LAYERS: [(&str, &[&str]); 8] = [
    ("model/", &["model/"]),
    ("browser/", &["browser/", "model/"]),
    ("net/", &["net/", "model/"]),
    ("app/", &["app/", "net/", "model/"]),
    ("views/", &["views/", "browser/", "model/"]),
    ("admin/model/", &["admin/model/", "model/"]),
    ("admin/app/", &["admin/app/", "admin/model/", "net/", "model/"]),
    ("admin/views/", &["admin/views/", "admin/model/", "views/", "browser/", "model/"]),
];

/// Where a page begins: what wires its parts, and what comes before them.
const MAINS: [&str; 2] = ["main.js", "admin/main.js"];
const EARLY: [&str; 2] = ["early.js", "admin/early.js"];
/// A style of all views, which is called like none of them.
const OF_ALL: [&str; 4] = ["tokens", "base", "helpers", "frame"];

/// What a browser has and node has not, and the only places of the page that may say it.
const GLOBALS: [Arrow; 5] = [
    (
        &["document", "requestAnimationFrame"],
        &["views/", "main.js", "early.js", "admin/views/", "admin/main.js"],
    ),
    (&["window"], &["main.js", "early.js", "admin/main.js"]),
    (&["localStorage", "sessionStorage"], &["main.js", "early.js", "admin/main.js"]),
    (&["WebSocket", "fetch"], &["net/", "main.js", "admin/main.js"]),
    (&["navigator"], &["browser/", "views/words.js", "views/message.js", "early.js", "admin/views/forms.js"]),
];

/// A line of the page is no longer than this.
const WIDTH: usize = 120;

#[test]
fn every_name_stays_where_it_belongs() {
    let strays = sources::strays(&rust("src"), &PACKAGES, &[]);
    assert!(strays.is_empty(), "\n{}", strays.join("\n"));
}

#[test]
fn the_model_knows_no_world() {
    let strays = sources::strays(&rust("src/model"), &[], NOT_OF_THE_MODEL);
    assert!(strays.is_empty(), "\n{}", strays.join("\n"));
}

/// What the tables of the model hold, only the model can change.
#[test]
fn the_tables_of_the_model_are_its_own() {
    const TABLES: [&str; 10] =
        ["Index", "Mark", "Members", "Membership", "Model", "People", "Person", "Ring", "Room", "Rooms"];
    let text = rust("src/model").into_iter().map(|(_, text)| text).collect::<String>();
    for table in TABLES {
        let begins = format!("struct {table} {{\n");
        let fields = text.split_once(&begins).unwrap_or_else(|| panic!("where has {table} gone?")).1;
        let is_open = |line: &&str| line.starts_with("    pub ") || line.starts_with("    pub(crate) ");
        let open: Vec<_> = fields.lines().take_while(|line| *line != "}").filter(is_open).collect();
        assert!(open.is_empty(), "{table}: {open:?}");
    }
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
    let faults = circles::faults(&graph, &[]);
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

#[test]
fn the_page_is_a_tree_and_no_import_runs_up() {
    let graph = circles::scripts::graph(&page("js"));
    assert!(graph.modules() > 40, "only {} modules are seen", graph.modules());
    let mut faults = circles::faults(&graph, &[]);
    for (from, to) in graph.arrows().filter(|(from, _)| !MAINS.contains(&&*format!("{from}.js"))) {
        let allowed = LAYERS.iter().find(|(layer, _)| from.starts_with(layer)).map_or(&[][..], |(_, to)| to);
        if !allowed.iter().any(|layer| to.starts_with(layer)) {
            faults.push(format!("{from} imports {to}"));
        }
    }
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

/// A module that keeps something for itself, or runs when it is imported, cannot be read or tested alone.
#[test]
fn no_module_of_the_page_has_state_or_a_name_without_a_name() {
    let mut odd = Vec::new();
    for (file, text) in &code_of_the_page() {
        for (number, line) in (1..).zip(text.lines()) {
            let begins = |words: &[&str]| words.iter().any(|word| line.starts_with(word));
            let is_state = begins(&["let ", "var ", "export let ", "export var "]);
            let is_nameless = begins(&["export default", "export {", "export *", "import \"", "import("]);
            // What stands at the beginning of a line, and is no declaration, is done when the module is imported.
            let acts = line.starts_with(|c: char| c.is_alphabetic())
                && !begins(&["import ", "export ", "const ", "function ", "async function ", "class "]);
            if is_state || is_nameless || (acts && !MAINS.contains(&&**file)) {
                odd.push(format!("{file}:{number} {line}"));
            }
        }
    }
    assert!(odd.is_empty(), "\n{}", odd.join("\n"));
}

#[test]
fn what_the_browser_has_is_said_only_where_it_may_be_missing() {
    let strays = sources::strays(&code_of_the_page(), &GLOBALS, &[]);
    assert!(strays.is_empty(), "\n{}", strays.join("\n"));
}

#[test]
fn every_style_of_a_view_is_called_like_the_view_and_no_line_is_long() {
    let mut odd = Vec::new();
    for (file, text) in [page("js"), page("css"), page("html")].concat() {
        let long = (1..).zip(text.lines()).filter(|(_, line)| line.chars().count() > WIDTH);
        odd.extend(long.map(|(number, _)| format!("{file}:{number} is longer than {WIDTH} characters")));
        let Some((view, name)) =
            file.strip_suffix(".css").and_then(|view| Some((view, view.split_once("views/")?.1)))
        else {
            continue;
        };
        if !OF_ALL.contains(&name) && !page("js").iter().any(|(file, _)| file == &format!("{view}.js")) {
            odd.push(format!("{file} is called like no view"));
        }
    }
    assert!(odd.is_empty(), "\n{}", odd.join("\n"));
}

/// What a map names has to be there.
#[test]
fn the_architecture_names_only_files_and_functions_that_there_are() {
    let text = std::fs::read_to_string(format!("{ROOT}/ARCHITECTURE.md")).expect("ARCHITECTURE.md");
    let sources = [rust("src"), page("js")].concat();
    let is_file = |word: &str| {
        let path = std::path::Path::new(word);
        word.ends_with('/')
            || path.extension().is_some_and(|it| ["rs", "js", "txt", "md"].map(Some).contains(&it.to_str()))
    };
    let is_there = |word: &str| [ROOT, SRC].iter().any(|at| std::path::Path::new(at).join(word).exists());
    let is_function = |name: &str| {
        let shapes =
            [format!("fn {name}("), format!("fn {name}<"), format!("function {name}("), format!("{name} = ")];
        sources.iter().any(|(_, text)| shapes.iter().any(|shape| text.contains(shape)))
    };
    let words = || text.split(|c: char| !c.is_alphanumeric() && !"_-./()".contains(c));
    let files = words().map(|word| word.trim_matches(['.', '(', ')'])).filter(|word| is_file(word));
    let functions = words().filter_map(|word| word.strip_suffix("()"));
    let lost: Vec<&str> =
        files.filter(|word| !is_there(word)).chain(functions.filter(|name| !is_function(name))).collect();
    assert!(lost.is_empty(), "{lost:?}");
}

/// The page's modules without their comments; and without the tables of its words.
fn code_of_the_page() -> Vec<(String, String)> {
    let is_code = |line: &&str| !line.trim_start().starts_with(['*', '/']);
    let code = |text: String| {
        text.lines().map(|line| if is_code(&line) { line } else { "" }).collect::<Vec<_>>().join("\n")
    };
    let modules = page("js")
        .into_iter()
        .filter(|(file, _)| !EARLY.contains(&&**file) && !file.contains("views/phrases"));
    modules.map(|(file, text)| (file, code(text))).collect()
}

fn page(extension: &str) -> Vec<(String, String)> {
    sources::sources(WEB, "", extension)
}

const ROOT: &str = env!("CARGO_MANIFEST_DIR");
const SRC: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src");
const WEB: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/web");

fn rust(folder: &str) -> Vec<(String, String)> {
    sources::sources(ROOT, folder, "rs")
}
