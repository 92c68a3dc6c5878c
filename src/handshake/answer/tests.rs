//! Answers as they are written.

use std::sync::Arc;

use super::super::{HeadLimits, HeadReader};
use super::*;

fn written(answer: &Answer, method: Method, keep_alive: bool) -> String {
    let mut out = Vec::new();
    let date = "Sun, 06 Nov 1994 08:49:37 GMT";
    answer.write(Framing { method, keep_alive, date }, &mut out);
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
    for (name, value) in [("X-Name", "a\r\nSet-Cookie: b"), ("X Name", "a"), ("", "a"), ("X-Name", "a\0")] {
        let answer = Answer::page("text/plain", "hello").header(name, value);
        assert_eq!(answer.status(), 500, "{name} {value:?}");
        assert!(!written(&answer, Method::Get, false).contains("Set-Cookie"));
    }
}

#[test]
fn a_body_may_be_written_in_many_ways() {
    let bodies: [Body; 5] = [
        "hello".into(),
        String::from("hello").into(),
        b"hello".as_slice().into(),
        b"hello".to_vec().into(),
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
        assert_eq!(Answer::with_status(status, "").status(), expected);
    }
}

#[test]
fn only_accept_accepts() {
    for status in 0..=u16::MAX {
        let refused = Answer::refuse(status, "no");
        assert!(!refused.is_accept() && matches!(refused.status(), 400..=599), "{status}");
        assert!(!Answer::with_status(status, "").is_accept(), "{status}");
    }
    let mut head = *b"GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
        Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    let mut reader = HeadReader::new(HeadLimits { max_bytes: 8 << 10, max_fields: 64 });
    let request = reader.next(&mut &mut head[..]).unwrap().unwrap();
    let upgrade = request.upgrade().unwrap().unwrap();
    let opened = |answer: Answer| {
        let mut out = Vec::new();
        answer.write_upgrade(&request, &upgrade, &mut out);
        String::from_utf8(out).unwrap()
    };
    assert!(opened(Answer::accept()).starts_with("HTTP/1.1 101 "));
    let refused = opened(Answer::refuse(403, "not you"));
    assert!(refused.starts_with("HTTP/1.1 403 Forbidden\r\nContent-Length: "), "{refused}");
    assert!(refused.ends_with("\r\n\r\n403 Forbidden: not you\n"), "{refused}");
    for (answer, status) in [(Answer::accept(), "426 Upgrade Required"), (Answer::later(), "500 Internal")] {
        let page = written(&answer, Method::Get, true);
        assert!(page.starts_with(&format!("HTTP/1.1 {status}")), "{page}");
    }
}

#[test]
fn what_frames_an_answer_is_the_servers_to_say() {
    for name in ["Content-Length", "content-length", "Transfer-Encoding", "CONNECTION", "Date"] {
        let answer = Answer::page("text/plain", "hello").header(name, "9");
        assert_eq!(answer.status(), 500, "{name}");
    }
    let page = Answer::page("text/plain", "hello").header("X", "1").header("content-type", "text/html");
    let page = written(&page, Method::Get, true);
    assert!(page.contains("\r\nX: 1\r\ncontent-type: text/html\r\n\r\n"), "{page}");
    assert!(!page.contains("text/plain"), "{page}");
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
        assert!(!phrase(refusal.status()).is_empty(), "{refusal:?}");
        let answer = written(&Answer::from(refusal), Method::Get, false);
        assert!(answer.contains("Connection: ") && answer.contains(&refusal.to_string()), "{answer}");
        assert_eq!(answer.contains("\r\nUpgrade: websocket"), refusal.status() == 426, "{answer}");
    }
}
