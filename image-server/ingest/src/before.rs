//! What was published before: what need not be done again, and what must not vanish unasked.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::fs::{self, File};
use std::io;
use std::path::Path;
use std::sync::Arc;

use acervo_catalogue::{Catalogue, FILE_NAME, Item, Page, Summary};
use acervo_pixels::KeptColors;
use acervo_pixels::source::ColorPolicy;
use rustix::fs::AtFlags;

use crate::convert::recipe;
use crate::error::IngestError;
use crate::group::Group;
use crate::publish::Publication;
use crate::refusal::Reason;
use crate::remark::Remark;
use crate::run::Job;
use crate::scan::Found;
use crate::steps::Steps;

/// What was published before.
pub(crate) struct Before {
    catalogue: Option<Catalogue>,
    pub(crate) publication: Publication,
    /// Where the pages of each file are, by its path: the number of the item, and that of the page.
    pages: HashMap<String, Vec<(usize, usize)>>,
    /// Pages whose pyramid is not stored whole, by their codes.
    broken: HashSet<String>,
    /// What is to become of images with a colour profile.
    colors: ColorPolicy,
    /// Whether there was a catalogue and it could not be read.
    damaged: bool,
}

impl Before {
    /// Reads the catalogue. A damaged one, or one of another version, is made anew from the sources; one
    /// that cannot be read for another reason says nothing, and the ingest ends.
    pub(crate) fn read(job: &Job) -> Result<Self, IngestError> {
        let mut steps = Steps::begin();
        let path = job.published.join(FILE_NAME);
        if let Err(error) = File::open(&path) {
            return match error.kind() {
                io::ErrorKind::NotFound => Ok(Self::nothing(job, false)),
                _ => Err(IngestError::at(path)(error)),
            };
        }
        let read = Catalogue::open(&path).and_then(|catalogue| {
            let publication = Publication {
                items: catalogue.items()?.into_iter().map(Arc::new).collect(),
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
                return Ok(Self::nothing(job, true));
            }
        };
        let mut pages: HashMap<String, Vec<(usize, usize)>> = HashMap::new();
        // Pyramids of another recipe are all made anew.
        if made_by == recipe() {
            for (at, item) in publication.items.iter().enumerate() {
                for (number, page) in item.pages.iter().enumerate() {
                    let of_file = pages.entry(page.source.path.clone()).or_default();
                    of_file.push((at, number));
                }
            }
        }
        steps.done("what was published");
        let broken = broken(&publication.items, &job.published.join("items"))?;
        steps.done("what is stored");
        Ok(Self {
            catalogue: Some(catalogue),
            publication,
            pages,
            broken,
            colors: job.colors,
            damaged: false,
        })
    }

    fn nothing(job: &Job, damaged: bool) -> Self {
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
            broken: HashSet::new(),
            colors: job.colors,
            damaged,
        }
    }

    /// What was published, if it can be gone on from.
    pub(crate) fn last_publication(&self) -> Option<&Publication> {
        self.catalogue.as_ref().map(|_| &self.publication)
    }

    /// The pages of a file, and the item of each.
    pub(crate) fn of(&self, path: &str) -> impl Iterator<Item = (&Arc<Item>, &Page)> {
        let places = self.pages.get(path).into_iter().flatten();
        places.map(|(item, page)| {
            let item = &self.publication.items[*item];
            (item, &item.pages[*page])
        })
    }

    /// Whether the file was published.
    pub(crate) fn knows(&self, path: &str) -> bool {
        self.pages.contains_key(path)
    }

    /// The items with pages in folders that cannot be read now: nobody removed them.
    pub(crate) fn in_unreadable_folders(&self, remarks: &[Remark]) -> Vec<Arc<Item>> {
        let unreadable: BTreeSet<&str> = remarks
            .iter()
            .filter(|remark| matches!(remark.reason, Reason::Unreadable(_)))
            .map(|remark| remark.path.as_str())
            .collect();
        if unreadable.is_empty() {
            return Vec::new();
        }
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
        self.of(path).map(|(_, page)| page.clone()).collect()
    }

    /// Whether a file is as it was when its pages were made, they are stored whole, and the policy makes the same of
    /// their colours.
    pub(crate) fn is_unchanged(&self, path: &str, file: &Found) -> bool {
        let is_same = |page: &Page| {
            page.source.size == file.stamp.size
                && page.source.modified == file.stamp.modified
                && page.source.changed == file.stamp.changed
                && !self.broken.contains(&page.code)
                && KeptColors::is_of(&page.stored.colors, self.colors)
        };
        self.knows(path) && self.of(path).all(|(_, page)| is_same(page))
    }

    /// Whether the text of the page of the image at `path`, in the item called `item`, was read from `text`
    /// as it is.
    pub(crate) fn has_text(&self, item: &str, path: &str, text: &Found) -> bool {
        let mut pages = self.of(path);
        let (Some((of, page)), None) = (pages.next(), pages.next()) else {
            return false;
        };
        of.name == item
            && page.text.as_ref().is_some_and(|known| {
                known.size == text.stamp.size
                    && known.modified == text.stamp.modified
                    && known.changed == text.stamp.changed
                    && known.path == text.path()
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
        let names: HashSet<&str> = groups
            .iter()
            .map(|group| group.name.as_str())
            .chain(unreadable.iter().map(|item| item.name.as_str()))
            .collect();
        // What a spreadsheet names otherwise is still handed over.
        let files: HashSet<String> = groups
            .iter()
            .flat_map(|group| &group.members)
            .map(|member| member.file.path())
            .collect();
        let of = self.publication.items.len();
        let vanished = |item: &&Arc<Item>| {
            let is_there = |page: &Page| files.contains(&page.source.path);
            !names.contains(item.name.as_str()) && !item.pages.iter().any(is_there)
        };
        let gone = self.publication.items.iter().filter(vanished).count();
        (gone * 2 > of).then_some(Reason::MassRemoval { gone, of })
    }

    /// What is published next: what vanished is remembered, what came back is forgotten.
    pub(crate) fn next(
        &self,
        items: Vec<Arc<Item>>,
        refused: Vec<acervo_catalogue::Refusal>,
    ) -> Publication {
        let kept: HashSet<*const Item> = items.iter().map(Arc::as_ptr).collect();
        let before = &self.publication;
        // Nothing of an item that stayed has vanished.
        let changed = || {
            before
                .items
                .iter()
                .filter(|item| !kept.contains(&Arc::as_ptr(item)))
        };
        let mut gone: HashSet<&str> = changed().map(|item| item.name.as_str()).collect();
        gone.extend(before.gone.iter().map(String::as_str));
        let mut gone_pages: HashSet<&str> = codes(changed()).collect();
        gone_pages.extend(before.gone_pages.iter().map(String::as_str));
        for item in &items {
            gone.remove(item.name.as_str());
        }
        for code in codes(items.iter()) {
            gone_pages.remove(code);
        }
        let owned = |all: HashSet<&str>| all.into_iter().map(str::to_owned).collect();
        let (gone, gone_pages) = (owned(gone), owned(gone_pages));
        Publication {
            items,
            gone,
            gone_pages,
            refused,
        }
    }
}

fn codes<'i>(items: impl Iterator<Item = &'i Arc<Item>>) -> impl Iterator<Item = &'i str> {
    let pages = items.flat_map(|item| &item.pages);
    pages.map(|page| page.code.as_str())
}

/// The codes of pages whose pyramid is not whole in the folder `items`.
fn broken(published: &[Arc<Item>], items: &Path) -> Result<HashSet<String>, IngestError> {
    let store = File::open(items).map_err(IngestError::at(items))?;
    let is_whole = |page: &&Page| {
        rustix::fs::statat(&store, page.stored.file.as_str(), AtFlags::empty())
            .is_ok_and(|stat| u64::try_from(stat.st_size) == Ok(page.stored.bytes))
    };
    let pages = published.iter().flat_map(|item| &item.pages);
    let broken = pages.filter(|page| !is_whole(page));
    Ok(broken.map(|page| page.code.clone()).collect())
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
