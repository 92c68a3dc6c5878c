//! Compressed once, so it may take long.

use std::io::Cursor;

use brotli::enc::BrotliEncoderParams;
use zlib_rs::{DeflateConfig, ReturnCode, compress_bound, compress_slice};

/// RFC 1952.
pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    // The most that there is of each: level and memory; a window of 2^15, and 16 more for the format.
    let config = DeflateConfig { level: 9, mem_level: 9, window_bits: 15 + 16, ..DeflateConfig::default() };
    let mut buffer = vec![0; compress_bound(bytes.len()) + 32];
    let (compressed, code) = compress_slice(&mut buffer, bytes, config);
    assert_eq!(code, ReturnCode::Ok, "there is room for all of it");
    compressed.to_vec()
}

/// RFC 7932.
pub(crate) fn brotli(bytes: &[u8]) -> Vec<u8> {
    let mut compressed = Vec::new();
    brotli::BrotliCompress(&mut Cursor::new(bytes), &mut compressed, &BrotliEncoderParams::default())
        .expect("memory takes what is written to it");
    compressed
}

#[cfg(test)]
mod tests {
    use zlib_rs::{InflateConfig, decompress_slice};

    use super::*;

    #[test]
    fn what_is_compressed_is_shorter_and_comes_out_whole() {
        let text = "All that is said twice is said once. ".repeat(100);
        let (gzip, brotli) = (gzip(text.as_bytes()), brotli(text.as_bytes()));
        assert!(gzip.starts_with(&[0x1f, 0x8b]) && gzip.len() < 100 && brotli.len() < gzip.len());
        let mut buffer = vec![0; text.len()];
        let (whole, code) = decompress_slice(&mut buffer, &gzip, InflateConfig { window_bits: 15 + 16 });
        assert_eq!((&*whole, code), (text.as_bytes(), ReturnCode::Ok));
        let mut whole = Vec::new();
        brotli::BrotliDecompress(&mut Cursor::new(brotli), &mut whole).unwrap();
        assert_eq!(whole, text.as_bytes());
    }
}
