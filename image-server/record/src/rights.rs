//! Rights as people write them in a cell: a URI of any spelling, a name of a licence, or words.

/// What a cell about rights says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rights {
    /// A statement with an address, in its canonical spelling.
    Uri(String),
    /// Words, which are shown as they are.
    Words(String),
}

/// What `text` says: URIs of Creative Commons and RightsStatements.org in any spelling, with or without
/// scheme; their short names (`CC BY 4.0`, `cc0`, `InC`, `NoC-US`); other http and https URIs as they are.
#[must_use]
pub fn rights(text: &str) -> Rights {
    let text = text.trim();
    let lower = text.to_ascii_lowercase();
    let is_uri = lower.starts_with("http://") || lower.starts_with("https://");
    let one_word = !text.contains(char::is_whitespace);
    if is_uri && one_word && text.len() > "https://".len() {
        return Rights::Uri(acervo_tenancy::rights::normalise(text));
    }
    let known_host = [
        "creativecommons.org/",
        "rightsstatements.org/",
        "www.creativecommons.org/",
    ];
    if one_word && known_host.iter().any(|host| lower.starts_with(host)) {
        return Rights::Uri(acervo_tenancy::rights::normalise(&format!("http://{text}")));
    }
    short_name(&lower).map_or_else(|| Rights::Words(text.to_owned()), Rights::Uri)
}

/// The URI of a statement's short name, in lower case.
fn short_name(text: &str) -> Option<String> {
    const STATEMENTS: [&str; 12] = [
        "InC",
        "InC-OW-EU",
        "InC-EDU",
        "InC-NC",
        "InC-RUU",
        "NoC-CR",
        "NoC-NC",
        "NoC-OKLR",
        "NoC-US",
        "CNE",
        "UND",
        "NKC",
    ];
    if let Some(code) = STATEMENTS
        .iter()
        .find(|code| code.eq_ignore_ascii_case(text))
    {
        return Some(format!("http://rightsstatements.org/vocab/{code}/1.0/"));
    }
    let words: Vec<&str> = text
        .split(|c: char| c.is_whitespace() || c == '_' || c == '-')
        .filter(|word| !word.is_empty())
        .collect();
    let of = |path: String| Some(format!("http://creativecommons.org/{path}/"));
    match words.as_slice() {
        ["cc0"] | ["cc", "0" | "zero"] | ["cc0", "1.0"] => of("publicdomain/zero/1.0".to_owned()),
        ["cc", "pdm"]
        | ["pdm"]
        | ["public", "domain", "mark"]
        | ["public", "domain", "mark", "1.0"] => of("publicdomain/mark/1.0".to_owned()),
        ["cc", rest @ ..] | rest => {
            let (version, clauses) = match rest.split_last()? {
                (last, clauses) if last.starts_with(|c: char| c.is_ascii_digit()) => {
                    (*last, clauses)
                }
                _ => ("4.0", rest),
            };
            let code = clauses.join("-");
            let known = ["by", "by-sa", "by-nd", "by-nc", "by-nc-sa", "by-nc-nd"];
            let numbered = ["1.0", "2.0", "2.5", "3.0", "4.0"].contains(&version);
            (known.contains(&code.as_str()) && numbered)
                .then(|| of(format!("licenses/{code}/{version}")))
                .flatten()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Rights, rights};

    #[test]
    fn rights_as_people_write_them() {
        const BY: &str = "http://creativecommons.org/licenses/by/4.0/";
        for (text, expected) in [
            (" https://creativecommons.org/licenses/by/4.0/deed.es ", BY),
            ("creativecommons.org/licenses/by/4.0", BY),
            ("CC BY 4.0", BY),
            ("CC-BY", BY),
            (
                "CC BY-NC-SA 3.0",
                "http://creativecommons.org/licenses/by-nc-sa/3.0/",
            ),
            ("CC0", "http://creativecommons.org/publicdomain/zero/1.0/"),
            ("inc", "http://rightsstatements.org/vocab/InC/1.0/"),
            (
                "NoC-OKLR",
                "http://rightsstatements.org/vocab/NoC-OKLR/1.0/",
            ),
            (
                "https://rightsstatements.org/page/InC/1.0/?language=es",
                "http://rightsstatements.org/vocab/InC/1.0/",
            ),
            (
                "https://bib.example.org/derechos",
                "https://bib.example.org/derechos",
            ),
        ] {
            assert_eq!(rights(text), Rights::Uri(expected.to_owned()), "{text}");
        }
        for text in [
            "Dominio público",
            "by appointment",
            "http://",
            "https://a b",
        ] {
            assert_eq!(rights(text), Rights::Words(text.to_owned()));
        }
    }
}
