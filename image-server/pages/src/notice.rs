//! The page that answers at every address of a suspended institution.
//!
//! It stands alone: its style is in it, because whoever serves it knows neither the institution nor where
//! its assets would lie.

use acervo_tenancy::Language;
use maud::{DOCTYPE, PreEscaped, html};

use crate::{assets, text};

/// The policy that the page holds to; send it as `Content-Security-Policy`. The page is the same for
/// everybody and holds nothing that anybody wrote, so its style needs no proof of where it is from.
pub const NOTICE_SECURITY_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; \
     base-uri 'none'; form-action 'none'; frame-ancestors 'self'";

/// The page of a suspended institution, in the reader's language first and then in the others.
#[must_use]
pub fn notice(language: Language) -> String {
    let (title, help) = (text::SUSPENDED, text::SUSPENDED_HELP);
    let others = Language::ALL.into_iter().filter(|other| *other != language);
    let style = String::from_utf8_lossy(assets::STYLE.bytes);
    let markup = html! {
        (DOCTYPE)
        html lang=(language.tag()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title.get(language)) " · " (text::PLATFORM) }
                meta name="description" content=(help.get(language));
                meta name="color-scheme" content="light dark";
                meta name="robots" content="noindex";
                style { (PreEscaped(style)) }
            }
            body {
                header.site {
                    div.wide {
                        span.brand { (text::PLATFORM) }
                        nav.languages aria-label=(text::LANGUAGE.get(language)) {
                            @for other in Language::ALL {
                                a href={ "?lang=" (other.tag()) } lang=(other.tag()) hreflang=(other.tag())
                                    aria-current=[(other == language).then_some("true")] {
                                    (text::language_name(other))
                                }
                            }
                        }
                    }
                }
                main.wide {
                    div.problem {
                        h1 { (title.get(language)) }
                        p { (help.get(language)) }
                        @for other in others {
                            div.other lang=(other.tag()) {
                                h2 { (title.get(other)) }
                                p { (help.get(other)) }
                            }
                        }
                    }
                }
                footer.site {
                    div.wide { p { (text::PUBLISHED_WITH.get(language)) } }
                }
            }
        }
    };
    markup.into_string()
}

/// That the institution is suspended, in one sentence, for programs and their authors.
#[must_use]
pub const fn notice_sentence(language: Language) -> &'static str {
    text::SUSPENDED.get(language)
}
