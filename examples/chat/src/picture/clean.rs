//! A picture without what cameras and programs write into it about where, when, with what and by whom it was made.
//!
//! What is needed to show it right stays: the pixels, their colours (ICC, gamma), animation, and which way is up. All else
//! goes, known or not: lists of what may stay are shorter than lists of what tells on people. What follows the end goes
//! too: telephones put whole films there. One pass over the bytes, which are copied once; nothing is unpacked.

mod exif;
mod gif;
mod jpeg;
mod png;
mod webp;

use super::PictureFault;

/// What is left of a picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Clean {
    pub bytes: Vec<u8>,
    /// It is shown lying on its side: its width is its height.
    pub is_turned: bool,
}

/// By the extension that its first bytes gave it.
///
/// # Errors
///
/// It does not hold together, or ends before its end.
pub(super) fn clean(extension: &str, bytes: &[u8]) -> Result<Clean, PictureFault> {
    let rest = Rest { bytes, pieces: PIECES };
    match extension {
        "jpg" => jpeg::clean(rest),
        "png" => png::clean(rest),
        "gif" => gif::clean(rest),
        _ => webp::clean(rest),
    }
}

/// What has not been read yet.
struct Rest<'a> {
    bytes: &'a [u8],
    /// How many more segments, chunks or blocks it may have.
    pieces: usize,
}

/// So many make a picture of the largest size, with all its frames; more of them only take time.
const PIECES: usize = 50_000;

impl<'a> Rest<'a> {
    /// Another segment, chunk or block begins.
    fn count_piece(&mut self) -> Result<(), PictureFault> {
        self.pieces = self.pieces.checked_sub(1).ok_or(PictureFault::Broken)?;
        Ok(())
    }

    /// # Errors
    ///
    /// It ends before.
    fn take(&mut self, length: usize) -> Result<&'a [u8], PictureFault> {
        let (taken, rest) = self.bytes.split_at_checked(length).ok_or(PictureFault::CutOff)?;
        self.bytes = rest;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], PictureFault> {
        Ok(self.take(N)?.try_into().expect("as many were taken"))
    }

    fn byte(&mut self) -> Result<u8, PictureFault> {
        self.array().map(|[byte]| byte)
    }
}

#[cfg(test)]
mod tests;
