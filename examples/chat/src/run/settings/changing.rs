//! Which settings can be other ones while the chat runs, and what is different when they have been read again.

use std::ffi::OsString;
use std::fmt::{self, Write};
use std::fs;
use std::path::Path;

use super::chosen::Settings;
use super::given::{Given, InForce, Place};
use super::table;
use super::{Asked, apart, assemble, config_of, contradictions, flags, read};

/// Those that hold at once. The others hold when the chat is started again: an address that is listened on, a file that is
/// open, what is told to every program that looks.
const AT_ONCE: &[&str] = &[
    "allow-origin",
    "allow-host",
    "trust-proxy",
    "max-connections",
    "max-connections-per-address",
    "trusted-networks",
    "hello-within",
    "drain",
    "keep-messages",
    "keep-days",
    "keep-pictures",
    "backup-every",
    "backup-keep",
    "backup-dir",
    "max-people",
    "max-name",
    "max-message",
    "max-rooms",
    "max-room-name",
    "max-rooms-per-person",
    "max-members",
    "max-picture",
    "max-receiving",
    "max-sending",
    "message-rate",
    "message-burst",
    "address-rate",
    "address-burst",
    "newcomer-rate",
    "newcomer-burst",
    "hook-rate",
    "push-hosts",
    "robot-hook",
    "robot-context",
    "echo",
    "words",
    "log-level",
];

/// Characters of a value in the log.
const LONGEST: usize = 120;

/// What is different now that the settings have been read again. Its words are a line of the log.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Changes {
    pub(super) at_once: Vec<Change>,
    pub(super) at_start: Vec<Change>,
}

/// Of one setting: what it was, and what it is.
#[derive(Debug, PartialEq)]
pub(super) struct Change {
    pub(super) name: &'static str,
    pub(super) from: String,
    pub(super) to: String,
}

/// Reads the settings again, as they were read at the start. Whatever the file is, nobody waits for it: signals are heard
/// by the thread that reads it.
///
/// # Errors
///
/// One line per fault, all of them.
pub(crate) fn read_again(
    args: &[OsString],
    env: impl Fn(&str) -> Option<OsString>,
) -> Result<Settings, Vec<String>> {
    if let flags::Line::Flags(flags) = flags::parse(args.iter().cloned())?
        && let Some(config) = config_of(&flags, &env)
        && let Some(fault) = unfit(&config)
    {
        return Err(vec![format!("cannot read the settings in {}: {fault}", config.display())]);
    }
    match read(args.iter().cloned(), env)? {
        Asked::Serve(settings) => Ok(*settings),
        _ => Err(vec!["the command line asks for something else than to serve".to_owned()]),
    }
}

/// Why a file of settings is not even opened again: what is no file may be waited for.
fn unfit(config: &Path) -> Option<&'static str> {
    fs::metadata(config).is_ok_and(|it| !it.is_file()).then_some("it is no file")
}

impl Settings {
    /// What is in force from now on, of settings that have been read again: those that hold at once as they are read, the
    /// others as they were.
    ///
    /// # Errors
    ///
    /// What is read makes sense, but not beside what holds until the chat is started again. One line for each.
    pub(crate) fn changed_to(&self, read: &Settings) -> Result<(Settings, Changes), Vec<String>> {
        let (mut rows, mut changes) = (Vec::new(), Changes::default());
        for row in table::rows() {
            let find = |settings: &Settings| {
                let found = settings.in_force.iter().find(|it| it.name == row.name);
                found.expect("each setting is in force, somehow").clone()
            };
            let (old, new) = (find(self), find(read));
            let is_at_once = AT_ONCE.contains(&row.name);
            if old.value != new.value {
                let change = Change { name: row.name, from: shown(&old), to: shown(&new) };
                if is_at_once { changes.at_once.push(change) } else { changes.at_start.push(change) }
            }
            rows.push((row, given(if is_at_once { new } else { old })));
        }
        let mut settings = assemble(&rows).map_err(|fault| vec![fault])?;
        settings.believe_clock = self.believe_clock;
        // Sockets may have been passed, of which no setting knows.
        settings.listen.clone_from(&self.listen);
        let mut faults = contradictions(&settings);
        faults.extend(apart::faults(&settings, None));
        match faults {
            faults if faults.is_empty() => Ok((settings, changes)),
            faults => {
                let before = |fault: String| format!("{fault}, until the chat is started again");
                Err(faults.into_iter().map(before).collect())
            }
        }
    }
}

fn given(in_force: InForce) -> Given {
    let place = if in_force.is_default { Place::Default } else { Place::Said };
    Given { texts: in_force.texts, place }
}

/// A value for the log, which need not be told whole.
fn shown(value: &InForce) -> String {
    let text = value.shown().into_owned();
    match text.char_indices().nth(LONGEST) {
        _ if text.is_empty() => "nothing".to_owned(),
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text,
    }
}

impl fmt::Display for Changes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = |changes: &[Change]| {
            let mut text = String::new();
            for Change { name, from, to } in changes {
                let comma = if text.is_empty() { "" } else { ", " };
                let _ = write!(text, "{comma}{name} from {from} to {to}");
            }
            text
        };
        match (self.at_once.is_empty(), self.at_start.is_empty()) {
            (true, true) => f.write_str("nothing has changed"),
            (false, true) => write!(f, "changed: {}", list(&self.at_once)),
            (true, false) => write!(f, "changed when the chat is started again: {}", list(&self.at_start)),
            (false, false) => write!(
                f,
                "changed: {}; when the chat is started again: {}",
                list(&self.at_once),
                list(&self.at_start)
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::settings;
    use super::*;

    fn change(before: &[&str], after: &[&str]) -> Result<(Settings, String), String> {
        let changed = settings(before, &[]).changed_to(&settings(after, &[]));
        changed.map(|(settings, changes)| (settings, changes.to_string())).map_err(|faults| faults.join("\n"))
    }

    #[test]
    fn each_that_holds_at_once_is_a_setting() {
        for name in AT_ONCE {
            assert!(table::rows().any(|row| row.name == *name), "{name}");
        }
        // Whoever adds a setting thinks of it here.
        let others: Vec<_> =
            table::rows().map(|row| row.name).filter(|name| !AT_ONCE.contains(name)).collect();
        assert!(others.contains(&"listen") && others.contains(&"data"), "{others:?}");
    }

    #[test]
    fn what_can_change_does_and_the_rest_waits() {
        let before = ["--message-rate=5", "--listen=9501", "--words=a.txt", "--push-hosts=a.example"];
        let after =
            ["--message-rate=7", "--listen=9502", "--allow-origin=https://a.example,https://b.example"];
        let (settings, told) = change(&before, &after).unwrap();
        assert_eq!(
            told,
            "changed: allow-origin from nothing to https://a.example, https://b.example, message-rate from 5 to 7, \
             push-hosts from a.example to ntfy.sh, api.day.app, words from a.txt to nothing; when the chat is started \
             again: listen from 9501 to 9502"
        );
        assert_eq!((settings.message_rate, settings.words.as_deref()), (7, None));
        assert_eq!(settings.listen, super::super::tests::settings(&before, &[]).listen);
        let shown = |name| settings.in_force.iter().find(|it| it.name == name).map(|it| it.value.as_str());
        assert_eq!((shown("listen"), shown("message-rate")), (Some("9501"), Some("7")));
        // Again: what waits is told each time, and the rest is not.
        let (_, changes) = settings.changed_to(&super::super::tests::settings(&after, &[])).unwrap();
        assert_eq!(changes.to_string(), "changed when the chat is started again: listen from 9501 to 9502");
        assert!(change(&after, &after).unwrap().1 == "nothing has changed");
    }

    #[test]
    fn where_it_listens_stays_though_no_setting_has_said_so() {
        let mut before = settings(&[], &[]);
        before.listen = settings(&["--listen=unix:passed.sock"], &[]).listen;
        let (after, changes) = before.changed_to(&settings(&["--max-rooms=7"], &[])).unwrap();
        assert_eq!((after.listen, changes.to_string().contains("listen")), (before.listen, false));
    }

    #[test]
    fn what_makes_no_sense_beside_what_waits_is_refused() {
        let told = change(&["--recent=100"], &["--recent=10", "--keep-messages=50"]).unwrap_err();
        assert!(told.contains("recent (100)") && told.ends_with("until the chat is started again"), "{told}");
    }

    #[test]
    fn a_secret_in_an_address_is_not_told() {
        let hook = |key: &str| format!("--robot-hook=http://127.0.0.1:8080/answer?key={key}");
        let told = change(&[&hook("one")], &[&hook("two")]).unwrap().1;
        assert!(told.contains("robot-hook") && !told.contains("one") && !told.contains("two"), "{told}");
        let long = format!("--push-hosts={}", vec!["a.example"; 100].join(","));
        assert!(change(&[], &[&long]).unwrap().1.len() < 300);
    }

    #[test]
    fn an_empty_file_does_not_stand_for_the_defaults() {
        let path = std::env::temp_dir().join(format!("pollcat-empty-{}", std::process::id()));
        let args = ["chat".into(), "--config".into(), path.clone().into_os_string()];
        std::fs::write(&path, "keep-days = 0\n").unwrap();
        assert_eq!(read_again(&args, |_| None).unwrap().keep_days, 0);
        std::fs::write(&path, "").unwrap();
        let told = read_again(&args, |_| None).unwrap_err();
        let begins = format!("cannot read the settings in {}: it is empty", path.display());
        assert!(told.len() == 1 && told[0].starts_with(&begins), "{told:?}");
        std::fs::write(&path, "# all as usual\n").unwrap();
        assert!(read_again(&args, |_| None).is_ok());
        std::fs::remove_file(&path).unwrap();
    }
}
