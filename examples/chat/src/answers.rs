//! What the history has to say: something is on disk now, or could not be stored; something was found.

use pollcat::{PeerId, Peers};

use crate::asks::taken;
use crate::catch_up::{ANSWER, PAGE, cut, latest};
use crate::chat::{Chat, ticks};
use crate::console::notice;
use crate::departures::CHORES;
use crate::files;
use crate::history::{Append, Applied, Done, Entry, Failure, Found, PersonId, Read, Report, RoomId};
use crate::membership::gone_room;
use crate::tickets::{No, Ticket};
use crate::wire::{Code, EventTold, SERVER, Told, User, json};

impl Chat {
    pub(crate) fn hear_report(&mut self, peers: &mut Peers, report: Report<Ticket>) {
        match report {
            Report::Applied(batch) => {
                let answered = batch.iter().filter(|applied| applied.ticket.is_some()).count();
                for applied in batch {
                    self.applied(peers, applied);
                }
                self.settle(peers, answered);
            }
            Report::Read { read, ticket, result } => self.found(peers, read, ticket, result),
        }
    }

    fn applied(&mut self, peers: &mut Peers, applied: Applied<Ticket>) {
        let Applied { entry, ticket, outcome: result } = applied;
        let ticket = ticket.unwrap_or(Ticket::Nobody);
        let result = result.map_err(|failure| self.explain(&entry, failure));
        if let Err(Failure::Storage(words)) = &result {
            log::error!("not stored: {words}");
        }
        let held_up = ticket.holds_up();
        match (entry, ticket) {
            (Entry::Append(append), Ticket::Said(asker)) => match result {
                Ok(Done::Appended { room, offset, at, repeated: true }) => {
                    self.acknowledge_said(peers, &asker, room, offset, at, true);
                }
                Ok(Done::Appended { room, offset, at, repeated: false }) => {
                    self.said(peers, append, &asker, (room, offset, at));
                }
                Ok(Done::TakenBack { room, offset, at, mentioned }) => {
                    self.unmention(&append.body, room, &mentioned);
                    self.said(peers, append, &asker, (room, offset, at));
                }
                Ok(Done::Kept) => {}
                Err(failure) => self.refuse(peers, &asker, no(failure)),
            },
            (Entry::Arrive { person, .. }, Ticket::Arrived { asker, token, has }) => {
                self.arrived(peers, person, result.is_ok(), (asker, token, has));
            }
            (Entry::Rename { person, name, .. }, Ticket::Renamed(asker)) => {
                self.renamed(peers, person, &name, result.is_ok(), asker.peer);
                match result {
                    Ok(_) => self.acknowledge(peers, &asker),
                    Err(Failure::Taken) => self.refuse(peers, &asker, taken()),
                    Err(failure) => self.refuse(peers, &asker, no(failure)),
                }
            }
            // One that the disk does not know is gone as well.
            (Entry::Remove { room }, _) if matches!(result, Ok(_) | Err(Failure::NoSuchRoom)) => {
                self.removed(peers, room);
            }
            // Somebody has joined it meanwhile, or it is tried again.
            (Entry::Remove { room }, _) if self.rooms.get(room).is_some_and(|it| it.members.is_empty()) => {
                self.rooms.empty(room, ticks() + CHORES);
            }
            (Entry::Create { room, .. }, _) => self.created(peers, room, result.is_ok()),
            (Entry::Join { room, person, .. }, Ticket::Joined(asker)) => match (result, asker) {
                (Ok(_), asker) => self.joined(peers, room, person, asker),
                (Err(failure), Some(asker)) => self.refuse(peers, &asker, no(failure)),
                (Err(_), None) => {} // the message that it was for is refused as well
            },
            (Entry::Leave { room, person }, Ticket::Left(asker)) => match result {
                Ok(_) => self.left(peers, room, person, asker.as_ref()),
                Err(failure) => {
                    asker.into_iter().for_each(|asker| self.refuse(peers, &asker, no(failure.clone())));
                }
            },
            (Entry::Prune { room, before }, _) if result.is_ok() => self.rooms.prune(room, before),
            (_, _) => {}
        }
        held_up.into_iter().for_each(|peer| self.release(peers, peer));
    }

    /// On a full disk a room is not made, or a newcomer not stored, and what was to be done with them fails for a
    /// reason of its own. They are told the true one.
    fn explain(&mut self, entry: &Entry, failure: Failure) -> Failure {
        match (entry, failure) {
            (Entry::Create { room, .. }, Failure::Storage(words)) => {
                self.unmade.insert(*room, words.clone());
                Failure::Storage(words)
            }
            (
                Entry::Join { room, .. } | Entry::Append(Append { room, .. }) | Entry::Leave { room, .. },
                Failure::NoSuchRoom,
            ) => self.unmade.get(room).cloned().map_or(Failure::NoSuchRoom, Failure::Storage),
            (Entry::Rename { person, .. } | Entry::Join { person, .. }, Failure::NoSuchPerson)
                if self.people.get(*person).is_some() =>
            {
                // There may be room by now.
                let _ = self.store_person(*person, Ticket::Nobody);
                Failure::Storage(
                    "the disk was not available when you came, and does not know you: try again".into(),
                )
            }
            (_, failure) => failure,
        }
    }

    fn renamed(&mut self, peers: &mut Peers, id: PersonId, name: &str, stored: bool, asker: PeerId) {
        let old = self.people.name_of(id).to_owned();
        let place = self.people.get(id).map(|person| person.by_name().clone());
        self.people.settle_name(id, name, stored);
        place.into_iter().for_each(|place| self.place_again(id, &place));
        let Some(person) = self.people.get(id).filter(|_| stored && old != name) else {
            return;
        };
        log::info!("person {id} is called {name} now");
        let msg = format!("{old} is now {name}");
        let user = User { id, name, online: None };
        let told = Told::Renamed { msg_source: SERVER, msg: &msg, user, old: &old };
        self.tell_company(peers, person, Some(asker), &msg);
        let cost = self.tell_renamed(peers, id, &json(&told));
        self.charge(asker, cost);
        self.tell_line(peers, asker, &notice(&format!("you are {name} now")));
    }

    fn found(&mut self, peers: &mut Peers, read: Read, ticket: Ticket, result: Result<Found, Failure>) {
        match (read, ticket, result) {
            (Read::After { room, after, .. }, Ticket::CaughtUp { peer, reading }, result) => {
                self.caught_up(peers, (peer, reading), (room, after), result);
            }
            (_, Ticket::Page { asker, room }, Ok(Found::Events { events, first, .. })) => {
                let Some(place) = self.rooms.get(room).filter(|_| self.may_read(asker.peer, room)) else {
                    return self.refuse(peers, &asker, gone_room());
                };
                let events = place.heard(&events);
                let events = latest(events.iter());
                let more = events.first().is_some_and(|event| event.offset() > first);
                let id = asker.id.as_deref();
                let told = json(&Told::Page { id, room: &place.name, epoch: &place.epoch, events, more });
                self.answer(peers, asker.peer, &told);
            }
            (_, Ticket::Found { asker, query }, Ok(Found::Hits { hits, more })) => {
                let may_read = hits.iter().filter(|hit| self.may_read(asker.peer, hit.room));
                let readable = may_read.filter_map(|hit| {
                    let room = self.rooms.get(hit.room)?;
                    Some((hit.mark, EventTold::new(&hit.event, Some(&room.name))))
                });
                let (told, rest) = cut(readable, PAGE, ANSWER, |(_, event)| event.length());
                let last =
                    if rest { told.last().map(|(mark, _)| *mark) } else { hits.last().map(|hit| hit.mark) };
                let (id, before) = (asker.id.as_deref(), last.filter(|_| rest || more));
                let hits = told.into_iter().map(|(_, event)| event).collect();
                let told = json(&Told::Found { id, query: &query, hits, before });
                self.answer(peers, asker.peer, &told);
            }
            (Read::Picture { id, .. }, Ticket::Picture, result) => self.show(peers, &id, result),
            (Read::Picture { id, .. }, Ticket::SamePicture(asked), result) => {
                peers.answer_request(asked, &files::picture(&id, result));
            }
            (_, Ticket::Page { asker, .. } | Ticket::Found { asker, .. }, Err(failure)) => {
                self.refuse(peers, &asker, no(failure));
            }
            (_, _, _) => {}
        }
    }

    /// Is whoever asks still a member of the room?
    fn may_read(&self, peer: PeerId, room: RoomId) -> bool {
        let person = self.sessions.get(peer).and_then(|session| session.person());
        person.and_then(|id| self.people.get(id)).is_some_and(|person| person.rooms.contains_key(&room))
    }
}

/// Why the history did not do it.
fn no(failure: Failure) -> No {
    match failure {
        Failure::Taken => No::new(Code::NameTaken, "somebody was faster: it is taken"),
        Failure::NoSuchPerson => crate::membership::nobody(),
        Failure::HasMembers => No::new(Code::CannotLeave, "there is still somebody in it"),
        Failure::NoSuchRoom => gone_room(),
        Failure::NoSuchEvent => No::new(Code::NoSuchEvent, "there is no such message, or it was taken back"),
        Failure::KeyUsed => No::new(
            Code::BadField,
            "`id` was used for something else within the last day: nothing was stored",
        ),
        Failure::NotYours => No::new(Code::NotYours, "that is not yours to take back"),
        Failure::Busy => No::new(Code::Busy, "too many people search at the same time: try again"),
        Failure::Storage(words) => No::new(Code::Storage, words),
    }
}
