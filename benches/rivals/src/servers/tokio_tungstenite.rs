//! tokio-tungstenite: the incumbent.

use std::io;

use tokio_tungstenite::accept_async_with_config;
use tokio_tungstenite::tungstenite::{Message, protocol::WebSocketConfig};

use super::{room::Room, sink_stream, tokio_loop};
use crate::case::{Duty, Wrapping};

pub(super) fn serve(duty: Duty, wrapping: Wrapping, size: usize) -> io::Result<()> {
    let room = Room::new();
    let mut config = WebSocketConfig::default();
    if size < 4096 {
        // As its documentation advises for many connections; with the default of 128 KiB it is half as fast.
        config = config.read_buffer_size(4096);
    }
    tokio_loop::serve(wrapping, move |socket| {
        let room = room.clone();
        async move {
            let Ok(socket) = accept_async_with_config(socket, Some(config)).await else { return };
            match duty {
                Duty::Echo => sink_stream::echo(socket, is_data).await,
                Duty::Broadcast => sink_stream::broadcast(socket, room, is_data).await,
            }
        }
    })
}

fn is_data(message: &Message) -> bool {
    message.is_text() || message.is_binary()
}
