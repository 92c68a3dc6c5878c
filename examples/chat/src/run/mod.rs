//! What a program is that has nothing to do with a chat.

pub(crate) mod clock;
