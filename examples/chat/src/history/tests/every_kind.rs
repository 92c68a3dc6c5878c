//! Entries of every kind, by chance: what a history may be fed with, sensible or not.

use super::chance::{a_beginning, a_story, any_deed, any_other};
use super::model::any_entry;
use super::outside_chance::{a_story_outside, any_outside};
use super::searching::Dice;
use super::*;

/// Always the same ones.
pub(crate) fn any_entries(seed: u64, count: usize) -> Vec<Entry> {
    let mut dice = Dice::new(seed);
    let mut entries = a_beginning();
    for n in 0.. {
        if entries.len() >= count {
            break;
        }
        let next = n as u64;
        match dice.below(9) {
            0 => entries.extend(a_story(&mut dice, n, next)),
            1 => entries.extend(a_story_outside(&mut dice, n, next)),
            2 | 3 => entries.push(any_deed(&mut dice, n, next)),
            4 => entries.push(any_other(&mut dice, n)),
            5 => entries.push(any_outside(&mut dice, n, next)),
            6 => entries.push(any_giving_up(&mut dice)),
            _ => entries.push(any_entry(&mut dice, n)),
        }
    }
    entries
}

/// What the others leave out: mostly what the history decides itself.
fn any_giving_up(dice: &mut Dice) -> Entry {
    let (room, person) = (1 + dice.below(5) as u64, 1 + dice.below(8) as u64);
    let upto = if dice.below(9) == 0 { u64::MAX } else { dice.below(99) as u64 };
    match dice.below(14) {
        11 => {
            let whom = [Passer::Anybody, Passer::Silent, Passer::Guest][dice.below(3)];
            Entry::Forget { person, away: Some(Away { since: THEN + dice.below(3) as Millis - 1, whom }) }
        }
        13 => any_comparison(dice),
        10 => Entry::Reserve { people: upto, rooms: dice.below(9) as u64 },
        0 => Entry::Renew { room, epoch: dice.text() },
        1 => Entry::Prune { room, before: upto },
        2 => Entry::Sweep { room, before: upto },
        3 => Entry::GiveUpPictures { upto },
        4 => Entry::ForgetReceipts { upto },
        5 => Entry::ForgetActs { upto, of_anybody: dice.below(2) == 0 },
        6 => Entry::Unname { person, after: dice.below(9) as u64, upto },
        7 => Entry::Purged { purge: upto },
        8 => {
            let targets = (0..dice.below(3)).map(|_| dice.below(99) as u64).collect();
            Entry::Append(say(room, person, Body::Purge { of: person, targets }))
        }
        9 => text(room, person, &dice.text()),
        _ => {
            // A robot may show something one day.
            let Entry::Append(said) = picture(room, person, &dice.text(), dice.below(9)) else {
                unreachable!("a picture is said")
            };
            let said = Append { aim: Aim::Here, key: Some(dice.text()), at: -(upto as i64 >> 1), ..said };
            Entry::Ring { reminder: upto, said: Box::new(said) }
        }
    }
}

fn any_comparison(dice: &mut Dice) -> Entry {
    let key = match dice.below(3) {
        0 => Key::Hex(format!("{:04x}", dice.below(1 << 16))),
        _ => Key::Number(dice.below(99) as i64),
    };
    let behind = Behind { table: dice.text(), key: vec![key; 1 + dice.below(3)] };
    let behind = (dice.below(2) == 0).then_some(behind);
    Entry::Compare(Bite { form: dice.below(9) as u32, behind, rows: dice.below(9) as u32 })
}
