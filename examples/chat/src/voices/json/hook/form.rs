//! A form, as browsers send it (`application/x-www-form-urlencoded`, WHATWG URL §5.1).

/// Its pairs, decoded. What is no UTF-8 becomes U+FFFD, and a `%` without two digits stays as it is.
pub(super) fn pairs(text: &str) -> impl Iterator<Item = (String, String)> {
    let pieces = text.trim_end_matches(['\r', '\n']).split('&').filter(|piece| !piece.is_empty());
    pieces.map(|piece| {
        let (name, value) = piece.split_once('=').unwrap_or((piece, ""));
        (decoded(name), decoded(value))
    })
}

fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, behind)) = rest.split_first() {
        let pair = behind.first_chunk::<2>().filter(|_| first == b'%').and_then(|pair| byte_of(*pair));
        bytes.push(match first {
            b'+' => b' ',
            _ => pair.unwrap_or(first),
        });
        rest = if pair.is_some() { &behind[2..] } else { behind };
    }
    String::from_utf8(bytes).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}

fn byte_of([high, low]: [u8; 2]) -> Option<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16);
    u8::try_from(digit(high)? * 16 + digit(low)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As `urllib.parse.parse_qsl(text, keep_blank_values=True)` of Python 3.11 has it.
    #[test]
    fn a_form_has_the_pairs_that_python_finds_in_it() {
        let table: [(&str, &[(&str, &str)]); 7] = [
            ("payload=%7B%22text%22%3A%22a+b%22%7D", &[("payload", "{\"text\":\"a b\"}")]),
            ("text=a%26b%3Dc&username=x", &[("text", "a&b=c"), ("username", "x")]),
            ("text=%E5%B0%8F&&a", &[("text", "小"), ("a", "")]),
            ("text=50%&x=%zz%4", &[("text", "50%"), ("x", "%zz%4")]),
            ("text=%FF", &[("text", "\u{fffd}")]),
            ("text=a=b\r\n", &[("text", "a=b")]),
            ("", &[]),
        ];
        for (text, expected) in table {
            let pairs: Vec<(String, String)> = pairs(text).collect();
            let pairs: Vec<(&str, &str)> = pairs.iter().map(|(name, value)| (&**name, &**value)).collect();
            assert_eq!(pairs, expected, "{text}");
        }
    }
}
