//! The frame around every page: head, header with search and the language switch, footer.

use acervo_tenancy::Language;
use maud::{DOCTYPE, Markup, html};
use serde_json::Value;

use crate::parts::{Image, Named, named, title_of};
use crate::{assets, link, search, social, text};

/// The policy that every page holds to; send it as `Content-Security-Policy`.
///
/// No inline script, no inline style, nothing from another host.
pub const CONTENT_SECURITY_POLICY: &str = "default-src 'self'; object-src 'none'; \
     base-uri 'none'; form-action 'self'; frame-ancestors 'self'";

/// Who asks for a page, and where it lies.
#[derive(Debug, Clone, Copy, Default)]
pub struct Frame<'a> {
    /// The language to answer in.
    pub language: Language,
    /// The raw query string as asked, without `?`; links to the page itself keep its other pairs.
    ///
    /// While it holds `lang=`, every link to another page carries the language on.
    pub query: &'a str,
    /// The base URL without final slash, absolute or relative to the host (`/biblioteca-sur`, or
    /// empty): the start page is found under it.
    pub base: &'a str,
    /// The base URL whose `/assets/` answers, of the same form; one for many institutions of a host
    /// spares their readers from loading the same files again.
    pub assets_base: &'a str,
    /// The absolute URL of this page without query; `None` for a page that has no address of its
    /// own, such as an error.
    pub canonical: Option<&'a str>,
    /// Where all institutions are listed, if such a page exists.
    pub institutions_url: Option<&'a str>,
    /// The institution's own colours.
    pub theme: Option<ThemeLink<'a>>,
    /// The institution's logo, which the header shows beside its name.
    pub logo: Option<&'a Image>,
    /// Where the institution's collections are searched with `?q=`; `None` if they cannot be.
    pub search_url: Option<&'a str>,
    /// The absolute URL of the image that stands for the page where somebody shares its address; about
    /// 1200 pixels wide.
    pub share_image: Option<&'a str>,
    /// Further forms of this page for programs, beside its manifest or collection.
    pub alternates: &'a [Alternate<'a>],
}

/// The style sheet that [`theme::css`](crate::theme::css) made for an institution.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ThemeLink<'a> {
    /// Its URL, on the host that was asked.
    pub url: &'a str,
}

/// Another form of a page, named in its head.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Alternate<'a> {
    /// Its URL.
    pub url: &'a str,
    /// Its media type: `text/csv`, `application/atom+xml`.
    pub media_type: &'a str,
    /// What it is called.
    pub title: &'a str,
}

impl Frame<'_> {
    /// `url` of another page, in the language that the reader chose for this one.
    pub(crate) fn to(&self, url: &str) -> String {
        match link::language(self.query) {
            Some(_) => link::in_language(url, self.language),
            None => url.to_owned(),
        }
    }

    /// The start page under the base URL.
    pub(crate) fn home(&self) -> String {
        self.to(&format!("{}/", self.base))
    }
}

/// What one page adds to the frame.
pub(crate) struct Content<'a> {
    /// The page's own name, first in the browser's tab.
    pub(crate) title: &'a str,
    /// One sentence about the page for search engines.
    pub(crate) description: &'a str,
    /// Whose page it is, named in the header; the platform's own if `None`.
    pub(crate) institution: Option<Named<'a>>,
    /// The same thing for programs: a manifest or a collection.
    pub(crate) document: Option<&'a str>,
    /// What the page is about, in the vocabulary of schema.org.
    pub(crate) data: Option<Value>,
    /// The number of this page where several share an address; 1 elsewhere.
    pub(crate) number: usize,
    /// Whether the page holds the deep zoom viewer.
    pub(crate) viewer: bool,
    /// Whether the page has the search box in its own content.
    pub(crate) searches: bool,
    /// What stands inside `main`.
    pub(crate) main: Markup,
}

/// The whole document.
pub(crate) fn document(frame: &Frame<'_>, content: &Content<'_>) -> String {
    let language = frame.language;
    let markup = html! {
        (DOCTYPE)
        html lang=(language.tag()) {
            (head(frame, content))
            body {
                a.skip href="#main" { (text::SKIP.get(language)) }
                header.site {
                    div.wide {
                        a.brand href=(frame.home()) { (brand(frame, content)) }
                        @if !content.searches && content.institution.is_some() {
                            (search::in_header(frame))
                        }
                        (language_switch(frame))
                    }
                }
                main #main.wide tabindex="-1" { (content.main) }
                (footer(frame, content))
            }
        }
    };
    markup.into_string()
}

fn head(frame: &Frame<'_>, content: &Content<'_>) -> Markup {
    let site = match content.institution {
        Some(institution) => title_of(institution.label, frame.language).1,
        None => text::PLATFORM,
    };
    html! {
        head {
            meta charset="utf-8";
            meta name="viewport" content="width=device-width, initial-scale=1";
            title data-swap="title" {
                (content.title) @if content.title != site { " · " (site) }
            }
            meta name="description" content=(content.description);
            meta name="color-scheme" content="light dark";
            @if let Some(address) = frame.canonical {
                (addresses(frame, address, content.number))
                (social::tags(frame, content, address, site))
            } @else {
                meta name="robots" content="noindex";
            }
            @if let Some(document) = content.document {
                link rel="alternate" type="application/ld+json" href=(document);
            }
            @for other in frame.alternates {
                link rel="alternate" type=(other.media_type) href=(other.url) title=(other.title);
            }
            link rel="icon" type="image/svg+xml" href=(assets::ICON.url(frame.assets_base));
            link rel="stylesheet" href=(assets::STYLE.url(frame.assets_base));
            @if let Some(theme) = frame.theme { link rel="stylesheet" href=(theme.url); }
            @if content.document.is_some() {
                script type="module" src=(assets::COPY.url(frame.assets_base)) {}
            }
            @if content.viewer {
                script type="module" src=(assets::VIEWER.url(frame.assets_base)) {}
            }
            @if let (Some(data), Some(_)) = (&content.data, frame.canonical) {
                (social::data_block(data))
            }
        }
    }
}

/// The canonical address, and the same page in each language.
fn addresses(frame: &Frame<'_>, address: &str, number: usize) -> Markup {
    let page = numbered(address, number);
    html! {
        link rel="canonical" href=(frame.to(&page));
        @for language in Language::ALL {
            link rel="alternate" hreflang=(language.tag())
                href=(link::in_language(&page, language));
        }
        link rel="alternate" hreflang="x-default" href=(page);
    }
}

/// The address of page `number` where several share `address`.
pub(crate) fn numbered(address: &str, number: usize) -> String {
    match number {
        0 | 1 => address.to_owned(),
        _ => format!("{address}?page={number}"),
    }
}

fn brand(frame: &Frame<'_>, content: &Content<'_>) -> Markup {
    html! {
        @match content.institution {
            Some(institution) => {
                @if let Some(logo) = frame.logo {
                    img src=(logo.src) srcset=[logo.srcset.as_deref()] alt=""
                        width=(logo.width) height=(logo.height) decoding="async";
                }
                span { (named(institution.label, frame.language)) }
            },
            None => span { (text::PLATFORM) },
        }
    }
}

fn language_switch(frame: &Frame<'_>) -> Markup {
    html! {
        nav.languages aria-label=(text::LANGUAGE.get(frame.language)) data-swap="languages" {
            @for language in Language::ALL {
                a href=(link::with(frame.query, "lang", Some(language.tag())))
                    lang=(language.tag()) hreflang=(language.tag())
                    aria-current=[(language == frame.language).then_some("true")] {
                    (text::language_name(language))
                }
            }
        }
    }
}

fn footer(frame: &Frame<'_>, content: &Content<'_>) -> Markup {
    html! {
        footer.site {
            div.wide {
                p { (text::PUBLISHED_WITH.get(frame.language)) }
                @if content.viewer {
                    p {
                        a href=(assets::OPENSEADRAGON_LICENSE.url(frame.assets_base)) hreflang="en" {
                            (text::VIEWER_CREDIT.get(frame.language))
                        }
                    }
                }
            }
        }
    }
}
