//! Certificates: read from PEM files, and chosen by the name that the client asks for (RFC 6066 §3).

use std::cell::Cell;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::client::verify_server_name;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::{Error as PemError, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::server::{ClientHello, ParsedCertificate, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use rustls::{Error, InconsistentKeys};

#[derive(Debug, Clone)]
pub(super) struct PemFiles {
    certificates: PathBuf,
    key: PathBuf,
}

/// The certificates of a server.
#[derive(Debug)]
pub(super) struct ByName(Vec<Arc<CertifiedKey>>);

impl PemFiles {
    pub(super) fn new(certificates: &Path, key: &Path) -> Self {
        PemFiles { certificates: certificates.to_owned(), key: key.to_owned() }
    }

    fn read(&self, provider: &CryptoProvider) -> io::Result<CertifiedKey> {
        let chain = CertificateDer::pem_file_iter(&self.certificates)
            .and_then(Iterator::collect::<Result<Vec<_>, _>>)
            .map_err(|error| pem_error(&self.certificates, error, "certificate"))?;
        let Some(first) = chain.first() else {
            return Err(pem_error(&self.certificates, PemError::NoItemsFound, "certificate"));
        };
        ParsedCertificate::try_from(first).map_err(|error| {
            invalid(&self.certificates, format_args!("not a usable certificate: {error}"))
        })?;
        let key = PrivateKeyDer::from_pem_file(&self.key)
            .map_err(|error| pem_error(&self.key, error, "unencrypted private key"))?;
        CertifiedKey::from_der(chain, key, provider).map_err(|error| match error {
            Error::InconsistentKeys(InconsistentKeys::KeyMismatch) => invalid(
                &self.key,
                format_args!("this is not the key of the certificate in {}", self.certificates.display()),
            ),
            error => invalid(&self.key, format_args!("not a usable key: {error}")),
        })
    }
}

impl ByName {
    pub(super) fn read(files: &[PemFiles], provider: &CryptoProvider) -> io::Result<Self> {
        let read = |files: &PemFiles| files.read(provider).map(Arc::new);
        Ok(ByName(files.iter().map(read).collect::<io::Result<_>>()?))
    }
}

impl ResolvesServerCert for ByName {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let name = hello.server_name().and_then(|name| ServerName::try_from(name).ok());
        let fits =
            |certified: &&Arc<CertifiedKey>| certified.key.choose_scheme(hello.signature_schemes()).is_some();
        let usable = || self.0.iter().filter(fits);
        let named = name.and_then(|name| usable().find(|certified| is_valid_for(certified, &name)));
        named.or_else(|| usable().next()).cloned()
    }
}

/// Remembers which name was asked for last: rustls tells it to whoever chooses the certificate, and of an unbuffered
/// connection to nobody else.
#[derive(Debug)]
pub(super) struct Overheard(pub(super) Arc<dyn ResolvesServerCert>);

thread_local! {
    /// A connection's records are opened on the loop's thread, and the name is fetched from here at once. Several loops
    /// may have one configuration.
    static LAST_NAME: Cell<Option<Box<str>>> = const { Cell::new(None) };
}

impl ResolvesServerCert for Overheard {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        LAST_NAME.set(hello.server_name().map(Box::from));
        self.0.resolve(hello)
    }

    fn only_raw_public_keys(&self) -> bool {
        self.0.only_raw_public_keys()
    }
}

/// The name that a client has asked for since this was last called on this thread.
pub(super) fn last_name_asked_for() -> Option<Box<str>> {
    LAST_NAME.take()
}

/// Parsing it again takes a microsecond or two; the signature that follows takes fifty.
fn is_valid_for(certified: &CertifiedKey, name: &ServerName<'_>) -> bool {
    let parsed = certified.cert.first().map(ParsedCertificate::try_from);
    matches!(parsed, Some(Ok(certificate)) if verify_server_name(&certificate, name).is_ok())
}

fn pem_error(file: &Path, error: PemError, wanted: &str) -> io::Error {
    match error {
        PemError::Io(error) => io::Error::new(error.kind(), format!("{}: {error}", file.display())),
        PemError::NoItemsFound => invalid(file, format_args!("there is no {wanted} in it (PEM is expected)")),
        error => invalid(file, format_args!("no valid PEM: {error}")),
    }
}

fn invalid(file: &Path, what: std::fmt::Arguments<'_>) -> io::Error {
    io::Error::new(ErrorKind::InvalidData, format!("{}: {what}", file.display()))
}
