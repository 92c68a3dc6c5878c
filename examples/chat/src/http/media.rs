//! As what a body was sent: its media type, as far as the chat reads it.

/// What `Content-Type` says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Media {
    Json,
    /// As a browser's form is sent, and whatever `curl -d` sends.
    Form,
    Text,
    /// Nothing: what it begins with says what it is.
    Unsaid,
}

impl Media {
    /// `None`: it is something else, or in letters that are not read here (RFC 9110 §8.3).
    pub(crate) fn of(content_type: Option<&str>) -> Option<Self> {
        let Some(content_type) = content_type.filter(|text| !text.trim().is_empty()) else {
            return Some(Media::Unsaid);
        };
        let mut parts = content_type.split(';').map(str::trim);
        let essence = parts.next().unwrap_or_default().to_ascii_lowercase();
        let charset = parts.filter_map(|part| part.split_once('=')).find_map(|(name, value)| {
            name.trim().eq_ignore_ascii_case("charset").then(|| value.trim().trim_matches('"'))
        });
        let is_read =
            |charset: &str| ["utf-8", "utf8", "us-ascii"].iter().any(|it| charset.eq_ignore_ascii_case(it));
        if !charset.is_none_or(is_read) {
            return None;
        }
        match &*essence {
            "application/json" => Some(Media::Json),
            "application/x-www-form-urlencoded" => Some(Media::Form),
            "text/plain" => Some(Media::Text),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_is_known_whatever_its_case_and_its_parameters() {
        use Media::{Form, Json, Text, Unsaid};
        let table = [
            ("application/json", Some(Json)),
            ("Application/JSON; charset=UTF-8", Some(Json)),
            ("application/json;charset=\"utf-8\"", Some(Json)),
            ("application/json; profile=x; charset = utf8", Some(Json)),
            ("application/x-www-form-urlencoded", Some(Form)),
            ("text/plain", Some(Text)),
            ("text/plain; format=flowed", Some(Text)),
            ("text/plain; charset=us-ascii", Some(Text)),
            ("text/plain; charset=iso-8859-1", None),
            ("application/json; charset=utf-16", None),
            ("text/html", None),
            ("application/xml", None),
            ("multipart/form-data; boundary=x", None),
            ("application/json+x", None),
            ("json", None),
            ("", Some(Unsaid)),
            (" ", Some(Unsaid)),
            (";", None),
        ];
        for (text, expected) in table {
            assert_eq!(Media::of(Some(text)), expected, "{text}");
        }
        assert_eq!(Media::of(None), Some(Unsaid));
    }
}
