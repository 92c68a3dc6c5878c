//! What a text calls, in front of those who are called so.

use crate::history::{Call, PersonId};
use crate::model::membership::{Mark, Membership};
use crate::model::mentions::mentioned;
use crate::model::people::People;
use crate::model::person::Person;

/// Whom a text mentions in a room with these members, numbered from 1, and whether it calls.
fn heard(names: &[&str], text: &str) -> (Vec<PersonId>, Option<Call>) {
    let (mut people, mut membership) = (People::default(), Membership::default());
    for (id, &name) in (1..).zip(names) {
        let person = Person::new(id, name.into(), None, 0);
        membership.join(&person, 1, Mark::default());
        people.insert(person);
    }
    let heard = mentioned(&people, &membership, text, (1, None), 24);
    (heard.people, heard.call)
}

#[test]
fn what_calls_everybody() {
    for text in [
        "@all",
        "@All lunch",
        "@ALL!",
        "hi @all, the build is red",
        "(@all)",
        "Done.@all",
        "@all: tea",
        "@all.",
        "@all... hurry",
        "@all\n",
        "\t@all",
        "\"@all\"",
        "@all你好",
        "大家好@all",
        "@ａｌｌ 全角",
        "@@all",
        "@all - tea",
        "@all / tea",
        "@所有人",
        "@所有人 开会",
        "@所有人请注意",
        "请@所有人看一下",
        "注意！@所有人！",
        "@所有人，下午三点开会",
        "@所有人3点开会",
        "@所有人ok吗",
        "@所有人-请看",
        "@here and @all",
        "@all @here",
        "mail me@example.com or @all",
    ] {
        assert_eq!(heard(&["max"], text), (vec![], Some(Call::All)), "{text}");
    }
    for text in ["@here", "@HERE: anybody?", "有人吗@here", "@here？", "is anybody @here"] {
        assert_eq!(heard(&["max"], text), (vec![], Some(Call::Here)), "{text}");
    }
}

#[test]
fn what_only_looks_like_it() {
    for text in [
        "all",
        "@",
        "@ all",
        "@al",
        "@allen",
        "@all2",
        "@allé",
        "@all\u{301}",
        "@hereafter",
        "@heres",
        "me@all",
        "me@all.example",
        "me@here.com",
        "@all.example.com",
        "@all@example.com",
        "@here.com",
        "@all-hands",
        "@all_of_us",
        "@all’s well",
        "@all's well",
        "@here/maps",
        "https://example.com/@all",
        "key=@all",
        "a-@here",
        "@所有",
        "@所有的人",
        "所有人",
        "@ 所有人",
        "me@所有人",
    ] {
        assert_eq!(heard(&["max"], text), (vec![], None), "{text}");
    }
}

#[test]
fn members_come_first_who_are_called_so() {
    // Names of before these words were kept from all.
    assert_eq!(heard(&["all"], "@all"), (vec![1], None));
    assert_eq!(heard(&["All"], "@ALL tea"), (vec![1], None));
    assert_eq!(heard(&["所有人"], "@所有人开会"), (vec![1], None));
    assert_eq!(heard(&["all", "max"], "@here @all @max"), (vec![1, 2], Some(Call::Here)));
    assert_eq!(heard(&["All Hands"], "@all hands on deck"), (vec![1], None));
    assert_eq!(heard(&["All Hands"], "@all, hands on deck"), (vec![], Some(Call::All)));
    assert_eq!(heard(&["所有人事"], "@所有人事部"), (vec![1], None));
    assert_eq!(heard(&["所"], "@所有人"), (vec![], Some(Call::All)), "the longer one");
    // An l is drawn like an i, and millions are called so.
    assert_eq!(heard(&["Ali"], "@all"), (vec![], Some(Call::All)));
    assert_eq!(heard(&["Ali"], "@Ali @ali"), (vec![1], None));
}

#[test]
fn of_many_the_first_are_looked_at() {
    assert_eq!(heard(&["max"], &("@x ".repeat(19) + "@all")), (vec![], Some(Call::All)));
    assert_eq!(heard(&["max"], &("@x ".repeat(20) + "@all")), (vec![], None));
}
