//! Settings that are other ones while the chat runs. What is lower now than what there is ends nobody: connections, rooms,
//! members and names stay, and only what comes is judged by it. What is lost for good by a lower one waits (`grace.rs`).

use pollcat::Peers;

use super::grace::Amounts;
use super::hall::{Hall, rules};
use super::{outside, pictures};
use crate::history::{BackupPlan, Millis};
use crate::run::budgets::Budget;
use crate::run::clock::ticks;
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
    hall.charges.change(&settings);
    hall.door.change(&settings);
    hall.files.change(&settings);
    hall.early.set_budget(Budget::early(&settings));
    if let Some(sender) = &hall.post.sender {
        sender.set_hosts(settings.push_hosts.clone());
    }
    let plan = backup_plan(hall);
    let before = std::mem::replace(&mut hall.settings, settings);
    if hall.grace.choose(Amounts::of(&hall.settings), ticks()) {
        log::warn!(
            "less is to be kept: what is too much goes in ten minutes, and for good, unless other settings are read before"
        );
    }
    put_in_force(hall, plan);
    if before.robot_hook != hall.settings.robot_hook {
        outside::robot::change_hook(hall, peers);
    }
    let lengths = |settings: &Settings| (settings.max_message, settings.max_picture);
    if lengths(&before) != lengths(&hall.settings) {
        peers.ids().into_iter().for_each(|id| pictures::change_length(hall, peers, id));
    }
}

/// Is the time of grace over, in which other settings could be read?
pub(super) fn pass_time(hall: &mut Hall, now: Millis) {
    if hall.grace.is_over(now) {
        let plan = backup_plan(hall);
        hall.grace.end();
        put_in_force(hall, plan);
    }
}

/// The amounts that count now, and what goes by them. `before` is the plan by which backups were made.
fn put_in_force(hall: &mut Hall, before: Option<BackupPlan>) {
    let amounts = hall.grace.in_force();
    hall.model.set_rules(amounts.rules(rules(&hall.settings)));
    hall.ledger.keep(amounts.keep());
    let plan = backup_plan(hall);
    let is_told = plan == before || plan.is_none_or(|plan| hall.ledger.plan_backups(plan));
    if !is_told {
        log::error!("backups are made no longer: start the chat again");
    }
}

fn backup_plan(hall: &Hall) -> Option<BackupPlan> {
    hall.settings.backup_plan().map(|plan| hall.grace.in_force().plan(plan))
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
