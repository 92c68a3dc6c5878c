//! Several nodes, one chat: real nodes, a real Redis, and people who cannot tell at which of them they are.
//!
//! | file | what it is about |
//! |---|---|
//! | `company.rs` | the nodes and their Redis |
//! | `relay.rs` | a way to Redis that fails as networks do |
//! | `talking.rs` | what is said at one is heard at all of them, in one order; how sure it is |
//! | `people.rs` | names, tokens and devices; who is here, who types, what is read |
//! | `existing.rs` | of two who come by one name one is there; whoever is gone is gone everywhere |
//! | `apart.rs` | private talk, private rooms and pictures |
//! | `admin_page.rs` | links to the admin page, and its sessions |
//! | `just_made.rs` | what somebody makes at one, and uses at another in the same moment |
//! | `at_once.rs` | what two do at two nodes in the same instant |
//! | `governing.rs` | a ban and a mute hold at all of them |
//! | `racing.rs` | two nodes decide at once; a client knows more than a node |
//! | `node_down.rs` | a node dies, is away for long, or belongs to something else |
//! | `asking.rs` | what is asked while the log cannot be reached, and what must be there in the end |
//! | `log_down.rs` | Redis dies, stands still, is emptied, or has lost its end |
//! | `filling.rs` | Redis is changed: what it promises, how much room it has |
//! | `unread.rs` | a node is older than what stands in the log |
//! | `failover.rs` | a replica takes the place of Redis |
//! | `watched.rs` | what they tell whoever watches over them |
//! | `cut_off.rs` | a node and Redis do not hear each other, in one direction or both |
//! | `disk_full.rs` | the disk of a node takes nothing more |
//! | `clocks.rs` | the clocks of the nodes are not set alike |
//! | `rounds.rs`, `writer.rs`, `ledger.rs` | all of it at once, over and over, and what is there in the end |

mod admin_page;
mod apart;
mod asking;
mod at_once;
mod clocks;
mod company;
mod cut_off;
mod disk_full;
mod existing;
mod failover;
mod filling;
mod governing;
mod just_made;
mod ledger;
mod log_down;
mod node_down;
mod people;
mod racing;
mod relay;
mod rounds;
mod talking;
mod unread;
mod watched;
mod writer;
