//! Pages that say what went wrong and what to do next.

use acervo_tenancy::{Bilingual, Language};
use maud::{Markup, html};

use crate::frame::{Content, Frame, document};
use crate::parts::Named;
use crate::text::{self, Text};

/// What kept a page from being shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Problem<'a> {
    /// Nothing lies at the address.
    NotFound,
    /// What lay at the address was withdrawn.
    Gone,
    /// The institution is suspended.
    Suspended,
    /// A value in the address is wrong; the sentence says which and what to write instead.
    BadRequest(Option<&'a Bilingual>),
    /// The method is not one for reading.
    ReadOnly,
    /// There is no capacity at this moment.
    Busy,
    /// The server failed.
    Internal,
}

/// The page that explains `problem`, in the reader's language first and then in the others.
#[must_use]
pub fn problem(frame: &Frame<'_>, institution: Option<Named<'_>>, problem: Problem<'_>) -> String {
    let (title, help) = words(problem);
    let others = Language::ALL
        .into_iter()
        .filter(|language| *language != frame.language);
    let main = html! {
        div.problem {
            h1 { (title.get(frame.language)) }
            (explanation(problem, help, frame.language))
            // A suspended institution's start page says the same again.
            @if problem != Problem::Suspended {
                p.outward { a href=(frame.home()) { (text::HOME.get(frame.language)) } }
            }
            @for language in others {
                div.other lang=(language.tag()) {
                    h2 { (title.get(language)) }
                    (explanation(problem, help, language))
                }
            }
        }
    };
    document(
        &Frame {
            canonical: None,
            ..*frame
        },
        &Content {
            title: title.get(frame.language),
            description: help.get(frame.language),
            institution,
            document: None,
            data: None,
            number: 1,
            viewer: false,
            searches: false,
            main,
        },
    )
}

fn explanation(problem: Problem<'_>, help: Text, language: Language) -> Markup {
    html! {
        @if let Problem::BadRequest(Some(reason)) = problem {
            p.reason { (reason.get(language)) }
        }
        p { (help.get(language)) }
    }
}

const fn words(problem: Problem<'_>) -> (Text, Text) {
    match problem {
        Problem::NotFound => (text::NOT_FOUND, text::NOT_FOUND_HELP),
        Problem::Gone => (text::GONE, text::GONE_HELP),
        Problem::Suspended => (text::SUSPENDED, text::SUSPENDED_HELP),
        Problem::BadRequest(_) => (text::BAD_REQUEST, text::BAD_REQUEST_HELP),
        Problem::ReadOnly => (text::READ_ONLY, text::READ_ONLY_HELP),
        Problem::Busy => (text::BUSY, text::BUSY_HELP),
        Problem::Internal => (text::INTERNAL, text::INTERNAL_HELP),
    }
}
