//! Wishes: the model decides, and what it has decided is on its way to the disk.

use std::borrow::Cow;
use std::time::Instant;

use pollcat::Peers;

use super::hall::Hall;
use super::{bans, greeting};
use crate::ask::{Aimed, Intent, To, Wish};
use crate::cost::Cost;
use crate::history::{Act, Append, By, Deed, Entry, RoomId, RoomKind};
use crate::model::Decision;
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::tickets::{Asker, Waiting};
use crate::voices::json::targets;
use crate::words::weight;

/// What is to happen when a wish is on disk.
enum Then {
    Say,
    Open,
    Enter,
    Leave,
    Rename,
    /// An act: with these addresses, if it is a ban that is for them, too.
    Do {
        is_for_addresses: bool,
    },
    /// An act of which something is told once.
    Make(Made),
    /// By an invite.
    Accept,
}

/// What is made, and told to whoever has asked.
#[derive(Debug, Clone, Copy)]
enum Made {
    Invite,
    Key,
    /// It has another secret, at least.
    Target,
}

impl Made {
    fn of(what: &Aimed<'_>) -> Option<Made> {
        match what {
            Aimed::Invite { .. } => Some(Made::Invite),
            Aimed::GiveKey { .. } => Some(Made::Key),
            Aimed::AddTarget { .. } | Aimed::RotateTarget { .. } => Some(Made::Target),
            _ => None,
        }
    }

    fn waiting(self, asker: Asker, key: Option<String>) -> Waiting {
        match (self, key) {
            (Made::Invite, Some(key)) => Waiting::Invited { asker, key },
            (Made::Key, Some(key)) => Waiting::Keyed { asker, key },
            (Made::Target, secret) => Waiting::Targeted { asker, secret },
            (Made::Invite | Made::Key, None) => Waiting::Acted(asker),
        }
    }
}

/// Nobody hears of what lasts before it is on disk.
pub(super) fn grant(
    hall: &mut Hall,
    peers: &mut Peers,
    asker: &Asker,
    wish: Wish<'_>,
) -> Result<(), Refusal> {
    let then = match &wish {
        Wish::Say { .. } | Wish::Show { .. } | Wish::TakeBack { .. } => Then::Say,
        Wish::Open { .. } => Then::Open,
        Wish::Join { .. } => Then::Enter,
        Wish::Leave { .. } => Then::Leave,
        // Whoever reads lines is told that it is done.
        Wish::SetLevel { .. } => Then::Do { is_for_addresses: false },
        Wish::Rename { .. } => Then::Rename,
        Wish::Act(Intent { what: Aimed::Accept { .. }, .. }) => Then::Accept,
        Wish::Act(Intent { what: Aimed::Restrain { with_addresses, .. }, .. }) => {
            Then::Do { is_for_addresses: *with_addresses }
        }
        Wish::Act(Intent { what, .. }) => {
            Made::of(what).map_or(Then::Do { is_for_addresses: false }, Then::Make)
        }
    };
    let person = hall.by(asker)?.person;
    let sent = words_of(&wish);
    let Decision { mut entries, room, key, .. } = decide(hall, asker, wish)?;
    check_targets(hall, &entries)?;
    let asker = asker.clone();
    let mut questions = Vec::new();
    let waiting = match then {
        Then::Say => {
            let read = hall.sessions.get(asker.peer).map_or_else(Instant::now, |session| session.read);
            Waiting::Said { asker, is_altered: is_altered(sent, &entries), read }
        }
        Then::Open => Waiting::Nobody,
        // They are a member already.
        Then::Enter if entries.is_empty() => {
            hall.enter(peers, &asker, room);
            return Ok(());
        }
        Then::Enter => Waiting::Entered { asker, room },
        Then::Accept if entries.is_empty() && room != hall.model.lobby() => {
            hall.enter(peers, &asker, room);
            return Ok(());
        }
        Then::Accept if room != hall.model.lobby() => Waiting::Entered { asker, room },
        Then::Do { is_for_addresses } => {
            if is_for_addresses {
                bans::add_addresses(hall, &mut entries);
                questions = bans::questions(hall, &entries);
            }
            Waiting::Acted(asker)
        }
        Then::Make(made) => made.waiting(asker, key),
        Then::Accept => Waiting::Acted(asker),
        Then::Leave => Waiting::Done(asker),
        Then::Rename => Waiting::Renamed { asker, person },
    };
    if entries.is_empty() {
        // It is so already.
        if let Waiting::Acted(asker) = &waiting {
            hall.answer(peers, asker, &Reply::Acted);
        }
        return Ok(());
    }
    hall.submit_all(peers, entries, waiting)?;
    hall.submit_each(peers, questions);
    Ok(())
}

/// Does the software of a target find in its address what it needs?
fn check_targets(hall: &Hall, entries: &[Entry]) -> Result<(), Refusal> {
    for entry in entries {
        if let Entry::Act(Deed { act: Act::AddTarget { target }, .. }) = entry {
            targets::check(target, &hall.settings.push_hosts).map_err(Refusal::bad_field)?;
        }
    }
    Ok(())
}

fn words_of<'a>(wish: &Wish<'a>) -> Option<Cow<'a, str>> {
    match wish {
        Wish::Say { text, .. } => Some(text.clone()),
        Wish::Show { caption, .. } => Some(Cow::Owned(caption.clone())),
        _ => None,
    }
}

/// Is it said in other words than those that were sent?
fn is_altered(sent: Option<Cow<'_, str>>, entries: &[Entry]) -> bool {
    let Some(Entry::Append(Append { body, .. })) = entries.last() else { return false };
    sent.is_some_and(|sent| body.words() != Some(&*sent))
}

/// The same of an act on the admin page, by somebody who is in no room, or nobody.
pub(super) fn grant_on_page(
    hall: &mut Hall,
    peers: &mut Peers,
    asker: &Asker,
    by: By,
    intent: Intent<'_>,
) -> Result<(), Refusal> {
    let is_for_addresses = matches!(intent.what, Aimed::Restrain { with_addresses: true, .. });
    let made = Made::of(&intent.what);
    let Decision { mut entries, key, .. } = hall.model.decide_on_page(by, intent, hall.moment())?;
    check_targets(hall, &entries)?;
    let mut questions = Vec::new();
    if is_for_addresses {
        bans::add_addresses(hall, &mut entries);
        questions = bans::questions(hall, &entries);
    }
    if entries.is_empty() {
        hall.answer(peers, asker, &Reply::Acted);
        return Ok(());
    }
    let asker = asker.clone();
    let waiting = match made {
        Some(made) => made.waiting(asker, key),
        None => Waiting::Acted(asker),
    };
    hall.submit_all(peers, entries, waiting)?;
    hall.submit_each(peers, questions);
    Ok(())
}

/// The room in which something is going to be said. A private talk begins now.
pub(super) fn open(hall: &mut Hall, peers: &mut Peers, asker: &Asker, to: To<'_>) -> Result<RoomId, Refusal> {
    let Decision { entries, room, .. } = decide(hall, asker, Wish::Open { to })?;
    hall.submit_all(peers, entries, Waiting::Nobody)?;
    Ok(room)
}

/// What is to be done. It is paid for what the decision took, and for what others will hear of it.
fn decide(hall: &mut Hall, asker: &Asker, wish: Wish<'_>) -> Result<Decision, Refusal> {
    let words = match &wish {
        Wish::Say { text, .. } => text,
        Wish::Show { caption, .. } => &caption[..],
        _ => "",
    };
    // Also for what is not said in the end.
    if !hall.model.words().is_empty() {
        hall.charge(asker.peer, Cost::judged(weight(words)));
    }
    let decision = hall.model.decide(hall.by(asker)?, wish, hall.moment());
    let decision = decision.inspect_err(|refusal| _ = greeting::charge_guess(hall, asker.peer, refusal))?;
    hall.charge(asker.peer, Cost::folded(decision.folded));
    let is_new = |entry: &Entry| matches!(entry, Entry::Create { kind: RoomKind::Public, .. });
    if decision.entries.iter().any(is_new) {
        // That there is a new room, and in time that it is gone.
        hall.charge(asker.peer, Cost::told(2 * hall.sessions.len()));
    }
    Ok(decision)
}
