//! The same objects say the same, whatever program their sheet was written for.

mod sheets;

use acervo_record::{Term, Text};
use acervo_sheet::{Convention, Format, Reading, Row, Sheet, read};

use sheets::{Object, objects};

const SPANISH: Reading<'_> = Reading {
    default_language: "es",
};

/// The object that a row describes, as far as sheets of all conventions say it.
fn object(row: &Row, sheet: &Sheet) -> Object {
    let texts = |texts: &[Text], language: Option<&str>| {
        assert!(
            texts
                .iter()
                .all(|text| text.language.as_deref() == language),
            "{texts:?}"
        );
        let all: Vec<_> = texts.iter().map(|text| text.text.as_str()).collect();
        all.join(" ")
    };
    let values = |term: Term| {
        row.record
            .values(term)
            .map(|text| text.text.clone())
            .collect()
    };
    let mut pages: Vec<&Row> = sheet
        .rows
        .iter()
        .filter(|page| page.parent.as_ref() == Some(&row.name))
        .collect();
    pages.sort_by_key(|page| page.order);
    let mut files = row.files.clone();
    files.extend(pages.iter().flat_map(|page| page.files.clone()));
    let dates: Vec<String> = values(Term::Date);
    Object {
        name: row.name.clone(),
        title: texts(&row.record.label, Some("es")),
        summary: texts(&row.record.summary, Some("es")),
        creators: values(Term::Creator),
        date: dates.join(" "),
        subjects: values(Term::Subject),
        rights: row.record.rights.clone().unwrap_or_default(),
        files,
    }
}

#[test]
fn fifty_objects_are_the_same_in_every_convention() {
    for count in [6, 50] {
        let given = objects(count);
        let written = sheets::sheets(&given);
        assert_eq!(written.len(), 7);
        for sheet in written {
            let read = read(
                sheet.csv.as_bytes(),
                Format::of(&sheet.file).expect("CSV"),
                &SPANISH,
            );
            let read = read.expect(sheet.convention);
            assert_eq!(read.notes, [], "{}", sheet.convention);
            assert_eq!(read.refused, [], "{}", sheet.convention);
            let found: Vec<Object> = read
                .rows
                .iter()
                .filter(|row| row.parent.is_none())
                .map(|row| object(row, &read))
                .collect();
            let expected: Vec<Object> = given
                .iter()
                .cloned()
                .map(|object| match sheet.names_files {
                    true => object,
                    false => Object {
                        files: Vec::new(),
                        ..object
                    },
                })
                .collect();
            assert_eq!(found, expected, "{}", sheet.convention);
        }
    }
}

#[test]
fn every_convention_is_told_by_its_sheet() {
    let expected = [
        Convention::CollectionBuilder,
        Convention::Wax,
        Convention::OmekaS,
        Convention::Workbench,
        Convention::Bulkrax,
        Convention::Tropiiify,
        Convention::Telar,
    ];
    for (sheet, expected) in sheets::sheets(&objects(6)).iter().zip(expected) {
        let read = read(sheet.csv.as_bytes(), Format::Csv, &SPANISH).expect(sheet.convention);
        assert_eq!(read.convention, expected, "{}", sheet.convention);
    }
}

#[test]
fn dates_of_all_conventions_can_be_computed_with() {
    for sheet in sheets::sheets(&objects(6)) {
        let read = read(sheet.csv.as_bytes(), Format::Csv, &SPANISH).expect(sheet.convention);
        let years: Vec<_> = read
            .rows
            .iter()
            .filter(|row| row.parent.is_none())
            .map(|row| row.record.date.as_ref().map(|date| date.from))
            .collect();
        let expected: Vec<_> = (1800..1806).map(Some).collect();
        assert_eq!(years, expected, "{}", sheet.convention);
    }
}

#[test]
fn groups_are_told_where_a_convention_says_them() {
    for sheet in sheets::sheets(&objects(6)) {
        let read = read(sheet.csv.as_bytes(), Format::Csv, &SPANISH).expect(sheet.convention);
        let groups: Vec<_> = read
            .rows
            .iter()
            .filter(|row| row.is_group)
            .map(|row| row.name.as_str())
            .collect();
        let says_it = ["CollectionBuilder", "Islandora Workbench"].contains(&sheet.convention);
        let expected: &[&str] = if says_it { &["mapa-003"] } else { &[] };
        assert_eq!(groups, expected, "{}", sheet.convention);
    }
}
