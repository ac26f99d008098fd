//! Faults that people make: each is told by row and column, in both languages, with what to do.

use std::collections::BTreeSet;

use acervo_sheet::{CODES, Cost, Format, Note, Reading, SheetError, read};
use acervo_tenancy::Bilingual;

const SPANISH: Reading<'_> = Reading {
    default_language: "es",
};

/// A row, a column, a code.
type Place<'a> = (Option<u32>, Option<&'a str>, &'a str);

/// Sheets, and all that is to be said of each: first rows that are refused, then notes.
fn seeded() -> Vec<(Vec<u8>, Vec<Place<'static>>)> {
    let mut seeded = in_rows_and_columns();
    seeded.extend(in_values());
    seeded
}

fn at(row: u32, column: &'static str, code: &'static str) -> Vec<Place<'static>> {
    vec![(Some(row), Some(column), code)]
}

fn in_rows_and_columns() -> Vec<(Vec<u8>, Vec<Place<'static>>)> {
    let about_sheet = |code| vec![(None, None, code)];
    let long = "x".repeat(40_000);
    vec![
        (
            b"objectid,title\n,Sin nombre\nb,B".to_vec(),
            at(2, "objectid", "missing-name"),
        ),
        (
            b"Objeto\n\nobjectid;title\n\na/b;A".to_vec(),
            at(5, "objectid", "bad-name"),
        ),
        (b"pid,label\n..,A".to_vec(), at(2, "pid", "bad-name")),
        (b"pid,label\na\x01b,A".to_vec(), at(2, "pid", "bad-name")),
        (
            "objectid,title\nniña,A\nnin\u{303}a,B".into(),
            at(3, "objectid", "duplicate-row"),
        ),
        (
            format!("objectid,title\na,{long}").into_bytes(),
            at(2, "title", "cell-too-long"),
        ),
        (
            b"objectid,title\na,A\xf1o".to_vec(),
            about_sheet("encoding-guessed"),
        ),
        (
            b"\xef\xbb\xbfobjectid,title\na,A\xf1o".to_vec(),
            about_sheet("encoding-damaged"),
        ),
        (
            "objectid,título\na,\"Uno\nb,Dos".into(),
            at(2, "título", "unbalanced-quotes"),
        ),
        (
            b"objectid,title\na,A,sobra".to_vec(),
            vec![(Some(2), None, "cells-beyond-header")],
        ),
        (
            b"objectid,,title\na,x,A\nb,y,B".to_vec(),
            vec![(None, Some("B"), "column-without-heading")],
        ),
        (
            "objectid,title,Título\na,A,B".into(),
            at(1, "Título", "column-twice"),
        ),
        (
            "id,objectid,title\n1,a,A".into(),
            at(1, "id", "column-twice"),
        ),
        (
            "objectid,title,title@es\na,A,B".into(),
            at(1, "title@es", "column-twice"),
        ),
        (
            "código,título,padre\na,A,z".into(),
            at(2, "padre", "unknown-parent"),
        ),
        (
            b"objectid,parentid\na,A".to_vec(),
            at(2, "parentid", "unknown-parent"),
        ),
        (
            b"source_identifier,title,parents\na,A,\nb,B,\nc,C,a|b".to_vec(),
            at(4, "parents", "many-parents"),
        ),
        (
            b"objectid,parentid\na,a".to_vec(),
            at(2, "parentid", "parent-cycle"),
        ),
        (
            b"objectid,parentid\na,\nb,a\nc,b\nd,c".to_vec(),
            at(5, "parentid", "too-deep"),
        ),
        (
            b"objectid,homepage\na,www.example.org".to_vec(),
            at(2, "homepage", "bad-url"),
        ),
        (
            b"objectid,homepage\na,javascript:alert(1)".to_vec(),
            at(2, "homepage", "bad-url"),
        ),
        (
            b"objectid,see_also\na,ftp://x".to_vec(),
            at(2, "see_also", "bad-url"),
        ),
    ]
}

fn in_values() -> Vec<(Vec<u8>, Vec<Place<'static>>)> {
    let bad = |latitude: &str, longitude: &str| {
        format!("objectid,latitude,longitude\na,{latitude},{longitude}").into_bytes()
    };
    let many: String = (0..205).map(|n| format!("n{n},x\n")).collect();
    let mut more: Vec<Place<'static>> = vec![(None, None, "more-notes")];
    more.extend((2..202).map(|row| (Some(row), Some("order"), "bad-number")));
    vec![
        (
            "objectid,title\na,#¡REF!".into(),
            at(2, "title", "error-value"),
        ),
        (bad("91", "0"), at(2, "latitude", "bad-coordinates")),
        (bad("0", "181"), at(2, "longitude", "bad-coordinates")),
        (bad("", "23"), at(2, "longitude", "bad-coordinates")),
        (
            b"objectid,navdate\na,mayo de 1846".to_vec(),
            at(2, "navdate", "bad-date"),
        ),
        (
            b"objectid,order\na,primero".to_vec(),
            at(2, "order", "bad-number"),
        ),
        (
            b"objectid,thumbnail\na,0".to_vec(),
            at(2, "thumbnail", "bad-number"),
        ),
        (
            b"objectid,behavior\na,bonito".to_vec(),
            at(2, "behavior", "unknown-value"),
        ),
        (
            b"objectid,viewing_direction\na,norte".to_vec(),
            at(2, "viewing_direction", "unknown-value"),
        ),
        (
            b"objectid,destacado\na,quizas".to_vec(),
            at(2, "destacado", "unknown-value"),
        ),
        (
            "objectid,capítulos\na,1: Uno; dos: Dos".into(),
            at(2, "capítulos", "bad-range"),
        ),
        (
            b"objectid,file\na,https://example.org/a.jpg".to_vec(),
            at(2, "file", "remote-file"),
        ),
        (format!("objectid,order\n{many}").into_bytes(), more),
    ]
}

fn assert_says_something(message: &Bilingual, what: &str) {
    for text in [&message.es, &message.en] {
        assert!(
            text.chars().count() > 40 && text.ends_with('.'),
            "{what}: {text}"
        );
    }
    assert_ne!(message.es, message.en, "{what}");
}

#[test]
fn every_fault_is_told_where_it_is() {
    for (bytes, expected) in seeded() {
        let text = String::from_utf8_lossy(&bytes);
        let sheet = read(&bytes, Format::Csv, &SPANISH).expect("a sheet");
        let said: Vec<&Note> = sheet.refused.iter().chain(&sheet.notes).collect();
        let places: Vec<Place<'_>> = said
            .iter()
            .map(|note| (note.row, note.column.as_deref(), note.code))
            .collect();
        assert_eq!(places, expected, "{text:.200}");
        for note in said {
            assert_says_something(&note.message, note.code);
            let refused = sheet.refused.contains(note);
            let cost = CODES
                .iter()
                .find(|code| code.code == note.code)
                .map(|code| code.cost);
            let expected = if refused { Cost::Row } else { Cost::Value };
            assert_eq!(cost, Some(expected), "{}", note.code);
        }
    }
}

#[test]
fn good_rows_go_on_beside_bad_ones() {
    let text = "objectid,title,latitude,longitude\na,A,23,-82\n,X,,\na,Otra,,\nb/c,C,,\nd,D,norte,0\ne,E,,";
    let sheet = read(text.as_bytes(), Format::Csv, &SPANISH).expect("a sheet");
    let names: Vec<_> = sheet.rows.iter().map(|row| row.name.as_str()).collect();
    assert_eq!(names, ["a", "d", "e"]);
    let refused: Vec<_> = sheet.refused.iter().map(|note| note.row).collect();
    assert_eq!(refused, [Some(3), Some(4), Some(5)]);
    let first = &sheet.refused[1].message;
    assert!(
        first.es.contains("fila 2") && first.en.contains("row 2"),
        "{first:?}"
    );
}

fn errors() -> Vec<(Vec<u8>, SheetError)> {
    let wide = format!("objectid,title\na{}b", ",".repeat(300));
    let rows: String = (0..200_001).map(|n| format!("{n}\n")).collect();
    let mut full = String::from("objectid,title\n");
    for row in 0..16_000 {
        full.push_str(&row.to_string());
        full.push_str(&",x".repeat(255));
        full.push('\n');
    }
    vec![
        (Vec::new(), SheetError::Empty),
        (b"\n , \n".to_vec(), SheetError::Empty),
        (b"uno,dos\n1,2".to_vec(), SheetError::NoHeader),
        (
            "Título,Fecha,Nota\nA,1846,x".into(),
            SheetError::NoNameColumn("Título, Fecha, Nota".to_owned()),
        ),
        (wide.into_bytes(), SheetError::TooManyColumns),
        (
            format!("objectid\n{rows}").into_bytes(),
            SheetError::TooManyRows,
        ),
        (full.into_bytes(), SheetError::TooManyCells),
        (vec![b'a'; (64 << 20) + 1], SheetError::TooLarge),
        (b"PK\x03\x04".to_vec(), SheetError::NotASheet(String::new())),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".to_vec(),
            SheetError::OldExcel,
        ),
    ]
}

#[test]
fn files_that_say_nothing_say_why() {
    for (bytes, expected) in errors() {
        let error = read(&bytes, Format::Csv, &SPANISH).expect_err(expected.code());
        assert_eq!(error.code(), expected.code());
        if !matches!(error, SheetError::NotASheet(_)) {
            assert_eq!(error, expected);
        }
    }
    for error in errors()
        .into_iter()
        .map(|(_, error)| error)
        .chain([SheetError::Encrypted])
    {
        assert_says_something(&error.message(), error.code());
        let known = CODES.iter().find(|code| code.code == error.code());
        assert_eq!(
            known.map(|code| code.cost),
            Some(Cost::Sheet),
            "{}",
            error.code()
        );
    }
}

#[test]
fn every_code_is_listed_once_and_can_be_said() {
    let listed: BTreeSet<&str> = CODES.iter().map(|code| code.code).collect();
    assert_eq!(listed.len(), CODES.len(), "a code is listed twice");
    let mut said: BTreeSet<&str> = errors().iter().map(|(_, error)| error.code()).collect();
    for (_, places) in seeded() {
        said.extend(places.iter().map(|(_, _, code)| *code));
    }
    // These need workbooks: tests/workbooks.rs.
    said.extend(["encrypted-sheet", "other-sheets"]);
    assert_eq!(said, listed);
}

#[test]
fn the_pages_for_librarians_name_every_code_and_what_it_means() {
    for (page, spanish) in [
        (include_str!("../../../docs/hoja-de-datos.md"), true),
        (include_str!("../../../docs/spreadsheet.md"), false),
    ] {
        for code in CODES {
            let meaning = if spanish { code.es } else { code.en };
            let line = format!("| `{}` | {meaning} |", code.code);
            assert!(page.contains(&line), "{line}");
        }
    }
}
