//! # One letter of 20 prices instead of 20 letters
