//! The loop under the rivals: tokio on one thread, a task for each connection.

use std::io;

use tokio::net::{TcpListener, TcpStream};

use super::{ANY_PORT, announce};

pub(super) fn serve<F>(connection: impl Fn(TcpStream) -> F) -> io::Result<()>
where
    F: Future<Output = ()> + Send + 'static,
{
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let listener = TcpListener::bind(ANY_PORT).await?;
        announce(listener.local_addr()?);
        loop {
            let (socket, _) = listener.accept().await?;
            socket.set_nodelay(true)?;
            // Without tokio's budget, which makes a busy task pause between messages that are there already.
            tokio::spawn(tokio::task::unconstrained(connection(socket)));
        }
    })
}
