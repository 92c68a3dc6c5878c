//! A certificate authority for as long as a test runs, and clients that believe it.

use std::fs;
use std::net::{SocketAddr, TcpStream};
use std::path::PathBuf;
use std::sync::Arc;

use pollcat::Tls;
use pollcat::rustls::client::WantsClientCert;
use pollcat::rustls::pki_types::pem::PemObject;
use pollcat::rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use pollcat::rustls::server::WebPkiClientVerifier;
use pollcat::rustls::version::{TLS12, TLS13};
use pollcat::rustls::{
    ClientConfig, ClientConnection, ConfigBuilder, RootCertStore, ServerConfig, StreamOwned,
    SupportedProtocolVersion, crypto::ring,
};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};

use pollcat_testing::client::PATIENCE;
use pollcat_testing::scratch::Scratch;

pub(crate) const VERSIONS: [&SupportedProtocolVersion; 2] = [&TLS12, &TLS13];

pub(crate) struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
    scratch: Scratch,
}

/// What a client reads and writes: the blocking stream that rustls itself brings.
pub(crate) type Stream = StreamOwned<ClientConnection, TcpStream>;

impl Authority {
    pub(crate) fn new() -> Self {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let issuer = CertifiedIssuer::self_signed(params, key()).expect("an authority signs itself");
        let scratch = Scratch::new("tls");
        Authority { issuer, scratch }
    }

    /// Issues a certificate for these names: the files of the certificate and of its key. The first name is that of
    /// the files, so issuing again overwrites them.
    pub(crate) fn issue(&self, names: &[&str]) -> (PathBuf, PathBuf) {
        let names: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
        let files = ["crt", "key"].map(|kind| self.scratch.file(&format!("{}.{kind}", names[0])));
        let key = key();
        let params = CertificateParams::new(names).expect("these are names");
        let certificate = params.signed_by(&key, &self.issuer).expect("the authority signs");
        let [certificates, key_file] = files;
        fs::write(&certificates, certificate.pem()).expect("a file can be written");
        fs::write(&key_file, key.serialize_pem()).expect("and another");
        (certificates, key_file)
    }

    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.scratch.file(name)
    }

    /// For `localhost`.
    pub(crate) fn tls(&self) -> Tls {
        let (certificates, key) = self.issue(&["localhost"]);
        Tls::from_pem_files(certificates, key).expect("what was just issued is in order")
    }

    /// How its clients are: no protocol is named (ALPN), and sessions are remembered.
    pub(crate) fn client(&self, versions: &[&'static SupportedProtocolVersion]) -> ClientConfig {
        self.client_builder(versions).with_no_client_auth()
    }

    /// A client with a certificate of its own, and that certificate.
    pub(crate) fn client_as(
        &self,
        name: &str,
        versions: &[&'static SupportedProtocolVersion],
    ) -> (ClientConfig, CertificateDer<'static>) {
        let (chain, key) = self.identity(name);
        let certificate = chain[0].clone();
        let config = self.client_builder(versions).with_client_auth_cert(chain, key);
        (config.expect("the key is the certificate's"), certificate)
    }

    /// A server of `localhost` that asks its clients for certificates of this authority, and lets those in that have
    /// none.
    pub(crate) fn asking(&self) -> ServerConfig {
        let provider = Arc::new(ring::default_provider());
        let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(self.roots()), provider.clone());
        let verifier = verifier.allow_unauthenticated().build().expect("there is a root");
        let (chain, key) = self.identity("localhost");
        ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(&VERSIONS)
            .expect("ring speaks both")
            .with_client_cert_verifier(verifier)
            .with_single_cert(chain, key)
            .expect("the key is the certificate's")
    }

    fn roots(&self) -> RootCertStore {
        let mut roots = RootCertStore::empty();
        roots.add(self.issuer.der().clone()).expect("its own certificate is one");
        roots
    }

    fn client_builder(
        &self,
        versions: &[&'static SupportedProtocolVersion],
    ) -> ConfigBuilder<ClientConfig, WantsClientCert> {
        ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_protocol_versions(versions)
            .expect("ring speaks both")
            .with_root_certificates(self.roots())
    }

    fn identity(&self, name: &str) -> (Vec<CertificateDer<'static>>, PrivateKeyDer<'static>) {
        let (certificates, key) = self.issue(&[name]);
        let chain = CertificateDer::pem_file_iter(certificates).expect("it was just written");
        let chain = chain.collect::<Result<_, _>>().expect("a certificate");
        (chain, PrivateKeyDer::from_pem_file(key).expect("and a key"))
    }

    /// A client of `localhost`. The handshake begins with what is first read or written.
    pub(crate) fn dial(&self, address: SocketAddr) -> Stream {
        dial(address, self.client(&VERSIONS), "localhost")
    }
}

pub(crate) fn dial(address: SocketAddr, config: impl Into<Arc<ClientConfig>>, name: &str) -> Stream {
    let stream = TcpStream::connect(address).expect("the server listens");
    stream.set_nodelay(true).expect("TCP can be told not to wait");
    stream.set_read_timeout(Some(PATIENCE)).expect("reading can be given a limit");
    stream.set_write_timeout(Some(PATIENCE)).expect("writing can be given a limit");
    let name = ServerName::try_from(name.to_owned()).expect("this is a name");
    StreamOwned::new(ClientConnection::new(config.into(), name).expect("a client can be made"), stream)
}

fn key() -> KeyPair {
    KeyPair::generate().expect("there is randomness")
}
