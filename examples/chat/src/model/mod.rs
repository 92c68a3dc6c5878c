//! What the chat knows: people, rooms, who is in which, and what was said last. It knows no connection, no JSON, no clock
//! and no thread: time and random texts come as arguments.
//!
//! ```text
//!   a wish ──▶ decide ──▶ entries ──▶ begin ──▶ the history ──▶ apply ──▶ news
//!              pure         │          names and numbers          the tables change,
//!                           │          are taken                  by this alone
//!                           └─▶ or a refusal
//! ```
//!
//! `apply` takes entries of one's own and from elsewhere alike: whatever the history tells is what the tables become.
//! Beside them stands who is here just now ([`Model::came`], [`Model::went`]): that lasts no longer than a connection.
//!
//! | file | what it knows |
//! |---|---|
//! | `decide.rs`, `talks.rs`, `arrive.rs` | whether a wish is granted, and which entries carry it out |
//! | `apply.rs` | what an entry changes, and what is told of it |
//! | `elsewhere.rs` | what is done with a room that another node was faster to make |
//! | `time.rs` | entries that nobody asks for: what is forgotten, removed, saved |
//! | `unsaved.rs` | what was read, and is not on its way to the disk |
//! | `tables.rs` | the tables side by side, and what is asked of them |
//! | `person.rs`, `people.rs`, `room.rs`, `rooms.rs`, `membership.rs` | each of them |
//! | `govern/` | who governs what, and the acts of those who do |
//! | `outside/` | bots, keys, targets, reminders; how much of a room somebody is told of |
//! | `page.rs` | what the admin page sees of rooms |
//! | `index.rs` | who is found by a name |
//! | `members.rs`, `ring.rs` | the members of a room in the order of a list; its latest events |
//! | `names.rs`, `names/`, `legible.rs` | what somebody and a room may be called, and what can be read |
//! | `mentions.rs`, `calls.rs` | whom a text mentions, and whether it calls all |
//! | `loading.rs` | the tables as the history has kept them |

mod apply;
mod arrive;
mod calls;
mod decide;
mod elsewhere;
mod giving_up;
mod govern;
mod index;
pub(crate) mod legible;
mod loading;
mod members;
mod membership;
mod mentions;
pub(crate) mod names;
mod numbers;
mod outside;
mod page;
mod people;
mod person;
mod ring;
mod room;
mod rooms;
mod tables;
mod talks;
#[cfg(test)]
mod tests;
mod time;
mod unsaved;

pub(crate) use arrive::Arrival;
pub(crate) use decide::{By, Decision, Moment};
pub(crate) use govern::ADDRESSES;
pub(crate) use members::Listed;
pub(crate) use membership::Mark;
pub(crate) use room::{Room, direct_name, direct_pair, private_name};
pub(crate) use tables::{LOBBY, Model, Rules, lobby_entry, reservation};
pub(crate) use time::CHORES;
