//! What can be asked, in both languages. A word for it begins the question, and nothing is understood by half: what is not meant
//! for the robot may be meant for the program behind it.

use super::asked::{Answer, Answered, Asked, LONGEST_QUESTION, LONGEST_REMINDER, Language};
use super::chance::{self, Dice, ONE, dice, how_many};
use super::day::{attempt, day};
use super::phrases;
use super::reader::{Folded, Reader};
use super::when::{When, when};

use Language::{Chinese, English};

const HELP: Words = (
    &["help", "what can you do", "commands"],
    &["帮助", "帮忙", "怎么用", "你会什么", "你能做什么", "你会做什么", "说明"],
);
const TIME: Words = (
    &["time", "date", "what time is it", "what's the time", "what is the time", "what day is it", "now"],
    &[
        "时间",
        "现在时间",
        "几点",
        "几点了",
        "现在几点",
        "现在几点了",
        "日期",
        "今天几号",
        "今天星期几",
        "今天周几",
    ],
);
const LIST: Words = (
    &["list", "reminders", "my reminders", "list reminders", "list my reminders"],
    &["提醒列表", "我的提醒", "列表", "列出提醒", "所有提醒", "提醒清单"],
);
const CANCEL: Words =
    (&["cancel", "cancel reminder", "remove reminder", "delete reminder"], &["取消提醒", "取消", "删除提醒"]);
const DICE: Words = (&["dice", "roll", "die", "roll dice", "roll a die", "roll the dice"], &["骰子", "色子"]);
const CHOOSE: Words =
    (&["choose", "pick", "choose from", "draw"], &["选", "抽签", "抽", "选择", "选一个", "挑", "挑一个"]);
const DAYS: Words = (
    &["days", "days until", "days till", "days to", "how many days until", "how many days to", "countdown"],
    &["天数", "距离", "离", "倒数", "倒计时"],
);
const REMIND: Words = (&["remind", "remind me"], &["提醒", "提醒我", "叫我", "提醒我一下", "提醒一下"]);
/// Before a wish.
const PLEASE: Words =
    (&["please", "can you", "could you", "would you"], &["请", "麻烦", "帮我", "你", "给我"]);

/// How much of the end of a question is searched for a time.
const END: usize = 64;

/// In English, and in Chinese.
type Words = (&'static [&'static str], &'static [&'static str]);

/// The word for it is next; and in which language it is.
fn word(reader: &mut Reader<'_>, (english, chinese): Words) -> Option<Language> {
    if reader.word(chinese) {
        return Some(Chinese);
    }
    reader.word(english).then_some(English)
}

/// The question is nothing but this word.
fn whole(reader: Reader<'_>, words: Words) -> Option<Language> {
    let mut behind = reader;
    let language = word(&mut behind, words)?;
    behind.between().character(&['吗', '呢', '啊', '呀']);
    behind.is_done().then_some(language)
}

pub(crate) fn answer(asked: Asked<'_>) -> Answered {
    let by_name = Language::of_text(asked.name).unwrap_or(English);
    let by_text = Language::of_text(asked.question).unwrap_or(by_name);
    let unknown = Answered { language: by_text, answer: Answer::Unknown(phrases::i_know(by_text)) };
    if asked.question.len() > LONGEST_QUESTION {
        return unknown;
    }
    let folded = Folded::new(asked.question);
    let mut reader = folded.begin();
    reader.between();
    if reader.is_done() {
        return say(by_name, phrases::help(by_name, asked.name));
    }
    let now = asked.zone.at(asked.now);
    if let Some(language) = whole(reader, HELP) {
        return say(language, phrases::help(language, asked.name));
    }
    if let Some(language) = whole(reader, TIME) {
        return say(language, phrases::time(language, &now));
    }
    if let Some(language) = whole(reader, LIST) {
        return Answered { language, answer: Answer::List };
    }
    while word(&mut reader, PLEASE).is_some() {
        reader.between();
    }
    if let Some(answered) = cancel(reader).or_else(|| throw(reader, by_name, asked.chance)) {
        return answered;
    }
    choose(reader, asked.chance)
        .or_else(|| count_days(reader, &now))
        .or_else(|| remind(reader, &now))
        .unwrap_or(unknown)
}

fn say(language: Language, words: String) -> Answered {
    Answered { language, answer: Answer::Say(words) }
}

fn unknown(language: Language, words: String) -> Option<Answered> {
    Some(Answered { language, answer: Answer::Unknown(words) })
}

fn cancel(mut reader: Reader<'_>) -> Option<Answered> {
    let language = word(&mut reader, CANCEL)?;
    reader.between().character(&['#', '第']);
    let number = super::numbers::whole(reader.spaces());
    reader.character(&['号', '个']);
    match number.filter(|_| reader.is_done()) {
        Some(number) => Some(Answered { language, answer: Answer::Cancel(number) }),
        None => unknown(language, phrases::how_to_cancel(language)),
    }
}

// ---- chance

fn throw(reader: Reader<'_>, by_name: Language, chance: &mut chance::Chance<'_>) -> Option<Answered> {
    let (language, dice, is_done) = throwing(reader, by_name)?;
    let Some(dice) = dice.filter(|_| is_done) else {
        return unknown(language, phrases::how_to_throw(language));
    };
    if !dice.is_possible() {
        return Some(say(language, phrases::how_to_throw(language)));
    }
    let (thrown, sum) = dice.throw(chance);
    let Dice { count, sides, more } = dice;
    Some(say(language, phrases::thrown(&format!("{count}d{sides}"), &thrown, more, sum)))
}

/// `2d6`, `dice 2d6`, `roll 2 dice`, 骰子, 掷两个骰子.
fn throwing(mut reader: Reader<'_>, by_name: Language) -> Option<(Language, Option<Dice>, bool)> {
    let mut alone = reader;
    if let Some(dice) = dice(&mut alone).filter(|_| alone.is_done()) {
        return Some((by_name, Some(dice), true));
    }
    let several = |reader: &mut Reader<'_>| {
        reader.word(&["掷", "扔", "投", "摇", "roll"]).then_some(())?;
        let count = how_many(reader.spaces())?;
        let language = word(reader.spaces(), DICE)?;
        Some((language, Dice { count, ..ONE }))
    };
    if let Some((language, dice)) = attempt(&mut reader, several) {
        return Some((language, Some(dice), reader.is_done()));
    }
    reader.word(&["掷", "扔", "投", "摇"]);
    let language = word(&mut reader, DICE)?;
    reader.between();
    if reader.is_done() {
        return Some((language, Some(ONE), true));
    }
    let dice = dice(&mut reader);
    Some((language, dice, reader.is_done()))
}

fn choose(mut reader: Reader<'_>, chance: &mut chance::Chance<'_>) -> Option<Answered> {
    let language = word(&mut reader, CHOOSE)?;
    let Some(lots) = chance::lots(reader.between().rest()) else {
        return unknown(language, phrases::how_to_choose(language));
    };
    let drawn = chance::below(lots.len() as u32, chance) as usize;
    Some(say(language, lots[drawn].to_owned()))
}

// ---- days

fn count_days(mut reader: Reader<'_>, now: &super::local::Local) -> Option<Answered> {
    let language = word(&mut reader, DAYS)?;
    let day = day(reader.between());
    reader.spaces().word(&["还有多少天", "还有几天", "有多少天", "有几天", "多少天", "几天"]);
    match day.filter(|_| reader.is_done()) {
        None => unknown(language, phrases::how_to_count(language)),
        Some(day) => Some(say(
            language,
            match now.days_until(day) {
                Some((day, days)) => phrases::days(language, &day, days),
                None => phrases::no_such_day(language),
            },
        )),
    }
}

// ---- reminders

fn remind(mut reader: Reader<'_>, now: &super::local::Local) -> Option<Answered> {
    // 10分钟后提醒我喝茶
    let time_first = |reader: &mut Reader<'_>| {
        let when = when(reader)?;
        let language = word(reader.between(), REMIND)?;
        Some((language, when))
    };
    if let Some((language, when)) = attempt(&mut reader, time_first) {
        return Some(reminder(language, when, without_to(reader), now));
    }
    let language = word(&mut reader, REMIND)?;
    reader.between();
    // 提醒 10分钟 喝茶
    let mut behind = reader;
    if let Some(when) = when(&mut behind) {
        return Some(reminder(language, when, without_to(behind), now));
    }
    // `remind me to drink tea in 10 minutes`
    let begin = without_to(reader);
    let mut end = begin;
    end.skip(end.left().saturating_sub(END).max(1));
    while end.left() > 0 {
        let mut behind = end;
        if end.is_at_word()
            && let Some(when) = when(&mut behind)
            && behind.is_done()
        {
            return Some(remind_of(language, when, begin.up_to(&end), now));
        }
        end.skip(1);
    }
    unknown(language, phrases::how_to_remind(language))
}

fn without_to(mut reader: Reader<'_>) -> Reader<'_> {
    reader.between();
    reader.word(&["to", "that", "of", "about"]);
    *reader.between()
}

fn reminder(language: Language, when: When, text: Reader<'_>, now: &super::local::Local) -> Answered {
    remind_of(language, when, text.rest(), now)
}

fn remind_of(language: Language, when: When, text: &str, now: &super::local::Local) -> Answered {
    let text = text.trim_end_matches([',', '，', '、', ' ']);
    if text.chars().count() > LONGEST_REMINDER {
        return say(language, phrases::too_long(language, LONGEST_REMINDER));
    }
    match now.due(when) {
        Err(fault) => say(language, phrases::cannot(language, fault)),
        Ok((due, is_by_clock)) => {
            let text = if text.is_empty() { phrases::it_is_time(language) } else { text.to_owned() };
            Answered { language, answer: Answer::Remind { due, is_by_clock, text } }
        }
    }
}
