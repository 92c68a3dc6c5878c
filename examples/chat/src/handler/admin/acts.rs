//! What is done from the admin page: all that is done in the chat by those who govern it, in the same words, and on the same
//! way to the disk. Whoever runs the chat does it as nobody (`by: None`).

use std::time::Instant;

use pollcat::Peers;

use super::ending::standing;
use super::lists;
use crate::ask::{Aimed, Ask, Intent, Look, Wish};
use crate::handler::hall::Hall;
use crate::handler::outside::lists as outside;
use crate::handler::wishes;
use crate::history::{Act, Aim, Append, Body, By, Deed, Entry, Number, OPERATOR, Offset};
use crate::refusal::{Code, Refusal};
use crate::reply::Reply;
use crate::rights::{InChat, InRoom, Standing, check_chat, check_room};
use crate::tickets::{Asker, Waiting};
use crate::voices::json::admin::is_not_for_here;

pub(super) fn carry_out(
    hall: &mut Hall,
    peers: &mut Peers,
    asker: &Asker,
    by: By,
    ask: Ask<'_>,
) -> Result<(), Refusal> {
    match ask {
        Ask::Wish(Wish::Act(intent)) if is_for_here(&intent) => {
            wishes::grant_on_page(hall, peers, asker, by, intent)
        }
        Ask::Wish(Wish::TakeBack { room, offset }) => take_back(hall, peers, asker, by, &room, offset),
        Ask::Look(Look::Reports { after, .. }) => lists::reports(hall, asker, after.unwrap_or(0)),
        Ask::Look(Look::Invites { .. }) => lists::invites(hall, asker),
        Ask::Look(Look::Restraints { .. }) => {
            lists::restraints(hall, peers, asker);
            Ok(())
        }
        Ask::Look(Look::Bots) => outside::bots_on_page(hall, peers, asker, by),
        Ask::Look(Look::Targets { .. }) => outside::targets_on_page(hall, peers, asker, by),
        Ask::Test { target } => outside::test(hall, asker, by, target),
        Ask::Ping => {
            hall.answer(peers, asker, &Reply::Pong);
            Ok(())
        }
        _ => Err(is_not_for_here()),
    }
}

/// What one does to oneself is done in the chat.
fn is_for_here(intent: &Intent<'_>) -> bool {
    !matches!(
        intent.what,
        Aimed::Accept { .. }
            | Aimed::Report { .. }
            | Aimed::Erase { .. }
            | Aimed::EndSession { whom: None, .. }
            | Aimed::DropAvatar { whom: None }
    )
}

/// What somebody said, and somebody else has reported: whoever takes it back here need not be in that room. Whether they may do
/// so to its author, the history looks at.
fn take_back(
    hall: &mut Hall,
    peers: &mut Peers,
    asker: &Asker,
    by: By,
    room: &str,
    target: Offset,
) -> Result<(), Refusal> {
    let room = hall.model.room_on_page(room).ok_or_else(|| Refusal::no_such_room(room))?.id();
    check_room(standing(hall, by), InRoom::Delete, hall.model.place_of(room), None)
        .map_err(Refusal::lacks)?;
    let entry = Entry::Append(Append {
        room,
        aim: Aim::There,
        author: by.unwrap_or(OPERATOR),
        author_name: by.map_or("operator".to_owned(), |person| hall.model.name_of(person).to_owned()),
        key: asker.id.clone(),
        at: hall.moment().at,
        body: Body::Deletion { target },
        mentions: Vec::new(),
        call: None,
    });
    hall.submit(peers, entry, Waiting::Said { asker: asker.clone(), is_altered: false, read: Instant::now() })
}

/// One's own session ends.
pub(super) fn close(
    hall: &mut Hall,
    peers: &mut Peers,
    asker: &Asker,
    by: By,
    session: Number,
) -> Result<(), Refusal> {
    let deed = Deed { by, at: hall.moment().at, reason: String::new(), act: Act::CloseAdmin { session } };
    hall.submit(peers, Entry::Act(deed), Waiting::Done(asker.clone()))
}

/// A session of one's own, or of somebody who is less.
pub(super) fn end_admin(
    hall: &mut Hall,
    peers: &mut Peers,
    asker: &Asker,
    by: By,
    session: Number,
) -> Result<(), Refusal> {
    let nobody = || Refusal::new(Code::NoSuchSession, "there is no such session, or it has ended");
    let whose = hall.desk.sittings.get(session).ok_or_else(nobody)?.by;
    if whose != by {
        let (who, whom): (Standing, Standing) = (standing(hall, by), standing(hall, whose));
        check_chat(who, InChat::EndSessions, Some(whom)).map_err(Refusal::lacks)?;
    }
    close(hall, peers, asker, by, session)
}
