//! A fault of the program in one of its threads ends the program. What that thread did would be missed by everybody, and nobody would
//! see why; a service manager sees a program that has ended, and starts it again.

use std::{panic, process, thread};

/// Those who see to it themselves: in the loop it costs one connection, and what goes out is tried again (`sender/workers.rs`).
const CAREFUL: [&str; 2] = ["main", "sender"];

pub(crate) fn end_with_any_thread() {
    let tell = panic::take_hook();
    panic::set_hook(Box::new(move |fault| {
        tell(fault);
        let name = thread::current().name().unwrap_or_default().to_owned();
        if !CAREFUL.contains(&&*name) {
            log::error!("a fault of the program, in the thread {name:?}: it ends ({fault})");
            log::logger().flush();
            process::exit(1);
        }
    }));
}

#[cfg(test)]
mod tests {
    use std::env;
    use std::process::Command;

    use super::*;

    const DIES: &str = "POLLCAT_TEST_DIES";

    /// In a program of its own: this very test, which begins in another way there.
    #[test]
    fn the_program_ends_with_any_thread_but_the_careful_ones() {
        if env::var_os(DIES).is_some() {
            end_with_any_thread();
            let die = |name: &str| {
                let thread = thread::Builder::new().name(name.into()).spawn(|| panic!("a fault"));
                assert!(thread.expect("there are threads").join().is_err());
            };
            die("sender");
            println!("it goes on");
            die("log-follow");
            unreachable!("it has ended");
        }
        let mut itself = Command::new(env::current_exe().expect("it has a file"));
        let name = thread::current().name().expect("a test has a name").to_owned();
        let output =
            itself.args([&*name, "--exact", "--nocapture"]).env(DIES, "1").output().expect("it runs");
        assert_eq!(output.status.code(), Some(1), "a test that fails ends with 101");
        assert!(String::from_utf8_lossy(&output.stdout).contains("it goes on"));
    }
}
