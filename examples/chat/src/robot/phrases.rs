//! What the robot says, in both of its languages.

use super::asked::Language;
use super::local::{Fault, Local, Zone};
use crate::history::{Millis, Number, Reminder};

use Language::{Chinese, English};

const WEEKDAYS: [(&str, &str); 7] = [
    ("Monday", "星期一"),
    ("Tuesday", "星期二"),
    ("Wednesday", "星期三"),
    ("Thursday", "星期四"),
    ("Friday", "星期五"),
    ("Saturday", "星期六"),
    ("Sunday", "星期日"),
];

impl Language {
    fn of<'a>(self, english: &'a str, chinese: &'a str) -> &'a str {
        match self {
            English => english,
            Chinese => chinese,
        }
    }

    fn weekday(self, day: usize) -> &'static str {
        let (english, chinese) = WEEKDAYS[day];
        self.of(english, chinese)
    }
}

pub(super) fn help(language: Language, name: &str) -> String {
    match language {
        English => format!(
            "Say @{name} and then, for instance:\n\
             time\n\
             dice 2d6\n\
             choose tea | coffee\n\
             days 2027-02-06\n\
             remind 10 minutes tea, remind 15:30 meeting, remind tomorrow 9:00 call\n\
             list (of your reminders), cancel 3"
        ),
        Chinese => format!(
            "先说 @{name}，然后比如：\n\
             时间\n\
             骰子 2d6\n\
             抽签 茶|咖啡\n\
             天数 2027-02-06\n\
             提醒 10分钟 喝茶，提醒 15:30 开会，提醒 明天 9:00 打电话\n\
             提醒列表，取消提醒 3"
        ),
    }
}

pub(super) fn i_know(language: Language) -> String {
    let words = language.of(
        "I know: help, time, dice, choose, days, remind, list, cancel.",
        "我会：帮助、时间、骰子、抽签、天数、提醒、提醒列表、取消提醒。",
    );
    words.to_owned()
}

pub(super) fn how_to_choose(language: Language) -> String {
    language.of("Like this: choose tea | coffee", "请这样说：抽签 茶|咖啡").to_owned()
}

pub(super) fn how_to_throw(language: Language) -> String {
    let words = language.of(
        "Like this: dice 2d6+1. At most 20 dice of 2 to 1,000 sides.",
        "请这样说：骰子 2d6+1。最多 20 个骰子，每个 2 到 1000 面。",
    );
    words.to_owned()
}

pub(super) fn how_to_count(language: Language) -> String {
    language.of("Like this: days 2027-02-06", "请这样说：天数 2027-02-06").to_owned()
}

pub(super) fn how_to_remind(language: Language) -> String {
    let words = language.of(
        "Like this: remind 10 minutes tea, or remind 15:30 meeting, or remind tomorrow 9:00 call",
        "请这样说：提醒 10分钟 喝茶，或者 提醒 15:30 开会，或者 提醒 明天 9:00 打电话",
    );
    words.to_owned()
}

pub(super) fn how_to_cancel(language: Language) -> String {
    let words = language.of(
        "Which one? list shows your reminders with their numbers; then: cancel 3",
        "哪一个？“提醒列表”会显示编号，然后说：取消提醒 3",
    );
    words.to_owned()
}

pub(super) fn time(language: Language, now: &Local) -> String {
    let (time, date, offset) = (now.time(), now.date(), now.offset());
    let weekday = language.weekday(now.weekday());
    match language {
        English => format!("It is {time} on {weekday}, {date} ({offset})."),
        Chinese => format!("现在是 {date} {weekday} {time}（{offset}）。"),
    }
}

pub(super) fn thrown(spec: &str, thrown: &[i64], more: i64, sum: i64) -> String {
    let mut words: Vec<String> = thrown.iter().map(i64::to_string).collect();
    if more != 0 {
        words.push(more.to_string());
    }
    match words.len() {
        1 => format!("🎲 {spec}: {sum}"),
        _ => format!("🎲 {spec}: {} = {sum}", words.join(" + ").replace("+ -", "- ")),
    }
}

pub(super) fn days(language: Language, day: &Local, days: i64) -> String {
    let (date, weekday, far) = (day.date(), language.weekday(day.weekday()), days.unsigned_abs());
    let unit = if far == 1 { "day" } else { "days" };
    match (language, days) {
        (English, 0) => format!("{date} ({weekday}) is today."),
        (English, 1..) => format!("{far} {unit} until {date} ({weekday})."),
        (English, _) => format!("{date} ({weekday}) was {far} {unit} ago."),
        (Chinese, 0) => format!("{date}（{weekday}）就是今天。"),
        (Chinese, 1..) => format!("距离 {date}（{weekday}）还有 {far} 天。"),
        (Chinese, _) => format!("{date}（{weekday}）已经过去 {far} 天了。"),
    }
}

pub(super) fn no_such_day(language: Language) -> String {
    language.of("There is no such day.", "没有这一天。").to_owned()
}

pub(super) fn cannot(language: Language, fault: Fault) -> String {
    match fault {
        Fault::Past => language.of("That is not in the future.", "这个时间已经过去了。").to_owned(),
        Fault::TooFar => {
            language.of("That is too far away: at most 366 days.", "太久了：最多 366 天。").to_owned()
        }
        Fault::NoSuchDay => no_such_day(language),
    }
}

pub(super) fn too_long(language: Language, longest: usize) -> String {
    match language {
        English => format!("Too long: at most {longest} characters."),
        Chinese => format!("太长了：最多 {longest} 个字。"),
    }
}

pub(super) fn it_is_time(language: Language) -> String {
    language.of("it is time", "时间到了").to_owned()
}

/// When something is, as short as it can be said today.
fn moment(language: Language, at: &Local, now: &Local) -> String {
    let (date, time) = (at.date(), at.short_time());
    match now.days_to(at) {
        0 => time,
        1 => format!("{} {time}", language.of("tomorrow", "明天")),
        _ => format!("{date} {} {time}", language.weekday(at.weekday())),
    }
}

/// A reminder is on disk.
pub(crate) fn will_remind(
    language: Language,
    number: Number,
    reminder: &Reminder,
    (now, zone): (Millis, &Zone),
) -> String {
    let (due, now) = (zone.at(reminder.due), zone.at(now));
    let (when, offset) = (moment(language, &due, &now), due.offset());
    match language {
        English => format!("OK: reminder {number}, {when} ({offset})."),
        Chinese => format!("好的：提醒 {number}，{when}（{offset}）。"),
    }
}

/// Whoever has many is told of the first; and that there are some of other rooms, which are nobody's business here.
pub(crate) fn reminders(
    language: Language,
    here: &[(Number, &Reminder)],
    elsewhere: usize,
    (now, zone): (Millis, &Zone),
) -> String {
    let now = zone.at(now);
    let mut lines = Vec::new();
    for (number, reminder) in here {
        let when = moment(language, &zone.at(reminder.due), &now);
        lines.push(format!("{number}: {when} {}", reminder.text));
    }
    if here.is_empty() {
        lines.push(language.of("You have no reminders here.", "你在这里没有提醒。").to_owned());
    }
    if elsewhere > 0 {
        lines.push(match language {
            English => format!("{elsewhere} in other rooms: ask there, or ask me in private."),
            Chinese => format!("别的房间还有 {elsewhere} 个：请到那里问，或者私下问我。"),
        });
    }
    lines.join("\n")
}

pub(crate) fn cancelled(language: Language, number: Number) -> String {
    match language {
        English => format!("OK: reminder {number} is cancelled."),
        Chinese => format!("好的：提醒 {number} 取消了。"),
    }
}

pub(crate) fn no_such_reminder(language: Language, number: Number) -> String {
    match language {
        English => format!("You have no reminder {number}: list shows those that you have."),
        Chinese => format!("你没有提醒 {number}：“提醒列表”会显示你的提醒。"),
    }
}

pub(crate) fn too_many(language: Language) -> String {
    let words =
        language.of("You have too many reminders: cancel one first.", "你的提醒太多了：请先取消一个。");
    words.to_owned()
}

pub(crate) fn not_said_here(language: Language) -> String {
    language.of("That has words in it that are not said here.", "里面有这里不说的词。").to_owned()
}

pub(crate) fn not_stored(language: Language) -> String {
    language.of("That could not be stored: try again.", "没能存下来：请再试一次。").to_owned()
}

/// It is time. `@` and the name end where the colon is, whatever follows.
pub(crate) fn ringing(name: &str, text: &str, is_late: bool) -> String {
    let (late, colon) = match Language::of_text(text) {
        Some(Chinese) => ("（迟到）", "："),
        _ => ("(late) ", ": "),
    };
    format!("{}⏰ @{name}{colon}{text}", if is_late { late } else { "" })
}
