//! What was chosen: what the rest of the program goes by.

use std::net::SocketAddr;
use std::path::PathBuf;

use log::LevelFilter;
use pollcat::{Networks, Origins, Proxies};

use super::values::{self, Listen};
use crate::history::Durability;

/// `--help` says what each means.
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
    pub(super) fn blank() -> Self {
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
