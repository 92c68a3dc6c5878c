//! What a service manager is told: that the chat serves, how many are here, that it lives, and that it stops. Each is a datagram to
//! the socket that `NOTIFY_SOCKET` names (sd_notify(3)). Nobody has to listen, and nothing waits for who does.

use std::env;
use std::ffi::{OsStr, OsString};
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::net::{SocketAddr, UnixDatagram};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

const READY: &str = "READY=1\nSTATUS=serving";

/// The way there, if there is one. Its clones are the same.
#[derive(Debug, Clone, Default)]
pub(crate) struct Notify(Option<Arc<Manager>>);

#[derive(Debug)]
struct Manager {
    socket: UnixDatagram,
    address: SocketAddr,
    /// It takes the chat for dead when it has heard nothing for so long.
    patience: Option<Duration>,
    state: Mutex<State>,
}

/// How the chat is. The thread that hears signals changes it, and so do the start and the loop; what the manager hears has the order
/// of the changes.
#[derive(Debug, Default)]
struct State {
    stage: Stage,
    /// What could not be told: the manager's queue is full when many units start.
    untold: Option<String>,
}

/// It never goes back.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Stage {
    #[default]
    Starting,
    Serving,
    Stopping,
}

impl Notify {
    /// Whoever started the program has said where it is to be told. What is said there and cannot be used is warned of.
    pub(crate) fn from_environment() -> Self {
        let Some(place) = env::var_os("NOTIFY_SOCKET").filter(|place| !place.is_empty()) else {
            return Notify::default();
        };
        let number = |name| env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
        // It may be meant for the process that started this one.
        let is_mine = number("WATCHDOG_PID").is_none_or(|pid| pid == u64::from(std::process::id()));
        let patience = number("WATCHDOG_USEC").filter(|&micros| is_mine && micros > 0);
        match Manager::at(&place, patience.map(Duration::from_micros)) {
            Ok(manager) => Notify(Some(Arc::new(manager))),
            Err(error) => {
                log::warn!(
                    "the service manager is told nothing: NOTIFY_SOCKET is {}: {error}",
                    place.display()
                );
                Notify::default()
            }
        }
    }

    /// How often it wants to hear that the chat lives.
    pub(crate) fn beat_each(&self) -> Option<Duration> {
        self.0.as_ref()?.patience.map(|patience| patience / 2)
    }

    pub(crate) fn beat(&self) {
        self.tell("WATCHDOG=1");
    }

    /// The chat serves. If it has been told to stop meanwhile, that was the last word.
    pub(crate) fn ready(&self) {
        self.tell_from(Stage::Serving, READY);
    }

    /// Settings are read again by `read`: the manager hears when that begins, and that the chat serves when it is over. A chat that
    /// does not serve yet is not ready because of it, and one that stops does not serve again: then nothing is told.
    pub(crate) fn reload(&self, read: impl FnOnce()) {
        let now = clock_gettime(ClockId::Monotonic);
        let micros = now.tv_sec as u64 * 1_000_000 + now.tv_nsec as u64 / 1_000;
        let is_told = self.tell_while_serving(&format!("RELOADING=1\nMONOTONIC_USEC={micros}"));
        read();
        if is_told {
            self.tell_while_serving(READY);
        }
    }

    pub(crate) fn stopping(&self) {
        self.tell_from(Stage::Stopping, "STOPPING=1\nSTATUS=stopping");
    }

    /// What it does, for people.
    pub(crate) fn status(&self, words: &str) {
        self.tell(&format!("STATUS={words}"));
    }

    /// What is under way takes so much longer: it is no reason to end the chat.
    pub(crate) fn more_time(&self, time: Duration) {
        self.tell(&format!("EXTEND_TIMEOUT_USEC={}", time.as_micros()));
    }

    /// Tells how the chat is, if the manager has not taken it. A manager that never hears READY=1 ends a chat that is well.
    pub(crate) fn tell_again(&self) {
        if let Some(mut state) = self.state()
            && let Some(words) = state.untold.take()
        {
            self.tell_surely(&mut state, &words);
        }
    }

    /// From here on the chat is at this stage, if it has not been there or further.
    fn tell_from(&self, stage: Stage, words: &str) {
        if let Some(mut state) = self.state().filter(|state| state.stage < stage) {
            state.stage = stage;
            self.tell_surely(&mut state, words);
        }
    }

    /// Was it at that stage?
    fn tell_while_serving(&self, words: &str) -> bool {
        let state = self.state().filter(|state| state.stage == Stage::Serving);
        let is_told = state.is_some();
        state.into_iter().for_each(|mut state| self.tell_surely(&mut state, words));
        is_told
    }

    /// If it is not taken now, [`tell_again`](Self::tell_again) tells it: or what is to be told instead by then.
    fn tell_surely(&self, state: &mut State, words: &str) {
        let is_told = self.tell(words);
        state.untold = (!is_told).then(|| words.to_owned());
    }

    fn state(&self) -> Option<MutexGuard<'_, State>> {
        let manager = self.0.as_ref()?;
        Some(manager.state.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn tell(&self, words: &str) -> bool {
        let Some(manager) = &self.0 else { return true };
        let told = manager.socket.send_to_addr(words.as_bytes(), &manager.address);
        told.inspect_err(|error| log::debug!("the service manager did not hear {words:?}: {error}")).is_ok()
    }
}

impl Manager {
    fn at(place: &OsStr, patience: Option<Duration>) -> io::Result<Self> {
        let socket = UnixDatagram::unbound()?;
        // The loop tells it too, and waits for nobody.
        socket.set_nonblocking(true)?;
        Ok(Manager { socket, address: address(place)?, patience, state: Mutex::default() })
    }
}

/// A path, or a name of Linux that is no path, with `@` before it.
fn address(place: &OsStr) -> io::Result<SocketAddr> {
    match place.as_bytes() {
        [b'/', ..] => SocketAddr::from_pathname(OsString::from(place)),
        #[cfg(target_os = "linux")]
        [b'@', name @ ..] => <SocketAddr as std::os::linux::net::SocketAddrExt>::from_abstract_name(name),
        _ => Err(io::Error::new(io::ErrorKind::Unsupported, "neither a path nor a name that begins with @")),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    /// Whoever listens at a name of no path.
    fn manager(patience: Option<Duration>) -> (UnixDatagram, Notify) {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("@pollcat-notify-{}-{number}", std::process::id());
        let ear = UnixDatagram::bind_addr(&address(OsStr::new(&name)).expect("a name")).expect("it is free");
        let manager = Manager::at(OsStr::new(&name), patience).expect("it can be told");
        (ear, Notify(Some(Arc::new(manager))))
    }

    fn heard(ear: &UnixDatagram) -> String {
        let mut bytes = [0; 256];
        let length = ear.recv(&mut bytes).expect("it was told");
        String::from_utf8(bytes[..length].to_vec()).expect("text")
    }

    /// The words of sd_notify(3), one assignment in a line.
    #[test]
    fn the_manager_hears_what_its_manual_says() {
        let (ear, notify) = manager(Some(Duration::from_secs(10)));
        notify.ready();
        assert_eq!(heard(&ear), "READY=1\nSTATUS=serving");
        notify.beat();
        assert_eq!(heard(&ear), "WATCHDOG=1");
        notify.status("3 people are here");
        assert_eq!(heard(&ear), "STATUS=3 people are here");
        notify.more_time(Duration::from_millis(1500));
        assert_eq!(heard(&ear), "EXTEND_TIMEOUT_USEC=1500000");
        notify.stopping();
        assert_eq!(heard(&ear), "STOPPING=1\nSTATUS=stopping");
        assert_eq!(notify.beat_each(), Some(Duration::from_secs(5)));
    }

    /// The kernel says on that clock when it started, and counts on: /proc/uptime is nearly the same clock.
    #[test]
    fn the_moment_of_a_reload_is_on_the_clock_of_the_system() {
        let (ear, notify) = manager(None);
        notify.ready();
        heard(&ear);
        let mut told = String::new();
        notify.reload(|| told = heard(&ear));
        assert_eq!(heard(&ear), READY);
        let micros =
            told.strip_prefix("RELOADING=1\nMONOTONIC_USEC=").and_then(|text| text.parse::<u64>().ok());
        let uptime = std::fs::read_to_string("/proc/uptime").expect("Linux has it");
        let seconds: f64 = uptime.split(' ').next().and_then(|text| text.parse().ok()).expect("a number");
        let seconds_told = micros.expect("a number") as f64 / 1e6;
        assert!((seconds - seconds_told).abs() < 120.0, "{seconds} {seconds_told}");
        assert_eq!(notify.beat_each(), None);
    }

    /// sd_notify(3): READY=1 ends the start, or a reload. It is neither, before the chat serves and when it has begun to stop.
    #[test]
    fn a_reload_is_told_only_while_the_chat_serves() {
        let (ear, notify) = manager(None);
        ear.set_nonblocking(true).expect("a socket");
        let is_silent = || ear.recv(&mut [0; 256]).is_err();
        let mut read = 0;
        notify.reload(|| read += 1);
        assert!(is_silent(), "it has not started");
        notify.ready();
        assert_eq!(heard(&ear), READY);
        // SIGTERM comes while the settings are read.
        notify.reload(|| {
            assert!(heard(&ear).starts_with("RELOADING=1\n"));
            notify.stopping();
            read += 1;
        });
        assert_eq!(heard(&ear), "STOPPING=1\nSTATUS=stopping");
        notify.reload(|| read += 1);
        notify.ready();
        notify.stopping();
        assert!(is_silent(), "that was the last word");
        assert_eq!(read, 3);
        // And if it comes during the start.
        let (ear, notify) = manager(None);
        notify.stopping();
        notify.ready();
        heard(&ear);
        ear.set_nonblocking(true).expect("a socket");
        assert!(ear.recv(&mut [0; 256]).is_err());
    }

    /// A manager that does not listen any more, or whose queue is full, keeps nobody waiting.
    #[test]
    fn nothing_waits_for_a_manager() {
        let (ear, notify) = manager(None);
        (0..10_000).for_each(|_| notify.beat());
        drop(ear);
        notify.beat();
        Notify::default().ready();
    }

    /// Many units start at once, and its queue is full: what it has to hear is told until it has.
    #[test]
    fn a_manager_with_a_full_queue_hears_how_the_chat_is_in_the_end() {
        let (ear, notify) = manager(None);
        while notify.tell("WATCHDOG=1") {}
        notify.ready();
        notify.tell_again();
        let mut told = Vec::new();
        ear.set_nonblocking(true).expect("a socket");
        let mut bytes = [0; 256];
        while let Ok(length) = ear.recv(&mut bytes) {
            told.push(String::from_utf8_lossy(&bytes[..length]).into_owned());
        }
        assert!(told.iter().all(|told| told == "WATCHDOG=1"), "{told:?}");
        notify.tell_again();
        notify.tell_again();
        assert_eq!(heard(&ear), "READY=1\nSTATUS=serving");
        assert!(ear.recv(&mut bytes).is_err(), "it was told twice");
    }

    #[test]
    fn an_address_is_a_path_or_a_name() {
        let is_address = |place: &str| address(OsStr::new(place)).is_ok();
        assert!(is_address("/run/systemd/notify") && is_address("@/org/freedesktop/systemd1/notify"));
        for other in ["vsock:2:1234", "relative", ""] {
            assert!(!is_address(other), "{other}");
        }
        assert!(!is_address(&format!("/{}", "x".repeat(200))));
    }
}
