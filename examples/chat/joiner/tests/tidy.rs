//! No modules go in a circle, and each says what it is about: checked by reading the source.

use pollcat_testing::{circles, sources};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

#[test]
fn no_modules_go_in_a_circle() {
    let graph = circles::rust::graph(&sources::sources(&format!("{ROOT}/src"), "", "rs"), "lib.rs");
    assert!(graph.modules() > 15, "only {} modules are seen", graph.modules());
    let faults = circles::faults(&graph, &[]);
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

#[test]
fn every_file_begins_with_what_it_is_about_and_stays_short() {
    let odd: Vec<String> = ["src", "tests"]
        .iter()
        .flat_map(|folder| sources::oddities(&sources::sources(ROOT, folder, "rs")))
        .collect();
    assert!(odd.is_empty(), "\n{}", odd.join("\n"));
}
