//! The table of settings: whoever adds one adds a row here and a field to [`Settings`].

use std::ops::RangeInclusive;

use super::chosen::Settings;
use super::given::{Given, PREFIX};
use super::values;

pub(super) struct Row {
    /// Of the flag and in the file; the variable is called the same, in its own spelling.
    pub(super) name: &'static str,
    /// As one would write it. Empty: none.
    pub(super) default: &'static str,
    pub(super) help: &'static str,
    pub(super) kind: Kind,
}

/// What a value looks like, and where it goes.
pub(super) enum Kind {
    Switch(fn(&mut Settings, bool)),
    Number(RangeInclusive<u64>, fn(&mut Settings, u64)),
    /// Bytes.
    Size(RangeInclusive<u64>, fn(&mut Settings, u64)),
    /// The text is never empty: that stands for the default.
    Text(&'static str, fn(&mut Settings, &str) -> Result<(), String>),
    List(&'static str, fn(&mut Settings, &[String]) -> Result<(), String>),
}

use Kind::{List, Number, Size, Switch, Text};

const KIB: u64 = 1 << 10;
const MIB: u64 = 1 << 20;
const TIB: u64 = 1 << 40;

/// The settings, in the order of `--help` and of `--check`.
pub(super) const GROUPS: &[(&str, &[Row])] = &[
    (
        "Network",
        &[
            row(
                "listen",
                "127.0.0.1:9501",
                "HOST:PORT, PORT (loopback only) or unix:PATH; several",
                List("ADDRESS", |s, v| values::listen(v).map(|it| s.listen = it)),
            ),
            row(
                "socket-mode",
                "0660",
                "who may connect to unix:PATH, as chmod has it",
                Text("MODE", |s, v| values::mode(v).map(|it| s.socket_mode = it)),
            ),
            row(
                "socket-group",
                "",
                "the group of unix:PATH, such as the proxy's",
                Text("GROUP", |s, v| values::group(v).map(|it| s.socket_group = Some(it))),
            ),
            row(
                "allow-origin",
                "",
                "pages of which other sites may connect, or *; several",
                List("ORIGIN", |s, v| values::origins(v).map(|_| s.allow_origin = v.to_vec())),
            ),
            row(
                "allow-host",
                "",
                "names it answers to as well, or * for any; several",
                List("HOST", |s, v| values::hosts(v).map(|()| s.allow_host = v.to_vec())),
            ),
            row(
                "trust-proxy",
                "",
                "proxies whose X-Forwarded-For counts: address, network or unix; several",
                List("PROXY", |s, v| values::proxies(v).map(|it| s.trust_proxy = it)),
            ),
            row(
                "public-url",
                "",
                "how browsers reach the chat, if not at its first address",
                Text("URL", |s, v| values::url(v).map(|it| s.public_url = Some(it))),
            ),
            row(
                "tls-cert",
                "",
                "a certificate and those that vouch for it, PEM: TCP is spoken with TLS",
                Text("PATH", |s, v| {
                    s.tls_cert = Some(v.into());
                    Ok(())
                }),
            ),
            row(
                "tls-key",
                "",
                "its private key, PEM; SIGHUP reads both again",
                Text("PATH", |s, v| {
                    s.tls_key = Some(v.into());
                    Ok(())
                }),
            ),
            row(
                "max-connections",
                "10000",
                "connections at once",
                Number(1..=1_000_000, |s, n| s.max_connections = n as usize),
            ),
            row(
                "max-connections-per-address",
                "2000",
                "of them from one IPv4 address or IPv6 /64: an office may be one",
                Number(1..=1_000_000, |s, n| s.max_connections_per_address = n as u32),
            ),
            row(
                "trusted-networks",
                "",
                "addresses and networks without limits per address; several",
                List("NETWORK", |s, v| values::networks(v).map(|it| s.trusted_networks = it)),
            ),
            row(
                "hello-within",
                "20",
                "seconds in which a JSON client says who it is",
                Number(1..=3600, |s, n| s.hello_within = n),
            ),
        ],
    ),
    (
        "History",
        &[
            row(
                "data",
                "chat.db",
                "the file of the history, or :memory: for none",
                Text("PATH", |s, v| {
                    s.data = (v != ":memory:").then(|| v.into());
                    Ok(())
                }),
            ),
            row(
                "durability",
                "disk",
                "a message counts as kept when it is on disk, or when the system has it",
                Text("disk|system", |s, v| values::durability(v).map(|it| s.durability = it)),
            ),
            row(
                "keep-messages",
                "100000",
                "messages kept in each room",
                Number(1..=1_000_000_000, |s, n| s.keep_messages = n),
            ),
            row(
                "keep-days",
                "365",
                "days for which messages are kept; 0: for ever",
                Number(0..=36_500, |s, n| s.keep_days = n),
            ),
            row("keep-pictures", "1GiB", "all pictures together", Size(0..=TIB, |s, n| s.keep_pictures = n)),
            row(
                "recent",
                "100",
                "messages of each room that are kept in memory too",
                Number(1..=10_000, |s, n| s.recent = n as usize),
            ),
        ],
    ),
    (
        "Limits",
        &[
            row(
                "max-people",
                "100000",
                "people who are remembered",
                Number(1..=10_000_000, |s, n| s.max_people = n as usize),
            ),
            row("max-name", "24", "characters in a name", Number(1..=64, |s, n| s.max_name = n as usize)),
            row(
                "max-message",
                "4000",
                "characters in a message",
                Number(1..=65_536, |s, n| s.max_message = n as usize),
            ),
            row("max-rooms", "1000", "rooms", Number(1..=1_000_000, |s, n| s.max_rooms = n as usize)),
            row(
                "max-room-name",
                "32",
                "characters in a room's name",
                Number(5..=64, |s, n| s.max_room_name = n as usize),
            ),
            row(
                "max-rooms-per-person",
                "50",
                "rooms one person is in",
                Number(1..=10_000, |s, n| s.max_rooms_per_person = n as usize),
            ),
            row(
                "max-members",
                "5000",
                "people in one room",
                Number(2..=1_000_000, |s, n| s.max_members = n as usize),
            ),
            row(
                "max-picture",
                "4MiB",
                "one picture",
                Size(KIB..=64 * MIB, |s, n| s.max_picture = n as usize),
            ),
            row(
                "max-receiving",
                "128MiB",
                "memory for what has begun to come, of all clients together",
                Size(MIB..=TIB, |s, n| s.max_receiving = n as usize),
            ),
            row(
                "max-sending",
                "288MiB",
                "memory for what has not been read, by all clients together",
                Size(MIB..=TIB, |s, n| s.max_sending = n as usize),
            ),
            row(
                "message-rate",
                "5",
                "messages per person and second; 0: no limit",
                Number(0..=10_000, |s, n| s.message_rate = n as u32),
            ),
            row(
                "message-burst",
                "20",
                "messages at once, after a silence",
                Number(1..=100_000, |s, n| s.message_burst = n as u32),
            ),
            row(
                "address-rate",
                "50",
                "messages per address and second; 0: no limit",
                Number(0..=100_000, |s, n| s.address_rate = n as u32),
            ),
            row(
                "address-burst",
                "200",
                "messages at once from one address",
                Number(1..=1_000_000, |s, n| s.address_burst = n as u32),
            ),
            row(
                "newcomer-rate",
                "20",
                "new people per address and second; 0: no limit",
                Number(0..=10_000, |s, n| s.newcomer_rate = n as u32),
            ),
            row(
                "newcomer-burst",
                "400",
                "new people at once from one address",
                Number(1..=1_000_000, |s, n| s.newcomer_burst = n as u32),
            ),
        ],
    ),
    (
        "Program",
        &[
            row("echo", "true", "text clients hear their own messages", Switch(|s, on| s.echo = on)),
            row("daemon", "false", "run in the background; needs a log-file", Switch(|s, on| s.daemon = on)),
            row(
                "pid-file",
                "",
                "where the process id is written",
                Text("PATH", |s, v| {
                    s.pid_file = Some(v.into());
                    Ok(())
                }),
            ),
            row(
                "log-file",
                "",
                "instead of stderr; SIGHUP opens it anew",
                Text("PATH", |s, v| {
                    s.log_file = Some(v.into());
                    Ok(())
                }),
            ),
            row(
                "log-mode",
                "0640",
                "who may read a log-file that is made, as chmod has it",
                Text("MODE", |s, v| values::mode(v).map(|it| s.log_mode = it)),
            ),
            row(
                "log-level",
                "info",
                "RUST_LOG says it in more detail",
                Text("error|warn|info|debug", |s, v| values::level(v).map(|it| s.log_level = it)),
            ),
        ],
    ),
];

const fn row(name: &'static str, default: &'static str, help: &'static str, kind: Kind) -> Row {
    Row { name, default, help, kind }
}

/// All rows, in order.
pub(super) fn rows() -> impl Iterator<Item = &'static Row> {
    GROUPS.iter().flat_map(|(_, rows)| *rows)
}

impl Row {
    pub(super) fn variable(&self) -> String {
        format!("{PREFIX}{}", self.name.replace('-', "_").to_ascii_uppercase())
    }

    /// Puts a value in its place.
    ///
    /// # Errors
    ///
    /// What is wrong with it, and what is allowed.
    pub(super) fn set(&self, settings: &mut Settings, given: &Given) -> Result<(), String> {
        let text = match (given.texts.as_slice(), &self.kind) {
            (list, Kind::List(_, set)) => return set(settings, list),
            ([text], _) => text.as_str(),
            _ => return Err("one value, not a list".to_owned()),
        };
        match &self.kind {
            Switch(set) => set(settings, values::switch(text)?),
            Number(allowed, set) => set(settings, values::number(text, allowed)?),
            Size(allowed, set) => set(settings, values::size(text, allowed)?),
            Text(_, set) if !text.is_empty() => set(settings, text)?,
            Text(..) | List(..) => {}
        }
        Ok(())
    }
}
