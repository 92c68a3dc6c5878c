//! TLS, where the program was built with it and certificates were named: then it is spoken on every TCP address.

use std::io;
use std::net::{SocketAddr, TcpListener};

use pollcat::Server;
#[cfg(feature = "tls")]
use pollcat::Tls;

use crate::run::settings::Settings;
use crate::tickets::Mail;

/// The certificates, or none. (The settings have refused them if the program knows no TLS.)
pub(crate) struct Certificates {
    #[cfg(feature = "tls")]
    tls: Option<Tls>,
}

#[cfg(feature = "tls")]
impl Certificates {
    /// # Errors
    ///
    /// In words: which file it is, and what is wrong with it.
    pub(crate) fn of(settings: &Settings) -> Result<Self, String> {
        let files = settings.tls_cert.as_ref().zip(settings.tls_key.as_ref());
        let tls = files.map(|(certificates, key)| Tls::from_pem_files(certificates, key)).transpose();
        Ok(Certificates { tls: tls.map_err(|error| format!("{error} (--tls-cert, --tls-key)"))? })
    }

    pub(crate) fn listen(&self, server: &mut Server<Mail>, address: &str) -> io::Result<SocketAddr> {
        match &self.tls {
            Some(tls) => server.listen_tls(address, tls),
            None => server.listen(address),
        }
    }

    pub(crate) fn listen_on(&self, server: &mut Server<Mail>, listener: TcpListener) -> io::Result<()> {
        match &self.tls {
            Some(tls) => server.listen_tls_on(listener, tls),
            None => server.listen_on(listener),
        }
    }

    /// Reads them again. Those who are connected notice nothing.
    pub(crate) fn reload(&self) {
        match self.tls.as_ref().map(Tls::reload) {
            Some(Ok(())) => log::info!("the certificate has been read again"),
            Some(Err(error)) => log::error!("the old certificate stays: {error}"),
            None => {}
        }
    }
}

#[cfg(not(feature = "tls"))]
impl Certificates {
    pub(crate) fn of(_: &Settings) -> Result<Self, String> {
        Ok(Certificates {})
    }

    pub(crate) fn listen(&self, server: &mut Server<Mail>, address: &str) -> io::Result<SocketAddr> {
        server.listen(address)
    }

    pub(crate) fn listen_on(&self, server: &mut Server<Mail>, listener: TcpListener) -> io::Result<()> {
        server.listen_on(listener)
    }

    pub(crate) fn reload(&self) {}
}
