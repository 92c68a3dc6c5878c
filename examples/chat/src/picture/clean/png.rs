//! PNG: chunks, each with its length, type and checksum (PNG §5.3). The checksums are copied, not checked.

use super::super::fault::PictureFault;
use super::exif::Orientation;
use super::rest::{Clean, Rest};

/// What a picture is made of, what its colours mean, and how it moves (PNG §11), each with its greatest length: behind that
/// anything could be written. The lower-case ones can be left out.
const KEPT: [(&[u8; 4], usize); 16] = [
    (b"IHDR", 13),
    (b"PLTE", 768),
    (b"IDAT", usize::MAX),
    (b"IEND", 0),
    (b"tRNS", 256),
    (b"cHRM", 32),
    (b"gAMA", 4),
    (b"iCCP", usize::MAX),
    (b"sBIT", 4),
    (b"sRGB", 1),
    (b"cICP", 4),
    (b"mDCV", 24),
    (b"cLLI", 8),
    (b"acTL", 8),
    (b"fcTL", 26),
    (b"fdAT", usize::MAX),
];

pub(super) fn clean(mut rest: Rest<'_>) -> Result<Clean, PictureFault> {
    let mut bytes = Vec::with_capacity(rest.bytes.len());
    bytes.extend(rest.take(8)?);
    let (mut orientation, mut behind_header, mut has_pixels) = (None, 0, false);
    loop {
        rest.count_piece()?;
        let start = rest.bytes;
        let length = u32::from_be_bytes(rest.array()?) as usize;
        let kind: [u8; 4] = rest.array()?;
        let data = rest.take(length)?;
        rest.take(4)?;
        has_pixels |= kind == *b"IDAT";
        match &kind {
            kind if may_stay(kind, length) => bytes.extend(&start[..length + 12]),
            b"eXIf" => orientation = orientation.or(Orientation::find(data)),
            // A picture that cannot be shown without it (PNG §5.4).
            [b'A'..=b'Z', ..] => return Err(PictureFault::Broken),
            _ => {}
        }
        match &kind {
            b"IHDR" if behind_header == 0 => behind_header = bytes.len(),
            b"IEND" if has_pixels => break,
            b"IHDR" | b"IEND" => return Err(PictureFault::Broken),
            _ if behind_header == 0 => return Err(PictureFault::Broken),
            _ => {}
        }
    }
    let orientation = orientation.filter(|orientation| !orientation.is_upright());
    if let Some(orientation) = orientation {
        bytes.splice(behind_header..behind_header, chunk(b"eXIf", &orientation.exif()));
    }
    Ok(Clean { bytes, is_turned: orientation.is_some_and(Orientation::is_turned) })
}

fn may_stay(kind: &[u8; 4], length: usize) -> bool {
    KEPT.iter().any(|&(kept, longest)| kept == kind && length <= longest)
}

fn chunk(kind: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let length = u32::try_from(data.len()).expect("it was made here, and is short").to_be_bytes();
    let checksum = crc(kind.iter().chain(data)).to_be_bytes();
    [&length[..], kind, data, &checksum].concat()
}

/// CRC-32 (PNG annex D).
fn crc<'a>(bytes: impl Iterator<Item = &'a u8>) -> u32 {
    let step = |crc: u32, _| if crc & 1 == 1 { 0xEDB8_8320 ^ crc >> 1 } else { crc >> 1 };
    !bytes.fold(u32::MAX, |crc, &byte| (0..8).fold(crc ^ u32::from(byte), step))
}

#[cfg(test)]
#[test]
fn the_checksum_is_that_of_all_pngs() {
    assert_eq!(crc(b"IEND".iter()), 0xAE42_6082);
    assert_eq!(crc(b"123456789".iter()), 0xCBF4_3926);
}
