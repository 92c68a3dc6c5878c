//! A folder as pages, and a WebSocket beside it: `cargo run --release --example files [ADDRESS [FOLDER]]`. What is said
//! at `/ws` goes to everybody; every other path is a file of the folder.
//!
//! The module [`files`] is meant to be taken along. It knows types and charsets, ETag and 304, ranges, and HEAD; it has
//! no way out of the folder, and no file is read on the loop's thread. `pollcat::guide::files` explains it.
//!
//! ```text
//! curl -i http://127.0.0.1:9505/README.md
//! curl -i -r 0-99 http://127.0.0.1:9505/README.md
//! ```

use std::path::PathBuf;

use pollcat::{Answer, Config, Handler, Message, PeerId, Peers, Request, Server};

use files::Files;

/// The helper: it gives the files of one folder, and nothing else.
mod files {
    use std::fs::{File, Metadata};
    use std::io::{self, ErrorKind};
    use std::os::unix::fs::{FileExt, MetadataExt};
    use std::path::{Path, PathBuf};
    use std::sync::{Arc, Mutex, mpsc};
    use std::{ops::Range, thread, time::Duration};

    use pollcat::handshake::{Method, http_date};
    use pollcat::{Answer, Mailbox, NotDelivered, PeerId, Peers, Request, RequestId};

    /// The most bytes of one answer, which is in memory as a whole. Of a longer file a range is given up to so many
    /// bytes, and all of it at once is refused.
    const MOST: u64 = 16 << 20;
    /// Threads that read.
    const READERS: usize = 4;
    /// Requests that may wait for them. Beyond that, 503.
    const WAITING: usize = 64;

    pub(crate) struct Files(mpsc::SyncSender<Question>);

    struct Question {
        request: RequestId,
        /// Below the folder.
        place: PathBuf,
        /// With a slash, for a folder that was asked for without one.
        moved: String,
        /// If-None-Match, If-Modified-Since, Range and If-Range (RFC 9110 §13.1, §14.2).
        wishes: [Option<String>; 4],
    }

    impl Files {
        pub(crate) fn open<M: Send + 'static>(folder: &Path, mailbox: &Mailbox<M>) -> io::Result<Self> {
            let folder = folder.canonicalize()?;
            let (asking, questions) = mpsc::sync_channel(WAITING);
            let questions = Arc::new(Mutex::new(questions));
            for _ in 0..READERS {
                let (folder, questions, mailbox) = (folder.clone(), Arc::clone(&questions), mailbox.clone());
                thread::spawn(move || read_for_all(&folder, &questions, &mailbox));
            }
            Ok(Files(asking))
        }

        /// For `on_request` to return.
        pub(crate) fn answer(&self, peers: &Peers, id: PeerId, request: &Request<'_>) -> Answer {
            if !matches!(request.method(), Method::Get | Method::Head) {
                return Answer::refuse(405, "files can only be read").header("Allow", "GET, HEAD");
            }
            let Some(place) = place(request) else { return not_found() };
            let query = request.query().map_or(String::new(), |query| format!("?{query}"));
            let moved = format!("{}/{query}", request.path());
            let field = |name| request.header(name).map(str::to_owned);
            // A range is for GET alone (RFC 9110 §14.2).
            let range = field("Range").filter(|_| request.method() == Method::Get);
            let wishes = [field("If-None-Match"), field("If-Modified-Since"), range, field("If-Range")];
            let question = Question { request: peers.request_id(id), place, moved, wishes };
            self.0.try_send(question).map_or_else(|_| busy(), |()| Answer::later())
        }
    }

    fn not_found() -> Answer {
        Answer::refuse(404, "there is no such file")
    }

    fn busy() -> Answer {
        Answer::refuse(503, "it cannot be read at the moment").header("Retry-After", "1")
    }

    /// A name that is hidden, or no name at all (`..` is both), leads nowhere, and nor does what another system might
    /// take for a slash.
    fn is_plain(name: &str) -> bool {
        !name.is_empty() && !name.starts_with('.') && !name.contains(|c: char| c == '\\' || c.is_control())
    }

    /// Names are looked at when they are decoded, and only once: `%2e%2e` is `..` here, and `%252e` is no dot.
    fn place(request: &Request<'_>) -> Option<PathBuf> {
        let path = request.decoded_path()?;
        let path = if path.ends_with('/') { path + "index.html" } else { path };
        let names = path.strip_prefix('/')?.split('/');
        names.clone().all(is_plain).then(|| names.collect())
    }

    // ---- on threads of their own

    fn read_for_all<M>(folder: &Path, questions: &Mutex<mpsc::Receiver<Question>>, mailbox: &Mailbox<M>) {
        loop {
            let Ok(question) = questions.lock().expect("nobody panics with it").recv() else { return };
            let mut answer = read(folder, &question).unwrap_or_else(|error| match error.raw_os_error() {
                // EIO, ENOMEM, ENFILE, EMFILE; or the file has changed while it was read.
                Some(5 | 12 | 23 | 24) | None => busy(),
                _ => not_found(),
            });
            while let Err(NotDelivered::Full(back)) = mailbox.answer_request(question.request, answer) {
                answer = back;
                thread::sleep(Duration::from_millis(1));
            }
        }
    }

    /// Links may lead elsewhere in the folder, and not out of it, nor to what is hidden. What is no file and no folder
    /// is nothing: to open a pipe would be to wait for whoever writes to it.
    fn find(folder: &Path, place: &Path) -> io::Result<Option<(PathBuf, File)>> {
        let path = folder.join(place).canonicalize()?;
        let names = path.strip_prefix(folder).ok().map(Path::iter);
        let is_shown = names.is_some_and(|mut names| names.all(|name| name.to_str().is_some_and(is_plain)));
        let is_file = path.is_file() || path.is_dir();
        if is_shown && is_file { File::open(&path).map(|file| Some((path, file))) } else { Ok(None) }
    }

    fn read(folder: &Path, question: &Question) -> io::Result<Answer> {
        let Some((path, file)) = find(folder, &question.place)? else { return Ok(not_found()) };
        let meta = file.metadata()?;
        if meta.is_dir() {
            return Ok(Answer::with_status(301, "").header("Location", &question.moved));
        }
        let (tag, modified, length) = (tag(&meta), http_date(meta.mtime().max(0) as u64), meta.len());
        let kind = content_type(&path);
        let [none_match, modified_since, range, if_range] = question.wishes.each_ref().map(Option::as_deref);
        let is_tag = |listed: &str| ["*", &tag].contains(&listed.trim().trim_start_matches("W/"));
        let has_it = none_match.map_or(modified_since == Some(&modified), |tags| tags.split(',').any(is_tag));
        let range = range.filter(|_| if_range.is_none_or(|seen| seen == tag));
        let answer = match range.and_then(|range| part(range, length)) {
            _ if has_it => Answer::with_status(304, ""),
            Some(part) if part.is_empty() => Answer::refuse(416, "the file is not that long")
                .header("Content-Range", &format!("bytes */{length}")),
            Some(Range { start, end }) => {
                let end = end.min(start + MOST);
                let answer =
                    Answer::with_status(206, bytes(&file, start..end, &tag)?).header("Content-Type", &kind);
                answer.header("Content-Range", &format!("bytes {start}-{}/{length}", end - 1))
            }
            None if length <= MOST => Answer::page(&kind, bytes(&file, 0..length, &tag)?),
            None => Answer::refuse(403, "the file is too large at once: ask for ranges of it"),
        };
        let answer = answer.header("ETag", &tag).header("Last-Modified", &modified);
        let answer = answer.header("Cache-Control", "no-cache").header("Accept-Ranges", "bytes");
        Ok(answer.header("X-Content-Type-Options", "nosniff"))
    }

    /// These bytes, if the file is still the same when they are read.
    fn bytes(file: &File, range: Range<u64>, of: &str) -> io::Result<Vec<u8>> {
        let mut bytes = vec![0; (range.end - range.start) as usize];
        file.read_exact_at(&mut bytes, range.start)?;
        if tag(&file.metadata()?) == of { Ok(bytes) } else { Err(ErrorKind::Interrupted.into()) }
    }

    /// Another one whenever the file is another, or was written to (RFC 9110 §8.8.3).
    fn tag(meta: &Metadata) -> String {
        let times = [meta.mtime(), meta.mtime_nsec(), meta.ctime(), meta.ctime_nsec()];
        format!("\"{:x}-{:x}-{}\"", meta.ino(), meta.len(), times.map(|time| format!("{time:x}")).join("-"))
    }

    /// The one range that is asked for, which is empty if the file does not reach it. `None` if there is no range that
    /// makes sense, or more than one: then the whole file is the answer (RFC 9110 §14.2).
    fn part(range: &str, length: u64) -> Option<Range<u64>> {
        let (unit, range) = range.split_once('=')?;
        let (first, last) = range.trim().split_once('-').filter(|_| unit.eq_ignore_ascii_case("bytes"))?;
        let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let number = |text: &str| is_number(text).then(|| text.parse().unwrap_or(u64::MAX));
        // A last byte before the first is no range, and an empty file has no last bytes.
        match (first, last) {
            ("", count) => {
                number(count).filter(|_| length > 0).map(|count| length.saturating_sub(count)..length)
            }
            (first, "") => Some(number(first)?..length),
            (first, last) => {
                let (first, last) = (number(first)?, number(last)?);
                (first <= last).then_some(first..last.saturating_add(1).min(length))
            }
        }
    }

    fn content_type(path: &Path) -> String {
        let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
        let name = extension.to_ascii_lowercase();
        match &*name {
            "htm" | "html" => "text/html; charset=utf-8".into(),
            "css" | "csv" => format!("text/{name}; charset=utf-8"),
            "js" | "mjs" => "text/javascript; charset=utf-8".into(),
            "md" | "txt" => "text/plain; charset=utf-8".into(),
            "svg" => "image/svg+xml".into(),
            "ico" => "image/x-icon".into(),
            "jpg" | "jpeg" => "image/jpeg".into(),
            "avif" | "gif" | "png" | "webp" => format!("image/{name}"),
            "mp4" | "webm" => format!("video/{name}"),
            "woff" | "woff2" => format!("font/{name}"),
            "json" | "pdf" | "wasm" | "xml" => format!("application/{name}"),
            _ => "application/octet-stream".into(),
        }
    }
}

struct Site {
    files: Files,
}

impl Handler for Site {
    fn on_request(&mut self, peers: &mut Peers, id: PeerId, request: &Request<'_>) -> Answer {
        match (request.path(), request.is_upgrade()) {
            ("/ws", true) => Answer::accept(),
            (_, true) => Answer::refuse(404, "the WebSocket is at /ws"),
            (_, false) => self.files.answer(peers, id, request),
        }
    }

    fn on_message(&mut self, peers: &mut Peers, _: PeerId, message: Message<'_>) {
        peers.broadcast(message);
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    env_logger::init();
    let mut arguments = std::env::args().skip(1);
    let address = arguments.next().unwrap_or("127.0.0.1:9505".into());
    let folder = PathBuf::from(arguments.next().unwrap_or(".".into()));
    // What may be in memory at once: these letters, what the readers have, and what waits for slow clients.
    let config = Config::new().mailbox_capacity(8).max_sending(256 << 20);
    let server = Server::with_config(address, config)?;
    let files = Files::open(&folder, &server.mailbox())?;
    println!("{} is at http://{}", folder.display(), server.local_addr()?);

    let mailbox = server.mailbox();
    ctrlc::set_handler(move || mailbox.stop())?;
    server.run(Site { files })?;
    Ok(())
}
