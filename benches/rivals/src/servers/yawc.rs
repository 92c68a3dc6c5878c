//! yawc, with the check of text that it leaves out unless asked (RFC 6455, §8.1).

use std::io;

use yawc::{Frame, OpCode, Options, WebSocket};

use super::{hyper_loop, room::Room, sink_stream};
use crate::case::Duty;

pub(super) fn serve(duty: Duty, size: usize) -> io::Result<()> {
    let room = Room::new();
    // Its limit must be above the message, not at it.
    let options =
        Options::default().without_compression().with_utf8().with_max_payload_read(size.max(1 << 20) + 1);
    hyper_loop::serve(move |mut request| {
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
