//! Pictures, in and out: how long a message may be for whom, and what is shown to those who ask for a picture.

use std::net::IpAddr;
use std::sync::Arc;

use pollcat::{Answer, Message, PeerId, Peers, RequestId};

use crate::chat::{Chat, ticks};
use crate::files::{self, too_busy};
use crate::gallery::{PATIENCE, Wish};
use crate::history::{Failure, Found, Read};
use crate::sessions::Voice;
use crate::tickets::{No, Ticket};
use crate::wire::{longest_request, may_announce};

impl Chat {
    // ---- in

    /// Text clients announce nothing: what they may send at all, they may send at any time.
    pub(crate) fn allow_length(&self, peers: &mut Peers, peer: PeerId, voice: Voice) {
        if voice != Voice::Json {
            peers.set_max_message(peer, self.longest_picture());
        }
    }

    /// Whoever speaks JSON sends nothing that is longer than a request, but for the picture behind an announcement, and not
    /// before it is known who they are. A picture whose announcement was refused is on its way all the same, and is
    /// dropped when it is here.
    pub(crate) fn expect_length(&self, peers: &mut Peers, from: PeerId, message: Message<'_>) {
        let Some(session) = self.sessions.get(from).filter(|session| session.voice == Voice::Json) else {
            return;
        };
        match message {
            Message::Text(text) if session.person().is_some() && may_announce(text) => {
                peers.set_max_message(from, self.longest_picture());
            }
            Message::Text(_) => {}
            Message::Binary(_) => peers.set_max_message(from, longest_request(self.settings.max_message)),
        }
    }

    fn longest_picture(&self) -> usize {
        self.settings.max_picture.max(longest_request(self.settings.max_message))
    }

    // ---- out

    /// Somebody asks for a picture: it comes when it has been read, and when there is room for it.
    pub(crate) fn look_at(&mut self, picture: &str, request: RequestId, client: Option<IpAddr>) -> Answer {
        let wish = Wish { request, by: self.payer(client), until: ticks() + PATIENCE };
        if self.gallery.ask(picture, wish) && self.read_picture(picture).is_err() {
            self.gallery.take(picture, None);
            return too_busy();
        }
        Answer::later()
    }

    /// Those for whom there was no room a moment ago.
    pub(crate) fn look_again(&mut self, peers: &mut Peers) {
        for picture in self.gallery.next(ticks()) {
            if self.read_picture(&picture).is_err() {
                let (wishes, _) = self.gallery.take(&picture, None);
                answer(peers, &wishes, &too_busy());
            }
        }
    }

    fn read_picture(&mut self, picture: &str) -> Result<(), No> {
        self.fetch(Read::Picture { id: picture.to_owned(), is_known: false }, Ticket::Picture)
    }

    /// A picture has been read, or cannot be.
    pub(crate) fn show(&mut self, peers: &mut Peers, picture: &str, result: Result<Found, Failure>) {
        let (bytes, media_type) = match &result {
            Ok(Found::Picture(Some((media_type, bytes)))) => (Some(Arc::clone(bytes)), *media_type),
            _ => (None, ""),
        };
        let length = bytes.as_ref().map_or(0, |bytes| bytes.len());
        let (wishes, shown) = self.gallery.take(picture, bytes);
        let result = shown.map_or(result, |bytes| Ok(Found::Picture(Some((media_type, bytes)))));
        wishes.iter().for_each(|wish| self.charge_file(wish.by, length));
        answer(peers, &wishes, &files::picture(picture, result));
    }
}

fn answer(peers: &mut Peers, wishes: &[Wish<RequestId>], answer: &Answer) {
    for wish in wishes {
        peers.answer_request(wish.request, answer);
    }
}
