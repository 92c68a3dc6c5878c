//! The modules together: in which order they run, and whose variable each of their names is.

use std::collections::{BTreeMap, BTreeSet};

use crate::module::Module;
use crate::trouble::{Result, Trouble};

/// A variable of the page: the place of its module, and its symbol there.
pub(crate) type Variable = (usize, usize);

/// The symbol of all that a module exports, as one object.
pub(crate) const ALL: usize = usize::MAX;

#[derive(Debug)]
pub(crate) struct Program<'a> {
    /// In the order in which they run: what a module imports comes before it (ECMA-262 §16.2.1.5). The last is the entry.
    pub modules: Vec<Module<'a>>,
    /// For each module and symbol: what it is, if it is another module's.
    links: Vec<BTreeMap<usize, Link>>,
}

#[derive(Debug, Clone, Copy)]
enum Link {
    Variable(Variable),
    /// `* as`: all that this module exports.
    Module(usize),
}

/// What a use of a name means.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Meaning {
    /// It is not declared: something of the browser's.
    Free,
    Variable(Variable),
    /// `module.name`: the two tokens that follow are part of it.
    Member(Variable),
}

impl Meaning {
    pub(crate) fn variable(self) -> Option<Variable> {
        match self {
            Meaning::Free => None,
            Meaning::Variable(variable) | Meaning::Member(variable) => Some(variable),
        }
    }
}

impl<'a> Program<'a> {
    pub(crate) fn link(entry: &'a str, sources: &'a BTreeMap<String, String>) -> Result<Self> {
        let mut order = Order { sources, seen: BTreeSet::new(), modules: Vec::new() };
        order.visit(entry, None)?;
        let mut program = Program { modules: order.modules, links: Vec::new() };
        program.links =
            program.modules.iter().map(|module| program.links_of(module)).collect::<Result<_>>()?;
        Ok(program)
    }

    fn links_of(&self, module: &Module<'a>) -> Result<BTreeMap<usize, Link>> {
        let mut links = BTreeMap::new();
        for import in &module.imports {
            let from = self.modules.iter().position(|module| module.file == import.file);
            let from = from.expect("what is imported was visited");
            for (symbol, name) in &import.named {
                let found = self.exported(module, import.line, from, name)?;
                links.insert(*symbol, Link::Variable((from, found)));
            }
            links.extend(import.all.map(|symbol| (symbol, Link::Module(from))));
        }
        Ok(links)
    }

    fn exported(&self, by: &Module<'_>, line: usize, from: usize, name: &str) -> Result<usize> {
        let from = &self.modules[from];
        let found = from.exports.get(name).copied();
        found.ok_or_else(|| by.trouble(line, format!("{} exports no `{name}`", from.file)))
    }

    /// What the use of a name means that is at this token.
    pub(crate) fn meaning(&self, at: usize, token: usize, scope: usize) -> Result<Meaning> {
        let module = &self.modules[at];
        let [name, dot, member] =
            [token, token + 1, token + 2].map(|at| module.tokens.get(at).map_or("", |it| it.text));
        let Some(symbol) = module.names.symbol(scope, name) else { return Ok(Meaning::Free) };
        match self.origin((at, symbol)) {
            (variable, None) => Ok(Meaning::Variable(variable)),
            (_, Some(from)) if dot != "." => Ok(Meaning::Variable((from, ALL))),
            (_, Some(from)) => {
                let symbol = self.exported(module, module.tokens[token].line, from, member)?;
                Ok(Meaning::Member(self.origin((from, symbol)).0))
            }
        }
    }

    /// Whose variable this is, after all imports; and which module, if it is all of one.
    pub(crate) fn origin(&self, mut variable: Variable) -> (Variable, Option<usize>) {
        loop {
            match self.links[variable.0].get(&variable.1) {
                None => return (variable, None),
                Some(Link::Module(from)) => return (variable, Some(*from)),
                Some(Link::Variable(next)) => variable = *next,
            }
        }
    }
}

struct Order<'a> {
    sources: &'a BTreeMap<String, String>,
    seen: BTreeSet<&'a str>,
    modules: Vec<Module<'a>>,
}

impl<'a> Order<'a> {
    fn visit(&mut self, file: &str, by: Option<(&Module<'_>, usize)>) -> Result<()> {
        let Some((file, text)) = self.sources.get_key_value(file) else {
            let words = format!("there is no {file}");
            return Err(
                by.map_or(Trouble::new(file, 0, &*words), |(module, line)| module.trouble(line, &*words))
            );
        };
        if !self.seen.insert(file) {
            return Ok(());
        }
        let module = Module::read(file, text)?;
        for import in &module.imports {
            self.visit(&import.file, Some((&module, import.line)))?;
        }
        self.modules.push(module);
        Ok(())
    }
}
