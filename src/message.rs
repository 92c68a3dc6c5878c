//! A message: what applications send and receive.

use std::borrow::Cow;
use std::rc::Rc;
use std::sync::Arc;

/// One whole message, borrowed (RFC 6455 §5.6).
///
/// A received message lives in the server's read buffer, or in the memory where its fragments were
/// put together. Copy what you keep.
///
/// Everything that lends a `str` or bytes makes a message of it; nothing is taken by value, as nothing is copied here:
///
/// ```
/// use pollcat::Message;
///
/// let name = String::from("tea");
/// assert_eq!(Message::from(&name), Message::Text("tea"));
/// assert_eq!(Message::from(&format!("{name} for two")).as_text(), Some("tea for two"));
/// assert_eq!(Message::from(b"tea"), Message::Binary(&[0x74, 0x65, 0x61]));
/// ```
///
/// ```compile_fail,E0277
/// let message = pollcat::Message::from(String::from("write `&` in front of it"));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Message<'a> {
    /// Text: valid UTF-8, always.
    Text(&'a str),
    /// Bytes that mean whatever the application says they mean.
    Binary(&'a [u8]),
}

impl<'a> Message<'a> {
    /// The payload, whichever kind it is.
    pub fn as_bytes(self) -> &'a [u8] {
        match self {
            Message::Text(text) => text.as_bytes(),
            Message::Binary(bytes) => bytes,
        }
    }

    /// The text, if it is text.
    pub fn as_text(self) -> Option<&'a str> {
        match self {
            Message::Text(text) => Some(text),
            Message::Binary(_) => None,
        }
    }

    /// Payload length in bytes.
    pub fn len(self) -> usize {
        self.as_bytes().len()
    }

    /// Is the payload empty? Such messages are legal.
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }
}

/// Text, from everything that lends a `str`; bytes, from everything that lends a `[u8]`.
macro_rules! lends {
    ($($lender:ty => $variant:ident,)*) => {
        $(
            impl<'a> From<&'a $lender> for Message<'a> {
                fn from(lender: &'a $lender) -> Self {
                    Message::$variant(lender)
                }
            }
        )*
    };
}

lends! {
    str => Text,
    String => Text,
    Box<str> => Text,
    Rc<str> => Text,
    Arc<str> => Text,
    Cow<'_, str> => Text,
    [u8] => Binary,
    Vec<u8> => Binary,
    Box<[u8]> => Binary,
    Rc<[u8]> => Binary,
    Arc<[u8]> => Binary,
    Cow<'_, [u8]> => Binary,
}

impl<'a, const N: usize> From<&'a [u8; N]> for Message<'a> {
    fn from(bytes: &'a [u8; N]) -> Self {
        Message::Binary(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made_of<'a>(lender: impl Into<Message<'a>>) -> Message<'a> {
        lender.into()
    }

    #[test]
    fn what_lends_text_is_text() {
        let tea = Message::Text("tea");
        assert_eq!((tea.as_text(), tea.as_bytes()), (Some("tea"), &b"tea"[..]));
        assert_eq!(made_of("tea"), tea);
        assert_eq!(made_of(&String::from("tea")), tea);
        assert_eq!(made_of(&Box::<str>::from("tea")), tea);
        assert_eq!(made_of(&Rc::<str>::from("tea")), tea);
        assert_eq!(made_of(&Arc::<str>::from("tea")), tea);
        assert_eq!(made_of(&Cow::Borrowed("tea")), tea);
    }

    #[test]
    fn what_lends_bytes_is_binary() {
        let bytes = b"tea";
        let tea = Message::Binary(bytes);
        assert_eq!((tea.as_text(), tea.as_bytes()), (None, &b"tea"[..]));
        assert_eq!(made_of(bytes), tea);
        assert_eq!(made_of(&bytes[..]), tea);
        assert_eq!(made_of(&bytes.to_vec()), tea);
        assert_eq!(made_of(&Box::<[u8]>::from(&bytes[..])), tea);
        assert_eq!(made_of(&Rc::<[u8]>::from(&bytes[..])), tea);
        assert_eq!(made_of(&Arc::<[u8]>::from(&bytes[..])), tea);
        assert_eq!(made_of(&Cow::Borrowed(&bytes[..])), tea);
    }
}
