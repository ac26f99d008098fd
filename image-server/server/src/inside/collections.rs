//! What is published of each collection, and how far an ingest of it is: the words of ingest on the
//! volume, read again only when they changed.

use std::collections::HashMap;
use std::io;
use std::path::Path;
use std::time::Instant;

use acervo_ingest::{PROGRESS_PATH, REPORT_PATH, ReportHead, Running};

use super::{Collection, Ingested};
use crate::library::{Holding, Identity, Library};

/// How many reasons are told of a collection.
const REASONS: usize = 3;

/// What was read of each collection, by name.
#[derive(Debug, Default)]
pub(super) struct Collections {
    seen: HashMap<String, Seen>,
}

#[derive(Debug, Default)]
struct Seen {
    report: File<ReportHead>,
    progress: File<Running>,
}

/// A small file, as it was when it was read last.
#[derive(Debug)]
struct File<T> {
    identity: Option<Identity>,
    /// When `identity` was seen first.
    since: Option<Instant>,
    content: Option<T>,
}

impl<T> Default for File<T> {
    fn default() -> Self {
        Self {
            identity: None,
            since: None,
            content: None,
        }
    }
}

impl<T> File<T> {
    /// Reads the file again if it is another than before. What cannot be read stays as it was known.
    fn look(&mut self, path: &Path, now: Instant, read: impl FnOnce() -> io::Result<Option<T>>) {
        let result = Identity::of(path).and_then(|identity| {
            if identity != self.identity || self.since.is_none() {
                (self.identity, self.since) = (identity, Some(now));
                self.content = read()?;
            }
            Ok(())
        });
        if let Err(error) = result {
            tracing::warn!(path = %path.display(), %error, "what an ingest wrote cannot be read");
        }
    }
}

impl Collections {
    /// Looks at the collections of `holding` at `now`.
    pub(super) fn look(
        &mut self,
        holding: &Holding,
        library: &Library,
        now: Instant,
    ) -> Vec<Collection> {
        self.seen
            .retain(|name, _| holding.collections.contains(name));
        let look = |name: &String| {
            let folder = holding.published.join(name);
            let seen = self.seen.entry(name.clone()).or_default();
            seen.look(&folder, now);
            seen.collection(name, in_catalogue(library, &holding.institution, name), now)
        };
        holding.collections.iter().map(look).collect()
    }
}

impl Seen {
    fn look(&mut self, folder: &Path, now: Instant) {
        self.report.look(&folder.join(REPORT_PATH), now, || {
            ReportHead::read(folder, REASONS)
        });
        self.progress
            .look(&folder.join(PROGRESS_PATH), now, || Running::read(folder));
    }

    /// `in_catalogue` counts the items that readers see.
    fn collection(&self, name: &str, in_catalogue: Option<u64>, now: Instant) -> Collection {
        let report = self.report.content.clone().unwrap_or_default();
        // An ingest that was killed leaves its file behind, which then stays as it is.
        let silent = self
            .progress
            .since
            .is_some_and(|since| now.duration_since(since) > Running::SILENCE);
        let ingested = report.fingerprint.zip(report.finished);
        Collection {
            name: name.to_owned(),
            published: in_catalogue.unwrap_or(report.published),
            refused: report.refused,
            in_work: report.in_work,
            ingested: ingested.map(|(fingerprint, finished)| Ingested {
                fingerprint,
                finished,
            }),
            running: self.progress.content.filter(|_| !silent),
            reasons: report.reasons,
        }
    }
}

fn in_catalogue(library: &Library, institution: &str, collection: &str) -> Option<u64> {
    let shelf = library.shelf(institution, collection)?;
    let catalogue = shelf.catalogue.as_ref()?.as_ref().ok()?;
    Some(catalogue.summary().items)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use std::fs;
    use std::time::Duration;

    use super::*;

    #[test]
    fn an_ingest_that_no_longer_gives_a_sign_of_life_is_not_running() {
        let folder = tempfile::tempdir().unwrap();
        let write = |done: u64| {
            let temporary = folder.path().join("new");
            fs::write(&temporary, format!(r#"{{"done":{done},"total":20}}"#)).unwrap();
            fs::rename(temporary, folder.path().join(PROGRESS_PATH)).unwrap();
        };
        let (mut seen, start) = (Seen::default(), Instant::now());
        let mut running = |seconds| {
            let now = start + Duration::from_secs(seconds);
            seen.look(folder.path(), now);
            seen.collection("mapas", None, now).running
        };
        assert_eq!(running(0), None);
        write(3);
        assert_eq!(running(1), Some(Running { done: 3, total: 20 }));
        assert_eq!(running(60), Some(Running { done: 3, total: 20 }));
        assert_eq!(running(62), None, "killed");
        write(4);
        assert_eq!(running(63), Some(Running { done: 4, total: 20 }));
        fs::remove_file(folder.path().join(PROGRESS_PATH)).unwrap();
        assert_eq!(running(64), None);
    }

    #[test]
    fn a_report_is_told_with_its_first_reasons_and_a_damaged_one_changes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(REPORT_PATH);
        let write = |text: &str| {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, text).unwrap();
        };
        let mut seen = Seen::default();
        let mut told = |in_catalogue| {
            seen.look(folder.path(), Instant::now());
            seen.collection("mapas", in_catalogue, Instant::now())
        };
        assert_eq!(told(None).ingested, None);
        let entry = |n: u8| {
            format!(r#"{{"path":"{n}.jpg","code":"empty-file","message":{{"es":"a","en":"b"}}}}"#)
        };
        let entries: Vec<_> = (0..5).map(entry).collect();
        let report = format!(
            r#"{{"collection":"mapas","published":7,"inWork":1,"fingerprint":"ab",
            "finished":"2026-01-02T03:04:05Z","new":{{"a":[]}},"refused":[{}]}}"#,
            entries.join(",")
        );
        write(&report);
        let first = told(None);
        assert_eq!((first.published, first.refused, first.in_work), (7, 5, 1));
        assert_eq!(first.ingested.as_ref().unwrap().fingerprint, "ab");
        let paths: Vec<_> = first.reasons.iter().map(|r| r.path.as_str()).collect();
        assert_eq!(paths, ["0.jpg", "1.jpg", "2.jpg"]);
        assert_eq!(told(Some(6)).published, 6, "readers see the catalogue");
        write("{ half");
        assert_eq!(told(None), first);
    }
}
