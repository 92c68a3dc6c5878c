//! Messages that differ, and whose replies are compressed, so that neither their length nor a number in them tells
//! which one it is. They are counted on every connection, and weighed; what is in them was compared before the run.

use std::io::{self, Write};

use super::{Failure, drive::Traffic, line::Line};
use crate::case::SENDERS;
use crate::frames::Reply;
use crate::latency::Histogram;

pub(super) struct Varied {
    frames: Vec<Vec<u8>>,
    /// Bytes of a message, before it is compressed.
    length: u64,
    lines: Vec<State>,
    /// Messages under way on a line that speaks.
    outstanding: usize,
    /// All hear what the speakers say; otherwise each hears itself.
    speakers: Option<Vec<usize>>,
    sent: u64,
    answered: u64,
    /// Bytes of the answers, with their headers.
    weight: u64,
    stopped: bool,
}

/// One connection.
#[derive(Clone, Default)]
struct State {
    /// The frame that it says next, how many it has to say, and how much of the first has gone.
    next: usize,
    owed: usize,
    gone: usize,
    said: u64,
    heard: u64,
}

impl Varied {
    pub(super) fn echo(connections: usize, frames: Vec<Vec<u8>>, length: usize, outstanding: usize) -> Self {
        // Each begins with another one.
        let count = frames.len();
        let state = |line: usize| State { next: line * 7 % count, ..State::default() };
        Varied {
            frames,
            length: length as u64,
            lines: (0..connections).map(state).collect(),
            outstanding,
            speakers: None,
            sent: 0,
            answered: 0,
            weight: 0,
            stopped: false,
        }
    }

    pub(super) fn broadcast(
        connections: usize,
        frames: Vec<Vec<u8>>,
        length: usize,
        outstanding: usize,
        speakers: Vec<usize>,
    ) -> Self {
        Varied { speakers: Some(speakers), ..Varied::echo(connections, frames, length, outstanding) }
    }

    fn owe(&mut self, line: usize, messages: usize) {
        self.lines[line].owed += messages;
        self.lines[line].said += messages as u64;
        self.sent += messages as u64;
    }

    /// A line that speaks goes on when it has heard itself; of a broadcast, as often as each speaker on average.
    fn may_go_on(&self, line: usize) -> bool {
        match &self.speakers {
            None => true,
            Some(speakers) => {
                self.lines[line].heard.is_multiple_of(SENDERS as u64) && speakers.contains(&line)
            }
        }
    }
}

impl Traffic for Varied {
    fn start(&mut self, _: u64) {
        let speakers = self.speakers.clone().unwrap_or_else(|| (0..self.lines.len()).collect());
        for line in speakers {
            self.owe(line, self.outstanding);
        }
    }

    fn reply(&mut self, line: usize, reply: Reply, _: u64) -> Result<(), Failure> {
        if !reply.deflated {
            return Err(Failure::NotCompressed);
        }
        if reply.length >= self.length {
            return Err(Failure::WrongLength { expected: self.length, got: reply.length });
        }
        self.answered += 1;
        self.weight += reply.length + if reply.length < 126 { 2 } else { 4 };
        self.lines[line].heard += 1;
        if !self.stopped && self.may_go_on(line) {
            self.owe(line, 1);
        }
        Ok(())
    }

    fn send(&mut self, line: usize, socket: &mut Line) -> io::Result<()> {
        let state = &mut self.lines[line];
        while state.owed > 0 {
            let frame = &self.frames[state.next];
            state.gone += socket.write(&frame[state.gone..])?;
            if state.gone == frame.len() {
                state.gone = 0;
                state.owed -= 1;
                state.next = (state.next + 1) % self.frames.len();
            }
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
        match self.speakers {
            Some(_) => self.sent * self.lines.len() as u64,
            None => self.sent,
        }
    }

    fn audit(&self) -> Result<(), Failure> {
        let due = |line: &State| if self.speakers.is_some() { self.sent } else { line.said };
        let wrong: Vec<&State> = self.lines.iter().filter(|line| line.heard != due(line)).collect();
        if wrong.is_empty() {
            return Ok(());
        }
        Err(Failure::Miscounted {
            missing: wrong.iter().map(|line| due(line).saturating_sub(line.heard)).sum(),
            surplus: wrong.iter().map(|line| line.heard.saturating_sub(due(line))).sum(),
            connections: wrong.len(),
        })
    }

    fn latency(&self) -> Option<&Histogram> {
        None
    }

    fn weight(&self) -> Option<f64> {
        Some(self.weight as f64 / self.answered as f64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply(length: u64, deflated: bool) -> Reply {
        Reply { length, deflated, mark: Default::default() }
    }

    #[test]
    fn each_reply_is_due_once_and_is_weighed() {
        let mut echo = Varied::echo(2, vec![vec![0; 50]; 3], 300, 1);
        echo.start(0);
        echo.stop();
        echo.reply(0, reply(100, true), 0).unwrap();
        assert!(echo.audit().is_err());
        echo.reply(1, reply(200, true), 0).unwrap();
        assert!(echo.audit().is_ok());
        assert_eq!((echo.arrived(), echo.expected(), echo.weight()), (2, 2, Some(153.0)));
        echo.reply(1, reply(200, true), 0).unwrap();
        assert!(matches!(echo.audit(), Err(Failure::Miscounted { surplus: 1, .. })));
    }

    #[test]
    fn a_reply_that_is_not_compressed_or_no_shorter_is_an_error() {
        let mut echo = Varied::echo(1, vec![vec![0; 50]], 300, 1);
        assert!(matches!(echo.reply(0, reply(100, false), 0), Err(Failure::NotCompressed)));
        assert!(matches!(echo.reply(0, reply(300, true), 0), Err(Failure::WrongLength { .. })));
    }

    #[test]
    fn what_the_speakers_say_is_due_on_every_line() {
        let mut talk = Varied::broadcast(3, vec![vec![0; 50]], 300, 2, vec![0]);
        talk.start(0);
        assert_eq!(talk.expected(), 6);
        // A speaker says one more for each message of every speaker.
        for _ in 0..SENDERS {
            talk.reply(0, reply(100, true), 0).unwrap();
            talk.reply(1, reply(100, true), 0).unwrap();
        }
        assert_eq!(talk.expected(), 9);
    }
}
