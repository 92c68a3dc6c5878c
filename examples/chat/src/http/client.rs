//! What kind of client somebody uses, and from where: in few words, so that they know their own sessions again. More is not
//! kept of either.

use std::net::IpAddr;

/// The longest of these descriptions, in characters.
const LONGEST: usize = 40;

/// What `User-Agent` has in it, and how people call it. The first one counts: all say that they are Mozilla, and most that they
/// are Safari.
const BROWSERS: [(&str, &str); 9] = [
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chromium", "Chromium"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
];
const SYSTEMS: [(&str, &str); 8] = [
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
    ("BSD", "BSD"),
];

/// `Firefox, Linux`; or that it is a program.
pub(crate) fn kind(user_agent: Option<&str>) -> String {
    // Nobody has one that is longer, and everybody may send one.
    let text: String = user_agent.unwrap_or_default().chars().take(400).collect();
    let find = |names: &[(&str, &'static str)]| {
        names.iter().find(|(mark, _)| text.contains(mark)).map(|&(_, name)| name)
    };
    let words = match (find(&BROWSERS), find(&SYSTEMS)) {
        (Some(browser), Some(system)) => format!("{browser}, {system}"),
        (Some(browser), None) => browser.to_owned(),
        (None, Some(system)) => format!("a program, {system}"),
        (None, None) => "a program".to_owned(),
    };
    words.chars().take(LONGEST).collect()
}

/// The beginning of an address: `203.0.*`, `2001:db8:*`. Of a local socket: nothing.
pub(crate) fn place(client: Option<IpAddr>) -> String {
    match client.map(|client| client.to_canonical()) {
        None => String::new(),
        Some(IpAddr::V4(address)) => {
            let [first, second, ..] = address.octets();
            format!("{first}.{second}.*")
        }
        Some(IpAddr::V6(address)) => {
            let [first, second, ..] = address.segments();
            format!("{first:x}:{second:x}:*")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_is_a_browser_on_a_system_or_a_program() {
        let table = [
            ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox, Linux"),
            (
                "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile \
                 Safari/537.36",
                "Chrome, Android",
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 \
                 Safari/537.36 Edg/140.0.0.0",
                "Edge, Windows",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) \
                 Version/18.6 Mobile/15E148 Safari/604.1",
                "Safari, iPhone",
            ),
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) \
                 Version/18.6 Safari/605.1.15",
                "Safari, Mac",
            ),
            ("curl/8.5.0", "a program"),
            ("<b>Linux</b>", "a program, Linux"),
            ("", "a program"),
        ];
        for (text, expected) in table {
            assert_eq!(kind(Some(text)), expected, "{text}");
        }
        assert_eq!(kind(None), "a program");
        let all =
            BROWSERS.iter().flat_map(|(browser, _)| SYSTEMS.iter().map(move |(system, _)| (browser, system)));
        for (browser, system) in all {
            let told = kind(Some(&format!("{browser} {system}")));
            assert!(told.chars().count() < LONGEST && told.is_ascii(), "{told}");
        }
    }

    #[test]
    fn of_an_address_only_the_beginning_is_kept() {
        for (text, expected) in [
            ("203.0.113.7", "203.0.*"),
            ("::ffff:203.0.113.7", "203.0.*"),
            ("2001:db8:7:1::5", "2001:db8:*"),
            ("::1", "0:0:*"),
        ] {
            assert_eq!(place(Some(text.parse().unwrap())), expected);
        }
        assert_eq!(place(None), "");
    }
}
