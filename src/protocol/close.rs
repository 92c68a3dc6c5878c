//! The body of a Close frame: a code and a reason (RFC 6455 §5.5.1).

use super::frame::MAX_CONTROL_PAYLOAD;
use super::{CloseCode, ProtocolError, utf8};

/// The longest reason that fits into a Close frame beside its code, in bytes (§5.5).
pub const MAX_REASON: usize = MAX_CONTROL_PAYLOAD - 2;

/// Reads the body of a Close frame: its code and its reason.
pub(super) fn parse_close(body: &[u8]) -> Result<(CloseCode, &str), ProtocolError> {
    match *body {
        [] => Ok((CloseCode::NO_STATUS, "")),
        // If there is a body, its first two bytes are the code (§5.5.1).
        [_] => Err(ProtocolError::CloseBodyOfOneByte),
        [a, b, ref reason @ ..] => {
            let number = u16::from_be_bytes([a, b]);
            let code = CloseCode::new(number).ok_or(ProtocolError::CloseCodeNotAllowed)?;
            // The reason is UTF-8 (§5.5.1).
            let reason = utf8::check(reason).map_err(|_| ProtocolError::InvalidCloseReason)?;
            Ok((code, reason))
        }
    }
}

/// The body of a Close frame: empty for a code that does not travel; a long reason ends at the last
/// character that fits.
pub(super) fn close_body<'a>(code: CloseCode, reason: &str, space: &'a mut [u8; 125]) -> &'a [u8] {
    if !code.travels() {
        return &[];
    }
    let mut length = reason.len().min(MAX_REASON);
    while !reason.is_char_boundary(length) {
        length -= 1;
    }
    space[..2].copy_from_slice(&code.number().to_be_bytes());
    space[2..2 + length].copy_from_slice(&reason.as_bytes()[..length]);
    &space[..2 + length]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_taken_if_it_may_travel() {
        for number in 0..=u16::MAX {
            let expected = CloseCode::new(number).map(|code| (code, ""));
            let expected = expected.ok_or(ProtocolError::CloseCodeNotAllowed);
            assert_eq!(parse_close(&number.to_be_bytes()), expected);
        }
    }

    #[test]
    fn a_long_reason_ends_with_a_whole_character() {
        let mut space = [0; 125];
        let reason = "滿".repeat(60); // 3 bytes each: 41 of them make 123
        let body = close_body(CloseCode::NORMAL, &reason, &mut space);
        assert_eq!(body.len(), 125);
        assert_eq!(parse_close(body), Ok((CloseCode::NORMAL, "滿".repeat(41).as_str())));
        let body = close_body(CloseCode::NORMAL, &format!("a{reason}"), &mut space);
        assert_eq!(body.len(), 2 + 1 + 40 * 3);
    }

    #[test]
    fn codes_that_never_travel_leave_the_body_empty() {
        for code in [CloseCode::NO_STATUS, CloseCode::ABNORMAL] {
            assert_eq!(close_body(code, "a reason", &mut [0; 125]), b"");
        }
    }
}
