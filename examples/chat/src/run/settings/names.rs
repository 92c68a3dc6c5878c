//! The names the chat goes by, and whose pages may connect. A browser that was led to this machine by somebody else's name
//! (DNS rebinding) would take their page for ours: so it answers to names that nobody else can have, and to those that the
//! settings say.

use std::net::IpAddr;

use pollcat::{Hosts, Origins};

use super::chosen::Settings;
use super::values::Listen;

impl Settings {
    /// Addresses, `localhost`, whatever the settings call the chat, and this machine's name if others can connect. (On
    /// loopback that name would help nobody but a foreign network, which may lead it anywhere.) Any name if `--allow-host`
    /// says so, or if no browser can come by itself: what passes a proxy in front of a Unix-domain socket is up to that
    /// proxy.
    pub(crate) fn hosts(&self) -> Hosts {
        if self.goes_by_any_name() {
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

    /// The chat's own page, and the pages of `--allow-origin` beside it. Its own is one that comes from where it connects
    /// to: as the name there is one of the chat's, nobody else has such a page. Where the chat goes by any name, anybody
    /// can have one; so as soon as the operator says which pages there are, the one of `--public-url` is its own, and no
    /// other.
    pub(crate) fn origins(&self) -> Origins {
        let others: Vec<&str> = self.allow_origin.iter().map(String::as_str).collect();
        if others.is_empty() {
            return Origins::same();
        }
        if others == ["*"] {
            return Origins::any();
        }
        let own = if self.goes_by_any_name() { Origins::only([""; 0]) } else { Ok(Origins::same()) };
        let listed = others.into_iter().chain(self.public_url.as_deref().and_then(origin));
        own.and_then(|own| own.and(listed)).expect("each of them has been tried")
    }

    fn goes_by_any_name(&self) -> bool {
        let is_behind_a_proxy = self.listen.iter().all(|listen| matches!(listen, Listen::Unix(_)));
        self.allow_host.iter().any(|name| name == "*") || (is_behind_a_proxy && self.allow_host.is_empty())
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

/// Of a page, by its address.
fn origin(url: &str) -> Option<&str> {
    let (scheme, _) = url.split_once("://")?;
    let origin = &url[..scheme.len() + "://".len() + authority(url)?.len()];
    Origins::only([origin]).is_ok().then_some(origin)
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
    use pollcat::handshake::{HeadLimits, HeadReader, Request};

    use super::super::tests::settings;
    use super::*;

    fn asked<R>(host: &str, origin: &str, judge: impl FnOnce(&Request<'_>) -> R) -> R {
        let mut head = format!("GET / HTTP/1.1\r\nHost: {host}\r\nOrigin: {origin}\r\n\r\n").into_bytes();
        let mut reader = HeadReader::new(HeadLimits::new());
        judge(&reader.next(&mut &mut head[..]).unwrap().unwrap())
    }

    fn answers_to(flags: &[&str], host: &str) -> bool {
        asked(host, "null", |request| settings(flags, &[]).hosts().check(request).is_ok())
    }

    /// Whatever the door says: its name has to be right as well.
    fn lets_in(flags: &[&str], host: &str, origin: &str) -> bool {
        let settings = settings(flags, &[]);
        asked(host, origin, |request| {
            settings.hosts().check(request).is_ok() && settings.origins().check(request).is_ok()
        })
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

    const OTHER: &str = "--allow-origin=https://app.example";

    #[test]
    fn another_site_is_let_in_beside_the_chats_own_page() {
        let (public, socket) = ("--public-url=https://chat.example/x", "--listen=unix:a");
        let table: [(&[&str], &str, &str); 9] = [
            (&[OTHER], "127.0.0.1:9501", "http://127.0.0.1:9501"),
            (&[OTHER], "localhost:9501", "http://localhost:9501"),
            (&[OTHER], "127.0.0.1:9501", "https://app.example"),
            (&[OTHER, "--listen=chat.lan:9501"], "chat.lan:9501", "http://chat.lan:9501"),
            (&[OTHER, "--allow-host=chat.lan"], "chat.lan", "https://chat.lan"),
            // Behind a proxy, which may have another name for it.
            (&[OTHER, public], "chat.example", "https://chat.example"),
            (&[OTHER, public], "127.0.0.1:9501", "https://chat.example"),
            (&[OTHER, public, socket], "chat.example", "https://chat.example"),
            (&[OTHER, public, socket], "chat.example", "https://app.example"),
        ];
        for (flags, host, origin) in table {
            assert!(lets_in(flags, host, origin), "{flags:?} {host} {origin}");
        }
    }

    #[test]
    fn nobody_else_is_let_in_because_another_site_is() {
        let public = "--public-url=https://chat.example";
        let table: [(&[&str], &str, &str); 9] = [
            (&[OTHER], "127.0.0.1:9501", "https://evil.example"),
            (&[OTHER], "127.0.0.1:9501", "null"),
            (&[OTHER], "127.0.0.1:9501", "http://127.0.0.1:9502"),
            // A name that somebody has led here.
            (&[OTHER], "evil.example", "http://evil.example"),
            (&[OTHER, "--listen=unix:a"], "evil.example", "http://evil.example"),
            (&[OTHER, "--allow-host=*"], "evil.example", "http://evil.example"),
            (&[OTHER, public, "--listen=unix:a"], "evil.example", "http://evil.example"),
            // A page without TLS may have been changed on its way.
            (&[OTHER], "app.example:9501", "http://app.example:9501"),
            (&[OTHER, public], "chat.example", "http://chat.example"),
        ];
        for (flags, host, origin) in table {
            assert!(!lets_in(flags, host, origin), "{flags:?} {host} {origin}");
        }
    }
}
