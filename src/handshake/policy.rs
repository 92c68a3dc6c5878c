//! Whom the server lets in: pages of which origins (RFC 6455 §10.2), under which names.

use std::fmt;

use super::syntax::Authority;
use super::{Refusal, Request};

/// The origins whose pages may connect. A browser tells the origin of the page with every WebSocket;
/// without this check any site its user visits could speak for that user. Other programs tell none and are let in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Origins(Allowed<Origin>);

/// The names the server goes by. A list protects against a foreign site that points its own name at the
/// server's address (DNS rebinding), for which that site would be the same origin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hosts(Allowed<String>);

#[derive(Debug, Clone, Default, PartialEq, Eq)]
enum Allowed<T> {
    Any,
    /// Of origins: the server's own. Of hosts this is never made.
    #[default]
    Same,
    Only(Vec<T>),
}

/// A setting that cannot be understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidSetting(String);

/// Scheme, host and port (RFC 6454 §4).
#[derive(Debug, Clone, PartialEq, Eq)]
struct Origin {
    scheme: String,
    authority: String,
}

impl Origins {
    /// Only pages that come from the host and port they connect to, and, if they connect over TLS, came over TLS
    /// themselves: a page that did not may have been changed on its way. This is the default.
    pub fn same() -> Self {
        Origins(Allowed::Same)
    }

    /// Pages from anywhere.
    pub fn any() -> Self {
        Origins(Allowed::Any)
    }

    /// Pages of these origins, such as `https://example.com` or `http://localhost:8000`, and no others.
    ///
    /// # Errors
    ///
    /// An entry is not `scheme://host` or `scheme://host:port`.
    pub fn only<I>(origins: I) -> Result<Self, InvalidSetting>
    where
        I: IntoIterator<Item: AsRef<str>>,
    {
        let parse = |entry: I::Item| {
            let entry = entry.as_ref();
            Origin::parse(entry).ok_or_else(|| {
                InvalidSetting(format!(
                    "{entry:?} is no origin: write https://example.com, with a port if it has one"
                ))
            })
        };
        Ok(Origins(Allowed::Only(origins.into_iter().map(parse).collect::<Result<_, _>>()?)))
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
            (_, None) => false, // "null" is one of these: a sandboxed frame, a local file
            (Allowed::Same, Some(origin)) => {
                origin.is_host(request.host()) && (origin.scheme == "https" || !request.is_secure())
            }
            (Allowed::Only(list), Some(origin)) => list.iter().any(|allowed| allowed.is_same(&origin)),
        };
        if allowed { Ok(()) } else { Err(Refusal::ForeignOrigin) }
    }
}

impl Hosts {
    /// Whatever the client calls the server. This is the default.
    pub fn any() -> Self {
        Hosts(Allowed::Any)
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
        let parse = |entry: I::Item| {
            let entry = entry.as_ref();
            let valid = Authority::parse(entry).is_some();
            let wrong =
                || InvalidSetting(format!("{entry:?} is no host: write example.com or example.com:8080"));
            valid.then(|| entry.to_owned()).ok_or_else(wrong)
        };
        Ok(Hosts(Allowed::Only(hosts.into_iter().map(parse).collect::<Result<_, _>>()?)))
    }

    /// Judges the name that the request calls the server by.
    ///
    /// # Errors
    ///
    /// [`Refusal::UnknownHost`].
    pub fn check(&self, request: &Request<'_>) -> Result<(), Refusal> {
        let Allowed::Only(list) = &self.0 else {
            return Ok(());
        };
        let known = Authority::parse(request.host()).is_some_and(|asked| {
            let mut list = list.iter().filter_map(|entry| Authority::parse(entry));
            list.any(|entry| match entry.port {
                None => entry.host.eq_ignore_ascii_case(asked.host),
                Some(_) => entry.is_same(asked, None),
            })
        });
        if known { Ok(()) } else { Err(Refusal::UnknownHost) }
    }
}

impl Default for Hosts {
    fn default() -> Self {
        Hosts::any()
    }
}

impl Origin {
    /// `scheme://authority` and nothing after it (RFC 6454 §6.2).
    fn parse(text: &str) -> Option<Self> {
        let (scheme, authority) = text.split_once("://")?;
        let valid = !scheme.is_empty()
            && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
            && Authority::parse(authority).is_some();
        valid.then(|| Origin { scheme: scheme.to_ascii_lowercase(), authority: authority.to_owned() })
    }

    fn is_same(&self, other: &Origin) -> bool {
        self.scheme == other.scheme && self.is_host(&other.authority)
    }

    /// Does the authority belong to this origin, where a missing port is its scheme's default?
    fn is_host(&self, authority: &str) -> bool {
        let default_port = match self.scheme.as_str() {
            "http" | "ws" => Some(80),
            "https" | "wss" => Some(443),
            _ => None,
        };
        match (Authority::parse(&self.authority), Authority::parse(authority)) {
            (Some(ours), Some(theirs)) => ours.is_same(theirs, default_port),
            _ => false,
        }
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
        for bad in ["example.com", "https://", "https://a/", "null", "://a", "https://a b"] {
            let told = Origins::only([bad]).unwrap_err().to_string();
            assert!(told.contains(bad), "{told}");
        }
        for bad in ["", "a/b", "https://a", "a:b"] {
            assert!(Hosts::only([bad]).is_err(), "{bad}");
        }
        assert!(Origins::only(["https://a.example", "http://localhost:8000"]).is_ok());
        assert!(Hosts::only(["a.example", "[::1]:8000"]).is_ok());
        let error = std::io::Error::from(Hosts::only([""]).unwrap_err());
        assert_eq!(error.kind(), std::io::ErrorKind::InvalidInput);
    }

    #[test]
    fn by_default_any_name_is_ours_and_only_our_own_pages_may_connect() {
        assert_eq!((Hosts::default(), Origins::default()), (Hosts::any(), Origins::same()));
    }

    #[test]
    fn an_origin_of_another_scheme_has_no_default_port() {
        let app = Origin::parse("app://example.com").unwrap();
        assert!(app.is_host("example.com") && !app.is_host("example.com:80") && !app.is_host("no host"));
    }
}
