//! The settings' file: TOML, one key per setting, no tables. What is not understood is refused, with its line.

use std::collections::HashMap;
use std::fs::File;
use std::io::Read;
use std::path::Path;

use toml::de::{DeTable, DeValue};

use super::given::{Given, Place};
use super::row::Row;
use super::slips::meant;
use super::table;

/// The longest file, in bytes: what is longer is something else. Signals are heard by the thread that reads it again, so it must
/// be done with it soon.
const LONGEST: u64 = 256 << 10;

#[derive(Debug, Default)]
pub(super) struct SettingsFile {
    values: HashMap<&'static str, Given>,
    pub(super) faults: Vec<String>,
}

impl SettingsFile {
    pub(super) fn read(path: &Path) -> Self {
        let name = path.display().to_string();
        let mut text = String::new();
        let read = File::open(path).and_then(|file| file.take(LONGEST + 1).read_to_string(&mut text));
        let fault = match read {
            Ok(length) if length as u64 <= LONGEST => return SettingsFile::parse(&name, &text),
            Ok(_) => format!("it has more than {LONGEST} bytes"),
            Err(error) => error.to_string(),
        };
        let faults = vec![format!("cannot read the settings in {name}: {fault}")];
        SettingsFile { faults, ..SettingsFile::default() }
    }

    pub(super) fn parse(name: &str, text: &str) -> Self {
        let mut file = SettingsFile::default();
        let line_of = |place: usize| 1 + text[..place].bytes().filter(|&byte| byte == b'\n').count();
        // What follows a fault in the syntax cannot be relied on.
        let table = match DeTable::parse(text) {
            Ok(table) => table.into_inner(),
            Err(error) => {
                let line = line_of(error.span().map_or(0, |span| span.start));
                let told = error.message().lines().collect::<Vec<_>>().join(": ");
                file.faults.push(format!("{name}, line {line}: {told}"));
                return file;
            }
        };
        let mut faults = Vec::new();
        for (key, value) in &table {
            let line = line_of(key.span().start);
            let key = key.get_ref().as_ref();
            let Some(row) = table::rows().find(|row| row.name == key) else {
                faults.push((line, unknown(name, line, key)));
                continue;
            };
            match texts(value.get_ref()) {
                Some(texts) => {
                    let place = Place::File { name: name.to_owned(), line };
                    file.values.insert(row.name, Given { texts, place });
                }
                None => {
                    let kind = value.get_ref().type_str();
                    faults.push((
                        line,
                        format!("{key} in {name}, line {line}: a value of type {kind} makes no sense here"),
                    ));
                }
            }
        }
        // The table comes sorted by its keys; people read from the top.
        faults.sort();
        file.faults = faults.into_iter().map(|(_, fault)| fault).collect();
        file
    }

    pub(super) fn get(&self, row: &Row) -> Option<&Given> {
        self.values.get(row.name)
    }
}

/// A value as one would write it in a flag. `None`: no setting has such values.
fn texts(value: &DeValue<'_>) -> Option<Vec<String>> {
    match value {
        DeValue::Array(list) => list.iter().map(|value| text(value.get_ref())).collect(),
        value => Some(vec![text(value)?]),
    }
}

fn text(value: &DeValue<'_>) -> Option<String> {
    match value {
        DeValue::String(text) => Some(text.to_string()),
        DeValue::Boolean(on) => Some(on.to_string()),
        // A number that is too large stays as it is: its own rule will say so.
        DeValue::Integer(number) => {
            let plain = i64::from_str_radix(number.as_str(), number.radix()).map(|number| number.to_string());
            Some(plain.unwrap_or_else(|_| number.to_string()))
        }
        DeValue::Float(_) | DeValue::Datetime(_) | DeValue::Array(_) | DeValue::Table(_) => None,
    }
}

fn unknown(name: &str, line: usize, key: &str) -> String {
    let meant = meant(key, table::rows().map(|row| row.name));
    let suggestion = meant.map_or(String::new(), |meant| format!(": did you mean `{meant}`?"));
    format!("unknown key `{}` in {name}, line {line}{suggestion}", key.escape_debug())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_understood_is_told_with_its_line() {
        let table = [
            (
                "\n\nmax-pictures = 1",
                "unknown key `max-pictures` in chat.toml, line 3: did you mean `max-picture`?",
            ),
            ("max_name = 5", "unknown key `max_name` in chat.toml, line 1: did you mean `max-name`?"),
            ("colour = \"red\"", "unknown key `colour` in chat.toml, line 1"),
            ("[limits]\nmax-name = 5", "unknown key `limits` in chat.toml, line 1"),
            ("max-name = 4.5", "max-name in chat.toml, line 1: a value of type float makes no sense here"),
            ("listen = [[\"a\"]]", "listen in chat.toml, line 1: a value of type array makes no sense here"),
        ];
        for (text, told) in table {
            assert_eq!(SettingsFile::parse("chat.toml", text).faults, [told], "{text}");
        }
        for broken in ["\nmax-name", "\nmax-name = 1\nmax-name = 2", "\nmax-name = \"a"] {
            let faults = SettingsFile::parse("chat.toml", broken).faults;
            assert!(faults.len() == 1 && faults[0].starts_with("chat.toml, line "), "{faults:?}");
            assert!(!faults[0].contains('\n'), "{faults:?}");
        }
    }

    #[test]
    fn values_become_what_a_flag_would_say() {
        let file = SettingsFile::parse(
            "f",
            "max-picture = 0x1000\nmax-people = 10_000\nlisten = [9501, \"a:1\"]\necho = false",
        );
        assert_eq!(file.faults, [""; 0]);
        let texts = |name| file.values[name].texts.join(" ");
        assert_eq!(
            [texts("max-picture"), texts("max-people"), texts("listen"), texts("echo")],
            ["4096", "10000", "9501 a:1", "false"]
        );
        assert_eq!(file.values["echo"].place, Place::File { name: "f".into(), line: 4 });
    }

    #[test]
    fn what_is_too_long_is_not_read() {
        let path = std::env::temp_dir().join(format!("pollcat-settings-{}", std::process::id()));
        let file = File::create(&path).expect("a file");
        file.set_len(LONGEST).expect("room for a hole");
        let faults = |path| SettingsFile::read(path).faults.join("; ");
        assert!(faults(&path).contains("line 1: "), "{}", faults(&path));
        file.set_len(1 << 40).expect("room for a hole");
        let told =
            format!("cannot read the settings in {}: it has more than {LONGEST} bytes", path.display());
        assert_eq!(faults(&path), told);
        std::fs::remove_file(&path).expect("it was made here");
    }
}
