//! What these tests share.

use serde_json::Value;

use crate::history::{Discloses, Event, PersonId, Serves, Shape, Target, What};
use crate::sender::Request;
use crate::voices::json::targets::{About, Notice, request};

/// Whom the targets of these tests serve.
pub(super) const ALICE: PersonId = 7;

/// The secret of the specification's own example.
pub(super) const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

pub(super) fn said(offset: u64, author_name: &str, text: &str) -> Event {
    Event {
        author_name: author_name.into(),
        author: 5,
        at: 1_700_000_000_000,
        ..Event::example(offset, What::Text(text.into()))
    }
}

pub(super) fn target(shape: Shape, url: &str, secret: &str) -> Target {
    Target {
        serves: Serves::Person(ALICE),
        shape,
        url: url.into(),
        secret: secret.into(),
        discloses: Discloses::Text,
        is_free: false,
    }
}

pub(super) fn notice<'a>(events: &'a [Event], more: usize) -> Notice<'a> {
    Notice {
        about: About::Said { events, more },
        room: "tea",
        is_private: false,
        link: "https://chat.example/",
        id: "msg_epoch_3_9",
        now: 1_700_000_000_123,
        old_secret: None,
    }
}

/// What is sent of these events.
pub(super) fn sent(target: &Target, events: &[Event]) -> Request {
    request(&notice(events, 0), target).expect("something is sent")
}

pub(super) fn json(request: &Request) -> Value {
    serde_json::from_slice(&request.body).expect("JSON")
}

pub(super) fn header<'a>(request: &'a Request, name: &str) -> Option<&'a str> {
    request.headers.iter().find(|(it, _)| *it == name).map(|(_, value)| value.as_str())
}
