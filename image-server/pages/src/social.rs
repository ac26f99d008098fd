//! What a page tells machines about itself: previews where its address is shared (Open Graph), and data
//! in the vocabulary of schema.org (JSON-LD).

use acervo_tenancy::Language;
use maud::{Markup, PreEscaped, html};
use serde_json::Value;

use crate::frame::{Content, Frame, numbered};

/// The tags that services read which show a preview of a shared address.
pub(crate) fn tags(frame: &Frame<'_>, content: &Content<'_>, address: &str, site: &str) -> Markup {
    let language = frame.language;
    let others = Language::ALL.into_iter().filter(|other| *other != language);
    let kind = if content.viewer { "article" } else { "website" };
    html! {
        meta property="og:type" content=(kind);
        meta property="og:title" content=(content.title);
        meta property="og:description" content=(content.description);
        meta property="og:url" content=(frame.to(&numbered(address, content.number)));
        meta property="og:site_name" content=(site);
        meta property="og:locale" content=(locale(language));
        @for other in others { meta property="og:locale:alternate" content=(locale(other)); }
        @if let Some(image) = frame.share_image {
            meta property="og:image" content=(image);
            meta property="og:image:alt" content=(content.title);
            meta name="twitter:card" content="summary_large_image";
        } @else {
            meta name="twitter:card" content="summary";
        }
    }
}

/// Open Graph wants a territory; readers of Spanish here are Latin American.
const fn locale(language: Language) -> &'static str {
    match language {
        Language::Es => "es_LA",
        Language::En => "en_GB",
    }
}

/// A block of data, which no browser runs and which no text in it can end.
pub(crate) fn data_block(data: &Value) -> Markup {
    // In JSON these three only occur inside strings, where an escape means the same.
    let text = data
        .to_string()
        .replace('<', "\\u003c")
        .replace('>', "\\u003e")
        .replace('&', "\\u0026");
    html! { script type="application/ld+json" { (PreEscaped(text)) } }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_ends_the_block_of_data() {
        let data = serde_json::json!({ "name": "</script><!--<script> & \u{2028}" });
        let html = data_block(&data).into_string();
        let inside = html
            .strip_prefix("<script type=\"application/ld+json\">")
            .and_then(|rest| rest.strip_suffix("</script>"))
            .expect("one block");
        assert!(!inside.contains(['<', '>', '&']));
        let read: Value = serde_json::from_str(inside).expect("JSON");
        assert_eq!(read, data);
    }
}
