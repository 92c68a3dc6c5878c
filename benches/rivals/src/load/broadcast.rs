//! Some connections speak, all listen: for each of its own messages that a speaker hears, it says another. Each
//! message carries its number, so that every delivery can be told from every other.

use std::io::{self, Write};

use super::{Failure, drive::Traffic, line::Line};
use crate::frames::{Mark, Reply};
use crate::latency::Histogram;

pub(super) struct Broadcast {
    /// One frame, masked; its number is written into it anew each time.
    frame: Vec<u8>,
    /// Where in it, and under which key.
    mark_at: usize,
    key: Option<[u8; 4]>,
    length: u64,
    speakers: Vec<usize>,
    outstanding: usize,
    listeners: Vec<Listener>,
    sent: Vec<Sent>,
    /// Stays the same in whatever order the numbers come.
    sum: u64,
    delivered: u64,
    latency: Histogram,
    measuring: Option<u64>,
    stopped: bool,
}

#[derive(Clone, Copy)]
struct Sent {
    at: u64,
    by: usize,
}

#[derive(Clone, Default)]
struct Listener {
    heard: u64,
    sum: u64,
    outgoing: Vec<u8>,
    gone: usize,
}

impl Broadcast {
    pub(super) fn new(
        connections: usize,
        frame: Vec<u8>,
        length: usize,
        key: Option<[u8; 4]>,
        speakers: Vec<usize>,
        outstanding: usize,
    ) -> Self {
        Broadcast {
            mark_at: frame.len() - length,
            frame,
            key,
            length: length as u64,
            speakers,
            outstanding,
            listeners: vec![Listener::default(); connections],
            sent: Vec::new(),
            sum: 0,
            delivered: 0,
            latency: Histogram::new(),
            measuring: None,
            stopped: false,
        }
    }

    fn say(&mut self, by: usize, now: u64) {
        let number = self.sent.len() as u32;
        self.sent.push(Sent { at: now, by });
        self.sum = self.sum.wrapping_add(scatter(number));
        let mut mark = spell(number);
        if let Some(key) = self.key {
            mark.iter_mut().zip(key.iter().cycle()).for_each(|(byte, key)| *byte ^= key);
        }
        self.frame[self.mark_at..self.mark_at + mark.len()].copy_from_slice(&mark);
        self.listeners[by].outgoing.extend_from_slice(&self.frame);
    }

    fn is_right(&self, listener: &Listener) -> bool {
        listener.heard == self.sent.len() as u64 && listener.sum == self.sum
    }
}

impl Traffic for Broadcast {
    fn start(&mut self, now: u64) {
        for speaker in self.speakers.clone() {
            (0..self.outstanding).for_each(|_| self.say(speaker, now));
        }
    }

    #[inline]
    fn reply(&mut self, connection: usize, reply: Reply, now: u64) -> Result<(), Failure> {
        if reply.length != self.length {
            return Err(Failure::WrongLength { expected: self.length, got: reply.length });
        }
        let number = read(reply.mark).ok_or(Failure::Unknown)?;
        let sent = *self.sent.get(number as usize).ok_or(Failure::Unknown)?;
        let listener = &mut self.listeners[connection];
        listener.heard += 1;
        listener.sum = listener.sum.wrapping_add(scatter(number));
        self.delivered += 1;
        if self.measuring.is_some_and(|since| sent.at >= since) {
            self.latency.record(now - sent.at);
        }
        if sent.by == connection && !self.stopped {
            self.say(connection, now);
        }
        Ok(())
    }

    fn send(&mut self, connection: usize, line: &mut Line) -> io::Result<()> {
        let listener = &mut self.listeners[connection];
        while listener.gone < listener.outgoing.len() {
            listener.gone += line.write(&listener.outgoing[listener.gone..])?;
        }
        listener.outgoing.clear();
        listener.gone = 0;
        Ok(())
    }

    fn measure_from(&mut self, now: u64) {
        self.measuring = Some(now);
    }

    fn stop(&mut self) {
        self.stopped = true;
        self.measuring = None;
    }

    fn arrived(&self) -> u64 {
        self.delivered
    }

    fn expected(&self) -> u64 {
        (self.sent.len() * self.listeners.len()) as u64
    }

    fn audit(&self) -> Result<(), Failure> {
        let sent = self.sent.len() as u64;
        let wrong: Vec<_> = self.listeners.iter().filter(|listener| !self.is_right(listener)).collect();
        if wrong.is_empty() {
            return Ok(());
        }
        Err(Failure::Miscounted {
            missing: wrong.iter().map(|listener| sent.saturating_sub(listener.heard)).sum(),
            surplus: wrong.iter().map(|listener| listener.heard.saturating_sub(sent)).sum(),
            connections: wrong.len(),
        })
    }

    fn latency(&self) -> Option<&Histogram> {
        Some(&self.latency)
    }
}

/// A number in eight letters, `a` for nought to `p` for fifteen: text, and quickly read.
fn spell(number: u32) -> Mark {
    std::array::from_fn(|place| b'a' + (number >> (28 - 4 * place) & 15) as u8)
}

/// None for what was not spelt by us. All letters at once: each pair of neighbours becomes one digit twice as wide.
#[inline]
fn read(mark: Mark) -> Option<u32> {
    let digits = u64::from_be_bytes(mark).wrapping_sub(0x6161_6161_6161_6161);
    if digits & 0xf0f0_f0f0_f0f0_f0f0 != 0 {
        return None;
    }
    let bytes = (digits | digits >> 4) & 0x00ff_00ff_00ff_00ff;
    let words = (bytes | bytes >> 8) & 0x0000_ffff_0000_ffff;
    Some((words | words >> 16) as u32)
}

/// So that no two sets of numbers have the same sum by accident: one lost and another twice is seen.
#[inline]
fn scatter(number: u32) -> u64 {
    let product = (u64::from(number) + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (product ^ product >> 29).wrapping_mul(0xbf58_476d_1ce4_e5b9)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_read_as_it_was_spelt() {
        for number in (0..70_000).chain([0x1234_5678, 0x89ab_cdef, u32::MAX]) {
            assert_eq!(read(spell(number)), Some(number));
        }
        assert_eq!(&spell(0x0123_cdef), b"abcdmnop");
    }

    #[test]
    fn what_is_not_a_number_is_none() {
        for mark in [b"abcdmnoq", b"`aaaaaaa", b"aaaaaaa\0", b"AAAAAAAA", b"        "] {
            assert_eq!(read(*mark), None);
        }
    }

    /// Two listeners; the first speaks, two messages at a time.
    fn talk() -> Broadcast {
        let mut frame = Vec::new();
        crate::frames::encode(&mut frame, crate::frames::TEXT, &[b'.'; 12], None);
        let mut talk = Broadcast::new(2, frame, 12, None, vec![0], 2);
        talk.start(0);
        talk.stop();
        talk
    }

    fn hears(talk: &mut Broadcast, listener: usize, number: u32) {
        talk.reply(listener, Reply { length: 12, deflated: false, mark: spell(number) }, 0)
            .expect("it was said");
    }

    #[test]
    fn every_delivery_is_counted_on_every_connection() {
        let mut talk = talk();
        for (listener, number) in [(0, 0), (1, 1), (0, 1), (1, 0)] {
            assert!(talk.audit().is_err());
            hears(&mut talk, listener, number);
        }
        assert!(talk.audit().is_ok());
        assert_eq!(talk.arrived(), talk.expected());
    }

    #[test]
    fn one_lost_and_another_twice_is_an_error_too() {
        let mut talk = talk();
        for (listener, number) in [(0, 0), (0, 1), (1, 0), (1, 0)] {
            hears(&mut talk, listener, number);
        }
        assert_eq!(talk.arrived(), talk.expected());
        assert!(matches!(talk.audit(), Err(Failure::Miscounted { connections: 1, .. })));
    }

    #[test]
    fn a_message_that_nobody_sent_is_an_error() {
        let mut talk = talk();
        let stray = talk.reply(1, Reply { length: 12, deflated: false, mark: spell(2) }, 0);
        assert!(matches!(stray, Err(Failure::Unknown)));
        let short = talk.reply(1, Reply { length: 11, deflated: false, mark: spell(1) }, 0);
        assert!(matches!(short, Err(Failure::WrongLength { expected: 12, got: 11 })));
    }
}
