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

#[path = "chat/backup.rs"]
mod backup;
#[path = "chat/console.rs"]
mod console;
#[path = "chat/crowd.rs"]
mod crowd;
#[path = "chat/disk.rs"]
mod disk;
#[path = "chat/door.rs"]
mod door;
#[path = "chat/ending.rs"]
mod ending;
#[path = "chat/errors.rs"]
mod errors;
#[path = "chat/hello.rs"]
mod hello;
#[path = "chat/history.rs"]
mod history;
#[path = "chat/kept.rs"]
mod kept;
#[path = "chat/logging.rs"]
mod logging;
#[path = "chat/names.rs"]
mod names;
#[path = "chat/offices.rs"]
mod offices;
#[path = "chat/pace.rs"]
mod pace;
#[path = "chat/pictures.rs"]
mod pictures;
#[path = "chat/private.rs"]
mod private;
#[path = "chat/reading.rs"]
mod reading;
#[path = "chat/rooms.rs"]
mod rooms;
#[path = "chat/running.rs"]
mod running;
#[path = "chat/speaking.rs"]
mod speaking;
#[path = "chat/watch.rs"]
mod watch;
