//! Texts with numbers in them.

use acervo_tenancy::Language;

/// A number as it is written: `12 345` in Spanish, `12,345` in English.
pub(crate) fn number(number: u64, language: Language) -> String {
    let digits = number.to_string();
    // Spanish orthography leaves four digits together.
    let (separator, least) = match language {
        Language::Es => ("\u{202f}", 5),
        Language::En => (",", 4),
    };
    if digits.len() < least {
        return digits;
    }
    let head = digits.len() % 3;
    let mut groups = vec![];
    if head > 0 {
        groups.push(&digits[..head]);
    }
    groups.extend(
        (head..digits.len())
            .step_by(3)
            .map(|at| &digits[at..at + 3]),
    );
    groups.join(separator)
}

/// `Imagen 3 de 12`.
pub(crate) fn image_of(number: usize, total: usize, language: Language) -> String {
    match language {
        Language::Es => format!("Imagen {number} de {total}"),
        Language::En => format!("Image {number} of {total}"),
    }
}

/// `Página 3 de 12`, of a list.
pub(crate) fn page_of(number: usize, total: usize, language: Language) -> String {
    match language {
        Language::Es => format!("Página {number} de {total}"),
        Language::En => format!("Page {number} of {total}"),
    }
}

/// `Página 3`, of a list.
pub(crate) fn page(number: usize, language: Language) -> String {
    match language {
        Language::Es => format!("Página {number}"),
        Language::En => format!("Page {number}"),
    }
}

/// `Imagen 3`.
pub(crate) fn image_number(number: usize, language: Language) -> String {
    match language {
        Language::Es => format!("Imagen {number}"),
        Language::En => format!("Image {number}"),
    }
}

/// `Resultados para «mapa»`.
pub(crate) fn results_for(asked: &str, language: Language) -> String {
    match language {
        Language::Es => format!("Resultados para «{asked}»"),
        Language::En => format!("Results for “{asked}”"),
    }
}

/// `120 de 300`.
pub(crate) fn done_of(done: u64, total: u64, language: Language) -> String {
    let (done, total) = (number(done, language), number(total, language));
    match language {
        Language::Es => format!("{done} de {total}"),
        Language::En => format!("{done} of {total}"),
    }
}

/// The cell of a spreadsheet: `fila 12, columna «fecha»`; empty where none is known.
pub(crate) fn cell(row: Option<u32>, column: Option<&str>, language: Language) -> String {
    let row = row.map(|row| match language {
        Language::Es => format!("fila {row}"),
        Language::En => format!("row {row}"),
    });
    let column = column.map(|column| match language {
        Language::Es => format!("columna «{column}»"),
        Language::En => format!("column “{column}”"),
    });
    row.into_iter().chain(column).collect::<Vec<_>>().join(", ")
}

/// How large a file is, roughly: `850 KB`, `2,4 MB`.
pub(crate) fn bytes(bytes: u64, language: Language) -> String {
    let tenths = |unit: u64| bytes.saturating_add(unit / 20) / (unit / 10);
    match bytes {
        0..1_000_000 => format!("{}\u{a0}KB", bytes.div_ceil(1000).max(1)),
        _ => {
            let tenths = tenths(1_000_000);
            let point = if language == Language::Es { ',' } else { '.' };
            match tenths % 10 {
                0 => format!("{}\u{a0}MB", number(tenths / 10, language)),
                rest => format!("{}{point}{rest}\u{a0}MB", number(tenths / 10, language)),
            }
        }
    }
}

/// A moment in UTC as people write it: `24 de noviembre de 2026, 12:05 UTC`; as it is, if it is not of the
/// form `2026-11-24T12:05:43Z`.
pub(crate) fn moment(moment: &str, language: Language) -> String {
    read(moment).map_or_else(
        || moment.to_owned(),
        |(year, month, day, time)| match language {
            Language::Es => format!("{day} de {} de {year}, {time} UTC", MONTHS_ES[month - 1]),
            Language::En => format!("{day} {} {year}, {time} UTC", MONTHS_EN[month - 1]),
        },
    )
}

/// Year, month (1 to 12), day, and the time to the minute.
fn read(moment: &str) -> Option<(&str, usize, u8, &str)> {
    let (date, time) = moment.strip_suffix('Z')?.split_once('T')?;
    let mut parts = date.split('-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    let month: usize = month.parse().ok()?;
    (1..=12)
        .contains(&month)
        .then_some((year, month, day.parse().ok()?, time.get(..5)?))
}

const MONTHS_ES: [&str; 12] = [
    "enero",
    "febrero",
    "marzo",
    "abril",
    "mayo",
    "junio",
    "julio",
    "agosto",
    "septiembre",
    "octubre",
    "noviembre",
    "diciembre",
];
const MONTHS_EN: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_by_three() {
        for (value, es, en) in [
            (999, "999", "999"),
            (9999, "9999", "9,999"),
            (12_345, "12\u{202f}345", "12,345"),
            (1_000_000, "1\u{202f}000\u{202f}000", "1,000,000"),
        ] {
            assert_eq!(number(value, Language::Es), es);
            assert_eq!(number(value, Language::En), en);
        }
    }

    #[test]
    fn sizes_and_moments_read_as_people_write_them() {
        for (size, es, en) in [
            (0, "1\u{a0}KB", "1\u{a0}KB"),
            (38_400, "39\u{a0}KB", "39\u{a0}KB"),
            (2_440_000, "2,4\u{a0}MB", "2.4\u{a0}MB"),
            (3_000_000, "3\u{a0}MB", "3\u{a0}MB"),
        ] {
            assert_eq!(bytes(size, Language::Es), es);
            assert_eq!(bytes(size, Language::En), en);
        }
        for (written, es, en) in [
            (
                "2026-11-04T12:05:43Z",
                "4 de noviembre de 2026, 12:05 UTC",
                "4 November 2026, 12:05 UTC",
            ),
            (
                "2026-13-04T12:05:43Z",
                "2026-13-04T12:05:43Z",
                "2026-13-04T12:05:43Z",
            ),
            ("ayer", "ayer", "ayer"),
        ] {
            assert_eq!(moment(written, Language::Es), es);
            assert_eq!(moment(written, Language::En), en);
        }
    }
}
