//! Functions and classes (ECMA-262 §15).

use super::Walk;
use crate::tokens::Kind;
use crate::trouble::Result;

impl Walk<'_, '_> {
    pub(super) fn is_async_function(&self) -> bool {
        self.is("async") && self.text_at(self.at + 1) == "function"
    }

    pub(super) fn function_declaration(&mut self) -> Result<()> {
        self.pass_function_word();
        self.declare_here()?;
        self.parameters_and_body()
    }

    /// Its name, if it has one, is known inside only.
    pub(super) fn function_expression(&mut self) -> Result<()> {
        self.pass_function_word();
        self.in_scope(|walk| {
            if !walk.is("(") {
                walk.declare_here()?;
            }
            walk.parameters_and_body()
        })
    }

    fn pass_function_word(&mut self) {
        self.pass("async");
        self.pass("function");
        self.pass("*");
    }

    /// What comes after the name of a function, or the key of a method.
    pub(super) fn parameters_and_body(&mut self) -> Result<()> {
        self.in_function(|walk| {
            walk.parameters()?;
            walk.body()
        })
    }

    fn parameters(&mut self) -> Result<()> {
        self.take("(")?;
        while !self.pass(")") {
            self.pass("...");
            self.pattern_with_default()?;
            self.pass(",");
        }
        Ok(())
    }

    fn in_function(&mut self, walk: impl FnOnce(&mut Self) -> Result<()>) -> Result<()> {
        self.functions += 1;
        let done = self.in_scope(walk);
        self.functions -= 1;
        done
    }

    /// Does an arrow function begin here?
    pub(super) fn is_arrow(&self) -> bool {
        let at = self.at + usize::from(self.is("async") && !matches!(self.text_at(self.at + 1), "=>" | "."));
        let Some(token) = self.tokens.get(at) else { return false };
        let last = if token.is_sign("(") { self.partners[at] } else { at };
        (token.is_sign("(") || token.kind == Kind::Word) && self.text_at(last + 1) == "=>"
    }

    pub(super) fn arrow(&mut self) -> Result<()> {
        if self.text_at(self.at + 1) != "=>" {
            self.pass("async");
        }
        self.in_function(|walk| {
            if walk.is("(") {
                walk.parameters()?;
            } else {
                walk.declare_here()?;
            }
            walk.take("=>")?;
            if walk.is("{") { walk.body() } else { walk.assignment() }
        })
    }

    pub(super) fn class_declaration(&mut self) -> Result<()> {
        self.take("class")?;
        self.declare_here()?;
        self.heritage_and_members()
    }

    pub(super) fn class_expression(&mut self) -> Result<()> {
        self.take("class")?;
        self.in_scope(|walk| {
            if !walk.is("extends") && !walk.is("{") {
                walk.declare_here()?;
            }
            walk.heritage_and_members()
        })
    }

    fn heritage_and_members(&mut self) -> Result<()> {
        if self.pass("extends") {
            self.operand()?;
        }
        self.take("{")?;
        while !self.pass("}") {
            if !self.pass(";") {
                self.class_member()?;
            }
        }
        Ok(())
    }

    fn class_member(&mut self) -> Result<()> {
        if self.is("static") && self.text_at(self.at + 1) == "{" {
            self.at += 1;
            return self.in_function(Self::body);
        }
        self.key()?;
        if self.is("(") {
            return self.parameters_and_body();
        }
        if self.pass("=") {
            self.in_function(Self::assignment)?;
        }
        self.end_statement()
    }

    /// The key of a property or a method, with the words and signs in front of it. True: a word that is nothing else.
    pub(super) fn key(&mut self) -> Result<bool> {
        let begin = self.at;
        while matches!(self.text(), "static" | "get" | "set" | "async") && !self.ends_key(self.at + 1) {
            self.at += 1;
        }
        self.pass("*");
        if self.pass("[") {
            self.assignment()?;
            self.take("]")?;
            return Ok(false);
        }
        if !matches!(self.kind(), Some(Kind::Word | Kind::Private | Kind::Number | Kind::Text)) {
            return self.trouble(format!(
                "here is {}, and the joiner expected the name of a property",
                self.found()
            ));
        }
        let is_word = self.at == begin && self.kind() == Some(Kind::Word);
        self.at += 1;
        Ok(is_word)
    }

    fn ends_key(&self, at: usize) -> bool {
        matches!(self.text_at(at), "(" | "=" | ":" | "," | ";" | "}")
    }
}
