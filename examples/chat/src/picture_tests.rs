//! Pictures of seven by five pixels, as Pillow 12 writes them; and what only claims to be one.

use super::*;

// As hex.
pub(super) const PNG: &str = "\
    89504e470d0a1a0a0000000d494844520000000700000005080200000006f8618f0000001449444154789c633c2127c7\
    8001983085a8220a0070ee010e9e52042d0000000049454e44ae426082";
pub(super) const GIF: &str = "\
    47494638376107000500810000c81e1e0000000000000000002c000000000700050000080c0001081c48b0a0c1830703\
    02003b";
pub(super) const JPEG: &str = "\
    ffd8ffe000104a46494600010100000100010000ffdb004300a06e788c7864a08c828cb4aaa0bef0fffff0dcdcf0ffff\
    ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc0000b080005\
    000701011100ffc40014000100000000000000000000000000000002ffc4001410010000000000000000000000000000\
    0000ffda0008010100003f002fffd9";
pub(super) const PROGRESSIVE_JPEG: &str = "\
    ffd8ffe000104a46494600010100000100010000ffdb004300a06e788c7864a08c828cb4aaa0bef0fffff0dcdcf0ffff\
    ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc2000b080005\
    000701011100ffc40014000100000000000000000000000000000001ffda00080101000000013fffd9";
const LOSSY_WEBP: &str = "\
    52494646320000005745425056503820260000007001009d012a0700050007409625a0027401400000fee4016309a49d\
    1fccdf851f2750000000";
pub(super) const LOSSLESS_WEBP: &str = "\
    524946461e000000574542505650384c110000002f0600010007508f22d7a3ff8188e87f0000";
pub(super) const TRANSPARENT_WEBP: &str = "\
    524946465600000057454250565038580a00000010000000060000040000414c50480a000000010750c088084444ff03\
    56503820260000007001009d012a0700050007409625a0027401400000fee4016309a49d1fccdf851f2750000000";

pub(super) const REAL: [(&str, &str); 7] = [
    ("png", PNG),
    ("gif", GIF),
    ("jpg", JPEG),
    ("jpg", PROGRESSIVE_JPEG),
    ("webp", LOSSY_WEBP),
    ("webp", LOSSLESS_WEBP),
    ("webp", TRANSPARENT_WEBP),
];

pub(super) fn bytes(hex: &str) -> Vec<u8> {
    let hex: String = hex.split_whitespace().collect();
    (0..hex.len()).step_by(2).map(|i| u8::from_str_radix(&hex[i..i + 2], 16).unwrap()).collect()
}

/// Numbers without a pattern, the same each time.
pub(super) fn noise(mut state: u64) -> impl FnMut() -> usize {
    move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize
    }
}

/// A PNG of that size, as far as anybody reads it here.
fn png(width: u32, height: u32) -> Vec<u8> {
    let mut file = bytes(PNG);
    file[16..20].copy_from_slice(&width.to_be_bytes());
    file[20..24].copy_from_slice(&height.to_be_bytes());
    file
}

#[test]
fn pictures_are_known_by_their_first_bytes() {
    for (extension, hex) in REAL {
        let media_type =
            if extension == "jpg" { "image/jpeg".to_owned() } else { format!("image/{extension}") };
        let kind = examine(&bytes(hex)).unwrap();
        assert_eq!((kind.extension, kind.media_type), (extension, &*media_type));
        assert_eq!((kind.width, kind.height), (7, 5), "{extension}");
        assert!(kind.bytes == bytes(hex), "{extension}: there is nothing to take out");
    }
}

#[test]
fn nothing_else_is_a_picture() {
    let strangers: [&[u8]; 13] = [
        b"",
        b"hello",
        b"<svg xmlns=\"http://www.w3.org/2000/svg\"/>",
        b"<?xml version=\"1.0\"?><svg/>",
        b"<!doctype html><script>alert(1)</script>",
        b"BM\x46\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0",
        b"II*\0\x08\0\0\0",
        b"\0\0\0\x1cftypavif\0\0\0\0",
        b"%PDF-1.7",
        b"GIF88a\x07\0\x05\0",
        b"RIFF\x24\0\0\0WAVEfmt ",
        b"RIFF\x24\0\0\0WEBPVP8Y",
        b"\x89PNG\r\n\x1a\n\0\0\0\x0dIDAT\0\0\0\x07\0\0\0\x05",
    ];
    for stranger in strangers {
        assert_eq!(examine(stranger), Err(PictureFault::Unknown), "{stranger:?}");
    }
    // What stands behind something else is not looked for; what is appended is left out.
    assert_eq!(examine(&[b"<html>", &bytes(PNG)[..]].concat()), Err(PictureFault::Unknown));
    let appended = [&bytes(GIF)[..], b"<script>alert(1)</script>"].concat();
    assert_eq!(examine(&appended).map(|shown| shown.bytes), Ok(bytes(GIF)));
}

#[test]
fn a_picture_that_ends_too_early_is_cut_off() {
    for (extension, hex) in REAL {
        let whole = bytes(hex);
        let mut is_picture = false;
        for end in 0..whole.len() {
            match examine(&whole[..end]) {
                Err(PictureFault::Unknown) => assert!(!is_picture, "{extension} {end}"),
                Err(fault) => {
                    is_picture = true;
                    assert_eq!(fault, PictureFault::CutOff, "{extension} {end}");
                }
                // Only the mark of the end is missing: it is added. A JPEG does not say where its pixels end.
                Ok(shown) => assert!(shown.bytes == whole || extension == "jpg", "{extension} {end}"),
            }
        }
        assert!(is_picture, "{extension}");
    }
}

#[test]
fn a_picture_may_have_25_megapixels_and_16384_on_a_side() {
    let table = [
        ((16_384, 1), Ok((16_384, 1))),
        ((1, 16_384), Ok((1, 16_384))),
        ((6_250, 4_000), Ok((6_250, 4_000))),
        ((6_250, 4_001), Err(PictureFault::TooLarge)),
        ((16_385, 1), Err(PictureFault::TooLarge)),
        ((1, u32::MAX), Err(PictureFault::TooLarge)),
        ((u32::MAX, u32::MAX), Err(PictureFault::TooLarge)),
        ((0, 5), Err(PictureFault::Broken)),
        ((7, 0), Err(PictureFault::Broken)),
    ];
    for ((width, height), expected) in table {
        let seen = examine(&png(width, height)).map(|shown| (shown.width, shown.height));
        assert_eq!(seen, expected, "{width} × {height}");
    }
}

#[test]
fn ids_are_different_and_fit_into_an_address() {
    let ids: std::collections::HashSet<String> = (0..1000).map(|_| new_id().unwrap()).collect();
    assert_eq!(ids.len(), 1000);
    assert!(
        ids.iter()
            .all(|id| id.len() == 24 && id.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b)))
    );
}
