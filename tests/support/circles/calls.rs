//! Who calls whom: the circles that no import shows, for a method needs no `use`.
//!
//! A call leads to a file where it is certain. It is certain
//!
//! * by its receiver: `self.f()`, `self.field.f()` and `parameter.f()`, where the types are written down, and `Type::f()`;
//! * by its name, if one file alone defines a method of that name, and no other crate has one: no code that cannot know
//!   these files calls or defines it, and it is not in [`FOREIGN`].
//!
//! All other calls are left out, and their names are told, so that the reader knows what the check does not see.

use std::collections::{BTreeMap, BTreeSet};

use super::Graph;
use super::tokens::is_name;
use crate::items::{Function, Items, named};

/// Methods of the standard library's and of mio's sockets and threads, which code without sockets has no cause to call.
const FOREIGN: &[&str] = &[
    "accept",
    "bind",
    "deregister",
    "elapsed",
    "flush",
    "get_mut",
    "insert",
    "join",
    "listen",
    "load",
    "local_addr",
    "lock",
    "poll",
    "read",
    "recv",
    "register",
    "reregister",
    "run",
    "send",
    "shutdown",
    "store",
    "wait",
    "wake",
    "write",
    "write_vectored",
];

/// The calls among some files, and the names of methods that are called and left out.
pub struct Calls {
    pub graph: Graph,
    pub unseen: BTreeSet<String>,
}

/// Of `files`; `others` are files of the crate that cannot know them.
pub fn calls(files: &[(String, String)], others: &[(String, String)]) -> Calls {
    let read: Vec<(&str, Items<'_>)> =
        files.iter().map(|(path, text)| (path.as_str(), Items::read(text))).collect();
    let elsewhere = others.iter().flat_map(|(_, text)| names_of_elsewhere(&Items::read(text))).collect();
    let house = House::build(&read, elsewhere);
    let mut calls = Calls { graph: Graph::default(), unseen: BTreeSet::new() };
    for (file, items) in &read {
        calls.graph.add_module(file);
        for function in &items.functions {
            house.follow(file, function, &mut calls);
        }
    }
    calls
}

/// Methods that code without any knowledge of the server calls or defines: other crates have them, or other types.
fn names_of_elsewhere(items: &Items<'_>) -> BTreeSet<String> {
    let defined = items.functions.iter().map(|function| function.name);
    let called = items.functions.iter().flat_map(|function| called(&function.body).map(|call| call.name));
    defined.chain(called).map(str::to_owned).collect()
}

#[derive(Default)]
struct House<'a> {
    /// By type and name: the files that define the method.
    methods: BTreeMap<(&'a str, &'a str), BTreeSet<&'a str>>,
    /// By name.
    by_name: BTreeMap<&'a str, BTreeSet<&'a str>>,
    /// By struct and field: the type that is written there, if it is one of ours.
    fields: BTreeMap<(&'a str, &'a str), &'a str>,
    /// Types of ours, and those that stand for several.
    types: BTreeMap<&'a str, usize>,
    elsewhere: BTreeSet<String>,
}

/// `a.b.name(…)` or `a::name(…)`: the receiver is `None` if it is more than names.
struct Call<'a> {
    receiver: Option<Vec<&'a str>>,
    name: &'a str,
    is_path: bool,
}

impl<'a> House<'a> {
    fn build(files: &[(&'a str, Items<'a>)], elsewhere: BTreeSet<String>) -> Self {
        let mut house = House { elsewhere, ..House::default() };
        let traits: BTreeSet<&str> =
            files.iter().flat_map(|(_, items)| &items.definitions).copied().collect();
        for (file, items) in files {
            for name in &items.definitions {
                *house.types.entry(name).or_default() += 1;
            }
            for function in &items.functions {
                let Some(owner) = function.owner else { continue };
                house.methods.entry((owner, function.name)).or_default().insert(file);
                house.by_name.entry(function.name).or_default().insert(file);
                // `fn read` of `impl Read`: other crates call and have it as well.
                if function.of_trait.is_some_and(|it| !traits.contains(it)) {
                    house.elsewhere.insert(function.name.into());
                }
            }
            for kind in &items.structs {
                for field in &kind.fields {
                    if let Some(of) = plain(&field.kind) {
                        house.fields.insert((kind.name, field.name), of);
                    }
                }
            }
        }
        house
    }

    fn follow(&self, file: &str, function: &Function<'a>, calls: &mut Calls) {
        for call in called(&function.body) {
            let home = match self.receiver(function, &call) {
                // A type of ours, but the method may be of a trait of others, or of what it dereferences to.
                Some(kind) => self.methods.get(&(kind, call.name)),
                None => self.by_name.get(call.name).filter(|_| !call.is_path),
            };
            let Some(homes) = home else { continue };
            let words = format!("{}()", call.name);
            match homes.first() {
                Some(home) if homes.len() == 1 && !self.is_doubtful(function, &call) => {
                    calls.graph.add_arrow(file, home, &words);
                }
                _ => drop(calls.unseen.insert(call.name.into())),
            }
        }
    }

    /// Only the name tells, and it tells too little.
    fn is_doubtful(&self, function: &Function<'a>, call: &Call<'a>) -> bool {
        let is_foreign = self.elsewhere.contains(call.name) || FOREIGN.contains(&call.name);
        is_foreign && self.receiver(function, call).is_none()
    }

    /// The type whose method is called, if the names of the call lead to it.
    fn receiver(&self, function: &Function<'a>, call: &Call<'a>) -> Option<&'a str> {
        let (first, fields) = call.receiver.as_ref()?.split_first()?;
        let mut kind = match *first {
            "self" | "Self" => function.owner?,
            kind if call.is_path => kind,
            name => plain(&function.parameters.iter().find(|(parameter, _)| *parameter == name)?.1)?,
        };
        for field in fields {
            kind = *self.fields.get(&(kind, *field))?;
        }
        (self.types.get(kind) == Some(&1)).then_some(kind)
    }
}

/// The type of a field or a parameter that is written without anything around it but references.
fn plain<'a>(kind: &[&'a str]) -> Option<&'a str> {
    let name = named(kind)?;
    let wraps = ["Option", "Vec", "Box", "Rc", "Arc", "Cell", "RefCell", "impl"];
    (!wraps.contains(&name)).then_some(name)
}

/// The calls in a body, each with the names in front of it.
fn called<'s, 'a>(body: &'s [&'a str]) -> impl Iterator<Item = Call<'a>> + use<'s, 'a> {
    (1..body.len().saturating_sub(1)).filter_map(move |place| {
        let (mark, name) = (body[place - 1], body[place]);
        let is_call = body[place + 1] == "(" || body[place + 1..].starts_with(&["::", "<"]);
        if !is_call || !is_name(name) || ![".", "::"].contains(&mark) {
            return None;
        }
        Some(Call { receiver: receiver(&body[..place - 1], mark), name, is_path: mark == "::" })
    })
}

/// `["self", "a"]` of `… self.a`; `["Type"]` of `… Type`; nothing where a call or an index stands before the names.
fn receiver<'a>(before: &[&'a str], mark: &str) -> Option<Vec<&'a str>> {
    let (last, mut rest) = before.split_last().filter(|(last, _)| is_name(last))?;
    let mut names = vec![*last];
    if mark == "." {
        while let [more @ .., name, "."] = rest
            && is_name(name)
        {
            names.push(name);
            rest = more;
        }
    }
    names.reverse();
    (rest.last() != Some(&".")).then_some(names)
}
