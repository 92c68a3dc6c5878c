//! The door: under which names the chat is asked for, and what its operator hears of those who are not let in. Each kind
//! of refusal is logged once a minute, in words that say which setting would let them in; then how many more there were.

use std::net::IpAddr;
use std::time::Duration;

use pollcat::{Answer, CloseCode, Hosts, Method, Proxies, Refusal, Refused, Request};

use super::bans::Bans;
use crate::run::clock::ticks;
use crate::run::damper::{Allowance, Damper};
use crate::run::settings::Settings;

const ONCE_A_MINUTE: Allowance = Allowance { lines: 1, per: Duration::from_secs(60) };

/// For a month after a visit over TLS of our own, browsers ask for the page over TLS only (RFC 6797). Not longer: it
/// concerns all ports of this name, and an operator may change their mind.
const STAY_SECURE: (&str, &str) = ("Strict-Transport-Security", "max-age=2592000");

/// Characters of a name in the log: no name of the DNS is longer.
const LONGEST: usize = 253;

/// Why somebody is turned away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Reason {
    Request(Refusal),
    /// Nobody new can be made for this address just now.
    Newcomers,
    /// Nor for anybody.
    People,
    /// Too many files over HTTP.
    Files,
    /// Their address may not come in.
    Banned,
    /// The door is not open for them.
    Shut,
    /// An invite that there is none of, a code of nobody's device, a key of no admin: somebody may be guessing.
    Keys,
}

#[derive(Debug)]
pub(crate) struct Door {
    hosts: Hosts,
    proxies: Proxies,
    /// Which addresses may be turned away.
    pub(crate) bans: Bans,
    refused: Damper<Reason>,
    /// Each is said once.
    told_of_stranger: bool,
    told_of_silent_proxy: bool,
}

impl Door {
    pub(crate) fn new(settings: &Settings) -> Self {
        Door {
            hosts: settings.hosts(),
            proxies: settings.trust_proxy.clone(),
            bans: Bans::new(settings),
            refused: Damper::new(),
            told_of_stranger: false,
            told_of_silent_proxy: false,
        }
    }

    /// The settings are other ones.
    pub(crate) fn change(&mut self, settings: &Settings) {
        (self.hosts, self.proxies) = (settings.hosts(), settings.trust_proxy.clone());
        self.bans = Bans::new(settings);
        (self.told_of_stranger, self.told_of_silent_proxy) = (false, false);
    }

    /// Is the chat known by the name that is asked for, and is it asked for what it has: WebSockets, and pages to be
    /// read? If not, this is the answer.
    pub(crate) fn judge(&mut self, request: &Request<'_>) -> Result<(), Answer> {
        self.look_at_proxy(request);
        self.check_name(request)?;
        match request.method() {
            Method::Get | Method::Head => Ok(()),
            // Those look at it themselves.
            _ if is_for_programs(request.path()) => Ok(()),
            _ => Err(Answer::refuse(405, "what is here can only be read").header("Allow", "GET, HEAD")),
        }
    }

    /// May the client have a WebSocket? The page it may have: that says why not. `is_banned` knows whether somebody was
    /// banned with an address.
    pub(crate) fn check_address(
        &mut self,
        request: &Request<'_>,
        is_banned: impl FnOnce(IpAddr) -> bool,
    ) -> Result<(), Answer> {
        if !self.turns_away(request.client(), is_banned) {
            return Ok(());
        }
        self.turned_away(Reason::Banned, request.client());
        Err(Answer::refuse(403, "this address may not come in"))
    }

    pub(crate) fn turns_away(&self, client: Option<IpAddr>, is_banned: impl FnOnce(IpAddr) -> bool) -> bool {
        client.is_some_and(|client| is_banned(client) && self.bans.may_be(client))
    }

    fn check_name(&mut self, request: &Request<'_>) -> Result<(), Answer> {
        self.hosts.check(request).map_err(|reason| {
            self.note(Reason::Request(reason), request.client(), Some(request));
            let (host, name) = (short(request.host()), short(bare(request.host())));
            let words = format!(
                "this chat does not go by the name {host}. If it should, its operator starts it with --allow-host {name}"
            );
            Answer::refuse(reason.status(), words)
        })
    }

    /// The server has turned somebody away by itself.
    pub(crate) fn refused(&mut self, refused: &Refused<'_>) {
        // Whoever stops the chat knows why.
        if refused.reason != Refusal::Stopping {
            self.note(Reason::Request(refused.reason), refused.client, refused.request.as_ref());
        }
    }

    /// The chat has.
    pub(crate) fn turned_away(&mut self, reason: Reason, client: Option<IpAddr>) {
        self.note(reason, client, None);
    }

    fn note(&mut self, reason: Reason, client: Option<IpAddr>, request: Option<&Request<'_>>) {
        if self.refused.admit(reason, ONCE_A_MINUTE, now()).is_ok() {
            let (code, from) = (reason.code(), place(client));
            log::warn!(event = "refused", code, from:%; "{code} for {from}: {}", advice(reason, request));
        }
    }

    /// How many there were, when the minute is over.
    pub(crate) fn pass_time(&mut self) {
        self.tell(now());
    }

    /// The same for the minute that is not over: the chat stops.
    pub(crate) fn close(&mut self) {
        self.tell(Duration::MAX);
    }

    fn tell(&mut self, now: Duration) {
        for (reason, count) in self.refused.ended(now) {
            let (code, words) = (reason.code(), advice(reason, None));
            log::warn!(event = "others_refused", code, count; "{code} for {count} more within a minute: {words}");
        }
    }

    /// Addresses are what limits go by. A proxy in front hides them unless both sides know of each other.
    fn look_at_proxy(&mut self, request: &Request<'_>) {
        if self.told_of_stranger && self.told_of_silent_proxy {
            return;
        }
        let client = request.client();
        let forwarded = forwarded(request);
        let is_trusted = self.proxies.trust(client);
        if !forwarded.is_empty() && !is_trusted && !self.told_of_stranger && is_hidden(client, &forwarded) {
            self.told_of_stranger = true;
            let name = client.map_or("unix".to_owned(), |address| address.to_string());
            log::warn!(
                "{} tells other clients' addresses and is not trusted: all behind it count as one, or not at all (if it is \
                 your proxy: --trust-proxy {name})",
                place(client)
            );
        }
        if is_trusted && forwarded.is_empty() && !self.told_of_silent_proxy {
            self.told_of_silent_proxy = true;
            log::warn!(
                "the trusted proxy at {} sends no X-Forwarded-For: all behind it count as one, or not at all (nginx: \
                 proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for)",
                place(client)
            );
        }
    }
}

impl Reason {
    /// What they are told: an HTTP status, or a close code.
    fn code(self) -> u16 {
        match self {
            Reason::Request(refusal) => refusal.status(),
            Reason::Newcomers | Reason::People => CloseCode::TRY_AGAIN_LATER.number(),
            Reason::Files => 429,
            Reason::Banned => 403,
            Reason::Shut | Reason::Keys => CloseCode::POLICY.number(),
        }
    }
}

/// Paths at which programs speak (`handler/programs/`): no page is there.
pub(crate) fn is_for_programs(path: &str) -> bool {
    ["/hooks", "/api"].iter().any(|begins| {
        path.strip_prefix(begins).is_some_and(|behind| behind.is_empty() || behind.starts_with('/'))
    })
}

/// Whom the request says that it is for.
fn forwarded(request: &Request<'_>) -> String {
    let names = ["x-forwarded-for", "x-real-ip"];
    let told = request.headers().filter(|(name, _)| names.iter().any(|it| name.eq_ignore_ascii_case(it)));
    told.map(|(_, value)| String::from_utf8_lossy(value)).collect::<Vec<_>>().join(", ")
}

/// Is this a proxy's own address, of this machine or this network, rather than one that a trusted proxy has told?
fn is_hidden(client: Option<IpAddr>, forwarded: &str) -> bool {
    let is_near = |address: IpAddr| match address {
        IpAddr::V4(address) => address.is_loopback() || address.is_private(),
        IpAddr::V6(address) => address.is_loopback() || address.is_unique_local(),
    };
    client.is_none_or(|address| is_near(address) && !forwarded.contains(&address.to_string()))
}

/// The page, with what keeps it on TLS if it came over that. Names without a dot, such as localhost, are shared by all
/// kinds of servers.
pub(crate) fn stay_secure(request: &Request<'_>, page: Answer) -> Answer {
    let is_ours = request.is_secure() && bare(request.host()).contains('.');
    if is_ours { page.header(STAY_SECURE.0, STAY_SECURE.1) } else { page }
}

/// What the operator can do about it.
fn advice(reason: Reason, request: Option<&Request<'_>>) -> String {
    let host = short(request.map_or("HOST", |request| request.host()));
    let refusal = match reason {
        Reason::Request(refusal) => refusal,
        Reason::Newcomers => {
            return "so many new people from one address have to wait; for an office: --newcomer-rate, --newcomer-burst or \
                    --trusted-networks; if a proxy has it: --trust-proxy"
                .to_owned();
        }
        Reason::People => return "nobody more can be remembered: --max-people".to_owned(),
        Reason::Banned => {
            return "somebody from this address is banned, and the address with them; to undo it: /unban NAME, or the list of \
                    the banned on the admin page"
                .to_owned();
        }
        Reason::Shut => {
            return "somebody new, for whom the door is not open; to open it: /door open, or the admin page"
                .to_owned();
        }
        Reason::Keys => {
            return "an invite, a code or a key that is none: somebody may be guessing, which costs their address as much as ten \
                    messages each; /ban NAME with addresses keeps them out"
                .to_owned();
        }
        Reason::Files => {
            return "so many pages and pictures for one address have to wait; if a proxy has it: --trust-proxy".to_owned();
        }
    };
    match refusal {
        Refusal::ForeignOrigin => {
            let origin = short(request.and_then(|request| request.header("origin")).unwrap_or("ORIGIN"));
            format!(
                "a page of {origin} may not connect to {host}; if it may: --allow-origin {origin} (a proxy in between must \
                 pass on the Host: proxy_set_header Host $http_host)"
            )
        }
        Refusal::UnknownHost => {
            format!("{host} is no name of this chat; if it is one: --allow-host {}", bare(host))
        }
        Refusal::AddressFull => {
            "too many connections from this address: --max-connections-per-address, or --trusted-networks for an office; if a \
             proxy has it: --trust-proxy"
                .to_owned()
        }
        Refusal::ServerFull => {
            "the chat is full: --max-connections, and as many descriptors (ulimit -n)".to_owned()
        }
        Refusal::OverBudget => "so much is being received that this client has to come again".to_owned(),
        Refusal::UpgradeField | Refusal::ConnectionField => format!(
            "{refusal}; a proxy in between must pass on both (proxy_set_header Upgrade and Connection, proxy_http_version 1.1)"
        ),
        refusal => refusal.to_string(),
    }
}

/// What a client chose, as far as anybody wants to read it.
fn short(text: &str) -> &str {
    text.char_indices().nth(LONGEST).map_or(text, |(end, _)| &text[..end])
}

/// A host without its port.
fn bare(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    }
}

/// Where a client is, for the log.
pub(crate) fn place(client: Option<IpAddr>) -> String {
    client.map_or("a local socket".to_owned(), |address| address.to_string())
}

fn now() -> Duration {
    Duration::from_millis(ticks() as u64)
}

#[cfg(test)]
mod tests {
    use pollcat::handshake::{Framing, HeadLimits, HeadReader};

    use super::*;

    #[test]
    fn a_page_that_came_over_tls_stays_there() {
        let stays = |host: &str, is_secure: bool| {
            let mut head = format!("GET / HTTP/1.1\r\nHost: {host}\r\n\r\n").into_bytes();
            let mut reader = HeadReader::new(HeadLimits::new());
            let request = reader.next(&mut &mut head[..]).unwrap().unwrap();
            let request = if is_secure { request.over_tls() } else { request };
            let mut out = Vec::new();
            stay_secure(&request, Answer::page("text/html", ""))
                .write(Framing::new().keep_alive(true), &mut out);
            String::from_utf8(out).unwrap().contains("\r\nStrict-Transport-Security: max-age=2592000\r\n")
        };
        assert!(stays("chat.example.com", true) && stays("chat.example.com:8443", true));
        assert!(!stays("chat.example.com", false) && !stays("localhost:9501", true) && !stays("[::1]", true));
    }

    #[test]
    fn a_host_is_a_name_with_or_without_a_port() {
        let table = [("a", "a"), ("a:80", "a"), ("[::1]", "[::1]"), ("[::1]:80", "[::1]"), ("", "")];
        for (host, name) in table {
            assert_eq!(bare(host), name);
        }
    }

    #[test]
    fn nobody_fills_the_log_with_a_name() {
        assert_eq!((short("a.example"), short(&"é".repeat(5000))), ("a.example", &*"é".repeat(LONGEST)));
    }

    #[test]
    fn every_refusal_has_words_of_its_own() {
        let own =
            [Reason::Newcomers, Reason::People, Reason::Files, Reason::Banned, Reason::Shut, Reason::Keys];
        let all = Refusal::ALL.iter().copied().map(Reason::Request).chain(own);
        let words: std::collections::HashSet<String> = all.map(|reason| advice(reason, None)).collect();
        assert_eq!(words.len(), Refusal::ALL.len() + own.len());
        assert!(words.iter().all(|words| !words.contains("Config::")), "{words:#?}");
    }
}
