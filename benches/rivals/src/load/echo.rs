//! Every connection keeps its messages under way: for each that comes back it sends another.

use std::io::{self, Write};

use super::large::{File, LARGE};
use super::{Failure, drive::Traffic, line::Line};
use crate::frames::Reply;
use crate::latency::Histogram;

pub(super) struct Echo {
    /// The frame, as often as a connection may owe it, so that one write sends them all.
    batch: Vec<u8>,
    file: Option<File>,
    frame: usize,
    length: u64,
    outstanding: usize,
    owed: Vec<Owed>,
    sent: u64,
    answered: u64,
    stopped: bool,
}

/// Frames that a connection has still to send, and how much of the first has gone.
#[derive(Clone, Default)]
struct Owed {
    frames: usize,
    gone: usize,
}

impl Echo {
    pub(super) fn new(
        connections: usize,
        frame: &[u8],
        length: usize,
        outstanding: usize,
    ) -> Result<Self, Failure> {
        let batch = frame.repeat(outstanding);
        let file = if frame.len() >= LARGE { Some(File::new(&batch)?) } else { None };
        Ok(Echo {
            batch,
            file,
            frame: frame.len(),
            length: length as u64,
            outstanding,
            owed: vec![Owed::default(); connections],
            sent: 0,
            answered: 0,
            stopped: false,
        })
    }

    fn owe(&mut self, connection: usize, frames: usize) {
        self.owed[connection].frames += frames;
        self.sent += frames as u64;
    }
}

impl Traffic for Echo {
    fn start(&mut self, _: u64) {
        for connection in 0..self.owed.len() {
            self.owe(connection, self.outstanding);
        }
    }

    fn reply(&mut self, connection: usize, reply: Reply, _: u64) -> Result<(), Failure> {
        if reply.length != self.length {
            return Err(Failure::WrongLength { expected: self.length, got: reply.length });
        }
        self.answered += 1;
        if !self.stopped {
            self.owe(connection, 1);
        }
        Ok(())
    }

    fn send(&mut self, connection: usize, line: &mut Line) -> io::Result<()> {
        let owed = &mut self.owed[connection];
        while owed.frames > 0 {
            let end = owed.frames * self.frame;
            let taken = match &self.file {
                Some(file) => file.send(line.socket(), owed.gone, end - owed.gone)?,
                None => line.write(&self.batch[owed.gone..end])?,
            };
            owed.gone += taken;
            owed.frames -= owed.gone / self.frame;
            owed.gone %= self.frame;
        }
        Ok(())
    }

    fn stop(&mut self) {
        self.stopped = true;
    }

    fn arrived(&self) -> u64 {
        self.answered
    }

    fn expected(&self) -> u64 {
        self.sent
    }

    fn audit(&self) -> Result<(), Failure> {
        let missing = self.sent.saturating_sub(self.answered);
        let surplus = self.answered.saturating_sub(self.sent);
        if missing + surplus == 0 {
            return Ok(());
        }
        Err(Failure::Miscounted { missing, surplus, connections: self.owed.len() })
    }

    fn latency(&self) -> Option<&Histogram> {
        None
    }
}
