//! Is this a picture, how large is it, and what does it tell on people? Only its bytes are believed, never what the client
//! says it is, and only four kinds are known: those that every browser shows and that cannot carry a script.

mod clean;
mod fault;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;

use clean::Clean;
pub(crate) use fault::PictureFault;

/// A picture as others see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Shown {
    pub media_type: &'static str,
    pub extension: &'static str,
    /// As it is shown: what was taken upright is higher than wide.
    pub width: u32,
    pub height: u32,
    /// Without what tells where, when, with what and by whom it was made.
    pub bytes: Vec<u8>,
}

/// Browsers stop here or a little later.
pub(crate) const MAX_SIDE: u32 = 16_384;
/// What a browser unpacks takes four bytes for each: 100 MB. Cameras make 12 or 24 million; and a room may have many.
pub(crate) const MAX_PIXELS: u64 = 25_000_000;

/// Of a picture by which somebody is shown, in bytes: a list of people shows many at once.
pub(crate) const MAX_AVATAR: usize = 64 << 10;

/// Judges a picture by its bytes, and makes of it what is shown.
///
/// # Errors
///
/// It is none, or none that should be shown.
pub(crate) fn examine(bytes: &[u8]) -> Result<Shown, PictureFault> {
    let (media_type, extension) = kind(bytes).ok_or(PictureFault::Unknown)?;
    let Clean { bytes, is_turned } = clean::clean(extension, bytes)?;
    let size = imagesize::blob_size(&bytes).map_err(|_| PictureFault::Broken)?;
    let side =
        |pixels| u32::try_from(pixels).ok().filter(|side| *side <= MAX_SIDE).ok_or(PictureFault::TooLarge);
    let (mut width, mut height) = (side(size.width)?, side(size.height)?);
    if is_turned {
        (width, height) = (height, width);
    }
    match u64::from(width) * u64::from(height) {
        0 => Err(PictureFault::Broken),
        1..=MAX_PIXELS => Ok(Shown { media_type, extension, width, height, bytes }),
        _ => Err(PictureFault::TooLarge),
    }
}

/// Does it move? An `acTL` stands before the first `IDAT` (PNG §11.3.6); of WebP a flag says so (RFC 9649 §2.7.1).
pub(crate) fn moves(shown: &Shown) -> bool {
    let bytes = &shown.bytes[..];
    let place = |kind: &[u8]| bytes.windows(4).position(|it| it == kind);
    match shown.extension {
        "png" => place(b"acTL").is_some_and(|place_of| place(b"IDAT").is_none_or(|pixels| place_of < pixels)),
        "webp" => bytes.get(12..16) == Some(b"VP8X") && bytes.get(20).is_some_and(|flags| flags & 2 != 0),
        extension => extension == "gif",
    }
}

/// A name for a picture that nobody can guess: 144 bits, as 24 characters that may stand in an address.
///
/// # Errors
///
/// The system has no randomness to give.
pub(crate) fn new_id() -> Result<String, getrandom::Error> {
    let mut bytes = [0; 18];
    getrandom::fill(&mut bytes)?;
    Ok(BASE64.encode(bytes))
}

/// By the first bytes, as the formats' own specifications have them.
fn kind(bytes: &[u8]) -> Option<(&'static str, &'static str)> {
    match bytes {
        // The signature, and the header chunk that must be first (PNG §5.2, §5.6).
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1A, b'\n', 0, 0, 0, 13, b'I', b'H', b'D', b'R', ..] => {
            Some(("image/png", "png"))
        }
        // Start of image, and the first byte of the next marker (ITU-T T.81 §B.1.1).
        [0xFF, 0xD8, 0xFF, ..] => Some(("image/jpeg", "jpg")),
        [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Some(("image/gif", "gif")),
        // RIFF, a length, WEBP, and one of three chunks (RFC 9649 §2.3 to §2.7).
        [
            b'R',
            b'I',
            b'F',
            b'F',
            _,
            _,
            _,
            _,
            b'W',
            b'E',
            b'B',
            b'P',
            b'V',
            b'P',
            b'8',
            b' ' | b'L' | b'X',
            ..,
        ] => Some(("image/webp", "webp")),
        _ => None,
    }
}

#[cfg(test)]
#[path = "picture_tests.rs"]
mod tests;
