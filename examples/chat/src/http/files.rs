//! What is asked for over HTTP: the page's files, the pictures, and those by which people are shown.

use std::sync::Arc;

use pollcat::{Answer, Peers, Request, RequestId};

use super::door::{self, Door, Reason};
use super::gallery::{Gallery, PATIENCE, Said, Step, Wish};
use super::pages;
use super::unknown::{Load, Unknown};
use crate::history::{Failure, Found, Read};
use crate::ledger::Ledger;
use crate::pace::Wait;
use crate::picture::MAX_AVATAR;
use crate::refusal::Refusal;
use crate::run::budgets::Budget;
use crate::run::clock::ticks;
use crate::run::settings::Settings;
use crate::session::Charges;
use crate::tickets::{Question, Ticket};

#[derive(Debug)]
pub(crate) struct Files {
    gallery: Gallery<RequestId>,
    unknown: Unknown<String, Wish<RequestId>>,
    /// The longest picture that is taken now, in bytes.
    max_picture: usize,
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
    pub(crate) fn new(settings: &Settings) -> Self {
        Files {
            gallery: Gallery::new(Budget::pictures(settings)),
            unknown: Unknown::default(),
            max_picture: settings.max_picture,
        }
    }

    pub(crate) fn change(&mut self, settings: &Settings) {
        self.gallery.set_budget(Budget::pictures(settings));
        self.max_picture = settings.max_picture;
    }

    /// A page, or a picture, which comes later.
    pub(crate) fn serve(&mut self, peers: &mut Peers, visit: Visit<'_>) -> Answer {
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
        let Some((path, id)) = picture_of(request.path()) else {
            return Answer::refuse(404, "there is no such page");
        };
        if !pages::is_current(request.header("if-none-match"), &pages::picture_tag(id)) {
            let until = ticks() + PATIENCE;
            let wish = Wish { request: asked, by: payer, until, most: self.longest(path), is_late: false };
            return self.look_at(peers, ledger, path, wish);
        }
        let same = Question::SamePicture { path: path.to_owned(), request: asked };
        match ledger.read(read_of(path, true), same) {
            Ok(()) => Answer::later(),
            Err(_) => too_busy(),
        }
    }

    /// What a picture at this path takes until it has been read, in bytes.
    fn longest(&self, path: &str) -> usize {
        if path.starts_with(AVATARS) { MAX_AVATAR } else { self.max_picture }
    }

    /// Somebody asks for a picture: it comes when it has been read, and when there is room for it.
    fn look_at(
        &mut self,
        peers: &mut Peers,
        ledger: &Ledger,
        picture: &str,
        wish: Wish<RequestId>,
    ) -> Answer {
        if ledger.is_stopping() {
            return stopping();
        }
        let steps = self.gallery.ask(picture, wish);
        let failed = self.begin_each(ledger, steps);
        let (own, others): (Vec<_>, Vec<_>) = failed.into_iter().partition(|it| *it == wish.request);
        answer(peers, others, &too_busy());
        if own.is_empty() { Answer::later() } else { too_busy() }
    }

    /// Nobody waits for the answer to this request any more.
    pub(crate) fn on_request_gone(&mut self, request: RequestId) {
        self.gallery.forget(request);
        self.unknown.forget(|wish| wish.request == request);
    }

    pub(crate) fn pass_time(&mut self, peers: &mut Peers, ledger: &Ledger) {
        answer(peers, self.gallery.pass_time(ticks()), &too_busy());
        for (path, wish) in self.unknown.pass_time(ticks()) {
            answer(peers, [wish.request], &picture(&path, Ok(Found::Picture(None))));
        }
        self.look_again(peers, ledger);
    }

    /// The chat stops: nobody waits for room any longer.
    pub(crate) fn stop(&mut self, peers: &mut Peers) {
        answer(peers, self.gallery.send_away(), &stopping());
        let unknown = self.unknown.send_away().into_iter().map(|(_, wish)| wish.request);
        answer(peers, unknown, &stopping());
    }

    /// Those for whom there was no room a moment ago.
    fn look_again(&mut self, peers: &mut Peers, ledger: &Ledger) {
        if ledger.is_stopping() {
            return self.stop(peers);
        }
        let steps = self.gallery.next();
        answer(peers, self.begin_each(ledger, steps), &too_busy());
    }

    /// Asks the disk. If it is too busy: who has waited for that.
    fn begin_each(&mut self, ledger: &Ledger, steps: Vec<(String, Step)>) -> Vec<RequestId> {
        let mut failed = Vec::new();
        for (picture, step) in steps {
            if begin(ledger, &picture, step).is_err() {
                failed.extend(requests(self.gallery.take(&picture, Said::Gone).0));
            }
        }
        failed
    }

    /// A picture has been read, or is still there, or cannot be read.
    pub(crate) fn show(
        &mut self,
        peers: &mut Peers,
        (charges, ledger): (&mut Charges, &Ledger),
        path: &str,
        found: Result<Found, Failure>,
    ) {
        let said = match &found {
            Ok(Found::Picture(Some((media_type, bytes)))) => Said::Read((media_type, Arc::clone(bytes))),
            Ok(Found::SamePicture) => Said::StillThere,
            _ => Said::Gone,
        };
        let (wishes, shown) = self.gallery.take(path, said);
        let length = shown.as_ref().map_or(0, |(_, bytes)| bytes.len());
        let found = shown.map_or(found, |shown| Ok(Found::Picture(Some(shown))));
        let wishes = match &found {
            Ok(Found::Picture(None)) => self.wait_for_all(ledger, path, wishes),
            _ => wishes,
        };
        wishes.iter().for_each(|wish| charges.charge_file(wish.by, length, ticks()));
        answer(peers, requests(wishes), &picture(path, found));
        self.look_again(peers, ledger);
    }

    /// A picture is not known here. Those who do not wait until this node knows all that others know.
    fn wait_for_all(
        &mut self,
        ledger: &Ledger,
        path: &str,
        wishes: Vec<Wish<RequestId>>,
    ) -> Vec<Wish<RequestId>> {
        let mut answered = Vec::new();
        let sought = path.to_owned();
        for wish in wishes {
            let load = Load { payer: wish.by, bytes: 0 };
            let waits = ledger.is_shared() && !wish.is_late && self.unknown.has_room(load);
            if !waits {
                answered.push(wish);
            } else if self.unknown.wait(&sought, wish, load, ticks())
                && !ledger.wait_for_all(Ticket::Look { path: path.to_owned() })
            {
                answered.extend(self.unknown.take(&sought));
            }
        }
        answered
    }

    /// This node knows all by now that others knew when a picture was asked for.
    pub(crate) fn look_once_more(&mut self, peers: &mut Peers, ledger: &Ledger, path: &str) {
        for wish in self.unknown.take(&path.to_owned()) {
            let wish = Wish { is_late: true, ..wish };
            let steps = self.gallery.ask(path, wish);
            answer(peers, self.begin_each(ledger, steps), &too_busy());
        }
    }
}

/// Where pictures are found, and those by which people are shown.
const PICTURES: &str = "pictures/";
const AVATARS: &str = "avatars/";

/// The path of a picture, without the slash before it, and its id.
fn picture_of(path: &str) -> Option<(&str, &str)> {
    let path = path.strip_prefix('/')?;
    Some((path, path.strip_prefix(PICTURES).or_else(|| path.strip_prefix(AVATARS))?))
}

fn read_of(path: &str, is_known: bool) -> Read {
    match path.strip_prefix(AVATARS) {
        Some(id) => Read::Avatar { id: id.to_owned(), is_known },
        None => Read::Picture { id: path.trim_start_matches(PICTURES).to_owned(), is_known },
    }
}

fn begin(ledger: &Ledger, path: &str, step: Step) -> Result<(), Refusal> {
    ledger.read(read_of(path, step == Step::Check), Question::Picture { path: path.to_owned() })
}

fn requests(wishes: Vec<Wish<RequestId>>) -> impl Iterator<Item = RequestId> {
    wishes.into_iter().map(|wish| wish.request)
}

fn answer(peers: &mut Peers, requests: impl IntoIterator<Item = RequestId>, answer: &Answer) {
    for request in requests {
        peers.answer_request(request, answer.clone());
    }
}

fn too_busy() -> Answer {
    Answer::refuse(503, "too busy").header("Retry-After", "1")
}

fn stopping() -> Answer {
    Answer::refuse(503, "the chat is stopping").header("Retry-After", "5")
}

/// A picture is only a picture whatever its bytes look like, and tells nothing of whence it was asked for. It never changes,
/// but it may be taken back: so whoever has it asks each time whether it is still there, which costs no more than that.
pub(crate) fn picture(path: &str, result: Result<Found, Failure>) -> Answer {
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
        .header("ETag", &pages::picture_tag(path.split_once('/').map_or(path, |(_, id)| id)))
        .header("Cache-Control", "private, no-cache")
        .header("X-Content-Type-Options", "nosniff")
        .header("Content-Security-Policy", "default-src 'none'; sandbox")
        .header("Content-Disposition", "inline")
        .header("Cross-Origin-Resource-Policy", "same-origin")
        .header("Referrer-Policy", "no-referrer")
}
