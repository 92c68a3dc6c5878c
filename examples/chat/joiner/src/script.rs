//! All modules of the page as one.

use std::collections::BTreeMap;

use crate::link::{ALL, Meaning, Program};
use crate::short::Names;
use crate::tokens::{Kind, tokens};
use crate::trouble::Result;
use crate::write::Writer;

/// Modules in one, and which they are.
pub(crate) struct Joined<'a> {
    pub text: String,
    pub files: Vec<&'a str>,
}

/// The modules that the entry imports, and those import, in one. It exports what the entry exports.
pub(crate) fn join<'a>(entry: &'a str, sources: &'a BTreeMap<String, String>) -> Result<Joined<'a>> {
    let program = Program::link(entry, sources)?;
    let names = Names::of(&program)?;
    let mut writer = Writer::default();
    for at in 0..program.modules.len() {
        writer.end_line();
        write_module(&program, at, &names, &mut writer)?;
    }
    writer.end_line();
    let last = program.modules.len() - 1;
    let exported = exports(&program, last, &names, |name, variable| format!("{variable} as {name}"));
    let exported = if exported.is_empty() { String::new() } else { format!("export{{{exported}}};\n") };
    let text = writer.into_text() + &exported;
    Ok(Joined { text, files: program.modules.iter().map(|module| module.file).collect() })
}

/// A script of its own, without what is said to its readers. Its lines end where they did.
pub(crate) fn bare(file: &str, text: &str) -> Result<String> {
    let mut writer = Writer::default();
    for token in tokens(file, text)? {
        if token.after_newline {
            writer.end_line();
        }
        writer.write(&token, token.text);
    }
    Ok(writer.into_text())
}

fn write_module(program: &Program<'_>, at: usize, names: &Names, writer: &mut Writer) -> Result<()> {
    let module = &program.modules[at];
    let named = named(program, at, names)?;
    for (index, token) in module.tokens.iter().enumerate() {
        if module.ends.contains(&index) {
            writer.end_line();
        }
        let instead = module.instead.get(&index).copied().or_else(|| named.get(&index).map(String::as_str));
        writer.write(token, instead.unwrap_or(token.text));
    }
    if let Some(name) = names.variables.get(&(at, ALL)) {
        let all = exports(program, at, names, |name, variable| format!("{name}:{variable}"));
        writer.write_lines(&format!("let {name}={{{all}}};\n"));
    }
    Ok(())
}

/// The tokens of a module that have other names now.
fn named(program: &Program<'_>, at: usize, names: &Names) -> Result<BTreeMap<usize, String>> {
    let module = &program.modules[at];
    let mut named = BTreeMap::new();
    for (index, token) in module.tokens.iter().enumerate().filter(|(_, token)| token.kind == Kind::Private) {
        named.insert(index, names.privates[token.text].clone());
    }
    for it in module.uses() {
        let old = module.tokens[it.token].text;
        let meaning = program.meaning(at, it.token, it.scope)?;
        let Some(variable) = meaning.variable() else { continue };
        let new = &names.variables[&variable];
        named.insert(
            it.token,
            if it.is_shorthand && old != new { format!("{old}:{new}") } else { new.clone() },
        );
        if let Meaning::Member(_) = meaning {
            named.extend([(it.token + 1, String::new()), (it.token + 2, String::new())]);
        }
    }
    Ok(named)
}

/// What a module exports: each name, and the variable that it is.
fn exports(program: &Program<'_>, at: usize, names: &Names, one: impl Fn(&str, &str) -> String) -> String {
    let exported = program.modules[at].exports.iter();
    let named = exported
        .filter_map(|(name, symbol)| Some((name, names.variables.get(&program.origin((at, *symbol)).0)?)));
    named.map(|(name, variable)| one(name, variable)).collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The files of a case, and what becomes of them.
    fn case(text: &str) -> (BTreeMap<String, String>, &str, bool) {
        let (files, expected) =
            text.split_once("\n>>\n").or_else(|| text.split_once("\n!! ")).expect("an outcome");
        let files = files.split("\n-- ").skip(1).map(|file| file.split_once('\n').unwrap_or((file, "")));
        (
            files.map(|(name, text)| (name.into(), text.into())).collect(),
            expected.trim_end(),
            text.contains("\n!! "),
        )
    }

    #[test]
    fn the_cases_come_out_as_they_say() {
        let cases: Vec<&str> = include_str!("../fixtures/scripts.txt").split("\n== ").skip(1).collect();
        assert!(cases.len() > 20);
        for text in cases {
            let (files, expected, is_trouble) = case(text);
            let title = text.lines().next().expect("a title");
            let (found, failed) = match join("main.js", &files) {
                Ok(joined) => (joined.text, false),
                Err(trouble) => (trouble.to_string(), true),
            };
            assert_eq!((found.trim_end(), failed), (expected, is_trouble), "{title}");
        }
    }
}
