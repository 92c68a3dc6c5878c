//! What a client and the server have agreed on in a TLS handshake, as requests tell it.

use rustls::server::UnbufferedServerConnection;
use rustls::{CipherSuite, ProtocolVersion};

use crate::handshake::TlsSession;

/// What was agreed on in a handshake that is done; the name is there already.
pub(super) fn agreed(session: &UnbufferedServerConnection, met: TlsSession) -> TlsSession {
    let version = match session.protocol_version() {
        Some(ProtocolVersion::TLSv1_3) => "TLSv1.3",
        Some(ProtocolVersion::TLSv1_2) => "TLSv1.2",
        _ => "",
    };
    let chain = session.peer_certificates().unwrap_or_default();
    met.with_version(version)
        .with_cipher_suite(session.negotiated_cipher_suite().map_or("", |agreed| name_of(agreed.suite())))
        .with_alpn(session.alpn_protocol())
        .with_client_certificates(chain.iter().map(|certificate| certificate.to_vec()).collect())
}

/// As the registry has it: rustls calls those of TLS 1.3 by names of its own.
fn name_of(suite: CipherSuite) -> &'static str {
    match suite {
        CipherSuite::TLS13_AES_128_GCM_SHA256 => "TLS_AES_128_GCM_SHA256",
        CipherSuite::TLS13_AES_256_GCM_SHA384 => "TLS_AES_256_GCM_SHA384",
        CipherSuite::TLS13_CHACHA20_POLY1305_SHA256 => "TLS_CHACHA20_POLY1305_SHA256",
        other => other.as_str().unwrap_or_default(),
    }
}
