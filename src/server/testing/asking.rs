//! Clients ask: for WebSockets, for pages, and for what is none.

use std::net::Ipv4Addr;

use super::bench::Bench;
use super::{ClientRequest, Response};
use crate::server::{Handler, PeerId};

/// # Requests
impl<M, H: Handler<M>> Bench<H, M> {
    /// A client opens a WebSocket. Returns the peer, whose id is the one that the handler knows.
    ///
    /// # Panics
    ///
    /// The server refuses, and the panic says with what; or the answer comes [later](crate::Answer::later), then use
    /// [`ask`](Self::ask); or the server has stopped, or is so full that it does not even refuse.
    #[track_caller]
    pub fn open(&mut self, request: impl Into<ClientRequest>) -> PeerId {
        let request = request.into().upgraded();
        match self.try_open(request.clone()) {
            Ok(id) => id,
            Err(response) => panic!("{request} was refused: {response}"),
        }
    }

    /// A client tries to open a WebSocket.
    ///
    /// # Errors
    ///
    /// The server refuses: its answer.
    ///
    /// # Panics
    ///
    /// There is no answer: it comes later, or the server has stopped, or is so full that it does not even refuse.
    #[track_caller]
    pub fn try_open(&mut self, request: impl Into<ClientRequest>) -> Result<PeerId, Response> {
        let request = request.into().upgraded();
        let id = self.ask(request.clone());
        match self.answer(id) {
            Some(response) if response.status() == 101 => Ok(id),
            Some(response) => Err(response),
            None => panic!("{request} has no answer: does it come later? Then use `ask`, and `answer`"),
        }
    }

    /// A client asks for a page, on a connection of its own, and leaves when it has it.
    ///
    /// # Panics
    ///
    /// There is no answer: it comes later, or the server has stopped, or is so full that it does not even refuse.
    #[track_caller]
    pub fn request(&mut self, request: impl Into<ClientRequest>) -> Response {
        let request = request.into();
        let id = self.ask(request.clone());
        let Some(response) = self.answer(id) else {
            panic!("{request} has no answer: does it come later? Then use `ask`, and `answer`");
        };
        self.leave(id);
        response
    }

    /// A client connects and asks, and waits for the [`answer`](Self::answer). The id is that of the connection, and
    /// will be the peer's if this is a [`ClientRequest::websocket`] and is accepted.
    ///
    /// ```
    /// use pollcat::testing::{Bench, ClientRequest};
    /// use pollcat::{Answer, Handler, Message, PeerId, Peers, Request, RequestId};
    ///
    /// /// Pages are fetched by a thread, which is left out here.
    /// #[derive(Default)]
    /// struct Library(Vec<RequestId>);
    ///
    /// impl Handler<String> for Library {
    ///     fn on_request(&mut self, peers: &mut Peers, id: PeerId, _: &Request<'_>) -> Answer {
    ///         self.0.push(peers.request_id(id));
    ///         Answer::later()
    ///     }
    ///     fn on_message(&mut self, _: &mut Peers, _: PeerId, _: Message<'_>) {}
    ///     fn on_mail(&mut self, peers: &mut Peers, page: String) {
    ///         for request in self.0.drain(..) {
    ///             peers.answer_request(request, Answer::page("text/plain", page.clone()));
    ///         }
    ///     }
    /// }
    ///
    /// let mut bench = Bench::new(Library::default());
    /// let reader = bench.ask("/tea.txt");
    /// assert!(bench.answer(reader).is_none());
    /// bench.mail("green or black".to_owned());
    /// assert_eq!(bench.answer(reader).unwrap().text(), "green or black");
    /// ```
    ///
    /// # Panics
    ///
    /// The server has stopped, or is so full that it does not even refuse.
    #[track_caller]
    pub fn ask(&mut self, request: impl Into<ClientRequest>) -> PeerId {
        let request = request.into();
        self.arrive(request.connection(), &request.to_bytes(), Some(request.asked()))
    }

    /// A client asks again, on a connection that it has. Where it comes from is what it was.
    #[track_caller]
    pub fn ask_again(&mut self, id: PeerId, request: impl Into<ClientRequest>) {
        let request = request.into();
        self.client_mut(id).ask(request.asked());
        self.send_bytes(id, &request.to_bytes());
    }

    /// The next answer to what a client has asked. `None` if there is none, or none yet. A 100 is no answer; a 101 is
    /// one, and [`open`](Self::open) has taken it already ([`opening`](Self::opening) shows it).
    #[track_caller]
    pub fn answer(&mut self, id: PeerId) -> Option<Response> {
        self.client_mut(id).take_answer()
    }

    /// The 101 with which a peer was opened, with its header fields; `None` if there was none.
    #[track_caller]
    pub fn opening(&self, id: PeerId) -> Option<&Response> {
        self.client(id).received.opening.as_ref()
    }

    /// A client connects from 127.0.0.1, and says nothing: for what is no good request, use
    /// [`send_bytes`](Self::send_bytes).
    ///
    /// # Panics
    ///
    /// The server has stopped, or is so full that it does not even refuse.
    #[track_caller]
    pub fn connect(&mut self) -> PeerId {
        self.connect_from(Ipv4Addr::LOCALHOST)
    }

    /// The same, from another address.
    #[track_caller]
    pub fn connect_from(&mut self, address: impl Into<std::net::IpAddr>) -> PeerId {
        self.arrive(ClientRequest::get("/").from(address).connection(), &[], None)
    }
}
