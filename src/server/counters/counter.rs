//! One counter, and what a reader of metrics must know of it.

/// One of the [`Counters`](crate::Counters), to be shown or sent on: [`Counters::iter`](crate::Counters::iter).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counter {
    row: &'static Row,
    label: Option<(&'static str, &'static str)>,
    value: u64,
}

/// How the value of a [`Counter`] moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CounterKind {
    /// It counts what has happened since the server began, and never falls.
    Counter,
    /// It says how much there is now.
    Gauge,
}

/// What never changes of a counter.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) name: &'static str,
    pub(super) metric: &'static str,
    pub(super) kind: CounterKind,
    pub(super) help: &'static str,
}

impl Counter {
    pub(super) fn new(row: &'static Row, value: u64) -> Self {
        Counter { row, label: None, value }
    }

    /// One of several that share a name.
    pub(super) fn labelled(
        row: &'static Row,
        (name, label): (&'static str, &'static str),
        value: u64,
    ) -> Self {
        Counter { row, label: Some((name, label)), value }
    }

    /// Its field in [`Counters`](crate::Counters), such as `messages_in`; `refused` for each reason of a refusal.
    pub fn name(&self) -> &'static str {
        self.row.name
    }

    /// Its name for Prometheus, such as `pollcat_messages_in_total`.
    pub fn metric(&self) -> &'static str {
        self.row.metric
    }

    /// One sentence that says what it counts.
    pub fn help(&self) -> &'static str {
        self.row.help
    }

    /// Whether it only rises.
    pub fn kind(&self) -> CounterKind {
        self.row.kind
    }

    /// What tells it from others of the same name: `("reason", "ForeignOrigin")` for refusals (the reason is
    /// [`Refusal::name`](crate::Refusal::name)), and `None` for all others.
    pub fn label(&self) -> Option<(&'static str, &'static str)> {
        self.label
    }

    /// The count.
    pub fn value(&self) -> u64 {
        self.value
    }
}
