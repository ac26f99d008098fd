//! hOCR of Tesseract and of others, as XHTML and as HTML of all ages.

use acervo_page_text::PageText;

use crate::support::{areas, code, lines, page};

/// As Tesseract 4 and 5 write it, `lang='en'` of the document too. The text is invented.
const TESSERACT: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN"
    "http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">
<html xmlns="http://www.w3.org/1999/xhtml" xml:lang="en" lang="en">
 <head>
  <title></title>
  <meta http-equiv="Content-Type" content="text/html;charset=utf-8"/>
  <meta name='ocr-system' content='tesseract 5.3.0' />
  <meta name='ocr-capabilities' content='ocr_page ocr_carea ocr_par ocr_line ocrx_word ocrp_wconf'/>
 </head>
 <body>
  <div class='ocr_page' id='page_1' title='image "0001.tif"; bbox 0 0 1240 1754; ppageno 0; scan_res 150 150'>
   <div class='ocr_carea' id='block_1_1' title="bbox 200 100 1040 160">
    <p class='ocr_par' id='par_1_1' lang='spa' title="bbox 200 100 1040 160">
     <span class='ocr_header' id='line_1_1' title="bbox 200 100 1040 160; baseline 0 -10; x_size 50; x_descenders 10; x_ascenders 12">
      <span class='ocrx_word' id='word_1_1' title='bbox 200 100 500 160; x_wconf 96'>Memorias</span>
      <span class='ocrx_word' id='word_1_2' title='bbox 520 100 600 160; x_wconf 95'>del</span>
      <span class='ocrx_word' id='word_1_3' title='bbox 620 100 1040 160; x_wconf 91'><strong>río</strong></span>
     </span>
    </p>
   </div>
   <div class='ocr_photo' id='block_1_2' title="bbox 200 200 1040 500"></div>
   <div class='ocr_carea' id='block_1_3' title="bbox 100 600 1140 760">
    <p class='ocr_par' id='par_1_2' lang='spa' title="bbox 100 600 1140 700">
     <span class='ocr_line' id='line_1_2' title="bbox 100 600 1140 640; baseline 0 -8">
      <span class='ocrx_word' title='bbox 100 600 300 640; x_wconf 90'>Subimos</span>
      <span class='ocrx_word' title='bbox 320 600 500 640; x_wconf 90'>la</span>
      <span class='ocrx_word' title='bbox 520 600 700 640; x_wconf 90'>corrien-</span>
     </span>
     <span class='ocr_line' id='line_1_3' title="bbox 100 660 900 700">
      <span class='ocrx_word' title='bbox 100 660 200 700; x_wconf 90'>te</span>
      <span class='ocrx_word' lang='eng' title='bbox 220 660 400 700; x_wconf 60'>R&amp;D</span>
     </span>
    </p>
    <p class='ocr_par' id='par_1_3' lang='lat' title="bbox 100 720 500 760">
     <span class='ocr_line' title="bbox 100 720 500 760"><span class='ocrx_word' title='bbox 100 720 500 760'>Finis</span></span>
    </p>
   </div>
  </div>
  <div class='ocr_page' id='page_2' title='bbox 0 0 9 9'><span class='ocr_line'>otra</span></div>
 </body>
</html>
"#;

#[test]
fn a_page_of_tesseract_is_read_with_its_paragraphs_and_places() {
    let page = page("0001.hocr", TESSERACT);
    assert_eq!(page.language.as_deref(), Some("es"));
    assert_eq!(page.size, Some((1240, 1754)));
    assert_eq!(
        lines(&page),
        [
            vec!["Memorias del río"],
            vec!["Subimos la corrien-", "te R&D"],
            vec!["Finis"]
        ]
    );
    assert_eq!(
        page.plain(),
        "Memorias del río\n\nSubimos la corriente\nR&D\n\nFinis"
    );
    assert_eq!(
        areas(&page.scaled_to(2480, 3508)),
        [
            Some([400, 200, 1680, 120]),
            Some([200, 1200, 2080, 80]),
            Some([200, 1320, 1600, 80]),
            Some([200, 1440, 800, 80]),
        ]
    );
}

#[test]
fn the_ending_of_the_name_does_not_matter() {
    let expected = page("0001.hocr", TESSERACT);
    for name in ["0001.html", "0001.HTM", "0001.jpg.hocr.html", "0001.xml"] {
        assert_eq!(page(name, TESSERACT), expected, "{name}");
    }
}

#[test]
fn html_that_is_no_xml_is_read_too() {
    let text = "<!DOCTYPE HTML PUBLIC \"-//W3C//DTD HTML 4.01//EN\" \"http://www.w3.org/TR/html4/strict.dtd\">\n\
        <HTML LANG=es><HEAD><META HTTP-EQUIV=Content-Type CONTENT=\"text/html; charset=utf-8\">\n\
        <META NAME=ocr-system CONTENT=\"otro 1.0\"><TITLE>A & B</TITLE>\n\
        <BODY><HR>\n<DIV CLASS=ocr_page TITLE=\"bbox 0 0 100 200\">\n\
        <P CLASS='otra ocr_par'><SPAN CLASS=ocr_line TITLE='bbox 1 2 30 40'>Se&ntilde;or&nbsp;Pérez &amp <B>C&iacute;a</SPAN>\n\
        <SPAN CLASS=ocr_line>&laquo;sí&raquo;<BR>&copy &noexiste; 3 < 4</SPAN>\n\
        <P CLASS=ocr_par><SPAN CLASS=ocr_line>Otro párrafo\n";
    let page = page("0001.html", text);
    assert_eq!(
        lines(&page),
        [
            vec!["Señor Pérez & Cía", "«sí» © &noexiste; 3 < 4"],
            vec!["Otro párrafo"]
        ]
    );
    assert_eq!(page.language.as_deref(), Some("es"));
    assert_eq!(page.size, Some((100, 200)));
    assert_eq!(areas(&page), [Some([1, 2, 29, 38]), None, None]);
}

#[test]
fn an_unclosed_paragraph_ends_where_the_next_begins() {
    let page = page(
        "0001.html",
        "<html><div class=ocr_page><p class=ocr_par><span class=ocr_line>uno</span>\
         <p class=ocr_par><span class=ocr_line>dos</span></div></html>",
    );
    assert_eq!(lines(&page), [["uno"], ["dos"]]);
}

#[test]
fn lines_by_all_their_names() {
    for class in [
        "ocr_line",
        "ocrx_line",
        "ocr_header",
        "ocr_footer",
        "ocr_caption",
        "ocr_textfloat",
    ] {
        let text = format!("<html><div class=ocr_page><span class={class}>uno</span></div></html>");
        assert_eq!(lines(&page("0001.html", &text)), [["uno"]], "{class}");
    }
}

#[test]
fn what_is_around_lines_is_a_paragraph_or_nothing() {
    for (body, expected) in [
        // Lines without a paragraph are one.
        (
            "<i class=ocr_line>uno</i><i class=ocr_line>dos</i>",
            vec![vec!["uno", "dos"]],
        ),
        // Areas without paragraphs are.
        (
            "<div class=ocr_carea><i class=ocr_line>uno</i></div><div class=ocr_carea><i class=ocr_line>dos</i></div>",
            vec![vec!["uno"], vec!["dos"]],
        ),
        // Words without a line are one.
        (
            "<p class=ocr_par><i class=ocrx_word>uno</i><i class=ocrx_word>dos</i></p>",
            vec![vec!["uno dos"]],
        ),
        // Lines within a line, and text around them.
        (
            "<div class=ocr_header>a <i class=ocr_line>uno</i> b <i class=ocr_line>dos</i> c</div>",
            vec![vec!["a", "uno", "b", "dos", "c"]],
        ),
        ("fuera <i class=ocr_line>uno</i> fuera", vec![vec!["uno"]]),
        (
            "<script>var a = \"<i class='ocr_line'>no</i>\";</script><style>a</style>",
            vec![],
        ),
        (
            "<script src='a.js'/><i class=ocr_line>uno</i>",
            vec![vec!["uno"]],
        ),
        (
            "<!-- <i class=ocr_line>no</i> --><i class=ocr_line>uno<i/></i>",
            vec![vec!["uno"]],
        ),
        ("</p></i><i class=ocr_line>uno</b></i>", vec![vec!["uno"]]),
    ] {
        let text = format!("<html><body><div class=ocr_page>{body}</div></body></html>");
        assert_eq!(lines(&page("0001.html", &text)), expected, "{body}");
    }
}

#[test]
fn a_line_without_a_place_is_where_its_words_are() {
    let page = page(
        "0001.html",
        "<html><div class=ocr_page><i class=ocr_line><i class=ocrx_word title='bbox 5 6 10 12'>uno</i> \
         <i class=ocrx_word title='bbox 12 4 20 11'>dos</i></i></div></html>",
    );
    assert_eq!(areas(&page), [Some([5, 4, 15, 8])]);
}

#[test]
fn where_no_line_has_a_language_the_file_may() {
    for (html, head, expected) in [
        ("lang=es", "", Some("es")),
        ("xml:lang=es-CL", "", Some("es-CL")),
        (
            "lang=en",
            "<meta name=ocr-langs content='spa+lat'>",
            Some("es"),
        ),
        (
            "lang=en",
            "<meta name=ocr-system content='tesseract 5'>",
            None,
        ),
        ("", "", None),
    ] {
        let text = format!(
            "<html {html}><head>{head}</head><body><i class=ocr_line>uno</i></body></html>"
        );
        assert_eq!(
            page("0001.html", &text).language.as_deref(),
            expected,
            "{html} {head}"
        );
    }
}

#[test]
fn a_fragment_without_html_around_it_is_hocr_if_its_name_says_so() {
    let text = "<div class='ocr_page' title='bbox 0 0 5 5'></div>";
    assert_eq!(
        page("0001.hocr", text),
        PageText {
            size: Some((5, 5)),
            ..PageText::default()
        }
    );
    assert_eq!(code("0001.xml", text.as_bytes()), "not-a-text");
}

#[test]
fn html_of_another_kind_is_no_text_of_a_page() {
    for text in [
        "<html><body><p>Bienvenidos</p></body></html>",
        "Bienvenidos",
        "",
        "<p>a</p>",
    ] {
        assert_eq!(code("0001.html", text.as_bytes()), "not-a-text", "{text}");
    }
}

#[test]
fn the_encoding_that_a_meta_declares_is_used() {
    let text = b"<html><meta http-equiv='Content-Type' content='text/html; charset=ISO-8859-1'><i class=ocr_line>Pe\xf1a</i></html>";
    let page = acervo_page_text::read("0001.html", text).expect("it is hOCR");
    assert_eq!(lines(&page), [["Peña"]]);
}
