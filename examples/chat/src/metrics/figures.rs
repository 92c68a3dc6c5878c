//! The table of all figures of the chat: whoever adds one adds a row here, and a method in `handle.rs` that notes it. Names are as
//! Prometheus has them: base units, and `_total` for what only rises.

use super::kinds::{Amounts, Counter, Counters, Figure, Gauge, Gauges, Span, Times};
use super::labels::{Attempt, CodeWord, EventKind, HookResult, Person, Room};
use super::page::Page;

/// Declares each figure once: its field, its kind, its name, and what it is in one sentence.
macro_rules! figures {
    ($($field:ident: $kind:ty, $metric:literal, $help:literal;)*) => {
        #[derive(Debug, Default)]
        pub(super) struct Figures {
            $(pub(super) $field: $kind,)*
        }

        impl Figures {
            pub(super) fn write(&self, page: &mut Page) {
                $(self.$field.write($metric, $help, page);)*
            }
        }
    };
}

figures! {
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
