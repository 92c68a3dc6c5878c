//! What windows hear of those whom they watch, and how much is kept for that.

use super::*;

const ALICE: PersonId = 3;
const BOB: PersonId = 5;
const CAROL: PersonId = 7;
const NOBODY: PersonId = 99;

/// Alice and Carol are online, Bob is not.
fn is_online(person: PersonId) -> Option<bool> {
    (person != NOBODY).then_some(person != BOB)
}

/// One window, which watches these.
fn watching(people: &[PersonId]) -> Watches<u32> {
    let mut watches = Watches::default();
    watches.watch(1, people.into(), is_online, 0);
    watches
}

/// All that is told at a moment to windows that read.
fn tell(watches: &mut Watches<u32>, now: Millis) -> Vec<(u32, Seen)> {
    std::iter::from_fn(|| watches.next(now, |_| true)).collect()
}

fn seen(online: &[PersonId], offline: &[PersonId], renamed: &[PersonId]) -> Seen {
    Seen { online: online.into(), offline: offline.into(), renamed: renamed.into() }
}

#[test]
fn the_answer_has_all_of_them_once_and_in_order() {
    let mut watches = Watches::default();
    let people = vec![CAROL, NOBODY, BOB, ALICE, CAROL, CAROL];
    let answer = watches.watch(1, people, is_online, 0);
    assert_eq!(answer, (seen(&[ALICE, CAROL], &[BOB, NOBODY], &[]), 4));
    let answer = watches.watch(1, vec![BOB, CAROL, PersonId::MAX], is_online, 0);
    assert_eq!(answer, (seen(&[CAROL, PersonId::MAX], &[BOB], &[]), 3), "one is new, and two are dropped");
    assert_eq!((watches.count(ALICE), watches.count(CAROL)), (0, 1));
    assert_eq!(watches.watch(1, vec![], is_online, 0), (Seen::default(), 3));
    assert!(watches.windows.is_empty() && watches.watchers.is_empty());
}

#[test]
fn later_only_what_has_changed_is_told_in_one_piece_and_at_most_once_a_second() {
    let mut watches = watching(&[ALICE, BOB, CAROL]);
    watches.note_online(BOB, true);
    watches.note_online(CAROL, false);
    assert_eq!(tell(&mut watches, 999), [], "less than a second after the answer");
    assert_eq!(tell(&mut watches, 1_000), [(1, seen(&[BOB], &[CAROL], &[]))]);
    watches.note_renamed(ALICE);
    watches.note_renamed(ALICE);
    assert_eq!(tell(&mut watches, 1_500), []);
    assert_eq!(tell(&mut watches, 2_000), [(1, seen(&[], &[], &[ALICE]))]);
    assert_eq!(tell(&mut watches, 9_000), []);
    watches.note_online(ALICE, false);
    assert_eq!(tell(&mut watches, 9_000), [(1, seen(&[], &[ALICE], &[]))], "at once after a silence");
}

#[test]
fn gone_and_back_is_nothing() {
    let mut watches = watching(&[ALICE]);
    for is_online in [false, true, false, true] {
        watches.note_online(ALICE, is_online);
    }
    assert_eq!(tell(&mut watches, 5_000), []);
    watches.note_online(ALICE, false);
    assert_eq!(tell(&mut watches, 5_000), [(1, seen(&[], &[ALICE], &[]))], "that was no frame");
}

#[test]
fn what_was_not_told_is_in_the_next_answer() {
    let mut watches = watching(&[ALICE, BOB]);
    watches.note_renamed(ALICE);
    watches.note_renamed(BOB);
    let (answer, _) = watches.watch(1, vec![ALICE, CAROL], is_online, 500);
    assert_eq!(answer, seen(&[ALICE, CAROL], &[], &[ALICE]));
    assert_eq!(tell(&mut watches, 5_000), []);
}

#[test]
fn who_is_forgotten_is_offline_and_nothing_is_kept_of_them() {
    let mut watches = watching(&[ALICE, NOBODY]);
    assert_eq!(watches.watchers.len(), 1, "nobody is not watched");
    watches.note_renamed(ALICE);
    watches.note_forgotten(ALICE);
    assert!(watches.watchers.is_empty());
    watches.note_online(ALICE, true);
    assert_eq!(tell(&mut watches, 1_000), [(1, seen(&[], &[ALICE], &[]))]);
    watches.close(1);
    assert!(watches.windows.is_empty());
}

#[test]
fn a_window_that_does_not_read_is_told_later_what_is_true_then() {
    let mut watches = watching(&[ALICE, BOB]);
    watches.watch(2, vec![ALICE], is_online, 0);
    watches.note_online(ALICE, false);
    assert_eq!(watches.next(1_000, |window| window == 2), Some((2, seen(&[], &[ALICE], &[]))));
    assert_eq!(watches.next(1_000, |window| window == 2), None);
    watches.note_online(ALICE, true);
    watches.note_online(BOB, true);
    assert_eq!(tell(&mut watches, 1_999), [], "it is not asked again before a second has passed");
    assert_eq!(tell(&mut watches, 2_000), [(1, seen(&[BOB], &[], &[])), (2, seen(&[ALICE], &[], &[]))]);
}

#[test]
fn a_window_that_is_closed_hears_nothing() {
    let mut watches = watching(&[ALICE, BOB]);
    watches.note_online(ALICE, false);
    watches.close(1);
    watches.close(2);
    assert_eq!(tell(&mut watches, 5_000), []);
    assert!(watches.windows.is_empty() && watches.watchers.is_empty() && watches.due.is_empty());
}

#[test]
fn all_windows_together_are_told_so_much_and_each_in_its_turn() {
    let mut watches = Watches::default();
    for window in 0..10_000_u32 {
        watches.watch(window, vec![ALICE], is_online, 0);
    }
    let mut heard = vec![0; 10_000];
    let mut frames = Vec::new();
    for now in (1_000..21_000).step_by(500) {
        watches.note_renamed(ALICE);
        let told = tell(&mut watches, now);
        told.iter().for_each(|(window, _)| heard[*window as usize] += 1);
        frames.push(told.len());
    }
    assert!(frames.windows(2).all(|ticks| ticks.iter().sum::<usize>() <= 2_002), "{frames:?}");
    let (least, most) = (heard.iter().min(), heard.iter().max());
    assert_eq!((least, most), (Some(&4), Some(&5)));
}

/// The obvious way: each window knows of each of its people what it was told last.
struct Obvious {
    online: Vec<bool>,
    known: Vec<HashMap<PersonId, bool>>,
}

impl Obvious {
    /// A window is told of people: the truth, in order.
    fn hear(&mut self, window: u32, seen: Seen) {
        for (people, is) in [(seen.online, true), (seen.offline, false)] {
            assert!(people.is_sorted() && people.iter().all(|&person| self.online[person as usize] == is));
            self.known[window as usize].extend(people.into_iter().map(|person| (person, is)));
        }
    }

    /// The same, and it is nothing that the window knew.
    fn hear_news(&mut self, window: u32, seen: Seen) {
        let known = &self.known[window as usize];
        assert!(
            seen.online.iter().all(|person| !known[person])
                && seen.offline.iter().all(|person| known[person])
        );
        self.hear(window, seen);
    }
}

#[test]
fn chance_finds_no_difference_to_the_obvious_way() {
    let mut state = 9_u64;
    let mut random = |below: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    let mut watches = Watches::<u32>::default();
    let mut obvious = Obvious { online: vec![false; 300], known: vec![HashMap::new(); 8] };
    for step in 0..20_000 {
        let (now, person, window) = (step * 20, random(300), random(8) as u32);
        match random(20) {
            0 => {
                let people: Vec<PersonId> = (0..random(260)).map(|_| random(300)).collect();
                let is_online = |person: PersonId| Some(obvious.online[person as usize]);
                let (seen, _) = watches.watch(window, people, is_online, now);
                obvious.known[window as usize].clear();
                obvious.hear(window, seen);
            }
            1 => {
                watches.close(window);
                obvious.known[window as usize].clear();
            }
            _ => {
                let is_online = &mut obvious.online[person as usize];
                *is_online = !*is_online;
                watches.note_online(person, *is_online);
            }
        }
        for (window, seen) in tell(&mut watches, now) {
            obvious.hear_news(window, seen);
        }
        let entries: usize = watches.watchers.values().map(BTreeSet::len).sum();
        assert_eq!(entries, obvious.known.iter().map(HashMap::len).sum::<usize>(), "at {step}");
    }
    for (window, seen) in tell(&mut watches, 10_000_000) {
        obvious.hear_news(window, seen);
    }
    let all = obvious.known.iter().flatten();
    assert!(all.clone().count() > 100 && all.clone().all(|(&it, &is)| obvious.online[it as usize] == is));
}
