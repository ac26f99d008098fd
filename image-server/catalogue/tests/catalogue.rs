//! What is written is read back; damage is an error, never a wrong answer.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::fs;
use std::path::Path;

use acervo_catalogue::{
    Catalogue, CatalogueError, CatalogueWriter, Facet, Item, ItemState, Page, Refusal, SourceFile,
    Stored, Summary, TextFile, Words,
};
use acervo_record::{Date, Entry, Property, Record, Term, Text};
use acervo_tenancy::Bilingual;

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
            size: u64::MAX >> 1,
            modified: -5,
            changed: 7,
            page: 2,
        },
    }
}

fn item(name: &str, codes: &[&str]) -> Item {
    Item {
        name: name.to_owned(),
        parent: None,
        record: Record::default(),
        pages: codes.iter().map(|code| page(code)).collect(),
    }
}

/// Writes a catalogue of `items`, from what `last` holds.
fn write_from(path: &Path, last: Option<&Path>, items: &[Item], words: &[Words]) -> Summary {
    let mut writer = CatalogueWriter::create(path, last).unwrap();
    let of = |code: &str| words.iter().find(|words| words.code == code).cloned();
    writer.put(items.iter(), of).unwrap();
    writer
        .order(
            items
                .iter()
                .map(|item| (item.name.as_str(), item.parent.as_deref())),
        )
        .unwrap();
    let refusal = Refusal {
        path: "x".into(),
        row: Some(3),
        column: Some("title".into()),
        code: "empty-file".into(),
        message: Bilingual::new("no", "no"),
        is_note: false,
    };
    writer
        .remember(["perdido"].into_iter(), ["perdida"].into_iter(), &[refusal])
        .unwrap();
    writer.finish("recipe").unwrap()
}

fn write(path: &Path, items: &[Item]) -> Summary {
    write_from(path, None, items, &[])
}

fn published(catalogue: &Catalogue, name: &str) -> Item {
    match catalogue.item(name).unwrap() {
        Some(ItemState::Published(detail)) => detail.item,
        other => panic!("{name}: {other:?}"),
    }
}

fn names(entries: Vec<acervo_catalogue::Entry>) -> Vec<String> {
    entries.into_iter().map(|entry| entry.name).collect()
}

#[test]
fn everything_written_is_read_back_in_order() {
    let folder = tempfile::tempdir().unwrap();
    // A name that means something in a URI.
    let path = folder.path().join("a?b#c%20");
    let items = [
        item("Ñandú «ñ»", &["b", "a"]),
        item("zz", &["c"]),
        item("A_b-1", &["d"]),
    ];
    assert_eq!(
        write(&path, &items),
        Summary {
            items: 3,
            top: 3,
            pages: 4,
            refused: 1,
            notes: 0
        }
    );
    let catalogue = Catalogue::open(&path).unwrap();
    assert_eq!(catalogue.items().unwrap(), items);
    assert_eq!(names(catalogue.entries(None, 1, 1).unwrap()), ["zz"]);
    assert_eq!(published(&catalogue, "zz"), items[1]);
    assert_eq!(catalogue.item("perdido").unwrap(), Some(ItemState::Gone));
    assert_eq!(catalogue.item("ZZ").unwrap(), None);
    let beside = |name| {
        let (before, after) = catalogue.neighbours(name).unwrap();
        (before.map(|(name, _)| name), after.map(|(name, _)| name))
    };
    assert_eq!(
        beside("zz"),
        (Some("Ñandú «ñ»".into()), Some("A_b-1".into()))
    );
    assert_eq!(beside("A_b-1"), (Some("zz".into()), None));
    assert_eq!(catalogue.stored("c").unwrap(), Some(page("c").stored));
    assert_eq!(catalogue.stored("nada").unwrap(), None);
    assert!(catalogue.is_gone_page("perdida").unwrap());
    assert_eq!(catalogue.refusals().unwrap().len(), 1);
}

#[test]
fn a_code_is_published_once() {
    let folder = tempfile::tempdir().unwrap();
    let mut writer = CatalogueWriter::create(&folder.path().join("c"), None).unwrap();
    let items = [item("uno", &["a"]), item("dos", &["a"])];
    assert!(writer.put(items.iter(), |_| None).is_err());
}

/// An item about `subject`, with a title.
fn about(name: &str, title: &str, subject: &str, year: &str, codes: &[&str]) -> Item {
    let record = Record {
        label: vec![Text::in_language("es", title)],
        metadata: vec![Entry {
            property: Property::Term(Term::Subject),
            values: vec![Text::in_language("es", subject)],
        }],
        date: Date::parse(year),
        ..Record::default()
    };
    Item {
        record,
        ..item(name, codes)
    }
}

#[test]
fn items_are_chosen_by_every_value_that_is_wanted() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("c");
    write(
        &path,
        &[
            about("a", "Plano", "Puertos", "1853", &["a"]),
            about("b", "Carta", "Puertos", "1791", &["b"]),
            about("c", "Vista", "Faros", "1855", &["c"]),
        ],
    );
    let catalogue = Catalogue::open(&path).unwrap();
    let harbours = (Facet::Subject, "Puertos".to_owned());
    let fifties = (Facet::Decade, "1850".to_owned());
    for (wanted, expected) in [
        (vec![harbours.clone()], vec!["a", "b"]),
        (vec![fifties.clone()], vec!["a", "c"]),
        (vec![harbours.clone(), fifties], vec!["a"]),
        (vec![(Facet::Place, "Puertos".to_owned())], vec![]),
    ] {
        let choice = catalogue.choose(&wanted).unwrap();
        assert_eq!(
            names(catalogue.chosen(&choice, 0, 9).unwrap()),
            expected,
            "{wanted:?}"
        );
    }
    let values = |choice| {
        let values = catalogue.values(Facet::Subject, choice, 9).unwrap();
        values
            .into_iter()
            .map(|value| (value.value, value.total))
            .collect::<Vec<_>>()
    };
    assert_eq!(
        values(None),
        [("Puertos".to_owned(), 2), ("Faros".to_owned(), 1)]
    );
    let choice = catalogue.choose(&[harbours]).unwrap();
    assert_eq!(values(Some(&choice)), [("Puertos".to_owned(), 2)]);
}

#[test]
fn words_are_found_in_titles_and_texts_without_their_accents() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("c");
    let mut book = item("LIBRO_1", &["p1", "p2"]);
    book.pages[1].text = Some(TextFile {
        path: "LIBRO_1/2.txt".into(),
        size: 3,
        modified: 1,
        changed: 1,
    });
    let words = Words {
        code: "p2".into(),
        content: "[\"El cañón\"]".into(),
        plain: "El cañón de la fortaleza".into(),
    };
    let items = [
        about("a", "Plano del cañón", "Puertos", "", &["a"]),
        book.clone(),
    ];
    write_from(&path, None, &items, &[words]);
    let catalogue = Catalogue::open(&path).unwrap();
    for (question, expected) in [
        ("canon", vec![("a", None), ("LIBRO_1", Some(2))]),
        ("fortalezas", vec![]),
        ("fortal", vec![("LIBRO_1", Some(2))]),
        ("libro", vec![("LIBRO_1", None)]),
        ("puertos plano", vec![("a", None)]),
        ("puertos fortaleza", vec![]),
    ] {
        let found = catalogue.search(question).unwrap();
        let hits = catalogue.hits(&found, 0, 9).unwrap();
        let hits: Vec<_> = hits
            .iter()
            .map(|hit| {
                (
                    hit.entry.name.as_str(),
                    hit.page.as_ref().map(|page| page.0),
                )
            })
            .collect();
        assert_eq!(hits, expected, "{question}");
    }
    assert_eq!(
        catalogue.words("p2").unwrap().as_deref(),
        Some("[\"El cañón\"]")
    );
    assert_eq!(catalogue.words("p1").unwrap(), None);
}

#[test]
fn the_next_catalogue_is_written_as_what_differs_from_the_last() {
    let folder = tempfile::tempdir().unwrap();
    let (last, next) = (folder.path().join("last"), folder.path().join("next"));
    let mut book = item("libro", &["p1", "p2"]);
    book.pages[0].text = Some(TextFile {
        path: "libro/1.txt".into(),
        size: 3,
        modified: 1,
        changed: 1,
    });
    let words = Words {
        code: "p1".into(),
        content: "texto".into(),
        plain: "azafrán".into(),
    };
    let lost = about("perdida", "Zafra", "Azúcar", "", &["x"]);
    write_from(
        &last,
        None,
        &[lost, item("b", &["b"]), book.clone()],
        &[words],
    );

    // The page without text moves to another item; the one with text stays, and so does its text.
    let moved = book.pages.pop().unwrap();
    let mut other = item("b", &["b"]);
    other.pages.push(moved);
    let mut writer = CatalogueWriter::create(&next, Some(&last)).unwrap();
    writer.remove("perdida").unwrap();
    let changed = [other.clone(), book.clone()];
    writer.put(changed.iter(), |_| None).unwrap();
    let order = [("libro", None), ("b", None)];
    writer.order(order.into_iter()).unwrap();
    writer
        .remember([].into_iter(), [].into_iter(), &[])
        .unwrap();
    let summary = writer.finish("recipe").unwrap();
    assert_eq!((summary.items, summary.pages, summary.refused), (2, 3, 0));
    let catalogue = Catalogue::open(&next).unwrap();
    assert_eq!(catalogue.items().unwrap(), [book, other]);
    assert_eq!(catalogue.search("azafran").unwrap().len(), 1);
    assert!(catalogue.search("zafra").unwrap().is_empty());
    assert_eq!(catalogue.words("p1").unwrap().as_deref(), Some("texto"));
    assert!(
        catalogue
            .values(Facet::Subject, None, 9)
            .unwrap()
            .is_empty()
    );
}

#[test]
fn volumes_are_listed_below_what_they_are_volumes_of() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("c");
    let volume = |name: &str, code| Item {
        parent: Some("obra".to_owned()),
        ..item(name, &[code])
    };
    let items = [
        item("obra", &[]),
        volume("tomo 1", "a"),
        volume("tomo 2", "b"),
        item("suelto", &["c"]),
    ];
    let summary = write(&path, &items);
    assert_eq!((summary.items, summary.top), (3, 2));
    let catalogue = Catalogue::open(&path).unwrap();
    assert_eq!(catalogue.items().unwrap(), items);
    let top = catalogue.entries(None, 0, 9).unwrap();
    assert_eq!((top[0].volumes, top[0].pages, top.len()), (2, 0, 2));
    assert_eq!(
        top[0].cover.as_ref().map(|page| page.code.as_str()),
        Some("a")
    );
    assert_eq!(
        names(catalogue.entries(Some("obra"), 0, 9).unwrap()),
        ["tomo 1", "tomo 2"]
    );
    assert!(catalogue.entries(Some("nada"), 0, 9).unwrap().is_empty());
}

#[test]
fn a_damaged_catalogue_is_an_error_that_names_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("catalogue");
    let many: Vec<Item> = (0..500)
        .map(|n| item(&format!("item {n}"), &[&format!("code{n}")]))
        .collect();
    write(&path, &many);
    let whole = fs::read(&path).unwrap();
    for length in [0, 50, 4096, whole.len() / 2] {
        fs::write(&path, &whole[..length]).unwrap();
        let result = Catalogue::open(&path).and_then(|c| c.items());
        let error = result
            .expect_err("a catalogue that is cut short")
            .to_string();
        assert!(error.contains("catalogue"), "{error}");
    }
}

#[test]
fn a_catalogue_of_another_version_is_not_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("catalogue");
    write(&path, &[]);
    let mut bytes = fs::read(&path).unwrap();
    // user_version, at offset 60 of the header (SQLite file format, section 1.3).
    bytes[60..64].copy_from_slice(&99u32.to_be_bytes());
    fs::write(&path, bytes).unwrap();
    let error = Catalogue::open(&path).unwrap_err();
    assert!(
        matches!(error, CatalogueError::Version { found: 99, .. }),
        "{error}"
    );
}

#[test]
fn a_catalogue_goes_on_being_read_after_another_took_its_name() {
    let folder = tempfile::tempdir().unwrap();
    let (path, other) = (folder.path().join("catalogue"), folder.path().join("next"));
    write(&path, &[item("vieja", &["a"])]);
    let old = Catalogue::open(&path).unwrap();
    write(&other, &[item("nueva", &["b"])]);
    fs::rename(&other, &path).unwrap();
    // More threads than connections are kept: new ones must see the same bytes.
    std::thread::scope(|scope| {
        for _ in 0..12 {
            scope.spawn(|| assert_eq!(old.names("", 9).unwrap(), ["vieja"]));
        }
    });
    assert_eq!(
        old.entries(None, 0, 1).unwrap()[0]
            .cover
            .as_ref()
            .unwrap()
            .code,
        "a"
    );
    assert_eq!(old.recipe().unwrap(), "recipe");
    assert_eq!(
        Catalogue::open(&path).unwrap().names("", 9).unwrap(),
        ["nueva"]
    );
}

#[test]
fn items_and_pages_are_in_order_wherever_they_lie_in_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let (first, next) = (folder.path().join("first"), folder.path().join("next"));
    write(&first, &[item("uno", &["a", "b"]), item("dos", &["c"])]);
    let volume = |name, codes| Item {
        parent: Some("obra".to_owned()),
        ..item(name, codes)
    };
    let items = [
        item("dos", &["new", "c", "b"]),
        item("obra", &[]),
        volume("tomo 2", &["f", "e"]),
        volume("tomo 1", &["d"]),
        item("uno", &["a"]),
    ];
    write_from(&next, Some(&first), &items, &[]);
    assert_eq!(Catalogue::open(&next).unwrap().items().unwrap(), items);
}

#[test]
fn many_and_few_items_are_chosen_in_the_order_of_the_collection() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("catalogue");
    let subject = |number: usize| {
        if number.is_multiple_of(1000) {
            "rare"
        } else {
            "common"
        }
    };
    let items: Vec<Item> = (0..4000)
        .rev()
        .map(|number| about(&number.to_string(), "x", subject(number), "1900", &[]))
        .collect();
    write(&path, &items);
    let catalogue = Catalogue::open(&path).unwrap();
    let decade = (Facet::Decade, "1900".to_owned());
    for (value, found) in [("common", 3996), ("rare", 4)] {
        let value = (Facet::Subject, value.to_owned());
        let choice = catalogue.choose(std::slice::from_ref(&value)).unwrap();
        assert_eq!(choice.len(), found);
        let names = names(catalogue.chosen(&choice, found - 2, 2).unwrap());
        let last = if found > 4 { ["2", "1"] } else { ["1000", "0"] };
        assert_eq!(names, last);
        for both in [[value.clone(), decade.clone()], [decade.clone(), value]] {
            assert_eq!(catalogue.choose(&both).unwrap(), choice);
        }
    }
}
