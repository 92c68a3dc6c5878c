//! Text, checked as it arrives (RFC 6455 §8.1, RFC 3629).
//!
//! A piece of text may end within a character. Those bytes, three at most, wait for the next piece;
//! everything before them is checked once and becomes part of a `String`, so that a finished message is a
//! `&str` without being read again. A byte that can belong to no character fails the text at once, even if
//! its frame has not all arrived.

/// The text cannot become valid UTF-8 any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct InvalidUtf8;

/// Checks text that is all there.
#[inline]
pub(super) fn check(bytes: &[u8]) -> Result<&str, InvalidUtf8> {
    simdutf8::basic::from_utf8(bytes).map_err(|_| InvalidUtf8)
}

/// Can this be the beginning of valid text?
pub(super) fn is_beginning(bytes: &[u8]) -> bool {
    str::from_utf8(bytes).err().is_none_or(|error| error.error_len().is_none())
}

/// Text that arrives in pieces.
#[derive(Debug, Default)]
pub(super) struct TextBuffer {
    text: String,
    /// The first bytes of a character whose other bytes have not arrived.
    begun: [u8; 4],
    begun_length: usize,
}

impl TextBuffer {
    /// Adds the next piece.
    pub(super) fn push(&mut self, mut bytes: &[u8]) -> Result<(), InvalidUtf8> {
        while self.begun_length > 0 {
            let Some((&byte, rest)) = bytes.split_first() else {
                return Ok(());
            };
            bytes = rest;
            self.push_to_begun(byte)?;
        }
        let (whole, begun) = bytes.split_at(bytes.len() - unfinished_character(bytes));
        self.text.push_str(check(whole)?);
        for &byte in begun {
            self.push_to_begun(byte)?;
        }
        Ok(())
    }

    /// One more byte of the character that was begun.
    fn push_to_begun(&mut self, byte: u8) -> Result<(), InvalidUtf8> {
        self.begun[self.begun_length] = byte;
        self.begun_length += 1;
        match str::from_utf8(&self.begun[..self.begun_length]) {
            Ok(character) => {
                self.text.push_str(character);
                self.begun_length = 0;
            }
            // `error_len` is `None` exactly if more bytes could still make it valid.
            Err(error) if error.error_len().is_none() => {}
            Err(_) => return Err(InvalidUtf8),
        }
        Ok(())
    }

    pub(super) fn capacity(&self) -> usize {
        self.text.capacity()
    }

    pub(super) fn reserve_exact(&mut self, capacity: usize) {
        self.text.reserve_exact(capacity - self.text.len());
    }

    /// Goes on in other memory, which is empty, and leaves its own.
    pub(super) fn move_to(&mut self, memory: Vec<u8>) -> Vec<u8> {
        let mut text = String::from_utf8(memory).unwrap_or_default(); // no bytes at all are text
        text.push_str(&self.text);
        std::mem::replace(&mut self.text, text).into_bytes()
    }

    pub(super) fn into_memory(self) -> Vec<u8> {
        self.text.into_bytes()
    }

    /// The message is complete: it must not end within a character.
    pub(super) fn finish(&self) -> Result<(), InvalidUtf8> {
        match self.begun_length {
            0 => Ok(()),
            _ => Err(InvalidUtf8),
        }
    }

    /// Everything up to the last whole character.
    pub(super) fn as_str(&self) -> &str {
        &self.text
    }

    /// Bytes so far, those of a begun character included.
    pub(super) fn len(&self) -> usize {
        self.text.len() + self.begun_length
    }
}

/// How many bytes at the end belong to a character that needs more of them: 0 to 3.
fn unfinished_character(bytes: &[u8]) -> usize {
    for (back, &byte) in bytes.iter().rev().take(3).enumerate() {
        let needs = match byte {
            0x80..=0xBF => continue,
            0xC0..=0xDF => 2,
            0xE0..=0xEF => 3,
            0xF0..=0xFF => 4,
            _ => 1,
        };
        let has = back + 1;
        return if needs > has { has } else { 0 };
    }
    0
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the standard library says of all bytes so far: still possible, or not.
    fn possible(bytes: &[u8]) -> bool {
        match str::from_utf8(bytes) {
            Ok(_) => true,
            Err(error) => error.error_len().is_none(),
        }
    }

    /// Texts and near misses: every two-byte beginning, and the borders of RFC 3629's table.
    fn samples() -> Vec<Vec<u8>> {
        let mut samples: Vec<Vec<u8>> = Vec::new();
        for first in 0x7F..=0xFF {
            for second in [0x00, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xFF] {
                samples.push(vec![b'a', first, second]);
                samples.push(vec![first, second, 0x80, b'z']);
                samples.push(vec![first, second, 0xBF, 0xBF, 0x80]);
            }
        }
        let text = "κόσμε 聊天室 🐈 \u{10FFFF}\u{FFFF}\u{FEFF}\0 ascii, and enough of it to fill vectors: 你好，世界";
        samples.push(text.into());
        samples
    }

    #[test]
    fn fails_at_the_first_impossible_byte_however_it_is_cut() {
        for sample in samples() {
            for cut in 0..=sample.len() {
                let mut text = TextBuffer::default();
                let (head, tail) = sample.split_at(cut);
                assert_eq!(text.push(head).is_ok(), possible(head), "{head:x?}");
                if possible(head) {
                    assert_eq!(text.push(tail).is_ok(), possible(&sample), "{sample:x?} cut at {cut}");
                }
                let valid = str::from_utf8(&sample);
                if possible(&sample) {
                    assert_eq!(text.len(), sample.len());
                    assert_eq!(text.finish().is_ok(), valid.is_ok(), "{sample:x?} cut at {cut}");
                }
                if let Ok(valid) = valid {
                    assert_eq!(text.as_str(), valid);
                }
            }
        }
    }

    #[test]
    fn fails_at_the_first_impossible_byte_one_by_one() {
        for sample in samples() {
            let mut text = TextBuffer::default();
            for end in 1..=sample.len() {
                let verdict = text.push(&sample[end - 1..end]);
                assert_eq!(verdict.is_ok(), possible(&sample[..end]), "{:x?}", &sample[..end]);
                if verdict.is_err() {
                    break;
                }
            }
        }
    }
}
