//! The items of Rust source that the tests of the house ask about: structs with their fields, functions with their
//! parameters and bodies, and what else a file defines. Read from tokens, as coarse as will do.

use crate::circles::tokens::{is_name, tokens, without_tests};

/// What a file defines. Tests are left out.
#[derive(Debug, Default)]
pub struct Items<'a> {
    pub structs: Vec<Struct<'a>>,
    /// Methods and free functions.
    pub functions: Vec<Function<'a>>,
    /// The types that have an `impl` here, one for each.
    pub impls: Vec<&'a str>,
    /// The names of all other items: structs, enums, traits, constants, macros.
    pub definitions: Vec<&'a str>,
}

#[derive(Debug)]
pub struct Struct<'a> {
    pub name: &'a str,
    pub fields: Vec<Field<'a>>,
}

#[derive(Debug)]
pub struct Field<'a> {
    pub name: &'a str,
    /// What stands before its name: nothing, `pub`, `pub(super)`.
    pub visibility: Vec<&'a str>,
    pub kind: Vec<&'a str>,
}

#[derive(Debug)]
pub struct Function<'a> {
    pub name: &'a str,
    /// The type or the trait that has it as a method.
    pub owner: Option<&'a str>,
    /// The trait whose method it is, in `impl Trait for Owner`.
    pub of_trait: Option<&'a str>,
    /// Names and types; `self` has none.
    pub parameters: Vec<(&'a str, Vec<&'a str>)>,
    pub body: Vec<&'a str>,
}

impl<'a> Items<'a> {
    pub fn read(text: &'a str) -> Self {
        let mut items = Items::default();
        items.add(&without_tests(&tokens(text)), Owner::default());
        items
    }

    fn add(&mut self, mut tokens: &[&'a str], owner: Owner<'a>) {
        while let Some((&token, rest)) = tokens.split_first() {
            tokens = rest;
            match (token, rest) {
                ("#", ["[" | "!", ..]) => tokens = behind_brackets(rest),
                ("fn", [name, ..]) if is_name(name) => {
                    let (function, behind) = function(name, &rest[1..], owner);
                    self.functions.push(function);
                    tokens = behind;
                }
                ("impl", _) => {
                    let (head, body, behind) = with_body(rest);
                    let owner = Owner::of_impl(head);
                    self.impls.extend(owner.name);
                    self.add(body, owner);
                    tokens = behind;
                }
                ("trait", [name, ..]) => {
                    self.definitions.push(name);
                    let (_, body, behind) = with_body(rest);
                    self.add(body, Owner { name: Some(name), of_trait: None });
                    tokens = behind;
                }
                ("struct", [name, ..]) => {
                    self.definitions.push(name);
                    let (head, body, behind) = with_body(&rest[1..]);
                    let fields = if body.is_empty() { inside_parentheses(head) } else { body };
                    self.structs
                        .push(Struct { name, fields: split(fields, ",").filter_map(field).collect() });
                    tokens = behind;
                }
                ("enum" | "union", [name, ..]) => {
                    self.definitions.push(name);
                    tokens = with_body(&rest[1..]).2;
                }
                ("macro_rules", ["!", name, ..]) => {
                    self.definitions.push(name);
                    let (_, body, behind) = with_body(&rest[1..]);
                    self.definitions.extend(types_in(body));
                    tokens = behind;
                }
                ("const" | "static" | "type", [name, ..]) if is_name(name) && *name != "fn" => {
                    // The constants of a type are no items of the file.
                    self.definitions.extend(owner.name.is_none().then_some(*name));
                    tokens = behind_semicolon(rest);
                }
                ("use", _) => tokens = behind_semicolon(rest),
                _ => {}
            }
        }
    }
}

/// The types that a macro defines.
fn types_in<'s, 'a>(body: &'s [&'a str]) -> impl Iterator<Item = &'a str> + use<'s, 'a> {
    let is_type = |words: &&[&str]| ["struct", "enum", "trait"].contains(&words[0]) && is_name(words[1]);
    body.windows(2).filter(is_type).map(|words| words[1])
}

/// Whose methods are read.
#[derive(Debug, Default, Clone, Copy)]
struct Owner<'a> {
    name: Option<&'a str>,
    of_trait: Option<&'a str>,
}

impl<'a> Owner<'a> {
    /// From what stands between `impl` and its brace.
    fn of_impl(head: &[&'a str]) -> Self {
        let head = if head.first() == Some(&"<") { behind_angles(head) } else { head };
        let head = head.split(|&token| token == "where").next().unwrap_or(head);
        match head.iter().position(|&token| token == "for") {
            Some(place) => Owner { name: named(&head[place + 1..]), of_trait: named(&head[..place]) },
            None => Owner { name: named(head), of_trait: None },
        }
    }
}

fn function<'a, 's>(name: &'a str, tokens: &'s [&'a str], owner: Owner<'a>) -> (Function<'a>, &'s [&'a str]) {
    let tokens = if tokens.first() == Some(&"<") { behind_angles(tokens) } else { tokens };
    let inside = inside_parentheses(tokens);
    let parameters = split(inside, ",").filter_map(|tokens| {
        let colon = tokens.iter().position(|&token| token == ":")?;
        Some((*tokens[..colon].last()?, tokens[colon + 1..].to_vec()))
    });
    let parameters = parameters.collect();
    let (_, body, behind) = with_body(tokens.get(inside.len() + 2..).unwrap_or_default());
    let Owner { name: owner, of_trait } = owner;
    (Function { name, owner, of_trait, parameters, body: body.to_vec() }, behind)
}

fn field<'a>(tokens: &[&'a str]) -> Option<Field<'a>> {
    let mut tokens = tokens;
    while tokens.first() == Some(&"#") {
        tokens = behind_brackets(&tokens[1..]);
    }
    let mut length = usize::from(tokens.first() == Some(&"pub"));
    if length == 1 && tokens.get(1) == Some(&"(") {
        length += inside_parentheses(&tokens[1..]).len() + 2;
    }
    let (visibility, rest) = tokens.split_at(length);
    let (name, kind) = match rest {
        [name, ":", kind @ ..] => (*name, kind),
        [] => return None,
        kind => ("0", kind), // of a tuple
    };
    Some(Field { name, visibility: visibility.to_vec(), kind: kind.to_vec() })
}

/// The type that a path names, without what is around it: `Peers` of `&mut super::Peers<M>`, and nothing of `[u8]`.
pub fn named<'a>(kind: &[&'a str]) -> Option<&'a str> {
    let mut last = None;
    let mut lifetime = false;
    for &token in kind {
        match token {
            "'" => lifetime = true,
            _ if std::mem::take(&mut lifetime) => {}
            "&" | "mut" | "dyn" | "::" | "crate" | "super" | "self" => {}
            name if is_name(name) => last = Some(name),
            _ => break,
        }
    }
    last
}

/// The parts between separators that stand in no brackets of any kind.
pub fn split<'s, 'a>(tokens: &'s [&'a str], separator: &'s str) -> impl Iterator<Item = &'s [&'a str]> {
    let mut depth = 0_i32;
    let mut before = "";
    tokens.split(move |&token| {
        depth += step(before, token);
        before = token;
        depth == 0 && token == separator
    })
}

/// How much deeper a token leads into brackets. An arrow closes nothing.
fn step(before: &str, token: &str) -> i32 {
    match token {
        "(" | "[" | "{" | "<" => 1,
        ">" if before == "-" || before == "=" => 0,
        ")" | "]" | "}" | ">" => -1,
        _ => 0,
    }
}

/// What stands before a body in braces, the body, and what follows; without a body, up to the semicolon.
fn with_body<'s, 'a>(tokens: &'s [&'a str]) -> (&'s [&'a str], &'s [&'a str], &'s [&'a str]) {
    let (mut depth, mut before) = (0, "");
    for (place, &token) in tokens.iter().enumerate() {
        match token {
            ";" if depth == 0 => return (&tokens[..place], &[], &tokens[place + 1..]),
            "{" if depth == 0 => {
                let length = closed(&tokens[place..], "{", "}");
                let (body, behind) = tokens[place..].split_at(length);
                return (&tokens[..place], &body[1..length.max(2) - 1], behind);
            }
            _ => depth += step(before, token),
        }
        before = token;
    }
    (tokens, &[], &[])
}

/// The number of tokens up to the bracket that closes the first one.
fn closed(tokens: &[&str], open: &str, close: &str) -> usize {
    let mut depth = 0;
    for (place, &token) in tokens.iter().enumerate() {
        depth += i32::from(token == open) - i32::from(token == close);
        if depth == 0 && place > 0 {
            return place + 1;
        }
    }
    tokens.len()
}

fn inside_parentheses<'s, 'a>(tokens: &'s [&'a str]) -> &'s [&'a str] {
    let Some(start) = tokens.iter().position(|&token| token == "(") else { return &[] };
    let length = closed(&tokens[start..], "(", ")");
    tokens.get(start + 1..start + length - 1).unwrap_or_default()
}

fn behind_brackets<'s, 'a>(tokens: &'s [&'a str]) -> &'s [&'a str] {
    let start = tokens.iter().position(|&token| token == "[").unwrap_or(0);
    &tokens[start + closed(&tokens[start..], "[", "]")..]
}

fn behind_angles<'s, 'a>(tokens: &'s [&'a str]) -> &'s [&'a str] {
    let (mut depth, mut before) = (0, "");
    for (place, &token) in tokens.iter().enumerate() {
        depth += step(before, token);
        before = token;
        if depth == 0 {
            return &tokens[place + 1..];
        }
    }
    &[]
}

fn behind_semicolon<'s, 'a>(tokens: &'s [&'a str]) -> &'s [&'a str] {
    let mut depth = 0_i32;
    for (place, &token) in tokens.iter().enumerate() {
        match token {
            "(" | "[" | "{" => depth += 1,
            ")" | "]" | "}" => depth -= 1,
            ";" if depth == 0 => return &tokens[place + 1..],
            _ => {}
        }
    }
    &[]
}
