//! The settings. Each has one name and four places where it may be said; the first that says it counts:
//!
//! ```text
//!   --max-picture 8MiB            a flag
//!   POLLCAT_MAX_PICTURE=8MiB      the environment
//!   max-picture = "8MiB"          a TOML file, named by --config or POLLCAT_CONFIG
//!   4MiB                          the default
//! ```
//!
//! | file | what it knows |
//! |---|---|
//! | `chosen.rs`, `given.rs` | what the program goes by; what was said, and where |
//! | `table.rs` | the settings: names, defaults, bounds, one line of help |
//! | `flags.rs` | the command line |
//! | `file.rs` | the TOML file |
//! | `values.rs` | sizes, addresses, origins: from text to types |
//! | `slips.rs` | words that are nearly those of a setting |
//! | `names.rs` | the names the chat goes by, from several settings |
//! | `apart.rs` | files that must not be the same |

mod apart;
mod chosen;
mod file;
mod flags;
mod given;
mod names;
mod slips;
mod table;
#[cfg(test)]
mod tests;
mod values;

use std::ffi::OsString;
use std::fmt::Write as _;
use std::path::PathBuf;

use crate::history::{Copy, Durability};
pub(crate) use chosen::Settings;
use file::SettingsFile;
use given::{Given, PREFIX, Place};
use table::{Kind, Row};
pub(crate) use values::Listen;

/// In the environment of a daemon: the process that started it. Anywhere else it means nothing.
pub(crate) const STARTER: &str = "POLLCAT_STARTED_BY";

/// Variables with a meaning of their own.
const NO_SETTINGS: [&str; 2] = ["POLLCAT_CONFIG", STARTER];

/// What the command line asks for.
#[derive(Debug, PartialEq)]
pub(crate) enum Asked {
    Serve(Box<Settings>),
    /// `--backup`, `--restore`.
    Copy(Copy),
    /// `--check`: the settings in force, as TOML, and what they are to be tried with.
    Check(String, Box<Settings>),
    /// `--help`, `--version`: this is the answer.
    Print(String),
}

/// Reads the settings. `args` begins with the name of the program; `env` is the environment.
///
/// # Errors
///
/// One line per fault, all of them.
pub(crate) fn read(
    args: impl IntoIterator<Item = OsString>,
    env: impl Fn(&str) -> Option<OsString>,
) -> Result<Asked, Vec<String>> {
    let flags = match flags::parse(args)? {
        flags::Line::Flags(flags) => flags,
        flags::Line::Print(text) => return Ok(Asked::Print(text)),
    };
    let config = flags.config().map(PathBuf::from).or_else(|| env("POLLCAT_CONFIG").map(PathBuf::from));
    let config = config.filter(|path| !path.as_os_str().is_empty());
    let mut file = match &config {
        Some(path) => SettingsFile::read(path),
        None => SettingsFile::default(),
    };

    let mut faults = std::mem::take(&mut file.faults);
    let mut settings = Settings::blank();
    let mut listing = String::new();
    for row in table::rows() {
        row.set(&mut settings, &default_of(row)).expect("a test sets all the defaults");
        let given = find(row, &flags, &env, &file).and_then(|given| {
            row.set(&mut settings, &given).map_err(|wrong| place_of(row, &given.place) + ": " + &wrong)?;
            Ok(given)
        });
        match given {
            Ok(given) => list(&mut listing, row, &given),
            Err(fault) => faults.push(fault),
        }
    }
    settings.believe_clock = flags.believes_clock();
    if settings.data.is_none() {
        settings.durability = Durability::Memory;
    }
    if faults.is_empty() {
        faults = contradictions(&settings);
        faults.extend(apart::faults(&settings, config.as_deref()));
    }
    let copy = match flags.copy(settings.data.as_deref()) {
        Ok(copy) => copy,
        Err(fault) => {
            faults.push(fault);
            None
        }
    };
    match faults.is_empty() {
        false => Err(faults),
        true if flags.check() => Ok(Asked::Check(listing, Box::new(settings))),
        true => Ok(copy.map_or_else(|| Asked::Serve(Box::new(settings)), Asked::Copy)),
    }
}

/// Variables of the environment that look like settings, and are none: one line for each. They do no harm, and not what
/// somebody wanted.
pub(crate) fn unknown_variables(names: impl Iterator<Item = OsString>) -> Vec<String> {
    let known: Vec<String> = table::rows().map(Row::variable).chain(NO_SETTINGS.map(String::from)).collect();
    let names = names.filter_map(|name| name.into_string().ok());
    let unknown = names.filter(|name| name.starts_with(PREFIX) && !known.contains(name));
    let told = unknown.map(|name| {
        let bare = name.trim_start_matches(PREFIX);
        let meant = slips::meant(bare, known.iter().map(|known| known.trim_start_matches(PREFIX)));
        let suggestion = meant.map_or(String::new(), |meant| format!(": did you mean {PREFIX}{meant}?"));
        format!("there is no setting {PREFIX}{}, it is ignored{suggestion}", bare.escape_debug())
    });
    told.collect()
}

/// The value that counts.
fn find(
    row: &Row,
    flags: &flags::Flags,
    env: &impl Fn(&str) -> Option<OsString>,
    file: &SettingsFile,
) -> Result<Given, String> {
    if let Some(texts) = flags.get(row) {
        return Ok(Given { texts, place: Place::Flag });
    }
    // An empty variable is as good as none: that is how tools that always set it say so.
    if let Some(value) = env(&row.variable()).filter(|value| !value.is_empty()) {
        let place = Place::Environment;
        let Ok(text) = value.into_string() else {
            return Err(place_of(row, &place) + ": this is not UTF-8");
        };
        let texts = match row.kind {
            Kind::List(..) => text.split(',').map(|part| part.trim().to_owned()).collect(),
            _ => vec![text],
        };
        return Ok(Given { texts, place });
    }
    Ok(file.get(row).cloned().unwrap_or_else(|| default_of(row)))
}

/// What is wrong with settings each of which is right.
fn contradictions(settings: &Settings) -> Vec<String> {
    let Settings { keep_messages, recent, message_rate, address_rate, .. } = settings;
    let mut wrong = Vec::new();
    if settings.daemon && settings.log_file.is_none() {
        wrong.push("daemon needs a log-file: it has no terminal to write to".to_owned());
    }
    if settings.tls_cert.is_some() != settings.tls_key.is_some() {
        wrong.push("tls-cert and tls-key belong together: one of them is missing".to_owned());
    }
    if settings.tls_cert.is_some() && cfg!(not(feature = "tls")) {
        wrong.push("tls-cert needs a chat that was built with --features tls".to_owned());
    }
    if settings.keep_pictures < settings.max_picture as u64 {
        wrong
            .push("keep-pictures is less than max-picture: the largest picture could not be kept".to_owned());
    }
    if settings.max_receiving < 2 * settings.max_picture {
        wrong.push("max-receiving is less than two of max-picture: one could keep the other out".to_owned());
    }
    if settings.max_sending < 3 * settings.max_picture {
        wrong.push(
            "max-sending is less than three of max-picture: two thirds of it are for pictures".to_owned(),
        );
    }
    if *recent as u64 > *keep_messages {
        wrong.push(format!("recent ({recent}) is more than keep-messages ({keep_messages})"));
    }
    if *address_rate != 0 && message_rate > address_rate {
        wrong.push(format!(
            "address-rate ({address_rate}) is less than message-rate ({message_rate}): nobody could reach theirs"
        ));
    }
    wrong
}

/// A line of the settings in force: TOML that can be read again, with a comment that says where it comes from.
fn list(listing: &mut String, row: &Row, given: &Given) {
    let quoted = |text: &str| toml::Value::from(text).to_string();
    // Nothing stands for the default.
    let text = given.texts.first().filter(|text| !text.is_empty());
    let text = text.map_or(row.default, String::as_str);
    let value = match row.kind {
        Kind::List(..) => {
            format!("[{}]", given.texts.iter().map(|text| quoted(text)).collect::<Vec<_>>().join(", "))
        }
        Kind::Switch(_) => text.to_owned(),
        // TOML has no numbers that begin with zeros.
        Kind::Number(..) => text.parse().unwrap_or(0_u64).to_string(),
        Kind::Size(..) | Kind::Text(..) => quoted(text),
    };
    let _ = match &given.place {
        Place::Default => writeln!(listing, "{} = {value}", row.name),
        Place::File { name, line } => {
            writeln!(listing, "{} = {value} # {}, line {line}", row.name, name.escape_debug())
        }
        place => writeln!(listing, "{} = {value} # {}", row.name, place_of(row, place)),
    };
}

/// What a setting is if nobody says anything.
fn default_of(row: &Row) -> Given {
    let texts = match row.kind {
        Kind::List(..) if row.default.is_empty() => Vec::new(),
        _ => vec![row.default.to_owned()],
    };
    Given { texts, place: Place::Default }
}

/// How people call the place where a setting was said.
fn place_of(row: &Row, place: &Place) -> String {
    match place {
        Place::Flag => format!("--{}", row.name),
        Place::Environment => row.variable(),
        Place::File { name, line } => format!("{} in {name}, line {line}", row.name),
        Place::Default => row.name.to_owned(),
    }
}
