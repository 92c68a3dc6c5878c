//! A window of a real browser, in which somebody chats. Whatever its console or its network says is kept, and
//! must be nothing when the window is closed.

use std::ffi::OsStr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use std::{env, thread};

use headless_chrome::browser::tab::ModifierKey;
use headless_chrome::protocol::cdp::{Emulation, Input, Log, Network, Page, Runtime, types::Event};
use headless_chrome::{Browser, LaunchOptions, Tab};
use serde_json::{Value, json};

/// A machine with two cores may have four browsers to run at once.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// What stands in the lines at the top of the page, which go away by themselves: a busy machine may look too late.
const KEEP_TOASTS: &str = "addEventListener('DOMContentLoaded', () => {
    globalThis.toasted = []
    const place = document.querySelector('#toasts')
    if (place) new MutationObserver(() => toasted.push(place.textContent)).observe(place, { childList: true })
})";

/// None, and a word about it, where there is no browser.
pub fn browser() -> Option<Browser> {
    let Some(path) = find_browser() else {
        pollcat_testing::scratch::cannot_run("the chat's page, for chromium is not installed");
        return None;
    };
    // The language is that of the words that are waited for, whatever the system speaks.
    let args = [
        "--lang=en-US",
        "--disable-gpu",
        "--disable-quic",
        "--disable-background-networking",
        "--no-first-run",
    ];
    let options = LaunchOptions {
        path: Some(path),
        sandbox: false,
        // The tests' certificates are their own.
        ignore_certificate_errors: true,
        idle_browser_timeout: 2 * PATIENCE,
        args: args.map(OsStr::new).to_vec(),
        ..LaunchOptions::default()
    };
    let browser = Browser::new(options).expect("chromium starts");
    browser.set_default_timeout(PATIENCE);
    Some(browser)
}

fn find_browser() -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    let names = ["chromium", "chromium-browser", "google-chrome"];
    let candidates = env::split_paths(&path).flat_map(|folder| names.map(|name| folder.join(name)));
    candidates.into_iter().find(|program| program.is_file())
}

pub struct Window {
    tab: Arc<Tab>,
    complaints: Arc<Mutex<Vec<String>>>,
    expected: Arc<Mutex<Vec<String>>>,
    expected_words: Arc<Mutex<Vec<String>>>,
    sockets: Arc<Mutex<Vec<String>>>,
}

impl Window {
    /// A window of somebody whom the browser has not seen before.
    pub fn open(browser: &Browser, url: &str) -> Self {
        let context = browser.new_context().expect("a browser has room for one more person");
        let window = Window::prepare(context.new_tab().expect("a tab"), url);
        window.go(url);
        window
    }

    /// As if the system spoke this language (`zh-CN`).
    pub fn open_in(browser: &Browser, url: &str, language: &str) -> Self {
        let context = browser.new_context().expect("a browser has room for one more person");
        let window = Window::prepare(context.new_tab().expect("a tab"), url);
        let agent = window.run("navigator.userAgent");
        window.call::<Network::SetUserAgentOverride>(json!({"userAgent": agent, "acceptLanguage": language}));
        window.go(url);
        window
    }

    /// Another window of the same person.
    pub fn open_another(&self, browser: &Browser, url: &str) -> Self {
        let context = self.tab.get_browser_context_id().expect("the tab is there");
        let target = json!({"url": "about:blank", "browserContextId": context});
        let target = serde_json::from_value(target).expect("a target that can be created");
        let window = Window::prepare(browser.new_tab_with_options(target).expect("a tab"), url);
        window.go(url);
        window
    }

    fn prepare(tab: Arc<Tab>, url: &str) -> Self {
        let complaints = Arc::new(Mutex::new(Vec::new()));
        let window = Window {
            tab,
            complaints,
            expected: Arc::default(),
            expected_words: Arc::default(),
            sockets: Arc::default(),
        };
        window.tab.set_default_timeout(PATIENCE);
        let (complaints, expected) = (window.complaints.clone(), window.expected.clone());
        let (sockets, words) = (window.sockets.clone(), window.expected_words.clone());
        let host = url.split('/').nth(2).unwrap_or("").to_owned();
        let listener = move |event: &Event| {
            let is_expected = |complaint: &String| {
                let words = words.lock().expect("nobody panics in a listener");
                let expected = expected.lock().expect("nobody panics in a listener");
                words.iter().any(|words| complaint.contains(words))
                    || expected.iter().any(|url| complaint.trim_end_matches('/').ends_with(url))
            };
            if let Some(complaint) = complaint(event, &host).filter(|complaint| !is_expected(complaint)) {
                complaints.lock().expect("nobody panics in a listener").push(complaint);
            }
            sockets.lock().expect("nobody panics in a listener").extend(handshake(event));
        };
        window.tab.add_event_listener(Arc::new(listener)).expect("a listener can be added");
        window.call::<Log::Enable>(Value::Null);
        window.call::<Network::Enable>(json!({}));
        window.call::<Runtime::Enable>(Value::Null);
        // Several windows, and all of them as if somebody looked at them.
        window.call::<Emulation::SetFocusEmulationEnabled>(json!({"enabled": true}));
        window.resize(1280, 800);
        window.prepare_with(KEEP_TOASTS);
        window
    }

    /// Something of the DevTools protocol, with its parameters as JSON.
    pub fn call<C>(&self, parameters: Value) -> C::ReturnObject
    where
        C: headless_chrome::protocol::cdp::types::Method
            + serde::Serialize
            + serde::de::DeserializeOwned
            + std::fmt::Debug,
    {
        let method: C = serde_json::from_value(parameters).expect("the parameters of the method");
        self.tab.call_method(method).expect("the browser answers")
    }

    pub fn go(&self, url: &str) {
        self.tab.navigate_to(url).and_then(Tab::wait_until_navigated).expect("the page comes");
    }

    pub fn reload(&self) {
        self.run("globalThis.before = true");
        self.tab.reload(false, None).expect("the page comes again");
        self.wait("!globalThis.before && document.readyState === 'complete'");
    }

    /// The value of an expression, or of the promise that it is.
    #[track_caller]
    pub fn run(&self, script: &str) -> Value {
        let answer = self.call::<Runtime::Evaluate>(json!({
            "expression": script, "returnByValue": true, "awaitPromise": true, "userGesture": true,
        }));
        if let Some(details) = answer.exception_details {
            panic!("{script}\n{:?}", details.exception.and_then(|exception| exception.description));
        }
        answer.result.value.unwrap_or(Value::Null)
    }

    /// Waits until an expression is true.
    #[track_caller]
    pub fn wait(&self, script: &str) {
        let deadline = Instant::now() + PATIENCE;
        while self.run(&format!("Boolean({script})")) != true {
            if Instant::now() > deadline {
                panic!("waited in vain for {script}; on the page: {}", self.run("document.body.innerText"));
            }
            thread::park_timeout(Duration::from_millis(10)); // leaves the processor to the browser
        }
    }

    /// On the first visit: one name, one key.
    pub fn arrive(&self, name: &str) {
        self.wait("!arrival.hidden");
        self.write(name);
        self.press("Enter");
        self.wait("!app.hidden");
    }

    pub fn click(&self, selector: &str) {
        self.tab
            .wait_for_element(selector)
            .and_then(|element| element.click().map(drop))
            .expect("it can be clicked");
    }

    /// Into what has the focus, as if pasted.
    pub fn write(&self, text: &str) {
        self.call::<Input::InsertText>(json!({"text": text}));
    }

    pub fn press(&self, key: &str) {
        self.tab.press_key(key).expect("a key");
    }

    pub fn press_with(&self, modifier: ModifierKey, key: &str) {
        self.tab.press_key_with_modifiers(key, Some(&[modifier])).expect("a key");
    }

    pub fn say(&self, text: &str) {
        self.run("say.focus()");
        self.write(text);
        self.press("Enter");
    }

    /// What the messages say that are acknowledged or came from others, in their order.
    pub fn messages(&self) -> Vec<String> {
        let texts = self
            .run("Array.from(rows.querySelectorAll('article .message-text'), (text) => text.textContent)");
        serde_json::from_value(texts).expect("a list of texts")
    }

    #[track_caller]
    pub fn wait_for_message(&self, text: &str) {
        let text = Value::from(text);
        self.wait(&format!(
            "Array.from(rows.querySelectorAll('article .message-text')).some((one) => one.textContent === {text})"
        ));
    }

    /// Waits until a line at the top of the page has begun so, or has done so before.
    #[track_caller]
    pub fn wait_for_toast(&self, words: &str) {
        self.wait(&format!("toasted.some((line) => line.startsWith({}))", Value::from(words)));
    }

    pub fn wait_online(&self) {
        self.wait("document.body.dataset.state === 'online' && unsent.children.length === 0");
    }

    /// The addresses of its WebSockets, each followed by the extensions that were agreed on there.
    pub fn sockets(&self) -> Vec<String> {
        self.sockets.lock().expect("nobody panics in a listener").clone()
    }

    pub fn resize(&self, width: u32, height: u32) {
        let size = json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 700});
        self.call::<Emulation::SetDeviceMetricsOverride>(size);
    }

    pub fn prefer(&self, feature: &str, value: &str) {
        let features = json!({"features": [{"name": feature, "value": value}]});
        self.call::<Emulation::SetEmulatedMedia>(features);
    }

    /// Runs a script before those of the page, from the next visit on.
    pub fn prepare_with(&self, script: &str) {
        self.call::<Page::AddScriptToEvaluateOnNewDocument>(json!({"source": script}));
    }

    /// The one address of another host that this window may speak to, for somebody typed it in.
    pub fn expect_requests_to(&self, url: &str) {
        self.expected.lock().expect("nobody panics in a listener").push(url.trim_end_matches('/').to_owned());
    }

    /// What the page's console may say, for the test breaks something.
    pub fn expect_complaints(&self, words: &str) {
        self.expected_words.lock().expect("nobody panics in a listener").push(words.to_owned());
    }

    /// The server is away, or was: the browser complains about that, and may, also of a try that is still on its way.
    pub fn forgive_lost_connections(&self) {
        let lost = ["net::ERR_CONNECTION", "WebSocket"];
        lost.iter().for_each(|words| self.expect_complaints(words));
        let is_lost = |complaint: &String| lost.iter().any(|words| complaint.contains(words));
        self.complaints.lock().expect("nobody panics in a listener").retain(|complaint| !is_lost(complaint));
    }
}

/// Every window is clean when it is closed: no error in the console, no request to another host.
impl Drop for Window {
    fn drop(&mut self) {
        if thread::panicking() {
            return; // the first failure is the one to tell of
        }
        let complaints = self.complaints.lock().expect("nobody panics in a listener");
        assert!(complaints.is_empty(), "the browser complains:\n{}", complaints.join("\n"));
        let _ = self.tab.close(false);
    }
}

fn complaint(event: &Event, host: &str) -> Option<String> {
    let stray = |url: &str| {
        let away =
            !url.starts_with("blob:") && !url.starts_with("data:") && url.split('/').nth(2) != Some(host);
        away.then(|| format!("a request to {url}"))
    };
    match event {
        Event::LogEntryAdded(event) => {
            let entry = &event.params.entry;
            (entry.level == Log::LogEntryLevel::Error).then(|| format!("{} {:?}", entry.text, entry.url))
        }
        Event::RuntimeExceptionThrown(event) => Some(format!("{:?}", event.params.exception_details)),
        Event::RuntimeConsoleAPICalled(event) => Some(format!("{:?}", event.params.args)),
        Event::NetworkRequestWillBeSent(event) => stray(&event.params.request.url),
        Event::NetworkWebSocketCreated(event) => stray(&event.params.url),
        _ => None,
    }
}

/// What an event says of an opening handshake: where it goes, or which extensions the server has agreed to.
fn handshake(event: &Event) -> Option<String> {
    match event {
        Event::NetworkWebSocketCreated(event) => Some(event.params.url.clone()),
        Event::NetworkWebSocketHandshakeResponseReceived(event) => {
            let headers = event.params.response.headers.0.as_ref()?.as_object()?;
            let mut named =
                headers.iter().filter(|(name, _)| name.eq_ignore_ascii_case("Sec-WebSocket-Extensions"));
            Some(named.next().map_or("no extensions", |(_, value)| value.as_str().unwrap_or("")).to_owned())
        }
        _ => None,
    }
}
