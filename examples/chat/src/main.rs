//! A chat room that anyone can open in a browser: `cargo run --release --example chat`. The README beside this file
//! begins where you do.

mod archive;
mod ask;
mod cost;
mod deliver;
mod handler;
mod history;
mod http;
mod ledger;
mod metrics;
mod model;
mod news;
mod nodes;
mod pace;
mod picture;
mod postman;
mod refusal;
mod reply;
mod rights;
mod robot;
mod run;
mod sender;
mod session;
mod tickets;
mod token;
mod voices;
mod words;

use std::io::{self, IsTerminal, Write};
use std::net::SocketAddr;
use std::process::ExitCode;
use std::thread;
use std::time::Duration;

use pollcat::{Config, Mailbox, NotDelivered, Server};

use handler::{Chat, Shared};
use history::{Data, History, Loaded, Report};
use metrics::Metrics;
use rights::Role;
use run::budgets::Budget;
use run::certificates::Certificates;
use run::daemon::Daemon;
use run::logs::Logs;
use run::notify::Notify;
use run::passed::{Passed, Socket};
use run::pid_file::PidFile;
use run::reload::Reload;
use run::settings::{Asked, Settings};
use run::signals::Kept;
use run::words::Words;
use run::{
    admin_link, banner, board, budgets, clock, daemon, joining, listening, logs, new_hook, preflight,
    settings, signals,
};
use sender::Sender;
use tickets::{Errand, Mail, Ticket};
use token::Token;
use words::Filter;

/// So many things go out at once.
const SENDERS: usize = 8;
/// A program that waits by HTTP for something to be said has its answer by then (`handler/programs/polling.rs`).
const LONGEST_POLL: Duration = Duration::from_secs(60);

/// Status 0: served and stopped, or answered. 1: could not serve. 2: was asked for something that makes no sense.
fn main() -> ExitCode {
    let settings = match settings::read(std::env::args_os(), |name| std::env::var_os(name)) {
        Ok(Asked::Serve(settings)) => *settings,
        Ok(Asked::Check(listing, settings)) => return check(&listing, &settings),
        Ok(Asked::Copy(copy)) => return tell_how(copy.make()),
        Ok(Asked::Move(settings, moving)) => {
            return tell_how(archive::make(&settings, &moving, clock::now()));
        }
        Ok(Asked::AdminLink(settings)) => return tell_how(admin_link::make(&settings, clock::now())),
        Ok(Asked::NewHook(settings, wanted)) => return tell_how(new_hook::make(&settings, &wanted)),
        Ok(Asked::Health(health)) => return tell_how(health.ask()),
        Ok(Asked::Print(text)) => {
            let _ = io::stdout().write_all(text.as_bytes());
            return ExitCode::SUCCESS;
        }
        Err(faults) => {
            faults.iter().for_each(|fault| eprintln!("{fault}"));
            return ExitCode::from(2);
        }
    };
    let status = run(settings);
    log::logger().flush();
    status.unwrap_or_else(|words| {
        logs::tell(io::stderr, words + "\n");
        ExitCode::FAILURE
    })
}

/// What the settings are, and whether they can work.
fn check(listing: &str, settings: &Settings) -> ExitCode {
    let _ = io::stdout().write_all(listing.as_bytes());
    let too_little_room = preflight::make_room(settings.max_connections);
    unknown_variables().iter().chain(&too_little_room).for_each(|told| eprintln!("{told}"));
    let faults = preflight::faults(settings);
    faults.iter().for_each(|fault| eprintln!("{fault}"));
    if faults.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn unknown_variables() -> Vec<String> {
    settings::unknown_variables(std::env::vars_os().map(|(name, _)| name))
}

/// What was asked for instead of serving: a line that says what was done, or why nothing was.
fn tell_how(done: Result<String, String>) -> ExitCode {
    match done {
        Ok(words) => {
            logs::tell(io::stdout, words + "\n");
            ExitCode::SUCCESS
        }
        Err(words) => {
            logs::tell(io::stderr, words + "\n");
            ExitCode::FAILURE
        }
    }
}

/// Here, or in the background.
fn run(settings: Settings) -> Result<ExitCode, String> {
    let mut daemon = None;
    let passed = Passed::take()?;
    if settings.daemon {
        if !passed.chat.is_empty() {
            return Err("daemon: sockets are passed by a service manager (LISTEN_FDS), which keeps the chat in the background \
                        itself: leave daemon out"
                .to_owned());
        }
        daemon = Daemon::enter().map_err(|error| format!("cannot leave the terminal: {error}"))?;
        if daemon.is_none() {
            return daemon::start().map_err(|error| format!("cannot start in the background: {error}"));
        }
    }
    serve(settings, passed, daemon).map(|()| ExitCode::SUCCESS)
}

/// From the first line in the log to the last. What cannot be had is told before anybody is served.
fn serve(mut settings: Settings, passed: Passed, daemon: Option<Daemon>) -> Result<(), String> {
    run::panics::end_with_any_thread();
    let has_lasting_sockets = !passed.chat.is_empty();
    settings.listen = passed.places(&settings);
    let signals = signals::keep().map_err(no_signals)?;
    let metrics = Metrics::default();
    let logs = Logs::start(&settings, &metrics)?;
    let notify = Notify::from_environment();
    let too_little_room = preflight::make_room(settings.max_connections);
    let certificates = Certificates::of(&settings)?;
    let (words, filter) = words(&settings)?;
    let server = listen(&settings, &certificates, passed.chat)?;
    // It tells that the chat is starting, however long that takes.
    let _board = board::start(&settings, &metrics, server.counters(), passed.metrics)?;
    let (history, loaded) = open_history(&settings, &metrics, &server)?;
    let _pid_file = settings.pid_file.as_deref().map(PidFile::claim).transpose()?;
    let again = Reload::new(&settings, words, logs.clone(), metrics.clone());
    hear(signals, &server, &logs, &notify, certificates, again)?;

    let places = Places::of(&settings, server.local_addrs());
    let first_key = if daemon.is_none() { first_key_for(&loaded) } else { None };
    let way = places.way_in(first_key.as_ref());
    let page = places.url.clone().unwrap_or_default();
    let chat = Chat::new(settings.clone(), &page, history, loaded, first_key.map(|key| key.hash()))?;
    let chat = chat.with_words(filter).with_sender(sender(&settings, server.mailbox())).with_metrics(metrics);
    let chat = chat.under(notify.clone(), has_lasting_sockets);

    // Each from a place of its own: many lines of one put no line of the other out of the log.
    too_little_room.iter().for_each(|told| log::warn!("{told}"));
    unknown_variables().iter().for_each(|told| log::warn!("{told}"));
    announce(&settings, &places, way.as_deref(), daemon, &logs)?;
    notify.ready();
    server.run(chat).map_err(|error| error.to_string())?;
    log::logger().flush();
    log::info!("stopped");
    Ok(())
}

fn no_signals(error: io::Error) -> String {
    format!("cannot listen to signals: {error}")
}

/// The file of words, and what is in it.
fn words(settings: &Settings) -> Result<(Words, Filter), String> {
    let file = Words::of(settings);
    let filter = file.read()?;
    if settings.words.is_some() {
        log::info!("of the words that are looked for {}", run::words::told(filter.judged()));
    }
    Ok((file, filter))
}

/// Where the chat listens, and where browsers find it.
struct Places {
    listening: Vec<SocketAddr>,
    url: Option<String>,
}

impl Places {
    fn of(settings: &Settings, listening: Vec<SocketAddr>) -> Self {
        Places { url: settings.page_address(&listening), listening }
    }

    /// To the admin page.
    fn way_in(&self, first_key: Option<&Token>) -> Option<String> {
        self.url.as_deref().zip(first_key).map(|(url, key)| admin_link::link(url, key))
    }
}

/// What signals do from now on.
fn hear(
    signals: Kept,
    server: &Server<Mail>,
    logs: &Logs,
    notify: &Notify,
    certificates: Certificates,
    mut again: Reload,
) -> Result<(), String> {
    let mailbox = server.mailbox();
    let mut read_again = move || {
        again.read_again().into_iter().for_each(|reloaded| _ = post(&mailbox, Mail::Reloaded(reloaded)));
    };
    let mailbox = server.mailbox();
    let manager = notify.clone();
    let stop = move || {
        manager.stopping();
        post(&mailbox, Mail::Stop);
    };
    let (log_file, on_terminal) = (logs.clone(), logs.is_on_terminal());
    let reopen = move || log_file.reopen();
    let manager = notify.clone();
    let reload = move || {
        manager.reload(|| {
            certificates.reload();
            read_again();
        });
    };
    signals.watch(on_terminal, reopen, reload, stop).map_err(no_signals)
}

/// What sends things to other programs.
fn sender(settings: &Settings, mailbox: Mailbox<Mail>) -> Sender<Errand> {
    let sent = move |sent| post(&mailbox, Mail::Sent(Box::new(sent)));
    Sender::new(SENDERS, settings.push_hosts.clone(), sent)
}

/// The chat is there: for the log, and for whoever has started it.
fn announce(
    settings: &Settings,
    places: &Places,
    way: Option<&str>,
    daemon: Option<Daemon>,
    logs: &Logs,
) -> Result<(), String> {
    let Places { listening, url } = places;
    log::info!(
        "pollcat chat {} listens on {}",
        env!("CARGO_PKG_VERSION"),
        banner::everywhere(settings, listening)
    );
    match daemon {
        Some(daemon) => daemon
            .report(&banner::started(settings, listening), logs)
            .map_err(|error| format!("cannot send stdout to the log: {error}"))?,
        None => {
            logs::tell(io::stdout, banner::banner(settings, url.as_deref(), listening, way));
        }
    }
    Ok(())
}

/// While the chat has no owner, whoever starts it is shown a way to the admin page, where they make one: if they see it, and
/// nobody keeps it. What is a file, or the journal's socket, is a log.
fn first_key_for(loaded: &Loaded) -> Option<Token> {
    let has_owner = loaded.governed.roles.iter().any(|&(_, role)| role == Role::Owner);
    let is_seen = io::stdout().is_terminal() || banner::is_pipe(io::stdout());
    if has_owner || !is_seen { None } else { Token::new().ok() }
}

/// A server on all the addresses.
fn listen(
    settings: &Settings,
    certificates: &Certificates,
    passed: Vec<Socket>,
) -> Result<Server<Mail>, String> {
    let (receiving, sending) = (Budget::receiving(settings), Budget::messages(settings));
    let config = Config::new()
        .origins(settings.origins())
        .trust_proxies(settings.trust_proxy.clone())
        .max_connections(settings.max_connections)
        .max_connections_per_address(settings.max_connections_per_address)
        .trusted_networks(settings.trusted_networks.clone())
        .max_message(voices::json::longest_request(settings.max_message))
        .max_send_queue(budgets::SEND_QUEUE)
        .max_receiving(receiving.all)
        .max_receiving_per_address(receiving.address)
        .max_sending(sending.all)
        .max_sending_per_address(sending.address)
        .answer_within(LONGEST_POLL)
        .tick(Duration::from_millis(500));
    #[cfg(feature = "deflate")]
    let config = config.deflate(pollcat::Deflate::new());
    let mut server = Server::without_listeners(config).map_err(|error| error.to_string())?;
    listening::open(&mut server, settings, certificates, passed)?;
    Ok(server)
}

fn history_settings(settings: &Settings, metrics: &Metrics) -> history::Settings {
    history::Settings {
        data: settings.data.clone().map_or(Data::Memory, Data::File),
        durability: settings.durability,
        recent: settings.recent,
        keep_messages: settings.keep_messages,
        keep_for: settings.keep_for(),
        believe_clock: settings.believe_clock,
        keep_pictures: settings.keep_pictures,
        backups: settings.backup_plan(),
        queue: 8192,
        queue_bytes: 64 << 20,
        metrics: metrics.clone(),
        shared: None,
    }
}

/// A history, and what it takes to follow a log with others, if it does.
type Ours = (History<Ticket>, Option<Shared>);

/// Alone, or as one of several nodes.
fn open_history(
    settings: &Settings,
    metrics: &Metrics,
    server: &Server<Mail>,
) -> Result<(Ours, Loaded), String> {
    let own = history_settings(settings, metrics);
    let tell = tell(server.mailbox());
    let Some(log) = joining::place(settings)? else {
        let (history, loaded) = History::open(own, tell).map_err(|error| error.to_string())?;
        return Ok(((history, None), loaded));
    };
    let mailbox = server.mailbox();
    let told = move |told| post(&mailbox, Mail::Told(told));
    joining::join(settings, own, &log, tell, told)
        .map(|(history, shared, loaded)| ((history, Some(shared)), loaded))
}

/// How the history's threads reach the loop.
fn tell(mailbox: Mailbox<Mail>) -> impl Fn(Report<Ticket>) -> bool + Send + Clone + 'static {
    move |report| post(&mailbox, Mail::Report(Box::new(report)))
}

/// Waits while the mailbox is full; the loop never waits for those who write to it. Returns false if there is no loop
/// any more.
fn post(mailbox: &Mailbox<Mail>, mut mail: Mail) -> bool {
    loop {
        match mailbox.deliver(mail) {
            Ok(()) => return true,
            Err(NotDelivered::Stopped(_)) => return false,
            Err(NotDelivered::Full(back)) => mail = back,
        }
        thread::sleep(Duration::from_millis(1));
    }
}
