//! The names of a module: in which scope each is declared, and where it is used.

use std::collections::BTreeMap;

/// The scope of the module itself.
pub(crate) const MODULE: usize = 0;

#[derive(Debug)]
pub(crate) struct Names<'a> {
    pub scopes: Vec<Scope<'a>>,
    /// In which scope each symbol is declared.
    pub symbols: Vec<usize>,
    pub uses: Vec<Use>,
}

#[derive(Debug, Default)]
pub(crate) struct Scope<'a> {
    pub parent: Option<usize>,
    /// The block of a function, or of a `catch`: it must not declare its parameters again.
    pub is_body: bool,
    /// What is declared here: the symbol of each name.
    pub names: BTreeMap<&'a str, usize>,
}

/// A token that names a variable.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Use {
    pub token: usize,
    pub scope: usize,
    /// `{ a }` says the name of a property as well: with another name for the variable it is `{ a: b }`.
    pub is_shorthand: bool,
}

impl<'a> Names<'a> {
    pub(crate) fn new() -> Self {
        Names { scopes: vec![Scope::default()], symbols: Vec::new(), uses: Vec::new() }
    }

    pub(crate) fn open_scope(&mut self, parent: usize, is_body: bool) -> usize {
        self.scopes.push(Scope { parent: Some(parent), is_body, names: BTreeMap::new() });
        self.scopes.len() - 1
    }

    pub(crate) fn declare(&mut self, scope: usize, name: &'a str) -> usize {
        let next = self.symbols.len();
        let symbol = *self.scopes[scope].names.entry(name).or_insert(next);
        if symbol == next {
            self.symbols.push(scope);
        }
        symbol
    }

    /// What a name means in a scope; `None`: something of the browser's.
    pub(crate) fn symbol(&self, scope: usize, name: &str) -> Option<usize> {
        let mut scope = Some(scope);
        while let Some(at) = scope {
            if let Some(symbol) = self.scopes[at].names.get(name) {
                return Some(*symbol);
            }
            scope = self.scopes[at].parent;
        }
        None
    }
}
