//! Several nodes, one chat: real nodes, a real Redis, and people who cannot tell at which of them they are.
//!
//! | file | what it is about |
//! |---|---|
//! | `company.rs` | the nodes and their Redis |
//! | `talking.rs` | what is said at one is heard at all of them, in one order; how sure it is |
//! | `people.rs` | names, tokens and devices; who is here, who types, what is read |
//! | `existing.rs` | of two who come by one name one is there; whoever is gone is gone everywhere |
//! | `apart.rs` | private talk, private rooms and pictures |
//! | `governing.rs` | a ban and a mute hold at all of them |
//! | `node_down.rs` | a node dies, is away for long, or belongs to something else |
//! | `log_down.rs` | Redis dies, stands still, is emptied, or has lost its end |
//! | `filling.rs` | Redis is changed: what it promises, how much room it has |
//! | `failover.rs` | a replica takes the place of Redis |
//! | `watched.rs` | what they tell whoever watches over them |
//! | `rounds.rs`, `writer.rs`, `ledger.rs` | all of it at once, over and over, and what is there in the end |

mod apart;
mod company;
mod existing;
mod failover;
mod filling;
mod governing;
mod ledger;
mod log_down;
mod node_down;
mod people;
mod rounds;
mod talking;
mod watched;
mod writer;
