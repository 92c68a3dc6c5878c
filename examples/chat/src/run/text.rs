//! What an operator has written into a file, as text; or why it is none.

use std::fs::File;
use std::io::Read;

/// At most so many bytes.
///
/// # Errors
///
/// In words, without the file's name: it cannot be read, is too long, or which of its lines is no text.
pub(crate) fn read(file: File, longest: u64) -> Result<String, String> {
    let mut bytes = Vec::new();
    file.take(longest + 1).read_to_end(&mut bytes).map_err(|error| error.to_string())?;
    if bytes.len() as u64 > longest {
        return Err(format!("it has more than {longest} bytes"));
    }
    String::from_utf8(bytes).map_err(|error| {
        let before = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line = 1 + before.iter().filter(|&&it| it == b'\n').count();
        format!("line {line} is not UTF-8")
    })
}
