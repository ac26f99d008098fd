//! For search engines: the pages that there are, and where they may look.

use std::fmt::Write as _;

use acervo_tenancy::{Tenant, TenantTable};

use crate::address::Addresses;
use crate::answer::{Asking, Place};
use crate::document::{declared, query};
use crate::html::{number, parameters};
use crate::respond::{self, Failure, Keep, Response};

/// Addresses in one file; 50,000 are allowed (sitemaps.org).
const MOST: u64 = 20_000;
const XMLNS: &str = "http://www.sitemaps.org/schemas/sitemap/0.9";
const TEXT: &str = "text/plain; charset=utf-8";
const XML: &str = "application/xml; charset=utf-8";

/// The sitemap: the index, or the file that the query names.
pub(crate) async fn sitemap(asking: Asking<'_>, place: Place<'_>) -> Result<Response, Failure> {
    match parameters(asking.query, "of").first() {
        None => index(asking, place).await,
        Some(of) => {
            let number = number(asking.query, "page").unwrap_or(1);
            file(asking, place, of, number as u64).await
        }
    }
}

/// The index: a file of the institution's own pages, and files of each collection's items.
async fn index(asking: Asking<'_>, place: Place<'_>) -> Result<Response, Failure> {
    let base = Addresses::of(asking, place).base;
    let mut files = vec![format!("{base}/sitemap.xml?of=pages")];
    for collection in &place.tenant.collections {
        let name = collection.name.as_str();
        let count = query(asking, place, name, |catalogue| {
            Ok(catalogue.summary().items)
        })
        .await;
        // A damaged catalogue costs its own collection.
        let items = count.unwrap_or_default().unwrap_or_default();
        // Works in volumes have pages too.
        for number in 0..(items * 2).div_ceil(MOST).max(1) {
            files.push(format!(
                "{base}/sitemap.xml?of={name}&amp;page={}",
                number + 1
            ));
        }
    }
    let mut text =
        format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<sitemapindex xmlns=\"{XMLNS}\">\n");
    for file in files {
        let _ = writeln!(text, "<sitemap><loc>{file}</loc></sitemap>");
    }
    text.push_str("</sitemapindex>\n");
    answer(asking, XML, text)
}

/// One file: `of` is `pages` or a collection, of whose items it has page `number`.
async fn file(
    asking: Asking<'_>,
    place: Place<'_>,
    of: &str,
    number: u64,
) -> Result<Response, Failure> {
    let addresses = Addresses::of(asking, place);
    let mut urls = Vec::new();
    if of == "pages" {
        urls.push(addresses.home());
        let collections = place.tenant.collections.iter();
        urls.extend(collections.map(|one| addresses.collection_page(one.name.as_str())));
    } else {
        declared(asking, place, of)?;
        let names = query(asking, place, of, move |catalogue| {
            // Names in their own order: a file goes on where the one before ended.
            let mut after = String::new();
            let mut names = Vec::new();
            for _ in 0..number.max(1) {
                names = catalogue.names(&after, MOST)?;
                // Behind the last file there is none, however far somebody asks.
                let Some(last) = names.last() else { break };
                after.clone_from(last);
            }
            Ok(names)
        });
        let names = names.await?.unwrap_or_default();
        urls.extend(names.iter().map(|name| addresses.item_page(of, name)));
    }
    let mut text =
        format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<urlset xmlns=\"{XMLNS}\">\n");
    for url in urls {
        let _ = writeln!(text, "<url><loc>{url}</loc></url>");
    }
    text.push_str("</urlset>\n");
    answer(asking, XML, text)
}

/// Where programs may look: everywhere but in searches and choices without end.
pub(crate) fn robots(asking: Asking<'_>, place: Place<'_>) -> Result<Response, Failure> {
    answer(
        asking,
        TEXT,
        robots_text([(place.tenant, asking)].into_iter()),
    )
}

/// Where programs may look on the platform's own host.
pub(crate) fn robots_of_all(asking: Asking<'_>, table: &TenantTable) -> Result<Response, Failure> {
    let all = table.tenants.iter().filter(|tenant| !tenant.suspended);
    answer(
        asking,
        TEXT,
        robots_text(all.map(|tenant| (tenant, asking))),
    )
}

fn robots_text<'a>(tenants: impl Iterator<Item = (&'a Tenant, Asking<'a>)>) -> String {
    let mut rules = "User-agent: *\n".to_owned();
    let mut maps = String::new();
    for (tenant, asking) in tenants {
        let address = tenant.primary();
        let path = &address.prefix;
        let _ = writeln!(rules, "Disallow: {path}/search");
        for choice in ["subject", "place", "decade"] {
            let _ = writeln!(rules, "Disallow: {path}/*?*{choice}=");
        }
        let base = address.base_url(asking.asked);
        let _ = writeln!(maps, "Sitemap: {base}/sitemap.xml");
    }
    format!("{rules}Allow: /\n\n{maps}")
}

fn answer(asking: Asking<'_>, kind: &str, text: String) -> Result<Response, Failure> {
    let etag = blake3::hash(text.as_bytes()).to_hex()[..32].to_owned();
    respond::named(asking.headers, &etag, kind, Keep::Ask, || Ok(text.into()))
}
