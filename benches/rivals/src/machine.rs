//! Where the numbers come from: the machine, the versions, and a core for each side.

use std::{collections::BTreeMap, fs, process::Command};

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};
use serde::Serialize;

use crate::servers::Server;

#[derive(Debug, Serialize)]
pub(crate) struct Machine {
    pub(crate) processor: String,
    pub(crate) kernel: String,
    pub(crate) compiler: String,
    /// Vector instructions that the whole program was compiled for, beyond what every x86-64 has.
    pub(crate) native: bool,
    pub(crate) cores: Cores,
    /// Programs that ran beside us, on average over the minute before.
    pub(crate) load_average: f64,
}

/// A core for the server and another for the load.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Cores {
    Apart {
        server: usize,
        load: usize,
        siblings: bool,
    },
    /// There is only one, or we may not choose: the two get in each other's way.
    Shared,
}

impl Machine {
    pub(crate) fn look() -> Machine {
        let processors = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
        let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
        Machine {
            processor: processor(&processors),
            kernel: rustix::system::uname().release().to_string_lossy().into_owned(),
            compiler: compiler(),
            native: cfg!(target_feature = "avx2"),
            cores: Cores::choose(),
            load_average: load.split(' ').next().and_then(|word| word.parse().ok()).unwrap_or(f64::NAN),
        }
    }
}

impl Cores {
    fn choose() -> Cores {
        let Ok(allowed) = sched_getaffinity(None) else { return Cores::Shared };
        let mut allowed = (0..CpuSet::MAX_CPU).filter(|&core| allowed.is_set(core));
        let Some(server) = allowed.next() else { return Cores::Shared };
        let others: Vec<usize> = allowed.collect();
        let siblings = siblings(server);
        let apart = others.iter().find(|core| !siblings.contains(core));
        let cores = match (apart, others.first()) {
            (Some(&load), _) => Cores::Apart { server, load, siblings: false },
            (None, Some(&load)) => Cores::Apart { server, load, siblings: true },
            (None, None) => return Cores::Shared,
        };
        if pin(cores.load()).is_ok() { cores } else { Cores::Shared }
    }

    pub(crate) fn server(self) -> Option<usize> {
        match self {
            Cores::Apart { server, .. } => Some(server),
            Cores::Shared => None,
        }
    }

    fn load(self) -> Option<usize> {
        match self {
            Cores::Apart { load, .. } => Some(load),
            Cores::Shared => None,
        }
    }
}

/// Keeps this thread, and what it starts from now on, on one core.
pub(crate) fn pin(core: Option<usize>) -> rustix::io::Result<()> {
    let Some(core) = core else { return Ok(()) };
    let mut set = CpuSet::new();
    set.set(core);
    sched_setaffinity(None, &set)
}

/// A thousand connections need more descriptors than most shells allow without being asked.
pub(crate) fn raise_descriptor_limit() -> rustix::io::Result<()> {
    let limit = getrlimit(Resource::Nofile);
    setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, maximum: limit.maximum })
}

/// Hardware threads of the same core.
fn siblings(core: usize) -> Vec<usize> {
    let path = format!("/sys/devices/system/cpu/cpu{core}/topology/thread_siblings_list");
    numbers(fs::read_to_string(path).unwrap_or_default().trim())
}

/// `0-1,8` are 0, 1 and 8.
fn numbers(list: &str) -> Vec<usize> {
    let ranges = list.split(',').filter_map(|range| {
        let (first, last) = range.split_once('-').unwrap_or((range, range));
        Some(first.parse().ok()?..=last.parse().ok()?)
    });
    ranges.flatten().collect()
}

fn processor(processors: &str) -> String {
    let named = processors.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    let count = processors.lines().filter(|line| line.starts_with("processor")).count();
    match named {
        Some((_, name)) => format!("{name}, {count} hardware threads"),
        None => format!("{}, {count} hardware threads", std::env::consts::ARCH),
    }
}

fn compiler() -> String {
    let output = Command::new("rustc").arg("--version").output();
    let version = output.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
    version.ok().filter(|version| !version.is_empty()).unwrap_or_else(|| "rustc of unknown version".into())
}

/// What was built of the packages that the table names, from the lock file.
pub(crate) fn versions() -> BTreeMap<&'static str, &'static str> {
    let mut versions = locked(include_str!("../Cargo.lock"));
    versions.retain(|name, _| Server::ALL.iter().any(|server| server.package() == *name));
    versions
}

fn locked(file: &str) -> BTreeMap<&str, &str> {
    let packages = file.split("[[package]]").skip(1);
    packages.filter_map(|package| Some((value(package, "name")?, value(package, "version")?))).collect()
}

/// What stands in quotes behind `key`.
fn value<'a>(package: &'a str, key: &str) -> Option<&'a str> {
    let line = package.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(" = \""))?;
    line.strip_suffix('"')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_of_cores_is_read_as_the_kernel_writes_it() {
        assert_eq!(numbers("0"), [0]);
        assert_eq!(numbers("0-3"), [0, 1, 2, 3]);
        assert_eq!(numbers("0,8"), [0, 8]);
        assert_eq!(numbers("0-1,8-9"), [0, 1, 8, 9]);
        assert!(numbers("").is_empty());
    }

    #[test]
    fn the_lock_file_knows_every_version_that_the_table_names() {
        let versions = versions();
        for server in Server::ALL {
            let package = server.package();
            assert!(versions.contains_key(package), "{package}");
        }
        assert_eq!(versions.len(), Server::ALL.len());
    }

    #[test]
    fn a_lock_file_is_read_as_cargo_writes_it() {
        let file = "version = 4\n\n[[package]]\nname = \"mio\"\nversion = \"1.2.4\"\nsource = \"…\"\n\n\
            [[package]]\nname = \"pollcat\"\nversion = \"0.1.0\"\n";
        assert_eq!(locked(file), [("mio", "1.2.4"), ("pollcat", "0.1.0")].into());
    }

    #[test]
    fn the_processor_is_named_and_counted() {
        let text = "processor\t: 0\nmodel name\t: A Fine One\n\nprocessor\t: 1\nmodel name\t: A Fine One\n";
        assert_eq!(processor(text), "A Fine One, 2 hardware threads");
    }
}
