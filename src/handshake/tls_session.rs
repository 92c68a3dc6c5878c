//! What a client and the server agreed on in the handshake of TLS, and what the client said about itself.

/// The TLS beneath a request ([`Request::tls`](super::Request::tls)): what was agreed on, and who the client is.
///
/// A server makes it when the handshake of TLS is done, and drops it with the last request of the connection: an open
/// WebSocket keeps none. Copy what you keep.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TlsSession {
    server_name: Option<Box<str>>,
    version: &'static str,
    cipher_suite: &'static str,
    alpn: Option<Box<[u8]>>,
    client_certificates: Vec<Vec<u8>>,
}

impl TlsSession {
    /// One of which nothing is known. For tests, and for programs that use `handshake` without a
    /// [`Server`](crate::Server).
    pub fn new() -> Self {
        TlsSession::default()
    }

    /// The name that the client asked for (SNI, RFC 6066 §3), in lower case. `None` if it asked for none, as clients do
    /// that connect to an address. It may differ from [`Request::host`](super::Request::host).
    pub fn server_name(&self) -> Option<&str> {
        self.server_name.as_deref()
    }

    /// `TLSv1.3` or `TLSv1.2`.
    pub fn version(&self) -> &'static str {
        self.version
    }

    /// The cipher suite, by its name in the registry of IANA, such as `TLS_AES_256_GCM_SHA384`.
    pub fn cipher_suite(&self) -> &'static str {
        self.cipher_suite
    }

    /// The protocol that was agreed on (ALPN, RFC 7301), such as `http/1.1`; `None` if the client offered none.
    pub fn alpn(&self) -> Option<&[u8]> {
        self.alpn.as_deref()
    }

    /// The client's certificate, and after it those that vouch for it, each as DER (RFC 5280 §4.1). Empty if it sent
    /// none. What is here has been verified by the verifier of the `rustls::ServerConfig` that the application gave to
    /// `Tls::with`; without one, clients are not asked. Whom the certificate names is in it: a package such as
    /// `x509-parser` reads that.
    pub fn client_certificates(&self) -> impl ExactSizeIterator<Item = &[u8]> {
        self.client_certificates.iter().map(Vec::as_slice)
    }

    /// Sets what [`server_name`](Self::server_name) returns.
    pub fn with_server_name(mut self, name: Option<&str>) -> Self {
        self.server_name = name.map(Box::from);
        self
    }

    /// Sets what [`version`](Self::version) returns.
    pub fn with_version(mut self, version: &'static str) -> Self {
        self.version = version;
        self
    }

    /// Sets what [`cipher_suite`](Self::cipher_suite) returns.
    pub fn with_cipher_suite(mut self, name: &'static str) -> Self {
        self.cipher_suite = name;
        self
    }

    /// Sets what [`alpn`](Self::alpn) returns.
    pub fn with_alpn(mut self, protocol: Option<&[u8]>) -> Self {
        self.alpn = protocol.map(Box::from);
        self
    }

    /// Sets what [`client_certificates`](Self::client_certificates) returns.
    pub fn with_client_certificates(mut self, chain: Vec<Vec<u8>>) -> Self {
        self.client_certificates = chain;
        self
    }
}
