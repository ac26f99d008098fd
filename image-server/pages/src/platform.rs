//! The platform's own page: its institutions.

use maud::html;

use crate::frame::{Content, Frame, document};
use crate::parts::{Card, InstitutionCard, card};
use crate::text;

/// What the platform's page shows.
#[derive(Debug, Clone)]
pub struct PlatformPage<'a> {
    /// Every institution, in the order to show.
    pub institutions: Vec<InstitutionCard<'a>>,
}

/// The platform's page.
#[must_use]
pub fn platform(frame: &Frame<'_>, page: &PlatformPage<'_>) -> String {
    let language = frame.language;
    let institutions = text::INSTITUTIONS_N.count(page.institutions.len() as u64, language);
    let items = page.institutions.iter().map(|card| card.items).sum();
    let main = html! {
        div.hero {
            h1 { (text::DIGITAL_COLLECTIONS.get(language)) }
            p.lead { (text::PLATFORM_LEAD.get(language)) }
            p.facts { (institutions) " · " (text::ITEMS_N.count(items, language)) }
        }
        section aria-labelledby="institutions" {
            h2 #institutions { (text::INSTITUTIONS.get(language)) }
            @if page.institutions.is_empty() {
                p.empty { (text::NO_INSTITUTIONS.get(language)) }
            } @else {
                ul.grid.places role="list" {
                    @for place in &page.institutions {
                        (card(frame, &Card {
                            target: place.institution,
                            thumbnail: place.thumbnail.as_ref(),
                            about: None,
                            count: Some(text::ITEMS_N.count(place.items, language)),
                        }))
                    }
                }
            }
        }
    };
    document(
        frame,
        &Content {
            title: text::DIGITAL_COLLECTIONS.get(language),
            description: text::PLATFORM_LEAD.get(language),
            institution: None,
            document: None,
            data: None,
            number: 1,
            viewer: false,
            searches: false,
            main,
        },
    )
}
