//! # Going down well
