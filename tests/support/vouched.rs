//! A server's certificate that nobody vouches for but itself, and clients that believe it.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::crypto::ring;
use rustls::{ClientConfig, RootCertStore};

use crate::scratch::Scratch;

pub struct Certificate {
    /// As PEM.
    pub certificate: PathBuf,
    pub key: PathBuf,
    client: ClientConfig,
    _scratch: Scratch,
}

impl Certificate {
    /// For this name. The folder is called as the test says.
    pub fn of(name: &str, test: &str) -> Self {
        let own = rcgen::generate_simple_self_signed([name.to_owned()]).expect("it can be signed");
        let scratch = Scratch::new(test);
        let [certificate, key] = ["crt", "key"].map(|kind| scratch.file(kind));
        fs::write(&certificate, own.cert.pem()).expect("a file can be written");
        fs::write(&key, own.signing_key.serialize_pem()).expect("and another");
        let mut roots = RootCertStore::empty();
        roots.add(own.cert.der().clone()).expect("it is a certificate");
        let client = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("ring speaks them")
            .with_root_certificates(roots)
            .with_no_client_auth();
        Certificate { certificate, key, client, _scratch: scratch }
    }

    /// Certificate and key in one file, as some programs want it.
    pub fn joined(&self, file: &Path) -> PathBuf {
        let [certificate, key] =
            [&self.certificate, &self.key].map(|part| fs::read_to_string(part).expect("it was written"));
        fs::write(file, certificate + &key).expect("a file can be written");
        file.to_owned()
    }

    /// A client that believes it, and names no protocol (ALPN).
    pub fn client(&self) -> ClientConfig {
        self.client.clone()
    }
}
