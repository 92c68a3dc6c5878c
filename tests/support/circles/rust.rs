//! The modules of a crate, and what they need of each other.
//!
//! A name is followed to the module that defines it, through whatever passes it on: that `mod.rs` says `pub use` is a
//! sign on the door, and no arrow. Neither is `mod child;`. What is there for tests only is left out.
//!
//! What stays unseen: methods. A type whose `impl` is spread over several files ties them together without a word.

use std::collections::{BTreeMap, BTreeSet};

use super::Graph;
use super::tokens::{attributes_before, is_name, tokens, without_tests};

/// From the crate's sources, their paths from the folder of `entry` (`lib.rs`, `main.rs`), and their texts. A module
/// is called by its path in the crate, `server/peers`, and the root by its file.
pub fn graph(sources: &[(String, String)], entry: &str) -> Graph {
    let files: BTreeMap<&str, &str> =
        sources.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    let mut house = House::default();
    house.read(&files, "", entry);
    house.graph(entry)
}

/// All modules, by their paths in the crate; the root's is empty.
#[derive(Default)]
struct House(BTreeMap<String, Module>);

#[derive(Default)]
struct Module {
    children: BTreeSet<String>,
    /// Names that it defines. (Methods are among them, which does no harm.)
    defines: BTreeSet<String>,
    imports: Vec<Import>,
    /// Paths of two names or more, and single names, outside `use`.
    paths: BTreeSet<Vec<String>>,
}

#[derive(Clone)]
struct Import {
    /// The name that it has here; `*` for all of a module's.
    name: String,
    path: Vec<String>,
    /// Passed on to others.
    is_public: bool,
}

impl House {
    /// Reads a module and those below it. A module may have two files, of which the features choose one: both count.
    fn read(&mut self, files: &BTreeMap<&str, &str>, module: &str, file: &str) {
        let Some(text) = files.get(file) else { return };
        let tokens = without_tests(&tokens(text));
        self.0.entry(module.into()).or_default().add(&tokens);
        for (child, path) in children(&tokens) {
            let below = joined(module, &child, "/");
            let folder = file.rsplit_once('/').map_or("", |(folder, _)| folder);
            // Where the root and `mod.rs` have theirs beside them, others have them in a folder of their own name.
            let beside = module.is_empty() || file.ends_with("/mod.rs");
            let home = if beside { folder.to_owned() } else { file.trim_end_matches(".rs").to_owned() };
            let plain = joined(&home, &child, "/");
            let mut candidates = vec![format!("{plain}.rs"), format!("{plain}/mod.rs")];
            candidates.extend(path.map(|path| joined(folder, &path, "/")));
            candidates.iter().for_each(|file| self.read(files, &below, file));
        }
    }

    fn graph(&self, entry: &str) -> Graph {
        let called = |module: &str| if module.is_empty() { entry.to_owned() } else { module.to_owned() };
        let mut graph = Graph::default();
        for (name, module) in &self.0 {
            graph.add_module(&called(name));
            for path in module.needed() {
                if let Some(needed) = self.home_of(name, &path, 0) {
                    graph.add_arrow(&called(name), &called(&needed), &path.join("::"));
                }
            }
        }
        graph
    }

    /// The module that defines what a path leads to, as it is said in a module. `None` if that is another crate's.
    fn home_of(&self, from: &str, path: &[String], depth: usize) -> Option<String> {
        let (first, rest) = path.split_first()?;
        let module = self.0.get(from)?;
        let start = match first.as_str() {
            "crate" => String::new(),
            "self" => from.to_owned(),
            "super" => parent(from),
            child if module.children.contains(child) => joined(from, child, "/"),
            name => return self.imported(from, name, rest, depth),
        };
        self.descend(start, rest, depth)
    }

    /// Goes down a path as far as it names modules, and on to where the name behind them comes from.
    fn descend(&self, mut at: String, path: &[String], depth: usize) -> Option<String> {
        for (place, name) in path.iter().enumerate() {
            let module = self.0.get(&at)?;
            if name == "super" {
                at = parent(&at);
            } else if module.children.contains(name) {
                at = joined(&at, name, "/");
            } else if module.defines.contains(name) {
                return Some(at);
            } else {
                let passed_on = module.imports.iter().any(|import| import.name == *name);
                let found = self.imported(&at, name, &path[place + 1..], depth);
                // Another crate's if it is passed on from there; a macro's work, or a variant's, if nothing tells.
                return if passed_on { found } else { found.or(Some(at)) };
            }
        }
        Some(at)
    }

    /// What an import of a module leads to.
    fn imported(&self, at: &str, name: &str, rest: &[String], depth: usize) -> Option<String> {
        // Names that lead to each other lead nowhere.
        if depth > 8 {
            return None;
        }
        let module = self.0.get(at)?;
        if let Some(import) = module.imports.iter().find(|import| import.name == name) {
            // `use log::{self, …}` leads to another crate.
            if import.path[0] == name && !module.children.contains(name) {
                return None;
            }
            return self.home_of(at, &[&import.path, rest].concat(), depth + 1);
        }
        let all = module.imports.iter().filter(|import| import.name == "*");
        let mut homes = all.filter_map(|import| self.home_of(at, &import.path, depth + 1));
        homes.find(|home| *home != at && self.0.get(home).is_some_and(|module| module.defines.contains(name)))
    }
}

impl Module {
    fn add(&mut self, tokens: &[&str]) {
        self.children.extend(children(tokens).map(|(child, _)| child));
        let mut place = 0;
        while place < tokens.len() {
            match tokens[place] {
                "use" => {
                    let is_public = place > 0 && ["pub", ")"].contains(&tokens[place - 1]);
                    place += 1;
                    self.import(tokens, &mut place, Vec::new(), is_public);
                }
                // Who may see it, `pub(in crate::a)`, is no need of it.
                "in" if place > 1 && tokens[place - 2..place] == ["pub", "("] => {
                    place += tokens[place..].iter().position(|&token| token == ")").unwrap_or(1);
                }
                word if is_name(word) => {
                    if place > 0 && DEFINING.contains(&tokens[place - 1]) {
                        self.defines.insert(word.into());
                    }
                    let mut path = vec![word.to_owned()];
                    while let [_, "::", next, ..] = tokens[place..]
                        && is_name(next)
                    {
                        path.push(next.to_owned());
                        place += 2;
                    }
                    self.paths.insert(path);
                    place += 1;
                }
                _ => place += 1,
            }
        }
    }

    /// One tree of `use`: `a::{b, c::*, d as e}`.
    fn import(&mut self, tokens: &[&str], place: &mut usize, mut path: Vec<String>, is_public: bool) {
        while let Some(&token) = tokens.get(*place) {
            *place += 1;
            match token {
                "::" => {}
                "{" => loop {
                    if tokens.get(*place) == Some(&"}") {
                        *place += 1;
                        return;
                    }
                    self.import(tokens, place, path.clone(), is_public);
                    match tokens.get(*place) {
                        Some(&",") => *place += 1,
                        _ => {
                            *place += 1; // the brace
                            return;
                        }
                    }
                },
                "*" => return self.imports.push(Import { name: "*".into(), path, is_public }),
                "as" => {
                    let name = tokens.get(*place).copied().unwrap_or("_").into();
                    *place += 1;
                    return self.imports.push(Import { name, path, is_public });
                }
                word if is_name(word) => path.push(word.to_owned()),
                _ => {
                    *place -= 1;
                    break;
                }
            }
        }
        if path.len() > 1 && path.last().is_some_and(|last| last == "self") {
            path.pop();
        }
        if let Some(name) = path.last().cloned() {
            self.imports.push(Import { name, path, is_public });
        }
    }

    /// The paths by which it needs something: what it imports and does not only pass on, and what it names outright.
    fn needed(&self) -> Vec<Vec<String>> {
        let is_said = |name: &String| self.paths.iter().any(|path| path[0] == *name);
        let imports = self.imports.iter().filter(|import| !import.is_public || is_said(&import.name));
        let named = self.paths.iter().filter(|path| path.len() > 1);
        imports.map(|import| &import.path).chain(named).cloned().collect()
    }
}

/// What stands before a name that is defined. (`!` stands behind `macro_rules`.)
const DEFINING: [&str; 9] = ["struct", "enum", "fn", "const", "static", "type", "trait", "union", "!"];

/// The children that a module declares, and where their file is if it says so.
fn children<'a>(tokens: &'a [&str]) -> impl Iterator<Item = (String, Option<String>)> + 'a {
    let declared = tokens.windows(3).enumerate().filter(|(_, words)| words[0] == "mod" && words[2] == ";");
    declared.map(|(place, words)| {
        let attributes = attributes_before(tokens, place);
        let path = attributes.windows(3).find(|words| words[0] == "path" && words[1] == "=");
        (words[1].to_owned(), path.map(|words| words[2].trim_matches('"').to_owned()))
    })
}

fn parent(module: &str) -> String {
    module.rsplit_once('/').map_or(String::new(), |(parent, _)| parent.to_owned())
}

fn joined(first: &str, second: &str, between: &str) -> String {
    if first.is_empty() { second.to_owned() } else { [first, between, second].concat() }
}
