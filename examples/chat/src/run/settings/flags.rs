//! The command line: the settings as flags, and the few words that are no settings.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use clap::builder::PathBufValueParser;
use clap::error::ErrorKind;
use clap::{Arg, ArgAction, ArgMatches, Command};

use super::moving::{Format, Moving};
use super::row::{Kind, Row};
use super::table::GROUPS;
use super::{afterwards, printed};
use crate::history::Copy;
use crate::run::built;
use crate::run::new_hook::{self, NewHook};

pub(super) struct Flags(ArgMatches);

/// What the command line says.
pub(super) enum Line {
    Flags(Flags),
    /// `--help`, `--version` or `--print`: this is the answer.
    Print(String),
}

/// # Errors
///
/// A flag is wrong, in one line.
pub(super) fn parse(args: impl IntoIterator<Item = OsString>) -> Result<Line, Vec<String>> {
    let mut args = args.into_iter().peekable();
    let name = called(args.peek());
    match command(&name).try_get_matches_from(args) {
        Ok(matches) => Ok(match matches.get_one::<String>("print") {
            Some(what) => Line::Print(printed::text(what, command(&name), &name)),
            None => Line::Flags(Flags(matches)),
        }),
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

    /// Whether the history is to move, instead of being served.
    pub(super) fn moving(&self) -> Option<Moving> {
        let path = |name| self.0.get_one::<PathBuf>(name).cloned();
        let format = match self.0.get_one::<String>("import-from").map(String::as_str) {
            Some("slack") => Format::Slack,
            Some(_) => Format::TheLounge,
            None => Format::Own,
        };
        let into = path("import").map(|from| Moving::In { from, format });
        path("export").map(|to| Moving::Out { to }).or(into)
    }

    pub(super) fn admin_link(&self) -> bool {
        self.0.get_flag("admin-link")
    }

    pub(super) fn new_hook(&self) -> Option<NewHook> {
        let text = |name| self.0.get_one::<String>(name).cloned();
        let name = text("new-hook-name").unwrap_or_else(|| new_hook::NAME.to_owned());
        Some(NewHook { room: text("new-hook")?, name })
    }

    /// Whether a chat is to be asked how it is, and where. Empty: where its metrics are told.
    pub(super) fn health(&self) -> Option<&str> {
        self.0.get_one::<String>("health").map(String::as_str)
    }

    pub(super) fn believes_clock(&self) -> bool {
        self.0.get_flag("believe-clock")
    }

    pub(super) fn begins_log(&self) -> bool {
        self.0.get_flag("log-begin")
    }

    pub(super) fn get(&self, row: &Row) -> Option<Vec<String>> {
        self.0.get_many(row.name).map(|texts| texts.cloned().collect())
    }
}

/// The name under which the program was started: that of the package is another than that of the sources.
fn called(program: Option<&OsString>) -> String {
    let name = program.and_then(|path| Path::new(path).file_name()?.to_str());
    let is_plain = |name: &&str| {
        name.starts_with(|c: char| c.is_ascii_alphanumeric())
            && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b))
    };
    name.filter(is_plain).unwrap_or("chat").to_owned()
}

fn command(name: &str) -> Command {
    let words = [
        file("config", "a file with settings"),
        Arg::new("check")
            .long("check")
            .action(ArgAction::SetTrue)
            .help("show the settings in force, as TOML, try whether they can work, and end"),
        file("backup", "copy the history into this file, while the chat runs or not, and end"),
        file("restore", "put the copy in this file in the history's place, while no chat runs, and end")
            .conflicts_with("backup"),
        folder("export", "write all of the history into this folder, as JSON lines and pictures, and end")
            .conflicts_with_all(["backup", "restore", "check"]),
        folder("import", "make a history of such a folder, while no chat runs, and end")
            .conflicts_with_all(["backup", "restore", "check", "export"]),
        Arg::new("import-from")
            .long("import-from")
            .value_name("WHOSE")
            .value_parser(["slack", "thelounge"])
            .hide_possible_values(true)
            .requires("import")
            .help("--import is what slack or thelounge has kept: its channels become rooms"),
        Arg::new("admin-link")
            .long("admin-link")
            .action(ArgAction::SetTrue)
            .conflicts_with_all(["backup", "restore", "check", "export", "import"])
            .help("print a link to the admin page, good once and for 15 minutes, and end"),
        Arg::new("new-hook")
            .long("new-hook")
            .value_name("ROOM")
            .conflicts_with_all(["backup", "restore", "check", "admin-link", "export", "import"])
            .help("print an address at which programs may post into this room, and end"),
        Arg::new("new-hook-name")
            .long("new-hook-name")
            .value_name("NAME")
            .requires("new-hook")
            .help("how whoever posts there is called [hook]"),
        Arg::new("health")
            .long("health")
            .value_name("URL")
            .num_args(0..=1)
            .require_equals(true)
            .default_missing_value("")
            .conflicts_with_all(["backup", "restore", "check", "admin-link", "new-hook"])
            .help("ask a chat (that of metrics, or at URL) whether it is ready, and end"),
        Arg::new("believe-clock")
            .long("believe-clock")
            .action(ArgAction::SetTrue)
            .help("the clock is right, however far it is from what the history has seen"),
        Arg::new("log-begin")
            .long("log-begin")
            .action(ArgAction::SetTrue)
            .help("the log that this history has followed is gone: begin a new one with what is here"),
        Arg::new("print")
            .long("print")
            .value_name("WHAT")
            .value_parser(printed::WHAT)
            .hide_possible_values(true)
            .help("print a page for man, completions for bash, zsh or fish, or a file of settings, and end"),
        Arg::new("help").long("help").short('h').action(ArgAction::HelpShort).help("this"),
        Arg::new("version")
            .long("version")
            .short('V')
            .action(ArgAction::Version)
            .help("the version, and what it was built with"),
    ];
    let settings =
        GROUPS.iter().flat_map(|(group, rows)| rows.iter().map(|row| flag(row).help_heading(*group)));
    Command::new("pollcat chat")
        .bin_name(name)
        .version(format!("{} ({})", built::VERSION, built::told()))
        .about("A chat room, and the history of what was said in it")
        .after_help(afterwards::text(name))
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

fn folder(name: &'static str, help: &'static str) -> Arg {
    file(name, help).value_name("DIR")
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
        command("chat").debug_assert();
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
        let version = told(&["--version"]).unwrap();
        assert!(version.starts_with(&format!("pollcat chat {} (", env!("CARGO_PKG_VERSION"))), "{version}");
        for (feature, is_built) in [("tls", cfg!(feature = "tls")), ("deflate", cfg!(feature = "deflate"))] {
            assert_eq!(version.contains(feature), is_built, "{version}");
        }
    }

    #[test]
    fn help_calls_the_program_as_it_was_started() {
        for (program, name) in
            [("/usr/bin/pollcat-chat", "pollcat-chat"), ("a b", "chat"), ("", "chat"), ("x/-h", "chat")]
        {
            let args = [program, "--help"].map(OsString::from);
            let Ok(Line::Print(help)) = parse(args) else { panic!("no help for {program:?}") };
            assert!(help.contains(&format!("Usage: {name} [OPTIONS]")), "{help}");
            assert!(help.contains(&format!("\n  {name} --listen unix:")), "{help}");
        }
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
