//! Numbers and dates as a person would have typed them.

/// `12` rather than `12.0`; all digits otherwise.
pub(crate) fn float(value: f64) -> String {
    format!("{value}")
}

/// A date as ISO 8601 writes it; with the time only if there is one.
pub(crate) fn date_time([year, month, day, hour, minute, second]: [u32; 6]) -> String {
    let date = format!("{year:04}-{month:02}-{day:02}");
    if (hour, minute, second) == (0, 0, 0) {
        date
    } else {
        format!("{date}T{hour:02}:{minute:02}:{second:02}")
    }
}

/// A date of ISO 8601 without a midnight that nobody typed.
pub(crate) fn iso(text: &str) -> &str {
    text.strip_suffix("T00:00:00").unwrap_or(text)
}

/// A word for a truth.
pub(crate) const fn boolean(value: bool) -> &'static str {
    if value { "true" } else { "false" }
}
