//! A history moves: out of its file, and into one, as rows and pictures. What they look like as text, `voices/json/archive/` knows;
//! where the text lies, `archive/`.
//!
//! | file | what it knows |
//! |---|---|
//! | `shape.rs`, `cell.rs` | what an archive has in it; one value of it |
//! | `leaving.rs` | the rows of a history at one moment |
//! | `arriving.rs`, `sound.rs` | a history of rows that come; whether they fit together |
//! | `placing.rs` | a new file, put in the place of the history |
//! | `annex.rs` | rooms of other programs, added to a history |
//! | `lounge.rs` | what The Lounge keeps in SQLite |

mod annex;
mod arriving;
mod cell;
mod leaving;
mod lounge;
mod placing;
mod shape;
mod sound;

pub(crate) use annex::Annex;
pub(crate) use arriving::Arriving;
pub(crate) use cell::Cell;
pub(crate) use leaving::Leaving;
pub(crate) use lounge::{LoungeChannel, LoungeFile};
pub(crate) use shape::{Column, EVENTS, Is, KINDS, Kind, STATE};
