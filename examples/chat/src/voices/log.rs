//! What an operator reads of what happened, in the log: who and where, never a text.
//!
//! Each kind has a line of its own in the source, for that is how floods are told apart (`run/logs/flood.rs`).

use crate::history::What;
use crate::model::Model;
use crate::news::News;

/// `from` tells which connection has caused it, if one has.
pub(crate) fn write(news: &News, model: &Model, from: Option<impl FnOnce() -> String>) {
    match news {
        News::Said { room, event } => {
            if let Some(from) = from {
                // Nothing is made ready for a log that does not want it.
                log::info!(
                    "{}, person {}, said {} bytes in room {room}, {}",
                    from(),
                    event.author,
                    length(&event.what),
                    event.offset
                );
            }
        }
        News::Created { room } => log::info!("room {room} was made"),
        News::Removed { room, .. } => log::info!("room {room} was removed: it was empty"),
        News::Renamed { person, .. } => {
            log::info!("person {person} is called {} now", model.name_of(*person));
        }
        News::Joined { .. }
        | News::Left { .. }
        | News::Came { .. }
        | News::Went { .. }
        | News::Gone { .. }
        | News::Typing { .. }
        | News::Read { .. } => {}
    }
}

/// In bytes.
fn length(what: &What) -> usize {
    match what {
        What::Picture { picture, .. } => picture.as_ref().map_or(0, |picture| picture.size as usize),
        What::Text(_) | What::Deleted | What::Deletion { .. } => what.words().map_or(0, str::len),
    }
}
