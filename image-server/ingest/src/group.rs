//! Grouping: which files make which items. Pure.

use std::collections::{HashMap, HashSet};

use acervo_record::{Record, Text};
use unicode_normalization::UnicodeNormalization;

use crate::assign::Assigned;
use crate::natural::natural_order;
use crate::refusal::Reason;
use crate::remark::Remark;
use crate::scan::Found;

/// An item to be: its files, in order, and what is known of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// The item's name.
    pub name: String,
    /// The name of the item that it is a volume of.
    pub parent: Option<String>,
    /// What is known of it.
    pub record: Record,
    /// The row of the spreadsheet that speaks of it.
    pub row: Option<u32>,
    /// Its files; none, if it has volumes.
    pub members: Vec<Member>,
}

/// A file of an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// The file.
    pub file: Found,
    /// What is known of it beside its item.
    pub record: Option<Box<Record>>,
    /// What it shows, in words.
    pub alt: Vec<Text>,
}

impl Member {
    /// A file of which nothing is known.
    #[must_use]
    pub fn bare(file: Found) -> Self {
        Self {
            file,
            record: None,
            alt: Vec::new(),
        }
    }
}

/// The items of a collection: those of a spreadsheet in its order, then the other images in natural order.
///
/// Without a row, a file directly in the folder is an item named by its stem; a sub-folder is an item
/// whose files are its pages. Of two items whose names are equal after NFC normalisation the later is set
/// aside: that without a row, or the later by byte order of their paths.
#[must_use]
pub fn group(
    images: &[Found],
    folders: &[String],
    assigned: Option<Assigned>,
) -> (Vec<Group>, Vec<Remark>) {
    let has_sheet = assigned.is_some();
    let Assigned {
        mut groups,
        mut remarks,
        taken,
    } = assigned.unwrap_or_default();
    let (natural, empty) = natural_groups(images, folders, &taken);
    remarks.extend(empty);
    let mut first_of: HashMap<String, String> = groups
        .iter()
        .map(|group| (nfc(&group.name), group.name.clone()))
        .collect();
    let by_name: HashMap<String, usize> = groups
        .iter()
        .enumerate()
        .filter(|(_, group)| !group.members.is_empty())
        .map(|(at, group)| (nfc(&group.name), at))
        .collect();
    let mut rest: Vec<Group> = Vec::new();
    for (path, group) in natural {
        let key = nfc(&group.name);
        let paths = group.members.iter().map(|member| member.file.path());
        if has_sheet {
            remarks.extend(paths.map(|path| Remark::note(path, Reason::NoRow)));
        }
        let is_folder = group
            .members
            .iter()
            .any(|member| member.file.folder.is_some());
        match (by_name.get(&key), first_of.get(&key)) {
            // Pages of a folder whose other pages have rows.
            (Some(at), _) if is_folder => groups[*at].members.extend(group.members),
            (_, Some(first)) => {
                remarks.retain(|remark| !(remark.path == path && remark.is_note));
                remarks.push(Remark::refused(path, Reason::DuplicateItem(first.clone())));
            }
            (_, None) => {
                first_of.insert(key, path);
                rest.push(group);
            }
        }
    }
    rest.sort_by(|a, b| natural_order(&a.name, &b.name));
    groups.extend(rest);
    (groups, remarks)
}

/// Items by the names of files and folders, with their paths, by byte order of these.
fn natural_groups(
    images: &[Found],
    folders: &[String],
    taken: &HashSet<String>,
) -> (Vec<(String, Group)>, Vec<Remark>) {
    let mut remarks = Vec::new();
    let mut inside: HashMap<&str, Vec<&Found>> = HashMap::new();
    let mut groups: Vec<(String, Group)> = Vec::new();
    let bare = |name: &str, files: Vec<Found>| Group {
        name: name.to_owned(),
        parent: None,
        record: Record::default(),
        row: None,
        members: files.into_iter().map(Member::bare).collect(),
    };
    for file in images {
        match &file.folder {
            Some(folder) => inside.entry(folder).or_default().push(file),
            None if taken.contains(&file.path()) => {}
            None => groups.push((file.name.clone(), bare(file.stem(), vec![file.clone()]))),
        }
    }
    for folder in folders {
        let Some(files) = inside.remove(folder.as_str()) else {
            remarks.push(Remark::refused(folder.clone(), Reason::NoImages));
            continue;
        };
        let mut files: Vec<Found> = files
            .into_iter()
            .filter(|file| !taken.contains(&file.path()))
            .cloned()
            .collect();
        if files.is_empty() {
            continue;
        }
        files.sort_by(|a, b| natural_order(&a.name, &b.name));
        groups.push((folder.clone(), bare(folder, files)));
    }
    groups.sort_by(|(a, _), (b, _)| a.as_bytes().cmp(b.as_bytes()));
    (groups, remarks)
}

/// Equal for names that people cannot tell apart.
pub(crate) fn nfc(name: &str) -> String {
    if name.is_ascii() {
        return name.to_owned();
    }
    name.nfc().collect()
}
