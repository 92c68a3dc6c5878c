//! The source as text: what the tests of the house read (`tests/tidy.rs`, `examples/chat/tests/tidy.rs`).

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// More lines than this hold a second idea.
const MAX_LINES: usize = 450;

/// Names, and the only places that may say them: the beginnings of paths.
pub type Arrow<'a> = (&'a [&'a str], &'a [&'a str]);

/// Every file under a folder whose name ends in `.extension`, by its path from the root, and its text. Packages of
/// their own within the folder are not looked into.
pub fn sources(root: &str, folder: &str, extension: &str) -> Vec<(String, String)> {
    let root = Path::new(root);
    let (mut folders, mut files) = (vec![root.join(folder)], Vec::new());
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder of the package can be read") {
            let path = entry.expect("so can its entries").path();
            if path.is_dir() {
                folders.extend((!path.join("Cargo.toml").exists()).then_some(path));
            } else if path.extension().is_some_and(|found| found == extension) {
                let name = path.strip_prefix(root).expect("we came from the root").display().to_string();
                files.push((name.replace('\\', "/"), fs::read_to_string(path).expect("source is UTF-8")));
            }
        }
    }
    files.sort();
    assert!(!files.is_empty(), "where has {folder} gone?");
    files
}

/// The text of a file, by its path from the root.
pub fn text(root: &str, file: &str) -> String {
    fs::read_to_string(Path::new(root).join(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
}

/// The variants of an enum whose variants hold nothing.
pub fn variants(text: &str, name: &str) -> BTreeSet<String> {
    let (_, body) =
        text.split_once(&format!("enum {name} {{\n")).unwrap_or_else(|| panic!("where is {name}?"));
    let lines = body.lines().take_while(|line| *line != "}").map(str::trim);
    lines.filter(|line| !line.starts_with(['/', '#'])).map(|line| line.trim_end_matches(',').into()).collect()
}

/// Every line that says a name where it may not: outside the places of its arrow, or a name that no line may say.
pub fn strays(files: &[(String, String)], arrows: &[Arrow<'_>], never: &[&str]) -> Vec<String> {
    let mut strays = Vec::new();
    for (file, text) in files {
        let forbidden = arrows.iter().filter(|(_, homes)| !homes.iter().any(|home| file.starts_with(home)));
        let names: Vec<&str> = forbidden.flat_map(|(names, _)| *names).chain(never).copied().collect();
        for (number, line) in (1..).zip(text.lines()) {
            let said = names.iter().filter(|name| says(line, name));
            strays.extend(said.map(|name| format!("{file}:{number} says `{name}`")));
        }
    }
    strays
}

/// Every Rust file that does not begin with what it is about, or is too long.
pub fn oddities(files: &[(String, String)]) -> Vec<String> {
    let mut odd = Vec::new();
    for (file, text) in files {
        if !text.starts_with("//!") {
            odd.push(format!("{file} has no `//!` at its head"));
        }
        let lines = text.lines().count();
        if lines > MAX_LINES {
            odd.push(format!(
                "{file} has {lines} lines, more than {MAX_LINES}: look for the second idea in it"
            ));
        }
    }
    odd
}

/// Does a line of code say `name`, as a word of its own? Comments may say what they like.
///
/// What comes after `//` within a string is taken for a comment as well: the mistake is on the mild side.
pub fn says(line: &str, name: &str) -> bool {
    let code = line.split("//").next().unwrap_or(line);
    let in_a_word = |c: char| c.is_alphanumeric() || c == '_';
    code.match_indices(name).any(|(start, _)| {
        !code[..start].ends_with(in_a_word) && !code[start + name.len()..].starts_with(in_a_word)
    })
}
