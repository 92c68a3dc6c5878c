//! The folder of an export of Slack's, unpacked: `users.json`, `channels.json`, and for each public channel a folder of days.
//!
//! Private channels and talks are passed over: here all could read them.

use std::collections::{HashMap, HashSet};
use std::fs::{self, File};
use std::io::BufReader;
use std::path::{Path, PathBuf};

use super::foreign::{Heard, LeftOut, Source};
use super::{lines, names};
use crate::voices::json::archive::{SlackMessage, slack_channels, slack_count, slack_day, slack_users};

/// Bytes of a file: no day has more.
const LONGEST: u64 = 256 << 20;
const ORIGIN: &str = "slack";

pub(super) struct Slack {
    folder: PathBuf,
    channels: Vec<String>,
    /// By their ids: how they were called, and how they are called here.
    people: HashMap<String, (String, String)>,
    passed_over: Vec<(&'static str, u64)>,
}

impl Slack {
    pub(super) fn open(folder: &Path, max_name: usize) -> Result<Self, String> {
        if !folder.is_dir() {
            return Err(format!(
                "{} is no folder: unpack Slack's .zip, and name the folder that has channels.json",
                folder.display()
            ));
        }
        let mut people = HashMap::new();
        read(&folder.join("users.json"), |file| {
            slack_users(file, &mut |id, name| {
                let here = names::person(&name, max_name, ORIGIN, people.len() + 1);
                people.insert(id, (name, here));
            })
        })?;
        let channels = channels(&folder.join("channels.json"))?;
        let mut passed_over = Vec::new();
        for (file, what) in [
            ("groups.json", "private channels"),
            ("dms.json", "talks of two"),
            ("mpims.json", "talks of several"),
        ] {
            let path = folder.join(file);
            if fs::symlink_metadata(&path).is_ok() {
                let mut count = 0;
                read(&path, |file| slack_count(file, &mut count))?;
                passed_over.push((what, count));
            }
        }
        Ok(Slack { folder: folder.to_owned(), channels, people, passed_over })
    }

    /// The days of a channel, in their order.
    fn days(&self, channel: &str) -> Result<Vec<PathBuf>, String> {
        let folder = self.folder.join(channel);
        let is_folder = fs::symlink_metadata(&folder).is_ok_and(|metadata| metadata.is_dir());
        if !is_folder {
            // Nobody has said anything there.
            return Ok(Vec::new());
        }
        let entries = fs::read_dir(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        let mut days = Vec::new();
        for entry in entries {
            let path = entry.map_err(|error| format!("{}: {error}", folder.display()))?.path();
            days.extend(Some(path).filter(|path| path.extension().is_some_and(|end| end == "json")));
        }
        days.sort();
        Ok(days)
    }
}

impl Source for Slack {
    fn origin(&self) -> &'static str {
        ORIGIN
    }

    fn channels(&self) -> Vec<String> {
        self.channels.clone()
    }

    fn each(
        &self,
        channel: usize,
        left_out: &mut LeftOut,
        hear: &mut dyn FnMut(Heard) -> Result<(), String>,
    ) -> Result<(), String> {
        let name_of = |id: &str| self.people.get(id).map(|(_, here)| here.clone());
        for path in self.days(&self.channels[channel])? {
            let mut day: Vec<SlackMessage> = Vec::new();
            read(&path, |file| {
                slack_day(file, &name_of, &mut |message| {
                    left_out.count("files", message.files);
                    left_out.count("reactions", message.reactions);
                    match message.is_notice {
                        true => left_out.count("notices", 1),
                        false => {
                            left_out.count(
                                "threads' replies as such: they stand among the others",
                                u64::from(message.is_reply),
                            );
                            day.push(message);
                        }
                    }
                    Ok(())
                })
            })?;
            day.sort_by_key(|message| message.at);
            for SlackMessage { who, name, at, text, .. } in day {
                let name = name.unwrap_or_default();
                let was = self.people.get(&who).map_or(&name, |(was, _)| was).clone();
                hear(Heard { who, was, name, at, text })?;
            }
        }
        Ok(())
    }

    fn passed_over(&self) -> Vec<(&'static str, u64)> {
        self.passed_over.clone()
    }
}

/// Their names are those of folders, and lead nowhere else.
fn channels(path: &Path) -> Result<Vec<String>, String> {
    let (mut channels, mut known) = (Vec::new(), HashSet::new());
    read(path, |file| {
        slack_channels(file, &mut |name| {
            let is_plain = !name.is_empty() && !name.starts_with('.') && !name.contains(['/', '\0']);
            if !is_plain {
                return Err(format!("no channel is called `{}`", name.escape_debug()));
            }
            // Two of one name have one folder: what was said in it comes once.
            if known.insert(name.clone()) {
                channels.push(name);
            }
            Ok(())
        })
    })?;
    Ok(channels)
}

fn read(path: &Path, with: impl FnOnce(BufReader<File>) -> Result<(), String>) -> Result<(), String> {
    let file = lines::open(path)?;
    if file.metadata().is_ok_and(|metadata| metadata.len() > LONGEST) {
        return Err(format!("{} is larger than any day", path.display()));
    }
    with(BufReader::with_capacity(1 << 16, file)).map_err(|wrong| format!("{}: {wrong}", path.display()))
}
