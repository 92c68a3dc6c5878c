//! What the history reports: entries that are on disk now, or could not be stored; something that was found.
//!
//! What an entry changes, and who hears of it, goes by the entry. What is answered goes by the ticket: whoever has waited is
//! told how it came out.

use pollcat::Peers;

use super::hall::Hall;
use super::{greeting, questions, requests};
use crate::deliver::{Deliver, Floor};
use crate::history::{Applied, Done, Entry, Event, Failure, Found, Hit, Offset, Outcome, Report};
use crate::http::files;
use crate::news::News;
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::run::clock::ticks;
use crate::tickets::{Asker, Question, Ticket, Waiting};

/// Rooms that are removed as soon as they are empty: so many at once, and the others with the chores.
const REMOVED_AT_ONCE: usize = 10;

pub(super) fn hear(hall: &mut Hall, peers: &mut Peers, report: Report<Ticket>) {
    match report {
        Report::Applied(batch) => {
            let answered = batch.iter().filter(|applied| applied.ticket.is_some()).count();
            for Applied { entry, outcome, ticket } in batch {
                apply(hall, peers, &entry, outcome, ticket);
            }
            let empty = hall.model.removable(ticks(), REMOVED_AT_ONCE);
            hall.submit_each(peers, empty);
            hall.ledger.settle(answered);
        }
        Report::Read { ticket: Ticket::Read(question), result, .. } => found(hall, peers, question, result),
        // Nobody reads under such a ticket.
        Report::Read { ticket: Ticket::Entry(_), .. } => {}
    }
}

fn apply(hall: &mut Hall, peers: &mut Peers, entry: &Entry, outcome: Outcome, ticket: Option<Ticket>) {
    let outcome = outcome.map_err(|failure| explain(hall, peers, entry, failure));
    if let Err(Failure::Storage(words)) = &outcome {
        log::error!("not stored: {words}");
    }
    let news = hall.model.apply(entry, &outcome, ticks());
    match ticket {
        Some(Ticket::Entry(waiting)) => {
            let held_up = waiting.holds_up();
            answer(hall, peers, waiting, outcome, &news);
            if let Some(peer) = held_up {
                requests::release(hall, peers, peer);
            }
        }
        // The history itself has decided it.
        Some(Ticket::Read(_)) | None => {
            hall.tell(peers, &news, None);
        }
    }
}

/// Whoever waits is answered, and everybody concerned hears the news.
fn answer(hall: &mut Hall, peers: &mut Peers, waiting: Waiting, outcome: Outcome, news: &[News]) {
    match waiting {
        Waiting::Nobody => {
            hall.tell(peers, news, None);
        }
        Waiting::Said(asker) => {
            match outcome {
                Ok(done) => hall.answer(peers, &asker, &said(&done)),
                Err(failure) => hall.refuse(peers, &asker, &failure.into()),
            }
            hall.tell(peers, news, Some(asker.peer));
        }
        Waiting::Done(asker) => {
            hall.tell(peers, news, Some(asker.peer));
            match outcome {
                Ok(_) => hall.answer(peers, &asker, &Reply::Done),
                Err(failure) => hall.refuse(peers, &asker, &failure.into()),
            }
        }
        Waiting::Renamed { asker, person } => {
            hall.tell(peers, news, Some(asker.peer));
            match outcome {
                // They were called so before.
                Ok(_) if news.is_empty() => hall.answer(peers, &asker, &Reply::Done),
                Ok(_) => hall.answer(peers, &asker, &Reply::Renamed { person }),
                Err(Failure::Taken) => hall.refuse(peers, &asker, &Refusal::name_taken()),
                Err(failure) => hall.refuse(peers, &asker, &failure.into()),
            }
        }
        Waiting::Entered { asker, room } => {
            hall.tell(peers, news, Some(asker.peer));
            match outcome {
                Ok(_) => enter(hall, peers, &asker, room, !news.is_empty()),
                Err(failure) => hall.refuse(peers, &asker, &failure.into()),
            }
        }
        Waiting::Arrived { asker, person, token, has } => {
            hall.tell(peers, news, None);
            greeting::arrived(hall, peers, &asker, person, outcome.is_ok().then_some(&token), has);
        }
    }
}

fn said(done: &Done) -> Reply<'static> {
    match *done {
        Done::Appended { room, offset, at, repeated } => Reply::Said { room, offset, at, repeated },
        Done::TakenBack { room, offset, at, .. } => Reply::Said { room, offset, at, repeated: false },
        Done::Kept => Reply::Done,
    }
}

/// They are in the room now, and hear it, if they did not before.
fn enter(hall: &mut Hall, peers: &mut Peers, asker: &Asker, room: u64, is_new: bool) {
    let Some(person) = hall.sessions.person(asker.peer) else {
        return;
    };
    hall.enter(peers, asker, room);
    if is_new {
        let mut floor = Floor { peers, sessions: &mut hall.sessions, model: &hall.model };
        hall.deliver.enter(&mut floor, asker.peer, room);
        hall.catch_up(peers, asker.peer);
    } else {
        // Another window of theirs was faster: it costs as much.
        hall.charge(asker.peer, Deliver::cost_of_moving(&hall.sessions, person));
    }
}

/// On a full disk a room is not made, or a newcomer not stored, and what was to be done with them fails for a reason of
/// its own. They are told the true one.
fn explain(hall: &mut Hall, peers: &mut Peers, entry: &Entry, failure: Failure) -> Failure {
    let failure = hall.ledger.explain(entry, failure);
    let (Entry::Rename { person, .. } | Entry::Join { person, .. }, Failure::NoSuchPerson) =
        (entry, &failure)
    else {
        return failure;
    };
    // That is a part of coming, and nobody waits for it: tried again for as long as it fails, it would never end.
    if matches!(entry, Entry::Join { room, .. } if *room == hall.model.lobby()) {
        return failure;
    }
    let at = hall.ledger.calendar().now();
    let Some(arrival) = hall.model.arrive_again(*person, at) else {
        return failure;
    };
    // There may be room by now.
    hall.submit_each(peers, vec![arrival.arrive, arrival.join]);
    Failure::Storage("the disk was not available when you came, and does not know you: try again".into())
}

fn found(hall: &mut Hall, peers: &mut Peers, question: Question, found: Result<Found, Failure>) {
    match question {
        Question::Missed { peer, reading } => hall.caught_up(peers, (peer, reading), found.and_then(events)),
        Question::Page { asker, room } => {
            questions::page_found(hall, peers, &asker, room, found.and_then(events));
        }
        Question::Search { asker, query } => {
            questions::search_found(hall, peers, &asker, &query, found.and_then(hits));
        }
        Question::Picture { id } => hall.files.show(peers, &mut hall.charges, &id, found),
        Question::SamePicture { id, request } => {
            peers.answer_request(request, files::picture(&id, found));
        }
    }
}

fn events(found: Found) -> Result<(Vec<Event>, Offset), Failure> {
    match found {
        Found::Events { events, first, .. } => Ok((events, first)),
        Found::Hits { .. } | Found::Picture(_) | Found::SamePicture => Err(no_answer()),
    }
}

fn hits(found: Found) -> Result<(Vec<Hit>, bool), Failure> {
    match found {
        Found::Hits { hits, more } => Ok((hits, more)),
        Found::Events { .. } | Found::Picture(_) | Found::SamePicture => Err(no_answer()),
    }
}

fn no_answer() -> Failure {
    Failure::Storage("the history has answered something else".into())
}
