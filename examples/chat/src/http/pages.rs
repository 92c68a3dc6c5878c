//! The chat's page: its files are in the program, and every one goes out with strict headers.
//!
//! There is a fixed table of paths, so no path ever reaches the file system. A browser asks each time whether its
//! copy is still good (`ETag`, RFC 9110 §8.8.3), and is told so in a few bytes (304): a new version of the program
//! is a new page at once.

use std::sync::OnceLock;

use pollcat::{Answer, Request};
use sha2::{Digest, Sha256};

struct File {
    path: &'static str,
    media_type: &'static str,
    bytes: &'static [u8],
}

const HTML: &str = "text/html; charset=utf-8";
const STYLE: &str = "text/css; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";

macro_rules! file {
    ($path:expr, $media_type:expr, $name:literal) => {
        File { path: $path, media_type: $media_type, bytes: include_bytes!(concat!("../../web/", $name)) }
    };
}

macro_rules! files {
    ($media_type:ident: $($name:literal)*) => { [$(file!(concat!("/", $name), $media_type, $name)),*] };
}

const FILES: &[File] =
    &[file!("/", HTML, "index.html"), file!("/favicon.svg", "image/svg+xml", "favicon.svg")];

const STYLES: &[File] = &files![STYLE:
    "views/arrival.css"
    "views/banner.css"
    "views/base.css"
    "views/completion.css"
    "views/composer.css"
    "views/dialog.css"
    "views/drawer.css"
    "views/emoji.css"
    "views/frame.css"
    "views/head.css"
    "views/help.css"
    "views/helpers.css"
    "views/lightbox.css"
    "views/list.css"
    "views/marks.css"
    "views/members.css"
    "views/message.css"
    "views/picture.css"
    "views/pictures.css"
    "views/places.css"
    "views/rows.css"
    "views/search.css"
    "views/settings.css"
    "views/timeline.css"
    "views/toasts.css"
    "views/tokens.css"
];

const SCRIPTS: &[File] = &files![SCRIPT:
    "app/app.js"
    "app/arriving.js"
    "app/calling.js"
    "app/hearing.js"
    "app/members.js"
    "app/reading.js"
    "app/rooms.js"
    "app/speaking.js"
    "browser/able.js"
    "browser/address.js"
    "browser/storage.js"
    "early.js"
    "main.js"
    "model/attempt.js"
    "model/commands.js"
    "model/drafts.js"
    "model/excerpt.js"
    "model/gone.js"
    "model/identity.js"
    "model/links.js"
    "model/markdown.js"
    "model/mentions.js"
    "model/outbox.js"
    "model/query.js"
    "model/reach.js"
    "model/room.js"
    "model/roster.js"
    "model/state.js"
    "model/store.js"
    "model/text.js"
    "net/connection.js"
    "net/refusal.js"
    "views/arrival.js"
    "views/banner.js"
    "views/browse.js"
    "views/completion.js"
    "views/composer.js"
    "views/composing.js"
    "views/dialog.js"
    "views/dom.js"
    "views/drawer.js"
    "views/emoji.js"
    "views/head.js"
    "views/help.js"
    "views/hold.js"
    "views/lightbox.js"
    "views/list.js"
    "views/marks.js"
    "views/members.js"
    "views/message.js"
    "views/notices.js"
    "views/phrases.js"
    "views/picture.js"
    "views/pictures.js"
    "views/places.js"
    "views/questions.js"
    "views/rows.js"
    "views/search.js"
    "views/settings.js"
    "views/switcher.js"
    "views/timeline.js"
    "views/toasts.js"
    "views/words.js"
];

/// Nothing but what the page is made of: its own scripts, style and pictures; pictures that wait to be sent
/// (`blob:`); and WebSockets anywhere, for the address can be changed. No script can turn text into markup
/// (`require-trusted-types-for`), no form goes anywhere, and no other page shows this one in a frame.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; \
     connect-src 'self' ws: wss:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; \
     require-trusted-types-for 'script'; trusted-types 'none'";

/// The file that is asked for, if there is one.
pub(crate) fn page(request: &Request<'_>) -> Option<Answer> {
    let (file, tag) = tagged().iter().find(|(file, _)| file.path == request.path())?;
    let answer = if is_current(request.header("if-none-match"), tag) {
        Answer::with_status(304, "")
    } else {
        Answer::page(file.media_type, file.bytes)
    };
    Some(strict(answer).header("ETag", tag).header("Cache-Control", "no-cache"))
}

fn strict(answer: Answer) -> Answer {
    answer
        .header("Content-Security-Policy", POLICY)
        .header("X-Content-Type-Options", "nosniff")
        .header("Referrer-Policy", "no-referrer")
        .header("Cross-Origin-Opener-Policy", "same-origin")
        .header("Cross-Origin-Resource-Policy", "same-origin")
        .header("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()")
}

/// Does the browser have this very version (RFC 9110 §13.1.2)? A proxy that compresses makes the tag weak; the
/// comparison is weak as well.
pub(crate) fn is_current(if_none_match: Option<&str>, tag: &str) -> bool {
    let candidates = if_none_match.unwrap_or("").split(',').map(str::trim);
    candidates.into_iter().any(|one| one == "*" || one.strip_prefix("W/").unwrap_or(one) == tag)
}

/// What a picture is never changes, and is called by a name that nothing else ever had.
pub(crate) fn picture_tag(id: &str) -> String {
    format!("\"{id}\"")
}

/// The files with their tags, which are made of their content when the first is asked for.
fn tagged() -> &'static [(&'static File, String)] {
    static TAGGED: OnceLock<Vec<(&File, String)>> = OnceLock::new();
    TAGGED.get_or_init(|| {
        [FILES, STYLES, SCRIPTS].into_iter().flatten().map(|file| (file, tag(file.bytes))).collect()
    })
}

fn tag(bytes: &[u8]) -> String {
    let hash = Sha256::digest(bytes);
    let digits: String = hash[..12].iter().map(|byte| format!("{byte:02x}")).collect();
    format!("\"{digits}\"")
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use pollcat::handshake::{Framing, HeadLimits, HeadReader, Method};

    use super::*;

    #[test]
    fn every_script_and_style_is_asked_for_at_once() {
        let html = include_str!("../../web/index.html");
        for script in SCRIPTS.iter().map(|file| file.path) {
            let tags = [format!("modulepreload\" href=\"{script}\""), format!("src=\"{script}\"")];
            assert!(tags.iter().any(|tag| html.contains(tag)), "{script} is in no tag of the page");
        }
        for style in STYLES.iter().map(|file| file.path) {
            assert!(
                html.contains(&format!("stylesheet\" href=\"{style}\"")),
                "{style} is in no tag of the page"
            );
        }
    }

    /// What a GET of this path is answered with: the head, and the body.
    fn get(path: &str, field: &str) -> Option<(String, Vec<u8>)> {
        let mut head = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n{field}\r\n").into_bytes();
        let mut reader = HeadReader::new(HeadLimits { max_bytes: 8192, max_fields: 64 });
        let request = reader.next(&mut &mut head[..]).unwrap().unwrap();
        let mut out = Vec::new();
        page(&request)?.write(Framing { method: Method::Get, keep_alive: true, date: "" }, &mut out);
        let end = out.windows(4).position(|four| four == b"\r\n\r\n").unwrap() + 4;
        Some((String::from_utf8(out[..end].to_vec()).unwrap(), out[end..].to_vec()))
    }

    fn value<'a>(head: &'a str, name: &str) -> &'a str {
        let line = head.lines().find(|line| line.starts_with(&format!("{name}: ")));
        line.unwrap_or_else(|| panic!("no {name} in {head}")).split_once(": ").unwrap().1
    }

    #[test]
    fn every_file_of_the_page_is_served_whole_and_as_what_it_is() {
        let web = Path::new(env!("CARGO_MANIFEST_DIR")).join("web");
        let (mut folders, mut weight) = (vec![web.clone()], 0);
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let file = entry.unwrap().path();
                if file.is_dir() {
                    folders.push(file);
                    continue;
                }
                let bytes = std::fs::read(&file).unwrap();
                let name = file.strip_prefix(&web).unwrap().to_str().unwrap().replace('\\', "/");
                served_whole(&name, &bytes);
                weight += bytes.len();
            }
        }
        assert!(weight < 240 * 1024, "the page weighs {weight} bytes");
    }

    fn served_whole(name: &str, bytes: &[u8]) {
        let path = if name == "index.html" { "/".to_owned() } else { format!("/{name}") };
        let (head, body) = get(&path, "").unwrap_or_else(|| panic!("{name} is not in the table"));
        let expected = match name.rsplit_once('.').unwrap().1 {
            "html" => "text/html; charset=utf-8",
            "css" => "text/css; charset=utf-8",
            "js" => "text/javascript; charset=utf-8",
            "svg" => "image/svg+xml",
            other => panic!("what is a .{other}?"),
        };
        assert_eq!(value(&head, "Content-Type"), expected, "{name}");
        assert_eq!(body, bytes, "{name}");
    }

    #[test]
    fn a_copy_that_is_current_is_not_sent_again() {
        let (head, _) = get("/", "").unwrap();
        let tag = value(&head, "ETag");
        for same in [tag.to_owned(), format!("W/{tag}"), format!("\"old\", {tag}"), "*".into()] {
            let (head, body) = get("/", &format!("If-None-Match: {same}\r\n")).unwrap();
            assert!(head.starts_with("HTTP/1.1 304 ") && body.is_empty(), "{same}: {head}");
            assert_eq!(value(&head, "ETag"), tag);
        }
        for other in ["\"old\"", "W/\"old\"", &tag.replace('"', ""), ""] {
            let (head, body) = get("/", &format!("If-None-Match: {other}\r\n")).unwrap();
            assert!(head.starts_with("HTTP/1.1 200 ") && !body.is_empty(), "{other}: {head}");
        }
    }

    #[test]
    fn the_headers_allow_nothing_that_the_page_does_not_need() {
        for path in ["/", "/main.js"] {
            let (head, _) = get(path, "").unwrap();
            let policy = value(&head, "Content-Security-Policy");
            assert!(policy.starts_with("default-src 'none'; "), "{policy}");
            for never in ["unsafe", "*", "data:", "http"] {
                assert!(!policy.contains(never), "{policy}");
            }
            assert_eq!(value(&head, "X-Content-Type-Options"), "nosniff");
            assert_eq!(value(&head, "Referrer-Policy"), "no-referrer");
            assert_eq!(value(&head, "Cache-Control"), "no-cache");
        }
    }

    #[test]
    fn nothing_else_is_a_page() {
        for path in [
            "/index.html",
            "/web/main.js",
            "/main.js/",
            "//main.js",
            "/../Cargo.toml",
            "/%6dain.js",
            "/MAIN.JS",
        ] {
            assert!(get(path, "").is_none(), "{path}");
        }
    }
}
