//! A chat room that anyone can open in a browser: `cargo run --release --example chat`. The README beside this file
//! begins where you do.

mod answers;
mod arrivals;
mod asks;
mod catch_up;
mod chat;
mod command;
mod console;
mod history;
mod membership;
mod names;
mod pace;
mod pages;
mod people;
mod picture;
mod rooms;
mod sessions;
mod settings;
mod speech;
mod token;
mod wire;

use std::process::ExitCode;
use std::thread;
use std::time::Duration;

use pollcat::{Config, Mailbox, NotDelivered, Server};

use chat::{Chat, Mail};
use history::{Data, History, News};
use settings::{Asked, Listen, Settings};

fn main() -> ExitCode {
    match settings::read(std::env::args_os(), |name| std::env::var_os(name)) {
        Ok(Asked::Print(text)) => {
            println!("{text}");
            ExitCode::SUCCESS
        }
        Ok(Asked::Serve(settings)) => match serve(*settings) {
            Ok(()) => ExitCode::SUCCESS,
            Err(words) => {
                eprintln!("{words}");
                ExitCode::FAILURE
            }
        },
        Err(faults) => {
            faults.iter().for_each(|fault| eprintln!("{fault}"));
            ExitCode::from(2)
        }
    }
}

fn serve(settings: Settings) -> Result<(), String> {
    env_logger::Builder::from_env(env_logger::Env::default().default_filter_or("info")).init();
    let config = Config::new()
        .origins(settings.allow_origin.clone())
        .hosts(settings.allow_host.clone())
        .trust_proxies(settings.trust_proxy.clone())
        .max_connections(settings.max_connections)
        .max_message(settings.max_picture.max(wire::LONGEST_REQUEST))
        .max_send_queue(4 << 20)
        .tick(Duration::from_millis(500));
    let mut server = Server::without_listeners(config).map_err(|error| error.to_string())?;
    for listen in &settings.listen {
        let bound = match listen {
            Listen::Tcp(address) => server.listen(address.as_str()).map(drop),
            Listen::Unix(path) => server.listen_unix(path),
        };
        bound.map_err(|error| format!("cannot listen on {listen:?}: {error} (--listen names another)"))?;
    }
    let url = settings.page_address(&server.local_addrs()).unwrap_or_default();
    let (history, loaded) =
        History::open(history_settings(&settings), tell(server.mailbox())).map_err(|e| e.to_string())?;
    println!("pollcat chat on {url}");
    let mailbox = server.mailbox();
    ctrlc::set_handler(move || drop(mailbox.deliver(Mail::Stop))).map_err(|e| e.to_string())?;
    server.run(Chat::new(settings, &url, history, loaded)).map_err(|error| error.to_string())
}

fn history_settings(settings: &Settings) -> history::Settings {
    let day = Duration::from_secs(86_400);
    history::Settings {
        data: settings.data.clone().map_or(Data::Memory, Data::File),
        durability: settings.durability,
        recent: settings.recent,
        keep_messages: settings.keep_messages,
        keep_for: Some(settings.keep_days).filter(|&days| days > 0).map(|days| day * days as u32),
        keep_pictures: settings.keep_pictures,
        queue: 8192,
    }
}

/// How the history's threads reach the loop. They wait while its mailbox is full; it never waits for them.
fn tell(mailbox: Mailbox<Mail>) -> impl Fn(News<chat::Ticket>) -> bool + Send + Clone + 'static {
    move |news| {
        let mut mail = Mail::News(news);
        loop {
            match mailbox.deliver(mail) {
                Ok(()) => return true,
                Err(NotDelivered::Stopped(_)) => return false,
                Err(NotDelivered::Full(back)) => mail = back,
            }
            thread::sleep(Duration::from_millis(1));
        }
    }
}
