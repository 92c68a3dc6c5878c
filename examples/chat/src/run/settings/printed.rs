//! `--print`: the flags and the table of settings, for `man`, for shells, and as a file to begin with.

use std::fmt::Write;

use clap::builder::PossibleValuesParser;
use clap::{Arg, Command, ValueHint};
use clap_complete::Shell;
use clap_mangen::Man;
use clap_mangen::roff::{Roff, bold, roman};

use super::afterwards::{EXAMPLE, MORE, PLACES, SIGNALS, STATUSES};
use super::table::GROUPS;
use super::written::{default_of, in_toml};
use crate::run::built;

/// What can be printed.
pub(super) const WHAT: [&str; 5] = ["man", "bash", "zsh", "fish", "settings"];

/// `command`: as it is parsed. `name`: the program's.
pub(super) fn text(what: &str, command: Command, name: &str) -> String {
    match what {
        "man" => man(command, name),
        "bash" => completions(Shell::Bash, command, name),
        "zsh" => completions(Shell::Zsh, command, name),
        "fish" => completions(Shell::Fish, command, name),
        _ => settings(),
    }
}

/// The page of section 1.
fn man(command: Command, name: &str) -> String {
    let command = command.name(name.to_owned()).override_usage(format!("{name} [OPTIONS]"));
    let page = Man::new(command);
    let mut text = Vec::new();
    // Nothing fails that is written to memory.
    let _ = page.render_name_section(&mut text);
    let _ = page.render_synopsis_section(&mut text);
    let mut about = Roff::new();
    about.control("SH", ["DESCRIPTION"]).text([roman(in_one_line(PLACES))]);
    let _ = about.to_writer(&mut text);
    let _ = page.render_options_section(&mut text);
    let _ = behind_the_options(name).to_writer(&mut text);
    // It has no date, so that the same sources print the same page; and each section brings what is needed once.
    let title =
        format!(".TH {} 1 \"\" \"pollcat {}\" \"User Commands\"\n", name.to_uppercase(), built::VERSION);
    let preamble = Roff::new().render();
    preamble.clone() + &title + &String::from_utf8_lossy(&text).replace(&preamble, "")
}

fn behind_the_options(name: &str) -> Roff {
    let mut roff = Roff::new();
    for (title, rows) in [("SIGNALS", SIGNALS), ("EXIT STATUS", STATUSES)] {
        roff.control("SH", [title]);
        for (key, words) in rows {
            roff.control("TP", []).text([bold(*key)]).text([roman(in_one_line(words))]);
        }
    }
    roff.control("SH", ["EXAMPLES"]).text([roman("Behind nginx:")]);
    roff.control("PP", []).text([bold(format!("{name} {EXAMPLE}"))]);
    roff.control("SH", ["SEE ALSO"]).text([roman(MORE)]);
    roff
}

fn completions(shell: Shell, command: Command, name: &str) -> String {
    let mut text = Vec::new();
    let shown = command.get_arguments().filter(|arg| !arg.is_hide_set());
    let shown: Vec<Arg> = shown.cloned().map(completed).collect();
    let mut command = Command::new(name.to_owned()).bin_name(name).version(built::VERSION);
    command = command.disable_help_flag(true).disable_version_flag(true).args(shown);
    clap_complete::generate(shell, &mut command, name, &mut text);
    String::from_utf8_lossy(&text).into_owned()
}

/// What a shell knows of a value, by what stands for it in `--help`.
fn completed(arg: Arg) -> Arg {
    let names = arg.get_value_names().unwrap_or_default();
    match names.first().map(|name| name.to_string()).as_deref() {
        Some("PATH") => arg.value_hint(ValueHint::FilePath),
        Some("HOST") => arg.value_hint(ValueHint::Hostname),
        Some("URL") => arg.value_hint(ValueHint::Url),
        Some(choice) if choice.contains('|') => {
            let words = choice.split('|').map(str::to_owned).collect::<Vec<_>>();
            arg.value_parser(PossibleValuesParser::new(words))
        }
        _ => arg,
    }
}

/// A file for `--config`, with each setting's default behind a `#`.
fn settings() -> String {
    let mut text = format!(
        "# Settings of pollcat chat {}. A line behind a # is the default: take the # away to change it.\n\
         # What is wrong with this file, and what is in force: --check --config with its name.\n",
        built::VERSION
    );
    for (group, rows) in GROUPS {
        let _ = writeln!(text, "\n# ---- {group}");
        for row in *rows {
            let value = in_toml(row, &default_of(row).texts);
            let _ = writeln!(text, "\n# {}\n#{} = {value}", row.help, row.name);
        }
    }
    text
}

/// Line breaks are for screens.
fn in_one_line(words: &str) -> String {
    words.replace('\n', " ")
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;

    use super::super::{Asked, Settings, read, table};

    fn print(what: &str) -> String {
        let args = ["/usr/bin/pollcat-chat", "--print", what].map(OsString::from);
        match read(args, |_| None) {
            Ok(Asked::Print(text)) => text,
            other => panic!("{what}: {other:?}"),
        }
    }

    #[test]
    fn every_setting_is_in_all_of_it() {
        for row in table::rows() {
            let is_built = cfg!(feature = "tls") || !row.name.starts_with("tls-");
            for (what, spelled) in [
                ("man", format!("\\-\\-{}", row.name.replace('-', "\\-"))),
                ("bash", format!("--{}", row.name)),
                ("zsh", format!("--{}", row.name)),
                ("fish", format!("-l {}", row.name)),
            ] {
                assert_eq!(print(what).contains(&spelled), is_built, "{what}: {spelled}");
            }
        }
        assert_eq!(print("man").matches(".TH POLLCAT-CHAT 1 ").count(), 1, "{}", print("man"));
    }

    /// Each line without its `#` means the same as no line at all.
    #[test]
    fn the_file_of_settings_has_every_default() {
        let text = print("settings");
        let is_setting = |line: &&str| line.starts_with('#') && !line.starts_with("# ");
        let lines: Vec<&str> = text.lines().filter(is_setting).map(|line| &line[1..]).collect();
        assert_eq!(lines.len(), table::rows().count());
        let file = std::env::temp_dir().join(format!("pollcat-{}-printed.toml", std::process::id()));
        std::fs::write(&file, lines.join("\n")).unwrap();
        let (name, config) = (OsString::from("chat"), OsString::from("--config"));
        let with_file = read([name.clone(), config, file.clone().into()], |_| None);
        std::fs::remove_file(file).unwrap();
        let (Ok(Asked::Serve(with_file)), Ok(Asked::Serve(without))) = (with_file, read([name], |_| None))
        else {
            panic!("both serve");
        };
        assert!(with_file.in_force.iter().all(|it| !it.is_default || it.value.is_empty()), "it was read");
        assert_eq!(
            Settings { in_force: Vec::new(), ..*with_file },
            Settings { in_force: Vec::new(), ..*without }
        );
    }

    #[test]
    fn what_there_is_not_is_told() {
        let wrong = read(["chat", "--print", "csh"].map(OsString::from), |_| None).unwrap_err();
        assert!(wrong[0].contains("csh") && wrong[0].contains("fish"), "{wrong:?}");
    }
}
