//! Who may speak for a client: reverse proxies that tell the client's address in a header (RFC 7239 §1 has
//! the history). The header counts only if the connection comes from an address named here; from
//! any other program it is just something a client wrote.

use std::net::IpAddr;

use super::{InvalidSetting, Networks, Request};

/// The reverse proxies that are believed. None by default.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[must_use]
pub struct Proxies {
    networks: Networks,
    unix: bool,
}

impl Proxies {
    /// No proxy is believed.
    pub fn none() -> Self {
        Proxies::default()
    }

    /// These: an address (`127.0.0.1`), a network (`10.0.0.0/8`), or `unix` for a proxy that connects on a
    /// Unix-domain socket.
    ///
    /// # Errors
    ///
    /// An entry is none of these.
    pub fn only<I>(entries: I) -> Result<Self, InvalidSetting>
    where
        I: IntoIterator<Item: AsRef<str>>,
    {
        let mut proxies = Proxies::none();
        for entry in entries {
            match entry.as_ref() {
                "unix" => proxies.unix = true,
                network => proxies.networks.add(network).ok_or_else(|| not_a_proxy(network))?,
            }
        }
        Ok(proxies)
    }

    /// Is the other end of a connection (`None`: of a Unix-domain socket) believed?
    pub fn trust(&self, remote: Option<IpAddr>) -> bool {
        match remote {
            Some(address) => self.networks.contains(address),
            None => self.unix,
        }
    }

    /// The client's address: `remote`, or if that is a trusted proxy, the nearest address in
    /// X-Forwarded-For that is not, else X-Real-IP.
    pub fn client(&self, remote: Option<IpAddr>, request: &Request<'_>) -> Option<IpAddr> {
        if !self.trust(remote) {
            return remote;
        }
        let forwarded: Vec<&[u8]> = request.list("x-forwarded-for").collect();
        let mut client = None;
        // Each proxy appends the address that it was called from, so belief runs from right to left.
        for entry in forwarded.iter().rev() {
            match parse_address(entry) {
                Some(address) => client = Some(address),
                None => break,
            }
            if !self.trust(client) {
                break;
            }
        }
        let real_ip = || request.values("x-real-ip").next().and_then(parse_address);
        client.or_else(real_ip).or(remote)
    }
}

fn not_a_proxy(text: &str) -> InvalidSetting {
    InvalidSetting::new(format!("{text:?} is no proxy: write 127.0.0.1, 10.0.0.0/8, ::1 or unix"))
}

/// An address, with or without a port.
fn parse_address(bytes: &[u8]) -> Option<IpAddr> {
    let text = str::from_utf8(bytes).ok()?;
    let with_port = || text.parse::<std::net::SocketAddr>().ok().map(|address| address.ip());
    let in_brackets = || text.strip_prefix('[')?.strip_suffix(']')?.parse().ok();
    let address: IpAddr = text.parse().ok().or_else(with_port).or_else(in_brackets)?;
    Some(address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::handshake::{HeadLimits, HeadReader};

    fn client(proxies: &Proxies, remote: &str, fields: &str) -> String {
        let mut head = format!("GET / HTTP/1.1\r\nHost: h\r\n{fields}\r\n").into_bytes();
        let mut reader = HeadReader::new(HeadLimits::new());
        let mut input = &mut head[..];
        let request = reader.next(&mut input).unwrap().unwrap();
        let remote = remote.parse().ok();
        proxies.client(remote, &request).map_or("unix".to_owned(), |address| address.to_string())
    }

    #[test]
    fn only_a_trusted_proxy_may_speak_for_a_client() {
        let proxies = Proxies::only(["10.0.0.0/8", "::1", "unix"]).unwrap();
        let table = [
            // The header of another program is not believed.
            ("192.0.2.1", "X-Forwarded-For: 198.51.100.7\r\n", "192.0.2.1"),
            ("192.0.2.1", "X-Real-IP: 198.51.100.7\r\n", "192.0.2.1"),
            ("10.0.0.1", "", "10.0.0.1"),
            ("10.0.0.1", "X-Real-IP: 198.51.100.7\r\n", "198.51.100.7"),
            ("10.0.0.1", "X-Forwarded-For: 198.51.100.7\r\n", "198.51.100.7"),
            ("::ffff:10.0.0.1", "X-Forwarded-For: 198.51.100.7\r\n", "198.51.100.7"),
            ("::1", "X-Forwarded-For: [2001:db8::7]:1234\r\n", "2001:db8::7"),
            ("unix", "X-Forwarded-For: 198.51.100.7:1234\r\n", "198.51.100.7"),
            ("unix", "", "unix"),
            // What the client itself put in front is not believed either.
            ("10.0.0.1", "X-Forwarded-For: 1.1.1.1, 198.51.100.7\r\n", "198.51.100.7"),
            ("10.0.0.1", "X-Forwarded-For: 1.1.1.1, 198.51.100.7, 10.2.3.4\r\n", "198.51.100.7"),
            ("10.0.0.1", "X-Forwarded-For: 1.1.1.1\r\nX-Forwarded-For: 198.51.100.7\r\n", "198.51.100.7"),
            ("10.0.0.1", "X-Forwarded-For: junk, 10.9.9.9\r\n", "10.9.9.9"),
        ];
        for (remote, fields, expected) in table {
            assert_eq!(client(&proxies, remote, fields), expected, "{remote} {fields}");
        }
        assert_eq!(client(&Proxies::none(), "127.0.0.1", "X-Real-IP: 1.1.1.1\r\n"), "127.0.0.1");
    }

    #[test]
    fn entries_that_make_no_sense_are_told_apart() {
        for bad in ["", "localhost", "10.0.0.0/33", "10.0.0.0/x", "::/129", "unix:/run/sock"] {
            assert!(Proxies::only([bad]).is_err(), "{bad}");
        }
    }
}
