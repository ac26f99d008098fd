//! Languages: the two the product speaks, and texts that institutions write in any language.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

/// A language that pages, reports and messages of Acervo exist in.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// Spanish, the default.
    #[default]
    Es,
    /// English.
    En,
}

impl Language {
    /// Every language, the default first.
    pub const ALL: [Self; 2] = [Self::Es, Self::En];

    /// The BCP 47 tag: `es` or `en`.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Es => "es",
            Self::En => "en",
        }
    }

    /// The language whose tag is `tag` or a regional form of it (`es-CU` is Spanish).
    #[must_use]
    pub fn from_tag(tag: &str) -> Option<Self> {
        let primary = tag.split(['-', '_']).next()?;
        Self::ALL
            .into_iter()
            .find(|l| l.tag().eq_ignore_ascii_case(primary))
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.tag())
    }
}

/// One sentence in every language of the product.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bilingual {
    /// Spanish.
    pub es: String,
    /// English.
    pub en: String,
}

impl Bilingual {
    /// Both sentences.
    pub fn new(es: impl Into<String>, en: impl Into<String>) -> Self {
        Self {
            es: es.into(),
            en: en.into(),
        }
    }

    /// The sentence in `language`.
    #[must_use]
    pub fn get(&self, language: Language) -> &str {
        match language {
            Language::Es => &self.es,
            Language::En => &self.en,
        }
    }
}

/// A text in one or more languages, keyed by BCP 47 tag; what institutions write as labels.
///
/// An empty map is possible on the wire and reads as an empty text.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct LanguageMap(pub BTreeMap<String, String>);

impl LanguageMap {
    /// The best text for a reader of `language`: that language, else Spanish, else English, else the first.
    ///
    /// Returns the tag of the text with it, for `lang` attributes.
    #[must_use]
    pub fn pick(&self, language: Language) -> (&str, &str) {
        let of = |wanted: Language| {
            self.0
                .iter()
                .find(|(tag, _)| Language::from_tag(tag) == Some(wanted))
        };
        of(language)
            .or_else(|| of(Language::Es))
            .or_else(|| of(Language::En))
            .or_else(|| self.0.iter().next())
            .map_or(("", ""), |(tag, text)| (tag.as_str(), text.as_str()))
    }
}

impl<const N: usize> From<[(&str, &str); N]> for LanguageMap {
    fn from(pairs: [(&str, &str); N]) -> Self {
        Self(
            pairs
                .into_iter()
                .map(|(tag, text)| (tag.to_owned(), text.to_owned()))
                .collect(),
        )
    }
}
