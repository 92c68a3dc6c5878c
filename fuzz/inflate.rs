//! A client's compressed frames, whole and in pieces, with a shared inflater and without: the same events, the same
//! fault, and nothing longer than the limit.

#![no_main]

mod input;

use input::{Input, pick};
use libfuzzer_sys::fuzz_target;
use pollcat::protocol::{Agreement, Event, Inflater, Limits, ProtocolError, ReceiveHalf};

const MAX_MESSAGE: [usize; 6] = [1 << 20, 0, 1, 10, 1000, 100_000];

fuzz_target!(|data: &[u8]| {
    let Some(input) = Input::read(data) else { return };
    let [message, parameters] = input.limits;
    let limits = Limits::new().max_message(pick(&MAX_MESSAGE, message));
    let agreement = Agreement::default()
        .with_client_no_context_takeover(parameters & 1 == 0)
        .with_client_max_window_bits(pick(&[None, Some(8), Some(10)], parameters >> 1));
    // One inflater for all of them: nobody finds what somebody else has left in it.
    let mut inflater = Inflater::new();
    let whole = play(limits, &agreement, [input.bytes].into_iter(), Some(&mut inflater));
    let pieces = play(limits, &agreement, input.pieces(), Some(&mut inflater));
    assert_eq!(pieces, whole);
    assert_eq!(play(limits, &agreement, input.pieces(), None), whole);
});

/// What the events were, written down, and the fault.
fn play<'a>(
    limits: Limits,
    agreement: &Agreement,
    pieces: impl Iterator<Item = &'a [u8]>,
    mut inflater: Option<&mut Inflater>,
) -> (Vec<String>, Option<ProtocolError>) {
    let mut receive = ReceiveHalf::with_deflate(limits, agreement);
    let mut seen = Vec::new();
    for piece in pieces {
        let mut bytes = piece.to_vec();
        let mut input = &mut bytes[..];
        loop {
            let event = match &mut inflater {
                Some(inflater) => receive.next_with(&mut input, inflater),
                None => receive.next(&mut input),
            };
            match event {
                Ok(None) => break,
                Ok(Some(event)) => {
                    if let Event::Message(message) = event {
                        assert!(message.len() <= limits.max_message);
                    }
                    seen.push(format!("{event:?}"));
                }
                Err(fault) => return (seen, Some(fault)),
            }
        }
        assert!(input.is_empty(), "`None` means that all of the input was used");
    }
    (seen, None)
}
