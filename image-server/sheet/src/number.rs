//! Numbers and dates as a person would have typed them.

use jiff::ToSpan as _;
use jiff::civil::Date;

/// `12` rather than `12.0`; all digits otherwise.
pub(crate) fn float(value: f64) -> String {
    format!("{value}")
}

/// A date of ISO 8601 without a midnight that nobody typed.
pub(crate) fn iso(text: &str) -> &str {
    text.strip_suffix("T00:00:00").unwrap_or(text)
}

/// A word for a truth.
pub(crate) const fn boolean(value: bool) -> &'static str {
    if value { "true" } else { "false" }
}

/// The moment that is `days` after the beginning of a workbook's calendar, as ISO 8601 writes it: with the
/// time only if there is one, and without the day if there is none. `None` for what Excel shows no date of.
pub(crate) fn of_excel(days: f64, from_1904: bool) -> Option<String> {
    const SECONDS: i64 = 24 * 60 * 60;
    /// The last day of the year 9999.
    const LAST: f64 = 2_958_466.0;
    if !(0.0..LAST).contains(&days) {
        return None;
    }
    #[expect(
        clippy::cast_possible_truncation,
        reason = "less than three million days, as was just checked"
    )]
    let seconds = (days * SECONDS as f64).round() as i64;
    let (day, second) = (seconds / SECONDS, seconds % SECONDS);
    let time = format!(
        "{:02}:{:02}:{:02}",
        second / 3600,
        second / 60 % 60,
        second % 60
    );
    if day == 0 && !from_1904 {
        return Some(time);
    }
    // Excel has a 29 February 1900, which there never was: days before it are counted from a day later.
    let start = match (from_1904, day) {
        (true, _) => Date::constant(1904, 1, 1),
        (false, ..60) => Date::constant(1899, 12, 31),
        (false, 60..) => Date::constant(1899, 12, 30),
    };
    let date = start.checked_add(day.days()).ok()?;
    Some(match second {
        0 => date.to_string(),
        _ => format!("{date}T{time}"),
    })
}

#[cfg(test)]
mod tests {
    use super::of_excel;

    #[test]
    fn days_of_excel_are_dates() {
        for (days, from_1904, expected) in [
            (1.0, false, Some("1900-01-01")),
            (59.0, false, Some("1900-02-28")),
            (61.0, false, Some("1900-03-01")),
            (3055.0, false, Some("1908-05-12")),
            (0.5, false, Some("12:00:00")),
            (3055.75, false, Some("1908-05-12T18:00:00")),
            (0.0, true, Some("1904-01-01")),
            (-1.0, false, None),
            (1e12, false, None),
            (f64::NAN, false, None),
        ] {
            assert_eq!(of_excel(days, from_1904).as_deref(), expected, "{days}");
        }
    }
}
