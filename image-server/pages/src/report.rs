//! The page for staff: what was published, what was not, and why.

use acervo_tenancy::{Bilingual, LanguageMap};
use maud::{Markup, html};

use crate::frame::{Content, Frame, document};
use crate::parts::{Named, named};
use crate::text;

/// What the page for staff shows.
#[derive(Debug, Clone)]
pub struct ReportPage<'a> {
    /// The institution.
    pub institution: Named<'a>,
    /// Its collections.
    pub collections: Vec<ReportCollection<'a>>,
    /// What is not published, in the order to show.
    pub refused: Vec<ReportRow<'a>>,
    /// What is published and could be better.
    pub notes: Vec<ReportRow<'a>>,
    /// What is being worked on now.
    pub work: Vec<Work<'a>>,
    /// Where the same is found as JSON or CSV, with what each is called.
    pub downloads: Vec<(&'a str, &'a str)>,
}

/// A collection in the report.
#[derive(Debug, Clone, Copy)]
pub struct ReportCollection<'a> {
    /// What it is called.
    pub label: &'a LanguageMap,
    /// The name of its folder.
    pub name: &'a str,
    /// Its public page.
    pub url: Option<&'a str>,
    /// Items that are published.
    pub published: u64,
    /// Files and rows that are not.
    pub refused: u64,
    /// Notes about what is published.
    pub notes: u64,
    /// When its last ingest ended (RFC 3339, in UTC); `None` if none has.
    pub ended: Option<&'a str>,
}

/// A file or a row that something is said about.
#[derive(Debug, Clone, Copy)]
pub struct ReportRow<'a> {
    /// The name of its collection's folder.
    pub collection: &'a str,
    /// The path of the file below that folder.
    pub path: &'a str,
    /// The row of the spreadsheet, as it counts them.
    pub row: Option<u32>,
    /// The column's heading.
    pub column: Option<&'a str>,
    /// The stable code of what is said.
    pub code: &'a str,
    /// What is said, and what to do.
    pub sentence: &'a Bilingual,
}

/// An ingest under way.
#[derive(Debug, Clone, Copy)]
pub struct Work<'a> {
    /// The name of the collection's folder.
    pub collection: &'a str,
    /// Files that are done.
    pub done: u64,
    /// Files in all; 0 while that is not known.
    pub total: u64,
}

/// The page for staff.
#[must_use]
pub fn report(frame: &Frame<'_>, page: &ReportPage<'_>) -> String {
    let language = frame.language;
    let title = text::REPORT.get(language);
    let main = html! {
        div.hero.narrow {
            p.kind { (named(page.institution.label, language)) }
            h1.item { (title) }
            p { (text::REPORT_LEAD.get(language)) }
        }
        (work(frame, &page.work))
        section aria-labelledby="collections" {
            h2 #collections { (text::COLLECTIONS.get(language)) }
            @if page.collections.is_empty() {
                p.empty { (text::NO_COLLECTIONS.get(language)) }
            } @else {
                (collections(frame, &page.collections))
            }
        }
        (rows(frame, &page.refused, "refused"))
        (rows(frame, &page.notes, "notes"))
        @if !page.downloads.is_empty() {
            section.data aria-labelledby="data" {
                h2 #data { (text::REPORT_DATA.get(language)) }
                p.document { @for (url, name) in &page.downloads { a href=(url) { (name) } " " } }
            }
        }
    };
    document(
        &Frame {
            canonical: None,
            search_url: None,
            ..*frame
        },
        &Content {
            title,
            description: text::REPORT_LEAD.get(language),
            institution: Some(page.institution),
            document: None,
            data: None,
            number: 1,
            viewer: false,
            searches: false,
            main,
        },
    )
}

fn work(frame: &Frame<'_>, work: &[Work<'_>]) -> Markup {
    let language = frame.language;
    html! {
        @if !work.is_empty() {
            section.work aria-labelledby="work" {
                h2 #work { (text::IN_WORK.get(language)) }
                @for (at, under_way) in work.iter().enumerate() {
                    p.progress {
                        label for={ "work-" (at) } { (under_way.collection) }
                        @if under_way.total > 0 {
                            progress id={ "work-" (at) } max=(under_way.total) value=(under_way.done) {}
                            span.count {
                                (text::done_of(under_way.done, under_way.total, language))
                            }
                        } @else {
                            progress id={ "work-" (at) } {}
                            span.count { (text::SCANNING.get(language)) }
                        }
                    }
                }
                p { a href="" { (text::RELOAD.get(language)) } }
            }
        }
    }
}

fn collections(frame: &Frame<'_>, collections: &[ReportCollection<'_>]) -> Markup {
    let language = frame.language;
    html! {
        div.scroll role="group" aria-labelledby="collections" tabindex="0" {
            table {
                thead {
                    tr {
                        th scope="col" { (text::COLLECTION.get(language)) }
                        th.figure scope="col" { (text::PUBLISHED.get(language)) }
                        th.figure scope="col" { (text::REFUSED.get(language)) }
                        th.figure scope="col" { (text::NOTES.get(language)) }
                        th scope="col" { (text::ENDED.get(language)) }
                    }
                }
                tbody {
                    @for collection in collections {
                        tr {
                            th scope="row" {
                                @match collection.url {
                                    Some(url) => a href=(url) { (named(collection.label, language)) },
                                    None => (named(collection.label, language)),
                                }
                                " " code { (collection.name) "/" }
                            }
                            td.figure { (text::number(collection.published, language)) }
                            td.figure { (text::number(collection.refused, language)) }
                            td.figure { (text::number(collection.notes, language)) }
                            td {
                                @match collection.ended {
                                    Some(ended) => time datetime=(ended) { (text::moment(ended, language)) },
                                    None => (text::NEVER.get(language)),
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn rows(frame: &Frame<'_>, rows: &[ReportRow<'_>], id: &str) -> Markup {
    let language = frame.language;
    let (heading, none) = match id {
        "refused" => (text::REFUSED, text::NOTHING_REFUSED),
        _ => (text::NOTES, text::NO_NOTES),
    };
    html! {
        section aria-labelledby=(id) {
            h2 id=(id) { (heading.get(language)) " (" (text::number(rows.len() as u64, language)) ")" }
            @if rows.is_empty() {
                p.empty { (none.get(language)) }
            } @else {
                // Rows are stacked on small screens, which takes the table's own meaning from it: the roles
                // give it back.
                table.findings role="table" aria-labelledby=(id) {
                    thead role="rowgroup" {
                        tr role="row" {
                            th scope="col" role="columnheader" { (text::FILE.get(language)) }
                            th scope="col" role="columnheader" { (text::WHERE.get(language)) }
                            th scope="col" role="columnheader" { (text::WHY.get(language)) }
                        }
                    }
                    tbody role="rowgroup" {
                        @for row in rows {
                            tr role="row" {
                                th scope="row" role="rowheader" { code { (row.collection) "/" (row.path) } }
                                td role="cell" { (text::cell(row.row, row.column, language)) }
                                td role="cell" { (row.sentence.get(language)) " " code { (row.code) } }
                            }
                        }
                    }
                }
            }
        }
    }
}
