//! WebP: chunks, each with its type and length, in one that holds them all (RFC 9649 §2). Its orientation is not kept:
//! browsers do not look at it.

use super::super::fault::PictureFault;
use super::rest::{Clean, Rest};

/// Features that the extended header announces (§2.7): EXIF and XMP.
const METADATA: u8 = 0x0C;
/// The colour behind all frames, and how often they are played (§2.7.1.1).
const ANIMATION: usize = 6;
/// What comes before the chunks of a frame (§2.7.1.1).
const FRAME: usize = 16;

pub(super) fn clean(mut rest: Rest<'_>) -> Result<Clean, PictureFault> {
    let [_, _, _, _, length @ .., b'W', b'E', b'B', b'P'] = rest.array::<12>()? else {
        return Err(PictureFault::Broken);
    };
    let length = (u32::from_le_bytes(length) as usize).checked_sub(4).ok_or(PictureFault::Broken)?;
    rest.bytes = rest.take(length)?;
    let mut bytes = b"RIFF\0\0\0\0WEBP".to_vec();
    bytes.reserve(length);
    let mut has_pixels = false;
    while !rest.bytes.is_empty() {
        let (kind, data) = next(&mut rest)?;
        match kind {
            b"VP8X" => {
                let mut header: [u8; 10] = data.try_into().map_err(|_| PictureFault::Broken)?;
                header[0] &= !METADATA;
                put(&mut bytes, kind, &header);
            }
            b"ANMF" => put(&mut bytes, kind, &frame(data, &mut rest.pieces)?),
            b"ANIM" if data.len() > ANIMATION => {}
            b"VP8 " | b"VP8L" | b"ALPH" | b"ICCP" | b"ANIM" => put(&mut bytes, kind, data),
            _ => {}
        }
        has_pixels |= matches!(kind, b"VP8 " | b"VP8L" | b"ANMF");
    }
    if !has_pixels {
        return Err(PictureFault::Broken);
    }
    let length = u32::try_from(bytes.len() - 8).map_err(|_| PictureFault::Broken)?;
    bytes[4..8].copy_from_slice(&length.to_le_bytes());
    Ok(Clean { bytes, is_turned: false })
}

/// A frame has chunks of its own.
fn frame(bytes: &[u8], pieces: &mut usize) -> Result<Vec<u8>, PictureFault> {
    let mut rest = Rest { bytes, pieces: *pieces };
    let mut frame = rest.take(FRAME)?.to_vec();
    while !rest.bytes.is_empty() {
        let (kind, data) = next(&mut rest)?;
        if matches!(kind, b"VP8 " | b"VP8L" | b"ALPH") {
            put(&mut frame, kind, data);
        }
    }
    *pieces = rest.pieces;
    Ok(frame)
}

/// A chunk, and the byte that makes its length even; some programs leave out the last one (§2.3).
fn next<'a>(rest: &mut Rest<'a>) -> Result<(&'a [u8; 4], &'a [u8]), PictureFault> {
    rest.count_piece()?;
    let kind = rest.take(4)?.first_chunk().expect("as many were taken");
    let length = u32::from_le_bytes(rest.array()?) as usize;
    let data = rest.take(length)?;
    if length % 2 == 1 && !rest.bytes.is_empty() {
        rest.take(1)?;
    }
    Ok((kind, data))
}

fn put(bytes: &mut Vec<u8>, kind: &[u8; 4], data: &[u8]) {
    let length = u32::try_from(data.len()).expect("it is part of what had its length in as many bits");
    bytes.extend(kind);
    bytes.extend(length.to_le_bytes());
    bytes.extend(data);
    bytes.extend((data.len() % 2 == 1).then_some(0));
}
