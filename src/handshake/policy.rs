//! Which clients the server lets in: pages of which origins (RFC 6455 §10.2), under which names.

use std::fmt;

use super::authority::Authority;
use super::{Refusal, Request};

/// The origins whose pages may connect. A browser sends the origin of the page with every WebSocket;
/// without this check any site its user visits could speak for that user. Other programs send none and are let in.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub struct Origins(Allowed);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Allowed {
    Any,
    Only {
        listed: Vec<Origin<String>>,
        /// The server's own too.
        own: bool,
    },
}

/// The names the server goes by. A list protects against a foreign site that points its own name at the
/// server's address (DNS rebinding), for which that site would be the same origin.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[must_use]
pub struct Hosts(Names);

#[derive(Debug, Clone, Default, PartialEq, Eq)]
enum Names {
    #[default]
    Any,
    Only {
        names: Vec<Authority<String>>,
        /// IP addresses and `localhost` too.
        addresses: bool,
    },
}

/// A setting that cannot be understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidSetting(String);

/// Where a page comes from (RFC 6454 §4). `Text` is a `&str` out of a request, or a `String` that a setting keeps.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Origin<Text> {
    Site {
        scheme: Text,
        authority: Authority<Text>,
    },
    /// `file://`: files have no authority.
    File,
    /// `null`: the page has no origin, or none that its browser wants to name (RFC 6454 §6.2).
    Opaque,
}

impl Origins {
    /// Only pages that come from the host and port they connect to, and, if they connect over TLS, came over TLS
    /// themselves: a page that did not may have been changed on its way. This is the default.
    ///
    /// **Give a server without TLS a list of [`Hosts`] as well.** The owner of a foreign site chooses both of the
    /// things that are compared here: a name of theirs that leads to your server's address (DNS rebinding) is the
    /// host that their page came from, and the host that it connects to. That is how any page on the internet reaches
    /// a server on `localhost` or within an intranet. Over TLS the certificate stands in the way, as it has another
    /// name.
    pub fn same() -> Self {
        Origins(Allowed::Only { listed: Vec::new(), own: true })
    }

    /// Pages from anywhere.
    pub fn any() -> Self {
        Origins(Allowed::Any)
    }

    /// Pages of these origins, such as `https://example.com` or `http://localhost:8000`, and no others.
    ///
    /// `file://` and `null` can be listed too: what browsers and their kin call the origin of a local file. `null` is
    /// also what any site can make of itself in a sandboxed frame: to list it is to let every site in.
    ///
    /// # Errors
    ///
    /// An entry is neither of these, nor `scheme://host` or `scheme://host:port`.
    pub fn only<I>(origins: I) -> Result<Self, InvalidSetting>
    where
        I: IntoIterator<Item: AsRef<str>>,
    {
        Origins(Allowed::Only { listed: Vec::new(), own: false }).and(origins)
    }

    /// Pages of these origins as well: `Origins::same().and(["https://app.example"])` lets in the server's own pages
    /// and those of another site.
    ///
    /// A page of the server's own has to come as safely as its name is listed: beside `https://example.com` in the
    /// list a page of `http://example.com` is none, on whatever port, as it may have been changed on its way. A server
    /// behind a proxy that speaks TLS asks for that by listing its own origin.
    ///
    /// # Errors
    ///
    /// As of [`only`](Self::only).
    pub fn and<I>(mut self, origins: I) -> Result<Self, InvalidSetting>
    where
        I: IntoIterator<Item: AsRef<str>>,
    {
        for entry in origins {
            let entry = entry.as_ref();
            let origin = Origin::parse(entry).ok_or_else(|| {
                InvalidSetting(format!(
                    "{entry:?} is no origin: write https://example.com, with a port if it has one"
                ))
            })?;
            if let Allowed::Only { listed, .. } = &mut self.0 {
                listed.push(origin.kept());
            }
        }
        Ok(self)
    }

    /// Judges the Origin of an opening handshake.
    ///
    /// # Errors
    ///
    /// [`Refusal::ForeignOrigin`], or [`Refusal::RepeatedOrigin`].
    pub fn check(&self, request: &Request<'_>) -> Result<(), Refusal> {
        let Some(sent) = request.single("origin").map_err(|()| Refusal::RepeatedOrigin)? else {
            return Ok(());
        };
        let origin = str::from_utf8(sent).ok().and_then(Origin::parse);
        let allowed = match (&self.0, origin) {
            (Allowed::Any, _) => true,
            (_, None) => false,
            (Allowed::Only { listed, own }, Some(origin)) => {
                let is_unsafe = |listed: &Origin<String>| listed.is_safer_than(&origin);
                listed.iter().any(|allowed| allowed.is_same(&origin))
                    || *own && origin.is_own(request) && !listed.iter().any(is_unsafe)
            }
        };
        if allowed { Ok(()) } else { Err(Refusal::ForeignOrigin) }
    }
}

impl Default for Origins {
    fn default() -> Self {
        Origins::same()
    }
}

impl Hosts {
    /// Whatever the client calls the server. This is the default.
    pub fn any() -> Self {
        Hosts(Names::Any)
    }

    /// Addresses (`192.0.2.1`, `[2001:db8::1]`) and `localhost`, on any port: what no site can point elsewhere, and so
    /// the names of a server that has no name, or no other than what [`and`](Self::and) adds.
    pub fn addresses() -> Self {
        Hosts(Names::Only { names: Vec::new(), addresses: true })
    }

    /// These names and no others: `example.com` on any port, `example.com:8080` on that one.
    ///
    /// # Errors
    ///
    /// An entry is not a host, with or without a port.
    pub fn only<I>(hosts: I) -> Result<Self, InvalidSetting>
    where
        I: IntoIterator<Item: AsRef<str>>,
    {
        Hosts(Names::Only { names: Vec::new(), addresses: false }).and(hosts)
    }

    /// These names as well.
    ///
    /// # Errors
    ///
    /// An entry is not a host, with or without a port.
    pub fn and<I>(mut self, hosts: I) -> Result<Self, InvalidSetting>
    where
        I: IntoIterator<Item: AsRef<str>>,
    {
        for entry in hosts {
            let entry = entry.as_ref();
            let name = Authority::parse(entry).ok_or_else(|| {
                InvalidSetting(format!("{entry:?} is no host: write example.com or example.com:8080"))
            })?;
            if let Names::Only { names, .. } = &mut self.0 {
                names.push(name.kept());
            }
        }
        Ok(self)
    }

    /// Judges the name that the request calls the server by.
    ///
    /// # Errors
    ///
    /// [`Refusal::UnknownHost`].
    pub fn check(&self, request: &Request<'_>) -> Result<(), Refusal> {
        let Names::Only { names, addresses } = &self.0 else {
            return Ok(());
        };
        let known = request.authority().is_some_and(|asked| {
            *addresses && asked.is_fixed() || names.iter().any(|name| name.covers(&asked))
        });
        if known { Ok(()) } else { Err(Refusal::UnknownHost) }
    }
}

impl<'a> Origin<&'a str> {
    /// `scheme://authority` and nothing after it, `file://`, or `null`.
    fn parse(text: &'a str) -> Option<Self> {
        if text == "null" {
            return Some(Origin::Opaque);
        }
        let (scheme, authority) = text.split_once("://")?;
        if authority.is_empty() && scheme.eq_ignore_ascii_case("file") {
            return Some(Origin::File);
        }
        let is_scheme = |byte: u8| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte);
        let is_valid = !scheme.is_empty() && scheme.bytes().all(is_scheme);
        let authority = Authority::parse(authority)?;
        is_valid.then_some(Origin::Site { scheme, authority })
    }

    /// To keep.
    fn kept(self) -> Origin<String> {
        match self {
            Origin::Site { scheme, authority } => {
                Origin::Site { scheme: scheme.to_owned(), authority: authority.kept() }
            }
            Origin::File => Origin::File,
            Origin::Opaque => Origin::Opaque,
        }
    }

    /// Does the page come from the host and port that it connects to, and as safely as it connects?
    fn is_own(&self, request: &Request<'_>) -> bool {
        let Origin::Site { scheme, authority } = self else {
            return false;
        };
        let is_here = |asked| authority.is_same(&asked, default_port(scheme));
        request.authority().is_some_and(is_here) && (is_https(scheme) || !request.is_secure())
    }
}

impl Origin<String> {
    fn is_same(&self, other: &Origin<&str>) -> bool {
        match (self, other) {
            (
                Origin::Site { scheme, authority },
                Origin::Site { scheme: other_scheme, authority: other_authority },
            ) => {
                scheme.eq_ignore_ascii_case(other_scheme)
                    && authority.is_same(other_authority, default_port(scheme))
            }
            (Origin::File, Origin::File) | (Origin::Opaque, Origin::Opaque) => true,
            _ => false,
        }
    }

    /// Does this one come over TLS, and the other, of the same host, not?
    fn is_safer_than(&self, other: &Origin<&str>) -> bool {
        match (self, other) {
            (
                Origin::Site { scheme, authority },
                Origin::Site { scheme: other_scheme, authority: other_authority },
            ) => is_https(scheme) && !is_https(other_scheme) && authority.has_host_of(other_authority),
            _ => false,
        }
    }
}

fn is_https(scheme: &str) -> bool {
    scheme.eq_ignore_ascii_case("https")
}

/// The port that is meant where none is named.
fn default_port(scheme: &str) -> Option<u16> {
    let is = |name: &str| scheme.eq_ignore_ascii_case(name);
    if is("http") || is("ws") {
        Some(80)
    } else if is("https") || is("wss") {
        Some(443)
    } else {
        None
    }
}

impl InvalidSetting {
    pub(super) fn new(words: String) -> Self {
        InvalidSetting(words)
    }
}

impl fmt::Display for InvalidSetting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for InvalidSetting {}

impl From<InvalidSetting> for std::io::Error {
    fn from(error: InvalidSetting) -> Self {
        std::io::Error::new(std::io::ErrorKind::InvalidInput, error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_that_make_no_sense_are_told_apart() {
        for bad in
            ["example.com", "https://", "https://a/", "Null", "null://", "://a", "https://", "file:///a"]
        {
            for all in [Origins::only(["null"]).unwrap(), Origins::same(), Origins::any()] {
                let told = all.and([bad]).unwrap_err().to_string();
                assert!(told.contains(bad), "{told}");
            }
        }
        for bad in ["", "a/b", "https://a", "a:b"] {
            assert!(Hosts::only([bad]).is_err() && Hosts::addresses().and([bad]).is_err(), "{bad}");
        }
        assert!(Origins::only(["https://a.example", "http://localhost:8000", "file://", "null"]).is_ok());
        assert!(Hosts::only(["a.example", "[::1]:8000"]).is_ok());
        let error = std::io::Error::from(Hosts::only([""]).unwrap_err());
        assert_eq!(error.kind(), std::io::ErrorKind::InvalidInput);
    }

    #[test]
    fn by_default_any_name_is_ours_and_only_our_own_pages_may_connect() {
        assert_eq!((Hosts::default(), Origins::default()), (Hosts::any(), Origins::same()));
    }

    #[test]
    fn what_is_added_is_added() {
        let one = ["https://a.example"];
        assert_eq!(Origins::any().and(one), Ok(Origins::any()));
        assert_eq!(Origins::only(one).unwrap().and(["null"]), Origins::only(["https://a.example", "null"]));
        assert!(Origins::same().and(one).unwrap() != Origins::only(one).unwrap());
    }

    #[test]
    fn an_origin_of_another_scheme_has_no_default_port() {
        let is_same = |one: &str, other: &str| {
            Origin::parse(one).unwrap().kept().is_same(&Origin::parse(other).unwrap())
        };
        assert!(
            is_same("app://a.example", "APP://A.example")
                && !is_same("app://a.example", "app://a.example:80")
        );
        assert!(is_same("HTTPS://a.example", "https://a.example:443"));
        assert!(is_same("file://", "FILE://") && !is_same("file://", "null") && !is_same("null", "file://"));
    }
}
