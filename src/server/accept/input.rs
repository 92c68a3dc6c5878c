//! What a read has brought.

/// What a read has brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::server) enum Input {
    /// So many bytes (none, if TLS used up all that came), and whether there certainly are no more.
    Bytes { length: usize, drained: bool },
    /// The same, but in the clear, where TLS was expected.
    #[cfg_attr(not(feature = "tls"), expect(dead_code, reason = "nothing is expected but bytes"))]
    NotTls { length: usize, drained: bool },
    /// The peer's side has ended.
    End,
}
