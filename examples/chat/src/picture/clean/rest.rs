//! A picture while it is read: what is left of it, on both sides.

use super::super::fault::PictureFault;

/// What is left of a picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Clean {
    pub bytes: Vec<u8>,
    /// It is shown lying on its side: its width is its height.
    pub is_turned: bool,
}

/// What has not been read yet.
pub(super) struct Rest<'a> {
    pub bytes: &'a [u8],
    /// How many more segments, chunks or blocks it may have.
    pub pieces: usize,
}

/// So many make a picture of the largest size, with all its frames; more of them only take time.
const PIECES: usize = 50_000;

impl<'a> Rest<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Rest { bytes, pieces: PIECES }
    }

    /// Another segment, chunk or block begins.
    pub(super) fn count_piece(&mut self) -> Result<(), PictureFault> {
        self.pieces = self.pieces.checked_sub(1).ok_or(PictureFault::Broken)?;
        Ok(())
    }

    /// # Errors
    ///
    /// It ends before.
    pub(super) fn take(&mut self, length: usize) -> Result<&'a [u8], PictureFault> {
        let (taken, rest) = self.bytes.split_at_checked(length).ok_or(PictureFault::CutOff)?;
        self.bytes = rest;
        Ok(taken)
    }

    pub(super) fn array<const N: usize>(&mut self) -> Result<[u8; N], PictureFault> {
        Ok(self.take(N)?.try_into().expect("as many were taken"))
    }

    pub(super) fn byte(&mut self) -> Result<u8, PictureFault> {
        self.array().map(|[byte]| byte)
    }
}
