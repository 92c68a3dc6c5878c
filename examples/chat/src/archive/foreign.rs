//! What other programs have kept becomes rooms of this chat: each channel one, and what was said in it, by people who are gone.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use super::names::{self, Rooms};
use crate::history::{Annex, Millis, PersonId};
use crate::model::legible::{is_nothing, legible};
use crate::run::settings::Settings;

/// Characters of a text. No setting allows more.
const LONGEST: usize = 65_536;
/// No other clock is so much ahead and right. A history with messages of the future has no age by which anything is given up.
const TOLERANCE: Millis = 86_400_000;
/// So many rooms are told of that are called otherwise, and so many people.
const MOST_TOLD: usize = 20;

/// An export, as it lies there.
pub(super) trait Source {
    /// Where it comes from, in a word that may be in a name.
    fn origin(&self) -> &'static str;
    /// How its channels are called.
    fn channels(&self) -> Vec<String>;
    /// Hears what was said in one of them, in the order of time. `left_out` counts what is not.
    fn each(
        &self,
        channel: usize,
        left_out: &mut LeftOut,
        hear: &mut dyn FnMut(Heard) -> Result<(), String>,
    ) -> Result<(), String>;
    /// What is not even looked at.
    fn passed_over(&self) -> Vec<(&'static str, u64)>;
}

/// Something that was said.
pub(super) struct Heard {
    /// Which of its people; how they were called there, and how they are called here, if that can be had.
    pub who: String,
    pub was: String,
    pub name: String,
    pub at: Millis,
    pub text: String,
}

/// What there is more, by its name.
#[derive(Debug, Default)]
pub(super) struct LeftOut(BTreeMap<&'static str, u64>);

impl LeftOut {
    pub(super) fn count(&mut self, what: &'static str, more: u64) {
        if more > 0 {
            *self.0.entry(what).or_default() += more;
        }
    }

    fn told(&self) -> Option<String> {
        let told: Vec<String> = self.0.iter().map(|(what, count)| format!("{count} {what}")).collect();
        (!told.is_empty()).then(|| told.join(", "))
    }
}

/// Takes all of it in.
pub(super) fn import(
    settings: &Settings,
    (data, from): (&Path, &Path),
    source: &dyn Source,
    now: Millis,
) -> Result<String, String> {
    let mut annex = Annex::begin(data)?;
    let mut coming = Coming {
        settings,
        origin: source.origin(),
        now,
        people: HashMap::new(),
        renamed: Vec::new(),
        left_out: LeftOut::default(),
        messages: 0,
        old: 0,
    };
    for (what, count) in source.passed_over() {
        coming.left_out.count(what, count);
    }
    let mut rooms = Rooms::new(&annex.names()?, settings.max_room_name);
    let (mut made, mut renamed) = (0, Vec::new());
    for (number, channel) in source.channels().iter().enumerate() {
        let Some(name) = coming.channel(&mut annex, source, number, (channel, &mut rooms))? else { continue };
        made += 1;
        if name != channel.trim_start_matches('#') {
            renamed.push(format!("{} is {name}", channel.escape_debug()));
        }
    }
    if coming.messages == 0 {
        return Err(format!("{}: nothing was said in it. Nothing was changed", from.display()));
    }
    let kept = annex.finish()?;
    let mut told = format!(
        "{} has {} messages more, of {} people in {made} rooms, from {}",
        data.display(),
        coming.messages,
        coming.people.len(),
        from.display()
    );
    let renamed = otherwise("", renamed);
    let people = otherwise("people ", coming.renamed);
    let left_out = coming.left_out.told().map(|told| format!("what did not come: {told}"));
    let old = (coming.old > 0).then(|| {
        format!(
            "{} messages are given up when the chat starts, by --keep-days {} and --keep-messages {}, unless these say otherwise",
            coming.old, settings.keep_days, settings.keep_messages
        )
    });
    let kept = kept.map(|old| format!("what was there is {} now", old.display()));
    for part in [renamed, people, left_out, old, kept].into_iter().flatten() {
        told.push_str("; ");
        told.push_str(&part);
    }
    Ok(told)
}

/// The first of those that have another name here.
fn otherwise(who: &str, mut renamed: Vec<String>) -> Option<String> {
    let more = renamed.len().saturating_sub(MOST_TOLD);
    renamed.truncate(MOST_TOLD);
    if more > 0 {
        renamed.push(format!("and {more} more"));
    }
    (!renamed.is_empty()).then(|| format!("{who}called otherwise: {}", renamed.join(", ")))
}

/// What has come so far.
struct Coming<'a> {
    settings: &'a Settings,
    origin: &'static str,
    now: Millis,
    people: HashMap<String, (PersonId, String)>,
    /// Those of them whose name is another one here.
    renamed: Vec<String>,
    left_out: LeftOut,
    messages: u64,
    /// Of these the chat gives up so many.
    old: u64,
}

impl Coming<'_> {
    /// A channel becomes a room, if anything was said in it: how that is called.
    fn channel(
        &mut self,
        annex: &mut Annex,
        source: &dyn Source,
        number: usize,
        (channel, rooms): (&str, &mut Rooms),
    ) -> Result<Option<String>, String> {
        let (mut left_out, mut room) = (LeftOut::default(), None);
        let (mut said, mut too_old) = (0, 0);
        let since = match self.settings.keep_days {
            0 => Millis::MIN,
            days => self.now.saturating_sub(days as Millis * 86_400_000),
        };
        let heard = source.each(number, &mut left_out, &mut |heard| {
            if heard.at > self.now.saturating_add(TOLERANCE) {
                self.left_out.count("messages of a time that is still to come", 1);
                return Ok(());
            }
            let Some(text) = self.text(&heard.text) else { return Ok(()) };
            let id = match &room {
                Some((id, _)) => *id,
                None => {
                    let (name, keys) = rooms.take(channel, self.origin);
                    let id = annex.room((name.clone(), keys.split()), heard.at)?;
                    room = Some((id, name));
                    id
                }
            };
            let count = self.people.len() + 1;
            let (person, name) = self.people.entry(heard.who).or_insert_with(|| {
                let name = names::person(&heard.name, self.settings.max_name, self.origin, count);
                if name != heard.was {
                    self.renamed.push(format!("{} is {name}", heard.was.escape_debug()));
                }
                (annex.person(), name)
            });
            annex.say(id, (*person, name), heard.at, text)?;
            said += 1;
            too_old += u64::from(heard.at < since);
            Ok(())
        });
        left_out.0.into_iter().for_each(|(what, count)| self.left_out.count(what, count));
        heard?;
        self.messages += said;
        self.old += too_old.max(said.saturating_sub(self.settings.keep_messages));
        Ok(room.map(|(_, name)| name))
    }

    /// As it can be said here. `None`: it says nothing.
    fn text(&mut self, text: &str) -> Option<String> {
        let cleaned: String = text.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect();
        let mut text = legible(cleaned.trim_end().into());
        if is_nothing(&text) {
            self.left_out.count("messages without words", 1);
            return None;
        }
        if let Some((end, _)) = text.char_indices().nth(LONGEST) {
            text.truncate(end);
            self.left_out.count("ends of very long messages", 1);
        }
        Some(text)
    }
}
