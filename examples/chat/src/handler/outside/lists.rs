//! Lists of bots and of targets, and who may see them; on the admin page, too.

use pollcat::Peers;

use super::push;
use crate::cost::Cost;
use crate::handler::hall::Hall;
use crate::history::{By, Failure, Number, OPERATOR, RoomId};
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::rights::{InChat, check_chat};
use crate::run::clock::ticks;
use crate::tickets::Asker;

/// The most targets in an answer.
const TARGETS: usize = 1_000;

/// All bots, for those who look after them.
pub(in crate::handler) fn bots(hall: &mut Hall, peers: &mut Peers, asker: &Asker) -> Result<(), Refusal> {
    let by = Some(hall.by(asker)?.person);
    tell_bots(hall, peers, asker, by, false)
}

/// On the admin page.
pub(in crate::handler) fn bots_on_page(
    hall: &mut Hall,
    peers: &mut Peers,
    asker: &Asker,
    by: By,
) -> Result<(), Refusal> {
    tell_bots(hall, peers, asker, by, true)
}

fn tell_bots(
    hall: &mut Hall,
    peers: &mut Peers,
    asker: &Asker,
    by: By,
    sees_private: bool,
) -> Result<(), Refusal> {
    check(hall, by, InChat::Bots)?;
    let rows = hall.model.bots().map(|bot| 1 + hall.model.keys_of(bot.person).count()).sum();
    hall.answer(peers, asker, &Reply::Bots { sees_private });
    charge(hall, asker, rows);
    Ok(())
}

/// One's own targets; or those of a room, for owners.
pub(in crate::handler) fn targets(
    hall: &mut Hall,
    peers: &mut Peers,
    asker: &Asker,
    room: Option<RoomId>,
) -> Result<(), Refusal> {
    let person = hall.by(asker)?.person;
    let listed: Vec<Number> = match room {
        None => hall.model.targets_of(person).map(|it| it.number).collect(),
        Some(room) => {
            check(hall, Some(person), InChat::Targets)?;
            hall.model.targets_of_room(room).map(|it| it.number).collect()
        }
    };
    tell_targets(hall, peers, asker, listed);
    Ok(())
}

/// On the admin page: all of them, with the addresses that members have chosen for themselves.
pub(in crate::handler) fn targets_on_page(
    hall: &mut Hall,
    peers: &mut Peers,
    asker: &Asker,
    by: By,
) -> Result<(), Refusal> {
    check(hall, by, InChat::Targets)?;
    let listed = hall.model.targets().map(|it| it.number).take(TARGETS).collect();
    tell_targets(hall, peers, asker, listed);
    Ok(())
}

fn tell_targets(hall: &mut Hall, peers: &mut Peers, asker: &Asker, listed: Vec<Number>) {
    // Whose they are is looked for among all, and so is what waits for them.
    let rows = hall.model.targets().count() + hall.model.deliveries().count();
    hall.answer(peers, asker, &Reply::Targets(listed));
    charge(hall, asker, rows);
}

/// Something is to go out, to see whether it arrives: one's own target, or any, for owners.
pub(in crate::handler) fn test(
    hall: &mut Hall,
    asker: &Asker,
    by: By,
    target: Number,
) -> Result<(), Refusal> {
    check_target(hall, by, target)?;
    // Whoever runs the chat knows what they do.
    if let Some(person) = by {
        let now = ticks();
        hall.post
            .try_out(person, now)
            .map_err(|wait| Refusal::tried_lately(now.saturating_add(wait), now))?;
    }
    push::test(hall, asker, target)
}

/// May they know of this target? To others there is no such target.
fn check_target(hall: &Hall, by: By, target: Number) -> Result<(), Refusal> {
    let no_such_target = || Refusal::from(Failure::NoSuchTarget);
    let serves = hall.model.target(target).ok_or_else(no_such_target)?.target.serves;
    if by.is_some() && serves.person() == by {
        return Ok(());
    }
    check(hall, by, InChat::Targets).map_err(|_| no_such_target())
}

fn check(hall: &Hall, by: By, right: InChat) -> Result<(), Refusal> {
    let standing = hall.model.standing(by.unwrap_or(OPERATOR), None, hall.moment().at);
    check_chat(standing, right, None).map_err(Refusal::lacks)
}

/// Whoever has asked, in the chat or on the admin page.
fn charge(hall: &mut Hall, asker: &Asker, rows: usize) {
    hall.charge(asker.peer, Cost::rows(rows));
    hall.desk.charge_rows(asker.peer, rows, ticks());
}
