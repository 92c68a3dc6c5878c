//! The command line: the settings as flags, and the few words that are no settings.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use clap::builder::PathBufValueParser;
use clap::error::ErrorKind;
use clap::{Arg, ArgAction, ArgMatches, Command};

use super::table::{GROUPS, Kind, Row};
use crate::history::Copy;

pub(super) struct Flags(ArgMatches);

/// What the command line says.
pub(super) enum Line {
    Flags(Flags),
    /// `--help` or `--version`: this is the answer.
    Print(String),
}

const AFTERWARDS: &str = "\
Each setting may also be in the environment (POLLCAT_MAX_PICTURE=8MiB) or in the file that --config names
(max-picture = \"8MiB\"). A flag wins over the environment, the environment over the file. Flags for which
several values make sense may be repeated, or the values separated by commas.

Signals:
  TERM, INT   say goodbye to everybody and end; once more: end at once
  HUP         open the log file anew, and read the certificates again
  USR1        open the log file anew

Exit status:
  0  served and was told to stop, or answered
  1  could not serve: an address, a file or a certificate could not be had
  2  the settings make no sense

Example, behind nginx:
  chat --listen unix:/run/chat.sock --socket-group www-data --trust-proxy unix --public-url https://chat.example.com

More, from backup to the protocol for clients: examples/chat/README.md in the sources.";

/// # Errors
///
/// A flag is wrong, in one line.
pub(super) fn parse(args: impl IntoIterator<Item = OsString>) -> Result<Line, Vec<String>> {
    match command().try_get_matches_from(args) {
        Ok(matches) => Ok(Line::Flags(Flags(matches))),
        Err(answer) if matches!(answer.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) => {
            Ok(Line::Print(answer.render().to_string()))
        }
        Err(error) => Err(vec![in_one_line(&error.render().to_string())]),
    }
}

impl Flags {
    pub(super) fn config(&self) -> Option<&std::path::PathBuf> {
        self.0.get_one("config")
    }

    pub(super) fn check(&self) -> bool {
        self.0.get_flag("check")
    }

    /// What is to be done with the history instead of serving it.
    ///
    /// # Errors
    ///
    /// There is none.
    pub(super) fn copy(&self, data: Option<&Path>) -> Result<Option<Copy>, String> {
        let file = |name| self.0.get_one::<PathBuf>(name).cloned();
        match (file("backup"), file("restore"), data.map(Path::to_owned)) {
            (None, None, _) => Ok(None),
            (_, _, None) => Err("a history in memory has no file to copy: name one with --data".to_owned()),
            (Some(to), _, Some(data)) => Ok(Some(Copy::Backup { data, to })),
            (None, Some(from), Some(data)) => Ok(Some(Copy::Restore { data, from })),
        }
    }

    pub(super) fn believes_clock(&self) -> bool {
        self.0.get_flag("believe-clock")
    }

    pub(super) fn get(&self, row: &Row) -> Option<Vec<String>> {
        self.0.get_many(row.name).map(|texts| texts.cloned().collect())
    }
}

fn command() -> Command {
    let words = [
        file("config", "a file with settings"),
        Arg::new("check")
            .long("check")
            .action(ArgAction::SetTrue)
            .help("show the settings in force, as TOML, try whether they can work, and end"),
        file("backup", "copy the history into this file, while the chat runs or not, and end"),
        file("restore", "put the copy in this file in the history's place, while no chat runs, and end")
            .conflicts_with("backup"),
        Arg::new("believe-clock")
            .long("believe-clock")
            .action(ArgAction::SetTrue)
            .help("the clock is right, however far it is from what the history has seen"),
        Arg::new("help").long("help").short('h').action(ArgAction::HelpShort).help("this"),
        Arg::new("version").long("version").short('V').action(ArgAction::Version).help("the version"),
    ];
    let settings =
        GROUPS.iter().flat_map(|(group, rows)| rows.iter().map(|row| flag(row).help_heading(*group)));
    Command::new("pollcat chat")
        .bin_name("chat")
        .version(env!("CARGO_PKG_VERSION"))
        .about("A chat room, and the history of what was said in it")
        .after_help(AFTERWARDS)
        // One line per setting.
        .term_width(0)
        .disable_help_flag(true)
        .disable_version_flag(true)
        .args(words)
        .args(settings)
}

fn file(name: &'static str, help: &'static str) -> Arg {
    Arg::new(name).long(name).value_name("PATH").value_parser(PathBufValueParser::new()).help(help)
}

fn flag(row: &'static Row) -> Arg {
    let help = match row.default {
        "" => row.help.to_owned(),
        default => format!("{} [{default}]", row.help),
    };
    let flag = Arg::new(row.name).long(row.name).help(help).hide(!is_for_this_build(row));
    match row.kind {
        // `--echo=false`; without a value it means yes.
        Kind::Switch(_) => {
            flag.value_name("true|false").num_args(0..=1).require_equals(true).default_missing_value("true")
        }
        Kind::Number(..) => flag.value_name("N"),
        Kind::Size(..) => flag.value_name("SIZE"),
        Kind::Text(value, _) => flag.value_name(value),
        Kind::List(value, _) => flag.value_name(value).action(ArgAction::Append).value_delimiter(','),
    }
}

/// What this program was built without is still understood, and refused in words of its own.
fn is_for_this_build(row: &Row) -> bool {
    cfg!(feature = "tls") || !row.name.starts_with("tls-")
}

/// clap's words without its layout.
fn in_one_line(told: &str) -> String {
    let lines = told.lines().map(str::trim).take_while(|line| !line.starts_with("Usage:"));
    let words = lines.filter(|line| !line.is_empty() && !line.starts_with("For more information"));
    words
        .map(|line| line.trim_start_matches("error: ").trim_start_matches("tip: "))
        .collect::<Vec<_>>()
        .join("; ")
}

#[cfg(test)]
mod tests {
    use super::super::table;
    use super::*;

    fn told(flags: &[&str]) -> Result<String, String> {
        let args = ["chat"].iter().chain(flags).map(OsString::from);
        match parse(args) {
            Ok(Line::Print(text)) => Ok(text),
            Ok(Line::Flags(_)) => Ok(String::new()),
            Err(faults) => Err(faults.join("\n")),
        }
    }

    #[test]
    fn help_is_one_screen_wide_and_knows_every_setting() {
        command().debug_assert();
        let help = told(&["--help"]).unwrap();
        for row in table::rows().filter(|row| is_for_this_build(row)) {
            assert!(help.contains(&format!("--{}", row.name)) && help.contains(row.default), "{}", row.name);
        }
        for part in [
            "Network:",
            "History:",
            "Limits:",
            "Program:",
            "Signals:",
            "Exit status:",
            "Example",
            "README.md",
        ] {
            assert!(help.contains(part), "{part}");
        }
        assert_eq!(help.contains("--tls-"), cfg!(feature = "tls"));
        let widest = help.lines().map(str::len).max().unwrap();
        assert!(widest <= 120, "{widest}\n{help}");
        assert_eq!(told(&["-h"]), Ok(help));
        assert_eq!(told(&["--version"]), Ok(format!("pollcat chat {}\n", env!("CARGO_PKG_VERSION"))));
    }

    #[test]
    fn a_wrong_flag_is_told_in_one_line() {
        let slip = told(&["--max-pictures", "1"]).unwrap_err();
        assert!(slip.contains("--max-pictures") && slip.contains("'--max-picture'"), "{slip}");
        for wrong in
            [&["--max-name"][..], &["--max-name", "1", "--max-name", "2"], &["lobby"], &["--check=1"]]
        {
            let told = told(wrong).unwrap_err();
            assert!(!told.contains('\n') && !told.contains("error:") && !told.is_empty(), "{told:?}");
        }
    }
}
