//! The masking key: every client frame's payload is XORed with four bytes, over and over (RFC 6455 §5.3).
//!
//! Written for the compiler's vectoriser: eight bytes at a time against the key repeated twice, and
//! the few left over one by one.

/// A masking key, turned so that its first byte is the one for the next byte of payload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MaskingKey([u8; 4]);

impl MaskingKey {
    /// The key as it stands in the frame header.
    pub fn new(key: [u8; 4]) -> Self {
        MaskingKey(key)
    }

    /// Masks or unmasks the next bytes of a payload in place. The pieces of one payload may be given one
    /// after the other, cut anywhere.
    #[inline]
    pub fn apply(&mut self, payload: &mut [u8]) {
        let key = self.twice();
        let (words, rest) = payload.as_chunks_mut::<8>();
        for word in words {
            *word = (u64::from_ne_bytes(*word) ^ key).to_ne_bytes();
        }
        // At most one, and then at most three bytes: a small message is little else.
        let (half, rest) = rest.as_chunks_mut::<4>();
        for half in half {
            *half = (u32::from_ne_bytes(*half) ^ u32::from_ne_bytes(self.0)).to_ne_bytes();
        }
        for (byte, key) in rest.iter_mut().zip(self.0) {
            *byte ^= key;
        }
        self.0.rotate_left(rest.len());
    }

    #[inline]
    fn twice(self) -> u64 {
        let once = u64::from(u32::from_ne_bytes(self.0));
        once << 32 | once
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// §5.3 to the letter: octet i of the payload XOR octet i MOD 4 of the key.
    fn naive(payload: &mut [u8], key: [u8; 4]) {
        for (i, byte) in payload.iter_mut().enumerate() {
            *byte ^= key[i % 4];
        }
    }

    #[test]
    fn agrees_with_the_definition_at_every_alignment_length_and_cut() {
        let key = [0x37, 0xFA, 0x21, 0x3D];
        let bytes: Vec<u8> = (0..64u8).map(|i| i.wrapping_mul(7)).collect();
        for start in 0..8 {
            for length in 0..=40 {
                let mut expected = bytes[start..start + length].to_vec();
                naive(&mut expected, key);
                for cut in 0..=length {
                    let mut masked = bytes[start..start + length].to_vec();
                    let (head, tail) = masked.split_at_mut(cut);
                    let mut mask = MaskingKey::new(key);
                    mask.apply(head);
                    mask.apply(tail);
                    assert_eq!(masked, expected, "{length} bytes at {start}, cut at {cut}");
                }
            }
        }
    }
}
