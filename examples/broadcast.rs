//! Everybody receives what anybody sends: `cargo run --release --example broadcast [ADDRESS]`. With `RUST_LOG=debug` in
//! front it logs each connection, the size of each message, and each close. Ctrl-C sends everybody a Close, then it
//! ends.

use pollcat::{Config, Departure, Handler, Message, Origins, PeerId, PeerMap, Peers, Request, Server};

#[derive(Default)]
struct Lobby {
    guests: u64,
    numbers: PeerMap<u64>,
}

impl Handler for Lobby {
    fn on_open(&mut self, peers: &mut Peers, id: PeerId, _: &Request<'_>) {
        self.guests += 1;
        self.numbers.insert(id, self.guests);
        peers.broadcast(&format!("{} joined", self.guests));
    }

    fn on_message(&mut self, peers: &mut Peers, from: PeerId, message: Message<'_>) {
        let number = self.numbers.get(from).copied().unwrap_or(0);
        match message {
            Message::Text(text) => peers.broadcast(&format!("from {number}: {text}")),
            Message::Binary(bytes) => peers.broadcast(bytes),
        }
    }

    fn on_close(&mut self, peers: &mut Peers, id: PeerId, _: Departure) {
        if let Some(number) = self.numbers.remove(id) {
            peers.broadcast(&format!("{number} left"));
        }
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    env_logger::init();
    let address = std::env::args().nth(1).unwrap_or("127.0.0.1:9502".into());
    let server = Server::with_config(address, Config::new().origins(Origins::any()))?;
    println!("broadcast on ws://{0}\n\n  ws = new WebSocket(\"ws://{0}\")", server.local_addr()?);
    println!("  ws.onmessage = (event) => console.log(event.data)\n  ws.send(\"hello everybody\")\n");

    let mailbox = server.mailbox();
    ctrlc::set_handler(move || mailbox.stop())?;
    server.run(Lobby::default())?;
    Ok(())
}
