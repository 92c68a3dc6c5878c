//! The way into the loop for other threads.

use std::fmt;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, TryRecvError, TrySendError, sync_channel};
use std::time::Duration;

use super::bell::Bell;
use super::send::outgoing::Content;
use super::{Outgoing, PeerId, Peers, RequestId};
use crate::Answer;
use crate::protocol::{CloseCode, MAX_CONTROL_PAYLOAD, PreparedMessage};

/// A way into the loop for other threads. Cloning it is cheap.
///
/// No method blocks. If the mailbox is full, you decide: retry, drop, or log. The loop reads the letters of each thread
/// in the order in which it wrote them, and then does what the method of [`Peers`] with the same name does: a peer
/// receives what came by mail, and what the handler sent, in the order in which the loop came to it.
///
/// Each letter costs the loop a little, however short it is: a thread with much to send puts it into few letters.
///
/// ```
/// use pollcat::{Mailbox, Outgoing, PreparedMessage};
///
/// fn tell(mailbox: &Mailbox<()>, news: &str, picture: &[u8]) {
///     // Encoded on this thread, and not on the loop's.
///     let _ = mailbox.broadcast(news);
///     let _ = mailbox.publish("pictures", Outgoing::from(picture).uncompressed());
///     // Encoded once for both.
///     let prepared = PreparedMessage::new(news);
///     let _ = mailbox.publish("tea", &prepared);
///     let _ = mailbox.publish("coffee", &prepared);
/// }
/// ```
#[must_use]
pub struct Mailbox<M> {
    letters: SyncSender<Letter<M>>,
    bell: Arc<Bell>,
}

/// The mailbox refused the letter. What [`deliver`](Mailbox::deliver) and
/// [`answer_request`](Mailbox::answer_request) were given is returned, so that you can retry or drop it; the other
/// methods return `()`.
///
/// These are all the reasons there can be: the enum may be matched without a wildcard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotDelivered<T> {
    /// The mailbox is full ([`Config::mailbox_capacity`](super::Config::mailbox_capacity)).
    Full(T),
    /// The server has stopped.
    Stopped(T),
}

pub(super) enum Letter<M> {
    Mail(M),
    Send(PeerId, Encoded),
    Publish(Box<str>, Encoded),
    Broadcast(Encoded),
    Close(PeerId, CloseCode, Box<str>),
    Answer(RequestId, Box<Answer>),
    Ping(PeerId, Box<[u8]>),
    Pause(PeerId),
    Resume(PeerId),
}

/// A message on its way to the loop, and what was said of it beside.
#[derive(Debug, Clone)]
pub(super) struct Encoded {
    message: PreparedMessage,
    compressible: bool,
    key: Option<u64>,
}

impl<M> Mailbox<M> {
    /// Gives `mail` to [`Handler::on_mail`](super::Handler::on_mail).
    ///
    /// # Errors
    ///
    /// The mailbox is full, or the server has stopped.
    pub fn deliver(&self, mail: M) -> Result<(), NotDelivered<M>> {
        self.post(Letter::Mail(mail)).map_err(|refused| {
            refused.map(|letter| match letter {
                Letter::Mail(mail) => mail,
                _ => unreachable!("the letter that comes back is the one that was sent"),
            })
        })
    }

    /// Like [`Peers::send`]. What is not [prepared](PreparedMessage) is encoded here, on this thread.
    ///
    /// # Errors
    ///
    /// The mailbox is full, or the server has stopped.
    pub fn send<'a>(&self, to: PeerId, message: impl Into<Outgoing<'a>>) -> Result<(), NotDelivered<()>> {
        self.post_order(Letter::Send(to, Encoded::new(message.into())))
    }

    /// Like [`Peers::publish`], and encodes as [`send`](Self::send) does.
    ///
    /// # Errors
    ///
    /// The mailbox is full, or the server has stopped.
    pub fn publish<'a>(&self, topic: &str, message: impl Into<Outgoing<'a>>) -> Result<(), NotDelivered<()>> {
        self.post_order(Letter::Publish(topic.into(), Encoded::new(message.into())))
    }

    /// Like [`Peers::broadcast`], and encodes as [`send`](Self::send) does.
    ///
    /// # Errors
    ///
    /// The mailbox is full, or the server has stopped.
    pub fn broadcast<'a>(&self, message: impl Into<Outgoing<'a>>) -> Result<(), NotDelivered<()>> {
        self.post_order(Letter::Broadcast(Encoded::new(message.into())))
    }

    /// Like [`Peers::close`].
    ///
    /// # Errors
    ///
    /// The mailbox is full, or the server has stopped.
    pub fn close(&self, id: PeerId, code: CloseCode, reason: &str) -> Result<(), NotDelivered<()>> {
        self.post_order(Letter::Close(id, code, reason.into()))
    }

    /// Like [`Peers::answer_request`]. Whether the request still waits when the loop reads the letter is not reported:
    /// if it does not, [`Handler::on_request_gone`](super::Handler::on_request_gone) has been called for it, unless it
    /// has an answer.
    ///
    /// # Errors
    ///
    /// The mailbox is full, or the server has stopped. The answer is returned.
    pub fn answer_request(&self, request: RequestId, answer: Answer) -> Result<(), NotDelivered<Answer>> {
        self.post(Letter::Answer(request, Box::new(answer))).map_err(|refused| {
            refused.map(|letter| match letter {
                Letter::Answer(_, answer) => *answer,
                _ => unreachable!("the letter that comes back is the one that was sent"),
            })
        })
    }

    /// Like [`Peers::ping`].
    ///
    /// # Errors
    ///
    /// The mailbox is full, or the server has stopped.
    pub fn ping(&self, id: PeerId, payload: &[u8]) -> Result<(), NotDelivered<()>> {
        let payload = &payload[..payload.len().min(MAX_CONTROL_PAYLOAD)];
        self.post_order(Letter::Ping(id, payload.into()))
    }

    /// Like [`Peers::pause`]. What the loop has read by then is handed over before.
    ///
    /// # Errors
    ///
    /// The mailbox is full, or the server has stopped.
    pub fn pause(&self, id: PeerId) -> Result<(), NotDelivered<()>> {
        self.post_order(Letter::Pause(id))
    }

    /// Like [`Peers::resume`].
    ///
    /// # Errors
    ///
    /// The mailbox is full, or the server has stopped: a peer stays paused until a letter is taken.
    pub fn resume(&self, id: PeerId) -> Result<(), NotDelivered<()>> {
        self.post_order(Letter::Resume(id))
    }

    /// Stops the server, like [`Peers::stop`]. This needs no room in the mailbox.
    pub fn stop(&self) {
        self.bell.ask_to_stop();
    }

    /// Drains the server, like [`Peers::drain`]; of the time, whole milliseconds count. This needs no room in the
    /// mailbox, and does not wait for the letters in it: the drain begins with the next turn.
    pub fn drain(&self, over: Duration, code: CloseCode) {
        self.bell.ask_to_drain(over, code);
    }

    /// Posts a letter that is not given back.
    fn post_order(&self, letter: Letter<M>) -> Result<(), NotDelivered<()>> {
        self.post(letter).map_err(|refused| refused.map(drop))
    }

    fn post(&self, letter: Letter<M>) -> Result<(), NotDelivered<Letter<M>>> {
        self.letters.try_send(letter).map_err(|error| match error {
            TrySendError::Full(letter) => NotDelivered::Full(letter),
            TrySendError::Disconnected(letter) => NotDelivered::Stopped(letter),
        })?;
        self.bell.ring();
        Ok(())
    }
}

impl Encoded {
    fn new(outgoing: Outgoing<'_>) -> Self {
        let message = match outgoing.content {
            Content::Message(message) => PreparedMessage::new(message),
            Content::Prepared(prepared) => prepared.clone(),
        };
        Encoded { message, compressible: outgoing.compressible, key: outgoing.key }
    }

    fn outgoing(&self) -> Outgoing<'_> {
        let &Encoded { compressible, key, .. } = self;
        Outgoing { compressible, key, ..Outgoing::from(&self.message) }
    }
}

impl<T> NotDelivered<T> {
    fn map<U>(self, f: impl FnOnce(T) -> U) -> NotDelivered<U> {
        match self {
            NotDelivered::Full(letter) => NotDelivered::Full(f(letter)),
            NotDelivered::Stopped(letter) => NotDelivered::Stopped(f(letter)),
        }
    }
}

impl<M> Clone for Mailbox<M> {
    fn clone(&self) -> Self {
        Mailbox { letters: self.letters.clone(), bell: Arc::clone(&self.bell) }
    }
}

impl<M> fmt::Debug for Mailbox<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mailbox").finish_non_exhaustive()
    }
}

impl<T> fmt::Display for NotDelivered<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            NotDelivered::Full(_) => "the mailbox is full",
            NotDelivered::Stopped(_) => "the server has stopped",
        })
    }
}

impl<T: fmt::Debug> std::error::Error for NotDelivered<T> {}

/// The loop's end of the mailbox.
pub(super) struct Letters<M> {
    letters: Receiver<Letter<M>>,
    mailbox: Mailbox<M>,
    /// There may be letters that have not been read.
    waiting: bool,
}

impl<M> Letters<M> {
    pub(super) fn new(bell: Bell, capacity: usize) -> Self {
        let (sender, letters) = sync_channel(capacity.max(1));
        Letters { letters, mailbox: Mailbox { letters: sender, bell: Arc::new(bell) }, waiting: false }
    }

    pub(super) fn mailbox(&self) -> Mailbox<M> {
        self.mailbox.clone()
    }

    /// The bell has rung. From here on a new letter rings it again.
    pub(super) fn bell_has_rung(&mut self) {
        self.mailbox.bell.falls_silent();
        self.waiting = true;
    }

    /// Waits until the bell has rung, so long at most. Has it?
    #[cfg(feature = "testing")]
    pub(super) fn wait(&self, time: Duration) -> bool {
        self.mailbox.bell.wait(time)
    }

    /// Has the bell rung?
    #[cfg(feature = "testing")]
    pub(super) fn have_come(&self) -> bool {
        self.mailbox.bell.has_rung()
    }

    pub(super) fn is_waiting(&self) -> bool {
        self.waiting
    }

    pub(super) fn stop_was_asked(&self) -> bool {
        self.mailbox.bell.stop_was_asked()
    }

    /// How the server is to be drained, if that was asked for. It is told once.
    pub(super) fn drain_was_asked(&self) -> Option<(Duration, CloseCode)> {
        self.mailbox.bell.drain_was_asked()
    }

    /// The next letter.
    pub(super) fn next(&mut self) -> Option<Letter<M>> {
        if !self.waiting {
            return None;
        }
        match self.letters.try_recv() {
            Ok(letter) => Some(letter),
            Err(TryRecvError::Empty | TryRecvError::Disconnected) => {
                self.waiting = false;
                None
            }
        }
    }
}

impl<M> Letter<M> {
    /// Does what the letter says, or hands out the mail in it.
    pub(super) fn carry_out(self, peers: &mut Peers) -> Option<M> {
        match self {
            Letter::Mail(mail) => return Some(mail),
            Letter::Send(to, message) => {
                peers.send(to, message.outgoing());
            }
            Letter::Publish(topic, message) => peers.publish(&topic, message.outgoing()),
            Letter::Broadcast(message) => peers.broadcast(message.outgoing()),
            Letter::Close(id, code, reason) => peers.close(id, code, &reason),
            Letter::Answer(request, answer) => {
                peers.answer_request(request, *answer);
            }
            Letter::Ping(id, payload) => drop(peers.ping(id, &payload)),
            Letter::Pause(id) => peers.pause(id),
            Letter::Resume(id) => peers.resume(id),
        }
        None
    }
}
