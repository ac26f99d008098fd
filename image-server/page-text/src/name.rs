//! Which files may be the text of which image: by their names alone.

/// What the last ending of a name promises.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ending {
    /// `.xml`.
    Xml,
    /// `.hocr`, `.html`, `.htm`.
    Html,
    /// `.txt`.
    Text,
}

/// Endings that programs put between the name of the page and the ending that counts: `0001.alto.xml`.
const KINDS: [&str; 3] = ["alto", "hocr", "ocr"];

/// Endings of images that stay in the names of what is made of them: `0001.jpg.xml`.
const IMAGES: [&str; 6] = ["jpg", "jpeg", "png", "tif", "tiff", "jp2"];

/// The stem that an image must have for this file to be its text; `None` if the name is of no text at all.
///
/// Names end in `.xml`, `.hocr`, `.html`, `.htm` or `.txt`, in small or capital letters. Before that may stand
/// the kind of file and the ending of the image: `0001.alto.xml`, `0001.jpg.xml` and `0001.tif.hocr.html` all
/// belong to `0001`. Hidden files (`._0001.xml`) are nobody's text. What is inside is only known to
/// [`read`](crate::read).
#[must_use]
pub fn candidate(name: &str) -> Option<&str> {
    let (stem, _) = split(name)?;
    let stem = without(stem, &KINDS);
    let stem = without(stem, &IMAGES);
    Some(stem)
}

/// The name without its last ending, and what that promises.
pub(crate) fn split(name: &str) -> Option<(&str, Ending)> {
    let (stem, ending) = name.rsplit_once('.')?;
    if stem.is_empty() || stem.starts_with('.') {
        return None;
    }
    let ending = match ending.to_ascii_lowercase().as_str() {
        "xml" => Ending::Xml,
        "hocr" | "html" | "htm" => Ending::Html,
        "txt" => Ending::Text,
        _ => return None,
    };
    Some((stem, ending))
}

fn without<'n>(stem: &'n str, endings: &[&str]) -> &'n str {
    match stem.rsplit_once('.') {
        Some((rest, ending))
            if !rest.is_empty() && endings.iter().any(|one| ending.eq_ignore_ascii_case(one)) =>
        {
            rest
        }
        _ => stem,
    }
}

#[cfg(test)]
mod tests {
    use super::candidate;

    #[test]
    fn the_stem_is_that_of_the_image() {
        for (name, stem) in [
            ("0001.xml", Some("0001")),
            ("0001.alto.xml", Some("0001")),
            ("0001.ALTO.XML", Some("0001")),
            ("0001.jpg.xml", Some("0001")),
            ("0001.tif.alto.xml", Some("0001")),
            ("0001.hocr", Some("0001")),
            ("0001.hocr.html", Some("0001")),
            ("0001.jpeg.htm", Some("0001")),
            ("0001.txt", Some("0001")),
            ("Mapa de Cuyo, v. 2.txt", Some("Mapa de Cuyo, v. 2")),
            ("página ñ.txt", Some("página ñ")),
            ("alto.xml", Some("alto")),
            ("0001.jpg", None),
            ("0001", None),
            ("", None),
            (".xml", None),
            ("._0001.xml", None),
            ("0001.json", None),
        ] {
            assert_eq!(candidate(name), stem, "{name}");
        }
    }
}
