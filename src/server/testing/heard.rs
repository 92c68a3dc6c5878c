//! What a simulated client has received.

use std::fmt;

/// A message that a simulated client has received. It is equal to what was sent: to a `str` if it is text, to bytes if
/// it is binary.
#[derive(Clone, PartialEq, Eq, Hash)]
pub enum Heard {
    /// Text.
    Text(String),
    /// Bytes.
    Binary(Vec<u8>),
}

impl Heard {
    /// The text, if it is text.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Heard::Text(text) => Some(text),
            Heard::Binary(_) => None,
        }
    }

    /// The payload, whichever kind it is.
    pub fn as_bytes(&self) -> &[u8] {
        match self {
            Heard::Text(text) => text.as_bytes(),
            Heard::Binary(bytes) => bytes,
        }
    }
}

/// As what it is compared with: a failed assertion shows two lists that look alike.
impl fmt::Debug for Heard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Heard::Text(text) => text.fmt(f),
            Heard::Binary(bytes) => bytes.fmt(f),
        }
    }
}

macro_rules! equal_to {
    ($($kind:ty => $variant:ident,)*) => {
        $(
            impl PartialEq<$kind> for Heard {
                fn eq(&self, other: &$kind) -> bool {
                    matches!(self, Heard::$variant(payload) if payload[..] == other[..])
                }
            }
        )*
    };
}

equal_to! {
    str => Text,
    &str => Text,
    String => Text,
    [u8] => Binary,
    &[u8] => Binary,
    Vec<u8> => Binary,
}

impl<const N: usize> PartialEq<[u8; N]> for Heard {
    fn eq(&self, other: &[u8; N]) -> bool {
        *self == other[..]
    }
}

impl<const N: usize> PartialEq<&[u8; N]> for Heard {
    fn eq(&self, other: &&[u8; N]) -> bool {
        *self == other[..]
    }
}
