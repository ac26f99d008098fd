//! ALTO of all versions.

use acervo_page_text::{Block, Line, PageText};

use crate::support::{areas, code, lines, page};

/// As ABBYY FineReader exports ALTO 2: tenths of millimetres, styles, a composed block, hyphens with what they
/// stand for, languages of blocks. The text is invented.
const ABBYY: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<alto xmlns="http://www.loc.gov/standards/alto/ns-v2#" xmlns:xlink="http://www.w3.org/1999/xlink"
      xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
      xsi:schemaLocation="http://www.loc.gov/standards/alto/ns-v2# http://www.loc.gov/standards/alto/alto-v2.0.xsd">
 <Description>
  <MeasurementUnit>mm10</MeasurementUnit>
  <OCRProcessing ID="OCR_1"><ocrProcessingStep><processingSoftware>
   <softwareCreator>ABBYY</softwareCreator><softwareName>FineReader Engine</softwareName>
  </processingSoftware></ocrProcessingStep></OCRProcessing>
 </Description>
 <Styles><TextStyle ID="TS10" FONTFAMILY="Times New Roman" FONTSIZE="10"/></Styles>
 <Layout>
  <Page ID="Page1" PHYSICAL_IMG_NR="1" HEIGHT="3000" WIDTH="2000">
   <TopMargin ID="P1_TM" HPOS="0" VPOS="0" WIDTH="2000" HEIGHT="100"/>
   <BottomMargin ID="P1_BM" HPOS="0" VPOS="2900" WIDTH="2000" HEIGHT="100">
    <TextBlock ID="P1_TB9" HPOS="990" VPOS="2920" WIDTH="20" HEIGHT="30">
     <TextLine HPOS="990" VPOS="2920" WIDTH="20" HEIGHT="30"><String CONTENT="12" HPOS="990" VPOS="2920" WIDTH="20" HEIGHT="30"/></TextLine>
    </TextBlock>
   </BottomMargin>
   <PrintSpace ID="P1_PS" HPOS="100" VPOS="100" WIDTH="1800" HEIGHT="2800">
    <ComposedBlock ID="P1_CB1" HPOS="100" VPOS="100" WIDTH="1800" HEIGHT="900">
     <Illustration ID="P1_IL1" HPOS="100" VPOS="100" WIDTH="300" HEIGHT="300"/>
     <TextBlock ID="P1_TB1" HPOS="500" VPOS="200" WIDTH="1000" HEIGHT="60" STYLEREFS="TS10" language="es">
      <TextLine BASELINE="255" HPOS="500" VPOS="200" WIDTH="1000" HEIGHT="60">
       <String CONTENT="GACETA" HPOS="500" VPOS="200" WIDTH="400" HEIGHT="60" WC="0.9" CC="000000"/>
       <SP HPOS="900" VPOS="200" WIDTH="20"/>
       <String CONTENT="DEL" HPOS="920" VPOS="200" WIDTH="200" HEIGHT="60"/>
       <SP HPOS="1120" VPOS="200" WIDTH="20"/>
       <String CONTENT="PUERTO" HPOS="1140" VPOS="200" WIDTH="360" HEIGHT="60"/>
      </TextLine>
     </TextBlock>
     <TextBlock ID="P1_TB2" HPOS="500" VPOS="300" WIDTH="1000" HEIGHT="160" language="es">
      <TextLine HPOS="500" VPOS="300" WIDTH="1000" HEIGHT="40">
       <String CONTENT="Ayer" HPOS="500" VPOS="300" WIDTH="200" HEIGHT="40"/><SP/>
       <String CONTENT="fondeó" HPOS="720" VPOS="300" WIDTH="200" HEIGHT="40"/><SP/>
       <String CONTENT="la" HPOS="940" VPOS="300" WIDTH="80" HEIGHT="40"/><SP/>
       <String CONTENT="ber" SUBS_TYPE="HypPart1" SUBS_CONTENT="bergantina" HPOS="1040" VPOS="300" WIDTH="200" HEIGHT="40"/>
       <HYP CONTENT="&#xAD;" HPOS="1240" VPOS="300" WIDTH="20"/>
      </TextLine>
      <TextLine HPOS="500" VPOS="350" WIDTH="900" HEIGHT="40">
       <String CONTENT="gantina," SUBS_TYPE="HypPart2" SUBS_CONTENT="bergantina" HPOS="500" VPOS="350" WIDTH="300" HEIGHT="40"/><SP/>
       <String CONTENT="con" HPOS="820" VPOS="350" WIDTH="100" HEIGHT="40"/><SP/>
       <String CONTENT="sal" HPOS="940" VPOS="350" WIDTH="100" HEIGHT="40"/><SP/>
       <String CONTENT="&amp;" HPOS="1060" VPOS="350" WIDTH="40" HEIGHT="40"/><SP/>
       <String CONTENT="añil." HPOS="1120" VPOS="350" WIDTH="200" HEIGHT="40"/>
      </TextLine>
     </TextBlock>
    </ComposedBlock>
    <TextBlock ID="P1_TB3" HPOS="500" VPOS="1200" WIDTH="200" HEIGHT="40" language="la">
     <TextLine HPOS="500" VPOS="1200" WIDTH="200" HEIGHT="40"><String CONTENT="Laus" HPOS="500" VPOS="1200" WIDTH="90" HEIGHT="40"/><SP/><String CONTENT="Deo" HPOS="600" VPOS="1200" WIDTH="100" HEIGHT="40"/></TextLine>
    </TextBlock>
   </PrintSpace>
  </Page>
  <Page ID="Page2" HEIGHT="3000" WIDTH="2000"><PrintSpace><TextBlock><TextLine><String CONTENT="otra"/></TextLine></TextBlock></PrintSpace></Page>
 </Layout>
</alto>
"#;

/// The least ALTO around `layout`, with a `description` before it.
fn alto(description: &str, layout: &str) -> String {
    format!("<alto><Description>{description}</Description><Layout>{layout}</Layout></alto>")
}

/// One line of `strings` on a page.
fn one_line(strings: &str) -> PageText {
    let line = format!(
        "<Page><PrintSpace><TextBlock><TextLine>{strings}</TextLine></TextBlock></PrintSpace></Page>"
    );
    page("0001.xml", &alto("", &line))
}

#[test]
fn a_page_of_abbyy_is_read_with_its_paragraphs_and_places() {
    let page = page("0001.xml", ABBYY);
    assert_eq!(page.language.as_deref(), Some("es"));
    assert_eq!(page.size, Some((2000, 3000)));
    assert_eq!(
        lines(&page),
        [
            vec!["GACETA DEL PUERTO"],
            vec!["Ayer fondeó la ber-", "gantina, con sal & añil."],
            vec!["Laus Deo"],
            vec!["12"],
        ]
    );
    assert_eq!(
        page.plain(),
        "GACETA DEL PUERTO\n\nAyer fondeó la bergantina,\ncon sal & añil.\n\nLaus Deo\n\n12"
    );
    assert_eq!(areas(&page)[0], Some([500, 200, 1000, 60]));
}

#[test]
fn tenths_of_millimetres_become_pixels_of_the_image() {
    let page = page("0001.xml", ABBYY).scaled_to(4000, 6000);
    assert_eq!(page.size, Some((4000, 6000)));
    assert_eq!(areas(&page)[0], Some([1000, 400, 2000, 120]));
    assert_eq!(areas(&page)[4], Some([1980, 5840, 40, 60]));
}

#[test]
fn all_versions_are_read_with_and_without_a_prefix() {
    for (begin, prefix) in [
        ("<alto>", ""),
        ("<alto xmlns=\"http://schema.ccs-gmbh.com/ALTO\">", ""),
        (
            "<alto xmlns=\"http://www.loc.gov/standards/alto/ns-v2#\">",
            "",
        ),
        (
            "<alto xmlns=\"http://www.loc.gov/standards/alto/ns-v3#\">",
            "",
        ),
        (
            "<a:alto xmlns:a=\"http://www.loc.gov/standards/alto/ns-v4#\">",
            "a:",
        ),
    ] {
        let p = prefix;
        let text = format!(
            "\u{feff}<?xml version=\"1.0\"?>\n<!-- a comment -->\n{begin}<{p}Layout><{p}Page WIDTH=\"100.4\" HEIGHT=\"50.5\">\
             <{p}PrintSpace><{p}TextBlock LANG=\"spa\"><{p}TextLine HPOS=\"1.5\" VPOS=\"2\" WIDTH=\"10.2\" HEIGHT=\"3\">\
             <{p}String CONTENT=\"Hola\"/></{p}TextLine></{p}TextBlock></{p}PrintSpace></{p}Page></{p}Layout></{p}alto>"
        );
        let page = page("0001.alto.xml", &text);
        assert_eq!(lines(&page), [["Hola"]], "{begin}");
        assert_eq!(page.language.as_deref(), Some("es"), "{begin}");
        assert_eq!(page.size, Some((100, 51)), "{begin}");
        assert_eq!(areas(&page), [Some([2, 2, 10, 3])], "{begin}");
    }
}

#[test]
fn the_line_keeps_what_is_seen() {
    for (strings, text) in [
        (
            "<String CONTENT='uno'/><SP/><String CONTENT='dos'/><String CONTENT='.'/>",
            "uno dos.",
        ),
        // Programs that leave out the spaces.
        ("<String CONTENT='uno'/><String CONTENT='dos'/>", "uno dos"),
        ("<String CONTENT='ejem'/><HYP CONTENT='¬'/>", "ejem¬"),
        ("<String CONTENT='ejem'/><HYP/>", "ejem-"),
        ("<String CONTENT='ejem'/><SP/><HYP CONTENT='-'/>", "ejem-"),
        ("<String CONTENT='una  línea entera '/>", "una línea entera"),
        (
            "<String CONTENT='&lt;&quot;&#241;&#xF1;&quot;&gt;'/>",
            "<\"ññ\">",
        ),
        (
            "<String/><SP/><String CONTENT=''/><String CONTENT='uno'/>",
            "uno",
        ),
    ] {
        assert_eq!(lines(&one_line(strings)), [[text]], "{strings}");
    }
}

#[test]
fn lines_without_text_are_none() {
    assert_eq!(one_line("<SP/>"), PageText::default());
    assert_eq!(
        one_line("<String CONTENT=' &#160; '/>"),
        PageText::default()
    );
}

#[test]
fn a_broken_word_is_told_whole_from_either_half() {
    let halves = |first: &str, second: &str| {
        format!(
            "<Page><TextBlock><TextLine><String CONTENT='la'/><SP/><String CONTENT='ciu-' SUBS_TYPE='HypPart1' {first}/></TextLine>\
             </TextBlock><TextBlock><TextLine><String CONTENT='dad' SUBS_TYPE='HypPart2' {second}/><SP/><String CONTENT='vieja'/></TextLine></TextBlock></Page>"
        )
    };
    let whole = "SUBS_CONTENT='ciudad'";
    for (first, second, broken, plain) in [
        (whole, whole, Some("ciudad"), "la ciudad\n\nvieja"),
        (whole, "", Some("ciudad"), "la ciudad\n\nvieja"),
        ("", whole, Some("ciudad"), "la ciudad\n\nvieja"),
        ("", "", None, "la ciu-\n\ndad vieja"),
    ] {
        let page = page("0001.xml", &alto("", &halves(first, second)));
        assert_eq!(page.blocks[0].lines[0].broken.as_deref(), broken);
        assert_eq!(page.plain(), plain, "{first} {second}");
    }
}

#[test]
fn a_first_half_without_its_second_stays_as_it_is() {
    let page = page(
        "0001.xml",
        &alto(
            "",
            "<Page><TextBlock><TextLine><String CONTENT='ciu' SUBS_TYPE='HypPart1' SUBS_CONTENT='ciudad'/><HYP/></TextLine>\
             <TextLine><String CONTENT='Otra'/></TextLine></TextBlock></Page>",
        ),
    );
    let line = |text: &str| Line {
        text: text.to_owned(),
        ..Line::default()
    };
    assert_eq!(
        page.blocks,
        [Block {
            lines: vec![line("ciu-"), line("Otra")]
        }]
    );
}

#[test]
fn a_line_without_a_place_is_where_its_words_are() {
    let page = one_line(
        "<String CONTENT='uno' HPOS='-2' VPOS='5' WIDTH='10' HEIGHT='4'/><SP/><String CONTENT='dos' HPOS='20' VPOS='4' WIDTH='10' HEIGHT='4'/>",
    );
    assert_eq!(areas(&page), [Some([0, 4, 30, 5])]);
}

#[test]
fn places_that_cannot_be_are_none() {
    for place in [
        "HPOS='1' VPOS='1' WIDTH='0' HEIGHT='1'",
        "HPOS='1' VPOS='1' WIDTH='-5' HEIGHT='1'",
        "HPOS='1' VPOS='1' WIDTH='1e300' HEIGHT='1'",
        "HPOS='NaN' VPOS='1' WIDTH='1' HEIGHT='1'",
        "HPOS='1' VPOS='1' WIDTH='1'",
        "HPOS='x' VPOS='1' WIDTH='1' HEIGHT='1'",
    ] {
        assert_eq!(
            areas(&one_line(&format!("<String CONTENT='a' {place}/>"))),
            [None],
            "{place}"
        );
    }
}

#[test]
fn the_print_space_stands_for_the_size_of_the_page() {
    let with = |unit: &str, page_size: &str, space: &str| {
        let layout = format!(
            "<Page {page_size}><PrintSpace {space}><TextBlock><TextLine HPOS='50' VPOS='50' WIDTH='50' HEIGHT='10'><String CONTENT='a'/></TextLine></TextBlock></PrintSpace></Page>"
        );
        page(
            "0001.xml",
            &alto(
                &format!("<MeasurementUnit>{unit}</MeasurementUnit>"),
                &layout,
            ),
        )
        .scaled_to(200, 400)
    };
    let space = "HPOS='20' VPOS='20' WIDTH='80' HEIGHT='180'";
    for (unit, page_size, space, area) in [
        (
            "pixel",
            "WIDTH='100' HEIGHT='200'",
            space,
            Some([100, 100, 100, 20]),
        ),
        (
            "inch1200",
            "WIDTH='0' HEIGHT='0'",
            space,
            Some([100, 100, 100, 20]),
        ),
        ("mm10", "", space, Some([100, 100, 100, 20])),
        // Pixels of the image, as far as anybody knows; the other units are nowhere without a size.
        ("pixel", "", "", Some([50, 50, 50, 10])),
        ("mm10", "", "", None),
        ("inch1200", "", "", None),
    ] {
        assert_eq!(
            areas(&with(unit, page_size, space)),
            [area],
            "{unit} {page_size} {space}"
        );
    }
}

#[test]
fn the_language_is_that_of_most_of_the_text() {
    let text = "<Page xml:lang='la'><TextBlock LANG='en'><TextLine><String CONTENT='brief'/></TextLine></TextBlock>\
        <TextBlock><TextLine LANG='es-PE'><String CONTENT='bastante más largo'/></TextLine>\
        <TextLine><String CONTENT='Deo gratias'/></TextLine></TextBlock></Page>";
    assert_eq!(
        page("0001.xml", &alto("", text)).language.as_deref(),
        Some("es-PE")
    );
}

#[test]
fn a_page_without_text_has_no_paragraphs() {
    let page = page("0001.xml", &alto("", "<Page WIDTH='10' HEIGHT='20'/>"));
    assert_eq!(
        page,
        PageText {
            size: Some((10, 20)),
            ..PageText::default()
        }
    );
    assert_eq!(page.plain(), "");
}

#[test]
fn what_is_no_alto_is_told_apart_from_what_is_damaged() {
    for (text, expected) in [
        ("<mets xmlns=\"http://www.loc.gov/METS/\"/>", "not-a-text"),
        ("", "not-a-text"),
        ("hola", "not-a-text"),
        ("<alto><Layout/></alto>", "damaged-text"),
        ("<alto><Layout><Page>", "damaged-text"),
        ("<alto><Layout><Page></Layout></alto>", "damaged-text"),
        (
            "<alto><Layout><Page><String CONTENT=uno/></Page>",
            "damaged-text",
        ),
        ("<alto><Layout><Page><String CONTENT='uno", "damaged-text"),
    ] {
        assert_eq!(code("0001.xml", text.as_bytes()), expected, "{text}");
    }
}

#[test]
fn the_message_names_the_line_of_the_damage() {
    let text = "<alto>\n<Layout>\n<Page>\n</Layout>\n</alto>";
    let error = acervo_page_text::read("0001.xml", text.as_bytes()).expect_err("it is damaged");
    let message = error.message();
    assert!(message.en.contains("line 4"), "{}", message.en);
    assert!(message.es.contains("línea 4"), "{}", message.es);
}
