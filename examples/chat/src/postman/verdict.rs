//! What the outcome of a delivery means: it has arrived, is tried again, or is given up.

use crate::history::{Delivery, Entry, Millis, ROBOT_HOOK, StoredDelivery};
use crate::sender::Outcome;

/// After the first try, the second, and so on: a fifth more or less, so that not everybody comes back at once.
const WAITS: [Millis; 6] = [5_000, 30_000, 120_000, 600_000, 3_600_000, 21_600_000];
pub(super) const DAY: Millis = 86_400_000;
/// What the robot was asked is not answered later than that.
const ANSWERED_WITHIN: Millis = 60_000;

pub(super) fn verdict(stored: &StoredDelivery, outcome: &Outcome, now: Millis, chance: u64) -> Entry {
    let delivery = stored.delivery;
    let dropped = |fault: String, is_off| Entry::Dropped { delivery, fault: Some(fault), is_off };
    match outcome {
        Outcome::Answered { status: 200..=299, .. } => Entry::Delivered { delivery },
        // Gone: whoever is there says so, and does not want to be asked again.
        Outcome::Answered { status: 410, .. } => dropped("it answered 410: it is gone".into(), true),
        Outcome::Answered { status: status @ (408 | 425 | 429 | 500..), .. } => {
            again(stored, format!("it answered {status}"), asked(outcome), now, chance)
        }
        Outcome::Answered { status: status @ 300..=399, .. } => {
            dropped(format!("it answered {status}: it is elsewhere, and redirects are not followed"), false)
        }
        Outcome::Answered { status, .. } => dropped(format!("it answered {status}"), false),
        Outcome::Failed(words) => again(stored, words.clone(), None, now, chance),
        Outcome::Refused(words) => dropped(words.clone(), false),
    }
}

/// What came of it is not known any more: it is tried again.
pub(super) fn unanswered(stored: &StoredDelivery, now: Millis) -> Entry {
    again(stored, "its answer could not be kept".to_owned(), None, now, 0)
}

/// How long it wants to be left alone, if it says so: a day at most.
pub(super) fn asked(outcome: &Outcome) -> Option<Millis> {
    let Outcome::Answered { retry_after: Some(seconds), .. } = outcome else { return None };
    Some(Millis::try_from(*seconds).unwrap_or(DAY).min(DAY / 1000) * 1000)
}

fn again(stored: &StoredDelivery, fault: String, asked: Option<Millis>, now: Millis, chance: u64) -> Entry {
    let StoredDelivery { delivery, made, tries, .. } = *stored;
    let due = now.saturating_add(wait(tries, chance).max(asked.unwrap_or(0)));
    let patience = if delivery.target == ROBOT_HOOK { ANSWERED_WITHIN } else { DAY };
    if due.saturating_sub(made) > patience {
        return Entry::Dropped { delivery, fault: Some(format!("given up: {fault}")), is_off: false };
    }
    Entry::Postponed { delivery, due, fault }
}

/// Before the next try, after so many that were postponed already.
fn wait(tries: u32, chance: u64) -> Millis {
    let wait = WAITS[(tries as usize).min(WAITS.len() - 1)];
    let fifth = wait / 5;
    wait - fifth + (chance % (2 * fifth as u64 + 1)) as Millis
}

/// The name by which whoever gets it knows it again, however often it comes. `epoch` is that of the room.
pub(crate) fn name(delivery: Delivery, epoch: &str) -> String {
    format!("msg_{epoch}_{}_{}", delivery.target, delivery.upto)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MADE: Millis = 1_000_000_000_000;

    fn stored(tries: u32) -> StoredDelivery {
        let delivery = Delivery { target: 3, room: 7, upto: 9 };
        StoredDelivery { delivery, after: 4, made: MADE, due: MADE, tries }
    }

    fn answered(status: u16, retry_after: Option<u64>) -> Outcome {
        Outcome::Answered { status, retry_after, text: None, is_plain: false }
    }

    #[test]
    fn what_is_answered_decides() {
        let of = |status| verdict(&stored(0), &answered(status, None), MADE, 0);
        for status in [200, 201, 204, 299] {
            assert_eq!(of(status), Entry::Delivered { delivery: stored(0).delivery });
        }
        for status in [408, 425, 429, 500, 502, 503, 504, 599] {
            assert!(matches!(of(status), Entry::Postponed { .. }), "{status}");
        }
        for status in [100, 199, 301, 302, 304, 308, 400, 401, 403, 404, 405, 413, 422] {
            assert!(matches!(of(status), Entry::Dropped { is_off: false, fault: Some(_), .. }), "{status}");
        }
        assert!(matches!(of(410), Entry::Dropped { is_off: true, .. }));
        let refused = verdict(&stored(0), &Outcome::Refused("not there".into()), MADE, 0);
        assert!(matches!(refused, Entry::Dropped { is_off: false, .. }));
    }

    #[test]
    fn it_is_tried_again_later_and_later_for_a_day() {
        let (mut now, mut tries, mut waits) = (MADE, 0, Vec::new());
        // In the middle of what chance allows.
        let chance = |tries: u32| WAITS[(tries as usize).min(5)] as u64 / 5;
        while let Entry::Postponed { due, .. } =
            verdict(&stored(tries), &Outcome::Failed("nobody is there".into()), now, chance(tries))
        {
            waits.push((due - now) / 1000);
            (now, tries) = (due, tries + 1);
        }
        assert_eq!(waits, [5, 30, 120, 600, 3_600, 21_600, 21_600, 21_600]);
        assert!(now - MADE <= DAY);
    }

    #[test]
    fn chance_moves_it_by_a_fifth_and_no_more() {
        for tries in 0..10 {
            let wait_of = WAITS[(tries as usize).min(5)];
            for chance in [0, 1, 999, 2_000, u64::MAX, u64::MAX / 2, 123_456_789] {
                let wait = wait(tries, chance);
                assert!((wait_of - wait_of / 5..=wait_of + wait_of / 5).contains(&wait), "{tries} {chance}");
            }
        }
        let all: std::collections::BTreeSet<Millis> =
            (0..10_000).map(|chance| wait(0, chance * 7919)).collect();
        assert!(all.len() > 1_000, "{}", all.len());
    }

    #[test]
    fn whoever_asks_for_time_gets_it_but_no_more_than_there_is() {
        let due = |retry_after| match verdict(&stored(0), &answered(429, Some(retry_after)), MADE, 0) {
            Entry::Postponed { due, .. } => Some((due - MADE) / 1000),
            _ => None,
        };
        assert_eq!((due(0), due(1), due(3_600)), (Some(4), Some(4), Some(3_600)));
        assert_eq!((due(86_400), due(u64::MAX)), (Some(86_400), Some(86_400)));
        let late = StoredDelivery { made: MADE - DAY, ..stored(3) };
        assert!(matches!(verdict(&late, &answered(503, None), MADE, 0), Entry::Dropped { .. }));
    }

    #[test]
    fn a_question_is_not_answered_an_hour_later() {
        let question = |tries, at| {
            let delivery = Delivery { target: ROBOT_HOOK, ..stored(0).delivery };
            let stored = StoredDelivery { delivery, ..stored(tries) };
            verdict(&stored, &Outcome::Failed("it takes too long".into()), MADE + at, 0)
        };
        assert!(matches!(question(0, 10_000), Entry::Postponed { .. }));
        assert!(matches!(question(1, 25_000), Entry::Postponed { .. }));
        assert!(matches!(question(2, 59_000), Entry::Dropped { .. }));
    }

    #[test]
    fn faults_and_names_say_nothing_that_is_secret() {
        assert_eq!(name(stored(0).delivery, "5f0c"), "msg_5f0c_3_9");
    }
}
