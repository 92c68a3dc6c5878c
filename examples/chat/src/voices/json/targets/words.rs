//! A notice in words for people: few, and those of the room. Software from China is read in Chinese.

use super::cut::{cut, length};
use super::notice::{Message, Notice};
use crate::history::{Discloses, Shape, Target};

/// What it is, and what there is to read.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Words {
    pub title: String,
    pub text: String,
    /// Between the two, if they stand in one line.
    pub colon: &'static str,
}

/// So much there is room for, in what the software counts.
#[derive(Debug, Clone, Copy)]
pub(super) struct Room {
    pub all: usize,
    pub cost: fn(char) -> usize,
}

/// A title is no longer.
const TITLE: usize = 120;
/// Of those who have written so many are named.
const NAMED: usize = 3;

pub(super) fn words(notice: &Notice<'_>, target: &Target, room: Room, escape: fn(&str) -> String) -> Words {
    let tongue = Tongue::of(target.shape);
    let colon = tongue.colon();
    let Some(count) = notice.count() else {
        return Words { title: "pollcat".into(), text: tongue.test().into(), colon };
    };
    let messages: Vec<Message<'_>> = notice.messages().collect();
    let place = cut(&escape(notice.room), TITLE, room.cost);
    let place = (!notice.is_private).then_some(&*place);
    let title = match (&messages[..], target.discloses) {
        (_, Discloses::Nothing) => tongue.something_new().into(),
        ([one], Discloses::Text) if count == 1 => tongue.by(&escape(&one.event.author_name), place),
        (_, Discloses::Sender | Discloses::Text) => match place {
            Some(place) => tongue.many_in(count, place),
            None => tongue.many_from(count, &escape(notice.room)),
        },
    };
    let title = cut(&title, 2 * TITLE, room.cost);
    let room = Room { all: room.all.saturating_sub(length(&title, room.cost) + 1), ..room };
    let text = match target.discloses {
        Discloses::Nothing => tongue.many(count),
        Discloses::Sender if messages.is_empty() => tongue.many(count),
        Discloses::Sender => tongue.many_from(count, &escape(&names(&messages, tongue))),
        Discloses::Text => lines(&messages, count, tongue, room, escape),
    };
    Words { title, text: cut(&text, room.all, room.cost), colon }
}

/// Who has written, each once.
fn names(messages: &[Message<'_>], tongue: Tongue) -> String {
    let mut names: Vec<&str> = Vec::new();
    for message in messages {
        let name = &*message.event.author_name;
        if !names.contains(&name) {
            names.push(name);
        }
        if names.len() > NAMED {
            names[NAMED] = "…";
            break;
        }
    }
    names.join(tongue.comma())
}

/// What was said, oldest first; what there is no room for is counted.
fn lines(
    messages: &[Message<'_>],
    count: usize,
    tongue: Tongue,
    room: Room,
    escape: fn(&str) -> String,
) -> String {
    let line = |message: &Message<'_>| {
        let said = match (message.is_picture, message.text) {
            (false, text) => text.to_owned(),
            (true, "") => tongue.picture().to_owned(),
            (true, caption) => format!("{} {caption}", tongue.picture()),
        };
        match count {
            1 => escape(&said),
            _ => escape(&format!("{}{}{said}", message.event.author_name, tongue.colon())),
        }
    };
    let (mut told, mut text) = (0, String::new());
    for message in messages {
        let mut line = line(message);
        let rest = tongue.and_more(count - told);
        let left = room.all.saturating_sub(length(&text, room.cost) + length(&rest, room.cost) + 2);
        // One alone is cut; of several each is short enough that others have room too.
        let most = if count == 1 { room.all } else { left.min((room.all / 3).max(left / messages.len())) };
        if told > 0 && length(&line, room.cost) > left {
            break;
        }
        line = cut(&line, most, room.cost);
        if told > 0 {
            text.push('\n');
        }
        text += &line;
        told += 1;
    }
    if told < count {
        if told > 0 {
            text.push('\n');
        }
        text += &tongue.and_more(count - told);
    }
    text
}

#[derive(Debug, Clone, Copy)]
enum Tongue {
    English,
    Chinese,
}

use Tongue::{Chinese, English};

impl Tongue {
    fn of(shape: Shape) -> Self {
        match shape {
            Shape::Wecom | Shape::Dingtalk | Shape::Feishu => Chinese,
            Shape::Webhook | Shape::Slack | Shape::Discord | Shape::Ntfy | Shape::Bark | Shape::Gotify => {
                English
            }
        }
    }

    fn test(self) -> &'static str {
        match self {
            English => "This is a test: notices arrive here.",
            Chinese => "这是一条测试消息：通知可以送达。",
        }
    }

    fn something_new(self) -> &'static str {
        match self {
            English => "New in the chat",
            Chinese => "聊天有新消息",
        }
    }

    fn many(self, count: usize) -> String {
        match (self, count) {
            (English, 1) => "1 new message".into(),
            (English, count) => format!("{count} new messages"),
            (Chinese, count) => format!("{count} 条新消息"),
        }
    }

    fn many_in(self, count: usize, place: &str) -> String {
        match self {
            English => format!("{} in {place}", self.many(count)),
            Chinese => format!("{place} 有 {}", self.many(count)),
        }
    }

    fn many_from(self, count: usize, names: &str) -> String {
        match self {
            English => format!("{} from {names}", self.many(count)),
            Chinese => format!("{names} 发来 {}", self.many(count)),
        }
    }

    fn by(self, name: &str, place: Option<&str>) -> String {
        match (self, place) {
            (_, None) => name.to_owned(),
            (English, Some(place)) => format!("{name} in {place}"),
            (Chinese, Some(place)) => format!("{name}（{place}）"),
        }
    }

    fn and_more(self, count: usize) -> String {
        match self {
            English => format!("… and {count} more"),
            Chinese => format!("…… 还有 {count} 条"),
        }
    }

    fn picture(self) -> &'static str {
        match self {
            English => "[picture]",
            Chinese => "[图片]",
        }
    }

    fn comma(self) -> &'static str {
        match self {
            English => ", ",
            Chinese => "、",
        }
    }

    fn colon(self) -> &'static str {
        match self {
            English => ": ",
            Chinese => "：",
        }
    }
}
