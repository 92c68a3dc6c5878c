//! The handlers of `examples/echo.rs` and `examples/broadcast.rs`; the latter without its names and greetings, which
//! the rivals do not send either.

use std::io;

use pollcat::{Config, Origins, Server, handler_fn};

use super::{ANY_PORT, announce};
use crate::case::Duty;

pub(super) fn serve(duty: Duty, size: usize) -> io::Result<()> {
    // The default limit, unless the message is larger.
    let config = Config::new().origins(Origins::any()).max_message(size.max(1 << 20));
    let server = Server::with_config(ANY_PORT, config)?;
    announce(server.local_addr()?);
    match duty {
        Duty::Echo => server.run(handler_fn(|peers, from, message| {
            peers.send(from, message);
        })),
        Duty::Broadcast => server.run(handler_fn(|peers, _, message| {
            peers.broadcast(message);
        })),
    }
}
