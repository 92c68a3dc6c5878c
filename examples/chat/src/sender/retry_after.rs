//! `Retry-After`: seconds, or a date (RFC 9110, section 10.2.3).

/// In seconds. A date is counted from the date that the same answer bears, so it does not matter whether its clock is right.
pub(super) fn seconds(retry_after: &str, date: Option<&str>) -> Option<u64> {
    let text = retry_after.trim();
    if text.starts_with(|c: char| c.is_ascii_digit()) {
        // Discord has fractions. No fraction of a second is too short to wait.
        let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
        let is_number = |digits: &str| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        let is_whole = fraction.bytes().all(|byte| byte == b'0');
        let whole: u64 = (is_number(whole) && is_number(fraction)).then(|| whole.parse().ok())??;
        return Some(whole.saturating_add(u64::from(!is_whole)));
    }
    let (then, now) = (moment(text)?, moment(date?.trim())?);
    Some(then.saturating_sub(now))
}

/// Of `Sun, 06 Nov 1994 08:49:37 GMT`, in seconds since the year 0. There are older forms, which nobody sends.
fn moment(text: &str) -> Option<u64> {
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let mut words = text.split(' ').skip(1);
    let mut word = || words.next();
    let day: u64 = word()?.parse().ok()?;
    let month = word()?;
    let month = MONTHS.iter().position(|&name| name == month)? as u64 + 1;
    let year: u64 = word()?.parse().ok().filter(|year| (1..=9999).contains(year))?;
    let mut clock = word()?.split(':').map(|part| part.parse::<u64>().ok().filter(|&part| part <= 60));
    let mut part = || clock.next().flatten();
    let (hours, minutes, seconds) = (part()?, part()?, part()?);
    if word()? != "GMT" || !(1..=31).contains(&day) {
        return None;
    }
    // The year begins in March, so that the day that is not always there is the last one.
    let (year, month) = if month <= 2 { (year - 1, month + 9) } else { (year, month - 3) };
    let days = year * 365 + year / 4 - year / 100 + year / 400 + (month * 153 + 2) / 5 + day;
    Some(days * 86_400 + hours * 3600 + minutes * 60 + seconds)
}

#[cfg(test)]
mod tests {
    use super::seconds;

    #[test]
    fn seconds_are_read_and_fractions_are_whole_ones() {
        for (text, expected) in [
            ("0", Some(0)),
            ("120", Some(120)),
            (" 7 ", Some(7)),
            ("0.65", Some(1)),
            ("2.000", Some(2)),
            ("18446744073709551615", Some(u64::MAX)),
            ("18446744073709551616", None),
            ("1e3", None),
            ("-1", None),
            ("1.", None),
            ("", None),
            ("soon", None),
        ] {
            assert_eq!(seconds(text, None), expected, "{text:?}");
        }
    }

    /// Differences from `date -d … +%s`.
    #[test]
    fn dates_count_from_the_date_of_the_answer() {
        let at = |then, now| seconds(then, Some(now));
        let now = "Sun, 29 Nov 2026 20:40:00 GMT";
        assert_eq!(at("Sun, 29 Nov 2026 20:41:30 GMT", now), Some(90));
        assert_eq!(at("Tue, 01 Dec 2026 00:00:00 GMT", now), Some(98_400));
        assert_eq!(at("Thu, 02 Mar 2028 00:00:00 GMT", "Mon, 28 Feb 2028 00:00:00 GMT"), Some(3 * 86_400));
        assert_eq!(at("Fri, 01 Jan 2027 00:00:00 GMT", "Thu, 31 Dec 2026 23:59:59 GMT"), Some(1));
        assert_eq!(at("Sun, 29 Nov 2026 20:00:00 GMT", now), Some(0), "it is over");
        assert_eq!(seconds("Sun, 29 Nov 2026 20:41:30 GMT", None), None, "nobody says what time it is there");
        for odd in [
            "Sun, 29 Nov 2026 20:41:30 CET",
            "Sun, 29 Nox 2026 20:41:30 GMT",
            "Sun, 99 Nov 2026 20:41:30 GMT",
            "Sun",
        ] {
            assert_eq!(at(odd, now), None, "{odd}");
        }
    }
}
