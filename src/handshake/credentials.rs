//! Who the client says it is: cookies (RFC 6265), and bearer tokens (RFC 6750).

use super::syntax::{letters_and, trim};

/// The value of the first cookie of this name in the values of all Cookie fields (RFC 6265 §4.2.1), without the quotes
/// around it.
pub(super) fn cookie<'a>(mut fields: impl Iterator<Item = &'a [u8]>, name: &str) -> Option<&'a str> {
    let value =
        fields.find_map(|field| field.split(|&byte| byte == b';').find_map(|pair| named(pair, name)))?;
    let inner = |value: &'a [u8]| value.strip_prefix(b"\"")?.strip_suffix(b"\"");
    str::from_utf8(inner(value).unwrap_or(value)).ok()
}

/// The value of this pair, if it has that name. A pair without `=`, or without a name, is no cookie.
fn named<'a>(pair: &'a [u8], name: &str) -> Option<&'a [u8]> {
    let equals = pair.iter().position(|&byte| byte == b'=')?;
    let (found, value) = (trim(&pair[..equals]), trim(&pair[equals + 1..]));
    (!found.is_empty() && found == name.as_bytes()).then_some(value)
}

/// The token of an Authorization field: `Bearer`, spaces, and a `b64token` (RFC 6750 §2.1, RFC 9110 §11.4).
pub(super) fn bearer(authorization: &[u8]) -> Option<&str> {
    let (scheme, rest) = authorization.split_at_checked("Bearer".len())?;
    let token = trim_spaces(rest);
    let is_meant = scheme.eq_ignore_ascii_case(b"Bearer") && token.len() < rest.len();
    (is_meant && is_b64token(token)).then(|| str::from_utf8(token).ok())?
}

fn trim_spaces(mut bytes: &[u8]) -> &[u8] {
    while let [b' ', rest @ ..] = bytes {
        bytes = rest;
    }
    bytes
}

/// Letters, digits and a few more, at least one of them, and then any number of `=`.
fn is_b64token(token: &[u8]) -> bool {
    const B64: [bool; 256] = letters_and(b"-._~+/");
    let end = token.iter().position(|&byte| byte == b'=').unwrap_or(token.len());
    let (letters, padding) = token.split_at(end);
    !letters.is_empty()
        && letters.iter().all(|&byte| B64[byte as usize])
        && padding.iter().all(|&byte| byte == b'=')
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The values are what Python 3.11 says (`http.cookies.SimpleCookie(field)[name].value`), except where the row says
    /// otherwise.
    #[test]
    fn a_cookie_is_found_by_its_name() {
        let table: [(&[&str], &str, Option<&str>); 27] = [
            (&["a=1"], "a", Some("1")),
            (&["a=1; b=2; c=3"], "b", Some("2")),
            (&["a=1; b=2"], "c", None),
            (&["a=1;b=2"], "b", Some("2")),
            (&["a=1 ;  b=2  "], "b", Some("2")),
            (&["a=1; b=2"], "A", None),
            (&["sid=1; SID=2"], "SID", Some("2")),
            (&["aa=1; a=2"], "a", Some("2")),
            (&["a=b=c=="], "a", Some("b=c==")),
            (&["a="], "a", Some("")),
            (&["a=\"1\""], "a", Some("1")),
            (&["a=\"x y\"; b=2"], "a", Some("x y")),
            (&["a=\"\""], "a", Some("")),
            (&["$Version=1; a=1"], "a", Some("1")),
            (&["a=%20+x"], "a", Some("%20+x")),
            (&["a=1; a=2; b=3"], "b", Some("3")),
            (&["_ga=GA1.2.3; __Host-sid=x/y+z|{}"], "__Host-sid", Some("x/y+z|{}")),
            // Python takes the last one. Browsers send the one with the longest path first (§5.4).
            (&["a=1; a=2"], "a", Some("1")),
            // Python has one field: several are from HTTP/2, where each cookie may have its own (RFC 9113 §8.2.3).
            (&["a=1", "b=2"], "b", Some("2")),
            (&["a=1", "a=2"], "a", Some("1")),
            (&[], "a", None),
            // Python stops at what is no cookie, for all that follow. We pass over it.
            (&["nonsense; ; a=1"], "a", Some("1")),
            (&["=x; a=1"], "a", Some("1")),
            (&["=x"], "", None),
            (&["x"], "x", None),
            (&["a=\""], "a", Some("\"")),
            (&["a=x y; b=2"], "a", Some("x y")),
        ];
        for (fields, name, expected) in table {
            let fields_of = || fields.iter().map(|field| field.as_bytes());
            assert_eq!(cookie(fields_of(), name), expected, "{name} in {fields:?}");
        }
    }

    #[test]
    fn a_cookie_that_is_not_text_hides_no_other() {
        let field = &b"a=\xFF; b=\xC3\xBC; c=3"[..];
        let find = |name| cookie([field].into_iter(), name);
        assert_eq!((find("a"), find("b"), find("c")), (None, Some("ü"), Some("3")));
    }

    /// The syntax of RFC 6750 §2.1: `"Bearer" 1*SP b64token`.
    #[test]
    fn a_bearer_token_keeps_its_syntax() {
        let good = ["mF_9.B5f-4.1JqM", "a", "abc==", "a+b/c~d", "eyJ.eyJ.s-_", "a======="];
        for token in good {
            for scheme in ["Bearer", "bearer", "BEARER", "bEaReR"] {
                for spaces in [" ", "   "] {
                    let field = format!("{scheme}{spaces}{token}");
                    assert_eq!(bearer(field.as_bytes()), Some(token), "{field}");
                }
            }
        }
        let bad = [
            "",
            "Bearer",
            "Bearer ",
            "Bearer a b",
            "Bearer a,b",
            "Bearer =",
            "Bearer a=b",
            "Bearer  ",
            "Bearera",
            "Bearer\ta",
            "Basic YTpi",
            "Bearer \"a\"",
            "Bearer a;",
            "Bearer é",
            "Beare a",
            "Bearer: a",
            "token",
            "Bearer a, Bearer b",
        ];
        for field in bad {
            assert_eq!(bearer(field.as_bytes()), None, "{field}");
        }
    }
}
