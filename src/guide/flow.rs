//! # Peers that are too slow or too fast
