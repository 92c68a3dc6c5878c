//! What the system knows of the process and of the disk. It is asked for each page, by the board's own thread. What it does not say
//! (there is no /proc) is left out.

use std::fs;
use std::path::{Path, PathBuf};

use super::page::Page;

/// Ticks of a second in /proc, whatever the kernel was built with (proc(5), `sysconf(_SC_CLK_TCK)`).
const TICKS: f64 = 100.0;

/// How they are called there, in this order.
const FILES: [&str; 3] = ["main", "wal", "shm"];

/// Where the history lies: `chat.db`, its log and SQLite's index of that.
#[derive(Debug, Clone)]
pub(crate) struct Files(pub(crate) [PathBuf; 3]);

pub(super) fn write_files(files: &Files, page: &mut Page) {
    let metric = "chat_history_bytes";
    page.head(metric, "gauge", "How large the files of the history are.");
    for (word, file) in FILES.iter().zip(&files.0) {
        // The log and its index come and go.
        let bytes = fs::metadata(file).map_or(0, |metadata| metadata.len());
        page.sample(metric, &[("file", word)], bytes);
    }
    if let Some(free) = free_bytes(&files.0[0]) {
        page.one("chat_history_free_bytes", "gauge", "Room on the disk of the history, for its user.", free);
    }
}

/// What a user without special rights may still write.
fn free_bytes(file: &Path) -> Option<u64> {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let disk = rustix::fs::statvfs(folder).ok()?;
    Some(disk.f_bavail.saturating_mul(disk.f_frsize))
}

/// The names that all of Prometheus' clients use.
pub(super) fn write_process(began_at: f64, page: &mut Page) {
    let help = "When the process began, in seconds since 1970.";
    page.one("process_start_time_seconds", "gauge", help, began_at);
    if let Some(seconds) = proc("stat").as_deref().and_then(cpu_seconds) {
        let help = "Seconds of processors that the process has taken.";
        page.one("process_cpu_seconds_total", "counter", help, seconds);
    }
    let status = proc("status").unwrap_or_default();
    if let Some(bytes) = kibibytes(&status, "VmRSS") {
        page.one("process_resident_memory_bytes", "gauge", "Memory that the process has.", bytes);
    }
    if let Some(bytes) = kibibytes(&status, "VmSize") {
        page.one("process_virtual_memory_bytes", "gauge", "Addresses that the process has.", bytes);
    }
    if let Some(open) = open_files() {
        page.one("process_open_fds", "gauge", "Files and connections that the process has open.", open);
    }
    if let Some(most) = rustix::process::getrlimit(rustix::process::Resource::Nofile).current {
        page.one("process_max_fds", "gauge", "Files and connections that the process may have open.", most);
    }
}

fn proc(name: &str) -> Option<String> {
    fs::read_to_string(Path::new("/proc/self").join(name)).ok()
}

/// From /proc/PID/stat: in user mode and in the kernel (proc(5), fields 14 and 15).
fn cpu_seconds(stat: &str) -> Option<f64> {
    // The name of the program stands before that, in parentheses, and may have anything in it. Behind it is the third field.
    let mut fields = stat.rsplit_once(')')?.1.split_ascii_whitespace().skip(14 - 3);
    let mut ticks = || fields.next()?.parse::<u64>().ok();
    Some(ticks()?.saturating_add(ticks()?) as f64 / TICKS)
}

/// From /proc/PID/status.
fn kibibytes(status: &str, name: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))?;
    line.trim().strip_suffix(" kB")?.parse::<u64>().ok()?.checked_mul(1024)
}

/// Linux tells the number as the size of the folder since 6.2. Before that they are counted.
fn open_files() -> Option<u64> {
    let folder = "/proc/self/fd";
    let told = fs::metadata(folder).ok()?.len();
    if told > 0 {
        return Some(told);
    }
    // The folder itself is one of them while it is read.
    Some((fs::read_dir(folder).ok()?.count() as u64).saturating_sub(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As proc(5) has it, with a name that looks like the fields behind it.
    #[test]
    fn the_fields_are_those_behind_the_name() {
        let stat = "42 (a) 1 (b c) S 1 42 42 0 -1 4194560 500 0 1 0 150 25 0 0 20 0 7 0 12345 104857600 256";
        assert_eq!(cpu_seconds(stat), Some(1.75));
        // Each is as long as the kernel's `unsigned long`: here, 1,000 days of it.
        let long = "42 (a) S 1 2 3 4 5 6 7 8 9 10 8640000000 0 0 0";
        assert_eq!(cpu_seconds(long), Some(86_400_000.0));
        for wrong in ["", "42", "42 (a)", "42 (a) S 1", "42 (a) S x x x x x x x x x x x x x x x x"] {
            assert_eq!(cpu_seconds(wrong), None, "{wrong}");
        }
        let status = "Name:\tVmRSS:\nVmSize:\t  102400 kB\nVmRSSx:\t1 kB\nVmRSS:\t     256 kB\n";
        assert_eq!(kibibytes(status, "VmRSS"), Some(256 << 10));
        assert_eq!(kibibytes(status, "VmSize"), Some(100 << 20));
        assert_eq!(kibibytes("VmRSS:\t18446744073709551615 kB\n", "VmRSS"), None);
    }
}
