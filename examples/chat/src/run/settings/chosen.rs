//! What was chosen: what the rest of the program goes by.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use log::LevelFilter;
use pollcat::{Networks, Proxies};

use super::given::InForce;
use super::values::{Listen, LogFormat};
use crate::history::{BackupPlan, Durability};

/// `--help` says what each means.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Settings {
    pub listen: Vec<Listen>,
    /// Where metrics and health are told; `None`: nowhere.
    pub metrics: Option<Listen>,
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
    /// Where the log may be that several nodes share; none: this one is alone.
    pub log: Vec<String>,
    pub log_name: String,
    pub log_keep: Duration,
    pub log_replicas: u32,
    pub log_authority: Option<PathBuf>,
    /// Of the command line only: a log that is gone is begun anew.
    pub log_begin: bool,
    /// `None`: no backups are made while it runs.
    pub backup_every: Option<Duration>,
    pub backup_keep: usize,
    /// `None`: beside the history's file.
    pub backup_dir: Option<PathBuf>,
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
    /// Seconds.
    pub drain: u64,
    pub daemon: bool,
    pub pid_file: Option<PathBuf>,
    pub log_file: Option<PathBuf>,
    pub log_mode: u32,
    pub log_level: LevelFilter,
    pub log_format: LogFormat,
    /// Of words that are not said here.
    pub words: Option<PathBuf>,
    /// Messages of a bot in a minute, by HTTP, if its key says nothing else.
    pub hook_rate: u32,
    /// Hosts to which members may have something sent.
    pub push_hosts: Vec<String>,
    /// The name of the robot, if there is one; what answers for it; and how many messages before the question that is told.
    pub robot: Option<String>,
    pub robot_hook: Option<String>,
    pub robot_context: usize,
    /// All of them, as they were said.
    pub in_force: Vec<InForce>,
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

    /// The same before it listens: as it was said. `None` if the system is to choose the port, as well.
    pub(crate) fn said_address(&self) -> Option<String> {
        let first = self.listen.iter().find_map(|listen| match listen {
            Listen::Tcp(address) => Some(address.as_str()),
            Listen::Unix(_) => None,
        });
        let scheme = if self.tls_cert.is_some() { "https" } else { "http" };
        let first = first.filter(|address| !address.ends_with(":0"));
        match first.map(|address| (address, address.parse::<SocketAddr>())) {
            _ if self.public_url.is_some() => self.public_url.clone(),
            Some((_, Ok(address))) => self.page_address(&[address]),
            Some((name, Err(_))) => Some(format!("{scheme}://{name}")),
            None => None,
        }
    }

    /// How long messages are kept; `None`: for ever.
    pub(crate) fn keep_for(&self) -> Option<Duration> {
        let day = Duration::from_secs(86_400);
        Some(self.keep_days).filter(|&days| days > 0).map(|days| day * days as u32)
    }

    /// Which backups are made of the history, if it is in a file.
    pub(crate) fn backup_plan(&self) -> Option<BackupPlan> {
        let data = self.data.as_deref().filter(|_| self.durability != Durability::Memory)?;
        let folder = self.backup_dir.clone();
        Some(BackupPlan::new(data, self.backup_every, self.backup_keep, folder))
    }

    /// Before the defaults are set.
    pub(super) fn blank() -> Self {
        Settings {
            listen: Vec::new(),
            metrics: None,
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
            log: Vec::new(),
            log_name: String::new(),
            log_keep: Duration::ZERO,
            log_replicas: 0,
            log_authority: None,
            log_begin: false,
            backup_every: None,
            backup_keep: 0,
            backup_dir: None,
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
            drain: 0,
            daemon: false,
            pid_file: None,
            log_file: None,
            log_mode: 0,
            log_level: LevelFilter::Info,
            log_format: LogFormat::Text,
            words: None,
            hook_rate: 0,
            push_hosts: Vec::new(),
            robot: None,
            robot_hook: None,
            robot_context: 0,
            in_force: Vec::new(),
        }
    }
}
