//! A ban that is for the addresses of somebody, too. A node knows from where they were here; with several nodes they were perhaps at
//! another one. So whoever bans asks the others by an entry, and each adds what it knows.

use pollcat::Peers;

use super::ending;
use super::hall::Hall;
use crate::history::{Act, Deed, Entry, Millis, Origin, Outcome, PersonId, Restraint};
use crate::model::ADDRESSES;
use crate::run::clock::ticks;

/// Of their connections, and of those that have ended within the last hour.
fn known(hall: &Hall, person: PersonId) -> Vec<String> {
    let windows = hall.sessions.windows_of(person).iter();
    let here = windows.filter_map(|&peer| hall.sessions.get(peer)?.client);
    let before = hall.left.of(person, ticks());
    hall.door.bans.written(here.chain(before), ADDRESSES)
}

/// The addresses that this node knows are part of the ban.
pub(super) fn add_addresses(hall: &Hall, entries: &mut [Entry]) {
    for entry in entries {
        if let Entry::Act(Deed { act: Act::Restrain { person, addresses, room: None, .. }, .. }) = entry {
            *addresses = known(hall, *person);
        }
    }
}

/// Of these bans, which are for addresses: what asks other nodes for theirs.
pub(super) fn questions(hall: &Hall, entries: &[Entry]) -> Vec<Entry> {
    let question = |entry: &Entry| match entry {
        Entry::Act(Deed { act: Act::Restrain { person, room: None, .. }, at, .. }) => {
            Some(Entry::BanAddresses { person: *person, since: *at, addresses: Vec::new(), asks: true })
        }
        _ => None,
    };
    entries.iter().filter(|_| hall.ledger.is_shared()).filter_map(question).collect()
}

/// A ban is for more addresses, or another node asks for them.
pub(super) fn applied(hall: &mut Hall, peers: &mut Peers, entry: &Entry, outcome: &Outcome, origin: Origin) {
    let (Entry::BanAddresses { person, since, addresses, asks }, Ok(_)) = (entry, outcome) else { return };
    if !addresses.is_empty() {
        ending::end_from_there(hall, peers);
    }
    if *asks && origin == Origin::Elsewhere {
        let more = unknown(hall, *person, *since);
        hall.submit_each(peers, Vec::from_iter(more));
    }
}

/// What this node knows, and the ban does not.
fn unknown(hall: &Hall, person: PersonId, since: Millis) -> Option<Entry> {
    let ban = hall
        .model
        .restraints()
        .find(|it| (it.person, it.room, it.restraint, it.at) == (person, None, Restraint::Ban, since))?;
    let mut addresses = known(hall, person);
    addresses.retain(|address| !ban.addresses.contains(address));
    (!addresses.is_empty()).then_some(Entry::BanAddresses { person, since, addresses, asks: false })
}
