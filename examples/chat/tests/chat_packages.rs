//! What is packaged, with the programs that read it: the man page, the completions, Debian's settings, logrotate's, and a container's.

use std::io::ErrorKind;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Output};
use std::{env, fs};

use pollcat_chat_testing::text::Text;
use pollcat_chat_testing::{Chat, program};
use pollcat_testing::running::wait_until;
use pollcat_testing::scratch::{Scratch, cannot_run};

/// As the package calls it.
const NAME: &str = "pollcat-chat";
const PACKAGING: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../packaging");

/// What the program prints under the name of the package, in a file.
fn printed(what: &str, scratch: &Scratch) -> String {
    let mut command = program::command(scratch.path());
    command.arg0(NAME).args(["--print", what]);
    let output = program::output(command);
    assert!(output.status.success(), "{output:?}");
    let file = scratch.file(what);
    fs::write(&file, output.stdout).expect("it can be written");
    file.display().to_string()
}

/// `None` if there is no such program on this machine.
fn run(program: &str, args: &[&str]) -> Option<Output> {
    // Debian keeps some where the search path of a plain user does not lead.
    let path = env::var("PATH").unwrap_or_default() + ":/usr/sbin";
    let mut command = Command::new(program);
    // A language that is not installed, or a home that is not there, would be complained of.
    let home = Scratch::new("home");
    command.args(args).env("PATH", path).env("LC_ALL", "C").env("HOME", home.path());
    match command.output() {
        Ok(output) => Some(output),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            cannot_run(&format!("there is no {program} on this machine"));
            None
        }
        Err(error) => panic!("{program}: {error}"),
    }
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&[&output.stdout[..], &output.stderr].concat()).into_owned()
}

fn packaged(file: &str) -> String {
    let path = Path::new(PACKAGING).join(file);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

#[test]
fn the_man_page_has_no_errors_and_reads_well() {
    let scratch = Scratch::new("man");
    let page = printed("man", &scratch);
    if let Some(lint) = run("mandoc", &["-T", "lint", "-W", "error", &page]) {
        assert!(lint.status.success(), "{}", said(&lint));
    }
    let Some(shown) = run("mandoc", &["-T", "ascii", "-O", "width=200", &page]) else { return };
    // Bold is letters over letters.
    let shown: String = said(&shown).chars().filter(|&c| c != '\u{8}').collect();
    for words in ["POLLCAT-CHAT(1)", "User Commands", "NAME", "pollcat 0."] {
        assert!(shown.contains(words) || shown.contains(&twice(words)), "{words}: {shown}");
    }
}

fn twice(words: &str) -> String {
    words.chars().flat_map(|c| [c, c]).collect()
}

/// Each shell is asked for the values of a setting, and for the names of settings.
#[test]
fn shells_complete_settings_and_their_values() {
    let scratch = Scratch::new("shells");
    let (bash, zsh, fish) = (printed("bash", &scratch), printed("zsh", &scratch), printed("fish", &scratch));
    let asked = format!(
        "source '{bash}'
         shows=$(complete -p '{NAME}' | sed 's/.* -F //; s/ .*//')
         ask() {{ COMP_WORDS=('{NAME}' \"$@\"); COMP_CWORD=$#; COMP_LINE=\"${{COMP_WORDS[*]}}\"
                 \"$shows\" '{NAME}' \"${{COMP_WORDS[$#]}}\" \"${{COMP_WORDS[$#-1]}}\"; echo \"${{COMPREPLY[*]}}\"; }}
         ask --durability ''; ask --max-pict"
    );
    if let Some(told) = run("bash", &["--norc", "-c", &asked]) {
        let told = said(&told);
        assert!(told == "disk system\n--max-picture\n", "{told}");
    }
    // What it would offer can only be seen in a terminal.
    if let Some(told) = run("zsh", &["-f", "-n", &zsh]) {
        assert!(told.status.success(), "{}", said(&told));
        let script = fs::read_to_string(zsh).expect("it is there");
        assert!(
            script.starts_with(&format!("#compdef {NAME}\n")) && script.contains("(disk system)"),
            "{script}"
        );
    }
    let asked =
        format!("source '{fish}'; complete -C '{NAME} --durability '; complete -C '{NAME} --max-pict'");
    if let Some(told) = run("fish", &["--no-config", "-c", &asked]) {
        let told = said(&told);
        let lines: Vec<&str> = told.lines().filter_map(|line| line.split('\t').next()).collect();
        assert_eq!(lines, ["disk", "system", "--max-picture"], "{told}");
    }
}

#[test]
fn the_settings_of_the_debian_package_are_read_and_name_its_places() {
    let scratch = Scratch::new("deb");
    let all = printed("settings", &scratch);
    let script = format!("{PACKAGING}/debian/chat.toml.sed");
    let Some(chosen) = run("sed", &["-f", &script, &all]) else { return };
    let chosen = said(&chosen);
    for line in ["\ndata = \"/var/lib/pollcat-chat/chat.db\"\n", "\ntrust-proxy = [\"unix\"]\n"] {
        assert!(chosen.contains(line), "{line}: {chosen}");
    }
    assert!(chosen.starts_with("# Settings of pollcat-chat, whose service"), "{chosen}");
    let file = scratch.file("chat.toml");
    let here = scratch.path().to_str().expect("a plain name");
    fs::write(&file, chosen.replace("/var/lib/pollcat-chat", here)).expect("it can be written");
    let mut command = program::command(scratch.path());
    command.args(["--check", "--listen", "127.0.0.1:0", "--max-connections", "10", "--config"]).arg(&file);
    let output = program::output(command);
    assert!(output.status.success(), "{output:?}");
    assert!(said(&output).contains(&format!("data = \"{here}/chat.db\" # ")), "{output:?}");
}

/// The file of the package, but for where the log is, and how a chat without systemd is told.
#[test]
fn logrotate_takes_the_log_and_no_line_is_lost() {
    let scratch = Scratch::new("rotate");
    let at = |name: &str| scratch.file(name).display().to_string();
    let (log, pid, state) = (at("chat.log"), at("chat.pid"), at("state"));
    let flags = ["--log-file", &log, "--pid-file", &pid];
    let chat = Chat::in_memory(&flags);
    let block = packaged("debian/pollcat-chat.logrotate");
    let told = "systemctl kill --kill-whom=main --signal=USR1 pollcat-chat.service 2>/dev/null || true";
    assert!(block.contains(told) && block.contains("/var/log/pollcat-chat/*.log"), "{block}");
    let block = block.replace("/var/log/pollcat-chat/*.log", &at("*.log"));
    let block = block.replace(told, &format!("kill -USR1 $(cat {pid})"));
    let rules = scratch.file("rules");
    fs::write(&rules, block).expect("it can be written");
    // It refuses what others may write to, as a plain user's mask may have it.
    for (place, mode) in [(rules.as_path(), 0o644), (scratch.path(), 0o755)] {
        fs::set_permissions(place, fs::Permissions::from_mode(mode)).expect("it is ours");
    }
    let rules = rules.display().to_string();

    let come_and_go = |name: &str| drop(Text::named(chat.address(), name));
    let seen = |file: &str, name: &str| {
        let is_there = || fs::read_to_string(file).unwrap_or_default().contains(&format!("{name} ("));
        wait_until(&format!("{name} in {file}"), is_there);
    };
    come_and_go("before");
    seen(&log, "before");
    let Some(rotated) = run("logrotate", &["--force", "--state", &state, &rules]) else { return };
    assert!(rotated.status.success(), "{}", said(&rotated));
    wait_until("the new file", || Path::new(&log).exists());
    come_and_go("after");
    seen(&log, "after");
    seen(&format!("{log}.1"), "before");

    let rotated = run("logrotate", &["--force", "--state", &state, &rules]).expect("it was there");
    assert!(rotated.status.success(), "{}", said(&rotated));
    assert!(Path::new(&format!("{log}.2.gz")).exists(), "the older one is compressed");
    seen(&format!("{log}.1"), "after");
}

/// The variables that the container sets are settings, and its nginx has what OPERATING.md says of nginx.
#[test]
fn the_container_has_settings_and_nginx_as_operators_are_told() {
    let (image, compose) = (packaged("container/Dockerfile"), packaged("container/compose.yml"));
    let scratch = Scratch::new("image");
    let words = image.split([' ', '\n', ':', '=']).chain(compose.split([' ', '\n', ':', '=']));
    let variables: Vec<&str> = words.filter(|word| word.starts_with("POLLCAT_")).collect();
    assert!(variables.len() > 5, "{variables:?}");
    let mut command = program::command(scratch.path());
    // What is empty is not said, but its name is looked at.
    command.envs(variables.iter().map(|name| (name, ""))).args(["--check", "--max-connections", "10"]);
    let told = said(&program::output(command));
    assert!(!told.contains("there is no setting"), "{told}");

    let operating = include_str!("../OPERATING.md");
    let block = operating.split_once("## Behind nginx").and_then(|(_, rest)| rest.split_once("```nginx\n"));
    let (block, _) =
        block.and_then(|(_, rest)| rest.split_once("```")).expect("OPERATING.md has a block for nginx");
    let conf = packaged("container/nginx.conf");
    let wanted =
        block.lines().map(str::trim).filter(|line| line.starts_with("proxy_") || line.starts_with("map "));
    for line in wanted {
        assert!(conf.lines().any(|it| it.trim() == line), "{line:?} is not in the container's nginx.conf");
    }
}
