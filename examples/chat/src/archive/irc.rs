//! Lines of The Lounge's logs, and what IRC has in a text that is no text.
//!
//! ```text
//!   [2026-11-29T12:00:00.000Z] <@ann> hello          said
//!   [2026-11-29T12:00:01.000Z] * ann waves           done
//!   [2026-11-29T12:00:02.000Z] -ann- look            a notice that somebody sends
//!   [2026-11-29T12:00:03.000Z] *** bob (~b@host) joined
//! ```

use crate::history::Millis;

/// Signs of what somebody may do in a channel, before their name.
const MODES: [char; 6] = ['~', '&', '@', '%', '+', '!'];

#[derive(Debug, PartialEq, Eq)]
pub(super) struct Line {
    pub at: Millis,
    /// Who has said what; `None`: somebody came, went, or changed something.
    pub said: Option<(String, String)>,
}

/// # Errors
///
/// It is no line of such a log.
pub(super) fn line(line: &str) -> Result<Line, String> {
    let (time, rest) = line
        .strip_prefix('[')
        .and_then(|rest| rest.split_once("] "))
        .ok_or("this does not begin with a time, as lines of The Lounge's logs do")?;
    let at = millis(time).ok_or_else(|| format!("`{}` is no time", time.escape_debug()))?;
    let said = if rest.starts_with("*** ") {
        None
    } else if let Some(rest) = rest.strip_prefix("* ") {
        let (nick, text) = rest.split_once(' ').unwrap_or((rest, ""));
        Some((nick, format!("* {text}")))
    } else if let Some(rest) = rest.strip_prefix('<') {
        let (nick, text) =
            rest.split_once("> ").or_else(|| Some((rest.strip_suffix('>')?, ""))).ok_or("`>` is missing")?;
        Some((nick, text.to_owned()))
    } else if let Some(rest) = rest.strip_prefix('-') {
        let (nick, text) = rest.split_once("- ").ok_or("`-` is missing")?;
        Some((nick, text.to_owned()))
    } else {
        return Err("nobody says this, and it is no notice".to_owned());
    };
    let said = said.map(|(nick, text)| (nick.trim_start_matches(MODES).to_owned(), plain(&text)));
    Ok(Line { at, said })
}

/// A text without its colours.
pub(super) fn plain(text: &str) -> String {
    const COLOUR: char = '\u{3}';
    const HEX_COLOUR: char = '\u{4}';
    let mut told = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let (digits, is_digit): (usize, fn(&char) -> bool) = match c {
            COLOUR => (2, char::is_ascii_digit),
            HEX_COLOUR => (6, char::is_ascii_hexdigit),
            c if c.is_control() && c != '\t' => continue,
            c => {
                told.push(c);
                continue;
            }
        };
        let mut seen = 0;
        while seen < digits && chars.next_if(is_digit).is_some() {
            seen += 1;
        }
        // A comma and the colour behind the letters.
        let mut ahead = chars.clone();
        if seen > 0 && ahead.next() == Some(',') && ahead.next().is_some_and(|c| is_digit(&c)) {
            chars.next();
            (0..digits).for_each(|_| _ = chars.next_if(is_digit));
        }
    }
    told
}

/// `2026-11-29T12:00:00.000Z`, or as older logs have it, `2026-11-29 12:00:00`. In UTC.
fn millis(time: &str) -> Option<Millis> {
    let number = |text: &str, digits: usize| -> Option<Millis> {
        let is_plain = text.len() == digits && text.bytes().all(|digit| digit.is_ascii_digit());
        is_plain.then(|| text.parse().ok())?
    };
    let time = time.strip_suffix('Z').unwrap_or(time);
    let (date, clock) = time.split_once(['T', ' '])?;
    let [year, month, day]: [&str; 3] = date.split('-').collect::<Vec<_>>().try_into().ok()?;
    let (clock, thousandths) = clock.split_once('.').unwrap_or((clock, "000"));
    let [hour, minute, second]: [&str; 3] = clock.split(':').collect::<Vec<_>>().try_into().ok()?;
    let (year, month, day) = (number(year, 4)?, number(month, 2)?, number(day, 2)?);
    let (hour, minute, second) = (number(hour, 2)?, number(minute, 2)?, number(second, 2)?);
    let thousandths = number(thousandths, 3)?;
    let is_right =
        (1..=12).contains(&month) && (1..=31).contains(&day) && hour < 24 && minute < 60 && second <= 60;
    is_right.then(|| {
        let seconds = days(year, month, day) * 86_400 + hour * 3_600 + minute * 60 + second;
        seconds * 1000 + thousandths
    })
}

/// Since 1970. The year begins with March here, so that the day that there is not every year is its last.
fn days(year: Millis, month: Millis, day: Millis) -> Millis {
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let leap_days = year / 4 - year / 100 + year / 400;
    // From March on, 153 days are in each five months.
    year * 365 + leap_days + (153 * month + 2) / 5 + day - 1 - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_say_who_has_said_what_and_when() {
        const AT: &str = "[2026-11-29T12:00:00.250Z] ";
        for (rest, nick, text) in [
            ("<ann> hello", "ann", "hello"),
            ("<@ann> <b> hello", "ann", "<b> hello"),
            ("<~&@%+小明> ", "小明", ""),
            ("<ann>", "ann", ""),
            ("* +ann waves", "ann", "* waves"),
            ("-ann-b- look", "ann-b", "look"),
            ("<ann> 1\t2", "ann", "1\t2"),
            (
                "<ann> \u{2}bold\u{2} \u{3}04,12red\u{f} \u{3}4,x \u{4}ff0000hex\u{1f}",
                "ann",
                "bold red ,x hex",
            ),
        ] {
            let expected = Line { at: 1_795_953_600_250, said: Some((nick.into(), text.into())) };
            assert_eq!(line(&format!("{AT}{rest}")), Ok(expected), "{rest}");
        }
        let came = line(&format!("{AT}*** bob (~b@host) joined"));
        assert_eq!(came, Ok(Line { at: 1_795_953_600_250, said: None }));
        for wrong in [
            "",
            "hello",
            "[x] <a> b",
            "[2026-13-01 00:00:00] <a> b",
            "[2026-11-29T12:00:00.000Z] x",
            "[2026-11-29T12:00:00.000Z] <a",
        ] {
            assert!(line(wrong).is_err(), "{wrong}");
        }
    }

    /// As `date -u -d … +%s` says.
    #[test]
    fn days_are_counted() {
        for (time, seconds) in [
            ("1970-01-01 00:00:00", 0),
            ("1999-12-31 23:59:59", 946_684_799),
            ("2000-02-29 00:00:00", 951_782_400),
            ("2000-03-01 00:00:00", 951_868_800),
            ("2026-11-29T23:25:16.000Z", 1_795_994_716),
            ("2100-03-01 00:00:00", 4_107_542_400),
            ("1969-12-31 23:59:59", -1),
        ] {
            assert_eq!(millis(time), Some(seconds * 1000), "{time}");
        }
        for wrong in [
            "",
            "2026-1-1 00:00:00",
            "2026-11-29",
            "2026-11-29T24:00:00Z",
            "2026-11-29T00:00:00.1Z",
            "+026-11-29 00:00:00",
        ] {
            assert_eq!(millis(wrong), None, "{wrong}");
        }
    }
}
