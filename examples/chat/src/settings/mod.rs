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
//! | `table.rs` | the settings: names, defaults, bounds, one line of help |
//! | `flags.rs` | the command line |
//! | `file.rs` | the TOML file |
//! | `values.rs` | sizes, addresses, origins: from text to types |
//! | `slips.rs` | words that are nearly those of a setting |
//! | `names.rs` | the names the chat goes by, from several settings |
//! | `apart.rs` | files that must not be the same |

mod apart;
mod file;
mod flags;
mod names;
mod slips;
mod table;
#[cfg(test)]
mod tests;
mod values;

use std::ffi::OsString;
use std::fmt::Write as _;
use std::net::SocketAddr;
use std::path::PathBuf;

use log::LevelFilter;
use pollcat::{Networks, Origins, Proxies};

use crate::history::{Copy, Durability};
use file::SettingsFile;
use table::{Kind, Row};
pub(crate) use values::Listen;

/// Of the variables of the environment.
const PREFIX: &str = "POLLCAT_";

/// In the environment of a daemon: the process that started it. Anywhere else it means nothing.
pub(crate) const STARTER: &str = "POLLCAT_STARTED_BY";

/// Variables with a meaning of their own.
const NO_SETTINGS: [&str; 2] = ["POLLCAT_CONFIG", STARTER];

/// What the rest of the program goes by. `--help` says what each means.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Settings {
    pub listen: Vec<Listen>,
    /// Of the files of Unix-domain sockets.
    pub socket_mode: u32,
    /// By its number; `None`: the process's own.
    pub socket_group: Option<u32>,
    /// Valid, see [`Settings::origins`].
    pub allow_origin: Vec<String>,
    /// Valid, see [`Settings::hosts`].
    pub allow_host: Vec<String>,
    pub trust_proxy: Proxies,
    /// `None`: of the first TCP address, see [`Settings::page_address`].
    pub public_url: Option<String>,
    /// Both or none.
    pub tls_cert: Option<PathBuf>,
    pub tls_key: Option<PathBuf>,
    pub max_connections: usize,
    pub max_connections_per_address: u32,
    /// Without a limit for each address.
    pub trusted_networks: Networks,
    /// New people per address and second; 0: no limit.
    pub newcomer_rate: u32,
    pub newcomer_burst: u32,
    /// Seconds.
    pub hello_within: u64,
    /// `None`: everything stays in memory.
    pub data: Option<PathBuf>,
    pub durability: Durability,
    /// Per room.
    pub keep_messages: u64,
    /// 0: for ever.
    pub keep_days: u64,
    /// Of the command line only: a clock is vouched for once.
    pub believe_clock: bool,
    /// Bytes, all pictures together.
    pub keep_pictures: u64,
    /// Messages per room.
    pub recent: usize,
    pub max_people: usize,
    /// Characters, as for messages and rooms' names.
    pub max_name: usize,
    pub max_message: usize,
    pub max_rooms: usize,
    pub max_room_name: usize,
    pub max_rooms_per_person: usize,
    /// Per room.
    pub max_members: usize,
    /// Bytes.
    pub max_picture: usize,
    /// Bytes, of all clients together.
    pub max_receiving: usize,
    pub max_sending: usize,
    /// Per second; 0: no limit.
    pub message_rate: u32,
    pub message_burst: u32,
    pub address_rate: u32,
    pub address_burst: u32,
    pub echo: bool,
    pub daemon: bool,
    pub pid_file: Option<PathBuf>,
    pub log_file: Option<PathBuf>,
    pub log_mode: u32,
    pub log_level: LevelFilter,
}

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

/// A value, and where it was said.
#[derive(Debug, Clone)]
struct Given {
    texts: Vec<String>,
    place: Place,
}

#[derive(Debug, Clone, PartialEq)]
enum Place {
    Flag,
    Environment,
    File { name: String, line: usize },
    Default,
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
        row.set(&mut settings, &Given::default_of(row)).expect("a test sets all the defaults");
        let given = find(row, &flags, &env, &file).and_then(|given| {
            row.set(&mut settings, &given).map_err(|wrong| given.place.of(row) + ": " + &wrong)?;
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
            return Err(place.of(row) + ": this is not UTF-8");
        };
        let texts = match row.kind {
            Kind::List(..) => text.split(',').map(|part| part.trim().to_owned()).collect(),
            _ => vec![text],
        };
        return Ok(Given { texts, place });
    }
    Ok(file.get(row).cloned().unwrap_or_else(|| Given::default_of(row)))
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
        place => writeln!(listing, "{} = {value} # {}", row.name, place.of(row)),
    };
}

impl Given {
    fn default_of(row: &Row) -> Self {
        let texts = match row.kind {
            Kind::List(..) if row.default.is_empty() => Vec::new(),
            _ => vec![row.default.to_owned()],
        };
        Given { texts, place: Place::Default }
    }
}

impl Place {
    /// How people call it.
    fn of(&self, row: &Row) -> String {
        match self {
            Place::Flag => format!("--{}", row.name),
            Place::Environment => row.variable(),
            Place::File { name, line } => format!("{} in {name}, line {line}", row.name),
            Place::Default => row.name.to_owned(),
        }
    }
}

impl Settings {
    /// Where browsers find the chat, without a slash at the end; `None` if it listens on no TCP address and nobody
    /// said how it is reached.
    pub(crate) fn page_address(&self, listening: &[SocketAddr]) -> Option<String> {
        let first = listening.first().map(|address| {
            let mut address = *address;
            if address.ip().is_unspecified() {
                address.set_ip(match address.is_ipv4() {
                    true => std::net::Ipv4Addr::LOCALHOST.into(),
                    false => std::net::Ipv6Addr::LOCALHOST.into(),
                });
            }
            let scheme = if self.tls_cert.is_some() { "https" } else { "http" };
            format!("{scheme}://{address}")
        });
        self.public_url.clone().or(first)
    }

    /// Pages of which origins may connect.
    pub(crate) fn origins(&self) -> Origins {
        values::origins(&self.allow_origin).expect("they were tried when they were read")
    }

    /// Before the defaults are set.
    fn blank() -> Self {
        Settings {
            listen: Vec::new(),
            socket_mode: 0,
            socket_group: None,
            allow_origin: Vec::new(),
            allow_host: Vec::new(),
            trust_proxy: Proxies::none(),
            public_url: None,
            tls_cert: None,
            tls_key: None,
            max_connections: 0,
            max_connections_per_address: 0,
            trusted_networks: Networks::none(),
            newcomer_rate: 0,
            newcomer_burst: 0,
            hello_within: 0,
            data: None,
            durability: Durability::Disk,
            keep_messages: 0,
            keep_days: 0,
            believe_clock: false,
            keep_pictures: 0,
            recent: 0,
            max_people: 0,
            max_name: 0,
            max_message: 0,
            max_rooms: 0,
            max_room_name: 0,
            max_rooms_per_person: 0,
            max_members: 0,
            max_picture: 0,
            max_receiving: 0,
            max_sending: 0,
            message_rate: 0,
            message_burst: 0,
            address_rate: 0,
            address_burst: 0,
            echo: false,
            daemon: false,
            pid_file: None,
            log_file: None,
            log_mode: 0,
            log_level: LevelFilter::Info,
        }
    }
}
