//! What the protocol costs without any socket: `cargo bench`. Compare two runs on the same machine only.

use divan::counter::BytesCount;
use divan::{Bencher, black_box};
use pollcat::protocol::{Expecting, FrameHeader, Limits, MaskingKey, ReceiveHalf, SendHalf};
use pollcat::{Message, PreparedMessage};

fn main() {
    divan::main();
}

const SIZES: [usize; 4] = [20, 1 << 10, 16 << 10, 1 << 20];

fn ascii(length: usize) -> String {
    "the quick brown fox ".chars().cycle().take(length).collect()
}

fn chinese(length: usize) -> String {
    "聊天室里的话，一句接一句。".chars().cycle().take(length / 3).collect()
}

/// A client's frame, masked with a key of zeros, so that it can be received over and over.
fn frame(opcode: u8, payload: &[u8]) -> Vec<u8> {
    let mut frame = vec![0x80 | opcode];
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
    frame.extend_from_slice(&[0; 4]);
    frame.extend_from_slice(payload);
    frame
}

fn receive(bencher: Bencher<'_, '_>, mut frame: Vec<u8>) {
    let mut half = ReceiveHalf::new(Limits { max_message: 1 << 24, max_fragments: 100 });
    bencher.counter(BytesCount::new(frame.len())).bench_local(|| {
        let mut input = &mut frame[..];
        half.next(&mut input).is_ok_and(|event| black_box(event).is_some())
    });
}

#[divan::bench]
fn parse_a_header(bencher: Bencher<'_, '_>) {
    let frame = frame(1, ascii(1000).as_bytes());
    bencher.bench(|| FrameHeader::parse(black_box(&frame), Expecting::NewMessage));
}

#[divan::bench(args = SIZES)]
fn unmask(bencher: Bencher<'_, '_>, size: usize) {
    let mut payload = vec![7; size];
    bencher
        .counter(BytesCount::new(size))
        .bench_local(|| MaskingKey::new([1, 2, 3, 4]).apply(black_box(&mut payload)));
}

#[divan::bench(args = SIZES)]
fn receive_binary(bencher: Bencher<'_, '_>, size: usize) {
    receive(bencher, frame(2, &vec![7; size]));
}

#[divan::bench(args = SIZES)]
fn receive_ascii(bencher: Bencher<'_, '_>, size: usize) {
    receive(bencher, frame(1, ascii(size).as_bytes()));
}

#[divan::bench(args = SIZES)]
fn receive_chinese(bencher: Bencher<'_, '_>, size: usize) {
    receive(bencher, frame(1, chinese(size).as_bytes()));
}

/// Why there is a package for UTF-8: the same check by the standard library, ...
#[divan::bench(args = SIZES)]
fn utf8_chinese_by_std(bencher: Bencher<'_, '_>, size: usize) {
    let text = chinese(size);
    bencher.counter(BytesCount::new(text.len())).bench(|| str::from_utf8(black_box(text.as_bytes())).is_ok());
}

/// ... and with vector instructions.
#[divan::bench(args = SIZES)]
fn utf8_chinese_by_simdutf8(bencher: Bencher<'_, '_>, size: usize) {
    let text = chinese(size);
    bencher
        .counter(BytesCount::new(text.len()))
        .bench(|| simdutf8::basic::from_utf8(black_box(text.as_bytes())).is_ok());
}

#[divan::bench(args = SIZES)]
fn encode(bencher: Bencher<'_, '_>, size: usize) {
    let text = ascii(size);
    let mut out = Vec::new();
    bencher.counter(BytesCount::new(size)).bench_local(|| {
        out.clear();
        SendHalf::default().message(black_box(Message::Text(&text)), &mut out);
    });
}

#[divan::bench(args = SIZES)]
fn prepare(bencher: Bencher<'_, '_>, size: usize) {
    let text = ascii(size);
    bencher.counter(BytesCount::new(size)).bench(|| PreparedMessage::new(black_box(&text)));
}
