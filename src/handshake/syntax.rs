//! Small words of HTTP's grammar (RFC 9110 §5.6).

/// Letters, digits, and a few more. A table, as every byte of a head is asked about.
pub(super) const fn letters_and(more: &[u8]) -> [bool; 256] {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < table.len() {
        table[byte] = (byte as u8).is_ascii_alphanumeric();
        byte += 1;
    }
    let mut place = 0;
    while place < more.len() {
        table[more[place] as usize] = true;
        place += 1;
    }
    table
}

/// A character of a token: header names, methods, subprotocols (RFC 9110 §5.6.2).
pub(super) fn is_token_byte(byte: u8) -> bool {
    const TOKEN: [bool; 256] = letters_and(b"!#$%&'*+-.^_`|~");
    TOKEN[byte as usize]
}

pub(super) fn is_token(bytes: &[u8]) -> bool {
    !bytes.is_empty() && bytes.iter().copied().all(is_token_byte)
}

/// A byte that may stand in a header's value: visible, space, tab, or beyond ASCII (RFC 9110 §5.5).
pub(super) fn is_value_byte(byte: u8) -> bool {
    byte == b'\t' || (byte >= b' ' && byte != 0x7F)
}

/// Where the byte is first. Sixteen are looked at together, with vector instructions, for whether it is one of them;
/// then it is searched for there.
pub(super) fn find(byte: u8, bytes: &[u8]) -> Option<usize> {
    let (chunks, _) = bytes.as_chunks::<16>();
    let is_in = |chunk: &[u8; 16]| chunk.iter().fold(false, |so_far, &other| so_far | (other == byte));
    let skipped = 16 * chunks.iter().take_while(|chunk| !is_in(chunk)).count();
    bytes[skipped..].iter().position(|&other| other == byte).map(|place| skipped + place)
}

/// Without the spaces and tabs around it (RFC 9110 §5.6.3).
pub(super) fn trim(mut bytes: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] = bytes {
        bytes = rest;
    }
    while let [rest @ .., b' ' | b'\t'] = bytes {
        bytes = rest;
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_one_is_found_wherever_it_is() {
        for length in 0..50 {
            let mut bytes = vec![b'-'; length];
            assert_eq!(find(b':', &bytes), None);
            for place in (0..length).rev() {
                bytes[place] = b':';
                assert_eq!(find(b':', &bytes), Some(place), "in {length}");
            }
        }
    }
}
