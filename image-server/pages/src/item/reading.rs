//! The text on the image shown, as text.

use acervo_tenancy::Language;
use maud::{Markup, html};

use super::PageText;
use crate::parts::{foreign, passage};
use crate::text;

/// The text, open where there is one; the place stays where there is none, because the next image may have
/// one.
pub(super) fn text(text: Option<&PageText<'_>>, language: Language) -> Markup {
    html! {
        div data-swap="text" {
            @if let Some(text) = text.filter(|text| !text.paragraphs.is_empty()) {
                section.text aria-labelledby="text" {
                    details open {
                        summary { h2 #text { (text::TEXT.get(language)) } }
                        @if text.recognised { p.note { (text::RECOGNISED.get(language)) } }
                        div.transcript lang=[foreign(text.language, language)] dir="auto" {
                            @for paragraph in &text.paragraphs { p { (passage(paragraph)) } }
                        }
                    }
                }
            }
        }
    }
}
