//! Where a member's target may be, by its words; and odd spellings of addresses, which get past neither the words nor the address.

use std::net::TcpListener;

use super::stage::post;
use crate::sender::job::Outcome;
use crate::sender::resolver::of_the_system;
use crate::sender::{address, place, sending};

fn hosts() -> Vec<String> {
    ["ntfy.sh", "api.day.app"].map(String::from).to_vec()
}

#[test]
fn a_host_of_the_list_is_taken_over_tls_at_the_usual_port() {
    for good in [
        "https://ntfy.sh/topic",
        "https://ntfy.sh",
        "https://NTFY.sh/topic",
        "https://ntfy.sh:443/topic",
        "https://api.day.app/key/?a=b",
    ] {
        assert_eq!(place::judge(good, &hosts()), Ok(()), "{good}");
    }
}

#[test]
fn everything_else_is_refused() {
    for bad in [
        "",
        "ntfy.sh/topic",
        "//ntfy.sh/topic",
        "/topic",
        "http://ntfy.sh/topic",
        "ftp://ntfy.sh/topic",
        "file:///etc/passwd",
        "https:///topic",
        "https:ntfy.sh",
        "https://ntfy.sh:80/",
        "https://ntfy.sh:8443/",
        "https://ntfy.sh:/",
        "https://ntfy.sh:0443/",
        "https://ntfy.sh:443:443/",
        "https://ntfy.sh./topic",
        "https://ntfy.sh%2e/topic",
        "https://ntfy.sh%00/topic",
        "https://.ntfy.sh/topic",
        "https://a.ntfy.sh/topic",
        "https://antfy.sh/topic",
        "https://ntfy.sh.example.com/topic",
        "https://user@ntfy.sh/topic",
        "https://user:password@ntfy.sh/topic",
        "https://ntfy.sh@127.0.0.1/topic",
        "https://ntfy.sh:443@127.0.0.1/topic",
        "https://127.0.0.1#@ntfy.sh/",
        "https://127.0.0.1?@ntfy.sh/",
        "https://127.0.0.1/ntfy.sh",
        "https://127.0.0.1\\@ntfy.sh/",
        "https://ntfy.sh\\.example.com/",
        "https://ntfy.sh /topic",
        " https://ntfy.sh/topic",
        "https://ntfy.sh/to pic",
        "https://ntfy.sh/topic\r\nHost: localhost",
        "https://ntfy。sh/topic",
        "https://ntfy.ｓh/topic",
        "https://nтfy.sh/topic",
        "https://xn--ntfy-x0b.sh/topic",
        "https://localhost/",
        "https://127.0.0.1/",
        "https://0x7f.1/",
        "https://2130706433/",
        "https://0177.0.0.1/",
        "https://127.1/",
        "https://[::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://[::]/",
        "https://0/",
    ] {
        assert!(place::judge(bad, &hosts()).is_err(), "{bad}");
    }
    assert!(place::judge(&format!("https://ntfy.sh/{}", "a".repeat(2_000)), &hosts()).is_err());
}

#[test]
fn an_owner_may_name_any_place_of_the_web() {
    for good in
        ["http://127.0.0.1:8080/hook", "http://[::1]/", "https://user:word@gotify.lan/message", "http://a"]
    {
        assert!(place::is_web(good), "{good}");
    }
    for bad in ["", "127.0.0.1", "ftp://a", "http://", "http:///a", "http://a b/", "http://a/\n"] {
        assert!(!place::is_web(bad), "{bad}");
    }
    assert_eq!(place::host("https://user:word@push.lan:8443/secret?token=x"), "push.lan:8443");
    assert_eq!(place::host("https://user:word@ntfy.sh/secret"), "ntfy.sh");
    assert_eq!(place::host("nowhere"), "");
}

/// Also if an operator had such a host on the list: whatever it means to the system, it leads nowhere.
#[test]
fn an_address_in_disguise_is_seen_by_what_it_leads_to() {
    let nobody = TcpListener::bind("0.0.0.0:0").expect("a port");
    nobody.set_nonblocking(true).expect("a socket");
    let port = nobody.local_addr().expect("an address").port();
    let agent = sending::agent(of_the_system(), Some(address::is_open), None);
    for host in [
        "127.0.0.1",
        "0x7f.1",
        "0x7f000001",
        "2130706433",
        "017700000001",
        "0177.0.0.1",
        "127.1",
        "0",
        "0.0.0.0",
        "localhost",
        "[::1]",
        "[::]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[::127.0.0.1]",
        "[64:ff9b::127.0.0.1]",
    ] {
        let (outcome, _) = sending::send(&agent, post(format!("http://{host}:{port}/")));
        assert!(
            matches!(&outcome, Outcome::Refused(words) if words.contains("whole world")),
            "{host}: {outcome:?}"
        );
    }
    assert!(nobody.accept().is_err(), "somebody has come");
}
