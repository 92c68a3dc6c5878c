//! What a TLS listener speaks with: certificates, and how they are exchanged while the server runs.
//!
//! `certificates.rs` reads them and chooses among them, `stream.rs` is one connection, and `agreed.rs` is what its
//! handshake has come to.

mod agreed;
mod certificates;
mod stream;

use std::fmt;
use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rustls::ServerConfig;

use certificates::{ByName, Overheard, PemFiles};
pub(in crate::server) use stream::TlsStream;

/// What TLS listeners speak with: certificates and their keys ([`Server::listen_tls`](crate::Server::listen_tls)).
///
/// A `Tls` is a cheap handle, for any thread. All clones share the certificates; a change through one of them applies
/// to new connections, and leaves the others alone.
///
/// ```no_run
/// use pollcat::{Config, Server, Tls, handler_fn};
///
/// # fn main() -> std::io::Result<()> {
/// let tls = Tls::from_pem_files("chain.pem", "key.pem")?;
/// let mut server = Server::with_config("0.0.0.0:80", Config::new())?;
/// server.listen_tls("0.0.0.0:443", &tls)?;
/// // Later, on any thread, when the certificate has been renewed:
/// // tls.reload()?;
/// server.run(handler_fn(|peers, from, message| {
///     peers.send(from, message);
/// }))
/// # }
/// ```
///
/// TLS 1.3 and 1.2 are spoken, with the cipher suites that rustls recommends, and HTTP/1.1 above them (ALPN
/// `http/1.1`). Clients can resume a session: the last 256 are remembered, and a `reload` forgets them. Nothing is
/// accepted as early data (0-RTT), as it could be replayed.
#[derive(Clone)]
pub struct Tls(Arc<Mutex<State>>);

struct State {
    /// Where the certificates come from; nowhere, if we were given a configuration.
    files: Vec<PemFiles>,
    config: Arc<ServerConfig>,
}

impl Tls {
    /// Reads a certificate, followed by those that vouch for it, and its private key. Both are PEM; the key is in
    /// PKCS #8, PKCS #1 or SEC 1, and not encrypted.
    ///
    /// # Errors
    ///
    /// A file cannot be read, there is no certificate or key in it, or they do not belong together. The error names
    /// the file, and what is wrong.
    pub fn from_pem_files(certificates: impl AsRef<Path>, key: impl AsRef<Path>) -> io::Result<Self> {
        let files = vec![PemFiles::new(certificates.as_ref(), key.as_ref())];
        Ok(Tls(Arc::new(Mutex::new(State { config: configure(&files)?, files }))))
    }

    /// Speaks with a configuration of your own: other versions, client certificates, another way to choose. (Early
    /// data stays off.) Its `alpn_protocols` must be empty or `[b"http/1.1"]`: a client that may choose `h2` speaks
    /// HTTP/2, and is refused with 505.
    pub fn with(config: ServerConfig) -> Self {
        Tls(Arc::new(Mutex::new(State { files: Vec::new(), config: prepared(config) })))
    }

    /// Adds another certificate. A client gets the first one that is valid for the name it asks for and with which
    /// it can deal; without a name, or with one that is in none of them, the first.
    ///
    /// # Errors
    ///
    /// As for [`from_pem_files`](Self::from_pem_files); then everything stays as it is.
    pub fn add_pem_files(&self, certificates: impl AsRef<Path>, key: impl AsRef<Path>) -> io::Result<()> {
        let mut files = self.state().files.clone();
        files.push(PemFiles::new(certificates.as_ref(), key.as_ref()));
        self.load(files)
    }

    /// Reads the files again, as after a renewal. A `Tls` that was made of no files stays as it is.
    ///
    /// # Errors
    ///
    /// As for [`from_pem_files`](Self::from_pem_files); then everything stays as it is.
    pub fn reload(&self) -> io::Result<()> {
        let files = self.state().files.clone();
        if files.is_empty() { Ok(()) } else { self.load(files) }
    }

    /// From now on, a configuration of your own.
    pub fn replace(&self, config: ServerConfig) {
        *self.state() = State { files: Vec::new(), config: prepared(config) };
    }

    /// One more connection, in the present configuration.
    pub(in crate::server) fn accept(&self, stream: mio::net::TcpStream) -> io::Result<TlsStream> {
        let config = Arc::clone(&self.state().config);
        TlsStream::new(stream, config)
    }

    /// Files are read without the lock: the loop may be waiting for it.
    fn load(&self, files: Vec<PemFiles>) -> io::Result<()> {
        let config = configure(&files)?;
        *self.state() = State { files, config };
        Ok(())
    }

    /// Nothing that holds the lock leaves the state half done, even if it panics.
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tls").field("files", &self.state().files).finish_non_exhaustive()
    }
}

/// Rustls's own choice of versions and suites, our protocol, and the certificates by name.
fn configure(files: &[PemFiles]) -> io::Result<Arc<ServerConfig>> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let certificates = ByName::read(files, &provider)?;
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("ring has suites for both versions")
        .with_no_client_auth()
        .with_cert_resolver(Arc::new(certificates));
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(prepared(config))
}

/// Without early data, and so that we hear which name is asked for.
fn prepared(mut config: ServerConfig) -> Arc<ServerConfig> {
    config.max_early_data_size = 0;
    config.cert_resolver = Arc::new(Overheard(config.cert_resolver));
    Arc::new(config)
}
