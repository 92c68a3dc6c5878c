//! What a connection owns, and where a message lies.

use super::super::assembly::AssemblyKind;
use super::*;

const LIMITS: Limits = Limits { max_message: 1 << 20, max_fragments: 100 };

#[test]
fn a_connection_between_messages_owns_nothing_and_is_small() {
    assert!(size_of::<ReceiveHalf>() <= if cfg!(feature = "deflate") { 48 } else { 32 });
    let mut receive = ReceiveHalf::new(LIMITS);
    // "Hel", a ping, "lo": the message is put together, handed out and forgotten.
    let mut bytes = *b"\x01\x83\0\0\0\0Hel\x89\x80\0\0\0\0\x80\x82\0\0\0\0lo";
    let mut input = &mut bytes[..];
    assert_eq!(receive.next(&mut input), Ok(Some(Event::Ping(b""))));
    assert!(receive.partial.is_some());
    let hello = Event::Message(Message::Text("Hello"));
    assert_eq!(receive.next(&mut input), Ok(Some(hello)));
    assert_eq!(receive.next(&mut input), Ok(None));
    assert!(receive.partial.is_none());
}

#[test]
fn a_whole_frame_is_handed_on_where_it_lies() {
    let mut receive = ReceiveHalf::new(LIMITS);
    let mut bytes = *b"\x82\x83\x01\x01\x01\x01abc";
    let payload = bytes[6..].as_ptr_range();
    let mut input = &mut bytes[..];
    match receive.next(&mut input) {
        Ok(Some(Event::Message(Message::Binary(message)))) => {
            assert_eq!(message.as_ptr_range(), payload);
            assert_eq!(message, b"`cb");
        }
        other => panic!("{other:?}"),
    }
    assert!(receive.partial.is_none());
}

#[test]
fn memory_follows_the_bytes_received_not_the_length_claimed() {
    let mut receive = ReceiveHalf::new(LIMITS);
    let mut bytes = *b"\x82\xFF\0\0\0\0\0\x10\0\0\0\0\0\0abcdef"; // claims 1 MiB
    let mut input = &mut bytes[..];
    assert_eq!(receive.next(&mut input), Ok(None));
    let message = receive.partial.as_ref().and_then(|partial| partial.message.as_ref());
    let Some(AssemblyKind::Binary(kept)) = message.map(|message| &message.kind) else {
        panic!("the message should have been begun");
    };
    assert_eq!(kept, b"abcdef");
    assert!(kept.capacity() < 64);
}

#[test]
fn nothing_is_heard_after_a_close_or_a_fault() {
    for ending in [&b"\x88\x80\0\0\0\0"[..], b"\x80\x80\0\0\0\0"] {
        let mut receive = ReceiveHalf::new(LIMITS);
        let mut bytes = [ending, b"\x81\x81\0\0\0\0a"].concat();
        let mut input = &mut bytes[..];
        assert_ne!(receive.next(&mut input), Ok(None));
        assert_eq!(receive.next(&mut input), Ok(None));
        assert!(input.is_empty());
    }
}
