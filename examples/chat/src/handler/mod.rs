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
//! | `greeting.rs`, `devices.rs`, `welcome.rs` | how people come: by a name, a token, a code; what they are told |
//! | `departing.rs`, `farewell.rs` | how connections go, and who goes for good with their last one |
//! | `ending.rs`, `visits.rs` | whose connections are ended; what the log says of how they went |
//! | `bans.rs` | from which addresses somebody is banned |
//! | `going.rs`, `stages.rs` | how the chat goes down; what a service manager hears |
//! | `looks.rs`, `avatars.rs` | lists of what few may know; the pictures by which people are shown |
//! | `missed.rs` | what a connection has missed |
//! | `admin/` | the admin page: `admin.v1` |
//! | `programs/` | programs that come by HTTP: hooks, and bots with a token |
//! | `outside/` | what goes out, the robot |
//! | `changing.rs`, `grace.rs` | settings that are other ones while the chat runs; what waits before less is kept |
//! | `barrier.rs`, `nodes.rs` | who may know more than this node; other nodes; what is said while the log is away |
//! | `reports.rs`, `time.rs` | what the history has to say, and what time does |

mod admin;
mod avatars;
mod bans;
mod barrier;
mod changing;
mod departing;
mod devices;
mod ending;
mod farewell;
mod going;
mod grace;
mod greeting;
mod hall;
mod looks;
mod missed;
mod nodes;
mod outside;
mod pictures;
mod programs;
mod questions;
mod reports;
mod requests;
mod stages;
mod time;
mod visits;
mod welcome;
mod wishes;

use pollcat::{Answer, Departure, Handler, Message, PeerId, Peers, Refused, Request, RequestId, TimerId};

use crate::history::{History, KeyHash, Loaded, Millis};
use crate::http::client;
use crate::http::door::{is_for_programs, place};
use crate::http::files::Visit;
use crate::metrics::Metrics;
use crate::run::clock::ticks;
use crate::run::notify::Notify;
use crate::run::settings::Settings;
use crate::sender::Sender;
use crate::session::{Barrier, Session};
use crate::tickets::{Errand, Mail, Ticket};
use crate::voices::Voice;
use crate::words::Filter;
use hall::Hall;
pub(crate) use hall::Shared;

pub(crate) struct Chat {
    hall: Hall,
}

impl Chat {
    /// `public_url` is where browsers find the pictures; with `first_key` whoever started the chat comes to the admin page.
    ///
    /// # Errors
    ///
    /// There cannot be the robot that the settings want: why, in words for whoever has started the chat.
    pub(crate) fn new(
        settings: Settings,
        public_url: &str,
        history: (History<Ticket>, Option<Shared>),
        loaded: Loaded,
        first_key: Option<KeyHash>,
    ) -> Result<Self, String> {
        Ok(Chat { hall: Hall::new(settings, public_url, history, loaded, first_key)? })
    }

    /// With words that are not said here.
    pub(crate) fn with_words(mut self, words: Filter) -> Self {
        self.hall.model.set_words(words);
        self
    }

    /// With threads that send what goes out.
    pub(crate) fn with_sender(mut self, sender: Sender<Errand>) -> Self {
        self.hall.post.set_sender(sender);
        self
    }

    /// Where it notes how it is.
    pub(crate) fn with_metrics(mut self, metrics: Metrics) -> Self {
        self.hall.metrics = metrics;
        // A node may have begun without being able to write: nobody is told that it can before somebody looks.
        self.hall.metrics.set_trouble(self.hall.ledger.trouble());
        self
    }

    /// Under a service manager, which may have opened the sockets.
    pub(crate) fn under(mut self, notify: Notify, has_lasting_sockets: bool) -> Self {
        self.hall.going.under(notify, has_lasting_sockets);
        self
    }

    fn stop_if_done(&self, peers: &mut Peers) {
        if self.hall.ledger.is_done() {
            peers.stop();
        }
    }
}

impl Handler<Mail> for Chat {
    fn on_request(&mut self, peers: &mut Peers, id: PeerId, request: &Request<'_>) -> Answer {
        if let Err(refusal) = self.hall.door.judge(request) {
            return refusal;
        }
        if is_for_programs(request.path()) {
            return programs::on_request(&mut self.hall, peers, id, request);
        }
        let chosen = request.choose_subprotocol(&["chat.v1", admin::PROTOCOL]);
        let Hall { door, files, charges, ledger, model, .. } = &mut self.hall;
        // Whoever governs has a key, and may have banned their own address.
        if request.is_upgrade()
            && chosen != Some(admin::PROTOCOL)
            && let Err(refusal) = door.check_address(request, |client| {
                model.is_address_banned(client, ledger.calendar().now()).is_some()
            })
        {
            return refusal;
        }
        if !request.is_upgrade() {
            let asked = peers.request_id(id);
            let answer = files.serve(peers, Visit { asked, request, charges, door, ledger });
            // A browser tells no page why a WebSocket was refused: so the page asks for its picture, and is told here.
            let is_asking = request.path() == "/favicon.svg";
            let is_banned = |client| model.is_address_banned(client, ledger.calendar().now()).is_some();
            return match is_asking && door.turns_away(request.client(), is_banned) {
                true => answer.header("X-Refused", "banned"),
                false => answer,
            };
        }
        if ledger.is_stopping() {
            return Answer::refuse(503, "the chat is stopping").header("Retry-After", "5");
        }
        if chosen.is_none() && request.subprotocols().next().is_some() {
            return Answer::refuse(400, "the subprotocol here is chat.v1; offer none to speak plain text");
        }
        Answer::accept().subprotocol(chosen)
    }

    fn on_body(&mut self, peers: &mut Peers, id: PeerId, request: &Request<'_>, body: &[u8]) -> Answer {
        programs::on_body(&mut self.hall, peers, id, request, body)
    }

    fn on_request_gone(&mut self, _: &mut Peers, request: RequestId) {
        programs::on_request_gone(&mut self.hall, request);
        self.hall.files.on_request_gone(request);
    }

    fn on_refused(&mut self, _: &mut Peers, refused: &Refused<'_>) {
        self.hall.door.refused(refused);
    }

    fn on_open(&mut self, peers: &mut Peers, id: PeerId, request: &Request<'_>) {
        let hall = &mut self.hall;
        if request.choose_subprotocol(&["chat.v1", admin::PROTOCOL]) == Some(admin::PROTOCOL) {
            return admin::open(hall, peers, id, request);
        }
        let asks = |option: &str| request.query().unwrap_or("").split('&').any(|part| part == option);
        let is_json = request.choose_subprotocol(&["chat.v1"]).is_some() || request.path() == "/chat.v1";
        let voice = if is_json { Voice::Json } else { Voice::asked_for(asks) };
        let echo = asks("echo=on") || (!asks("echo=off") && !is_json && hall.settings.echo);
        let (client, now) = (request.client(), ticks());
        let payer = hall.charges.payer(client);
        let mut session = Session::new(voice, client, payer, now, echo, hall.model.lobby());
        let hello_by = now + hall.settings.hello_within as Millis * 1000;
        session.hello_by = hello_by;
        session.kind = client::kind(request.header("user-agent"));
        hall.sessions.insert(id, session);
        pictures::allow_length(hall, peers, id, voice);
        log::debug!(
            event = "connected", peer:% = id, from:% = place(client), voice:?;
            "{id} connected from {}, speaks {voice:?}", place(client)
        );
        if voice.is_json() {
            hall.greetings.insert((hello_by, id));
        } else {
            let invite = request.query_value("invite");
            if hall.ledger.is_shared() {
                let invite = invite.map(std::borrow::Cow::into_owned);
                return barrier::wait_for_all(hall, id, Barrier::Guest(invite));
            }
            greeting::arrive_as_guest(hall, peers, id, invite.as_deref());
        }
    }

    fn on_message(&mut self, peers: &mut Peers, from: PeerId, message: Message<'_>) {
        if admin::is_one(&self.hall, from) {
            return admin::receive(&mut self.hall, peers, from, message);
        }
        requests::receive(&mut self.hall, peers, from, message);
        pictures::expect_length(&self.hall, peers, from, message);
    }

    fn on_drain(&mut self, peers: &mut Peers, id: PeerId, _missed: u64) {
        self.hall.catch_up(peers, id);
    }

    fn on_close(&mut self, peers: &mut Peers, id: PeerId, departure: Departure) {
        admin::close(&mut self.hall, id);
        departing::log_visit(&mut self.hall, id, departure);
        departing::depart(&mut self.hall, peers, id);
    }

    fn on_mail(&mut self, peers: &mut Peers, mail: Mail) {
        match mail {
            Mail::Report(report) => reports::hear(&mut self.hall, peers, *report),
            Mail::Reloaded(reloaded) => changing::change(&mut self.hall, peers, reloaded),
            Mail::Sent(sent) => outside::push::sent(&mut self.hall, peers, *sent),
            Mail::Told(told) => nodes::hear(&mut self.hall, peers, told),
            Mail::Stop => going::begin(&mut self.hall, peers),
        }
        self.stop_if_done(peers);
    }

    fn on_timer(&mut self, peers: &mut Peers, timer: TimerId) {
        if going::wake(&mut self.hall, peers, timer) {
            return self.stop_if_done(peers);
        }
        outside::push::wake(&mut self.hall, peers, timer);
    }

    fn on_tick(&mut self, peers: &mut Peers) {
        time::pass(&mut self.hall, peers, ticks());
        going::pass_time(&mut self.hall, peers, ticks());
    }

    fn on_stop(&mut self, peers: &mut Peers) {
        going::over(&mut self.hall, peers);
    }
}
