//! # Pings and Pongs, and how long a peer takes
