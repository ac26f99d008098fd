//! One spelling for each rights statement.
//!
//! The Presentation API wants the URI of the statement itself: `http`, as Creative Commons and
//! RightsStatements.org publish it, and not the address of a page about it, which is what people copy
//! from their browser.

/// The canonical spelling of a rights URI of Creative Commons or RightsStatements.org; any other URI as
/// it is.
///
/// `https` becomes `http` and `www.` goes; `/page/` becomes `/vocab/`; `deed.es`, `legalcode` and the
/// like at the end go, as do query and fragment; a final slash comes.
#[must_use]
pub fn normalise(uri: &str) -> String {
    canonical(uri).unwrap_or_else(|| uri.to_owned())
}

fn canonical(uri: &str) -> Option<String> {
    let (scheme, rest) = uri.split_once("://")?;
    if !["http", "https"]
        .iter()
        .any(|known| scheme.eq_ignore_ascii_case(known))
    {
        return None;
    }
    let rest = rest.split(['?', '#']).next()?;
    let (host, path) = rest.split_once('/')?;
    let host = host.to_ascii_lowercase();
    let host = host.strip_prefix("www.").unwrap_or(&host);
    let mut segments: Vec<_> = path
        .split('/')
        .filter(|segment| !segment.is_empty())
        .collect();
    match host {
        "creativecommons.org" => {
            let about = |segment: &&str| {
                let stem = segment.split('.').next().unwrap_or(segment);
                ["deed", "legalcode", "rdf"].contains(&stem)
            };
            if segments.last().is_some_and(about) {
                segments.pop();
            }
        }
        "rightsstatements.org" => {
            if let Some(first @ &mut ("page" | "data")) = segments.first_mut() {
                *first = "vocab";
            }
        }
        _ => return None,
    }
    let path: String = segments.iter().flat_map(|segment| [segment, "/"]).collect();
    Some(format!("http://{host}/{path}"))
}

#[cfg(test)]
mod tests {
    use super::normalise;

    const BY: &str = "http://creativecommons.org/licenses/by/4.0/";
    const BY_MX: &str = "http://creativecommons.org/licenses/by/2.5/mx/";
    const ZERO: &str = "http://creativecommons.org/publicdomain/zero/1.0/";
    const IN_COPYRIGHT: &str = "http://rightsstatements.org/vocab/InC/1.0/";
    const OTHER_LAW: &str = "http://rightsstatements.org/vocab/NoC-OKLR/1.0/";

    #[test]
    fn every_spelling_of_a_statement_becomes_its_uri() {
        for (written, canonical) in [
            (BY, BY),
            ("https://creativecommons.org/licenses/by/4.0/", BY),
            ("https://creativecommons.org/licenses/by/4.0", BY),
            ("https://creativecommons.org/licenses/by/4.0/deed.es", BY),
            (
                "https://creativecommons.org/licenses/by/4.0/deed.pt-br#ref",
                BY,
            ),
            ("https://creativecommons.org/licenses/by/4.0/deed", BY),
            ("https://creativecommons.org/licenses/by/4.0/legalcode", BY),
            (
                "https://creativecommons.org/licenses/by/4.0/legalcode.es",
                BY,
            ),
            (
                "https://www.creativecommons.org/licenses/by/4.0/?ref=chooser",
                BY,
            ),
            ("HTTPS://CreativeCommons.org/licenses/by/4.0/", BY),
            (
                "http://creativecommons.org/licenses/by/2.5/mx/deed.es_MX",
                BY_MX,
            ),
            (
                "https://creativecommons.org/publicdomain/zero/1.0/deed.es",
                ZERO,
            ),
            (IN_COPYRIGHT, IN_COPYRIGHT),
            ("https://rightsstatements.org/vocab/InC/1.0/", IN_COPYRIGHT),
            (
                "https://rightsstatements.org/page/InC/1.0/?language=es",
                IN_COPYRIGHT,
            ),
            ("http://rightsstatements.org/page/InC/1.0", IN_COPYRIGHT),
            ("https://rightsstatements.org/page/NoC-OKLR/1.0/", OTHER_LAW),
        ] {
            assert_eq!(normalise(written), canonical, "{written}");
            assert_eq!(
                normalise(canonical),
                canonical,
                "canonical stays: {canonical}"
            );
        }
    }

    #[test]
    fn other_uris_stay_as_they_are() {
        for uri in [
            "https://www.example.org/derechos?idioma=es",
            "https://creativecommons.org.example.org/licenses/by/4.0/deed.es",
            "https://example.org/page/InC/1.0",
            "ftp://creativecommons.org/licenses/by/4.0/",
            "CC BY",
        ] {
            assert_eq!(normalise(uri), uri);
        }
    }
}
