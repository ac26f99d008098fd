//! Folders become collections by the rules of items; what is wrong is set aside with its reason.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::cmp::Ordering;
use std::fs;
use std::os::unix::fs::{MetadataExt as _, symlink};
use std::path::{Path, PathBuf};

use acervo_catalogue::{Catalogue, FILE_NAME, ItemState};
use acervo_ingest::{Job, Outcome, Silent, Source, ingest, natural_order};
use acervo_pixels::source::{ColorPolicy, Limits};
use proptest::prelude::*;

/// An institution's folder and what is published of its collection `c`.
struct Place {
    folder: tempfile::TempDir,
    job: Job,
}

impl Place {
    fn new(files: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let job = Job {
            collection: "c".parse().unwrap(),
            source: Source::Folder {
                root: folder.path().join("in"),
                directory: "c".to_owned(),
            },
            default_language: "es".to_owned(),
            published: folder.path().join("out"),
            colors: ColorPolicy::ToSrgb,
            limits: Limits::default(),
            workers: 2,
            confirm_removal: false,
            dry: false,
        };
        let place = Self { folder, job };
        fs::create_dir_all(place.source("")).unwrap();
        for (shade, file) in (0..).zip(files) {
            place.put(file, shade);
        }
        place
    }

    fn source(&self, file: &str) -> PathBuf {
        self.folder.path().join("in/c").join(file)
    }

    /// A small image of one shade of grey.
    fn put(&self, file: &str, shade: u8) {
        let path = self.source(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        let mut out = Vec::new();
        let mut encoder = png::Encoder::new(&mut out, 20, 10);
        encoder.set_color(png::ColorType::Grayscale);
        encoder
            .write_header()
            .unwrap()
            .write_image_data(&[shade; 200])
            .unwrap();
        fs::write(path, out).unwrap();
    }

    fn ingest(&self) -> Outcome {
        ingest(&self.job, &Silent).unwrap()
    }

    fn catalogue(&self) -> Catalogue {
        Catalogue::open(&self.job.published.join(FILE_NAME)).unwrap()
    }

    /// Items and the paths of their files.
    fn items(&self) -> Vec<(String, Vec<String>)> {
        let items = self.catalogue().items().unwrap();
        let files =
            |item: acervo_catalogue::Item| item.pages.into_iter().map(|p| p.source.path).collect();
        items
            .into_iter()
            .map(|item| (item.name.clone(), files(item)))
            .collect()
    }
}

fn refused(outcome: &Outcome) -> Vec<(&str, &str)> {
    outcome
        .report
        .refused
        .iter()
        .map(|r| (r.path.as_str(), r.code.as_str()))
        .collect()
}

fn inode(path: &Path) -> u64 {
    fs::metadata(path).unwrap().ino()
}

#[test]
fn files_and_folders_are_items_in_natural_order_with_their_names_kept() {
    let place = Place::new(&[
        "Plano 10.png",
        "Plano 2.png",
        "Ñandú_«x» & co.v2.png",
        "Libro/10.png",
        "Libro/9.png",
        "sin extensión",
        ".oculto.png",
        "Thumbs.db",
        "Libro/desktop.ini",
    ]);
    let outcome = place.ingest();
    assert_eq!(refused(&outcome), []);
    let names: Vec<_> = place.items().into_iter().map(|(name, _)| name).collect();
    assert_eq!(
        names,
        [
            "Libro",
            "Plano 2",
            "Plano 10",
            "sin extensión",
            "Ñandú_«x» & co.v2"
        ]
    );
    assert_eq!(place.items()[0].1, ["Libro/9.png", "Libro/10.png"]);
}

#[test]
fn of_two_items_with_one_name_the_later_by_byte_order_is_refused() {
    // Composed and decomposed: one name after normalisation.
    let place = Place::new(&[
        "a.jpg",
        "a.png",
        "b/1.png",
        "b.png",
        "caf\u{e9}.png",
        "cafe\u{301}.png",
    ]);
    let outcome = place.ingest();
    assert_eq!(
        refused(&outcome),
        [
            ("a.png", "duplicate-item"),
            ("b.png", "duplicate-item"),
            ("caf\u{e9}.png", "duplicate-item")
        ]
    );
    assert_eq!(outcome.summary.items, 3);
}

#[test]
fn what_cannot_be_published_has_a_code_and_a_reason_in_both_languages() {
    let place = Place::new(&["bueno.png", "Carpeta/dentro/nunca.png", "Carpeta/1.png"]);
    fs::write(place.source("vacío.jpg"), "").unwrap();
    fs::write(place.source("carta.tif"), "Querido amigo").unwrap();
    let whole = fs::read(place.source("bueno.png")).unwrap();
    fs::write(place.source("cortado.png"), &whole[..whole.len() - 20]).unwrap();
    fs::create_dir(place.source("nada")).unwrap();
    symlink("/etc/hostname", place.source("fuera.jpg")).unwrap();
    symlink("bueno.png", place.source("enlace.png")).unwrap();
    fs::write(place.source("dos\nlíneas.png"), &whole).unwrap();
    let outcome = place.ingest();
    assert_eq!(
        refused(&outcome),
        [
            ("Carpeta/dentro", "nested-folder"),
            ("carta.tif", "not-an-image"),
            ("cortado.png", "damaged-image"),
            ("dos\\nlíneas.png", "bad-name"),
            ("fuera.jpg", "link-outside"),
            ("nada", "no-images"),
            ("vacío.jpg", "empty-file"),
        ]
    );
    for entry in &outcome.report.refused {
        assert!(
            !entry.message.es.is_empty() && entry.message.es != entry.message.en,
            "{entry:?}"
        );
    }
    assert_eq!(outcome.summary.items, 3, "bueno, enlace and Carpeta");
}

#[test]
fn a_second_ingest_changes_nothing_and_a_changed_file_changes_only_itself() {
    let place = Place::new(&["a.png", "b.png"]);
    place.ingest();
    let stored = |name: &str| {
        let Some(ItemState::Published(item)) = place.catalogue().item(name).unwrap() else {
            panic!("{name}")
        };
        (
            item.item.pages[0].code.clone(),
            place
                .job
                .published
                .join("items")
                .join(&item.item.pages[0].stored.file),
        )
    };
    let catalogue = inode(&place.job.published.join(FILE_NAME));
    let ((code_a, a), (code_b, b)) = (stored("a"), stored("b"));
    assert_eq!(place.ingest().converted, 0);
    assert_eq!(
        inode(&place.job.published.join(FILE_NAME)),
        catalogue,
        "nothing changed, nothing is committed"
    );

    place.put("a.png", 200);
    let inode_b = inode(&b);
    assert_eq!(place.ingest().converted, 1);
    assert_eq!(
        stored("a").0,
        code_a,
        "an address outlives a change of content"
    );
    assert_ne!(stored("a").1, a, "other bytes have another name");
    assert_eq!((stored("b").0, inode(&stored("b").1)), (code_b, inode_b));
    assert!(
        a.exists(),
        "an old pyramid stays for requests that began before"
    );
}

#[test]
fn a_touched_file_keeps_its_pyramid() {
    let place = Place::new(&["a.png"]);
    place.ingest();
    let stored = |place: &Place| {
        place.catalogue().items().unwrap()[0].pages[0]
            .stored
            .file
            .clone()
    };
    let before = (
        stored(&place),
        inode(&place.job.published.join("items").join(stored(&place))),
    );
    place.put("a.png", 0);
    place.ingest();
    let after = (
        stored(&place),
        inode(&place.job.published.join("items").join(stored(&place))),
    );
    assert_eq!(before, after);
}

#[test]
fn removed_items_are_gone_and_come_back_at_their_address() {
    let place = Place::new(&["a.png", "b.png", "c.png"]);
    place.ingest();
    let code = |place: &Place| place.catalogue().items().unwrap()[0].pages[0].code.clone();
    let before = code(&place);
    fs::remove_file(place.source("a.png")).unwrap();
    place.ingest();
    assert_eq!(place.catalogue().item("a").unwrap(), Some(ItemState::Gone));
    assert!(place.catalogue().is_gone_page(&before).unwrap());
    place.put("a.png", 0);
    place.ingest();
    assert_eq!(code(&place), before);
    assert!(!place.catalogue().is_gone_page(&before).unwrap());
}

#[test]
fn the_removal_of_more_than_half_waits_for_a_confirmation() {
    let mut place = Place::new(&["a.png", "b.png", "c.png"]);
    place.ingest();
    fs::remove_dir_all(place.source("")).unwrap();
    let outcome = place.ingest();
    assert_eq!(refused(&outcome), [("", "mass-removal")]);
    assert_eq!((outcome.report.published, place.items().len()), (3, 3));
    place.job.confirm_removal = true;
    let outcome = place.ingest();
    assert_eq!(refused(&outcome), [("", "no-folder")]);
    assert_eq!(place.items().len(), 0);
    assert_eq!(place.catalogue().item("a").unwrap(), Some(ItemState::Gone));
}

#[test]
fn originals_are_never_touched() {
    let place = Place::new(&["a.png", "Libro/1.png"]);
    let state = |file: &str| {
        let metadata = fs::metadata(place.source(file)).unwrap();
        (
            metadata.mtime_nsec(),
            metadata.ctime_nsec(),
            fs::read(place.source(file)).unwrap(),
        )
    };
    let before = (state("a.png"), state("Libro/1.png"));
    place.ingest();
    assert_eq!((state("a.png"), state("Libro/1.png")), before);
    assert_eq!(fs::read_dir(place.source("")).unwrap().count(), 2);
}

proptest! {
    #[test]
    fn natural_order_is_a_total_order(mut names in prop::collection::vec("[aA0-9 é]{0,6}", 0..12)) {
        for a in &names {
            for b in &names {
                prop_assert_eq!(natural_order(a, b), natural_order(b, a).reverse());
                prop_assert_eq!(natural_order(a, b) == Ordering::Equal, a == b);
            }
        }
        names.sort_by(|a, b| natural_order(a, b));
        for pair in names.windows(3) {
            prop_assert_ne!(natural_order(&pair[0], &pair[2]), Ordering::Greater);
        }
    }
}

#[test]
fn a_file_beside_an_image_does_not_take_its_name() {
    let place = Place::new(&["plano.png", "otro.png"]);
    place.ingest();
    fs::write(place.source("plano.doc"), "Notas").unwrap();
    fs::create_dir(place.source("otro")).unwrap();
    fs::write(place.source("otro/notas.txt"), "Notas").unwrap();
    let outcome = place.ingest();
    assert_eq!(
        refused(&outcome),
        [
            ("otro", "no-images"),
            ("otro/notas.txt", "text-without-image"),
            ("plano.doc", "not-an-image")
        ]
    );
    assert_eq!(place.items().len(), 2);
}

#[test]
fn a_published_item_stays_while_its_file_is_there_but_wrong() {
    let place = Place::new(&["a.png", "b.png"]);
    place.ingest();
    let before = place.catalogue().item("a").unwrap();
    fs::write(place.source("a.png"), "ya no es una imagen").unwrap();
    let outcome = place.ingest();
    assert_eq!(refused(&outcome), [("a.png", "not-an-image")]);
    assert_eq!(place.catalogue().item("a").unwrap(), before);
}

#[test]
fn a_damaged_pyramid_is_made_again() {
    let place = Place::new(&["a.png"]);
    place.ingest();
    let file = place.catalogue().items().unwrap()[0].pages[0]
        .stored
        .file
        .clone();
    let pyramid = place.job.published.join("items").join(file);
    let whole = fs::read(&pyramid).unwrap();
    fs::write(&pyramid, &whole[..100]).unwrap();
    assert_eq!(place.ingest().converted, 1);
    assert_eq!(fs::read(&pyramid).unwrap(), whole);
}

#[test]
fn a_sheet_that_comes_later_may_name_everything_otherwise() {
    let place = Place::new(&["a.png", "b.png", "c.png", "d.png"]);
    place.ingest();
    let sheet =
        "objectid,parentid,file\nobra,,\nobra-1,obra,a.png\nobra-2,obra,b.png\notra,,c.png\n";
    fs::write(place.source("metadatos.csv"), sheet).unwrap();
    let outcome = place.ingest();
    assert_eq!(refused(&outcome), []);
    let owned = |files: &[&str]| files.iter().map(|file| (*file).to_owned()).collect();
    assert_eq!(
        place.items(),
        [
            ("obra".to_owned(), owned(&["a.png", "b.png"])),
            ("otra".to_owned(), owned(&["c.png"])),
            ("d".to_owned(), owned(&["d.png"])),
        ]
    );
    // The old names answer that they are gone, and the pyramids are those of before.
    assert!(matches!(
        place.catalogue().item("a").unwrap(),
        Some(ItemState::Gone)
    ));
    assert_eq!(outcome.converted, 0);
}

#[test]
fn an_image_that_two_rows_name_belongs_to_one_and_the_other_is_told() {
    let place = Place::new(&["a.png", "b.png"]);
    let sheet = "objectid,parentid,file\nuna,,a.png\notra,,a.png\nlibro,,b.png\nhoja,libro,b.png\n";
    fs::write(place.source("metadatos.csv"), sheet).unwrap();
    let outcome = place.ingest();
    // A work that names the image of its page asks for nothing else.
    assert_eq!(refused(&outcome), [("metadatos.csv", "file-taken")]);
    assert_eq!(outcome.report.refused[0].row, Some(3));
    let names: Vec<String> = place.items().into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["una", "libro"]);
}

#[test]
fn rows_for_some_images_of_a_folder_speak_of_those_and_leave_the_order() {
    let place = Place::new(&["libro/1.png", "libro/2.png", "libro/3.png"]);
    let sheet = "objectid,parentid,title,file\nlibro,,Libro,\nportada,libro,Portada,libro/2.png\n";
    fs::write(place.source("metadatos.csv"), sheet).unwrap();
    let outcome = place.ingest();
    assert_eq!(refused(&outcome), []);
    let items = place.catalogue().items().unwrap();
    let pages = items[0].pages.iter();
    let said: Vec<(&str, bool)> = pages
        .map(|page| (page.source.path.as_str(), page.record.is_some()))
        .collect();
    assert_eq!(
        said,
        [
            ("libro/1.png", false),
            ("libro/2.png", true),
            ("libro/3.png", false)
        ]
    );
}

#[test]
fn files_that_differ_in_their_ending_have_an_address_each_under_a_sheet() {
    let place = Place::new(&["a.tiff.png"]);
    fs::rename(place.source("a.tiff.png"), place.source("a.tif")).unwrap();
    place.ingest();
    place.put("a.png", 9);
    let sheet = "objectid,file\nuna,a.png\notra,a.tif\n";
    fs::write(place.source("metadatos.csv"), sheet).unwrap();
    assert_eq!(refused(&place.ingest()), []);
    let items = place.catalogue().items().unwrap();
    let codes: Vec<&str> = items
        .iter()
        .map(|item| item.pages[0].code.as_str())
        .collect();
    assert_eq!(items.len(), 2);
    assert_ne!(codes[0], codes[1]);
}

#[test]
fn of_two_images_with_one_address_the_later_is_refused() {
    let place = Place::new(&["a.png", "a/1"]);
    let sheet = "objectid,file\nuna,a.png\notra,a/1\n";
    fs::write(place.source("metadatos.csv"), sheet).unwrap();
    assert_eq!(refused(&place.ingest()), [("a/1", "duplicate-item")]);
    let one = ("una".to_owned(), vec!["a.png".to_owned()]);
    assert_eq!(place.items(), [one]);
}

#[test]
fn a_lost_catalogue_does_not_let_a_collection_vanish_unasked() {
    let place = Place::new(&["a.png", "b.png", "c.png"]);
    place.ingest();
    fs::write(place.job.published.join(FILE_NAME), "damaged").unwrap();
    for file in ["a.png", "b.png", "c.png"] {
        fs::remove_file(place.source(file)).unwrap();
    }
    assert_eq!(refused(&place.ingest()), [("", "mass-removal")]);
    for (shade, file) in (0..).zip(["a.png", "b.png", "c.png"]) {
        place.put(file, shade);
    }
    place.ingest();
    assert_eq!(place.items().len(), 3);
}

#[test]
fn a_source_that_is_a_link_out_of_its_folder_is_refused_in_words() {
    let place = Place::new(&[]);
    fs::remove_dir(place.source("")).unwrap();
    let elsewhere = tempfile::tempdir().unwrap();
    symlink(elsewhere.path(), place.folder.path().join("in/c")).unwrap();
    assert_eq!(refused(&place.ingest()), [("", "link-outside")]);
}

#[test]
fn a_dry_run_reports_and_stores_nothing() {
    let mut place = Place::new(&["a.png", "b.png"]);
    fs::write(place.source("c.png"), "").unwrap();
    place.job.dry = true;
    let outcome = place.ingest();
    assert_eq!(
        (outcome.report.published, refused(&outcome)),
        (2, vec![("c.png", "empty-file")])
    );
    assert_eq!(
        fs::read_dir(place.job.published.join("items"))
            .unwrap()
            .count(),
        0
    );
}

#[test]
fn another_policy_for_colours_makes_images_with_a_profile_anew_and_no_others() {
    let mut place = Place::new(&["liso.png", "perfil.png"]);
    let mut info = png::Info::with_size(20, 10);
    info.color_type = png::ColorType::Rgb;
    let profile = moxcms::ColorProfile::new_adobe_rgb().encode().unwrap();
    info.icc_profile = Some(profile.into());
    let mut out = Vec::new();
    let mut writer = png::Encoder::with_info(&mut out, info)
        .unwrap()
        .write_header()
        .unwrap();
    writer.write_image_data(&[90; 600]).unwrap();
    writer.finish().unwrap();
    fs::write(place.source("perfil.png"), out).unwrap();
    let pages = |place: &Place| {
        let items = place.catalogue().items().unwrap();
        items
            .into_iter()
            .flat_map(|item| item.pages)
            .map(|page| page.stored)
            .collect::<Vec<_>>()
    };
    assert_eq!(place.ingest().converted, 2);
    let before = pages(&place);
    for (policy, word) in [
        (ColorPolicy::Embed, "embedded"),
        (ColorPolicy::ToSrgb, "converted"),
    ] {
        place.job.colors = policy;
        assert_eq!(place.ingest().converted, 1, "{policy:?}");
        assert_eq!(place.ingest().converted, 0, "{policy:?}");
        let after = pages(&place);
        assert_eq!(after[0], before[0], "{policy:?}");
        assert_eq!([&after[0].colors, &after[1].colors], ["plain", word]);
        assert_eq!(after[1] == before[1], policy == ColorPolicy::ToSrgb);
    }
}
