//! Answers that cannot be sent: the client gets a 500, and the server's log the reason.

use std::sync::Mutex;

use pollcat::{Answer, Config, Handler, Message, PeerId, Peers, Request};
use pollcat_testing::client::{Client, upgrade_request};
use pollcat_testing::running::Running;

use crate::get;

/// Answers each path with a mistake of its own.
struct Careless;

impl Handler for Careless {
    fn on_request(&mut self, _: &mut Peers, _: PeerId, request: &Request<'_>) -> Answer {
        let page = Answer::page("text/plain", "hello");
        match request.path() {
            "/name" => page.header("X-Na\r\nme", "secret"),
            "/value" => page.header("X-Value", "secret\r\nSet-Cookie: stolen"),
            "/length" => page.header("content-length", "secret"),
            "/type" => Answer::page("text/plain\r\nSet-Cookie: secret", "hello"),
            "/refused" => Answer::refuse(302, "secret"),
            "/status" => Answer::with_status(101, "secret"),
            "/accept" => Answer::accept().header("Sec-WebSocket-Extensions", "secret"),
            _ => page,
        }
    }

    fn on_message(&mut self, _: &mut Peers, _: PeerId, _: Message<'_>) {}
}

/// Keeps the errors of all tests of this program, of which no other makes such mistakes.
struct Errors(Mutex<Vec<String>>);

static ERRORS: Errors = Errors(Mutex::new(Vec::new()));

impl log::Log for Errors {
    fn enabled(&self, metadata: &log::Metadata<'_>) -> bool {
        metadata.level() == log::Level::Error
    }

    fn log(&self, record: &log::Record<'_>) {
        if self.enabled(record.metadata()) {
            self.0.lock().expect("nobody panics while writing").push(record.args().to_string());
        }
    }

    fn flush(&self) {}
}

#[test]
fn an_answer_that_cannot_be_sent_is_a_500_and_the_log_has_the_reason() {
    log::set_logger(&ERRORS).expect("no other test has a logger");
    log::set_max_level(log::LevelFilter::Error);
    let server = Running::start(Config::new(), Careless);
    let open = |path: &str| upgrade_request("").replacen("GET /", &format!("GET {path}"), 1);
    let table = [
        (get("/name"), "not \"X-Na\\r\\nme\""),
        (get("/value"), "the value of the header field \"X-Value\" has a control character"),
        (get("/length"), "the header field \"content-length\" is the server's to set"),
        (get("/type"), "\"Content-Type\""),
        (get("/refused"), "not 302"),
        (get("/status"), "not 101"),
        (open("/refused"), "not 302"),
        (open("/status"), "not 101"),
        (open("/accept"), "\"Sec-WebSocket-Extensions\" is the server's to set"),
    ];
    for (request, reason) in table {
        let mut client = Client::dial(server.address());
        client.write(request.as_bytes());
        let head = client.head();
        assert!(head.starts_with("HTTP/1.1 500 ") && !head.contains("secret"), "{request}{head}");
        assert!(!head.contains("Set-Cookie"), "{head}");
        // What is logged is logged before the answer leaves.
        let errors = std::mem::take(&mut *ERRORS.0.lock().expect("nobody panics while writing"));
        let careless: Vec<_> = errors.iter().filter(|line| line.contains("made a mistake")).collect();
        assert!(careless.len() == 1 && careless[0].contains(reason), "{reason}: {errors:?}");
        assert!(!careless[0].contains("secret") && !careless[0].contains(char::is_control), "{careless:?}");
    }
    let mut client = Client::dial(server.address());
    client.write(get("/").as_bytes());
    assert!(client.head().starts_with("HTTP/1.1 200 "));
    let errors = ERRORS.0.lock().expect("nobody panics while writing");
    assert!(!errors.iter().any(|line| line.contains("made a mistake")), "{errors:?}");
}
