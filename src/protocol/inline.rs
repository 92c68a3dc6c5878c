//! The little that is kept of a header or a control frame until it is whole: in place, without an allocation.

/// Up to `N` bytes, kept inline.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Inline<const N: usize> {
    bytes: [u8; N],
    length: usize,
}

impl<const N: usize> Inline<N> {
    /// The caller knows that it fits: a header has at most 14 bytes, a control payload 125.
    pub(super) fn extend(&mut self, more: &[u8]) {
        self.bytes[self.length..][..more.len()].copy_from_slice(more);
        self.length += more.len();
    }

    pub(crate) fn as_slice(&self) -> &[u8] {
        &self.bytes[..self.length]
    }

    pub(super) fn is_empty(&self) -> bool {
        self.length == 0
    }

    pub(super) fn clear(&mut self) {
        self.length = 0;
    }
}

impl<const N: usize> Default for Inline<N> {
    fn default() -> Self {
        Inline { bytes: [0; N], length: 0 }
    }
}
