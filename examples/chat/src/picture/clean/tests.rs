//! Pictures as cameras and programs write them, and what is left of them.

use super::super::tests::{
    GIF, JPEG, LOSSLESS_WEBP, PNG, PROGRESSIVE_JPEG, REAL, TRANSPARENT_WEBP, bytes, noise,
};
use super::exif::Orientation;
use super::*;

/// Whatever tells on people says this.
const SECRET: &[u8] = b"SECRET";

fn has(bytes: &[u8], what: &[u8]) -> bool {
    bytes.windows(what.len()).any(|window| window == what)
}

/// EXIF with a maker, this orientation, and a place, in either order of bytes.
fn exif(orientation: u8, is_big: bool) -> Vec<u8> {
    let number = |value: u32, size: usize| {
        let bytes = value.to_be_bytes()[4 - size..].to_vec();
        if is_big { bytes } else { bytes.into_iter().rev().collect() }
    };
    let entry = |tag, kind, count, value: Vec<u8>| {
        let mut value = value;
        value.resize(4, 0);
        [number(tag, 2), number(kind, 2), number(count, 4), value].concat()
    };
    [
        if is_big { b"MM".to_vec() } else { b"II".to_vec() },
        number(42, 2),
        number(8, 4),
        number(3, 2),
        entry(0x010F, 2, 20, number(50, 4)),
        entry(0x0112, 3, 1, number(orientation.into(), 2)),
        entry(0x8825, 4, 1, number(70, 4)),
        b"SECRET CAMERA AND SECRET PLACE".to_vec(),
    ]
    .concat()
}

fn segment(marker: u8, data: &[&[u8]]) -> Vec<u8> {
    let data = data.concat();
    [&[0xFF, marker], &(data.len() as u16 + 2).to_be_bytes()[..], &data].concat()
}

fn chunk(kind: &[u8], data: &[u8]) -> Vec<u8> {
    [&(data.len() as u32).to_be_bytes()[..], kind, data, b"\0\0\0\0"].concat()
}

fn riff_chunk(kind: &[u8], data: &[u8]) -> Vec<u8> {
    [kind, &(data.len() as u32).to_le_bytes(), data, &vec![0; data.len() % 2]].concat()
}

fn riff(chunks: &[&[u8]]) -> Vec<u8> {
    riff_chunk(b"RIFF", &[b"WEBP", &chunks.concat()[..]].concat())
}

/// A JPEG with all that cameras know, before and between its scans, and behind its end.
fn jpeg(hex: &str, orientation: u8, is_big: bool) -> Vec<u8> {
    let plain = bytes(hex);
    let scan = plain.windows(2).position(|pair| pair == [0xFF, 0xDA]).expect("it has a scan");
    [
        &plain[..2],
        &segment(0xE1, &[b"Exif\0\0", &exif(orientation, is_big)]),
        &segment(0xE0, &[b"JFIF\0\x01\x02\0\0\x48\0\x48\x02\x01SECRET"]),
        &segment(0xE0, &[b"JFXX\0\x13\x01\x01SECRET"]),
        &segment(0xE1, &[b"http://ns.adobe.com/xap/1.0/\0SECRET"]),
        &segment(0xE2, &[b"ICC_PROFILE\0\x01\x01 what colours mean"]),
        &segment(0xE2, &[b"MPF\0SECRET"]),
        &segment(0xED, &[b"Photoshop 3.0\0SECRET"]),
        &segment(0xEE, &[b"Adobe\0\x64\0\0\0\0\x01"]),
        &segment(0xEE, &[b"Adobe SECRET"]),
        &segment(0xEB, &[b"JP\0\x01SECRET"]),
        &segment(0xFE, &[b"SECRET"]),
        &segment(0xF7, &[b"SECRET"]),
        &segment(0x02, &[b"SECRET"]),
        &segment(0xBF, &[b"SECRET"]),
        &segment(0xC8, &[b"SECRET"]),
        &[0xFF; 7],
        &plain[20..scan],
        &segment(0xFE, &[b"SECRET"]),
        &plain[scan..],
        b"SECRET film behind the end",
    ]
    .concat()
}

fn png(orientation: u8, is_late: bool) -> Vec<u8> {
    let plain = bytes(PNG);
    let exif = chunk(b"eXIf", &exif(orientation, orientation.is_multiple_of(2)));
    let (early, late) = if is_late { (&[][..], &exif[..]) } else { (&exif[..], &[][..]) };
    [
        &plain[..33],
        early,
        &chunk(b"gAMA", &45_455_u32.to_be_bytes()),
        &chunk(b"gAMA", b"\0\x01\x86\xA0SECRET"),
        &chunk(b"sRGB", b"SECRET"),
        &chunk(b"acTL", b"\0\0\0\0\0\0\0\0SECRET"),
        &chunk(b"iCCP", b"what colours mean\0\0"),
        &chunk(b"tEXt", b"Author\0SECRET"),
        &chunk(b"zTXt", b"Comment\0\0SECRET"),
        &chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0SECRET"),
        &chunk(b"tIME", b"SECRET!"),
        &chunk(b"caBX", b"SECRET"),
        &chunk(b"acTL", &[0; 8]),
        &plain[33..plain.len() - 12],
        late,
        &chunk(b"prVt", b"SECRET"),
        &plain[plain.len() - 12..],
        b"SECRET behind the end",
    ]
    .concat()
}

fn gif() -> Vec<u8> {
    let plain = bytes(GIF);
    let colours = 13 + 12;
    [
        &plain[..colours],
        b"\x21\xFF\x0BNETSCAPE2.0\x03\x01\0\0\0",
        b"\x21\xFE\x06SECRET\x06SECRET\0",
        // Text that is no blocks, and after it bytes that lead to the end from wherever one is.
        b"\x21\xFF\x0BXMP DataXMP<x:xmpmeta>SECRET</x:xmpmeta>\x01",
        &(0..=255).rev().collect::<Vec<u8>>(),
        b"\0",
        b"\x21\xFF\x0BNETSCAPE2.0\x06SECRET\0",
        b"\x21\xF9\x04\0\x0A\0\0\0",
        b"\x21\xF9\x06SECRET\0",
        b"\x21\xF9\x04\0\x0A\0\0\x06SECRET\0",
        b"\x21\x01\x0Caaaaaaaaaaaa\x06SECRET\0",
        &plain[colours..plain.len() - 1],
        b"\x21\x55\x06SECRET\0",
        b"\x3BSECRET behind the end",
    ]
    .concat()
}

fn webp(is_moving: bool) -> Vec<u8> {
    let plain = bytes(LOSSLESS_WEBP);
    let pixels = &plain[12..];
    let frame = [&[0; 16][..], &riff_chunk(b"ALPH", b"a"), pixels, &riff_chunk(b"XXXX", b"SECRET")].concat();
    let image = if is_moving { riff_chunk(b"ANMF", &frame) } else { pixels.to_vec() };
    let mut file = riff(&[
        &riff_chunk(b"VP8X", &[0xFF, 0, 0, 0, 6, 0, 0, 4, 0, 0]),
        &riff_chunk(b"ICCP", b"what colours mean"),
        &riff_chunk(b"ANIM", b"\0\0\0\0\0\0SECRET"),
        &riff_chunk(b"ANIM", &[0; 6]),
        &image,
        &riff_chunk(b"EXIF", &exif(6, true)),
        &riff_chunk(b"XMP ", b"SECRET"),
        &riff_chunk(b"C2PA", b"SECRETS"),
    ]);
    file.extend(b"SECRET behind the end");
    file
}

/// The end of a PNG, with something in it.
#[test]
fn what_cannot_be_left_out_has_no_more_than_it_needs() {
    let plain = bytes(PNG);
    let end = plain.len() - 12;
    for (piece, rest) in [(chunk(b"IEND", SECRET), &[][..]), (chunk(b"PLTE", &[0; 771]), &plain[end..])] {
        let file = [&plain[..end], &piece, rest].concat();
        assert_eq!(clean("png", &file), Err(PictureFault::Broken));
    }
}

/// Each with what must be left of it.
fn told_upon() -> Vec<(&'static str, Vec<u8>)> {
    let mut files = vec![("gif", gif()), ("webp", webp(false)), ("webp", webp(true))];
    for orientation in 0..=9 {
        files.push(("jpg", jpeg(JPEG, orientation, orientation.is_multiple_of(2))));
        files.push(("jpg", jpeg(PROGRESSIVE_JPEG, orientation, !orientation.is_multiple_of(2))));
        files.push(("png", png(orientation, orientation > 4)));
    }
    files
}

#[test]
fn what_tells_on_people_is_gone_and_what_is_needed_is_there() {
    for (extension, file) in told_upon() {
        assert!(has(&file, SECRET));
        let clean = clean(extension, &file).unwrap_or_else(|fault| panic!("{extension}: {fault}"));
        assert!(!has(&clean.bytes, SECRET), "{extension}: {}", clean.bytes.escape_ascii());
        assert!(extension == "gif" || has(&clean.bytes, b"what colours mean"), "{extension}");
        assert_eq!(super::clean(extension, &clean.bytes), Ok(clean), "{extension}: once is enough");
    }
    let left = |extension, file: &[u8]| clean(extension, file).expect("it is whole").bytes;
    let gif = left("gif", &gif());
    assert!(has(&gif, b"\x21\xFF\x0BNETSCAPE2.0\x03\x01\0\0\0") && has(&gif, b"\x21\xF9\x04\0\x0A"));
    assert!(has(&left("png", &png(1, false)), b"acTL"));
    assert!(has(&left("jpg", &jpeg(JPEG, 1, true)), b"Adobe\0\x64\0\0\0\0\x01"));
    let webp = left("webp", &webp(true));
    assert!(has(&webp, b"ALPH") && webp[20] == 0xF3, "the header no longer announces what is gone");
}

#[test]
fn the_pixels_stay_byte_by_byte() {
    let jpeg = clean("jpg", &jpeg(JPEG, 1, true)).expect("it is whole").bytes;
    assert!(jpeg.ends_with(&bytes(JPEG)[20..]));
    for (extension, hex) in REAL {
        let plain = bytes(hex);
        assert_eq!(clean(extension, &plain), Ok(Clean { bytes: plain, is_turned: false }), "{extension}");
    }
    let transparent = [&bytes(TRANSPARENT_WEBP)[..], b"SECRET"].concat();
    assert_eq!(clean("webp", &transparent).map(|clean| clean.bytes), Ok(bytes(TRANSPARENT_WEBP)));
}

#[test]
fn which_way_is_up_is_all_that_is_left_of_exif() {
    for (orientation, is_big) in (0..=9).flat_map(|it| [(it, true), (it, false)]) {
        let is_known = (1..=8).contains(&orientation);
        let found = Orientation::find(&exif(orientation, is_big));
        assert_eq!(found.is_some(), is_known, "{orientation}");
        for (extension, file) in [("jpg", jpeg(JPEG, orientation, is_big)), ("png", png(orientation, is_big))]
        {
            let clean = clean(extension, &file).expect("it is whole");
            let left = clean.bytes.windows(4).position(|it| it == b"MM\0*");
            assert_eq!(left.is_some(), (2..=8).contains(&orientation), "{extension} {orientation}");
            assert_eq!(clean.is_turned, (5..=8).contains(&orientation), "{extension} {orientation}");
            let left = left.and_then(|at| Orientation::find(&clean.bytes[at..]));
            assert!(left.is_none() || left == found, "{extension} {orientation}");
        }
    }
}

#[test]
fn odd_exif_is_no_orientation() {
    let whole = exif(6, false);
    for end in 0..whole.len() {
        let found = Orientation::find(&whole[..end]);
        assert!(found.is_none() || found == Orientation::find(&whole), "{end}");
    }
    for odd in [
        b"".as_slice(),
        b"MM\0*",
        b"II*\0\xff\xff\xff\xff",
        b"MM\0*\0\0\0\0",
        b"MM\0*\0\0\0\x08\xff\xff",
        b"XX\0*\0\0\0\x08",
    ] {
        assert_eq!(Orientation::find(odd), None, "{}", odd.escape_ascii());
    }
}

/// Real files, and in them wrong bytes, pieces that are doubled, missing or of lengths that lie.
#[test]
fn hostile_bytes_are_judged_and_nothing_panics() {
    let mut random = noise(5);
    let real = REAL.map(|(extension, hex)| (extension, bytes(hex)));
    for (extension, whole) in told_upon().into_iter().chain(real) {
        for place in 0..whole.len() {
            for byte in [0, 1, 2, 0x3B, 0x7F, 0xC0, 0xD8, 0xD9, 0xFF] {
                let mut file = whole.clone();
                file[place] = byte;
                check(extension, &file);
            }
        }
        for _ in 0..500 {
            let mut file = whole.clone();
            for _ in 0..1 + random() % 4 {
                let (one, other) = (random() % file.len(), random() % file.len());
                let (from, to) = (one.min(other), one.max(other));
                match random() % 4 {
                    0 => drop(file.drain(from..to)),
                    1 => drop(file.splice(from..from, file[from..to].to_vec())),
                    2 => file[from..to].iter_mut().for_each(|byte| *byte = random() as u8),
                    _ => file.truncate(to),
                }
                if file.is_empty() {
                    file.push(0);
                }
            }
            check(extension, &file);
        }
    }
}

/// What is taken is not longer than it was, but for what says which way is up; and taking it again changes nothing.
#[track_caller]
fn check(extension: &str, file: &[u8]) {
    let _ = super::super::examine(file);
    if let Ok(once) = clean(extension, file) {
        assert!(once.bytes.len() <= file.len() + 40, "{extension}");
        assert_eq!(clean(extension, &once.bytes), Ok(once), "{extension}: {}", file.escape_ascii());
    }
}

/// Pieces as short as they can be, to the end of the largest picture that is allowed.
#[test]
fn a_picture_of_nothing_but_pieces_is_refused_early() {
    let filled = |start: &[u8], piece: &[u8], end: &[u8]| {
        [start, &piece.repeat((4 << 20) / piece.len()), end].concat()
    };
    let (jpeg, png, gif) = (bytes(JPEG), bytes(PNG), bytes(GIF));
    let files = [
        ("jpg", filled(&jpeg[..2], &[0xFF, 0xFE, 0, 2], &jpeg[2..])),
        ("png", filled(&png[..33], &chunk(b"tEXt", b""), &png[33..])),
        ("gif", filled(&gif[..25], b"\x21\xFE\0", &gif[25..])),
        ("webp", riff(&[&filled(b"", &riff_chunk(b"XXXX", b""), &bytes(LOSSLESS_WEBP)[12..])])),
        ("webp", riff(&[&riff_chunk(b"ANMF", &filled(&[0; 16], &riff_chunk(b"XXXX", b""), b""))])),
    ];
    for (extension, file) in files {
        assert_eq!(clean(extension, &file), Err(PictureFault::Broken), "{extension}");
    }
    for (segment, fault) in [
        ([0xFF, 0xD8, 0, 2], PictureFault::Broken),
        ([0xFF, 0xE0, 0, 0], PictureFault::Broken),
        ([0xFF, 0xE0, 0, 1], PictureFault::Broken),
        ([0xFF; 4], PictureFault::CutOff),
    ] {
        assert_eq!(clean("jpg", &filled(&[0xFF, 0xD8], &segment, b"")), Err(fault), "{segment:?}");
    }
}
