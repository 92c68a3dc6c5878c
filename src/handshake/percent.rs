//! Percent-encoding (RFC 3986 §2.1), and the pairs of a query as browsers write them (WHATWG URL §5.1,
//! `application/x-www-form-urlencoded`).

use std::borrow::Cow;

/// The pairs of a query, decoded. Pieces between two `&` that are empty are no pairs.
pub(super) fn pairs(query: &str) -> impl Iterator<Item = (Cow<'_, str>, Cow<'_, str>)> {
    let pieces = query.split('&').filter(|piece| !piece.is_empty());
    pieces.map(|piece| {
        let (name, value) = piece.split_once('=').unwrap_or((piece, ""));
        (of_form(name), of_form(value))
    })
}

/// A name or a value: `+` is a space, a `%` that two hexadecimal digits do not follow is itself, and bytes that are no
/// UTF-8 become U+FFFD.
fn of_form(text: &str) -> Cow<'_, str> {
    if !text.contains(['%', '+']) {
        return Cow::Borrowed(text);
    }
    let spaced = text.replace('+', " ");
    Cow::Owned(String::from_utf8_lossy(&decoded(spaced.as_bytes())).into_owned())
}

/// A path. `None` for a `%` that two hexadecimal digits do not follow, for what is no UTF-8, and for a NUL, at which
/// names of files end.
pub(super) fn of_path(path: &str) -> Option<Cow<'_, str>> {
    if !path.contains('%') {
        return Some(Cow::Borrowed(path));
    }
    let is_encoded = |after: &str| hex_pair(after.as_bytes()).is_some_and(|byte| byte != 0);
    let is_clean = path.split('%').skip(1).all(is_encoded);
    is_clean.then(|| String::from_utf8(decoded(path.as_bytes())).ok().map(Cow::Owned))?
}

fn decoded(mut text: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    while let Some((&first, rest)) = text.split_first() {
        let encoded = (first == b'%').then(|| hex_pair(rest)).flatten();
        bytes.push(encoded.unwrap_or(first));
        text = if encoded.is_some() { &rest[2..] } else { rest };
    }
    bytes
}

/// The byte that the first two digits name.
fn hex_pair(digits: &[u8]) -> Option<u8> {
    let [high, low, ..] = *digits else {
        return None;
    };
    let value = |digit: u8| char::from(digit).to_digit(16);
    Some((value(high)? << 4 | value(low)?) as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The pairs are what Python 3.11 says: `urllib.parse.parse_qsl(query, keep_blank_values=True)`.
    #[test]
    fn a_query_has_the_pairs_that_python_finds_in_it() {
        let table: [(&str, &[(&str, &str)]); 33] = [
            ("", &[]),
            ("&", &[]),
            ("&&a=1&&b=2&", &[("a", "1"), ("b", "2")]),
            ("a", &[("a", "")]),
            ("a=", &[("a", "")]),
            ("=b", &[("", "b")]),
            ("=", &[("", "")]),
            ("a=1&=&b", &[("a", "1"), ("", ""), ("b", "")]),
            ("a=1&a=2", &[("a", "1"), ("a", "2")]),
            ("a=b=c", &[("a", "b=c")]),
            ("a+b=c+d", &[("a b", "c d")]),
            ("a%2Bb=c%20d", &[("a+b", "c d")]),
            ("%61=%62", &[("a", "b")]),
            ("%26=%3D", &[("&", "=")]),
            ("n=%E5%B0%8F%E6%98%8E", &[("n", "小明")]),
            ("q=%e2%98%83", &[("q", "☃")]),
            ("n=%E5%B0", &[("n", "\u{fffd}")]),
            ("n=%FF%FE", &[("n", "\u{fffd}\u{fffd}")]),
            ("n=%C3%28", &[("n", "\u{fffd}(")]),
            ("n=%F0%9F%98", &[("n", "\u{fffd}")]),
            ("x=%ED%A0%80", &[("x", "\u{fffd}\u{fffd}\u{fffd}")]),
            ("a=%EF%BB%BFb", &[("a", "\u{feff}b")]),
            ("%", &[("%", "")]),
            ("%4", &[("%4", "")]),
            ("%zz=%g1", &[("%zz", "%g1")]),
            ("a=%", &[("a", "%")]),
            ("a=%%41", &[("a", "%A")]),
            ("a=%2541", &[("a", "%41")]),
            ("a=%u0041", &[("a", "%u0041")]),
            ("a=%00", &[("a", "\0")]),
            ("a=1;b=2", &[("a", "1;b=2")]),
            ("a[]=1&a[]=2", &[("a[]", "1"), ("a[]", "2")]),
            ("a=?/:@!$'()*,", &[("a", "?/:@!$'()*,")]),
        ];
        for (query, expected) in table {
            let found: Vec<_> = pairs(query).collect();
            let found: Vec<(&str, &str)> = found.iter().map(|(name, value)| (&**name, &**value)).collect();
            assert_eq!(found, expected, "{query}");
        }
    }

    #[test]
    fn what_is_not_encoded_is_not_copied() {
        assert!(matches!(pairs("a=b").next(), Some((Cow::Borrowed("a"), Cow::Borrowed("b")))));
        assert!(matches!(of_path("/a+b/ü"), Some(Cow::Borrowed("/a+b/ü"))));
    }

    #[test]
    fn a_path_is_decoded_whole_or_not_at_all() {
        let table = [
            ("/a%20b+c", Some("/a b+c")),
            ("/%2e%2E/%2f", Some("/..//")),
            ("/%E5%B0%8F", Some("/小")),
            ("/%25%34%31", Some("/%41")),
            ("/%2541", Some("/%41")),
            ("/%", None),
            ("/%4", None),
            ("/%4/", None),
            ("/%+1", None),
            ("/%zz", None),
            ("/%%41", None),
            ("/%00", None),
            ("/a%00.html", None),
            ("/%FF", None),
            ("/%C0%AE", None),
            ("/%ED%A0%80", None),
        ];
        for (path, expected) in table {
            assert_eq!(of_path(path).as_deref(), expected, "{path}");
        }
    }
}
