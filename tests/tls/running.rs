//! `pollcat_testing::running` over TLS: the address that it tells is that of a bridge to the server's TLS listener.

use std::net::SocketAddr;
use std::ops::Deref;

use pollcat::{Config, Handler, Server};
use pollcat_testing::running as plain;

use crate::authority::{Authority, VERSIONS};
use crate::bridge::bridge;
pub(crate) use plain::wait_until;

pub(crate) struct Running<M: Send + 'static = ()> {
    server: plain::Running<M>,
    address: SocketAddr,
}

impl<M: Send + 'static> Running<M> {
    pub(crate) fn start(config: Config, handler: impl Handler<M> + Send + 'static) -> Self {
        Running::serve(Server::without_listeners(config).expect("the system has a poll for us"), handler)
    }

    pub(crate) fn serve(mut server: Server<M>, handler: impl Handler<M> + Send + 'static) -> Self {
        let authority = Authority::new();
        let address = server.listen_tls("127.0.0.1:0", &authority.tls()).expect("loopback has a free port");
        let address = bridge(address, authority.client(&VERSIONS));
        Running { server: plain::Running::serve(server, handler), address }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    #[track_caller]
    pub(crate) fn join(self) {
        self.server.join();
    }
}

impl<M: Send + 'static> Deref for Running<M> {
    type Target = plain::Running<M>;

    fn deref(&self) -> &Self::Target {
        &self.server
    }
}
