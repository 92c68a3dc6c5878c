//! What lies outside the folder, or is hidden in it, is not there; whoever asks for it learns no more than that.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use pollcat_testing::client::Client;
use pollcat_testing::running::wait_until;

use crate::Site;

const SECRET: &str = "the secret";

#[test]
fn nothing_leads_out_of_the_folder() {
    let site = Site::start("files-out");
    fs::write(site.scratch.file("secret"), SECRET).expect("a file");
    fs::create_dir(site.scratch.file("site-of-another")).expect("a folder");
    fs::write(site.scratch.file("site-of-another/secret"), SECRET).expect("a file");
    site.put("index.html", "the root");
    site.put("docs/index.html", "the docs");
    site.put(".hidden", SECRET);
    site.put(".git/config", SECRET);
    site.put("docs/.env", SECRET);
    site.put("back\\slash", SECRET);
    let absolute = site.scratch.file("secret").display().to_string();
    let link = |to: &Path, name: &str| symlink(to, site.place(name)).expect("a link");
    link(&site.scratch.file("secret"), "link");
    link(Path::new("../secret"), "relative");
    link(&site.scratch.file("site-of-another"), "neighbour");
    link(Path::new("/"), "root");
    link(Path::new(".hidden"), "shown");
    link(Path::new(".git"), "git");
    link(Path::new("loop"), "loop");
    link(Path::new("nowhere"), "nowhere");
    let table = [
        "/../secret",
        "/docs/../../secret",
        "/docs/../index.html",
        "/./index.html",
        "/docs/./index.html",
        "/..",
        "/.",
        "/docs/..",
        "/../site/index.html",
        "/../site-of-another/secret",
        "/%2e%2e/secret",
        "/%2E%2E/secret",
        "/.%2e/secret",
        "/%2e./secret",
        "/..%2fsecret",
        "/..%2Fsecret",
        "/%2e%2e%2fsecret",
        "/docs%2f..%2f..%2fsecret",
        "/%252e%252e/secret",
        "/%252e%252e%252fsecret",
        "/..%5csecret",
        "/..\\secret",
        "/docs\\..\\..\\secret",
        "/back\\slash",
        "/back%5Cslash",
        "/%c0%ae%c0%ae/secret",
        "/%ff",
        "/%u002e%u002e/secret",
        "/index.html%00",
        "/index.html%00.png",
        "/..%00/secret",
        "/%00",
        "/index.html%0a",
        "/%",
        "/%2",
        "/%zz",
        "//etc/passwd",
        "///etc/passwd",
        "/%2fetc/passwd",
        "/%2f%2fetc%2fpasswd",
        "/etc/passwd",
        "/file:///etc/passwd",
        "/C:/secret",
        "/~root/",
        "/.hidden",
        "/%2ehidden",
        "/.git/config",
        "/.git/",
        "/docs/.env",
        "/docs/%2Eenv",
        "/link",
        "/relative",
        "/neighbour/secret",
        "/neighbour/",
        "/neighbour",
        "/root/etc/passwd",
        "/root",
        "/root/",
        "/shown",
        "/git/config",
        "/git",
        "/loop",
        "/loop/",
        "/nowhere",
        "/index.html/x",
        "/index.html/..",
    ];
    let long = format!("/{}", "x".repeat(300));
    let deep = format!("/{}", "docs/".repeat(900));
    let within = format!("/{absolute}");
    let encoded = absolute.replace('/', "%2f");
    let targets = table.iter().copied().chain([&*long, &deep, &absolute, &within]).map(str::to_owned);
    for target in targets.chain([format!("/{encoded}")]) {
        for method in ["GET", "HEAD"] {
            let got = site.ask(method, &target, "");
            assert_eq!(got.status(), "404", "{method} {target}: {}", got.head);
            assert!(!String::from_utf8_lossy(&got.body).contains(SECRET), "{target}");
            for word in ["ETag", "Location", "Last-Modified", &*site.scratch.path().to_string_lossy()] {
                assert!(!got.head.contains(word), "{target}: {}", got.head);
            }
        }
    }
    // Absolute form (RFC 9112 §3.2.2) is a request like any other.
    assert_eq!(site.get("http://localhost/../secret").status(), "404");
    assert_eq!(site.get("http://localhost/docs/").body, b"the docs");
}

#[test]
fn links_within_the_folder_are_followed() {
    let site = Site::start("files-links");
    site.put("new/index.html", "the docs");
    site.put("a.txt", "hello");
    symlink("new", site.place("current")).expect("a link");
    symlink(site.place("a.txt"), site.place("b.txt")).expect("a link");
    assert_eq!(site.get("/current/").body, b"the docs");
    assert_eq!(site.get("/b.txt").body, b"hello");
}

/// Whoever opened a pipe would wait for its writer, and four of them would be all readers that there are.
#[test]
fn what_is_no_file_is_not_read() {
    let site = Site::start("files-pipes");
    let pipe = site.place("pipe");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    assert!(made.expect("mkfifo is everywhere").success());
    let _socket = std::os::unix::net::UnixListener::bind(site.place("socket")).expect("a socket");
    symlink("/dev/zero", site.place("zero")).expect("a link");
    site.put("a.txt", "hello");
    for _ in 0..8 {
        for name in ["/pipe", "/socket", "/zero"] {
            assert_eq!(site.get(name).status(), "404", "{name}");
        }
    }
    assert_eq!(site.get("/a.txt").body, b"hello");
}

#[test]
fn what_may_not_be_read_is_not_there() {
    use std::os::unix::fs::PermissionsExt;

    let site = Site::start("files-modes");
    site.put("closed.txt", SECRET);
    let closed = site.place("closed.txt");
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o000)).expect("it is ours");
    if fs::read(&closed).is_ok() {
        // Root may read everything: there is nothing to refuse.
        return eprintln!("NOT TESTED: this is root, who may read everything");
    }
    assert_eq!(site.get("/closed.txt").status(), "404");
}

/// A client that leaves before its file is read keeps a reader busy for a moment, and that is all.
#[test]
fn clients_that_leave_at_once_are_not_missed() {
    let site = Site::start("files-leave");
    site.put("a.txt", vec![b'a'; 1 << 20]);
    for _ in 0..300 {
        let mut client = Client::dial(&site.program.address);
        client.write(b"GET /a.txt HTTP/1.1\r\nHost: localhost\r\n\r\n");
    }
    wait_until("the file can be had", || site.get("/a.txt").body.len() == 1 << 20);
}
