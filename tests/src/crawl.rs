//! Following every link of a running platform, as search engines, harvesters and browsers together would.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use anyhow::{Result, bail};

use crate::html::{Element, elements, resolve};
use crate::http::{Answer, get};
use crate::links::{How, Link, links};

/// More redirects than anything of ours needs.
const HOPS: usize = 5;

/// What came of one address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Visit {
    /// The address that led here first.
    pub from: String,
    /// The status at the end of all redirects.
    pub status: u16,
    /// The address at the end of all redirects.
    pub end: String,
    /// The content type.
    pub kind: String,
    /// Where it leads.
    pub links: Vec<Link>,
    /// The elements, if it is a page.
    pub page: Option<Vec<Element>>,
}

/// A link to another host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Foreign {
    /// Where it stands.
    pub from: String,
    /// Where it leads, and how.
    pub link: Link,
}

/// A platform, as far as its links lead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Crawl {
    /// Scheme, host and port.
    pub origin: String,
    /// What was asked, by address.
    pub visits: BTreeMap<String, Visit>,
    /// Links to other hosts.
    pub foreign: Vec<Foreign>,
    /// Images and chosen lists that were not asked, because the bound was reached.
    pub left: usize,
}

/// What is still to be asked: an address, and who named it.
type Ahead = VecDeque<(String, String)>;

#[derive(Debug, Default)]
struct Frontier {
    known: BTreeSet<String>,
    /// Pages and documents, which are asked first.
    pages: Ahead,
    images: Ahead,
    /// What only `nofollow` links lead to, such as lists chosen by filters: there are more combinations of
    /// these than anybody can ask. From one of them no such link leads on.
    chosen: Ahead,
    images_next: bool,
}

impl Frontier {
    fn add(&mut self, origin: &str, from: &str, link: &Link, on_chosen: bool) {
        let nofollow = link.how == How::NoFollow;
        let ours = link.url == origin || link.url.starts_with(&format!("{origin}/"));
        if !ours || (nofollow && (on_chosen || link.url.contains("lang="))) {
            return;
        }
        if !self.known.insert(link.url.clone()) {
            return;
        }
        let entry = (link.url.clone(), from.to_owned());
        if link.url.contains("/image/") {
            self.images.push_back(entry);
        } else if nofollow || on_chosen {
            self.chosen.push_back(entry);
        } else {
            self.pages.push_back(entry);
        }
    }

    /// The next address, who named it, and whether it is a chosen list.
    fn next(&mut self) -> Option<(String, String, bool)> {
        if let Some((url, from)) = self.pages.pop_front() {
            return Some((url, from, false));
        }
        self.images_next = !self.images_next;
        let chosen = |(url, from)| (url, from, true);
        let image = |(url, from)| (url, from, false);
        if self.images_next {
            let first = self.images.pop_front().map(image);
            first.or_else(|| self.chosen.pop_front().map(chosen))
        } else {
            let first = self.chosen.pop_front().map(chosen);
            first.or_else(|| self.images.pop_front().map(image))
        }
    }
}

impl Crawl {
    /// Follows every link from `seeds`, paths, within `origin`, with at most `most` requests beside redirects.
    ///
    /// # Errors
    /// If an address does not answer at all, or pages and documents alone are more than `most`.
    pub fn run(origin: &str, seeds: &[String], most: usize) -> Result<Self> {
        let mut crawl = Self {
            origin: origin.to_owned(),
            visits: BTreeMap::new(),
            foreign: Vec::new(),
            left: 0,
        };
        let mut frontier = Frontier::default();
        for seed in seeds {
            let seed = Link {
                url: format!("{origin}{seed}"),
                how: How::Listed,
            };
            frontier.add(origin, "the test", &seed, false);
        }
        while crawl.visits.len() < most {
            let Some((url, from, chosen)) = frontier.next() else {
                return Ok(crawl);
            };
            let visit = visit(origin, &url, from)?;
            for link in &visit.links {
                frontier.add(origin, &url, link, chosen);
                if crawl.is_foreign(link) {
                    crawl.foreign.push(Foreign {
                        from: url.clone(),
                        link: link.clone(),
                    });
                }
            }
            crawl.visits.insert(url, visit);
        }
        if let Some((url, from)) = frontier.pages.pop_front() {
            bail!(
                "more than {most} pages and documents: {url}, named by {from}, and others are left"
            );
        }
        crawl.left = frontier.images.len() + frontier.chosen.len();
        Ok(crawl)
    }

    fn is_foreign(&self, link: &Link) -> bool {
        link.url != self.origin && !link.url.starts_with(&format!("{}/", self.origin))
    }

    /// The pages that were found: address and elements.
    pub fn pages(&self) -> impl Iterator<Item = (&str, &[Element])> {
        self.visits.iter().filter_map(|(url, visit)| {
            let page = visit.page.as_deref()?;
            (visit.status == 200).then_some((url.as_str(), page))
        })
    }

    /// What a reader reaches by links alone who begins at `path`.
    #[must_use]
    pub fn reached(&self, path: &str) -> BTreeSet<&str> {
        let start = format!("{}{path}", self.origin);
        let mut ahead: Vec<&str> = self
            .visits
            .get_key_value(&start)
            .map(|(url, _)| url.as_str())
            .into_iter()
            .collect();
        let mut reached = BTreeSet::new();
        while let Some(url) = ahead.pop() {
            if !reached.insert(url) {
                continue;
            }
            let visit = self.visits.get(url);
            for link in visit.iter().flat_map(|visit| &visit.links) {
                if link.how == How::Anchor
                    && let Some((known, _)) = self.visits.get_key_value(&link.url)
                {
                    ahead.push(known);
                }
            }
        }
        reached
    }

    /// What sitemaps list, of those that were found.
    #[must_use]
    pub fn listed(&self) -> BTreeSet<&str> {
        self.visits
            .values()
            .filter(|visit| visit.kind.contains("xml"))
            .flat_map(|visit| &visit.links)
            .filter(|link| link.how == How::Listed)
            .map(|link| link.url.as_str())
            .collect()
    }
}

/// Asks for one address, through its redirects.
fn visit(origin: &str, url: &str, from: String) -> Result<Visit> {
    let mut end = url.to_owned();
    let mut answer = get(&end)?;
    for _ in 0..HOPS {
        let moved = [301, 302, 303, 307, 308].contains(&answer.status);
        let Some(to) = answer.header("location").filter(|_| moved) else {
            break;
        };
        end = resolve(&end, to);
        // A redirect elsewhere keeps its own status, which is none that a link may end with.
        if !end.starts_with(origin) {
            break;
        }
        answer = get(&end)?;
    }
    let kind = answer.header("content-type").unwrap_or_default().to_owned();
    let good = answer.status == 200;
    Ok(Visit {
        from,
        status: answer.status,
        links: if good {
            links(&end, &answer)
        } else {
            Vec::new()
        },
        page: page(&answer, &kind),
        end,
        kind,
    })
}

fn page(answer: &Answer, kind: &str) -> Option<Vec<Element>> {
    kind.starts_with("text/html")
        .then(|| elements(&answer.text()))
}
