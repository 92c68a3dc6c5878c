//! The names in an archive, which others than the chat may have written: each is looked at as if somebody chose it now, by the
//! rules of the model. How a name is folded follows from it, so what an archive says of that is not believed.

use std::collections::HashMap;

use crate::history::{Cell, Is, Kind, gone};
use crate::model::names::{Keys, Name, NameFault, check_person, check_room, fold_person, guest_name};
use crate::model::{direct_name, direct_pair, private_name};

/// Characters of a name: no setting allows more, and the history may be of a chat that allowed as many.
const LONGEST: usize = 64;

/// Who and what has come so far, by the key by which it is found. Second keys (`names/fold.rs`) are not looked at: the model
/// knows two who share one.
#[derive(Debug, Default)]
pub(super) struct Rules {
    people: HashMap<String, String>,
    rooms: HashMap<String, String>,
}

impl Rules {
    /// A row as the chat would have written it.
    ///
    /// # Errors
    ///
    /// The chat would not have written it: which field it is, and which rule it breaks.
    pub(super) fn keep(&mut self, kind: &Kind, cells: &mut [Cell]) -> Result<(), String> {
        let mut row = Row { kind, cells };
        match kind.name {
            "people" => self.person(&mut row),
            "rooms" => self.room(&mut row),
            _ => Ok(()),
        }
    }

    fn person(&mut self, row: &mut Row<'_>) -> Result<(), String> {
        let (name, id, is_gone) = (row.text("name"), row.number("id"), row.number("gone") == 1);
        // The chat itself gives these, and to nobody else.
        let is_numbered = name == guest_name(id) || (is_gone && name == gone(id));
        if is_gone {
            // Whoever is gone keeps no name from others.
            return if is_numbered { Ok(()) } else { checked(&name, check_person).map(drop) };
        }
        if is_numbered {
            row.set("folded", fold_person(&name));
            row.set_or_empty("look", None);
            return Ok(());
        }
        let Name { shown, keys } = checked(&name, check_person)?;
        alone(&mut self.people, &keys.folded, &shown)?;
        row.set("name", shown);
        row.set_keys(keys);
        Ok(())
    }

    fn room(&mut self, row: &mut Row<'_>) -> Result<(), String> {
        let (name, id) = (row.text("name"), row.number("id"));
        let key = match row.word("kind") {
            "direct" => direct_pair(&name).map(|[one, other]| direct_name(one, other)),
            "private" => Some(private_name(id)),
            _ => {
                let Name { shown, keys } = checked(&name, check_room)?;
                alone(&mut self.rooms, &keys.folded, &shown)?;
                row.set("name", shown);
                row.set_keys(keys);
                return Ok(());
            }
        };
        if key.as_ref() != Some(&name) {
            let wanted = key.unwrap_or_else(|| "@1:2, if it is a talk of 1 and 2".to_owned());
            return Err(format!("`name` is not {wanted}"));
        }
        row.set("folded", name);
        row.set_or_empty("look", None);
        if let Some(title) = row.may("title") {
            let Name { shown, .. } =
                check_room(&title, LONGEST).map_err(|fault| wrong("title", &title, fault))?;
            row.set("title", shown);
        }
        Ok(())
    }
}

fn checked(name: &str, check: fn(&str, usize) -> Result<Name, NameFault>) -> Result<Name, String> {
    check(name, LONGEST).map_err(|fault| wrong("name", name, fault))
}

fn wrong(field: &str, name: &str, fault: NameFault) -> String {
    let told: String = name.chars().take(LONGEST).collect();
    format!("`{field}` is not to be had: {} ({fault})", told.escape_debug())
}

/// Nobody before had a name like this one.
fn alone(known: &mut HashMap<String, String>, key: &str, shown: &str) -> Result<(), String> {
    match known.insert(key.to_owned(), shown.to_owned()) {
        Some(other) => Err(format!("`name`: {shown} looks like {other}, which is there already")),
        None => Ok(()),
    }
}

/// A row by the names of its columns. All that is asked for is in it: the cells were checked.
struct Row<'a> {
    kind: &'a Kind,
    cells: &'a mut [Cell],
}

impl Row<'_> {
    fn cell(&self, column: &str) -> Option<&Cell> {
        self.kind.column(column).and_then(|at| self.cells.get(at))
    }

    fn may(&self, column: &str) -> Option<String> {
        self.cell(column).and_then(Cell::text).map(str::to_owned)
    }

    fn text(&self, column: &str) -> String {
        self.may(column).unwrap_or_default()
    }

    fn number(&self, column: &str) -> u64 {
        self.cell(column).and_then(Cell::number).unwrap_or_default().unsigned_abs()
    }

    /// As it stands in a line.
    fn word(&self, column: &str) -> &'static str {
        let Some(at) = self.kind.column(column) else { return "" };
        let word = |words: &'static [&'static str]| {
            let place = self.cells[at].number().and_then(|place| usize::try_from(place).ok());
            place.and_then(|place| words.get(place).copied())
        };
        match self.kind.columns[at].is {
            Is::Word(words) => word(words).unwrap_or(""),
            _ => "",
        }
    }

    fn set(&mut self, column: &str, text: String) {
        if let Some(at) = self.kind.column(column) {
            self.cells[at] = Cell::Text(text);
        }
    }

    fn set_or_empty(&mut self, column: &str, text: Option<String>) {
        if let Some(at) = self.kind.column(column) {
            self.cells[at] = text.map_or(Cell::None, Cell::Text);
        }
    }

    fn set_keys(&mut self, keys: Keys) {
        let (folded, look) = keys.split();
        self.set("folded", folded);
        self.set_or_empty("look", look);
    }
}
