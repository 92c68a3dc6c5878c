//! Files that must be apart: what is written as one thing would be lost if another were written in its place. Whatever
//! way the settings spell them.

use std::path::Path;

use super::chosen::Settings;
use super::values::Listen;
use crate::history::{self, place};

/// What is wrong, in a line for each two that are one.
pub(super) fn faults(settings: &Settings, config: Option<&Path>) -> Vec<String> {
    let history = settings.data.iter().flat_map(|data| history::parts(&place(data)));
    let files = [("pid-file", &settings.pid_file), ("log-file", &settings.log_file)];
    let files = files.into_iter().filter_map(|(name, path)| Some((name, place(path.as_deref()?))));
    let sockets = settings.listen.iter().filter_map(|listen| match listen {
        Listen::Unix(path) => Some(("listen", place(path))),
        Listen::Tcp(_) => None,
    });
    let written = history.map(|path| ("data", path)).chain(files).chain(sockets);

    // What is only read may be the same: a certificate and its key, say.
    let (cert, key) = (settings.tls_cert.as_deref(), settings.tls_key.as_deref());
    let read = [("config", config), ("tls-cert", cert), ("tls-key", key)];
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
