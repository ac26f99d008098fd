//! Dates as catalogues write them, as far as they can be computed with.

use serde::{Deserialize, Serialize};

/// A span of years, and the moment that stands for it.
///
/// Catalogues write much that is no date of any standard: `1791`, `1846-05`, `ca. 1850`, `[1846?]`,
/// `1850-1860`, `siglo XIX`, `s. XVIII`, `19th century`, `1890s`, `185-`, `05/12/1908`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Date {
    /// The first year it may mean.
    pub from: i16,
    /// The last year it may mean; not before `from`.
    pub to: i16,
    /// The beginning of it as `navDate` wants it: `1846-05-01T00:00:00Z`.
    pub navigation: String,
}

impl Date {
    /// What `text` means; `None` if that cannot be told.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim().to_lowercase();
        let text = text.trim_matches(|c: char| "[]()?".contains(c)).trim();
        exact(text)
            .or_else(|| century(text))
            .or_else(|| years(text))
    }

    fn span(from: i16, to: i16, month: i8, day: i8) -> Option<Self> {
        jiff::civil::Date::new(from, month, day).ok()?;
        ((1..=2200).contains(&from) && from <= to && to <= 2300).then(|| Self {
            from,
            to,
            navigation: format!("{from:04}-{month:02}-{day:02}T00:00:00Z"),
        })
    }
}

/// `1846-05-12`, `1846-05`, `1846/05/12`, `12/05/1846`, `1846-05-12T10:00:00Z`.
fn exact(text: &str) -> Option<Date> {
    let day_only = text.split_once('t').map_or(text, |(day, time)| {
        if time.starts_with(|c: char| c.is_ascii_digit()) {
            day
        } else {
            text
        }
    });
    let parts: Vec<&str> = day_only.split(['-', '/', '.']).map(str::trim).collect();
    let digits = |part: &str, count: std::ops::RangeInclusive<usize>| {
        (count.contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit()))
            .then(|| part.parse::<i16>().ok())
            .flatten()
    };
    let (year, month, day) = match parts.as_slice() {
        [y, m] if y.len() == 4 && m.len() == 2 => (digits(y, 4..=4)?, digits(m, 2..=2)?, 1),
        [y, m, d] if y.len() == 4 => (digits(y, 4..=4)?, digits(m, 1..=2)?, digits(d, 1..=2)?),
        [d, m, y] if y.len() == 4 => (digits(y, 4..=4)?, digits(m, 1..=2)?, digits(d, 1..=2)?),
        _ => return None,
    };
    Date::span(
        year,
        year,
        i8::try_from(month).ok()?,
        i8::try_from(day).ok()?,
    )
}

/// `siglo XIX`, `s. xix`, `siglo 19`, `19th century`.
fn century(text: &str) -> Option<Date> {
    let words: Vec<&str> = text
        .split(|c: char| c.is_whitespace() || c == '.')
        .filter(|word| !word.is_empty())
        .collect();
    let number = match words.as_slice() {
        ["siglo" | "s" | "sec", number, ..] => {
            number.parse::<i16>().ok().or_else(|| roman(number))?
        }
        [number, "century" | "c", ..] => number
            .trim_end_matches(|c: char| c.is_ascii_alphabetic())
            .parse()
            .ok()?,
        _ => return None,
    };
    if !(1..=21).contains(&number) {
        return None;
    }
    Date::span((number - 1) * 100 + 1, number * 100, 1, 1)
}

fn roman(text: &str) -> Option<i16> {
    let value = |c| match c {
        'i' => Some(1),
        'v' => Some(5),
        'x' => Some(10),
        _ => None,
    };
    let values: Vec<i16> = text.chars().map(value).collect::<Option<_>>()?;
    let signed = values.iter().enumerate().map(|(index, value)| {
        let smaller = values.get(index + 1).is_some_and(|next| next > value);
        if smaller { -value } else { *value }
    });
    (!values.is_empty()).then(|| signed.sum())
}

/// Years anywhere in the text: one, the ends of a span, a decade.
fn years(text: &str) -> Option<Date> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let length = bytes[at..]
            .iter()
            .take_while(|b| b.is_ascii_digit())
            .count();
        let after = bytes.get(at + length).copied();
        match length {
            4 => {
                let year: i16 = text[at..at + 4].parse().ok()?;
                let is_decade = after == Some(b's') && year % 10 == 0;
                found.push((year, if is_decade { year + 9 } else { year }));
            }
            // `185-`: a decade as cataloguers write it.
            3 if matches!(after, Some(b'-' | b'?' | b'_'))
                && !bytes.get(at + length + 1).is_some_and(u8::is_ascii_digit) =>
            {
                let decade: i16 = text[at..at + 3].parse::<i16>().ok()? * 10;
                found.push((decade, decade + 9));
            }
            // `1914-18`.
            2 if found.len() == 1 && at > 0 && matches!(bytes[at - 1], b'-' | b'/') => {
                let (first, _) = found[0];
                let end = first - first % 100 + text[at..at + 2].parse::<i16>().ok()?;
                found.extend((end > first).then_some((end, end)));
            }
            _ => {}
        }
        at += length.max(1);
    }
    let from = found.iter().map(|(from, _)| *from).min()?;
    let to = found.iter().map(|(_, to)| *to).max()?;
    Date::span(from, to, 1, 1)
}

#[cfg(test)]
mod tests {
    use super::Date;

    #[test]
    fn dates_as_catalogues_write_them() {
        for (text, expected) in [
            ("1791", Some((1791, 1791, "1791-01-01"))),
            ("1846-05", Some((1846, 1846, "1846-05-01"))),
            ("1846-05-12", Some((1846, 1846, "1846-05-12"))),
            ("12/5/1846", Some((1846, 1846, "1846-05-12"))),
            ("1846-05-12T10:00:00Z", Some((1846, 1846, "1846-05-12"))),
            ("ca. 1850", Some((1850, 1850, "1850-01-01"))),
            ("[1846?]", Some((1846, 1846, "1846-01-01"))),
            ("1850-1860", Some((1850, 1860, "1850-01-01"))),
            ("entre 1850 y 1860", Some((1850, 1860, "1850-01-01"))),
            ("1914-18", Some((1914, 1918, "1914-01-01"))),
            ("1890s", Some((1890, 1899, "1890-01-01"))),
            ("185-", Some((1850, 1859, "1850-01-01"))),
            ("siglo XIX", Some((1801, 1900, "1801-01-01"))),
            ("s. XVIII", Some((1701, 1800, "1701-01-01"))),
            ("19th century", Some((1801, 1900, "1801-01-01"))),
            ("12 de mayo de 1908", Some((1908, 1908, "1908-01-01"))),
            ("1846-13", Some((1846, 1846, "1846-01-01"))),
            ("1846-02-30", Some((1846, 1846, "1846-01-01"))),
            ("sin fecha", None),
            ("", None),
            ("12345", None),
            ("siglo XL", None),
        ] {
            let date = Date::parse(text);
            let found = date
                .as_ref()
                .map(|date| (date.from, date.to, &date.navigation[..10]));
            assert_eq!(found, expected, "{text}");
        }
    }
}
