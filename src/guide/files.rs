//! # Static files
