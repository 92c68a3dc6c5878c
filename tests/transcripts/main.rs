//! Plays the transcripts in `fixtures/*.hex` through the protocol, cut in every way, and compares the stories.
//!
//! A new case is a few lines in a fixture file and no Rust.

use std::collections::BTreeSet;
use std::panic::catch_unwind;

use pollcat::Message;
use pollcat::protocol::{Event, ProtocolError, SendHalf};
use pollcat_testing::fixtures::{Cut, fixtures};
use pollcat_testing::sources;
use pollcat_testing::transcript::{Case, Failure, Line, Story, Word, read};

use receiver::Receiver;

mod receiver;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

#[test]
fn every_transcript_tells_its_story_however_its_bytes_are_cut() {
    let failures: Vec<String> =
        fixtures("fixtures", "hex").iter().flat_map(|(file, text)| failures(file, text)).collect();
    assert!(failures.is_empty(), "{} failed\n\n{}", failures.len(), failures.join("\n"));
}

#[test]
fn the_transcripts_are_there() {
    let (files, cases) = (fixtures("fixtures", "hex").len(), cases().len());
    assert!(files >= 10 && cases >= 400, "only {files} files with {cases} cases");
}

#[test]
fn every_rule_of_the_protocol_has_a_fixture_that_breaks_it() {
    let rules = sources::variants(&sources::text(ROOT, "src/protocol/error.rs"), "ProtocolError");
    let lines = cases().into_iter().flat_map(|case| case.story.0);
    let broken = lines.filter_map(|line| match line {
        Line::Fails(failure) => Some(failure.rule),
        _ => None,
    });
    let broken: BTreeSet<String> = broken.collect();
    assert_eq!(Vec::from_iter(rules.difference(&broken)), [""; 0], "no fixture breaks them");
    assert_eq!(
        Vec::from_iter(broken.difference(&rules)),
        [""; 0],
        "fixtures name them, but there are no such rules"
    );
}

/// All cases of the files that can be read.
fn cases() -> Vec<Case> {
    let files = fixtures("fixtures", "hex");
    files.iter().filter_map(|(file, text)| read(file, text).ok()).flatten().collect()
}

/// Plays every case of a fixture file; tells of each that fails, or of the line that cannot be read.
fn failures(file: &str, text: &str) -> Vec<String> {
    match read(file, text) {
        Ok(cases) => cases.iter().filter(can_be_played).filter_map(failure).collect(),
        Err(error) => vec![error],
    }
}

/// Without the feature there are no compressed messages to be played.
fn can_be_played(case: &&Case) -> bool {
    cfg!(feature = "deflate") || case.deflate.is_none()
}

/// Plays one case in every way, up to the first that tells another story.
fn failure(case: &Case) -> Option<String> {
    Cut::every(&case.line_ends).into_iter().find_map(|cut| {
        let heading = format!("{}: {}\n  {cut}", case.place, case.title);
        let Ok(actual) = catch_unwind(|| play(case, cut)) else {
            return Some(format!("{heading}: panicked, as told above\n"));
        };
        let expected = &case.story;
        (actual != *expected).then(|| {
            let (wanted, got) = (expected.compared_with(&actual), actual.compared_with(expected));
            format!("{heading}\n  expected\n{wanted}  actual\n{got}")
        })
    })
}

/// The story as it really comes out: the client and the application play their parts, the rest is noted down.
fn play(case: &Case, cut: Cut) -> Story {
    let mut server =
        Server { receive: Receiver::new(case), send: SendHalf::default(), story: Story::default() };
    let mut offset = 0;
    for line in &case.story.0 {
        match line {
            Line::Client(bytes) => {
                server.story.push(line.clone());
                cut.pieces(offset, bytes).into_iter().for_each(|piece| server.hear(piece));
                offset += bytes.len();
            }
            Line::Does(word) => {
                server.story.push(line.clone());
                server.say(word);
            }
            Line::Server(_) | Line::Sees(_) | Line::Fails(_) => {}
        }
    }
    server.story
}

/// The smallest server there can be: both halves of one connection, and an application that takes notes.
struct Server {
    receive: Receiver,
    send: SendHalf,
    story: Story,
}

impl Server {
    fn hear(&mut self, piece: &[u8]) {
        let mut piece = piece.to_vec();
        let most_events = piece.len(); // each takes a byte at least
        let mut input = &mut piece[..];
        for _ in 0..=most_events {
            let mut out = Vec::new();
            match self.receive.next(&mut input) {
                Ok(Some(event)) => {
                    if let Some(word) = seen(&event, &self.send) {
                        self.story.push(Line::Sees(word));
                    }
                    self.send.answer(&event, &mut out);
                    self.sent(out);
                }
                Ok(None) => break,
                Err(error) => {
                    self.send.fail(error, &mut out);
                    self.story.push(failing_close(error, out));
                }
            }
        }
        assert!(input.is_empty(), "{} bytes were left lying", input.len());
    }

    fn say(&mut self, word: &Word) {
        let mut out = Vec::new();
        match word {
            Word::Text(text) => self.send.message(text.into(), &mut out),
            Word::Binary(bytes) => self.send.message(bytes.into(), &mut out),
            Word::Ping(payload) => self.send.ping(payload, &mut out),
            Word::Close(code, reason) => self.send.close(*code, reason, &mut out),
        }
        self.sent(out);
    }

    fn sent(&mut self, out: Vec<u8>) {
        if !out.is_empty() {
            self.story.push(Line::Server(out));
        }
    }
}

/// What the application sees of an event. After its own Close it has no use for messages (§5.5.1).
fn seen(event: &Event<'_>, send: &SendHalf) -> Option<Word> {
    match *event {
        Event::Message(Message::Text(text)) if send.is_open() => Some(Word::Text(text.into())),
        Event::Message(Message::Binary(bytes)) if send.is_open() => Some(Word::Binary(bytes.into())),
        Event::Close(code, reason) => Some(Word::Close(code, reason.into())),
        Event::Message(_) | Event::Ping(_) | Event::Pong(_) => None,
        _ => panic!("{event:?} is no event that a transcript knows"),
    }
}

/// `! code rule` for one sound Close frame that gives the rule as its reason, `! 0 rule` for silence; anything else stands in
/// the story as it was sent.
fn failing_close(error: ProtocolError, out: Vec<u8>) -> Line {
    let code = match out[..] {
        [] => 0,
        [0x88, length, a, b, ref reason @ ..]
            if reason.len() + 2 == usize::from(length) && reason == error.reason().as_bytes() =>
        {
            u16::from_be_bytes([a, b])
        }
        _ => return Line::Server(out),
    };
    Line::Fails(Failure { code, rule: format!("{error:?}") })
}

// The rest is about the runner: a test that cannot fail proves nothing.

const TRUE_STORY: &str = "\
# a comment

== all kinds of lines (§5)
@ max-message 6
< 01 83 00000000 48656c
< 89 81 00000000 01
> 8a 01 01
* send text ab
> 81 02 6162
< 80 82 00000000 6c6f
= text Hello
< 82 87 00000000 61*7
! 1009 MessageTooBig
";

#[test]
fn a_wrong_expectation_is_noticed() {
    assert_eq!(failures("true.hex", TRUE_STORY), [""; 0]);
    let lies = [
        ("= text Hello", "= text Hallo"),
        ("= text Hello", "= binary 48656c6c6f"),
        ("= text Hello\n", ""),
        ("= text Hello\n", "= text Hello\n= text Hello\n"),
        ("> 8a 01 01", "> 8a 01 02"),
        ("> 8a 01 01\n", ""),
        ("> 81 02 6162\n", "> 81 02 6162\n> 8a 00\n"),
        ("! 1009", "! 1002"),
        ("! 1009", "! 0"),
        ("! 1009 MessageTooBig", "! 1009 TooManyFragments"),
        ("! 1009 MessageTooBig", "= text aaaaaaa"),
        ("@ max-message 6\n", ""),
        // Right, but in the wrong place: the Pong must not wait for the end of the message.
        ("> 8a 01 01\n* send text ab\n", "* send text ab\n> 8a 01 01\n"),
    ];
    for (truth, lie) in lies {
        let told = failures("lie.hex", &TRUE_STORY.replacen(truth, lie, 1));
        assert_eq!(told.len(), 1, "{lie:?} went unnoticed");
        assert!(told[0].starts_with("lie.hex:3: all kinds of lines (§5)\n  played whole\n"), "{}", told[0]);
    }
}

#[test]
fn a_line_that_makes_no_sense_is_named() {
    let nonsense = [
        ("< 8", 3),
        ("< 8g", 3),
        ("< 6162*3", 3),
        ("< 61*", 3),
        ("<", 3),
        ("<82", 3),
        ("? what", 3),
        ("! 99999 Unmasked", 3),
        ("! 1002", 3), // which rule?
        ("! 1002 ", 3),
        ("! 1002 not masked", 3),
        ("= ping 00", 3),
        ("= text-hex ff", 3),
        ("* send nothing", 3),
        ("* close 1006", 3),
        ("@ max-message 3", 3), // too late
        ("== a title without a section", 3),
        ("== nothing happens (§5)", 3),
        ("== an outcome without a cause (§5)\n= text a", 4),
        ("== a limit without a number (§5)\n@ max-message many\n< 80", 4),
    ];
    for (lines, at) in nonsense {
        let told = failures("odd.hex", &format!("== a case (§5)\n< 80\n{lines}\n"));
        assert!(told.len() == 1 && told[0].starts_with(&format!("odd.hex:{at}: ")), "{lines}: {told:?}");
    }
    assert!(failures("odd.hex", "< 80")[0].starts_with("odd.hex:1: "));
}

#[test]
fn every_cut_brings_all_the_bytes_and_long_streams_are_cut_around_their_lines() {
    let cuts = Cut::every(&[2, 3]);
    assert_eq!(cuts, [Cut::Whole, Cut::ByteByByte, Cut::After(1), Cut::After(2)]);
    for cut in cuts {
        assert_eq!([cut.pieces(0, b"ab").concat(), cut.pieces(2, b"c").concat()], [&b"ab"[..], b"c"]);
    }
    let long = Cut::every(&[2000, 5000]);
    assert!([1, 14, 1996, 2000, 2014, 4999].iter().all(|&offset| long.contains(&Cut::After(offset))));
    assert!(long.len() < 80);
}
