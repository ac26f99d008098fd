//! An institution's own colours: a style sheet that sets the accent and nothing else.

/// The style sheet for an accent colour, written `#rgb` or `#rrggbb`; `None` if it is written otherwise.
///
/// The colour becomes lighter or darker, with its hue kept, until text in it can be read on every ground
/// of the pages, by day and by night (WCAG 2.2, 1.4.3: a contrast of at least 4.5).
#[must_use]
pub fn css(accent: &str) -> Option<String> {
    let _ = accent;
    None
}
