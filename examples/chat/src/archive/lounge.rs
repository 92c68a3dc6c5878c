//! What The Lounge has kept of what somebody has heard: a folder of logs, or its file of SQLite.
//!
//! Only channels come: talks of two are passed over, as here all could read them.

use std::fs;
use std::path::{Path, PathBuf};

use super::foreign::{Heard, LeftOut, Source};
use super::irc::{self, Line};
use super::lines;
use crate::history::{LoungeChannel, LoungeFile, Millis};
use crate::voices::json::archive::lounge_message;

/// What names of channels begin with.
const CHANNELS: [char; 4] = ['#', '&', '+', '!'];
const ORIGIN: &str = "irc";
const TALKS: &str = "talks with people and networks";

/// The logs of one person.
pub(super) struct Logs {
    channels: Vec<PathBuf>,
    talks: u64,
}

pub(super) struct Kept {
    file: LoungeFile,
    channels: Vec<LoungeChannel>,
    talks: u64,
}

/// Whichever it is.
pub(super) fn open(path: &Path) -> Result<Box<dyn Source>, String> {
    match fs::metadata(path) {
        Ok(metadata) if metadata.is_dir() => Ok(Box::new(Logs::open(path)?)),
        Ok(_) => Ok(Box::new(Kept::open(path)?)),
        Err(error) => Err(format!("{} cannot be read: {error}", path.display())),
    }
}

impl Logs {
    /// `logs/USER/NETWORK/CHANNEL.log`: the folder of a person, or that of all if there is but one.
    fn open(folder: &Path) -> Result<Self, String> {
        let mut networks = folders(folder)?;
        if !networks.is_empty() && logs(&networks)?.is_empty() {
            let mut users = Vec::new();
            for user in networks {
                let theirs = folders(&user)?;
                if !logs(&theirs)?.is_empty() {
                    users.push((user.display().to_string(), theirs));
                }
            }
            if users.len() > 1 {
                let users: Vec<String> = users.into_iter().map(|(user, _)| user).collect();
                return Err(format!(
                    "{} has the logs of several people, who may have heard the same: name one of {}",
                    folder.display(),
                    users.join(", ")
                ));
            }
            networks = users.pop().map(|(_, theirs)| theirs).unwrap_or_default();
        }
        let (channels, talks): (Vec<PathBuf>, Vec<PathBuf>) =
            logs(&networks)?.into_iter().partition(|log| is_channel(&name(log)));
        match channels.is_empty() {
            true => Err(format!(
                "{} has no logs of channels: name the folder that has NETWORK/#CHANNEL.log in it",
                folder.display()
            )),
            false => Ok(Logs { channels, talks: talks.len() as u64 }),
        }
    }
}

impl Source for Logs {
    fn origin(&self) -> &'static str {
        ORIGIN
    }

    fn channels(&self) -> Vec<String> {
        self.channels.iter().map(|log| name(log)).collect()
    }

    fn each(
        &self,
        channel: usize,
        left_out: &mut LeftOut,
        hear: &mut dyn FnMut(Heard) -> Result<(), String>,
    ) -> Result<(), String> {
        lines::each(&self.channels[channel], &mut |_, line| {
            let Line { at, said } = irc::line(line)?;
            match said {
                Some((nick, text)) => hear(said_by(nick, at, text)),
                None => {
                    left_out.count("notices", 1);
                    Ok(())
                }
            }
        })
        .map(drop)
    }

    fn passed_over(&self) -> Vec<(&'static str, u64)> {
        vec![(TALKS, self.talks)]
    }
}

impl Kept {
    fn open(path: &Path) -> Result<Self, String> {
        let file = LoungeFile::open(path)?;
        let (channels, talks): (Vec<LoungeChannel>, Vec<LoungeChannel>) =
            file.channels()?.into_iter().partition(|it| is_channel(&it.channel));
        Ok(Kept { file, channels, talks: talks.len() as u64 })
    }
}

impl Source for Kept {
    fn origin(&self) -> &'static str {
        ORIGIN
    }

    fn channels(&self) -> Vec<String> {
        self.channels.iter().map(|it| it.channel.clone()).collect()
    }

    fn each(
        &self,
        channel: usize,
        left_out: &mut LeftOut,
        hear: &mut dyn FnMut(Heard) -> Result<(), String>,
    ) -> Result<(), String> {
        self.file.each(&self.channels[channel], &mut |row| {
            let before = match &*row.kind {
                "message" | "notice" => "",
                "action" => "* ",
                _ => {
                    left_out.count("notices", 1);
                    return Ok(());
                }
            };
            match lounge_message(&row.what)? {
                Some((nick, text)) => hear(said_by(nick, row.at, format!("{before}{}", irc::plain(&text)))),
                None => {
                    left_out.count("notices", 1);
                    Ok(())
                }
            }
        })
    }

    fn passed_over(&self) -> Vec<(&'static str, u64)> {
        vec![(TALKS, self.talks)]
    }
}

/// On IRC somebody is whom they are called, in large letters and small ones.
fn said_by(nick: String, at: Millis, text: String) -> Heard {
    Heard { who: nick.to_lowercase(), was: nick.clone(), name: nick, at, text }
}

fn is_channel(name: &str) -> bool {
    name.starts_with(CHANNELS)
}

fn name(log: &Path) -> String {
    log.file_stem().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

/// What is in a folder, in order; links are not followed.
fn entries(folder: &Path, is_wanted: fn(&fs::FileType, &Path) -> bool) -> Result<Vec<PathBuf>, String> {
    let wrong = |error| format!("{}: {error}", folder.display());
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(wrong)? {
        let entry = entry.map_err(wrong)?;
        let path = entry.path();
        if is_wanted(&entry.file_type().map_err(wrong)?, &path) {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

fn folders(folder: &Path) -> Result<Vec<PathBuf>, String> {
    entries(folder, |kind, _| kind.is_dir())
}

fn logs(folders: &[PathBuf]) -> Result<Vec<PathBuf>, String> {
    let mut logs = Vec::new();
    for folder in folders {
        logs.extend(entries(folder, |kind, path| {
            kind.is_file() && path.extension().is_some_and(|end| end == "log")
        })?);
    }
    Ok(logs)
}
