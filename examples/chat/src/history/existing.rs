//! Who has to be there for an entry of a log.
//!
//! A node that asks for an entry knows who was there a moment ago. Others may have taken them away meanwhile, and that stands before
//! it. So nobody is anybody but by what stands in the log: whoever is gone, or never came, says nothing, leaves nothing behind, and
//! is not called back by what they were still about to do. Rights and rooms are looked at where an entry is applied, with a log and
//! without.
//!
//! | entry | who has to be there | otherwise | and then it is looked at |
//! |---|---|---|---|
//! | `Arrive` | nobody | | the number, the token, the name and what looks like it: `Taken` |
//! | `Rename`, `AddToken`, `Remind`, `Avatar`, `Noticed`, `Seen` | whose it is | `NoSuchPerson` | the name, the token, how many there are |
//! | `Forget` | whom it is about | `NoSuchPerson` | whether they are as they were: `Returned`; a ban |
//! | `Join`, `Leave`, `MarkRead`, `SetLevel` | whose it is | `NoSuchPerson` | the room; a ban; whether it is private |
//! | `Create` | who makes it; both, of a private talk | `NoSuchPerson` | the number, the name and what looks like it: `Taken` |
//! | `Append` of a text or a picture | its author, in the room | `NoSuchPerson`, `NoSuchRoom` | the room; mute, ban, closed, slow; whether it is private |
//! | `Append` that takes something back | its author, or who runs the chat | `NoSuchPerson` | whose it was, and the right |
//! | `Append` that erases | nobody: who has ordered it may be gone | | the order, with the name that is told now: `Lacks` |
//! | `Act` | who does it, or who runs the chat | `NoSuchPerson` | the right; whom it is about, and the room |
//! | `BanAddresses` | whom it is about | `NoSuchPerson` | whether it is that ban |
//! | `Dispatch`, `Ring`, `Unremind`, `Marks` | nobody: their rows go with people and rooms | | the rows |
//! | all others | nobody | | |
//!
//! What is looked at only by the node that is asked: how much there may be of everything (people, rooms, members), who is let in by
//! the door (an invite is used at apply), and words that are not said here. When two nodes are asked in the same moment, there may be
//! one more than that.

use rusqlite::{Connection, Result, params};

use super::schema::signed;
use super::{Append, Body, Entry, Failure, OPERATOR, PersonId, direct_pair, standing};
use crate::rights::Lack;

/// Why it comes to nothing, if somebody is not there.
pub(super) fn lacks(connection: &Connection, entry: &Entry) -> Result<Option<Failure>> {
    if let Entry::Append(said) = entry
        && let Body::Purge { of, .. } = &said.body
        && !is_ordered_so(connection, said, *of)?
    {
        return Ok(Some(Failure::Lacks(Lack::NotOp)));
    }
    for person in needed(entry).into_iter().flatten() {
        if !standing::is_there(connection, person)? {
            return Ok(Some(Failure::NoSuchPerson));
        }
    }
    if let Entry::Append(said) = entry
        && said.body.words().is_some()
        && is_outside(connection, said)?
    {
        return Ok(Some(Failure::NoSuchRoom));
    }
    Ok(None)
}

fn needed(entry: &Entry) -> [Option<PersonId>; 2] {
    match entry {
        Entry::Rename { person, .. }
        | Entry::Noticed { person }
        | Entry::Seen { person, .. }
        | Entry::Forget { person, .. }
        | Entry::Join { person, .. }
        | Entry::Leave { person, .. }
        | Entry::MarkRead { person, .. }
        | Entry::SetLevel { person, .. }
        | Entry::AddToken { person, .. }
        | Entry::Avatar { person, .. }
        | Entry::BanAddresses { person, .. } => [Some(*person), None],
        Entry::Remind { reminder } => [Some(reminder.person), None],
        Entry::Create { folded, maker, .. } => match direct_pair(folded) {
            Some([one, other]) => [Some(one), Some(other)],
            None => [*maker, None],
        },
        Entry::Append(said) => [author(said), None],
        Entry::Act(deed) => [deed.by, None],
        Entry::Arrive { .. }
        | Entry::Renew { .. }
        | Entry::Remove { .. }
        | Entry::SeeSession { .. }
        | Entry::Lapse { .. }
        | Entry::Unname { .. }
        | Entry::Purged { .. }
        | Entry::ForgetActs { .. }
        | Entry::Robot { .. }
        | Entry::SeeKey { .. }
        | Entry::Dispatch { .. }
        | Entry::Delivered { .. }
        | Entry::Postponed { .. }
        | Entry::Dropped { .. }
        | Entry::Unremind { .. }
        | Entry::Ring { .. }
        | Entry::Reserve { .. }
        | Entry::Compare(_)
        | Entry::Marks { .. }
        | Entry::Prune { .. }
        | Entry::Sweep { .. }
        | Entry::GiveUpPictures { .. }
        | Entry::ForgetReceipts { .. } => [None, None],
    }
}

/// Whoever runs the chat is nobody in it, and takes back what others have said.
fn author(said: &Append) -> Option<PersonId> {
    match said.body {
        Body::Text(_) | Body::Picture { .. } => Some(said.author),
        Body::Deletion { .. } => Some(said.author).filter(|author| *author != OPERATOR),
        Body::Purge { .. } => None,
    }
}

/// Are they in front of a public room that they are not in? They have left it, or were put out, at another node. In the lobby is
/// everybody, the robot is nowhere, and what they said before they left has its answer.
fn is_outside(connection: &Connection, said: &Append) -> Result<bool> {
    connection
        .prepare_cached(
            "SELECT 1 FROM rooms r WHERE id = ?1 AND kind = 0 AND folded <> 'lobby'
             AND NOT EXISTS (SELECT 1 FROM members WHERE room = ?1 AND person = ?2)
             AND NOT EXISTS (SELECT 1 FROM bots WHERE person = ?2 AND kind = 1)
             AND NOT EXISTS (SELECT 1 FROM receipts WHERE author = ?2 AND key = ?3)",
        )?
        .exists(params![signed(said.room), signed(said.author), said.key])
}

/// Is that ordered, and does whoever has ordered it still have this name? A name that is told no more since is not written down again:
/// it is decided anew, with the other one.
fn is_ordered_so(connection: &Connection, said: &Append, of: PersonId) -> Result<bool> {
    connection
        .prepare_cached(
            "SELECT 1 FROM purges WHERE person = ?1 AND room IN (0, ?2) AND coalesce(by, 0) = ?3 AND by_name = ?4 AND mode = 0",
        )?
        .exists(params![signed(of), signed(said.room), signed(said.author), said.author_name])
}
