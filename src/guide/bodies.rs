//! # Requests with bodies
