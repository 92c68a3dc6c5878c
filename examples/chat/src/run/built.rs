//! What this program is: its version, and what it was built with.

pub(crate) const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Those of the features with which it was built.
pub(crate) fn features() -> impl Iterator<Item = &'static str> {
    let all = [("deflate", cfg!(feature = "deflate")), ("tls", cfg!(feature = "tls"))];
    all.into_iter().filter(|(_, is_there)| *is_there).map(|(name, _)| name)
}

/// The same for people.
pub(crate) fn told() -> String {
    let features: Vec<_> = features().collect();
    match features.is_empty() {
        true => "without features".to_owned(),
        false => format!("with {}", features.join(", ")),
    }
}
