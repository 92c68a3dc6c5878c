//! The handlers of `examples/echo.rs` and `examples/broadcast.rs`; the latter without its names and greetings, which
//! the rivals do not send either.

use std::io;

use pollcat::{Config, Deflate, Origins, Server, Tls, handler_fn};

use super::{ANY_PORT, announce, socket};
use crate::case::{Duty, Wrapping};

pub(super) fn serve(duty: Duty, wrapping: Wrapping, size: usize) -> io::Result<()> {
    // The default limit, unless the message is larger.
    let config = Config::new().origins(Origins::any()).max_message(size.max(1 << 20));
    let config = match wrapping {
        Wrapping::Bare | Wrapping::Tls => config,
        Wrapping::Deflate => config.deflate(Deflate::new()),
        Wrapping::Contexts => config.deflate(Deflate::new().context_takeover(true)),
    };
    let mut server = Server::with_config(ANY_PORT, config)?;
    announce(match wrapping {
        Wrapping::Tls => {
            let config = std::sync::Arc::unwrap_or_clone(socket::tls()?);
            server.listen_tls(ANY_PORT, &Tls::with(config))?
        }
        _ => server.local_addr()?,
    });
    match duty {
        Duty::Echo => server.run(handler_fn(|peers, from, message| {
            peers.send(from, message);
        })),
        Duty::Broadcast => server.run(handler_fn(|peers, _, message| {
            peers.broadcast(message);
        })),
    }
}
