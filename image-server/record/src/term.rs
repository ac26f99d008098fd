//! The properties that everybody knows: Dublin Core and its neighbours, with what readers call them.

use acervo_tenancy::Language;
use serde::{Deserialize, Serialize};

macro_rules! terms {
    ($($(#[$doc:meta])* $variant:ident = $word:literal, $es:literal, $en:literal;)*) => {
        /// A property that everybody knows.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(rename_all = "camelCase")]
        pub enum Term { $($(#[$doc])* $variant),* }

        impl Term {
            /// Every one, in the order in which pages show them.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// The word of Dublin Core where it has one.
            #[must_use]
            pub const fn word(self) -> &'static str {
                match self { $(Self::$variant => $word),* }
            }

            /// What readers call it.
            #[must_use]
            pub const fn label(self, language: Language) -> &'static str {
                match (self, language) {
                    $((Self::$variant, Language::Es) => $es, (Self::$variant, Language::En) => $en),*
                }
            }
        }
    };
}

terms! {
    /// Who made it.
    Creator = "creator", "Autoría", "Creator";
    /// Who else had a part in it.
    Contributor = "contributor", "Colaboración", "Contributor";
    /// When it was made, in words.
    Date = "date", "Fecha", "Date";
    /// Who published it.
    Publisher = "publisher", "Editor", "Publisher";
    /// What kind of thing it is.
    Type = "type", "Tipo", "Type";
    /// What it is made of, or how.
    Format = "format", "Formato", "Format";
    /// How large it is or how much of it there is.
    Extent = "extent", "Dimensiones", "Extent";
    /// What it is about.
    Subject = "subject", "Tema", "Subject";
    /// The place it is about or comes from.
    Location = "location", "Lugar", "Place";
    /// The language it is written in.
    Language = "language", "Idioma", "Language";
    /// The physical original or the collection it comes from.
    Source = "source", "Procedencia", "Source";
    /// Its shelf mark or number.
    Identifier = "identifier", "Signatura", "Identifier";
    /// What belongs to it.
    Relation = "relation", "Relación", "Relation";
    /// Its rights, in the institution's own words.
    RightsText = "rights", "Derechos", "Rights";
}
