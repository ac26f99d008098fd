//! The image: still at first, with what turns it and zooms it.

use acervo_record::Text as Value;
use maud::{Markup, html};

use super::{ItemPage, Turn};
use crate::frame::Frame;
use crate::parts::{image, sizes};
use crate::{assets, link, text};

/// The image, still at first; the script puts deep zoom over it. What stays on a full screen.
pub(super) fn viewer(frame: &Frame<'_>, page: &ItemPage<'_>, name: &str) -> Markup {
    let language = frame.language;
    let Turn { number, total } = page.turn;
    let shown = &page.shown;
    let caption = match (total, shown.label) {
        (1, "") => None,
        (1, label) => Some(label.to_owned()),
        (_, "") => Some(text::image_of(number, total, language)),
        (_, label) => Some(format!(
            "{} · {label}",
            text::image_of(number, total, language)
        )),
    };
    let told = Value::pick(shown.alt, language)
        .map(|text| text.text.as_str())
        .collect::<Vec<_>>()
        .join(" ");
    let alt = match (told.as_str(), &caption) {
        ("", Some(caption)) => format!("{name}. {caption}"),
        ("", None) => name.to_owned(),
        _ => told,
    };
    let preview = &shown.preview;
    html! {
        div.viewer #viewer data-viewer="still" data-tiles-drawn="0"
            data-script=(assets::OPENSEADRAGON.url(frame.assets_base))
            data-help=(text::CANVAS_HELP.get(language))
            data-opening=(text::OPENING.get(language))
            data-opened=(text::OPENED.get(language))
            data-failed=(text::OPEN_FAILED.get(language))
            data-level=(text::ZOOM_LEVEL.get(language)) {
            figure {
                div.stage {
                    a.still href=(shown.larger_url) data-swap="still" data-info=(shown.info_url) {
                        // The larger form is for the script to take, where the line is good.
                        img src=(preview.src) data-srcset=[preview.srcset.as_deref()]
                            sizes=[sizes(preview, "(min-width: 64rem) 60vw, 100vw")] alt=(alt)
                            width=(preview.width) height=(preview.height)
                            decoding="async" fetchpriority="high";
                    }
                    div.deep {}
                    (tools(frame))
                }
                figcaption data-swap="caption" { @if let Some(caption) = caption { (caption) } }
            }
            p.status role="status" {}
            (turning(frame, page.turn))
        }
    }
}

/// The buttons over the image; useless without the script, which shows them.
fn tools(frame: &Frame<'_>) -> Markup {
    let language = frame.language;
    let buttons = [
        ("in", text::ZOOM_IN, "M5 12h14M12 5v14"),
        ("out", text::ZOOM_OUT, "M5 12h14"),
        (
            "home",
            text::WHOLE_IMAGE,
            "M4 11.5 12 5l8 6.5M6.5 10v9h11v-9",
        ),
        (
            "rotate",
            text::ROTATE,
            "M19 12a7 7 0 1 1-2.6-5.4L19 9M19 4v5h-5",
        ),
    ];
    html! {
        div.tools role="group" aria-label=(text::IMAGE_CONTROLS.get(language)) hidden {
            button.open type="button" data-do="open" { (text::ZOOM.get(language)) }
            @for (action, name, path) in buttons { (tool(action, name.get(language), path)) }
            (tool("full", text::FULL_SCREEN.get(language), "M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5"))
        }
    }
}

fn tool(action: &str, name: &str, path: &str) -> Markup {
    html! {
        button type="button" data-do=(action) aria-label=(name) title=(name) {
            svg.icon viewBox="0 0 24 24" width="24" height="24" aria-hidden="true" focusable="false" {
                path d=(path) {}
            }
        }
    }
}

/// Links to the image before and after, and a field for any number.
fn turning(frame: &Frame<'_>, turn: Turn) -> Markup {
    let language = frame.language;
    let Turn {
        number: here,
        total,
    } = turn;
    let to = |number| link::page(frame.query, number);
    html! {
        @if total > 1 {
            nav.turning aria-label=(text::TURN.get(language)) data-swap="turning" tabindex="-1" {
                @if here > 1 {
                    a.step rel="prev" href=(to(here - 1)) data-turn data-key="previous"
                        aria-label=(text::PREVIOUS_IMAGE.get(language)) {
                        (text::PREVIOUS.get(language))
                    }
                }
                form method="get" {
                    label for="page" { (text::GO_TO_IMAGE.get(language)) }
                    input #page type="number" name="page" inputmode="numeric" required
                        min="1" max=(total) value=(here);
                    @for (name, value) in link::hidden(frame.query, "page") {
                        input type="hidden" name=(name) value=(value);
                    }
                    span aria-hidden="true" { "/ " (total) }
                    button type="submit" { (text::GO.get(language)) }
                }
                @if here < total {
                    a.step rel="next" href=(to(here + 1)) data-turn data-key="next"
                        aria-label=(text::NEXT_IMAGE.get(language)) {
                        (text::NEXT.get(language))
                    }
                }
            }
        }
    }
}

/// The images about the one shown.
pub(super) fn strip(frame: &Frame<'_>, page: &ItemPage<'_>) -> Markup {
    let language = frame.language;
    let Turn {
        number: here,
        total,
    } = page.turn;
    html! {
        @if total > 1 {
            nav.strip aria-label=(text::ALL_IMAGES.get(language)) data-swap="strip" {
                ol role="list" {
                    @for (number, (label, small)) in page.turn.strip().zip(&page.strip) {
                        li {
                            a href=(link::page(frame.query, number)) data-turn
                                data-key={ "image-" (number) }
                                aria-label=(strip_name(label, number, total, language))
                                aria-current=[(number == here).then_some("page")] {
                                (image(small, ""))
                                span { @if label.is_empty() { (number) } @else { (label) } }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn strip_name(
    label: &str,
    number: usize,
    total: usize,
    language: acervo_tenancy::Language,
) -> String {
    let place = text::image_of(number, total, language);
    if label.is_empty() {
        place
    } else {
        format!("{label}, {place}")
    }
}
