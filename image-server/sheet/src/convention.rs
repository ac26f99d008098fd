//! Which program a sheet was written for.

use crate::heading::Heading;

/// The convention that a sheet follows, as far as its headings tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Convention {
    /// CollectionBuilder-CSV, which is our own, and every sheet of no other convention.
    CollectionBuilder,
    /// wax: `pid` and `label`.
    Wax,
    /// CSV Import of Omeka S: `dcterms:title`.
    OmekaS,
    /// Islandora Workbench: `id` and `field_…`.
    Workbench,
    /// Bulkrax, of Hyku: `source_identifier`.
    Bulkrax,
    /// tropiiify, of Tropy: `metadata:…`, `requiredstatement:value`.
    Tropiiify,
    /// Telar: `object_id`.
    Telar,
}

impl Convention {
    pub(crate) fn of(headings: &[Heading]) -> Self {
        let lower: Vec<String> = headings.iter().map(|h| h.base.to_lowercase()).collect();
        let has = |name: &str| lower.iter().any(|heading| heading == name);
        let starts = |prefixes: &[&str]| {
            lower
                .iter()
                .any(|heading| prefixes.iter().any(|prefix| heading.starts_with(prefix)))
        };
        if has("source_identifier") {
            Self::Bulkrax
        } else if has("id") && starts(&["field_"]) {
            Self::Workbench
        } else if starts(&["metadata:", "requiredstatement:", "homepage:"])
            || (has("id") && has("label") && has("summary"))
        {
            Self::Tropiiify
        } else if starts(&["dcterms:", "dc:", "o:"]) {
            Self::OmekaS
        } else if has("pid") {
            Self::Wax
        } else if has("object_id") {
            Self::Telar
        } else {
            Self::CollectionBuilder
        }
    }

    /// What separates several values in a cell.
    pub(crate) const fn separators(self) -> &'static [char] {
        match self {
            Self::CollectionBuilder | Self::Wax | Self::OmekaS | Self::Telar => &[';'],
            Self::Workbench => &['|'],
            Self::Bulkrax | Self::Tropiiify => &[';', '|'],
        }
    }

    /// Whether the separator never occurs in prose, so that every cell with one has several values.
    pub(crate) const fn separator_is_unmistakable(self) -> bool {
        matches!(self, Self::Workbench)
    }
}

#[cfg(test)]
mod tests {
    use super::Convention;
    use crate::heading::Heading;

    #[test]
    fn conventions_are_told_by_their_headings() {
        for (headings, expected) in [
            ("objectid title", Convention::CollectionBuilder),
            ("código título", Convention::CollectionBuilder),
            ("id title", Convention::CollectionBuilder),
            ("pid label", Convention::Wax),
            ("dcterms:identifier dcterms:title", Convention::OmekaS),
            ("id title field_model", Convention::Workbench),
            ("source_identifier title id", Convention::Bulkrax),
            ("id label metadata:Creator", Convention::Tropiiify),
            ("object_id title", Convention::Telar),
        ] {
            let headings: Vec<_> = headings.split(' ').map(Heading::parse).collect();
            assert_eq!(Convention::of(&headings), expected);
        }
    }
}
