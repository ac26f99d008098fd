//! The record itself.

use acervo_tenancy::{Language, LanguageMap};
use serde::{Deserialize, Serialize};

use crate::date::Date;
use crate::term::Term;

/// A piece of text in one language, or in none, such as a number or a name.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Text {
    /// The BCP 47 tag; `None` for what is in no language.
    #[serde(default, skip_serializing_if = "Option::is_none", rename = "lang")]
    pub language: Option<String>,
    /// The text: plain, without control characters but line breaks; never empty.
    pub text: String,
}

impl Text {
    /// A text in the language of `tag`.
    pub fn in_language(tag: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            language: Some(tag.into()),
            text: text.into(),
        }
    }

    /// A text in no language.
    pub fn plain(text: impl Into<String>) -> Self {
        Self {
            language: None,
            text: text.into(),
        }
    }

    /// Those of `texts` that a reader of `language` sees: those in the language, else those in no
    /// language, else those of the first language that there is.
    pub fn pick(texts: &[Self], language: Language) -> impl Iterator<Item = &Self> {
        let is = |text: &Self, wanted: Option<Language>| {
            text.language.as_deref().and_then(Language::from_tag) == wanted && wanted.is_some()
        };
        let tag = if texts.iter().any(|text| is(text, Some(language))) {
            texts
                .iter()
                .find(|text| is(text, Some(language)))
                .and_then(|text| text.language.clone())
        } else if texts.iter().any(|text| text.language.is_none()) {
            None
        } else {
            texts.first().and_then(|text| text.language.clone())
        };
        texts.iter().filter(move |text| text.language == tag)
    }
}

/// What is known of an item.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Record {
    /// What people call it; empty where its name must do.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub label: Vec<Text>,
    /// What it is, in a sentence or a few.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub summary: Vec<Text>,
    /// Everything else that is said of it, in the order to show.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub metadata: Vec<Entry>,
    /// The URI of its rights statement or licence, in its canonical spelling.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rights: Option<String>,
    /// The text that must be shown with it (`requiredStatement`), one value a language.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub statement: Vec<Text>,
    /// Its page on the institution's own web site.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub homepage: Option<Link>,
    /// Further descriptions of it, for programs.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub see_also: Vec<Link>,
    /// When it was made, as far as that can be computed with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date: Option<Date>,
    /// Where on Earth it belongs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
    /// How viewers are to show its pages.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub behavior: Vec<Behavior>,
    /// In which direction its pages follow each other.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub viewing_direction: Option<Direction>,
    /// The number of the page that stands for it, from 1; the first if `None`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub thumbnail: Option<u32>,
    /// Its chapters, in order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ranges: Vec<Range>,
    /// Whether the institution wants it seen first.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub featured: bool,
}

/// One thing that is said of an item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// What is said.
    pub property: Property,
    /// Its values, in order; never empty.
    pub values: Vec<Text>,
}

/// What an entry says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Property {
    /// A property that everybody knows.
    Term(Term),
    /// A column of the institution's own, by its heading.
    Other(Vec<Text>),
}

/// A link to something elsewhere; `url` is an absolute http or https URL.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// Where it leads.
    pub url: String,
    /// What it is called; empty where nobody said.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub label: Vec<Text>,
    /// The media type, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format: Option<String>,
}

/// A point on Earth (WGS 84), in millionths of a degree, so that equal points are equal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// Latitude, -90,000,000 to 90,000,000.
    pub latitude: i32,
    /// Longitude, -180,000,000 to 180,000,000.
    pub longitude: i32,
}

/// A chapter: it goes from a page to where the next one of its level or a higher one begins.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Range {
    /// What it is called.
    pub label: Vec<Text>,
    /// The number of its first page, from 1.
    pub page: u32,
    /// How deep it lies: 1 is a chapter, 2 a section of a chapter.
    pub level: u8,
}

/// How viewers are to show an item's pages (Presentation API 3.0, `behavior`): those for manifests whose
/// effect does not need time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Behavior {
    /// Pages lie open in pairs.
    Paged,
    /// Pages are views of their own.
    Individuals,
    /// Pages join into one long strip.
    Continuous,
    /// Pages have no order.
    Unordered,
}

/// In which direction pages follow each other (Presentation API 3.0, `viewingDirection`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Direction {
    /// As in Spanish.
    LeftToRight,
    /// As in Arabic.
    RightToLeft,
    /// As on a scroll.
    TopToBottom,
    /// The other way round.
    BottomToTop,
}

macro_rules! words {
    ($name:ident { $($variant:ident = $word:literal),* $(,)? }) => {
        impl $name {
            /// Every one.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// The word of the specification.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),* }
            }

            /// The one that the specification calls `word`, in any case.
            #[must_use]
            pub fn from_word(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|known| known.as_str().eq_ignore_ascii_case(word))
            }
        }
    };
}

words!(Behavior {
    Paged = "paged",
    Individuals = "individuals",
    Continuous = "continuous",
    Unordered = "unordered",
});
words!(Direction {
    LeftToRight = "left-to-right",
    RightToLeft = "right-to-left",
    TopToBottom = "top-to-bottom",
    BottomToTop = "bottom-to-top",
});

impl Record {
    /// The label by language tag, joined where a language has several; `name` in no language if there is
    /// none.
    #[must_use]
    pub fn label_or(&self, name: &str) -> LanguageMap {
        if self.label.is_empty() {
            return LanguageMap::from([("none", name)]);
        }
        let mut map = LanguageMap::default();
        for text in &self.label {
            let tag = text.language.clone().unwrap_or_else(|| "none".to_owned());
            map.0
                .entry(tag)
                .and_modify(|all| {
                    all.push_str("; ");
                    all.push_str(&text.text);
                })
                .or_insert_with(|| text.text.clone());
        }
        map
    }

    /// Gives back memory that lists have for more than they hold: a collection may have 100,000 records.
    pub fn shrink(&mut self) {
        for entry in &mut self.metadata {
            entry.values.shrink_to_fit();
        }
        self.metadata.shrink_to_fit();
        for texts in [&mut self.label, &mut self.summary, &mut self.statement] {
            texts.shrink_to_fit();
        }
    }

    /// The values of a property, in every language.
    pub fn values(&self, term: Term) -> impl Iterator<Item = &Text> {
        self.metadata
            .iter()
            .filter(move |entry| entry.property == Property::Term(term))
            .flat_map(|entry| &entry.values)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reader_sees_one_language() {
        let es = Text::in_language("es", "mapa");
        let en = Text::in_language("en", "map");
        let none = Text::plain("Map 3");
        let fr = Text::in_language("fr", "carte");
        for (texts, language, expected) in [
            (vec![&es, &en], Language::En, vec!["map"]),
            (vec![&es, &none], Language::En, vec!["Map 3"]),
            (vec![&fr, &es], Language::En, vec!["carte"]),
            (vec![&none, &es], Language::Es, vec!["mapa"]),
            (vec![], Language::Es, vec![]),
        ] {
            let texts: Vec<Text> = texts.into_iter().cloned().collect();
            let picked: Vec<_> = Text::pick(&texts, language)
                .map(|t| t.text.as_str())
                .collect();
            assert_eq!(picked, expected, "{texts:?}");
        }
    }

    #[test]
    fn a_record_is_stored_as_it_is() {
        let record = Record {
            label: vec![Text::in_language("es", "Plano")],
            metadata: vec![Entry {
                property: Property::Term(Term::Creator),
                values: vec![Text::plain("Ana")],
            }],
            behavior: vec![Behavior::Paged],
            ..Record::default()
        };
        let text = serde_json::to_string(&record).expect("JSON");
        assert_eq!(
            text,
            r#"{"label":[{"lang":"es","text":"Plano"}],"metadata":[{"property":{"term":"creator"},"values":[{"text":"Ana"}]}],"behavior":["paged"]}"#
        );
        let read: Record = serde_json::from_str(&text).expect("a record");
        assert_eq!(read, record);
    }
}
