//! What the windows of the admin page hear by themselves, and what time does to them.

use std::time::Duration;

use pollcat::{PeerId, Peers};

use super::desk::{BAD_KEY, send};
use super::{ending, login, nodes};
use crate::handler::hall::Hall;
use crate::history::{Act, BackupState, Deed, Done, Entry, Failure, Found, Millis, Number, Outcome, Read};
use crate::refusal::Refusal;
use crate::rights::Role;
use crate::tickets::{Lookup, Question};
use crate::voices::json::admin::{ActTold, Figures, PageTold, page_told};

/// Acts that are told of at once; whoever has missed some looks at the list.
const AT_ONCE: usize = 20;

/// An entry has been applied, or could not be.
pub(in crate::handler) fn applied(hall: &mut Hall, peers: &mut Peers, entry: &Entry, outcome: &Outcome) {
    if let Entry::Act(Deed { act: Act::CloseAdmin { session }, .. }) = entry {
        // One that is not there has ended as well.
        if matches!(outcome, Ok(_) | Err(Failure::NoSuchSession)) {
            hall.desk.sittings.remove(*session);
            for peer in hall.desk.windows_of(*session) {
                peers.close(peer, BAD_KEY, "this session has ended");
            }
        }
    }
    // What somebody takes back that was said by somebody else is noted there, too.
    let is_noted = match outcome {
        Ok(Done::TakenBack { .. }) => true,
        Ok(_) => matches!(entry, Entry::Act(_)),
        Err(_) => false,
    };
    if is_noted {
        hall.desk.live.fresh += 1;
        ask(hall);
        end_those_who_may_not(hall, peers);
    }
}

/// Whoever has waited for their session was told that it is not known: nobody has its token.
pub(in crate::handler) fn unclaimed(hall: &mut Hall, peers: &mut Peers, entry: &Entry, outcome: &Outcome) {
    if let (Entry::Act(Deed { act: Act::OpenAdmin { .. }, .. }), Ok(Done::Numbered(number))) =
        (entry, outcome)
    {
        ending::close_for(hall, peers, *number, "");
    }
}

/// The disk knows the rows of the log of acts. It is asked once for all that happen meanwhile, and only if anybody looks.
fn ask(hall: &mut Hall) {
    if hall.desk.let_in().next().is_none() {
        hall.desk.live.fresh = 0;
        return;
    }
    if hall.desk.live.is_asked || hall.desk.live.fresh == 0 {
        return;
    }
    let read = Read::Acts { before: None, limit: AT_ONCE };
    hall.desk.live.is_asked = hall.ledger.read(read, Question::Desk(Lookup::Live)).is_ok();
    if hall.desk.live.is_asked {
        // Those that are noted from here on are perhaps not in the answer.
        hall.desk.live.fresh = 0;
    }
}

pub(super) fn acts_found(hall: &mut Hall, peers: &mut Peers, found: Result<Found, Failure>) {
    hall.desk.live.is_asked = false;
    if let Ok(Found::Acts { acts, .. }) = found {
        let last = hall.desk.live.last;
        // Nobody has been told of any: what was before is in the list.
        let newest = if last == 0 { 1 } else { acts.len() };
        for act in acts.iter().take(newest).rev().filter(|act| act.number > last) {
            let text = page_told(None, &PageTold::Acted { act: ActTold::new(act) });
            hall.desk.let_in().for_each(|(peer, ..)| send(peers, peer, &text));
        }
        hall.desk.live.last = acts.first().map_or(last, |act| act.number.max(last));
    }
    ask(hall);
}

/// How the backups are: whoever looks is told with the next figures.
pub(in crate::handler) fn backups(hall: &mut Hall, state: BackupState) {
    hall.metrics.backups(state.last.as_ref().map(|made| (made.at, made.bytes)), state.failures);
    hall.desk.counted.note_backups(state);
}

/// Whoever may not be here any more goes at once, not only when they ask for something.
fn end_those_who_may_not(hall: &mut Hall, peers: &mut Peers) {
    let lacking = hall.desk.sittings.iter().filter_map(|sitting| {
        let lack = ending::check(hall, sitting.by).err()?;
        Some((sitting.number, Refusal::lacks(lack).words))
    });
    let lacking: Vec<(Number, String)> = lacking.collect();
    for (number, words) in lacking {
        ending::end(hall, peers, number, &words);
    }
}

pub(in crate::handler) fn pass_time(hall: &mut Hall, peers: &mut Peers, now: Millis) {
    hall.desk.tell_of_wrong(Duration::from_millis(now as u64));
    for peer in hall.desk.late(now) {
        peers.close(peer, BAD_KEY, "log in within 20 s");
    }
    end_those_who_may_not(hall, peers);
    let at = hall.moment().at;
    let mut over = hall.desk.sittings.over(at, now);
    // Each node would choose others.
    if hall.ledger.holds_chores() {
        over.extend(hall.desk.sittings.surplus(at, now));
    }
    over.into_iter().for_each(|number| ending::close_for(hall, peers, number, "this session is over"));
    login::look_again(hall, peers);
    nodes::say(hall);
    ask(hall);
    if hall.desk.counted.pass_time(now) {
        let watching = hall.desk.let_in().filter(|(_, window, _)| window.watches).map(|(peer, ..)| peer);
        let watching: Vec<PeerId> = watching.collect();
        tell_figures(hall, peers, &watching, now);
    }
}

/// To those who look.
pub(super) fn tell_figures(hall: &mut Hall, peers: &mut Peers, watching: &[PeerId], now: Millis) {
    if watching.is_empty() {
        return;
    }
    let disk_bytes = hall.desk.counted.disk_bytes(now);
    let reports = hall.desk.counted.count_reports(&hall.model);
    let figures = Figures {
        people_here: hall.model.here().len(),
        connections: peers.len(),
        known: hall.model.members(hall.model.lobby()).len(),
        rooms: hall.model.count_rooms(),
        messages_per_second: hall.desk.counted.per_second(),
        disk_bytes,
        queue_bytes: hall.ledger.waiting_bytes() as u64,
        up_seconds: hall.desk.counted.up_seconds(now),
        reports,
        owners: hall.model.admins().filter(|&one| hall.model.role_of(one) == Role::Owner).count(),
        backup: hall.desk.counted.backup(),
    };
    let text = page_told(None, &PageTold::Figures(figures));
    for &peer in watching {
        // Whoever does not read has older ones to read first.
        if peers.queued(peer) < text.len() {
            send(peers, peer, &text);
        }
    }
}
