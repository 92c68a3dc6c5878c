//! The chat room.

fn main() {}
