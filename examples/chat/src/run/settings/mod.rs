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
//! | `row.rs` | what a setting is |
//! | `table.rs` | the settings: names, defaults, bounds, one line of help |
//! | `flags.rs`, `afterwards.rs` | the command line; what `--help` says behind the flags |
//! | `printed.rs` | the same and the table, as a man page, for shells, and as a file |
//! | `file.rs` | the TOML file |
//! | `written.rs` | defaults, and a value as the file has it |
//! | `values.rs` | sizes, addresses, origins: from text to types |
//! | `slips.rs` | words that are nearly those of a setting |
//! | `names.rs` | the names the chat goes by, from several settings |
//! | `moving.rs` | `--export` and `--import` |
//! | `apart.rs` | files that must not be the same |
//! | `changing.rs` | which of them can change while the chat runs, and what has changed |

mod afterwards;
mod apart;
mod changing;
mod chosen;
mod file;
mod flags;
mod given;
mod moving;
mod names;
mod printed;
mod row;
mod slips;
mod table;
#[cfg(test)]
mod tests;
mod values;
mod written;

use std::ffi::OsString;
use std::fmt::Write as _;
use std::path::PathBuf;

use crate::history::{Copy, Durability};
use crate::run::health::Health;
use crate::run::new_hook::NewHook;
pub(crate) use changing::{Changes, read_again};
pub(crate) use chosen::Settings;
use file::SettingsFile;
pub(crate) use given::InForce;
use given::{Given, PREFIX, Place};
pub(crate) use moving::{Format, Moving};
use row::{Kind, Row};
pub(crate) use values::{Listen, LogFormat};
use written::{default_of, in_toml};

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
    /// `--export`, `--import`, for the chat with these settings.
    Move(Box<Settings>, Moving),
    /// `--check`: the settings in force, as TOML, and what they are to be tried with.
    Check(String, Box<Settings>),
    /// `--admin-link`, for the chat with these settings.
    AdminLink(Box<Settings>),
    /// `--new-hook`, the same.
    NewHook(Box<Settings>, NewHook),
    /// `--health`: this one.
    Health(Health),
    /// `--help`, `--version`, `--print`: this is the answer.
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
    let config = config_of(&flags, &env);
    let mut file = match &config {
        Some(path) => SettingsFile::read(path),
        None => SettingsFile::default(),
    };

    let mut faults = std::mem::take(&mut file.faults);
    let mut settings = Settings::blank();
    let mut listing = String::new();
    for row in table::rows() {
        let given = find(row, &flags, &env, &file).and_then(|given| {
            put(&mut settings, row, &given)?;
            Ok(given)
        });
        match given {
            Ok(mut given) => {
                if row.name == "log" {
                    given.texts.iter_mut().for_each(|url| *url = values::without_password(url).into_owned());
                }
                list(&mut listing, row, &given);
            }
            Err(fault) => faults.push(fault),
        }
    }
    settings.believe_clock = flags.believes_clock();
    settings.log_begin = flags.begins_log();
    complete(&mut settings);
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
    let health = flags.health().map(|url| Health::new(url, settings.metrics.as_ref()));
    match health.transpose() {
        Ok(Some(health)) if faults.is_empty() => return Ok(Asked::Health(health)),
        Ok(_) => {}
        Err(fault) => faults.push(fault),
    }
    match faults.is_empty() {
        false => Err(faults),
        true if flags.moving().is_some() => {
            let moving = flags.moving().expect("it was looked at");
            Ok(Asked::Move(Box::new(settings), moving))
        }
        true if flags.admin_link() => Ok(Asked::AdminLink(Box::new(settings))),
        true if flags.new_hook().is_some() => {
            let wanted = flags.new_hook().expect("it was looked at");
            Ok(Asked::NewHook(Box::new(settings), wanted))
        }
        true if flags.check() => Ok(Asked::Check(listing, Box::new(settings))),
        true => Ok(copy.map_or_else(|| Asked::Serve(Box::new(settings)), Asked::Copy)),
    }
}

/// The file with settings, if one is named.
fn config_of(flags: &flags::Flags, env: &impl Fn(&str) -> Option<OsString>) -> Option<PathBuf> {
    let config = flags.config().map(PathBuf::from).or_else(|| env("POLLCAT_CONFIG").map(PathBuf::from));
    config.filter(|path| !path.as_os_str().is_empty())
}

/// Puts a value in its place; nothing was there before.
fn put(settings: &mut Settings, row: &'static Row, given: &Given) -> Result<(), String> {
    row.set(settings, &default_of(row)).expect("a test sets all the defaults");
    row.set(settings, given).map_err(|wrong| place_of(row, &given.place) + ": " + &wrong)?;
    settings.in_force.push(InForce {
        name: row.name,
        value: given.texts.join(", "),
        texts: given.texts.clone(),
        is_default: given.place == Place::Default,
    });
    Ok(())
}

/// What follows from several of them.
fn complete(settings: &mut Settings) {
    if settings.data.is_none() {
        settings.durability = Durability::Memory;
    }
}

/// All of them, from their values.
fn assemble(rows: &[(&'static Row, Given)]) -> Result<Settings, String> {
    let mut settings = Settings::blank();
    rows.iter().try_for_each(|(row, given)| put(&mut settings, row, given))?;
    complete(&mut settings);
    Ok(settings)
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
    if settings.backup_every.is_some() && settings.data.is_none() {
        wrong.push("backup-every needs a history in a file: name one with data".to_owned());
    }
    if settings.log_authority.is_some() && cfg!(not(feature = "tls")) {
        wrong.push("log-authority needs a chat that was built with --features tls".to_owned());
    }
    if !settings.log.is_empty() && settings.data.is_none() {
        wrong.push("log needs a history in a file: name one with data".to_owned());
    }
    if let Some(Listen::Tcp(address)) = &settings.metrics
        && !address.ends_with(":0")
        && settings.listen.contains(&Listen::Tcp(address.clone()))
    {
        wrong.push(format!("metrics and listen are both {address}: metrics are not for the public"));
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
    let value = in_toml(row, &given.texts);
    let _ = match &given.place {
        Place::Default => writeln!(listing, "{} = {value}", row.name),
        Place::File { name, line } => {
            writeln!(listing, "{} = {value} # {}, line {line}", row.name, name.escape_debug())
        }
        place => writeln!(listing, "{} = {value} # {}", row.name, place_of(row, place)),
    };
}

/// How people call the place where a setting was said.
fn place_of(row: &Row, place: &Place) -> String {
    match place {
        Place::Flag => format!("--{}", row.name),
        Place::Environment => row.variable(),
        Place::File { name, line } => format!("{} in {name}, line {line}", row.name),
        Place::Default | Place::Said => row.name.to_owned(),
    }
}
