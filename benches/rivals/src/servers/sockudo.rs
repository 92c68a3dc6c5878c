//! sockudo-ws.

use std::io;

use sockudo_ws::deflate::DeflateConfig;
use sockudo_ws::handshake::{build_response, generate_accept_key, parse_request, server_handshake};
use sockudo_ws::{CompressedWebSocketStream, Compression, Config, Message, WebSocketStream};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::{room::Room, sink_stream, socket::Socket, tokio_loop};
use crate::case::{Duty, Wrapping};

pub(super) fn serve(duty: Duty, wrapping: Wrapping) -> io::Result<()> {
    let room = Room::new();
    let deflate = match wrapping {
        Wrapping::Bare | Wrapping::Tls => None,
        Wrapping::Deflate => Compression::Shared.to_deflate_config(),
        Wrapping::Contexts => Compression::Dedicated.to_deflate_config(),
    };
    tokio_loop::serve(wrapping, move |mut socket| {
        let (room, deflate) = (room.clone(), deflate.clone());
        async move {
            if let Some(deflate) = deflate {
                if agree(&mut socket, &deflate).await.is_none() {
                    return;
                }
                let socket = CompressedWebSocketStream::server(socket, Config::default(), deflate);
                return match duty {
                    Duty::Echo => sink_stream::echo(socket, is_data).await,
                    Duty::Broadcast => sink_stream::broadcast(socket, room, is_data).await,
                };
            }
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

/// Its own handshake agrees on no extension, so this one does; the load offers what it can have.
async fn agree(socket: &mut Socket, deflate: &DeflateConfig) -> Option<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        if socket.read_buf(&mut head).await.ok()? == 0 {
            return None;
        }
    }
    let (request, _) = parse_request(&head).ok()??;
    let accept = generate_accept_key(request.key);
    socket.write_all(&build_response(&accept, None, Some(&deflate.to_response_header()))).await.ok()
}

fn is_data(message: &Message) -> bool {
    matches!(message, Message::Text(_) | Message::Binary(_))
}
