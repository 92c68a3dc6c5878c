//! A picture without what cameras and programs write into it about where, when, with what and by whom it was made.
//!
//! What is needed to show it right stays: the pixels, their colours (ICC, gamma), animation, and which way is up. All else
//! goes, known or not: lists of what may stay are shorter than lists of what tells on people. What follows the end goes
//! too: telephones put whole films there. One pass over the bytes, which are copied once; nothing is unpacked.

mod exif;
mod gif;
mod jpeg;
mod png;
mod rest;
mod webp;

use super::fault::PictureFault;
pub(super) use rest::Clean;
use rest::Rest;

/// By the extension that its first bytes gave it.
///
/// # Errors
///
/// It does not hold together, or ends before its end.
pub(super) fn clean(extension: &str, bytes: &[u8]) -> Result<Clean, PictureFault> {
    let rest = Rest::new(bytes);
    match extension {
        "jpg" => jpeg::clean(rest),
        "png" => png::clean(rest),
        "gif" => gif::clean(rest),
        _ => webp::clean(rest),
    }
}

#[cfg(test)]
mod tests;
