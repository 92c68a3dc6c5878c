//! The settings' file: TOML, one key per setting, no tables. What is not understood is refused, with its line.

use std::collections::HashMap;
use std::fs::File;
use std::io::ErrorKind;
use std::path::Path;

use toml::de::{DeTable, DeValue};

use super::given::{Given, Place};
use super::row::Row;
use super::slips::meant;
use super::table;
use crate::run::text;

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
        match text_of(path) {
            Ok(text) => SettingsFile::parse(&name, &text),
            Err(fault) => {
                let faults = vec![format!("cannot read the settings in {name}: {fault}")];
                SettingsFile { faults, ..SettingsFile::default() }
            }
        }
    }

    pub(super) fn parse(name: &str, text: &str) -> Self {
        let mut file = SettingsFile::default();
        let line_of = |place: usize| 1 + text[..place].bytes().filter(|&byte| byte == b'\n').count();
        // What follows a fault in the syntax cannot be relied on.
        let table = match DeTable::parse(text) {
            Ok(table) => table.into_inner(),
            Err(error) => {
                let place = error.span().map_or(0, |span| span.start);
                let line = line_of(place);
                let told = error.message().lines().collect::<Vec<_>>().join(": ");
                let ends = if is_cut_off(text, place) { CUT_OFF } else { "" };
                file.faults.push(format!("{name}, line {line}: {told}{ends}"));
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

/// What to do, and not only what a parser misses.
const CUT_OFF: &str = ": the file ends there; if it was cut off, put the whole one back";

/// A file with nothing in it is just being written, or the disk was full when it was. With the defaults instead of what it said, more of
/// the history could be given up than anybody wants, and that does not come back.
fn text_of(path: &Path) -> Result<String, String> {
    let file = File::open(path).map_err(|error| match error.kind() {
        ErrorKind::NotFound => format!("{error}: --config or POLLCAT_CONFIG names it"),
        ErrorKind::PermissionDenied => format!("{error}: the chat's user has to be allowed to"),
        _ => error.to_string(),
    })?;
    let is_file = file.metadata().is_ok_and(|metadata| metadata.is_file());
    let text = text::read(file, LONGEST)?;
    match text.trim().is_empty() && is_file {
        true => {
            Err("it is empty: put back what was in it, or # and a word if all is to be as usual".to_owned())
        }
        false => Ok(text),
    }
}

/// Is a fault at this place where the file ends, and not where somebody has ended it?
fn is_cut_off(text: &str, place: usize) -> bool {
    let rest = text.get(place..).unwrap_or_default();
    rest.trim().is_empty() || !rest.contains('\n')
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
        for broken in ["\nmax-name\n", "\nmax-name = 1\nmax-name = 2\n", "\nmax-name = \"a\n"] {
            let faults = SettingsFile::parse("chat.toml", broken).faults;
            assert!(faults.len() == 1 && faults[0].starts_with("chat.toml, line "), "{faults:?}");
            assert!(!faults[0].contains('\n'), "{faults:?}");
        }
    }

    /// Wherever a disk was full: either what is left is whole, or the message says that it may not be.
    #[test]
    fn a_file_that_was_cut_off_is_said_to_be() {
        let whole = "max-name = 5\nlisten = [\n  \"a:1\",\n  \"b:2\",\n]\npublic-url = \"https://a\"\n";
        let mut cut = 0;
        for end in 1..whole.len() {
            let (text, line) = (&whole[..end], 1 + whole[..end].matches('\n').count());
            let Some(fault) = SettingsFile::parse("chat.toml", text).faults.pop() else { continue };
            if fault.starts_with("unknown key ") {
                continue;
            }
            cut += 1;
            assert!(fault.ends_with(CUT_OFF), "{text:?}: {fault}");
            let begins = [format!("chat.toml, line {line}: "), format!("chat.toml, line {}: ", line - 1)];
            assert!(begins.iter().any(|begins| fault.starts_with(begins)), "{text:?}: {fault}");
        }
        assert!(cut > 50, "{cut}");
        let fault = |text| SettingsFile::parse("chat.toml", text).faults.pop().expect(text);
        assert!(!fault("max-name = \n\nmax-rooms = 5\n").contains("cut off"));
    }

    #[test]
    fn what_cannot_be_read_is_told_with_what_to_do() {
        let path = std::env::temp_dir().join(format!("pollcat-unreadable-{}", std::process::id()));
        let faults = |path: &Path| SettingsFile::read(path).faults.join("; ");
        assert!(faults(&path).ends_with(": --config or POLLCAT_CONFIG names it"), "{}", faults(&path));
        for (bytes, words) in [
            (&b""[..], "it is empty: put back"),
            (b" \n\n", "it is empty: put back"),
            (b"# a\nmax-name = 5\n# \xff\n", "line 3 is not UTF-8"),
        ] {
            std::fs::write(&path, bytes).expect("a file");
            let begins = format!("cannot read the settings in {}: {words}", path.display());
            assert!(faults(&path).starts_with(&begins), "{}", faults(&path));
        }
        std::fs::remove_file(&path).expect("it was made here");
        // Whoever wants no file says so.
        assert_eq!(faults(Path::new("/dev/null")), "");
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
