//! The catalogue of a collection, damaged on disk.

use std::io::Write;

use acervo_catalogue::{
    Catalogue, CatalogueError, CatalogueWriter, Facet, Item, Page, Refusal, SourceFile, Stored,
    Words,
};
use acervo_record::{Record, Text};
use acervo_tenancy::Bilingual;

use crate::Target;

pub(crate) const TARGET: Target = Target {
    name: "catalogue",
    executions: 400,
    run,
    seeds,
};

/// Everything that is asked of a damaged catalogue is answered, be it with an error.
fn run(bytes: &[u8]) {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(bytes).unwrap();
    if let Ok(catalogue) = Catalogue::open(file.path()) {
        // Each question by itself: an error of one says nothing of the next.
        let _ = catalogue.recipe();
        let _ = catalogue.items();
        let _ = catalogue.gone();
        let _ = catalogue.gone_pages();
        let _ = catalogue.refusals();
        let _ = listing(&catalogue);
        let _ = search(&catalogue);
        let _ = facets(&catalogue);
        for name in ["uno", "dos", "perdido"] {
            let _ = catalogue.item(name);
            let _ = catalogue.entry(name);
            let _ = catalogue.neighbours(name);
            let _ = catalogue.code(name, Some(1), None);
        }
        for code in ["a", "b", "perdida"] {
            let _ = catalogue.stored(code);
            let _ = catalogue.words(code);
            let _ = catalogue.is_gone_page(code);
        }
    }
}

fn listing(catalogue: &Catalogue) -> Result<(), CatalogueError> {
    let entries = catalogue.entries(None, 0, 100)?;
    assert!(entries.len() <= 100, "more than were asked for");
    catalogue.entries(Some("uno"), 0, 100)?;
    assert!(catalogue.names("", 100)?.len() <= 100);
    Ok(())
}

fn search(catalogue: &Catalogue) -> Result<(), CatalogueError> {
    for question in ["mapa", "isla bru", "una palabra"] {
        let found = catalogue.search(question)?;
        assert!(catalogue.hits(&found, 0, 10)?.len() <= 10);
    }
    Ok(())
}

fn facets(catalogue: &Catalogue) -> Result<(), CatalogueError> {
    for facet in Facet::ALL {
        let values = catalogue.values(facet, None, 10)?;
        for value in values {
            let choice = catalogue.choose(&[(facet, value.value)])?;
            catalogue.values(facet, Some(&choice), 10)?;
            assert!(catalogue.chosen(&choice, 0, 10)?.len() <= 10);
        }
    }
    Ok(())
}

fn page(code: &str) -> Page {
    Page {
        code: code.to_owned(),
        label: "recto".to_owned(),
        record: None,
        alt: Vec::new(),
        text: None,
        stored: Stored {
            file: format!("{code}.tif"),
            bytes: 9,
            width: 30,
            height: 40,
            fingerprint: "f".to_owned(),
            original: "kept".to_owned(),
            colors: "plain".to_owned(),
        },
        source: SourceFile {
            path: format!("a/{code}.jpg"),
            size: 5,
            modified: -5,
            changed: 7,
            page: 2,
        },
    }
}

fn item(name: &str, code: &str) -> Item {
    Item {
        name: name.to_owned(),
        parent: None,
        record: Record {
            label: vec![Text::in_language("es", "Mapa de la isla de Brumas")],
            ..Record::default()
        },
        pages: vec![page(code)],
    }
}

fn seeds() -> Vec<Vec<u8>> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("catalogue");
    let items = [item("uno", "a"), item("dos", "b")];
    let words = |code: &str| {
        Some(Words {
            code: code.to_owned(),
            content: "una palabra".to_owned(),
            plain: "una palabra".to_owned(),
        })
    };
    let refusal = Refusal {
        path: "x".to_owned(),
        row: Some(3),
        column: Some("title".to_owned()),
        code: "empty-file".to_owned(),
        message: Bilingual::new("no", "no"),
        is_note: false,
    };
    let mut writer = CatalogueWriter::create(&path, None).unwrap();
    writer.put(items.iter(), words).unwrap();
    let order = items.iter().map(|item| (item.name.as_str(), None));
    writer.order(order).unwrap();
    writer
        .remember(["perdido"].into_iter(), ["perdida"].into_iter(), &[refusal])
        .unwrap();
    writer.finish("recipe").unwrap();
    vec![std::fs::read(&path).unwrap()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_seed_answers_every_question() {
        for seed in seeds() {
            let mut file = tempfile::NamedTempFile::new().unwrap();
            file.write_all(&seed).unwrap();
            let catalogue = Catalogue::open(file.path()).unwrap();
            assert_eq!(catalogue.items().unwrap().len(), 2);
            assert_eq!(catalogue.search("isla bru").unwrap().len(), 2);
            listing(&catalogue).unwrap();
            search(&catalogue).unwrap();
            facets(&catalogue).unwrap();
        }
    }
}
