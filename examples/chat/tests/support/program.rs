//! Where the program is, and how to run it to its end.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::OnceLock;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use std::{env, io, thread};

use pollcat_testing::client::PATIENCE;
use pollcat_testing::example;

/// The program, in a folder, with nothing in its environment that would change its settings.
pub fn command(folder: &Path) -> Command {
    command_of(path(), folder)
}

/// The same of a program that was built in another way.
pub fn command_of(program: &Path, folder: &Path) -> Command {
    let mut command = Command::new(program);
    for (name, _) in env::vars_os() {
        if name.to_string_lossy().starts_with("POLLCAT_") || name == "RUST_LOG" {
            command.env_remove(name);
        }
    }
    command.current_dir(folder);
    command
}

/// The same program as a service manager starts it that passes a socket (sd_listen_fds(3)): what is its standard input becomes the
/// socket. A shell takes the manager's place, as only the program's own process knows the number that has to be in `LISTEN_PID`.
pub fn with_a_passed_socket(program: &Command) -> Command {
    let shell = r#"exec 3<&0 0</dev/null; export LISTEN_FDS="${LISTEN_FDS-1}" LISTEN_PID="${LISTEN_PID-$$}"; exec "$@""#;
    let mut command = Command::new("sh");
    for (name, value) in program.get_envs() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    program.get_current_dir().into_iter().for_each(|folder| _ = command.current_dir(folder));
    command.args(["-c", shell, "sh"]).arg(program.get_program()).args(program.get_args());
    command
}

/// Built once, with no features.
pub fn path() -> &'static Path {
    static PATH: OnceLock<PathBuf> = OnceLock::new();
    PATH.get_or_init(|| example::built("chat", ""))
}

/// Runs a command that ends by itself. What it says is read meanwhile: a pipe holds only so much, on some systems a page.
#[track_caller]
pub fn output(mut command: Command) -> Output {
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the program can be started");
    let out = read(child.stdout.take().expect("it is piped"));
    let err = read(child.stderr.take().expect("it is piped"));
    let status = wait(&mut child);
    let said =
        |reader: JoinHandle<io::Result<Vec<u8>>>| reader.join().expect("it reads").expect("it can be read");
    Output { status, stdout: said(out), stderr: said(err) }
}

fn read(mut pipe: impl Read + Send + 'static) -> JoinHandle<io::Result<Vec<u8>>> {
    thread::spawn(move || {
        let mut all = Vec::new();
        pipe.read_to_end(&mut all).map(|_| all)
    })
}

/// Waits for the end of a program.
#[track_caller]
pub fn wait(child: &mut Child) -> ExitStatus {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(status) = child.try_wait().expect("a child can be waited for") {
            return status;
        }
        if Instant::now() > deadline {
            let _ = child.kill();
            let _ = child.wait();
            panic!("it does not end");
        }
        thread::park_timeout(Duration::from_millis(1)); // leaves the processor to the program
    }
}
