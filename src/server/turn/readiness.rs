//! What a turn is told of a connection, a listener or the mailbox. Only mio makes an event of its own type; so the loop
//! asks for what it needs of one, and whoever else turns it by hand can say as much.

use std::io;
use std::time::Duration;

use mio::event::Event;
use mio::{Events, Poll, Token};

/// What the loop sleeps in.
pub(in crate::server) trait Sleep {
    fn poll(&mut self, events: &mut Events, timeout: Option<Duration>) -> io::Result<()>;
}

impl Sleep for Poll {
    fn poll(&mut self, events: &mut Events, timeout: Option<Duration>) -> io::Result<()> {
        self.poll(events, timeout)
    }
}

#[cfg(feature = "testing")]
use crate::server::accept::memory::Edge;

/// What a connection, a listener or the mailbox is ready for.
pub(in crate::server) trait Readiness {
    fn token(&self) -> Token;
    fn is_readable(&self) -> bool;
    fn is_writable(&self) -> bool;
    /// The other side has ended: a read will come to the end of the stream.
    fn is_read_closed(&self) -> bool;
    fn is_error(&self) -> bool;
}

/// The methods that a type has anyway.
macro_rules! is_ready {
    ($kind:ty) => {
        impl Readiness for $kind {
            #[inline]
            fn token(&self) -> Token {
                self.token()
            }

            #[inline]
            fn is_readable(&self) -> bool {
                self.is_readable()
            }

            #[inline]
            fn is_writable(&self) -> bool {
                self.is_writable()
            }

            #[inline]
            fn is_read_closed(&self) -> bool {
                self.is_read_closed()
            }

            #[inline]
            fn is_error(&self) -> bool {
                self.is_error()
            }
        }
    };
}

is_ready!(Event);
#[cfg(feature = "testing")]
is_ready!(Edge);
