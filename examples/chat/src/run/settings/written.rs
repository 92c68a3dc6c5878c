//! A setting written down: what it is if nobody says anything, and a value as the file has it.

use super::given::{Given, Place};
use super::row::{Kind, Row};

/// What a setting is if nobody says anything.
pub(super) fn default_of(row: &Row) -> Given {
    let texts = match row.kind {
        Kind::List(..) if row.default.is_empty() => Vec::new(),
        Kind::List(..) => row.default.split(", ").map(str::to_owned).collect(),
        _ => vec![row.default.to_owned()],
    };
    Given { texts, place: Place::Default }
}

/// A value as the file has it.
pub(super) fn in_toml(row: &Row, texts: &[String]) -> String {
    let quoted = |text: &str| toml::Value::from(text).to_string();
    // Nothing stands for the default.
    let text = texts.first().filter(|text| !text.is_empty()).map_or(row.default, String::as_str);
    match row.kind {
        Kind::List(..) => {
            format!("[{}]", texts.iter().map(|text| quoted(text)).collect::<Vec<_>>().join(", "))
        }
        Kind::Switch(_) => text.to_owned(),
        // TOML has no numbers that begin with zeros.
        Kind::Number(..) => text.parse().unwrap_or(0_u64).to_string(),
        Kind::Size(..) | Kind::Text(..) => quoted(text),
    }
}
