//! Notes by HTTP, to everybody who listens: `cargo run --release --example webhook [ADDRESS [METRICS_ADDRESS]]`. Whoever
//! knows the secret (in the environment, as `WEBHOOK_SECRET`) may send.
//!
//! ```text
//! ws://127.0.0.1:9508/ws?topic=tea                                   listens to a topic
//! curl 127.0.0.1:9508/notify -H 'Authorization: Bearer SECRET' -d '{"topic": "tea", "text": "it is ready"}'
//!                                                                    {"received":1}, and a listener gets the text
//! curl 127.0.0.1:9508/health                                         ok
//! curl 127.0.0.1:9509/metrics                                        for Prometheus, and only at this door
//! ```

use pollcat::{Answer, Config, Counters, Handler, Hosts, ListenerId, Message, Method};
use pollcat::{PeerId, Peers, Request, Server};
use serde_json::{Value, json};

const MAX_NOTE: usize = 64 << 10;
const MAX_TOPIC: usize = 100;

struct Webhook {
    secret: String,
    metrics: ListenerId,
}

impl Webhook {
    /// The body is not read for whoever does not know the secret.
    fn may_notify(&self, request: &Request<'_>) -> Answer {
        match request.bearer() {
            Some(token) if is_same(token.as_bytes(), self.secret.as_bytes()) => Answer::read_body(MAX_NOTE),
            _ => Answer::refuse(401, "what is the secret?").header("WWW-Authenticate", "Bearer"),
        }
    }
}

impl Handler for Webhook {
    fn on_request(&mut self, peers: &mut Peers, _: PeerId, request: &Request<'_>) -> Answer {
        let is_inside = request.listener() == self.metrics;
        match (request.path(), request.method()) {
            ("/metrics", Method::Get | Method::Head) if is_inside => {
                Answer::page(Counters::PROMETHEUS, peers.counters().to_prometheus())
            }
            ("/health", Method::Get | Method::Head) => Answer::page("text/plain", "ok\n"),
            _ if is_inside => Answer::refuse(404, "here are /metrics and /health"),
            ("/notify", Method::Post) => self.may_notify(request),
            ("/notify", _) => Answer::refuse(405, "send a note").header("Allow", "POST"),
            ("/ws", _) if request.is_upgrade() => match request.query_value("topic") {
                Some(topic) if (1..=MAX_TOPIC).contains(&topic.len()) => {
                    Answer::accept().with(topic.into_owned())
                }
                _ => Answer::refuse(400, "listen to what? /ws?topic=NAME"),
            },
            _ => Answer::refuse(404, "here are /ws, /notify and /health"),
        }
    }

    fn on_open(&mut self, peers: &mut Peers, id: PeerId, _: &Request<'_>) {
        if let Some(topic) = peers.opened_with::<String>(id) {
            peers.subscribe(id, &topic);
        }
    }

    fn on_body(&mut self, peers: &mut Peers, _: PeerId, _: &Request<'_>, body: &[u8]) -> Answer {
        let note: Value = serde_json::from_slice(body).unwrap_or_default();
        let (Some(topic), Some(text)) = (note["topic"].as_str(), note["text"].as_str()) else {
            return Answer::refuse(400, r#"a note is {"topic": "...", "text": "..."}"#);
        };
        peers.publish(topic, text);
        let received = peers.subscribers(topic);
        Answer::page("application/json", json!({ "received": received }).to_string() + "\n")
    }

    /// Who listens has nothing to say.
    fn on_message(&mut self, _: &mut Peers, _: PeerId, _: Message<'_>) {}
}

/// The time that this takes tells nothing of where they differ.
fn is_same(one: &[u8], other: &[u8]) -> bool {
    let differences = one.iter().zip(other).fold(0, |so_far, (one, other)| so_far | (one ^ other));
    one.len() == other.len() && differences == 0
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    env_logger::init();
    let secret = std::env::var("WEBHOOK_SECRET").unwrap_or_default();
    if secret.is_empty() {
        return Err("which WEBHOOK_SECRET?".into());
    }
    let mut arguments = std::env::args().skip(1);
    let address = arguments.next().unwrap_or("127.0.0.1:9508".into());
    let mut server = Server::with_config(address, Config::new().hosts(Hosts::addresses()))?;
    let address = server.local_addr()?;
    let inside = server.listen(arguments.next().unwrap_or("127.0.0.1:9509".into()))?;
    let metrics = server.last_listener();
    println!("metrics at http://{inside}/metrics, notes at http://{address}");
    let mailbox = server.mailbox();
    ctrlc::set_handler(move || mailbox.stop())?;
    server.run(Webhook { secret, metrics })?;
    Ok(())
}
