//! With other nodes: nobody is anybody, or is gone, before that stands in the log.

use crate::history::{Away, Done, Entry, Failure, Loaded, Millis, Outcome, Passer, PersonId, TokenHash};
use crate::model::{Model, Rules};
use crate::news::News;
use crate::refusal::Code;

const TOKEN: TokenHash = [1; 32];
const NOW: Millis = 1000;

fn model() -> Model {
    let rules = Rules {
        max_name: 100,
        max_room_name: 100,
        max_message: 100,
        max_people: 100,
        max_rooms: 100,
        max_rooms_per_person: 100,
        max_members: 100,
        recent: 100,
        hook_rate: 1,
        push_hosts: Vec::new(),
    };
    let loaded = Loaded { next_person: 1, next_room: 1, ..Loaded::default() };
    let mut model = Model::new(rules, loaded, 0, "epoch");
    model.share();
    model.reserved(100, 100);
    let lobby = model.missing_lobby(0).expect("it is new");
    apply(&mut model, &lobby, Ok(Done::Kept));
    model
}

fn apply(model: &mut Model, entry: &Entry, outcome: Outcome) -> Vec<News> {
    model.apply(entry, &outcome, NOW)
}

/// They are on their way.
fn begin(model: &mut Model, name: Option<&str>, token: Option<TokenHash>) -> (PersonId, Entry) {
    let arrival = model.arrive(name.map(String::from), token, NOW).expect("there is room");
    model.begin(&arrival.arrive);
    (arrival.person, arrival.arrive)
}

#[test]
fn whoever_was_slower_is_nobody_and_the_name_is_free() {
    for failure in [Failure::Taken, Failure::Busy] {
        let mut model = model();
        let (person, arrive) = begin(&mut model, Some("Bob"), Some(TOKEN));
        assert_eq!(model.grant("bob").unwrap_err().code, Code::NameTaken, "nobody gets it meanwhile");
        assert!(apply(&mut model, &arrive, Err(failure)).is_empty(), "nobody has heard of them");
        assert!(model.person(person).is_none() && model.with_token(&TOKEN).is_none());
        assert_eq!((model.members(model.lobby()).len(), model.unsaved.len()), (0, 0));
        assert!(model.grant("bob").is_ok());
        assert_ne!(begin(&mut model, Some("Bob"), Some(TOKEN)).0, person, "nobody else gets their number");
    }
}

#[test]
fn a_guest_who_goes_is_there_until_it_stands_in_the_log() {
    let mut model = model();
    let (person, arrive) = begin(&mut model, None, None);
    apply(&mut model, &arrive, Ok(Done::Kept));
    assert_eq!(model.came(person, NOW).len(), 1);
    assert!(model.went(person, NOW + 5, NOW).is_empty());
    let away = Some(Away { since: NOW + 5, whom: Passer::Guest });
    for failure in [Failure::Busy, Failure::Returned] {
        let farewell = model.farewell(person).expect("they do not come back");
        assert_eq!(farewell, Entry::Forget { person, away });
        model.begin(&farewell);
        assert!(model.person(person).is_none(), "nobody finds them meanwhile");
        assert!(apply(&mut model, &farewell, Err(failure)).is_empty());
        assert!(model.person(person).is_some_and(|person| !person.is_here()));
    }
    let farewell = model.farewell(person).expect("they do not come back");
    model.begin(&farewell);
    let news = apply(&mut model, &farewell, Ok(Done::Kept));
    assert!(matches!(&news[..], [News::Gone { who, .. }] if who.id == person), "{news:?}");
    assert!(apply(&mut model, &farewell, Err(Failure::NoSuchPerson)).is_empty(), "another node was faster");
    assert_eq!((model.farewell(person), model.members(model.lobby()).len()), (None, 0));
}

/// Others may hear of them later than they are asked to forget them.
#[test]
fn whoever_comes_back_after_long_says_so() {
    const HOUR: Millis = 3_600_000;
    let mut model = model();
    let (person, arrive) = begin(&mut model, Some("Bob"), Some(TOKEN));
    apply(&mut model, &arrive, Ok(Done::Kept));
    assert_eq!(model.seen_again(person, NOW + HOUR - 1), None);
    let seen = Entry::Seen { person, at: NOW + HOUR };
    assert_eq!(model.seen_again(person, NOW + HOUR), Some(seen.clone()));
    model.begin(&seen);
    assert_eq!(model.seen_again(person, NOW + HOUR), None);
    let guest = begin(&mut model, None, None).0;
    assert_eq!(model.seen_again(guest, NOW + HOUR), None, "they do not come back");
}
