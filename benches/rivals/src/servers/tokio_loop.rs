//! The loop under the rivals: tokio on one thread, a task for each connection.

use std::{io, sync::Arc};

use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use super::socket::{Socket, tls};
use super::{ANY_PORT, announce};
use crate::case::Wrapping;

pub(super) fn serve<F>(
    wrapping: Wrapping,
    connection: impl Fn(Socket) -> F + Send + Sync + 'static,
) -> io::Result<()>
where
    F: Future<Output = ()> + Send + 'static,
{
    let acceptor = match wrapping {
        Wrapping::Tls => Some(TlsAcceptor::from(tls()?)),
        _ => None,
    };
    let connection = Arc::new(connection);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let listener = TcpListener::bind(ANY_PORT).await?;
        announce(listener.local_addr()?);
        loop {
            let (socket, _) = listener.accept().await?;
            socket.set_nodelay(true)?;
            // Without tokio's budget, which makes a busy task pause between messages that are there already.
            match acceptor.clone() {
                None => {
                    tokio::spawn(tokio::task::unconstrained(connection(Socket::Bare(socket))));
                }
                Some(acceptor) => {
                    let connection = connection.clone();
                    tokio::spawn(tokio::task::unconstrained(async move {
                        match acceptor.accept(socket).await {
                            Ok(socket) => connection(Socket::Tls(Box::new(socket))).await,
                            Err(error) => eprintln!("a handshake of TLS failed: {error}"),
                        }
                    }));
                }
            }
        }
    })
}
