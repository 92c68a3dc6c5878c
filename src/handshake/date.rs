//! The Date header's form of a time (RFC 9110 §5.6.7), from the seconds since 1970.

const SECONDS_PER_DAY: u64 = 86_400;
/// The end of the year 9999: a year has four digits.
const LAST: u64 = 253_402_300_799;
const DAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]; // 1 January 1970 was a Thursday
const MONTHS: [(&str, u64); 12] = [
    ("Jan", 31),
    ("Feb", 28),
    ("Mar", 31),
    ("Apr", 30),
    ("May", 31),
    ("Jun", 30),
    ("Jul", 31),
    ("Aug", 31),
    ("Sep", 30),
    ("Oct", 31),
    ("Nov", 30),
    ("Dec", 31),
];

/// A time as header fields have it (RFC 9110 §5.6.7), from the seconds since the beginning of 1970: `Sun, 06 Nov 1994
/// 08:49:37 GMT`. For fields such as Last-Modified; the server sets Date itself. There is no year after 9999: what
/// would be later is its last second.
///
/// ```
/// use pollcat::handshake::http_date;
///
/// assert_eq!(http_date(784_111_777), "Sun, 06 Nov 1994 08:49:37 GMT");
/// ```
pub fn http_date(unix_seconds: u64) -> String {
    let unix_seconds = unix_seconds.min(LAST);
    let (days, time) = (unix_seconds / SECONDS_PER_DAY, unix_seconds % SECONDS_PER_DAY);
    let weekday = DAYS[(days % 7) as usize];
    let (year, month, day) = civil(days);
    let (hour, minute, second) = (time / 3600, time / 60 % 60, time % 60);
    format!("{weekday}, {day:02} {month} {year:04} {hour:02}:{minute:02}:{second:02} GMT")
}

/// Year, month and day of the month; counted off, as a server asks once a second at most.
fn civil(mut days: u64) -> (u64, &'static str, u64) {
    let is_leap =
        |year: u64| year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let mut year = 1970;
    while days >= 365 + u64::from(is_leap(year)) {
        days -= 365 + u64::from(is_leap(year));
        year += 1;
    }
    for (month, length) in MONTHS {
        let length = length + u64::from(month == "Feb" && is_leap(year));
        if days < length {
            return (year, month, days + 1);
        }
        days -= length;
    }
    (year, "Dec", 31) // not reached: the months make up the year
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_times() {
        // The first is RFC 9110's example; the others from `date --utc --date=@N`.
        let table = [
            (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"),
            (0, "Thu, 01 Jan 1970 00:00:00 GMT"),
            (253_402_300_799, "Fri, 31 Dec 9999 23:59:59 GMT"),
            (253_402_300_800, "Fri, 31 Dec 9999 23:59:59 GMT"),
            (u64::MAX, "Fri, 31 Dec 9999 23:59:59 GMT"),
            (951_782_399, "Mon, 28 Feb 2000 23:59:59 GMT"),
            (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT"),
            (1_709_251_199, "Thu, 29 Feb 2024 23:59:59 GMT"),
            (1_798_761_599, "Thu, 31 Dec 2026 23:59:59 GMT"),
            (4_107_542_400, "Mon, 01 Mar 2100 00:00:00 GMT"),
        ];
        for (seconds, expected) in table {
            assert_eq!(http_date(seconds), expected);
        }
    }
}
