//! # Several listeners, who is at the other end, and TLS
