//! The page of an item of several volumes: what is known of the whole, and its volumes.

use acervo_record::Record;
use maud::html;

use crate::citation::{self, Citation};
use crate::frame::{Content, Frame, document};
use crate::metadata::{self, ValueLink};
use crate::paging::{Paging, pagination};
use crate::parts::{ItemCard, Named, breadcrumbs, document_link, item_grid, named, title_of};
use crate::{schema, text};

/// What the page of an item of several volumes shows.
#[derive(Debug, Clone)]
pub struct VolumesPage<'a> {
    /// Whose item it is.
    pub institution: Named<'a>,
    /// The collection it belongs to.
    pub collection: Named<'a>,
    /// The item.
    pub item: Named<'a>,
    /// What is known of it.
    pub record: &'a Record,
    /// Where values of its record lead.
    pub links: Vec<ValueLink<'a>>,
    /// The URI of the rights statement of the collection, for a record without one.
    pub rights: Option<&'a str>,
    /// The volumes of this page of the list.
    pub volumes: Vec<ItemCard<'a>>,
    /// Which page of the list this is; its total counts volumes.
    pub paging: Paging,
    /// The URL of the IIIF collection of the volumes.
    pub collection_url: &'a str,
}

/// The page of an item of several volumes.
#[must_use]
pub fn volumes(frame: &Frame<'_>, page: &VolumesPage<'_>) -> String {
    let language = frame.language;
    let (_, name) = title_of(page.item.label, language);
    let (_, collection) = title_of(page.collection.label, language);
    let (_, institution) = title_of(page.institution.label, language);
    let volumes = text::VOLUMES_N.count(page.paging.total, language);
    let number = page.paging.number;
    let title = match number {
        1 => name.to_owned(),
        _ => format!("{name} · {}", text::page(number, language)),
    };
    let citation = frame.canonical.map(|url| Citation {
        title: name,
        record: page.record,
        collection,
        institution,
        url,
    });
    let main = html! {
        (breadcrumbs(frame, &[page.institution, page.collection]))
        div.hero {
            p.kind { (volumes) }
            h1.item { (named(page.item.label, language)) }
            (metadata::summary(page.record, language))
        }
        section.list aria-labelledby="volumes" {
            h2.unseen #volumes { (text::VOLUMES.get(language)) }
            (item_grid(frame, &page.volumes))
            (pagination(frame, page.paging))
        }
        section.whole aria-labelledby="about" {
            h2 #about { (text::ABOUT.get(language)) }
            dl.record { (metadata::entries(frame, page.record, &page.links)) }
            @if let Some(rights) = metadata::rights(page.record, page.rights, language) {
                h3 { (text::RIGHTS.get(language)) }
                (rights)
            }
            (metadata::elsewhere(page.record, language))
        }
        @if let Some(citation) = citation { (citation::section(&citation.line(language), language)) }
        section.data aria-labelledby="data" {
            h2 #data { (text::DATA.get(language)) }
            (document_link(text::COLLECTION_DOCUMENT, page.collection_url, language))
        }
    };
    document(
        frame,
        &Content {
            title: &title,
            description: &format!("{name}. {collection}, {institution}. {volumes}."),
            institution: Some(page.institution),
            document: Some(page.collection_url),
            data: frame.canonical.map(|address| {
                schema::item(
                    frame,
                    &schema::Work {
                        address,
                        name,
                        record: page.record,
                        collection: page.collection,
                        institution: page.institution,
                        rights: page.rights,
                        document: page.collection_url,
                    },
                )
            }),
            number,
            viewer: false,
            searches: false,
            main,
        },
    )
}
