//! Plays fixtures/handshake: every request whole, byte by byte, and cut in two at every offset (§4.2).
//!
//! However the bytes arrive, the same must come of them: the same answer to the last byte of its head, or
//! the same page, and the same bytes left over for what follows.

use std::fmt::Debug;

use pollcat::handshake::{Answer, BodyReader, Framing, HeadReader, Refusal, Request};

use pollcat_testing::fixtures::{Cut, fixtures};
use pollcat_testing::requests::{Case, Expectation, Settings, read};

const FOLDER: &str = "fixtures/handshake";
const CONTINUE: &str = "HTTP/1.1 100 Continue\r\n\r\n";

/// What comes of a request. `rest` is what follows its head; behind a refusal nobody looks at it.
#[derive(Debug, PartialEq)]
enum Outcome {
    /// More bytes are waited for.
    Waiting,
    /// An ordinary request for this path, and its body if that was read.
    Page { path: String, body: Option<Vec<u8>>, rest: Vec<u8> },
    /// A WebSocket, and the head of the 101 that says so.
    Opened { head: String, rest: Vec<u8> },
    /// The rule that is broken, and the answer with its body.
    Refused { refusal: Refusal, answer: String },
}

#[test]
fn requests_get_the_answers_they_deserve_however_they_are_cut() {
    let failures: Vec<String> =
        fixtures(FOLDER, "http").iter().flat_map(|(file, text)| failures(file, text)).collect();
    assert!(failures.is_empty(), "{} failed\n\n{}", failures.len(), failures.join("\n"));
}

#[test]
fn the_requests_are_there() {
    let cases = cases();
    assert!(cases.len() >= 380, "only {} cases", cases.len());
    for case in &cases {
        let is_result = |expected: &&_| {
            matches!(expected, Expectation::Opened | Expectation::Refused(..) | Expectation::Page(_))
        };
        let results = case.expected.iter().filter(is_result).count();
        assert_eq!(results, 1, "{}: one status or page, please", case.place);
    }
}

#[test]
fn every_rule_of_the_handshake_has_a_fixture_that_breaks_it() {
    use Refusal::{AddressFull, Draining, NotTls, NotWebSocket, OverBudget, ServerFull, Stopping, TooSlow};
    let cases = cases();
    let expectations = || cases.iter().flat_map(|case| &case.expected);
    // These do not depend on the request.
    let others = [AddressFull, Draining, NotTls, NotWebSocket, OverBudget, ServerFull, Stopping, TooSlow];
    for refusal in Refusal::ALL.iter().filter(|refusal| !others.contains(refusal)) {
        let rule = format!("{refusal:?}");
        let is_broken =
            expectations().any(|it| matches!(it, Expectation::Refused(_, broken) if *broken == rule));
        assert!(is_broken, "no fixture for {rule}");
    }
}

#[test]
fn a_wrong_expectation_is_noticed() {
    let request = "== a title\n| GET /a HTTP/1.1\n| Host: h\n";
    let upgrade = "| Upgrade: websocket\n| Connection: Upgrade\n| Sec-WebSocket-Version: 13\n\
                   | Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\n|\n| \\x81\\-\n";
    let post =
        "== a title\n@ max-body 5\n| POST /a HTTP/1.1\n| Host: h\n| Content-Length: 5\n|\n| helloGET\\-\n";
    let accept = "> Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\n";
    let good = [
        format!("{request}|\n> page /a\n> -Upgrade"),
        format!("{request}{upgrade}> 101\n{accept}> -Sec-WebSocket-Version\n> rest 81"),
        format!("{request}| :\n|\n> 400 Field\n> content-type: text/plain; charset=utf-8"),
        format!("{request}|\n> page /a\n> body").replace("title", "title\n@ max-body 5"),
        format!("{post}> page /a\n> body hello\n> rest-text GET"),
    ];
    let bad = [
        format!("{request}|\n> page /b"),
        format!("{request}|\n> 101"),
        format!("{request}> 400 Field"),     // it is not complete
        format!("{request}|\n|\n> page /a"), // two bytes are left
        format!("{request}|\n> page /a\n> Upgrade: websocket"),
        format!("{request}{upgrade}> page /a\n> rest 81"),
        format!("{request}{upgrade}> 426 UpgradeField\n> rest 81"),
        format!("{request}{upgrade}> 101\n> rest 82"),
        format!("{request}{upgrade}> 101"),
        format!("{request}{upgrade}> 101\n> rest 81\n> -upgrade"),
        format!("{request}{upgrade}> 101\n> rest 81\n> Upgrade: Websocket"),
        format!("{request}{upgrade}> 101\n> rest 81\n> Server: pollcat"),
        format!("{request}| :\n|\n> 431 Field"),
        format!("{request}| :\n|\n> 400 LineEnd"),
        format!("{post}> page /a\n> body hello"),
        format!("{post}> page /a\n> rest-text GET"),
        format!("{post}> page /a\n> body hell\n> rest-text oGET"),
        format!("{post}> page /a\n> body hello\n> rest-text GE"),
        format!("{post}> 413 BodyTooLarge"),
    ];
    for text in good {
        assert_eq!(failures("here", &text).join(""), "", "{text}");
    }
    for text in bad {
        let told = failures("here", &text);
        assert!(told.len() == 1 && told[0].starts_with("here:1: a title\n"), "{text}\n{told:?}");
    }
}

#[test]
fn a_refusal_without_its_rule_is_not_understood() {
    for line in ["> 400", "> 400 ", "> 400 a field", "> 101 Field"] {
        let told = failures("odd.http", &format!("== a title\n| GET /a HTTP/1.1\n| :\n|\n{line}\n"));
        assert_eq!(told, [format!("odd.http:5: not understood: {line}")]);
    }
}

/// All cases of the files that can be read.
fn cases() -> Vec<Case> {
    let files = fixtures(FOLDER, "http");
    files.iter().filter_map(|(file, text)| read(file, text).ok()).flatten().collect()
}

/// Plays every case of a fixture file; tells of each that fails, or of the line that cannot be read.
fn failures(file: &str, text: &str) -> Vec<String> {
    match read(file, text) {
        Ok(cases) => cases.iter().filter_map(failure).collect(),
        Err(error) => vec![error],
    }
}

/// Plays one case in every way: whole it must meet what is expected, and cut it must come out the same.
fn failure(case: &Case) -> Option<String> {
    let whole = play(case, Cut::Whole);
    let missed: Vec<_> = case.expected.iter().filter(|expected| !whole.meets(expected)).collect();
    if !missed.is_empty() {
        return Some(report(case, Cut::Whole, &missed, &whole));
    }
    if let Some(extra) = whole.extra(&case.expected) {
        return Some(report(case, Cut::Whole, &format!("no {extra}"), &whole));
    }
    Cut::every(&edges(case)).into_iter().find_map(|cut| {
        let outcome = play(case, cut);
        (outcome != whole).then(|| report(case, cut, &whole, &outcome))
    })
}

fn report(case: &Case, cut: Cut, expected: &dyn Debug, got: &Outcome) -> String {
    let Case { place, title, .. } = case;
    format!("{place}: {title}\n  {cut}\n  expected {expected:?}\n  got      {got:?}\n")
}

/// Where a long request is worth cutting: where lines end, where the limit is, and its own end.
fn edges(case: &Case) -> Vec<usize> {
    let is_edge = |&end: &usize| case.bytes[end - 1] == b'\n' || end == case.settings.limits.max_bytes;
    (1..case.bytes.len()).filter(is_edge).chain([case.bytes.len()]).collect()
}

/// Feeds the request to a server's handshake, piece by piece.
fn play(case: &Case, cut: Cut) -> Outcome {
    let mut reader = HeadReader::new(case.settings.limits);
    let mut reading: Option<(String, BodyReader)> = None;
    let mut arrived = 0;
    for piece in cut.pieces(0, &case.bytes) {
        arrived += piece.len();
        let mut piece = piece.to_vec();
        let mut input = &mut piece[..];
        if reading.is_none() {
            let judged = match reader.next(&mut input) {
                Ok(None) => continue,
                Ok(Some(request)) => judge(&case.settings, &request),
                Err(refusal) => Err(refusal),
            };
            match judged {
                Err(refusal) => return refused(refusal),
                Ok(Judged::Body(path, reader)) => reading = Some((path, reader)),
                Ok(Judged::Over(outcome)) => {
                    return outcome.with_rest(&case.bytes[arrived - input.len()..]);
                }
            }
        }
        let (path, reader) = reading.as_mut().expect("there is a request, and its body is read");
        match reader.next(&mut input).map(|body| body.map(<[u8]>::to_vec)) {
            Ok(None) => {}
            Ok(body) => {
                let rest = case.bytes[arrived - input.len()..].to_vec();
                return Outcome::Page { path: path.clone(), body, rest };
            }
            Err(refusal) => return refused(refusal),
        }
    }
    Outcome::Waiting
}

/// What comes of a head that follows the grammar.
enum Judged {
    Body(String, BodyReader),
    Over(Outcome),
}

/// Asks what a server asks, in its order.
fn judge(settings: &Settings, request: &Request<'_>) -> Result<Judged, Refusal> {
    let upgrade = request.upgrade()?;
    assert_eq!(request.is_upgrade(), upgrade.is_some(), "{}", request.path());
    settings.hosts.check(request)?;
    let path = request.path().to_owned();
    let Some(upgrade) = upgrade else {
        return Ok(match settings.max_body {
            Some(limit) => Judged::Body(path, BodyReader::new(request, limit)?),
            None => Judged::Over(Outcome::Page { path, body: None, rest: Vec::new() }),
        });
    };
    settings.origins.check(request)?;
    let spoken: Vec<&str> = settings.subprotocols.iter().map(String::as_str).collect();
    let mut head = Vec::new();
    let answer = Answer::accept().subprotocol(request.choose_subprotocol(&spoken));
    answer.write_upgrade(request, &upgrade, &mut head);
    Ok(Judged::Over(Outcome::Opened { head: String::from_utf8(head).unwrap(), rest: Vec::new() }))
}

fn refused(refusal: Refusal) -> Outcome {
    let framing = Framing::new().keep_alive(true).date(784_111_777);
    let mut answer = Vec::new();
    Answer::from(refusal).write(framing, &mut answer);
    Outcome::Refused { refusal, answer: String::from_utf8(answer).unwrap() }
}

impl Outcome {
    fn with_rest(mut self, bytes: &[u8]) -> Self {
        if let Outcome::Page { rest, .. } | Outcome::Opened { rest, .. } = &mut self {
            *rest = bytes.to_vec();
        }
        self
    }

    fn body(&self) -> Option<&[u8]> {
        if let Outcome::Page { body, .. } = self { body.as_deref() } else { None }
    }

    fn meets(&self, expected: &Expectation) -> bool {
        match expected {
            Expectation::Continue => self.is_continued(),
            Expectation::Opened => matches!(self, Outcome::Opened { .. }) && self.status() == Some("101"),
            Expectation::Refused(status, rule) => match self {
                Outcome::Refused { refusal, answer } => {
                    self.status() == Some(&status.to_string())
                        && format!("{refusal:?}") == *rule
                        && answer.contains(refusal.words())
                }
                _ => false,
            },
            Expectation::Page(expected) => matches!(self, Outcome::Page { path, .. } if path == expected),
            Expectation::Header(name, value) => {
                self.fields().any(|field| is_named(field, name) && field.1 == value)
            }
            Expectation::NoHeader(name) => !self.fields().any(|field| is_named(field, name)),
            Expectation::Body(bytes) => self.body() == Some(bytes),
            Expectation::Rest(bytes) => self.rest() == bytes,
        }
    }

    /// What nobody asked for: a body, bytes left over, or more headers than a 101 has (RFC 6455 §4.2.2).
    fn extra(&self, expected: &[Expectation]) -> Option<&str> {
        let known = ["Upgrade", "Connection", "Sec-WebSocket-Accept", "Sec-WebSocket-Protocol"];
        let is_rest = |expected: &Expectation| matches!(expected, Expectation::Rest(_));
        let is_body = |expected: &Expectation| matches!(expected, Expectation::Body(_));
        match self {
            _ if self.body().is_some() && !expected.iter().any(is_body) => Some("body"),
            _ if !self.rest().is_empty() && !expected.iter().any(is_rest) => Some("rest"),
            _ if self.is_continued() && !expected.contains(&Expectation::Continue) => Some("100"),
            Outcome::Opened { .. } => self.fields().map(|(name, _)| name).find(|name| !known.contains(name)),
            _ => None,
        }
    }

    fn rest(&self) -> &[u8] {
        match self {
            Outcome::Page { rest, .. } | Outcome::Opened { rest, .. } => rest,
            Outcome::Waiting | Outcome::Refused { .. } => &[],
        }
    }

    /// All that is sent, if anything is.
    fn sent(&self) -> &str {
        match self {
            Outcome::Opened { head: answer, .. } | Outcome::Refused { answer, .. } => answer,
            Outcome::Waiting | Outcome::Page { .. } => "",
        }
    }

    fn is_continued(&self) -> bool {
        self.sent().starts_with(CONTINUE)
    }

    /// The answer, without the 100 that may come before it.
    fn answer(&self) -> &str {
        self.sent().strip_prefix(CONTINUE).unwrap_or(self.sent())
    }

    fn status(&self) -> Option<&str> {
        self.answer().strip_prefix("HTTP/1.1 ")?.get(..3)
    }

    /// Names and values of the answer's header fields.
    fn fields(&self) -> impl Iterator<Item = (&str, &str)> {
        let lines = self.answer().split("\r\n").skip(1).take_while(|line| !line.is_empty());
        lines.map(|line| line.split_once(": ").expect("our own header lines are well-formed"))
    }
}

fn is_named(field: (&str, &str), name: &str) -> bool {
    field.0.eq_ignore_ascii_case(name)
}
