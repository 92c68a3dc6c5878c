//! What goes out to targets, as the software there takes it. Nothing here knows a connection: a [`Request`] is made of a
//! [`Notice`], and what came back is read.
//!
//! | file | what it knows |
//! |---|---|
//! | `notice.rs` | what is told, and how much of it |
//! | `words.rs`, `cut.rs` | the same in words for people, as long as there is room for |
//! | `phones.rs`, `groups.rs` | software that rings a phone, and software in which a group talks |
//! | `webhook.rs` | programs: all of it, signed; and what the robot is asked |
//! | `sign.rs` | signatures and their secrets |
//! | `place.rs` | what an address means to whom, and whether a target can work |
//! | `read.rs` | answers that say 200 and mean something else |

mod cut;
mod groups;
mod notice;
mod phones;
mod place;
mod read;
mod sign;
mod webhook;
mod words;

#[cfg(test)]
mod tests;

use crate::history::{Millis, Shape, Target};
use crate::sender::Request;

pub(crate) use notice::{About, Notice, Question};
pub(crate) use place::check;
pub(crate) use read::read;
pub(crate) use webhook::robot_request;

/// What is sent. `None`: nothing is left to be told of.
pub(crate) fn request(notice: &Notice<'_>, target: &Target) -> Option<Request> {
    if notice.count() == Some(0) {
        return None;
    }
    Some(match target.shape {
        Shape::Webhook => webhook::request(notice, target),
        Shape::Ntfy | Shape::Bark | Shape::Gotify => phones::request(notice, target),
        Shape::Slack | Shape::Discord | Shape::Wecom | Shape::Dingtalk | Shape::Feishu => {
            groups::request(notice, target)
        }
    })
}

/// Between two deliveries to one target: what its software allows, and a little more. Who comes too often is shut out for minutes.
pub(crate) fn interval(shape: Shape) -> Millis {
    match shape {
        Shape::Webhook => 100,
        Shape::Slack | Shape::Ntfy | Shape::Bark | Shape::Gotify | Shape::Feishu => 1_000,
        Shape::Discord => 2_000,
        // 20 in a minute.
        Shape::Wecom | Shape::Dingtalk => 3_100,
    }
}
