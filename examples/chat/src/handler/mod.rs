//! What comes in: connections, messages, reports of the history, and time. From here everything goes on its way:
//!
//! ```text
//!   a message ─▶ requests ─▶ model decides ─▶ entries ─▶ history ─▶ reports ─▶ model applies ─▶ news ─▶ deliver ─▶ voices
//!                   │                                                   │
//!                   └─▶ a refusal                                       └─▶ an answer, as the ticket says
//! ```
//!
//! | file | what it knows |
//! |---|---|
//! | `hall.rs` | the parts of the chat, and the moves in which several of them take part |
//! | `requests.rs` | one request after the other: understood, paid for, carried out |
//! | `wishes.rs`, `questions.rs`, `pictures.rs` | what is asked: what lasts, what changes nothing, pictures |
//! | `greeting.rs` | how people come and go |
//! | `missed.rs` | what a connection has missed |
//! | `reports.rs`, `time.rs` | what the history has to say, and what time does |

mod greeting;
mod hall;
mod missed;
mod pictures;
mod questions;
mod reports;
mod requests;
mod time;
mod wishes;

use pollcat::{Answer, Departure, Handler, Message, PeerId, Peers, Refused, Request};

use crate::history::{History, Loaded, Millis};
use crate::http::door::place;
use crate::http::files::Visit;
use crate::run::clock::ticks;
use crate::run::settings::Settings;
use crate::session::{Received, Session};
use crate::tickets::{Mail, Ticket};
use crate::voices::Voice;
use hall::Hall;

pub(crate) struct Chat {
    hall: Hall,
}

impl Chat {
    /// `public_url` is where browsers find the pictures.
    pub(crate) fn new(
        settings: Settings,
        public_url: &str,
        history: History<Ticket>,
        loaded: Loaded,
    ) -> Self {
        Chat { hall: Hall::new(settings, public_url, history, loaded) }
    }

    fn stop_if_done(&self, peers: &mut Peers) {
        if self.hall.ledger.is_done() {
            peers.stop();
        }
    }

    /// The one line that a connection has in the log.
    fn log_visit(&self, id: PeerId, departure: Departure) {
        let Some(session) = self.hall.sessions.get(id) else {
            return;
        };
        let from = place(session.client);
        let who = session.person().and_then(|person| self.hall.model.person(person));
        let who = who.map_or("nobody".to_owned(), |person| format!("{} ({})", person.name(), person.id()));
        let Received { messages, bytes } = session.received;
        let (seconds, tenths) = ((ticks() - session.since) / 1000, (ticks() - session.since) / 100 % 10);
        log::info!(
            "{id} left: {departure}; {who} from {from}, {:?}, {seconds}.{tenths} s, {messages} messages of {bytes} bytes",
            session.voice
        );
    }
}

impl Handler<Mail> for Chat {
    fn on_request(&mut self, peers: &mut Peers, id: PeerId, request: &Request<'_>) -> Answer {
        let Hall { door, files, charges, ledger, .. } = &mut self.hall;
        if let Err(refusal) = door.judge(request) {
            return refusal;
        }
        if !request.is_upgrade() {
            let asked = peers.request_id(id);
            return files.serve(Visit { asked, request, charges, door, ledger });
        }
        if ledger.is_stopping() {
            return Answer::refuse(503, "the chat is stopping").header("Retry-After", "5");
        }
        let chosen = request.choose_subprotocol(&["chat.v1"]);
        if chosen.is_none() && request.subprotocols().next().is_some() {
            return Answer::refuse(400, "the subprotocol here is chat.v1; offer none to speak plain text");
        }
        Answer::accept().subprotocol(chosen)
    }

    fn on_refused(&mut self, _: &mut Peers, refused: &Refused<'_>) {
        self.hall.door.refused(refused);
    }

    fn on_open(&mut self, peers: &mut Peers, id: PeerId, request: &Request<'_>) {
        let hall = &mut self.hall;
        let asks = |option: &str| request.query().unwrap_or("").split('&').any(|part| part == option);
        let is_json = request.choose_subprotocol(&["chat.v1"]).is_some() || request.path() == "/chat.v1";
        let voice = if is_json { Voice::Json } else { Voice::asked_for(asks) };
        let echo = asks("echo=on") || (!asks("echo=off") && !is_json && hall.settings.echo);
        let (client, now) = (request.client(), ticks());
        let payer = hall.charges.payer(client);
        let mut session = Session::new(voice, client, payer, now, echo, hall.model.lobby());
        let hello_by = now + hall.settings.hello_within as Millis * 1000;
        session.hello_by = hello_by;
        hall.sessions.insert(id, session);
        pictures::allow_length(hall, peers, id, voice);
        log::debug!("{id} connected from {}, speaks {voice:?}", place(client));
        if voice.is_json() {
            hall.greetings.push_back((hello_by, id));
        } else {
            greeting::arrive_as_guest(hall, peers, id);
        }
    }

    fn on_message(&mut self, peers: &mut Peers, from: PeerId, message: Message<'_>) {
        requests::receive(&mut self.hall, peers, from, message);
        pictures::expect_length(&self.hall, peers, from, message);
    }

    fn on_drain(&mut self, peers: &mut Peers, id: PeerId, _missed: u64) {
        self.hall.catch_up(peers, id);
    }

    fn on_close(&mut self, peers: &mut Peers, id: PeerId, departure: Departure) {
        self.log_visit(id, departure);
        greeting::depart(&mut self.hall, peers, id);
    }

    fn on_mail(&mut self, peers: &mut Peers, mail: Mail) {
        match mail {
            Mail::Report(report) => reports::hear(&mut self.hall, peers, *report),
            Mail::Stop => {
                time::save(&mut self.hall, peers);
                self.hall.ledger.stop();
                self.hall.door.close();
            }
        }
        self.stop_if_done(peers);
    }

    fn on_tick(&mut self, peers: &mut Peers) {
        time::pass(&mut self.hall, peers, ticks());
    }
}
