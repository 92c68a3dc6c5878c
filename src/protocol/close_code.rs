//! Close codes (RFC 6455 §7.4).

use std::fmt;

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
    pub(super) const fn travels(self) -> bool {
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
        }
    }

    #[test]
    fn a_code_is_shown_as_its_number() {
        assert_eq!(format!("{0} {0:?}", CloseCode::GOING_AWAY), "1001 CloseCode(1001)");
    }
}
