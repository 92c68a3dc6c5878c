//! What is known of the programs that come by HTTP, and who of them hears that something has happened.

use pollcat::{Peers, RequestId};

use super::late::Late;
use super::paces::Paces;
use super::polls::{Poll, Polls};
use super::postings::Postings;
use super::telling;
use crate::history::Restraint;
use crate::http::unknown::Unknown;
use crate::metrics::Metrics;
use crate::model::Model;
use crate::news::{Change, News};
use crate::refusal::{Code, Refusal};

#[derive(Debug, Default)]
pub(in crate::handler) struct Callers {
    pub paces: Paces,
    pub postings: Postings,
    pub polls: Polls<RequestId>,
    /// Those that come with what is not known here.
    pub(super) late: Unknown<RequestId, Late>,
}

impl Callers {
    /// Something has happened: whoever waits for it is answered now, and so is whoever may not wait for it any more.
    pub(in crate::handler) fn hear(
        &mut self,
        peers: &mut Peers,
        (model, metrics): (&Model, &Metrics),
        news: &News,
    ) {
        match news {
            News::Said { room, event } => {
                let polls = self.polls.of_room(*room, event.offset);
                telling::answer_all(peers, (model, metrics), &mut self.paces, &polls);
            }
            News::Done { .. } | News::Left { .. } | News::Removed { .. } | News::Gone { .. }
                if !self.polls.is_empty() =>
            {
                for poll in self.polls.ended(|poll| lost(model, news, poll).is_some()) {
                    let refusal = lost(model, news, &poll).unwrap_or_else(Refusal::room_is_gone);
                    telling::refuse(peers, metrics, &poll, &refusal);
                }
            }
            _ => {}
        }
    }
}

/// Why a poll has nothing to wait for any more, if it has not.
fn lost<R>(model: &Model, news: &News, poll: &Poll<R>) -> Option<Refusal> {
    let bot = poll.caller.bot;
    if model.key(&poll.caller.hash).is_none() {
        return Some(Refusal::new(Code::BadKey, "this token was revoked"));
    }
    if let News::Done {
        change: Change::Restrained { restraint: Restraint::Ban, person, room: None, is_over: false, .. },
        ..
    } = news
        && *person == bot
    {
        return Some(Refusal::new(Code::Banned, "you may not be here any more"));
    }
    (!model.is_member(bot, poll.room)).then(Refusal::room_is_gone)
}
