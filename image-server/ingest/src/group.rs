//! Grouping: which files make which items. Pure.

use std::collections::HashMap;

use unicode_normalization::UnicodeNormalization;

use crate::natural::natural_order;
use crate::refusal::Reason;
use crate::scan::{Found, Scan};

/// The files of one item, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// The item's name.
    pub name: String,
    /// Whether the item is a folder.
    pub is_folder: bool,
    /// Its files.
    pub files: Vec<Found>,
}

/// The items of a folder in natural order, and what was set aside.
///
/// A file directly in the folder is an item named by its stem; a sub-folder is an item whose files are
/// its pages. Of two items whose names are equal after NFC normalisation the later by byte order of
/// their paths is set aside.
#[must_use]
pub fn group(scan: &Scan) -> (Vec<Group>, Vec<(String, Reason)>) {
    let mut refused = scan.refused.clone();
    let mut folders: HashMap<&str, Vec<Found>> = HashMap::new();
    let mut groups: Vec<(String, Group)> = Vec::new();
    for file in &scan.files {
        match &file.folder {
            Some(folder) => folders.entry(folder).or_default().push(file.clone()),
            None => {
                let name = stem(&file.name).to_owned();
                let group = Group {
                    name,
                    is_folder: false,
                    files: vec![file.clone()],
                };
                groups.push((file.name.clone(), group));
            }
        }
    }
    for folder in &scan.folders {
        match folders.remove(folder.as_str()) {
            Some(mut files) => {
                files.sort_by(|a, b| natural_order(&a.name, &b.name));
                let group = Group {
                    name: folder.clone(),
                    is_folder: true,
                    files,
                };
                groups.push((folder.clone(), group));
            }
            None => refused.push((folder.clone(), Reason::NoImages)),
        }
    }
    groups.sort_by(|(a, _), (b, _)| a.as_bytes().cmp(b.as_bytes()));
    let mut first_of: HashMap<String, String> = HashMap::new();
    let mut items: Vec<Group> = Vec::new();
    for (path, group) in groups {
        let key: String = group.name.nfc().collect();
        match first_of.get(&key) {
            Some(first) => refused.push((path, Reason::DuplicateItem(first.clone()))),
            None => {
                first_of.insert(key, path);
                items.push(group);
            }
        }
    }
    items.sort_by(|a, b| natural_order(&a.name, &b.name));
    (items, refused)
}

/// The name without its last extension.
fn stem(name: &str) -> &str {
    match name.rfind('.') {
        Some(dot) if dot > 0 => &name[..dot],
        _ => name,
    }
}
