//! What went wrong, in plain words. They are shown to whoever has made the target, perhaps to others: so they have neither its
//! address nor a secret, and nothing that came from outside.

use std::io::ErrorKind;

use ureq::{Error, Timeout};

use super::job::Outcome;
use super::resolver::AllClosed;

/// What has come of a request that has no answer.
pub(super) fn outcome(error: &Error) -> Outcome {
    match error {
        Error::Other(cause) if cause.is::<AllClosed>() => {
            Outcome::Refused("its name leads to an address that is not open to the whole world".into())
        }
        Error::BadUri(_) | Error::Http(_) | Error::RequireHttpsOnly(_) => Outcome::Refused(NO_ADDRESS.into()),
        error => Outcome::Failed(words(error).into()),
    }
}

pub(super) const NO_ADDRESS: &str = "its address cannot be used";

fn words(error: &Error) -> &'static str {
    match error {
        Error::Timeout(Timeout::Resolve) => "its name was not found in time",
        Error::Timeout(Timeout::Connect) => "nobody answered there within 5 seconds",
        Error::Timeout(_) => "it did not answer within 10 seconds",
        Error::HostNotFound => "its name was not found",
        Error::Tls(_) | Error::Rustls(_) | Error::Pem(_) => "it cannot prove by its certificate who it is",
        Error::Protocol(_) | Error::LargeResponseHeader(..) => "what it answered was no HTTP",
        Error::Io(error) => match error.kind() {
            ErrorKind::ConnectionRefused => "it refused the connection",
            ErrorKind::ConnectionReset
            | ErrorKind::ConnectionAborted
            | ErrorKind::BrokenPipe
            | ErrorKind::UnexpectedEof => "it broke the connection off",
            ErrorKind::HostUnreachable | ErrorKind::NetworkUnreachable | ErrorKind::NetworkDown => {
                "there is no way to it from here"
            }
            ErrorKind::TimedOut | ErrorKind::WouldBlock => "it did not answer in time",
            // The certificate was not accepted, or TLS is not what it speaks.
            ErrorKind::InvalidData => "it cannot prove by its certificate who it is",
            _ => "it could not be reached",
        },
        _ => "it could not be reached",
    }
}
