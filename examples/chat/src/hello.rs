//! The first words of a JSON client: who it is, or wishes to be.
//!
//! Nobody is made without a word from the client. A `hello` that cannot be granted makes nobody either: the client
//! reads why, and may say another one, as long as the time for it lasts. Anything else but a `hello` makes a guest.

use std::collections::HashMap;

use pollcat::{CloseCode, PeerId, Peers};

use crate::arrivals::bad_name;
use crate::asks::taken;
use crate::chat::Chat;
use crate::cost::{Cost, HELLO, MESSAGE};
use crate::history::{Millis, PersonId};
use crate::names;
use crate::sessions::{Session, Stage};
use crate::tickets::{Asker, No, Ticket};
use crate::token::Token;
use crate::wire::{Code, Hello, Position};

/// Who a hello is from.
enum Who {
    Known(PersonId),
    /// Under this name, if it is not to be a guest's.
    New(Option<String>),
}

impl Chat {
    /// A JSON client has said hello.
    pub(crate) fn greet(&mut self, peers: &mut Peers, asker: &Asker, hello: Hello<'_>) -> Result<(), No> {
        self.take_pace(asker.peer, HELLO)?;
        let Hello { token, name, echo, rooms } = hello;
        let whose = match token {
            Some(token) => self.recognize(&token).map(Who::Known),
            None => name.map(|wish| self.grant(&wish)).transpose().map(Who::New),
        };
        // Whoever tries tokens or names does so at the address's expense: there is no person yet.
        let whose = whose.inspect_err(|_| self.charge(asker.peer, Cost::paid(MESSAGE)))?;
        if let Some(session) = self.sessions.get_mut(asker.peer) {
            session.echo |= echo;
        }
        match whose {
            Who::New(name) => return self.introduce(peers, asker, name, rooms),
            Who::Known(person) => {
                self.take_return(person)?;
                self.welcome(peers, asker, person, None, rooms);
            }
        }
        Ok(())
    }

    /// What was to be a hello cannot be understood: it costs as much.
    pub(crate) fn refuse_hello(&mut self, peer: PeerId, no: No) -> Result<(), No> {
        self.take_pace(peer, MESSAGE)?;
        Err(no)
    }

    pub(crate) fn is_new(&self, peer: PeerId) -> bool {
        self.sessions.get(peer).is_some_and(|session| session.stage == Stage::New)
    }

    /// A client has said something else first: it is a guest, and its words come after the welcome.
    pub(crate) fn greet_guest(&mut self, peers: &mut Peers, asker: &Asker) -> Result<(), No> {
        self.introduce(peers, &Asker { peer: asker.peer, id: None }, None, HashMap::new())
    }

    fn recognize(&self, token: &str) -> Result<PersonId, No> {
        let known = Token::parse(token).and_then(|token| self.people.with_token(&token.hash()));
        let words = "nobody here has this token: say hello without it to be somebody new";
        known.ok_or_else(|| No::new(Code::UnknownToken, words))
    }

    /// The name that a newcomer wishes for, as it is shown.
    fn grant(&self, wish: &str) -> Result<String, No> {
        let name = names::check_person(wish, self.settings.max_name).map_err(bad_name)?;
        match self.people.is_taken(&name.keys, None) {
            false => Ok(name.shown),
            true => Err(taken()),
        }
    }

    /// A new person, who is welcomed when their token is on disk: before that it promises nothing.
    fn introduce(
        &mut self,
        peers: &mut Peers,
        asker: &Asker,
        name: Option<String>,
        has: HashMap<String, Position>,
    ) -> Result<(), No> {
        let peer = asker.peer;
        let token = Token::new().expect("the system has randomness to give, as it had at the start");
        let person = match self.make_person(peers, peer, name, Some(token.hash())) {
            Ok(person) => person,
            Err(no) if no.retry_after.is_some() => return Err(no),
            Err(no) => {
                self.turn_away(peers, asker, no);
                return Ok(());
            }
        };
        if let Some(session) = self.sessions.get_mut(peer) {
            session.stage = Stage::Arriving(person);
        }
        if self.store_person(person, Ticket::Arrived { asker: asker.clone(), token, has }).is_err() {
            self.people.drop_token(person);
            self.welcome(peers, asker, person, None, HashMap::new());
        }
        Ok(())
    }

    /// Their token is on disk, or cannot be.
    pub(crate) fn arrived(
        &mut self,
        peers: &mut Peers,
        person: PersonId,
        stored: bool,
        (asker, token, has): (Asker, Token, HashMap<String, Position>),
    ) {
        if !stored {
            self.people.drop_token(person);
        }
        if self.sessions.get(asker.peer).is_none_or(|session| session.stage != Stage::Arriving(person)) {
            // They have left before anybody heard of them. Nobody has their token, and the name they wished for is free.
            return self.erase(person);
        }
        self.welcome(peers, &asker, person, Some(token).filter(|_| stored), has);
    }

    /// Closes those who were given time to say hello, and have not.
    pub(crate) fn end_the_silent(&mut self, peers: &mut Peers, now: Millis) {
        while let Some(&(_, peer)) = self.greetings.front().filter(|(until, _)| *until <= now) {
            self.greetings.pop_front();
            let is_silent = |session: &Session| session.stage == Stage::New && session.hello_by <= now;
            if self.sessions.get(peer).is_some_and(is_silent) {
                let words = format!("say hello within {} s", self.settings.hello_within);
                peers.close(peer, CloseCode::POLICY, &words);
            }
        }
    }
}
