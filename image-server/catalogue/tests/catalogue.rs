//! What is written is read back; damage is an error, never a wrong answer.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::fs;
use std::path::Path;

use acervo_catalogue::{
    Catalogue, CatalogueError, CatalogueWriter, Item, ItemState, Page, Refusal, SourceFile, Stored,
    Summary,
};
use acervo_tenancy::Bilingual;

fn page(code: &str) -> Page {
    Page {
        code: code.to_owned(),
        label: "recto".to_owned(),
        stored: Stored {
            file: format!("{code}.tif"),
            bytes: 9,
            width: 30,
            height: 40,
            fingerprint: "f".to_owned(),
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
        pages: codes.iter().map(|code| page(code)).collect(),
    }
}

fn write(path: &Path, items: &[Item]) -> Summary {
    let mut writer = CatalogueWriter::create(path).unwrap();
    for item in items {
        writer.item(item).unwrap();
    }
    writer.gone("perdido").unwrap();
    writer.gone_page("perdida").unwrap();
    let message = Bilingual::new("no", "no");
    writer
        .refusal(&Refusal {
            path: "x".into(),
            code: "empty-file".into(),
            message,
        })
        .unwrap();
    writer.finish("recipe").unwrap()
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
            pages: 4,
            refused: 1
        }
    );
    let catalogue = Catalogue::open(&path).unwrap();
    assert_eq!(catalogue.items(0, 10).unwrap(), items);
    assert_eq!(catalogue.items(1, 1).unwrap(), items[1..2]);
    assert_eq!(
        catalogue.item("zz").unwrap(),
        Some(ItemState::Published(items[1].clone()))
    );
    assert_eq!(catalogue.item("perdido").unwrap(), Some(ItemState::Gone));
    assert_eq!(catalogue.item("ZZ").unwrap(), None);
    assert_eq!(
        catalogue.neighbours("zz").unwrap(),
        (Some("Ñandú «ñ»".into()), Some("A_b-1".into()))
    );
    assert_eq!(
        catalogue.neighbours("A_b-1").unwrap(),
        (Some("zz".into()), None)
    );
    assert_eq!(catalogue.stored("c").unwrap(), Some(page("c").stored));
    assert_eq!(catalogue.stored("nada").unwrap(), None);
    assert!(catalogue.is_gone_page("perdida").unwrap());
    assert_eq!(catalogue.refusals().unwrap().len(), 1);
}

#[test]
fn a_name_or_code_is_published_once() {
    let folder = tempfile::tempdir().unwrap();
    let mut writer = CatalogueWriter::create(&folder.path().join("c")).unwrap();
    writer.item(&item("uno", &["a"])).unwrap();
    assert!(writer.item(&item("uno", &["b"])).is_err());
    assert!(writer.item(&item("dos", &["a"])).is_err());
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
        let result = Catalogue::open(&path).and_then(|c| c.items(0, 1000));
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
            scope.spawn(|| assert_eq!(old.names().unwrap(), ["vieja"]));
        }
    });
    assert_eq!(old.covers().unwrap()[0].1.code, "a");
    assert_eq!(old.recipe().unwrap(), "recipe");
    assert_eq!(Catalogue::open(&path).unwrap().names().unwrap(), ["nueva"]);
}
