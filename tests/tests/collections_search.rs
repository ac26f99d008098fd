//! Readers find items by what is known of them and by the words on their pages, and narrow collections down.

use std::collections::BTreeSet;
use std::fs;
use std::sync::LazyLock;

use acervo_tests::{Server, Volume, copy_folder, examples};
use anyhow::{Context as _, Result};

const MUSEUM: &str = "museo-costa";
const COLLECTIONS: [&str; 2] = ["fotografias", "libros"];

static SERVER: LazyLock<(Volume, Server)> = LazyLock::new(|| {
    let volume = museum().expect("the museum is ingested");
    let server = volume.serve(&[]).expect("the server starts");
    (volume, server)
});

fn museum() -> Result<Volume> {
    let volume = Volume::new(MUSEUM, &COLLECTIONS)?;
    for collection in COLLECTIONS {
        let source = examples().join(MUSEUM).join(collection);
        copy_folder(&source, &volume.incoming(collection))?;
        let ingest = volume.ingest(collection)?;
        assert!(ingest.status.success(), "{}", ingest.output);
    }
    Ok(volume)
}

/// What stands between the first `before` of every piece of `html` that begins with `piece`, and `after`.
fn all_between<'h>(html: &'h str, piece: &str, before: &str, after: &str) -> Vec<&'h str> {
    html.split(piece)
        .skip(1)
        .filter_map(|part| part.split_once(before)?.1.split_once(after))
        .map(|(found, _)| found)
        .collect()
}

/// The items of a page of results or of a collection, as `collection/item`, in order.
fn items(server: &Server, path: &str) -> Result<Vec<String>> {
    let answer = server.get(path)?;
    assert_eq!(answer.status, 200, "{path}: {}", answer.text());
    let html = answer.text();
    let of = |class: &str| all_between(&html, &format!("<li class=\"{class}\""), "href=\"", "\"");
    let home = format!("{}/{MUSEUM}/", server.base());
    let links = [of("result"), of("card")].concat();
    Ok(links
        .iter()
        .filter_map(|link| link.strip_prefix(&home))
        .map(|link| link.trim_end_matches('/').to_owned())
        .collect())
}

fn search(words: &str) -> String {
    format!("/{MUSEUM}/search?q={}", words.replace(' ', "+"))
}

#[test]
fn items_are_found_by_title_metadata_and_the_text_of_their_pages() -> Result<()> {
    let (_, server) = &*SERVER;
    for (words, item) in [
        ("tripulación bote Luz", "fotografias/MC-F-011"),
        ("boats on playa honda", "fotografias/MC-F-001"),
        ("guardafaros", "fotografias/MC-F-003"),
        ("Enseñada del Carenero", "fotografias/MC-F-006"),
        ("caja 3 núm 009", "fotografias/MC-F-009"),
        ("pilotos de altura", "libros/cartilla-nautica"),
        ("piloto retirado", "libros/cartilla-nautica"),
    ] {
        let found = items(server, &search(words))?;
        assert_eq!(found.first().map(String::as_str), Some(item), "{words}");
    }
    Ok(())
}

#[test]
fn words_of_alto_hocr_and_plain_text_are_marked_and_lead_to_their_page() -> Result<()> {
    let (_, server) = &*SERVER;
    for (file, item) in [
        ("cartilla-nautica/003.xml", "cartilla-nautica"),
        ("almanaque-1911/003.hocr", "almanaque-1911"),
        ("almanaque-1912/003.txt", "almanaque-1912"),
    ] {
        let text = fs::read_to_string(examples().join(MUSEUM).join("libros").join(file))?;
        let words = long_words(&text);
        let phrase = words.iter().take(3).cloned().collect::<Vec<_>>().join(" ");
        assert!(!phrase.is_empty(), "{file}");
        let answer = server.get(&search(&phrase))?;
        let html = answer.text();
        let link = format!("{}/{MUSEUM}/libros/{item}/?page=3&amp;q=", server.base());
        let at = html
            .find(&link)
            .with_context(|| format!("{phrase}: no {link} in\n{html}"))?;
        let end = html[at..].find("</li>").map_or(html.len(), |end| at + end);
        let marked = all_between(&html[at..end], "<mark", ">", "</mark>");
        assert!(!marked.is_empty(), "{phrase}: nothing is marked");
        let page = server.get(&format!("/{MUSEUM}/libros/{item}/?page=3&q={}", words[0]))?;
        assert_eq!(page.status, 200);
        assert!(
            page.text().contains(&words[0]),
            "{} is on its page",
            words[0]
        );
    }
    Ok(())
}

/// The longest words of a page, whatever its format.
fn long_words(text: &str) -> Vec<String> {
    let contents: Vec<&str> = match text.contains("CONTENT=\"") {
        true => all_between(text, "CONTENT=", "\"", "\""),
        false => match text.contains("ocrx_word") {
            true => all_between(text, "ocrx_word", ">", "<"),
            false => text.split_whitespace().collect(),
        },
    };
    let is_plain = |word: &&str| word.len() > 8 && word.chars().all(char::is_alphabetic);
    let mut seen = BTreeSet::new();
    let words = contents.into_iter().filter(is_plain);
    let fresh = words.filter(|word| seen.insert(word.to_lowercase()));
    let mut words: Vec<String> = fresh.map(str::to_owned).collect();
    words.sort_by_key(|word| std::cmp::Reverse(word.chars().count()));
    words
}

#[test]
fn accents_and_capitals_do_not_matter() -> Result<()> {
    let (_, server) = &*SERVER;
    for (one, other) in [
        ("tripulación", "TRIPULACION"),
        ("náutica", "nautica"),
        ("Inés Peralta", "ines peralta"),
        ("baños", "banos"),
    ] {
        let found = items(server, &search(one))?;
        assert!(!found.is_empty(), "{one}");
        assert_eq!(found, items(server, &search(other))?, "{one} and {other}");
    }
    Ok(())
}

#[test]
fn a_search_can_be_kept_to_one_collection() -> Result<()> {
    let (_, server) = &*SERVER;
    let everywhere = search("Puerto Sereno");
    let all = items(server, &everywhere)?;
    for collection in COLLECTIONS {
        let found = items(server, &format!("{everywhere}&in={collection}"))?;
        assert!(!found.is_empty(), "{collection}");
        let of_collection = |item: &&String| item.starts_with(&format!("{collection}/"));
        assert!(found.iter().all(|item| of_collection(&item)), "{found:?}");
        let expected: BTreeSet<_> = all.iter().filter(of_collection).collect();
        assert!(found.iter().collect::<BTreeSet<_>>().is_superset(&expected));
    }
    Ok(())
}

#[test]
fn what_nobody_wrote_finds_nothing_and_what_no_query_language_knows_does_no_harm() -> Result<()> {
    let (_, server) = &*SERVER;
    assert_eq!(items(server, &search("xilófono"))?, [""; 0]);
    for odd in [
        "%22",
        "%2A",
        "AND",
        "NOT+OR",
        "-",
        "(",
        "a%22+OR+b%22%3A",
        "title%3Afaro",
        "%00",
        "%F0%9F%98%80",
        "'",
    ] {
        let path = format!("/{MUSEUM}/search?q={odd}");
        assert_eq!(server.get(&path)?.status, 200, "{path}");
    }
    Ok(())
}

#[test]
fn numbers_behind_the_last_page_are_answered_like_the_first() -> Result<()> {
    let (_, server) = &*SERVER;
    let huge = u64::MAX;
    for (path, status) in [
        (format!("sitemap.xml?of=libros&page={huge}"), 200),
        (format!("sitemap.xml?of=libros&page={}", huge / 2), 200),
        (
            format!("presentation/3/libros/parts/{huge}/collection.json"),
            404,
        ),
        (
            format!("presentation/2/libros/parts/{huge}/collection.json"),
            404,
        ),
        (format!("libros/?page={huge}"), 404),
        (format!("search?q=faro&page={huge}"), 404),
    ] {
        let path = format!("/{MUSEUM}/{path}");
        assert_eq!(server.get(&path)?.status, status, "{path}");
    }
    Ok(())
}

#[test]
fn a_collection_is_narrowed_down_by_subject_place_and_decade_together() -> Result<()> {
    let (_, server) = &*SERVER;
    let photographs = |query: &str| items(server, &format!("/{MUSEUM}/fotografias/{query}"));
    let named = |numbers: &[u32]| -> Vec<String> {
        let name = |number| format!("fotografias/MC-F-{number:03}");
        numbers.iter().map(name).collect()
    };
    assert_eq!(photographs("")?.len(), 17);
    for (query, expected) in [
        ("?subject=Faros", named(&[3, 14])),
        ("?subject=Regatas", named(&[4, 15])),
        ("?subject=Regatas&decade=1900", named(&[4])),
        ("?subject=Regatas&decade=1910", named(&[15])),
        ("?place=Playa%20Honda", named(&[1, 7, 8, 11])),
        ("?place=Playa%20Honda&subject=Pescadores", named(&[1, 11])),
        (
            "?place=Playa%20Honda&subject=Pescadores&decade=1900",
            named(&[1, 11]),
        ),
        ("?place=Costa%20de%20Almendra&decade=1920", named(&[12])),
        ("?decade=1890", named(&[7])),
        ("?subject=Faros&place=Playa%20Honda", named(&[])),
        ("?subject=No%20hay", named(&[])),
    ] {
        assert_eq!(photographs(query)?, expected, "{query}");
    }
    Ok(())
}

#[test]
fn every_filter_leads_to_as_many_items_as_it_says() -> Result<()> {
    let (_, server) = &*SERVER;
    let path = format!("/{MUSEUM}/fotografias/");
    let html = server.get(&path)?.text();
    let mut filters = 0;
    for link in ["?subject=", "?place=", "?decade="] {
        for part in html.split(&format!("<a href=\"{link}")).skip(1) {
            let (value, rest) = part.split_once('"').context("a link")?;
            let count = rest.split_once("class=\"count\">").context("a count")?.1;
            let count: usize = count.split('<').next().unwrap_or_default().parse()?;
            let query = format!("{link}{}", value.replace("&amp;", "&"));
            assert_eq!(
                items(server, &format!("{path}{query}"))?.len(),
                count,
                "{query}"
            );
            filters += 1;
        }
    }
    assert!(filters > 20, "{filters} filters");
    Ok(())
}

/// The museum's volume, with its books' catalogue damaged from `from` for `length` bytes.
fn damaged(volume: &Volume, whole: &[u8], from: usize, length: usize) -> Result<()> {
    let mut bytes = whole.to_vec();
    let end = bytes.len().min(from + length);
    bytes[from..end].fill(0xA5);
    Ok(fs::write(
        volume.published("libros").join("catalogue"),
        bytes,
    )?)
}

#[test]
fn a_damaged_catalogue_costs_only_its_collection() -> Result<()> {
    let volume = museum()?;
    let whole = fs::read(volume.published("libros").join("catalogue"))?;
    // At its beginning, so that it is no database; and after it, so that it opens and is found out later.
    for from in [0, 4096] {
        damaged(&volume, &whole, from, whole.len())?;
        let server = volume.serve(&[])?;
        let found = items(&server, &search("Puerto Sereno"))?;
        assert!(!found.is_empty(), "nothing is found");
        assert!(
            found.iter().all(|item| item.starts_with("fotografias/")),
            "{found:?}"
        );
        for (path, status) in [
            ("", 200),
            ("fotografias/", 200),
            ("fotografias/MC-F-003/", 200),
            ("fotografias/?subject=Faros", 200),
            ("search?q=faro&in=fotografias", 200),
            ("presentation/3/collection.json", 200),
            ("presentation/3/fotografias/collection.json", 200),
            ("presentation/3/libros/cartilla-nautica/manifest.json", 500),
            ("libros/", 500),
        ] {
            let answer = server.get(&format!("/{MUSEUM}/{path}"))?;
            assert_eq!(
                answer.status,
                status,
                "from {from}: {path}: {}",
                answer.text()
            );
        }
        assert!(
            server.log().contains("libros/catalogue"),
            "{}",
            server.log()
        );
    }
    Ok(())
}

#[test]
fn wherever_a_catalogue_is_damaged_the_other_collection_is_searched_and_shown() -> Result<()> {
    const BLOCK: usize = 4096;
    let volume = museum()?;
    let whole = fs::read(volume.published("libros").join("catalogue"))?;
    assert!(whole.len() > 10 * BLOCK, "{} bytes", whole.len());
    for from in (0..whole.len()).step_by(BLOCK) {
        damaged(&volume, &whole, from, BLOCK)?;
        let server = volume.serve(&[])?;
        let found = items(&server, &search("Puerto Sereno"))?;
        let photographs = found.iter().filter(|item| item.starts_with("fotografias/"));
        assert!(photographs.count() > 0, "from {from}: {found:?}");
        for path in [
            "",
            "fotografias/",
            "fotografias/MC-F-003/",
            "search?q=n%C3%A1utica",
        ] {
            let answer = server.get(&format!("/{MUSEUM}/{path}"))?;
            assert_eq!(answer.status, 200, "from {from}: {path}\n{}", server.log());
        }
    }
    Ok(())
}
