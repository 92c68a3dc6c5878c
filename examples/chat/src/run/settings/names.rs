//! The names the chat goes by. A browser that was led to this machine by somebody else's name (DNS rebinding) would take
//! their page for ours: so it answers to names that nobody else can have, and to those that the settings say.

use std::net::IpAddr;

use pollcat::Hosts;

use super::chosen::Settings;
use super::values::Listen;

impl Settings {
    /// Addresses, `localhost`, whatever the settings call the chat, and this machine's name if others can connect. (On
    /// loopback that name would help nobody but a foreign network, which may lead it anywhere.) Any name if `--allow-host`
    /// says so, or if no browser can come by itself: what passes a proxy in front of a Unix-domain socket is up to that
    /// proxy.
    pub(crate) fn hosts(&self) -> Hosts {
        let is_behind_a_proxy = self.listen.iter().all(|listen| matches!(listen, Listen::Unix(_)));
        if self.allow_host.iter().any(|name| name == "*") || (is_behind_a_proxy && self.allow_host.is_empty())
        {
            return Hosts::any();
        }
        let listened = self.listen.iter().filter_map(|listen| match listen {
            Listen::Tcp(address) => Some(address.as_str()),
            Listen::Unix(_) => None,
        });
        let urls = self.public_url.iter().chain(&self.allow_origin).filter_map(|url| authority(url));
        let is_reachable = listened.clone().any(|address| !is_loopback(without_port(address)));
        let machine = is_reachable.then(machine_names);
        let machine = machine.iter().flatten().map(String::as_str);
        let names = listened.chain(urls).map(without_port).chain(machine);
        let names = names.filter(|name| Hosts::only([name]).is_ok());
        let said = self.allow_host.iter().map(String::as_str);
        Hosts::addresses().and(names.chain(said)).expect("each of them has been tried")
    }
}

/// This machine, as it is called on its network, and by mDNS.
fn machine_names() -> [String; 2] {
    let name = rustix::system::uname();
    let name = name.nodename().to_str().unwrap_or_default();
    [name.to_owned(), format!("{name}.local")]
}

fn is_loopback(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    address.map_or(host.eq_ignore_ascii_case("localhost"), |address| address.is_loopback())
}

fn authority(url: &str) -> Option<&str> {
    let (_, rest) = url.split_once("://")?;
    rest.split('/').next().filter(|authority| !authority.is_empty())
}

/// On whatever port: a proxy may have another one.
fn without_port(authority: &str) -> &str {
    match authority.rsplit_once(':') {
        Some((host, _)) if !authority.ends_with(']') => host,
        _ => authority,
    }
}

#[cfg(test)]
mod tests {
    use pollcat::handshake::{HeadLimits, HeadReader};

    use super::super::tests::settings;
    use super::*;

    fn answers_to(flags: &[&str], host: &str) -> bool {
        let mut head = format!("GET / HTTP/1.1\r\nHost: {host}\r\n\r\n").into_bytes();
        let mut reader = HeadReader::new(HeadLimits::new());
        let request = reader.next(&mut &mut head[..]).unwrap().unwrap();
        settings(flags, &[]).hosts().check(&request).is_ok()
    }

    #[test]
    fn it_answers_to_what_nobody_else_can_be_called() {
        let own =
            ["127.0.0.1:9501", "192.168.1.5", "[::1]:9501", "[2001:db8::5]", "localhost:9501", "LOCALHOST"];
        for host in own {
            assert!(answers_to(&[], host) && answers_to(&["--listen=0.0.0.0:80"], host), "{host}");
        }
        // The machine's name counts where others can connect.
        for host in machine_names() {
            for (listen, answers) in
                [("9501", false), ("localhost:1,[::1]:1", false), ("0.0.0.0:1", true), ("[::]:1", true)]
            {
                assert_eq!(answers_to(&["--listen", listen], &host), answers, "{listen} {host}");
            }
        }
        for host in ["evil.example", "evil.example:9501", "127.0.0.1.evil.example", "localhost.evil.example"]
        {
            assert!(!answers_to(&[], host), "{host}");
            assert!(!answers_to(&["--listen=9501,unix:a"], host), "{host}");
            assert!(
                answers_to(&["--allow-host=*"], host) && answers_to(&["--listen=unix:a"], host),
                "{host}"
            );
        }
    }

    #[test]
    fn it_answers_to_what_the_settings_call_it() {
        let table = [
            "--listen=chat.example:9501",
            "--public-url=https://chat.example:8443/chat",
            "--public-url=http://chat.example",
            "--allow-origin=https://other.example,https://chat.example:444",
            "--allow-host=chat.example",
        ];
        for flag in table {
            for host in ["chat.example", "CHAT.example:1234", "127.0.0.1"] {
                assert!(answers_to(&[flag], host), "{flag} {host}");
            }
            assert!(!answers_to(&[flag], "evil.example") && !answers_to(&[flag], "example"), "{flag}");
        }
        assert!(!answers_to(&["--allow-origin=*"], "evil.example"), "pages are not names");
    }
}
