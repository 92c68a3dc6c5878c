//! The checks of `tidy.rs` see what they shall, and nothing else: a test that cannot fail proves nothing.

use pollcat_testing::circles;
use pollcat_testing::sources::says;

#[test]
fn a_word_is_found_by_itself_and_outside_comments() {
    assert!(says("use log::debug;", "log") && says("    std::thread::spawn(f)", "std::thread"));
    for innocent in ["let catalog = 1;", "log_in();", "// no log here", "/// nor a log here", "f(); // log"] {
        assert!(!says(innocent, "log"), "{innocent}");
    }
}

#[test]
fn a_circle_is_found_through_whatever_passes_a_name_on() {
    let found = |files: &[(&str, &str)]| circles::rust::graph(&owned(files), "lib.rs").circles();
    let root = ("lib.rs", "mod a;\npub mod b;\npub use b::B;");
    let circle = [["a", "b"]];
    for a in [
        "use crate::b::B;",
        "use crate::{b::{self as other}, c};",
        "use crate::B;",
        "use super::B as Other;",
        "fn f() { crate::b::f(\"//\") }",
        "use crate::b;\nfn f<'a>() -> b::B<'a> {}",
        "use super::*;\nfn f() -> char { '\"' }\nfn g(b: super::B) {}",
    ] {
        assert_eq!(found(&[root, ("a.rs", a), ("b.rs", "pub struct B(super::a::A);")]), circle, "{a}");
    }
    let spread =
        [("lib.rs", "mod a;"), ("a/mod.rs", "mod one;\nmod two;\npub(crate) use one::*;\nuse two::f;")];
    let below = [("a/one.rs", "pub struct One;\nuse super::f;"), ("a/two.rs", "fn f(one: super::One) {}")];
    assert_eq!(found(&[spread, below].concat()), [["a/one", "a/two"]]);
}

#[test]
fn what_goes_round_is_no_circle_before_it_comes_back() {
    let found = |files: &[(&str, &str)]| circles::rust::graph(&owned(files), "lib.rs").circles();
    let root = ("lib.rs", "mod a;\npub mod b;\npub use b::B;\nuse a::f;");
    let innocent = [
        "use log::{B, a};",
        "pub(in crate::b) fn f() {}\npub(in crate::b) use log::Level;",
        "// use crate::b::B;\n/* crate::b::B */ const S: &str = \"crate::b::B\";",
        "#[cfg(test)]\nmod tests { use crate::b::B; }",
        "fn f() {}\n#[cfg(test)]\n#[path = \"b.rs\"]\nmod tests;\n#[test]\nfn t() { crate::b::f() }",
        "use std::b::B;\nconst RAW: &str = r#\"\"crate::b::B\"#;",
    ];
    for a in innocent {
        assert_eq!(found(&[root, ("a.rs", a), ("b.rs", "pub struct B(super::a::A);")]), [[""; 0]; 0], "{a}");
    }
}

#[test]
fn scripts_go_in_a_circle_when_their_imports_do() {
    let files = [
        ("main.js", "import { a } from \"./views/a.js\";"),
        ("model/room.js", "// import \"../views/a.js\"\nexport { b } from './b.js';"),
        ("views/a.js", "import {\n    b,\n} from \"./b.js\";\nimport \"../model/room.js\";"),
        ("views/b.js", "const a = await import(\"../views/a.js\");"),
    ];
    assert_eq!(circles::scripts::graph(&owned(&files)).circles(), [["views/a", "views/b"]]);
}

#[test]
fn the_list_of_circles_only_shrinks() {
    let mut graph = circles::Graph::default();
    for (from, to) in [("a", "b"), ("b", "c"), ("c", "a"), ("c", "d")] {
        graph.add_arrow(from, to, "words");
    }
    let faults = |known: &[&[&str]]| circles::faults(&graph, known).len();
    assert_eq!(faults(&[&["a", "b", "c"]]), 0);
    assert_eq!(faults(&[&["a", "b"]]), 1, "it has grown");
    assert_eq!(faults(&[&["a", "b", "c", "d"]]), 1, "it has shrunk");
    assert_eq!(faults(&[]), 1);
}

fn owned(files: &[(&str, &str)]) -> Vec<(String, String)> {
    files.iter().map(|&(path, text)| (path.into(), text.into())).collect()
}
