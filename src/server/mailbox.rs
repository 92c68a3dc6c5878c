//! How other threads get a word in.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TryRecvError, TrySendError, sync_channel};
use std::{fmt, io};

use mio::{Poll, Waker};

use super::table::slots::reserved_token;
use super::{PeerId, Peers};
use crate::protocol::{CloseCode, PreparedMessage};

/// The token of the mailbox's bell.
pub(super) const BELL: usize = 0;

/// A way into the loop for other threads. Cloning it is cheap.
///
/// Nothing here ever waits: a full mailbox says so and gives the letter back, which is a decision for
/// whoever writes it, and never for the loop. Letters are read in the order in which each thread wrote them.
pub struct Mailbox<M> {
    letters: SyncSender<Letter<M>>,
    bell: Arc<Bell>,
}

/// The letter was not taken; here it is again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotDelivered<T> {
    /// The mailbox is full ([`Config::mailbox_capacity`](super::Config::mailbox_capacity)).
    Full(T),
    /// The server has stopped.
    Stopped(T),
}

pub(super) enum Letter<M> {
    Mail(M),
    Send(PeerId, PreparedMessage),
    Publish(Box<str>, PreparedMessage),
    Broadcast(PreparedMessage),
    Close(PeerId, CloseCode, Box<str>),
}

#[derive(Debug)]
struct Bell {
    waker: Waker,
    /// Rung and not yet heard: a thousand letters cost one system call.
    rung: AtomicBool,
    stop: AtomicBool,
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

    /// Like [`Peers::send`].
    ///
    /// # Errors
    ///
    /// The mailbox is full, or the server has stopped.
    pub fn send(&self, to: PeerId, message: &PreparedMessage) -> Result<(), NotDelivered<()>> {
        self.post(Letter::Send(to, message.clone())).map_err(|refused| refused.map(drop))
    }

    /// Like [`Peers::publish`].
    ///
    /// # Errors
    ///
    /// The mailbox is full, or the server has stopped.
    pub fn publish(&self, topic: &str, message: &PreparedMessage) -> Result<(), NotDelivered<()>> {
        self.post(Letter::Publish(topic.into(), message.clone())).map_err(|refused| refused.map(drop))
    }

    /// Like [`Peers::broadcast`].
    ///
    /// # Errors
    ///
    /// The mailbox is full, or the server has stopped.
    pub fn broadcast(&self, message: &PreparedMessage) -> Result<(), NotDelivered<()>> {
        self.post(Letter::Broadcast(message.clone())).map_err(|refused| refused.map(drop))
    }

    /// Like [`Peers::close`].
    ///
    /// # Errors
    ///
    /// The mailbox is full, or the server has stopped.
    pub fn close(&self, id: PeerId, code: CloseCode, reason: &str) -> Result<(), NotDelivered<()>> {
        self.post(Letter::Close(id, code, reason.into())).map_err(|refused| refused.map(drop))
    }

    /// Stops the server, like [`Peers::stop`]. This needs no room in the mailbox.
    pub fn stop(&self) {
        self.bell.stop.store(true, Ordering::Release);
        self.bell.ring();
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

impl<T> NotDelivered<T> {
    fn map<U>(self, f: impl FnOnce(T) -> U) -> NotDelivered<U> {
        match self {
            NotDelivered::Full(letter) => NotDelivered::Full(f(letter)),
            NotDelivered::Stopped(letter) => NotDelivered::Stopped(f(letter)),
        }
    }
}

impl Bell {
    fn ring(&self) {
        if !self.rung.swap(true, Ordering::AcqRel)
            && let Err(error) = self.waker.wake()
        {
            log::error!("the mailbox cannot wake the loop: {error}");
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
    pub(super) fn new(poll: &Poll, capacity: usize) -> io::Result<Self> {
        let waker = Waker::new(poll.registry(), reserved_token(BELL))?;
        let bell = Bell { waker, rung: AtomicBool::new(false), stop: AtomicBool::new(false) };
        let (sender, letters) = sync_channel(capacity.max(1));
        Ok(Letters { letters, mailbox: Mailbox { letters: sender, bell: Arc::new(bell) }, waiting: false })
    }

    pub(super) fn mailbox(&self) -> Mailbox<M> {
        self.mailbox.clone()
    }

    /// The bell has rung. From here on a new letter rings it again.
    pub(super) fn heard(&mut self) {
        self.mailbox.bell.rung.swap(false, Ordering::AcqRel);
        self.waiting = true;
    }

    pub(super) fn is_waiting(&self) -> bool {
        self.waiting
    }

    pub(super) fn stop_was_asked(&self) -> bool {
        self.mailbox.bell.stop.load(Ordering::Acquire)
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
                peers.send(to, &message);
            }
            Letter::Publish(topic, message) => peers.publish(&topic, &message),
            Letter::Broadcast(message) => peers.broadcast(&message),
            Letter::Close(id, code, reason) => peers.close(id, code, &reason),
        }
        None
    }
}
