//! Words that are not said here: `--words` (OPERATING.md).

use std::fs;

use rustix::process::Signal;
use serde_json::{Value, json};

use pollcat_chat_testing::Chat;
use pollcat_chat_testing::governed::{act, owner};
use pollcat_chat_testing::json::Json;
use pollcat_chat_testing::program::{command, output};
use pollcat_chat_testing::text::Text;

/// With these words in its file.
fn chat_with(words: &str) -> Chat {
    chat_as(words, &[])
}

fn chat_as(words: &str, flags: &[&str]) -> Chat {
    let mut chat = Chat::prepared(&[&["--words", "words.txt"], flags].concat());
    fs::write(chat.folder().join("words.txt"), words).expect("the folder is there");
    chat.start_again();
    chat
}

const WORDS: &str = "# not here\nhovercraft\ndarn = mask\ndubious = review\n敏感词\n";

#[test]
fn a_word_is_refused_masked_or_looked_at_before_anything_is_stored() {
    let mut chat = chat_with(WORDS);
    let mut olive = owner(&chat, "olive");
    let mut bob = Json::named(chat.address(), "bob");
    let mut rita = Text::named(chat.address(), "rita");
    for text in ["hovercraft", "Ｈovercraft", "my HOVER\u{200b}CRAFT is full", "敏 感 词", "敏.感.词"]
    {
        assert_eq!(
            bob.refused(json!({"type": "message", "room": "lobby", "msg": text})),
            "refused",
            "{text}"
        );
        rita.say(text);
        rita.until("not said here");
    }
    let ack = bob.ask(json!({"type": "message", "room": "lobby", "msg": "the darn thing"}));
    assert_eq!(
        (&ack["type"], &ack["msg"]),
        (&json!("ack"), &json!("the **** thing")),
        "they see it as others do"
    );
    let heard = olive.wait_for("what he said", |it| it["type"] == "message");
    assert_eq!(heard["msg"], "the **** thing");
    let held = bob.ask(json!({"type": "message", "room": "lobby", "msg": "a dubious offer"}));
    assert_eq!(
        (&held["type"], &held["held"], held.get("offset")),
        (&json!("ack"), &json!(true), None),
        "{held}"
    );
    // Somebody looks at it, and it is said.
    let report = olive.expect("reported")["report"].clone();
    let listed = olive.ask(json!({"type": "reports"}));
    let it = &listed["reports"][0];
    assert_eq!(
        (&it["id"], &it["held"], &it["msg"]),
        (&report, &json!(true), &json!("a dubious offer")),
        "{listed}"
    );
    assert_eq!(bob.refused(json!({"type": "reports"})), "forbidden");
    act(&mut olive, json!({"type": "settle", "report": report, "accept": true}));
    let heard = olive.wait_for("what she let through", |it| it["type"] == "message");
    assert_eq!(heard["msg"], "a dubious offer");
    let heard = bob.wait_for("what he said", |it| it["type"] == "message");
    assert_eq!(heard["msg"], "a dubious offer", "it comes as his own");
    let said = rita.until("a dubious offer");
    assert!(said.contains("bob"), "{said}");
    // On disk there is none of it.
    let words = ["name", "join"].map(|kind| match kind {
        "name" => json!({"type": "name", "name": "Hovercraft"}),
        _ => json!({"type": "join", "room": "hovercraft", "create": true}),
    });
    for request in words {
        assert_eq!(bob.refused(request), "refused");
    }
    chat.terminate();
    let data = fs::read(chat.data()).expect("a file");
    let contains = |word: &[u8]| data.windows(word.len()).any(|it| it == word);
    assert!(!contains(b"hovercraft") && !contains("敏感词".as_bytes()) && !contains(b"darn"));
}

#[test]
fn the_file_is_read_again_and_a_bad_one_changes_nothing() {
    let mut chat = chat_with("hovercraft\n");
    let mut bob = Json::named(chat.address(), "bob");
    let says = |bob: &mut Json, text: &str| -> Value {
        bob.ask(json!({"type": "message", "room": "lobby", "msg": text}))["type"].clone()
    };
    assert_eq!((says(&mut bob, "hovercraft"), says(&mut bob, "eel")), (json!("error"), json!("ack")));
    let file = chat.folder().join("words.txt");
    fs::write(&file, "eel\n").expect("it is there");
    chat.signal(Signal::HUP);
    chat.logged("the new words", |line| line.contains("read again") && line.contains("1 are refused"));
    assert_eq!((says(&mut bob, "hovercraft"), says(&mut bob, "eel")), (json!("ack"), json!("error")));
    fs::write(&file, "eel = dance\n").expect("it is there");
    chat.signal(Signal::HUP);
    chat.logged("the bad line", |line| {
        line.contains(" WARN ") && line.contains("words.txt") && line.contains("stay")
    });
    assert_eq!(says(&mut bob, "eel"), "error");
    fs::remove_file(&file).expect("it is there");
    chat.signal(Signal::HUP);
    chat.logged("the lost file", |line| line.contains("cannot be read"));
    assert_eq!(says(&mut bob, "eel"), "error");
}

#[test]
fn a_chat_does_not_start_with_a_bad_file() {
    let chat = Chat::prepared(&[]);
    let refused = |content: Option<&[u8]>| {
        let file = chat.folder().join("bad.txt");
        let _ = fs::remove_file(&file);
        content.into_iter().for_each(|content| fs::write(&file, content).expect("the folder is there"));
        let mut command = command(chat.folder());
        command.args(["--listen", "127.0.0.1:0", "--data", ":memory:", "--words", "bad.txt"]);
        let output = output(command);
        assert!(!output.status.success());
        String::from_utf8(output.stderr).expect("text")
    };
    for (content, words) in [
        (None, "cannot be read"),
        (Some(&b"fine\n\nword = dance\n"[..]), "line 3"),
        (Some(b"fine\n\xff\xfe\n"), "line 2"),
    ] {
        let told = refused(content);
        assert!(told.contains("bad.txt") && told.contains(words), "{told}");
    }
}

/// Long texts are looked through at the expense of who sends them, whether they are said or not.
#[test]
fn what_looking_for_words_takes_is_paid_for() {
    // One sign that stands for eighteen: a message of it is worth 45 others.
    let text = "\u{fdfa}".repeat(2_000);
    for words in ["", "hovercraft\n"] {
        let chat = chat_as(words, &["--message-rate", "1", "--message-burst", "20"]);
        let mut bob = Json::named(chat.address(), "bob");
        let ask =
            |_| bob.ask(json!({"type": "message", "room": "lobby", "msg": text}))["code"] == "rate_limited";
        let refused: Vec<bool> = (0..4).map(ask).collect();
        assert!(!refused[0], "the first is within what everybody has");
        assert_eq!(refused.contains(&true), !words.is_empty(), "{words:?}: {refused:?}");
    }
}
