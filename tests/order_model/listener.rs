//! A client: it writes what it is given, and a thread of its own reads what comes, unless it is not to read.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::Arc;
use std::thread::{self, JoinHandle};

use pollcat_testing::client::{BINARY, CLOSE, PATIENCE, TEXT, masked};
use pollcat_testing::raw::reset_when_dropped;

use crate::player::Shared;
use crate::script::Name;

const RSV1: u8 = 0x40;

/// Everything a client has heard.
pub(crate) struct Heard {
    pub(crate) frames: Vec<(u8, Vec<u8>)>,
    /// How the stream ended.
    pub(crate) end: io::Result<()>,
}

pub(crate) struct Listener {
    stream: TcpStream,
    thread: JoinHandle<Heard>,
}

/// What the thread has.
struct Ear {
    name: Name,
    reader: BufReader<TcpStream>,
    shared: Arc<Shared>,
    #[cfg(feature = "deflate")]
    context: Option<pollcat_testing::inflate::Inflated>,
}

impl Listener {
    pub(crate) fn over(stream: TcpStream, name: Name, shared: &Arc<Shared>) -> Self {
        stream.set_nodelay(true).expect("TCP can be told not to wait");
        stream.set_read_timeout(Some(2 * PATIENCE)).expect("reading can be given a limit");
        stream.set_write_timeout(Some(PATIENCE)).expect("writing can be given a limit");
        let ear = Ear {
            name,
            reader: BufReader::new(stream.try_clone().expect("a stream can be shared")),
            shared: Arc::clone(shared),
            #[cfg(feature = "deflate")]
            context: None,
        };
        Listener { stream, thread: thread::spawn(|| ear.listen()) }
    }

    /// In one piece. The server may have closed the connection.
    pub(crate) fn write(&mut self, bytes: &[u8]) {
        let _ = self.stream.write_all(bytes);
    }

    /// No more is said. The server may have closed the connection.
    pub(crate) fn end(&mut self) {
        let _ = self.stream.shutdown(Shutdown::Write);
    }

    /// Waits for the end of the stream.
    pub(crate) fn join(self) -> Heard {
        self.thread.join().expect("a client that listens does not panic")
    }

    /// Resets the connection; returns when that is done.
    pub(crate) fn tear(self) -> Heard {
        reset_when_dropped(&self.stream);
        // The thread hears nothing from now on, and lets go of the stream. It may have done so already.
        let _ = self.stream.shutdown(Shutdown::Read);
        self.thread.join().expect("a client that listens does not panic")
    }
}

impl Ear {
    fn listen(mut self) -> Heard {
        let mut frames = Vec::new();
        let end = self.open().and_then(|()| self.hear_all(&mut frames));
        if end.is_ok() {
            // We have nothing to say either. It may be that we have said so before.
            let _ = self.reader.get_ref().shutdown(Shutdown::Write);
        }
        Heard { frames, end }
    }

    fn open(&mut self) -> io::Result<()> {
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            if self.reader.read_line(&mut head)? == 0 {
                return Err(io::Error::other(format!("the stream ended within a head: {head:?}")));
            }
        }
        assert!(head.starts_with("HTTP/1.1 101 "), "{head}");
        #[cfg(feature = "deflate")]
        if head.contains("permessage-deflate") && !head.contains("server_no_context_takeover") {
            self.context = Some(Default::default());
        }
        Ok(())
    }

    fn hear_all(&mut self, frames: &mut Vec<(u8, Vec<u8>)>) -> io::Result<()> {
        loop {
            self.shared.wait_to_read(self.name);
            if self.reader.fill_buf()?.is_empty() {
                return Ok(());
            }
            let (first, payload) = self.frame()?;
            let (first, payload) =
                if first & RSV1 == 0 { (first, payload) } else { self.inflate(first, payload) };
            match first {
                TEXT | BINARY => self.shared.change(|state| state.model.peers[self.name].heard += 1),
                CLOSE => drop(self.reader.get_mut().write_all(&masked(CLOSE, &1000_u16.to_be_bytes()))),
                _ => {}
            }
            frames.push((first, payload));
        }
    }

    /// §5.2
    fn frame(&mut self) -> io::Result<(u8, Vec<u8>)> {
        let [first, short] = self.bytes()?;
        let length = match short {
            126 => u64::from(u16::from_be_bytes(self.bytes()?)),
            127 => u64::from_be_bytes(self.bytes()?),
            short => u64::from(short),
        };
        // Nobody sends as much: what is read here as a header is none.
        if length >= 1 << 24 {
            return Err(io::Error::other(format!("a frame {first:02x} {short:02x} of {length} bytes")));
        }
        let mut payload = vec![0; length as usize];
        self.reader.read_exact(&mut payload)?;
        Ok((first, payload))
    }

    fn bytes<const N: usize>(&mut self) -> io::Result<[u8; N]> {
        let mut bytes = [0; N];
        self.reader.read_exact(&mut bytes)?;
        Ok(bytes)
    }

    #[cfg(feature = "deflate")]
    fn inflate(&mut self, first: u8, payload: Vec<u8>) -> (u8, Vec<u8>) {
        let mut alone = Default::default();
        let inflated = self.context.as_mut().unwrap_or(&mut alone);
        let before = inflated.bytes.len();
        inflated.add(&payload);
        (first & !RSV1, inflated.bytes[before..].to_vec())
    }

    #[cfg(not(feature = "deflate"))]
    fn inflate(&mut self, first: u8, payload: Vec<u8>) -> (u8, Vec<u8>) {
        (first, payload)
    }
}
