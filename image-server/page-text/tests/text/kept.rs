//! The form in which a page is stored.

use acervo_page_text::{Block, Damage, Excess, Format, Line, PageText, TextError};

#[test]
fn as_json_a_page_is_compact_and_comes_back_the_same() {
    let page = PageText {
        language: Some("es".to_owned()),
        size: Some((2480, 3508)),
        blocks: vec![Block {
            lines: vec![
                Line {
                    text: "la ciu-".to_owned(),
                    area: Some([300, 400, 900, 60].into()),
                    broken: Some("ciudad".to_owned()),
                },
                Line {
                    text: "dad".to_owned(),
                    ..Line::default()
                },
            ],
        }],
    };
    let json = serde_json::to_string(&page).expect("it is JSON");
    assert_eq!(
        json,
        r#"{"l":"es","s":[2480,3508],"b":[[{"t":"la ciu-","a":[300,400,900,60],"w":"ciudad"},{"t":"dad"}]]}"#
    );
    assert_eq!(
        serde_json::from_str::<PageText>(&json).expect("it is a page"),
        page
    );
    assert_eq!(
        serde_json::to_string(&PageText::default()).expect("it is JSON"),
        "{}"
    );
}

#[test]
fn a_page_without_a_size_is_in_pixels_of_the_image() {
    let area = |area: [u32; 4]| PageText {
        blocks: vec![Block {
            lines: vec![Line {
                text: "a".to_owned(),
                area: Some(area.into()),
                broken: None,
            }],
        }],
        ..PageText::default()
    };
    for (before, after) in [
        ([10, 10, 20, 20], Some([10, 10, 20, 20])),
        ([90, 10, 20, 20], Some([90, 10, 10, 20])),
        ([100, 10, 20, 20], None),
    ] {
        let page = area(before).scaled_to(100, 50);
        assert_eq!(page.size, Some((100, 50)));
        assert_eq!(page.blocks[0].lines[0].area.map(<[u32; 4]>::from), after);
    }
}

#[test]
fn every_error_has_a_code_and_says_what_to_do_in_both_languages() {
    let xml = Damage::Xml {
        line: 3,
        what: "unexpected".to_owned(),
    };
    for (error, code) in [
        (TextError::Damaged(xml), "damaged-text"),
        (TextError::Damaged(Damage::BreaksOff), "damaged-text"),
        (TextError::Damaged(Damage::NoPage), "damaged-text"),
        (TextError::Damaged(Damage::TooDeep), "damaged-text"),
        (TextError::NotAText(Format::Alto), "not-a-text"),
        (TextError::NotAText(Format::Hocr), "not-a-text"),
        (TextError::NotAText(Format::Plain), "not-a-text"),
        (
            TextError::TooLarge(Excess::Bytes(34 << 20)),
            "text-too-large",
        ),
        (TextError::TooLarge(Excess::Lines), "text-too-large"),
    ] {
        assert_eq!(error.code(), code);
        let message = error.message();
        assert_eq!(error.to_string(), message.en);
        let asks = |text: &str, verbs: &[&str]| verbs.iter().any(|verb| text.contains(verb));
        assert!(
            asks(&message.es, &["Entregue", "Vuelva", "Guárdelo"]),
            "{}",
            message.es
        );
        assert!(
            asks(&message.en, &["Hand over", "xport it again", "Save"]),
            "{}",
            message.en
        );
    }
}
