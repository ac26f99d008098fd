//! Plain text.

use acervo_page_text::{PageText, read};

use crate::support::{areas, code, lines, page};

#[test]
fn empty_lines_separate_paragraphs_however_lines_end() {
    let expected = vec![
        vec!["En la ciudad", "de Lima"],
        vec!["a doce"],
        vec!["de mayo"],
    ];
    for text in [
        "En la ciudad\nde Lima\n\na doce\n\n\nde mayo\n",
        "En la ciudad\r\nde Lima\r\n\r\na doce\r\n \t\r\nde mayo",
        "En la ciudad\rde Lima\r\ra doce\r\rde mayo\r",
        "\u{feff}\n  En  la ciudad \nde Lima\u{c}a doce\n\u{c}de mayo\n\u{c}",
    ] {
        let page = page("0001.txt", text);
        assert_eq!(lines(&page), expected, "{text:?}");
        assert_eq!((&page.language, page.size), (&None, None));
        assert_eq!(areas(&page), [None; 4]);
        assert_eq!(page.plain(), "En la ciudad\nde Lima\n\na doce\n\nde mayo");
    }
}

#[test]
fn words_that_end_a_line_with_a_hyphen_are_joined() {
    assert_eq!(
        page("0001.txt", "la corri-\r\nente del río").plain(),
        "la corriente\ndel río"
    );
}

#[test]
fn text_of_windows_is_read() {
    let page = read("0001.TXT", b"\x93Se\xf1or\x94, dijo \x97 \xbfqu\xe9?").expect("it is text");
    assert_eq!(lines(&page), [["“Señor”, dijo — ¿qué?"]]);
}

#[test]
fn a_page_without_text_has_no_paragraphs() {
    for text in ["", " \n\u{c}", "\u{feff}"] {
        assert_eq!(page("0001.txt", text), PageText::default(), "{text:?}");
    }
}

#[test]
fn markup_in_plain_text_is_text() {
    assert_eq!(lines(&page("0001.txt", "<alto> & co.")), [["<alto> & co."]]);
}

#[test]
fn what_is_called_text_and_is_none_is_refused() {
    for bytes in [
        &b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"[..],
        b"%PDF-1.4\n1 0 obj",
        b"{\\rtf1\\ansi Hola}",
        b"\x01\x02\x03\x04abc",
    ] {
        assert_eq!(code("0001.txt", bytes), "not-a-text", "{bytes:?}");
    }
    assert_eq!(code("0001.doc", b"Hola"), "not-a-text");
}
