//! Requests: how large, how long, from where.

use std::time::Duration;

use super::Config;
use crate::handshake::{Hosts, Origins};

/// # Requests
impl Config {
    /// The largest request head, in bytes; 8 KiB for the request line and all header lines together. (nginx and Apache
    /// allow that much for each line. A server beside applications with many cookies may need 32 KiB.) A larger
    /// one is answered with 431 (or 414).
    pub fn max_head(mut self, bytes: usize) -> Self {
        self.head.max_bytes = bytes;
        self
    }

    /// The most header fields in a request; 64. More are answered with 431.
    pub fn max_header_fields(mut self, fields: usize) -> Self {
        self.head.max_fields = fields;
        self
    }

    /// How long a client may take from connecting to the end of its request, with the TLS handshake if there is one;
    /// 10 s, however many bytes arrive in between. Then 408. As long again it waits for an answer that comes
    /// [later](crate::Answer::later), unless [`answer_within`](Self::answer_within) says otherwise; then 503.
    pub fn handshake_within(mut self, patience: Duration) -> Self {
        self.handshake_within = patience;
        self
    }

    /// How long a client waits for an answer that comes [later](crate::Answer::later); as long as
    /// [`handshake_within`](Self::handshake_within). Then 503. A program that keeps requests until there is something
    /// to tell (a long poll) needs more than the longest of its own waits.
    pub fn answer_within(mut self, patience: Duration) -> Self {
        self.answer_within = Some(patience);
        self
    }

    /// How long the body of a request may take, from when the application asks for it
    /// ([`Answer::read_body`](crate::Answer::read_body)); 30 s, however many bytes arrive in between. Then 408. That is
    /// enough for 1 MiB at 280 kbit/s: a body of many megabytes over a slow line needs more.
    pub fn body_within(mut self, patience: Duration) -> Self {
        self.body_within = patience;
        self
    }

    /// How long a connection that has fetched a page is kept for its next request; 75 s. Before that, as long as the
    /// page takes: a client has this time to begin with, and more as it reads, a second for each 8 KiB. A client that
    /// reads more slowly than that is closed when the time is used up.
    pub fn keep_alive(mut self, patience: Duration) -> Self {
        self.keep_alive = patience;
        self
    }

    /// The origins whose pages may connect; [`Origins::same`]. Others are answered with 403. A list of other sites
    /// goes beside the server's own pages with [`Origins::and`].
    pub fn origins(mut self, origins: Origins) -> Self {
        self.origins = origins;
        self
    }

    /// The names the server goes by; [`Hosts::any`]. Requests for others are answered with 421.
    pub fn hosts(mut self, hosts: Hosts) -> Self {
        self.hosts = hosts;
        self
    }
}
