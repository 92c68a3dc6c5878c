//! What somebody may do, in words: what a client offers them.

use crate::history::{Millis, PersonId, RoomId};
use crate::model::Model;
use crate::rights::{InChat, InRoom, Standing, has_chat, has_room};

/// To others, in a room.
pub(super) fn in_room(model: &Model, person: PersonId, room: RoomId, now: Millis) -> Vec<&'static str> {
    let (standing, place) = (model.standing(person, Some(room), now), model.place_of(room));
    let rights = InRoom::OF_OPS.into_iter().filter(|&right| has_room(standing, right, place).is_ok());
    rights.filter_map(of_a_room).collect()
}

/// In the whole chat.
pub(super) fn in_chat(model: &Model, person: PersonId, now: Millis) -> Vec<&'static str> {
    of_standing(model.standing(person, None, now))
}

pub(super) fn of_standing(standing: Standing) -> Vec<&'static str> {
    InChat::ALL.into_iter().filter(|&right| has_chat(standing, right).is_ok()).map(of_the_chat).collect()
}

/// Speaking is in no list.
fn of_a_room(right: InRoom) -> Option<&'static str> {
    Some(match right {
        InRoom::Speak | InRoom::SpeakAtOnce => return None,
        InRoom::Delete => "delete",
        InRoom::Kick => "kick",
        InRoom::Mute => "mute",
        InRoom::Ban => "ban",
        InRoom::Purge => "purge",
        InRoom::Appoint => "op",
        InRoom::Alter => "alter",
        InRoom::Rename => "rename",
        InRoom::Remove => "remove",
        InRoom::Invite => "invite",
        InRoom::Review => "review",
        InRoom::Call => "call",
    })
}

fn of_the_chat(right: InChat) -> &'static str {
    match right {
        InChat::Kick => "kick",
        InChat::Mute => "mute",
        InChat::Ban => "ban",
        InChat::Purge => "purge",
        InChat::Appoint => "role",
        InChat::Invite => "invite",
        InChat::SetDoor => "door",
        InChat::Announce => "announce",
        InChat::Review => "review",
        InChat::EndSessions => "end_sessions",
        InChat::Administer => "admin",
        InChat::Bots => "bots",
        InChat::Targets => "targets",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rights::{Place, Role, Standing};

    /// The cells of a table of the README: the row of its heading, and those below.
    fn table(heading: &str) -> Vec<Vec<&'static str>> {
        let readme = include_str!("../../../README.md");
        let table = readme.split_once(heading).expect("it is in the README").1;
        let rows = table.lines().skip(2).take_while(|row| row.starts_with('|'));
        rows.map(|row| row.trim_matches('|').split('|').map(str::trim).collect()).collect()
    }

    /// What stands in backticks at the beginning.
    fn word(cell: &str) -> &str {
        cell.split('`').nth(1).expect("a word")
    }

    fn somebody(role: Role, is_op: bool) -> Standing {
        Standing { role, is_op, is_named: true, ..Standing::default() }
    }

    #[test]
    fn the_readme_says_who_may_do_what_in_a_room() {
        let rows = table("| `may` in a room |");
        let rights = InRoom::OF_OPS.map(|right| (right, of_a_room(right).expect("it is in a list")));
        assert_eq!(rows.iter().map(|row| word(row[0])).collect::<Vec<_>>(), rights.map(|(_, word)| word));
        let room = Place { is_lobby: false, is_direct: false, is_closed: false };
        let may = |who: Standing, right, place| match has_room(who, right, place) {
            Ok(()) => "yes",
            Err(_) => "–",
        };
        for (row, (right, word)) in rows.iter().zip(rights) {
            let member = may(somebody(Role::Member, false), right, room);
            let op = may(somebody(Role::Member, true), right, room);
            let admin = may(somebody(Role::Admin, false), right, room);
            let in_the_lobby = may(somebody(Role::Admin, false), right, Place { is_lobby: true, ..room });
            assert_eq!(row[1..], [member, op, admin, in_the_lobby], "{word}");
            assert_eq!(may(somebody(Role::Owner, false), right, room), admin, "{word}");
        }
    }

    #[test]
    fn the_readme_says_who_may_do_what_in_the_chat() {
        let rows = table("| `may` in the whole chat |");
        let rights = InChat::ALL.map(|right| (right, of_the_chat(right)));
        assert_eq!(rows.iter().map(|row| word(row[0])).collect::<Vec<_>>(), rights.map(|(_, word)| word));
        for (row, (right, word)) in rows.iter().zip(rights) {
            let may =
                |role, is_op| if has_chat(somebody(role, is_op), right).is_ok() { "yes" } else { "–" };
            let op = may(Role::Member, true);
            assert_eq!(row[1..], [op, may(Role::Admin, false), may(Role::Owner, false)], "{word}");
        }
    }
}
