//! Hooks that whoever runs the chat makes on the command line (`run/new_hook.rs`): their files become keys.

use pollcat::Peers;

use super::super::hall::Hall;
use super::hook_files::{Making, give_up, remove};
use crate::ask::{Aimed, Intent, Where};
use crate::history::{Act, Deed, Entry, KeyKind, Millis};
use crate::refusal::{Code, Refusal};
use crate::run::new_hook::NewHook;
use crate::tickets::Waiting;

/// What the disk could not do is tried again after this, so often.
const AGAIN: Millis = 5_000;
const TRIES: u32 = 5;

/// What has come since. A file goes when its key is on disk, or never will be.
pub(in crate::handler) fn pass_time(hall: &mut Hall, peers: &mut Peers, now: Millis) {
    hall.new_hooks.look(now);
    for making in std::mem::take(&mut hall.new_hooks.making) {
        if hall.model.key(&making.key).is_some() {
            log::info!("a hook into {} was made, as was asked for on the command line", making.hook.room);
            remove(&making.path);
        } else if now < making.due {
            hall.new_hooks.making.push(making);
        } else if making.tries > TRIES {
            // It failed on its way to the disk, again and again. The last time is over: nothing of it is on its way any more.
            give_up(&making.path, "it could not be stored");
        } else {
            match make(hall, peers, &making) {
                Err(refusal) if !is_passing(refusal.code) => give_up(&making.path, &refusal.words),
                _ => {
                    let (tries, due) = (making.tries + 1, now + AGAIN);
                    hall.new_hooks.making.push(Making { tries, due, ..making });
                }
            }
        }
    }
}

fn is_passing(code: Code) -> bool {
    matches!(code, Code::Busy | Code::Storage | Code::Stopping)
}

/// By whoever runs the chat; under the key that they were told.
fn make(hall: &mut Hall, peers: &mut Peers, making: &Making) -> Result<(), Refusal> {
    let NewHook { room, name } = &making.hook;
    let (name, place) = (name.into(), Where::Room(room.into()));
    let what = Aimed::GiveKey { name, place, kind: KeyKind::Hook, pace: None };
    let intent = Intent { what, reason: "--new-hook".into() };
    let mut entries = hall.model.decide_on_page(None, intent, hall.moment())?.entries;
    for entry in &mut entries {
        if let Entry::Act(Deed { act: Act::GiveKey { key, .. }, .. }) = entry {
            *key = making.key;
        }
    }
    hall.submit_all(peers, entries, Waiting::Nobody)
}
