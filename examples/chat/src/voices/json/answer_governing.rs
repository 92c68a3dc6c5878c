//! What is answered to those who govern, and about oneself, in JSON.

use super::events::PictureTold;
use super::governed::{
    Governed, InvitationTold, InviteTold, ReportTold, RestraintTold, SessionTold, UsedTold,
};
use super::parts::json;
use super::pieces::found;
use super::users::{doer, somebody};
use crate::history::{InviteUsed, StoredReport, StoredRestraint};
use crate::model::{Model, Room};
use crate::reply::{Invitation, Listening, Reply};
use crate::voices::reader::Reader;

/// `None`: it is answered otherwise.
pub(super) fn answer(reply: &Reply<'_>, to: &Reader<'_>, model: &Model) -> Option<String> {
    let id = to.id;
    Some(match reply {
        Reply::Mine { hits, before } => {
            let (events, before) = found(model, hits, *before, before.is_some());
            json(&Governed::Mine { id, events, before })
        }
        Reply::Sessions(sessions) => {
            json(&Governed::Sessions { id, sessions: sessions.iter().map(session).collect() })
        }
        Reply::Link { code, seconds } => json(&Governed::Link { id, code, seconds: *seconds }),
        Reply::Reports { reports, more } => {
            let reports = reports.iter().filter_map(|it| report(model, it)).collect();
            json(&Governed::Reports { id, reports, more: *more })
        }
        Reply::Restraints(restraints) => {
            let restraints = restraints.iter().map(|it| restraint(model, it)).collect();
            json(&Governed::Restraints { id, restraints })
        }
        Reply::Invites(invites) => {
            json(&Governed::Invites { id, invites: invites.iter().map(|it| invite(model, it)).collect() })
        }
        Reply::Invited(Invitation { number, key, url, room, until, left }) => {
            let room = room.and_then(|room| model.room(room)).map(Room::name);
            let invite = InvitationTold { id: *number, key, url, room, until: *until, left: *left };
            json(&Governed::Invite { id, invite })
        }
        Reply::Admin { url, seconds } => json(&Governed::Admin { id, url, seconds: *seconds }),
        _ => return None,
    })
}

fn session<'a>(Listening { session, is_here, is_this }: &Listening<'a>) -> SessionTold<'a> {
    SessionTold {
        id: session.number,
        client: &session.client,
        place: &session.place,
        since: session.since,
        seen: session.seen,
        here: *is_here,
        this: *is_this,
    }
}

/// `None`: its room is gone.
fn report<'a>(model: &'a Model, it: &'a StoredReport) -> Option<ReportTold<'a>> {
    Some(ReportTold {
        id: it.number,
        room: model.room(it.room)?.name(),
        offset: it.offset,
        held: it.offset.is_none(),
        by: somebody(model, it.by),
        from_id: it.author,
        from: &it.author_name,
        msg: it.text.as_deref().unwrap_or_default(),
        picture: it.picture.as_ref().map(PictureTold::new),
        reason: &it.reason,
        at: it.at,
    })
}

fn restraint<'a>(model: &'a Model, it: &'a StoredRestraint) -> RestraintTold<'a> {
    RestraintTold {
        what: it.restraint.word(),
        user: somebody(model, it.person),
        room: it.room.and_then(|room| model.room(room)).map(Room::name),
        until: it.until,
        by: doer(model, it.by),
        reason: &it.reason,
        at: it.at,
        addresses: it.addresses.len(),
    }
}

fn invite<'a>(model: &'a Model, it: &'a InviteUsed) -> InviteTold<'a> {
    let used = |&(id, at): &_| UsedTold { id, name: model.name_of(id), at };
    InviteTold {
        id: it.number,
        room: it.room.and_then(|room| model.room(room)).map(Room::name),
        by: doer(model, it.by),
        since: it.made,
        until: it.until,
        left: it.left,
        revoked: it.is_revoked,
        used_by: it.used_by.iter().map(used).collect(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::history::{Restraint, StoredSession};
    use crate::reply::Reply;
    use crate::voices::json::answer;
    use crate::voices::stage::{ALICE, BOB, CAROL, NOON, PRIVATE, TEA, chat};

    /// What carol is answered.
    fn answered(reply: &Reply<'_>) -> Value {
        answered_to(CAROL, reply)
    }

    fn answered_to(person: u64, reply: &Reply<'_>) -> Value {
        let reader = Reader { id: Some("x"), person: Some(person), now: NOON, is_crowd: &|_| false };
        let text = answer(reply, &reader, &chat()).expect("an answer");
        serde_json::from_str(&text).expect("JSON")
    }

    #[test]
    fn lists_are_answered_as_the_readme_has_them() {
        let session = StoredSession {
            number: 3,
            token: [0; 32],
            since: 1,
            seen: 2,
            client: "Firefox, Linux".into(),
            place: "203.0.*".into(),
        };
        let listening = Listening { session: &session, is_here: true, is_this: true };
        let sessions = json!({"type": "sessions", "id": "x", "sessions": [{"id": 3, "client": "Firefox, Linux",
            "place": "203.0.*", "since": 1, "seen": 2, "here": true, "this": true}]});
        assert_eq!(answered(&Reply::Sessions(vec![listening])), sessions);
        let used = InviteUsed {
            number: 5,
            room: Some(TEA),
            by: Some(BOB),
            made: 1,
            until: 2,
            left: 9,
            is_revoked: false,
            used_by: vec![(CAROL, 3)],
        };
        let invites = json!({"type": "invites", "id": "x", "invites": [{"id": 5, "room": "tea", "by": {"id": BOB, "name": "bob"},
            "since": 1, "until": 2, "left": 9, "used_by": [{"id": CAROL, "name": "carol", "at": 3}]}]});
        assert_eq!(answered(&Reply::Invites(vec![&used])), invites);
        let held = StoredReport {
            number: 9,
            room: PRIVATE,
            at: 1,
            by: CAROL,
            author: CAROL,
            author_name: "carol".into(),
            reason: String::new(),
            offset: None,
            text: Some("hm".into()),
            picture: None,
        };
        let reports = json!({"type": "reports", "id": "x", "reports": [{"id": 9, "room": "+3", "held": true,
            "by": {"id": CAROL, "name": "carol"}, "from_id": CAROL, "from": "carol", "msg": "hm", "reason": "", "at": 1}]});
        assert_eq!(answered(&Reply::Reports { reports: vec![&held], more: false }), reports);
        let model = chat();
        let restraints = model.restraint_of(Restraint::Mute, CAROL, Some(TEA), NOON).into_iter().collect();
        let muted = json!({"type": "restraints", "id": "x", "restraints": [{"what": "mute", "user": {"id": CAROL, "name": "carol"},
            "room": "tea", "until": NOON + 60_000, "by": {"id": BOB, "name": "bob"}, "reason": "loud", "at": NOON,
            "addresses": 0}]});
        assert_eq!(answered(&Reply::Restraints(restraints)), muted);
        assert_eq!(answered(&Reply::Held), json!({"type": "ack", "id": "x", "held": true}));
        assert_eq!(answered(&Reply::Acted), json!({"type": "ack", "id": "x"}));
    }

    #[test]
    fn a_room_says_what_its_reader_is_and_may_do_there() {
        let state = |person, room| answered_to(person, &Reply::Entered { room, from_elsewhere: false });
        let tea = state(CAROL, TEA);
        assert_eq!(
            (&tea["topic"], &tea["slow"], &tea["closed"]),
            (&json!("green"), &json!(30), &json!(true))
        );
        assert_eq!((&tea["muted"], &tea["muted_until"]), (&json!(true), &json!(NOON + 60_000)));
        assert_eq!((tea.get("op"), tea.get("may")), (None, None));
        let private = state(BOB, PRIVATE);
        assert_eq!(
            (&private["room"], &private["kind"], &private["title"]),
            (&json!("+3"), &json!("private"), &json!("Tee"))
        );
        assert_eq!((&private["op"], private.get("muted"), private.get("topic")), (&json!(true), None, None));
        assert_eq!(private["may"].as_array().map(Vec::len), Some(12), "{private}");
        let lobby = state(ALICE, 1);
        assert_eq!(
            lobby["may"],
            json!(["delete", "mute", "purge", "op", "alter", "review", "call"]),
            "an owner, in the lobby"
        );
    }
}
