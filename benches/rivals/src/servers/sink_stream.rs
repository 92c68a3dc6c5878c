//! For the rivals that are a stream of messages and a sink for them: whatever is ready is taken before one flush,
//! which is the fastest that their interfaces allow.

use futures_util::{FutureExt, Sink, SinkExt, Stream, StreamExt};

use super::room::Room;

/// Sends back each message, until the connection ends. `is_data` tells messages from Pings, Pongs and Closes.
pub(super) async fn echo<S, M, E>(mut socket: S, is_data: fn(&M) -> bool)
where
    S: Stream<Item = Result<M, E>> + Sink<M, Error = E> + Unpin,
{
    let mut next = socket.next().await;
    while let Some(Ok(message)) = next {
        if is_data(&message) && socket.feed(message).await.is_err() {
            return;
        }
        next = match socket.next().now_or_never() {
            Some(ready) => ready,
            None if socket.flush().await.is_err() => return,
            None => socket.next().await,
        };
    }
}

/// Sends to the room what it receives from the connection, and to the connection what it receives from the room.
pub(super) async fn broadcast<S, M, E>(mut socket: S, room: Room<M>, is_data: fn(&M) -> bool)
where
    S: Stream<Item = Result<M, E>> + Sink<M, Error = E> + Unpin,
    M: Clone,
{
    let mut heard = room.join();
    loop {
        tokio::select! {
            said = socket.next() => match said {
                Some(Ok(message)) if is_data(&message) => room.tell(&message),
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return,
            },
            Some(message) = heard.recv() => {
                let mut next = Some(message);
                while let Some(message) = next {
                    if socket.feed(message).await.is_err() {
                        return;
                    }
                    next = heard.try_recv().ok();
                }
                if socket.flush().await.is_err() {
                    return;
                }
            }
        }
    }
}
