//! Which names can be had, and which of them are the same.

use super::*;

const MAX: usize = 24;

fn person(name: &str) -> Result<Name, Rule> {
    check_person(name, MAX).map_err(|fault| fault.rule)
}

fn folded(name: &str) -> String {
    person(name).unwrap_or_else(|rule| panic!("{name:?}: {rule:?}")).folded
}

/// All of Unicode.
fn characters() -> impl Iterator<Item = char> {
    '\0'..=char::MAX
}

#[test]
fn names_of_all_scripts_can_be_had() {
    let names = [
        "alice",
        "Zoë",
        "O'Brien",
        "jean-luc",
        "al_2",
        "a.b",
        "7",
        "李小龙",
        "さくら",
        "김철수",
        "Мария",
        "Ελένη",
        "नरेन्द्र",
        "สมชาย",
        "ဖြိုး",
        "محمد",
        "דָּוִד",
        "Nguyễn",
        "Gal·la",
        "ትግስት",
        "ᏣᎳᎩ",
    ];
    for name in names {
        assert_eq!(person(name).map(|name| name.shown), Ok(name.nfkc().collect()), "{name}");
    }
    // Decomposed, it is the same name.
    assert_eq!(person("Nguye\u{302}\u{303}n"), person("Nguyễn"));
}

#[test]
fn names_that_look_alike_are_the_same() {
    let alike = [
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
    for names in alike {
        for name in names {
            assert_eq!(folded(name), folded(names[0]), "{name} {}", names[0]);
        }
    }
    for (one, other) in [("alice", "alicia"), ("bob", "rob"), ("李", "季"), ("Zoë", "Zoe"), ("a-b", "ab")]
    {
        assert_ne!(folded(one), folded(other), "{one} {other}");
    }
}

#[test]
fn what_cannot_be_a_name_breaks_a_rule() {
    let length = Rule::Length { max: MAX };
    let table = [
        ("", length),
        (&*"a".repeat(MAX + 1), length),
        (&*"e\u{301}".repeat(MAX * 3), length),
        ("\u{fdfa}", Rule::Character(' ')),
        ("a b", Rule::Character(' ')),
        ("a\u{a0}b", Rule::Character(' ')),
        ("a\u{3000}b", Rule::Character(' ')),
        ("a\nb", Rule::Character('\n')),
        ("a\u{1b}[1m", Rule::Character('\u{1b}')),
        ("a\u{200b}b", Rule::Character('\u{200b}')),
        ("a\u{200d}b", Rule::Character('\u{200d}')),
        ("a\u{202e}b", Rule::Character('\u{202e}')),
        ("a\u{ad}b", Rule::Character('\u{ad}')),
        ("a\u{fe0f}", Rule::Character('\u{fe0f}')),
        ("a\u{3164}", Rule::Character('\u{1160}')),
        ("a\u{115f}", Rule::Character('\u{115f}')),
        ("a\u{2800}", Rule::Character('\u{2800}')),
        ("cat🐈", Rule::Character('🐈')),
        ("@alice", Rule::Character('@')),
        ("#tea", Rule::Character('#')),
        ("a/b", Rule::Character('/')),
        ("<b>", Rule::Character('<')),
        ("-", Rule::Edge),
        (".alice", Rule::Edge),
        ("alice'", Rule::Edge),
        ("\u{301}alice", Rule::Edge),
        ("q\u{300}\u{301}\u{302}", Rule::Marks),
        ("ก\u{e47}\u{e47}", Rule::Marks),
        ("a-\u{301}b", Rule::Marks),
        ("server", Rule::Reserved),
        ("SERVER", Rule::Reserved),
        ("ѕуѕtеm", Rule::Reserved),
        ("Admln", Rule::Reserved),
        ("pol1cat", Rule::Reserved),
        ("服务器", Rule::Reserved),
        ("lobby", Rule::Reserved),
        ("guest-7", Rule::Guest),
        ("GUEST-70", Rule::Guest),
        ("guest-l0", Rule::Guest),
        ("guest‐7", Rule::Character('‐')),
    ];
    for (name, rule) in table {
        assert_eq!(person(name), Err(rule), "{name:?}");
        assert_eq!(check_room(name, MAX).is_ok(), name == LOBBY, "{name:?}");
    }
    assert!(person("guest-house").is_ok() && person("guest-7up").is_ok());
}

#[test]
fn rooms_keep_i_and_l_apart_and_there_is_one_lobby() {
    let room = |name| check_room(name, 32).map(|name| name.folded);
    assert_eq!(
        (room("lobby"), room("Lobby"), room("l\u{43e}bby")),
        (Ok(LOBBY.into()), Ok(LOBBY.into()), Ok(LOBBY.into()))
    );
    assert_ne!(room("fail"), room("fall"));
    assert_eq!(room("Tea"), room("tea"));
}

#[test]
fn a_fault_is_told_in_plain_words() {
    let told = |name| check_person(name, 24).unwrap_err().to_string();
    assert_eq!(told(""), "a name has 1 to 24 characters");
    assert_eq!(told("a b"), "a name has no spaces");
    assert_eq!(told("a@b"), "a name has letters, digits and _ - . ' ·, not @");
    assert_eq!(told("a\u{200b}b"), "a name has letters, digits and _ - . ' ·, not the character U+200B");
    assert_eq!(
        check_room("-", 32).unwrap_err().to_string(),
        "a room's name begins and ends with a letter or a digit"
    );
}

#[test]
fn nobody_can_choose_the_name_of_a_guest() {
    for number in [0, 1, 7, 10, 123_456, u64::MAX] {
        assert_eq!(check_person(&guest_name(number), 64).map_err(|fault| fault.rule), Err(Rule::Guest));
    }
    assert_eq!(guest_name(7), "guest-7");
}

/// Every character, alone if it can be.
#[test]
fn no_name_has_anything_that_cannot_be_seen() {
    // Bidi_Control, Default_Ignorable and what has no width, by their numbers: an account that is not the table's.
    let listed = |c| {
        matches!(c, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{ffff}'
            | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
    };
    let invisible = |c: char| c.is_whitespace() || c.is_control() || listed(c);
    let mut accepted = 0;
    for c in characters() {
        let Ok(name) = person(&alone(c)) else { continue };
        assert!(!name.shown.contains(invisible), "{c:?} {name:?}");
        assert!(!name.folded.is_empty() && name.shown.nfkc().eq(name.shown.chars()), "{c:?}");
        accepted += 1;
    }
    // Nearly all that is assigned are letters: the rules have not swallowed a script.
    assert!(accepted > 140_000, "{accepted}");
}

/// A name of one character, and of two if it is a mark.
fn alone(c: char) -> String {
    if is_combining_mark(c) { format!("a{c}") } else { c.to_string() }
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

#[test]
fn what_is_too_long_to_be_a_name_is_not_folded() {
    let longest = "A".repeat(LONGEST);
    assert_eq!(fold_room(&longest), "a".repeat(LONGEST));
    for longer in [longest + "A", "\u{fdfa}".repeat(1 << 20)] {
        assert_eq!((fold_room(&longer), fold_person(&longer)), (longer.clone(), longer));
    }
}
