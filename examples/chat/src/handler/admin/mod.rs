//! The admin page: `admin.v1`, for those who govern the whole chat, and for whoever runs it, who is nobody in it.
//!
//! ```text
//!   key  ─▶ login ─▶ OpenAdmin ─▶ history ─▶ let in, with a token    a session: 12 hours idle, 7 days, ended by anybody above;
//!                                 (was the key used before?)          of several nodes, any of them
//!   token ─▶ login ───────────────────────▶ let in
//!   act  ─▶ may they still? ─▶ model decides ─▶ entries, as in the chat
//!   list ─▶ may they still? ─▶ from memory or from the disk, in pages
//! ```
//!
//! Its windows are no sessions of the chat: they are in no room, nobody sees them, and what they ask costs nobody in the chat
//! anything. With each request it is looked at whether they may still be here.
//!
//! | file | what it knows |
//! |---|---|
//! | `desk.rs` | the windows and the sessions behind them; it is a part of the hall |
//! | `sittings.rs`, `keys.rs`, `figures.rs` | sessions, keys, figures: no connections |
//! | `nodes.rs`, `elsewhere.rs`, `seeking.rs` | of several nodes: what they say to one another, what others have, who waits for it |
//! | `page.rs` | what comes in from a window |
//! | `login.rs`, `ending.rs` | who is let in, and for how long |
//! | `acts.rs`, `lists.rs` | what is done; what is looked at |
//! | `live.rs` | what windows hear by themselves, and what time does |

mod acts;
pub(super) mod desk;
mod elsewhere;
mod ending;
mod figures;
pub(super) mod keys;
mod lists;
mod live;
mod login;
mod nodes;
mod page;
mod seeking;
mod sittings;

pub(super) use lists::found;
pub(super) use live::{applied, backups, pass_time, unclaimed};
pub(super) use login::{knows_all, let_in, opened};
pub(super) use nodes::{hear, say};
pub(super) use page::{close, is_one, open, receive};

/// The subprotocol.
pub(super) const PROTOCOL: &str = "admin.v1";
