//! What is told, and how much of it.

use crate::history::{Discloses, Event, Millis, Serves, Target, What};

const LONGEST_LINK: usize = 500;

/// What somebody is told outside the chat.
#[derive(Debug)]
pub(crate) struct Notice<'a> {
    pub about: About<'a>,
    /// The title of the room; of a private talk, the other one's name.
    pub room: &'a str,
    pub is_private: bool,
    /// Where it can be read.
    pub link: &'a str,
    /// Of the delivery: the same however often it is tried.
    pub id: &'a str,
    /// By the clock on the wall.
    pub now: Millis,
    /// While it signs as well.
    pub old_secret: Option<&'a str>,
}

#[derive(Debug, Clone, Copy)]
pub(crate) enum About<'a> {
    Said {
        /// What is no message is passed over.
        events: &'a [Event],
        /// So many that are not among them.
        more: usize,
    },
    /// Somebody wants to see whether it arrives.
    Test,
}

/// What the robot is asked, for the program that answers.
#[derive(Debug)]
pub(crate) struct Question<'a> {
    pub room: &'a str,
    pub asked: &'a Event,
    /// What was said before it, oldest first.
    pub context: &'a [Event],
}

impl<'a> Notice<'a> {
    /// What can be read, oldest first. What was taken back cannot.
    pub(super) fn messages(&self) -> impl Iterator<Item = Message<'a>> + use<'a> {
        let events = match self.about {
            About::Said { events, .. } => events,
            About::Test => &[],
        };
        events.iter().filter_map(Message::of)
    }

    /// How many messages it is about. `None`: it is about none.
    pub(super) fn count(&self) -> Option<usize> {
        match self.about {
            About::Said { more, .. } => Some(self.messages().count() + more),
            About::Test => None,
        }
    }

    /// Where it can be read; without the room, if nobody is to be told of it. Nothing, if it is too long for a phone.
    pub(super) fn link(&self, discloses: Discloses) -> &'a str {
        let whole = self.link.split('#').next().filter(|_| !names_are_told(discloses));
        Some(whole.unwrap_or(self.link)).filter(|link| link.len() <= LONGEST_LINK).unwrap_or_default()
    }

    /// Does it call somebody, so that a phone may be loud?
    pub(super) fn is_urgent(&self, target: &Target) -> bool {
        let Serves::Person(person) = target.serves else { return false };
        let calls =
            |message: Message<'_>| message.event.mentions.contains(&person) || message.event.call.is_some();
        self.is_private || self.messages().any(calls)
    }
}

/// An event that has words for people.
#[derive(Debug, Clone, Copy)]
pub(super) struct Message<'a> {
    pub event: &'a Event,
    pub text: &'a str,
    pub is_picture: bool,
}

impl<'a> Message<'a> {
    pub(super) fn of(event: &'a Event) -> Option<Self> {
        let (text, is_picture) = match &event.what {
            What::Text(text) => (text, false),
            What::Picture { caption, .. } => (caption, true),
            What::Deleted | What::Deletion { .. } | What::Purge { .. } => return None,
        };
        Some(Message { event, text, is_picture })
    }
}

/// May it be told who has spoken, and where?
pub(super) fn names_are_told(discloses: Discloses) -> bool {
    match discloses {
        Discloses::Nothing => false,
        Discloses::Sender | Discloses::Text => true,
    }
}
