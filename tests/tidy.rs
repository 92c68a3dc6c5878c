//! Who may know whom: the arrows of the house, checked by reading the source.
//!
//! ```text
//! examples ──▶ lib.rs ──▶ server ──▶ handshake ──▶ protocol
//!                           │            │            │
//!         mio, socket2, log, rustls  sha1, base64  simdutf8, zlib_rs
//! ```
//!
//! The protocol and the handshake know no socket, no clock, no thread and no logger; the library knows no
//! chat room. In the chat, each package has its place.

use std::{fs, path::Path};

/// Names, and the only places that may say them.
const ARROWS: [(&[&str], &[&str]); 9] = [
    (&["mio", "log", "std::time", "Instant", "SystemTime", "Duration"], &["src/server/", "src/lib.rs"]),
    (&["std::thread", "thread", "TcpStream", "TcpListener", "UdpSocket"], &["src/server/", "src/lib.rs"]),
    (&["socket2"], &["src/server/tcp.rs"]),
    (&["sha1", "base64"], &["src/handshake/"]),
    (&["simdutf8"], &["src/protocol/utf8.rs"]),
    // `lib.rs` passes it on, for configurations of one's own.
    (&["rustls"], &["src/server/tls/", "src/lib.rs"]),
    (&["zlib_rs"], &["src/protocol/deflate/"]),
    (&["crate::server"], &["src/server/", "src/lib.rs"]),
    // Frames are looked into by the protocol alone.
    (&["FrameHeader", "Opcode", "MaskingKey"], &["src/protocol/"]),
];

/// The chat's packages, and the only places in it that may say them.
const PACKAGES: [(&[&str], &[&str]); 6] = [
    (&["rusqlite"], &["examples/chat/src/history/"]),
    (&["serde", "serde_json"], &["examples/chat/src/wire", "examples/chat/src/settings/"]),
    (&["jiff"], &["examples/chat/src/console.rs", "examples/chat/src/logs/"]),
    (&["unicode_security"], &["examples/chat/src/names"]),
    (&["imagesize"], &["examples/chat/src/picture"]),
    (
        &["std::thread", "thread"],
        &[
            "examples/chat/src/history/",
            "examples/chat/src/logs/",
            "examples/chat/src/main.rs",
            "examples/chat/src/signals.rs",
        ],
    ),
];

/// What only the chat knows. A lone `room` may be the space that is left in a buffer.
const CHAT: &[&str] = &["Room", "rooms", "room_id", "room_name", "nickname", "nicknames", "json", "Json"];

const MAX_LINES: usize = 450;

#[test]
fn every_name_stays_where_it_belongs() {
    let mut strays = Vec::new();
    let library = sources("src").into_iter().map(|source| (source, ARROWS.as_slice(), CHAT));
    let chat =
        sources("examples/chat/src").into_iter().map(|source| (source, PACKAGES.as_slice(), [].as_slice()));
    for ((file, text), arrows, never) in library.chain(chat) {
        let forbidden = arrows.iter().filter(|(_, homes)| !homes.iter().any(|home| file.starts_with(home)));
        let names: Vec<&str> = forbidden.flat_map(|(names, _)| *names).chain(never).copied().collect();
        for (number, line) in (1..).zip(text.lines()) {
            let said = names.iter().filter(|name| says(line, name));
            strays.extend(said.map(|name| format!("{file}:{number} says `{name}`")));
        }
    }
    assert!(strays.is_empty(), "\n{}", strays.join("\n"));
}

#[test]
fn every_file_begins_with_what_it_is_about_and_stays_short() {
    let mut odd = Vec::new();
    for (file, text) in ["src", "examples", "tests"].into_iter().flat_map(sources) {
        if !text.starts_with("//!") {
            odd.push(format!("{file} has no `//!` at its head"));
        }
        let lines = text.lines().count();
        if lines > MAX_LINES {
            odd.push(format!(
                "{file} has {lines} lines, more than {MAX_LINES}: look for the second idea in it"
            ));
        }
    }
    assert!(odd.is_empty(), "\n{}", odd.join("\n"));
}

/// The page's modules that stand alone: each can be read, and tested, without the others.
const ALONE: [&str; 9] =
    ["browser", "commands", "composing", "early", "identity", "links", "mentions", "reach", "roster"];

#[test]
fn what_stands_alone_in_the_page_imports_nothing() {
    let web = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/chat/web");
    for name in ALONE {
        let script = fs::read_to_string(web.join(format!("{name}.js"))).expect("a script of the page");
        assert!(!script.contains("import "), "{name}.js imports something");
    }
}

/// Every Rust file under a folder, by its path from the root of the package.
fn sources(folder: &str) -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (mut folders, mut files) = (vec![root.join(folder)], Vec::new());
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder of the package can be read") {
            let path = entry.expect("so can its entries").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name = path.strip_prefix(root).expect("we came from the root").display().to_string();
                files.push((name.replace('\\', "/"), fs::read_to_string(path).expect("source is UTF-8")));
            }
        }
    }
    files.sort();
    assert!(!files.is_empty(), "where has {folder} gone?");
    files
}

/// Does a line of code say `name`, as a word of its own? Comments may say what they like.
///
/// What comes after `//` within a string is taken for a comment as well: the mistake is on the mild side.
fn says(line: &str, name: &str) -> bool {
    let code = line.split("//").next().unwrap_or(line);
    let in_a_word = |c: char| c.is_alphanumeric() || c == '_';
    code.match_indices(name).any(|(start, _)| {
        !code[..start].ends_with(in_a_word) && !code[start + name.len()..].starts_with(in_a_word)
    })
}

#[test]
fn a_word_is_found_by_itself_and_outside_comments() {
    assert!(says("use log::debug;", "log") && says("    std::thread::spawn(f)", "std::thread"));
    for innocent in ["let catalog = 1;", "log_in();", "// no log here", "/// nor a log here", "f(); // log"] {
        assert!(!says(innocent, "log"), "{innocent}");
    }
}
