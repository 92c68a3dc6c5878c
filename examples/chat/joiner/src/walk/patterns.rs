//! What declares variables: a name, or a pattern that takes something apart (ECMA-262 §14.3.3).

use super::Walk;
use crate::trouble::Result;

impl Walk<'_, '_> {
    pub(super) fn pattern(&mut self) -> Result<()> {
        match self.text() {
            "[" => self.array_pattern(),
            "{" => self.object_pattern(),
            _ => self.declare_here().map(drop),
        }
    }

    pub(super) fn pattern_with_default(&mut self) -> Result<()> {
        self.pattern()?;
        if self.pass("=") { self.assignment() } else { Ok(()) }
    }

    fn array_pattern(&mut self) -> Result<()> {
        self.take("[")?;
        while !self.pass("]") {
            if !self.pass(",") {
                self.pass("...");
                self.pattern_with_default()?;
            }
        }
        Ok(())
    }

    fn object_pattern(&mut self) -> Result<()> {
        self.take("{")?;
        while !self.pass("}") {
            if self.pass("...") {
                self.declare_here()?;
            } else {
                self.property_pattern()?;
            }
            self.pass(",");
        }
        Ok(())
    }

    fn property_pattern(&mut self) -> Result<()> {
        let begin = self.at;
        let is_word = self.key()?;
        if self.pass(":") {
            return self.pattern_with_default();
        }
        if !is_word {
            return self.trouble("a name for this property is missing");
        }
        self.at = begin;
        self.note(true);
        let name = self.word()?;
        self.names.declare(self.scope, name);
        if self.pass("=") { self.assignment() } else { Ok(()) }
    }
}
