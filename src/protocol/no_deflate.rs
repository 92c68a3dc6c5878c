//! Stands in for `deflate` where the feature is off. There is no agreement, and of what would follow from one there
//! can be no value: the compiler drops it all.

use super::ProtocolError;
use super::assembly::AssemblyKind;
use crate::Message;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Agreement {}

#[derive(Debug)]
pub(crate) struct Inflater(Agreement);

#[derive(Debug)]
pub(super) enum Inflation {}

#[derive(Debug)]
pub(super) enum Deflated {}

impl std::fmt::Display for Agreement {
    fn fmt(&self, _: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match *self {}
    }
}

impl Inflater {
    pub(super) fn message(&self, _: bool) -> Result<Message<'_>, ProtocolError> {
        match self.0 {}
    }

    pub(crate) fn work(&self) -> u64 {
        match self.0 {}
    }
}

impl Inflation {
    pub(super) fn new(agreement: &Agreement) -> Self {
        match *agreement {}
    }

    pub(super) fn inflate_whole(
        &mut self,
        _: &[u8],
        _: bool,
        _: usize,
        _: &mut Inflater,
    ) -> Result<(), ProtocolError> {
        match *self {}
    }
}

impl Deflated {
    pub(super) fn begin(inflation: &mut Inflation) -> Self {
        match *inflation {}
    }

    pub(super) fn memory(&self) -> usize {
        match *self {}
    }

    pub(super) fn push(
        &mut self,
        _: &[u8],
        _: &mut AssemblyKind,
        _: usize,
        _: Option<&mut Inflater>,
    ) -> Result<(), ProtocolError> {
        match *self {}
    }

    pub(super) fn finish(
        &mut self,
        _: &mut AssemblyKind,
        _: usize,
        _: &mut Inflation,
        _: Option<&mut Inflater>,
    ) -> Result<bool, ProtocolError> {
        match *self {}
    }
}
