//! The report of a collection, for people.

use acervo_ingest::{Report, ReportEntry};

/// Prints what was published and what was set aside, in Spanish and English.
pub(crate) fn print(report: &Report) {
    println!(
        "{}: {} publicados / published, {} rechazados / refused, {} en preparación / in work",
        report.collection,
        report.published,
        report.refused.len(),
        report.in_work
    );
    print_refused(&report.refused);
    if !report.notes.is_empty() {
        println!("  Notas / notes:");
        print_refused(&report.notes);
    }
}

/// Prints what was set aside and why, in Spanish and English.
pub(crate) fn print_refused(refused: &[ReportEntry]) {
    for entry in refused {
        let (es, en) = (&entry.message.es, &entry.message.en);
        println!("  {} [{}]\n    {es}\n    {en}", place(entry), entry.code);
    }
}

/// The path, and the row and column where it is a spreadsheet.
fn place(entry: &ReportEntry) -> String {
    let row = entry.row.map(|row| format!(", fila / row {row}"));
    let column = entry
        .column
        .as_ref()
        .map(|column| format!(", columna / column {column}"));
    let path = if entry.path.is_empty() {
        "."
    } else {
        &entry.path
    };
    format!(
        "{path}{}{}",
        row.unwrap_or_default(),
        column.unwrap_or_default()
    )
}
