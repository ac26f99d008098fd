//! What readers get: language, links, escaping, and documents that stand on their own.

#![expect(clippy::unwrap_used, reason = "tests")]

mod fixture;

use acervo_pages::{CONTENT_SECURITY_POLICY, Frame, Paging, Problem, assets};
use acervo_tenancy::{Bilingual, Language, LanguageMap};
use fixture::{Labels, attributes, frame};

#[test]
fn a_reader_gets_every_page_in_the_language_asked() {
    for (language, words) in [
        (
            Language::Es,
            ["Saltar al contenido", "Publicado con Acervo"],
        ),
        (Language::En, ["Skip to content", "Published with Acervo"]),
    ] {
        for (name, html) in Labels::plain().pages(&frame(language, "")) {
            assert!(
                html.starts_with(&format!("<!DOCTYPE html><html lang=\"{language}\">")),
                "{name}"
            );
            for word in words {
                assert!(html.contains(word), "{name} says {word:?}");
            }
        }
    }
}

#[test]
fn a_text_in_another_language_or_in_none_is_marked() {
    let labels = Labels::plain();
    let english = acervo_pages::item(&frame(Language::En, ""), &labels.item_page());
    assert!(english.contains(r#"<span lang="es" dir="auto">Mapas y planos</span>"#));
    assert!(english.contains(">Southern Library</a>"));
    assert!(english.contains("<bdi>Atlas_<wbr>1846</bdi>"));
    let spanish = acervo_pages::item(&frame(Language::Es, ""), &labels.item_page());
    assert!(spanish.contains(">Mapas y planos</a>"));
}

#[test]
fn a_missing_name_reads_untitled() {
    let labels = Labels {
        item: LanguageMap::default(),
        ..Labels::plain()
    };
    let html = acervo_pages::item(&frame(Language::Es, ""), &labels.item_page());
    assert!(html.contains("<h1 class=\"item\">Sin título</h1>"));
}

#[test]
fn hostile_names_stay_text() {
    for (hostile, shown) in [
        (
            "<script>alert(1)</script>",
            "&lt;script&gt;alert(1)&lt;/script&gt;",
        ),
        (
            "\"><img src=x onerror=alert(1)>",
            "&quot;&gt;&lt;img src=x onerror=alert(1)&gt;",
        ),
        ("</title><b>&amp;", "&lt;/title&gt;&lt;b&gt;&amp;amp;"),
    ] {
        for (name, html) in Labels::all(hostile).pages(&frame(Language::Es, "")) {
            let html = html.replace(&data_of(&html), "");
            assert!(!html.contains(hostile), "{name} with {hostile}");
            assert!(html.contains(shown), "{name} shows {hostile}");
        }
    }
}

#[test]
fn a_hostile_query_stays_inside_its_links() {
    let query = "x=\"><script>alert(1)</script>";
    for (name, html) in Labels::plain().pages(&frame(Language::Es, query)) {
        assert!(!html.contains("<script>"), "{name}");
    }
}

/// What stands in the page's block of data; a word that no page has if there is none.
fn data_of(html: &str) -> String {
    html.split_once("<script type=\"application/ld+json\">")
        .map_or("(no data)", |(_, rest)| {
            rest.split_once("</script>").unwrap().0
        })
        .to_owned()
}

#[test]
fn only_web_sites_are_linked_as_homepage() {
    for (homepage, linked) in [
        ("https://www.example.org/", true),
        ("javascript:alert(1)", false),
        ("data:,x", false),
    ] {
        let labels = Labels {
            homepage: homepage.to_owned(),
            ..Labels::plain()
        };
        let html = acervo_pages::institution(&frame(Language::Es, ""), &labels.institution_page());
        assert_eq!(
            attributes(&html, "href").contains(&homepage),
            linked,
            "{homepage}"
        );
    }
}

#[test]
fn the_language_switch_keeps_the_query() {
    let labels = Labels::plain();
    let html = acervo_pages::item(&frame(Language::Es, "page=2&x=1"), &labels.item_page());
    let links = attributes(&html, "href");
    assert!(links.contains(&"?page=2&amp;x=1&amp;lang=en"), "{links:?}");
    assert!(links.contains(&"?page=2&amp;x=1&amp;lang=es"), "{links:?}");
}

#[test]
fn a_chosen_language_goes_along_to_other_pages() {
    let labels = Labels::plain();
    let to_collection = |query| {
        let html = acervo_pages::item(&frame(Language::En, query), &labels.item_page());
        let links = attributes(&html, "href");
        links.contains(&"/biblioteca-sur/mapas/?lang=en")
    };
    assert!(to_collection("lang=en&page=2"));
    assert!(
        !to_collection("page=2"),
        "a negotiated language is negotiated again"
    );
}

#[test]
fn pages_of_an_item_and_of_a_list_are_plain_links() {
    let labels = Labels::plain();
    let item = acervo_pages::item(&frame(Language::En, "lang=en&page=2"), &labels.item_page());
    let links = attributes(&item, "href");
    assert!(
        links.contains(&"?lang=en") && links.contains(&"?lang=en&amp;page=3"),
        "{links:?}"
    );
    let list = acervo_pages::collection(&frame(Language::Es, "page=2"), &labels.collection_page());
    let links = attributes(&list, "href");
    assert!(
        links.contains(&"./") && links.contains(&"?page=3"),
        "{links:?}"
    );
}

#[test]
fn a_list_of_one_page_has_no_page_links() {
    let labels = Labels::plain();
    let mut page = labels.collection_page();
    page.paging = Paging::new(1, 1, 20).unwrap();
    let html = acervo_pages::collection(&frame(Language::Es, ""), &page);
    assert!(html.contains("1\u{a0}ítem<") && !html.contains("rel=\"next\""));
}

#[test]
fn the_head_names_the_address_in_each_language_and_the_document() {
    let html = acervo_pages::item(&frame(Language::Es, "page=2"), &Labels::plain().item_page());
    let here = format!("{}?page=2", fixture::ADDRESS);
    for link in [
        format!("<link rel=\"canonical\" href=\"{here}\">"),
        format!("<link rel=\"alternate\" hreflang=\"es\" href=\"{here}&amp;lang=es\">"),
        format!("<link rel=\"alternate\" hreflang=\"en\" href=\"{here}&amp;lang=en\">"),
        format!("<link rel=\"alternate\" hreflang=\"x-default\" href=\"{here}\">"),
        "<link rel=\"alternate\" type=\"application/ld+json\" \
         href=\"/biblioteca-sur/presentation/3/mapas/Atlas%201846/manifest.json\">"
            .to_owned(),
    ] {
        assert!(html.contains(&link), "{link}");
    }
}

#[test]
fn the_first_image_needs_no_script() {
    let html = acervo_pages::item(&frame(Language::Es, ""), &Labels::plain().item_page());
    let before_deep_zoom = html.split("class=\"deep\"").next().unwrap();
    assert!(
        before_deep_zoom
            .contains("<img src=\"/biblioteca-sur/image/3/mapas.abc/full/800,600/0/default.jpg\"")
    );
    assert!(before_deep_zoom.contains("alt=\"Atlas_1846. Imagen 2 de 3 · f. 2r\""));
}

#[test]
fn pages_hold_to_their_content_security_policy() {
    assert!(CONTENT_SECURITY_POLICY.starts_with("default-src 'self';"));
    for (name, html) in Labels::plain().pages(&frame(Language::Es, "")) {
        for script in html.split("<script").skip(1) {
            // Data is not run.
            if script.starts_with(" type=\"application/ld+json\">") {
                continue;
            }
            assert!(
                script.starts_with(" type=\"module\" src=\"/assets/"),
                "{name}"
            );
            assert!(
                script.contains("\"></script>"),
                "{name}: a script holds code"
            );
        }
        assert!(
            !html.contains("<style") && !html.contains(" style="),
            "{name}"
        );
        assert!(
            !html.contains(" onclick=") && !html.contains(" onload="),
            "{name}"
        );
        let loaded = ["src", "srcset", "data-script", "data-info"];
        for url in loaded
            .into_iter()
            .flat_map(|attribute| attributes(&html, attribute))
        {
            assert!(
                url.starts_with('/') && !url.starts_with("//"),
                "{name} loads {url}"
            );
        }
    }
}

#[test]
fn every_asset_that_a_page_names_is_found_and_keeps_for_ever() {
    let mut seen = std::collections::BTreeSet::new();
    for (name, html) in Labels::plain().pages(&frame(Language::Es, "")) {
        for attribute in ["href", "src", "data-script"] {
            for url in attributes(&html, attribute) {
                let Some(path) = url.strip_prefix("/assets/") else {
                    continue;
                };
                let found = assets::get(path).unwrap_or_else(|| panic!("{name} names {url}"));
                assert!(found.immutable, "{url}");
                seen.insert(found.asset.name);
            }
        }
    }
    let all = assets::ALL.iter().map(|asset| asset.name).collect();
    assert_eq!(seen, all, "no asset is left that no page names");
}

#[test]
fn a_problem_is_told_in_both_languages_and_is_not_indexed() {
    let frame = frame(Language::En, "");
    let reason = Bilingual::new("«page» debe ser un número", "“page” must be a number");
    for (problem, es, en) in [
        (
            Problem::NotFound,
            "No encontramos esta página",
            "We could not find this page",
        ),
        (
            Problem::Gone,
            "Este contenido fue retirado",
            "This content has been removed",
        ),
        (
            Problem::Suspended,
            "Estas páginas están en pausa",
            "These pages are paused",
        ),
        (
            Problem::BadRequest(None),
            "No pudimos entender",
            "We could not understand",
        ),
        (Problem::BadRequest(Some(&reason)), &reason.es, &reason.en),
        (
            Problem::ReadOnly,
            "Aquí solo se puede leer",
            "This place is for reading only",
        ),
        (
            Problem::Busy,
            "Hay mucha demanda",
            "There is a lot of demand",
        ),
        (
            Problem::Internal,
            "Algo falló de nuestro lado",
            "Something went wrong on our side",
        ),
    ] {
        let html = acervo_pages::problem(&frame, None, problem);
        let (first, second) = html
            .split_once("<div class=\"other\" lang=\"es\">")
            .unwrap();
        assert!(first.contains(en) && second.contains(es), "{problem:?}");
        assert!(
            html.contains("<meta name=\"robots\" content=\"noindex\">"),
            "{problem:?}"
        );
        assert!(!html.contains("rel=\"canonical\""), "{problem:?}");
    }
}

#[test]
fn an_institution_on_its_own_host_has_no_way_up_to_others() {
    let labels = Labels::plain();
    let alone = Frame {
        base: "",
        institutions_url: None,
        ..frame(Language::Es, "")
    };
    let html = acervo_pages::institution(&alone, &labels.institution_page());
    assert!(!html.contains("Instituciones"));
    assert!(attributes(&html, "href").contains(&"/"));
}

#[test]
fn pages_about_something_carry_data_about_it() {
    let labels = Labels::plain();
    for (name, html) in labels.pages(&frame(Language::Es, "")) {
        let data: Option<serde_json::Value> = serde_json::from_str(&data_of(&html)).ok();
        let kind = data.as_ref().map(|data| data["@type"].as_str().unwrap());
        let expected = match name {
            "institution" => Some("Organization"),
            "volumes" | "item" => Some("CreativeWork"),
            // The list of the fixture is filtered.
            _ => None,
        };
        assert_eq!(kind, expected, "{name}");
        if name == "item" {
            let data = data.unwrap();
            assert_eq!(data["dateCreated"], "1846");
            assert_eq!(data["isPartOf"]["name"], "Mapas y planos");
            assert_eq!(
                data["license"],
                "http://creativecommons.org/publicdomain/mark/1.0/"
            );
        }
    }
}

#[test]
fn a_shared_address_shows_a_title_and_an_image() {
    let html = acervo_pages::item(&frame(Language::Es, ""), &Labels::plain().item_page());
    for tag in [
        "<meta property=\"og:title\" content=\"Atlas_1846 · Imagen 2 de 3\">",
        "<meta property=\"og:description\" content=\"Atlas de la costa.\">",
        "<meta property=\"og:image\" content=\"https://iiif.example.org/share.jpg\">",
        "<meta name=\"twitter:card\" content=\"summary_large_image\">",
    ] {
        assert!(html.contains(tag), "{tag}");
    }
}

#[test]
fn a_filtered_list_is_not_indexed_and_can_be_undone() {
    let labels = Labels::plain();
    let mut page = labels.collection_page();
    let filtered = acervo_pages::collection(&frame(Language::Es, "subject=x"), &page);
    assert!(filtered.contains("noindex") && !filtered.contains("rel=\"canonical\""));
    assert!(filtered.contains("aria-label=\"Quitar Tema: f. 2r\""));
    page.filters[0].values = vec![labels.value(false)];
    let whole = acervo_pages::collection(&frame(Language::Es, ""), &page);
    assert!(!whole.contains("noindex") && !whole.contains("class=\"chip\""));
}

#[test]
fn a_value_leads_to_the_other_items_that_have_it() {
    let html = acervo_pages::item(&frame(Language::Es, ""), &Labels::plain().item_page());
    assert!(html.contains("<a href=\"/biblioteca-sur/mapas/?subject=Puertos\">Puertos</a>"));
    assert!(html.contains("<dt>Escala</dt><dd>1:7500</dd>"));
}

#[test]
fn the_text_of_a_page_is_text_in_its_own_language() {
    let labels = Labels::plain();
    let mut page = labels.item_page();
    let html = acervo_pages::item(&frame(Language::Es, ""), &page);
    assert!(html.contains("lang=\"la\" dir=\"auto\"><p>Mare <mark>f. 2r</mark></p>"));
    page.text = None;
    let html = acervo_pages::item(&frame(Language::Es, ""), &page);
    assert!(
        html.contains("<div data-swap=\"text\"></div>"),
        "the next page may have one"
    );
}

#[test]
fn a_search_says_kindly_that_it_found_nothing_and_invites_when_nothing_was_asked() {
    let labels = Labels::plain();
    for (query, es) in [
        ("bergantín", "No encontramos nada con estas palabras."),
        ("  ", "Escriba un nombre, un lugar, un tema"),
    ] {
        let mut page = labels.search_page(query);
        page.results.clear();
        let html = acervo_pages::search(&frame(Language::Es, ""), &page);
        assert!(html.contains(es) && html.contains("noindex"), "{query}");
    }
}

#[test]
fn the_report_names_file_cell_and_what_to_do() {
    let html = acervo_pages::report(&frame(Language::En, ""), &Labels::plain().report_page());
    for words in [
        "<code>mapas/f. 2r</code>",
        "row 12, column “f. 2r”",
        "Copy it again. <code>damaged-image</code>",
        "24 November 2026, 03:12 UTC",
        "1 of 4",
    ] {
        assert!(html.contains(words), "{words}");
    }
    assert!(html.contains("noindex") && !html.contains("/search"));
}

#[test]
fn every_page_has_one_first_heading_and_every_id_once() {
    for (name, html) in Labels::plain().pages(&frame(Language::Es, "")) {
        assert_eq!(html.matches("<h1").count(), 1, "{name}");
        let mut ids = attributes(&html, "id");
        ids.sort_unstable();
        let all = ids.len();
        ids.dedup();
        assert_eq!(ids.len(), all, "{name}: {ids:?}");
    }
}

#[test]
fn a_page_is_small() {
    for (name, html) in Labels::plain().pages(&frame(Language::Es, "")) {
        let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        std::io::Write::write_all(&mut writer, html.as_bytes()).unwrap();
        let bytes = writer.finish().unwrap().len();
        assert!(bytes < 6_000, "{name}: {bytes} bytes");
    }
}

#[test]
fn each_page_as_a_whole() {
    for (name, mut html) in Labels::plain().pages(&frame(Language::Es, "page=2")) {
        for asset in assets::ALL {
            html = html.replace(asset.hash, "[hash]");
        }
        insta::assert_snapshot!(name, html.replace("><", ">\n<"));
    }
}
