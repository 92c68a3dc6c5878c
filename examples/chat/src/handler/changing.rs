//! Settings that are other ones while the chat runs. What is lower now than what there is ends nobody: connections, rooms,
//! members and names stay, and only what comes is judged by it. What is kept too long goes, bit by bit.

use pollcat::Peers;

use super::hall::{Hall, rules};
use super::{outside, pictures};
use crate::history::Keep;
use crate::run::budgets::Budget;
use crate::run::settings::Settings;
use crate::run::words::told;
use crate::tickets::Reloaded;
use crate::voices::json::longest_request;

pub(super) fn change(hall: &mut Hall, peers: &mut Peers, reloaded: Reloaded) {
    if let Some(settings) = reloaded.settings {
        change_settings(hall, peers, *settings);
    }
    log::info!(event = "reloaded"; "the settings have been read again: {}", reloaded.changes);
    if let Some(words) = reloaded.words {
        log::info!("the words have been read again: {}", told(words.judged()));
        hall.model.set_words(*words);
    }
}

fn change_settings(hall: &mut Hall, peers: &mut Peers, settings: Settings) {
    change_server(peers, &settings);
    hall.model.set_rules(rules(&settings));
    hall.charges.change(&settings);
    hall.door.change(&settings);
    hall.files.change(&settings);
    hall.early.set_budget(Budget::early(&settings));
    hall.ledger.keep(Keep {
        messages: settings.keep_messages,
        age: settings.keep_for(),
        pictures: settings.keep_pictures,
    });
    if let Some(sender) = &hall.post.sender {
        sender.set_hosts(settings.push_hosts.clone());
    }
    let plan = settings.backup_plan();
    let is_told =
        plan == hall.settings.backup_plan() || plan.is_none_or(|plan| hall.ledger.plan_backups(plan));
    if !is_told {
        log::error!("backups are made no longer: start the chat again");
    }
    let before = std::mem::replace(&mut hall.settings, settings);
    if before.robot_hook != hall.settings.robot_hook {
        outside::robot::change_hook(hall, peers);
    }
    let lengths = |settings: &Settings| (settings.max_message, settings.max_picture);
    if lengths(&before) != lengths(&hall.settings) {
        peers.ids().into_iter().for_each(|id| pictures::change_length(hall, peers, id));
    }
}

/// What the library keeps of them.
fn change_server(peers: &mut Peers, settings: &Settings) {
    let (receiving, sending) = (Budget::receiving(settings), Budget::messages(settings));
    peers.set_origins(settings.origins());
    peers.set_proxies(settings.trust_proxy.clone());
    peers.set_trusted_networks(settings.trusted_networks.clone());
    peers.set_max_connections(settings.max_connections);
    peers.set_max_connections_per_address(settings.max_connections_per_address);
    peers.set_max_message_of_newcomers(longest_request(settings.max_message));
    peers.set_max_receiving(receiving.all, receiving.address);
    peers.set_max_sending(sending.all, sending.address);
}
