//! Pictures on their way in: announced, or not, and judged by what they are.

use std::borrow::Cow;
use std::sync::Arc;

use pollcat::{Message, PeerId, Peers};

use super::hall::Hall;
use super::{avatars, greeting, wishes};
use crate::ask::{To, Wish};
use crate::cost::picture_price;
use crate::history::{Aim, Picture};
use crate::picture;
use crate::refusal::{Code, Refusal};
use crate::session::Announced;
use crate::tickets::Asker;
use crate::voices::Voice;
use crate::voices::json::{longest_request, may_announce};

// ---- announcements

/// Until all is well with an announcement, the bytes that follow it are nobody's. A picture that was announced
/// before, and has not come, is answered.
pub(super) fn expect_none(hall: &mut Hall, peers: &mut Peers, peer: PeerId) {
    let Some(session) = hall.sessions.get_mut(peer) else {
        return;
    };
    if let Some(Announced::Granted { id, .. } | Announced::Avatar { id }) =
        session.announced.replace(Announced::Refused)
    {
        let refusal = Refusal::bad_picture("no picture came, but another announcement");
        hall.refuse(peers, &Asker { peer, id }, &refusal);
    }
}

pub(super) fn announce(
    hall: &mut Hall,
    peers: &mut Peers,
    asker: &Asker,
    to: To<'_>,
    caption: Cow<'_, str>,
    size: Option<u64>,
) -> Result<(), Refusal> {
    let limit = hall.settings.max_picture;
    if size.is_some_and(|size| size > limit as u64) {
        return Err(Refusal::picture_too_large(limit));
    }
    hall.ledger.refuses_pictures().map_or(Ok(()), Err)?;
    let caption = match hall.model.check_text(caption.trim().into()) {
        Err(Refusal { code: Code::Empty, .. }) => String::new(),
        checked => checked?,
    };
    let aim = to.aim();
    let room = wishes::open(hall, peers, asker, to)?;
    if let Some(session) = hall.sessions.get_mut(asker.peer) {
        session.announced = Some(Announced::Granted { id: asker.id.clone(), room, aim, caption });
    }
    Ok(())
}

// ---- their bytes

/// The bytes of a picture.
pub(super) fn take(hall: &mut Hall, peers: &mut Peers, from: PeerId, bytes: &[u8]) {
    let Some(session) = hall.sessions.get_mut(from) else {
        return;
    };
    let (id, to, caption) = match session.announced.take() {
        Some(Announced::Refused) => return, // that was answered
        Some(Announced::Avatar { id }) => return avatars::take(hall, peers, from, id, bytes),
        Some(Announced::Granted { id, room, aim, caption }) => (id, To::Announced(room, aim), caption),
        None => (None, To::Announced(session.room, Aim::Here), String::new()),
    };
    let asker = Asker { peer: from, id };
    if let Err(refusal) = show(hall, peers, &asker, to, caption, bytes) {
        hall.refuse(peers, &asker, &refusal);
    }
}

fn show(
    hall: &mut Hall,
    peers: &mut Peers,
    asker: &Asker,
    to: To<'_>,
    caption: String,
    bytes: &[u8],
) -> Result<(), Refusal> {
    if greeting::is_new(hall, asker.peer) {
        greeting::greet_guest(hall, peers, asker)?;
    }
    if hall.sessions.get(asker.peer).is_none() {
        return Ok(());
    }
    let aim = to.aim();
    let room = wishes::open(hall, peers, asker, to)?;
    hall.take_pace(asker.peer, picture_price(bytes.len()))?;
    if bytes.len() > hall.settings.max_picture {
        return Err(Refusal::picture_too_large(hall.settings.max_picture));
    }
    let id = picture::new_id().map_err(|error| Refusal::not_stored(error.to_string()))?;
    let shown = picture::examine(bytes).map_err(Refusal::bad_picture)?;
    let bytes: Arc<[u8]> = Arc::from(shown.bytes);
    let picture = Picture {
        id: format!("{id}.{}", shown.extension),
        media_type: shown.media_type,
        width: shown.width,
        height: shown.height,
        size: bytes.len() as u64,
    };
    wishes::grant(hall, peers, asker, Wish::Show { room, aim, picture, caption, bytes })
}

// ---- how long a message may be

/// Text clients announce nothing: what they may send at all, they may send at any time.
pub(super) fn allow_length(hall: &Hall, peers: &mut Peers, peer: PeerId, voice: Voice) {
    if !voice.is_json() {
        peers.set_max_message(peer, longest_picture(hall));
    }
}

/// Whoever speaks JSON sends nothing that is longer than a request, but for the picture behind an announcement, and not
/// before it is known who they are. A picture whose announcement was refused is on its way all the same, and is
/// dropped when it is here.
pub(super) fn expect_length(hall: &Hall, peers: &mut Peers, from: PeerId, message: Message<'_>) {
    let Some(session) = hall.sessions.get(from).filter(|session| session.voice.is_json()) else {
        return;
    };
    match message {
        Message::Text(text) if session.person().is_some() && may_announce(text) => {
            peers.set_max_message(from, longest_picture(hall));
        }
        Message::Text(_) => {}
        Message::Binary(_) => peers.set_max_message(from, longest_request(hall.settings.max_message)),
    }
}

/// The settings are other ones: the same as always for whoever is connected. Whose picture is on its way is let be, also if its
/// announcement has not had its turn.
pub(super) fn change_length(hall: &Hall, peers: &mut Peers, peer: PeerId) {
    // Windows of the admin page have a limit of their own.
    let Some(session) = hall.sessions.get(peer) else { return };
    if !session.voice.is_json() {
        peers.set_max_message(peer, longest_picture(hall));
    } else if session.announced.is_none() && !session.held.announces() {
        peers.set_max_message(peer, longest_request(hall.settings.max_message));
    }
}

fn longest_picture(hall: &Hall) -> usize {
    hall.settings.max_picture.max(longest_request(hall.settings.max_message))
}
