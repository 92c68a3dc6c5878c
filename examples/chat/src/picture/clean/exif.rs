//! Which way is up: the only thing in EXIF that is needed to show a picture (EXIF 2.32 §4.6.4, TIFF 6.0 §2).

/// The orientation tag, 1 to 8: how rows and columns are to be turned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Orientation(u8);

const TAG: u32 = 0x0112;
const SHORT: u32 = 3;

impl Orientation {
    /// From a TIFF header on. Only its first directory is looked through.
    pub(super) fn find(tiff: &[u8]) -> Option<Self> {
        let is_big = match tiff.get(..4)? {
            b"MM\0*" => true,
            b"II*\0" => false,
            _ => return None,
        };
        let number = |bytes: &[u8]| {
            let shift = |sum: u32, byte: &u8| sum << 8 | u32::from(*byte);
            if is_big { bytes.iter().fold(0, shift) } else { bytes.iter().rev().fold(0, shift) }
        };
        let directory = tiff.get(usize::try_from(number(&tiff[4..8.min(tiff.len())])).ok()?..)?;
        let mut entries = directory.get(2..)?.chunks_exact(12).take(number(&directory[..2]) as usize);
        let entry = entries.find(|entry| number(&entry[..2]) == TAG && number(&entry[2..4]) == SHORT)?;
        u8::try_from(number(&entry[8..10])).ok().filter(|value| (1..=8).contains(value)).map(Orientation)
    }

    /// Is the picture to be shown as it is stored?
    pub(super) fn is_upright(self) -> bool {
        self.0 == 1
    }

    /// Are its width and height exchanged?
    pub(super) fn is_turned(self) -> bool {
        self.0 >= 5
    }

    /// EXIF that says this and nothing else.
    pub(super) fn exif(self) -> [u8; 26] {
        let mut exif = *b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\0\0\0\0\0\0\0";
        exif[19] = self.0;
        exif
    }
}
