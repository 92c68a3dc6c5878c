//! Compares what a client has received with what the model says.

use std::collections::{HashMap, HashSet};
use std::fmt::Write;

use pollcat_testing::client::{BINARY, CLOSE, PONG, TEXT};

use crate::listener::Heard;
use crate::model::{Ending, Model, Slow};
use crate::script::{Call, Name, Said, TELLS};

/// Tells the first difference, and the calls around it.
#[track_caller]
pub(crate) fn judge(model: &Model, name: Name, heard: &Heard) {
    if let Err((place, what)) = compare(model, name, heard) {
        panic!("peer {name}, message {place}: {what}\n{}", calls_around(model, name, place));
    }
}

/// The place of the first difference, and what it is.
fn compare(model: &Model, name: Name, heard: &Heard) -> Result<(), (usize, String)> {
    let peer = &model.peers[name];
    let places = places(&peer.expected, heard);
    // The place behind this one, and behind those of messages that were replaced.
    let behind = |place: usize| place + places[place..].iter().take_while(|said| said.is_none()).count();
    let is_torn = peer.leaving == Some(Ending::Torn);
    let mut pongs = peer.pongs.iter();
    // The next message that may come, and the least number of messages that the last Pong has promised.
    let (mut next, mut floor, mut heard_messages) = (0, 0, 0);
    let mut close = None;
    for (first, payload) in &heard.frames {
        let wrong = |what: String| Err((next, what));
        if close.is_some() {
            return wrong(format!("{} after a Close", describe(*first, payload)));
        }
        match *first {
            TEXT | BINARY => {
                let is_it = |said: &Said| {
                    said.is_text() == (*first == TEXT)
                        && said.length == payload.len()
                        && *payload == said.payload()
                };
                let mut rest =
                    (next..).zip(&places[next..]).filter_map(|(place, said)| Some((place, (*said)?)));
                let first_of_rest = rest.clone().next();
                // Only who is slow may miss anything.
                let found = match model.slow {
                    Slow::Skip => rest.find(|(_, said)| is_it(said)),
                    Slow::Wait | Slow::Close => first_of_rest.filter(|(_, said)| is_it(said)),
                };
                let Some((place, _)) = found else {
                    let expected = first_of_rest.map_or("nothing".into(), |(_, said)| said.to_string());
                    return wrong(format!("{expected}, and not {}", describe(*first, payload)));
                };
                next = place + 1;
                heard_messages += 1;
                if next <= floor {
                    return Err((next, "a message said before the Ping, after its Pong".into()));
                }
            }
            PONG => match pongs.next() {
                Some(pong) if *payload != pong.number.to_string().as_bytes() => {
                    return wrong(format!("Pong {}, and not {}", pong.number, describe(*first, payload)));
                }
                Some(pong) if next > pong.latest => {
                    return wrong(format!("Pong {} is late: {} would do", pong.number, pong.latest));
                }
                Some(pong) if model.slow == Slow::Wait && behind(next) < pong.earliest => {
                    return wrong(format!("Pong {} is early, and not after {}", pong.number, pong.earliest));
                }
                Some(pong) => floor = pong.earliest,
                // It was answered, and then its client was closed, and the script behind it was not heard. Where
                // messages are left out, those before it may have been.
                None if next >= peer.mark || model.slow == Slow::Skip => {}
                None => return wrong("a Pong, and no Ping".into()),
            },
            CLOSE => close = Some(payload.first_chunk().map_or(1005, |code| u16::from_be_bytes(*code))),
            _ => return wrong(describe(*first, payload)),
        }
    }
    if is_torn {
        return Ok(());
    }
    let wrong = |what: String| Err((next, what));
    if let Err(error) = &heard.end {
        return wrong(format!("the stream broke: {error}"));
    }
    let ending = close.map_or(Ending::End, Ending::Close);
    if ending != peer.ending {
        return wrong(format!("{:?}, and not {ending:?}", peer.ending));
    }
    let next = behind(next);
    let wrong = |what: String| Err((next, what));
    // Who was too slow has missed the end, and who was closed before it had caught up was not told how much.
    let all = match model.slow {
        Slow::Wait => next == peer.expected.len(),
        Slow::Skip => match heard_messages + peer.missed as usize {
            known if peer.has_caught_up => known == peer.expected.len(),
            known => known <= peer.expected.len(),
        },
        Slow::Close => ending == Ending::Close(1008) || next == peer.expected.len(),
    };
    match all {
        true if pongs.next().is_none() || peer.ending == Ending::Close(1008) => Ok(()),
        true => wrong("a Ping was not answered".into()),
        false => {
            let (all, missed) = (peer.expected.len(), peer.missed);
            wrong(format!("all {all} messages, and not the end after {heard_messages} and {missed} left out"))
        }
    }
}

/// What is heard at the place of each message that was said. Of those with one key a newer one may have taken the place
/// of older ones, which were not heard; its own place is empty then.
fn places(expected: &[Said], heard: &Heard) -> Vec<Option<Said>> {
    let number = |payload: &[u8]| str::from_utf8(payload.get(..TELLS - 1)?).ok()?.parse().ok();
    let heard: HashSet<u32> = heard.frames.iter().filter_map(|(_, payload)| number(payload)).collect();
    let mut places: Vec<Option<Said>> = expected.iter().copied().map(Some).collect();
    // The first place since one was heard, by key.
    let mut waiting: HashMap<u64, usize> = HashMap::new();
    for (own, said) in expected.iter().enumerate() {
        let Some(key) = said.key else { continue };
        let place = *waiting.entry(key).or_insert(own);
        (places[own], places[place]) = (None, Some(*said));
        if heard.contains(&said.number) {
            waiting.remove(&key);
        }
    }
    places
}

fn describe(first: u8, payload: &[u8]) -> String {
    let start = payload[..payload.len().min(20)].escape_ascii();
    format!("{first:02x} with {} bytes: {start}", payload.len())
}

/// A peer's calls around a place, in the order in which they were made. Each line is one handler call.
fn calls_around(model: &Model, name: Name, place: usize) -> String {
    let expected = &model.peers[name].expected;
    let place_of = |place: usize| {
        let said = expected.get(place)?;
        model.log.iter().position(|(_, call)| matches!(call, Call::Say(_, other) if other == said))
    };
    let start = place_of(place.saturating_sub(2)).unwrap_or(0);
    let end = place_of(place + 3).unwrap_or(model.log.len()).min(start + 100);
    let mut text = format!("the calls around it; peer {name} has joined and left topics before:");
    let mut last = None;
    for (turn, call) in &model.log[start.saturating_sub(5)..end] {
        if last.replace(turn) != Some(turn) {
            let _ = write!(text, "\n  {turn}:");
        }
        let _ = write!(text, " {call},");
    }
    text
}
