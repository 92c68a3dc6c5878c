//! A receive half as a transcript wants it: with permessage-deflate, or without.

use pollcat::protocol::ReceiveHalf;
#[cfg(not(feature = "deflate"))]
use pollcat::protocol::{Event, ProtocolError};

#[cfg(not(feature = "deflate"))]
use pollcat_testing::transcript::Case;

/// With the feature, every compressed message is received in two ways, with an inflater for everybody and without: the
/// same must come of it.
pub(crate) struct Receiver {
    half: ReceiveHalf,
    #[cfg(feature = "deflate")]
    shared: Option<shared::Shared>,
}

#[cfg(not(feature = "deflate"))]
impl Receiver {
    pub(crate) fn new(case: &Case) -> Self {
        Receiver { half: ReceiveHalf::new(case.limits) }
    }

    pub(crate) fn next<'a, 'b: 'a>(
        &'a mut self,
        input: &mut &'b mut [u8],
    ) -> Result<Option<Event<'a>>, ProtocolError> {
        self.half.next(input)
    }
}

#[cfg(feature = "deflate")]
mod shared {
    use pollcat::protocol::{Agreement, Event, Inflater, ProtocolError, ReceiveHalf};

    use super::Receiver;
    use pollcat_testing::transcript::Case;

    pub(super) struct Shared {
        half: ReceiveHalf,
        inflater: Inflater,
    }

    impl Receiver {
        pub(crate) fn new(case: &Case) -> Self {
            let Some(parameters) = &case.deflate else {
                return Receiver { half: ReceiveHalf::new(case.limits), shared: None };
            };
            let agreement = read_agreement(parameters);
            let half = || ReceiveHalf::with_deflate(case.limits, &agreement);
            Receiver { half: half(), shared: Some(Shared { half: half(), inflater: Inflater::new() }) }
        }

        pub(crate) fn next<'a, 'b: 'a>(
            &'a mut self,
            input: &mut &'b mut [u8],
        ) -> Result<Option<Event<'a>>, ProtocolError> {
            let Some(Shared { half, inflater }) = &mut self.shared else {
                return self.half.next(input);
            };
            let mut copy = input.to_vec();
            let mut rest = &mut copy[..];
            let shared = half.next_with(&mut rest, inflater);
            let left = rest.len();
            let alone = self.half.next(input);
            assert_eq!((alone, input.len()), (shared, left), "an inflater of its own, and a shared one");
            alone
        }
    }

    /// `server_no_context_takeover client_max_window_bits=10` and so on.
    fn read_agreement(parameters: &str) -> Agreement {
        let mut agreement = Agreement::default();
        for parameter in parameters.split_whitespace() {
            let (name, bits) = parameter.split_once('=').unwrap_or((parameter, ""));
            agreement = match name {
                "server_no_context_takeover" => agreement.with_server_no_context_takeover(true),
                "client_no_context_takeover" => agreement.with_client_no_context_takeover(true),
                "server_max_window_bits" => agreement.with_server_max_window_bits(bits.parse().ok()),
                "client_max_window_bits" => agreement.with_client_max_window_bits(bits.parse().ok()),
                _ => panic!("{name} is no parameter of permessage-deflate"),
            }
        }
        agreement
    }
}
