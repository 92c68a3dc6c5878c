//! What is asked for over HTTP: the page's files, and the pictures.

use std::sync::Arc;

use pollcat::{Answer, Peers, Request, RequestId};

use super::door::{self, Door, Reason};
use super::gallery::{Gallery, PATIENCE, Wish};
use super::pages;
use crate::history::{Failure, Found, Read};
use crate::ledger::Ledger;
use crate::pace::Wait;
use crate::refusal::Refusal;
use crate::run::budgets::Budget;
use crate::run::clock::ticks;
use crate::session::Charges;
use crate::tickets::Question;

#[derive(Debug)]
pub(crate) struct Files {
    gallery: Gallery<RequestId>,
}

/// What is asked for, and the parts that it takes to answer it.
pub(crate) struct Visit<'a> {
    pub asked: RequestId,
    pub request: &'a Request<'a>,
    pub charges: &'a mut Charges,
    pub door: &'a mut Door,
    pub ledger: &'a Ledger,
}

impl Files {
    /// `pictures`: so many bytes are on their way at once.
    pub(crate) fn new(pictures: Budget) -> Self {
        Files { gallery: Gallery::new(pictures.all, pictures.address) }
    }

    /// A page, or a picture, which comes later.
    pub(crate) fn serve(&mut self, visit: Visit<'_>) -> Answer {
        let Visit { asked, request, charges, door, ledger } = visit;
        let payer = charges.payer(request.client());
        if let Err(Wait(wait)) = charges.take_file(payer, ticks()) {
            door.turned_away(Reason::Files, request.client());
            let seconds = wait.div_ceil(1000).to_string();
            let refusal = Answer::refuse(429, "too many files for your address at once");
            return refusal.header("Retry-After", &seconds);
        }
        if let Some(page) = pages::page(request) {
            return door::stay_secure(request, page);
        }
        let Some(picture) = request.path().strip_prefix("/pictures/") else {
            return Answer::refuse(404, "there is no such page");
        };
        if !pages::is_current(request.header("if-none-match"), &pages::picture_tag(picture)) {
            return self.look_at(
                ledger,
                picture,
                Wish { request: asked, by: payer, until: ticks() + PATIENCE },
            );
        }
        let same = Question::SamePicture { id: picture.to_owned(), request: asked };
        match ledger.read(Read::Picture { id: picture.to_owned(), is_known: true }, same) {
            Ok(()) => Answer::later(),
            Err(_) => too_busy(),
        }
    }

    /// Somebody asks for a picture: it comes when it has been read, and when there is room for it.
    fn look_at(&mut self, ledger: &Ledger, picture: &str, wish: Wish<RequestId>) -> Answer {
        if self.gallery.ask(picture, wish) && read(ledger, picture).is_err() {
            self.gallery.take(picture, None);
            return too_busy();
        }
        Answer::later()
    }

    /// Those for whom there was no room a moment ago.
    pub(crate) fn look_again(&mut self, peers: &mut Peers, ledger: &Ledger) {
        for picture in self.gallery.next(ticks()) {
            if read(ledger, &picture).is_err() {
                let (wishes, _) = self.gallery.take(&picture, None);
                answer(peers, &wishes, &too_busy());
            }
        }
    }

    /// A picture has been read, or cannot be.
    pub(crate) fn show(
        &mut self,
        peers: &mut Peers,
        charges: &mut Charges,
        id: &str,
        found: Result<Found, Failure>,
    ) {
        let (bytes, media_type) = match &found {
            Ok(Found::Picture(Some((media_type, bytes)))) => (Some(Arc::clone(bytes)), *media_type),
            _ => (None, ""),
        };
        let length = bytes.as_ref().map_or(0, |bytes| bytes.len());
        let (wishes, shown) = self.gallery.take(id, bytes);
        let found = shown.map_or(found, |bytes| Ok(Found::Picture(Some((media_type, bytes)))));
        wishes.iter().for_each(|wish| charges.charge_file(wish.by, length, ticks()));
        answer(peers, &wishes, &picture(id, found));
    }
}

fn read(ledger: &Ledger, picture: &str) -> Result<(), Refusal> {
    let question = Question::Picture { id: picture.to_owned() };
    ledger.read(Read::Picture { id: picture.to_owned(), is_known: false }, question)
}

fn answer(peers: &mut Peers, wishes: &[Wish<RequestId>], answer: &Answer) {
    for wish in wishes {
        peers.answer_request(wish.request, answer.clone());
    }
}

fn too_busy() -> Answer {
    Answer::refuse(503, "too busy").header("Retry-After", "1")
}

/// A picture is only a picture whatever its bytes look like, and tells nothing of whence it was asked for. It never changes,
/// but it may be taken back: so whoever has it asks each time whether it is still there, which costs no more than that.
pub(crate) fn picture(id: &str, result: Result<Found, Failure>) -> Answer {
    let answer = match result {
        Ok(Found::Picture(Some((media_type, bytes)))) => Answer::page(media_type, bytes),
        Ok(Found::SamePicture) => Answer::with_status(304, ""),
        Ok(_) => {
            let gone = Answer::refuse(404, "there is no such picture, or it is no longer kept");
            return gone.header("Cache-Control", "no-store");
        }
        Err(_) => return Answer::refuse(503, "the disk cannot be read"),
    };
    answer
        .header("ETag", &pages::picture_tag(id))
        .header("Cache-Control", "private, no-cache")
        .header("X-Content-Type-Options", "nosniff")
        .header("Content-Security-Policy", "default-src 'none'; sandbox")
        .header("Content-Disposition", "inline")
        .header("Cross-Origin-Resource-Policy", "same-origin")
        .header("Referrer-Policy", "no-referrer")
}
