//! Gathering: from groups, and what became of their files, to the items that are published.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use acervo_catalogue::{Item, Page, Words};
use acervo_record::Record;

use crate::before::Before;
use crate::convert::Converted;
use crate::group::{Group, Member};
use crate::refusal::Reason;
use crate::remark::Remark;
use crate::run::Made;
use crate::scan::Found;

/// What is to be tried again.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    /// Files that changed while they were read.
    pub(crate) in_work: u64,
    /// Whether a file could not be read.
    pub(crate) unreadable: bool,
}

/// Gathers what is published.
pub(crate) struct Gathering<'a> {
    before: &'a Before,
    /// What was published, by name.
    known: HashMap<&'a str, &'a Arc<Item>>,
    made: HashMap<String, Made>,
    /// The path of the spreadsheet.
    sheet: &'a str,
    published: Vec<Arc<Item>>,
    words: HashMap<String, Words>,
    remarks: Vec<Remark>,
    tally: Tally,
}

impl<'a> Gathering<'a> {
    pub(crate) fn new(before: &'a Before, made: HashMap<String, Made>, sheet: &'a str) -> Self {
        let items = before.publication.items.iter();
        Self {
            before,
            known: items.map(|item| (item.name.as_str(), item)).collect(),
            made,
            sheet,
            published: Vec::new(),
            words: HashMap::new(),
            remarks: Vec::new(),
            tally: Tally::default(),
        }
    }

    /// The item of a group, if any of its files is published.
    pub(crate) fn add(&mut self, group: Group) {
        let known = self.known.get(group.name.as_str()).copied();
        let same = known.filter(|item| self.has_same_pages(&group, item));
        let Group {
            name,
            parent,
            mut record,
            row,
            members,
        } = group;
        let is_work = members.is_empty();
        let pages = match same {
            Some(_) => Vec::new(),
            None => self.pages_of(members),
        };
        let count = same.map_or(pages.len(), |item| item.pages.len());
        if count == 0 && !is_work {
            return;
        }
        let missing = only_pages(&mut record, count);
        // A work has volumes and no pages; nobody needs to hear that.
        for number in missing.into_iter().filter(|_| !is_work) {
            let remark = Remark::note(self.sheet, Reason::NoSuchPage(number));
            self.remarks.push(remark.at(row, None));
        }
        let item = match same {
            Some(item) if item.parent == parent && item.record == record => Arc::clone(item),
            _ => Arc::new(Item {
                name,
                parent,
                record,
                pages: same.map_or(pages, |item| item.pages.clone()),
            }),
        };
        self.published.push(item);
    }

    /// Whether the pages of a group are those of `item`, with all that is said of them.
    fn has_same_pages(&self, group: &Group, item: &Item) -> bool {
        let mut of_item = item.pages.iter();
        let is_same = |member: &Member| {
            let path = member.file.path();
            !self.made.contains_key(&path)
                && self.before.of(&path).all(|(_, page)| {
                    of_item.next().is_some_and(|next| std::ptr::eq(next, page))
                        && page.record == member.record
                        && page.alt == member.alt
                })
        };
        group.members.iter().all(is_same) && of_item.next().is_none()
    }

    /// The pages of the files of an item.
    fn pages_of(&mut self, members: Vec<Member>) -> Vec<Page> {
        let mut pages = Vec::new();
        for member in members {
            let new = self.pages(&member.file);
            pages.extend(new.into_iter().map(|page| Page {
                record: member.record.clone(),
                alt: member.alt.clone(),
                ..page
            }));
        }
        pages
    }

    /// The pages of a file: new, as before, or none.
    fn pages(&mut self, file: &Found) -> Vec<Page> {
        let path = file.path();
        let Some(made) = self.made.remove(&path) else {
            // Nothing was to be done: it is as it was.
            return self.before.last(&path);
        };
        if let Some(words) = made.words {
            self.words.insert(words.code.clone(), words);
        }
        self.remarks.extend(made.text);
        match made.image {
            Converted::Pages(pages) => pages,
            // What was published of a file stays as long as the file does.
            Converted::Refused(reason) => {
                self.tally.unreadable |= matches!(reason, Reason::Unreadable(_));
                self.remarks.push(Remark::refused(path.clone(), reason));
                self.before.last(&path)
            }
            Converted::InWork => {
                self.tally.in_work += 1;
                self.before.last(&path)
            }
        }
    }

    /// All items, with those whose folders cannot be read now; parents that lost all volumes are gone.
    pub(crate) fn end(
        self,
        remarks: &mut Vec<Remark>,
    ) -> (Vec<Arc<Item>>, HashMap<String, Words>, Tally) {
        let mut published = self.published;
        remarks.extend(self.remarks);
        let mut unreadable = self.before.in_unreadable_folders(remarks);
        if !unreadable.is_empty() {
            let names: HashSet<&str> = published.iter().map(|item| item.name.as_str()).collect();
            unreadable.retain(|item| !names.contains(item.name.as_str()));
            published.extend(unreadable);
        }
        remarks.extend(yield_codes(&mut published));
        let mut parents: HashSet<String> = published
            .iter()
            .filter_map(|item| item.parent.clone())
            .collect();
        published.retain(|item| !item.pages.is_empty() || parents.contains(&item.name));
        let names: HashSet<&str> = published.iter().map(|item| item.name.as_str()).collect();
        parents.retain(|parent| !names.contains(parent.as_str()));
        let lost = parents;
        for item in &mut published {
            if item
                .parent
                .as_ref()
                .is_some_and(|parent| lost.contains(parent))
            {
                Arc::make_mut(item).parent = None;
            }
        }
        (published, self.words, self.tally)
    }
}

/// Takes pages out whose code an earlier page has. Names that differ can give one code, such as `a.tif` and
/// a file called `1` in the folder `a`; an address belongs to one image.
fn yield_codes(published: &mut [Arc<Item>]) -> Vec<Remark> {
    // Hardly ever, so that of many pages nothing is copied to find out.
    let mut seen = HashSet::new();
    let mut pages = published.iter().flat_map(|item| &item.pages);
    if pages.all(|page| seen.insert(page.code.as_str())) {
        return Vec::new();
    }
    let mut owners: HashMap<String, String> = HashMap::new();
    let mut remarks = Vec::new();
    for item in published {
        let is_twice = |page: &mut Page| owners.contains_key(&page.code);
        for page in Arc::make_mut(item).pages.extract_if(.., is_twice) {
            let owner = owners[&page.code].clone();
            let path = page.source.path;
            remarks.push(Remark::refused(path, Reason::DuplicateItem(owner)));
        }
        let pages = item.pages.iter();
        owners.extend(pages.map(|page| (page.code.clone(), page.source.path.clone())));
    }
    remarks
}

/// Takes the numbers of pages that an item of `count` pages does not have out of its record, and gives them.
fn only_pages(record: &mut Record, count: usize) -> Vec<u32> {
    let has = |number: u32| (1..=count).contains(&(number as usize));
    let numbers = record.ranges.iter().map(|range| range.page);
    let all = record.thumbnail.into_iter().chain(numbers);
    let missing = all.filter(|number| !has(*number)).collect();
    record.thumbnail = record.thumbnail.filter(|number| has(*number));
    record.ranges.retain(|range| has(range.page));
    missing
}
