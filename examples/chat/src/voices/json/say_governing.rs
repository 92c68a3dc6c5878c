//! What those who govern have done, in JSON.

use super::governed::Governed;
use super::parts::{User, json};
use super::told::{AnnouncementTold, Moved, SERVER, Told};
use super::users::{doer, moved, title, traits, user};
use super::{may, outside};
use crate::history::{By, Millis, PersonId, Restraint};
use crate::model::Model;
use crate::news::{Change, News};
use crate::rights::Role;

/// Whoever runs the chat is nobody in it.
const OPERATOR_NAME: &str = "the operator";

/// For everybody who hears of it. `None`: only whom it is about does, or nobody.
pub(super) fn say((by, reason): (By, &str), change: &Change, model: &Model) -> Option<String> {
    let by_user = doer(model, by);
    let by_name = by_user.map_or(OPERATOR_NAME, |user| user.name);
    Some(match change {
        Change::Role { person } => json(&Governed::Role { user: user(model, *person)? }),
        Change::Op { room, person, is_op } => {
            let (room, user) = (model.room(*room)?.name(), user(model, *person)?);
            json(&Governed::Op { room, user, op: *is_op, by: by_user })
        }
        Change::PutOut { room, who } => {
            let room = model.room(*room)?;
            let msg = format!("{by_name} put {} out of {}", who.name, title(model, room));
            json(&Told::Left(Moved { by: by_user, reason, ..moved(model, room, who, &msg) }))
        }
        Change::BroughtIn { room, who } => {
            let room = model.room(*room)?;
            let msg = format!("{by_name} brought {} into {}", who.name, title(model, room));
            json(&Told::Joined(Moved { by: by_user, ..moved(model, room, who, &msg) }))
        }
        Change::Room { room, old } => {
            let room = model.room(*room)?;
            let (room, traits) = (room.name(), traits(model, room));
            json(&Governed::Altered { room, old: old.as_deref(), traits, by: by_user })
        }
        Change::RoomRemoved { name, title, .. } => {
            let msg = format!("{by_name} removed {}", title.as_deref().unwrap_or(name));
            json(&Told::Removed { msg_source: SERVER, msg: &msg, room: name, by: by_user })
        }
        Change::Bot { bot } => outside::say_bot(*bot, model),
        Change::Door => json(&Governed::Door { door: model.door().word() }),
        Change::Announcement => {
            let none = AnnouncementTold { id: 0, msg: "", msg_time: 0 };
            let announcement = announcement(model).unwrap_or(none);
            json(&Governed::Announcement { announcement, by: by_user })
        }
        Change::Report { report, is_settled: true, .. } => json(&Governed::Settled { report: *report }),
        Change::Report { report, room, .. } => {
            json(&Governed::Reported { report: *report, room: model.room(*room)?.name() })
        }
        Change::Erased { person } => {
            let name = format!("gone-{person}");
            let user = User { id: *person, name: &name, ..User::default() };
            json(&Governed::Erased { user })
        }
        Change::Kicked { .. } | Change::Restrained { .. } | Change::SessionEnded { .. } => return None,
    })
}

/// For the windows of whom it is about. `None`: they hear it like everybody else.
pub(crate) fn say_to_them(news: &News, model: &Model, now: Millis) -> Option<String> {
    let News::Done { by, reason, change } = news else {
        return None;
    };
    let by = doer(model, *by);
    Some(match change {
        Change::Role { person } => {
            let role = Some(model.role_of(*person)).filter(|&role| role > Role::Member).map(Role::word);
            json(&Governed::You { role, may: may::in_chat(model, *person, now) })
        }
        Change::Restrained { restraint: Restraint::Mute, room, until, is_over, .. } => {
            let room = match room {
                Some(room) => Some(model.room(*room)?.name()),
                None => None,
            };
            match is_over {
                true => json(&Governed::Unmuted { room }),
                false => json(&Governed::Muted { room, until: *until, by, reason }),
            }
        }
        _ => return None,
    })
}

/// Somebody is shown by another picture, or by none.
pub(super) fn avatar(person: PersonId, model: &Model) -> Option<String> {
    Some(json(&Governed::Avatar { user: user(model, person)? }))
}

/// What stands above all rooms.
pub(super) fn announcement(model: &Model) -> Option<AnnouncementTold<'_>> {
    let it = model.announcement()?;
    Some(AnnouncementTold { id: it.number, msg: &it.text, msg_time: it.at })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::news::Named;
    use crate::voices::json::say as say_news;
    use crate::voices::stage::{ALICE, BOB, CAROL, NOON, PRIVATE, TEA, chat, done};

    fn told(change: Change) -> Value {
        let text = say_news(&done(change), &chat()).expect("it is told");
        serde_json::from_str(&text).expect("JSON")
    }

    fn told_to_them(change: Change) -> Value {
        let text = say_to_them(&done(change), &chat(), NOON).expect("they are told");
        serde_json::from_str(&text).expect("JSON")
    }

    fn bob() -> Value {
        json!({"id": BOB, "name": "bob"})
    }

    #[test]
    fn what_has_changed_is_told_as_the_readme_has_it() {
        let op = json!({"type": "op", "room": "tea", "user": {"id": CAROL, "name": "carol"}, "op": true, "by": bob()});
        assert_eq!(told(Change::Op { room: TEA, person: CAROL, is_op: true }), op);
        let role = json!({"type": "role", "user": {"id": ALICE, "name": "alice", "role": "owner"}});
        assert_eq!(told(Change::Role { person: ALICE }), role);
        let who = || Named { id: CAROL, name: "carol".into() };
        let left = json!({"type": "left", "msg_source": "server", "msg": "bob put carol out of Tee", "room": "+3",
            "user": {"id": CAROL, "name": "carol"}, "members": 4, "by": bob(), "reason": "spam"});
        assert_eq!(told(Change::PutOut { room: PRIVATE, who: who() }), left);
        let altered = json!({"type": "altered", "room": "tea", "old": "tee", "kind": "room", "topic": "green", "slow": 30,
            "closed": true, "by": bob()});
        assert_eq!(told(Change::Room { room: TEA, old: Some("tee".into()) }), altered);
        let private =
            json!({"type": "altered", "room": "+3", "kind": "private", "title": "Tee", "by": bob()});
        assert_eq!(told(Change::Room { room: PRIVATE, old: None }), private);
        let announcement =
            json!({"type": "announcement", "id": 3, "msg": "back at 12", "msg_time": NOON, "by": bob()});
        assert_eq!(told(Change::Announcement), announcement);
        assert_eq!(told(Change::Door), json!({"type": "door", "door": "named"}));
        let report = |is_settled| Change::Report { report: 9, room: TEA, is_settled };
        assert_eq!(told(report(false)), json!({"type": "reported", "report": 9, "room": "tea"}));
        assert_eq!(told(report(true)), json!({"type": "settled", "report": 9}));
        let erased = json!({"type": "erased", "user": {"id": CAROL, "name": format!("gone-{CAROL}")}});
        assert_eq!(told(Change::Erased { person: CAROL }), erased);
        let avatar =
            json!({"type": "avatar", "user": {"id": BOB, "name": "bob", "avatar": "/avatars/b.png"}});
        assert_eq!(avatar_told(BOB), avatar);
    }

    fn avatar_told(person: PersonId) -> Value {
        serde_json::from_str(&avatar(person, &chat()).expect("somebody")).expect("JSON")
    }

    #[test]
    fn whom_it_is_about_is_told_more() {
        let muted = |until, is_over| Change::Restrained {
            restraint: Restraint::Mute,
            person: CAROL,
            room: Some(TEA),
            until,
            is_over,
            addresses: Vec::new(),
        };
        let expected = json!({"type": "muted", "room": "tea", "until": 9, "by": bob(), "reason": "spam"});
        assert_eq!(told_to_them(muted(Some(9), false)), expected);
        assert_eq!(told_to_them(muted(None, true)), json!({"type": "unmuted", "room": "tea"}));
        let you = told_to_them(Change::Role { person: ALICE });
        assert_eq!((&you["type"], &you["role"]), (&json!("you"), &json!("owner")));
        assert!(you["may"].as_array().is_some_and(|may| may.contains(&json!("role"))), "{you}");
        assert_eq!(told_to_them(Change::Role { person: CAROL }), json!({"type": "you", "may": []}));
    }

    /// Others do not hear of it: it is nobody else's business.
    #[test]
    fn a_mute_is_told_to_nobody_else() {
        let change = Change::Restrained {
            restraint: Restraint::Mute,
            person: CAROL,
            room: None,
            until: None,
            is_over: false,
            addresses: vec!["203.0.113.7/32".into()],
        };
        assert_eq!(say_news(&done(change), &chat()), None);
    }
}
