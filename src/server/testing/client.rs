//! A simulated client: what it has received, and what it does by itself.

use std::collections::VecDeque;

use super::frame::Frame;
use super::reader::{FrameReader, Said};
use super::request::Asked;
use super::{Heard, Response};
use crate::protocol::CloseCode;

#[derive(Debug)]
pub(super) struct Client {
    /// Received, and not whole yet.
    unread: Vec<u8>,
    stage: Stage,
    /// Requests without an answer.
    asked: VecDeque<Asked>,
    answers: VecDeque<Response>,
    pub(super) received: Received,
    /// Answers Pings and Closes, and ends its side when the server ends its own.
    pub(super) is_answering: bool,
    pub(super) is_reading: bool,
    has_closed: bool,
    /// Frames sent: each has a mask of its own.
    frames: u32,
}

#[derive(Debug)]
enum Stage {
    Requests,
    WebSocket(FrameReader),
}

/// What the test has not taken yet.
#[derive(Debug, Default)]
pub(super) struct Received {
    pub(super) heard: Vec<Heard>,
    pub(super) pings: Vec<Vec<u8>>,
    pub(super) pongs: Vec<Vec<u8>>,
    /// These two stay.
    pub(super) opening: Option<Response>,
    pub(super) closed: Option<(CloseCode, String)>,
}

impl Client {
    pub(super) fn new() -> Self {
        Client {
            unread: Vec::new(),
            stage: Stage::Requests,
            asked: VecDeque::new(),
            answers: VecDeque::new(),
            received: Received::default(),
            is_answering: true,
            is_reading: true,
            has_closed: false,
            frames: 0,
        }
    }

    /// A request is sent.
    pub(super) fn ask(&mut self, asked: Asked) {
        self.asked.push_back(asked);
    }

    /// The next answer.
    pub(super) fn take_answer(&mut self) -> Option<Response> {
        self.answers.pop_front()
    }

    /// The bytes of a frame.
    pub(super) fn frame(&mut self, frame: &Frame) -> Vec<u8> {
        self.frames += 1;
        // Any odd factor gives 2^32 different masks.
        frame.to_bytes(self.frames.wrapping_mul(0x9E37_79B9).to_be_bytes())
    }

    /// Begins or completes the closing handshake.
    pub(super) fn close(&mut self, code: CloseCode, reason: &str) -> Vec<u8> {
        self.has_closed = true;
        self.frame(&Frame::close(code, reason))
    }

    /// Has the stream ended where it may: not within a message or an answer?
    pub(super) fn is_mid_message(&self) -> bool {
        let is_mid_message = matches!(&self.stage, Stage::WebSocket(reader) if reader.is_mid_message());
        is_mid_message || !self.unread.is_empty()
    }

    /// Takes what the server has sent. Returns what the client says to that by itself.
    ///
    /// # Panics
    ///
    /// The server breaks a rule of HTTP or RFC 6455.
    pub(super) fn receive(&mut self, bytes: &[u8]) -> Vec<u8> {
        let mut unread = std::mem::take(&mut self.unread);
        unread.extend_from_slice(bytes);
        let mut input = &unread[..];
        let mut replies = Vec::new();
        while let Some(reply) = self.take_next(&mut input).unwrap_or_else(|fault| {
            panic!("the server breaks the rules, it has sent {fault}: {}", self.unread.escape_ascii())
        }) {
            replies.extend_from_slice(&reply);
        }
        self.unread = input.to_vec();
        replies
    }

    /// The next thing in the input, and what is said to that.
    fn take_next(&mut self, input: &mut &[u8]) -> Result<Option<Vec<u8>>, String> {
        if let Stage::WebSocket(reader) = &mut self.stage {
            let said = reader.next(input)?;
            return Ok(said.map(|said| self.hear(said)));
        }
        let Some(response) = Response::read(input, self.asked.front())? else {
            return Ok(None);
        };
        if response.status() == 101 {
            self.stage = Stage::WebSocket(FrameReader::default());
            self.received.opening = Some(response.clone());
        }
        // A 100 is no answer (RFC 9110 §15.2.1).
        if response.status() != 100 {
            self.asked.pop_front();
            self.answers.push_back(response);
        }
        Ok(Some(Vec::new()))
    }

    fn hear(&mut self, said: Said) -> Vec<u8> {
        match said {
            Said::Message(message) => self.received.heard.push(message),
            Said::Pong(payload) => self.received.pongs.push(payload),
            Said::Ping(payload) => {
                let pong = Frame::pong(&payload);
                self.received.pings.push(payload);
                if self.is_answering && !self.has_closed {
                    return self.frame(&pong);
                }
            }
            Said::Close(code, reason) => {
                self.received.closed = Some((code, reason));
                if self.is_answering && !self.has_closed {
                    return self.close(code, "");
                }
            }
        }
        Vec::new()
    }
}
