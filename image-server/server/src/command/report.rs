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
}

/// Prints what was set aside and why, in Spanish and English.
pub(crate) fn print_refused(refused: &[ReportEntry]) {
    for entry in refused {
        let (es, en) = (&entry.message.es, &entry.message.en);
        println!("  {} [{}]\n    {es}\n    {en}", entry.path, entry.code);
    }
}
