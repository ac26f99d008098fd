//! How to cite an item: one line of plain text, in the manner of the APA (7th edition, 10.12 and 10.14).

use acervo_record::{Record, Term};
use acervo_tenancy::Language;
use maud::{Markup, html};

use crate::parts::copy_text;
use crate::{metadata, text};

/// What a citation is made of.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Citation<'a> {
    pub(crate) title: &'a str,
    pub(crate) record: &'a Record,
    pub(crate) collection: &'a str,
    pub(crate) institution: &'a str,
    /// The item's own address, absolute.
    pub(crate) url: &'a str,
}

impl Citation<'_> {
    /// `Ruiz, A. (1846). Plano [Mapa]. Mapas y planos, Biblioteca del Sur. https://…`
    ///
    /// Without a creator the title comes first. The date of the visit is left out: the address stays.
    pub(crate) fn line(&self, language: Language) -> String {
        let creators: Vec<_> = metadata::all(self.record, Term::Creator, language)
            .into_iter()
            .map(without_years)
            .collect();
        let creators = creators.join("; ");
        let date = metadata::first(self.record, Term::Date, language)
            .unwrap_or(text::NO_DATE.get(language));
        let title = match metadata::first(self.record, Term::Type, language) {
            Some(kind) => format!("{} [{kind}]", self.title.trim()),
            None => self.title.trim().to_owned(),
        };
        let mut parts = if creators.is_empty() {
            vec![format!("{title} ({date})")]
        } else {
            vec![format!("{creators} ({date})"), title]
        };
        let mark = metadata::first(self.record, Term::Identifier, language);
        parts.push(match mark {
            Some(mark) => format!("{}, {} ({mark})", self.collection, self.institution),
            None => format!("{}, {}", self.collection, self.institution),
        });
        let mut line = String::new();
        for part in parts {
            line.push_str(&part);
            // A title may end its sentence itself.
            line.push_str(if part.ends_with(['.', '?', '!', '…']) {
                " "
            } else {
                ". "
            });
        }
        line + self.url
    }
}

/// A creator without the years of their life, which catalogues write after the name: `Ruiz, A. (1811-1874)`.
fn without_years(creator: &str) -> &str {
    let creator = creator.trim();
    match creator
        .strip_suffix(')')
        .and_then(|rest| rest.rsplit_once('('))
    {
        Some((name, years))
            if !name.trim().is_empty() && years.contains(|c: char| c.is_ascii_digit()) =>
        {
            name.trim_end()
        }
        _ => creator,
    }
}

/// The part of a page that says how to cite what it shows, with a button that copies the line.
pub(crate) fn section(line: &str, language: Language) -> Markup {
    html! {
        section.cite aria-labelledby="cite" {
            h2 #cite { (text::CITE.get(language)) }
            p.line { (line) }
            p.document { (copy_text(text::COPY_CITATION, line, language)) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use acervo_record::{Entry, Property, Text};

    #[test]
    fn the_years_of_a_life_are_left_out() {
        for (creator, cited) in [
            ("Ruiz, Ana (1811–1874)", "Ruiz, Ana"),
            ("Ruiz, Ana (fl. 1850)", "Ruiz, Ana"),
            (
                "Depósito Hidrográfico (Marina)",
                "Depósito Hidrográfico (Marina)",
            ),
            ("(1811)", "(1811)"),
        ] {
            assert_eq!(without_years(creator), cited);
        }
    }

    #[test]
    fn a_citation_says_what_is_known_and_nothing_else() {
        let all = [
            (Term::Creator, "Ruiz, A."),
            (Term::Date, "1846"),
            (Term::Type, "Mapa"),
            (Term::Identifier, "M-12"),
        ];
        for (known, language, expected) in [
            (
                &all[..],
                Language::Es,
                "Ruiz, A. (1846). Plano [Mapa]. Mapas, Biblioteca (M-12). https://x.example/p/",
            ),
            (
                &all[..1],
                Language::En,
                "Ruiz, A. (n.d.). Plano. Mapas, Biblioteca. https://x.example/p/",
            ),
            (
                &all[1..2],
                Language::Es,
                "Plano (1846). Mapas, Biblioteca. https://x.example/p/",
            ),
            (
                &[],
                Language::Es,
                "Plano (s. f.). Mapas, Biblioteca. https://x.example/p/",
            ),
        ] {
            let entry = |(term, value): &(Term, &str)| Entry {
                property: Property::Term(*term),
                values: vec![Text::plain(*value)],
            };
            let record = Record {
                metadata: known.iter().map(entry).collect(),
                ..Record::default()
            };
            let citation = Citation {
                title: "Plano",
                record: &record,
                collection: "Mapas",
                institution: "Biblioteca",
                url: "https://x.example/p/",
            };
            assert_eq!(citation.line(language), expected);
        }
    }
}
