//! The server's own rules hold on a bench: origins, addresses, limits, the protocol.

use pollcat::testing::{Bench, ClientRequest, Frame};
use pollcat::{
    Answer, CloseCode, Config, Departure, Handler, Message, Origins, PeerId, Peers, ProtocolError, Proxies,
    Request,
};

use super::{Register, echo};

#[test]
fn pages_of_other_origins_are_refused() {
    let config = Config::new().origins(Origins::only(["https://example.com"]).unwrap());
    let mut bench = echo(config);
    let from = |origin: &str| ClientRequest::websocket("/").origin(origin);
    assert_eq!(bench.try_open(from("https://evil.example")).unwrap_err().status(), 403);
    bench.open(from("https://example.com"));
    bench.open("/"); // no browser
}

#[cfg(feature = "tls")]
#[test]
fn whoever_came_over_tls_is_not_of_the_same_origin_as_what_did_not() {
    use pollcat::TlsSession;

    let mut bench = echo(Config::new());
    let from = |origin: &str| ClientRequest::websocket("/").origin(origin);
    bench.open(from("http://localhost"));
    let refused = bench.try_open(from("http://localhost").over_tls(TlsSession::new())).unwrap_err();
    assert_eq!(refused.status(), 403);
    bench.open(from("https://localhost").over_tls(TlsSession::new()));
}

#[test]
fn an_address_has_its_share_and_no_more() {
    let mut bench = echo(Config::new().max_connections_per_address(2));
    let office = || ClientRequest::websocket("/").from([192, 0, 2, 7]);
    let first = bench.open(office());
    bench.open(office());
    assert_eq!(bench.try_open(office()).unwrap_err().status(), 429);
    bench.open(office().from([192, 0, 2, 8]));
    bench.leave(first);
    bench.open(office());
}

/// Says who it thinks a client is.
struct Who;

impl Handler for Who {
    fn on_request(&mut self, _: &mut Peers, _: PeerId, request: &Request<'_>) -> Answer {
        Answer::page("text/plain", format!("{:?}", request.client()))
    }
    fn on_message(&mut self, _: &mut Peers, _: PeerId, _: Message<'_>) {}
}

#[test]
fn a_trusted_proxy_is_believed_and_nobody_else() {
    let config = Config::new().trust_proxies(Proxies::only(["10.0.0.1", "unix"]).unwrap());
    let mut bench = Bench::with_config(Who, config);
    let request = ClientRequest::get("/").header("X-Forwarded-For", "203.0.113.9");
    assert_eq!(bench.request(request.clone().from([10, 0, 0, 1])).text(), "Some(203.0.113.9)");
    assert_eq!(bench.request(request.clone().without_address()).text(), "Some(203.0.113.9)");
    assert_eq!(bench.request(request.from([10, 0, 0, 2])).text(), "Some(10.0.0.2)");
}

#[test]
fn a_full_server_says_so_and_then_lets_clients_wait() {
    let mut bench = echo(Config::new().max_connections(3));
    let guests: Vec<PeerId> = (0..3).map(|_| bench.open("/")).collect();
    assert_eq!(bench.try_open("/").unwrap_err().status(), 503);
    bench.leave(guests[0]);
    bench.open("/");
}

#[test]
fn each_fault_has_its_close() {
    let cases: [(&str, Vec<Frame>, CloseCode); 7] = [
        ("no mask", vec![Frame::text("x").unmasked()], CloseCode::PROTOCOL_ERROR),
        ("a reserved bit", vec![Frame::text("x").reserved(4)], CloseCode::PROTOCOL_ERROR),
        ("an unknown opcode", vec![Frame::with_opcode(3, b"")], CloseCode::PROTOCOL_ERROR),
        ("a long Ping", vec![Frame::ping(&[0; 126])], CloseCode::PROTOCOL_ERROR),
        ("the rest of nothing", vec![Frame::continuation(b"x")], CloseCode::PROTOCOL_ERROR),
        ("no UTF-8", vec![Frame::with_opcode(1, b"\xFF")], CloseCode::INVALID_DATA),
        ("too long", vec![Frame::binary(b"").claiming(2 << 20)], CloseCode::TOO_BIG),
    ];
    for (name, frames, code) in cases {
        let mut bench = Bench::new(Register::default());
        let anna = bench.open("/");
        frames.iter().for_each(|frame| bench.send_frame(anna, frame));
        assert_eq!(bench.close_code(anna), Some(code), "{name}");
        assert!(matches!(bench.handler().left[..], [(id, Departure::Failed(_))] if id == anna), "{name}");
        assert!(bench.has_ended(anna) && !bench.was_cut_off(anna), "{name}");
    }
}

#[test]
fn a_frame_may_come_byte_by_byte() {
    let mut bench = echo(Config::new());
    let anna = bench.open("/");
    for byte in Frame::text("slowly").to_bytes([9, 8, 7, 6]) {
        bench.send_bytes(anna, &[byte]);
    }
    assert_eq!(bench.heard(anna), ["slowly"]);
}

#[test]
fn a_message_over_the_limit_is_the_peers_fault() {
    let mut bench = Bench::with_config(Register::default(), Config::new().max_message(5));
    let anna = bench.open("/");
    bench.say(anna, "12345");
    bench.say(anna, "123456");
    assert_eq!(bench.heard(anna), ["12345"]);
    assert_eq!(bench.handler().left, [(anna, Departure::Failed(ProtocolError::MessageTooBig))]);
}
