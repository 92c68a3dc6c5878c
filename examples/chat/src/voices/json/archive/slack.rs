//! Slack's export: `users.json`, `channels.json`, and a file of messages for each day of each channel.
//!
//! As of 2026 Slack says so: <https://slack.com/help/articles/220556107-How-to-read-Slack-data-exports>.

use std::io::Read;

use serde::Deserialize;
use serde_json::Value;

use super::elements;
use crate::history::Millis;
use crate::voices::json::hook::slack;

/// So deep is a message looked into for names.
const DEEPEST: usize = 16;
/// Characters of a name behind an id.
const LABEL: usize = 200;
/// What is a message though it has a subtype. All others tell that somebody came, or changed something.
const SAID: [&str; 6] =
    ["bot_message", "me_message", "thread_broadcast", "file_share", "file_comment", "reply_broadcast"];

/// One of a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SlackMessage {
    /// Which person or bot, and how they are called, as far as the message says so.
    pub who: String,
    pub name: Option<String>,
    pub at: Millis,
    pub text: String,
    pub files: u64,
    pub reactions: u64,
    pub is_reply: bool,
    /// Nobody has said it.
    pub is_notice: bool,
}

#[derive(Deserialize)]
struct User {
    id: String,
    name: Option<String>,
    real_name: Option<String>,
    profile: Option<Profile>,
}

#[derive(Deserialize)]
struct Profile {
    display_name: Option<String>,
    real_name: Option<String>,
}

#[derive(Deserialize)]
struct Channel {
    name: String,
}

/// Hears the id and the name of each person.
pub(crate) fn slack_users(from: impl Read, hear: &mut dyn FnMut(String, String)) -> Result<(), String> {
    elements::each(from, &mut |User { id, name, real_name, profile }: User| {
        let (shown, real) = profile.map_or((None, None), |it| (it.display_name, it.real_name));
        let names = [shown, real, real_name, name].into_iter().flatten();
        let name = names.map(|name| name.trim().to_owned()).find(|name| !name.is_empty());
        hear(id, name.unwrap_or_default());
        Ok(())
    })
}

/// Hears the name of each, which is that of its folder.
pub(crate) fn slack_channels(
    from: impl Read,
    hear: &mut dyn FnMut(String) -> Result<(), String>,
) -> Result<(), String> {
    elements::each(from, &mut |Channel { name }: Channel| hear(name))
}

/// Counts what is in a list.
pub(crate) fn slack_count(from: impl Read, count: &mut u64) -> Result<(), String> {
    elements::each(from, &mut |_: serde::de::IgnoredAny| {
        *count += 1;
        Ok(())
    })
}

/// Hears what was said on a day. `name_of` knows the people.
pub(crate) fn slack_day(
    from: impl Read,
    name_of: &dyn Fn(&str) -> Option<String>,
    hear: &mut dyn FnMut(SlackMessage) -> Result<(), String>,
) -> Result<(), String> {
    elements::each(from, &mut |message: Value| hear(told(message, name_of)?))
}

fn told(mut message: Value, name_of: &dyn Fn(&str) -> Option<String>) -> Result<SlackMessage, String> {
    let at = message["ts"].as_str().and_then(millis).ok_or("a message without a time (`ts`)")?;
    let count = |field: &Value| field.as_array().map_or(0, |list| list.len() as u64);
    let files = count(&message["files"]) + u64::from(message["file"].is_object());
    let reactions = count(&message["reactions"]);
    let is_notice = message["type"].as_str().is_some_and(|kind| kind != "message")
        || message["subtype"].as_str().is_some_and(|kind| !SAID.contains(&kind));
    let is_reply = message["thread_ts"].as_str().is_some_and(|of| Some(of) != message["ts"].as_str());
    let text = |field: &Value| field.as_str().map(str::trim).filter(|it| !it.is_empty()).map(str::to_owned);
    let user = text(&message["user"]);
    let profile = &message["user_profile"];
    let name = user.as_deref().and_then(name_of).or_else(|| {
        let fields = [
            &message["username"],
            &profile["display_name"],
            &profile["real_name"],
            &profile["name"],
            &message["bot_profile"]["name"],
        ];
        fields.into_iter().find_map(text)
    });
    // A program may speak under many names.
    let who = user.or_else(|| text(&message["bot_id"])).unwrap_or_default();
    let who =
        if name_of(&who).is_some() { who } else { format!("{who} {}", name.as_deref().unwrap_or_default()) };
    with_names(&mut message, name_of, 0);
    let text = slack::text(&message);
    Ok(SlackMessage { who, name, at, text, files, reactions, is_reply, is_notice })
}

/// `1674834600.123456`: seconds since 1970, and what makes it the only one.
fn millis(ts: &str) -> Option<Millis> {
    let (seconds, fraction) = ts.split_once('.').unwrap_or((ts, "0"));
    let is_plain = |digits: &str| !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit());
    let seconds: Millis = Some(seconds).filter(|it| is_plain(it) && it.len() <= 12)?.parse().ok()?;
    let fraction = Some(fraction).filter(|it| is_plain(it))?;
    let thousandths: Millis = format!("{fraction:0<3}").get(..3)?.parse().ok()?;
    Some(seconds * 1000 + thousandths)
}

/// Writes `@name` for those whom a text names by their id.
fn with_names(value: &mut Value, name_of: &dyn Fn(&str) -> Option<String>, depth: usize) {
    match value {
        Value::String(text) if text.contains("<@") => *text = named(text, name_of),
        Value::Array(list) if depth < DEEPEST => {
            list.iter_mut().for_each(|value| with_names(value, name_of, depth + 1));
        }
        Value::Object(object) if depth < DEEPEST => {
            if object.get("type").is_some_and(|kind| kind == "user")
                && let Some(Value::String(id)) = object.get_mut("user_id")
                && let Some(name) = name_of(id)
            {
                *id = format!("@{name}");
            }
            object.values_mut().for_each(|value| with_names(value, name_of, depth + 1));
        }
        _ => {}
    }
}

fn named(text: &str, name_of: &dyn Fn(&str) -> Option<String>) -> String {
    let mut told = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once("<@") {
        told.push_str(before);
        let end = behind.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(behind.len());
        let after = match &behind[end..] {
            closed if closed.starts_with('>') => Some(&closed[1..]),
            // A name, and no more: what goes on and on is looked at once.
            labelled if labelled.starts_with('|') => {
                let closed = labelled.char_indices().take(LABEL).find(|(_, c)| *c == '>');
                closed.map(|(at, _)| &labelled[at + 1..])
            }
            _ => None,
        };
        match after.and_then(|after| Some((after, name_of(&behind[..end])?))) {
            Some((after, name)) => {
                told.push('@');
                told.push_str(&name);
                rest = after;
            }
            None => {
                told.push_str("<@");
                rest = behind;
            }
        }
    }
    told.push_str(rest);
    told
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name_of(id: &str) -> Option<String> {
        [("U1", "Ann"), ("U2", "小明")].into_iter().find(|(it, _)| *it == id).map(|(_, name)| name.to_owned())
    }

    fn day(text: &str) -> Result<Vec<SlackMessage>, String> {
        let mut told = Vec::new();
        slack_day(text.as_bytes(), &name_of, &mut |message| {
            told.push(message);
            Ok(())
        })?;
        Ok(told)
    }

    #[test]
    fn what_was_said_is_told_in_words() {
        for (message, who, name, text) in [
            (
                r#"{"user":"U1","text":"hi <@U2>, <@U2|ming> &amp; <@U9>"}"#,
                "U1",
                "Ann",
                "hi @小明, @小明 & U9",
            ),
            (
                r#"{"user":"U1","text":"<https://a.example|a page> <!here> <#C1|tea>"}"#,
                "U1",
                "Ann",
                "a page (https://a.example) here #tea",
            ),
            (r#"{"user":"U7","user_profile":{"real_name":"Bob"},"text":"x"}"#, "U7 Bob", "Bob", "x"),
            (
                r#"{"subtype":"bot_message","bot_id":"B1","username":"CI","text":"","attachments":[{"title":"built","text":"in 3 s"}]}"#,
                "B1 CI",
                "CI",
                "built\nin 3 s",
            ),
            (
                r#"{"user":"U2","text":"","blocks":[{"type":"rich_text","elements":[{"type":"rich_text_section","elements":[{"type":"user","user_id":"U1"},{"type":"text","text":" look"}]}]}]}"#,
                "U2",
                "小明",
                "@Ann look",
            ),
        ] {
            let message =
                format!("[{}", message.replacen('{', r#"{"type":"message","ts":"1674834600.123456","#, 1))
                    + "]";
            let told = &day(&message).unwrap()[0];
            assert_eq!((&*told.who, told.name.as_deref(), &*told.text), (who, Some(name), text), "{message}");
            assert!(told.at == 1_674_834_600_123 && !told.is_notice && !told.is_reply);
        }
        let told = &day(
            r#"[{"type":"message","subtype":"channel_join","ts":"1.5","thread_ts":"1.2","files":[{},{}],
                 "reactions":[{"name":"x","count":3}]}]"#,
        )
        .unwrap()[0];
        assert!(told.is_notice && told.is_reply && told.at == 1500, "{told:?}");
        assert_eq!((told.files, told.reactions), (2, 1));
    }

    #[test]
    fn what_is_no_day_is_refused_with_its_line() {
        for (text, why) in [
            ("{}", "a list"),
            ("[\n{\"text\":\"x\"}]", "without a time"),
            ("[{\"ts\":\"yesterday\"}]", "without a time"),
            ("[{\"ts\":\"-1.0\"}]", "without a time"),
            ("[{\"ts\":\"99999999999999999999.0\"}]", "without a time"),
            ("[{\"ts\":\"1.0\"}", "line 1"),
            ("[{\"ts\":\"1.0\"}] x", "line 1"),
            ("", "line 1"),
        ] {
            let told = day(text).unwrap_err();
            assert!(told.contains(why), "{text}: {told}");
        }
        // What is deep or long is read once.
        let deep = format!("[{{\"ts\":\"1.0\",\"text\":\"{}\"}}]", "<@".repeat(1 << 18));
        assert_eq!(day(&deep).unwrap()[0].text.len(), 2 << 18);
        let labels = format!("[{{\"ts\":\"1.0\",\"text\":\"{}\"}}]", "<@U1|".repeat(1 << 17));
        assert_eq!(day(&labels).unwrap()[0].text.len(), 5 << 17);
    }

    #[test]
    fn people_are_called_as_they_want() {
        let users = r#"[{"id":"U1","name":"ann","profile":{"display_name":"Ann","real_name":"Ann B"}},
                        {"id":"U2","name":"bob","real_name":"Bob B","profile":{"display_name":""}},
                        {"id":"U3","name":"ci","deleted":true},{"id":"U4"}]"#;
        let mut told = Vec::new();
        slack_users(users.as_bytes(), &mut |id, name| told.push(format!("{id} {name}"))).unwrap();
        assert_eq!(told, ["U1 Ann", "U2 Bob B", "U3 ci", "U4 "]);
    }
}
