//! Which names can be had, and which of them are the same.

use unicode_normalization::UnicodeNormalization;

use super::*;

const MAX: usize = 24;

fn person(name: &str) -> Result<Name, Rule> {
    check_person(name, MAX).map_err(|fault| fault.rule)
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
        "Anna Maria",
        "Dr. Who",
        "O’Neil",
        "艾·伦",
        "マイケル・ジャクソン",
        "有 空格",
        "María de la Cruz",
        "शिव कुमार",
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
fn what_cannot_be_a_name_breaks_a_rule() {
    let length = Rule::Length { max: MAX };
    let table = [
        ("", length),
        (&*"a".repeat(MAX + 1), length),
        (&*"e\u{301}".repeat(MAX * 3), length),
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
        (" alice", Rule::Edge),
        ("alice\u{3000}", Rule::Edge),
        ("O’", Rule::Edge),
        ("a  b", Rule::Separators),
        ("a\u{a0}\u{2003}b", Rule::Separators),
        ("a--b", Rule::Separators),
        ("a -b", Rule::Separators),
        ("a. .b", Rule::Separators),
        ("a ·b", Rule::Separators),
        ("a\u{a8}b", Rule::Marks),
        ("q\u{300}\u{301}\u{302}", Rule::Marks),
        ("ก\u{e47}\u{e47}", Rule::Marks),
        ("a-\u{301}b", Rule::Marks),
        ("alice\u{e48}", Rule::Marks),
        ("alice\u{5b8}", Rule::Marks),
        ("ali\u{93f}ce", Rule::Marks),
        ("小\u{1039}明", Rule::Marks),
        ("alice\u{16fe4}", Rule::Character('\u{16fe4}')),
        ("alice\u{2d7f}", Rule::Character('\u{2d7f}')),
        ("alice\u{13441}", Rule::Character('\u{13441}')),
        ("server", Rule::Reserved),
        ("SERVER", Rule::Reserved),
        ("ѕуѕtеm", Rule::Reserved),
        ("Admln", Rule::Reserved),
        ("ADМIN", Rule::Reserved),
        ("SYSТЕМ", Rule::Reserved),
        ("MODERAТOR", Rule::Reserved),
        ("ROOТ", Rule::Reserved),
        ("Νobody", Rule::Reserved),
        ("pol1cat", Rule::Reserved),
        ("服务器", Rule::Reserved),
        ("lobby", Rule::Reserved),
        ("operator", Rule::Reserved),
        ("The 0perator", Rule::Reserved),
        ("Owner", Rule::Reserved),
        ("gone-7", Rule::Guest),
        ("Gone 7", Rule::Guest),
        ("gоne-l2", Rule::Guest),
        ("guest-7", Rule::Guest),
        ("GUEST-70", Rule::Guest),
        ("guest-l0", Rule::Guest),
        ("GUESТ-1", Rule::Guest),
        ("GUЕSТ-ІОО", Rule::Guest),
        ("guest‐7", Rule::Character('‐')),
        ("sys tem", Rule::Reserved),
        ("Ad-Min", Rule::Reserved),
        ("P.o.l.l.c.a.t", Rule::Reserved),
        ("管理 员", Rule::Reserved),
        ("管理員", Rule::Reserved),
        ("ᴀᴅᴍɪɴ", Rule::Reserved),
        ("sʏsᴛeᴍ", Rule::Reserved),
        ("rooт", Rule::Reserved),
        ("adмin", Rule::Reserved),
        ("lob by", Rule::Reserved),
        ("Guest 7", Rule::Guest),
        ("guest_7", Rule::Guest),
        ("guest.12", Rule::Guest),
        ("guest·l", Rule::Guest),
        ("gu est-1", Rule::Guest),
        ("GUEST1", Rule::Guest),
        ("guestー7", Rule::Guest),
        ("ɢuest-7", Rule::Guest),
        ("guesт 7", Rule::Guest),
    ];
    for (name, rule) in table {
        assert_eq!(person(name), Err(rule), "{name:?}");
        assert_eq!(check_room(name, MAX).is_ok(), name == LOBBY, "{name:?}");
    }
    for name in [
        "gone",
        "gone fishing",
        "Gone 4 good",
        "guest-house",
        "guest-7up",
        "Guests",
        "Ali",
        "ali",
        "ALI",
        "Meme",
        "Системный",
        "АДМИН",
    ] {
        assert!(person(name).is_ok(), "{name}");
    }
    assert_eq!(person("AlI"), Err(Rule::Reserved), "it is drawn like All");
}

#[test]
fn a_fault_is_told_in_plain_words() {
    let told = |name| check_person(name, 24).unwrap_err().to_string();
    assert_eq!(told(""), "a name has 1 to 24 characters");
    let rule = "a name has letters and digits, and between them single spaces or _ - . ' ’ ·";
    assert_eq!(told("a  b"), format!("{rule}, one at a time"));
    assert_eq!(told("a@b"), format!("{rule}, not @"));
    assert_eq!(told("🙂"), format!("{rule}, not 🙂"));
    assert_eq!(told("a\u{200b}b"), format!("{rule}, not the character U+200B"));
    assert_eq!(told("a\tb"), format!("{rule}, not the character U+0009"));
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
            | '\u{2800}' | '\u{2d7f}' | '\u{13441}' | '\u{13442}' | '\u{16fe4}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{ffff}'
            | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
    };
    let invisible = |c: char| (c.is_whitespace() && c != ' ') || c.is_control() || listed(c);
    let mut accepted = 0;
    for c in characters() {
        let Ok(name) = person(&alone(c)) else { continue };
        assert!(!name.shown.contains(invisible), "{c:?} {name:?}");
        assert!(
            name.keys.iter().all(|key| !key.is_empty()) && name.shown.nfkc().eq(name.shown.chars()),
            "{c:?}"
        );
        accepted += 1;
    }
    // Nearly all that is assigned are letters: the rules have not swallowed a script.
    assert!(accepted > 140_000, "{accepted}");
}

/// A name of one character, and of two if it is a mark.
fn alone(c: char) -> String {
    if is_combining_mark(c) { format!("a{c}") } else { c.to_string() }
}

/// Two accounts of what is drawn as nothing agree.
#[test]
fn what_can_be_ignored_is_blank() {
    let ignorable = |c: &char| c.identifier_type() == Some(IdentifierType::Default_Ignorable);
    let missed: Vec<char> = characters().filter(ignorable).filter(|&c| !is_blank(c)).collect();
    assert!(missed.is_empty(), "{missed:?}");
    // Nothing that people write is.
    let letters = characters().filter(|c| c.is_alphanumeric() && is_blank(*c));
    assert!(letters.count() < 30);
}

#[test]
fn the_name_of_a_guest_is_known_again_without_writing_it() {
    for number in [0, 1, 7, 10, 4_096, u64::MAX] {
        assert!(is_guest_name(&guest_name(number), number), "{number}");
    }
    for name in
        ["guest-8", "guest-07", "guest-+7", "guest7", "guest-", "guest-7 ", "Guest-7", "7", "guest-00"]
    {
        assert!(!is_guest_name(name, 7) && !is_guest_name(name, 0), "{name}");
    }
}
