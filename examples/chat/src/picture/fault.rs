//! What is wrong with a picture.

use std::fmt;

/// Why it is not one that can be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PictureFault {
    /// None of the four kinds.
    Unknown,
    /// It begins like one of them and ends too early, or makes no sense.
    Broken,
    /// The end is missing.
    CutOff,
    /// Wider or higher than [`MAX_SIDE`](super::MAX_SIDE), or more than [`MAX_PIXELS`](super::MAX_PIXELS).
    TooLarge,
}

impl fmt::Display for PictureFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            PictureFault::Unknown => "this is no picture: PNG, JPEG, GIF and WebP can be shown",
            PictureFault::Broken => "the picture is broken",
            PictureFault::CutOff => "the picture is cut off: its end is missing",
            PictureFault::TooLarge => {
                "a picture has at most 25 million pixels, and 16,384 on a side: make it smaller"
            }
        })
    }
}

impl std::error::Error for PictureFault {}
