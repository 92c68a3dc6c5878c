//! Stands in for `deflate` where the feature is off: nobody can ask for compression.

use super::Request;
use crate::protocol::{Agreement, Inflater};

#[derive(Debug, Clone)]
pub(crate) enum Deflate {}

impl Deflate {
    pub(crate) fn negotiate(&self, _: &Request<'_>) -> Option<Agreement> {
        match *self {}
    }

    pub(crate) fn inflater(&self) -> Inflater {
        match *self {}
    }
}
