//! A real browser's console against the echo example: the tutorial's lines, from a page of another origin.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Sender, channel};
use std::time::Duration;

use pollcat::{Answer, Handler, Message, PeerId, Peers, Request, Server};

/// What somebody pastes into the console, and a long Chinese text; then the page tells its own server how it went.
const PAGE: &str = r#"<!doctype html><meta charset="utf-8"><title>another origin</title><script>
const report = new WebSocket(`ws://${location.host}/report`)
const long = "聊天室里的话".repeat(70000 / 6 + 1).slice(0, 70000)
const heard = []
report.onopen = () => {
    const ws = new WebSocket("ws://ADDRESS")
    ws.onopen = () => { ws.send("hello world"); ws.send(long); ws.send(new Uint8Array([1, 2, 3])) }
    ws.onerror = () => report.send("the connection failed")
    ws.onmessage = (event) => {
        heard.push(event.data)
        if (heard.length == 3) ws.close(1000, "thanks")
    }
    ws.onclose = async (event) => report.send([
        heard[0], heard[1] === long ? `${long.length} characters` : "a different text",
        new Uint8Array(await heard[2].arrayBuffer()).join(), event.code, event.wasClean,
    ].join(" | "))
}
</script>"#;

struct PageServer {
    page: String,
    reports: Sender<String>,
}

impl Handler for PageServer {
    fn on_request(&mut self, _: &mut Peers, _: PeerId, request: &Request<'_>) -> Answer {
        match (request.path(), request.upgrade()) {
            ("/report", Ok(Some(_))) => Answer::accept(),
            ("/", _) => Answer::page("text/html; charset=utf-8", self.page.clone()),
            _ => Answer::refuse(404, "there is only one page"),
        }
    }

    fn on_message(&mut self, peers: &mut Peers, _: PeerId, message: Message<'_>) {
        if let Message::Text(report) = message {
            let _ = self.reports.send(report.to_owned());
        }
        peers.stop();
    }
}

/// A program that ends with the test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn the_tutorials_lines_work_in_a_browser() -> Result<(), Box<dyn std::error::Error>> {
    let Some(browser) = find_browser() else {
        assert!(std::env::var_os("CI").is_none(), "chromium is not installed");
        eprintln!("SKIPPED: chromium is not installed, so no browser has tried the echo example");
        return Ok(());
    };
    let (_echo, echo_address) = start_echo()?;
    let server = Server::bind("127.0.0.1:0")?;
    let (mailbox, address) = (server.mailbox(), server.local_addr()?);
    let (reports, heard) = channel();
    let handler = PageServer { page: PAGE.replace("ADDRESS", &echo_address), reports };
    let page_server = std::thread::spawn(move || server.run(handler));

    let profile = std::env::temp_dir().join(format!("pollcat-browser-{}", std::process::id()));
    let flags = "--headless=new --no-sandbox --disable-gpu --disable-quic --no-first-run \
        --disable-background-networking --disable-component-update --disable-sync --disable-dev-shm-usage";
    let browser = Command::new(browser)
        .args(flags.split_whitespace())
        .arg(format!("--user-data-dir={}", profile.display()))
        .arg(format!("http://{address}/"))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .map(Running)?;
    let report = heard.recv_timeout(Duration::from_secs(120));
    drop(browser);
    mailbox.stop();
    let _ = page_server.join();
    let _ = std::fs::remove_dir_all(profile);
    assert_eq!(report?, "hello world | 70000 characters | 1,2,3 | 1000 | true");
    Ok(())
}

/// Starts the example, and reads where it listens from what it prints.
fn start_echo() -> Result<(Running, String), Box<dyn std::error::Error>> {
    let mut example = std::env::current_exe()?;
    example.pop(); // deps
    example.pop();
    let mut echo =
        Command::new(example.join("examples/echo")).arg("127.0.0.1:0").stdout(Stdio::piped()).spawn()?;
    let output = echo.stdout.take().ok_or("no output")?;
    let echo = Running(echo);
    let banner = BufReader::new(output).lines().take(6).collect::<Result<Vec<String>, _>>()?;
    let address = banner[0].rsplit("ws://").next().ok_or("no address in the banner")?;
    Ok((echo, address.to_owned()))
}

fn find_browser() -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let names = ["chromium", "chromium-browser", "google-chrome"];
    let candidates = std::env::split_paths(&path).flat_map(|folder| names.map(|name| folder.join(name)));
    candidates.into_iter().find(|program| program.is_file())
}
