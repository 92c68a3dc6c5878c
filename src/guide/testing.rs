//! # How to test a handler
