//! Where a target may be, as far as its words tell: no name is looked up for it.

use ureq::http::Uri;
use ureq::http::uri::Scheme;

/// No address is longer.
const LONGEST: usize = 2_000;

/// May a member's target be here? Whoever lists a host trusts whoever answers there, over TLS, at the usual port.
///
/// # Errors
///
/// Why not, in words for who has written it.
pub(crate) fn judge(url: &str, hosts: &[String]) -> Result<(), &'static str> {
    let uri = read(url).ok_or("this is no address")?;
    if uri.scheme() != Some(&Scheme::HTTPS) {
        return Err("it has to begin with https://");
    }
    // Compared as a whole: no user and no odd spelling of an address gets by.
    let authority = uri.authority().map_or("", |authority| authority.as_str()).to_ascii_lowercase();
    if authority.contains('@') {
        return Err("there may be no user and no password in it");
    }
    let host = authority.strip_suffix(":443").unwrap_or(&authority);
    match hosts.iter().any(|listed| listed == host) {
        true => Ok(()),
        false => Err("its host is not on the list of this chat (--push-hosts)"),
    }
}

/// Is it an address that an owner may choose?
pub(crate) fn is_web(url: &str) -> bool {
    read(url).is_some()
}

/// Where it is, for people: the host, and its port if it names one. Paths, queries and users may be secret.
pub(crate) fn host(url: &str) -> String {
    let Some(uri) = read(url) else { return String::new() };
    let host = uri.host().unwrap_or_default();
    uri.port_u16().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

/// As the client reads it, so that nobody understands something else.
fn read(url: &str) -> Option<Uri> {
    // What is not ASCII has two spellings, and what is white is not seen.
    let is_plain = url.len() <= LONGEST && url.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    let uri = url.parse::<Uri>().ok().filter(|_| is_plain)?;
    let is_web = uri.scheme().is_some_and(|scheme| [Scheme::HTTP, Scheme::HTTPS].contains(scheme));
    let has_host = uri.host().is_some_and(|host| !host.is_empty());
    (is_web && has_host).then_some(uri)
}

#[cfg(test)]
mod tests {
    #[test]
    fn only_the_host_is_shown() {
        let table = [
            ("https://ntfy.sh/alice-7", "ntfy.sh"),
            ("https://ntfy.sh", "ntfy.sh"),
            ("http://10.0.0.5:8080/hook?key=K", "10.0.0.5:8080"),
            ("https://hooks.example.com?token=T", "hooks.example.com"),
            ("https://hooks.example.com#T", "hooks.example.com"),
            ("https://user:password@hooks.example.com/a@b", "hooks.example.com"),
            ("http://[::1]:9/x", "[::1]:9"),
            ("https://a@b@hooks.example.com/", "hooks.example.com"),
            ("https://hooks.example.com\\@evil/", ""),
            ("secret", ""),
            ("", ""),
        ];
        for (url, shown) in table {
            assert_eq!(super::host(url), shown, "{url}");
        }
    }
}
