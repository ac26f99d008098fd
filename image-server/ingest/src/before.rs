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
use crate::remark::Remark;
use crate::run::Job;
use crate::scan::Found;

/// What was published before.
pub(crate) struct Before {
    catalogue: Option<Catalogue>,
    pub(crate) publication: Publication,
    /// Pages by the path of their file: the item of each, and the page.
    pages: HashMap<String, Vec<(String, Page)>>,
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
                items: catalogue.items()?,
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
        let mut pages: HashMap<String, Vec<(String, Page)>> = HashMap::new();
        // Pyramids of another recipe are all made anew.
        if made_by == recipe() {
            for item in &publication.items {
                for page in &item.pages {
                    let of_file = pages.entry(page.source.path.clone()).or_default();
                    of_file.push((item.name.clone(), page.clone()));
                }
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

    /// What was published, if it can be gone on from.
    pub(crate) fn last_publication(&self) -> Option<&Publication> {
        self.catalogue.as_ref().map(|_| &self.publication)
    }

    /// Whether the file was published.
    pub(crate) fn knows(&self, path: &str) -> bool {
        self.pages.contains_key(path)
    }

    /// The items with pages in folders that cannot be read now: nobody removed them.
    pub(crate) fn in_unreadable_folders(&self, remarks: &[Remark]) -> Vec<Item> {
        let unreadable: BTreeSet<&str> = remarks
            .iter()
            .filter(|remark| matches!(remark.reason, Reason::Unreadable(_)))
            .map(|remark| remark.path.as_str())
            .collect();
        let lies_there = |page: &Page| {
            let folder = page.source.path.split_once('/').map(|(folder, _)| folder);
            folder.is_some_and(|folder| unreadable.contains(folder))
        };
        let items = self.publication.items.iter();
        items
            .filter(|item| item.pages.iter().any(lies_there))
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
        let pages = self.pages.get(path).into_iter().flatten();
        pages.map(|(_, page)| page.clone()).collect()
    }

    /// The pages of a file that is as it was when they were made, if they are still stored whole.
    pub(crate) fn unchanged(&self, file: &Found, items: &Path) -> Option<Vec<Page>> {
        let pages = self.pages.get(&file.path())?;
        let same = pages.iter().all(|(_, page)| {
            page.source.size == file.stamp.size
                && page.source.modified == file.stamp.modified
                && page.source.changed == file.stamp.changed
                && fs::metadata(items.join(&page.stored.file))
                    .is_ok_and(|stored| stored.len() == page.stored.bytes)
        });
        (same && !pages.is_empty()).then(|| self.last(&file.path()))
    }

    /// Whether the text of the page of `image` in the item called `item` was read from `text` as it is.
    pub(crate) fn has_text(&self, item: &str, image: &Found, text: &Found) -> bool {
        let pages = self.pages.get(&image.path());
        pages.is_some_and(|pages| match pages.as_slice() {
            [(of, page)] => {
                of == item
                    && page.text.as_ref().is_some_and(|known| {
                        known.path == text.path()
                            && known.size == text.stamp.size
                            && known.modified == text.stamp.modified
                            && known.changed == text.stamp.changed
                    })
            }
            _ => false,
        })
    }

    /// Why the removal of items must be confirmed: more than half of them vanished.
    pub(crate) fn mass_removal(
        &self,
        groups: &[Group],
        remarks: &[Remark],
        items: &Path,
    ) -> Option<Reason> {
        if self.damaged {
            // Names are lost with the catalogue; what lies in store tells how many there were.
            let of = stored_pages(items);
            let there: usize = groups.iter().map(|group| group.members.len()).sum();
            let gone = of.saturating_sub(there);
            return (gone * 2 > of).then_some(Reason::MassRemoval { gone, of });
        }
        let unreadable = self.in_unreadable_folders(remarks);
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
        refused: Vec<acervo_catalogue::Refusal>,
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
