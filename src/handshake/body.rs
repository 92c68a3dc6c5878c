//! The body of a page, and how it is shared.

use std::sync::Arc;

/// The body of a page. It is never copied, and an answer is cloned without it: however many clients are written the same
/// `Arc<[u8]>`, it is there once.
#[derive(Debug, Clone)]
pub struct Body(Bytes);

#[derive(Debug, Clone)]
enum Bytes {
    Static(&'static [u8]),
    Owned(Arc<Vec<u8>>),
    Shared(Arc<[u8]>),
}

impl Body {
    pub(crate) fn as_bytes(&self) -> &[u8] {
        match &self.0 {
            Bytes::Static(bytes) => bytes,
            Bytes::Owned(bytes) => bytes,
            Bytes::Shared(bytes) => bytes,
        }
    }

    /// How much memory it takes that is not the application's own: what is shared is there for others too.
    pub(crate) fn owned(&self) -> usize {
        match &self.0 {
            Bytes::Owned(bytes) => bytes.len(),
            Bytes::Static(_) | Bytes::Shared(_) => 0,
        }
    }
}

impl From<&'static str> for Body {
    fn from(text: &'static str) -> Self {
        Body(Bytes::Static(text.as_bytes()))
    }
}

impl From<String> for Body {
    fn from(text: String) -> Self {
        Body(Bytes::Owned(Arc::new(text.into_bytes())))
    }
}

impl From<&'static [u8]> for Body {
    fn from(bytes: &'static [u8]) -> Self {
        Body(Bytes::Static(bytes))
    }
}

impl From<Vec<u8>> for Body {
    fn from(bytes: Vec<u8>) -> Self {
        Body(Bytes::Owned(Arc::new(bytes)))
    }
}

impl From<Arc<[u8]>> for Body {
    fn from(bytes: Arc<[u8]>) -> Self {
        Body(Bytes::Shared(bytes))
    }
}
