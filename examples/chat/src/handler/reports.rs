//! What the history reports: entries that are on disk now, or could not be stored; something that was found.
//!
//! What an entry changes, and who hears of it, goes by the entry. What is answered goes by the ticket: whoever has waited is
//! told how it came out.

use pollcat::{PeerId, Peers};

use super::hall::Hall;
use super::outside::told_once;
use super::{
    admin, bans, devices, ending, farewell, greeting, looks, nodes, outside, programs, questions, requests,
};
use crate::deliver::{Deliver, Floor};
use crate::history::{
    Act, Applied, Deed, Done, Entry, Event, Failure, Found, Hit, Number, Offset, Origin, Outcome, Report,
};
use crate::http::files;
use crate::news::News;
use crate::refusal::{Code, Refusal};
use crate::reply::{Invitation, Reply};
use crate::run::clock::ticks;
use crate::tickets::{Asker, Question, Ticket, Waiting};

/// Rooms that are removed as soon as they are empty: so many at once, and the others with the chores.
const REMOVED_AT_ONCE: usize = 10;

pub(super) fn hear(hall: &mut Hall, peers: &mut Peers, report: Report<Ticket>) {
    match report {
        Report::Applied(batch) => {
            let answered = batch.iter().filter(|applied| applied.ticket.is_some()).count();
            for Applied { entry, outcome, ticket, origin } in batch {
                apply(hall, peers, &entry, outcome, (ticket, origin));
            }
            outside::robot::answer_all(hall, peers);
            outside::push::look(hall, peers);
            if hall.ledger.holds_chores() {
                let empty = hall.model.removable(ticks(), REMOVED_AT_ONCE);
                hall.submit_each(peers, empty);
            }
            hall.ledger.settle(answered);
            nodes::reserve(hall, peers);
        }
        Report::Read { ticket: Ticket::Read(question), result, .. } => found(hall, peers, question, result),
        // Nobody reads under such a ticket.
        Report::Read {
            ticket: Ticket::Entry(_) | Ticket::Barrier(_) | Ticket::Look { .. } | Ticket::Program(_),
            ..
        } => {}
        Report::Backups(state) => admin::backups(hall, *state),
        Report::Reached { ticket: Ticket::Barrier(peer) } => nodes::reached(hall, peers, peer),
        Report::Reached { ticket: Ticket::Look { path } } => {
            hall.files.look_once_more(peers, &hall.ledger, &path);
        }
        Report::Reached { ticket: Ticket::Program(request) } => programs::reached(hall, peers, request),
        Report::Reached { ticket: Ticket::Entry(_) | Ticket::Read(_) } => {}
        Report::Unsure(tickets) => nodes::unsure(hall, peers, tickets),
    }
}

fn apply(
    hall: &mut Hall,
    peers: &mut Peers,
    entry: &Entry,
    outcome: Outcome,
    (ticket, origin): (Option<Ticket>, Origin),
) {
    let outcome = match origin {
        Origin::Here => outcome.map_err(|failure| explain(hall, peers, entry, failure)),
        Origin::Elsewhere => outcome,
    };
    if let Err(Failure::Storage(words)) = &outcome {
        log::error!("not stored: {words}");
    }
    let news = hall.model.apply(entry, &outcome, ticks());
    admin::opened(hall, entry, &outcome);
    let is_waited_for = ticket.is_some();
    let ticket = match (ticket, origin) {
        (Some(Ticket::Entry(waiting)), Origin::Here) => {
            hall.ledger.note_made(entry, &outcome);
            nodes::take_elsewhere(hall, peers, entry, &outcome, waiting).map(Ticket::Entry)
        }
        (ticket, _) => ticket,
    };
    match ticket {
        Some(Ticket::Entry(waiting)) => {
            let held_up = waiting.holds_up();
            answer(hall, peers, entry, waiting, outcome.clone(), &news);
            ending::follow(hall, peers, &news);
            if let Some(peer) = held_up {
                requests::release(hall, peers, peer);
            }
        }
        // The history itself has decided it, or it comes from elsewhere.
        Some(Ticket::Read(_) | Ticket::Barrier(_) | Ticket::Look { .. } | Ticket::Program(_)) | None => {
            match origin {
                Origin::Here => drop(hall.tell(peers, &news, None)),
                Origin::Elsewhere => hall.tell_from_elsewhere(peers, &news),
            }
            ending::follow(hall, peers, &news);
        }
    }
    admin::applied(hall, peers, entry, &outcome);
    bans::applied(hall, peers, entry, &outcome, origin);
    outside::push::applied(hall, entry, &outcome);
    if let (Origin::Here, false, Entry::Arrive { person, .. }, Ok(_)) =
        (origin, is_waited_for, entry, &outcome)
        && hall.sessions.windows_of(*person).is_empty()
    {
        // Whoever has waited was told that it is not known: nobody has their token.
        farewell::let_go(hall, peers, *person);
    }
    if origin == Origin::Here && !is_waited_for {
        admin::unclaimed(hall, peers, entry, &outcome);
    }
    if let (Origin::Elsewhere, Entry::Arrive { person, .. }, Ok(_)) = (origin, entry, &outcome) {
        nodes::arrived(hall, peers, *person);
    }
    if let (Origin::Here, Ok(Done::Reserved { person, room })) = (origin, &outcome) {
        nodes::reserved(hall, *person, *room);
    }
}

/// Whoever waits is answered, and everybody concerned hears the news.
fn answer(
    hall: &mut Hall,
    peers: &mut Peers,
    entry: &Entry,
    waiting: Waiting,
    outcome: Outcome,
    news: &[News],
) {
    match waiting {
        Waiting::Nobody => {
            hall.tell(peers, news, None);
        }
        Waiting::Said { asker, is_altered, read } => {
            let words = match entry {
                Entry::Append(append) if is_altered => append.body.words(),
                _ => None,
            };
            match outcome {
                Ok(done) => {
                    hall.answer(peers, &asker, &said(&done, words));
                    hall.metrics.acked(read.elapsed());
                }
                Err(failure) => refuse(hall, peers, &asker, failure),
            }
            hall.tell(peers, news, Some(asker.peer));
        }
        Waiting::Done(asker) => {
            hall.tell(peers, news, Some(asker.peer));
            match outcome {
                Ok(_) => hall.answer(peers, &asker, &Reply::Done),
                Err(failure) => refuse(hall, peers, &asker, failure),
            }
        }
        Waiting::Acted(asker) => {
            tell_of_act(hall, peers, asker.peer, news);
            let failed = hall.failed.remove(&asker.peer);
            match failed.map_or(outcome, Err) {
                Ok(_) => hall.answer(peers, &asker, &Reply::Acted),
                Err(failure) => refuse(hall, peers, &asker, failure),
            }
        }
        Waiting::Part(peer) => {
            hall.tell(peers, news, Some(peer));
            if let Err(failure) = outcome
                && peers.contains(peer)
            {
                hall.failed.entry(peer).or_insert(failure);
            }
        }
        Waiting::Invited { asker, key } => {
            hall.tell(peers, news, Some(asker.peer));
            match outcome {
                Ok(Done::Numbered(number)) => tell_invite(hall, peers, &asker, entry, number, &key),
                Ok(_) => hall.answer(peers, &asker, &Reply::Acted),
                Err(failure) => refuse(hall, peers, &asker, failure),
            }
        }
        Waiting::Keyed { asker, key } => {
            hall.tell(peers, news, Some(asker.peer));
            let failed = hall.failed.remove(&asker.peer);
            match failed.map_or(outcome, Err) {
                Ok(done) => told_once::key(hall, peers, &asker, entry, &done, &key),
                Err(failure) => refuse(hall, peers, &asker, failure),
            }
        }
        Waiting::Targeted { asker, secret } => {
            hall.tell(peers, news, Some(asker.peer));
            match outcome {
                Ok(done) => told_once::target(hall, peers, &asker, entry, &done, secret.as_deref()),
                Err(failure) => refuse(hall, peers, &asker, failure),
            }
        }
        Waiting::Promised { room, key, language } => {
            hall.tell(peers, news, None);
            outside::robot::promised(hall, peers, entry, (room, &key, language), &outcome);
        }
        Waiting::Posted { request } => programs::posted(hall, peers, request, &outcome, news),
        Waiting::Linked { asker, person, token, has } => {
            hall.tell(peers, news, None);
            devices::linked(hall, peers, &asker, (person, &token), outcome.map(drop), has);
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
                Err(failure) => refuse(hall, peers, &asker, failure),
            }
        }
        Waiting::Arrived { asker, person, token, has } => {
            hall.tell(peers, news, None);
            greeting::arrived(hall, peers, &asker, (person, token.as_ref()), outcome.map(drop), has);
        }
        Waiting::AdminIn { asker, token } => {
            hall.tell(peers, news, None);
            admin::let_in(hall, peers, &asker, &token, outcome);
        }
    }
}

/// Whoever lets through what was held back hears it like everybody else: no answer tells them where it stands.
fn tell_of_act(hall: &mut Hall, peers: &mut Peers, from: PeerId, news: &[News]) {
    for news in news.chunks(1) {
        let is_said = matches!(news, [News::Said { .. }]);
        let cost = hall.tell(peers, news, Some(from).filter(|_| !is_said));
        if is_said {
            hall.charge(from, cost);
        }
    }
}

fn said<'a>(done: &Done, words: Option<&'a str>) -> Reply<'a> {
    match *done {
        Done::Appended { room, offset, at, repeated } => Reply::Said { room, offset, at, repeated, words },
        Done::TakenBack { room, offset, at, .. } | Done::Erased { room, offset, at, .. } => {
            Reply::Said { room, offset, at, repeated: false, words: None }
        }
        Done::Numbered(_) => Reply::Held,
        Done::Kept
        | Done::Joined
        | Done::Compared { .. }
        | Done::Accepted { .. }
        | Done::SessionEnded { .. }
        | Done::Settled { .. }
        | Done::Reserved { .. } => Reply::Done,
    }
}

/// In words that say how long, where that is known.
fn refuse(hall: &mut Hall, peers: &mut Peers, asker: &Asker, failure: Failure) {
    let at = hall.ledger.calendar().now();
    let refusal = match failure {
        Failure::TooSoon(until) => Refusal::slow(until, at),
        // Whoever it was about, and not who has asked.
        Failure::NoSuchPerson if !is_nobody(hall, asker) => {
            Refusal::new(Code::NoSuchPerson, "they are not known here, or not any more")
        }
        failure => failure.into(),
    };
    hall.refuse(peers, asker, &refusal);
}

/// Has somebody asked who is gone?
fn is_nobody(hall: &Hall, asker: &Asker) -> bool {
    hall.sessions.person(asker.peer).is_some_and(|person| hall.model.person(person).is_none())
}

/// An invite was made: its key is told once, and kept as a hash.
fn tell_invite(hall: &mut Hall, peers: &mut Peers, asker: &Asker, entry: &Entry, number: Number, key: &str) {
    let Entry::Act(Deed { act: Act::Invite { room, until, uses, .. }, .. }) = entry else {
        return;
    };
    let url = format!("{}/#invite={key}", hall.public_url);
    let invited = Invitation { number, key, url: &url, room: *room, until: *until, left: *uses };
    hall.answer(peers, asker, &Reply::Invited(invited));
}

/// They are in the room now, and hear it, if they did not before.
fn enter(hall: &mut Hall, peers: &mut Peers, asker: &Asker, room: u64, is_new: bool) {
    let Some(person) = hall.sessions.person(asker.peer) else {
        return;
    };
    hall.enter(peers, asker, room);
    if is_new {
        let mut floor = Floor {
            peers,
            sessions: &mut hall.sessions,
            model: &hall.model,
            now: hall.ledger.calendar().now(),
        };
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
    let (
        Entry::Rename { person, .. } | Entry::Join { person, .. } | Entry::Avatar { person, .. },
        Failure::NoSuchPerson,
    ) = (entry, &failure)
    else {
        return failure;
    };
    // Whoever is gone from the log is not called back.
    if hall.ledger.is_shared() {
        return failure;
    }
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
        Question::Looked { asker, at } => looks::looked(hall, peers, &asker, at, found),
        Question::Picture { path } => hall.files.show(peers, (&mut hall.charges, &hall.ledger), &path, found),
        Question::SamePicture { path, request } => {
            peers.answer_request(request, files::picture(&path, found));
        }
        Question::Polled { request } => programs::polled(hall, peers, request, found),
        Question::Outgoing { delivery, is_slow } => {
            outside::push::found(hall, peers, (delivery, is_slow), found.and_then(events));
        }
        Question::Desk(lookup) => admin::found(hall, peers, lookup, found),
    }
}

fn events(found: Found) -> Result<(Vec<Event>, Offset), Failure> {
    match found {
        Found::Events { events, first, .. } => Ok((events, first)),
        _ => Err(no_answer()),
    }
}

fn hits(found: Found) -> Result<(Vec<Hit>, bool), Failure> {
    match found {
        Found::Hits { hits, more } => Ok((hits, more)),
        _ => Err(no_answer()),
    }
}

fn no_answer() -> Failure {
    Failure::Storage("the history has answered something else".into())
}
