//! One module: its tokens, its names, and what it has to do with others.

use std::collections::{BTreeMap, BTreeSet};

use crate::names::{Names, Use};
use crate::tokens::{Token, partners, tokens};
use crate::trouble::{Result, Trouble};
use crate::walk::{Import, Walk};

#[derive(Debug)]
pub(crate) struct Module<'a> {
    /// From the folder of the page.
    pub file: &'a str,
    pub tokens: Vec<Token<'a>>,
    /// What is written instead of some tokens: nothing of imports and exports, which are not there any more when all is joined.
    pub instead: BTreeMap<usize, &'static str>,
    /// A statement ends in front of these tokens, and no semicolon says so.
    pub ends: BTreeSet<usize>,
    pub names: Names<'a>,
    pub imports: Vec<Import<'a>>,
    /// The names under which others know its variables.
    pub exports: BTreeMap<&'a str, usize>,
}

impl<'a> Module<'a> {
    pub(crate) fn read(file: &'a str, text: &'a str) -> Result<Self> {
        let tokens = tokens(file, text)?;
        let partners = partners(&tokens);
        let found = Walk::new(file, &tokens, &partners).walk()?;
        let exports = found.exported()?;
        let Walk { instead, ends, names, imports, .. } = found;
        Ok(Module { file, instead, ends, names, imports, exports, tokens })
    }

    /// Where its names are used, as far as that is still there.
    pub(crate) fn uses(&self) -> impl Iterator<Item = &Use> {
        self.names.uses.iter().filter(|it| !self.instead.contains_key(&it.token))
    }

    pub(crate) fn trouble(&self, line: usize, words: impl Into<String>) -> Trouble {
        Trouble::new(self.file, line, words)
    }
}
