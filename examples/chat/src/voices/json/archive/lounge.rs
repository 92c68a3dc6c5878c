//! What The Lounge keeps of a message in a column: an object with who has said it, and the text.

use serde::Deserialize;

#[derive(Deserialize)]
struct Message {
    #[serde(default)]
    text: String,
    from: Option<From>,
}

#[derive(Deserialize)]
struct From {
    nick: Option<String>,
}

/// Who has said it, and the text. `None`: nobody has.
///
/// # Errors
///
/// It is none of The Lounge's.
pub(crate) fn lounge_message(what: &str) -> Result<Option<(String, String)>, String> {
    let Message { text, from } = serde_json::from_str(what).map_err(|error| error.to_string())?;
    let nick = from.and_then(|from| from.nick).filter(|nick| !nick.is_empty());
    Ok(nick.map(|nick| (nick, text)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_has_a_nick_and_a_text() {
        let told =
            lounge_message(r#"{"from":{"mode":"@","nick":"ann"},"text":"hi","self":false,"users":[]}"#);
        assert_eq!(told, Ok(Some(("ann".to_owned(), "hi".to_owned()))));
        for nobody in [r#"{"text":"x"}"#, r#"{"from":{},"text":"x"}"#, r#"{"from":null}"#] {
            assert_eq!(lounge_message(nobody), Ok(None), "{nobody}");
        }
        for wrong in ["", "[", r#"{"text":1}"#, r#"{"from":"ann"}"#] {
            assert!(lounge_message(wrong).is_err(), "{wrong}");
        }
    }
}
