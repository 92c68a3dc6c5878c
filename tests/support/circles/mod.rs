//! Circles of modules. Where two modules need each other, neither can be read, tested or moved alone.
//!
//! ```text
//! rust.rs     `use crate::…`, `super::…`, `child::…` and paths like them, in all modules of a crate ─┐
//! scripts.rs  `import … from "./x.js"`, in all modules of a page ───────────────────────────────────┼─▶ Graph ──▶
//! circles calls.rs    calls of methods, which need no `use`, among some files ─────────────────────────────┘
//! ```
//!
//! A circle is a strongly connected component of the graph: each of its modules needs each of the others, if need be
//! through others of them.

pub mod calls;
pub mod rust;
pub mod scripts;
pub mod tokens;

use std::collections::{BTreeMap, BTreeSet};

/// Who needs whom.
#[derive(Debug, Default)]
pub struct Graph {
    /// For each module those that it needs, and by which words.
    needs: BTreeMap<String, BTreeMap<String, String>>,
}

/// Compares the circles that there are with those that are known. A fault is a circle that is not within a known one,
/// and a module of the list that is on no circle any more: so the list cannot grow, and shrinks with the circles.
pub fn faults(graph: &Graph, known: &[&[&str]]) -> Vec<String> {
    let circles = graph.circles();
    let is_within =
        |circle: &[String], known: &[&str]| circle.iter().all(|module| known.contains(&&module[..]));
    let new = circles.iter().filter(|circle| !known.iter().any(|known| is_within(circle, known)));
    let new = new.map(|circle| {
        format!("this circle is not within one of the list: {circle:?}\n{}", graph.arrows_within(circle))
    });
    let is_free = |module: &&&str| !circles.iter().flatten().any(|other| other == *module);
    let free = known.iter().copied().flatten().filter(is_free);
    let free = free.map(|module| format!("`{module}` is on no circle any more: take it from the list"));
    new.chain(free).collect()
}

impl Graph {
    pub fn add_module(&mut self, name: &str) {
        self.needs.entry(name.into()).or_default();
    }

    /// That a module needs itself is nothing to tell of.
    pub fn add_arrow(&mut self, from: &str, to: &str, words: &str) {
        self.add_module(to);
        let needs = self.needs.entry(from.into()).or_default();
        if from != to {
            needs.entry(to.into()).or_insert_with(|| words.into());
        }
    }

    /// Each module, and one that it needs.
    pub fn arrows(&self) -> impl Iterator<Item = (&str, &str)> {
        self.needs.iter().flat_map(|(from, needs)| needs.keys().map(move |to| (&from[..], &to[..])))
    }

    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.needs.keys().map(String::as_str)
    }

    pub fn modules(&self) -> usize {
        self.needs.len()
    }

    /// Each circle in the order of its modules' names.
    pub fn circles(&self) -> Vec<Vec<String>> {
        let reached: BTreeMap<&str, BTreeSet<&str>> =
            self.needs.keys().map(|module| (module.as_str(), self.reached_from(module))).collect();
        let mut circles = BTreeSet::new();
        for (&module, others) in &reached {
            let back = others.iter().filter(|&&other| reached[other].contains(module));
            let circle: Vec<String> = back.map(|&other| other.to_owned()).collect();
            circles.extend((circle.len() > 1).then_some(circle));
        }
        circles.into_iter().collect()
    }

    /// All that a module needs, directly or through others; itself only if it is on a circle.
    fn reached_from(&self, module: &str) -> BTreeSet<&str> {
        let mut reached = BTreeSet::new();
        let mut waiting: Vec<&str> = self.needs[module].keys().map(String::as_str).collect();
        while let Some(next) = waiting.pop() {
            if reached.insert(next) {
                waiting.extend(self.needs[next].keys().map(String::as_str));
            }
        }
        reached
    }

    /// What to cut: a line for each arrow between the modules of a circle.
    fn arrows_within(&self, circle: &[String]) -> String {
        let arrows =
            circle.iter().flat_map(|from| self.needs[from].iter().map(move |(to, words)| (from, to, words)));
        let within = arrows.filter(|(_, to, _)| circle.contains(to));
        within.map(|(from, to, words)| format!("    {from} ─▶ {to} by `{words}`\n")).collect()
    }
}
