//! What rows say: languages, values, rights, places, chapters, files.

use acervo_record::{Behavior, Direction, Entry, Property, Term, Text};
use acervo_sheet::{Format, Reading, Row, Sheet, read};

const SPANISH: Reading<'_> = Reading {
    default_language: "es",
};

fn sheet(text: &str) -> Sheet {
    read(text.as_bytes(), Format::Csv, &SPANISH).expect("a sheet")
}

/// The one row of a sheet with a heading and a row, about which nothing is to be said.
fn row(heading: &str, cells: &str) -> Row {
    let mut sheet = sheet(&format!("{heading}\n{cells}"));
    assert_eq!(
        (sheet.notes, sheet.refused),
        (Vec::new(), Vec::new()),
        "{heading}"
    );
    sheet.rows.remove(0)
}

fn es(text: &str) -> Text {
    Text::in_language("es", text)
}

fn en(text: &str) -> Text {
    Text::in_language("en", text)
}

#[test]
fn a_row_without_a_title_is_published_under_its_name() {
    let row = row("objectid,title", "Somos-jovenes No0,");
    assert_eq!(row.name, "Somos-jovenes No0");
    assert_eq!(row.record.label, []);
}

#[test]
fn headings_name_languages() {
    for heading in [
        "objectid,title@es,title@en",
        "objectid,title (es),title (en)",
        "objectid,título [es],title [en]",
        "objectid,title,title-in-English",
        "objectid,Título,Título en inglés",
        "objectid,title_es,title_en",
    ] {
        let row = row(heading, "a,Mapa,Map");
        assert_eq!(row.record.label, [es("Mapa"), en("Map")], "{heading}");
    }
}

#[test]
fn columns_of_the_institution_are_kept_under_their_headings() {
    let row = row(
        "objectid,Nota@es,Note@en,sala@es,Sala@en,Inventario",
        "a,uno,one,norte,north,123",
    );
    let other = |heading: Text, values: &[Text]| Entry {
        property: Property::Other(vec![heading]),
        values: values.to_vec(),
    };
    assert_eq!(
        row.record.metadata,
        [
            other(es("Nota"), &[es("uno")]),
            other(en("Note"), &[en("one")]),
            other(Text::plain("sala"), &[es("norte"), en("north")]),
            other(es("Inventario"), &[Text::plain("123")]),
        ]
    );
}

#[test]
fn metadata_is_in_the_order_of_the_sheet_and_in_a_language_only_where_it_has_one() {
    let row = row(
        "objectid;subject;creator;date;type;format;language;location;identifier",
        "a;\"Mapas; Cuba\";\"Ruiz, Ana; Paz, Luis\";ca. 1850;\"Image;Mapa\";\"image/tiff; Grabado\";spa;La Habana;M 12/3",
    );
    let expected = [
        (Term::Subject, vec![es("Mapas"), es("Cuba")]),
        (
            Term::Creator,
            vec![Text::plain("Ruiz, Ana"), Text::plain("Paz, Luis")],
        ),
        (Term::Date, vec![Text::plain("ca. 1850")]),
        (Term::Type, vec![Text::plain("Image"), es("Mapa")]),
        // The type of the file is not what the thing is made of.
        (Term::Format, vec![es("Grabado")]),
        (Term::Language, vec![Text::plain("spa")]),
        (Term::Location, vec![es("La Habana")]),
        (Term::Identifier, vec![Text::plain("M 12/3")]),
    ];
    let expected = expected.map(|(term, values)| Entry {
        property: Property::Term(term),
        values,
    });
    assert_eq!(row.record.metadata, expected);
    assert_eq!(row.record.date.map(|date| date.from), Some(1850));
}

#[test]
fn rights_are_a_uri_words_or_both() {
    const BY: &str = "http://creativecommons.org/licenses/by/4.0/";
    const IN_COPYRIGHT: &str = "http://rightsstatements.org/vocab/InC/1.0/";
    for (heading, cells, uri, words) in [
        ("rights", "CC BY 4.0", Some(BY), vec![]),
        (
            "rights",
            "Pida permiso; cite la fuente",
            None,
            vec![es("Pida permiso; cite la fuente")],
        ),
        (
            "rights,rightsstatement",
            "Pida permiso,CC-BY",
            Some(BY),
            vec![es("Pida permiso")],
        ),
        (
            "rights,license",
            "InC,CC BY",
            Some(BY),
            vec![Text::plain(IN_COPYRIGHT)],
        ),
        (
            "rights_statement,license",
            "InC,CC BY",
            Some(IN_COPYRIGHT),
            vec![Text::plain(BY)],
        ),
        (
            "rightsstatement",
            "Dominio público",
            None,
            vec![es("Dominio público")],
        ),
        (
            "license,rights",
            "CC BY,https://creativecommons.org/licenses/by/4.0/deed.es",
            Some(BY),
            vec![],
        ),
    ] {
        let row = row(&format!("objectid,{heading}"), &format!("a,{cells}"));
        assert_eq!(row.record.rights.as_deref(), uri, "{heading}: {cells}");
        let found: Vec<_> = row.record.values(Term::RightsText).cloned().collect();
        assert_eq!(found, words, "{heading}: {cells}");
    }
}

#[test]
fn what_is_neither_text_nor_metadata_becomes_what_it_is() {
    let row = row(
        "objectid;description;homepage;homepage:label;see_also;navdate;date;latitud;longitud;behavior;\
         viewing_direction;thumbnail;featured;requiredstatement;order;image_alt_text;display_template",
        "a;\"<p>Uno</p><p>dos</p>\";https://x.example.org/a;Ficha;https://x.example.org/a.xml;1850-06-01;1846-1860;\
         23,1136;-82,3666;paged, paginado;derecha a izquierda;3;Sí;Cortesía de la Biblioteca;2;Un barco;compound_object",
    );
    let record = row.record;
    assert_eq!(record.summary, [es("Uno\n\ndos")]);
    let homepage = record.homepage.expect("a homepage");
    assert_eq!(
        (homepage.url.as_str(), homepage.label),
        ("https://x.example.org/a", vec![es("Ficha")])
    );
    assert_eq!(record.see_also[0].url, "https://x.example.org/a.xml");
    let date = record.date.expect("a date");
    assert_eq!(
        (date.from, date.to, date.navigation.as_str()),
        (1846, 1860, "1850-06-01T00:00:00Z")
    );
    let place = record.place.expect("a place");
    assert_eq!((place.latitude, place.longitude), (23_113_600, -82_366_600));
    assert_eq!(record.behavior, [Behavior::Paged]);
    assert_eq!(record.viewing_direction, Some(Direction::RightToLeft));
    assert_eq!((record.thumbnail, record.featured), (Some(3), true));
    assert_eq!(record.statement, [es("Cortesía de la Biblioteca")]);
    assert_eq!(
        (row.order, row.alt, row.is_group),
        (Some(2), vec![es("Un barco")], true)
    );
}

#[test]
fn chapters_join_their_languages() {
    let row = row(
        "objectid,ranges@es,ranges@en",
        "a,1: Portada; 5: Capítulo I; > 7: Sección,1: Cover; 5: Chapter I; > 7: Section",
    );
    let found: Vec<_> = row
        .record
        .ranges
        .into_iter()
        .map(|range| (range.level, range.page, range.label))
        .collect();
    assert_eq!(
        found,
        [
            (1, 1, vec![es("Portada"), en("Cover")]),
            (1, 5, vec![es("Capítulo I"), en("Chapter I")]),
            (2, 7, vec![es("Sección"), en("Section")]),
        ]
    );
}

#[test]
fn a_table_of_contents_in_words_stays_readable() {
    let sheet = sheet("objectid,table_of_contents\na,De los barcos y del mar");
    let entry = &sheet.rows[0].record.metadata[0];
    assert_eq!(
        entry.property,
        Property::Other(vec![es("table_of_contents")])
    );
    assert_eq!(entry.values, [es("De los barcos y del mar")]);
    assert_eq!(sheet.notes.len(), 1);
}

#[test]
fn identifier_names_the_item_only_if_nothing_else_does() {
    let alone = row("identifier,title", "a,A");
    assert_eq!((alone.name.as_str(), alone.record.metadata), ("a", vec![]));
    let beside = row("identifier,objectid", "M 12/3,a");
    assert_eq!(beside.name, "a");
    let found: Vec<_> = beside.record.values(Term::Identifier).cloned().collect();
    assert_eq!(found, [Text::plain("M 12/3")]);
}

#[test]
fn parts_stand_below_their_parents() {
    let sheet = sheet(
        "objectid,parentid,order,file\nobra,,,\nvol-1,obra,1,\np1,vol-1,2,vol-1/001.tif\np2,vol-1,1,/objects/002.tif",
    );
    let found: Vec<_> = sheet
        .rows
        .iter()
        .map(|row| {
            (
                row.name.as_str(),
                row.parent.as_deref(),
                row.order,
                row.files.join(" "),
            )
        })
        .collect();
    let expected = [
        ("obra", None, None, String::new()),
        ("vol-1", Some("obra"), Some(1), String::new()),
        ("p1", Some("vol-1"), Some(2), "vol-1/001.tif".to_owned()),
        ("p2", Some("vol-1"), Some(1), "002.tif".to_owned()),
    ];
    assert_eq!(found, expected);
    assert_eq!(sheet.notes, []);
}

#[test]
fn names_keep_their_case_and_are_nfc() {
    let row = row("objectid,title", "CONSTRUCCIO\u{301}N-BNJM,A");
    assert_eq!(row.name, "CONSTRUCCIÓN-BNJM");
}
