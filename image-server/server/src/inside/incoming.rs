//! What was handed over: every folder in `incoming/`, and whether hands are still at work in it.

use std::collections::HashMap;
use std::io;
use std::path::Path;
use std::time::{Duration, Instant};
use std::{fs, mem};

use acervo_ingest::{is_ignored, scan, usable};

use super::Incoming;

/// For how long nothing may change before a folder counts as settled.
const QUIET: Duration = Duration::from_secs(5);

/// One folder at one look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) directory: String,
    pub(super) fingerprint: String,
    /// The latest change in it, of hidden files too, by the clock of the file system.
    pub(super) newest: i64,
}

/// Every folder directly in `incoming`, by name; a folder that does not exist has none.
///
/// # Errors
/// If `incoming` cannot be read; a folder in it that cannot be is left out, with a line in the log.
pub(super) fn look(incoming: &Path) -> io::Result<Vec<Found>> {
    let entries = match fs::read_dir(incoming) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut found = Vec::new();
    for entry in entries {
        let entry = entry?;
        let raw = entry.file_name();
        let name = usable(raw.as_encoded_bytes()).filter(|name| !is_ignored(name.as_bytes()));
        let Some(directory) = name else { continue };
        let kind = entry.file_type()?;
        // Ingest follows a link that stays on the volume.
        if !kind.is_dir() && !kind.is_symlink() {
            continue;
        }
        match scan(incoming, directory) {
            // No folder after all: a link that leads out of the volume or nowhere.
            Ok(scan) if scan.fingerprint.is_empty() => {}
            Ok(scan) => found.push(Found {
                directory: directory.to_owned(),
                fingerprint: scan.fingerprint,
                newest: scan.newest,
            }),
            Err(error) => {
                tracing::warn!(incoming = %incoming.display(), directory, %error, "a folder cannot be read");
            }
        }
    }
    found.sort_by(|a, b| a.directory.cmp(&b.directory));
    Ok(found)
}

/// Remembers since when each folder is as it is. No clock but ours is asked: that of the file system
/// may be another machine's.
#[derive(Debug, Default)]
pub(super) struct Watched {
    since: HashMap<String, (Found, Instant)>,
}

impl Watched {
    /// What to tell after a look at `now`: a folder is settled if an earlier look, long enough ago, saw
    /// the same.
    pub(super) fn note(&mut self, found: Vec<Found>, now: Instant) -> Vec<Incoming> {
        let mut before = mem::take(&mut self.since);
        found
            .into_iter()
            .map(|found| {
                let since = match before.remove(&found.directory) {
                    Some((same, since)) if same == found => since,
                    _ => now,
                };
                let incoming = Incoming {
                    directory: found.directory.clone(),
                    fingerprint: found.fingerprint.clone(),
                    settled: now.duration_since(since) >= QUIET,
                };
                self.since.insert(found.directory.clone(), (found, since));
                incoming
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use std::os::unix::fs::symlink;

    use super::*;

    fn found(directory: &str, fingerprint: &str, newest: i64) -> Found {
        Found {
            directory: directory.to_owned(),
            fingerprint: fingerprint.to_owned(),
            newest,
        }
    }

    #[test]
    fn a_folder_is_settled_once_two_looks_some_seconds_apart_saw_the_same() {
        let (mut watched, start) = (Watched::default(), Instant::now());
        let mut look = |seconds, fingerprint, newest| {
            let now = start + Duration::from_secs(seconds);
            watched.note(vec![found("mapas", fingerprint, newest)], now)[0].settled
        };
        assert!(!look(0, "a", 1), "one look");
        assert!(!look(1, "a", 1), "too soon");
        assert!(look(5, "a", 1));
        assert!(!look(6, "b", 2), "changed");
        assert!(!look(10, "b", 2));
        assert!(!look(12, "b", 3), "a hidden file grows");
        assert!(look(3600, "b", 3), "few looks are enough");
    }

    #[test]
    fn a_folder_that_comes_back_begins_anew() {
        let (mut watched, start) = (Watched::default(), Instant::now());
        let late = start + QUIET;
        watched.note(vec![found("mapas", "a", 1), found("planos", "a", 1)], start);
        let told = watched.note(vec![found("planos", "a", 1)], late);
        assert_eq!(told.len(), 1);
        assert!(told[0].settled, "what happens to others does not matter");
        assert!(!watched.note(vec![found("mapas", "a", 1)], late)[0].settled);
    }

    #[test]
    fn folders_are_listed_by_name_and_nothing_else_is() {
        let root = tempfile::tempdir().unwrap();
        let outside = tempfile::tempdir().unwrap();
        for name in ["b", "á", "a", ".hidden", "two\nlines"] {
            fs::create_dir(root.path().join(name)).unwrap();
        }
        fs::write(root.path().join("file.jpg"), "x").unwrap();
        symlink(outside.path(), root.path().join("outside")).unwrap();
        symlink("a", root.path().join("link")).unwrap();
        let names: Vec<_> = look(root.path())
            .unwrap()
            .into_iter()
            .map(|f| f.directory)
            .collect();
        assert_eq!(names, ["a", "b", "link", "á"]);
        assert!(look(&root.path().join("missing")).unwrap().is_empty());
    }

    #[test]
    fn a_hidden_file_changes_the_newest_and_not_the_fingerprint() {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir_all(root.path().join("a/album")).unwrap();
        let before = look(root.path()).unwrap().remove(0);
        fs::write(root.path().join("a/album/.part"), "half").unwrap();
        let after = look(root.path()).unwrap().remove(0);
        assert_eq!(before.fingerprint, after.fingerprint);
        assert!(before.newest < after.newest);
        fs::write(root.path().join("a/album/1.jpg"), "whole").unwrap();
        let last = look(root.path()).unwrap().remove(0);
        assert_ne!(after.fingerprint, last.fingerprint);
    }
}
