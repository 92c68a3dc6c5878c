//! nginx in front, configured as its users do: pages over kept connections, WebSockets by the upgrade map.

use std::fs;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};

use pollcat::{Config, Proxies};

use super::{Site, get, request};
use crate::client::{Client, TEXT};
use crate::running::{Running, wait_until};
use crate::scratch::{Scratch, cannot_run};

struct Nginx {
    process: Child,
    address: SocketAddr,
    _scratch: Scratch,
}

impl Nginx {
    /// `None` if there is no nginx on this machine.
    fn before(upstream: SocketAddr) -> Option<Self> {
        let scratch = Scratch::new("nginx");
        // It does not choose its port itself. The one that was free a moment ago most likely still is.
        let free = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
        let address = free.expect("loopback has a free port");
        let file = scratch.file("nginx.conf");
        fs::write(&file, settings(&scratch, address, upstream)).expect("the settings can be written");
        // Debian keeps it where the search path of a plain user does not lead.
        let mut found = ["nginx", "/usr/sbin/nginx"].into_iter().map(|program| {
            let mut command = Command::new(program);
            command.arg("-c").arg(&file).arg("-p").arg(scratch.path()).args(["-e", "stderr"]);
            command.stdin(Stdio::null()).spawn()
        });
        let Some(Ok(process)) = found.find(Result::is_ok) else {
            cannot_run("there is no nginx on this machine");
            return None;
        };
        Some(Nginx { process, address, _scratch: scratch })
    }

    fn wait_until_it_listens(&mut self) {
        wait_until("nginx listens", || {
            let ended = self.process.try_wait().expect("a child can be asked");
            assert_eq!(ended, None, "nginx did not start");
            TcpStream::connect(self.address).is_ok()
        });
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        // One process, without a master: this is all of it.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn settings(scratch: &Scratch, address: SocketAddr, upstream: SocketAddr) -> String {
    let folder = scratch.path().display();
    let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .map(|kind| format!("    {kind}_temp_path {folder}/{kind};\n"))
        .concat();
    format!(
        "daemon off;
master_process off;
pid {folder}/pid;
events {{ worker_connections 64; }}
http {{
    access_log off;
{temporary}
    map $http_upgrade $connection_upgrade {{
        default upgrade;
        ''      '';
    }}
    upstream pollcat {{
        server {upstream};
        keepalive 4;
    }}
    server {{
        listen {address};
        location / {{
            proxy_pass http://pollcat;
            proxy_http_version 1.1;
            proxy_set_header Host $http_host;
            proxy_set_header Upgrade $http_upgrade;
            proxy_set_header Connection $connection_upgrade;
            proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
        }}
    }}
}}
"
    )
}

#[test]
fn behind_nginx_pages_share_a_connection_websockets_pass_and_clients_are_known() {
    let loopback = Proxies::only(["127.0.0.1"]).expect("an address");
    let server = Running::start(Config::new().trust_proxies(loopback), Site);
    let Some(mut nginx) = Nginx::before(server.address()) else {
        return;
    };
    nginx.wait_until_it_listens();
    let mut client = Client::dial(nginx.address);
    assert_eq!(client.ask(&get("/")).1, "<!doctype html>");
    // What the client itself put in front is handed on, and the nearest address that is no proxy counts.
    let forwarded = request("GET", "/client", "1.1", "X-Forwarded-For: 203.0.113.9, 198.51.100.7\r\n");
    assert_eq!(client.ask(&forwarded).1, "198.51.100.7");
    let (head, _) = Client::dial(nginx.address).ask(&get("/nowhere"));
    assert!(head.starts_with("HTTP/1.1 404 "), "{head}");
    // Three pages from two clients, and nginx came once.
    server.wait_until("all is counted", |counters| counters.pages == 3);
    assert_eq!(server.counters().accepted, 1);

    let mut browser = Client::dial(nginx.address);
    // The page's own origin, as a browser tells it.
    browser.open("Origin: http://localhost\r\n");
    for text in ["hello", "你好"] {
        browser.send(TEXT, text.as_bytes());
        assert_eq!(browser.text(), text);
    }
    browser.close(1000);
    assert_eq!(browser.close_frame().0, 1000);
    browser.nothing_more();
}
