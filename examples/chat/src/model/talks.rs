//! Private talks: who begins one, who is called back into it, and which of many are left.

use std::cmp::Reverse;

use super::decide::Deciding;
use super::room::direct_name;
use crate::history::{Entry, PersonId, RoomId, RoomKind, Voices};
use crate::refusal::{Code, Refusal};

/// Private talks in which both have spoken, before somebody can begin another.
const ANSWERED: usize = 1_000;
/// Talks in which only one has spoken. Of more than these, those with the newest people are left: strangers who come by the
/// hundred push each other out, and nobody whom the chat knew before them.
const UNANSWERED: usize = 100;

/// The private talks of one person.
#[derive(Default)]
struct Talks {
    answered: usize,
    /// With whom, those first who came last.
    unanswered: Vec<(Reverse<PersonId>, RoomId)>,
}

impl Deciding<'_> {
    /// Whoever has left a private talk is in it again when the other speaks, unless they are gone for good.
    pub(super) fn call_back(self, person: PersonId, room: RoomId) -> Result<(Vec<Entry>, RoomId), Refusal> {
        let partner = self.model.rooms.get(room).and_then(|room| room.partner_of(person));
        match partner.filter(|&partner| self.model.people.get(partner).is_some()) {
            Some(partner) => self.private_talk(person, partner),
            None => Ok((Vec::new(), room)),
        }
    }

    /// The room of two people, made if need be; whoever has left it is in it again.
    pub(super) fn private_talk(
        self,
        one: PersonId,
        other: PersonId,
    ) -> Result<(Vec<Entry>, RoomId), Refusal> {
        if one == other {
            return Err(Refusal::new(Code::NoSuchPerson, "that is you"));
        }
        let name = direct_name(one, other);
        self.check_spoken_to(one, self.model.rooms.named(&name))?;
        let mut entries = Vec::new();
        let (room, read) = match self.model.rooms.named(&name) {
            Some(room) => (room.id(), room.last()),
            None if self.talks_of(one).answered >= ANSWERED => {
                return Err(Refusal::too_many_rooms("you talk to too many people: leave some of the talks"));
            }
            None if self.talks_of(other).answered >= ANSWERED => {
                return Err(Refusal::room_full("they talk to too many people already"));
            }
            None => {
                entries.push(self.creation(RoomKind::Direct, (name.clone(), (name, None)), None)?);
                (self.model.next_room()?, 0)
            }
        };
        if !self.model.is_member(one, room) {
            self.check_barred(room)?;
        }
        // Whoever is banned is called back by what is said when they are no longer.
        let comes = |&person: &PersonId| {
            !self.model.is_member(person, room) && self.model.govern.ban(person, room).is_none()
        };
        for person in [one, other].into_iter().filter(comes) {
            entries.extend(self.leave_unanswered(person));
            entries.push(Entry::Join { room, person, read });
        }
        Ok((entries, room))
    }

    /// So that there is room for one more talk.
    fn leave_unanswered(self, person: PersonId) -> impl Iterator<Item = Entry> {
        let unanswered = self.talks_of(person).unanswered;
        let too_many = (unanswered.len() + 1).saturating_sub(UNANSWERED);
        unanswered.into_iter().take(too_many).map(move |(_, room)| Entry::Leave { room, person })
    }

    fn talks_of(self, person: PersonId) -> Talks {
        let mut talks = Talks::default();
        // Everybody may talk to the robot.
        if self.model.robot() == Some(person) {
            return talks;
        }
        for room in self.model.rooms_of(person).filter(|room| room.kind() == RoomKind::Direct) {
            match room.voices() {
                Voices::Several => talks.answered += 1,
                Voices::None | Voices::One(_) => {
                    let partner = room.partner_of(person).unwrap_or(person);
                    talks.unanswered.push((Reverse(partner), room.id()));
                }
            }
        }
        talks.unanswered.sort_unstable();
        talks
    }
}
