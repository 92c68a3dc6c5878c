//! Where metrics and health are told, by the settings.

use std::io;
use std::net::ToSocketAddrs;

use pollcat::{CounterReader, Hosts, UnixAccess};

use crate::history::{parts, place};
use crate::metrics::{Board, Files, Looks, Metrics, Running};
use crate::run::built::features;
use crate::run::passed::Socket;
use crate::run::preflight;
use crate::run::settings::{Listen, Settings};

/// Begins to tell them; not at all, if nobody wants it.
///
/// # Errors
///
/// The address cannot be had: in words for whoever has started the chat.
pub(crate) fn start(
    settings: &Settings,
    metrics: &Metrics,
    counters: CounterReader,
    passed: Vec<Socket>,
) -> Result<Option<Running>, String> {
    let mut places: Vec<Listen> = passed.iter().map(Socket::place).collect();
    let said = settings.metrics.iter().filter(|said| !places.contains(said)).cloned().collect::<Vec<_>>();
    places.extend(said);
    if places.is_empty() {
        return Ok(None);
    }
    let mut board = Board::new(hosts(&places)).map_err(|error| format!("metrics cannot be told: {error}"))?;
    let mut passed = passed.into_iter();
    for place in &places {
        open(&mut board, place, passed.next(), settings)
            .map_err(|error| preflight::cannot_listen(place, &error).replace("--listen", "--metrics"))?;
    }
    let files = settings.data.as_deref().map(|data| {
        let [file, log, index, _] = parts(&place(data));
        Files([file, log, index])
    });
    let version = env!("CARGO_PKG_VERSION");
    let looks = Looks {
        metrics: metrics.clone(),
        counters,
        files,
        version,
        features: features().collect::<Vec<_>>().join(","),
    };
    let cannot = |error| format!("metrics cannot be told: {error}");
    board.start(looks).map(Some).map_err(cannot)
}

/// One that was passed is open already.
fn open(board: &mut Board, place: &Listen, passed: Option<Socket>, settings: &Settings) -> io::Result<()> {
    match (passed, place) {
        (Some(Socket::Tcp(listener)), _) => board.listen_on(listener)?,
        (Some(Socket::Unix(listener)), _) => board.listen_unix_on(listener)?,
        (None, Listen::Tcp(address)) => {
            let address = board.listen(address)?;
            log::info!("metrics are told at http://{address}/metrics");
            return Ok(());
        }
        (None, Listen::Unix(path)) => {
            let access = UnixAccess::new().mode(settings.socket_mode);
            let access = settings.socket_group.map_or(access, |group| access.group(group));
            board.listen_unix(path, access)?;
        }
    }
    match place {
        Listen::Tcp(address) => log::info!("metrics are told at http://{address}/metrics"),
        Listen::Unix(_) => log::info!("metrics are told at {place}, as /metrics"),
    }
    Ok(())
}

/// What is for this machine alone answers to no name that a site on the web could point at it.
fn hosts(places: &[Listen]) -> Option<Hosts> {
    places.iter().all(is_local).then(Hosts::addresses)
}

/// By what the name leads to: loopback has others than localhost, in files of a machine and as numbers.
fn is_local(place: &Listen) -> bool {
    let Listen::Tcp(address) = place else { return false };
    address.to_socket_addrs().is_ok_and(|mut all| all.all(|it| it.ip().to_canonical().is_loopback()))
}

#[cfg(test)]
#[test]
fn what_is_for_this_machine_is_found_by_the_address_and_not_by_the_name() {
    for (address, is_local_address) in [
        ("127.0.0.1:9503", true),
        ("127.8.0.1:9503", true),
        ("[::1]:9503", true),
        ("localhost:9503", true),
        // As inet_aton(3) reads it.
        ("127.1:9503", true),
        ("2130706433:9503", true),
        ("[::ffff:127.0.0.1]:9503", true),
        ("0.0.0.0:9503", false),
        ("[::]:9503", false),
        ("192.0.2.1:9503", false),
    ] {
        assert_eq!(is_local(&Listen::Tcp(address.into())), is_local_address, "{address}");
    }
    assert!(!is_local(&Listen::Unix("m".into())));
}
