//! The whole platform of the examples, as far as its links lead.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use acervo_tests::{
    Crawl, Document, Documents, Element, Folder, How, Server, example_institutions, examples,
};
use anyhow::{Context as _, Result};
use serde_json::Value;

/// The bound of requests, beside redirects.
const MOST: usize = 3_000;
/// Whether the platform may be without sitemaps and robots.txt: then what they are for is not checked.
const SITEMAPS_MAY_BE_MISSING: bool = false;

struct Platform {
    crawl: Crawl,
    institutions: Vec<String>,
    documents: Vec<Document>,
}

static PLATFORM: LazyLock<Platform> =
    LazyLock::new(|| platform().expect("the platform is crawled"));

fn platform() -> Result<Platform> {
    let folder = Folder::of(&examples())?;
    let server = Server::start(&folder, &[])?;
    let institutions = example_institutions()?;
    let mut documents = Vec::new();
    let mut seeds = vec!["/".to_owned(), "/robots.txt".to_owned()];
    for institution in &institutions {
        documents.extend(Documents::walk(&server, server.base(), institution)?.0);
        seeds.extend([
            format!("/{institution}/sitemap.xml"),
            format!("/{institution}/presentation/3/collection.json"),
            format!("/{institution}/presentation/2/collection.json"),
        ]);
    }
    let crawl = Crawl::run(server.base(), &seeds, MOST)?;
    println!(
        "{} addresses, {} pages, {} images and chosen lists left unasked",
        crawl.visits.len(),
        crawl.pages().count(),
        crawl.left
    );
    Ok(Platform {
        crawl,
        institutions,
        documents,
    })
}

/// The pages of all items, from their manifests.
fn items() -> BTreeSet<String> {
    PLATFORM
        .documents
        .iter()
        .filter(|document| document.json["type"] == "Manifest")
        .map(|manifest| manifest.homepage().expect("every item has a page"))
        .collect()
}

fn of_sitemaps(url: &str) -> bool {
    url.ends_with("/robots.txt") || url.contains("/sitemap")
}

/// Whether sitemaps are not there and need not be.
fn without_sitemaps() -> bool {
    let missing = PLATFORM.institutions.iter().any(|institution| {
        let url = format!("{}/{institution}/sitemap.xml", PLATFORM.crawl.origin);
        PLATFORM.crawl.visits[&url].status == 404
    });
    if missing && SITEMAPS_MAY_BE_MISSING {
        println!("not checked: sitemaps, which this platform does not have");
    }
    missing && SITEMAPS_MAY_BE_MISSING
}

fn named<'p>(page: &'p [Element], name: &'static str) -> impl Iterator<Item = &'p Element> {
    page.iter().filter(move |element| element.name == name)
}

fn canonical(page: &[Element]) -> Option<&str> {
    named(page, "link")
        .find(|link| link.has("rel", "canonical"))?
        .get("href")
}

fn is_hidden(page: &[Element]) -> bool {
    named(page, "meta").any(|meta| {
        meta.get("name") == Some("robots")
            && meta
                .get("content")
                .is_some_and(|text| text.contains("noindex"))
    })
}

#[test]
fn every_link_leads_somewhere() {
    let spared = without_sitemaps();
    let broken: Vec<String> = PLATFORM
        .crawl
        .visits
        .iter()
        .filter(|(url, visit)| visit.status != 200 && !(spared && of_sitemaps(url)))
        .map(|(url, visit)| {
            format!(
                "{} {url} ({}), named by {}",
                visit.status, visit.end, visit.from
            )
        })
        .collect();
    assert!(broken.is_empty(), "{broken:#?}");
}

#[test]
fn nothing_is_loaded_from_another_host() {
    let loaded: Vec<_> = PLATFORM
        .crawl
        .foreign
        .iter()
        .filter(|foreign| foreign.link.how == How::Loaded)
        .filter(|foreign| !foreign.link.url.starts_with("data:"))
        .collect();
    assert!(loaded.is_empty(), "{loaded:#?}");
}

/// The web addresses anywhere in a document; also those within its texts, which pages make links of.
fn addresses(json: &Value, found: &mut BTreeSet<String>) {
    match json {
        Value::String(text) => {
            let starts = text.match_indices("http").map(|(at, _)| &text[at..]);
            let ends = |c: char| c.is_whitespace() || "\"'<>()".contains(c);
            found.extend(starts.filter_map(|rest| rest.split(ends).next()).map(bare));
        }
        Value::Array(all) => all.iter().for_each(|one| addresses(one, found)),
        Value::Object(all) => all.values().for_each(|one| addresses(one, found)),
        _ => {}
    }
}

/// An address as two are compared: by http or https, with its last slash or without, whatever ends the sentence.
fn bare(url: &str) -> String {
    let (_, rest) = url.split_once("://").unwrap_or(("", url));
    rest.trim_end_matches(['/', '.', ',', ';']).to_lowercase()
}

#[test]
fn pages_link_only_other_hosts_that_the_documents_name() {
    let mut declared = BTreeSet::new();
    for document in &PLATFORM.documents {
        addresses(&document.json, &mut declared);
    }
    let undeclared: Vec<_> = PLATFORM
        .crawl
        .foreign
        .iter()
        .filter(|foreign| matches!(foreign.link.how, How::Anchor | How::NoFollow | How::Head))
        .filter(|foreign| !foreign.link.url.starts_with("mailto:"))
        .filter(|foreign| !declared.contains(&bare(&foreign.link.url)))
        .collect();
    assert!(undeclared.is_empty(), "{undeclared:#?}");
}

#[test]
fn every_page_says_its_language_its_name_and_its_address() {
    let mut wrong = Vec::new();
    for (url, page) in PLATFORM.crawl.pages() {
        let language = named(page, "html").next().and_then(|html| html.get("lang"));
        if !language.is_some_and(|tag| ["es", "en"].contains(&tag)) {
            wrong.push(format!("{url}: lang={language:?}"));
        }
        let title = named(page, "title").next().map(|title| title.text.trim());
        if title.is_none_or(str::is_empty) {
            wrong.push(format!("{url}: no title"));
        }
        match canonical(page) {
            // A list that somebody chose or searched for is no page of its own.
            None if is_hidden(page) => {}
            None => wrong.push(format!(
                "{url}: no canonical address, and not hidden from search engines"
            )),
            Some(address) => wrong.extend(told_of(url, page, address)),
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// What is wrong with the addresses that a page gives itself.
fn told_of(url: &str, page: &[Element], address: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    let answer = PLATFORM.crawl.visits.get(address);
    let own = answer
        .and_then(|visit| visit.page.as_deref())
        .and_then(canonical);
    if own != Some(address) {
        wrong.push(format!("{url}: {address} says that it is {own:?}"));
    }
    for language in ["es", "en"] {
        let other = named(page, "link")
            .find(|link| link.has("rel", "alternate") && link.get("hreflang") == Some(language))
            .and_then(|link| link.get("href"));
        let answer = other.and_then(|other| PLATFORM.crawl.visits.get(other));
        let spoken = answer
            .and_then(|visit| visit.page.as_deref())
            .and_then(|page| named(page, "html").next()?.get("lang"));
        if spoken != Some(language) {
            wrong.push(format!(
                "{url}: its page in {language}, {other:?}, is in {spoken:?}"
            ));
        }
    }
    wrong
}

#[test]
fn every_item_is_reached_by_the_links_of_pages() {
    let reached = PLATFORM.crawl.reached("/");
    let items = items();
    assert!(!items.is_empty());
    let lost: Vec<_> = items
        .iter()
        .filter(|item| !reached.contains(item.as_str()))
        .collect();
    assert!(lost.is_empty(), "{lost:#?}");
}

#[test]
fn every_item_is_in_a_sitemap() {
    if without_sitemaps() {
        return;
    }
    let listed = PLATFORM.crawl.listed();
    let lost: Vec<_> = items()
        .into_iter()
        .filter(|item| !listed.contains(item.as_str()))
        .collect();
    assert!(lost.is_empty(), "{lost:#?}");
}

#[test]
fn sitemaps_list_pages_by_their_own_addresses() {
    if without_sitemaps() {
        return;
    }
    let listed = PLATFORM.crawl.listed();
    assert!(!listed.is_empty());
    for url in listed
        .into_iter()
        .filter(|url| !url.contains("/image/") && !of_sitemaps(url))
    {
        let page = PLATFORM.crawl.visits[url].page.as_deref();
        assert_eq!(page.and_then(canonical), Some(url));
    }
}

#[test]
fn robots_txt_names_the_sitemaps() -> Result<()> {
    if without_sitemaps() {
        return Ok(());
    }
    let origin = &PLATFORM.crawl.origin;
    let robots = &PLATFORM.crawl.visits[&format!("{origin}/robots.txt")];
    assert_eq!(robots.status, 200);
    let named: BTreeSet<&str> = robots.links.iter().map(|link| link.url.as_str()).collect();
    assert!(!named.is_empty(), "robots.txt names no sitemap");
    for institution in &PLATFORM.institutions {
        let own = format!("{origin}/{institution}/sitemap.xml");
        // Directly, or through a sitemap of sitemaps.
        let through = named
            .iter()
            .filter_map(|url| PLATFORM.crawl.visits.get(*url));
        let direct = named.contains(own.as_str());
        let indirect = through
            .flat_map(|visit| &visit.links)
            .any(|link| link.url == own);
        assert!(direct || indirect, "{own} is not named, by {named:?}");
    }
    Ok(())
}

#[test]
fn every_document_has_one_for_older_viewers() -> Result<()> {
    let origin = &PLATFORM.crawl.origin;
    for document in PLATFORM
        .documents
        .iter()
        .filter(|one| one.json["type"] != "AnnotationPage")
    {
        let url = format!("{origin}{}", document.path_2());
        let visit = PLATFORM.crawl.visits.get(&url);
        let visit = visit.with_context(|| format!("no link leads to {url}"))?;
        assert_eq!(visit.status, 200, "{url}");
    }
    Ok(())
}
