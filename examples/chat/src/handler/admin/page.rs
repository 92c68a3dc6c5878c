//! What comes in from a window of the admin page: it is let in, asks, and goes.

use pollcat::{CloseCode, Message, PeerId, Peers, Request};

use super::desk::{BAD_KEY, Stage, Window};
use super::{acts, ending, lists, live, login};
use crate::ask::Ask;
use crate::cost::{Cost, MESSAGE};
use crate::handler::hall::Hall;
use crate::history::{Millis, Number};
use crate::http::client;
use crate::http::door::place;
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::run::clock::ticks;
use crate::tickets::Asker;
use crate::voices::json::admin::{PageAsk, PageAsked};

/// The longest message, and the longest of a window that is not let in.
const LONGEST: usize = 64 << 10;
const LONGEST_LOGIN: usize = 1 << 10;
/// Within this time a window logs in.
const LOGIN: Millis = 20_000;

/// A window has come.
pub(in crate::handler) fn open(hall: &mut Hall, peers: &mut Peers, peer: PeerId, request: &Request<'_>) {
    let client = request.client();
    let payer = hall.charges.payer(client);
    let window =
        Window::new(client, payer, client::kind(request.header("user-agent")), client::place(client));
    peers.set_max_message(peer, LONGEST);
    log::debug!("{peer} connected from {}, speaks admin.v1", place(client));
    if let Some(oldest) = hall.desk.insert(peer, window, ticks() + LOGIN) {
        peers.close(oldest, CloseCode::TRY_AGAIN_LATER, "too many stand at the door: log in at once");
    }
}

/// Is this connection a window of this page?
pub(in crate::handler) fn is_one(hall: &Hall, peer: PeerId) -> bool {
    hall.desk.has(peer)
}

/// It has gone.
pub(in crate::handler) fn close(hall: &mut Hall, peer: PeerId) {
    if let Some(window) = hall.desk.remove(peer) {
        hall.failed.remove(&peer);
        let from = place(window.client);
        match window.stage {
            Stage::In(_) => log::info!("{peer} has left the admin page, from {from}"),
            // Whoever tries keys does not fill the log.
            Stage::New | Stage::Seeking | Stage::Arriving => {
                log::debug!("{peer} has left the door of the admin page, from {from}")
            }
        }
    }
}

pub(in crate::handler) fn receive(hall: &mut Hall, peers: &mut Peers, from: PeerId, message: Message<'_>) {
    let Message::Text(text) = message else {
        return peers.close(from, CloseCode::UNSUPPORTED, "admin.v1 is JSON");
    };
    let Some(stage) = hall.desk.window(from).map(|window| window.stage) else {
        return;
    };
    // Whoever is not let in has little to say.
    if stage == Stage::New && text.len() > LONGEST_LOGIN {
        return peers.close(from, CloseCode::TOO_BIG, "log in first");
    }
    let (id, asked) = match PageAsked::parse(text, LONGEST) {
        Ok(PageAsked { id, ask }) => (id, Ok(ask)),
        Err(fault) => (fault.id, Err(fault.refusal)),
    };
    let asker = Asker { peer: from, id };
    let outcome = match (stage, asked) {
        (Stage::New, Ok(PageAsk::Login(login))) => {
            login::log_in(hall, peers, &asker, &login);
            Ok(())
        }
        (Stage::New | Stage::Seeking | Stage::Arriving, _) => {
            peers.close(from, BAD_KEY, "log in first");
            Ok(())
        }
        (Stage::In(number), asked) => take(hall, peers, &asker, number, asked, text.len()),
    };
    if let Err(refusal) = outcome {
        hall.refuse(peers, &asker, &refusal);
    }
}

/// Somebody who was let in asks for something; if they may still be here.
fn take(
    hall: &mut Hall,
    peers: &mut Peers,
    asker: &Asker,
    number: Number,
    asked: Result<PageAsk<'_>, Refusal>,
    length: usize,
) -> Result<(), Refusal> {
    let Some((_, by)) = hall.desk.sitting_of(asker.peer) else {
        peers.close(asker.peer, BAD_KEY, "this session has ended");
        return Ok(());
    };
    if let Err(lack) = ending::check(hall, by) {
        ending::end(hall, peers, number, &Refusal::lacks(lack).words);
        return Ok(());
    }
    hall.desk.take_pace(asker.peer, price(&asked), ticks())?;
    hall.desk.charge(asker.peer, Cost::parsed(length), ticks());
    if asked.as_ref().is_ok_and(is_of_somebody) {
        hall.desk.sittings.touch(number, ticks());
    }
    match asked? {
        PageAsk::Login(_) => return Err(Refusal::bad_field("you are let in already")),
        PageAsk::Logout => return acts::close(hall, peers, asker, by, number),
        PageAsk::EndAdmin(session) => return acts::end_admin(hall, peers, asker, by, session),
        PageAsk::Ping => hall.answer(peers, asker, &Reply::Pong),
        PageAsk::People { query, after, limit } => lists::people(hall, peers, asker, &query, after, limit)?,
        PageAsk::Person(person) => lists::person(hall, asker, person)?,
        PageAsk::AllRooms { after, limit } => lists::all_rooms(hall, peers, asker, &after, limit),
        PageAsk::Acts { before, limit } => lists::acts(hall, asker, before, limit)?,
        PageAsk::WatchFigures(on) => {
            if let Some(window) = hall.desk.window_mut(asker.peer) {
                window.watches = on;
            }
            hall.answer(peers, asker, &Reply::Done);
            if on {
                live::tell_figures(hall, peers, &[asker.peer], ticks());
            }
        }
        PageAsk::Settings => lists::settings(hall, peers, asker),
        PageAsk::Words => lists::words(hall, peers, asker),
        PageAsk::TryWords(text) => lists::try_words(hall, peers, asker, &text)?,
        PageAsk::Admins => lists::admins(hall, asker)?,
        PageAsk::Chat(ask) => return acts::carry_out(hall, peers, asker, by, ask),
    }
    Ok(())
}

/// A page that was left open asks by itself for what it shows. That somebody sits before it is seen by what they do, look for,
/// and leaf through.
fn is_of_somebody(ask: &PageAsk<'_>) -> bool {
    match ask {
        PageAsk::Chat(Ask::Wish(_)) | PageAsk::EndAdmin(_) | PageAsk::TryWords(_) => true,
        PageAsk::People { query, after, .. } => !query.is_empty() || after.is_some(),
        PageAsk::AllRooms { after, .. } => !after.is_empty(),
        PageAsk::Acts { before, .. } => before.is_some(),
        PageAsk::Login(_)
        | PageAsk::Logout
        | PageAsk::Ping
        | PageAsk::Person(_)
        | PageAsk::WatchFigures(_)
        | PageAsk::Settings
        | PageAsk::Words
        | PageAsk::Admins
        | PageAsk::Chat(_) => false,
    }
}

fn price(asked: &Result<PageAsk<'_>, Refusal>) -> u32 {
    match asked {
        // What is more than that is charged by what it comes to.
        Ok(
            PageAsk::Ping
            | PageAsk::WatchFigures(_)
            | PageAsk::People { .. }
            | PageAsk::AllRooms { .. }
            | PageAsk::Acts { .. },
        ) => MESSAGE / 5,
        _ => MESSAGE,
    }
}
