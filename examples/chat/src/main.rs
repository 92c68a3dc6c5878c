//! A chat room that anyone can open in a browser: `cargo run --release --example chat`. The README beside this file
//! begins where you do.

mod ask;
mod cost;
mod deliver;
mod handler;
mod history;
mod http;
mod ledger;
mod model;
mod news;
mod pace;
mod picture;
mod refusal;
mod reply;
mod run;
mod session;
mod tickets;
mod token;
mod voices;

use std::io::{self, Write};
use std::process::ExitCode;
use std::thread;
use std::time::Duration;

use pollcat::{Config, Mailbox, NotDelivered, Server, UnixAccess};

use handler::Chat;
use history::{Copy, Data, History, Report};
use run::budgets::Budget;
use run::certificates::Certificates;
use run::daemon::Daemon;
use run::logs::Logs;
use run::pid_file::PidFile;
use run::settings::{Asked, Listen, Settings};
use run::{banner, budgets, daemon, logs, preflight, settings, signals};
use tickets::{Mail, Ticket};

/// Status 0: served and stopped, or answered. 1: could not serve. 2: was asked for something that makes no sense.
fn main() -> ExitCode {
    let settings = match settings::read(std::env::args_os(), |name| std::env::var_os(name)) {
        Ok(Asked::Serve(settings)) => *settings,
        Ok(Asked::Check(listing, settings)) => return check(&listing, &settings),
        Ok(Asked::Copy(copy)) => return make(&copy),
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

/// A backup, or the way back from one: a line that says what was done, or why nothing was.
fn make(copy: &Copy) -> ExitCode {
    match copy.make() {
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
    if settings.daemon {
        daemon = Daemon::enter().map_err(|error| format!("cannot leave the terminal: {error}"))?;
        if daemon.is_none() {
            return daemon::start().map_err(|error| format!("cannot start in the background: {error}"));
        }
    }
    serve(settings, daemon).map(|()| ExitCode::SUCCESS)
}

/// From the first line in the log to the last. What cannot be had is told before anybody is served.
fn serve(settings: Settings, daemon: Option<Daemon>) -> Result<(), String> {
    let no_signals = |error| format!("cannot listen to signals: {error}");
    let signals = signals::keep().map_err(no_signals)?;
    let logs = Logs::start(&settings)?;
    let too_little_room = preflight::make_room(settings.max_connections);
    let certificates = Certificates::of(&settings)?;
    let server = listen(&settings, &certificates)?;
    let listening = server.local_addrs();
    let url = settings.page_address(&listening);
    let (history, loaded) =
        History::open(history_settings(&settings), tell(server.mailbox())).map_err(|e| e.to_string())?;
    let _pid_file = settings.pid_file.as_deref().map(PidFile::claim).transpose()?;
    let mailbox = server.mailbox();
    let stop = move || {
        post(&mailbox, Mail::Stop);
    };
    let (log_file, on_terminal) = (logs.clone(), logs.is_on_terminal());
    let reopen = move || log_file.reopen();
    let reload = move || certificates.reload();
    signals.watch(on_terminal, reopen, reload, stop).map_err(no_signals)?;

    let warnings = unknown_variables().into_iter().chain(too_little_room);
    warnings.for_each(|told| log::warn!("{told}"));
    log::info!(
        "pollcat chat {} listens on {}",
        env!("CARGO_PKG_VERSION"),
        banner::everywhere(&settings, &listening)
    );
    match daemon {
        Some(daemon) => daemon
            .report(&banner::started(&settings, &listening), &logs)
            .map_err(|error| format!("cannot send stdout to the log: {error}"))?,
        None => logs::tell(io::stdout, banner::banner(&settings, url.as_deref(), &listening)),
    }
    let chat = Chat::new(settings, &url.unwrap_or_default(), history, loaded);
    server.run(chat).map_err(|error| error.to_string())?;
    log::logger().flush();
    log::info!("stopped");
    Ok(())
}

/// A server on all the addresses.
fn listen(settings: &Settings, certificates: &Certificates) -> Result<Server<Mail>, String> {
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
        .tick(Duration::from_millis(500));
    #[cfg(feature = "deflate")]
    let config = config.deflate(pollcat::Deflate::new());
    let mut server = Server::without_listeners(config).map_err(|error| error.to_string())?;
    let access = UnixAccess::new().mode(settings.socket_mode);
    let access = settings.socket_group.map_or(access, |group| access.group(group));
    for listen in &settings.listen {
        let bound = match listen {
            Listen::Tcp(address) => certificates.listen(&mut server, address).map(drop),
            Listen::Unix(path) => server.listen_unix_with(path, access),
        };
        bound.map_err(|error| preflight::cannot_listen(listen, &error))?;
    }
    Ok(server)
}

fn history_settings(settings: &Settings) -> history::Settings {
    let day = Duration::from_secs(86_400);
    history::Settings {
        data: settings.data.clone().map_or(Data::Memory, Data::File),
        durability: settings.durability,
        recent: settings.recent,
        keep_messages: settings.keep_messages,
        keep_for: Some(settings.keep_days).filter(|&days| days > 0).map(|days| day * days as u32),
        believe_clock: settings.believe_clock,
        keep_pictures: settings.keep_pictures,
        queue: 8192,
        queue_bytes: 64 << 20,
    }
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
