//! What the system tells the program: to stop, or to open its log anew. A thread of its own listens.
//!
//! | signal | what it does |
//! |---|---|
//! | SIGTERM, SIGINT | what was begun ends, everybody is told; once more: it ends at once |
//! | SIGHUP | opens the log file anew, reads settings, certificates and words again; from a closed terminal: as SIGTERM |
//! | | while the chat stops: only the log file |
//! | SIGUSR1 | opens the log file anew, as nginx does |
//! | SIGUSR2 | nothing: whoever means something else by it shall not kill the chat |

use std::{io, process, thread};

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM, SIGUSR1, SIGUSR2};
use signal_hook::iterator::Signals;

/// What is to be done about a signal.
#[derive(Debug, PartialEq, Eq)]
enum Act {
    Stop,
    /// Whoever asks twice does not want to wait: with this status, as a shell would tell it.
    EndNow(i32),
    /// The log; with SIGHUP also settings, certificates and words.
    Reopen,
    Reload,
    Nothing,
}

/// Signals that would end a program which does not know them are kept from now on; until [`Kept::watch`], Ctrl-C and
/// SIGTERM end the program at once, as nobody is served yet.
///
/// # Errors
///
/// The system does not tell us about signals.
pub(crate) fn keep() -> io::Result<Kept> {
    Signals::new([SIGHUP, SIGUSR1, SIGUSR2]).map(Kept)
}

pub(crate) struct Kept(Signals);

impl Kept {
    /// Listens, also to those that came meanwhile. `reopen` is called for the log, `reload` for settings, certificates and
    /// words, `stop` once; another signal of that kind ends the program at once.
    ///
    /// # Errors
    ///
    /// The system does not tell us about signals, or has no thread for us.
    pub(crate) fn watch(
        self,
        on_terminal: bool,
        reopen: impl Fn() + Send + 'static,
        mut reload: impl FnMut() + Send + 'static,
        stop: impl FnOnce() + Send + 'static,
    ) -> io::Result<()> {
        let Kept(mut signals) = self;
        signals.add_signal(SIGTERM)?;
        signals.add_signal(SIGINT)?;
        let mut stop = Some(stop);
        let listen = move || {
            for signal in signals.forever() {
                match act(signal, on_terminal, stop.is_some()) {
                    Act::Nothing => log::info!("{}: it means nothing here", name(signal)),
                    Act::Reopen => reopen(),
                    Act::Reload => {
                        reopen();
                        reload();
                    }
                    Act::EndNow(status) => {
                        log::logger().flush();
                        process::exit(status)
                    }
                    Act::Stop => {
                        log::info!("{}: stopping; once more ends it at once", name(signal));
                        stop.take().into_iter().for_each(|stop| stop());
                    }
                }
            }
        };
        thread::Builder::new().name("signals".to_owned()).spawn(listen).map(drop)
    }
}

/// SIGHUP from the terminal that shows the log means that it was closed: nobody is there any more.
fn act(signal: i32, on_terminal: bool, running: bool) -> Act {
    match signal {
        SIGUSR1 => Act::Reopen,
        SIGUSR2 => Act::Nothing,
        SIGHUP if !on_terminal && running => Act::Reload,
        // Nothing is done by other settings any more. Whoever moves the log is served to the end.
        SIGHUP if !on_terminal => Act::Reopen,
        _ if running => Act::Stop,
        signal => Act::EndNow(128 + signal),
    }
}

fn name(signal: i32) -> &'static str {
    match signal {
        SIGTERM => "SIGTERM",
        SIGINT => "SIGINT",
        SIGUSR2 => "SIGUSR2",
        _ => "SIGHUP",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_signal_drains_and_the_second_ends() {
        let table = [
            (SIGTERM, false, true, Act::Stop),
            (SIGINT, true, true, Act::Stop),
            (SIGTERM, false, false, Act::EndNow(143)),
            (SIGINT, true, false, Act::EndNow(130)),
            (SIGHUP, false, true, Act::Reload),
            (SIGHUP, false, false, Act::Reopen),
            (SIGUSR1, false, true, Act::Reopen),
            (SIGUSR1, true, false, Act::Reopen),
            (SIGUSR2, true, true, Act::Nothing),
            (SIGHUP, true, true, Act::Stop),
            (SIGHUP, true, false, Act::EndNow(129)),
        ];
        for (signal, on_terminal, running, expected) in table {
            assert_eq!(
                act(signal, on_terminal, running),
                expected,
                "{} {on_terminal} {running}",
                name(signal)
            );
        }
    }
}
