//! How the server listens, and what it says at the door.

use super::Config;
use crate::handshake::InvalidSetting;

/// # Doors
impl Config {
    /// Whether other processes may listen on the same TCP ports (SO_REUSEPORT); they may not. All of them have to say
    /// so, the first one too, and on Linux run as the same user; otherwise listening fails with
    /// [`AddrInUse`](std::io::ErrorKind::AddrInUse). Listeners that are made elsewhere are as their maker has made
    /// them.
    ///
    /// On Linux the system shares new connections out among the listeners of a port, by a hash of the addresses: about
    /// evenly, if there are many clients. So one server runs on each core, or a new program takes over from an old one
    /// without a moment in between. Each of them has its own peers and topics. A client that waits to be accepted by a
    /// process that ends is reset, and has to come again.
    ///
    /// On macOS and the BSDs several may listen as well, but one of them gets the clients: nothing is shared out.
    pub fn reuse_port(mut self, on: bool) -> Self {
        self.reuse_port = on;
        self
    }

    /// Puts a header field on every answer that the server gives by itself: on all [refusals](crate::Refusal), on the
    /// 503 for a page that has no room or comes too late, and on the 500 that stands for a panic or a
    /// [mistake](crate::Answer#mistakes). What the application answers is its own. None by default; each call adds one.
    ///
    /// A browser shows a page of another origin an answer only if it says that it may: without this field, a script
    /// learns of a 429 no more than that the request failed.
    ///
    /// ```
    /// use pollcat::Config;
    ///
    /// # fn main() -> Result<(), pollcat::InvalidSetting> {
    /// let config = Config::new().refusal_header("Access-Control-Allow-Origin", "https://example.com")?;
    /// # drop(config);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// The field cannot be sent, as [`Answer::header`](crate::Answer::header) has it: its name is no token, its value
    /// has a control character, or it is the server's to set. That is also Content-Type here, and what some refusals
    /// say themselves: Accept-Encoding, Allow, Retry-After, Upgrade and Sec-WebSocket-Version.
    pub fn refusal_header(mut self, name: &str, value: &str) -> Result<Self, InvalidSetting> {
        self.refusal_fields.add(name, value)?;
        Ok(self)
    }
}
