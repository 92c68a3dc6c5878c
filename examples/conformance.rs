//! The echo server that the conformance suite talks to: `cargo run --release --example conformance [ADDRESS]`. Only
//! the limits differ from the defaults: the suite sends messages of 16 MiB, and in 65,536 fragments. With
//! `--features deflate` it compresses, in the clients' contexts, as most of the suite's cases are about that;
//! `POLLCAT_CONTEXT_TAKEOVER=0` has each message compressed by itself, as is the default.

use pollcat::{Config, Server, handler_fn};

fn main() -> std::io::Result<()> {
    env_logger::init();
    let address = std::env::args().nth(1).unwrap_or("127.0.0.1:9003".into());
    let config = Config::new().max_message(16 << 20).max_fragments(70_000).max_send_queue(32 << 20);
    #[cfg(feature = "deflate")]
    let config = {
        let takeover = std::env::var_os("POLLCAT_CONTEXT_TAKEOVER").is_none_or(|value| value != "0");
        config.deflate(pollcat::Deflate::new().threshold(0).context_takeover(takeover))
    };
    let server = Server::with_config(address, config)?;
    println!("conformance on ws://{}", server.local_addr()?);
    server.run(handler_fn(|peers, from, message| {
        peers.send(from, message);
    }))
}
