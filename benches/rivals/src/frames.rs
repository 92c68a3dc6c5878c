//! The client's side of RFC 6455, §5.2: frames made beforehand, and a walk over what comes back that reads headers
//! and never touches a payload beyond its first eight bytes.

pub(crate) const CONTINUATION: u8 = 0;
pub(crate) const TEXT: u8 = 1;
pub(crate) const BINARY: u8 = 2;
pub(crate) const CLOSE: u8 = 8;

/// Beside an opcode: the message is compressed.
pub(crate) const RSV1: u8 = 0x40;

/// Any key will do (§5.3): nobody between the two ends of a loopback connection can be confused.
pub(crate) const MASKING_KEY: [u8; 4] = [0x5a, 0xc3, 0x17, 0x8e];

/// The first bytes of a payload, by which the messages of a broadcast are told apart.
pub(crate) type Mark = [u8; 8];

/// Appends one whole frame; without a key, as a server sends it.
pub(crate) fn encode(out: &mut Vec<u8>, opcode: u8, payload: &[u8], key: Option<[u8; 4]>) {
    let masked = if key.is_some() { 0x80 } else { 0 };
    out.push(0x80 | opcode);
    match payload.len() {
        length @ 0..=125 => out.push(masked | length as u8),
        length @ 126..=0xffff => {
            out.push(masked | 126);
            out.extend((length as u16).to_be_bytes());
        }
        length => {
            out.push(masked | 127);
            out.extend((length as u64).to_be_bytes());
        }
    }
    match key {
        Some(key) => {
            out.extend(key);
            out.extend(payload.iter().zip(key.iter().cycle()).map(|(byte, key)| byte ^ key));
        }
        None => out.extend(payload),
    }
}

/// A frame's header, as a server sends it: never masked (§5.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Header {
    fin: bool,
    /// RSV1 of the first frame: the message is compressed (RFC 7692 §6).
    deflated: bool,
    opcode: u8,
    payload: u64,
    /// How many bytes the header takes.
    size: usize,
}

impl Header {
    /// None until there are enough bytes to tell.
    #[inline]
    fn read(bytes: &[u8]) -> Option<Header> {
        let (&first, rest) = bytes.split_first()?;
        let (&second, rest) = rest.split_first()?;
        let (payload, size) = match second & 0x7f {
            126 => (u64::from(u16::from_be_bytes(*rest.first_chunk()?)), 4),
            127 => (u64::from_be_bytes(*rest.first_chunk()?), 10),
            short => (u64::from(short), 2),
        };
        let (fin, deflated) = (first & 0x80 != 0, first & RSV1 != 0);
        Some(Header { fin, deflated, opcode: first & 0x0f, payload, size })
    }
}

/// A message that has come whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Reply {
    /// Of its payload, as it travelled.
    pub(crate) length: u64,
    pub(crate) deflated: bool,
    pub(crate) mark: Mark,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ServerClosed;

/// Longest header and the mark behind it.
const PREFIX: usize = 10 + size_of::<Mark>();

/// Where the walk over one connection's bytes has got to.
#[derive(Debug, Clone, Default)]
pub(crate) struct Walk {
    /// Bytes of the frame's payload still to come.
    left: u64,
    fin: bool,
    deflated: bool,
    control: bool,
    /// The message so far, over all its fragments.
    length: u64,
    mark: Mark,
    /// The beginning of a frame that was cut before its mark had come.
    cut: [u8; PREFIX],
    cut_length: usize,
}

impl Walk {
    /// Walks over `bytes` and calls `on_reply` for each message that ends in them.
    #[inline]
    pub(crate) fn over<E: From<ServerClosed>>(
        &mut self,
        mut bytes: &[u8],
        mut on_reply: impl FnMut(Reply) -> Result<(), E>,
    ) -> Result<(), E> {
        loop {
            if self.left > 0 {
                let step = self.left.min(bytes.len() as u64);
                bytes = &bytes[step as usize..];
                self.left -= step;
                if self.left > 0 {
                    return Ok(());
                }
                self.end_frame(&mut on_reply)?;
            }
            if bytes.is_empty() {
                return Ok(());
            }
            let begun = if self.cut_length == 0 { self.begin_frame(bytes) } else { self.go_on(bytes) };
            let Some(step) = begun? else { return Ok(()) };
            bytes = &bytes[step..];
            if self.left == 0 {
                self.end_frame(&mut on_reply)?;
            }
        }
    }

    /// How much of the current payload may be thrown away unseen.
    pub(crate) fn left(&self) -> u64 {
        self.left
    }

    /// So much of it was; never all of it, so that [`over`](Self::over) sees the frame end.
    pub(crate) fn skip(&mut self, bytes: u64) {
        assert!(bytes < self.left);
        self.left -= bytes;
    }

    /// Takes a header and the mark from the front of `bytes`, and says how long they are; keeps them when they are cut.
    #[inline]
    fn begin_frame(&mut self, bytes: &[u8]) -> Result<Option<usize>, ServerClosed> {
        let whole = Header::read(bytes)
            .map(|header| (header, header.payload.min(size_of::<Mark>() as u64) as usize))
            .filter(|(header, marked)| bytes.len() >= header.size + marked);
        let Some((header, marked)) = whole else {
            self.cut[..bytes.len()].copy_from_slice(bytes);
            self.cut_length = bytes.len();
            return Ok(None);
        };
        if header.opcode == CLOSE {
            return Err(ServerClosed);
        }
        self.control = header.opcode >= CLOSE;
        self.fin = header.fin;
        if !self.control {
            self.length += header.payload;
            if header.opcode != CONTINUATION {
                self.deflated = header.deflated;
                self.mark = Mark::default();
                self.mark[..marked].copy_from_slice(&bytes[header.size..header.size + marked]);
            }
        }
        self.left = header.payload - marked as u64;
        Ok(Some(header.size + marked))
    }

    /// The same where its first bytes came earlier: says how many of the new bytes it took.
    #[cold]
    fn go_on(&mut self, bytes: &[u8]) -> Result<Option<usize>, ServerClosed> {
        let earlier = std::mem::take(&mut self.cut_length);
        let mut joined = self.cut;
        let more = bytes.len().min(PREFIX - earlier);
        joined[earlier..earlier + more].copy_from_slice(&bytes[..more]);
        Ok(self.begin_frame(&joined[..earlier + more])?.map(|size| size - earlier))
    }

    #[inline]
    fn end_frame<E>(&mut self, on_reply: &mut impl FnMut(Reply) -> Result<(), E>) -> Result<(), E> {
        if self.control || !self.fin {
            return Ok(());
        }
        let (length, deflated) = (std::mem::take(&mut self.length), self.deflated);
        on_reply(Reply { length, deflated, mark: self.mark })
    }
}

/// The first message in `bytes`, put together from its fragments, and how many bytes it took; for the comparison
/// before a run; its opcode has RSV1 beside it. None until it is whole.
pub(crate) fn message(bytes: &[u8]) -> Option<(u8, Vec<u8>, usize)> {
    let (mut at, mut opcode, mut payload) = (0, CONTINUATION, Vec::new());
    loop {
        let header = Header::read(&bytes[at..])?;
        let start = at + header.size;
        at = start.checked_add(usize::try_from(header.payload).ok()?)?;
        let body = bytes.get(start..at)?;
        if header.opcode >= CLOSE {
            continue;
        }
        if header.opcode != CONTINUATION {
            opcode = header.opcode | if header.deflated { RSV1 } else { 0 };
        }
        payload.extend(body);
        if header.fin {
            return Some((opcode, payload, at));
        }
    }
}

#[cfg(test)]
#[path = "frames_tests.rs"]
mod tests;
