//! What programs send, as their code writes it, and what is said of it.

use super::*;

fn said(body: &str) -> String {
    hooked(Media::Json, body.as_bytes()).unwrap_or_else(|words| panic!("{words}: {body}")).text
}

fn named(body: &str) -> Option<String> {
    hooked(Media::Json, body.as_bytes()).expect("it can be read").username
}

/// Alertmanager 0.25 with its own templates.
const ALERTMANAGER: &str = r##"{"channel":"#alerts","username":"Alertmanager","attachments":[{"title":"[FIRING:1] DiskFull (db1 critical)","title_link":"http://am.example:9093/#/alerts?receiver=chat","text":"","fallback":"[FIRING:1] DiskFull (db1 critical) | http://am.example:9093/#/alerts?receiver=chat","callback_id":"","footer":"","color":"danger","mrkdwn_in":["fallback","pretext","text"]}]}"##;

/// The same with fields and a text of one's own, as its documentation shows.
const ALERTMANAGER_FIELDS: &str = r##"{"username":"Alertmanager","attachments":[{"title":"High load","pretext":"<!channel> look","text":"*db1* &gt; 90%\n<http://run.example/load|runbook>","fallback":"x","callback_id":"","fields":[{"title":"severity","value":"critical","short":true},{"title":"count","value":"3"}],"actions":[{"type":"button","text":"Silence","url":"http://am.example"}],"footer":"","color":"danger"}]}"##;

const GRAFANA: &str = r##"{"channel":"#test","username":"Grafana","icon_emoji":":emoji:","attachments":[{"title":"[FIRING:1]  (val1)","title_link":"http://localhost/alerting/list","text":"**Firing**\n\nValue: [no value]\nLabels:\n - alertname = alert1\nSilence: http://localhost/alerting/silence/new?alertmanager=grafana&matcher=alertname%3Dalert1\n","fallback":"[FIRING:1]  (val1)","footer":"Grafana v11.0.0","footer_icon":"https://grafana.com/static/assets/img/fav32.png","color":"#D63232","ts":1700000000}],"mrkdwn_in":["pretext"]}"##;

const GITEA_PUSH: &str = r##"{"channel":"","text":"[<http://git.example/tea/pot|tea/pot>:<http://git.example/tea/pot/src/branch/main|main>] <http://git.example/tea/pot/compare/1a..2b|2 new commits> pushed by alice","username":"Gitea","icon_url":"","unfurl_links":0,"link_names":0,"attachments":[{"fallback":"","color":"","title":"http://git.example/tea/pot","title_link":"http://git.example/tea/pot","text":"<http://git.example/tea/pot/commit/1a2b3c4|1a2b3c4>: lid &amp; spout - alice\n<http://git.example/tea/pot/commit/2b3c4d5|2b3c4d5>: handle - bob"}]}"##;

const GITEA_BRANCH: &str = r##"{"channel":"","text":"[<http://git.example/tea/pot|tea/pot>:<http://git.example/tea/pot/src/branch/x|x>] branch created by alice","username":"Gitea","icon_url":"","unfurl_links":0,"link_names":0,"attachments":null}"##;

const UPTIME_KUMA: &str = r##"{"text":"Uptime Kuma Alert\n[shop] [🔴 Down] timeout of 48000ms exceeded <!channel>","channel":null,"username":null,"icon_emoji":null,"attachments":[{"color":"#e01e5a","blocks":[{"type":"header","text":{"type":"plain_text","text":"Uptime Kuma Alert"}},{"type":"section","fields":[{"type":"mrkdwn","text":"*Message*\n[shop] [🔴 Down] timeout of 48000ms exceeded <!channel>"},{"type":"mrkdwn","text":"*Time (UTC)*\n2026-11-29 20:00:00.000"}]},{"type":"actions","elements":[{"type":"button","text":{"type":"plain_text","text":"Visit Uptime Kuma"},"value":"Uptime-Kuma","url":"http://kuma.example/dashboard/1"}]}]}]}"##;

/// What workflows send that speak of builds: blocks, and a text for notices.
const BUILD_BLOCKS: &str = r##"{"blocks":[{"type":"section","text":{"type":"mrkdwn","text":"*<https://git.example/o/r/actions/runs/1|CI #42>* failed on `main`"}},{"type":"divider"},{"type":"context","elements":[{"type":"image","image_url":"https://x.example/a.png","alt_text":"a"},{"type":"mrkdwn","text":"by <@U1|octocat>"},{"type":"plain_text","text":"2 min"}]},{"type":"rich_text","elements":[{"type":"rich_text_section","elements":[{"type":"text","text":"see <b> "},{"type":"link","url":"https://x.example","text":"log"},{"type":"broadcast","range":"channel"}]},{"type":"rich_text_list","style":"bullet","elements":[{"type":"rich_text_section","elements":[{"type":"text","text":"one"}]},{"type":"rich_text_section","elements":[{"type":"emoji","name":"tea"}]}]}]}]}"##;

#[test]
fn what_watches_and_builds_is_read_as_it_is_sent() {
    let table = [
        (ALERTMANAGER, "[FIRING:1] DiskFull (db1 critical) (http://am.example:9093/#/alerts?receiver=chat)"),
        (
            ALERTMANAGER_FIELDS,
            "channel look\nHigh load\n*db1* > 90%\nrunbook (http://run.example/load)\nseverity: critical\ncount: 3",
        ),
        (
            GRAFANA,
            "[FIRING:1]  (val1) (http://localhost/alerting/list)\n**Firing**\n\nValue: [no value]\nLabels:\n \
             - alertname = alert1\nSilence: http://localhost/alerting/silence/new?alertmanager=grafana&matcher=\
             alertname%3Dalert1",
        ),
        (
            GITEA_PUSH,
            "[tea/pot (http://git.example/tea/pot):main (http://git.example/tea/pot/src/branch/main)] 2 new commits \
             (http://git.example/tea/pot/compare/1a..2b) pushed by alice\nhttp://git.example/tea/pot\n1a2b3c4 \
             (http://git.example/tea/pot/commit/1a2b3c4): lid & spout - alice\n2b3c4d5 \
             (http://git.example/tea/pot/commit/2b3c4d5): handle - bob",
        ),
        (
            GITEA_BRANCH,
            "[tea/pot (http://git.example/tea/pot):x (http://git.example/tea/pot/src/branch/x)] branch created by alice",
        ),
        (
            UPTIME_KUMA,
            "Uptime Kuma Alert\n[shop] [🔴 Down] timeout of 48000ms exceeded channel\nTime (UTC): 2026-11-29 20:00:00.000",
        ),
        (
            BUILD_BLOCKS,
            "*CI #42 (https://git.example/o/r/actions/runs/1)* failed on `main`\nby octocat 2 min\nsee <b> log \
             (https://x.example)channel\none\n:tea:",
        ),
        // Mattermost's own words; and Grafana's webhook, which is of no other's shape.
        (r#"{"text":"**done**","username":"ci","props":{"card":"x"},"channel":"town-square"}"#, "**done**"),
        (
            r#"{"receiver":"x","alerts":[{}],"title":"[FIRING:1] load","message":"it is high"}"#,
            "[FIRING:1] load\nit is high",
        ),
    ];
    for (body, expected) in table {
        assert_eq!(said(body), expected);
    }
    assert_eq!((named(ALERTMANAGER), named(UPTIME_KUMA)), (Some("Alertmanager".to_owned()), None));
}

#[test]
fn a_text_comes_in_as_many_ways_as_curl_has() {
    let table = [
        (Media::Text, "disk full", Ok("disk full")),
        (Media::Text, r#"{"text":"not read"}"#, Ok(r#"{"text":"not read"}"#)),
        (Media::Unsaid, "disk full\n", Ok("disk full")),
        (Media::Unsaid, " {\"text\":\"disk full\"}", Ok("disk full")),
        // `curl -d`, which calls everything a form.
        (Media::Form, r#"{"text":"a & b = 50%"}"#, Ok("a & b = 50%")),
        (Media::Form, "a & b = 50%", Ok("a & b = 50%")),
        (Media::Form, "payload=%7B%22text%22%3A%22a+b%22%7D", Ok("a b")),
        (Media::Form, "text=a%20b&username=ci", Ok("a b")),
        (Media::Form, "version=1.0&title=A+title&message=a%20body&type=info", Ok("A title\na body")),
        (Media::Form, "payload=", Err("no JSON")),
        (Media::Json, "disk full", Err("no JSON")),
        (Media::Json, r#"{"text":"a"} {"text":"b"}"#, Err("no JSON")),
        (Media::Json, r#"{"text":""}"#, Err("no text")),
        (Media::Json, r#"{"text":{"text":[]},"attachments":{"text":"x"}}"#, Err("no text")),
        (Media::Json, r#"{"attachments":[null,1,"x",[],{}],"blocks":[null,{"type":7}]}"#, Err("no text")),
        (Media::Json, "[]", Err("no text")),
        (Media::Json, "null", Err("no text")),
        (Media::Unsaid, "", Err("no text")),
        (Media::Text, " \n\t", Err("no text")),
    ];
    for (media, body, expected) in table {
        let told = hooked(media, body.as_bytes()).map(|hooked| hooked.text);
        match (&told, expected) {
            (Ok(text), Ok(expected)) => assert_eq!(text, expected, "{body}"),
            (Err(words), Err(part)) => assert!(words.contains(part), "{body}: {words}"),
            _ => panic!("{body}: {told:?}"),
        }
    }
    assert_eq!(hooked(Media::Text, b"\xff"), Err("the body is no UTF-8".to_owned()));
}

#[test]
fn a_body_that_is_all_structure_is_read_in_no_time() {
    let lines: Vec<String> = (0..20_000).map(|number| format!("{{\"text\":\"{number}\"}}")).collect();
    let bodies = [
        "[".repeat(1 << 18),
        format!("[{}0]", "0,".repeat(1 << 17)),
        format!("{{\"attachments\":[{}]}}", lines.join(",")),
        format!("{{\"text\":\"x\",\"blocks\":{}{}}}", "[".repeat(100), "]".repeat(100)),
        format!("{{\"text\":\"{}\"}}", "<".repeat(1 << 18)),
    ];
    for body in bodies {
        let begun = std::time::Instant::now();
        let _ = hooked(Media::Json, body.as_bytes());
        assert!(begun.elapsed().as_secs() < 10, "{}", &body[..20]);
    }
}
