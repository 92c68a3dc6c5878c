//! The table of settings: whoever adds one adds a row here and a field to [`Settings`](super::Settings).

use super::row::{Kind, Row, row};
use super::values;

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
                "metrics",
                "",
                "tell metrics and health here: HOST:PORT, PORT (loopback only) or unix:PATH",
                Text("ADDRESS", |s, v| values::address(v).map(|it| s.metrics = Some(it))),
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
                "other sites whose pages may connect too, or *; several",
                List("ORIGIN", |s, v| values::origins(v).map(|()| s.allow_origin = v.to_vec())),
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
            row(
                "backup-every",
                "",
                "how often a backup is made while it runs: 30m, 6h, 1d; never if nothing is said",
                Text("TIME", |s, v| values::period(v).map(|it| s.backup_every = Some(it))),
            ),
            row(
                "backup-keep",
                "7",
                "backups that are kept of those",
                Number(1..=10_000, |s, n| s.backup_keep = n as usize),
            ),
            row(
                "backup-dir",
                "",
                "the folder for them; if nothing is said, backups beside the history's file",
                Text("PATH", |s, v| {
                    s.backup_dir = Some(v.into());
                    Ok(())
                }),
            ),
        ],
    ),
    (
        "Several nodes",
        &[
            row(
                "log",
                "",
                "where several nodes share one log, in a Redis or Valkey: redis://127.0.0.1:6379; several",
                List("URL", |s, v| values::logs(v).map(|it| s.log = it)),
            ),
            row(
                "log-name",
                "chat",
                "the name of the log, for several chats that use one Redis",
                Text("NAME", |s, v| values::log_name(v).map(|it| s.log_name = it)),
            ),
            row(
                "log-keep",
                "1d",
                "how long an entry is kept there, for nodes that are away: 6h, 1d",
                Text("TIME", |s, v| values::period(v).map(|it| s.log_keep = it)),
            ),
            row(
                "log-replicas",
                "0",
                "replicas that have on their disks what is acknowledged",
                Number(0..=8, |s, n| s.log_replicas = n as u32),
            ),
            row(
                "log-authority",
                "",
                "the authority of the log's certificate, in PEM, if it is one of your own",
                Text("PATH", |s, v| {
                    s.log_authority = Some(v.into());
                    Ok(())
                }),
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
        "Outside",
        &[
            row(
                "hook-rate",
                "60",
                "messages of a bot in a minute, by HTTP, if its key says nothing else",
                Number(1..=6_000, |s, n| s.hook_rate = n as u32),
            ),
            row(
                "push-hosts",
                "ntfy.sh, api.day.app",
                "hosts to which members may have notices sent, over https; several",
                List("HOST", |s, v| values::push_hosts(v).map(|it| s.push_hosts = it)),
            ),
            row(
                "robot",
                "",
                "the name of a robot that answers in the rooms",
                Text("NAME", |s, v| {
                    s.robot = Some(v.to_owned());
                    Ok(())
                }),
            ),
            row(
                "robot-hook",
                "",
                "where it asks for an answer to what it does not know",
                Text("URL", |s, v| values::hook(v).map(|it| s.robot_hook = Some(it))),
            ),
            row(
                "robot-context",
                "0",
                "messages before the question that the robot-hook is told",
                Number(0..=50, |s, n| s.robot_context = n as usize),
            ),
        ],
    ),
    (
        "Program",
        &[
            row("echo", "true", "text clients hear their own messages", Switch(|s, on| s.echo = on)),
            row(
                "drain",
                "0",
                "seconds over which it sends everybody away when it stops",
                Number(0..=3600, |s, n| s.drain = n),
            ),
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
                "log-format",
                "text",
                "lines for people, or an object of JSON in each line",
                Text("text|json", |s, v| values::log_format(v).map(|it| s.log_format = it)),
            ),
            row(
                "words",
                "",
                "a file of words that are not said, one in a line; SIGHUP reads it again",
                Text("PATH", |s, v| {
                    s.words = Some(v.into());
                    Ok(())
                }),
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

/// All rows, in order.
pub(super) fn rows() -> impl Iterator<Item = &'static Row> {
    GROUPS.iter().flat_map(|(_, rows)| *rows)
}
