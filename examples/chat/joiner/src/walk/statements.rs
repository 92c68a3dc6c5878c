//! Statements (ECMA-262 §14).

use super::Walk;
use crate::tokens::Kind;
use crate::trouble::Result;

impl Walk<'_, '_> {
    pub(super) fn statement(&mut self) -> Result<()> {
        match self.text() {
            "{" => self.block(),
            ";" => self.take(";"),
            "const" | "let" => self.declaration_statement(),
            "function" => self.function_declaration(),
            "async" if self.is_async_function() => self.function_declaration(),
            "class" => self.class_declaration(),
            "if" => self.if_statement(),
            "for" => self.in_scope(Self::for_statement),
            "while" => self.pass_head("while").and_then(|()| self.statement()),
            "do" => self.do_statement(),
            "switch" => self.switch_statement(),
            "try" => self.try_statement(),
            "return" | "throw" => self.return_statement(),
            "break" | "continue" => self.break_statement(),
            "var" => self.trouble("write `let` or `const`: the joiner knows no `var`"),
            "with" => self.trouble("with `with` nobody knows what a name means"),
            "import" | "export" => self.trouble("imports and exports stand outside of everything else"),
            _ if self.kind() == Some(Kind::Word) && self.text_at(self.at + 1) == ":" => {
                self.at += 2; // a label
                self.statement()
            }
            _ => self.expression().and_then(|()| self.end_statement()),
        }
    }

    fn block(&mut self) -> Result<()> {
        self.in_scope(Self::statements)
    }

    /// The block of a function, or of a `catch`.
    pub(super) fn body(&mut self) -> Result<()> {
        self.in_new_scope(true, Self::statements)
    }

    fn statements(&mut self) -> Result<()> {
        self.take("{")?;
        while !self.pass("}") {
            self.statement()?;
        }
        Ok(())
    }

    /// A semicolon, or a place where one may be left out (§12.10).
    pub(super) fn end_statement(&mut self) -> Result<()> {
        if self.is(";") && self.text_at(self.at + 1) == "}" {
            self.instead.insert(self.at, "");
        }
        if self.pass(";") {
            return Ok(());
        }
        if self.is_end() {
            if !self.is("}") {
                self.ends.insert(self.at);
            }
            return Ok(());
        }
        self.trouble(format!("here is {}, and the joiner expected the end of a statement", self.found()))
    }

    fn is_end(&self) -> bool {
        self.token().is_none_or(|token| token.after_newline || matches!(token.text, ";" | "}"))
    }

    /// What never changes may as well be said to change; and one declaration says what many say after each other.
    fn declaration_statement(&mut self) -> Result<()> {
        let goes_on = (self.at.saturating_sub(2)..self.at).find(|at| *at == self.declared);
        if let Some(semicolon) = goes_on.filter(|at| at + 1 == self.at || self.text_at(at + 1) == "export") {
            self.instead.extend([(semicolon, ","), (self.at, "")]);
        } else {
            self.instead.insert(self.at, "let");
        }
        self.declaration()?;
        self.declared = if self.is(";") { self.at } else { usize::MAX };
        self.end_statement()
    }

    fn declaration(&mut self) -> Result<()> {
        self.at += 1;
        loop {
            self.pattern()?;
            if self.pass("=") {
                self.assignment()?;
            }
            if !self.pass(",") {
                return Ok(());
            }
        }
    }

    /// `if (…)`, and the like.
    fn pass_head(&mut self, word: &str) -> Result<()> {
        self.take(word)?;
        self.take("(")?;
        self.expression()?;
        self.take(")")
    }

    fn if_statement(&mut self) -> Result<()> {
        self.pass_head("if")?;
        self.statement()?;
        if self.pass("else") { self.statement() } else { Ok(()) }
    }

    fn do_statement(&mut self) -> Result<()> {
        self.take("do")?;
        self.statement()?;
        self.pass_head("while")?;
        self.pass(";");
        Ok(())
    }

    fn for_statement(&mut self) -> Result<()> {
        self.take("for")?;
        if self.is("await") {
            self.refuse_await_outside()?;
            self.at += 1;
        }
        self.take("(")?;
        if self.is("const") || self.is("let") {
            self.declaration()?;
        } else if !self.is(";") {
            self.expression()?;
        }
        if self.pass("of") || self.pass("in") {
            self.expression()?;
        } else {
            for end in [";", ")"] {
                self.take(";")?;
                if !self.is(end) {
                    self.expression()?;
                }
            }
        }
        self.take(")")?;
        self.statement()
    }

    fn switch_statement(&mut self) -> Result<()> {
        self.pass_head("switch")?;
        self.in_scope(|walk| {
            walk.take("{")?;
            while !walk.pass("}") {
                if walk.pass("case") {
                    walk.expression()?;
                    walk.take(":")?;
                } else if walk.pass("default") {
                    walk.take(":")?;
                } else {
                    walk.statement()?;
                }
            }
            Ok(())
        })
    }

    fn try_statement(&mut self) -> Result<()> {
        self.take("try")?;
        self.block()?;
        if self.pass("catch") {
            self.in_scope(|walk| {
                if walk.pass("(") {
                    walk.pattern()?;
                    walk.take(")")?;
                }
                walk.body()
            })?;
        }
        if self.pass("finally") { self.block() } else { Ok(()) }
    }

    fn return_statement(&mut self) -> Result<()> {
        self.at += 1;
        if !self.is_end() {
            self.expression()?;
        }
        self.end_statement()
    }

    fn break_statement(&mut self) -> Result<()> {
        self.at += 1;
        if !self.is_end() {
            self.word()?; // a label
        }
        self.end_statement()
    }
}
