//! The example `files` as a program of its own: what a folder of files has to do on the web (RFC 9110), with clients by
//! hand and with curl, and everything that may lead out of the folder.
#![cfg(unix)]

mod escapes;
mod ranges;

use std::fs;
use std::path::Path;
use std::thread;
use std::time::{Duration, SystemTime};

use pollcat_testing::client::{Client, TEXT};
use pollcat_testing::example::Program;
use pollcat_testing::scratch::Scratch;

/// The folder that is served lies in a scratch folder, and has neighbours.
struct Site {
    program: Program,
    scratch: Scratch,
}

/// An answer, with all of its body.
struct Got {
    head: String,
    body: Vec<u8>,
}

impl Site {
    fn start(name: &str) -> Self {
        let scratch = Scratch::new(name);
        fs::create_dir(scratch.file("site")).expect("a folder");
        let program = Program::start_with("files", |command| {
            command.arg(scratch.file("site"));
        });
        Site { program, scratch }
    }

    fn put(&self, name: &str, contents: impl AsRef<[u8]>) {
        let path = self.scratch.file("site").join(name);
        fs::create_dir_all(path.parent().expect("it lies in a folder")).expect("a folder");
        fs::write(path, contents).expect("a file");
    }

    fn place(&self, name: &str) -> std::path::PathBuf {
        self.scratch.file("site").join(name)
    }

    #[track_caller]
    fn ask(&self, method: &str, target: &str, fields: &str) -> Got {
        let mut client = Client::dial(&self.program.address);
        let request = format!("{method} {target} HTTP/1.1\r\nHost: localhost\r\n{fields}\r\n");
        client.write(request.as_bytes());
        let head = client.head();
        let length = field(&head, "Content-Length").map_or(0, |length| length.parse().expect("a number"));
        let body = client.bytes(if method == "HEAD" { 0 } else { length });
        client.end();
        client.nothing_more();
        Got { head, body }
    }

    #[track_caller]
    fn get(&self, target: &str) -> Got {
        self.ask("GET", target, "")
    }
}

impl Got {
    fn status(&self) -> &str {
        &self.head[9..12]
    }

    #[track_caller]
    fn field(&self, name: &str) -> &str {
        field(&self.head, name).unwrap_or_else(|| panic!("{name} in {}", self.head))
    }
}

#[track_caller]
fn field<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    let mut values = head.lines().filter_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
    let value = values.next();
    assert_eq!(values.next(), None, "{name} comes once: {head}");
    value
}

/// RFC 9110 §5.6.7 has this time as its example.
fn date_back(file: &Path) -> &'static str {
    let time = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777);
    fs::File::options().write(true).open(file).and_then(|file| file.set_modified(time)).expect("it is ours");
    "Sun, 06 Nov 1994 08:49:37 GMT"
}

#[test]
fn a_file_comes_with_its_type_its_tag_and_its_time() {
    let site = Site::start("files-types");
    let table = [
        ("a.html", "text/html; charset=utf-8"),
        ("b.HTM", "text/html; charset=utf-8"),
        ("c.css", "text/css; charset=utf-8"),
        ("d.js", "text/javascript; charset=utf-8"),
        ("e.txt", "text/plain; charset=utf-8"),
        ("f.json", "application/json"),
        ("g.svg", "image/svg+xml"),
        ("h.PNG", "image/png"),
        ("i.jpeg", "image/jpeg"),
        ("j.woff2", "font/woff2"),
        ("k.tar.gz", "application/octet-stream"),
        ("html", "application/octet-stream"),
    ];
    for (name, kind) in table {
        site.put(name, name);
        let modified = date_back(&site.place(name));
        let got = site.get(&format!("/{name}"));
        assert_eq!((got.status(), &*got.body, got.field("Content-Type")), ("200", name.as_bytes(), kind));
        assert_eq!(got.field("Last-Modified"), modified);
        let tag = got.field("ETag");
        assert!(tag.len() > 2 && tag.starts_with('"') && tag.ends_with('"'), "{tag} is strong");
        assert_eq!((got.field("Accept-Ranges"), got.field("X-Content-Type-Options")), ("bytes", "nosniff"));
    }
    site.put("empty", "");
    assert_eq!((site.get("/empty").status(), site.get("/empty").field("Content-Length")), ("200", "0"));
}

#[test]
fn a_head_has_all_but_the_body_and_nothing_else_is_allowed() {
    let site = Site::start("files-head");
    site.put("a.txt", "hello");
    let strip = |head: &str| -> Vec<String> {
        head.lines().filter(|line| !line.starts_with("Date")).map(str::to_owned).collect()
    };
    let (get, head) = (site.get("/a.txt"), site.ask("HEAD", "/a.txt", ""));
    assert_eq!(strip(&get.head), strip(&head.head));
    let ranged = site.ask("HEAD", "/a.txt", "Range: bytes=0-0\r\n");
    assert_eq!(strip(&ranged.head), strip(&head.head), "a range is for GET (§14.2)");
    for method in ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"] {
        let got = site.ask(method, "/a.txt", "Content-Length: 0\r\n");
        assert_eq!((got.status(), got.field("Allow")), ("405", "GET, HEAD"), "{method}");
    }
}

#[test]
fn a_folder_is_its_index_and_its_address_ends_with_a_slash() {
    let site = Site::start("files-index");
    site.put("index.html", "the root");
    site.put("docs/index.html", "the docs");
    site.put("docs/两 件.txt", "two things");
    fs::create_dir(site.place("bare")).expect("a folder");
    assert_eq!(site.get("/").body, b"the root");
    assert_eq!(site.get("/docs/").body, b"the docs");
    assert_eq!(site.get("/docs/%E4%B8%A4%20%E4%BB%B6.txt").body, b"two things");
    assert_eq!(site.get("/docs/?page=2").body, b"the docs");
    for (target, moved) in [("/docs", "/docs/"), ("/docs?a=/b", "/docs/?a=/b"), ("/%64ocs", "/%64ocs/")] {
        let got = site.get(target);
        assert_eq!((got.status(), got.field("Location")), ("301", moved));
    }
    for target in
        ["/bare/", "/docs/index.html/", "/index.html/", "/docs//index.html", "//docs", "//evil.example/.."]
    {
        let got = site.get(target);
        assert_eq!((got.status(), field(&got.head, "Location")), ("404", None), "{target}");
    }
}

#[test]
fn who_has_the_file_already_gets_a_304_until_it_changes() {
    let site = Site::start("files-304");
    site.put("a.txt", "hello");
    let modified = date_back(&site.place("a.txt"));
    let tag = site.get("/a.txt").field("ETag").to_owned();
    let table = [
        (format!("If-None-Match: {tag}\r\n"), "304"),
        (format!("if-none-match: W/{tag}\r\n"), "304"),
        (format!("If-None-Match: \"a,b\" , W/\"c\",{tag}\r\n"), "304"),
        ("If-None-Match: *\r\n".to_owned(), "304"),
        ("If-None-Match: \"other\"\r\n".to_owned(), "200"),
        (format!("If-None-Match: {}\r\n", tag.trim_matches('"')), "200"),
        (format!("If-Modified-Since: {modified}\r\n"), "304"),
        ("If-Modified-Since: Sun, 06 Nov 1994 08:49:36 GMT\r\n".to_owned(), "200"),
        ("If-Modified-Since: nonsense\r\n".to_owned(), "200"),
        // The tag counts, and the time does not (§13.1.3).
        (format!("If-None-Match: \"other\"\r\nIf-Modified-Since: {modified}\r\n"), "200"),
        // What has not changed has no ranges either (§13.2.2).
        (format!("If-None-Match: {tag}\r\nRange: bytes=0-0\r\n"), "304"),
    ];
    for (fields, status) in table {
        for method in ["GET", "HEAD"] {
            let got = site.ask(method, "/a.txt", &fields);
            assert_eq!(got.status(), status, "{method} {fields}");
            assert_eq!(got.field("ETag"), tag, "{method} {fields}");
            assert_eq!(got.body.is_empty(), status == "304" || method == "HEAD");
        }
    }
    // As long as before, and as old: only the system knows that it is another.
    site.put("a.txt", "HELLO");
    date_back(&site.place("a.txt"));
    let got = site.ask("GET", "/a.txt", &format!("If-None-Match: {tag}\r\n"));
    assert_eq!((got.status(), &*got.body), ("200", &b"HELLO"[..]));
    assert!(got.field("ETag") != tag);
}

/// More requests than may wait, for files of some size: each has an answer, and those who talk do not wait for the disk.
#[test]
fn a_crowd_is_answered_or_told_to_come_again_while_others_talk() {
    let site = Site::start("files-crowd");
    let big: Vec<u8> = (0..1u32 << 20).flat_map(u32::to_be_bytes).collect();
    site.put("big", &big);
    let mut talker = Client::dial(&site.program.address);
    let upgrade = pollcat_testing::client::upgrade_request("").replace("GET / ", "GET /ws ");
    talker.write(upgrade.as_bytes());
    assert!(talker.head().starts_with("HTTP/1.1 101 "));
    let statuses = thread::scope(|scope| {
        let crowd: Vec<_> = (0..150).map(|_| scope.spawn(|| site.get("/big"))).collect();
        for round in 0..20 {
            let text = format!("round {round}");
            talker.send(TEXT, text.as_bytes());
            assert_eq!(talker.text(), text);
        }
        let got = crowd.into_iter().map(|client| client.join().expect("the server answers"));
        let status = |got: Got| {
            match got.status() {
                "200" => assert!(got.body == big),
                _ => assert_eq!((got.status(), got.field("Retry-After")), ("503", "1")),
            }
            got.status().to_owned()
        };
        got.map(status).collect::<Vec<_>>()
    });
    assert!(statuses.iter().any(|status| status == "200"), "{statuses:?}");
}
