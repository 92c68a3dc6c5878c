//! What is looked at on the admin page: in pages, from memory or from the disk. Nothing of it is what somebody said, but for
//! what was reported; and nobody learns here who talks to whom in private.

use pollcat::Peers;

use super::desk::send;
use super::live;
use crate::cost::Cost;
use crate::handler::hall::Hall;
use crate::history::{
    Failure, Found, Number, PersonId, Read, Restraint, RoomKind, StoredAct, StoredAdmin, StoredReport,
    StoredRestraint, StoredSession,
};
use crate::model::{Model, Room};
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::run::clock::ticks;
use crate::tickets::{Asker, Lookup, Question};
use crate::voices::cut;
use crate::voices::json::admin::{
    ActTold, AdminTold, PageTold, PersonMore, PersonTold, PlaceTold, RestraintTold, RoomTold, SessionTold,
    SettingTold, Somebody, WordsTold, page_told, role_word,
};
use crate::words::{Judged, Verdict};

/// The most rows of an answer, and the most bytes of it.
const PAGE: usize = 100;
const ANSWER: usize = 128 << 10;
/// The longest part of a name to look for, in bytes.
const LONGEST_PART: usize = 256;
/// Invites that are shown, with those who came by them.
const INVITES: usize = 1_000;
/// Ops of a room that are named.
const OPS: usize = 20;
/// Restraints of one person, or of everybody, that are shown.
const RESTRAINTS: usize = 1_000;

fn answer(hall: &mut Hall, peers: &mut Peers, asker: &Asker, text: &str, rows: usize) {
    send(peers, asker.peer, text);
    hall.desk.charge(asker.peer, Cost::rows(rows).and(Cost::answered(text.len())), ticks());
}

fn limit(asked: Option<u64>) -> usize {
    asked.map_or(PAGE, |limit| (limit as usize).clamp(1, PAGE))
}

// ---- people

/// Everybody is in the lobby: those who are here first, and all by name.
pub(super) fn people(
    hall: &mut Hall,
    peers: &mut Peers,
    asker: &Asker,
    query: &str,
    after: Option<PersonId>,
    asked: Option<u64>,
) -> Result<(), Refusal> {
    let part = query.trim();
    if part.len() > LONGEST_PART {
        return Err(Refusal::bad_field(format!("`query` has at most {LONGEST_PART} bytes")));
    }
    let listed = hall.model.who(hall.model.lobby(), part, after, limit(asked))?;
    let at = hall.moment().at;
    let mut rows = listed.looked_at;
    let people = listed.people.iter().filter_map(|&id| {
        let rooms = places(&hall.model, id).count();
        rows += hall.model.rooms_of(id).count();
        person_told(hall, id, at, PersonMore::Few { rooms })
    });
    let told = PageTold::People { people: people.collect(), more: listed.more };
    let text = page_told(asker.id.as_deref(), &told);
    answer(hall, peers, asker, &text, rows);
    Ok(())
}

/// The rooms somebody is in, without those between two.
fn places(model: &Model, person: PersonId) -> impl Iterator<Item = &Room> {
    model.rooms_of(person).filter(|room| room.kind() != RoomKind::Direct)
}

fn person_told<'a>(hall: &'a Hall, id: PersonId, at: i64, more: PersonMore<'a>) -> Option<PersonTold<'a>> {
    let model = &hall.model;
    let person = model.person(id)?;
    let is = |restraint| model.restraint_of(restraint, id, None, at).is_some();
    Some(PersonTold {
        id,
        name: person.name(),
        role: role_word(model.role_of(id)),
        online: person.is_here(),
        seen: person.seen(),
        avatar: model.avatar_of(id).map(|avatar| format!("/avatars/{avatar}")),
        muted: is(Restraint::Mute),
        banned: is(Restraint::Ban),
        guest: !person.has_token(),
        more,
    })
}

/// Somebody, with their sessions, which the disk knows.
pub(super) fn person(hall: &mut Hall, asker: &Asker, person: PersonId) -> Result<(), Refusal> {
    if hall.model.person(person).is_none() {
        return Err(Refusal::no_such_person(&person.to_string()));
    }
    hall.ledger
        .read(Read::Sessions { person }, Question::Desk(Lookup::Person { asker: asker.clone(), person }))
}

fn person_found(hall: &mut Hall, peers: &mut Peers, asker: &Asker, id: PersonId, sessions: &[StoredSession]) {
    let (at, model) = (hall.moment().at, &hall.model);
    let title = |room: &Room| model.traits_of(room.id()).and_then(|traits| traits.title.as_deref());
    let rooms = places(model, id).map(|room| PlaceTold {
        room: room.name(),
        title: title(room),
        op: model.is_op(id, room.id()),
    });
    let restraints =
        model.restraints().filter(|it| it.person == id && it.until.is_none_or(|until| until > at));
    let is_here = |it: &StoredSession| hall.sessions.with_token(id, &it.token).next().is_some();
    let more = PersonMore::All {
        rooms: rooms.collect(),
        restraints: restraints.take(RESTRAINTS).map(|it| restraint_told(model, it)).collect(),
        sessions: sessions.iter().map(|it| SessionTold::new(it, is_here(it))).collect(),
    };
    let Some(person) = person_told(hall, id, at, more) else {
        return hall.refuse(peers, asker, &Refusal::no_such_person(&id.to_string()));
    };
    let text = page_told(asker.id.as_deref(), &PageTold::Person { person });
    let rows = hall.model.rooms_of(id).count() + hall.model.restraints().count();
    answer(hall, peers, asker, &text, rows);
}

fn restraint_told<'a>(model: &'a Model, stored: &'a StoredRestraint) -> RestraintTold<'a> {
    let room = stored.room.and_then(|room| model.room(room));
    RestraintTold {
        what: stored.restraint.word(),
        room: room.map(Room::name),
        title: stored.room.and_then(|room| model.traits_of(room)?.title.as_deref()),
        until: stored.until,
        by: stored.by.map(|by| somebody(model, by)),
        at: stored.at,
        reason: &stored.reason,
        addresses: stored.addresses.len(),
    }
}

fn somebody(model: &Model, id: PersonId) -> Somebody<'_> {
    Somebody { id, name: model.name_of(id), role: role_word(model.role_of(id)) }
}

// ---- rooms

/// Those that anybody may join by name, and behind them the private ones by number: that they are there, not what is said
/// in them.
pub(super) fn all_rooms(hall: &mut Hall, peers: &mut Peers, asker: &Asker, after: &str, asked: Option<u64>) {
    let model = &hall.model;
    let told = model.rooms_on_page(after).map(|room| room_told(model, room));
    let length = |room: &RoomTold<'_>| {
        200 + room.topic.len() + room.ops.iter().map(|op| 40 + op.name.len()).sum::<usize>()
    };
    let (rooms, more) = cut(told, limit(asked), ANSWER, length);
    let rows = rooms.len() + model.count_all_rooms();
    let text = page_told(asker.id.as_deref(), &PageTold::AllRooms { rooms, more });
    answer(hall, peers, asker, &text, rows);
}

fn room_told<'a>(model: &'a Model, room: &'a Room) -> RoomTold<'a> {
    let (members, traits) = (model.members(room.id()), model.traits_of(room.id()));
    RoomTold {
        room: room.name(),
        title: traits.and_then(|traits| traits.title.as_deref()),
        kind: if room.is_public() { "room" } else { "private" },
        topic: traits.map_or("", |traits| &traits.topic),
        members: members.len(),
        here: members.count_here(),
        offset: room.last(),
        closed: traits.is_some_and(|traits| traits.is_closed),
        slow: traits.map_or(0, |traits| traits.pace),
        ops: model.ops_of(room.id()).take(OPS).map(|op| somebody(model, op)).collect(),
    }
}

// ---- what was done, what was reported, who may come in

pub(super) fn acts(
    hall: &mut Hall,
    asker: &Asker,
    before: Option<Number>,
    asked: Option<u64>,
) -> Result<(), Refusal> {
    let read = Read::Acts { before, limit: limit(asked) };
    hall.ledger.read(read, Question::Desk(Lookup::Acts { asker: asker.clone() }))
}

fn acts_found(hall: &mut Hall, peers: &mut Peers, asker: &Asker, acts: &[StoredAct], more: bool) {
    let (acts, rest) = cut(acts.iter().map(ActTold::new), PAGE, ANSWER, ActTold::length);
    let rows = acts.len();
    let text = page_told(asker.id.as_deref(), &PageTold::Acts { acts, more: more || rest });
    answer(hall, peers, asker, &text, rows);
}

pub(super) fn reports(hall: &mut Hall, asker: &Asker, after: Number) -> Result<(), Refusal> {
    // What is said in a private room only those read who are in it: a page of that would hide the others.
    let rooms = hall.model.reported_in(|room| hall.model.is_reviewed_on_page(room));
    let read = Read::Reports { rooms: Some(rooms), after, limit: PAGE };
    hall.ledger.read(read, Question::Desk(Lookup::Reports { asker: asker.clone() }))
}

pub(super) fn invites(hall: &mut Hall, asker: &Asker) -> Result<(), Refusal> {
    let read = Read::Invites { room: None, limit: INVITES };
    hall.ledger.read(read, Question::Desk(Lookup::Invites { asker: asker.clone() }))
}

pub(super) fn restraints(hall: &mut Hall, peers: &mut Peers, asker: &Asker) {
    let at = hall.moment().at;
    let mut rows = 0;
    hall.answer_from(peers, asker, |model| {
        let in_force = model.restraints().filter(|it| it.until.is_none_or(|until| until > at));
        let all: Vec<&StoredRestraint> = in_force.take(RESTRAINTS).collect();
        rows = all.len();
        Some(Reply::Restraints(all))
    });
    hall.desk.charge(asker.peer, Cost::rows(rows), ticks());
}

// ---- the chat itself

pub(super) fn settings(hall: &mut Hall, peers: &mut Peers, asker: &Asker) {
    let settings = hall.settings.in_force.iter();
    let settings =
        settings.map(|it| SettingTold { name: it.name, value: it.shown(), default: it.is_default }).collect();
    let text = page_told(asker.id.as_deref(), &PageTold::Settings { settings });
    answer(hall, peers, asker, &text, 0);
}

/// How many words are looked for, and where they are from.
pub(super) fn words(hall: &mut Hall, peers: &mut Peers, asker: &Asker) {
    let Judged { refuse, mask, review } = hall.model.words().judged();
    let file = hall.settings.in_force.iter().find(|it| it.name == "words").map(|it| it.value.as_str());
    let words = WordsTold { file: file.filter(|file| !file.is_empty()), refuse, mask, review };
    let text = page_told(asker.id.as_deref(), &PageTold::Words(words));
    answer(hall, peers, asker, &text, 0);
}

/// What would become of a text, if somebody said it.
pub(super) fn try_words(
    hall: &mut Hall,
    peers: &mut Peers,
    asker: &Asker,
    text: &str,
) -> Result<(), Refusal> {
    let limit = hall.settings.max_message;
    if text.chars().nth(limit).is_some() {
        return Err(Refusal::too_long(limit));
    }
    hall.desk.charge(asker.peer, Cost::folded(text.len()), ticks());
    let verdict = hall.model.words().judge(text);
    let (verdict, msg) = match &verdict {
        Verdict::Fine => ("fine", None),
        Verdict::Masked(masked) => ("masked", Some(masked.as_str())),
        Verdict::Refused => ("refused", None),
        Verdict::Review => ("review", None),
    };
    let text = page_told(asker.id.as_deref(), &PageTold::TryWords { verdict, msg });
    answer(hall, peers, asker, &text, 0);
    Ok(())
}

// ---- this page

pub(super) fn admins(hall: &mut Hall, asker: &Asker) -> Result<(), Refusal> {
    hall.ledger.read(Read::AdminSessions, Question::Desk(Lookup::Admins { asker: asker.clone() }))
}

fn admins_found(hall: &mut Hall, peers: &mut Peers, asker: &Asker, stored: &[StoredAdmin]) {
    let own = hall.desk.sitting_of(asker.peer).map(|(number, _)| number);
    let now = ticks();
    let is_here =
        |number| !hall.desk.windows_of(number).is_empty() || hall.desk.elsewhere.has_window(number, now);
    // Those that have just ended may still be on the disk.
    let is_known = |it: &&StoredAdmin| hall.desk.sittings.get(it.number).is_some();
    let admins = stored.iter().filter(is_known).map(|it| {
        let who = it.by.map(|by| somebody(&hall.model, by));
        AdminTold::new(it, who, is_here(it.number), own == Some(it.number))
    });
    let text = page_told(asker.id.as_deref(), &PageTold::Admins { admins: admins.collect() });
    answer(hall, peers, asker, &text, stored.len());
}

// ---- the disk has answered

/// Nobody is told who has ended meanwhile.
pub(in crate::handler) fn found(
    hall: &mut Hall,
    peers: &mut Peers,
    lookup: Lookup,
    found: Result<Found, Failure>,
) {
    let Some(asker) = lookup.asker() else {
        return live::acts_found(hall, peers, found);
    };
    if hall.desk.sitting_of(asker.peer).is_none() {
        return;
    }
    match (&lookup, found) {
        (Lookup::Acts { .. }, Ok(Found::Acts { acts, more })) => acts_found(hall, peers, asker, &acts, more),
        (Lookup::Person { person, .. }, Ok(Found::Sessions(all))) => {
            person_found(hall, peers, asker, *person, &all);
        }
        (Lookup::Admins { .. }, Ok(Found::AdminSessions(all))) => admins_found(hall, peers, asker, &all),
        (Lookup::Reports { .. }, Ok(Found::Reports { reports, more })) => {
            let is_seen = |it: &&StoredReport| hall.model.is_reviewed_on_page(it.room);
            let reports: Vec<&StoredReport> = reports.iter().filter(is_seen).collect();
            hall.answer(peers, asker, &Reply::Reports { reports, more });
        }
        (Lookup::Invites { .. }, Ok(Found::Invites(all))) => {
            hall.answer(peers, asker, &Reply::Invites(all.iter().collect()));
        }
        (_, Err(failure)) => hall.refuse(peers, asker, &failure.into()),
        (_, Ok(_)) => {
            let failure = Failure::Storage("the history has answered something else".into());
            hall.refuse(peers, asker, &failure.into());
        }
    }
}
