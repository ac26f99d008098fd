//! Where an entry of the stream belongs. Pure.

use acervo_ingest::{is_ignored, usable};

use super::refusal::Refusal;

/// A place in the folder, as deep as ingest reads: directly in it, or in a folder in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place<'p> {
    pub(super) folder: Option<&'p str>,
    pub(super) name: &'p str,
}

impl Place<'_> {
    pub(super) fn path(self) -> String {
        match self.folder {
            Some(folder) => format!("{folder}/{}", self.name),
            None => self.name.to_owned(),
        }
    }
}

/// The place that the path of an entry names; `None` for the folder itself and for what systems leave
/// behind.
pub(super) fn place(path: &[u8]) -> Result<Option<Place<'_>>, Refusal> {
    if path.starts_with(b"/") {
        return Err(Refusal::Outside);
    }
    let segments: Vec<&[u8]> = path
        .split(|byte| *byte == b'/')
        .filter(|segment| !segment.is_empty() && *segment != b".")
        .collect();
    if segments.contains(&b"..".as_slice()) {
        return Err(Refusal::Outside);
    }
    if segments.iter().any(|segment| is_ignored(segment)) {
        return Ok(None);
    }
    let names: Option<Vec<&str>> = segments.into_iter().map(usable).collect();
    match names.ok_or(Refusal::BadName)?.as_slice() {
        [] => Ok(None),
        [name] => Ok(Some(Place { folder: None, name })),
        [folder, name] => Ok(Some(Place {
            folder: Some(folder),
            name,
        })),
        _ => Err(Refusal::NestedFolder),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_at_most_one_folder_deep() {
        let at = |folder, name| Ok(Some(Place { folder, name }));
        for (path, expected) in [
            ("a.jpg", at(None, "a.jpg")),
            ("./a.jpg", at(None, "a.jpg")),
            ("./álbum//1.jpg", at(Some("álbum"), "1.jpg")),
            ("a..b/c..", at(Some("a..b"), "c..")),
            ("./", Ok(None)),
            ("", Ok(None)),
            ("._a.jpg", Ok(None)),
            (".git/a/b/c", Ok(None)),
            ("album/Thumbs.db", Ok(None)),
            ("/a.jpg", Err(Refusal::Outside)),
            ("../a.jpg", Err(Refusal::Outside)),
            ("album/../../a.jpg", Err(Refusal::Outside)),
            (".git/..", Err(Refusal::Outside)),
            ("a/b/c.jpg", Err(Refusal::NestedFolder)),
            ("two\nlines.jpg", Err(Refusal::BadName)),
        ] {
            assert_eq!(place(path.as_bytes()), expected, "{path:?}");
        }
        assert_eq!(place(b"latin-\xe9.jpg"), Err(Refusal::BadName));
    }
}
