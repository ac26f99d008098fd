//! Files that were made to harm, or by chance: bounds, entities, and bytes of any kind.

use std::fmt::Write as _;

use acervo_page_text::{Excess, MAX_BYTES, MAX_DEPTH, MAX_LINES, TextError, candidate, read};
use proptest::prelude::*;

use crate::support::{code, lines, page};

const NAMES: [&str; 3] = ["0001.xml", "0001.hocr", "0001.txt"];

#[test]
fn entities_that_a_file_declares_are_never_expanded() {
    let mut laughs = "<!DOCTYPE alto [<!ENTITY l0 \"ja\">".to_owned();
    for depth in 1..=9 {
        let ten = format!("&l{};", depth - 1).repeat(10);
        write!(laughs, "<!ENTITY l{depth} \"{ten}\">").expect("a string takes all");
    }
    laughs += "]>\n<alto><Layout><Page><TextBlock>&l9;<TextLine><String CONTENT=\"&l9;\"/></TextLine></TextBlock></Page></Layout></alto>";
    assert_eq!(lines(&page("0001.xml", &laughs)), [["&l9;"]]);

    let html = laughs
        .replace("<!DOCTYPE alto", "<!DOCTYPE html")
        .replace("<alto>", "<html><p class='ocr_line'>&l9;</p>");
    assert_eq!(lines(&page("0001.html", &html)), [["&l9;"]]);
}

#[test]
fn entities_of_other_files_are_never_fetched() {
    for declaration in [
        "<!DOCTYPE alto [<!ENTITY x SYSTEM \"file:///etc/hostname\">]>",
        "<!DOCTYPE alto [<!ENTITY x SYSTEM \"http://127.0.0.1:1/x\"> <!ENTITY % p SYSTEM \"file:///etc/hostname\"> %p;]>",
        "<!DOCTYPE alto SYSTEM \"file:///etc/hostname\">",
        "<!DOCTYPE alto PUBLIC \"a\" \"http://127.0.0.1:1/x.dtd\">",
    ] {
        let text = format!(
            "{declaration}<alto><Layout><Page><TextLine><String CONTENT='a &x;'/></TextLine></Page></Layout></alto>"
        );
        assert_eq!(
            lines(&page("0001.xml", &text)),
            [["a &x;"]],
            "{declaration}"
        );
    }
}

#[test]
fn a_file_that_is_too_large_is_not_looked_at() {
    let bytes = vec![b'a'; MAX_BYTES + 1];
    for name in NAMES {
        assert_eq!(
            read(name, &bytes),
            Err(TextError::TooLarge(Excess::Bytes(MAX_BYTES + 1)))
        );
    }
}

#[test]
fn a_page_has_as_many_lines_as_are_allowed_and_no_more() {
    let files: [(&str, &str, &str, &str); 3] = [
        ("0001.txt", "", "a\n", ""),
        ("0001.html", "<html>", "<i class=ocr_line>a</i>", "</html>"),
        (
            "0001.xml",
            "<alto><Page>",
            "<TextLine><String CONTENT='a'/></TextLine>",
            "</Page></alto>",
        ),
    ];
    for (name, begin, line, end) in files {
        let with = |lines: usize| format!("{begin}{}{end}", line.repeat(lines));
        let page = page(name, &with(MAX_LINES));
        assert_eq!(page.blocks[0].lines.len(), MAX_LINES, "{name}");
        assert_eq!(
            code(name, with(MAX_LINES + 1).as_bytes()),
            "text-too-large",
            "{name}"
        );
    }
}

#[test]
fn nesting_ends_somewhere() {
    for (name, begin, element, end) in [
        (
            "0001.xml",
            "<alto><Page>",
            "ComposedBlock",
            "</Page></alto>",
        ),
        (
            "0001.html",
            "<html><div class=ocr_page>",
            "div",
            "</div></html>",
        ),
    ] {
        // Two elements are around them.
        let with = |depth: usize| {
            let (open, close) = (format!("<{element}>"), format!("</{element}>"));
            format!(
                "{begin}{}{}{end}",
                open.repeat(depth - 2),
                close.repeat(depth - 2)
            )
        };
        assert!(page(name, &with(MAX_DEPTH)).blocks.is_empty());
        assert_eq!(
            code(name, with(MAX_DEPTH + 1).as_bytes()),
            "damaged-text",
            "{name}"
        );
    }
    assert_eq!(
        code("0001.html", "<div>".repeat(500_000).as_bytes()),
        "damaged-text"
    );
    assert_eq!(
        code(
            "0001.xml",
            format!("<alto>{}", "<a>".repeat(500_000)).as_bytes()
        ),
        "damaged-text"
    );
}

/// Inputs of which a careless reader makes a quadratic matter; with one, this test does not end.
#[test]
fn long_files_of_one_thing_are_read_in_one_go() {
    const MANY: usize = 100_000;
    let attributes: String = (0..MANY).fold(String::new(), |mut all, index| {
        write!(all, " a{index}='1'").expect("a string takes all");
        all
    });
    let alto = |inside: String| {
        format!("<alto><Page><TextBlock><TextLine>{inside}</TextLine></TextBlock></Page></alto>")
    };
    let html = |inside: String| format!("<html><p class=ocr_line>{inside}</p></html>");
    for (name, text) in [
        ("0001.xml", alto(format!("<String{attributes}/>"))),
        (
            "0001.xml",
            alto(format!(
                "{}{}",
                "<SP/>".repeat(MANY),
                "<String CONTENT='a'/>".repeat(MANY)
            )),
        ),
        ("0001.xml", alto("<HYP/>".repeat(MANY))),
        (
            "0001.xml",
            alto(format!("<String CONTENT='{}'/>", "&amp;".repeat(MANY))),
        ),
        ("0001.xml", alto("<!--".repeat(MANY) + "-->")),
        (
            "0001.xml",
            "<!DOCTYPE a [".to_owned() + &"<!ENTITY ".repeat(MANY),
        ),
        ("0001.xml", "<!-- -->".repeat(MANY)),
        ("0001.html", html(format!("<b{attributes}>"))),
        ("0001.html", html("</p></b>".repeat(MANY))),
        ("0001.html", html("<br>&amp;&".repeat(MANY))),
        ("0001.html", html("<i class=ocrx_word>a</i>".repeat(MANY))),
        ("0001.html", html("<!--".repeat(MANY))),
        ("0001.html", html("<script>".repeat(MANY))),
        (
            "0001.html",
            html(format!("<i class='{}'>", "a ".repeat(MANY))),
        ),
        ("0001.txt", "-\n".repeat(99_999)),
        ("0001.txt", "a-\n".repeat(99_999)),
        ("0001.txt", "\r\r\n\u{c}".repeat(MANY)),
    ] {
        if let Ok(page) = read(name, text.as_bytes()) {
            let _ = page.scaled_to(1000, 1000).plain();
        }
    }
}

/// Pieces of the formats, to be thrown together in any order.
const PIECES: [&str; 40] = [
    "<alto>",
    "</alto>",
    "<html>",
    "</html>",
    "<Page WIDTH='10' HEIGHT='20'>",
    "<Page>",
    "</Page>",
    "<MeasurementUnit>mm10</MeasurementUnit>",
    "<PrintSpace HPOS='1' VPOS='1' WIDTH='9' HEIGHT='9'>",
    "</PrintSpace>",
    "<BottomMargin>",
    "</BottomMargin>",
    "<TextBlock LANG='spa'>",
    "</TextBlock>",
    "<TextLine HPOS='1' VPOS='2' WIDTH='4294967295' HEIGHT='4'>",
    "</TextLine>",
    "<String CONTENT='ciu' SUBS_TYPE='HypPart1' SUBS_CONTENT='ciudad'/>",
    "<String CONTENT='dad,' SUBS_TYPE='HypPart2' SUBS_CONTENT='ciudad'/>",
    "<String CONTENT='ñ-' HPOS='-1e9'/>",
    "<SP/>",
    "<HYP CONTENT='¬'/>",
    "<div class='ocr_page' title='bbox 0 0 10 20'>",
    "</div>",
    "<div class=ocr_carea>",
    "<p class=ocr_par lang=es>",
    "</p>",
    "<span class=ocr_line title='bbox 1 2 4294967295 4'>",
    "<span class='ocrx_word' title=\"bbox 5 5 6 6\">",
    "</span>",
    "hola-",
    " \n",
    "&amp;",
    "&ntilde;",
    "&#0;",
    "&",
    "<!DOCTYPE html [<!ENTITY a 'b'>",
    "]>",
    "<![CDATA[a]]>",
    "<",
    "\u{ad}",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400), name in ".{0,12}") {
        for name in NAMES.into_iter().chain([name.as_str()]) {
            let _ = candidate(name);
            if let Ok(page) = read(name, &bytes) {
                let _ = page.clone().scaled_to(7, 9);
                let _ = page.plain();
            }
        }
    }

    #[test]
    fn pieces_of_the_formats_in_any_order_make_a_sound_page_or_an_error(
        first in 0..4_usize,
        pieces in proptest::collection::vec(proptest::sample::select(PIECES.to_vec()), 0..60),
        size in (0..50_u32, 0..50_u32),
    ) {
        let text = ["<alto><Page>", "<html>", "<html><div class=ocr_page>", ""][first].to_owned() + &pieces.concat();
        for name in NAMES {
            match read(name, text.as_bytes()) {
                Ok(page) => {
                    let page = page.scaled_to(size.0, size.1);
                    let _ = page.plain();
                    for block in &page.blocks {
                        prop_assert!(!block.lines.is_empty());
                    }
                    for line in page.blocks.iter().flat_map(|block| &block.lines) {
                        prop_assert!(!line.text.is_empty());
                        if let Some(area) = line.area {
                            prop_assert!(area.width > 0 && area.x + area.width <= size.0);
                            prop_assert!(area.height > 0 && area.y + area.height <= size.1);
                        }
                    }
                }
                Err(error) => prop_assert!(!error.message().es.is_empty()),
            }
        }
    }
}
