//! The pictures by which people are shown: small, judged and cleaned as any picture.

use std::sync::Arc;

use pollcat::{PeerId, Peers};

use super::hall::Hall;
use crate::cost::picture_price;
use crate::history::{Avatar, Entry, Picture};
use crate::picture::{self, MAX_AVATAR};
use crate::refusal::Refusal;
use crate::session::Announced;
use crate::tickets::{Asker, Waiting};

/// The longest side, in pixels.
const SIDE: u32 = 512;

/// All together: on top of what the pictures of rooms may take, so much of it as one by this.
const SHARE: u64 = 4;

/// Its bytes are the next binary message.
pub(super) fn announce(hall: &mut Hall, asker: &Asker, size: Option<u64>) -> Result<(), Refusal> {
    hall.by(asker)?;
    if size.is_some_and(|size| size > MAX_AVATAR as u64) {
        return Err(Refusal::picture_too_large(MAX_AVATAR));
    }
    hall.ledger.refuses_pictures().map_or(Ok(()), Err)?;
    if let Some(session) = hall.sessions.get_mut(asker.peer) {
        session.announced = Some(Announced::Avatar { id: asker.id.clone() });
    }
    Ok(())
}

/// Its bytes.
pub(super) fn take(hall: &mut Hall, peers: &mut Peers, from: PeerId, id: Option<String>, bytes: &[u8]) {
    let asker = Asker { peer: from, id };
    if let Err(refusal) = show_by(hall, peers, &asker, bytes) {
        hall.refuse(peers, &asker, &refusal);
    }
}

fn show_by(hall: &mut Hall, peers: &mut Peers, asker: &Asker, bytes: &[u8]) -> Result<(), Refusal> {
    let person = hall.by(asker)?.person;
    hall.take_pace(asker.peer, picture_price(bytes.len()))?;
    if bytes.len() > MAX_AVATAR {
        return Err(Refusal::picture_too_large(MAX_AVATAR));
    }
    let id = picture::new_id().map_err(|error| Refusal::not_stored(error.to_string()))?;
    let shown = picture::examine(bytes).map_err(Refusal::bad_picture)?;
    if picture::moves(&shown) {
        let words = "a picture by which you are shown is a PNG, a JPEG or a WebP, and does not move";
        return Err(Refusal::bad_picture(words));
    }
    if shown.width > SIDE || shown.height > SIDE {
        let words = format!("a picture by which you are shown has at most {SIDE} × {SIDE} pixels");
        return Err(Refusal::bad_picture(words));
    }
    let bytes: Arc<[u8]> = Arc::from(shown.bytes);
    // They are shown by it until they are forgotten: those who come later do not push it out, but wait.
    if hall.model.bytes_of_avatars(person) + bytes.len() as u64 > hall.settings.keep_pictures / SHARE {
        return Err(Refusal::busy("there is no room for more pictures of people"));
    }
    let picture = Picture {
        id: format!("{id}.{}", shown.extension),
        media_type: shown.media_type,
        width: shown.width,
        height: shown.height,
        size: bytes.len() as u64,
    };
    let entry = Entry::Avatar { person, avatar: Some(Avatar { picture, bytes }) };
    hall.submit(peers, entry, Waiting::Acted(asker.clone()))
}
