//! Workbooks: cells of every kind, several sheets, and files that are larger than they look.

use std::io::{Cursor, Write as _};

use acervo_record::{Term, Text};
use acervo_sheet::{Format, Reading, Sheet, SheetError, read};
use rust_xlsxwriter::{ExcelDateTime, Format as Style, Workbook};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

const SPANISH: Reading<'_> = Reading {
    default_language: "es",
};

fn packed(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        let method = match *name {
            "mimetype" => zip::CompressionMethod::Stored,
            _ => zip::CompressionMethod::Deflated,
        };
        let options = SimpleFileOptions::default().compression_method(method);
        writer.start_file(*name, options).expect("a part");
        writer.write_all(bytes).expect("memory");
    }
    writer.finish().expect("memory").into_inner()
}

/// An ODS whose body is `tables`.
fn ods(tables: &str) -> Vec<u8> {
    let content = format!(
        "<?xml version=\"1.0\"?><office:document-content xmlns:office=\"o\" xmlns:table=\"t\" \
         xmlns:text=\"x\"><office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body>\
         </office:document-content>"
    );
    packed(&[
        (
            "mimetype",
            b"application/vnd.oasis.opendocument.spreadsheet",
        ),
        ("META-INF/manifest.xml", b"<manifest:manifest/>"),
        ("content.xml", content.as_bytes()),
    ])
}

fn ods_row(cells: &[&str]) -> String {
    let cell = |text: &&str| {
        format!(
            "<table:table-cell office:value-type=\"string\"><text:p>{text}</text:p></table:table-cell>"
        )
    };
    let cells: String = cells.iter().map(cell).collect();
    format!("<table:table-row>{cells}</table:table-row>")
}

fn titles(sheet: &Sheet) -> Vec<(u32, &str, &str)> {
    sheet
        .rows
        .iter()
        .map(|row| {
            let title = row
                .record
                .label
                .first()
                .map_or("", |text| text.text.as_str());
            (row.number, row.name.as_str(), title)
        })
        .collect()
}

fn codes(sheet: &Sheet) -> Vec<(Option<u32>, Option<&str>, &str)> {
    let all = sheet.notes.iter();
    all.map(|note| (note.row, note.column.as_deref(), note.code))
        .collect()
}

#[test]
fn cells_of_excel_say_what_a_person_typed() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    let date = Style::new().set_num_format("yyyy-mm-dd");
    let headings = [
        "objectid",
        "title",
        "date",
        "identifier",
        "featured",
        "Nota",
        "navdate",
    ];
    for (column, heading) in (0..).zip(headings) {
        sheet.write(2, column, heading).expect("a cell");
    }
    sheet.write(4, 0, 12).expect("a cell");
    sheet.write(4, 1, "Mapa").expect("a cell");
    let day = ExcelDateTime::from_ymd(1908, 5, 12).expect("a day");
    sheet.write_with_format(4, 2, &day, &date).expect("a cell");
    sheet.write(4, 3, 23.25).expect("a cell");
    sheet.write(4, 4, true).expect("a cell");
    let formula = rust_xlsxwriter::Formula::new("=1/0").set_result("#DIV/0!");
    sheet.write_formula(4, 5, formula).expect("a cell");
    let formula = rust_xlsxwriter::Formula::new("=A5&\"x\"").set_result("12x");
    sheet.write_formula(5, 0, formula).expect("a cell");
    let bytes = book.save_to_buffer().expect("memory");

    for format in [Format::Xlsx, Format::Csv, Format::Ods] {
        let read = read(&bytes, format, &SPANISH).expect("a sheet");
        assert_eq!(titles(&read), [(5, "12", "Mapa"), (6, "12x", "")]);
        let record = &read.rows[0].record;
        let value = |term| record.values(term).next().cloned();
        assert_eq!(value(Term::Date), Some(Text::plain("1908-05-12")));
        assert_eq!(value(Term::Identifier), Some(Text::plain("23.25")));
        assert!(record.featured);
    }
}

#[test]
fn an_error_of_a_formula_is_noted_and_left_out() {
    let sheet = format!(
        "<table:table table:name=\"H\">{}{}</table:table>",
        ods_row(&["objectid", "title"]),
        "<table:table-row><table:table-cell office:value-type=\"string\"><text:p>a</text:p></table:table-cell>\
         <table:table-cell table:formula=\"of:=[.#REF!]\" office:value-type=\"string\" \
         office:string-value=\"\" calcext:value-type=\"error\"><text:p>#REF!</text:p></table:table-cell>\
         </table:table-row>"
    );
    let read = read(&ods(&sheet), Format::Ods, &SPANISH).expect("a sheet");
    assert_eq!(titles(&read), [(2, "a", "")]);
    assert_eq!(codes(&read), [(Some(2), Some("title"), "error-value")]);
}

#[test]
fn cells_of_opendocument_say_what_a_person_typed() {
    let tables = format!(
        "<table:table table:name=\"Portada\">{}</table:table>\
         <table:table table:name=\"Datos\">\
         <table:table-row table:number-rows-repeated=\"3\"><table:table-cell/></table:table-row>{}\
         <table:table-row table:number-rows-repeated=\"2\"><table:table-cell \
         table:number-columns-repeated=\"1000\"/></table:table-row>\
         <table:table-row>\
         <table:table-cell office:value-type=\"float\" office:value=\"12\"><text:p>12,00</text:p></table:table-cell>\
         <table:table-cell office:value-type=\"string\"><office:annotation><text:p>no</text:p></office:annotation>\
         <text:p>Uno<text:s text:c=\"2\"/>&amp; <text:span>dos</text:span></text:p></table:table-cell>\
         <table:table-cell table:number-columns-repeated=\"1\"/>\
         <table:table-cell office:value-type=\"date\" office:date-value=\"1908-05-12T00:00:00\"><text:p>12/05/08</text:p></table:table-cell>\
         <table:table-cell office:value-type=\"boolean\" office:boolean-value=\"true\"><text:p>VERDADERO</text:p></table:table-cell>\
         </table:table-row>\
         <table:table-row table:number-rows-repeated=\"1048560\"><table:table-cell/></table:table-row>\
         </table:table>",
        ods_row(&["Biblioteca de ejemplo"]),
        ods_row(&["objectid", "title", "Nota", "date", "featured"]),
    );
    let read = read(&ods(&tables), Format::Ods, &SPANISH).expect("a sheet");
    assert_eq!(titles(&read), [(7, "12", "Uno  & dos")]);
    assert_eq!(codes(&read), []);
    let record = &read.rows[0].record;
    assert_eq!(record.date.as_ref().map(|date| date.from), Some(1908));
    assert!(record.featured);
}

#[test]
fn a_second_sheet_with_data_is_noted() {
    let mut book = Workbook::new();
    for (name, item) in [("Notas", None), ("Mapas", Some("a")), ("Libros", Some("b"))] {
        let sheet = book.add_worksheet().set_name(name).expect("a name");
        sheet
            .write(0, 0, item.map_or("Instrucciones", |_| "objectid"))
            .expect("a cell");
        sheet
            .write(0, 1, item.map_or("", |_| "title"))
            .expect("a cell");
        sheet.write(1, 0, item.unwrap_or_default()).expect("a cell");
    }
    let bytes = book.save_to_buffer().expect("memory");
    let read = read(&bytes, Format::Xlsx, &SPANISH).expect("a sheet");
    assert_eq!(titles(&read), [(2, "a", "")]);
    assert_eq!(codes(&read), [(None, None, "other-sheets")]);
    assert!(
        read.notes[0].message.es.contains("«Libros»"),
        "{:?}",
        read.notes
    );
}

#[test]
fn what_is_repeated_a_million_times_is_refused_before_it_costs() {
    let repeated = |rows: u32, columns: u32| {
        ods(&format!(
            "<table:table table:name=\"H\">{}<table:table-row table:number-rows-repeated=\"{rows}\">\
             <table:table-cell table:number-columns-repeated=\"{columns}\" office:value-type=\"string\">\
             <text:p>x</text:p></table:table-cell></table:table-row></table:table>",
            ods_row(&["objectid", "title"])
        ))
    };
    for (rows, columns, error) in [
        (4_000_000_000, 1, SheetError::TooManyRows),
        (1, 4_000_000_000, SheetError::TooManyColumns),
        (199_999, 256, SheetError::TooManyCells),
    ] {
        let read = read(&repeated(rows, columns), Format::Ods, &SPANISH);
        assert_eq!(read.err(), Some(error), "{rows} x {columns}");
    }
}

#[test]
fn what_unpacks_to_more_than_allowed_is_refused() {
    let zeros = vec![b' '; 65 << 20];
    for (format, parts) in [
        (
            Format::Xlsx,
            vec![("xl/sharedStrings.xml", zeros.as_slice())],
        ),
        (Format::Ods, vec![("content.xml", zeros.as_slice()); 1]),
    ] {
        // The strings of a workbook have a limit of their own, which is the lower one.
        let mut parts = parts;
        let names: Vec<String> = (0..3).map(|index| format!("part-{index}.xml")).collect();
        parts.extend(names.iter().map(|name| (name.as_str(), zeros.as_slice())));
        let read = read(&packed(&parts), format, &SPANISH);
        assert_eq!(read.err(), Some(SheetError::TooLarge), "{format:?}");
    }
}

#[test]
fn files_that_are_no_sheets_say_what_to_do() {
    let encrypted = packed(&[
        (
            "mimetype",
            b"application/vnd.oasis.opendocument.spreadsheet",
        ),
        ("META-INF/manifest.xml", b"<manifest:encryption-data/>"),
        ("content.xml", b"\x01\x02"),
    ]);
    let mut ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".to_vec();
    let old = ole.clone();
    ole.extend("EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes));
    let broken = ods("<table:table table:name=\"H\"><table:table-row>");
    for (bytes, format, code) in [
        (encrypted, Format::Ods, "encrypted-sheet"),
        (ole, Format::Xlsx, "encrypted-sheet"),
        (old, Format::Csv, "old-excel"),
        (b"PK\x03\x04".to_vec(), Format::Xlsx, "not-a-sheet"),
        (b"<html>".to_vec(), Format::Xlsx, "not-a-sheet"),
        (b"objectid,title".to_vec(), Format::Ods, "not-a-sheet"),
        (packed(&[("a.txt", b"a")]), Format::Xlsx, "not-a-sheet"),
        (packed(&[("a.txt", b"a")]), Format::Ods, "not-a-sheet"),
        (broken, Format::Ods, "not-a-sheet"),
        (
            ods("<table:table table:name=\"H\"></table:table>"),
            Format::Ods,
            "empty-sheet",
        ),
        (
            b"\xff\xd8\xff\xe0\x00\x10JFIF".to_vec(),
            Format::Csv,
            "no-header",
        ),
    ] {
        let error = read(&bytes, format, &SPANISH).expect_err(code);
        assert_eq!(error.code(), code);
    }
}
