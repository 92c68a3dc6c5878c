//! What inflating costs, and that a bomb costs no more.

use super::super::super::{Event, Limits, ReceiveHalf};
use super::super::Deflater;
use super::*;

/// No context takeover, in both directions.
fn alone() -> Agreement {
    Agreement::default().with_server_no_context_takeover(true).with_client_no_context_takeover(true)
}

/// A client's frame of this many zeros, masked with a key of zeros.
fn zeros(length: usize) -> Vec<u8> {
    let mut frame = Vec::new();
    Deflater::new(&alone(), 9).message((&vec![0; length]).into(), &mut frame);
    let header = if frame[1] == 126 { 4 } else { 2 };
    frame[1] |= 0x80;
    frame.splice(header..header, [0; 4]);
    frame
}

#[test]
fn a_bomb_is_given_up_before_more_than_the_limit_is_allocated() {
    let limits = Limits::new();
    let bomb = zeros(16 << 20);
    assert!(bomb.len() < 17 << 10, "a thousand to one");
    let mut inflater = Inflater::new();
    let mut receive = ReceiveHalf::with_deflate(limits, &alone());
    let fault = receive.next_with(&mut &mut bomb.clone()[..], &mut inflater).err();
    assert_eq!(fault, Some(ProtocolError::MessageTooBig));
    assert!(inflater.buffer.bytes.capacity() <= limits.max_message + 1);
    // The next connection is served, and the memory that was too much is given back.
    let mut receive = ReceiveHalf::with_deflate(limits, &alone());
    let mut bytes = zeros(10);
    let mut input = &mut bytes[..];
    let event = receive.next_with(&mut input, &mut inflater);
    assert_eq!(event, Ok(Some(Event::Message(Message::Binary(&[0; 10])))));
    assert!(inflater.buffer.bytes.capacity() <= KEPT_ROOM);
}

#[test]
fn a_message_that_is_put_together_has_no_more_memory_than_the_limit() {
    for mut message in [Kind::Binary, Kind::Text].map(MessageBuffer::new) {
        let mut inflation = Inflation::new(&Agreement::default());
        let mut deflated = Deflated::begin(&mut inflation);
        let frame = zeros(1 << 20);
        let fault = deflated.push(&frame[8..], &mut message, 100_000, None);
        assert_eq!(fault, Err(ProtocolError::MessageTooBig));
        let capacity = match &message {
            MessageBuffer::Binary(bytes) => bytes.capacity(),
            MessageBuffer::Text(text) => text.capacity(),
        };
        assert!((100_000..=100_000 + CHUNK).contains(&capacity), "{capacity}");
    }
}

#[test]
fn a_message_in_pieces_is_kept_as_it_came_and_an_idle_connection_owns_nothing() {
    assert!(size_of::<ReceiveHalf>() <= 48);
    let mut inflation = Inflation::new(&alone());
    let mut message = MessageBuffer::new(Kind::Binary);
    let mut deflated = Deflated::begin(&mut inflation);
    let frame = zeros(100_000); // 2 bytes of header, and 4 of masking key
    deflated.push(&frame[6..20], &mut message, 1 << 20, None).expect("nothing is looked at yet");
    assert!(deflated.stream.is_none() && message.len() == 0 && deflated.kept.capacity() < 64);
    let mut inflater = Inflater::new();
    deflated.push(&frame[20..], &mut message, 1 << 20, None).expect("nothing is looked at yet");
    assert_eq!(deflated.finish(&mut message, 1 << 20, &mut inflation, Some(&mut inflater)), Ok(true));
    assert_eq!(inflater.buffer.filled, 100_000);
    assert!((100_000..200_000).contains(&inflater.work()), "{}", inflater.work());
    assert!(inflation.stream.is_none());
}

/// The header of a masked binary frame, and its masking key: of zeros.
fn header(first_byte: u8, length: u64) -> Vec<u8> {
    match u16::try_from(length) {
        Ok(length) => [&[first_byte, 0x80 | 126][..], &length.to_be_bytes(), &[0; 4]].concat(),
        Err(_) => [&[first_byte, 0x80 | 127][..], &length.to_be_bytes(), &[0; 4]].concat(),
    }
}

#[test]
fn a_compressed_message_is_not_much_longer_than_it_may_be_when_it_is_inflated() {
    const LIMIT: u64 = 80_000;
    const MOST: u64 = LIMIT + LIMIT / 8 + 1024;
    let limits = Limits::new().max_message(LIMIT as usize);
    // It is known from the headers, before anything is inflated; the fragments count together.
    let whole = |length| header(0xC2, length);
    let fragments =
        |first: u64, second| [header(0x42, first), vec![0; first as usize], header(0x80, second)].concat();
    for (mut bytes, expected) in [
        (whole(MOST), None),
        (whole(MOST + 1), Some(ProtocolError::MessageTooBig)),
        (whole(u64::MAX >> 1), Some(ProtocolError::MessageTooBig)),
        (fragments(1000, MOST - 1000), None),
        (fragments(1000, MOST - 999), Some(ProtocolError::MessageTooBig)),
    ] {
        let mut receive = ReceiveHalf::with_deflate(limits, &alone());
        let fault = receive.next_with(&mut &mut bytes[..], &mut Inflater::new()).err();
        assert_eq!(fault, expected);
        assert!(receive.unfinished() <= 2048, "memory follows what has arrived");
    }
}

/// The work for these frames' payloads, each a message, for each byte that a client sends for it.
fn work_per_byte(payload: &[u8], takeover: bool, window: u8) -> u64 {
    const MESSAGES: usize = 20;
    let agreement = Agreement::default()
        .with_client_no_context_takeover(!takeover)
        .with_client_max_window_bits(Some(window));
    let mut inflation = Inflation::new(&agreement);
    let mut inflater = Inflater::new();
    for _ in 0..MESSAGES {
        inflation.inflate_whole(payload, Kind::Binary, 1 << 20, &mut inflater).expect("it is in order");
    }
    inflater.work() / (MESSAGES * (6 + payload.len())) as u64
}

// Only what came out was counted: messages of one byte, blocks of tables, and window after window were free, and took
// 50 to 200 ms for each 1 MiB that a peer sent.
#[test]
fn input_of_which_nothing_comes_is_work_too() {
    // The header of a block with the fixed codes, their end, and a stored one: empty (RFC 1951 §3.2.3).
    let final_blocks = [[3, 0].repeat(300), vec![0]].concat();
    let table = [
        ("a message of one byte", &[0][..], true, 15, 150),
        ("the same without a window", &[0], false, 15, 150),
        ("final blocks, a window after each", &final_blocks, true, 9, 150),
        ("final blocks, without a window", &final_blocks, false, 15, 150),
    ];
    for (name, payload, takeover, window, least) in table {
        let work = work_per_byte(payload, takeover, window);
        assert!(work >= least, "{name}: {work} for each byte");
    }
}
