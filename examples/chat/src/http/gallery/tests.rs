//! Who sees a picture when, and whose account it is on.

use super::*;

fn gallery(all: usize, address: usize) -> Gallery<u32> {
    Gallery::new(Budget { all, address })
}

fn wish(request: u32, last: u8, most: usize) -> Wish<u32> {
    Wish { request, by: Some([192, 0, 2, last].into()), until: PATIENCE, most, is_late: false }
}

/// Whoever asks is not told what is to be done for others.
fn ask(gallery: &mut Gallery<u32>, id: &str, wish: Wish<u32>) -> Option<Step> {
    match &gallery.ask(id, wish)[..] {
        [] => None,
        [(its, step)] if its == id => Some(*step),
        others => panic!("{others:?} for {id}"),
    }
}

fn read(length: usize) -> Said {
    Said::Read(("image/png", vec![0; length].into()))
}

#[test]
fn a_picture_is_read_once_for_all_who_ask_meanwhile_and_there_once_for_all_who_look() {
    let mut gallery = gallery(100, 100);
    assert_eq!(ask(&mut gallery, "a", wish(1, 1, 10)), Some(Step::Read));
    assert_eq!(ask(&mut gallery, "a", wish(2, 2, 10)), None);
    assert_eq!(ask(&mut gallery, "b", wish(3, 1, 10)), Some(Step::Read));
    let (wishes, first) = gallery.take("a", read(10));
    assert_eq!(wishes, [wish(1, 1, 10), wish(2, 2, 10)]);
    // While somebody looks at it the disk is asked whether it is still there, and the answer is what is here.
    assert_eq!(ask(&mut gallery, "a", wish(4, 3, 10)), Some(Step::Check));
    let kept = first.unwrap().1;
    let weak = Arc::downgrade(&kept);
    drop(kept);
    assert_eq!(weak.strong_count(), 1, "it is held meanwhile");
    let (wishes, second) = gallery.take("a", Said::StillThere);
    assert_eq!(wishes, [wish(4, 3, 10)]);
    assert!(Weak::ptr_eq(&weak, &Arc::downgrade(&second.unwrap().1)));
    assert_eq!(gallery.take("b", Said::Gone), (vec![wish(3, 1, 10)], None), "there is none");
    assert_eq!(gallery.take("b", Said::Gone), (vec![], None));
}

#[test]
fn what_was_taken_back_is_not_shown_though_it_is_in_memory() {
    let mut gallery = gallery(100, 100);
    ask(&mut gallery, "a", wish(1, 1, 10));
    let _kept = gallery.take("a", read(10)).1.unwrap();
    ask(&mut gallery, "a", wish(2, 1, 10));
    assert_eq!(gallery.take("a", Said::Gone), (vec![wish(2, 1, 10)], None));
}

#[test]
fn there_is_a_limit_for_all_and_a_share_for_each_address_and_wishes_wait() {
    let mut gallery = gallery(100, 60);
    let mut kept = Vec::new();
    for (id, request, last, length) in [("a", 1, 1, 50), ("b", 2, 2, 40)] {
        assert_eq!(ask(&mut gallery, id, wish(request, last, length)), Some(Step::Read));
        kept.push(gallery.take(id, read(length)).1.unwrap());
    }
    // Too long for the first; too long for all.
    assert_eq!(ask(&mut gallery, "c", wish(3, 1, 11)), None);
    assert_eq!(ask(&mut gallery, "d", wish(4, 3, 11)), None);
    assert_eq!(ask(&mut gallery, "a", wish(5, 4, 50)), Some(Step::Check), "it is here anyway");
    kept.push(gallery.take("a", Said::StillThere).1.unwrap());
    assert!(gallery.next().is_empty());
    kept.remove(1);
    gallery.pass_time(0);
    assert_eq!(gallery.next(), [("d".to_owned(), Step::Read)], "the first has its share all the same");
    kept.clear();
    gallery.pass_time(0);
    assert_eq!(gallery.next(), [("c".to_owned(), Step::Read)]);
}

#[test]
fn what_is_being_read_counts_as_the_longest_and_then_as_what_it_is() {
    let mut gallery = gallery(100, 60);
    for (id, request) in [("a", 1), ("b", 2)] {
        assert_eq!(ask(&mut gallery, id, wish(request, 1, 25)), Some(Step::Read));
    }
    for (id, request) in [("c", 3), ("d", 4), ("e", 5)] {
        assert_eq!(ask(&mut gallery, id, wish(request, 1, 25)), None, "{id} would be the third of 25");
    }
    let _a = gallery.take("a", read(5)).1.unwrap();
    assert_eq!(gallery.next(), [("c".to_owned(), Step::Read)]);
    assert_eq!(gallery.take("b", Said::Gone).0.len(), 1);
    assert_eq!(gallery.next(), [("d".to_owned(), Step::Read)]);
    assert!(gallery.next().is_empty());
}

#[test]
fn a_picture_that_is_longer_than_it_should_be_waits_for_as_much_room() {
    let mut gallery = gallery(100, 60);
    ask(&mut gallery, "a", wish(1, 1, 30));
    let kept = gallery.take("a", read(30)).1.unwrap();
    assert_eq!(ask(&mut gallery, "b", wish(2, 1, 30)), Some(Step::Read));
    assert_eq!(gallery.take("b", read(31)), (vec![], None));
    assert!(gallery.next().is_empty());
    drop(kept);
    gallery.pass_time(0);
    assert_eq!(gallery.next(), [("b".to_owned(), Step::Read)]);
    assert_eq!(gallery.take("b", read(31)).0, [wish(2, 1, 31)]);
}

/// Shares were larger when it came.
#[test]
fn a_picture_that_is_longer_than_a_share_is_shown_alone_and_holds_nobody_up() {
    for (all, address) in [(100, 60), (60, 60), (50, 20)] {
        let mut gallery = gallery(all, address);
        ask(&mut gallery, "a", wish(1, 1, 10));
        let one = gallery.take("a", read(10)).1.unwrap();
        assert_eq!(ask(&mut gallery, "long", wish(2, 1, 10)), Some(Step::Read));
        assert_eq!(gallery.take("long", read(70)), (vec![], None), "not beside another one");
        assert!(gallery.next().is_empty());
        drop(one);
        gallery.pass_time(0);
        assert_eq!(gallery.next(), [("long".to_owned(), Step::Read)]);
        let (wishes, long) = gallery.take("long", read(70));
        assert_eq!((wishes.len(), long.is_some()), (1, true), "of {all} and {address}");
        assert_eq!(ask(&mut gallery, "b", wish(3, 1, 1)), None, "all of the share is taken");
        drop(long);
        gallery.pass_time(0);
        assert_eq!(gallery.next(), [("b".to_owned(), Step::Read)]);
        assert_eq!(gallery.take("b", Said::Gone).0.len(), 1);
        assert!(gallery.account.has(Some([192, 0, 2, 1].into()), address), "all of it is given back");
    }
}

#[test]
fn nothing_overtakes_what_waits_for_all() {
    let mut gallery = gallery(100, 100);
    ask(&mut gallery, "a", wish(1, 1, 50));
    assert_eq!(ask(&mut gallery, "b", wish(2, 2, 60)), None);
    assert_eq!(ask(&mut gallery, "c", wish(3, 3, 55)), None);
    let kept = gallery.take("a", read(45)).1.unwrap();
    assert!(gallery.next().is_empty(), "there would be room for the second of them");
    drop(kept);
    gallery.pass_time(0);
    assert_eq!(gallery.next(), [("b".to_owned(), Step::Read)]);
    assert_eq!(gallery.take("b", Said::Gone).0.len(), 1);
    assert_eq!(gallery.next(), [("c".to_owned(), Step::Read)]);
}

#[test]
fn a_newcomer_does_not_overtake_those_who_wait() {
    let mut gallery = gallery(100, 100);
    ask(&mut gallery, "a", wish(1, 1, 60));
    let kept = gallery.take("a", read(60)).1.unwrap();
    assert_eq!(ask(&mut gallery, "b", wish(2, 2, 50)), None);
    assert_eq!(
        ask(&mut gallery, "c", wish(3, 3, 10)),
        None,
        "there would be room, but it would take what b waits for"
    );
    assert_eq!(ask(&mut gallery, "a", wish(4, 4, 60)), Some(Step::Check), "what is here takes nothing");
    assert!(gallery.take("a", Said::Gone).1.is_none());
    drop(kept);
    // Room for 100: for the two that have waited, and then not for the newcomer.
    let steps = gallery.ask("d", wish(5, 5, 50));
    assert_eq!(steps, [("b".to_owned(), Step::Read), ("c".to_owned(), Step::Read)]);
    assert_eq!(gallery.take("b", Said::Gone).0.len(), 1);
    assert_eq!(gallery.next(), [("d".to_owned(), Step::Read)]);
}

/// It waits for its own share, and there is room in the whole.
#[test]
fn whoever_waits_for_their_share_holds_up_nobody_else() {
    let mut gallery = gallery(100, 50);
    assert_eq!(ask(&mut gallery, "a", wish(1, 1, 50)), Some(Step::Read));
    assert_eq!(ask(&mut gallery, "b", wish(2, 1, 50)), None);
    assert_eq!(ask(&mut gallery, "c", wish(3, 2, 50)), Some(Step::Read));
}

#[test]
fn whoever_has_left_waits_for_nothing() {
    let mut gallery = gallery(100, 100);
    ask(&mut gallery, "a", wish(1, 1, 100));
    for request in 2..5 {
        assert_eq!(ask(&mut gallery, &request.to_string(), wish(request, 2, 100)), None);
    }
    (2..4).for_each(|request| gallery.forget(request));
    assert_eq!(gallery.take("a", Said::Gone).0.len(), 1);
    assert_eq!(gallery.next(), [("4".to_owned(), Step::Read)]);
    assert_eq!(gallery.waiting.len(), 0);
}

#[test]
fn a_wish_does_not_wait_for_ever() {
    let mut gallery = gallery(10, 10);
    assert_eq!(ask(&mut gallery, "a", wish(1, 1, 10)), Some(Step::Read));
    let _kept = gallery.take("a", read(10)).1.unwrap();
    assert_eq!(ask(&mut gallery, "b", wish(2, 2, 10)), None);
    assert_eq!(ask(&mut gallery, "c", Wish { until: PATIENCE + 1, ..wish(3, 2, 10) }), None);
    assert_eq!((gallery.pass_time(PATIENCE - 1), gallery.next().len()), (vec![], 0), "still no room");
    assert_eq!(gallery.pass_time(PATIENCE), [2], "who is told so");
    assert_eq!((gallery.pass_time(PATIENCE), gallery.send_away()), (vec![], vec![3]));
    assert_eq!((gallery.pass_time(PATIENCE + 1), gallery.send_away()), (vec![], vec![]), "once");
}

#[test]
fn memory_is_free_when_nobody_is_written_it_any_more() {
    let mut gallery = gallery(100, 100);
    ask(&mut gallery, "a", wish(1, 1, 10));
    drop(gallery.take("a", read(10)));
    assert_eq!(gallery.shown.len(), 1);
    gallery.pass_time(0);
    assert_eq!(gallery.shown.len(), 0);
    assert_eq!(ask(&mut gallery, "b", wish(2, 1, 100)), Some(Step::Read), "all of the account is given back");
}
