//! `archive.json`: says that a folder is an archive, and a whole one, as it is written last; and how many lines each file has.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::row;
use crate::history::{Cell, STATE};

/// Of the format. It counts up when an older program would misread it.
const VERSION: u64 = 1;
const FORMAT: &str = "pollcat-archive";

#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Head {
    /// Nobody has heard anything that is not in it: clients go on where they were.
    pub is_complete: bool,
    /// The row of [`STATE`].
    pub state: Vec<Cell>,
    pub lines: BTreeMap<String, u64>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Told {
    format: String,
    version: u64,
    complete: bool,
    state: Map<String, Value>,
    lines: BTreeMap<String, u64>,
}

/// All that is looked at before the rest can be understood.
#[derive(Deserialize)]
struct Version {
    format: String,
    version: u64,
}

impl Head {
    pub(crate) fn write(&self) -> String {
        let cells = STATE.columns.iter().zip(&self.state);
        let state = cells.map(|(column, cell)| (column.name.to_owned(), row::value(column.is, cell)));
        let told = Told {
            format: FORMAT.to_owned(),
            version: VERSION,
            complete: self.is_complete,
            state: state.collect(),
            lines: self.lines.clone(),
        };
        let mut text = serde_json::to_string_pretty(&told).unwrap_or_default();
        text.push('\n');
        text
    }

    /// # Errors
    ///
    /// What is wrong with it.
    pub(crate) fn read(text: &str) -> Result<Self, String> {
        let Version { format, version } =
            serde_json::from_str(text).map_err(|error| format!("this is no archive: {error}"))?;
        if format != FORMAT {
            return Err(format!("this is no archive: its format is `{}`", format.escape_debug()));
        }
        match version {
            VERSION => {}
            0 => return Err("this is no archive: there is no format 0".to_owned()),
            newer => {
                return Err(format!(
                    "it was made by a newer pollcat (format {newer}, this one knows {VERSION}): use that one"
                ));
            }
        }
        let told: Told = serde_json::from_str(text).map_err(|error| error.to_string())?;
        let state = row::cells(&STATE, told.state).map_err(|wrong| format!("state: {wrong}"))?;
        Ok(Head { is_complete: told.complete, state, lines: told.lines })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_is_read_as_it_was_written_and_others_are_refused() {
        let head = Head {
            is_complete: true,
            state: [1, 2, 3, 4, 5, 1].map(Cell::Number).into(),
            lines: [("people".to_owned(), 2), ("events".to_owned(), 7)].into(),
        };
        let text = head.write();
        assert_eq!(Head::read(&text), Ok(head));
        for (from, to, why) in [
            ("pollcat-archive", "tar", "no archive"),
            ("\"version\": 1", "\"version\": 2", "newer pollcat (format 2, this one knows 1)"),
            ("\"door\": \"named\"", "\"door\": \"ajar\"", "state: `door` is not one of open, named"),
            ("\"complete\": true", "\"complete\": true, \"more\": 1", "more"),
            ("\"complete\": true,", "", "complete"),
            ("}", "", "no archive"),
        ] {
            let told = Head::read(&text.replace(from, to)).unwrap_err();
            assert!(told.contains(why), "{from}: {told}");
        }
    }
}
