//! The chat as its clients meet it: the program itself, started as people start it, and clients that nobody here
//! wrote. What it must do is in `examples/chat/README.md`:
//!
//! | its section | is tested in |
//! |---|---|
//! | 1, 2: two ways to speak, `hello` | `hello.rs` |
//! | 3: rooms, private talk | `rooms.rs`, `private.rs` |
//! | 4: history | `history.rs`, `kept.rs` |
//! | 5: speaking | `speaking.rs` |
//! | 6: pictures | `pictures.rs` |
//! | 7: reading, searching, names | `reading.rs`, `names.rs`, `crowd.rs`, `watch.rs` |
//! | 8: errors | `errors.rs`, `pace.rs`, `offices.rs`, `disk.rs` |
//! | Plain text | `console.rs` |
//! | Backup, restore, upgrade, downgrade | `backup.rs` |
//! | 9, Running it | `running.rs`, `ending.rs`, `logging.rs`, `door.rs` |

mod backup;
mod console;
mod crowd;
mod disk;
mod door;
mod ending;
mod errors;
mod hello;
mod history;
mod kept;
mod logging;
mod names;
mod offices;
mod pace;
mod pictures;
mod private;
mod reading;
mod rooms;
mod running;
mod speaking;
mod watch;
