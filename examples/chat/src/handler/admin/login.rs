//! Who is let in on the admin page. A key is good once, and becomes a session, which has a token; what is kept of either is a
//! hash. Hashes are compared in a time that does not depend on them, and nothing that was guessed is told from something
//! that was good once.

use pollcat::Peers;

use super::desk::{BAD_KEY, Stage, send_secret};
use super::ending::{check, close_for, standing, told_to};
use super::sittings::{IDLE, LONGEST};
use crate::cost::{Cost, MESSAGE};
use crate::handler::hall::Hall;
use crate::history::{Act, By, Deed, Done, Entry, KeyHash, Millis, Number, Outcome};
use crate::http::door::place;
use crate::refusal::{Code, Refusal};
use crate::run::clock::{self, ticks};
use crate::tickets::{Asker, Waiting};
use crate::token::Token;
use crate::voices::json::admin::{AnnouncementTold, Login, PageTold, Somebody, may, page_told, role_word};

/// A wrong key costs its address as much as so many messages.
const WRONG: u32 = 10 * MESSAGE;

pub(super) fn log_in(hall: &mut Hall, peers: &mut Peers, asker: &Asker, login: &Login<'_>) {
    let Some(window) = hall.desk.window(asker.peer) else {
        return;
    };
    let payer = window.payer;
    // Whoever has tried too many keys has to wait, whatever they try now.
    if let Err(refusal) = hall.charges.check_address(payer, ticks()) {
        return turn_away(hall, peers, asker, &refusal);
    }
    let whose = match login {
        Login::Token(token) => {
            Token::parse(token).and_then(|token| sitting_with(hall, &token.hash())).map(Whose::Sitting)
        }
        Login::Key(key) => Token::parse(key).and_then(|key| take_key(hall, &key.hash())).map(Whose::New),
    };
    match whose {
        Some(Whose::Sitting(number)) => enter(hall, peers, asker, number, None),
        Some(Whose::New(by)) => open(hall, peers, asker, by),
        None => {
            hall.charges.owe_address(payer, Cost::paid(WRONG), ticks());
            let from = place(hall.desk.window(asker.peer).and_then(|window| window.client));
            let refusal = hall.desk.note_wrong(&from, ticks()).err().unwrap_or_else(bad_key);
            turn_away(hall, peers, asker, &refusal);
        }
    }
}

enum Whose {
    Sitting(Number),
    New(By),
}

/// The same for whoever has a wrong key, one that was used, one that is over, or the token of a session that has ended.
fn bad_key() -> Refusal {
    Refusal::new(Code::BadKey, "this key is good for nothing, or good no longer: come by another link")
}

fn turn_away(hall: &mut Hall, peers: &mut Peers, asker: &Asker, refusal: &Refusal) {
    hall.refuse(peers, asker, refusal);
    peers.close(asker.peer, BAD_KEY, &refusal.words);
}

fn sitting_with(hall: &Hall, key: &KeyHash) -> Option<Number> {
    let sitting = hall.desk.sittings.with_key(key).filter(|sitting| sitting.until > hall.moment().at)?;
    check(hall, sitting.by).ok().map(|()| sitting.number)
}

fn take_key(hall: &mut Hall, key: &KeyHash) -> Option<By> {
    let by = hall.desk.keys.take(key, ticks());
    let by = by.or_else(|| hall.desk.link.take(key, clock::now(), ticks()).then_some(None))?;
    check(hall, by).ok().map(|()| by)
}

/// A new session is on its way to the disk.
fn open(hall: &mut Hall, peers: &mut Peers, asker: &Asker, by: By) {
    if !hall.desk.has_room(by) {
        return turn_away(hall, peers, asker, &Refusal::busy("too many have this page open"));
    }
    let Some(window) = hall.desk.window_mut(asker.peer) else {
        return;
    };
    window.stage = Stage::Arriving;
    let (client, place) = (window.kind.clone(), window.place.clone());
    let token = Token::new().expect("the system has randomness to give, as it had at the start");
    let at = hall.moment().at;
    let until = at + LONGEST;
    let act = Act::OpenAdmin { key: token.hash(), until, client, place };
    let entry = Entry::Act(Deed { by, at, reason: String::new(), act });
    let waiting = Waiting::AdminIn { asker: asker.clone(), by, token, until };
    if let Err(refusal) = hall.submit(peers, entry, waiting) {
        turn_away(hall, peers, asker, &refusal);
    }
}

/// The session is on disk, or cannot be.
pub(in crate::handler) fn let_in(
    hall: &mut Hall,
    peers: &mut Peers,
    asker: &Asker,
    (by, token, until): (By, &Token, Millis),
    outcome: Outcome,
) {
    let number = match outcome {
        Ok(Done::Numbered(number)) => number,
        Ok(_) => return turn_away(hall, peers, asker, &bad_key()),
        Err(failure) => return turn_away(hall, peers, asker, &failure.into()),
    };
    hall.desk.sittings.insert(number, token.hash(), by, until, ticks());
    if hall.desk.window(asker.peer).is_some() {
        enter(hall, peers, asker, number, Some(token));
    } else {
        // They have left before they had their token: nobody has it.
        close_for(hall, peers, number, "");
    }
}

fn enter(hall: &mut Hall, peers: &mut Peers, asker: &Asker, number: Number, token: Option<&Token>) {
    let whose = hall.desk.sittings.get(number).and_then(|sitting| sitting.by);
    if token.is_none() && !hall.desk.has_room(whose) {
        return turn_away(hall, peers, asker, &Refusal::busy("too many have this page open"));
    }
    let Some(window) = hall.desk.window_mut(asker.peer) else {
        return;
    };
    window.stage = Stage::In(number);
    let Some((until, by)) = hall.desk.sittings.get(number).map(|sitting| (sitting.until, sitting.by)) else {
        return;
    };
    let standing = standing(hall, by);
    let who = by.and_then(|person| hall.model.person(person)).map(|person| Somebody {
        id: person.id(),
        name: person.name(),
        role: role_word(standing.role),
    });
    let announcement = hall.model.announcement().map(|it| AnnouncementTold {
        id: it.number,
        msg: &it.text,
        msg_time: it.at,
    });
    let text = token.map(Token::text);
    let told = PageTold::Welcome {
        token: text.as_deref(),
        who,
        until,
        idle: IDLE / 1_000,
        server: concat!("pollcat ", env!("CARGO_PKG_VERSION")),
        may: may(standing),
        door: hall.model.door().word(),
        announcement,
    };
    send_secret(peers, asker.peer, &page_told(asker.id.as_deref(), &told));
    log::info!("{} is let in on the admin page, as {}", asker.peer, told_to(hall, by));
}
