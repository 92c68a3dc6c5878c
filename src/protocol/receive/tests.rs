//! What a connection owns, and where a message lies.

use super::super::message_buffer::MessageBuffer;
use super::*;

const LIMITS: Limits = Limits::new();

#[test]
fn a_connection_between_messages_owns_nothing_and_is_small() {
    assert!(size_of::<ReceiveHalf>() <= if cfg!(feature = "deflate") { 48 } else { 24 });
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
    let Some(MessageBuffer::Binary(kept)) = message.map(|message| &message.buffer) else {
        panic!("the message should have been begun");
    };
    assert_eq!(kept, b"abcdef");
    assert!(kept.capacity() < 64);
}

/// Memory that a message in the making has, or one that has just been handed out.
fn memory(receive: &ReceiveHalf) -> usize {
    let message = receive.partial.as_ref().and_then(|partial| partial.message.as_ref());
    message.map_or(0, |message| message.buffer.capacity())
}

#[test]
fn spare_memory_is_lent_in_proportion_to_what_has_arrived() {
    for opcode in [0x82, 0x81] {
        let mut receive = ReceiveHalf::new(LIMITS);
        let mut spare = Spare::default();
        for size in [64 << 10, 256 << 10, 1 << 20] {
            spare.give(Vec::with_capacity(size));
        }
        let mut bytes = frame(opcode, &vec![b'a'; 1 << 20]);
        let mut arrived = 0;
        for piece in bytes.chunks_mut(1000) {
            arrived += piece.len();
            let mut input = piece;
            let whole = receive.next_with_shared(&mut input, None, Some(&mut spare)).unwrap().is_some();
            assert!(memory(&receive) <= 2 * arrived, "{} for {arrived}", memory(&receive));
            assert_eq!(whole, arrived == (1 << 20) + 14);
        }
        assert_eq!(memory(&receive), 1 << 20);
    }
}

#[test]
fn a_long_message_leaves_its_memory_to_the_next_one_of_any_kind() {
    let mut spare = Spare::default();
    let mut last = None;
    // Text, binary, text in two frames: of different connections, each in two pieces.
    let whole = |opcode| frame(opcode, &vec![b'a'; 300_000]);
    let fragments = [frame(0x01, &vec![b'a'; 100_001]), frame(0x80, &vec![b'a'; 199_999])].concat();
    for mut bytes in [whole(0x81), whole(0x82), fragments, whole(0x82)] {
        let mut receive = ReceiveHalf::new(LIMITS);
        let (mut head, mut tail) = bytes.split_at_mut(200_000);
        assert_eq!(receive.next_with_shared(&mut head, None, Some(&mut spare)), Ok(None));
        match receive.next_with_shared(&mut tail, None, Some(&mut spare)) {
            Ok(Some(Event::Message(message))) => {
                assert_eq!(message.as_bytes(), vec![b'a'; 300_000]);
                let at = message.as_bytes().as_ptr();
                assert_eq!(*last.get_or_insert(at), at);
            }
            other => panic!("{other:?}"),
        }
        assert!(memory(&receive) >= 300_000);
        receive.forget_delivered(Some(&mut spare));
        assert!(receive.partial.is_none());
    }
}

#[test]
fn long_messages_come_out_the_same_however_they_are_cut() {
    let chinese = "聊天室里的话，一句接一句。".repeat(1800); // 70,200 bytes
    let text = chinese.as_bytes();
    let binary: Vec<u8> = (0..80_003u32).map(|i| (i.wrapping_mul(i) >> 3) as u8).collect();
    let mut bytes = Vec::new();
    let mut near = Vec::new();
    for (opcode, payload) in [
        (0x82, &binary[..]),
        (0x01, &text[..40_001]), // within a character
        (0x89, b"ping"),
        (0x00, b""),
        (0x80, &text[40_001..]),
        (0x81, b"short"),
        (0x02, &binary[..33_333]),
        (0x80, &binary[33_333..]),
        (0x81, text),
        (0x88, b""),
    ] {
        bytes.extend(frame(opcode, payload));
        let start = bytes.len() - payload.len();
        // Around the frame's beginning, the ends of its blocks, and where it becomes long.
        let edges = (0..=payload.len()).step_by(16 << 10).map(|edge| start + edge);
        near.extend(edges.flat_map(|edge| edge - 1..edge + 2));
    }
    let expected = ["B80003", "P4", "T70200", "T5", "B80003", "T70200", "C"];
    let mut spare = Spare::default();
    let play = |sizes: &mut dyn Iterator<Item = usize>, spare: &mut Option<&mut Spare>| {
        let mut receive = ReceiveHalf::new(LIMITS);
        let mut story = Vec::new();
        let mut bytes = bytes.clone();
        let mut rest = &mut bytes[..];
        while !rest.is_empty() {
            let length = sizes.next().unwrap_or(usize::MAX).min(rest.len());
            let (mut input, later) = rest.split_at_mut(length);
            while let Some(event) = receive.next_with_shared(&mut input, None, spare.as_deref_mut()).unwrap()
            {
                story.push(match event {
                    Event::Message(Message::Text("short")) => "T5".to_owned(),
                    Event::Message(Message::Text(text)) if text == chinese => format!("T{}", text.len()),
                    Event::Message(Message::Binary(bytes)) if bytes == binary => format!("B{}", bytes.len()),
                    Event::Ping(payload) => format!("P{}", payload.len()),
                    Event::Close(..) => "C".to_owned(),
                    other => panic!("{other:?}"),
                });
            }
            rest = later;
        }
        assert_eq!(story, expected);
    };
    for size in [999, 16 << 10, (16 << 10) + 1, 65_550, 70_001] {
        play(&mut std::iter::repeat(size), &mut Some(&mut spare));
        play(&mut std::iter::repeat(size), &mut None);
    }
    for cut in near {
        play(&mut [cut].into_iter(), &mut Some(&mut spare));
    }
}

#[test]
fn long_text_fails_at_once_where_it_stops_being_text() {
    let mut payload = "聊".repeat(40_000).into_bytes();
    payload[70_000] = 0xFF;
    let bytes = frame(0x81, &payload);
    for arrived in [60_000, 70_000, 70_014, 70_015, 70_016, 119_000] {
        let mut receive = ReceiveHalf::new(LIMITS);
        let mut bytes = bytes[..arrived].to_vec();
        let mut input = &mut bytes[..];
        let verdict = receive.next_with_shared(&mut input, None, Some(&mut Spare::default()));
        assert_eq!(verdict.is_err(), arrived > 14 + 70_000, "{arrived}");
    }
}

/// A client's frame, with a key whose four bytes differ.
fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
    let key = [0x37, 0xFA, 0x21, 0x3D];
    let mut frame = vec![first];
    match payload.len() {
        length @ 0..=125 => frame.push(0x80 | length as u8),
        length @ 126..=0xFFFF => {
            frame.push(0x80 | 126);
            frame.extend_from_slice(&(length as u16).to_be_bytes());
        }
        length => {
            frame.push(0x80 | 127);
            frame.extend_from_slice(&(length as u64).to_be_bytes());
        }
    }
    frame.extend_from_slice(&key);
    frame.extend(payload.iter().zip(key.iter().cycle()).map(|(byte, key)| byte ^ key));
    frame
}

#[test]
fn nothing_is_received_after_a_close_or_a_fault() {
    for ending in [&b"\x88\x80\0\0\0\0"[..], b"\x80\x80\0\0\0\0"] {
        let mut receive = ReceiveHalf::new(LIMITS);
        let mut bytes = [ending, b"\x81\x81\0\0\0\0a"].concat();
        let mut input = &mut bytes[..];
        assert_ne!(receive.next(&mut input), Ok(None));
        assert_eq!(receive.next(&mut input), Ok(None));
        assert!(input.is_empty());
    }
}
