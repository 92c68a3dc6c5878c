//! What is asked for over HTTP: the page's files, and the pictures.

use pollcat::{Answer, Request, RequestId};

use crate::chat::Chat;
use crate::history::{Failure, Found, Read};
use crate::tickets::Ticket;
use crate::{door, pages};

impl Chat {
    /// A page, or a picture, which comes later.
    pub(crate) fn serve(&mut self, asked: RequestId, request: &Request<'_>) -> Answer {
        if let Some(too_fast) = self.refuse_file(request.client()) {
            return too_fast;
        }
        if let Some(page) = pages::page(request) {
            return door::stay_secure(request, page);
        }
        let Some(picture) = request.path().strip_prefix("/pictures/") else {
            return Answer::refuse(404, "there is no such page");
        };
        if !pages::is_current(request.header("if-none-match"), &pages::picture_tag(picture)) {
            return self.look_at(picture, asked, request.client());
        }
        match self.fetch(Read::Picture { id: picture.to_owned(), is_known: true }, Ticket::SamePicture(asked))
        {
            Ok(()) => Answer::later(),
            Err(_) => too_busy(),
        }
    }
}

pub(crate) fn too_busy() -> Answer {
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
