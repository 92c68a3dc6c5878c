//! The checks of `tidy.rs` see what they shall, and nothing else: a test that cannot fail proves nothing.

use pollcat_testing::circles::{self, calls};
use pollcat_testing::sources::says;
use pollcat_testing::{habits, layers};

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

/// A file with this text in a folder of the server, and what a check finds there.
fn found_in(check: impl Fn(&[(String, String)]) -> Vec<String>, text: &str) -> Vec<String> {
    check(&owned(&[
        ("src/server/send/a.rs", text),
        ("src/server/send/b.rs", "struct Near;"),
        ("src/server/table/mod.rs", "struct Far;"),
    ]))
}

#[test]
fn a_struct_is_open_when_another_folder_reaches_a_field() {
    for field in [
        "pub a: u8",
        "pub(crate) a: u8",
        "pub(in crate::server) a: u8",
        "pub(in super::super) a: u8",
        "x: u8, pub a: u8",
    ] {
        let text = format!("struct A<T> {{ {field}, }}");
        assert_eq!(found_in(habits::open_structs, &text), ["src/server/send/a.rs: A"], "{field}");
    }
    assert_eq!(found_in(habits::open_structs, "struct A(pub(crate) u8);"), ["src/server/send/a.rs: A"]);
    for field in [
        "a: u8",
        "pub(super) a: u8",
        "pub(self) a: u8",
        "pub(in crate::server::send) a: u8",
        "/* pub */ a: u8",
    ] {
        let text = format!(
            "pub struct A {{ {field} }}\nimpl A {{ pub fn f(&self) {{}} }}\nstruct B;\npub enum C {{ D {{ a: u8 }} }}"
        );
        assert_eq!(found_in(habits::open_structs, &text), [""; 0], "{field}");
    }
}

#[test]
fn a_file_that_is_only_an_impl_is_at_home_in_its_types_folder() {
    let found = |text| found_in(habits::files_of_strange_impls, text);
    for text in
        ["impl Far { fn f() {} }", "use x::Y;\nimpl<'a> super::Far<'a> { const A: u8 = 1; fn f() {} }"]
    {
        assert_eq!(found(text), ["src/server/send/a.rs: impl Far"], "{text}");
    }
    for text in [
        "impl Near { fn f() {} }",
        "struct A;\nimpl Far { fn f() {} }",
        "fn g() {}\nimpl Far { fn f() {} }",
        "mod a;",
    ] {
        assert_eq!(found(text), [""; 0], "{text}");
    }
    let below = owned(&[("src/a.rs", "struct A;"), ("src/a/b.rs", "impl A { fn f() {} }")]);
    assert_eq!(habits::files_of_strange_impls(&below), [""; 0]);
}

#[test]
fn a_slot_is_a_type() {
    let found = |text| found_in(habits::bare_slots, text).len();
    assert_eq!(found("fn f(slot: u32, slots: &[u32]) {}\nstruct A { from_slot: Option<u32> }"), 3);
    assert_eq!(
        found(
            "fn f(slot: Slot, count: u32) {}\nstruct A { slots: Vec<Slot>, by_slot: Vec<(u32, u8)> }\n// slot: u32"
        ),
        0
    );
}

#[test]
fn two_bools_side_by_side_are_seen() {
    let found = |text| found_in(habits::pairs_of_bools, text).len();
    assert_eq!(found("impl A { pub fn f<T: Fn() -> u8>(&self, a: bool, b: bool) -> u8 { 1 } }"), 1);
    assert_eq!(
        found("fn f(a: bool, n: u8, b: bool) {}\nfn g(a: Option<bool>, b: bool) {}\nfn h(a: bool) {}"),
        0
    );
}

#[test]
fn a_comment_is_long_by_its_characters() {
    let found = |length| {
        found_in(|files| habits::long_comments(files, 120), &format!("    // {}", "é".repeat(length))).len()
    };
    assert_eq!((found(113), found(114)), (0, 1));
}

#[test]
fn a_list_of_what_is_known_only_shrinks() {
    let found = ["a".to_owned(), "b".to_owned()];
    assert_eq!(habits::unknown(&found, &["a", "b"]), [""; 0]);
    assert_eq!(habits::unknown(&found, &["a"]), ["b"]);
    assert_eq!(habits::unknown(&found, &["a", "b", "c"]).len(), 1);
}

#[test]
fn a_module_needs_only_those_below() {
    let mut graph = circles::Graph::default();
    for (from, to) in [("a/x", "a/y"), ("a", "b"), ("a/x", "c"), ("b", "c")] {
        graph.add_arrow(from, to, "words");
    }
    let faults = |layers| layers::faults(&graph, layers).len();
    assert_eq!(faults(&[&["a"], &["b"], &["c"]]), 0);
    assert_eq!(faults(&[&["a"], &["c"], &["b"]]), 1, "b needs c");
    assert_eq!(faults(&[&["a", "b"], &["c"]]), 1, "a needs b beside it");
    assert_eq!(faults(&[&["a"], &["b"]]), 1, "c has no place");
    assert_eq!(faults(&[&["a"], &["a/x"], &["a/y"], &["b"], &["c"]]), 0);
    assert_eq!(faults(&[&["a"], &["a/y"], &["a/x"], &["b"], &["c"]]), 1, "a/x needs a/y");
}

#[test]
fn a_circle_of_calls_is_found() {
    let b = "pub struct B;\nimpl B { pub fn call_b(&self, a: &A) { a.len(); } pub fn len(&self) {} }";
    for a in [
        "struct A { b: B }\nimpl A { fn go(&self) { self.b.call_b() } fn len(&self) {} }",
        "struct A { b: Vec<B> }\nimpl A { fn go(&self) { for b in &self.b { b.call_b() } } fn len(&self) {} }",
        "struct A;\nimpl A { fn go(b: &mut super::B) { b.len() } fn len(&self) {} }",
        "struct A;\nimpl A { fn go() { B::len() } fn len(&self) {} }",
    ] {
        let calls = calls::calls(&owned(&[("a.rs", a), ("b.rs", b)]), &[]);
        assert_eq!(calls.graph.circles(), [["a.rs", "b.rs"]], "{a}");
    }
}

#[test]
fn a_call_that_may_lead_elsewhere_is_left_out() {
    let b = "pub struct B;\nimpl B { pub fn call_b(&self, a: &A) { a.go() } pub fn len(&self) {} pub fn push(&self) {} }";
    for a in [
        // Whose `len` this is, nobody knows; `push` and `read` are others' as well.
        "struct A { b: Vec<B> }\nimpl A { fn go(&self) { self.b.iter().len() } fn len(&self) {} }",
        "struct A { b: Vec<u8> }\nimpl A { fn go(&self) { self.b.push(1) } }",
        "struct A;\nimpl A { fn go(&self) { call_b() } }",
        "struct A;\nimpl A { fn go(&self) {} }\n#[cfg(test)]\nmod tests { fn f(b: B) { b.call_b() } }",
    ] {
        let protocol = owned(&[("src/protocol/x.rs", "fn f(a: &mut Vec<u8>) { a.push(1) }")]);
        let calls = calls::calls(&owned(&[("a.rs", a), ("b.rs", b)]), &protocol);
        assert_eq!(calls.graph.circles(), [[""; 0]; 0], "{a}");
    }
}
