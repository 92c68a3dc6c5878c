//! An echo over TLS, and the page to try it on: `cargo run --release --features tls --example wss CERTIFICATE KEY
//! [ADDRESS]`, where the two are PEM files. SIGHUP reads them again.

use pollcat::{Answer, Config, Handler, Message, PeerId, Peers, Request, Server, Tls};

struct Echo;

impl Handler for Echo {
    fn on_request(&mut self, _: &mut Peers, _: PeerId, request: &Request<'_>) -> Answer {
        match request.upgrade() {
            Ok(Some(_)) => Answer::accept(),
            _ => Answer::page("text/html; charset=utf-8", "<!doctype html><title>wss</title>Press F12."),
        }
    }

    fn on_message(&mut self, peers: &mut Peers, from: PeerId, message: Message<'_>) {
        peers.send(from, message);
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    env_logger::init();
    let mut arguments = std::env::args().skip(1);
    let (Some(certificate), Some(key)) = (arguments.next(), arguments.next()) else {
        return Err("which CERTIFICATE and which KEY?".into());
    };
    let tls = Tls::from_pem_files(certificate, key)?;
    let mut server = Server::without_listeners(Config::new())?;
    let address = server.listen_tls(arguments.next().unwrap_or("127.0.0.1:9443".into()), &tls)?;
    println!("echo on https://localhost:{}", address.port());

    #[cfg(unix)]
    {
        let mut signals = signal_hook::iterator::Signals::new([signal_hook::consts::SIGHUP])?;
        std::thread::spawn(move || {
            for _ in signals.forever() {
                match tls.reload() {
                    Ok(()) => println!("the certificate has been read again"),
                    Err(error) => println!("the old certificate stays: {error}"),
                }
            }
        });
    }
    let mailbox = server.mailbox();
    ctrlc::set_handler(move || mailbox.stop())?;
    server.run(Echo)?;
    Ok(())
}
