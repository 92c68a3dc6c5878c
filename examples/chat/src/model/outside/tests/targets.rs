//! Who has what sent where.

use super::*;
use crate::ask::{For, Whom};
use crate::history::{self, Discloses, Serves, Shape};

const NTFY: &str = "https://ntfy.sh/tea";
const OWN: &str = "http://192.168.1.7:8080/hook";

fn target<'a>(serves: For<'a>, shape: Shape, url: &'a str, secret: Option<&'a str>) -> Aimed<'a> {
    let discloses = Discloses::Sender;
    Aimed::AddTarget { serves, shape, url: url.into(), secret: secret.map(Into::into), discloses }
}

fn own(url: &str) -> Aimed<'_> {
    target(For::Oneself, Shape::Ntfy, url, None)
}

#[test]
fn members_have_what_concerns_them_sent_to_hosts_of_the_list() {
    let mut stage = Stage::new();
    assert_eq!(stage.act(MAX, own(NTFY)), Ok(None), "nothing was made");
    let stored = stage.model.targets().next().unwrap();
    assert_eq!((stored.target.serves, stored.target.is_free), (Serves::Person(MAX), false));
    assert_eq!(code(stage.act(MAX, own(OWN))), Some(Code::BadField));
    assert_eq!(code(stage.act(ADA, own(OWN))), Some(Code::BadField), "an admin is no owner");
    assert_eq!(code(stage.act(OLGA, own(OWN))), None, "an owner's are free");
    assert!(stage.model.targets_of(OLGA).all(|stored| stored.target.is_free));
    assert_eq!(code(stage.act(GUS, own(NTFY))), Some(Code::NameNeeded), "he cannot come back");
    let bot = stage.bot("builds", "tea");
    assert_eq!(code(stage.act(bot, own(NTFY))), Some(Code::Forbidden));
    (1..5).for_each(|_| drop(stage.act(MAX, own(NTFY)).unwrap()));
    assert_eq!(code(stage.act(MAX, own(NTFY))), Some(Code::Busy));
    (0..9).for_each(|_| drop(stage.act(OLGA, own(OWN)).unwrap()));
}

#[test]
fn what_others_hear_goes_out_by_an_owner_alone() {
    let mut stage = Stage::new();
    let tea = || target(For::Room(room("tea")), Shape::Slack, OWN, None);
    let of_max = || target(For::Person(Whom::Id(MAX)), Shape::Slack, OWN, None);
    for (who, what) in [(MAX, tea()), (ADA, tea()), (ADA, of_max()), (GUS, of_max())] {
        assert_eq!(code(stage.act(who, what.clone())), Some(Code::Forbidden), "{who} {what:?}");
    }
    assert_eq!((code(stage.act(OLGA, tea())), code(stage.act(OLGA, of_max()))), (None, None));
    assert_eq!(stage.model.targets_of_room(TEA).count(), 1);
    let den = || target(For::Room(room("+3")), Shape::Slack, OWN, None);
    assert_eq!(code(stage.act(OLGA, den())), None, "she is in it");
    assert_eq!(code(stage.on_page(None, den())), Some(Code::Forbidden), "nobody lets themself in from there");
    assert_eq!(code(stage.on_page(None, tea())), None);
    assert_eq!(code(stage.on_page(None, own(OWN))), Some(Code::BadField), "whose?");
    let of_gus = target(For::Person(Whom::Id(GUS)), Shape::Slack, OWN, None);
    assert_eq!(code(stage.on_page(None, of_gus)), Some(Code::NameNeeded));
    stage.say(OLGA, To::Person(MAX), "hello").unwrap();
    let talk = format!("@{OLGA}:{MAX}");
    let of_talk = target(For::Room(room(&talk)), Shape::Slack, OWN, None);
    assert_eq!(code(stage.act(OLGA, of_talk)), Some(Code::Forbidden));
    // The words of somebody's private talks are not to be had by an owner.
    let (shape, url, secret) = (Shape::Slack, OWN.into(), None);
    let (serves, discloses) = (For::Person(Whom::Id(MAX)), Discloses::Text);
    let words = Aimed::AddTarget { serves, shape, url, secret, discloses };
    assert_eq!(code(stage.act(OLGA, words.clone())), Some(Code::Forbidden));
    assert_eq!(code(stage.on_page(Some(OLGA), words.clone())), Some(Code::Forbidden));
    assert_eq!(code(stage.on_page(None, words)), None, "who has the file has them");
}

#[test]
fn a_secret_is_made_or_fits_its_software() {
    let mut stage = Stage::new();
    let mut secret = |shape, secret| {
        let added = stage.act(OLGA, target(For::Oneself, shape, OWN, secret));
        added.map_err(|refusal| refusal.code)
    };
    let made = secret(Shape::Webhook, None).unwrap().expect("it is told once");
    assert!(made.starts_with("whsec_") && made.len() == 50);
    assert_eq!(secret(Shape::Webhook, Some(&made)), Ok(None), "it is known");
    assert_eq!(secret(Shape::Webhook, Some("whsec_short")), Err(Code::BadField));
    assert_eq!(secret(Shape::Gotify, None), Err(Code::BadField));
    assert_eq!(secret(Shape::Gotify, Some("AtOkEn")), Ok(None));
    assert_eq!(secret(Shape::Dingtalk, None), Ok(None));
    let [longest, longer] = [200, 201].map(|letters| "x".repeat(letters));
    for wrong in ["a b", "a\r\nHost: x", "é", &longer] {
        assert_eq!(secret(Shape::Ntfy, Some(wrong)), Err(Code::BadField), "{wrong}");
    }
    assert_eq!(secret(Shape::Ntfy, Some(&longest)), Ok(None));
}

#[test]
fn whom_it_serves_drops_it_and_who_made_it_rotates_it() {
    let mut stage = Stage::new();
    let mut add = |who, serves| {
        stage.act(who, target(serves, Shape::Webhook, "https://ntfy.sh/", None)).unwrap();
        stage.model.targets().last().unwrap().number
    };
    let of_max = add(MAX, For::Oneself);
    let free = add(OLGA, For::Person(Whom::Id(MAX)));
    let rotate = |target| Aimed::RotateTarget { target };
    let drop = |target| Aimed::DropTarget { target };
    for (who, what) in [
        (OLGA, rotate(of_max)),
        (MAX, rotate(free)),
        (ADA, rotate(free)),
        (ADA, drop(free)),
        (ADA, drop(of_max)),
        (GUS, drop(of_max)),
        (MAX, drop(of_max + 99)),
    ] {
        assert_eq!(code(stage.act(who, what.clone())), Some(Code::NoSuchTarget), "{who} {what:?}");
    }
    let before = stage.model.target(of_max).unwrap().target.secret.clone();
    let after = stage.act(MAX, rotate(of_max)).unwrap().expect("it is told once");
    let stored = stage.model.target(of_max).unwrap();
    assert_eq!(
        (&stored.target.secret, stored.old_secret.clone()),
        (&after, Some((before, THEN + 86_400_000)))
    );
    assert_eq!(code(stage.act(OLGA, rotate(free))), None);
    assert_eq!((code(stage.act(MAX, drop(free))), code(stage.act(OLGA, drop(of_max)))), (None, None));
    assert_eq!(stage.model.targets().count(), 0);
    let of_bark = target(For::Oneself, Shape::Bark, "https://ntfy.sh/", None);
    stage.act(MAX, of_bark).unwrap();
    let number = stage.model.targets().next().unwrap().number;
    assert_eq!(code(stage.act(MAX, rotate(number))), Some(Code::BadField), "its secret is not ours");
}

#[test]
fn a_target_of_a_private_room_is_off_when_its_maker_is_not_in_it() {
    let deed = |act| Entry::Act(Deed { by: None, at: THEN, reason: String::new(), act });
    let change = history::Change::Name {
        is_private: true,
        name: "+2".into(),
        folded: "+2".into(),
        title: None,
        look: None,
    };
    let leave = |room| Entry::Leave { room, person: OLGA };
    for (id, name, way) in [
        (DEN, "+3", vec![leave(DEN)]),
        (DEN, "+3", vec![deed(Act::Kick { person: OLGA, room: Some(DEN) })]),
        (DEN, "+3", vec![Entry::Forget { person: OLGA, away: None }]),
        (TEA, "tea", vec![leave(TEA), deed(Act::Alter { room: TEA, change })]),
    ] {
        let mut stage = Stage::new();
        let of_room = target(For::Room(room(name)), Shape::Slack, OWN, None);
        assert_eq!(code(stage.act(OLGA, of_room)), None);
        let number = stage.model.targets().next().unwrap().number;
        let (whom, targets) = (None, vec![number]);
        stage.apply(Entry::Dispatch { whom, targets, room: id, after: 0, upto: 1, at: THEN });
        let told = News::Target { target: number };
        for entry in way {
            assert!(!stage.model.target(number).unwrap().is_off && stage.model.count_deliveries() == 1);
            assert!(!stage.news.contains(&told), "{name}");
            stage.apply(entry);
        }
        assert_eq!(stage.news.iter().filter(|news| **news == told).count(), 1, "{name}: {:?}", stage.news);
        let stored = stage.model.target(number).unwrap();
        assert!(stored.is_off && stored.fault.is_some() && stage.model.count_deliveries() == 0, "{name}");
    }
}
