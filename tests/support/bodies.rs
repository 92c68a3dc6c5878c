//! Bodies of requests, read in three ways: whole, cut anyhow, and by a slow decoder that has nothing in common with the
//! server's (RFC 9112 §6, §7.1).

use pollcat::handshake::{BodyReader, HeadLimits, HeadReader};

use crate::dice::Dice;

/// What comes of the bytes behind a head.
#[derive(Debug, PartialEq, Eq)]
pub enum Outcome {
    Waiting,
    Body { body: Vec<u8>, rest: Vec<u8> },
    Refused(u16),
}

/// How the head says how long the body is.
#[derive(Debug, Clone, Copy)]
pub enum Announced {
    Length(usize),
    Chunked,
}

/// Reads the body in these pieces.
pub fn read<'a>(announced: Announced, limit: usize, pieces: impl Iterator<Item = &'a [u8]>) -> Outcome {
    let field = match announced {
        Announced::Length(length) => format!("Content-Length: {length}"),
        Announced::Chunked => "Transfer-Encoding: chunked".into(),
    };
    let mut head = format!("POST / HTTP/1.1\r\nHost: h\r\n{field}\r\n\r\n").into_bytes();
    let mut heads = HeadReader::new(HeadLimits::new());
    let request = heads.next(&mut &mut head[..]).expect("the head is right").expect("the head is whole");
    let mut reader = match BodyReader::new(&request, limit) {
        Ok(reader) => reader,
        Err(refusal) => return Outcome::Refused(refusal.status()),
    };
    // Nothing may be needed, and then nothing need come.
    let mut arrived = 0;
    let mut pieces = std::iter::once(&[][..]).chain(pieces);
    while let Some(piece) = pieces.next() {
        arrived += piece.len();
        let mut bytes = piece.to_vec();
        let mut input = &mut bytes[..];
        match reader.next(&mut input) {
            Ok(None) => assert!(input.is_empty(), "`None` means that all of the input was used"),
            Ok(Some(body)) => {
                assert!(body.len() <= limit && body.len() <= arrived);
                let body = body.to_vec();
                let rest = pieces.fold(input.to_vec(), |rest, piece| [&rest, piece].concat());
                return Outcome::Body { body, rest };
            }
            Err(refusal) => return Outcome::Refused(refusal.status()),
        }
        // Twice what has come, and a line.
        assert!(reader.memory() <= 2 * arrived + 8192, "{} of {arrived}", reader.memory());
    }
    Outcome::Waiting
}

/// The same, from the words of the RFC: it takes everything apart again and again, and copies all of it.
pub fn read_slowly(announced: Announced, limit: usize, bytes: &[u8]) -> Outcome {
    let length = match announced {
        Announced::Chunked => return decode(limit, bytes).unwrap_or_else(|outcome| outcome),
        Announced::Length(length) => length,
    };
    if length > limit {
        return Outcome::Refused(413);
    }
    match bytes.len() >= length {
        true => Outcome::Body { body: bytes[..length].to_vec(), rest: bytes[length..].to_vec() },
        false => Outcome::Waiting,
    }
}

/// As text, in which each byte is one character.
fn decode(limit: usize, bytes: &[u8]) -> Result<Outcome, Outcome> {
    let refused = || Outcome::Refused(400);
    let mut text: String = bytes.iter().map(|&byte| char::from(byte)).collect();
    let mut body = String::new();
    let mut around = 0;
    loop {
        if text.starts_with(|first: char| !first.is_ascii_hexdigit()) {
            return Err(refused());
        }
        let line = take_line(&mut text, 256)?;
        around += line.chars().count() + 2;
        let (size, extensions) = line.split_once(|c: char| !c.is_ascii_hexdigit()).map_or_else(
            || (line.clone(), String::new()),
            |(size, _)| (size.to_owned(), line[size.len()..].to_owned()),
        );
        if size.is_empty() || size.len() > 16 || !are_extensions(&extensions) {
            return Err(refused());
        }
        let size = u128::from_str_radix(&size, 16).map_err(|_| refused())?;
        let so_far = body.chars().count();
        if around > (16 << 10) + 16 * so_far {
            return Err(refused());
        }
        if so_far as u128 + size > limit as u128 {
            return Err(Outcome::Refused(413));
        }
        if size == 0 {
            break;
        }
        let size = size as usize;
        let data: String = text.chars().take(size).collect();
        let end: String = text.chars().skip(size).take(2).collect();
        if !"\r\n".starts_with(&end) {
            return Err(refused());
        }
        if end.len() < 2 {
            return Err(Outcome::Waiting);
        }
        text = text.chars().skip(size + 2).collect();
        body += &data;
        around += 2;
    }
    let mut trailers = 0;
    loop {
        let line = take_line(&mut text, 4096 - trailers)?;
        trailers += line.chars().count() + 2;
        if line.is_empty() {
            break;
        }
        let (name, value) = line.split_once(':').ok_or_else(refused)?;
        let is_too_late = ["content-length", "transfer-encoding", "host"].contains(&&*name.to_lowercase());
        if !is_token(name) || is_too_late || !value.chars().all(is_value) {
            return Err(refused());
        }
    }
    let back = |text: &str| text.chars().map(|c| c as u8).collect();
    Ok(Outcome::Body { body: back(&body), rest: back(&text) })
}

/// A line of at most so many bytes, its end among them.
fn take_line(text: &mut String, most: usize) -> Result<String, Outcome> {
    let start: String = text.chars().take(most).collect();
    let Some((line, _)) = start.split_once('\n') else {
        return Err(if start.chars().count() == most { Outcome::Refused(400) } else { Outcome::Waiting });
    };
    let line = match line.strip_suffix('\r') {
        Some(line) if !line.contains('\r') => line.to_owned(),
        _ => return Err(Outcome::Refused(400)),
    };
    *text = text.chars().skip(line.chars().count() + 2).collect();
    Ok(line)
}

/// Takes an extension away from the front, in every way that its end could be meant, until nothing is left.
fn are_extensions(text: &str) -> bool {
    let blank = |c| c == ' ' || c == '\t';
    let Some(rest) = text.trim_start_matches(blank).strip_prefix(';') else {
        return text.is_empty();
    };
    let rest = rest.trim_start_matches(blank);
    let ends = |text: &str| -> Vec<usize> { text.char_indices().map(|(at, c)| at + c.len_utf8()).collect() };
    ends(rest).into_iter().filter(|&end| is_token(&rest[..end])).any(|end| {
        let after = &rest[end..];
        let value =
            after.trim_start_matches(blank).strip_prefix('=').map(|value| value.trim_start_matches(blank));
        let with_value = value.is_some_and(|value| {
            let is_value = |end: &usize| is_token(&value[..*end]) || is_quoted(&value[..*end]);
            ends(value).into_iter().filter(is_value).any(|end| are_extensions(&value[end..]))
        });
        are_extensions(after) || with_value
    })
}

fn is_token(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c))
}

fn is_value(c: char) -> bool {
    c == '\t' || c >= ' ' && c != '\x7F'
}

fn is_quoted(text: &str) -> bool {
    let Some(mut inside) = text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).map(str::chars)
    else {
        return false;
    };
    text.len() > 1
        && std::iter::from_fn(|| {
            inside.next().map(|c| if c == '\\' { inside.next() } else { Some(c).filter(|&c| c != '"') })
        })
        .all(|c| c.is_some_and(is_value))
}

/// Reads these bytes in every way, and fails if one of them differs.
pub fn compare<'a>(announced: Announced, limit: usize, bytes: &[u8], pieces: impl Iterator<Item = &'a [u8]>) {
    let whole = read(announced, limit, [bytes].into_iter());
    let shown = String::from_utf8_lossy(bytes);
    assert_eq!(read(announced, limit, pieces), whole, "{announced:?} {limit} {shown:?}");
    assert_eq!(read_slowly(announced, limit, bytes), whole, "{announced:?} {limit} {shown:?}");
}

/// A chunked body with trailers, which may then be spoiled, and something behind it.
pub fn any_chunked(dice: &mut Dice) -> Vec<u8> {
    let mut bytes = Vec::new();
    for _ in 0..dice.below(6) {
        let data = vec![dice.choose(b"ax0\r\n;\0\xff"); 1 + dice.choose(&[0, 1, 2, 9, 20, 300])];
        let digits = match dice.below(3) {
            0 => format!("{:x}", data.len()),
            1 => format!("{:X}", data.len()),
            _ => format!("{:0>16x}", data.len()),
        };
        bytes.extend([digits.as_bytes(), any_extension(dice).as_bytes(), b"\r\n", &data, b"\r\n"].concat());
    }
    bytes.extend(["0", any_extension(dice), "\r\n"].concat().into_bytes());
    for _ in 0..dice.below(3) {
        let fields = ["A: b\r\n", "Empty:\r\n", "X-Sum:\t1, 2 \r\n", "Host: h\r\n", "content-length: 1\r\n"];
        let likely = if dice.one_in(4) { fields.len() } else { 3 };
        bytes.extend_from_slice(fields[dice.below(likely)].as_bytes());
    }
    bytes.extend_from_slice(b"\r\nGET / HTTP/1.1\r\n");
    if dice.one_in(3) {
        return bytes;
    }
    for _ in 0..1 + dice.below(2) {
        let place = dice.below(bytes.len());
        match dice.below(4) {
            0 => drop(bytes.remove(place)),
            1 => bytes.insert(place, dice.choose(b"\r\n;=\"\\ \t0a+x\0\x7f")),
            2 => bytes[place] = dice.choose(b"\r\n;=\"\\ \t0fg-\0\xff"),
            _ => bytes.truncate(place + 1),
        }
    }
    bytes
}

fn any_extension(dice: &mut Dice) -> &'static str {
    let known = [
        "",
        ";a",
        ";a=b",
        " ;\ta = \"b;\\\"c\"\t; d",
        ";a=\"\"",
        ";a=\"\x7f\"",
        ";",
        " ",
        ";a ",
        ";a=\"b\"c=d",
    ];
    let likely = if dice.one_in(8) { known.len() } else { 5 };
    known[dice.below(likely)]
}
