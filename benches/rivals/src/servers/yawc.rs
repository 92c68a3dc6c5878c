//! yawc, with the check of text that it leaves out unless asked (RFC 6455, §8.1).

use std::io;

use yawc::{CompressionLevel, DeflateOptions, Frame, OpCode, Options, WebSocket};

use super::{hyper_loop, room::Room, sink_stream};
use crate::case::{Duty, Wrapping};

pub(super) fn serve(duty: Duty, wrapping: Wrapping, size: usize) -> io::Result<()> {
    let room = Room::new();
    // Its limit must be above the message, not at it.
    let mut options = Options::default().with_utf8().with_max_payload_read(size.max(1 << 20) + 1);
    let alone = wrapping == Wrapping::Deflate;
    options.compression = wrapping.is_compressed().then(|| DeflateOptions {
        level: CompressionLevel::new(6),
        server_no_context_takeover: alone,
        client_no_context_takeover: alone,
        ..DeflateOptions::default()
    });
    hyper_loop::serve(wrapping, move |mut request| {
        let (response, socket) = WebSocket::upgrade_with_options(&mut request, options.clone())?;
        let room = room.clone();
        tokio::spawn(tokio::task::unconstrained(async move {
            let Ok(socket) = socket.await else { return };
            // Its stream ends in an item, not in an error.
            let socket = futures_util::StreamExt::map(socket, Ok::<Frame, yawc::WebSocketError>);
            match duty {
                Duty::Echo => sink_stream::echo(socket, is_data).await,
                Duty::Broadcast => sink_stream::broadcast(socket, room, is_data).await,
            }
        }));
        Ok::<_, yawc::WebSocketError>(response)
    })
}

fn is_data(frame: &Frame) -> bool {
    matches!(frame.opcode(), OpCode::Text | OpCode::Binary)
}
