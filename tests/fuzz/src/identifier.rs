//! Identifiers of images, in paths.

use iiif_spec::Identifier;

use crate::Target;

pub(crate) const TARGET: Target = Target {
    name: "identifier",
    executions: 20_000,
    run,
    seeds,
};

/// What is accepted has harmless characters alone, is no path, and stands for itself.
fn run(bytes: &[u8]) {
    let segment = String::from_utf8_lossy(bytes);
    let Ok(identifier) = Identifier::parse_segment(&segment) else {
        return;
    };
    let text = identifier.as_str();
    assert!((1..=160).contains(&text.len()), "{text:?}");
    assert!(text != "." && text != "..", "{text:?}");
    let is_harmless = |byte: u8| byte.is_ascii_alphanumeric() || b"._~-".contains(&byte);
    assert!(text.bytes().all(is_harmless), "{text:?}");
    assert_eq!(Identifier::parse_segment(text).as_ref(), Ok(&identifier));
}

fn seeds() -> Vec<Vec<u8>> {
    [
        "mapa-1791.abcdefghijklmnop",
        "mapa%2D1791~a_b",
        "..%2f..%2fetc%2fpasswd",
        "%2e%2e",
        "%252e",
        "%00",
        "%C3%B1and%C3%BA",
        "%e2%80%ae",
        "%",
    ]
    .map(|segment| segment.as_bytes().to_vec())
    .into_iter()
    .chain([vec![b'a'; 160], b"%41".repeat(161)])
    .collect()
}
