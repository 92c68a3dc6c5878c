//! Answers, as simulated clients receive them (RFC 9112 §4).

use std::fmt;

use super::request::{ACCEPT, Asked};

/// An answer over HTTP that a simulated client has received.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    status: u16,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Response {
    /// The status: 101 if it opened a WebSocket.
    pub fn status(&self) -> u16 {
        self.status
    }

    /// The value of the first header field of that name, in upper or lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    /// Names and values of all header fields, in order.
    pub fn headers(&self) -> impl Iterator<Item = (&str, &str)> {
        self.headers.iter().map(|(name, value)| (&name[..], &value[..]))
    }

    /// The body.
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// The body as text.
    ///
    /// # Panics
    ///
    /// It is not UTF-8.
    #[track_caller]
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).expect("the body of the answer is not UTF-8")
    }

    /// Reads the answer that these bytes begin with; `None` if it is not whole. `Err` says which rule it breaks.
    pub(super) fn read(input: &mut &[u8], asked: Option<&Asked>) -> Result<Option<Self>, String> {
        let Some(length) = input.windows(4).position(|end| end == b"\r\n\r\n").map(|place| place + 4) else {
            return Ok(None);
        };
        let head = std::str::from_utf8(&input[..length]).map_err(|_| "a head that is not UTF-8")?;
        let (mut response, body_length) = Response::read_head(head, asked)?;
        if input.len() < length + body_length {
            return Ok(None);
        }
        let (whole, rest) = input.split_at(length + body_length);
        response.body = whole[length..].to_vec();
        *input = rest;
        Ok(Some(response))
    }

    /// The head, and the length of the body that follows.
    fn read_head(head: &str, asked: Option<&Asked>) -> Result<(Self, usize), String> {
        let mut lines = head.split_terminator("\r\n");
        let first = lines.next().unwrap_or_default();
        let status = first.strip_prefix("HTTP/1.1 ").and_then(|rest| rest.get(..3)?.parse().ok());
        let status = status.ok_or_else(|| format!("no status line: {first:?}"))?;
        let mut headers = Vec::new();
        for line in lines.filter(|line| !line.is_empty()) {
            let (name, value) = line.split_once(": ").ok_or_else(|| format!("no header field: {line:?}"))?;
            headers.push((name.to_owned(), value.to_owned()));
        }
        let response = Response { status, headers, body: Vec::new() };
        if response.header("Transfer-Encoding").is_some() {
            return Err("a Transfer-Encoding".to_owned());
        }
        // RFC 9110 §8.6, §15.4.5.
        let is_bare = matches!(status, 100..=199 | 204 | 304) || asked.is_some_and(|asked| asked.is_head);
        let length = match response.header("Content-Length") {
            _ if is_bare => 0,
            Some(length) => length.parse().map_err(|_| format!("a Content-Length of {length:?}"))?,
            None => return Err(format!("a {status} without a Content-Length")),
        };
        // Bytes that a test has made itself may have another key, or ask for whatever.
        if let (101, Some(asked)) = (status, asked) {
            response.check_opening(asked)?;
        }
        Ok((response, length))
    }

    /// What a client has to check (RFC 6455 §4.1).
    fn check_opening(&self, asked: &Asked) -> Result<(), String> {
        let expected =
            [("Upgrade", "websocket"), ("Connection", "Upgrade"), ("Sec-WebSocket-Accept", ACCEPT)];
        for (name, value) in expected {
            if self.header(name) != Some(value) {
                return Err(format!("a 101 with {name}: {:?}", self.header(name)));
            }
        }
        if let Some(extension) = self.header("Sec-WebSocket-Extensions") {
            return Err(format!("a 101 that agrees to {extension}, which a simulated client does not speak"));
        }
        if !asked.is_upgrade {
            return Err("a 101 that was not asked for".to_owned());
        }
        match self.header("Sec-WebSocket-Protocol") {
            Some(name) if !asked.subprotocols.iter().any(|offered| offered == name) => {
                Err(format!("a 101 with the subprotocol {name:?}, which was not offered"))
            }
            _ => Ok(()),
        }
    }
}

/// Its status and its body, if that is text: what a failed test wants to say.
impl fmt::Display for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match std::str::from_utf8(&self.body) {
            // The server's own lines begin with it.
            Ok(text) if text.starts_with(&self.status.to_string()) => f.write_str(text.trim_end()),
            Ok(text) => write!(f, "{} {}", self.status, text.trim_end()),
            Err(_) => write!(f, "{} ({} bytes)", self.status, self.body.len()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, asked: Option<&Asked>) -> Result<Option<Response>, String> {
        Response::read(&mut text.as_bytes(), asked)
    }

    #[test]
    fn an_answer_ends_where_its_length_says() {
        let head = Asked { is_head: true, is_upgrade: false, subprotocols: Vec::new() };
        let page = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 3\r\n\r\nteaHTTP/1.1";
        let mut input = page.as_bytes();
        let response = Response::read(&mut input, None).unwrap().unwrap();
        assert_eq!((response.status(), response.text(), input), (200, "tea", &b"HTTP/1.1"[..]));
        assert_eq!(response.header("content-type"), Some("text/plain"));
        assert_eq!(read(page, Some(&head)).unwrap().unwrap().body(), b"");
        for cut in 0..page.len() - "HTTP/1.1".len() {
            assert_eq!(read(&page[..cut], None), Ok(None), "{cut}");
        }
    }

    #[test]
    fn what_a_client_must_not_take_is_an_error() {
        let asked = Asked { is_head: false, is_upgrade: true, subprotocols: vec!["chat".to_owned()] };
        let good = format!(
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
             Sec-WebSocket-Accept: {ACCEPT}\r\n\r\n"
        );
        assert_eq!(read(&good, Some(&asked)).unwrap().unwrap().status(), 101);
        let with = |line: &str| good.replace("\r\n\r\n", &format!("\r\n{line}\r\n\r\n"));
        assert!(read(&with("Sec-WebSocket-Protocol: chat"), Some(&asked)).is_ok());
        for bad in [
            good.replace("s3pP", "S3pP"),
            good.replace("Upgrade: websocket", "Upgrade: h2c"),
            with("Sec-WebSocket-Protocol: tea"),
            with("Sec-WebSocket-Extensions: permessage-deflate"),
            "HTTP/1.1 200 OK\r\n\r\n".to_owned(),
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".to_owned(),
            "HTTP/1.1 200 OK\r\nContent-Length: 3x\r\n\r\n".to_owned(),
            "ICY 200 OK\r\n\r\n".to_owned(),
        ] {
            assert!(read(&bad, Some(&asked)).is_err(), "{bad}");
        }
    }
}
