//! What the admin page asks.

use std::borrow::Cow;

use serde::Deserialize;

use crate::ask::Ask;
use crate::history::{Number, PersonId};
use crate::refusal::{Code, Refusal};
use crate::voices::json::asked::{Asked, Fault, find_id};
use crate::voices::json::fields::Addressee;

/// What the page asks, and the id by which it wants the answer.
#[derive(Debug)]
pub(crate) struct PageAsked<'a> {
    pub id: Option<String>,
    pub ask: PageAsk<'a>,
}

#[derive(Debug, PartialEq)]
pub(crate) enum PageAsk<'a> {
    Login(Login<'a>),
    Logout,
    Ping,
    /// Of everybody who is known, those with this in their names, behind this one.
    People {
        query: Cow<'a, str>,
        after: Option<PersonId>,
        limit: Option<u64>,
    },
    Person(PersonId),
    /// The rooms behind this one.
    AllRooms {
        after: Cow<'a, str>,
        limit: Option<u64>,
    },
    /// What was done before this.
    Acts {
        before: Option<Number>,
        limit: Option<u64>,
    },
    WatchFigures(bool),
    Settings,
    Words,
    TryWords(Cow<'a, str>),
    Admins,
    EndAdmin(Number),
    /// What is asked in the chat as well.
    Chat(Ask<'a>),
}

/// By what somebody wants to be let in.
#[derive(Debug, PartialEq)]
pub(crate) enum Login<'a> {
    /// Of a link: it is good once.
    Key(Cow<'a, str>),
    /// Which the page was given for a key.
    Token(Cow<'a, str>),
}

/// The fields of what only this page asks.
#[derive(Deserialize)]
struct Fields<'a> {
    #[serde(borrow, rename = "type")]
    kind: Option<Cow<'a, str>>,
    #[serde(borrow)]
    key: Option<Cow<'a, str>>,
    #[serde(borrow)]
    token: Option<Cow<'a, str>>,
    #[serde(borrow)]
    query: Option<Cow<'a, str>>,
    #[serde(borrow)]
    msg: Option<Cow<'a, str>>,
    #[serde(borrow)]
    after: Option<Addressee<'a>>,
    before: Option<Number>,
    limit: Option<u64>,
    #[serde(borrow)]
    user: Option<Addressee<'a>>,
    session: Option<Number>,
    on: Option<bool>,
}

impl<'a> PageAsked<'a> {
    /// Texts have at most `longest` bytes.
    pub(crate) fn parse(text: &'a str, longest: usize) -> Result<Self, Fault> {
        let ask = if text.len() <= longest { ask(text).transpose() } else { None };
        match ask {
            Some(Ok(ask)) => Ok(PageAsked { id: find_id(text), ask }),
            Some(Err(refusal)) => Err(Fault { id: find_id(text), refusal }),
            None => {
                Asked::parse(text, longest).map(|Asked { id, ask }| PageAsked { id, ask: PageAsk::Chat(ask) })
            }
        }
    }
}

/// `None`: it is nothing that only this page asks, or nothing at all.
fn ask(text: &str) -> Result<Option<PageAsk<'_>>, Refusal> {
    let Ok(fields) = serde_json::from_str::<Fields<'_>>(text) else {
        return Ok(None);
    };
    let Fields { kind: Some(kind), query, after, before, limit, session, .. } = fields else {
        return Ok(None);
    };
    let missing = |field: &str| Refusal::bad_field(format!("`{field}` is missing in `{kind}`"));
    let wrong = |field: &str| Refusal::bad_field(format!("`{field}` is wrong in `{kind}`"));
    Ok(Some(match &*kind {
        "login" => match (fields.key, fields.token) {
            (Some(key), None) => PageAsk::Login(Login::Key(key)),
            (None, Some(token)) => PageAsk::Login(Login::Token(token)),
            _ => return Err(Refusal::bad_field("either `key` or `token`")),
        },
        "logout" => PageAsk::Logout,
        "ping" => PageAsk::Ping,
        "people" => {
            let after = match after {
                None => None,
                Some(Addressee::Id(id)) => Some(id),
                Some(Addressee::Name(_)) => return Err(wrong("after")),
            };
            PageAsk::People { query: query.unwrap_or_default(), after, limit }
        }
        "person" => match fields.user.ok_or_else(|| missing("user"))? {
            Addressee::Id(id) => PageAsk::Person(id),
            Addressee::Name(_) => return Err(wrong("user")),
        },
        "all_rooms" => {
            let after = match after {
                None => Cow::Borrowed(""),
                Some(Addressee::Name(name)) => name,
                Some(Addressee::Id(_)) => return Err(wrong("after")),
            };
            PageAsk::AllRooms { after, limit }
        }
        "acts" => PageAsk::Acts { before, limit },
        "watch_figures" => PageAsk::WatchFigures(fields.on.unwrap_or(true)),
        "settings" => PageAsk::Settings,
        "words" => PageAsk::Words,
        "try_words" => PageAsk::TryWords(fields.msg.ok_or_else(|| missing("msg"))?),
        "admins" => PageAsk::Admins,
        "end_admin" => PageAsk::EndAdmin(session.ok_or_else(|| missing("session"))?),
        _ => return Ok(None),
    }))
}

/// What is asked in the chat, and not here.
pub(crate) fn is_not_for_here() -> Refusal {
    Refusal::new(Code::UnknownType, "that is asked in the chat, not here")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ask::Wish;

    fn parse(text: &str) -> Result<PageAsk<'_>, Code> {
        PageAsked::parse(text, 64 << 10).map(|asked| asked.ask).map_err(|fault| fault.refusal.code)
    }

    #[test]
    fn what_only_the_page_asks_is_understood() {
        let table = [
            (r#"{"type":"login","key":"K"}"#, PageAsk::Login(Login::Key("K".into()))),
            (r#"{"type":"login","token":"T"}"#, PageAsk::Login(Login::Token("T".into()))),
            (r#"{"type":"logout"}"#, PageAsk::Logout),
            (r#"{"type":"ping"}"#, PageAsk::Ping),
            (
                r#"{"type":"people","query":"an","after":3,"limit":5}"#,
                PageAsk::People { query: "an".into(), after: Some(3), limit: Some(5) },
            ),
            (r#"{"type":"people"}"#, PageAsk::People { query: "".into(), after: None, limit: None }),
            (r#"{"type":"person","user":7}"#, PageAsk::Person(7)),
            (r#"{"type":"all_rooms","after":"tea"}"#, PageAsk::AllRooms { after: "tea".into(), limit: None }),
            (r#"{"type":"acts","before":9}"#, PageAsk::Acts { before: Some(9), limit: None }),
            (r#"{"type":"watch_figures","on":false}"#, PageAsk::WatchFigures(false)),
            (r#"{"type":"settings"}"#, PageAsk::Settings),
            (r#"{"type":"words"}"#, PageAsk::Words),
            (r#"{"type":"try_words","msg":"a \"b\""}"#, PageAsk::TryWords("a \"b\"".into())),
            (r#"{"type":"admins"}"#, PageAsk::Admins),
            (r#"{"type":"end_admin","session":4}"#, PageAsk::EndAdmin(4)),
        ];
        for (text, ask) in table {
            assert_eq!(parse(text), Ok(ask), "{text}");
        }
        let asked = PageAsked::parse(r#"{"type":"admins","id":"a-1"}"#, 64 << 10).unwrap();
        assert_eq!(asked.id.as_deref(), Some("a-1"));
    }

    #[test]
    fn the_rest_is_what_the_chat_asks() {
        let text = r#"{"type":"delete","room":"tea","offset":4}"#;
        let ask = Ask::Wish(Wish::TakeBack { room: "tea".into(), offset: 4 });
        assert_eq!(parse(text), Ok(PageAsk::Chat(ask)));
        for (text, code) in [
            ("", Code::BadJson),
            ("[]", Code::BadField),
            (r#"{"type":"what"}"#, Code::UnknownType),
            (r#"{"type":"login"}"#, Code::BadField),
            (r#"{"type":"login","key":"a","token":"b"}"#, Code::BadField),
            (r#"{"type":"person"}"#, Code::BadField),
            (r#"{"type":"person","user":"bob"}"#, Code::BadField),
            (r#"{"type":"people","after":"bob"}"#, Code::BadField),
            (r#"{"type":"end_admin"}"#, Code::BadField),
        ] {
            assert_eq!(parse(text), Err(code), "{text}");
        }
        assert_eq!(PageAsked::parse(r#"{"type":"ping"}"#, 10).unwrap_err().refusal.code, Code::TooLong);
    }
}
