//! DEFLATE itself (RFC 1951), and all that the feature `deflate` decides.
//!
//! A [`Codec`] is the proof that there is one. Where the feature is off it has no value, nor has anything that is made
//! with it: what is written for compressed messages is compiled all the same, and the compiler drops it.

use std::fmt;

use super::super::ProtocolError;

#[cfg(not(feature = "deflate"))]
use absent as codec;
#[cfg(feature = "deflate")]
use zlib as codec;

pub(crate) use codec::{Codec, WithCodec};
pub(super) use codec::{Compressor, Decompressor};

/// The end of a flush: left out when sending, added when receiving (RFC 7692 §7.2.1, §7.2.2).
pub(super) const TAIL: [u8; 4] = [0x00, 0x00, 0xFF, 0xFF];

/// How many bytes were read, how many written, and whether the DEFLATE stream has ended with them.
pub(super) type Step = (usize, usize, Result<bool, ProtocolError>);

impl<T: fmt::Debug> fmt::Debug for WithCodec<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

/// zlib-rs: safe to call, no C, and any window.
#[cfg(feature = "deflate")]
mod zlib {
    use std::ops::{Deref, DerefMut};

    use zlib_rs::{Deflate, DeflateConfig, DeflateFlush, Inflate, InflateFlush, Status};

    use super::{ProtocolError, Step};

    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub(crate) struct Codec(());

    /// A value of which there is none without a codec. Then an `Option` of it takes no memory.
    #[derive(Clone, Copy, PartialEq, Eq)]
    pub(crate) struct WithCodec<T>(T);

    pub(in super::super) struct Compressor(Deflate);

    pub(in super::super) struct Decompressor(Inflate);

    impl Codec {
        pub(crate) fn new() -> Codec {
            Codec(())
        }

        pub(crate) fn get() -> Option<Codec> {
            Some(Codec::new())
        }

        pub(in super::super) fn compressor(self, level: u8, window_bits: u8, memory_level: u8) -> Compressor {
            let config = DeflateConfig {
                level: level.into(),
                window_bits: -i32::from(window_bits), // negative: no zlib header
                mem_level: memory_level.into(),
                ..DeflateConfig::default()
            };
            Compressor(Deflate::new_with_config(config))
        }

        pub(in super::super) fn decompressor(self, window_bits: u8) -> Decompressor {
            Decompressor(Inflate::new(false, window_bits))
        }
    }

    impl<T> WithCodec<T> {
        pub(crate) fn new(_: Codec, value: T) -> Self {
            WithCodec(value)
        }

        pub(crate) fn codec(&self) -> Codec {
            Codec::new()
        }
    }

    impl<T> Deref for WithCodec<T> {
        type Target = T;

        #[inline]
        fn deref(&self) -> &T {
            &self.0
        }
    }

    impl<T> DerefMut for WithCodec<T> {
        #[inline]
        fn deref_mut(&mut self) -> &mut T {
            &mut self.0
        }
    }

    impl Compressor {
        /// Begins with an empty window.
        pub(in super::super) fn reset(&mut self) {
            self.0.reset();
        }

        /// Compresses what there is room for, and flushes (RFC 7692 §7.2.1): how many bytes it has read and written.
        pub(in super::super) fn compress(&mut self, input: &[u8], room: &mut [u8]) -> (usize, usize) {
            let (read, written) = (self.0.total_in(), self.0.total_out());
            // It fails only in a state that cannot be reached from here; then nothing more comes out of it.
            let _ = self.0.compress(input, room, DeflateFlush::SyncFlush);
            ((self.0.total_in() - read) as usize, (self.0.total_out() - written) as usize)
        }
    }

    impl Decompressor {
        /// Begins with an empty window, which has the largest size.
        pub(in super::super) fn reset(&mut self) {
            self.0.reset(false);
        }

        /// Inflates what there is room for, and no further than to the end of the stream.
        pub(in super::super) fn inflate(&mut self, input: &[u8], room: &mut [u8]) -> Step {
            self.step(input, room, InflateFlush::NoFlush)
        }

        /// The same, and no further than to the end of a block.
        pub(in super::super) fn inflate_block(&mut self, input: &[u8], room: &mut [u8]) -> Step {
            self.step(input, room, InflateFlush::Block)
        }

        fn step(&mut self, input: &[u8], room: &mut [u8], until: InflateFlush) -> Step {
            let (read, written) = (self.0.total_in(), self.0.total_out());
            let status = self.0.decompress(input, room, until);
            let (read, written) = (self.0.total_in() - read, self.0.total_out() - written);
            let ended = status.map(|status| status == Status::StreamEnd);
            (read as usize, written as usize, ended.map_err(|_| ProtocolError::InvalidDeflate))
        }
    }
}

/// The same names, and no value of any of them.
#[cfg(not(feature = "deflate"))]
mod absent {
    use std::convert::Infallible;
    use std::marker::PhantomData;
    use std::ops::{Deref, DerefMut};

    use super::Step;

    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub(crate) struct Codec(Infallible);

    #[derive(Clone, Copy, PartialEq, Eq)]
    pub(crate) struct WithCodec<T>(Codec, PhantomData<T>);

    pub(in super::super) struct Absent(Codec);
    pub(in super::super) type Compressor = Absent;
    pub(in super::super) type Decompressor = Absent;

    impl Codec {
        pub(crate) fn get() -> Option<Codec> {
            None
        }

        pub(in super::super) fn compressor(self, _: u8, _: u8, _: u8) -> Compressor {
            match self.0 {}
        }

        pub(in super::super) fn decompressor(self, _: u8) -> Decompressor {
            match self.0 {}
        }
    }

    impl<T> WithCodec<T> {
        pub(crate) fn new(codec: Codec, _: T) -> Self {
            match codec.0 {}
        }

        pub(crate) fn codec(&self) -> Codec {
            self.0
        }
    }

    impl<T> Deref for WithCodec<T> {
        type Target = T;

        fn deref(&self) -> &T {
            match self.0.0 {}
        }
    }

    impl<T> DerefMut for WithCodec<T> {
        fn deref_mut(&mut self) -> &mut T {
            match self.0.0 {}
        }
    }

    impl Absent {
        pub(in super::super) fn reset(&mut self) {
            match self.0.0 {}
        }

        pub(in super::super) fn compress(&mut self, _: &[u8], _: &mut [u8]) -> (usize, usize) {
            match self.0.0 {}
        }

        pub(in super::super) fn inflate(&mut self, _: &[u8], _: &mut [u8]) -> Step {
            match self.0.0 {}
        }

        pub(in super::super) fn inflate_block(&mut self, _: &[u8], _: &mut [u8]) -> Step {
            match self.0.0 {}
        }
    }
}
