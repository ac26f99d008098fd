//! What was published before: what need not be done again, and what must not vanish unasked.

use std::collections::{BTreeSet, HashMap};
use std::fs::{self, File};
use std::io;
use std::path::Path;

use acervo_catalogue::{Catalogue, FILE_NAME, Item, Page, Summary};

use crate::convert::recipe;
use crate::error::IngestError;
use crate::group::Group;
use crate::publish::Publication;
use crate::refusal::Reason;
use crate::run::Job;
use crate::scan::Found;

/// What was published before.
pub(crate) struct Before {
    catalogue: Option<Catalogue>,
    pub(crate) publication: Publication,
    /// Pages by the path of their file.
    pages: HashMap<String, Vec<Page>>,
    /// Whether there was a catalogue and it could not be read.
    damaged: bool,
}

impl Before {
    /// Reads the catalogue. A damaged one, or one of another version, is made anew from the sources; one
    /// that cannot be read for another reason says nothing, and the ingest ends.
    pub(crate) fn read(job: &Job) -> Result<Self, IngestError> {
        let path = job.published.join(FILE_NAME);
        if let Err(error) = File::open(&path) {
            return match error.kind() {
                io::ErrorKind::NotFound => Ok(Self::nothing(false)),
                _ => Err(IngestError::at(path)(error)),
            };
        }
        let read = Catalogue::open(&path).and_then(|catalogue| {
            let publication = Publication {
                items: catalogue.items(0, u64::from(u32::MAX))?,
                gone: catalogue.gone()?.into_iter().collect(),
                gone_pages: catalogue.gone_pages()?.into_iter().collect(),
                refused: catalogue.refusals()?,
            };
            let recipe = catalogue.recipe()?;
            Ok((catalogue, publication, recipe))
        });
        let (catalogue, publication, made_by) = match read {
            Ok(read) => read,
            Err(error) => {
                tracing::warn!(%error, "the catalogue cannot be read and is made anew");
                return Ok(Self::nothing(true));
            }
        };
        let mut pages: HashMap<String, Vec<Page>> = HashMap::new();
        // Pyramids of another recipe are all made anew.
        if made_by == recipe() {
            for page in publication.items.iter().flat_map(|item| &item.pages) {
                pages
                    .entry(page.source.path.clone())
                    .or_default()
                    .push(page.clone());
            }
        }
        Ok(Self {
            catalogue: Some(catalogue),
            publication,
            pages,
            damaged: false,
        })
    }

    fn nothing(damaged: bool) -> Self {
        let publication = Publication {
            items: Vec::new(),
            gone: BTreeSet::new(),
            gone_pages: BTreeSet::new(),
            refused: Vec::new(),
        };
        Self {
            catalogue: None,
            publication,
            pages: HashMap::new(),
            damaged,
        }
    }

    /// Whether the file was published.
    pub(crate) fn knows(&self, path: &str) -> bool {
        self.pages.contains_key(path)
    }

    /// The items whose folders cannot be read now: nobody removed them.
    pub(crate) fn in_unreadable_folders(&self, refused: &[(String, Reason)]) -> Vec<Item> {
        let unreadable: BTreeSet<&str> = refused
            .iter()
            .filter(|(_, reason)| matches!(reason, Reason::Unreadable(_)))
            .map(|(path, _)| path.as_str())
            .collect();
        let items = self.publication.items.iter();
        items
            .filter(|item| unreadable.contains(item.name.as_str()))
            .cloned()
            .collect()
    }

    pub(crate) fn summary(&self) -> Summary {
        self.catalogue
            .as_ref()
            .map(Catalogue::summary)
            .unwrap_or_default()
    }

    /// Whether `publication` is what is published already.
    pub(crate) fn is(&self, publication: &Publication) -> bool {
        self.catalogue.is_some() && self.publication == *publication
    }

    pub(crate) fn last(&self, path: &str) -> Vec<Page> {
        self.pages.get(path).cloned().unwrap_or_default()
    }

    /// The pages of a file that is as it was when they were made, if they are still stored whole.
    pub(crate) fn unchanged(&self, group: &Group, file: &Found, items: &Path) -> Option<Vec<Page>> {
        let pages = self.pages.get(&file.path())?;
        let same = pages.iter().all(|page| {
            page.source.size == file.stamp.size
                && page.source.modified == file.stamp.modified
                && page.source.changed == file.stamp.changed
                && fs::metadata(items.join(&page.stored.file))
                    .is_ok_and(|stored| stored.len() == page.stored.bytes)
        });
        // A folder's file stays in its folder; only a file can become the page of another item.
        (same && !pages.is_empty() && group.is_folder == file.folder.is_some())
            .then(|| pages.clone())
    }

    /// Why the removal of items must be confirmed: more than half of them vanished.
    pub(crate) fn mass_removal(
        &self,
        groups: &[Group],
        refused: &[(String, Reason)],
        items: &Path,
    ) -> Option<Reason> {
        if self.damaged {
            // Names are lost with the catalogue; what lies in store tells how many there were.
            let of = stored_pages(items);
            let there: usize = groups.iter().map(|group| group.files.len()).sum();
            let gone = of.saturating_sub(there);
            return (gone * 2 > of).then_some(Reason::MassRemoval { gone, of });
        }
        let unreadable = self.in_unreadable_folders(refused);
        let names: BTreeSet<&str> = groups
            .iter()
            .map(|group| group.name.as_str())
            .chain(unreadable.iter().map(|item| item.name.as_str()))
            .collect();
        let of = self.publication.items.len();
        let vanished = |item: &&Item| !names.contains(item.name.as_str());
        let gone = self.publication.items.iter().filter(vanished).count();
        (gone * 2 > of).then_some(Reason::MassRemoval { gone, of })
    }

    /// What is published next: what vanished is remembered, what came back is forgotten.
    pub(crate) fn next(
        &self,
        items: Vec<Item>,
        mut refused: Vec<acervo_catalogue::Refusal>,
    ) -> Publication {
        let names: BTreeSet<&str> = items.iter().map(|item| item.name.as_str()).collect();
        let codes: BTreeSet<&str> = items
            .iter()
            .flat_map(|item| item.pages.iter().map(|page| page.code.as_str()))
            .collect();
        let before = &self.publication;
        let all_names = before
            .items
            .iter()
            .map(|item| item.name.clone())
            .chain(before.gone.iter().cloned());
        let all_codes = before
            .items
            .iter()
            .flat_map(|item| item.pages.iter().map(|page| page.code.clone()))
            .chain(before.gone_pages.iter().cloned());
        let gone = all_names
            .filter(|name| !names.contains(name.as_str()))
            .collect();
        let gone_pages = all_codes
            .filter(|code| !codes.contains(code.as_str()))
            .collect();
        refused.sort_by(|a, b| (&a.path, &a.code).cmp(&(&b.path, &b.code)));
        Publication {
            items,
            gone,
            gone_pages,
            refused,
        }
    }
}

/// How many pages have a pyramid in store, of whatever state of theirs.
fn stored_pages(items: &Path) -> usize {
    let names = fs::read_dir(items).into_iter().flatten().flatten();
    let codes: BTreeSet<String> = names
        .filter_map(|entry| entry.file_name().into_string().ok())
        .filter(|name| !name.starts_with('.'))
        .filter_map(|name| Some(name.split_once('-')?.0.to_owned()))
        .collect();
    codes.len()
}
