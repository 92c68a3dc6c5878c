//! Habits of the house that a compiler does not watch: each function here tells of every place that has another.
//!
//! Files come as paths from the root of the package, with their texts. Tests are left out.

use crate::items::{Field, Function, Items, split};

/// What was found, compared with what is known: a fault is a find that is not on the list, and an entry of the list
/// that is found no more. So the list cannot grow, and shrinks with the finds.
pub fn unknown(found: &[String], known: &[&str]) -> Vec<String> {
    let new = found.iter().filter(|found| !known.contains(&found.as_str())).cloned();
    let gone = known.iter().filter(|known| !found.iter().any(|found| found == *known));
    new.chain(gone.map(|known| format!("no more: `{known}`. Take it from the list"))).collect()
}

/// The structs that have fields which a module in another folder can reach: `file: Struct`.
///
/// What a module can see, its children see as well; so `pub(super)` in `a/b.rs` is seen by all of `a`, and by
/// `a/c/d.rs`.
pub fn open_structs(files: &[(String, String)]) -> Vec<String> {
    let files = files.iter().filter(|(file, _)| !file.ends_with("/tests.rs"));
    let modules: Vec<(&str, String)> =
        files.clone().map(|(file, _)| (folder_of(file), module_of(file))).collect();
    let mut found = Vec::new();
    for ((file, text), (folder, module)) in files.zip(&modules) {
        let sees = |scope: &str, other: &(&str, String)| other.0 != *folder && is_within(&other.1, scope);
        let is_open = |field: &Field<'_>| {
            let scope = (!field.visibility.is_empty()).then(|| scope(&field.visibility, module));
            scope.is_some_and(|scope| modules.iter().any(|other| sees(&scope, other)))
        };
        let structs = Items::read(text).structs;
        let open = structs.iter().filter(|kind| kind.fields.iter().any(is_open));
        found.extend(open.map(|kind| format!("{file}: {}", kind.name)));
    }
    found
}

/// Files that define nothing, and only have an `impl` of types from other folders: `file: impl Type`.
pub fn files_of_strange_impls(files: &[(String, String)]) -> Vec<String> {
    let read: Vec<(&str, Items<'_>)> =
        files.iter().map(|(file, text)| (&file[..], Items::read(text))).collect();
    let is_at_home = |kind: &str, file: &str| {
        let homes = read.iter().filter(|(_, items)| items.definitions.contains(&kind));
        // The type of `a/b.rs` is at home in the folder `a/b` as well.
        homes
            .into_iter()
            .any(|(home, _)| [folder_of(home), &home[..home.len() - 3]].contains(&folder_of(file)))
    };
    let mut found = Vec::new();
    for (file, items) in &read {
        let is_all = items.definitions.is_empty() && items.functions.iter().all(|it| it.owner.is_some());
        let is_strange = !items.impls.is_empty() && items.impls.iter().all(|kind| !is_at_home(kind, file));
        if is_all && is_strange {
            found.push(format!("{file}: impl {}", items.impls[0]));
        }
    }
    found
}

/// Fields and parameters that are called `slot` or `slots` and hold a bare `u32`, alone or several: `file: slot`.
pub fn bare_slots(files: &[(String, String)]) -> Vec<String> {
    let mut found = Vec::new();
    for (file, text) in files {
        let items = Items::read(text);
        let fields = items.structs.iter().flat_map(|it| &it.fields).map(|field| (field.name, &field.kind));
        let parameters =
            items.functions.iter().flat_map(|it| &it.parameters).map(|(name, kind)| (*name, kind));
        let is_bare = |(name, kind): &(&str, &Vec<&str>)| {
            let is_number = kind.contains(&"u32") && !kind.contains(&"(");
            is_number && (name.ends_with("slot") || name.ends_with("slots"))
        };
        found.extend(fields.chain(parameters).filter(is_bare).map(|(name, _)| format!("{file}: {name}")));
    }
    found
}

/// Functions with two parameters side by side that are `bool`: `file: function`. They are an enum that waits for a
/// name.
pub fn pairs_of_bools(files: &[(String, String)]) -> Vec<String> {
    let mut found = Vec::new();
    for (file, text) in files {
        let functions = Items::read(text).functions;
        let has_pair = |it: &&Function<'_>| {
            it.parameters.windows(2).any(|pair| pair.iter().all(|(_, kind)| kind[..] == ["bool"]))
        };
        found.extend(functions.iter().filter(has_pair).map(|it| format!("{file}: {}", it.name)));
    }
    found
}

/// Files with a line of comment that has more characters than this.
pub fn long_comments(files: &[(String, String)], most: usize) -> Vec<String> {
    let is_long = |line: &str| line.trim_start().starts_with("//") && line.chars().count() > most;
    files.iter().filter(|(_, text)| text.lines().any(is_long)).map(|(file, _)| file.clone()).collect()
}

fn folder_of(file: &str) -> &str {
    file.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// `server/send` of `src/server/send/mod.rs`, `server/send/tape` of `src/server/send/tape.rs`, nothing of the root.
fn module_of(file: &str) -> String {
    let path = file.trim_start_matches("src/").trim_end_matches(".rs");
    let path = if path == "lib" { "" } else { path };
    if path == "mod" { String::new() } else { path.trim_end_matches("/mod").to_owned() }
}

/// The module that sees what has this visibility, written in another.
fn scope(visibility: &[&str], module: &str) -> String {
    let above = |module: &str| module.rsplit_once('/').map_or(String::new(), |(above, _)| above.to_owned());
    let path = visibility.get(2..visibility.len() - 1).unwrap_or_default();
    let path = path.strip_prefix(&["in"]).unwrap_or(path);
    match path {
        [] | ["crate"] => String::new(),
        ["self"] => module.to_owned(),
        ["crate", "::", names @ ..] => {
            split(names, "::").map(|name| name.concat()).collect::<Vec<_>>().join("/")
        }
        supers => supers.iter().filter(|&&name| name == "super").fold(module.to_owned(), |it, _| above(&it)),
    }
}

fn is_within(module: &str, scope: &str) -> bool {
    scope.is_empty()
        || module == scope
        || module.strip_prefix(scope).is_some_and(|rest| rest.starts_with('/'))
}
