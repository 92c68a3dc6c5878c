//! Says back whatever it is told: `cargo run --release --example echo [ADDRESS]`. `RUST_LOG=debug` shows each
//! connection, the size of each message, and each close. With `POLLCAT_SPIN_US=100` it does not sleep for 100 µs after
//! the last message: for measuring what that brings.

use std::time::Duration;

use pollcat::{Config, Origins, Server, handler_fn};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    env_logger::init();
    let address = std::env::args().nth(1).unwrap_or("127.0.0.1:9001".into());
    let spin = std::env::var("POLLCAT_SPIN_US").ok().map_or(Ok(0), |micros| micros.parse())?;
    let config = Config::new().origins(Origins::any()).spin(Duration::from_micros(spin));
    let server = Server::with_config(address, config)?;
    println!("echo on ws://{0}\n\n  ws = new WebSocket(\"ws://{0}\")", server.local_addr()?);
    println!("  ws.onmessage = (event) => console.log(event.data)\n  ws.send(\"hello world\")\n");

    let mailbox = server.mailbox();
    ctrlc::set_handler(move || mailbox.stop())?;
    server.run(handler_fn(|peers, from, message| {
        peers.send(from, message);
    }))?;
    Ok(())
}
