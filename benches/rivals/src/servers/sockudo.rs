//! sockudo-ws.

use std::io;

use sockudo_ws::{Config, Message, WebSocketStream, handshake::server_handshake};

use super::{room::Room, sink_stream, tokio_loop};
use crate::case::Duty;

pub(super) fn serve(duty: Duty) -> io::Result<()> {
    let room = Room::new();
    tokio_loop::serve(move |mut socket| {
        let room = room.clone();
        async move {
            if server_handshake(&mut socket).await.is_err() {
                return;
            }
            let socket = WebSocketStream::server(socket, Config::default());
            match duty {
                Duty::Echo => sink_stream::echo(socket, is_data).await,
                Duty::Broadcast => sink_stream::broadcast(socket, room, is_data).await,
            }
        }
    })
}

fn is_data(message: &Message) -> bool {
    matches!(message, Message::Text(_) | Message::Binary(_))
}
