//! One page of every kind that readers meet, found from the documents and by the links of the pages.

use anyhow::Result;
use serde_json::Value;

use crate::documents::{Document, Documents};
use crate::html::{Element, elements, resolve};
use crate::server::Server;

/// Where the page for staff may lie on the admin port; `{}` stands for the institution.
const REPORTS: [&str; 3] = ["/{}/report/", "/{}/report", "/report/{}/"];

/// The kinds of pages of one platform.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kinds(pub Vec<(&'static str, String)>);

impl Kinds {
    /// The kinds that every platform has whose collections can be filtered and searched.
    pub const ALL: [&'static str; 10] = [
        "list",
        "institution",
        "collection",
        "filtered",
        "item",
        "item-several",
        "search-found",
        "search-nothing",
        "search-empty",
        "problem",
    ];
    /// The page for staff, on the admin port.
    pub const REPORT: &'static str = "report";

    /// Looks for a page of each kind in `institutions`; a kind that is nowhere is left out.
    ///
    /// # Errors
    /// If a document that another one names is not there, or a page does not answer.
    pub fn find(server: &Server, institutions: &[String]) -> Result<Self> {
        let mut kinds = Self(vec![("list", server.url("/"))]);
        for institution in institutions {
            kinds.add("institution", || {
                Some(server.url(&format!("/{institution}/")))
            });
            let documents = Documents::walk(server, server.base(), institution)?;
            kinds.of_documents(&documents);
            kinds.of_pages(server, institution, &documents)?;
            kinds.add("problem", || {
                Some(server.url(&format!("/{institution}/no-such-collection/")))
            });
            for report in REPORTS {
                let path = report.replace("{}", institution);
                if server.admin(&path)?.status == 200 {
                    kinds.add(Self::REPORT, || Some(server.admin_url(&path)));
                }
            }
        }
        Ok(kinds)
    }

    /// The address of a kind.
    #[must_use]
    pub fn get(&self, kind: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(known, _)| *known == kind)
            .map(|(_, url)| url.as_str())
    }

    /// Those of [`Kinds::ALL`] that were not found.
    #[must_use]
    pub fn missing(&self) -> Vec<&'static str> {
        Self::ALL
            .into_iter()
            .filter(|kind| self.get(kind).is_none())
            .collect()
    }

    /// Adds a page of a kind if there is none yet.
    fn add(&mut self, kind: &'static str, url: impl FnOnce() -> Option<String>) {
        if self.get(kind).is_none() {
            self.0.extend(url().map(|url| (kind, url)));
        }
    }

    fn of_documents(&mut self, documents: &Documents) {
        let pages = |document: &Document| document.json["items"].as_array().map_or(0, Vec::len);
        let item = |choose: &dyn Fn(usize) -> bool| {
            documents
                .manifests()
                .find(|manifest| choose(pages(manifest)))
                .and_then(Document::homepage)
        };
        self.add("item", || item(&|pages| pages == 1));
        self.add("item-several", || item(&|pages| pages > 1));
        self.add("collection", || {
            let holds_items =
                |document: &&Document| document.json["items"][0]["type"] == "Manifest";
            documents
                .collections()
                .find(holds_items)
                .and_then(Document::homepage)
        });
    }

    fn of_pages(
        &mut self,
        server: &Server,
        institution: &str,
        documents: &Documents,
    ) -> Result<()> {
        for url in documents.collections().filter_map(Document::homepage) {
            let page = page(&url)?;
            let chosen = page
                .iter()
                .find(|e| e.name == "a" && e.has("rel", "nofollow"))
                .and_then(|link| link.get("href"));
            self.add("filtered", || chosen.map(|to| resolve(&url, to)));
        }
        let url = server.url(&format!("/{institution}/"));
        let Some(search) = search_of(&page(&url)?).map(|to| resolve(&url, &to)) else {
            return Ok(());
        };
        let word = documents
            .manifests()
            .find_map(|one| word_of(&one.json["label"]));
        self.add("search-found", || {
            let word = word.as_deref().map(Documents::segment)?;
            Some(format!("{search}?q={word}"))
        });
        self.add("search-nothing", || Some(format!("{search}?q=xyzzyqwk")));
        self.add("search-empty", || Some(search.clone()));
        Ok(())
    }
}

fn page(url: &str) -> Result<Vec<Element>> {
    let answer = crate::http::get(url)?;
    Ok(elements(&answer.text()))
}

/// Where the form leads whose field is called `q`.
fn search_of(page: &[Element]) -> Option<String> {
    let field = page
        .iter()
        .position(|e| e.name == "input" && e.get("name") == Some("q"))?;
    let form = page[..field].iter().rfind(|e| e.name == "form")?;
    form.get("action").map(str::to_owned)
}

/// A word of a label that is long enough to be searched for.
fn word_of(label: &Value) -> Option<String> {
    let texts = label.as_object()?.values().flat_map(|texts| {
        let all = texts.as_array().map_or(&[][..], Vec::as_slice);
        all.iter().filter_map(Value::as_str)
    });
    texts
        .flat_map(|text| text.split(|c: char| !c.is_alphabetic()))
        .find(|word| word.chars().count() >= 5)
        .map(str::to_owned)
}
