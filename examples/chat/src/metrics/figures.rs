//! The tables of all figures of the chat: whoever adds one adds a row here, and a method in `handle.rs` (or `node.rs`) that notes it.
//! Names are as Prometheus has them: base units, and `_total` for what only rises.

use super::kinds::{Amounts, Counter, Counters, Figure, Gauge, Gauges, Span, Times};
use super::labels::{Appender, Attempt, Claim, CodeWord, EventKind, HookResult, LogSide, Person, Room};
use super::page::Page;

/// Declares each figure once: its field, its kind, its name, and what it is in one sentence.
macro_rules! figures {
    ($(#[$about:meta])* $figures:ident { $($field:ident: $kind:ty, $metric:literal, $help:literal;)* }) => {
        $(#[$about])*
        #[derive(Debug, Default)]
        pub(super) struct $figures {
            $(pub(super) $field: $kind,)*
        }

        impl $figures {
            pub(super) fn write(&self, page: &mut Page) {
                $(self.$field.write($metric, $help, page);)*
            }
        }
    };
}

figures! {
    Figures {
        people: Gauges<Person>, "chat_people", "People: who are here now, and who are known.";
        rooms: Gauges<Room>, "chat_rooms", "Rooms there are, by who may join them.";
        events: Counters<EventKind>, "chat_events_total", "What was said in rooms since the chat began, and taken back.";
        ack: Times, "chat_ack_seconds", "From when a message was read until its ack was queued, or its answer over HTTP: it is on disk by then.";
        refusals: Counters<CodeWord>, "chat_refusals_total", "Requests of clients and programs that were refused, by the code of why.";
        hooks: Counters<HookResult>, "chat_hooks_total", "Requests to hooks, by how they were answered.";
        attempts: Counters<Attempt>, "chat_deliveries_total", "Attempts to deliver something to a target, by what came of them.";
        dropped: Counter, "chat_deliveries_dropped_total", "Deliveries that were given up.";
        deliveries_waiting: Gauge, "chat_deliveries_waiting", "Deliveries on their way to targets, or waiting for their turn.";
        batch: Amounts, "chat_store_batch_entries", "Entries of the history that went to the disk together.";
        store: Times, "chat_store_seconds", "How long one transaction of the history took, with its sync.";
        store_queue: Gauge, "chat_store_queue_bytes", "Bytes that wait for the disk.";
        store_wait: Span, "chat_store_waiting_seconds", "How long the oldest of what waits for the disk has waited.";
        store_errors: Counter, "chat_store_errors_total", "Transactions of the history that failed.";
        lines_dropped: Counter, "chat_log_lines_dropped_total", "Lines of the log that could not be written in time, and are missing.";
        backup_made: Gauge, "chat_backup_last_success_timestamp_seconds", "When the last backup was made, in seconds since 1970; 0: none that the chat knows of.";
        backup_bytes: Gauge, "chat_backup_last_size_bytes", "How large that backup is.";
        backup_errors: Counter, "chat_backup_errors_total", "Backups that failed.";
        reloads_failed: Counter, "chat_reload_errors_total", "Times that settings were read again and were wrong.";
    }
}

figures! {
    /// Of one node of several. Without a log that they share there is none of this.
    NodeFigures {
        nodes: Gauge, "chat_nodes", "Nodes that live, as this one has heard last, itself among them.";
        can_write: Gauge, "chat_node_can_write", "1: the log takes what is said here; 0: it is refused, and /readyz says why.";
        follows: Gauge, "chat_node_follows", "1: this node reads the log.";
        is_lost: Gauge, "chat_node_lost", "1: this node cannot follow the log any more, and an operator has to see to it.";
        holds_chores: Gauge, "chat_node_holds_chores", "1: this node gives up what is old, sends what goes out, and rings reminders.";
        claim: Gauges<Claim>, "chat_node_durability", "1: so sure is what is acknowledged, as the welcome says it.";
        last_place: Gauge, "chat_node_log_last_place", "The last place of the log, as this node has heard last.";
        applied_place: Gauge, "chat_node_applied_place", "The place of the log up to which this node has applied it.";
        behind: Span, "chat_node_behind_seconds", "How long the oldest entry has waited that this node knows of and has not applied.";
        appended: Counter, "chat_node_appended_entries_total", "Entries that this node has put into the log; twice, if it could not know.";
        applied: Counters<Appender>, "chat_node_applied_entries_total", "Entries of the log that were applied here, by who had put them there.";
        comeback: Times, "chat_node_return_seconds", "From when an entry was asked for until it was read in the log.";
        waiting: Gauge, "chat_node_waiting_bytes", "Bytes of entries that have not come back from the log.";
        reconnects: Counters<LogSide>, "chat_node_reconnects_total", "Times that a connection to the log was made again, by what it is for.";
        people_elsewhere: Gauge, "chat_node_people_elsewhere", "People who are here at other nodes, as this one has heard.";
    }
}
