//! GIF: a header, and blocks that are images, extensions, or the end (GIF89a §12 to §27).

use super::super::fault::PictureFault;
use super::rest::{Clean, Rest};

const EXTENSION: u8 = 0x21;
const IMAGE: u8 = 0x2C;
const END: u8 = 0x3B;
const CONTROL: u8 = 0xF9;
const APPLICATION: u8 = 0xFF;

pub(super) fn clean(mut rest: Rest<'_>) -> Result<Clean, PictureFault> {
    let mut bytes = Vec::with_capacity(rest.bytes.len());
    let header = rest.take(13)?;
    bytes.extend(header);
    bytes.extend(colours(&mut rest, header[10])?);
    let mut has_image = false;
    // The mark of the end is often missing, and browsers do not mind.
    while !(has_image && rest.bytes.is_empty()) {
        rest.count_piece()?;
        let start = rest.bytes;
        let may_stay = match rest.byte()? {
            END if has_image => break,
            IMAGE => {
                has_image = true;
                let flags = rest.take(9)?[8];
                colours(&mut rest, flags)?;
                rest.take(1)?; // how many bits the first codes have
                true
            }
            EXTENSION => match rest.byte()? {
                CONTROL => is_control(rest.bytes),
                APPLICATION => is_loop(rest.bytes),
                _ => false,
            },
            _ => return Err(PictureFault::Broken),
        };
        while let length @ 1.. = rest.byte()? {
            rest.take(usize::from(length))?;
        }
        if may_stay {
            bytes.extend(&start[..start.len() - rest.bytes.len()]);
        }
    }
    bytes.push(END);
    Ok(Clean { bytes, is_turned: false })
}

/// The table of colours that such flags announce.
fn colours<'a>(rest: &mut Rest<'a>, flags: u8) -> Result<&'a [u8], PictureFault> {
    rest.take(if flags & 0x80 == 0 { 0 } else { 3 << ((flags & 7) + 1) })
}

/// How long an image is shown, and what it leaves behind: one block of four bytes, and nothing behind it.
fn is_control(block: &[u8]) -> bool {
    matches!(block, [4, _, _, _, _, 0, ..])
}

/// How often it is played: the only thing that an application may say.
fn is_loop(block: &[u8]) -> bool {
    [b"\x0BNETSCAPE2.0\x03\x01", b"\x0BANIMEXTS1.0\x03\x01"].iter().any(|it| block.starts_with(*it))
        && block.get(16) == Some(&0)
}
