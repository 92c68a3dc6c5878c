//! Close codes, and the body of a Close frame (RFC 6455 §5.5.1, §7.4).

use std::fmt;

use super::{ProtocolError, frame::MAX_CONTROL_PAYLOAD, utf8};

/// The longest reason that fits into a Close frame beside its code, in bytes (§5.5).
pub const MAX_REASON: usize = MAX_CONTROL_PAYLOAD - 2;

/// Why a connection was closed (§7.4).
///
/// A value is a code that may travel in a Close frame, or one of [`NO_STATUS`](Self::NO_STATUS) and
/// [`ABNORMAL`](Self::ABNORMAL), which never do.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CloseCode(u16);

impl CloseCode {
    /// The purpose of the connection has been fulfilled.
    pub const NORMAL: CloseCode = CloseCode(1000);
    /// The server is going down, or the browser has navigated away.
    pub const GOING_AWAY: CloseCode = CloseCode(1001);
    /// The peer broke the protocol.
    pub const PROTOCOL_ERROR: CloseCode = CloseCode(1002);
    /// A kind of message that this endpoint does not take.
    pub const UNSUPPORTED: CloseCode = CloseCode(1003);
    /// The Close frame had no code. Never sent (§7.1.5).
    pub const NO_STATUS: CloseCode = CloseCode(1005);
    /// The connection ended without a Close frame. Never sent (§7.1.5).
    pub const ABNORMAL: CloseCode = CloseCode(1006);
    /// Data that does not fit the kind of message, such as text that is not UTF-8.
    pub const INVALID_DATA: CloseCode = CloseCode(1007);
    /// Against the endpoint's policy, where no other code fits.
    pub const POLICY: CloseCode = CloseCode(1008);
    /// A message larger than the endpoint takes.
    pub const TOO_BIG: CloseCode = CloseCode(1009);
    /// The client wanted an extension that the server did not offer.
    pub const EXTENSION_REQUIRED: CloseCode = CloseCode(1010);
    /// The server met something unexpected.
    pub const INTERNAL_ERROR: CloseCode = CloseCode(1011);
    /// The server is restarting; come back soon (IANA registry).
    pub const SERVICE_RESTART: CloseCode = CloseCode(1012);
    /// The server is overloaded; come back later (IANA registry).
    pub const TRY_AGAIN_LATER: CloseCode = CloseCode(1013);
    /// A gateway got an invalid answer from the server behind it (IANA registry).
    pub const BAD_GATEWAY: CloseCode = CloseCode(1014);

    /// The code with this number, if it may travel in a Close frame: 1000 to 1003, 1007 to 1014, 3000 to
    /// 3999 for registered uses, and 4000 to 4999 for private ones (§7.4.1, §7.4.2, IANA registry).
    pub const fn new(number: u16) -> Option<CloseCode> {
        match number {
            1000..=1003 | 1007..=1014 | 3000..=4999 => Some(CloseCode(number)),
            _ => None,
        }
    }

    /// The number.
    pub const fn number(self) -> u16 {
        self.0
    }

    /// May it travel in a Close frame?
    const fn travels(self) -> bool {
        CloseCode::new(self.0).is_some()
    }
}

impl fmt::Debug for CloseCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CloseCode({})", self.0)
    }
}

impl fmt::Display for CloseCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

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

    /// §7.4.1, §7.4.2 and the IANA registry, read plainly, line by line.
    fn may_travel(number: u16) -> bool {
        if number < 1000 {
            return false; // 0-999: not used
        }
        if number <= 2999 {
            return match number {
                1000..=1003 => true,
                1004 => false,        // reserved
                1005 | 1006 => false, // must not be set as a status code in a Close frame
                1007..=1011 => true,
                1012..=1014 => true, // registered later
                1015 => false,       // must not be set as a status code in a Close frame
                _ => false,          // reserved for the protocol, not defined
            };
        }
        number <= 4999 // 3000-3999 registered, 4000-4999 private; the rest is nothing
    }

    #[test]
    fn every_number_is_judged_as_section_7_4_says() {
        for number in 0..=u16::MAX {
            assert_eq!(CloseCode::new(number).is_some(), may_travel(number), "{number}");
            let parsed = parse_close(&number.to_be_bytes()).map(|(code, _)| code.number());
            let expected = match may_travel(number) {
                true => Ok(number),
                false => Err(ProtocolError::CloseCodeNotAllowed),
            };
            assert_eq!(parsed, expected);
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
    fn a_code_is_shown_as_its_number() {
        assert_eq!(format!("{0} {0:?}", CloseCode::GOING_AWAY), "1001 CloseCode(1001)");
    }

    #[test]
    fn codes_that_never_travel_leave_the_body_empty() {
        for code in [CloseCode::NO_STATUS, CloseCode::ABNORMAL] {
            assert_eq!(close_body(code, "a reason", &mut [0; 125]), b"");
        }
    }
}
