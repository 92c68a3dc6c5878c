//! Which names look the same.

use unicode_normalization::char::is_combining_mark;

use super::*;
use crate::model::names::is_allowed;

fn folded(name: &str) -> String {
    Keys::of_person(name).folded
}

/// Would the one be refused while somebody has the other?
fn alike(one: &str, other: &str) -> bool {
    let other = Keys::of_person(other);
    Keys::of_person(one).iter().any(|key| other.iter().any(|it| it == key))
}

fn characters() -> impl Iterator<Item = char> {
    '\0'..=char::MAX
}

/// A name of one character, and of two if it is a mark.
fn alone(c: char) -> String {
    if is_combining_mark(c) { format!("a{c}") } else { c.to_string() }
}

#[test]
fn names_that_look_alike_are_the_same() {
    let groups = [
        &[
            "Alice",
            "alice",
            "ALICE",
            "\u{410}lice",
            "ａｌｉｃｅ",
            "a1ice",
            "AIice",
            "aIicе",
            "𝐚𝐥𝐢𝐜𝐞",
            "Ⓐlice",
        ][..],
        &["Zoë", "zoe\u{308}", "ZOË"],
        &["Straße", "STRASSE", "strasse"],
        &["Σίσυφος", "ΣΊΣΥΦΟΣ"],
        &["modern", "modem"],
        &["bob0", "BOBO", "b\u{43e}bo"],
    ];
    for names in groups {
        for name in names {
            assert_eq!(folded(name), folded(names[0]), "{name} {}", names[0]);
        }
    }
    for (one, other) in [("alice", "alicia"), ("bob", "rob"), ("李", "季"), ("Zoë", "Zoe"), ("a-b", "ab")]
    {
        assert!(!alike(one, other), "{one} {other}");
    }
}

#[test]
fn capitals_of_other_scripts_look_like_their_latin_twins() {
    let twins = [
        ("Вob", "Bob"),
        ("Βob", "Bob"),
        ("Мary", "Mary"),
        ("Μary", "Mary"),
        ("Кate", "Kate"),
        ("Тom", "Tom"),
        ("ТОМ", "TOM"),
        ("Нenry", "Henry"),
        ("Νina", "Nina"),
        ("Εve", "Eve"),
        ("Ζoe", "Zoe"),
        ("Χi", "Xi"),
        ("Υann", "Yann"),
        ("Ʀobert", "Robert"),
        ("ʀobert", "Robert"),
        ("ᴍᴀʀʏ", "Mary"),
        ("Տam", "Sam"),
        ("Ꭰora", "Dora"),
        ("ВОВА", "BOBA"),
        ("ВОВА", "вова"),
        ("аlice", "Alice"),
        ("Anna Мaria", "anna maria"),
        ("O'Neil", "O’Neil"),
    ];
    for (one, other) in twins {
        assert!(alike(one, other) && alike(other, one), "{one} {other}");
        let [lower, upper] = [one.to_lowercase(), one.to_uppercase()];
        assert!(alike(one, &lower) && alike(one, &upper), "{one} in other letters");
    }
}

#[test]
fn a_dot_on_a_letter_with_a_dot_is_not_seen() {
    for (one, other) in [
        ("ali\u{307}ce", "alice"),
        ("al\u{131}\u{307}ce", "alice"),
        ("\u{456}\u{307}van", "ivan"),
        ("j\u{307}oe", "joe"),
        ("i\u{323}\u{307}da", "ịda"),
        ("İstanbul", "istanbul"),
        ("i\u{307}\u{307}da", "ida"),
    ] {
        assert!(alike(one, other), "{one} {other}");
        assert_eq!(fold_room(one), fold_room(other), "{one} {other}");
    }
    for (one, other) in [("z\u{307}", "z"), ("i\u{301}", "i"), ("i\u{301}\u{307}", "í")] {
        assert!(!alike(one, other), "{one} {other}");
    }
}

/// UTS #39 says what each character looks like: whoever has it in their name cannot have what others have without it.
#[test]
fn no_character_passes_for_latin_letters() {
    let mut strangers = Vec::new();
    let mut compared = 0;
    for c in characters().filter(|&c| is_allowed(c) && !c.is_ascii()) {
        let looks: String = skeleton(&c.nfkc().collect::<String>()).collect();
        if looks.len() > 2 || !looks.chars().all(|c| c.is_ascii_alphanumeric()) {
            continue;
        }
        compared += 1;
        for (before, after) in [("", ""), ("x", ""), ("", "ex"), ("X", "X")] {
            let (one, other) = (format!("{before}{c}{after}"), format!("{before}{looks}{after}"));
            if !alike(&one, &other) {
                strangers.push(format!("{one} {other}"));
            }
        }
    }
    assert!(strangers.is_empty(), "{}: {strangers:?}", strangers.len());
    assert!(compared > 500, "{compared}");
}

#[test]
fn rooms_keep_i_and_l_apart_and_there_is_one_lobby() {
    let room = |name| crate::model::names::check_room(name, 32).map(|name| name.keys.folded);
    assert_eq!(
        (room("lobby"), room("Lobby"), room("l\u{43e}bby")),
        (Ok("lobby".into()), Ok("lobby".into()), Ok("lobby".into()))
    );
    assert_ne!(room("fail"), room("fall"));
    assert_eq!(room("Tea"), room("tea"));
    let alike = |one, other| {
        let other = Keys::of_room(other);
        Keys::of_room(one).iter().any(|key| other.iter().any(|it| it == key))
    };
    assert!(alike("ТEA TIМE", "Tea time") && alike("ТIMЕ", "time") && alike("ТІМΕ", "TIME"));
    assert!(!alike("FAIL", "fall") && !alike("FАIL", "fall") && alike("FАIL", "fail"));
}

#[test]
fn folding_is_stable_and_knows_no_case_or_width() {
    // Of ideographs and Hangul, which have neither case nor width, every sixteenth.
    let plain = |c| matches!(c, '\u{3400}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}' | '\u{20000}'..);
    let sample = characters().filter(|&c| is_allowed(c) && (!plain(c) || (c as u32).is_multiple_of(16)));
    for name in sample.map(alone) {
        for fold in [fold_person, fold_room] {
            let folded = fold(&name);
            let others = [folded.clone(), name.to_uppercase(), name.to_lowercase(), name.nfd().collect()];
            for other in others.into_iter().filter(|other| *other != name) {
                assert_eq!(fold(&other), folded, "{name:?} {other:?}");
            }
        }
    }
    let wide =
        |name: &str| name.chars().map(|c| char::from_u32(c as u32 + 0xFEE0).unwrap()).collect::<String>();
    for name in ["alice", "BOB", "x7", "modern", "Zz0"] {
        assert_eq!(folded(&wide(name)), folded(name), "{name}");
    }
}

/// Characters fold the same wherever they stand, so whole names hold no surprise; a sample of them.
#[test]
fn folding_whole_names_is_stable() {
    let letters: Vec<char> = characters().filter(|c| is_allowed(*c)).collect();
    let mut state = 1_u64;
    let mut random = |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below
    };
    for _ in 0..20_000 {
        let name: String = (0..1 + random(8)).map(|_| letters[random(letters.len())]).collect();
        let folded = fold_person(&name);
        assert_eq!(fold_person(&folded), folded, "{name:?}");
    }
}

/// So a text is folded once, and all names that it may begin with are known.
#[test]
fn the_fold_of_a_name_is_that_of_its_letters() {
    let letters: Vec<char> = characters().filter(|c| is_allowed(*c)).collect();
    let mut state = 2_u64;
    let mut random = |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below
    };
    let mut tried = 0;
    while tried < 20_000 {
        let name: String = (0..1 + random(8)).map(|_| letters[random(letters.len())]).collect();
        let Ok(name) = crate::model::names::check_person(&name, 24) else { continue };
        tried += 1;
        let (mut folded, mut letter) = (String::new(), String::new());
        for c in name.shown.chars() {
            if !is_combining_mark(c) {
                fold_letter(&std::mem::take(&mut letter), &mut folded);
            }
            letter.push(c);
        }
        fold_letter(&letter, &mut folded);
        assert_eq!(folded.nfkc().collect::<String>(), name.keys.folded, "{name:?}");
    }
}

#[test]
fn what_is_too_long_to_be_a_name_is_not_folded() {
    let longest = "A".repeat(LONGEST);
    assert_eq!(fold_room(&longest), "a".repeat(LONGEST));
    for longer in [longest + "A", "\u{fdfa}".repeat(4), "\u{fdfa}".repeat(1 << 20), "Á\u{301}".repeat(200)] {
        assert_eq!((fold_room(&longer), fold_person(&longer)), (longer.clone(), longer));
    }
}
