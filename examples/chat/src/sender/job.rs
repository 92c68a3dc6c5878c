//! What goes out, and what comes of it: the words that others know of this.

/// Something to be sent. `T` comes back with what has come of it.
#[derive(Debug)]
pub(crate) struct Job<T> {
    pub ticket: T,
    pub request: Request,
    pub trust: Trust,
    /// Its target was slow or out of reach the last time: of such at most some are sent at once, so that they take the others
    /// no time.
    pub is_slow: bool,
}

/// A POST.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Request {
    pub url: String,
    pub headers: Vec<(&'static str, String)>,
    pub body: Vec<u8>,
}

/// Where it may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trust {
    /// Anywhere: an owner has said so.
    Free,
    /// Over TLS, to a host of the operator's list, at an address that is open to the whole world.
    Judged,
}

/// What has come of it.
#[derive(Debug)]
pub(crate) struct Sent<T> {
    pub ticket: T,
    pub outcome: Outcome,
    /// There was no answer, or it took long: the next [`Job`] of this target says so.
    pub is_slow: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Outcome {
    Answered {
        status: u16,
        /// In seconds.
        retry_after: Option<u64>,
        /// Of the first 64 KiB, if it is text.
        text: Option<String>,
        /// It calls itself `text/plain`: meant for people.
        is_plain: bool,
    },
    /// There is no answer: in words for whoever has made the target, without its address.
    Failed(String),
    /// It may not go there, and never will: the same.
    Refused(String),
}
