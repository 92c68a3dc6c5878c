//! From text to types. A fault says what is wrong and what would be right.

use std::borrow::Cow;
use std::fmt;
use std::net::Ipv6Addr;
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::time::Duration;

use log::LevelFilter;
use pollcat::{Hosts, InvalidSetting, Networks, Origins, Proxies};

use crate::history::Durability;

/// Where clients knock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Listen {
    /// `host:port`, to be resolved.
    Tcp(String),
    Unix(PathBuf),
}

/// As it is written in the settings.
impl fmt::Display for Listen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Listen::Tcp(address) => f.write_str(address),
            Listen::Unix(path) => write!(f, "unix:{}", path.display()),
        }
    }
}

/// Where the log of several nodes may be kept.
pub(super) fn logs(texts: &[String]) -> Result<Vec<String>, String> {
    texts.iter().map(|text| log(text)).collect()
}

fn log(text: &str) -> Result<String, String> {
    let schemes = ["redis://", "rediss://", "redis+unix://"];
    if !schemes.iter().any(|scheme| text.starts_with(scheme)) {
        return Err(format!(
            "{:?} is no address of a log: write redis://127.0.0.1:6379 (and %2C for a comma in a password)",
            without_password(text)
        ));
    }
    if text.starts_with("rediss://") && cfg!(not(feature = "tls")) {
        return Err("rediss:// needs a chat that was built with --features tls".to_owned());
    }
    Ok(text.to_owned())
}

/// An address without the name and the password in it, whatever else it may be.
pub(super) fn without_password(url: &str) -> Cow<'_, str> {
    match url.rsplit_once('@') {
        Some((before, host)) => {
            let scheme = before.split_once("://").map_or(String::new(), |(scheme, _)| format!("{scheme}://"));
            format!("{scheme}...@{host}").into()
        }
        None => url.into(),
    }
}

pub(super) fn log_name(text: &str) -> Result<String, String> {
    let is_plain = |b: u8| b.is_ascii_alphanumeric() || b"-_.".contains(&b);
    match text.len() <= 64 && text.bytes().all(is_plain) {
        true => Ok(text.to_owned()),
        false => Err(format!("{text:?} is no name of a log: letters, digits, -, _ and ., 64 at most")),
    }
}

/// The largest first: the first that divides a number is the one to write it with.
const UNITS: [(&str, u64); 4] = [("TiB", 1 << 40), ("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)];

pub(super) fn switch(text: &str) -> Result<bool, String> {
    match text {
        "true" => Ok(true),
        "false" => Ok(false),
        _ => Err(format!("{text:?} is neither true nor false")),
    }
}

pub(super) fn number(text: &str, allowed: &RangeInclusive<u64>) -> Result<u64, String> {
    let (least, most) = (allowed.start(), allowed.end());
    digits(text)
        .filter(|number| allowed.contains(number))
        .ok_or_else(|| format!("{text:?} is no number from {least} to {most}"))
}

pub(super) fn size(text: &str, allowed: &RangeInclusive<u64>) -> Result<u64, String> {
    let with_unit = UNITS.iter().find_map(|(unit, bytes)| Some((text.strip_suffix(unit)?, *bytes)));
    let (count, unit) = with_unit.unwrap_or((text, 1));
    let bytes = digits(count)
        .and_then(|count| count.checked_mul(unit))
        .ok_or_else(|| format!("{text:?} is no size: write 4096, 64KiB, 4MiB or 1GiB"))?;
    if !allowed.contains(&bytes) {
        let (least, most) = (size_text(*allowed.start()), size_text(*allowed.end()));
        return Err(format!("{text:?} is not between {least} and {most}"));
    }
    Ok(bytes)
}

/// A size as people write it.
fn size_text(bytes: u64) -> String {
    match UNITS.iter().find(|(_, unit)| bytes != 0 && bytes.is_multiple_of(*unit)) {
        Some((name, unit)) => format!("{}{name}", bytes / unit),
        None => bytes.to_string(),
    }
}

/// Digits and nothing else: `parse` alone would take a sign.
fn digits(text: &str) -> Option<u64> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())?
}

/// The shortest and the longest time between two things that are done again and again.
const PERIODS: RangeInclusive<u64> = 60..=366 * 86_400;

pub(super) fn period(text: &str) -> Result<Duration, String> {
    let units = [("m", 60), ("h", 3_600), ("d", 86_400)];
    let with_unit = units.iter().find_map(|(unit, seconds)| Some((text.strip_suffix(unit)?, *seconds)));
    let seconds = with_unit.and_then(|(count, unit)| digits(count)?.checked_mul(unit));
    let seconds = seconds.ok_or_else(|| format!("{text:?} is no length of time: write 30m, 6h or 1d"))?;
    if !PERIODS.contains(&seconds) {
        return Err(format!("{text:?} is not between 1m and 366d"));
    }
    Ok(Duration::from_secs(seconds))
}

pub(super) fn listen(texts: &[String]) -> Result<Vec<Listen>, String> {
    let mut all = Vec::new();
    for text in texts {
        let address = address(text)?;
        // Port 0 is another port each time.
        if all.contains(&address) && !text.ends_with(":0") {
            return Err(format!("{text:?} is there twice"));
        }
        all.push(address);
    }
    if all.is_empty() { Err("at least one address is needed".to_owned()) } else { Ok(all) }
}

pub(super) fn address(text: &str) -> Result<Listen, String> {
    parse_address(text).ok_or_else(|| {
        format!(
            "{text:?} is no address: write 127.0.0.1:9501, [::1]:9501, 0.0.0.0:9501 for all, 9501 or unix:PATH"
        )
    })
}

fn parse_address(text: &str) -> Option<Listen> {
    if let Some(path) = text.strip_prefix("unix:") {
        return (!path.is_empty()).then(|| Listen::Unix(path.into()));
    }
    let (host, port) = text.rsplit_once(':').unwrap_or(("127.0.0.1", text));
    let port = u16::try_from(digits(port)?).ok()?;
    let is_host = match host.strip_prefix('[') {
        Some(v6) => v6.strip_suffix(']').is_some_and(|v6| v6.parse::<Ipv6Addr>().is_ok()),
        None => !host.is_empty() && host.bytes().all(|b| b.is_ascii_alphanumeric() || b".-_".contains(&b)),
    };
    is_host.then(|| Listen::Tcp(format!("{host}:{port}")))
}

pub(super) fn origins(texts: &[String]) -> Result<(), String> {
    match texts {
        [any] if any == "*" => Ok(()),
        list if list.iter().any(|text| text == "*") => {
            Err("\"*\" stands for all origins, and alone".to_owned())
        }
        list => Origins::only(list).map(drop).map_err(told),
    }
}

pub(super) fn hosts(texts: &[String]) -> Result<(), String> {
    match texts {
        [any] if any == "*" => Ok(()),
        list if list.iter().any(|text| text == "*") => {
            Err("\"*\" stands for all names, and alone".to_owned())
        }
        list => Hosts::only(list).map(drop).map_err(told),
    }
}

/// Octal, as chmod(1) has it.
pub(super) fn mode(text: &str) -> Result<u32, String> {
    let mode = digits(text).and_then(|_| u32::from_str_radix(text, 8).ok()).filter(|mode| *mode <= 0o777);
    mode.ok_or_else(|| format!("{text:?} is no mode: write 0660 or 0600, three octal digits"))
}

/// A number, or a name in /etc/group.
pub(super) fn group(text: &str) -> Result<u32, String> {
    let known = std::fs::read_to_string("/etc/group").unwrap_or_default();
    let number = digits(text).and_then(|number| u32::try_from(number).ok());
    number.or_else(|| group_in(&known, text)).ok_or_else(|| {
        format!("{text:?} is no group in /etc/group (if it comes from elsewhere: getent group {text} has its number)")
    })
}

/// `name:password:number:members` (group(5)).
fn group_in(known: &str, name: &str) -> Option<u32> {
    let mut groups = known.lines().map(|line| line.split(':').collect::<Vec<_>>());
    groups.find(|fields| fields.first() == Some(&name))?.get(2)?.parse().ok()
}

pub(super) fn proxies(texts: &[String]) -> Result<Proxies, String> {
    Proxies::only(texts).map_err(told)
}

pub(super) fn networks(texts: &[String]) -> Result<Networks, String> {
    Networks::only(texts).map_err(told)
}

fn told(wrong: InvalidSetting) -> String {
    wrong.to_string()
}

/// `http` or `https`, a host, perhaps a path; kept without a slash at its end.
pub(super) fn url(text: &str) -> Result<String, String> {
    let rest = text.strip_prefix("http://").or_else(|| text.strip_prefix("https://"));
    let valid = rest.is_some_and(|rest| {
        let host = rest.split('/').next().unwrap_or_default();
        let plain = rest.bytes().all(|b| b.is_ascii_graphic() && !b"?#@\"<>\\^`{|}".contains(&b));
        plain && Hosts::only([host]).is_ok()
    });
    match valid {
        true => Ok(text.trim_end_matches('/').to_owned()),
        false => Err(format!("{text:?} is no address of a page: write https://example.com/chat")),
    }
}

/// Where a program answers: its query may have a key in it.
pub(super) fn hook(text: &str) -> Result<String, String> {
    let rest = text.strip_prefix("http://").or_else(|| text.strip_prefix("https://"));
    let is_valid = rest.is_some_and(|rest| {
        let host = rest.split(['/', '?']).next().unwrap_or_default();
        let is_plain = rest.bytes().all(|b| b.is_ascii_graphic() && !b"#@\"<>\\^`{|}".contains(&b));
        is_plain && Hosts::only([host]).is_ok()
    });
    match is_valid {
        true => Ok(text.to_owned()),
        false => Err(format!("{text:?} is no address of a program: write http://127.0.0.1:8080/answer")),
    }
}

/// Names of hosts, without ports. Small letters, as they are compared.
pub(super) fn push_hosts(texts: &[String]) -> Result<Vec<String>, String> {
    let host = |text: &String| match text.contains(':') || text == "*" || Hosts::only([text]).is_err() {
        true => Err(format!("{text:?} is no name of a host: write ntfy.sh")),
        false => Ok(text.to_ascii_lowercase()),
    };
    texts.iter().map(host).collect()
}

pub(super) fn durability(text: &str) -> Result<Durability, String> {
    match text {
        "disk" => Ok(Durability::Disk),
        "system" => Ok(Durability::System),
        _ => Err(format!("{text:?} is neither disk nor system")),
    }
}

/// What lines of the log look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LogFormat {
    /// For people.
    Text,
    /// For programs: each line is an object.
    Json,
}

pub(super) fn log_format(text: &str) -> Result<LogFormat, String> {
    match text {
        "text" => Ok(LogFormat::Text),
        "json" => Ok(LogFormat::Json),
        _ => Err(format!("{text:?} is neither text nor json")),
    }
}

pub(super) fn level(text: &str) -> Result<LevelFilter, String> {
    match text {
        "error" => Ok(LevelFilter::Error),
        "warn" => Ok(LevelFilter::Warn),
        "info" => Ok(LevelFilter::Info),
        "debug" => Ok(LevelFilter::Debug),
        _ => Err(format!("{text:?} is none of error, warn, info and debug")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_written_in_bytes_or_with_a_unit() {
        let table = [
            ("0", 0),
            ("4096", 4096),
            ("64KiB", 65_536),
            ("4MiB", 4 << 20),
            ("1GiB", 1 << 30),
            ("2TiB", 2 << 40),
        ];
        for (text, bytes) in table {
            assert_eq!(size(text, &(0..=u64::MAX)), Ok(bytes), "{text}");
            assert_eq!(size(&size_text(bytes), &(0..=u64::MAX)), Ok(bytes), "{text}");
        }
        for wrong in ["", "KiB", "4MB", "4M", "4 MiB", "-1", "+1", "4.5MiB", "0x10", "16777216TiB", "٤"] {
            let told = size(wrong, &(0..=u64::MAX)).unwrap_err();
            assert!(told.contains("is no size"), "{told}");
        }
        assert_eq!(size("65MiB", &(1024..=64 << 20)).unwrap_err(), "\"65MiB\" is not between 1KiB and 64MiB");
        assert!(size("1023", &(1024..=64 << 20)).is_err() && size("1024", &(1024..=64 << 20)).is_ok());
    }

    #[test]
    fn a_length_of_time_has_a_unit() {
        let table = [("1m", 60), ("30m", 1_800), ("6h", 21_600), ("1d", 86_400), ("366d", 366 * 86_400)];
        for (text, seconds) in table {
            assert_eq!(period(text), Ok(Duration::from_secs(seconds)), "{text}");
        }
        for wrong in ["", "1", "h", "1 h", "-1h", "+1h", "1.5h", "1H", "1w", "60s", "99999999999999999999d"] {
            let told = period(wrong).unwrap_err();
            assert!(told.contains("30m, 6h or 1d"), "{wrong}: {told}");
        }
        for wrong in ["0m", "0d", "367d", "18446744073709551615m"] {
            let told = period(wrong).unwrap_err();
            assert!(told.contains("between 1m and 366d") || told.contains("30m"), "{wrong}: {told}");
        }
    }

    #[test]
    fn numbers_stay_within_their_bounds() {
        assert_eq!((number("1", &(1..=64)), number("64", &(1..=64))), (Ok(1), Ok(64)));
        for wrong in ["0", "65", "+1", "-1", "", "1.0", "many", "99999999999999999999"] {
            assert!(number(wrong, &(1..=64)).is_err(), "{wrong}");
        }
    }

    #[test]
    fn addresses_are_written_in_four_ways() {
        let tcp = |text: &str| Some(Listen::Tcp(text.into()));
        let table = [
            ("127.0.0.1:9501", tcp("127.0.0.1:9501")),
            ("localhost:80", tcp("localhost:80")),
            ("[::1]:9501", tcp("[::1]:9501")),
            ("0.0.0.0:0", tcp("0.0.0.0:0")),
            ("9501", tcp("127.0.0.1:9501")),
            ("unix:/run/chat.sock", Some(Listen::Unix("/run/chat.sock".into()))),
        ];
        for (text, expected) in table {
            assert_eq!(address(text).ok(), expected, "{text}");
        }
        for wrong in [
            "",
            ":",
            ":9501",
            "*:9501",
            "localhost",
            "::1:9501",
            "[::1]",
            "[x]:1",
            "a:65536",
            "a:-1",
            "unix:",
        ] {
            assert!(address(wrong).is_err_and(|told| told.contains("write 127.0.0.1:9501")), "{wrong}");
        }
        let both = ["a:0".to_owned(), "a:0".to_owned()];
        assert!(listen(&[]).is_err() && listen(&both).is_ok());
        assert_eq!(
            listen(&["9501".into(), "127.0.0.1:9501".into()]).unwrap_err(),
            "\"127.0.0.1:9501\" is there twice"
        );
    }

    #[test]
    fn an_address_of_pages_has_a_host_and_nothing_after_the_path() {
        assert_eq!(url("https://example.com/chat/"), Ok("https://example.com/chat".to_owned()));
        assert_eq!(url("http://[::1]:8000"), Ok("http://[::1]:8000".to_owned()));
        for wrong in [
            "example.com",
            "ftp://a",
            "http://",
            "https:///x",
            "http://a b",
            "http://a/?x",
            "http://u@h",
            "http://a\n",
        ] {
            assert!(url(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_mode_is_octal_and_a_group_has_a_number() {
        assert_eq!((mode("0660"), mode("600"), mode("0")), (Ok(0o660), Ok(0o600), Ok(0)));
        for wrong in ["", "rw", "0888", "1777", "-1", "0o660", "99999999999"] {
            assert!(mode(wrong).is_err(), "{wrong}");
        }
        let known = "root:x:0:\nwww-data:x:33:alice,bob\nbroken\nodd:x:y:\n";
        assert_eq!((group_in(known, "www-data"), group_in(known, "root")), (Some(33), Some(0)));
        for none in ["www", "broken", "odd", "alice", "x", ""] {
            assert_eq!(group_in(known, none), None, "{none}");
        }
        assert_eq!(group("4711"), Ok(4711));
        assert!(group("no such group").unwrap_err().contains("getent"));
    }

    #[test]
    fn any_origin_stands_alone() {
        assert_eq!((origins(&[]), origins(&["*".into()])), (Ok(()), Ok(())));
        assert!(origins(&["*".into(), "https://a.example".into()]).is_err());
        assert!(origins(&["a.example".into()]).unwrap_err().contains("a.example"));
        assert!(hosts(&[]).is_ok() && hosts(&["*".into()]).is_ok() && hosts(&["a:80".into()]).is_ok());
        assert!(hosts(&["*".into(), "a".into()]).is_err() && hosts(&["http://a".into()]).is_err());
    }
}
