//! Who is let in on the admin page. A key is good once, and becomes a session, which has a token; what is kept of either is a
//! hash. Hashes are compared in a time that does not depend on them, and nothing that was guessed is told from something
//! that was good once.

use pollcat::{CloseCode, PeerId, Peers};

use super::desk::{BAD_KEY, Stage, send_secret};
use super::ending::{check, close_for, standing, told_to};
use super::seeking::{Has, Seeking, Verdict};
use super::sittings::{IDLE, LONGEST};
use crate::cost::{Cost, MESSAGE};
use crate::handler::hall::Hall;
use crate::history::{Act, By, Deed, Done, Entry, Failure, KeyHash, Number, Outcome};
use crate::http::door::place;
use crate::refusal::{Code, Refusal};
use crate::run::clock::{self, ticks};
use crate::tickets::{Asker, Ticket, Waiting};
use crate::token::Token;
use crate::voices::json::admin::{AnnouncementTold, Login, PageTold, Somebody, may, page_told, role_word};

/// A wrong key costs its address as much as so many messages.
const WRONG: u32 = 10 * MESSAGE;

enum Whose {
    Sitting(Number),
    /// Whose key it is, and what is to be used.
    New(By, KeyHash),
}

pub(super) fn log_in(hall: &mut Hall, peers: &mut Peers, asker: &Asker, login: &Login<'_>) {
    let Some(window) = hall.desk.window(asker.peer) else {
        return;
    };
    // Whoever has tried too many keys has to wait, whatever they try now.
    if let Err(refusal) = hall.charges.check_address(window.payer, ticks()) {
        return turn_away(hall, peers, asker, &refusal);
    }
    let has = match login {
        Login::Token(token) => Token::parse(token).map(|token| Has::Token(token.hash())),
        Login::Key(key) => Token::parse(key).map(|key| Has::Key(key.hash())),
    };
    match has.map(|has| (has, find(hall, has))) {
        Some((_, Some(whose))) => admit(hall, peers, asker, whose),
        Some((has, None)) if hall.ledger.is_shared() => seek(hall, peers, asker, has),
        _ => wrong(hall, peers, asker),
    }
}

fn find(hall: &mut Hall, has: Has) -> Option<Whose> {
    match has {
        Has::Token(token) => sitting_with(hall, &token).map(Whose::Sitting),
        Has::Key(key) => whose_key(hall, &key).map(|by| Whose::New(by, key)),
    }
}

fn admit(hall: &mut Hall, peers: &mut Peers, asker: &Asker, whose: Whose) {
    match whose {
        Whose::Sitting(number) => enter(hall, peers, asker, number, None),
        Whose::New(by, key) => open(hall, peers, asker, by, key),
    }
}

fn wrong(hall: &mut Hall, peers: &mut Peers, asker: &Asker) {
    let Some((payer, client)) = hall.desk.window(asker.peer).map(|window| (window.payer, window.client))
    else {
        return;
    };
    hall.charges.owe_address(payer, Cost::paid(WRONG), ticks());
    let refusal = hall.desk.note_wrong(&place(client), ticks()).err().unwrap_or_else(bad_key);
    turn_away(hall, peers, asker, &refusal);
}

// ---- of several nodes

fn seek(hall: &mut Hall, peers: &mut Peers, asker: &Asker, has: Has) {
    if !hall.ledger.wait_for_all(Ticket::Barrier(asker.peer)) {
        return turn_away(hall, peers, asker, &Refusal::behind());
    }
    if let Some(window) = hall.desk.window_mut(asker.peer) {
        window.stage = Stage::Seeking;
        hall.desk.seeking.push(Seeking::new(asker, has, ticks()));
    }
}

/// This node knows all that others knew when somebody came.
pub(in crate::handler) fn knows_all(hall: &mut Hall, peers: &mut Peers, peer: PeerId) {
    hall.desk.seeking.iter_mut().filter(|it| it.asker.peer == peer).for_each(|it| it.knows_all = true);
    look_again(hall, peers);
}

/// Something may be known by now that was not.
pub(super) fn look_again(hall: &mut Hall, peers: &mut Peers) {
    let now = ticks();
    for seeking in std::mem::take(&mut hall.desk.seeking) {
        match (find(hall, seeking.has), seeking.verdict(now)) {
            (Some(whose), _) => admit(hall, peers, &seeking.asker, whose),
            (None, Verdict::Wait) => hall.desk.seeking.push(seeking),
            (None, Verdict::Nobody) => wrong(hall, peers, &seeking.asker),
            (None, Verdict::Unknown) => turn_away(hall, peers, &seeking.asker, &Refusal::behind()),
        }
    }
}

/// A session was opened, here or at another node, and the link to it was used: known before anybody is told. It may have been used
/// before.
pub(in crate::handler) fn opened(hall: &mut Hall, entry: &Entry, outcome: &Outcome) {
    let Entry::Act(Deed { by, act: Act::OpenAdmin { key, until, link, .. }, .. }) = entry else {
        return;
    };
    if let (Some(link), Ok(_) | Err(Failure::Taken)) = (link, outcome) {
        hall.desk.keys.drop_used(link);
        hall.desk.link.drop_used(link);
        hall.desk.elsewhere.drop_used(link);
    }
    if let Ok(Done::Numbered(number)) = outcome {
        hall.desk.sittings.insert(*number, *key, *by, *until, ticks());
    }
}

// ---- in

/// The same for whoever has a wrong key, one that was used, one that is over, or the token of a session that has ended.
fn bad_key() -> Refusal {
    Refusal::new(Code::BadKey, "this key is good for nothing, or good no longer: come by another link")
}

fn turn_away(hall: &mut Hall, peers: &mut Peers, asker: &Asker, refusal: &Refusal) {
    hall.refuse(peers, asker, refusal);
    // What they have is good still, if it is for another reason.
    let is_for_now = matches!(refusal.code, Code::Busy | Code::Storage | Code::Stopping);
    let code = if is_for_now { CloseCode::TRY_AGAIN_LATER } else { BAD_KEY };
    peers.close(asker.peer, code, &refusal.words);
}

fn sitting_with(hall: &Hall, key: &KeyHash) -> Option<Number> {
    let sitting = hall.desk.sittings.with_key(key).filter(|sitting| sitting.until > hall.moment().at)?;
    check(hall, sitting.by).ok().map(|()| sitting.number)
}

fn whose_key(hall: &mut Hall, key: &KeyHash) -> Option<By> {
    let by = hall.desk.keys.whose(key, ticks()).or_else(|| hall.desk.elsewhere.whose(key, ticks()));
    let by = by.or_else(|| hall.desk.link.has(key, clock::now(), ticks()).then_some(None))?;
    check(hall, by).ok().map(|()| by)
}

/// A new session is on its way to the disk. Whether the link was used before is seen there, wherever it was.
fn open(hall: &mut Hall, peers: &mut Peers, asker: &Asker, by: By, link: KeyHash) {
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
    let act = Act::OpenAdmin { key: token.hash(), until, client, place, link: Some(link) };
    let entry = Entry::Act(Deed { by, at, reason: String::new(), act });
    let waiting = Waiting::AdminIn { asker: asker.clone(), token };
    if let Err(refusal) = hall.submit(peers, entry, waiting) {
        turn_away(hall, peers, asker, &refusal);
    }
}

/// The session is on disk, or cannot be.
pub(in crate::handler) fn let_in(
    hall: &mut Hall,
    peers: &mut Peers,
    asker: &Asker,
    token: &Token,
    outcome: Outcome,
) {
    let number = match outcome {
        Ok(Done::Numbered(number)) => number,
        // Somebody was faster with the same link.
        Ok(_) | Err(Failure::Taken) => return turn_away(hall, peers, asker, &bad_key()),
        Err(failure) => return turn_away(hall, peers, asker, &failure.into()),
    };
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
