//! How long a request's body is (RFC 9112 §6.3).
//!
//! Two servers that disagree about it disagree about where the next request begins: that is how one client's request is
//! smuggled into another's (§11.2). So what could be read in two ways is refused.

use super::Refusal;
use super::fields::Fields;
use super::request_line::Method;
use super::syntax::{is_token, trim};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum BodyLength {
    /// Nothing is said of a body, so there is none.
    None,
    /// Content-Length, in bytes. It may be 0.
    Length(u64),
    /// It ends with a chunk of no bytes.
    Chunked,
}

impl BodyLength {
    /// What these fields say of it.
    pub(super) fn of(fields: &Fields<'_>, method: Method, minor: u8) -> Result<Self, Refusal> {
        let mut lengths = fields.values("content-length");
        let mut codings = fields.values("transfer-encoding");
        let length = match (lengths.next(), codings.next()) {
            (Some(_), Some(_)) => return Err(Refusal::TwoLengths),
            // In HTTP/1.0 it has no meaning, and somebody before us may not have known it (§6.1).
            (None, Some(_)) if minor == 0 || codings.next().is_some() => {
                return Err(Refusal::TransferEncoding);
            }
            (None, Some(coding)) => {
                check_coding(coding)?;
                BodyLength::Chunked
            }
            (Some(_), None) if lengths.next().is_some() => return Err(Refusal::ContentLength),
            (Some(length), None) => BodyLength::Length(parse_length(length).ok_or(Refusal::ContentLength)?),
            (None, None) => BodyLength::None,
        };
        match method {
            Method::Get | Method::Head if length.may_have_bytes() => Err(Refusal::Body),
            _ => Ok(length),
        }
    }

    pub(super) fn may_have_bytes(self) -> bool {
        !matches!(self, BodyLength::None | BodyLength::Length(0))
    }
}

/// Digits, and nothing else: no sign, no list, no white space inside. The library's own `parse` would take a `+`.
fn parse_length(value: &[u8]) -> Option<u64> {
    let is_number = !value.is_empty() && value.iter().all(u8::is_ascii_digit);
    is_number.then(|| str::from_utf8(value).ok()?.parse().ok())?
}

/// `chunked`, in any case. Where other codings come before it the body has an end, but what is in it is unknown; where
/// chunked is not the last, the body has no end that could be found (§6.1, §6.3).
fn check_coding(value: &[u8]) -> Result<(), Refusal> {
    let is_chunked = |coding: &[u8]| coding.eq_ignore_ascii_case(b"chunked");
    let mut codings: Vec<&[u8]> = value.split(|&byte| byte == b',').map(trim).collect();
    let ends = codings.pop().is_some_and(is_chunked);
    match ends && codings.iter().all(|coding| is_token(coding) && !is_chunked(coding)) {
        true if codings.is_empty() => Ok(()),
        true => Err(Refusal::UnknownCoding),
        false => Err(Refusal::TransferEncoding),
    }
}
