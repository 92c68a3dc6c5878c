//! # An answer that has to be fetched first
