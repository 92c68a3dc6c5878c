//! Names, tokens and memories of people.

use super::*;
use crate::model::names;
use crate::model::person::{FORGET_GUESTS, FORGET_PEOPLE};

fn people() -> People {
    let mut people = People::default();
    for (id, name) in [(1, "carla"), (2, "Bob"), (3, "小明"), (4, "al"), (5, "carol")] {
        people.insert(Person::new(id, name.into(), Some([id as u8; 32]), 0));
    }
    people
}

#[test]
fn a_name_is_kept_from_others_while_it_is_on_its_way() {
    let mut people = people();
    people.reserve(1, &Keys::of_person("eve"));
    assert_eq!((people.named("eve"), people.named("carla")), (Some(1), Some(1)));
    people.settle_name(1, "Eve", false);
    assert_eq!((people.named("eve"), people.named("carla")), (None, Some(1)));
    people.reserve(1, &Keys::of_person("eve"));
    people.settle_name(1, "Eve", true);
    assert_eq!((people.named("eve"), people.named("carla")), (Some(1), None));
    assert_eq!(people.name_of(1), "Eve");
}

#[test]
fn a_name_is_taken_by_whatever_is_drawn_like_it() {
    let mut people = people();
    let is_taken = |people: &People, name: &str| people.is_taken(&Keys::of_person(name), None);
    for name in ["Вob", "BОB", "ВOВ", "СARLA", "сarlа"] {
        assert!(is_taken(&people, name), "{name}");
    }
    people.insert(Person::new(6, "Тom".into(), None, 0));
    assert!(is_taken(&people, "Tom") && is_taken(&people, "тom") && is_taken(&people, "TОМ"));
    assert!(!people.is_taken(&Keys::of_person("ТОМ"), Some(6)), "it is their own, in other letters");
    people.remove(6);
    assert!(!is_taken(&people, "Tom") && !is_taken(&people, "тom"));
}

#[test]
fn two_who_had_names_that_look_alike_keep_them() {
    let mut people = people();
    people.insert(Person::new(6, "Вob".into(), None, 0));
    people.insert(Person::new(7, "Bo\u{0412}".into(), None, 0));
    assert_eq!((people.name_of(2), people.name_of(6), people.name_of(7)), ("Bob", "Вob", "BoВ"));
    people.reserve(6, &Keys::of_person("вob"));
    people.settle_name(6, "вob", true);
    for (gone, taken) in [(2, true), (7, false)] {
        people.remove(gone);
        assert_eq!(people.is_taken(&Keys::of_person("Bob"), None), taken, "without {gone}");
    }
}

#[test]
fn whoever_is_gone_leaves_name_and_token_free() {
    let mut people = people();
    people.reserve(1, &Keys::of_person("eve"));
    people.remove(1);
    assert_eq!((people.named("eve"), people.named("carla"), people.with_token(&[1; 32])), (None, None, None));
    people.settle_name(1, "Eve", true);
    assert_eq!((people.named("eve"), people.len()), (None, 4));
    assert_eq!(people.name_of(1), "somebody");
}

#[test]
fn whoever_is_being_forgotten_is_found_no_more_and_still_has_a_name() {
    let mut people = people();
    people.begin_to_forget(1);
    assert_eq!((people.named("carla"), people.with_token(&[1; 32]), people.len()), (None, None, 4));
    assert!(people.get(1).is_none() && people.knows(1));
    assert_eq!(people.name_of(1), "carla");
    people.begin_to_forget(1);
    assert_eq!(people.remove(1).map(|person| person.name), Some("carla".into()));
    assert_eq!((people.len(), people.leaving), (4, 0));
}

/// Those whom the disk is to hear of now, and it does.
fn see_again(people: &mut People, now: Millis, after: Millis, most: usize) -> Vec<PersonId> {
    let unseen = people.unseen(now, after, most);
    unseen.iter().for_each(|&id| people.see(id, now));
    unseen
}

#[test]
fn whoever_stays_is_seen_again_and_again() {
    let mut people = people();
    (1..=3).for_each(|id| assert!(people.come(id, 0).is_some()));
    people.drop_token(2);
    assert!(see_again(&mut people, 99, 100, 10).is_empty());
    assert_eq!(see_again(&mut people, 100, 100, 1), [1]);
    assert_eq!(see_again(&mut people, 150, 100, 10), [3], "2 cannot come back, the others are not here");
    assert_eq!(see_again(&mut people, 200, 100, 10), [1]);
    assert_eq!(people.get(1).map(|person| person.seen), Some(200));
}

#[test]
fn nobody_was_here_longer_ago_because_a_clock_was_put_back() {
    let mut people = people();
    assert!(people.come(1, 5_000).is_some());
    assert_eq!(see_again(&mut people, 100, 50, 10), [1]);
    assert_eq!(people.get(1).map(|person| person.seen), Some(5_000));
}

#[test]
fn whoever_was_never_noticed_gives_way_first_and_all_are_forgotten_in_time() {
    let mut people = people();
    for (id, seen) in [(1, 50), (2, 10), (3, 30), (4, 20)] {
        people.by_id.get_mut(&id).unwrap().seen = seen;
        people.rest(id);
    }
    assert_eq!(people.passing().next(), Some(2));
    people.notice(2);
    assert_eq!(people.passing().next(), Some(4));
    people.wake(4);
    assert_eq!(people.passing().next(), Some(3), "who is here does not give way");
    people.by_id.get_mut(&4).unwrap().seen = 70;
    people.rest(4);
    people.remove(3);
    assert_eq!((people.passing().next(), people.passing.len(), people.resting.len()), (Some(1), 2, 3));
    let year = FORGET_PEOPLE;
    assert!(people.overdue(year + 10, 9).is_empty());
    assert_eq!(people.overdue(year + 51, 9), [2, 1]);
    assert_eq!(people.overdue(year + 71, 2), [2, 1], "so many at once");
}

#[test]
fn whoever_has_chosen_a_name_and_left_at_once_is_remembered_for_a_year() {
    let mut people = People::default();
    people.insert(Person::new(7, names::guest_name(7), Some([7; 32]), 0));
    people.reserve(7, &Keys::of_person("eve"));
    people.rest(7);
    assert_eq!(people.overdue(FORGET_GUESTS + 1, 9), [7]);
    people.settle_name(7, "eve", true);
    assert_eq!(
        (people.overdue(FORGET_GUESTS + 1, 9), people.overdue(FORGET_PEOPLE + 1, 9)),
        (vec![], vec![7])
    );
    people.settle_name(7, "eve", true);
    assert_eq!(people.overdue(FORGET_PEOPLE + 1, 9), [7], "nothing was on its way");
}
