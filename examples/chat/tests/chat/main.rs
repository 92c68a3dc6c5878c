//! The chat as its clients meet it: the program itself, started as people start it, and clients that nobody here
//! wrote. What it must do is in `examples/chat/README.md`:
//!
//! | its section | is tested in |
//! |---|---|
//! | 1, 2: two ways to speak, `hello` | `hello.rs` |
//! | 3: rooms, private talk | `rooms.rs`, `private.rs` |
//! | 4: history | `history.rs`, `kept.rs` |
//! | 5: speaking | `speaking.rs` |
//! | 6: pictures | `pictures.rs`, `gallery.rs` |
//! | 7: reading, searching, names | `reading.rs`, `names.rs`, `crowd.rs`, `watch.rs` |
//! | 8: errors | `errors.rs`, `pace.rs`, `offices.rs`, `disk.rs` |
//! | Governing | `rights.rs`, `rights_lost.rs`, `bans.rs`, `private_rooms.rs`, `invites.rs`, `words.rs` |
//! | Bots and keys | `bots.rs` |
//! | Oneself | `avatars.rs`, `sessions.rs`, `erasing.rs`, `notices.rs` |
//! | The robot | `robot.rs`, `reminders.rs` |
//! | Plain text | `console.rs` |
//! | Backup, restore, upgrade, downgrade | `backup.rs`, `backups.rs` |
//! | Hooks and bots | `bot_keys.rs`, `hooks.rs`, `api.rs`, `polls.rs`, `new_hook.rs`, `curl.rs` |
//! | The admin page | `admin.rs`, `admin_lists.rs` |
//! | 9, OPERATING.md | `running.rs`, `ending.rs`, `logging.rs`, `door.rs`, `metrics.rs`, `alarms.rs` |

mod admin;
mod admin_lists;
mod alarms;
mod api;
mod avatars;
mod backup;
mod backups;
mod bans;
mod bot_keys;
mod bots;
mod console;
mod crowd;
mod curl;
mod disk;
mod door;
mod ending;
mod erasing;
mod errors;
mod gallery;
mod hello;
mod history;
mod hooks;
mod invites;
mod kept;
mod logging;
mod metrics;
mod moving;
mod names;
mod new_hook;
mod notices;
mod offices;
mod pace;
mod pictures;
mod polls;
mod private;
mod private_rooms;
mod reading;
mod reload;
mod reminders;
mod rights;
mod rights_lost;
mod robot;
mod rooms;
mod running;
mod sessions;
mod speaking;
mod watch;
mod words;
