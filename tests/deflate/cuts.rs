//! Messages that end in the middle of a DEFLATE block fail (1007), whatever the block is and whichever side keeps the
//! window. What a cut leaves is never taken for a message, and never for another one than it is.

use pollcat::protocol::{Agreement, Deflater, Event, Inflater, Limits, ReceiveHalf};
use pollcat::{Message, ProtocolError};

use super::{BINARY, noise};

const LIMITS: Limits = Limits::new();

fn agreement(client_no_context_takeover: bool) -> Agreement {
    Agreement::default().with_client_no_context_takeover(client_no_context_takeover)
}

/// A client's frame with a payload that is compressed: RSV1 is set (RFC 7692 §6).
fn frame(first_byte: u8, payload: &[u8]) -> Vec<u8> {
    assert!(payload.len() < 1 << 16);
    let length = payload.len() as u16;
    [&[first_byte, 0x80 | 126][..], &length.to_be_bytes(), &[0; 4], payload].concat()
}

/// What comes of a payload as a message that is whole, or in two frames.
fn inflate(payload: &[u8], takeover: bool, cut: Option<usize>) -> Result<Vec<u8>, ProtocolError> {
    const RSV1: u8 = 0x40;
    let mut bytes = match cut {
        None if payload.len() < 126 => {
            [&[BINARY | RSV1, 0x80 | payload.len() as u8, 0, 0, 0, 0], payload].concat()
        }
        None => frame(BINARY | RSV1, payload),
        Some(_) => Vec::new(),
    };
    if let Some(cut) = cut {
        for (first_byte, part) in [(RSV1 | 0x02, &payload[..cut]), (0x80, &payload[cut..])] {
            bytes.extend([first_byte, 0x80 | part.len().min(126) as u8]);
            bytes
                .extend((part.len() >= 126).then(|| (part.len() as u16).to_be_bytes()).into_iter().flatten());
            bytes.extend([0; 4]);
            bytes.extend(part);
        }
    }
    let mut receive = ReceiveHalf::with_deflate(LIMITS, &agreement(!takeover));
    let (mut input, mut inflater) = (&mut bytes[..], Inflater::new());
    match receive.next_with(&mut input, &mut inflater)? {
        Some(Event::Message(Message::Binary(bytes))) => Ok(bytes.to_vec()),
        other => panic!("a message, and not {other:?}"),
    }
}

/// What compresses to blocks of all kinds.
fn originals() -> Vec<(&'static str, Vec<u8>)> {
    let prose = "Nobody is given up before everything that has arrived is read, and every message is whole. ";
    let mixed = (0..8).flat_map(|seed| [noise(seed + 1, 12), prose.as_bytes()[..30].to_vec()].concat());
    vec![
        ("one byte", vec![b'a']),
        ("zeros", vec![0; 3_000]),
        ("ones", vec![0xFF; 3_000]),
        ("what the tail looks like", [0, 0, 0xFF, 0xFF].repeat(30)),
        ("a short text", b"Hello".to_vec()),
        ("prose", prose.repeat(2).into_bytes()),
        ("repeats", prose.repeat(40).into_bytes()),
        ("noise", noise(7, 200)),
        ("noise and prose", mixed.collect()),
        ("few letters", noise(3, 400).iter().map(|byte| b'a' + byte % 5).collect()),
        ("numbers", (0..90).map(|n| format!("{}:{} ", n * n, n % 7)).collect::<String>().into_bytes()),
    ]
}

/// Stored blocks of these lengths, and the first byte of the empty one at the end (RFC 1951 §3.2.4).
fn stored(blocks: &[&[u8]]) -> Vec<u8> {
    let block = |bytes: &&[u8]| {
        let length = bytes.len() as u16;
        [&[0][..], &length.to_le_bytes(), &(!length).to_le_bytes(), bytes].concat()
    };
    [blocks.iter().flat_map(block).collect(), vec![0]].concat()
}

#[test]
fn a_message_that_is_cut_within_a_block_fails_wherever_it_is_cut() {
    for (name, original) in originals() {
        for level in [0, 1, 6, 9] {
            let mut deflated = Vec::new();
            Deflater::new(&agreement(true), level).message((&original[..]).into(), &mut deflated);
            let header = if deflated[1] < 126 { 2 } else { 4 };
            let payload = &deflated[header..];
            assert!(deflated[0] & 0x40 != 0, "{name} is compressed");
            for takeover in [false, true] {
                assert_eq!(inflate(payload, takeover, None).as_deref(), Ok(&original[..]), "{name}");
                for length in 1..payload.len() {
                    let came = inflate(&payload[..length], takeover, None);
                    // The first byte of a stored block ends an empty message (RFC 7692 §7.2.3.6).
                    let is_empty = length == 1 && payload[0] == 0;
                    let expected = if is_empty { Ok(vec![]) } else { Err(ProtocolError::InvalidDeflate) };
                    assert_eq!(
                        came,
                        expected,
                        "{name} at level {level}, {length} of {} bytes, takeover: {takeover}",
                        payload.len()
                    );
                }
            }
        }
    }
}

#[test]
fn stored_blocks_end_a_message_where_the_next_one_begins_and_nowhere_else() {
    let blocks: [&[u8]; 5] = [b"Hello", b"", &[0, 0, 0xFF, 0xFF], &[0xFF; 40], b"!"];
    let payload = stored(&blocks);
    for takeover in [false, true] {
        let mut ends = vec![(1, Vec::new())];
        for block in blocks {
            let (end, mut text) = ends.last().cloned().expect("there is one");
            text.extend(block);
            ends.push((end + 5 + block.len(), text));
        }
        for length in 1..=payload.len() {
            let expected = ends.iter().find(|(end, _)| *end == length).map(|(_, text)| text.clone());
            for cut in [None, Some(length / 2), Some(length)] {
                let came = inflate(&payload[..length], takeover, cut);
                assert_eq!(
                    came.ok(),
                    expected,
                    "{length} bytes in frames cut at {cut:?}, takeover: {takeover}"
                );
            }
        }
    }
}

/// A stored block that lacks what the tail has: it must not be filled up with the tail.
#[test]
fn the_tail_is_no_data() {
    for missing in 1..=12u16 {
        for has in 0..3u16 {
            let length = has + missing;
            let [low, high] = length.to_le_bytes();
            let mut payload = vec![0, low, high, !low, !high];
            payload.extend(std::iter::repeat_n(b'x', has.into()));
            for takeover in [false, true] {
                for cut in [None, Some(3)] {
                    let came = inflate(&payload, takeover, cut);
                    assert_eq!(
                        came,
                        Err(ProtocolError::InvalidDeflate),
                        "{has} of {length}, takeover: {takeover}"
                    );
                }
            }
        }
    }
}

/// What is tried behind each message leaves no trace in the window.
#[test]
fn messages_that_share_a_window_follow_each_other() {
    for bits in 9..=15 {
        let agreed =
            agreement(false).with_server_max_window_bits(Some(bits)).with_client_max_window_bits(Some(bits));
        let mut deflater = Deflater::new(&agreed, 6);
        let mut receive = ReceiveHalf::with_deflate(LIMITS, &agreed);
        let mut inflater = Inflater::new();
        for (round, (name, original)) in originals().iter().chain(&originals()).enumerate() {
            let mut ours = Vec::new();
            deflater.message((&original[..]).into(), &mut ours);
            let header = if ours[1] < 126 { 2 } else { 4 };
            ours[1] |= 0x80; // a client masks; its key may be zero
            let mut bytes = [&ours[..header], &[0; 4], &ours[header..]].concat();
            let mut input = &mut bytes[..];
            let event = receive.next_with(&mut input, &mut inflater);
            assert_eq!(event, Ok(Some(Event::Message(Message::Binary(original)))), "{name}, round {round}");
        }
    }
}
