//! Lists that are shown a page at a time.

use maud::{Markup, html};

use crate::frame::Frame;
use crate::{link, text};

/// Which page of a list is shown; other pages are found under `?page=`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Paging {
    pub(crate) number: usize,
    pub(crate) pages: usize,
    per_page: usize,
    pub(crate) total: u64,
}

impl Paging {
    /// Page `number` (1 is the first) of a list of `total` things, `per_page` on each.
    ///
    /// `None` if there is no such page; an empty list has one empty page.
    #[must_use]
    pub fn new(number: usize, total: u64, per_page: usize) -> Option<Self> {
        let pages = usize::try_from(total)
            .ok()?
            .div_ceil(per_page.max(1))
            .max(1);
        (1..=pages).contains(&number).then_some(Self {
            number,
            pages,
            per_page,
            total,
        })
    }

    /// How many things come before this page.
    #[must_use]
    pub const fn offset(&self) -> usize {
        (self.number - 1) * self.per_page
    }

    /// The numbers to link: first, last and those about this page; a gap between is `None`.
    fn numbers(self) -> Vec<Option<usize>> {
        let mut numbers = vec![];
        let mut last = 0;
        for number in 1..=self.pages {
            if number == 1 || number == self.pages || number.abs_diff(self.number) <= 1 {
                numbers.extend((number > last + 1).then_some(None));
                numbers.push(Some(number));
                last = number;
            }
        }
        numbers
    }
}

/// Links to the other pages of a list; nothing if there are none.
pub(crate) fn pagination(frame: &Frame<'_>, paging: Paging) -> Markup {
    let language = frame.language;
    let Paging {
        number: here,
        pages,
        ..
    } = paging;
    let to = |number| link::page(frame.query, number);
    html! {
        @if pages > 1 {
            nav.pages aria-label=(text::LIST_PAGES.get(language)) {
                @if here > 1 {
                    a.step rel="prev" href=(to(here - 1)) { (text::PREVIOUS.get(language)) }
                }
                ol role="list" {
                    @for number in paging.numbers() {
                        @match number {
                            Some(number) => li {
                                a href=(to(number)) aria-label=(text::page(number, language))
                                    aria-current=[(number == here).then_some("page")] {
                                    (text::number(number as u64, language))
                                }
                            },
                            None => li aria-hidden="true" { "…" },
                        }
                    }
                }
                @if here < pages {
                    a.step rel="next" href=(to(here + 1)) { (text::NEXT.get(language)) }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_has_exactly_the_pages_it_needs() {
        for (number, total, exists) in [
            (1, 0, true),
            (2, 0, false),
            (0, 10, false),
            (2, 10, true),
            (3, 10, false),
        ] {
            assert_eq!(
                Paging::new(number, total, 5).is_some(),
                exists,
                "{number} of {total}"
            );
        }
        assert_eq!(
            Paging::new(3, 11, 5).map(|paging| paging.offset()),
            Some(10)
        );
    }

    #[test]
    fn a_long_list_links_its_ends_and_the_neighbours() {
        let numbers = |number| {
            let paging = Paging::new(number, 100, 10).expect("a page of ten");
            let word = |n: Option<usize>| n.map_or("…".to_owned(), |n| n.to_string());
            paging
                .numbers()
                .into_iter()
                .map(word)
                .collect::<Vec<_>>()
                .join(" ")
        };
        assert_eq!(numbers(1), "1 2 … 10");
        assert_eq!(numbers(3), "1 2 3 4 … 10");
        assert_eq!(numbers(5), "1 … 4 5 6 … 10");
        assert_eq!(numbers(10), "1 … 9 10");
    }
}
