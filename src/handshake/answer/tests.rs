//! Answers as they are written.

use std::sync::Arc;

use super::super::{HeadLimits, HeadReader, Method};
use super::*;

fn written(answer: &Answer, method: Method, keep_alive: bool) -> String {
    let mut out = Vec::new();
    // RFC 9110 §5.6.7: Sun, 06 Nov 1994 08:49:37 GMT.
    answer.write(Framing::new().method(method).keep_alive(keep_alive).date(784_111_777), &mut out);
    String::from_utf8(out).unwrap()
}

#[test]
fn a_page_has_its_length_and_head_leaves_the_body_out() {
    let page = Answer::page("text/plain", "hello").header("ETag", "\"1\"");
    let head = "HTTP/1.1 200 OK\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\nContent-Length: 5\r\n\
                Content-Type: text/plain\r\nETag: \"1\"\r\n\r\n";
    assert_eq!(written(&page, Method::Get, true), format!("{head}hello"));
    assert_eq!(written(&page, Method::Head, true), head);
}

#[test]
fn an_unmodified_page_has_neither_body_nor_length() {
    let answer = written(&Answer::with_status(304, "ignored"), Method::Get, true);
    assert!(answer.ends_with("\r\n\r\n") && !answer.contains("Content-Length"), "{answer}");
}

#[test]
fn a_header_cannot_split_the_answer() {
    let long = "x".repeat(1000) + "\n";
    for (name, value) in
        [("X-Name", "a\r\nSet-Cookie: b"), ("X Name", "a"), ("", "a"), ("X-Name", "a\0"), (&long, "")]
    {
        for answer in [Answer::page("text/plain", "hello"), Answer::refuse(404, "no"), Answer::accept()] {
            let answer = answer.header(name, value).header("X-More", "more").subprotocol(Some("chat"));
            assert_eq!((answer.status(), answer.is_accept()), (Some(500), false), "{name} {value:?}");
            let written = written(&answer, Method::Get, false);
            assert!(!written.contains("Set-Cookie") && !written.contains("X-More"), "{written}");
            // The reason is for a log: it names the field, on one line, and keeps the value to itself.
            let fault = answer.fault().unwrap();
            assert!(fault.contains("header field") && !fault.contains("Set-Cookie"), "{fault}");
            assert!(fault.len() < 150 && !fault.contains(char::is_control), "{fault}");
        }
    }
    assert!(Answer::accept().header("X-Name", "a\n").fault().unwrap().contains("\"X-Name\""));
    assert!(Answer::accept().header("X\nName", "a").fault().unwrap().contains(r#""X\nName""#));
}

#[test]
fn a_body_may_be_written_in_many_ways() {
    let bodies: [Body; 13] = [
        "hello".into(),
        String::from("hello").into(),
        Box::<str>::from("hello").into(),
        Cow::<str>::Borrowed("hello").into(),
        Cow::<str>::Owned("hello".into()).into(),
        Arc::<str>::from("hello").into(),
        b"hello".into(),
        b"hello".as_slice().into(),
        b"hello".to_vec().into(),
        Box::<[u8]>::from(b"hello".as_slice()).into(),
        Cow::<[u8]>::Borrowed(b"hello").into(),
        Cow::<[u8]>::Owned(b"hello".to_vec()).into(),
        Arc::<[u8]>::from(b"hello".as_slice()).into(),
    ];
    for body in bodies {
        let answer = written(&Answer::with_status(200, body), Method::Get, true);
        assert!(answer.ends_with("Content-Length: 5\r\n\r\nhello"), "{answer}");
    }
}

#[test]
fn a_status_that_is_no_answer_becomes_500() {
    for (status, expected) in
        [(100, 500), (101, 500), (102, 500), (199, 500), (200, 200), (599, 599), (600, 500)]
    {
        let answer = Answer::with_status(status, "");
        assert_eq!(answer.status(), Some(expected));
        assert_eq!(answer.fault().is_some(), status != expected, "{status}");
    }
    assert!(Answer::refuse(302, "no").fault().unwrap().contains("302"));
    assert_eq!(Answer::refuse(500, "no").fault(), None);
}

/// Calls `f` with a request for a WebSocket.
fn with_upgrade(f: impl FnOnce(&Request<'_>, &Upgrade)) {
    let mut head = *b"GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
        Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    let mut reader = HeadReader::new(HeadLimits::new());
    let request = reader.next(&mut &mut head[..]).unwrap().unwrap();
    f(&request, &request.upgrade().unwrap().unwrap());
}

#[test]
fn only_accept_opens_a_web_socket() {
    with_upgrade(|request, upgrade| {
        let written = |answer: &Answer| {
            let mut out = Vec::new();
            answer.write_upgrade(request, upgrade, &mut out);
            String::from_utf8(out).unwrap()
        };
        assert!(written(&Answer::accept()).starts_with("HTTP/1.1 101 Switching Protocols\r\n"));
        for status in 0..=u16::MAX {
            for (answer, range) in
                [(Answer::refuse(status, "no"), 400..=599), (Answer::with_status(status, ""), 200..=599)]
            {
                let sent = answer.status().unwrap();
                assert!(!answer.is_accept() && range.contains(&sent), "{status}");
                assert_eq!(sent == status, range.contains(&status), "{status}");
                assert!(written(&answer).starts_with(&format!("HTTP/1.1 {sent} ")), "{status}");
            }
        }
        let refused = written(&Answer::refuse(403, "not you"));
        assert!(refused.starts_with("HTTP/1.1 403 Forbidden\r\nContent-Length: "), "{refused}");
        assert!(refused.ends_with("\r\n\r\n403 Forbidden: not you\n"), "{refused}");
        assert!(written(&Answer::later()).starts_with("HTTP/1.1 500 "));
    });
}

#[test]
fn an_answer_without_a_status_is_written_as_one_that_has() {
    for (answer, status) in [(Answer::accept(), "426 Upgrade Required"), (Answer::later(), "500 Internal")] {
        assert_eq!((answer.status(), answer.body()), (None, &b""[..]));
        let page = written(&answer.header("X", "1"), Method::Get, true);
        assert!(page.starts_with(&format!("HTTP/1.1 {status}")) && !page.contains("X: 1"), "{page}");
        let (head, body) = page.split_once("\r\n\r\n").unwrap();
        assert!(head.contains(&format!("\r\nContent-Length: {}\r\n", body.len())), "{page}");
    }
}

/// A name in lower case, in upper case, and mixed.
fn cases(name: &str) -> [String; 4] {
    let mixed = |odd: usize| -> String {
        name.char_indices()
            .map(|(at, c)| if at % 2 == odd { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() })
            .collect()
    };
    [name.to_ascii_lowercase(), name.to_ascii_uppercase(), mixed(0), mixed(1)]
}

// RFC 9112 §6.3: two lengths, and a proxy in between may find the end of the answer elsewhere.
#[test]
fn no_name_makes_two_of_what_the_server_says() {
    let always = ["Content-Length", "Transfer-Encoding", "Connection", "Date"];
    let opening = ["Upgrade", "Sec-WebSocket-Accept", "Sec-WebSocket-Protocol", "Sec-WebSocket-Extensions"];
    for name in always.iter().flat_map(|name| cases(name)) {
        for answer in [Answer::page("text/plain", "hello"), Answer::refuse(404, "no"), Answer::accept()] {
            let answer = answer.header(&name, "9");
            assert_eq!(answer.status(), Some(500), "{name}");
            assert!(answer.fault().unwrap().contains(&name), "{name}");
            let written = written(&answer, Method::Get, false);
            let is_it = |line: &&str| is_field(line, &name);
            assert!(written.lines().filter(is_it).count() <= 1, "{written}");
        }
    }
    for name in opening.iter().flat_map(|name| cases(name)) {
        let answer = Answer::accept().header(&name, "9");
        assert_eq!((answer.status(), answer.is_accept()), (Some(500), false), "{name}");
    }
    for name in cases("Content-Type") {
        let page = Answer::page("text/plain", "hello").header("X", "1").header(&name, "text/html");
        let page = written(&page, Method::Get, true);
        assert!(page.contains(&format!("\r\nX: 1\r\n{name}: text/html\r\n\r\n")), "{page}");
        assert!(!page.contains("text/plain"), "{page}");
    }
    // A 426 may name what else can be spoken here (RFC 9110 §15.5.22).
    assert_eq!(Answer::refuse(426, "no").header("Upgrade", "h2c").fault(), None);
}

#[test]
fn an_answer_can_be_read_again() {
    let page = Answer::page("text/plain", "hello").header("ETag", "\"1\"").header("X-None", "");
    let fields = [("Content-Type", "text/plain"), ("ETag", "\"1\""), ("X-None", "")];
    assert!(page.headers().eq(fields));
    assert_eq!((page.status(), page.body(), page.fault()), (Some(200), &b"hello"[..], None));
    let accept = Answer::accept().header("Set-Cookie", "a=b: c");
    assert!(accept.is_accept() && accept.headers().eq([("Set-Cookie", "a=b: c")]));
    let later = Answer::later().header("X", "1");
    assert!(later.is_later() && later.headers().next().is_none());
}

#[test]
fn only_an_answer_that_accepts_carries_something_and_so_does_its_clone() {
    fn is_kept_anywhere<T: Clone + Send + Sync + std::fmt::Debug>(_: &T) {}
    let accept = Answer::accept().with(7_u8).with("the last one").header("X", "1");
    is_kept_anywhere(&accept);
    for mut accept in [accept.clone(), accept] {
        let carried = accept.take_carried().expect("it carries the last one");
        assert_eq!(carried.downcast_ref(), Some(&"the last one"));
        assert!(accept.take_carried().is_none(), "it was taken");
    }
    for mut other in [Answer::page("text/plain", ""), Answer::later(), Answer::refuse(401, "no")] {
        assert!(other.clone().with(7_u8).take_carried().is_none() && other.take_carried().is_none());
    }
}

#[test]
fn a_status_has_the_phrase_of_rfc_9110() {
    let table = [
        (200, "OK"),
        (201, "Created"),
        (204, "No Content"),
        (206, "Partial Content"),
        (301, "Moved Permanently"),
        (302, "Found"),
        (303, "See Other"),
        (304, "Not Modified"),
        (307, "Temporary Redirect"),
        (308, "Permanent Redirect"),
        (401, "Unauthorized"),
        (404, "Not Found"),
        (409, "Conflict"),
        (410, "Gone"),
        (413, "Content Too Large"),
        (415, "Unsupported Media Type"),
        (500, "Internal Server Error"),
        (501, "Not Implemented"),
        (599, ""),
    ];
    for (status, phrase) in table {
        let answer = written(&Answer::with_status(status, ""), Method::Get, true);
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} {phrase}\r\n")), "{answer}");
    }
}

#[test]
fn every_refusal_has_a_phrase_and_says_what_to_do() {
    for &refusal in Refusal::ALL {
        let answer = Answer::from(refusal);
        assert_eq!((answer.status(), answer.fault()), (Some(refusal.status()), None));
        assert_eq!(refusal.name(), format!("{refusal:?}"));
        let answer = written(&answer, Method::Get, false);
        let line = answer.lines().next().unwrap();
        assert!(line.len() > "HTTP/1.1 400 ".len(), "a phrase: {line}");
        assert!(answer.contains("Connection: ") && answer.contains(&refusal.to_string()), "{answer}");
        assert_eq!(answer.contains("\r\nUpgrade: websocket"), refusal.status() == 426, "{answer}");
    }
}
