//! Sends every message back: `cargo run --release --example echo [ADDRESS]`. With `RUST_LOG=debug` in front it logs
//! each connection, the size of each message, and each close.

use pollcat::{Config, Origins, Server, handler_fn};

fn main() -> std::io::Result<()> {
    env_logger::init();
    let address = std::env::args().nth(1).unwrap_or("127.0.0.1:9001".into());
    let server = Server::with_config(address, Config::new().origins(Origins::any()))?;
    println!("echo on ws://{0}\n\n  ws = new WebSocket(\"ws://{0}\")", server.local_addr()?);
    println!("  ws.onmessage = (event) => console.log(event.data)\n  ws.send(\"hello world\")\n");
    server.run(handler_fn(|peers, from, message| {
        peers.send(from, message);
    }))
}
