//! The format, against its fixture; and against entries and damage by chance.

use std::collections::{BTreeMap, BTreeSet};

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::*;
use crate::history::{
    Aim, Call, Change, Discloses, Door, KeyKind, Level, Passer, ReadMark, Restraint, RoomKind, Serves, Shape,
    any_entries,
};
use crate::rights::Role;

const FIXTURE: &str = include_str!("../../fixtures/entries-1.txt");

fn fixture() -> impl Iterator<Item = &'static str> {
    FIXTURE.lines().filter(|line| !line.is_empty() && !line.starts_with('#'))
}

/// A picture in the fixture has five bytes.
pub(in crate::nodes) fn blob_of(line: &str) -> Option<Arc<[u8]>> {
    line.contains("\"media_type\"").then(|| (*b"bytes").into())
}

/// Whoever adds a kind, or a word of one, adds a line of it to the fixture, and changes none that is there: nodes of older
/// versions have written these, and go on reading them.
#[test]
fn every_line_of_the_fixture_is_read_and_written_again_byte_for_byte() {
    for line in fixture() {
        let entry = decode(line, blob_of(line)).unwrap_or_else(|error| panic!("{line}: {error}"));
        assert_eq!(encode(&entry), (line.to_owned(), blob_of(line)));
    }
}

#[test]
fn every_kind_and_every_word_is_in_the_fixture() {
    let found = words_in(fixture().map(String::from));
    for (field, kinds) in kinds() {
        assert_eq!(found[field], kinds, "{field}");
    }
}

#[test]
fn entries_by_chance_are_the_same_after_they_were_written_and_read() {
    let mut texts = Vec::new();
    for entry in any_entries(11, 10_000) {
        let (text, blob) = encode(&entry);
        assert_eq!(decode(&text, blob), Ok(entry), "{text}");
        texts.push(text);
    }
    let found = words_in(texts.into_iter());
    for field in ["", "act", "body", "change"] {
        assert_eq!(found[field], kinds()[field], "chance makes every kind");
    }
}

#[test]
fn what_is_cut_off_is_never_an_entry() {
    for line in fixture() {
        for (end, _) in line.char_indices() {
            let cut = decode(&line[..end], blob_of(line));
            assert!(matches!(cut, Err(Unreadable::Damaged(_))), "{}: {cut:?}", &line[..end]);
        }
    }
}

/// A letter of a text may well be another letter. But what is read is an entry, which is written and read as such.
#[test]
fn damage_is_refused_or_is_another_entry() {
    let (mut refused, mut read) = (0, 0);
    for (n, entry) in any_entries(12, 3_000).into_iter().enumerate() {
        let (text, blob) = encode(&entry);
        for (place, with) in [(n * 7, b'"'), (n * 11, b'0' + (n % 10) as u8), (n * 13, (n % 251) as u8)] {
            let mut flipped = text.clone().into_bytes();
            let mut longer = flipped.clone();
            flipped[place % text.len()] ^= 1 << (n % 8);
            longer.insert(place % text.len(), with);
            for damaged in [flipped, longer].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()) {
                match decode(&damaged, blob.clone()) {
                    Err(_) => refused += 1,
                    Ok(entry) => {
                        read += 1;
                        let (text, blob) = encode(&entry);
                        assert_eq!(decode(&text, blob), Ok(entry), "{damaged}");
                    }
                }
            }
        }
    }
    assert!(refused > read && read > 100, "{refused} refused, {read} read");
}

/// In every object of every kind: none of them takes what it does not know.
#[test]
fn what_a_newer_version_adds_is_refused_wherever_it_stands() {
    for line in fixture() {
        for (place, _) in line.match_indices(['{', '}']) {
            let is_front = line[place..].starts_with('{');
            let (before, behind) = line.split_at(if is_front { place + 1 } else { place });
            let newer = [before, if is_front { "\"newer\":0," } else { ",\"newer\":0" }, behind].concat();
            assert!(decode(&newer, blob_of(line)).is_err(), "{newer}");
        }
    }
}

#[test]
fn what_cannot_be_read_is_told_without_what_was_said() {
    let unknown = |what: &str| Unreadable::Unknown(what.into());
    let damaged = |column| Unreadable::Damaged(format!("line 1, column {column}"));
    let append = |rest: &str| {
        format!(r#"{{"append":{{"room":3,"aim":"there","author":7,"author_name":"Ann","at":1,{rest}}}}}"#)
    };
    let picture = |kind: &str| {
        let picture = format!(r#"{{"id":"x","media_type":"{kind}","width":3,"height":4,"size":5}}"#);
        append(&format!(r#""body":{{"picture":{{"picture":{picture},"caption":""}}}}"#))
    };
    let bytes = blob_of("\"media_type\"");
    let deep = format!(r#"{{"seen":{}"#, "[".repeat(1_000_000));
    let cases = [
        (r#"{"sing":{"person":7}}"#.into(), None, unknown("unknown variant `sing`")),
        (r#"{"seen":{"person":7,"at":1,"loud":true}}"#.into(), None, unknown("unknown field `loud`")),
        (r#"{"noticed":{"person":7,"at":1}}"#.into(), None, unknown("unknown field `at`")),
        (r#"{"seen":{"person":7}}"#.into(), None, unknown("missing field `at`")),
        (r#"{"seen":{"person":7,"at":1,"at":2}}"#.into(), None, unknown("duplicate field `at`")),
        (append(r#""body":{"song":"secret"}"#), None, unknown("unknown variant `song`")),
        (append(r#""body":{"text":["secret"]}"#), None, unknown("a value of another kind")),
        (append(r#""body":{"text":{"secret":1}}"#), None, unknown("a value of another kind")),
        (append(r#""body":{"text":""},"mentions":"secret""#), None, unknown("a value of another kind")),
        (r#"{"seen":{"person":-7,"at":1}}"#.into(), None, unknown("a value of another kind")),
        (r#"{"seen":{"person":7.5,"at":1}}"#.into(), None, unknown("a value of another kind")),
        (
            r#"{"add_token":{"person":7,"token":"AA","at":1}}"#.into(),
            None,
            unknown("a hash has not 32 bytes"),
        ),
        (r#"{"add_token":{"person":7,"token":"?","at":1}}"#.into(), None, unknown("a hash is no base64")),
        (picture("image/jxl"), bytes.clone(), unknown("a picture is of an unknown kind")),
        (picture("image/png"), None, Unreadable::NoPicture),
        (append(r#""body":{"text":"secret"}"#), bytes.clone(), Unreadable::PictureOfNothing),
        (r#"{"avatar":{"person":7,"avatar":null}}"#.into(), bytes, Unreadable::PictureOfNothing),
        (r#"{"noticed":{"person":7}} {}"#.into(), None, damaged(26)),
        (String::new(), None, damaged(0)),
        (deep, None, unknown("a value of another kind")),
    ];
    for (text, blob, expected) in cases {
        let error = decode(&text, blob).unwrap_err();
        let shown = &text[..text.len().min(200)];
        assert_eq!(error, expected, "{shown}");
        assert!(!error.to_string().contains("secret"), "{shown}: {error}");
    }
}

/// 200 bytes at most for a short message: a log of a million is 0.2 GB.
#[test]
fn a_short_message_is_short() {
    let line = r#"{"append":{"room":31,"aim":"there","author":1234,"author_name":"Ann Example","key":"01J9ZQ4T8V6B","at":1800000000000,"body":{"text":"shall we have some tea at four?"},"mentions":[77]}}"#;
    let (text, blob) = encode(&decode(line, None).expect("the line is an entry"));
    assert_eq!((&text[..], blob), (line, None));
    println!("{} bytes", text.len());
    assert!(text.len() <= 200, "{} bytes", text.len());
}

/// What each field of a kind, or of words, can be. "" is the entry itself.
fn kinds() -> BTreeMap<&'static str, BTreeSet<String>> {
    BTreeMap::from([
        ("", known::<Entry>()),
        ("act", known::<Act>()),
        ("aim", known::<Aim>()),
        ("body", known::<Body>()),
        ("call", known::<Call>()),
        ("change", known::<Change>()),
        ("discloses", known::<Discloses>()),
        ("door", known::<Door>()),
        ("kind", &known::<RoomKind>() | &known::<KeyKind>()),
        ("level", known::<Level>()),
        ("restraint", known::<Restraint>()),
        ("role", known::<Role>()),
        ("serves", known::<Serves>()),
        ("shape", known::<Shape>()),
        ("whom", known::<Passer>()),
    ])
}

/// All names that an enum knows: serde lists them when it is asked for another one.
pub(in crate::nodes) fn known<T: DeserializeOwned>() -> BTreeSet<String> {
    let Err(error) = serde_json::from_str::<T>("\"no such kind\"") else { panic!("there is such a kind") };
    let names: BTreeSet<_> = error.to_string().split('`').skip(3).step_by(2).map(String::from).collect();
    assert!(names.len() > 1, "{error}");
    names
}

/// What was found in which field.
fn words_in(texts: impl Iterator<Item = String>) -> BTreeMap<String, BTreeSet<String>> {
    let mut found = BTreeMap::new();
    for text in texts {
        note("", &serde_json::from_str(&text).expect("it is JSON"), &mut found);
    }
    found
}

/// A word, or the one key of an object: this is how serde writes an enum.
fn note(field: &str, value: &Value, found: &mut BTreeMap<String, BTreeSet<String>>) {
    let word = match value {
        Value::String(word) => Some(word),
        Value::Object(object) if object.len() == 1 => object.keys().next(),
        _ => None,
    };
    found.entry(field.into()).or_default().extend(word.cloned());
    for (field, value) in value.as_object().into_iter().flatten() {
        note(field, value, found);
    }
}

/// What a thousand have read is one entry, and not a thousand of some 45 bytes each, and of as many again in the log around them.
#[test]
fn what_many_have_read_is_short() {
    let mark = |room, read, people: Vec<_>| ReadMark { room, read, people: people.into_iter().collect() };
    let length = |marks| encode(&Entry::Marks { marks }).0.len();
    let together = length(vec![mark(3, 123_456, (10_000..15_000).step_by(5).collect())]);
    assert!(together < 2_100, "{together}");
    let apart = length((0..2_000).map(|n| mark(100_000 + n, 123_456, vec![1_000_000 + n])).collect());
    assert!(apart < 100_000, "{apart}");
}
