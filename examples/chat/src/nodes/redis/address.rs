//! Where the log may be kept.

use std::time::Duration;

use redis::IntoConnectionInfo;

/// Where the log is kept.
#[derive(Clone)]
pub(crate) struct Where {
    /// `redis://`, `rediss://` (with the feature `tls`), `redis+unix://`; with a name and a password, if it wants them. Several: of a
    /// primary and of its replicas, of which any may be the primary later.
    pub urls: Vec<String>,
    /// What the log is called, so that several chats may share a Redis: letters, digits, `-`, `_` and `.`.
    pub name: String,
    /// So long is an entry kept, at least.
    pub keep: Duration,
    /// So many replicas have on their disks what is read, before anybody acts on it.
    pub replicas: u32,
    /// The authority that has signed the certificate of Redis, in PEM. `None`: one of those that browsers trust.
    #[cfg_attr(not(feature = "tls"), expect(dead_code, reason = "without TLS there are no certificates"))]
    pub authority: Option<Vec<u8>>,
}

impl Where {
    /// Its addresses, without their passwords.
    pub(crate) fn addresses(&self) -> String {
        let addresses: Vec<String> = self.urls.iter().map(|url| address(url)).collect();
        addresses.join(", ")
    }
}

/// Redis's address, without its password.
fn address(url: &str) -> String {
    match url.into_connection_info() {
        Ok(info) => info.addr().to_string(),
        Err(_) => "an address that cannot be read".into(),
    }
}
