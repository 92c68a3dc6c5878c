//! What goes out is judged, and whoever answers costs little.

mod addresses;
mod answers;
mod places;
mod queues;
mod rebinding;
mod stage;
mod tls;
