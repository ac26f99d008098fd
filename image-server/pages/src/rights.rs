//! Rights statements in words: what a Creative Commons or rightsstatements.org URI says.

use acervo_tenancy::Language;

use crate::text::Text;

/// The name of the statement behind `uri`, if it is a known one.
///
/// Reads both schemes, and the spellings people paste: `/page/` for `/vocab/`, `deed` pages.
pub(crate) fn words(uri: &str, language: Language) -> Option<String> {
    let address = uri.split_once("://")?.1;
    let mut segments = address.split('/').filter(|segment| !segment.is_empty());
    match segments.next()? {
        "rightsstatements.org" => {
            let code = segments.nth(1)?;
            let (_, text) = STATEMENTS.iter().find(|(known, _)| *known == code)?;
            Some(text.get(language).to_owned())
        }
        "creativecommons.org" | "www.creativecommons.org" => {
            let (kind, code, version) = (segments.next()?, segments.next()?, segments.next()?);
            creative_commons(kind, code, version, language)
        }
        _ => None,
    }
}

fn creative_commons(kind: &str, code: &str, version: &str, language: Language) -> Option<String> {
    // The version becomes part of a sentence: digits and dots only.
    if !version.chars().all(|c| c.is_ascii_digit() || c == '.') {
        return None;
    }
    match (kind, code) {
        ("publicdomain", "zero") => Some(format!("{} (CC0 {version})", CC0.get(language))),
        ("publicdomain", "mark") => Some(format!("{} {version}", MARK.get(language))),
        ("licenses", code) => {
            let (_, name) = LICENSES.iter().find(|(known, _)| *known == code)?;
            let short = code.to_ascii_uppercase();
            Some(format!(
                "Creative Commons {} (CC {short} {version})",
                name.get(language)
            ))
        }
        _ => None,
    }
}

const CC0: Text = Text {
    es: "Dedicado al dominio público",
    en: "Dedicated to the public domain",
};
const MARK: Text = Text {
    es: "Marca de dominio público",
    en: "Public Domain Mark",
};

/// Creative Commons' own names of its licences.
const LICENSES: [(&str, Text); 6] = [
    (
        "by",
        Text {
            es: "Atribución",
            en: "Attribution",
        },
    ),
    (
        "by-sa",
        Text {
            es: "Atribución-CompartirIgual",
            en: "Attribution-ShareAlike",
        },
    ),
    (
        "by-nd",
        Text {
            es: "Atribución-SinDerivadas",
            en: "Attribution-NoDerivatives",
        },
    ),
    (
        "by-nc",
        Text {
            es: "Atribución-NoComercial",
            en: "Attribution-NonCommercial",
        },
    ),
    (
        "by-nc-sa",
        Text {
            es: "Atribución-NoComercial-CompartirIgual",
            en: "Attribution-NonCommercial-ShareAlike",
        },
    ),
    (
        "by-nc-nd",
        Text {
            es: "Atribución-NoComercial-SinDerivadas",
            en: "Attribution-NonCommercial-NoDerivatives",
        },
    ),
];

/// The statements' own names, as rightsstatements.org publishes them in both languages.
const STATEMENTS: [(&str, Text); 12] = [
    (
        "InC",
        Text {
            es: "Protegido por derecho de autor",
            en: "In Copyright",
        },
    ),
    (
        "InC-OW-EU",
        Text {
            es: "Protegido por derecho de autor: obra huérfana (UE)",
            en: "In Copyright: EU Orphan Work",
        },
    ),
    (
        "InC-EDU",
        Text {
            es: "Protegido por derecho de autor: uso educativo permitido",
            en: "In Copyright: Educational Use Permitted",
        },
    ),
    (
        "InC-NC",
        Text {
            es: "Protegido por derecho de autor: uso no comercial permitido",
            en: "In Copyright: Non-Commercial Use Permitted",
        },
    ),
    (
        "InC-RUU",
        Text {
            es: "Protegido por derecho de autor: titular imposible de localizar o de identificar",
            en: "In Copyright: Rights-holder(s) Unlocatable or Unidentifiable",
        },
    ),
    (
        "NoC-CR",
        Text {
            es: "Sin derecho de autor: restricciones contractuales",
            en: "No Copyright: Contractual Restrictions",
        },
    ),
    (
        "NoC-NC",
        Text {
            es: "Sin derecho de autor: solamente uso no comercial",
            en: "No Copyright: Non-Commercial Use Only",
        },
    ),
    (
        "NoC-OKLR",
        Text {
            es: "Sin derecho de autor: otras restricciones legales conocidas",
            en: "No Copyright: Other Known Legal Restrictions",
        },
    ),
    (
        "NoC-US",
        Text {
            es: "Sin derecho de autor: Estados Unidos",
            en: "No Copyright: United States",
        },
    ),
    (
        "CNE",
        Text {
            es: "Derecho de autor sin evaluar",
            en: "Copyright Not Evaluated",
        },
    ),
    (
        "UND",
        Text {
            es: "Derecho de autor sin determinar",
            en: "Copyright Undetermined",
        },
    ),
    (
        "NKC",
        Text {
            es: "Sin derecho de autor conocido",
            en: "No Known Copyright",
        },
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_statements_are_told_in_words() {
        for (uri, es, en) in [
            (
                "http://rightsstatements.org/vocab/InC/1.0/",
                "Protegido por derecho de autor",
                "In Copyright",
            ),
            (
                "https://rightsstatements.org/page/NoC-US/1.0/?language=en",
                "Sin derecho de autor: Estados Unidos",
                "No Copyright: United States",
            ),
            (
                "http://creativecommons.org/licenses/by-nc-sa/4.0/",
                "Creative Commons Atribución-NoComercial-CompartirIgual (CC BY-NC-SA 4.0)",
                "Creative Commons Attribution-NonCommercial-ShareAlike (CC BY-NC-SA 4.0)",
            ),
            (
                "https://creativecommons.org/licenses/by/3.0/es/deed.es",
                "Creative Commons Atribución (CC BY 3.0)",
                "Creative Commons Attribution (CC BY 3.0)",
            ),
            (
                "http://creativecommons.org/publicdomain/zero/1.0/",
                "Dedicado al dominio público (CC0 1.0)",
                "Dedicated to the public domain (CC0 1.0)",
            ),
            (
                "http://creativecommons.org/publicdomain/mark/1.0/",
                "Marca de dominio público 1.0",
                "Public Domain Mark 1.0",
            ),
        ] {
            assert_eq!(words(uri, Language::Es).as_deref(), Some(es), "{uri}");
            assert_eq!(words(uri, Language::En).as_deref(), Some(en), "{uri}");
        }
    }

    #[test]
    fn unknown_statements_have_no_words() {
        for uri in [
            "http://example.org/rights",
            "http://rightsstatements.org/vocab/XYZ/1.0/",
            "http://creativecommons.org/licenses/by/<b>/",
            "http://creativecommons.org/",
            "rightsstatements.org",
            "",
        ] {
            assert_eq!(words(uri, Language::Es), None, "{uri}");
        }
    }
}
