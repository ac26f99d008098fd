//! No bytes are a danger, and what a program writes as CSV is read as it was.

use acervo_sheet::{CODES, Format, Reading, read};
use proptest::prelude::*;
use rust_xlsxwriter::Workbook;

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
