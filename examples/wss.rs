//! An echo over TLS, and the page to try it on: `cargo run --release --features tls --example wss CERTIFICATE KEY
//! [ADDRESS]`, where the two are PEM files. SIGHUP reads them again.

use pollcat::{Answer, Config, Handler, Message, Method, PeerId, Peers, Request, Server, Tls};

const PAGE: &str = "<!doctype html><title>wss</title><body><script>
ws = new WebSocket(`wss://${location.host}`)
ws.onopen = () => ws.send('hello world')
ws.onmessage = (event) => document.body.append(event.data)
</script>";

struct Echo;

impl Handler for Echo {
    fn on_request(&mut self, _: &mut Peers, _: PeerId, request: &Request<'_>) -> Answer {
        match request.method() {
            _ if request.is_upgrade() => Answer::accept(),
            Method::Get | Method::Head => Answer::page("text/html; charset=utf-8", PAGE),
            _ => Answer::refuse(405, "the page is only to be read").header("Allow", "GET, HEAD"),
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
        use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
        let mut signals = signal_hook::iterator::Signals::new([SIGHUP, SIGINT, SIGTERM])?;
        let mailbox = server.mailbox();
        std::thread::spawn(move || {
            for signal in signals.forever() {
                match (signal == SIGHUP).then(|| tls.reload()) {
                    Some(Ok(())) => println!("the certificate has been read again"),
                    Some(Err(error)) => println!("the old certificate stays: {error}"),
                    None => mailbox.stop(),
                }
            }
        });
    }
    server.run(Echo)?;
    Ok(())
}
