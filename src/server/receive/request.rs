//! A request as the application sees it, and how it is turned down.

use crate::handshake::{Method, Refusal, Request};
use crate::server::accept::origin::Origin;
use crate::server::peers::KeepAlive;
use crate::server::{Config, Handler, PeerId, Peers, Refused};

/// Calls on_refused, answers the client with the reason, and ends the connection.
pub(super) fn turn_down<M>(
    peers: &mut Peers,
    id: PeerId,
    refused: &Refused<'_>,
    handler: &mut impl Handler<M>,
) -> KeepAlive {
    handler.on_refused(peers, refused);
    let method = refused.request.map_or(Method::Get, |request| request.method());
    peers.refuse(id.slot(), refused.reason, method);
    KeepAlive::No
}

/// The request as the application sees it: with where it comes from.
pub(super) fn with_origin<'r>(request: Request<'r>, origin: &'r Origin, config: &Config) -> Request<'r> {
    let request = request
        .with_client(config.proxies.client(origin.remote_ip(), &request))
        .with_listener(origin.listener)
        .with_local_addr(origin.local)
        .with_remote_addr(origin.remote);
    #[cfg(feature = "tls")]
    if let Some(session) = &origin.tls {
        return request.with_tls(session);
    }
    request
}

/// The same from a head that was kept.
pub(super) fn reread<'r>(head: &'r [u8], origin: &'r Origin, config: &Config) -> Request<'r> {
    let request = Request::reread(head).expect("it has been read before");
    with_origin(request, origin, config)
}

impl<'a> Refused<'a> {
    /// There is no request, or only the beginning of one.
    pub(super) fn before_its_end(reason: Refusal, origin: &Origin) -> Self {
        let Origin { listener, remote, .. } = *origin;
        Refused { reason, client: origin.remote_ip(), listener, remote_addr: remote, request: None }
    }

    pub(super) fn request(reason: Refusal, request: &Request<'a>) -> Self {
        let (listener, remote_addr) = (request.listener(), request.remote_addr());
        Refused { reason, client: request.client(), listener, remote_addr, request: Some(*request) }
    }
}
