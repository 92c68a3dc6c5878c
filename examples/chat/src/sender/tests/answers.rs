//! Whoever answers oddly, slowly, endlessly or not at all.

use std::net::TcpListener;
use std::process::Command;
use std::time::{Duration, Instant};

use pollcat_chat_testing::receiver::Receiver;
use pollcat_testing::raw::lasting_port;

use super::stage::{answered, job, next, post, sender};
use crate::sender::job::{Job, Outcome, Trust};
use crate::sender::resolver::of_the_system;
use crate::sender::sending;

#[test]
fn a_request_arrives_as_it_is() {
    let Some(receiver) = Receiver::start() else { return };
    let (sender, mail) = sender(1);
    let mut job = job("one", receiver.url("/a/b?c=d"));
    job.request.headers.push(("x-gotify-key", "secret".into()));
    job.request.body = "你好".as_bytes().to_vec();
    sender.try_send(job).expect("room");
    let sent = next(&mail);
    let ok = Outcome::Answered { status: 200, retry_after: None, text: Some("ok".into()), is_plain: true };
    assert_eq!((sent.ticket, sent.outcome, sent.is_slow), ("one", ok, false));
    let heard = receiver.next();
    assert_eq!((&*heard.method, &*heard.path, &*heard.body), ("POST", "/a/b?c=d", "你好"));
    assert_eq!(heard.header("x-gotify-key"), "secret");
    assert_eq!(heard.header("content-type"), "text/plain");
    assert_eq!(heard.header("content-length"), "6");
    assert_eq!(heard.header("user-agent"), concat!("pollcat/", env!("CARGO_PKG_VERSION")));
    assert_eq!(heard.header("host"), receiver.address.to_string());
}

/// An owner may have one in an address of their own network.
#[test]
fn a_password_in_an_address_is_told_as_http_has_it() {
    let Some(receiver) = Receiver::start() else { return };
    let agent = sending::agent(of_the_system(), None, None);
    let url = receiver.url("/").replace("//", "//alice:secret@");
    let (outcome, _) = sending::send(&agent, post(url));
    assert!(matches!(outcome, Outcome::Answered { status: 200, .. }), "{outcome:?}");
    let heard = receiver.next();
    // From `printf alice:secret | base64`.
    assert_eq!(heard.header("authorization"), "Basic YWxpY2U6c2VjcmV0");
    assert_eq!(heard.header("host"), receiver.address.to_string());
}

#[test]
fn what_is_answered_is_told() {
    let Some(receiver) = Receiver::start() else { return };
    let agent = sending::agent(of_the_system(), None, None);
    let text = |text: &str, is_plain| Outcome::Answered {
        status: 200,
        retry_after: None,
        text: Some(text.into()),
        is_plain,
    };
    let failed = |words: &str| Outcome::Failed(words.into());
    for (path, expected) in [
        ("/plain", text("你好", true)),
        ("/page", text("<p>hello</p>", false)),
        ("/json", text("{\"errcode\":0,\"errmsg\":\"ok\"}", false)),
        ("/latin", Outcome::Answered { status: 200, retry_after: None, text: None, is_plain: false }),
        ("/204", answered(204)),
        ("/302", answered(302)),
        ("/307", answered(307)),
        ("/400", answered(400)),
        ("/404", answered(404)),
        ("/410", answered(410)),
        ("/500", answered(500)),
        ("/503", answered(503)),
        (
            "/429",
            Outcome::Answered {
                status: 429,
                retry_after: Some(7),
                text: Some("slowly".into()),
                is_plain: false,
            },
        ),
        ("/reset", failed("it broke the connection off")),
        ("/close", failed("it broke the connection off")),
        ("/garbage", failed("what it answered was no HTTP")),
        ("/flood-headers", failed("what it answered was no HTTP")),
    ] {
        let (outcome, is_slow) = sending::send(&agent, post(receiver.url(path)));
        assert_eq!(outcome, expected, "{path}");
        assert_eq!(is_slow, matches!(outcome, Outcome::Failed(_)), "{path}");
        assert_eq!(receiver.next().path, path, "nobody is followed elsewhere");
        if path == "/flood-headers" {
            receiver.streamed();
        }
    }
    assert!(receiver.is_quiet());
}

#[test]
fn who_is_not_there_is_told_in_plain_words() {
    let free = format!("127.0.0.1:{}", lasting_port());
    let agent = sending::agent(of_the_system(), None, None);
    let failed = |url: String| sending::send(&agent, post(url)).0;
    assert_eq!(failed(format!("http://{free}/secret")), Outcome::Failed("it refused the connection".into()));
    for url in ["", "nowhere", "http://", "http://a b/", "ftp://127.0.0.1/"] {
        assert_eq!(failed(url.into()), Outcome::Refused("its address cannot be used".into()), "{url:?}");
    }
}

/// 100 MB, a byte a second, headers a byte at a time, 100 Continue for ever, nothing: all at once, as they come.
#[test]
fn whoever_wastes_time_or_memory_gets_ten_seconds_and_64_kib() {
    let Some(receiver) = Receiver::start() else { return };
    let (sender, mail) = sender(8);
    // Connections are taken by the system, and by nobody else.
    let silent = TcpListener::bind("127.0.0.1:0").expect("a port");
    let silent = format!("http://{}/", silent.local_addr().expect("an address"));
    let begun = Instant::now();
    let paths = ["/flood", "/drip", "/drip-headers", "/continue", "/hang"];
    paths.iter().for_each(|path| sender.try_send(job(path, receiver.url(path))).expect("room"));
    sender.try_send(job("silent", silent)).expect("room");

    let first = next(&mail);
    let Outcome::Answered { status: 200, text: Some(text), is_plain: true, .. } = first.outcome else {
        panic!("{:?}", first.outcome)
    };
    assert_eq!((first.ticket, text.len()), ("/flood", 64 << 10));
    let soon = begun.elapsed();
    assert!(soon < Duration::from_secs(8), "{soon:?}");
    for _ in 0..5 {
        let sent = next(&mail);
        let took = begun.elapsed();
        assert!(
            (Duration::from_secs(9)..Duration::from_secs(30)).contains(&took),
            "{}: {took:?}",
            sent.ticket
        );
        assert!(sent.is_slow, "{}", sent.ticket);
        match sent.ticket {
            // It has answered; its text nobody waits for.
            "/drip" => assert!(
                matches!(sent.outcome, Outcome::Answered { status: 200, text: None, .. }),
                "{:?}",
                sent.outcome
            ),
            ticket => {
                assert_eq!(
                    sent.outcome,
                    Outcome::Failed("it did not answer within 10 seconds".into()),
                    "{ticket}"
                )
            }
        }
    }
}

/// Whoever has an answer of 100 MB has sent a few of them when they find that nobody listens: what the systems on the way take.
#[test]
fn a_flood_is_not_read() {
    let Some(receiver) = Receiver::start() else { return };
    let agent = sending::agent(of_the_system(), None, None);
    sending::send(&agent, post(receiver.url("/flood")));
    assert_eq!(receiver.next().path, "/flood");
    let streamed = receiver.streamed();
    assert!(streamed < 20_000_000, "{streamed}");
}

#[test]
fn a_member_is_sent_nowhere_else() {
    let Some(receiver) = Receiver::start() else { return };
    let (sender, mail) = sender(1);
    let url = receiver.url("/").replace("http:", "https:");
    for url in [receiver.url("/"), url, "https://127.0.0.1/".into()] {
        sender.try_send(Job { trust: Trust::Judged, ..job("judged", url) }).expect("room");
        let sent = next(&mail);
        assert!(matches!(sent.outcome, Outcome::Refused(_)), "{:?}", sent.outcome);
        assert!(!sent.is_slow);
    }
    assert!(receiver.is_quiet());
}

/// The environment is that of a process, so this is one of its own.
#[test]
fn no_proxy_of_the_environment_is_asked() {
    const NAME: &str = "sender::tests::answers::no_proxy_of_the_environment_is_asked";
    const CHILD: &str = "POLLCAT_TEST_BEHIND_A_PROXY";
    if std::env::var_os(CHILD).is_none() {
        let Some(proxy) = Receiver::start() else { return };
        let mut child = Command::new(std::env::current_exe().expect("a program"));
        child.args(["--exact", NAME]).env(CHILD, "1");
        ["http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"]
            .iter()
            .for_each(|name| _ = child.env(name, proxy.url("")));
        let output = child.output().expect("it runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
        assert!(proxy.is_quiet(), "the proxy was asked");
        return;
    }
    let Some(receiver) = Receiver::start() else { return };
    let (outcome, _) =
        sending::send(&sending::agent(of_the_system(), None, None), post(receiver.url("/direct")));
    assert!(matches!(outcome, Outcome::Answered { status: 200, .. }), "{outcome:?}");
    assert_eq!(receiver.next().path, "/direct");
}
