//! Expressions (ECMA-262 §13): operands with operators between them. Which operator binds how strongly is of no concern.

use super::Walk;
use crate::tokens::Kind;
use crate::trouble::Result;

/// Between two operands.
const OPERATORS: [&str; 40] = [
    "=", "+=", "-=", "*=", "/=", "%=", "**=", "<<=", ">>=", ">>>=", "&=", "|=", "^=", "&&=", "||=", "??=",
    "&&", "||", "??", "==", "!=", "===", "!==", "<", ">", "<=", ">=", "+", "-", "*", "/", "%", "**", "<<",
    ">>", ">>>", "&", "|", "^", "in",
];

/// In front of an operand.
const PREFIXES: [&str; 11] = ["!", "~", "+", "-", "++", "--", "typeof", "void", "delete", "await", "new"];

/// Words that are no variables where an operand is expected.
const VALUES: [&str; 5] = ["this", "super", "null", "true", "false"];

/// Words that begin something else than an operand.
const NO_OPERANDS: [&str; 23] = [
    "break",
    "case",
    "catch",
    "const",
    "continue",
    "default",
    "do",
    "else",
    "enum",
    "export",
    "extends",
    "finally",
    "for",
    "if",
    "import",
    "in",
    "instanceof",
    "return",
    "switch",
    "throw",
    "try",
    "var",
    "while",
];

impl Walk<'_, '_> {
    /// With commas.
    pub(super) fn expression(&mut self) -> Result<()> {
        self.assignment()?;
        while self.pass(",") {
            self.assignment()?;
        }
        Ok(())
    }

    /// Without.
    pub(super) fn assignment(&mut self) -> Result<()> {
        loop {
            if self.is_arrow() {
                return self.arrow(); // nothing goes on after its body
            }
            if self.pass("yield") {
                self.pass("*");
                if self.token().is_none_or(|token| {
                    token.after_newline || matches!(token.text, ")" | "]" | "}" | "," | ";" | ":")
                }) {
                    return Ok(());
                }
                continue;
            }
            self.operand()?;
            if self.pass("?") {
                self.assignment()?;
                self.take(":")?;
            } else if OPERATORS.contains(&self.text()) || self.is("instanceof") {
                self.at += 1;
            } else {
                return Ok(());
            }
        }
    }

    /// With what is in front of it and what follows it: `!a.b(c)[d]++`.
    pub(super) fn operand(&mut self) -> Result<()> {
        while PREFIXES.contains(&self.text()) {
            if self.is("await") {
                self.refuse_await_outside()?;
            }
            self.at += 1;
            // `new.target`
            if self.pass(".") {
                self.at += 1;
                return Ok(());
            }
        }
        self.primary()?;
        loop {
            match self.text() {
                "." => self.at += 2,
                "?." => self.at += if matches!(self.text_at(self.at + 1), "(" | "[") { 1 } else { 2 },
                "(" => self.elements(")")?,
                "[" => {
                    self.at += 1;
                    self.expression()?;
                    self.take("]")?;
                }
                "++" | "--" if self.token().is_some_and(|token| !token.after_newline) => self.at += 1,
                text if text.starts_with('`') => self.template()?,
                _ => return Ok(()),
            }
        }
    }

    fn primary(&mut self) -> Result<()> {
        match (self.kind(), self.text()) {
            (_, "function") => self.function_expression(),
            (_, "async") if self.is_async_function() => self.function_expression(),
            (_, "class") => self.class_expression(),
            (_, "(") => {
                self.at += 1;
                self.expression()?;
                self.take(")")
            }
            (_, "[") => self.elements("]"),
            (_, "{") => self.object(),
            (_, "import") => self.trouble("the page is one file: there is no import() and no import.meta"),
            (_, "eval") => self.trouble("with `eval` nobody knows what a name means"),
            (Some(Kind::Word), word) if NO_OPERANDS.contains(&word) => {
                self.trouble(format!("here is {}, and the joiner expected a value", self.found()))
            }
            (Some(Kind::Template), _) => self.template(),
            (Some(Kind::Word), word) => {
                if !VALUES.contains(&word) {
                    self.note(false);
                }
                self.at += 1;
                Ok(())
            }
            (Some(Kind::Number | Kind::Text | Kind::Regex | Kind::Private), _) => {
                self.at += 1;
                Ok(())
            }
            _ => self.trouble(format!("here is {}, and the joiner expected a value", self.found())),
        }
    }

    /// Of an array, or arguments.
    fn elements(&mut self, end: &str) -> Result<()> {
        self.at += 1;
        while !self.pass(end) {
            if !self.pass(",") {
                self.pass("...");
                self.assignment()?;
                if !self.is(end) {
                    self.take(",")?;
                }
            }
        }
        Ok(())
    }

    fn object(&mut self) -> Result<()> {
        self.take("{")?;
        while !self.pass("}") {
            if self.pass("...") {
                self.assignment()?;
            } else {
                self.property()?;
            }
            if !self.is("}") {
                self.take(",")?;
            }
        }
        Ok(())
    }

    fn property(&mut self) -> Result<()> {
        let begin = self.at;
        let is_word = self.key()?;
        if self.pass(":") {
            return self.assignment();
        }
        if self.is("(") {
            return self.parameters_and_body();
        }
        if !is_word {
            return self.trouble("the value of this property is missing");
        }
        let end = std::mem::replace(&mut self.at, begin);
        self.note(true);
        self.at = end;
        // `({ a = 1 } = b)`
        if self.pass("=") { self.assignment() } else { Ok(()) }
    }

    fn template(&mut self) -> Result<()> {
        while self.token().is_some_and(|token| token.opens_expression()) {
            self.at += 1;
            self.expression()?;
        }
        self.at += 1;
        Ok(())
    }

    /// What is joined is one module, and all of it would wait.
    pub(super) fn refuse_await_outside(&self) -> Result<()> {
        if self.functions > 0 {
            return Ok(());
        }
        self.trouble("all of the page would wait for this: `await` belongs into a function")
    }
}
