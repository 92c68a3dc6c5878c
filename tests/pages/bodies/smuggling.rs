//! Requests that two servers could read in two ways (`fixtures/handshake/smuggling.http`): against a server alone, and
//! with nginx in front, which has to mean what the server reads (RFC 9112 §11.2).

use std::fs;
use std::io::Read;
use std::sync::{Arc, Mutex};

use pollcat_testing::fixtures::fixtures;
use pollcat_testing::proxies::nginx;
use pollcat_testing::requests::{Case, Expectation, read};
use pollcat_testing::scratch::Scratch;

use super::*;

/// A request as the application sees it.
#[derive(Debug, Clone, PartialEq)]
struct Seen {
    line: String,
    /// What nginx says that it is.
    meant: Option<String>,
    body: Option<Vec<u8>>,
}

#[derive(Clone, Default)]
struct Witness(Arc<Mutex<Vec<Seen>>>);

impl Witness {
    fn note(&self, request: &Request<'_>, body: Option<&[u8]>) {
        let (line, meant) = (line(request), request.header("x-meant").map(str::to_owned));
        self.lock().push(Seen { line, meant, body: body.map(<[u8]>::to_vec) });
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Seen>> {
        self.0.lock().expect("nobody panics here")
    }
}

impl Handler for Witness {
    fn on_request(&mut self, _: &mut Peers, _: PeerId, request: &Request<'_>) -> Answer {
        if matches!(request.method(), Method::Get | Method::Head) {
            self.note(request, None);
            return Answer::page("text/plain", "smuggled");
        }
        Answer::read_body(200)
    }

    fn on_body(&mut self, _: &mut Peers, _: PeerId, request: &Request<'_>, body: &[u8]) -> Answer {
        self.note(request, Some(body));
        Answer::page("application/octet-stream", body.to_vec())
    }

    fn on_message(&mut self, _: &mut Peers, _: PeerId, _: Message<'_>) {}
}

/// Each with paths of its own, as long as the others, so that none can be taken for another.
fn attempts() -> Vec<Case> {
    let files = fixtures("fixtures/handshake", "http");
    let (file, text) = files.iter().find(|(file, _)| file.ends_with("smuggling.http")).expect("it is there");
    let mut cases = read(file, text).expect("it can be read");
    assert!(cases.len() >= 100, "only {} attempts", cases.len());
    for (number, case) in cases.iter_mut().enumerate() {
        case.bytes = own(&case.bytes, number);
        for expected in &mut case.expected {
            if let Expectation::Body(bytes) | Expectation::Rest(bytes) = expected {
                *bytes = own(bytes, number);
            }
        }
    }
    cases
}

fn own(bytes: &[u8], number: usize) -> Vec<u8> {
    let mut own = bytes.to_vec();
    for (name, of_number) in
        [("/notify", format!("/not{number:03}")), ("/smuggled", format!("/smugg{number:03}"))]
    {
        assert_eq!(name.len(), of_number.len());
        while let Some(at) = own.windows(name.len()).position(|part| part == name.as_bytes()) {
            own[at..at + name.len()].copy_from_slice(of_number.as_bytes());
        }
    }
    own
}

impl Seen {
    fn is_of(&self, number: usize) -> bool {
        self.line.ends_with(&format!("{number:03}"))
    }
}

/// The status that must come, and the body that must be read.
fn expectation(case: &Case) -> (u16, Option<&[u8]>) {
    let body = case.expected.iter().find_map(|expected| match expected {
        Expectation::Body(body) => Some(&body[..]),
        _ => None,
    });
    let status = case.expected.iter().find_map(|expected| match expected {
        Expectation::Refused(status, _) => Some(*status),
        _ => None,
    });
    (status.unwrap_or(200), body)
}

#[test]
fn each_attempt_is_read_in_one_way_or_refused() {
    let witness = Witness::default();
    let server = Running::start(Config::new(), witness.clone());
    for (number, case) in attempts().iter().enumerate() {
        let (place, (status, body)) = (&case.place, expectation(case));
        let mut client = Client::dial(server.address());
        client.write(&case.bytes);
        let head = client.head();
        let head = if head.starts_with("HTTP/1.1 100 ") { client.head() } else { head };
        assert!(head.starts_with(&format!("HTTP/1.1 {status} ")), "{place}: {head}");
        let follows = case.expected.iter().any(|expected| matches!(expected, Expectation::Rest(_)));
        let is_last = status != 200 || follows;
        assert_eq!(field(&head, "Connection"), is_last.then_some("close"), "{place}");
        if let Some(body) = body {
            assert_eq!(client.bytes(body.len()), body, "{place}");
        }
        client.end();
        let mut rest = Vec::new();
        client.stream().read_to_end(&mut rest).expect("an end in order");
        assert!(!rest.starts_with(b"HTTP/"), "{place}: one answer, and not {}", rest.escape_ascii());
        let seen: Vec<Seen> = witness.lock().drain(..).collect();
        let expected: Vec<_> = body
            .map(|body| Seen {
                line: format!("POST /not{number:03}"),
                meant: None,
                body: Some(body.to_vec()),
            })
            .into_iter()
            .collect();
        assert_eq!(seen, expected, "{place}: {}", case.title);
    }
}

/// What nginx has passed on is logged: the request, and its body as a string of JSON.
const LOG: &str = "log_format meant escape=json '$upstream_status|$request_method $uri|$request_body';";

fn in_front(address: std::net::SocketAddr, upstream: &str, log: &str) -> String {
    format!(
        "{LOG}\nupstream server {{ server {upstream}; keepalive 4; }}\n\
         client_header_timeout 2s; client_body_timeout 2s; keepalive_timeout 2s; lingering_timeout 1s;\n\
         server {{\nlisten {address};\naccess_log {log} meant;\nerror_log {log}-of-errors;\nlocation / {{\nproxy_pass http://server;\n\
         proxy_http_version 1.1;\nproxy_set_header Connection \"\";\nproxy_set_header Host $host;\n\
         proxy_set_header X-Meant \"$request_method $uri\";\n}}\n}}"
    )
}

#[test]
fn behind_nginx_each_attempt_is_what_nginx_meant() {
    let witness = Witness::default();
    let server = Running::start(Config::new(), witness.clone());
    let scratch = Scratch::new("smuggling");
    let (log, upstream) = (scratch.file("log"), server.address().to_string());
    let Some(nginx) = nginx::start(|address| in_front(address, &upstream, &log.display().to_string())) else {
        return;
    };
    let attempts = attempts();
    // nginx waits for the rest of some of them: side by side that takes no longer than one.
    thread::scope(|scope| {
        for case in &attempts {
            let address = nginx.address;
            scope.spawn(move || {
                let mut client = Client::dial(address);
                client.write(&case.bytes);
                // Whatever it says: until it says no more.
                let _ = client.stream().read_to_end(&mut Vec::new());
            });
        }
    });
    let seen = witness.lock().clone();
    let passed_on = || -> Vec<String> {
        let log = fs::read_to_string(&log).unwrap_or_default();
        log.lines().filter_map(|line| line.strip_prefix("200|")).map(str::to_owned).collect()
    };
    pollcat_testing::running::wait_until("nginx has logged all", || passed_on().len() >= seen.len());
    let mut meant = passed_on();
    for one in &seen {
        // No request is there that nginx did not make one of, and each is the one it meant.
        assert_eq!(one.meant.as_ref(), Some(&one.line), "{one:?}");
        let body = json(one.body.as_deref().unwrap_or_default());
        let place = meant.iter().position(|meant| *meant == format!("{}|{body}", one.line));
        meant.swap_remove(place.unwrap_or_else(|| panic!("{one:?} was not meant: {meant:#?}")));
    }
    assert_eq!(meant, [""; 0], "and nothing that nginx meant is missing");
    // What the server reads by itself, nginx hands on the same.
    for (number, case) in attempts.iter().enumerate() {
        let Some(body) = expectation(case).1 else { continue };
        let is_it = |one: &&Seen| one.is_of(number) && one.line.starts_with("POST");
        if let Some(one) = seen.iter().find(is_it) {
            assert_eq!(one.body.as_deref(), Some(body), "{}: {}", case.place, case.title);
        }
    }
    let read = seen.iter().filter(|one| one.body.is_some()).count();
    assert!(read >= 10, "only {read} came through");
}

/// As nginx writes it.
fn json(body: &[u8]) -> String {
    let escape = |&byte: &u8| match byte {
        b'\r' => "\\r".to_owned(),
        b'\n' => "\\n".to_owned(),
        b'"' => "\\\"".to_owned(),
        byte => char::from(byte).to_string(),
    };
    body.iter().map(escape).collect()
}
