//! The maps are true: each file, link and function that ARCHITECTURE.md and the READMEs name is there. A function in
//! a row of a table has to be in one of the row's files.

use std::path::Path;

use pollcat_testing::sources;

/// Ends of names that are names of files.
const FILES: [&str; 8] = [".rs", ".md", ".hex", ".txt", ".http", ".toml", ".svg", "/"];

#[test]
fn what_the_maps_name_is_there() {
    let lost: Vec<String> = maps().iter().flat_map(|(map, text)| lost(map, text)).collect();
    assert!(lost.is_empty(), "\n{}", lost.join("\n"));
}

#[test]
fn a_map_that_is_wrong_is_found() {
    let text = "see `protocol/gone.rs`, `missing()` and [this](nowhere.md)\n\
        | 1 | `protocol/mask.rs`: `apply()` | | `protocol/utf8.rs`: `apply()`\n| 2 | `protocol/utf8.rs`: `apply()` |\n\
        ```sh\ncargo run gone.rs\n```\n";
    let lost = lost("ARCHITECTURE.md", text);
    let names = ["protocol/gone.rs", "missing()", "nowhere.md", "nowhere.md", "apply()"];
    assert_eq!(lost.len(), names.len(), "{lost:?}");
    assert!(names.iter().all(|name| lost.iter().any(|line| line.ends_with(name))), "{lost:?}");
}

#[test]
fn every_folder_of_the_source_has_a_door_plate() {
    let maps = maps();
    // Deeper folders are described in the one that they lie in.
    let files = sources::sources(ROOT, "src", "rs").into_iter().map(|(file, _)| file);
    let folders = files.filter_map(|file| file.strip_suffix("/mod.rs").map(str::to_owned));
    let folders = folders.filter(|folder| {
        let depth = folder.matches('/').count();
        depth == 1 || (depth == 2 && folder.starts_with("src/server/"))
    });
    let missing: Vec<String> =
        folders.filter(|folder| !maps.iter().any(|(map, _)| *map == format!("{folder}/README.md"))).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

fn maps() -> Vec<(String, String)> {
    let mut maps = sources::sources(ROOT, "src", "md");
    maps.extend(["ARCHITECTURE.md", "README.md"].map(|map| (map.to_owned(), sources::text(ROOT, map))));
    maps
}

/// What a map names, and there is not.
fn lost(map: &str, text: &str) -> Vec<String> {
    let folder = Path::new(map).parent().expect("a file lies in a folder");
    let bases = ["", "src", "src/server"].map(|base| Path::new(ROOT).join(base));
    let bases = [&bases[..], &[Path::new(ROOT).join(folder)]].concat();
    let is_there = |name: &str| bases.iter().any(|base| base.join(name).exists());
    let sources = sources::sources(ROOT, "src", "rs");
    let mut lost = Vec::new();
    let mut fence = None;
    for (number, line) in (1..).zip(text.lines()) {
        if let Some(language) = line.trim_start().strip_prefix("```") {
            fence = if fence.is_none() { Some(language) } else { None };
            continue;
        }
        if fence.is_some_and(|language| language != "text") {
            continue;
        }
        let words = line.split(|c: char| !c.is_alphanumeric() && !"_-./".contains(c));
        let files: Vec<&str> = words
            .filter(|word| !word.starts_with(['.', '/']) && FILES.iter().any(|end| word.ends_with(end)))
            .collect();
        let links = line.split("](").skip(1).filter_map(|rest| rest.split([')', '#']).next());
        let links = links.filter(|link| !link.is_empty() && !link.contains("://"));
        let missing = files.iter().copied().filter(|file| !is_there(file));
        let broken = links.filter(|link| !Path::new(ROOT).join(folder).join(link).exists());
        lost.extend(missing.chain(broken).map(|name| format!("{map}:{number} names {name}")));

        let homes: Vec<&str> = files.into_iter().filter(|file| file.ends_with(".rs")).collect();
        let is_home =
            |file: &str| homes.is_empty() || homes.iter().any(|home| file.ends_with(&format!("/{home}")));
        let in_row = line.starts_with('|');
        let has = |name: &str| {
            let shapes = [format!("fn {name}("), format!("fn {name}<")];
            let candidates = sources.iter().filter(|(file, _)| !in_row || is_home(file));
            candidates.into_iter().any(|(_, text)| shapes.iter().any(|shape| text.contains(shape)))
        };
        let functions = line.split('`').skip(1).step_by(2).filter_map(|code| code.strip_suffix("()"));
        let is_plain = |name: &&str| name.chars().all(|c| c.is_ascii_lowercase() || c == '_');
        let unknown = functions.filter(is_plain).filter(|name| !has(name));
        lost.extend(unknown.map(|name| format!("{map}:{number} names {name}()")));
    }
    lost
}

const ROOT: &str = env!("CARGO_MANIFEST_DIR");
