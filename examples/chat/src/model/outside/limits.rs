//! What a bot does not do, whatever rights it has.

use crate::ask::Aimed;
use crate::history::{BotKind, PersonId, RoomId, RoomKind, Voices};
use crate::model::decide::Deciding;
use crate::model::room::Room;
use crate::refusal::{Code, Refusal};

impl Deciding<'_> {
    fn kind(self) -> Option<BotKind> {
        self.model.outside.kind_of(self.by.person)
    }

    /// For what a bot does not do. `words` say so.
    pub(in crate::model) fn check_no_bot(self, words: &str) -> Result<(), Refusal> {
        match self.kind() {
            Some(_) => Err(Refusal::new(Code::Forbidden, words)),
            None => Ok(()),
        }
    }

    /// A bot may govern a room, as its op. It comes in by its keys alone, brings nobody in, and has nothing sent to it.
    pub(in crate::model) fn check_deed_of_bot(self, what: &Aimed<'_>) -> Result<(), Refusal> {
        match what {
            Aimed::Accept { .. }
            | Aimed::Report { .. }
            | Aimed::Erase { .. }
            | Aimed::EndSession { .. }
            | Aimed::Invite { .. }
            | Aimed::Add { .. }
            | Aimed::AddTarget { .. }
            | Aimed::DropTarget { .. }
            | Aimed::RotateTarget { .. } => self.check_no_bot("a bot does not do that"),
            _ => Ok(()),
        }
    }

    /// A bot speaks where it was brought in, and nowhere else; the robot wherever somebody speaks to it.
    pub(in crate::model) fn check_inside_as_bot(self, room: RoomId) -> Result<(), Refusal> {
        let Some(kind) = self.kind() else { return Ok(()) };
        let place = self.model.rooms.get(room).ok_or_else(Refusal::room_is_gone)?;
        let is_everywhere = kind == BotKind::Robot && place.kind() != RoomKind::Direct;
        match is_everywhere || self.model.is_member(self.by.person, room) || self.is_in_talk(place) {
            true => Ok(()),
            false => Err(Refusal::not_member(place.name())),
        }
    }

    /// Is it a private talk of theirs, into which they may have to be called back?
    fn is_in_talk(self, place: &Room) -> bool {
        place
            .partner_of(self.by.person)
            .is_some_and(|partner| place.partner_of(partner) == Some(self.by.person))
    }

    /// A bot begins no private talk: somebody else has to have said something there.
    pub(in crate::model) fn check_spoken_to(self, one: PersonId, talk: Option<&Room>) -> Result<(), Refusal> {
        let others_spoke = talk.is_some_and(|talk| match talk.voices() {
            Voices::None => false,
            Voices::One(who) => who != one,
            Voices::Several => true,
        });
        match one == self.by.person && self.kind().is_some() && !others_spoke {
            true => Err(Refusal::new(Code::Forbidden, "a bot begins no private talk: it answers")),
            false => Ok(()),
        }
    }
}
