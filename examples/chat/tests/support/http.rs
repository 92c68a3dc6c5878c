//! An ordinary GET, for pages and pictures; and what programs send.

use std::net::SocketAddr;

use pollcat_testing::client::Client;

pub struct Page {
    pub status: u16,
    pub head: String,
    pub body: Vec<u8>,
}

#[track_caller]
pub fn get(address: SocketAddr, path: &str) -> Page {
    get_with(address, path, "")
}

/// The same, with fields of one's own, each with its end of line.
#[track_caller]
pub fn get_with(address: SocketAddr, path: &str, fields: &str) -> Page {
    let mut client = Client::dial(address);
    client.write(
        format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n{fields}\r\n").as_bytes(),
    );
    let head = client.head();
    let status = head.split(' ').nth(1).and_then(|code| code.parse().ok());
    let mut page =
        Page { status: status.unwrap_or_else(|| panic!("no status: {head}")), head, body: Vec::new() };
    let length =
        page.header("Content-Length").map_or(0, |length| length.parse().expect("a length is a number"));
    page.body = if page.status == 304 { Vec::new() } else { client.bytes(length) };
    page
}

impl Page {
    pub fn text(&self) -> &str {
        str::from_utf8(&self.body).expect("it is text")
    }

    #[track_caller]
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    /// A header's value, if it is there once.
    #[track_caller]
    pub fn header(&self, name: &str) -> Option<&str> {
        let fields = self.head.lines().filter_map(|line| line.split_once(": "));
        let mut values = fields.filter(|(field, _)| field.eq_ignore_ascii_case(name)).map(|(_, value)| value);
        let value = values.next();
        assert_eq!(values.next(), None, "{name} is there twice");
        value
    }
}

/// A body that is sent with a method and fields of one's own, each with its end of line.
#[track_caller]
pub fn send(address: SocketAddr, (method, path): (&str, &str), fields: &str, body: &[u8]) -> Page {
    let mut client = Client::dial(address);
    let length = body.len();
    let head = format!("{method} {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n{fields}");
    client.write(format!("{head}Content-Length: {length}\r\n\r\n").as_bytes());
    client.write(body);
    answer(&mut client)
}

/// Its head and its body.
#[track_caller]
pub fn answer(client: &mut Client) -> Page {
    let head = client.head();
    let status = head.split(' ').nth(1).and_then(|code| code.parse().ok());
    let mut page =
        Page { status: status.unwrap_or_else(|| panic!("no status: {head}")), head, body: Vec::new() };
    let length =
        page.header("Content-Length").map_or(0, |length| length.parse().expect("a length is a number"));
    page.body = client.bytes(length);
    page
}
