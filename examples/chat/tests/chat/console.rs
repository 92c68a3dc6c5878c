//! Text clients: lines for people, from a console or the tutorials' own pages (README, Plain text).

use serde_json::json;

use pollcat_chat_testing::Chat;
use pollcat_chat_testing::json::Json;
use pollcat_chat_testing::text::{Text, untimed};

#[test]
fn a_newcomer_reads_where_they_are() {
    let chat = Chat::in_memory(&[]);
    let first = Text::connect(chat.address());
    assert!(first.name.starts_with("guest-"), "{}", first.name);
    let nobody = "* you are in lobby; nobody else is here. /help lists what you can type";
    assert_eq!(first.arrival, [format!("* welcome, {}", first.name), nobody.into()]);
    let _alice = Json::named(chat.address(), "alice");
    let second = Text::connect(chat.address());
    let others = format!("* you are in lobby; here: alice, {}. /help lists what you can type", first.name);
    assert_eq!(second.arrival, [format!("* welcome, {}", second.name), others]);
}

#[test]
fn people_come_and_speak_and_go() {
    let chat = Chat::in_memory(&[]);
    let mut reader = Text::connect(chat.address());
    let mut bob = Text::named(chat.address(), "bob");
    bob.say("hello, 世界");
    assert!(reader.until("joined").starts_with("* guest-"));
    assert!(reader.until("is now").ends_with(" is now bob"));
    assert_eq!(untimed(&reader.until("hello")), "bob: hello, 世界");
    assert_eq!(untimed(&bob.until("hello")), "bob: hello, 世界", "one hears oneself, if not said otherwise");
    drop(bob);
    assert_eq!(reader.until("left"), "* bob left");
    // Text clients have no token: the name is free again.
    let _bob = Json::named(chat.address(), "bob");
}

#[test]
fn a_newcomer_reads_what_was_said_last() {
    let chat = Chat::in_memory(&[]);
    let mut alice = Json::named(chat.address(), "alice");
    for number in 1..=12 {
        alice.say("lobby", &format!("number {number}"));
    }
    alice.ask(json!({"type": "delete", "room": "lobby", "offset": 12}));
    let reader = Text::connect(chat.address());
    let lines: Vec<_> = reader.arrival[2..].iter().map(|line| untimed(line)).collect();
    let mut expected: Vec<String> = (4..=11).map(|number| format!("alice: number {number}")).collect();
    expected.push("* alice took back message 12".into());
    assert_eq!(lines, expected);
}

#[test]
fn json_and_text_clients_are_in_one_conversation() {
    let chat = Chat::in_memory(&[]);
    let mut alice = Json::named(chat.address(), "alice");
    let mut bob = Text::named(chat.address(), "bob");
    alice.say("lobby", "hi bob");
    assert_eq!(untimed(&bob.until("hi bob")), "alice: hi bob");
    bob.say("hi alice, and @alice again");
    let heard = alice.expect("message");
    assert_eq!((&heard["from"], &heard["msg"]), (&json!("bob"), &json!("hi alice, and @alice again")));
    assert_eq!(heard["mentions"], json!([alice.id]));
    alice.ask(json!({"to": "bob", "msg": "psst"}));
    assert_eq!(untimed(&bob.until("psst")), "[private] alice: psst");
    bob.say("/msg alice yes, what is it?");
    let answer = alice.expect("message");
    assert_eq!((&answer["msg"], &answer["from"]), (&json!("yes, what is it?"), &json!("bob")));
    assert_eq!(untimed(&bob.until("yes")), "[private to alice] bob: yes, what is it?");
    alice.rename("alicia");
    assert_eq!(bob.until("alicia"), "* alice is now alicia");
    alice.join("tea");
    bob.say("/join tea");
    bob.heard();
    alice.rename("alison");
    assert_eq!(bob.heard(), ["* alicia is now alison"], "once, whatever they share");
}

#[test]
fn every_command_does_what_help_says() {
    let chat = Chat::in_memory(&[]);
    let mut reader = Text::connect(chat.address());
    let mut alice = Json::named(chat.address(), "alice");
    reader.heard();
    reader.say("/help");
    let help = reader.line();
    for command in ["/nick", "/join", "/leave", "/rooms", "/who", "/msg", "/echo", "/help"] {
        assert!(help.contains(command), "{help}");
    }
    assert!(help.lines().all(|line| line.starts_with('*')), "{help}");
    let mut told = |line: &str| {
        reader.say(line);
        reader.line()
    };
    assert_eq!(told("/nick carol"), "* you are carol now");
    assert!(told("/nick ALICE").starts_with("* somebody else has this name"));
    assert!(told("/nick").contains("/nick NAME"));
    assert_eq!(told("/nick carol ann"), "* you are carol ann now");
    assert_eq!(told("/nick \"carol\""), "* you are carol now");
    assert_eq!(told("/who"), "* in lobby: here: alice, carol");
    assert_eq!(told("/join tea"), "* you are in tea; nobody else is here");
    assert_eq!(untimed(&told("in here")), "carol: in here");
    assert_eq!(told("/rooms"), "* the rooms:\n*   lobby (2 members)\n*   tea (1 member)");
    assert_eq!(untimed(&told("//join is a command")), "carol: /join is a command");
    assert!(told("/dance").contains("/dance"));
    assert!(told("/msg nobody-here hi").contains("nobody-here"));
    assert!(told("/msg alice").contains("/msg NAME TEXT"));
    assert!(told("/leave lobby").contains("lobby"));
    assert_eq!(told("/leave no such room"), "* there is no room `no such room`");
    assert_eq!(told("/msg carol to myself"), "* that is you");
    assert_eq!(told("/echo off"), "* you no longer hear what you say");
    alice.join("tea");
    reader.until("alice joined");
    reader.say("silently");
    assert_eq!(alice.expect("message")["msg"], "silently");
    alice.say("lobby", "in another room");
    assert_eq!(untimed(&reader.line()), "[lobby] alice: in another room");
    reader.say("/leave");
    reader.until("lobby");
    reader.say("/who");
    assert_eq!(reader.line(), "* in lobby: here: alice, carol");
    alice.say("tea", "you do not hear this");
    alice.say("lobby", "you hear this");
    assert_eq!(untimed(&reader.line()), "alice: you hear this");
}

#[test]
fn names_with_spaces_are_called_in_full_or_in_quotes() {
    let chat = Chat::in_memory(&[]);
    let [mut anna, mut maria, mut who] =
        ["Anna", "Anna Maria", "Dr. Who"].map(|name| Json::named(chat.address(), name));
    let mut reader = Text::connect(chat.address());
    let lines = [
        ("/msg Anna Maria one", "one", 1),
        ("/msg anna Marian two", "Marian two", 0),
        ("/msg \"Anna\" Maria three", "Maria three", 0),
        ("/msg @\"Anna Maria\" four", "four", 1),
        ("/msg DR. WHO five", "five", 2),
    ];
    for (line, text, to) in lines {
        reader.say(line);
        let heard = [&mut anna, &mut maria, &mut who][to].expect("message");
        assert_eq!(
            (&heard["msg"], heard["room"].as_str().map(|room| &room[..1])),
            (&json!(text), Some("@")),
            "{line}"
        );
    }
    anna.join("Tea time");
    reader.say("/join \"tea  time\"");
    assert!(reader.until("single spaces").starts_with("* a room's name has letters"));
    reader.say("/join #tea time");
    reader.until("you are in Tea time");
    reader.say("hello @Anna, and @dr. who");
    let heard = anna.wait_for("what is said there", |it| it["type"] == "message" && it["room"] == "Tea time");
    assert_eq!(heard["mentions"], json!([anna.id]), "only members are mentioned");
    assert_eq!(who.heard_of("message").len(), 0);
}

#[test]
fn a_message_of_several_lines_is_one_message() {
    let chat = Chat::in_memory(&[]);
    let mut alice = Json::named(chat.address(), "alice");
    let mut reader = Text::connect(chat.address());
    for end in ["\n", "\r\n", "\r", "\u{b}", "\u{c}", "\u{85}", "\u{2028}", "\u{2029}", "\n\r\n"] {
        alice.say("lobby", &format!("hi{end}12:00:00 bob: I owe alice a dinner{end}* server: pay"));
        let message = reader.line();
        for line in message.split(['\n', '\r', '\u{b}', '\u{c}', '\u{85}', '\u{2028}', '\u{2029}']).skip(1) {
            assert!(line.starts_with("    | "), "{end:?}: {message:?}");
        }
        assert!(untimed(&message).starts_with("alice: hi\n    | "), "{end:?}: {message:?}");
    }
    alice.say("lobby", "clear\u{1b}[2J\u{1b}[31mred\u{8}\u{8}\u{7f}\0 \u{202e}backwards\u{9b}1m");
    let line = reader.line();
    assert!(
        !line.contains(|c: char| c.is_control() || c == '\u{202e}'),
        "nothing that moves a cursor: {line:?}"
    );
    reader.say("/msg alice one\n* server: two");
    assert_eq!(alice.expect("message")["msg"], "one\n* server: two", "others get what was said");
}

#[test]
fn a_page_that_shows_html_is_not_given_any() {
    let chat = Chat::in_memory(&[]);
    let mut page = Text::at(chat.address(), "/?html");
    let mut both = Text::at(chat.address(), "/?html&echo=off");
    let mut console = Text::connect(chat.address());
    console.heard();
    page.heard();
    let attack = "<img src=x onerror='alert(1)'> & \"more\"";
    let escaped = "&lt;img src=x onerror=&#39;alert(1)&#39;&gt; &amp; &quot;more&quot;<br>";
    console.say(attack);
    let expected = format!("{}: {escaped}", console.name);
    assert_eq!(untimed(&page.line()), expected);
    assert_eq!(untimed(&both.until("img")), expected);
    assert_eq!(
        untimed(&console.line()),
        format!("{}: {attack}", console.name),
        "a console reads what was said"
    );
    page.say(&format!("/{attack}"));
    assert!(page.line().contains("/&lt;img"), "nor in an answer");
    console.say("one\n<b>two");
    let line = page.until("two");
    assert!(line.ends_with(": one<br>    | &lt;b&gt;two<br>"), "a line ends where it did: {line:?}");
    let again = Text::at(chat.address(), "/?html");
    let is_safe = |line: &String| line.ends_with("<br>") && !line.replace("<br>", "").contains('<');
    assert!(again.arrival.iter().all(is_safe), "nor in what was said before: {:?}", again.arrival);
    let mut other = Text::at(chat.address(), "/?echo=off&html");
    other.heard();
    other.say("mine");
    assert_eq!(other.heard(), Vec::<String>::new());
}

#[test]
fn whether_one_hears_oneself_can_be_chosen() {
    let loud = Chat::in_memory(&[]);
    let silent = Chat::in_memory(&["--echo=false"]);
    for (chat, path, echo) in [
        (&loud, "/", true),
        (&loud, "/?echo=off", false),
        (&silent, "/", false),
        (&silent, "/?echo=on", true),
    ] {
        let mut client = Text::at(chat.address(), path);
        let mut other = Json::hello(chat.address(), json!({}));
        client.heard();
        client.say("one two three");
        other.wait_for("it", |it| it["msg"] == "one two three");
        let heard = client.heard();
        assert_eq!(heard.iter().any(|line| line.contains("one two three")), echo, "{path}: {heard:?}");
    }
}

#[test]
fn what_is_empty_is_not_forwarded_and_not_complained_of() {
    let chat = Chat::in_memory(&[]);
    let mut alice = Json::named(chat.address(), "alice");
    let mut console = Text::connect(chat.address());
    alice.heard();
    console.heard();
    for nothing in ["", " ", "\n", "\t \r\n", "\u{3000}"] {
        console.say(nothing);
    }
    console.say("something");
    assert_eq!(alice.object()["msg"], "something");
    assert_eq!(untimed(&console.line()), format!("{}: something", console.name));
    console.say(&"x".repeat(4001));
    assert_eq!(console.line(), "* a message has at most 4000 characters");
}

/// `printf '/join tea\nhello\n'` into a console client: what follows a command happens after it.
#[test]
fn lines_keep_their_order_if_nobody_waits() {
    let chat = Chat::in_memory(&[]);
    let mut alice = Json::named(chat.address(), "alice");
    alice.join("tea");
    let mut script = Text::connect(chat.address());
    for line in ["/nick robot", "/join tea", "in tea", "/leave", "in the lobby", "/msg alice in private"] {
        script.say(line);
    }
    let heard: Vec<_> = (0..3).map(|_| alice.expect("message")).collect();
    let outline: Vec<_> =
        heard.iter().map(|it| (it["room"].as_str(), it["from"].as_str(), it["msg"].as_str())).collect();
    let private = heard[2]["room"].as_str();
    assert!(private.is_some_and(|room| room.starts_with('@')), "{heard:?}");
    let robot = Some("robot");
    let expected = [
        (Some("tea"), robot, Some("in tea")),
        (Some("lobby"), robot, Some("in the lobby")),
        (private, robot, Some("in private")),
    ];
    assert_eq!(outline, expected);
}

#[test]
fn whoever_leaves_a_room_reads_no_more_of_it() {
    let chat = Chat::in_memory(&[]);
    let mut alice = Json::named(chat.address(), "alice");
    let mut bob = Text::named(chat.address(), "bob");
    alice.join("tea");
    alice.join("coffee");
    // From the room where he is, and from one where he is not.
    for line in ["/join tea", "/join coffee", "/leave tea", "/leave"] {
        bob.say(line);
    }
    bob.heard();
    for room in ["tea", "coffee"] {
        alice.say(room, "a secret");
    }
    alice.say("lobby", "no secret");
    assert_eq!(bob.heard().iter().map(|line| untimed(line)).collect::<Vec<_>>(), ["alice: no secret"]);
}
