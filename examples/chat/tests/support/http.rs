//! An ordinary GET, for pages and pictures.

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
