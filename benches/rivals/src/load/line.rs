//! A connection, bare or over TLS, as something to read from and write to: patiently while it is opened, and from then
//! on whenever its socket is ready.

use std::io::{self, ErrorKind, Read, Write};
use std::net;
use std::sync::Arc;

use mio::net::TcpStream;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::ring;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, ClientConnection, DigitallySignedStruct, Error, SignatureScheme};

pub(super) struct Line<S = TcpStream> {
    socket: S,
    session: Option<Box<ClientConnection>>,
}

impl<S: Read + Write> Line<S> {
    pub(super) fn bare(socket: S) -> Self {
        Line { socket, session: None }
    }

    pub(super) fn over_tls(socket: S, config: Arc<ClientConfig>) -> io::Result<Self> {
        let name = ServerName::try_from("localhost").expect("it is a name");
        let session = ClientConnection::new(config, name).map_err(io::Error::other)?;
        Ok(Line { socket, session: Some(Box::new(session)) })
    }

    pub(super) fn is_bare(&self) -> bool {
        self.session.is_none()
    }

    pub(super) fn socket(&self) -> &S {
        &self.socket
    }

    pub(super) fn socket_mut(&mut self) -> &mut S {
        &mut self.socket
    }
}

impl Line<net::TcpStream> {
    /// From here on nobody waits.
    pub(super) fn nonblocking(self) -> io::Result<Line> {
        self.socket.set_nonblocking(true)?;
        Ok(Line { socket: TcpStream::from_std(self.socket), session: self.session })
    }
}

impl<S: Read + Write> Read for Line<S> {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        let Some(session) = &mut self.session else { return self.socket.read(room) };
        loop {
            match session.reader().read(room) {
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                other => return other,
            }
            if session.read_tls(&mut self.socket)? == 0 {
                return Ok(0);
            }
            session.process_new_packets().map_err(io::Error::other)?;
            send(session, &mut self.socket)?;
        }
    }
}

impl<S: Read + Write> Write for Line<S> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let Some(session) = &mut self.session else { return self.socket.write(bytes) };
        let taken = session.writer().write(bytes)?;
        send(session, &mut self.socket)?;
        // Its buffer is full.
        if taken == 0 && !bytes.is_empty() { Err(ErrorKind::WouldBlock.into()) } else { Ok(taken) }
    }

    /// Sends what is enciphered already, as far as the socket takes it.
    fn flush(&mut self) -> io::Result<()> {
        match &mut self.session {
            Some(session) => send(session, &mut self.socket),
            None => Ok(()),
        }
    }
}

/// What the socket does not take stays in the session, until it is writable again.
fn send(session: &mut ClientConnection, socket: &mut impl Write) -> io::Result<()> {
    while session.wants_write() {
        match session.write_tls(socket) {
            Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(()),
            other => other?,
        };
    }
    Ok(())
}

/// Takes every certificate: the server is our own child.
pub(super) fn trusting() -> Arc<ClientConfig> {
    let provider = Arc::new(ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let config = config.expect("ring knows the versions").dangerous();
    let mut config = config.with_custom_certificate_verifier(Arc::new(Trust)).with_no_client_auth();
    // Every handshake is a whole one.
    config.resumption = rustls::client::Resumption::disabled();
    Arc::new(config)
}

#[derive(Debug)]
struct Trust;

impl ServerCertVerifier for Trust {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        ring::default_provider().signature_verification_algorithms.supported_schemes()
    }
}
