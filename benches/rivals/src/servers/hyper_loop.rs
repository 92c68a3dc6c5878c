//! For the rivals whose handshake is hyper's.

use std::{io, sync::Arc};

use http_body_util::Empty;
use hyper::body::{Bytes, Incoming};
use hyper::{Request, Response, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;

use super::tokio_loop;
use crate::case::Wrapping;

/// Answers every request with what `upgrade` says; that spawns what becomes of the connection.
pub(super) fn serve<E>(
    wrapping: Wrapping,
    upgrade: impl Fn(Request<Incoming>) -> Result<Response<Empty<Bytes>>, E> + Send + Sync + 'static,
) -> io::Result<()>
where
    E: std::error::Error + Send + Sync + 'static,
{
    let upgrade = Arc::new(upgrade);
    tokio_loop::serve(wrapping, move |socket| {
        let upgrade = upgrade.clone();
        async move {
            let service = service_fn(move |request| std::future::ready(upgrade(request)));
            let connection = http1::Builder::new().serve_connection(TokioIo::new(socket), service);
            if let Err(error) = connection.with_upgrades().await {
                eprintln!("a handshake failed: {error}");
            }
        }
    })
}
