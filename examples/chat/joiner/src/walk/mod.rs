//! The walk through a module: as much of the grammar of JavaScript (ECMA-262 §13 to §16) as tells variables from properties,
//! blocks from objects, and one scope from another. Every token is looked at once, and an arrow is seen before its
//! parameters, for brackets know their partners.
//!
//! ```text
//! imports, exports (here) ──▶ statements ──▶ expressions ──▶ patterns
//!                                  ▲              │
//!                                  └── functions ◀┘
//! ```
//!
//! It does not check the grammar: browsers do. What it cannot follow, or what joined modules cannot do, it refuses.

mod expressions;
mod functions;
mod patterns;
mod statements;

use std::collections::{BTreeMap, BTreeSet};

use crate::names::{MODULE, Names, Use};
use crate::tokens::{Kind, Token};
use crate::trouble::{Result, Trouble};

pub(crate) struct Walk<'a, 'm> {
    file: &'a str,
    tokens: &'m [Token<'a>],
    partners: &'m [usize],
    at: usize,
    scope: usize,
    /// So many functions are around this place.
    functions: usize,
    /// The semicolon of the declaration that came last.
    declared: usize,
    /// What is exported, under which name, and the line.
    exports: Vec<(&'a str, &'a str, usize)>,
    // What is found: see `Module`.
    pub(crate) names: Names<'a>,
    pub(crate) instead: BTreeMap<usize, &'static str>,
    pub(crate) ends: BTreeSet<usize>,
    pub(crate) imports: Vec<Import<'a>>,
}

#[derive(Debug)]
pub(crate) struct Import<'a> {
    pub line: usize,
    /// From the folder of the page.
    pub file: String,
    /// Variables of this module that are another's, and their names there.
    pub named: Vec<(usize, &'a str)>,
    /// `* as` this variable.
    pub all: Option<usize>,
}

impl<'a, 'm> Walk<'a, 'm> {
    pub(crate) fn new(file: &'a str, tokens: &'m [Token<'a>], partners: &'m [usize]) -> Self {
        Walk {
            file,
            tokens,
            partners,
            at: 0,
            scope: MODULE,
            functions: 0,
            declared: usize::MAX,
            exports: Vec::new(),
            names: Names::new(),
            instead: BTreeMap::new(),
            ends: BTreeSet::new(),
            imports: Vec::new(),
        }
    }

    pub(crate) fn walk(mut self) -> Result<Self> {
        while self.at < self.tokens.len() {
            match self.text() {
                "import" => self.import()?,
                "export" => self.export()?,
                _ => self.statement()?,
            }
        }
        Ok(self)
    }

    /// The symbols that are exported, by the names that they have for others.
    pub(crate) fn exported(&self) -> Result<BTreeMap<&'a str, usize>> {
        let symbol = |(local, exported, line): &(&'a str, &'a str, usize)| {
            let symbol = self.names.symbol(MODULE, local).ok_or_else(|| {
                Trouble::new(self.file, *line, format!("`{local}` is exported, and not declared"))
            })?;
            Ok((*exported, symbol))
        };
        self.exports.iter().map(symbol).collect()
    }

    // ---- imports and exports

    fn import(&mut self) -> Result<()> {
        let (begin, line) = (self.at, self.line());
        self.take("import")?;
        let (mut named, mut all) = (Vec::new(), None);
        if self.is("*") {
            self.at += 1;
            self.take("as")?;
            all = Some(self.declare_here()?);
        } else if self.is("{") {
            named = self.list(|walk| {
                let name = walk.word()?;
                if !walk.pass("as") {
                    walk.at -= 1; // it has the same name here
                }
                Ok((walk.declare_here()?, name))
            })?;
        } else if self.kind() != Some(Kind::Text) {
            return self
                .trouble("write `import { name } from`, `import * as name from` or `import \"./file.js\"`");
        }
        if all.is_some() || !named.is_empty() {
            self.take("from")?;
        }
        let file = self.path()?;
        self.imports.push(Import { line, file, named, all });
        self.end_statement()?;
        self.drop_from(begin);
        Ok(())
    }

    fn export(&mut self) -> Result<()> {
        let begin = self.at;
        self.take("export")?;
        if self.is("{") {
            self.list(|walk| {
                let (local, line) = (walk.word()?, walk.line());
                let exported = if walk.pass("as") { walk.word()? } else { local };
                walk.exports.push((local, exported, line));
                Ok(())
            })?;
            if self.is("from") {
                return self.trouble("import it first, then export it");
            }
            self.end_statement()?;
            self.drop_from(begin);
            return Ok(());
        }
        if !matches!(self.text(), "const" | "function" | "async" | "class") {
            return self
                .trouble("only what never changes is exported: const, function, class, or `{ names }`");
        }
        self.instead.insert(begin, "");
        let (line, first) = (self.line(), self.names.symbols.len());
        self.statement()?;
        let declared = self.names.scopes[MODULE].names.iter().filter(|(_, symbol)| **symbol >= first);
        self.exports.extend(declared.map(|(name, _)| (*name, *name, line)));
        Ok(())
    }

    /// Things in braces with commas between them.
    fn list<T>(&mut self, mut one: impl FnMut(&mut Self) -> Result<T>) -> Result<Vec<T>> {
        let end = self.partners[self.at];
        self.at += 1;
        let mut all = Vec::new();
        while self.at < end {
            all.push(one(self)?);
            if self.at < end {
                self.take(",")?;
            }
        }
        self.at = end + 1;
        Ok(all)
    }

    /// The file that a module names, from the folder of the page.
    fn path(&mut self) -> Result<String> {
        let text = self.text();
        if self.kind() != Some(Kind::Text) {
            return self.trouble("the name of a file is missing");
        }
        let mut path: Vec<&str> = self.file.split('/').collect();
        path.pop();
        for part in text[1..text.len() - 1].split('/') {
            match part {
                "." => {}
                ".." if path.pop().is_none() => {
                    return self.trouble(format!("{text} is outside of the page's folder"));
                }
                ".." => {}
                _ => path.push(part),
            }
        }
        if !text[1..].starts_with('.') {
            return self
                .trouble(format!("{text} does not begin with a dot: the page has its own modules only"));
        }
        self.at += 1;
        Ok(path.join("/"))
    }

    fn drop_from(&mut self, begin: usize) {
        self.instead.extend((begin..self.at).map(|at| (at, "")));
    }

    // ---- where the walk is

    fn token(&self) -> Option<&'m Token<'a>> {
        self.tokens.get(self.at)
    }

    fn kind(&self) -> Option<Kind> {
        self.token().map(|token| token.kind)
    }

    /// A string or a template has none: it is never taken for a sign.
    fn text(&self) -> &'a str {
        self.text_at(self.at)
    }

    fn text_at(&self, at: usize) -> &'a str {
        match self.tokens.get(at) {
            Some(token) => token.text,
            None => "",
        }
    }

    fn line(&self) -> usize {
        self.token().or(self.tokens.last()).map_or(0, |token| token.line)
    }

    fn is(&self, text: &str) -> bool {
        self.text() == text
    }

    fn take(&mut self, text: &str) -> Result<()> {
        if !self.is(text) {
            return self.trouble(format!("here is {}, and the joiner expected `{text}`", self.found()));
        }
        self.at += 1;
        Ok(())
    }

    /// Passes it if it is here.
    fn pass(&mut self, text: &str) -> bool {
        let is_here = self.is(text);
        self.at += usize::from(is_here);
        is_here
    }

    fn word(&mut self) -> Result<&'a str> {
        let text = self.text();
        if self.kind() != Some(Kind::Word) {
            return self.trouble(format!("here is {}, and the joiner expected a name", self.found()));
        }
        self.at += 1;
        Ok(text)
    }

    fn found(&self) -> String {
        self.token().map_or("the end of the file".into(), |token| format!("`{}`", token.text))
    }

    fn trouble<T>(&self, words: impl Into<String>) -> Result<T> {
        Err(Trouble::new(self.file, self.line(), words))
    }

    // ---- names

    /// Declares the word that is here, in this scope.
    fn declare_here(&mut self) -> Result<usize> {
        self.note(false);
        let name = self.word()?;
        Ok(self.names.declare(self.scope, name))
    }

    /// Notes that the word that is here names a variable.
    fn note(&mut self, is_shorthand: bool) {
        self.names.uses.push(Use { token: self.at, scope: self.scope, is_shorthand });
    }

    fn in_scope<T>(&mut self, walk: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        self.in_new_scope(false, walk)
    }

    fn in_new_scope<T>(&mut self, is_body: bool, walk: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        let outer = self.scope;
        self.scope = self.names.open_scope(outer, is_body);
        let done = walk(self);
        self.scope = outer;
        done
    }
}
