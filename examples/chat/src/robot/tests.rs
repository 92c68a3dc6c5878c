//! Questions and answers, in both languages, and what nobody would ask.

use std::time::{Duration, Instant};

use super::asked::LONGEST_REMINDER;
use super::*;
use crate::history::{Millis, Number, Reminder};

/// 14:30 on Sunday, 2026-11-29, in Shanghai.
const NOW: Millis = 1_795_933_800_000;
const MINUTE: Millis = 60_000;

fn ask_as(name: &str, question: &str) -> Answered {
    let (zone, mut thrown) = (Zone::posix("CST-8"), 0_u32..);
    let chance = &mut || thrown.next().unwrap_or(0);
    answer(Asked { question, name, now: NOW, zone: &zone, chance })
}

fn ask(question: &str) -> Answer {
    ask_as("小爱", question).answer
}

fn said(question: &str) -> String {
    match ask(question) {
        Answer::Say(words) => words,
        other => panic!("{question}: {other:?}"),
    }
}

#[test]
fn what_can_be_answered_at_once_is() {
    let table = [
        ("时间", "现在是 2026-11-29 星期日 14:30:00（UTC+08:00）。"),
        ("，現在幾點了？", "现在是 2026-11-29 星期日 14:30:00（UTC+08:00）。"),
        ("Time", "It is 14:30:00 on Sunday, 2026-11-29 (UTC+08:00)."),
        ("what time is it?", "It is 14:30:00 on Sunday, 2026-11-29 (UTC+08:00)."),
        ("骰子", "🎲 1d6: 1"),
        ("擲骰子", "🎲 1d6: 1"),
        ("骰子 ２ｄ６", "🎲 2d6: 1 + 2 = 3"),
        ("掷三个骰子", "🎲 3d6: 1 + 2 + 3 = 6"),
        ("dice 2d6+1", "🎲 2d6: 1 + 2 + 1 = 4"),
        ("roll d20-1", "🎲 1d20: 1 - 1 = 0"),
        ("d20", "🎲 1d20: 1"),
        ("roll 2 dice", "🎲 2d6: 1 + 2 = 3"),
        ("抽签 茶|咖啡", "茶"),
        ("请帮我选 茶、咖啡", "茶"),
        ("choose Tea | Coffee", "Tea"),
        ("pick tea or coffee?", "tea"),
        ("天数 2027-02-06", "距离 2027-02-06（星期六）还有 69 天。"),
        ("距离2027年2月6日还有几天", "距离 2027-02-06（星期六）还有 69 天。"),
        ("天数 今天", "2026-11-29（星期日）就是今天。"),
        ("days until Feb 6", "69 days until 2027-02-06 (Saturday)."),
        ("days tomorrow", "1 day until 2026-11-30 (Monday)."),
        ("days 2026-11-28", "2026-11-28 (Saturday) was 1 day ago."),
        ("days 2027-02-29", "There is no such day."),
        ("dice 0d6", "Like this: dice 2d6+1. At most 20 dice of 2 to 1,000 sides."),
        ("骰子 999999999999999999999d6", "请这样说：骰子 2d6+1。最多 20 个骰子，每个 2 到 1000 面。"),
        ("提醒 今天9点 起床", "这个时间已经过去了。"),
        ("提醒 400天 喝茶", "太久了：最多 366 天。"),
        ("remind 2027-02-30 tea", "There is no such day."),
        ("remind 0 minutes tea", "That is not in the future."),
    ];
    for (question, expected) in table {
        assert_eq!(said(question), expected, "{question}");
    }
    let long = format!("提醒 10分钟 {}", "茶".repeat(LONGEST_REMINDER + 1));
    assert_eq!(said(&long), "太长了：最多 200 个字。");
}

#[test]
fn help_is_in_the_language_of_the_question_or_of_the_name() {
    let language = |name: &str, question: &str| ask_as(name, question).language;
    for (name, question, expected) in [
        ("小爱", "", Language::Chinese),
        ("小爱", " ?", Language::Chinese),
        ("小爱", "help", Language::English),
        ("小爱", "2d6", Language::Chinese),
        ("小爱", "你好", Language::Chinese),
        ("小爱", "hello", Language::English),
        ("Robin", "", Language::English),
        ("Robin", "幫助", Language::Chinese),
        ("Robin", "2d6", Language::English),
        ("Robin", "remind 10 minutes 喝茶", Language::English),
    ] {
        assert_eq!(language(name, question), expected, "{name}: {question}");
    }
    assert!(said("help").contains("@小爱") && said("帮助").contains("提醒 10分钟 喝茶"));
}

/// What the robot tells people to say, it understands.
#[test]
fn it_understands_what_it_advises() {
    for help in [said("help"), said("帮助")] {
        let examples = help.lines().skip(1).flat_map(|line| line.split([',', '，']));
        for example in examples.map(|example| example.replace(" (of your reminders)", "")) {
            assert!(!matches!(ask(&example), Answer::Unknown(_)), "{example}");
        }
    }
}

#[test]
fn reminders_are_understood() {
    let table = [
        ("提醒 10分钟 喝茶", 10, false, "喝茶"),
        ("提醒我１０分鐘後喝茶", 10, false, "喝茶"),
        ("10分钟后提醒我喝茶", 10, false, "喝茶"),
        ("请你半小时后叫我，起床", 30, false, "起床"),
        ("提醒我喝茶 10分钟后", 10, false, "喝茶"),
        ("提醒 一个半小时 走", 90, false, "走"),
        ("提醒 15:30 开会", 60, true, "开会"),
        ("提醒 下午三点半 开会", 60, true, "开会"),
        ("明天下午三点半提醒我开会", 60 + 24 * 60, true, "开会"),
        ("提醒 明天 9:00", 18 * 60 + 30, true, "时间到了"),
        ("Remind me in 10 minutes to drink Tea", 10, false, "drink Tea"),
        ("remind 10m tea", 10, false, "tea"),
        ("remind me to drink tea in 10 minutes.", 10, false, "drink tea"),
        ("please remind me at 15:30 about the meeting", 60, true, "the meeting"),
        ("remind me tomorrow 9:00 Call Bob", 18 * 60 + 30, true, "Call Bob"),
        ("remind me to call at 9 tomorrow", 18 * 60 + 30, true, "call"),
        ("in 10 minutes remind me: tea", 10, false, "tea"),
        ("remind half an hour", 30, false, "it is time"),
    ];
    for (question, minutes, by_clock, text) in table {
        let expected =
            Answer::Remind { due: NOW + minutes * MINUTE, is_by_clock: by_clock, text: text.to_owned() };
        assert_eq!(ask(question), expected, "{question}");
    }
}

#[test]
fn lists_and_cancels_are_understood() {
    for question in ["list", "My reminders", "提醒列表", "我的提醒"] {
        assert_eq!(ask(question), Answer::List, "{question}");
    }
    for question in ["cancel 3", "cancel #3", "取消提醒 ３", "取消第三个", "取消 3号"] {
        assert_eq!(ask(question), Answer::Cancel(3), "{question}");
    }
}

/// A program behind the robot may know it.
#[test]
fn what_it_does_not_know_it_does_not_answer() {
    for question in [
        "hello",
        "你好",
        "thanks!",
        "timeout?",
        "what time does it start",
        "时间过得真快",
        "help me with this",
        "remind me what we said yesterday",
        "提醒一下大家注意",
        "dice are cast",
        "cancel the meeting",
        "choose a career for me",
        "days of wine",
        "list all users",
        "roll over",
        "选什么好",
        "离开",
        "抽烟",
        "2d6 is a spec",
        "days 12-25-2026",
    ] {
        assert!(matches!(ask(question), Answer::Unknown(_)), "{question}: {:?}", ask(question));
    }
}

#[test]
fn what_is_told_of_reminders_reads_well() {
    let zone = Zone::posix("CST-8");
    let reminder = |minutes: Millis, text: &str| Reminder {
        person: 1,
        room: 1,
        made: NOW,
        due: NOW + minutes * MINUTE,
        is_by_clock: false,
        text: text.into(),
    };
    let (tea, call) = (reminder(10, "喝茶"), reminder(24 * 60, "打电话"));
    let later = reminder(69 * 24 * 60, "x");
    let told = |language, reminder| will_remind(language, 7, reminder, (NOW, &zone));
    assert_eq!(told(Language::Chinese, &tea), "好的：提醒 7，14:40（UTC+08:00）。");
    assert_eq!(told(Language::English, &call), "OK: reminder 7, tomorrow 14:30 (UTC+08:00).");
    assert_eq!(told(Language::English, &later), "OK: reminder 7, 2027-02-06 Saturday 14:30 (UTC+08:00).");
    let list =
        |here: &[(Number, &Reminder)], elsewhere| reminders(Language::Chinese, here, elsewhere, (NOW, &zone));
    assert_eq!(list(&[(7, &tea), (9, &call)], 0), "7: 14:40 喝茶\n9: 明天 14:30 打电话");
    assert_eq!(list(&[], 2), "你在这里没有提醒。\n别的房间还有 2 个：请到那里问，或者私下问我。");
    assert_eq!(ringing("alice", "tea", false), "⏰ @alice: tea");
    assert_eq!(ringing("alice", "tea", true), "(late) ⏰ @alice: tea");
    assert_eq!(ringing("小明", "喝茶", true), "（迟到）⏰ @小明：喝茶");
}

struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % limit
    }
}

const PIECES: &[&str] = &[
    "提醒",
    "remind ",
    "我",
    "10",
    "分钟",
    "一",
    "十",
    "半",
    "个",
    "小时",
    "明天",
    "下",
    "周",
    "三",
    "点",
    ":",
    "30",
    " ",
    "d",
    "6",
    "+",
    "|",
    "选",
    "days ",
    "-",
    "2027",
    "/",
    "年",
    "月",
    "日",
    "in ",
    "at ",
    "tomorrow ",
    "the ",
    "and ",
    "零",
    "百",
    "千",
    "cancel ",
    "#",
    "99999999999",
    "下午",
    "晚上",
    "am",
    "pm",
    "next ",
    "monday",
    "feb ",
    "。",
    "\u{0}",
    "\u{202e}",
    "😀",
    "É",
    "İ",
    "\u{301}",
    ".",
    "5",
    "1",
    "later",
    "后",
    "minutes ",
    "half ",
    "an ",
    "hour ",
    "to ",
    "骰子",
    "roll ",
    "天数",
    "号",
];

const SOON: Duration = Duration::from_millis(500);

/// Whatever is asked: there is an answer, soon, which is no longer than a few hundred characters more than the question.
#[test]
fn nothing_that_is_asked_takes_long_or_breaks_anything() {
    let seed = std::env::var("POLLCAT_SEED").map_or(1, |seed| seed.parse().expect("a seed is a number"));
    println!("POLLCAT_SEED={seed}");
    let mut random = Random(seed);
    let check = |question: &str| {
        let ask = || {
            let begin = Instant::now();
            (ask_as("Robin", question), begin.elapsed())
        };
        let (answered, mut took) = ask();
        if took >= SOON {
            // A busy machine stops us now and then, and not three times.
            took = took.min(ask().1).min(ask().1);
        }
        assert!(took < SOON, "{took:?} for {question:?}");
        match answered.answer {
            Answer::Say(words) | Answer::Unknown(words) => {
                assert!(!words.is_empty() && words.len() < question.len() + 800, "{question:?}: {words}");
            }
            Answer::Remind { due, text, .. } => {
                assert!(due > NOW && due <= NOW + 366 * 24 * 60 * MINUTE, "{question:?}: {due}");
                assert!(!text.is_empty() && text.chars().count() <= LONGEST_REMINDER, "{question:?}: {text}");
            }
            Answer::List | Answer::Cancel(_) => {}
        }
    };
    for _ in 0..3_000 {
        let length = 1 + random.below(12);
        let question: String = (0..length).map(|_| PIECES[random.below(PIECES.len())]).collect();
        check(&question);
        let bytes: Vec<u8> = (0..length * 3).map(|_| random.below(256) as u8).collect();
        check(&String::from_utf8_lossy(&bytes));
    }
    for piece in PIECES {
        for before in ["", "remind ", "提醒", "choose ", "days ", "dice ", "cancel ", "remind me to x "] {
            let question = format!("{before}{}", piece.repeat(4_000 / piece.chars().count()));
            check(&question);
        }
    }
    for _ in 0..20 {
        let question: String = (0..4_000).map(|_| PIECES[random.below(PIECES.len())]).collect();
        check(&format!("remind me {question}"));
    }
}
