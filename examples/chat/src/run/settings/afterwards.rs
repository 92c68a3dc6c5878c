//! What there is to say behind the flags: in `--help`, and in the man page.

use std::fmt::Write;

/// Where else a setting may be said.
pub(super) const PLACES: &str = "\
Each setting may also be in the environment (POLLCAT_MAX_PICTURE=8MiB) or in the file that --config names
(max-picture = \"8MiB\"). A flag wins over the environment, the environment over the file. Flags for which
several values make sense may be repeated, or the values separated by commas.";

pub(super) const SIGNALS: &[(&str, &str)] = &[
    ("TERM, INT", "say goodbye to everybody and end; once more: end at once"),
    (
        "HUP",
        "open the log file anew, read settings, certificates and words again (the log says what\n\
         has changed); while the log goes to a terminal: as TERM, for that was closed",
    ),
    ("USR1", "open the log file anew"),
];

pub(super) const STATUSES: &[(&str, &str)] = &[
    ("0", "served and was told to stop, or answered"),
    ("1", "could not serve: an address, a file or a certificate could not be had; --health: not ready"),
    ("2", "the settings make no sense"),
];

/// Flags of a chat behind nginx.
pub(super) const EXAMPLE: &str = "--listen unix:/run/chat.sock --socket-group www-data --trust-proxy unix --public-url https://chat.example.com";

pub(super) const MORE: &str =
    "More, in the sources: examples/chat/OPERATING.md, and README.md with the protocol for clients.";

/// All of it, for a screen. `name`: the program's.
pub(super) fn text(name: &str) -> String {
    let mut text = format!("{PLACES}\n");
    for (title, width, rows) in [("Signals", 10, SIGNALS), ("Exit status", 1, STATUSES)] {
        let _ = writeln!(text, "\n{title}:");
        for (key, words) in rows {
            let words = words.replace('\n', &format!("\n  {:width$}  ", ""));
            let _ = writeln!(text, "  {key:width$}  {words}");
        }
    }
    let _ = write!(text, "\nExample, behind nginx:\n  {name} {EXAMPLE}\n\n{MORE}");
    text
}
