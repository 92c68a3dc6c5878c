//! What was said of a setting, and where.

/// Of the variables of the environment.
pub(super) const PREFIX: &str = "POLLCAT_";

/// A value, and where it was said.
#[derive(Debug, Clone)]
pub(super) struct Given {
    pub texts: Vec<String>,
    pub place: Place,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Place {
    Flag,
    Environment,
    File { name: String, line: usize },
    Default,
}
