//! An upgrade that is answered later agrees on compression like any other, and what it says before is inflated.

use std::sync::mpsc::{Sender, channel};

use pollcat::{Answer, Config, Deflate, Handler, Message, PeerId, Peers, Request, RequestId};
use pollcat_testing::client::{Client, PATIENCE, TEXT, masked, upgrade_request};
use pollcat_testing::running::Running;

use crate::{OFFER, RSV1};

struct Late(Sender<RequestId>);

impl Handler for Late {
    fn on_request(&mut self, peers: &mut Peers, id: PeerId, _: &Request<'_>) -> Answer {
        let _ = self.0.send(peers.request_id(id));
        Answer::later()
    }

    fn on_message(&mut self, peers: &mut Peers, from: PeerId, message: Message<'_>) {
        peers.send(from, message);
    }
}

#[test]
fn what_is_compressed_and_sent_before_the_answer_is_inflated_after_it() {
    let (asks, asked) = channel();
    let server = Running::start(Config::new().deflate(Deflate::new()), Late(asks));
    let mut client = Client::dial(server.address());
    let request = upgrade_request(&format!("Sec-WebSocket-Extensions: {OFFER}\r\n"));
    // "Hello" (RFC 7692 §7.2.3.1).
    let hello = masked(TEXT | RSV1, &[0xF2, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00]);
    client.write(&[request.as_bytes(), &hello].concat());
    let request = asked.recv_timeout(PATIENCE).expect("it is asked");
    server.mailbox.answer_request(request, Answer::accept()).expect("there is room");
    let head = client.head();
    assert!(head.starts_with("HTTP/1.1 101 "), "{head}");
    assert!(head.contains("\r\nSec-WebSocket-Extensions: permessage-deflate"), "{head}");
    assert_eq!(client.text(), "Hello");
}
