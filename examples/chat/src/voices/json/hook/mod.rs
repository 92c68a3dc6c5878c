//! What is sent to a hook becomes a text: the shape of Slack and Mattermost, which nearly everything that watches, builds or
//! counts can send; a form with it; or plain text.
//!
//! | file | what it knows |
//! |---|---|
//! | `slack.rs` | the lines of a message with attachments and blocks |
//! | `mrkdwn.rs` | how Slack writes links, names and what calls people, in words |
//! | `form.rs` | the pairs of a form |

mod form;
mod mrkdwn;
pub(super) mod slack;
#[cfg(test)]
mod tests;

use serde_json::Value;

use crate::http::media::Media;

/// What is to be said, and as whom, if the sender has a name for that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Hooked {
    pub text: String,
    pub username: Option<String>,
}

/// # Errors
///
/// Why it cannot be read, in words for whoever sent it.
pub(crate) fn hooked(media: Media, body: &[u8]) -> Result<Hooked, String> {
    let text = str::from_utf8(body).map_err(|_| "the body is no UTF-8".to_owned())?;
    let is_json = text.trim_start().starts_with('{');
    let hooked = match media {
        Media::Json => of_json(text)?,
        Media::Form | Media::Unsaid if is_json => of_json(text)?,
        Media::Form => of_form(text)?,
        Media::Text | Media::Unsaid => plain(text),
    };
    match hooked.text.trim().is_empty() {
        true => Err("no text".to_owned()),
        false => Ok(hooked),
    }
}

fn of_json(text: &str) -> Result<Hooked, String> {
    let value: Value = serde_json::from_str(text).map_err(|error| format!("this is no JSON: {error}"))?;
    let username = value["username"].as_str().map(str::trim).filter(|name| !name.is_empty());
    Ok(Hooked { text: slack::text(&value), username: username.map(str::to_owned) })
}

/// `payload=` has the JSON, as Slack takes it too. Whoever sends neither that nor a text has
/// sent one with `curl -d`.
fn of_form(text: &str) -> Result<Hooked, String> {
    let value = |name: &str| form::pairs(text).find(|(found, _)| found == name).map(|(_, value)| value);
    if let Some(payload) = value("payload") {
        return of_json(&payload);
    }
    let username = value("username").filter(|name| !name.trim().is_empty());
    Ok(match (value("text"), value("message")) {
        (Some(text), _) => Hooked { text, username },
        (None, Some(message)) => {
            let text = [value("title").unwrap_or_default(), message].join("\n").trim().to_owned();
            Hooked { text, username }
        }
        (None, None) => plain(text),
    })
}

fn plain(text: &str) -> Hooked {
    Hooked { text: text.trim_end().to_owned(), username: None }
}
