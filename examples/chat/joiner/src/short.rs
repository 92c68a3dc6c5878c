//! Short names for the page's variables; the most used get the shortest.
//!
//! A variable of a module is seen by all of the page, so its name is its own. Those inside of functions share names: a
//! function's own variables take any but those of the variables around it that it speaks of. No name is one that the page
//! uses of the browser's.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use crate::link::{ALL, Program, Variable};
use crate::names::{self, MODULE, Scope};
use crate::tokens::Kind;
use crate::trouble::Result;

/// Those that are short enough to come up, and those that would change what a line means.
const RESERVED: [&str; 32] = [
    "as", "do", "if", "in", "is", "of", "any", "for", "get", "let", "new", "set", "try", "var", "case",
    "else", "enum", "eval", "from", "null", "this", "true", "void", "with", "async", "await", "break",
    "catch", "class", "const", "false", "yield",
];

/// As often as they come in words: what comes often compresses well.
const LETTERS: &[u8] = b"etnrisouaflchpdvmgybwESxTNCkLAOMDPHBjFIqRUzWXVJKQGYZ";

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Slot {
    /// One of the names that are shared.
    Inside(usize),
    Module(Variable),
}

/// What everything is called now.
pub(crate) struct Names {
    pub variables: BTreeMap<Variable, String>,
    /// `#name`, whatever class it is of.
    pub privates: BTreeMap<String, String>,
}

impl Names {
    pub(crate) fn of(program: &Program<'_>) -> Result<Self> {
        Ok(Names { variables: variables(program)?, privates: privates(program) })
    }
}

fn variables(program: &Program<'_>) -> Result<BTreeMap<Variable, String>> {
    let slots = slots(program);
    let (mut counts, mut free) = (BTreeMap::<Slot, usize>::new(), BTreeSet::from(RESERVED));
    for (at, module) in program.modules.iter().enumerate() {
        for it in module.uses() {
            match program.meaning(at, it.token, it.scope)?.variable() {
                None => drop(free.insert(module.tokens[it.token].text)),
                Some(variable) => *counts.entry(slots[&variable]).or_default() += 1,
            }
        }
    }
    let shortest = (0..).map(nth).filter(|name| !free.contains(name.as_str()));
    let named: BTreeMap<Slot, String> = by_count(counts).zip(shortest).collect();
    Ok(slots.into_iter().filter_map(|(it, slot)| Some((it, named.get(&slot)?.clone()))).collect())
}

fn privates(program: &Program<'_>) -> BTreeMap<String, String> {
    let mut counts = BTreeMap::<&str, usize>::new();
    let tokens = program.modules.iter().flat_map(|module| &module.tokens);
    for token in tokens.filter(|token| token.kind == Kind::Private) {
        *counts.entry(token.text).or_default() += 1;
    }
    by_count(counts).map(str::to_owned).zip((0..).map(|number| format!("#{}", nth(number)))).collect()
}

/// The most used first.
fn by_count<T: Copy + Ord>(counts: BTreeMap<T, usize>) -> impl Iterator<Item = T> {
    let mut counts: Vec<(T, usize)> = counts.into_iter().collect();
    counts.sort_by_key(|(it, count)| (Reverse(*count), *it));
    counts.into_iter().map(|(it, _)| it)
}

fn slots(program: &Program<'_>) -> BTreeMap<Variable, Slot> {
    let mut slots = BTreeMap::new();
    for (at, module) in program.modules.iter().enumerate() {
        slots.insert((at, ALL), Slot::Module((at, ALL)));
        for (symbol, slot) in
            slots_inside(&module.names, |token| module.tokens[token].text).into_iter().enumerate()
        {
            slots.insert((at, symbol), slot.map_or(Slot::Module((at, symbol)), Slot::Inside));
        }
    }
    slots
}

/// For each symbol the first slot that it can have; `None` for those of the module.
fn slots_inside<'a>(names: &names::Names<'_>, text: impl Fn(usize) -> &'a str) -> Vec<Option<usize>> {
    // Which symbols of the scopes around it each scope speaks of.
    let mut foreign = vec![BTreeSet::new(); names.scopes.len()];
    for it in &names.uses {
        let Some(symbol) = names.symbol(it.scope, text(it.token)) else { continue };
        let mut scope = it.scope;
        while scope != names.symbols[symbol] {
            foreign[scope].insert(symbol);
            scope = names.scopes[scope].parent.expect("a symbol is found on the way up");
        }
    }
    let mut slots: Vec<Option<usize>> = vec![None; names.symbols.len()];
    // A symbol comes after those of the scopes around it.
    let mut order: Vec<usize> = (0..slots.len()).filter(|symbol| names.symbols[*symbol] != MODULE).collect();
    order.sort_by_key(|symbol| names.symbols[*symbol]);
    let mut taken = vec![BTreeSet::new(); names.scopes.len()];
    for symbol in order {
        let scope = names.symbols[symbol];
        let mut others: BTreeSet<usize> = foreign[scope].iter().filter_map(|other| slots[*other]).collect();
        if let Scope { parent: Some(parent), is_body: true, .. } = names.scopes[scope] {
            others.extend(&taken[parent]);
        }
        let slot = (0..).find(|slot| !others.contains(slot) && !taken[scope].contains(slot));
        slots[symbol] = slot;
        taken[scope].extend(slot);
    }
    slots
}

fn nth(mut number: usize) -> String {
    let mut name = String::new();
    loop {
        name.push(char::from(LETTERS[number % LETTERS.len()]));
        number /= LETTERS.len();
        if number == 0 {
            return name;
        }
        number -= 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_comes_twice() {
        assert_eq!([0, 1, 51, 52, 53, 104].map(nth), ["e", "t", "Z", "ee", "te", "et"]);
        let names: BTreeSet<String> = (0..10_000).map(nth).collect();
        assert_eq!(names.len(), 10_000);
    }
}
