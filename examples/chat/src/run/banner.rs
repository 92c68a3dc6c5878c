//! What is said when the chat has started: where it is, what it keeps, how to stop it.

use std::fmt::Write;
use std::net::SocketAddr;
use std::os::fd::AsFd;

use rustix::fs::{FileType, fstat};

use crate::history::Durability;
use crate::run::settings::{Listen, Settings};

/// For whoever sits before it. `way`: to the admin page, if nobody owns the chat yet.
pub(crate) fn banner(
    settings: &Settings,
    url: Option<&str>,
    listening: &[SocketAddr],
    way: Option<&str>,
) -> String {
    let pid = std::process::id();
    let mut text = format!("pollcat chat {}, process {pid}\n\n", env!("CARGO_PKG_VERSION"));
    let history = match (&settings.data, settings.durability) {
        (Some(data), Durability::Disk) => format!("{}, on disk before anybody hears of it", data.display()),
        (Some(data), _) => format!("{}, written to disk when the system sees fit", data.display()),
        (None, _) => "in memory: it is gone when the chat stops".to_owned(),
    };
    let open = url.unwrap_or("through a proxy; --public-url tells its address");
    let lines = [
        ("open", open.to_owned()),
        ("listening", everywhere(settings, listening)),
        ("history", history),
        ("stop", format!("Ctrl-C, or kill {pid}")),
    ];
    for (what, said) in lines {
        let _ = writeln!(text, "  {what:10} {said}");
    }
    if let Some(way) = way {
        let _ = writeln!(
            text,
            "  {:10} {way}\n  {:10} (it has no owner yet: this link is good once, for 15 minutes)",
            "admin", ""
        );
    }
    text
}

/// Does whoever started the program read it through a pipe?
pub(crate) fn is_pipe(out: impl AsFd) -> bool {
    fstat(out).is_ok_and(|stat| FileType::from_raw_mode(stat.st_mode) == FileType::Fifo)
}

/// For whoever started it in the background.
pub(crate) fn started(settings: &Settings, listening: &[SocketAddr]) -> String {
    let places = everywhere(settings, listening);
    format!("pollcat chat started, pid {}, listening on {places}\n", std::process::id())
}

/// The addresses in the order of the settings, with the ports that the system chose.
pub(crate) fn everywhere(settings: &Settings, listening: &[SocketAddr]) -> String {
    let mut tcp = listening.iter().peekable();
    let mut places = Vec::new();
    for asked in &settings.listen {
        let first = if matches!(asked, Listen::Tcp(_)) { tcp.next() } else { None };
        places.push(first.map_or_else(|| asked.to_string(), SocketAddr::to_string));
        // A name may have several addresses, all with one port.
        let is_name = matches!(asked, Listen::Tcp(address) if address.parse::<SocketAddr>().is_err());
        while let Some(other) =
            tcp.next_if(|other| is_name && Some(other.port()) == first.map(SocketAddr::port))
        {
            places.push(other.to_string());
        }
    }
    places.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::settings::{Asked, read};

    fn settings(flags: &[&str]) -> Settings {
        let args = ["chat"].iter().chain(flags).map(std::ffi::OsString::from);
        match read(args, |_| None) {
            Ok(Asked::Serve(settings)) => *settings,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_name_with_several_addresses_is_listed_with_all_of_them() {
        let settings = settings(&["--listen=localhost:9001,unix:chat.sock,127.0.0.1:9002"]);
        let listening = ["[::1]:9001", "127.0.0.1:9001", "127.0.0.1:9002"];
        let listening = listening.map(|address| address.parse().expect("an address"));
        let places = "[::1]:9001, 127.0.0.1:9001, unix:chat.sock, 127.0.0.1:9002";
        assert_eq!(everywhere(&settings, &listening), places);
    }

    #[test]
    fn the_banner_says_where_it_is_and_what_it_keeps() {
        let pid = std::process::id();
        let settings = settings(&["--listen=127.0.0.1:0,unix:chat.sock,[::1]:0"]);
        let bound = ["127.0.0.1:4321".parse().unwrap(), "[::1]:8765".parse().unwrap()];
        let text = banner(&settings, Some("http://127.0.0.1:4321"), &bound, None);
        let places = "127.0.0.1:4321, unix:chat.sock, [::1]:8765";
        for said in ["http://127.0.0.1:4321\n", places, "chat.db, on disk", &format!("kill {pid}\n")] {
            assert!(text.contains(said), "{said}\n{text}");
        }
        assert_eq!(
            started(&settings, &bound),
            format!("pollcat chat started, pid {pid}, listening on {places}\n")
        );
    }

    #[test]
    fn the_way_to_the_admin_page_is_shown_to_who_starts_what_nobody_owns() {
        let text = |way| banner(&settings(&[]), None, &[], way);
        let link = "http://127.0.0.1:4321/admin#KEY";
        assert!(text(Some(link)).contains(&format!("  admin      {link}\n")), "{}", text(Some(link)));
        assert!(!text(None).contains("admin"), "{}", text(None));
    }

    #[test]
    fn what_is_not_durable_is_said() {
        let text = |flags: &[&str]| banner(&settings(flags), None, &[], None);
        assert!(text(&["--data=:memory:"]).contains("in memory: it is gone"));
        assert!(text(&["--durability=system"]).contains("chat.db, written to disk when the system sees fit"));
        assert!(text(&["--listen=unix:a"]).contains("--public-url"));
    }
}
