//! Files that must be apart: what is written as one thing would be lost if another were written in its place. Whatever
//! way the settings spell them.

use std::path::Path;

use super::chosen::Settings;
use super::values::Listen;
use crate::history::{self, place};

/// What is wrong, in a line for each two that are one.
pub(super) fn faults(settings: &Settings, config: Option<&Path>) -> Vec<String> {
    let parts = |data| history::parts(&place(data)).into_iter().chain([history::admin_key_of(data)]);
    let history = settings.data.iter().flat_map(|data| parts(data));
    let files = [("pid-file", &settings.pid_file), ("log-file", &settings.log_file)];
    let files = files.into_iter().filter_map(|(name, path)| Some((name, place(path.as_deref()?))));
    let listen = settings.listen.iter().map(|listen| ("listen", listen));
    let metrics = settings.metrics.iter().map(|listen| ("metrics", listen));
    let sockets = listen.chain(metrics).filter_map(|(name, listen)| match listen {
        Listen::Unix(path) => Some((name, place(path))),
        Listen::Tcp(_) => None,
    });
    let written = history.map(|path| ("data", path)).chain(files).chain(sockets);

    // What is only read may be the same: a certificate and its key, say.
    let (cert, key) = (settings.tls_cert.as_deref(), settings.tls_key.as_deref());
    let read =
        [("config", config), ("tls-cert", cert), ("tls-key", key), ("words", settings.words.as_deref())];
    let mut seen: Vec<_> = read.into_iter().filter_map(|(name, path)| Some((name, place(path?)))).collect();

    let mut faults = Vec::new();
    for (name, path) in written {
        let same = seen.iter().filter(|(other, there)| *other != name && *there == path);
        faults.extend(
            same.map(|(other, _)| format!("{other} and {name} are the same file: {}", path.display())),
        );
        seen.push((name, path));
    }
    faults
}
