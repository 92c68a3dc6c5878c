//! What is seen of the court: by those who come before it, and in the file.

use std::sync::atomic::Ordering;

use rusqlite::Connection;
use serde_json::{Value, json};

use crate::court::{Accused, COURT, Court};
use crate::line::{Cut, Line};
use crate::listener::text;
use crate::talker::Stage;

impl Court {
    pub(crate) fn compare_invites(&self, told: &Value) {
        let list = told["invites"].as_array().unwrap_or_else(|| panic!("no list: {told}"));
        for (id, (_, is_revoked)) in &self.invites {
            let it = list.iter().find(|it| it["id"] == *id);
            let it = it.unwrap_or_else(|| panic!("invite {id} was made: {told}"));
            assert_eq!(it["revoked"] == true, *is_revoked, "invite {id}: {it}");
        }
    }

    /// Somebody comes, and sees whether they are what they are.
    pub(crate) fn visit(&mut self, place: usize, line: &mut Line, stage: &Stage) -> Result<(), Cut> {
        let court = self.clone();
        let it = &mut self.people[place];
        line.send(&json!({"type": "hello", "token": it.token}))?;
        let welcome = loop {
            let object = line.next()?;
            match (text(&object, "type"), object["code"].as_str()) {
                ("welcome", _) => break object,
                ("error", Some("stopping")) => {}
                ("error", Some("banned")) if it.is_banned => return Ok(()),
                _ => panic!("{it:?}: {object}"),
            }
        };
        assert!(!it.is_banned, "{it:?}: {welcome}");
        assert_eq!(welcome["user"]["role"] == "admin", it.is_admin, "{it:?}: {welcome}");
        assert_eq!(welcome["announcement"]["msg"].as_str().unwrap_or_default(), court.announcement);
        let rooms = welcome["rooms"].as_array().expect("rooms");
        let room = rooms.iter().find(|room| room["room"] == COURT);
        assert_eq!(room.is_some(), it.is_in, "{it:?}: {welcome}");
        if let Some(room) = room {
            assert_eq!(room["op"] == true, it.is_op, "{it:?}: {room}");
            assert_eq!(room["muted"] == true, it.is_muted || it.is_muted_here, "{it:?}: {room}");
            assert_eq!(room["closed"] == true, court.is_closed, "{room}");
            assert_eq!(room["topic"].as_str().unwrap_or_default(), court.topic, "{room}");
            it.said += 1;
            let id = format!("said-{}-{}", it.id, it.said);
            let words = json!({"type": "message", "id": id, "room": COURT, "msg": "not guilty"});
            let expected = match () {
                () if it.is_muted || it.is_muted_here => "muted",
                () if court.is_closed && !it.is_op && !it.is_admin => "forbidden",
                () => "ack",
            };
            return it.tries(line, &words, expected, stage);
        }
        if it.is_banned_here {
            it.tries(line, &json!({"type": "join", "id": "come", "room": COURT}), "banned", stage)?;
        }
        if let Some((key, _)) = court.invites.values().find(|(_, is_revoked)| *is_revoked) {
            let request = json!({"type": "accept", "id": "accept", "invite": key});
            it.tries(line, &request, "bad_invite", stage)?;
        }
        Ok(())
    }

    /// The file, in the end: read by nobody's code but SQLite's.
    pub(crate) fn compare_file(&self, file: &Connection) {
        let is_there = |sql: &str, person: u64| {
            let sql = format!("SELECT EXISTS ({sql})");
            file.query_row(&sql, [person as i64], |row| row.get::<_, bool>(0)).expect("the tables are there")
        };
        let room = "(SELECT id FROM rooms WHERE name = 'court')";
        for it in &self.people {
            let restrained = |kind: u8, room: &str| {
                let sql =
                    format!("SELECT 1 FROM restraints WHERE person = ?1 AND kind = {kind} AND room = {room}");
                is_there(&sql, it.id)
            };
            let found = (restrained(1, "0"), restrained(1, room), restrained(0, "0"), restrained(0, room));
            assert_eq!(found, (it.is_banned, it.is_banned_here, it.is_muted, it.is_muted_here), "{it:?}");
            let member = format!("SELECT 1 FROM members WHERE person = ?1 AND room = {room}");
            let op = format!("{member} AND op = 1");
            assert_eq!((is_there(&member, it.id), is_there(&op, it.id)), (it.is_in, it.is_op), "{it:?}");
            assert_eq!(
                is_there("SELECT 1 FROM people WHERE id = ?1 AND role = 1", it.id),
                it.is_admin,
                "{it:?}"
            );
        }
        for (&id, (_, is_revoked)) in &self.invites {
            let sql = "SELECT 1 FROM invites WHERE id = ?1 AND revoked = 0";
            assert_eq!(is_there(sql, id), !is_revoked, "invite {id}");
        }
    }
}

impl Accused {
    /// A request, and the code with which it is refused; or the type of its answer.
    fn tries(&self, line: &mut Line, request: &Value, expected: &str, stage: &Stage) -> Result<(), Cut> {
        line.send(request)?;
        loop {
            let object = line.next()?;
            if object["id"] != request["id"] {
                continue;
            }
            let told = object["code"].as_str().unwrap_or(text(&object, "type"));
            match told {
                "stopping" => return Err(Cut),
                "storage" => {
                    stage.refused.fetch_add(1, Ordering::Relaxed);
                    return Ok(());
                }
                _ => assert_eq!(told, expected, "{self:?}: {object}"),
            }
            return Ok(());
        }
    }
}
