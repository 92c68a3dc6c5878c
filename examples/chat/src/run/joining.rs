//! Coming in as one of several nodes: the history catches up with the log, and the way there is open, before anybody is served.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use crate::handler::Shared;
use crate::history::{self, History, Joining, Loaded, Report};
use crate::model;
use crate::nodes::{self, Beginning, Bus, Coming, Common, Cursor, Told, Where};
use crate::run::clock;
use crate::run::settings::Settings;
use crate::tickets::Ticket;
use crate::token;

/// Where the log is kept that several nodes share, if there is one.
///
/// # Errors
///
/// The file of its authority cannot be read.
pub(crate) fn place(settings: &Settings) -> Result<Option<Where>, String> {
    if settings.log.is_empty() {
        return Ok(None);
    }
    let read = |path: &PathBuf| {
        fs::read(path).map_err(|error| format!("log-authority: {}: {error}", path.display()))
    };
    let authority = settings.log_authority.as_ref().map(read).transpose()?;
    Ok(Some(Where {
        urls: settings.log.clone(),
        name: settings.log_name.clone(),
        keep: settings.log_keep,
        replicas: settings.log_replicas,
        authority,
    }))
}

/// # Errors
///
/// The history cannot be opened, or cannot follow that log: why, and what to do.
pub(crate) fn join(
    settings: &Settings,
    mut own: history::Settings,
    log: &Where,
    tell: impl Fn(Report<Ticket>) -> bool + Send + Clone + 'static,
    told: impl Fn(Told) -> bool + Send + Clone + 'static,
) -> Result<(History<Ticket>, Shared, Loaded), String> {
    let boot = format!("{:016x}", token::random_number());
    let common = Arc::new(Common::new(&boot, own.queue_bytes, own.metrics.node()));
    own.shared = Some(common.shared());
    let words = |error: history::OpenError| error.to_string();
    let mut joining = Joining::open(&own).map_err(words)?;
    let coming = Coming {
        log,
        begins: settings.log_begin,
        reserve: model::reservation(),
        lobby: model::lobby_entry(&token::random_text(), clock::now()),
    };
    let joined = nodes::join(&common, &mut joining, &coming)?;
    let cursor = Cursor::new(joining.place(), joining.last());
    let (history, loaded) = History::begin(&own, joining, tell).map_err(words)?;
    let beginning = Beginning { log: log.clone(), id: joined.id, cursor, card: card(settings) };
    let bus = Bus::start(common, beginning, &history.follower(), told)
        .map_err(|error| format!("there are no threads for the log: {error}"))?;
    if joined.follows {
        log::info!(
            "node {boot} follows the log {} at {} from place {} on",
            log.name,
            log.addresses(),
            cursor.place()
        );
    }
    Ok((history, Shared { bus, person: joined.person, room: joined.room }, loaded))
}

/// What other nodes are told of this one.
fn card(settings: &Settings) -> String {
    let listens: Vec<String> = settings.listen.iter().map(ToString::to_string).collect();
    format!("{} {}", env!("CARGO_PKG_VERSION"), listens.join(" "))
}
