//! The chat's pages: what is served of them is in the program, joined and compressed when that was compiled (`build.rs`). Each
//! is one file, with its styles and scripts in it: the chat, and `/admin`, which nobody loads who does not govern.
//!
//! There is a fixed table of paths, so no path ever reaches the file system. A browser asks each time whether its
//! copy is still good (`ETag`, RFC 9110 §8.8.3), and is told so in a few bytes (304): a new version of the program
//! is a new page at once.
//!
//! The admin page is not kept at all (`no-store`): whoever goes back to it in a browser that somebody else has used would
//! otherwise see it as it was left, from the browser's memory, with all that it showed. It is asked for seldom.

use pollcat::{Answer, Request};

use super::codings::Coding;

struct File {
    path: &'static str,
    bytes: &'static [u8],
    gzip: &'static [u8],
    brotli: &'static [u8],
    hash: &'static str,
    /// It is a page, and this is in it.
    policy: Option<Policy>,
}

/// The hashes of what is in a page (Content Security Policy §2.3.1).
struct Policy {
    scripts: &'static str,
    styles: &'static str,
}

const FILES: &[File] = include!(concat!(env!("OUT_DIR"), "/site.rs"));

/// The page for those who govern.
const ADMIN: &str = "/admin";

/// The file that is asked for, if there is one.
pub(crate) fn page(request: &Request<'_>) -> Option<Answer> {
    let file = FILES.iter().find(|file| file.path == request.path())?;
    let coding = Coding::choose(request.header("accept-encoding"));
    let tag = file.tag(coding);
    let answer = if is_current(request.header("if-none-match"), &tag) {
        Answer::with_status(304, "")
    } else {
        file.whole(coding)
    };
    let keeping = if file.is_admin() { "no-store" } else { "no-cache" };
    let answer =
        answer.header("ETag", &tag).header("Cache-Control", keeping).header("Vary", "Accept-Encoding");
    Some(file.strict(answer))
}

impl File {
    fn whole(&self, coding: Coding) -> Answer {
        let page = |bytes| Answer::page(self.media_type(), bytes);
        match coding {
            Coding::Brotli => page(self.brotli).header("Content-Encoding", coding.name()),
            Coding::Gzip => page(self.gzip).header("Content-Encoding", coding.name()),
            Coding::Identity => page(self.bytes),
        }
    }

    /// Other bytes have another tag.
    fn tag(&self, coding: Coding) -> String {
        format!("\"{}-{}\"", self.hash, coding.name())
    }

    fn media_type(&self) -> &'static str {
        match self.path.rsplit_once('.') {
            Some((_, "svg")) => "image/svg+xml",
            Some((_, "txt")) => "text/plain; charset=utf-8",
            _ => "text/html; charset=utf-8",
        }
    }

    /// A text is not part of the page: it is asked for when somebody needs it (the list of emoji).
    #[cfg(test)]
    fn is_for_later(&self) -> bool {
        self.path.ends_with(".txt")
    }

    fn is_admin(&self) -> bool {
        self.path == ADMIN
    }

    /// A picture is nothing by itself.
    fn strict(&self, answer: Answer) -> Answer {
        let answer = answer
            .header("X-Content-Type-Options", "nosniff")
            .header("Referrer-Policy", "no-referrer")
            .header("Cross-Origin-Resource-Policy", "same-origin");
        let Some(policy) = &self.policy else {
            return answer.header("Content-Security-Policy", "default-src 'none'; sandbox");
        };
        let (policy, answer) = if self.is_admin() {
            (policy.of_admin(), answer.header("X-Frame-Options", "DENY"))
        } else {
            (policy.of_chat(), answer)
        };
        answer
            .header("Content-Security-Policy", &policy)
            .header("Cross-Origin-Opener-Policy", "same-origin")
            .header("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()")
    }
}

impl Policy {
    /// Nothing but what the page is made of: the scripts and styles that are in it; its own pictures, and those that wait to
    /// be sent (`blob:`); and WebSockets anywhere, for the address can be changed.
    fn of_chat(&self) -> String {
        self.strict("img-src 'self' blob:; connect-src 'self' ws: wss:")
    }

    /// Whoever governs talks to this server alone: what is on the page goes nowhere else.
    fn of_admin(&self) -> String {
        self.strict("img-src 'self'; connect-src 'self'")
    }

    /// No script can turn text into markup (`require-trusted-types-for`), no form goes anywhere, and no other page shows this
    /// one in a frame.
    fn strict(&self, whence: &str) -> String {
        let Policy { scripts, styles } = self;
        format!(
            "default-src 'none'; script-src {scripts}; style-src {styles}; {whence}; base-uri 'none'; form-action 'none'; \
             frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
        )
    }
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

#[cfg(test)]
mod tests {
    use pollcat::handshake::{Framing, HeadLimits, HeadReader, Method};

    use super::*;

    /// What a GET of this path is answered with: the head, and the body.
    fn get(path: &str, fields: &str) -> Option<(String, Vec<u8>)> {
        ask(Method::Get, path, fields)
    }

    fn ask(method: Method, path: &str, fields: &str) -> Option<(String, Vec<u8>)> {
        let mut head = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n{fields}\r\n").into_bytes();
        let mut reader = HeadReader::new(HeadLimits::new());
        let request = reader.next(&mut &mut head[..]).unwrap().unwrap();
        let mut out = Vec::new();
        page(&request)?.write(Framing::new().method(method).keep_alive(true), &mut out);
        let end = out.windows(4).position(|four| four == b"\r\n\r\n").unwrap() + 4;
        Some((String::from_utf8(out[..end].to_vec()).unwrap(), out[end..].to_vec()))
    }

    fn value<'a>(head: &'a str, name: &str) -> &'a str {
        let line = head.lines().find(|line| line.starts_with(&format!("{name}: ")));
        line.unwrap_or_else(|| panic!("no {name} in {head}")).split_once(": ").unwrap().1
    }

    #[test]
    fn the_page_takes_at_most_four_requests_and_70_kilobytes() {
        let mut requests = 1; // the WebSocket
        let mut sizes = [0; 3];
        for file in FILES.iter().filter(|file| !file.is_admin() && !file.is_for_later()) {
            requests += 1;
            for (size, accepted) in sizes.iter_mut().zip(["br", "gzip", ""]) {
                let (head, body) = get(file.path, &format!("Accept-Encoding: {accepted}\r\n")).unwrap();
                *size += head.len() + body.len();
            }
        }
        println!("{requests} requests; with br, gzip and nothing: {sizes:?} bytes");
        assert!(requests <= 4, "{requests} requests");
        // Over TLS browsers accept br. Without they get a little more. It was 63 KiB before there were bots, levels, calls and
        // phones; their words alone, in two languages, are more than one of the five that came. Two more came with several nodes.
        assert!(sizes[0] <= 70 * 1024 && sizes[1] <= 80 * 1024, "{sizes:?} bytes");
    }

    #[test]
    fn the_page_names_nothing_else_but_its_sign() {
        let (head, body) = get("/", "").unwrap();
        let text = String::from_utf8(body).unwrap();
        assert_eq!(value(&head, "Content-Type"), "text/html; charset=utf-8");
        assert!(
            !text.contains(" src=\"/")
                || text.matches(" src=\"/").count() == text.matches(" src=\"/favicon.svg\"").count()
        );
        assert!(!text.contains("<link rel=\"stylesheet") && !text.contains("modulepreload"), "all is in it");
        assert_eq!(value(&get("/favicon.svg", "").unwrap().0, "Content-Type"), "image/svg+xml");
    }

    #[test]
    fn each_browser_gets_the_coding_that_it_accepts_under_a_tag_of_its_own() {
        for file in FILES {
            let table = [
                ("br, gzip", Some("br"), file.brotli),
                ("gzip", Some("gzip"), file.gzip),
                ("", None, file.bytes),
            ];
            let mut tags = Vec::new();
            for (accepted, coding, bytes) in table {
                let (head, body) = get(file.path, &format!("Accept-Encoding: {accepted}\r\n")).unwrap();
                let told = head.contains("Content-Encoding: ").then(|| value(&head, "Content-Encoding"));
                assert_eq!((told, &*body), (coding, bytes), "{}", file.path);
                assert_eq!(value(&head, "Vary"), "Accept-Encoding");
                tags.push(value(&head, "ETag").to_owned());
                let fields = format!("Accept-Encoding: {accepted}\r\n");
                assert_eq!(
                    ask(Method::Head, file.path, &fields),
                    Some((head, Vec::new())),
                    "the same, but for the body"
                );
            }
            tags.dedup();
            assert_eq!(tags.len(), 3, "{tags:?}");
        }
    }

    #[test]
    fn a_copy_that_is_current_is_not_sent_again() {
        let (head, _) = get("/", "").unwrap();
        let tag = value(&head, "ETag");
        for same in [tag.to_owned(), format!("W/{tag}"), format!("\"old\", {tag}"), "*".into()] {
            let (head, body) = get("/", &format!("If-None-Match: {same}\r\n")).unwrap();
            assert!(head.starts_with("HTTP/1.1 304 ") && body.is_empty(), "{same}: {head}");
            assert_eq!((value(&head, "ETag"), value(&head, "Vary")), (tag, "Accept-Encoding"));
        }
        for other in ["\"old\"", "W/\"old\"", &tag.replace('"', ""), ""] {
            let (head, body) = get("/", &format!("If-None-Match: {other}\r\n")).unwrap();
            assert!(head.starts_with("HTTP/1.1 200 ") && !body.is_empty(), "{other}: {head}");
        }
        let (head, _) = get("/", &format!("Accept-Encoding: gzip\r\nIf-None-Match: {tag}\r\n")).unwrap();
        assert!(head.starts_with("HTTP/1.1 200 "), "that copy is in another coding: {head}");
    }

    #[test]
    fn the_headers_allow_nothing_that_the_page_does_not_need() {
        for file in FILES {
            let (head, _) = get(file.path, "").unwrap();
            let policy = value(&head, "Content-Security-Policy");
            assert!(policy.starts_with("default-src 'none'; "), "{policy}");
            for never in ["unsafe", "*", "data:", "http"] {
                assert!(!policy.contains(never), "{policy}");
            }
            assert_eq!(value(&head, "X-Content-Type-Options"), "nosniff");
            assert_eq!(value(&head, "Referrer-Policy"), "no-referrer");
            assert_eq!(value(&head, "Cache-Control"), if file.is_admin() { "no-store" } else { "no-cache" });
        }
    }

    #[test]
    fn the_admin_page_is_its_own_and_in_nobodys_frame() {
        let heads = ["/", "/admin"].map(|path| get(path, "").unwrap().0);
        let policies = heads.each_ref().map(|head| value(head, "Content-Security-Policy"));
        assert_ne!(policies[0], policies[1], "other scripts and styles are in it");
        for (policy, head) in policies.into_iter().zip(&heads) {
            assert!(policy.contains("; frame-ancestors 'none'; "), "{policy}");
            assert_eq!(value(head, "Cross-Origin-Opener-Policy"), "same-origin");
        }
        assert!(policies[1].contains("; connect-src 'self'; "), "{}", policies[1]);
        assert_eq!(value(&heads[1], "X-Frame-Options"), "DENY");
        assert_ne!(value(&heads[0], "ETag"), value(&heads[1], "ETag"));
    }

    #[test]
    fn nothing_else_is_a_page() {
        for path in [
            "/index.html",
            "/main.js",
            "/web/main.js",
            "/../Cargo.toml",
            "//favicon.svg",
            "/favicon.svg/",
            "/%66avicon.svg",
            "/FAVICON.SVG",
            "/admin/",
            "/admin/index.html",
        ] {
            assert!(get(path, "").is_none(), "{path}");
        }
    }
}
