//! Each peer hears exactly what was meant for it, in the order of the calls: scripts of calls, done within one call of
//! a handler or one turn of the loop, against a model that is a list of messages for each peer.

#[path = "order_model/cases.rs"]
mod cases;
#[path = "support/client.rs"]
#[allow(dead_code, reason = "each suite uses a part of it")]
mod client;
#[path = "order_model/heard.rs"]
mod heard;
#[cfg(feature = "deflate")]
#[path = "support/inflate.rs"]
#[allow(dead_code, reason = "each suite uses a part of it")]
mod inflate;
#[path = "order_model/listener.rs"]
mod listener;
#[path = "order_model/model.rs"]
mod model;
#[path = "order_model/player.rs"]
mod player;
#[path = "support/raw.rs"]
#[allow(dead_code, reason = "each suite uses a part of it")]
mod raw;
#[path = "support/running.rs"]
#[allow(dead_code, reason = "each suite uses a part of it")]
mod running;
#[path = "order_model/script.rs"]
mod script;
#[path = "order_model/stage.rs"]
mod stage;

/// What clients offer: each kind of context, a small window, and nothing.
#[cfg(feature = "deflate")]
const OFFERS: &[&str] = &[
    "permessage-deflate",
    "",
    "permessage-deflate; server_no_context_takeover",
    "permessage-deflate; server_max_window_bits=10; server_no_context_takeover",
];
