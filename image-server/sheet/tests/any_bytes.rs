//! No bytes are a danger, and what a program writes as CSV is read as it was.

use std::io::{Cursor, Read as _, Write as _};

use acervo_sheet::{CODES, Format, Reading, read};
use proptest::prelude::*;
use rust_xlsxwriter::Workbook;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

const SPANISH: Reading<'_> = Reading {
    default_language: "es",
};
const FORMATS: [Format; 4] = [Format::Csv, Format::Tsv, Format::Ods, Format::Xlsx];

/// Reads `bytes` as everything; whatever is said has a code that is listed.
fn read_as_everything(bytes: &[u8]) {
    for format in FORMATS {
        let said: Vec<&str> = match read(bytes, format, &SPANISH) {
            Ok(sheet) => sheet
                .notes
                .iter()
                .chain(&sheet.refused)
                .map(|note| note.code)
                .collect(),
            Err(error) => vec![error.code()],
        };
        for code in said {
            assert!(CODES.iter().any(|known| known.code == code), "{code}");
        }
    }
}

fn workbook() -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (row, cells) in (0..).zip([["objectid", "title"], ["a", "Mapa"], ["b", "Plano"]]) {
        for (column, cell) in (0..).zip(cells) {
            sheet.write(row, column, cell).expect("a cell");
        }
    }
    book.save_to_buffer().expect("memory")
}

/// `workbook` with other bytes in one of its parts, nothing of it compressed.
fn with_part(workbook: &[u8], part: &str, bytes: &[u8]) -> Vec<u8> {
    let mut archive = ZipArchive::new(Cursor::new(workbook)).expect("a workbook");
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    for index in 0..archive.len() {
        let mut old = archive.by_index(index).expect("a part");
        let name = old.name().expect("a name").into_owned();
        let mut content = Vec::new();
        old.read_to_end(&mut content).expect("memory");
        writer.start_file(&name, options).expect("a part");
        let content = if name == part { bytes } else { &content };
        writer.write_all(content).expect("memory");
    }
    writer.finish().expect("memory").into_inner()
}

fn opendocument(content: &[u8]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    let mimetype = b"application/vnd.oasis.opendocument.spreadsheet".as_slice();
    for (name, bytes) in [("mimetype", mimetype), ("content.xml", content)] {
        writer.start_file(name, options).expect("a part");
        writer.write_all(bytes).expect("memory");
    }
    writer.finish().expect("memory").into_inner()
}

/// Markup made of what sheets of workbooks consist of, in any order.
fn hard_markup() -> impl Strategy<Value = String> {
    let parts = [
        "<worksheet>",
        "<dimension ref=\"A1:XFD1048576\"/>",
        "<dimension ref=\"\"/>",
        "<sheetData>",
        "<row r=\"1\">",
        "<row r=\"0\">",
        "<row r=\"99999999999\">",
        "<row>",
        "</row>",
        "<c r=\"A1\" t=\"s\">",
        "<c r=\"B1\" t=\"s\">",
        "<c r=\"A0\">",
        "<c r=\"ZZZZZZZ1\">",
        "<c t=\"inlineStr\">",
        "<c t=\"d\">",
        "<c t=\"e\">",
        "<c t=\"b\">",
        "<c s=\"99\">",
        "<c/>",
        "<v>",
        "<v>0</v>",
        "<v>1</v>",
        "<v>-1</v>",
        "<v>1e999</v>",
        "<is><t>objectid</t></is>",
        "<f t=\"shared\" si=\"9\">A1</f>",
        "</v>",
        "</c>",
        "</sheetData>",
        "<sst count=\"4294967295\" uniqueCount=\"4294967295\">",
        "<si><t>objectid</t></si>",
        "</sst>",
        "<table:table table:name=\"H\">",
        "<table:table>",
        "</table:table>",
        "<table:table-row>",
        "<table:table-row table:number-rows-repeated=\"4294967295\">",
        "</table:table-row>",
        "<table:table-cell>",
        "<table:table-cell table:number-columns-repeated=\"4294967295\">",
        "</table:table-cell>",
        "<text:p>",
        "<text:p>objectid</text:p>",
        "<text:p>a</text:p>",
        "<text:s text:c=\"99999999\"/>",
        "</text:p>",
        "<office:annotation>",
        "</office:annotation>",
        "&amp;",
        "&#0;",
        "&x;",
        "<![CDATA[x]]>",
        "<!--",
        "<",
        "\u{0}",
        "x",
    ];
    prop::collection::vec(prop::sample::select(parts.to_vec()), 0..60)
        .prop_map(|parts| parts.concat())
}

/// Text made of what readers of sheets stumble over.
fn hard_text() -> impl Strategy<Value = String> {
    let parts = [
        "objectid",
        "title",
        "parentid",
        "order",
        "ranges",
        "file",
        "latitude",
        "date",
        "nota@es",
        ",",
        ",",
        ";",
        "\t",
        "|",
        "\n",
        "\n",
        "\r\n",
        "\"",
        "\"\"",
        "a",
        "b",
        "a/b",
        "..",
        "1: x",
        "> 2",
        "<b>",
        "<script>",
        "&amp;",
        "&#0;",
        "ñ",
        "\u{301}",
        "\u{0}",
        "\u{feff}",
        "https://",
        "http://x.org/a.jpg?y",
        "%ff",
        "sep=;",
        "9999999999999999999",
        "-1",
        "1846-13-40",
        "::",
        "@",
        "(es)",
        " in English",
    ];
    prop::collection::vec(prop::sample::select(parts.to_vec()), 0..80)
        .prop_map(|parts| parts.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        read_as_everything(&bytes);
    }

    #[test]
    fn any_text_is_read_or_refused(text in hard_text()) {
        read_as_everything(text.as_bytes());
        read_as_everything(format!("objectid,title,parentid,ranges,file\n{text}").as_bytes());
    }

    #[test]
    fn any_damage_to_a_workbook_is_read_or_refused(
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        length in any::<prop::sample::Index>(),
        cut in any::<bool>(),
    ) {
        let mut bytes = workbook();
        for (at, byte) in damage {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if cut {
            let length = length.index(bytes.len());
            bytes.truncate(length);
        }
        read_as_everything(&bytes);
    }

    #[test]
    fn any_markup_in_a_workbook_is_read_or_refused(
        markup in hard_markup(),
        part in prop::sample::select(vec![
            "xl/worksheets/sheet1.xml",
            "xl/sharedStrings.xml",
            "xl/workbook.xml",
            "xl/styles.xml",
            "xl/_rels/workbook.xml.rels",
        ]),
    ) {
        let sheet = format!("<worksheet><sheetData>{markup}");
        for markup in [markup.as_bytes(), sheet.as_bytes()] {
            read_as_everything(&with_part(&workbook(), part, markup));
        }
        read_as_everything(&opendocument(markup.as_bytes()));
        read_as_everything(&opendocument(format!("<table:table>{markup}").as_bytes()));
    }

    #[test]
    fn what_a_program_writes_is_read_as_it_was(
        titles in prop::collection::vec("[a-zñ ,;\"\n]{1,12}", 1..12),
        delimiter in prop::sample::select(vec![b',', b';', b'\t', b'|']),
    ) {
        let mut writer = csv::WriterBuilder::new().delimiter(delimiter).from_writer(Vec::new());
        writer.write_record(["objectid", "title", "date"]).expect("memory");
        for (index, title) in titles.iter().enumerate() {
            writer.write_record([&format!("n{index}"), title, "1846"]).expect("memory");
        }
        let bytes = writer.into_inner().expect("memory");
        let sheet = read(&bytes, Format::Csv, &SPANISH).expect("a sheet");
        let expected: Vec<String> = titles
            .iter()
            .map(|title| {
                let lines = title.split('\n').map(str::trim).filter(|line| !line.is_empty());
                lines.collect::<Vec<_>>().join(" ")
            })
            .collect();
        let found: Vec<String> = sheet
            .rows
            .iter()
            .map(|row| row.record.label.first().map(|text| text.text.clone()).unwrap_or_default())
            .collect();
        prop_assert_eq!(found, expected);
        let numbers: Vec<u32> = sheet.rows.iter().map(|row| row.number).collect();
        let expected: Vec<u32> = (2..).take(titles.len()).collect();
        prop_assert_eq!(numbers, expected);
        prop_assert!(sheet.notes.is_empty(), "{:?}", sheet.notes);
    }
}
