//! The history: everything that must outlive the program, in one SQLite file.
//!
//! ```text
//!   the loop ── Write ──▶ queue ──▶ writer thread: one transaction per batch ──▶ chat.db
//!            ── Read  ──▶ queue ──▶ reader thread, with a connection of its own ◀──┘
//!            ◀───────────────── News, by mail ─────────────────┘
//! ```
//!
//! | file | what it knows |
//! |---|---|
//! | `jobs.rs` | what can be asked, and what is answered |
//! | `schema.rs` | the tables; opening, checking and locking the file |
//! | `writer.rs` | group commit |
//! | `reader.rs` | pages, search, pictures |
//! | `grams.rs` | the search index: pairs of characters |
//! | `retention.rs` | what is given up, and when |

mod jobs;

pub(crate) use jobs::*;

/// How sure a message is when its sender gets the offset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Durability {
    /// Synced: it survives a power cut.
    Disk,
    /// Handed to the system: it survives a crash of this program, not of the machine.
    System,
    /// Nowhere: it is gone with the program.
    Memory,
}
