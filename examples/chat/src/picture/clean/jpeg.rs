//! JPEG: segments, each with a marker, and behind some of them a scan (ITU-T T.81 §B.1).

use super::super::fault::PictureFault;
use super::exif::Orientation;
use super::rest::{Clean, Rest};

const START: u8 = 0xD8;
const END: u8 = 0xD9;
const SCAN: u8 = 0xDA;
const JPEG_EXTENSIONS: u8 = 0xC8;

pub(super) fn clean(mut rest: Rest<'_>) -> Result<Clean, PictureFault> {
    if rest.take(2)? != [0xFF, START] {
        return Err(PictureFault::Broken);
    }
    let mut bytes = Vec::with_capacity(rest.bytes.len() + 64);
    bytes.extend([0xFF, START]);
    let (mut orientation, mut has_scan) = (None, false);
    // The mark of the end is often missing, and browsers do not mind.
    while !(has_scan && matches!(rest.bytes, [] | [0xFF])) {
        let marker = next_marker(&mut rest)?;
        if marker == END && has_scan {
            break;
        }
        // These have no length, and no place here.
        if matches!(marker, 0x00 | 0x01 | 0xD0..=END) {
            return Err(PictureFault::Broken);
        }
        rest.count_piece()?;
        let length = rest.array()?;
        let inside = usize::from(u16::from_be_bytes(length)).checked_sub(2).ok_or(PictureFault::Broken)?;
        let segment = rest.take(inside)?;
        if let Some(jfif) = jfif(marker, segment) {
            bytes.extend(jfif);
        } else if let Some(adobe) = adobe(marker, segment) {
            bytes.extend(adobe);
        } else if may_stay(marker, segment) {
            bytes.extend([0xFF, marker]);
            bytes.extend(length);
            bytes.extend(segment);
        } else if let Some(tiff) = segment.strip_prefix(b"Exif\0\0") {
            orientation = orientation.or(Orientation::find(tiff));
        }
        if marker == SCAN {
            has_scan = true;
            bytes.extend(rest.take(scan_length(rest.bytes))?);
        }
    }
    let orientation = orientation.filter(|orientation| !orientation.is_upright());
    if let Some(orientation) = orientation {
        let exif = [&b"\xFF\xE1\0\x22Exif\0\0"[..], &orientation.exif()].concat();
        bytes.splice(2..2, exif);
    }
    bytes.extend([0xFF, END]);
    Ok(Clean { bytes, is_turned: orientation.is_some_and(Orientation::is_turned) })
}

/// The next marker. There may be fill bytes before it (§B.1.1.2), and nothing else.
fn next_marker(rest: &mut Rest<'_>) -> Result<u8, PictureFault> {
    if rest.byte()? != 0xFF {
        return Err(PictureFault::Broken);
    }
    loop {
        match rest.byte()? {
            0xFF => {}
            marker => return Ok(marker),
        }
    }
}

/// Up to the next marker that is not the scan's own: zeros are stuffed behind its 0xFFs, and it may have restarts.
fn scan_length(bytes: &[u8]) -> usize {
    let is_marker = |pair: &[u8]| pair[0] == 0xFF && !matches!(pair[1], 0x00 | 0xD0..=0xD7);
    let to_the_end = bytes.len() - usize::from(bytes.ends_with(&[0xFF]));
    bytes.windows(2).position(is_marker).unwrap_or(to_the_end)
}

/// The JFIF header without the thumbnail that it may have (JFIF 1.02, p. 5).
fn jfif(marker: u8, segment: &[u8]) -> Option<[u8; 18]> {
    let fields: &[u8; 12] =
        segment.first_chunk().filter(|_| marker == 0xE0 && segment.starts_with(b"JFIF\0"))?;
    let mut jfif = *b"\xFF\xE0\0\x10JFIF\0\0\0\0\0\0\0\0\0\0";
    jfif[4..16].copy_from_slice(fields);
    Some(jfif)
}

/// Of what Adobe writes, the kind of colours.
fn adobe(marker: u8, segment: &[u8]) -> Option<[u8; 16]> {
    let fields: &[u8; 12] =
        segment.first_chunk().filter(|_| marker == 0xEE && segment.starts_with(b"Adobe"))?;
    let mut adobe = *b"\xFF\xEE\0\x0EAdobe\0\x64\0\0\0\0\0";
    adobe[15] = fields[11];
    Some(adobe)
}

/// Frames, tables and scans; of what is for applications, what colours mean (ICC.1 §B.4). Not comments, nor what is reserved.
fn may_stay(marker: u8, segment: &[u8]) -> bool {
    match marker {
        0xE2 => segment.starts_with(b"ICC_PROFILE\0"),
        0xC0..=0xDF => marker != JPEG_EXTENSIONS,
        _ => false,
    }
}
