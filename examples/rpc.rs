//! JSON-RPC 2.0 over WebSocket: `cargo run --release --example rpc [ADDRESS]`. Who calls says its name in the query, and
//! may have three connections: `ws://127.0.0.1:9506/?user=ann`.
//!
//! ```text
//! {"jsonrpc":"2.0","id":1,"method":"add","params":[2]}       the sum of this connection:  {…"id":1,"result":2}
//! {"jsonrpc":"2.0","id":2,"method":"work","params":[500]}    500 ms of a worker's time, of 2 s that it may take
//! {"jsonrpc":"2.0","id":3,"method":"rtt"}                    the latest round trip, in seconds, or null
//! {"jsonrpc":"2.0","id":4,"method":"drain","params":[10]}    for the user `operator`: the server goes down in 10 s
//! ```
//!
//! Ctrl-C and SIGTERM drain as well: who is there is closed with 1012, one after the other, and comes again elsewhere.
//! A second one stops at once.

use std::collections::HashMap;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use pollcat::{Answer, CloseCode, Config, Departure, Handler, Mailbox, Message, NotDelivered};
use pollcat::{PeerId, PeerMap, Peers, Request, Server, TimerId};
use serde_json::{Value, json};

const MOST_CONNECTIONS: u32 = 3;
/// Calls of a connection that workers have. Until one is done, no more are read from it.
const MOST_PENDING: usize = 8;
const WORKERS: usize = 4;
const MOST_WAITING: usize = 1000;
const PATIENCE: Duration = Duration::from_secs(2);
const PING_EVERY: Duration = Duration::from_secs(5);
const DRAIN: Duration = Duration::from_secs(10);

/// Work for a thread, by the timer that ends the caller's patience.
type Job = (TimerId, Duration);
/// What came of it.
type Done = (TimerId, Value);
type Outcome = Result<Value, (i32, &'static str)>;

const PARSE_ERROR: Outcome = Err((-32700, "that is no JSON"));
const INVALID_REQUEST: Outcome = Err((-32600, "that is no request (one by one, please)"));
const NO_METHOD: Outcome = Err((-32601, "there is no such method"));
const INVALID_PARAMS: Outcome = Err((-32602, "the method wants other parameters"));
const BUSY: Outcome = Err((-32000, "all workers are busy"));
const TIMED_OUT: Outcome = Err((-32001, "it takes too long"));

struct Client {
    user: String,
    sum: f64,
    pending: usize,
}

struct Rpc {
    clients: PeerMap<Client>,
    connections: HashMap<String, u32>,
    /// Who waits for which job, and the id of its call; a notification has none.
    calls: HashMap<TimerId, (PeerId, Option<Value>)>,
    jobs: SyncSender<Job>,
    next_ping: Option<TimerId>,
}

impl Rpc {
    /// `None`: a worker has it, and the answer comes later.
    fn call(&mut self, peers: &mut Peers, from: PeerId, call: &Value) -> Option<Outcome> {
        let client = self.clients.get_mut(from)?;
        let (Some(method), Some("2.0")) = (call["method"].as_str(), call["jsonrpc"].as_str()) else {
            return Some(INVALID_REQUEST);
        };
        let number = call["params"][0].as_f64();
        let seconds = |scale| Duration::try_from_secs_f64(number? * scale).ok();
        Some(match (method, number) {
            ("add", Some(number)) => {
                client.sum += number;
                Ok(json!(client.sum))
            }
            ("rtt", _) => Ok(json!(peers.round_trip(from).map(|time| time.as_secs_f64()))),
            ("drain", _) if client.user == "operator" => {
                peers.drain(seconds(1.0).unwrap_or(DRAIN), CloseCode::SERVICE_RESTART);
                Ok(json!(peers.len()))
            }
            ("work", Some(_)) => match seconds(0.001) {
                Some(time) => return self.delegate(peers, from, call, time),
                None => INVALID_PARAMS,
            },
            ("add" | "work", None) => INVALID_PARAMS,
            _ => NO_METHOD,
        })
    }

    fn delegate(&mut self, peers: &mut Peers, from: PeerId, call: &Value, time: Duration) -> Option<Outcome> {
        let timer = peers.after(PATIENCE);
        if self.jobs.try_send((timer, time)).is_err() {
            peers.cancel(timer);
            return Some(BUSY);
        }
        self.calls.insert(timer, (from, call.get("id").cloned()));
        let client = self.clients.get_mut(from)?;
        client.pending += 1;
        if client.pending >= MOST_PENDING {
            peers.pause(from);
        }
        None
    }

    /// The job is done, or its time is over. What comes second finds nothing.
    fn finish(&mut self, peers: &mut Peers, timer: TimerId, outcome: Outcome) {
        let Some((from, id)) = self.calls.remove(&timer) else { return };
        peers.cancel(timer);
        respond(peers, from, id.as_ref(), outcome);
        if let Some(client) = self.clients.get_mut(from) {
            client.pending -= 1;
            peers.resume(from);
        }
    }
}

/// A notification, which has no id, gets no response.
fn respond(peers: &mut Peers, to: PeerId, id: Option<&Value>, outcome: Outcome) {
    let Some(id) = id else { return };
    let (name, value) = match outcome {
        Ok(result) => ("result", result),
        Err((code, message)) => ("error", json!({ "code": code, "message": message })),
    };
    peers.send(to, &json!({ "jsonrpc": "2.0", "id": id, name: value }).to_string());
}

fn user(request: &Request<'_>) -> Option<String> {
    Some(request.query_value("user").filter(|user| (1..=64).contains(&user.len()))?.into_owned())
}

impl Handler<Done> for Rpc {
    fn on_request(&mut self, peers: &mut Peers, _: PeerId, request: &Request<'_>) -> Answer {
        if request.path() == "/health" {
            let (up, down) = (Answer::page("text/plain", "up\n"), Answer::refuse(503, "going down"));
            return if peers.is_draining() { down } else { up };
        }
        match user(request).map(|user| self.connections.get(&user).copied().unwrap_or(0)) {
            None => Answer::refuse(401, "who are you? ?user=NAME"),
            Some(MOST_CONNECTIONS..) => Answer::refuse(429, "three connections are enough"),
            Some(_) => Answer::accept(),
        }
    }

    fn on_open(&mut self, peers: &mut Peers, id: PeerId, request: &Request<'_>) {
        let user = user(request).expect("on_request has seen it");
        *self.connections.entry(user.clone()).or_default() += 1;
        self.clients.insert(id, Client { user, sum: 0.0, pending: 0 });
        self.next_ping.get_or_insert_with(|| peers.after(PING_EVERY));
    }

    fn on_message(&mut self, peers: &mut Peers, from: PeerId, message: Message<'_>) {
        let (id, outcome) = match serde_json::from_slice::<Value>(message.as_bytes()) {
            Ok(call) if call.is_object() => (call.get("id").cloned(), self.call(peers, from, &call)),
            Ok(_) => (Some(Value::Null), Some(INVALID_REQUEST)),
            Err(_) => (Some(Value::Null), Some(PARSE_ERROR)),
        };
        if let Some(outcome) = outcome {
            respond(peers, from, id.as_ref(), outcome);
        }
    }

    fn on_mail(&mut self, peers: &mut Peers, (timer, result): Done) {
        self.finish(peers, timer, Ok(result));
    }

    fn on_timer(&mut self, peers: &mut Peers, timer: TimerId) {
        if self.next_ping != Some(timer) {
            return self.finish(peers, timer, TIMED_OUT);
        }
        for id in peers.ids() {
            peers.ping(id, b"how long?");
        }
        self.next_ping = (!peers.is_empty()).then(|| peers.after(PING_EVERY));
    }

    fn on_close(&mut self, _: &mut Peers, id: PeerId, _: Departure) {
        let Some(Client { user, .. }) = self.clients.remove(id) else { return };
        match self.connections.get_mut(&user) {
            Some(connections) if *connections > 1 => *connections -= 1,
            _ => drop(self.connections.remove(&user)),
        }
    }
}

fn work(jobs: &Mutex<Receiver<Job>>, mailbox: &Mailbox<Done>) {
    loop {
        let job = jobs.lock().expect("nobody panics with it").recv();
        let Ok((timer, time)) = job else { return };
        thread::sleep(time.min(PATIENCE * 2)); // by then nobody waits for it
        let mut done = (timer, json!(time.as_secs_f64()));
        // A full mailbox gives the result back.
        while let Err(NotDelivered::Full(back)) = mailbox.deliver(done) {
            done = back;
            thread::sleep(Duration::from_millis(1));
        }
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    env_logger::init();
    let address = std::env::args().nth(1).unwrap_or("127.0.0.1:9506".into());
    let server = Server::with_config(address, Config::new().max_message(64 << 10))?;
    println!("JSON-RPC at ws://{}", server.local_addr()?);
    let (jobs, waiting) = sync_channel(MOST_WAITING);
    let waiting = Arc::new(Mutex::new(waiting));
    for _ in 0..WORKERS {
        let (waiting, mailbox) = (Arc::clone(&waiting), server.mailbox());
        thread::spawn(move || work(&waiting, &mailbox));
    }
    let (mailbox, mut signals) = (server.mailbox(), 0);
    ctrlc::set_handler(move || {
        signals += 1;
        match signals {
            1 => mailbox.drain(DRAIN, CloseCode::SERVICE_RESTART),
            _ => mailbox.stop(),
        }
    })?;
    let (clients, connections, calls) = (PeerMap::new(), HashMap::new(), HashMap::new());
    server.run(Rpc { clients, connections, calls, jobs, next_ping: None })?;
    Ok(())
}
