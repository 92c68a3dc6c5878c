//! fastwebsockets. An echo writes each message by itself, as in its examples: whether another has arrived already, it
//! does not tell. The broadcast writes through a buffer, flushed when the channel is empty.

use std::io;

use bytes::Bytes;
use fastwebsockets::{
    FragmentCollector, FragmentCollectorRead, Frame, OpCode, Payload, WebSocketError, WebSocketWrite,
    upgrade::{UpgradeFut, upgrade},
};
use tokio::io::{AsyncWrite, BufWriter};
use tokio::sync::mpsc::UnboundedReceiver;

use super::{hyper_loop, room::Room};
use crate::case::{Duty, Wrapping};

pub(super) fn serve(duty: Duty, wrapping: Wrapping) -> io::Result<()> {
    let room = Room::new();
    hyper_loop::serve(wrapping, move |mut request| {
        let (response, socket) = upgrade(&mut request)?;
        let room = room.clone();
        tokio::spawn(tokio::task::unconstrained(async move {
            // How a connection ends is of no interest here: the load notices when it should not have.
            let _ = match duty {
                Duty::Echo => echo(socket).await,
                Duty::Broadcast => broadcast(socket, room).await,
            };
        }));
        Ok::<_, WebSocketError>(response)
    })
}

async fn echo(socket: UpgradeFut) -> Result<(), WebSocketError> {
    let mut socket = FragmentCollector::new(socket.await?);
    loop {
        let frame = socket.read_frame().await?;
        match frame.opcode {
            OpCode::Close => return Ok(()),
            OpCode::Text | OpCode::Binary => socket.write_frame(frame).await?,
            _ => {}
        }
    }
}

/// What a connection is to be sent.
type Letter = (OpCode, Bytes);

async fn broadcast(socket: UpgradeFut, room: Room<Letter>) -> Result<(), WebSocketError> {
    let (reader, writer) = socket.await?.split(|stream| {
        let (reader, writer) = tokio::io::split(stream);
        (reader, BufWriter::new(writer))
    });
    let mut reader = FragmentCollectorRead::new(reader);
    let (pongs, own) = tokio::sync::mpsc::unbounded_channel();
    tokio::spawn(tokio::task::unconstrained(deliver(writer, room.join(), own)));
    let mut answer = move |frame: Frame<'_>| {
        let sent = pongs.send((frame.opcode, Bytes::copy_from_slice(&frame.payload)));
        std::future::ready(sent.map_err(io::Error::other))
    };
    loop {
        let frame = reader.read_frame(&mut answer).await?;
        match frame.opcode {
            OpCode::Close => return Ok(()),
            OpCode::Text | OpCode::Binary => {
                room.tell(&(frame.opcode, Bytes::copy_from_slice(&frame.payload)));
            }
            _ => {}
        }
    }
}

async fn deliver(
    mut socket: WebSocketWrite<impl AsyncWrite + Unpin>,
    mut heard: UnboundedReceiver<Letter>,
    mut own: UnboundedReceiver<Letter>,
) -> Result<(), WebSocketError> {
    loop {
        let first = tokio::select! {
            letter = heard.recv() => letter,
            letter = own.recv() => letter,
        };
        let mut next = first;
        if next.is_none() {
            return Ok(());
        }
        while let Some((opcode, payload)) = next {
            socket.write_frame(Frame::new(true, opcode, None, Payload::Borrowed(&payload))).await?;
            next = heard.try_recv().ok();
        }
        socket.flush().await?;
    }
}
