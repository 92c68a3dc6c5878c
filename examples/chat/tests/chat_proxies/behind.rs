//! The chat and a proxy, as OPERATING.md has both, but for the places where things are.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

use rustix::process::geteuid;
use serde_json::json;

use pollcat_chat_testing::Chat;
use pollcat_chat_testing::http::{Page, answer};
use pollcat_chat_testing::json::Json;
use pollcat_testing::bridge::Bridge;
use pollcat_testing::client::Client;
use pollcat_testing::proxies::{Proxy, caddy, haproxy, nginx};
use pollcat_testing::raw::lasting_port;
use pollcat_testing::scratch::Scratch;
use pollcat_testing::vouched::Certificate;

pub(crate) const NAME: &str = "chat.example.com";

/// Where the clients come from: not from where the proxy comes.
pub(crate) const CLIENT: &str = "127.0.0.5";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Nginx,
    Caddy,
    HaProxy,
}

pub(crate) struct Behind {
    pub(crate) chat: Chat,
    /// What is written there in the clear comes to the proxy over TLS.
    pub(crate) address: SocketAddr,
    /// Where the proxy speaks HTTP in the clear, a socket, if it does.
    pub(crate) plain: Option<PathBuf>,
    _proxy: Proxy,
    _places: Scratch,
    _certificate: Certificate,
}

impl Behind {
    /// `None`: there is no such proxy here.
    pub(crate) fn start(kind: Kind, test: &str) -> Option<Self> {
        Behind::with(kind, test, &[], str::to_owned)
    }

    /// With more flags for the chat, and a proxy whose settings are changed.
    pub(crate) fn with(
        kind: Kind,
        test: &str,
        flags: &[&str],
        change: impl Fn(&str) -> String,
    ) -> Option<Self> {
        let test = format!("{}-{test}", kind.short());
        let places = Scratch::new(&test);
        let own = Certificate::of(NAME, &format!("{test}-own"));
        let socket = places.file("chat.sock").display().to_string();
        let tcp = format!("127.0.0.1:{}", lasting_port());
        let said = command(kind, &socket, &tcp);
        let said: Vec<&str> = said.iter().map(String::as_str).chain(flags.iter().copied()).collect();
        let chat = Chat::start(&said);
        let changed = change(&kind.block(0));
        let settings = |address: SocketAddr| settle(kind, &changed, address, places.path(), &own, &tcp);
        let proxy = match kind {
            Kind::Nginx => nginx::start(settings),
            Kind::Caddy => caddy::start(settings),
            Kind::HaProxy => haproxy::start(settings),
        }?;
        let mut bridge = Bridge::to(proxy.address, NAME, own.client());
        bridge.from = Some(IpAddr::V4(Ipv4Addr::new(127, 0, 0, 5)));
        let plain = (kind != Kind::Caddy).then(|| plain(places.path(), proxy.address));
        let address = bridge.open();
        Some(Behind { chat, address, plain, _proxy: proxy, _places: places, _certificate: own })
    }

    #[track_caller]
    pub(crate) fn ask(&self, (method, path): (&str, &str), fields: &str, body: &[u8]) -> Page {
        answer(&mut self.asked((method, path), fields, body))
    }

    /// Asked, and not answered yet.
    pub(crate) fn asked(&self, (method, path): (&str, &str), fields: &str, body: &[u8]) -> Client {
        let mut client = Client::dial(self.address);
        let length = match body.len() {
            0 => String::new(),
            length => format!("Content-Length: {length}\r\n"),
        };
        let head = format!("{method} {path} HTTP/1.1\r\nHost: {NAME}\r\nConnection: close\r\n{length}");
        client.write(format!("{head}{fields}\r\n").as_bytes());
        client.write(body);
        client
    }

    /// A connection of a subprotocol, with these header fields; nothing is said yet.
    #[track_caller]
    pub(crate) fn connect(&self, protocol: &str, fields: &[(&str, &str)]) -> Json {
        Json::called(self.address, NAME, protocol, fields)
    }

    /// Somebody new.
    #[track_caller]
    pub(crate) fn named(&self, name: &str) -> Json {
        let mut client = self.connect("chat.v1", &[]);
        client.greet(json!({}));
        client.rename(name);
        client
    }
}

impl Kind {
    fn heading(self) -> &'static str {
        match self {
            Kind::Nginx => "## Behind nginx",
            Kind::Caddy => "## Behind Caddy",
            Kind::HaProxy => "## Behind HAProxy",
        }
    }

    fn short(self) -> &'static str {
        match self {
            Kind::Nginx => "ngx",
            Kind::Caddy => "cad",
            Kind::HaProxy => "hap",
        }
    }

    /// A block of its settings in OPERATING.md, counted from the section's beginning.
    pub(crate) fn block(self, number: usize) -> String {
        let language = match self {
            Kind::Nginx => "nginx",
            Kind::Caddy => "caddyfile",
            Kind::HaProxy => "haproxy",
        };
        block(self, language, number).to_owned()
    }
}

fn block(kind: Kind, language: &str, number: usize) -> &'static str {
    let text = include_str!("../../OPERATING.md");
    let (_, section) = text.split_once(kind.heading()).expect("it has this section");
    let section = section.split_once("\n## ").map_or(section, |(section, _)| section);
    let fence = format!("```{language}\n");
    let mut blocks = section.split(&fence).skip(1);
    let block = blocks.nth(number).expect("the section has such a block");
    block.split_once("```").expect("the block has an end").0
}

/// What is said to the chat.
fn command(kind: Kind, socket: &str, tcp: &str) -> Vec<String> {
    let command = block(kind, "sh", 0).trim();
    let command = command.replace("/run/chat.sock", socket).replace("127.0.0.1:9501", tcp);
    let words = command.split(' ').skip(1).map(str::to_owned);
    if kind == Kind::HaProxy {
        return words.collect();
    }
    // A group is only root's to give, and only nginx gives up what root may.
    let group = match kind {
        Kind::Nginx => nginx::workers().map_or("0", |(_, group)| group),
        _ => "0",
    };
    let words =
        words.map(|word| if ["www-data", "caddy"].contains(&&*word) { group.to_owned() } else { word });
    let is_root = geteuid().is_root();
    let words = words.filter(|word| is_root || ![group, "--socket-group"].contains(&&**word));
    // A test needs an address of the chat's own to know that it listens.
    ["--listen", "127.0.0.1:0"].map(str::to_owned).into_iter().chain(words).collect()
}

/// The settings, with the places where things are in this test.
fn settle(
    kind: Kind,
    block: &str,
    address: SocketAddr,
    places: &Path,
    own: &Certificate,
    tcp: &str,
) -> String {
    let socket = places.join("chat.sock").display().to_string();
    let plain = plain(places, address).display().to_string();
    let [certificate, key] = [&own.certificate, &own.key].map(|path| path.display().to_string());
    let live = "/etc/letsencrypt/live/chat.example.com";
    match kind {
        Kind::Nginx => {
            let block = replace(block, "listen 443 ssl;", &format!("listen {address} ssl;"));
            let block = replace(&block, "listen 80;", &format!("listen unix:{plain};"));
            let block = replace(&block, &format!("{live}/fullchain.pem"), &certificate);
            let block = replace(&block, &format!("{live}/privkey.pem"), &key);
            replace(&block, "/run/chat.sock", &socket)
        }
        Kind::Caddy => {
            let site = format!("{NAME} {{\n");
            let block = replace(block, &site, &format!("{site}\ttls {certificate} {key}\n"));
            replace(&block, "/run/chat.sock", &socket)
        }
        Kind::HaProxy => {
            let joined = own.joined(&places.join("own.pem")).display().to_string();
            let block = replace(block, "bind :443 ssl", &format!("bind {address} ssl"));
            let block = replace(&block, "bind :80", &format!("bind unix@{plain}"));
            let block = replace(&block, "/etc/haproxy/chat.example.com.pem", &joined);
            replace(&block, "127.0.0.1:9501", tcp)
        }
    }
}

fn plain(places: &Path, address: SocketAddr) -> PathBuf {
    places.join(format!("plain-{}", address.port()))
}

/// What is not there cannot be replaced: the test would be of something else.
#[track_caller]
pub(crate) fn replace(text: &str, old: &str, new: &str) -> String {
    assert!(text.contains(old), "no {old:?} in {text}");
    text.replace(old, new)
}
