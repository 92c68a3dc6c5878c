//! Frames against the examples of RFC 6455, and the walk against the slow and obvious way.

use super::*;

#[test]
fn a_masked_frame_is_the_one_of_the_rfc() {
    // §5.7: "A single-frame masked text message".
    let mut frame = Vec::new();
    encode(&mut frame, TEXT, b"Hello", Some([0x37, 0xfa, 0x21, 0x3d]));
    assert_eq!(frame, [0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58]);
}

#[test]
fn lengths_are_as_short_as_they_can_be() {
    // §5.2, §5.7: 256 bytes and 64 KiB of binary data, and both sides of each border.
    let head = |length: usize| {
        let mut frame = Vec::new();
        encode(&mut frame, BINARY, &vec![7; length], None);
        frame.truncate(frame.len() - length);
        frame
    };
    assert_eq!(head(125), [0x82, 125]);
    assert_eq!(head(126), [0x82, 126, 0, 126]);
    assert_eq!(head(256), [0x82, 126, 0x01, 0x00]);
    assert_eq!(head(65535), [0x82, 126, 0xff, 0xff]);
    assert_eq!(head(65536), [0x82, 127, 0, 0, 0, 0, 0, 1, 0, 0]);
}

/// Messages of all header sizes, one in three fragments with a Ping in between, one shorter than its mark, one empty.
fn conversation() -> (Vec<u8>, Vec<Reply>) {
    let mut bytes = Vec::new();
    encode(&mut bytes, TEXT, b"12345678 and more", None);
    encode(&mut bytes, TEXT, b"abc", None);
    encode(&mut bytes, BINARY, b"", None);
    bytes.extend([0x01, 10]);
    bytes.extend(b"fragmented");
    encode(&mut bytes, 9, b"are you there?", None);
    bytes.extend([0x00, 0, 0x80, 2]);
    bytes.extend(b"ly");
    encode(&mut bytes, TEXT, &[b'x'; 300], None);
    encode(&mut bytes, BINARY, &[b'y'; 70_000], None);
    encode(&mut bytes, TEXT, b"the last", None);
    let reply = |length, mark: &[u8; 8]| Reply { length, deflated: false, mark: *mark };
    let replies = vec![
        reply(17, b"12345678"),
        reply(3, b"abc\0\0\0\0\0"),
        reply(0, b"\0\0\0\0\0\0\0\0"),
        reply(12, b"fragment"),
        reply(300, b"xxxxxxxx"),
        reply(70_000, b"yyyyyyyy"),
        reply(8, b"the last"),
    ];
    (bytes, replies)
}

fn step(walk: &mut Walk, bytes: &[u8], replies: &mut Vec<Reply>) -> Result<(), ServerClosed> {
    walk.over(bytes, |reply| {
        replies.push(reply);
        Ok(())
    })
}

fn walk(pieces: &[&[u8]]) -> Vec<Reply> {
    let (mut walk, mut replies) = (Walk::default(), Vec::new());
    for piece in pieces {
        step(&mut walk, piece, &mut replies).expect("nobody closed");
    }
    replies
}

#[test]
fn a_walk_comes_to_the_same_replies_however_the_bytes_are_cut() {
    let (bytes, replies) = conversation();
    assert_eq!(walk(&[&bytes]), replies);
    assert_eq!(walk(&bytes.chunks(1).collect::<Vec<_>>()), replies);
    assert_eq!(walk(&bytes.chunks(3).collect::<Vec<_>>()), replies);
    for cut in (0..400).chain(bytes.len() - 40..bytes.len()) {
        let (front, back) = bytes.split_at(cut);
        assert_eq!(walk(&[front, back]), replies, "cut at {cut}");
    }
}

#[test]
fn what_was_thrown_away_unseen_counts_as_walked_over() {
    let mut bytes = Vec::new();
    encode(&mut bytes, BINARY, &[1; 5000], None);
    encode(&mut bytes, TEXT, b"and then", None);
    let (mut walk, mut replies) = (Walk::default(), Vec::new());
    step(&mut walk, &bytes[..20], &mut replies).unwrap();
    let left = walk.left();
    assert_eq!(left, 4 + 5000 - 20);
    walk.skip(left - 1);
    step(&mut walk, &bytes[20 + left as usize - 1..], &mut replies).unwrap();
    assert_eq!(replies.iter().map(|reply| reply.length).collect::<Vec<_>>(), [5000, 8]);
}

#[test]
fn a_close_is_told() {
    let mut bytes = Vec::new();
    encode(&mut bytes, TEXT, b"bye", None);
    encode(&mut bytes, CLOSE, &1001u16.to_be_bytes(), None);
    let mut replies = Vec::new();
    assert_eq!(step(&mut Walk::default(), &bytes, &mut replies), Err(ServerClosed));
    assert_eq!(replies.len(), 1);
}

#[test]
fn a_message_is_put_together_from_its_fragments() {
    let (bytes, replies) = conversation();
    let mut at = 0;
    for reply in replies {
        let (_, payload, size) = message(&bytes[at..]).expect("it is whole");
        assert_eq!(payload.len() as u64, reply.length);
        assert_eq!(message(&bytes[at..at + size - 1]), None);
        at += size;
    }
    assert_eq!(at, bytes.len());
}
