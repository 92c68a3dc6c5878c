//! Where something may go: an address on the web, taken apart. Of what two programs read in two ways nothing is taken: there is
//! nobody's name in it, no backslash, no fragment, and a host is letters, digits and dots.

use crate::refusal::Refusal;

/// In bytes.
const LONGEST: usize = 500;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Address<'a> {
    pub is_secure: bool,
    /// With its brackets, if it is a number of the sixth version.
    pub host: &'a str,
    /// If it is said.
    pub port: Option<u16>,
    /// With the query: it may have secrets in it.
    path: &'a str,
}

impl<'a> Address<'a> {
    /// `None`: it is none, or nothing may be sent to it.
    pub(crate) fn parse(url: &'a str) -> Option<Self> {
        let is_plain = |byte: u8| byte.is_ascii_graphic() && !b"\"#<>\\^`{|}".contains(&byte);
        if url.len() > LONGEST || !url.bytes().all(is_plain) {
            return None;
        }
        let (scheme, rest) = url.split_once("://")?;
        let is_secure = match () {
            () if scheme.eq_ignore_ascii_case("https") => true,
            () if scheme.eq_ignore_ascii_case("http") => false,
            () => return None,
        };
        let (place, path) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
        let (host, port) = match place.rsplit_once(':').filter(|_| !place.ends_with(']')) {
            Some((host, port)) => (host, Some(number(port)?)),
            None => (place, None),
        };
        is_host(host).then_some(Address { is_secure, host, port, path })
    }

    /// As it is kept: what is the same in capitals is small.
    pub(crate) fn written(&self) -> String {
        let (scheme, host) = (if self.is_secure { "https" } else { "http" }, self.host.to_ascii_lowercase());
        let port = self.port.map_or(String::new(), |port| format!(":{port}"));
        format!("{scheme}://{host}{port}{}", self.path)
    }

    /// Has its query this, with something behind it?
    pub(crate) fn asks_with(&self, name: &str) -> bool {
        let query = self.path.split_once('?').map_or("", |(_, query)| query);
        let value = |pair: &'a str| pair.split_once('=').filter(|(key, _)| *key == name).map(|(_, it)| it);
        query.split('&').filter_map(value).any(|value| !value.is_empty())
    }
}

fn number(digits: &str) -> Option<u16> {
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| digits.parse().ok())?.filter(|&port| port > 0)
}

fn is_host(host: &str) -> bool {
    if let Some(number) = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        return number.parse::<std::net::Ipv6Addr>().is_ok();
    }
    let is_part = |part: &str| {
        !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
    };
    host.split('.').all(is_part)
}

/// An address as it is kept, if something may go there. `hosts`: for somebody who may not choose freely, to one of these, in its
/// usual way.
///
/// # Errors
///
/// What is wrong with it.
pub(in crate::model) fn check(url: &str, hosts: Option<&[String]>) -> Result<String, Refusal> {
    let address = Address::parse(url).ok_or_else(|| {
        Refusal::bad_field(format!(
            "`url` is an address as https://ntfy.sh/mytopic, of at most {LONGEST} letters without accents or spaces, without a \
             name and password, and without #"
        ))
    })?;
    let Some(hosts) = hosts else { return Ok(address.written()) };
    if !address.is_secure {
        return Err(Refusal::bad_field(
            "`url` begins with https://: nothing goes out that others could read",
        ));
    }
    if address.port.is_some_and(|port| port != 443) {
        return Err(Refusal::bad_field("`url` has no port: what you have sent out goes the usual way"));
    }
    if !hosts.iter().any(|host| host.eq_ignore_ascii_case(address.host)) {
        let which = match hosts {
            [] => "nowhere: whoever runs the chat allows no host".to_owned(),
            hosts => format!("to {}", hosts.join(", ")),
        };
        return Err(Refusal::bad_field(format!("what you have sent out may go {which}")));
    }
    Ok(address.written())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_taken_apart() {
        let parts = |url| Address::parse(url).map(|it: Address| (it.is_secure, it.host.to_owned(), it.port));
        let table = [
            ("https://ntfy.sh/tea", (true, "ntfy.sh", None)),
            ("HTTPS://ntfy.SH", (true, "ntfy.SH", None)),
            ("http://127.0.0.1:8080/a?b=c:d@e", (false, "127.0.0.1", Some(8080))),
            ("https://[2001:db8::1]/x", (true, "[2001:db8::1]", None)),
            ("https://[::1]:443?x", (true, "[::1]", Some(443))),
            ("http://gotify_1.lan/message?token=A%20b", (false, "gotify_1.lan", None)),
        ];
        for (url, (is_secure, host, port)) in table {
            assert_eq!(parts(url), Some((is_secure, host.to_owned(), port)), "{url}");
        }
        assert_eq!(
            Address::parse("HTTPS://NTFY.sh:443/Tea?A=B").unwrap().written(),
            "https://ntfy.sh:443/Tea?A=B"
        );
    }

    #[test]
    fn what_could_be_read_in_two_ways_is_no_address() {
        for wrong in [
            "",
            "ntfy.sh/tea",
            "//ntfy.sh",
            "ftp://ntfy.sh/",
            "file:///etc/passwd",
            "javascript://ntfy.sh/",
            "https:ntfy.sh",
            "https:///tea",
            "https://",
            "https://:443/",
            "https://ntfy.sh:/",
            "https://ntfy.sh:0/",
            "https://ntfy.sh:65536/",
            "https://ntfy.sh:+443/",
            "https://ntfy.sh:443:443/",
            "https://me@ntfy.sh/",
            "https://me:secret@ntfy.sh/",
            "https://ntfy.sh@127.0.0.1/",
            "https://ntfy.sh\\@127.0.0.1/",
            "https://127.0.0.1\\.ntfy.sh/",
            "https://ntfy.sh#@127.0.0.1/",
            "https://127.0.0.1#.ntfy.sh/",
            "https://ntfy%2esh/",
            "https://ntfy..sh/",
            "https://ntfy.sh./",
            "https://.ntfy.sh/",
            "https://ntfy.sh /",
            "https://ntfy.sh\t/",
            "https://ntfy.sh/\r\nHost: x",
            "https://例え.jp/",
            "https://[::1/",
            "https://[::1]x/",
            "https://[127.0.0.1]/",
            "https://[fe80::1%25eth0]/",
            "https://ntfy.sh/é",
        ] {
            assert_eq!(Address::parse(wrong), None, "{wrong}");
        }
        let longest = format!("https://ntfy.sh/{}", "x".repeat(LONGEST - 16));
        assert!(Address::parse(&longest).is_some() && Address::parse(&(longest + "x")).is_none());
    }

    #[test]
    fn members_have_something_sent_to_the_hosts_of_the_list_alone() {
        let hosts = ["ntfy.sh".to_owned(), "api.day.app".to_owned()];
        let allowed = |url| check(url, Some(&hosts));
        assert_eq!(allowed("https://NTFY.sh/Tea"), Ok("https://ntfy.sh/Tea".to_owned()));
        assert!(allowed("https://api.day.app:443/KEY").is_ok());
        for wrong in [
            "http://ntfy.sh/tea",
            "https://ntfy.sh:8443/tea",
            "https://ntfy.sh:80/tea",
            "https://evil.ntfy.sh/tea",
            "https://ntfy.sh.evil.example/tea",
            "https://evil.example/ntfy.sh",
            "https://127.0.0.1/",
            "https://[::ffff:127.0.0.1]/",
            "https://localhost/",
        ] {
            assert!(allowed(wrong).is_err(), "{wrong}");
            assert!(check(wrong, None).is_ok(), "{wrong}");
        }
        assert!(check("https://ntfy.sh/tea", Some(&[])).unwrap_err().words.contains("no host"));
    }

    #[test]
    fn a_query_has_something_behind_a_name() {
        let asks = |url| Address::parse(url).unwrap().asks_with("token");
        assert!(asks("https://g.lan/message?x=1&token=A") && asks("http://g.lan?token=b"));
        assert!(
            !asks("https://g.lan/token=A")
                && !asks("https://g.lan/?token=")
                && !asks("https://g.lan/?tokens=A")
        );
    }
}
