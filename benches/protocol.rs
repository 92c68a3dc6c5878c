//! What the protocol costs without any socket: `cargo bench`. Compare two runs on the same machine only.

use divan::counter::BytesCount;
use divan::{Bencher, black_box};
use pollcat::handshake::{Answer, BodyReader, HeadLimits, HeadReader, Origins};
use pollcat::protocol::{Expecting, FrameHeader, Limits, MaskingKey, ReceiveHalf, SendHalf};
use pollcat::{Message, PreparedMessage};

fn main() {
    divan::main();
}

const SIZES: [usize; 4] = [20, 1 << 10, 16 << 10, 1 << 20];

/// As Chrome asks for a WebSocket.
const REQUEST: &[u8] = b"GET /chat?room=tea HTTP/1.1\r\n\
    Host: chat.example.com:9501\r\n\
    Connection: Upgrade\r\n\
    Pragma: no-cache\r\n\
    Cache-Control: no-cache\r\n\
    User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Safari/537.36\r\n\
    Upgrade: websocket\r\n\
    Origin: http://chat.example.com:9501\r\n\
    Sec-WebSocket-Version: 13\r\n\
    Accept-Encoding: gzip, deflate, br, zstd\r\n\
    Accept-Language: en-GB,en;q=0.9,zh-CN;q=0.8\r\n\
    Cookie: session=0123456789abcdef0123456789abcdef\r\n\
    Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
    Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n\r\n";

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
    let mut half = ReceiveHalf::new(Limits::new().max_message(1 << 24));
    bencher.counter(BytesCount::new(frame.len())).bench_local(|| {
        let mut input = &mut frame[..];
        half.next(&mut input).is_ok_and(|event| black_box(event).is_some())
    });
}

/// A browser's request, read, judged, and answered with 101.
#[divan::bench]
fn open(bencher: Bencher<'_, '_>) {
    let (origins, mut request, mut out) = (Origins::same(), REQUEST.to_vec(), Vec::new());
    bencher.bench_local(|| {
        out.clear();
        let mut reader = HeadReader::new(HeadLimits::new());
        let mut input = black_box(&mut request[..]);
        let request = reader.next(&mut input).expect("it is valid").expect("it is complete");
        let upgrade = request.upgrade().expect("it is valid").expect("it asks for a WebSocket");
        origins.check(&request).expect("the page is our own");
        Answer::accept().write_upgrade(&request, &upgrade, &mut out);
        black_box(&out);
    });
}

fn utf8(bencher: Bencher<'_, '_>, text: &str, is_valid: fn(&[u8]) -> bool) {
    bencher.counter(BytesCount::new(text.len())).bench(|| is_valid(black_box(text.as_bytes())));
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

#[divan::bench(args = SIZES)]
fn utf8_ascii_by_std(bencher: Bencher<'_, '_>, size: usize) {
    utf8(bencher, &ascii(size), |bytes| str::from_utf8(bytes).is_ok());
}

#[divan::bench(args = SIZES)]
fn utf8_ascii_by_simdutf8(bencher: Bencher<'_, '_>, size: usize) {
    utf8(bencher, &ascii(size), |bytes| simdutf8::basic::from_utf8(bytes).is_ok());
}

/// Why there is a package for UTF-8: the same check by the standard library, ...
#[divan::bench(args = SIZES)]
fn utf8_chinese_by_std(bencher: Bencher<'_, '_>, size: usize) {
    utf8(bencher, &chinese(size), |bytes| str::from_utf8(bytes).is_ok());
}

/// ... and with vector instructions.
#[divan::bench(args = SIZES)]
fn utf8_chinese_by_simdutf8(bencher: Bencher<'_, '_>, size: usize) {
    utf8(bencher, &chinese(size), |bytes| simdutf8::basic::from_utf8(bytes).is_ok());
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

/// A prepared message to 1,000 queues of an application's own: encoded once, and shared. (The server's own fan-out
/// touches nobody until the turn ends; what it costs then is mostly the writes, which `benches/rivals` measures.)
#[divan::bench(args = SIZES)]
fn fan_out_to_1000(bencher: Bencher<'_, '_>, size: usize) {
    let (text, mut queues) = (ascii(size), Vec::with_capacity(1000));
    bencher.bench_local(|| {
        queues.clear();
        let prepared = PreparedMessage::new(black_box(&text));
        queues.extend(std::iter::repeat_with(|| prepared.clone()).take(1000));
        black_box(&queues);
    });
}

/// A chunked body of about a MiB, in chunks of so many bytes.
#[divan::bench(args = [1, 16, 64 << 10])]
fn chunked(bencher: Bencher<'_, '_>, size: usize) {
    let mut head = b"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n".to_vec();
    let mut heads = HeadReader::new(HeadLimits::new());
    let request = heads.next(&mut &mut head[..]).expect("it is right").expect("it is whole");
    let chunk = [format!("{size:x}\r\n").as_bytes(), &vec![b'x'; size], b"\r\n"].concat();
    let mut body = chunk.repeat((1 << 20) / chunk.len());
    body.extend_from_slice(b"0\r\n\r\n");
    bencher.counter(BytesCount::new(body.len())).bench_local(|| {
        let mut reader = BodyReader::new(&request, 1 << 20).expect("it may be as long");
        let length = reader.next(&mut black_box(&mut body[..])).expect("it is right").map(<[u8]>::len);
        length.expect("it is whole")
    });
}
