//! What pages are about, in the vocabulary of schema.org.

use acervo_record::{Record, Term, Text as Value};
use acervo_tenancy::Language;
use serde_json::{Map, Value as Json, json};

use crate::collection::CollectionPage;
use crate::frame::Frame;
use crate::institution::InstitutionPage;
use crate::link;
use crate::metadata;
use crate::parts::{Named, paragraphs, title_of};

/// An institution that has a web site of its own is known by it.
pub(crate) fn institution(frame: &Frame<'_>, address: &str, page: &InstitutionPage<'_>) -> Json {
    let language = frame.language;
    let mut about = thing("Organization", address, page.institution, language);
    set(&mut about, "sameAs", page.homepage.and_then(link::web));
    set(&mut about, "logo", frame.logo.map(|logo| logo.src.as_str()));
    set(&mut about, "image", frame.share_image);
    let text = page.about.map(|text| paragraphs(text.pick(language).1));
    set(
        &mut about,
        "description",
        text.as_ref()
            .and_then(|all| all.first())
            .map(String::as_str),
    );
    Json::Object(about)
}

/// A collection, and whose it is.
pub(crate) fn collection(address: &str, page: &CollectionPage<'_>, language: Language) -> Json {
    let mut about = thing("Collection", address, page.collection, language);
    let text = page
        .description
        .map(|text| paragraphs(text.pick(language).1));
    set(
        &mut about,
        "description",
        text.as_ref()
            .and_then(|all| all.first())
            .map(String::as_str),
    );
    set(&mut about, "license", page.rights.and_then(link::web));
    about.insert("size".into(), json!(page.paging.total));
    about.insert(
        "provider".into(),
        part("Organization", page.institution, language),
    );
    Json::Object(about)
}

/// What is told of an item.
pub(crate) struct Work<'a> {
    pub(crate) address: &'a str,
    pub(crate) name: &'a str,
    pub(crate) record: &'a Record,
    pub(crate) collection: Named<'a>,
    pub(crate) institution: Named<'a>,
    pub(crate) rights: Option<&'a str>,
    pub(crate) document: &'a str,
}

/// An item with what its record says.
pub(crate) fn item(frame: &Frame<'_>, work: &Work<'_>) -> Json {
    let language = frame.language;
    let mut about = Map::new();
    set(&mut about, "@context", Some("https://schema.org"));
    set(&mut about, "@type", Some("CreativeWork"));
    set(&mut about, "@id", Some(work.address));
    set(&mut about, "url", Some(work.address));
    set(&mut about, "name", Some(work.name));
    let summary = Value::pick(&work.record.summary, language).next();
    set(
        &mut about,
        "description",
        summary.map(|text| text.text.as_str()),
    );
    set(&mut about, "image", frame.share_image);
    for (term, property) in [
        (Term::Creator, "creator"),
        (Term::Contributor, "contributor"),
        (Term::Date, "dateCreated"),
        (Term::Publisher, "publisher"),
        (Term::Type, "genre"),
        (Term::Subject, "about"),
        (Term::Location, "spatialCoverage"),
        (Term::Language, "inLanguage"),
        (Term::Identifier, "identifier"),
    ] {
        let values = metadata::all(work.record, term, language);
        if let Some(values) = one_or_more(&values) {
            about.insert(property.into(), values);
        }
    }
    let rights = work.record.rights.as_deref().or(work.rights);
    set(&mut about, "license", rights.and_then(link::web));
    let homepage = work.record.homepage.as_ref();
    set(
        &mut about,
        "sameAs",
        homepage.and_then(|homepage| link::web(&homepage.url)),
    );
    about.insert(
        "isPartOf".into(),
        part("Collection", work.collection, language),
    );
    about.insert(
        "provider".into(),
        part("Organization", work.institution, language),
    );
    about.insert(
        "encoding".into(),
        json!({
            "@type": "MediaObject",
            "contentUrl": work.document,
            "encodingFormat": "application/ld+json",
        }),
    );
    Json::Object(about)
}

fn thing(kind: &str, address: &str, named: Named<'_>, language: Language) -> Map<String, Json> {
    let mut about = Map::new();
    set(&mut about, "@context", Some("https://schema.org"));
    set(&mut about, "@type", Some(kind));
    set(&mut about, "@id", Some(address));
    set(&mut about, "url", Some(address));
    set(&mut about, "name", Some(title_of(named.label, language).1));
    about
}

fn part(kind: &str, named: Named<'_>, language: Language) -> Json {
    json!({ "@type": kind, "name": title_of(named.label, language).1, "url": named.url })
}

fn set(about: &mut Map<String, Json>, property: &str, value: Option<&str>) {
    if let Some(value) = value {
        about.insert(property.to_owned(), Json::from(value));
    }
}

fn one_or_more(values: &[&str]) -> Option<Json> {
    match values {
        [] => None,
        [one] => Some(Json::from(*one)),
        more => Some(json!(more)),
    }
}
