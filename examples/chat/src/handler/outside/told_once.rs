//! A key or a secret was made: it is told once, to whoever has asked for it.

use pollcat::Peers;

use crate::handler::hall::Hall;
use crate::history::{Act, Deed, Done, Entry, KeyKind};
use crate::reply::{KeyGiven, Reply};
use crate::tickets::Asker;

/// A bot has one more key.
pub(in crate::handler) fn key(
    hall: &mut Hall,
    peers: &mut Peers,
    asker: &Asker,
    entry: &Entry,
    done: &Done,
    key: &str,
) {
    let (Entry::Act(Deed { act: Act::GiveKey { bot, kind, room, pace, .. }, .. }), &Done::Numbered(number)) =
        (entry, done)
    else {
        return hall.answer(peers, asker, &Reply::Acted);
    };
    let url =
        (*kind == KeyKind::Hook).then(|| format!("{}/hooks/{key}", hall.public_url.trim_end_matches('/')));
    let (bot, kind, room, pace, url) = (*bot, *kind, *room, *pace, url.as_deref());
    hall.answer(peers, asker, &Reply::Key(KeyGiven { number, bot, kind, room, pace, key, url }));
}

/// A target was made, or signs with another secret.
pub(in crate::handler) fn target(
    hall: &mut Hall,
    peers: &mut Peers,
    asker: &Asker,
    entry: &Entry,
    done: &Done,
    secret: Option<&str>,
) {
    let target = match (entry, done) {
        (Entry::Act(Deed { act: Act::AddTarget { .. }, .. }), &Done::Numbered(number)) => number,
        (Entry::Act(Deed { act: Act::RotateTarget { target, .. }, .. }), _) => *target,
        _ => return hall.answer(peers, asker, &Reply::Acted),
    };
    hall.answer(peers, asker, &Reply::Target { target, secret });
}
