//! Assigning: which files the rows of a spreadsheet speak of. Pure.

use std::collections::{HashMap, HashSet};

use acervo_record::Record;
use acervo_sheet::{Row, Sheet};

use crate::group::{Group, Member, nfc};
use crate::natural::natural_order;
use crate::refusal::Reason;
use crate::remark::Remark;
use crate::scan::Found;

/// The items of a spreadsheet.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Assigned {
    /// The items, in the order of the sheet; volumes follow what they are volumes of.
    pub groups: Vec<Group>,
    /// Rows without an image.
    pub remarks: Vec<Remark>,
    /// The paths of all images that belong to them.
    pub taken: HashSet<String>,
}

/// Gives the rows of the sheet at `path` their images.
///
/// A row has the images that its file column names, or those in the folder of its name, or the image of
/// its name: in the collection's folder, or in that of the row's parent. The image of a row with a parent
/// is a page of the parent's item; where such a row has several, it is a volume.
#[must_use]
pub fn assign(path: &str, mut sheet: Sheet, images: &[Found]) -> Assigned {
    let records = sheet
        .rows
        .iter_mut()
        .map(|row| (row.number, std::mem::take(&mut row.record)));
    let records = records.collect();
    let mut children: HashMap<&str, Vec<&Row>> = HashMap::new();
    for row in &sheet.rows {
        if let Some(parent) = &row.parent {
            children.entry(parent).or_default().push(row);
        }
    }
    for rows in children.values_mut() {
        rows.sort_by_key(|row| (row.order.unwrap_or(i64::MAX), row.number));
    }
    let mut assigning = Assigning {
        path,
        children,
        records,
        images: Images::of(images, &sheet.rows),
        assigned: Assigned::default(),
    };
    for row in sheet.rows.iter().filter(|row| row.parent.is_none()) {
        assigning.item(row);
    }
    assigning.assigned
}

struct Assigning<'a> {
    path: &'a str,
    children: HashMap<&'a str, Vec<&'a Row>>,
    /// What is said in each row, by its number, until an item has it.
    records: HashMap<u32, Record>,
    images: Images<'a>,
    assigned: Assigned,
}

impl<'a> Assigning<'a> {
    /// An item at the top of the collection, and its volumes.
    fn item(&mut self, row: &'a Row) {
        let children = self.children.remove(row.name.as_str()).unwrap_or_default();
        let found: Vec<(&Row, Vec<&Found>)> = children
            .iter()
            .map(|child| (*child, self.files(child, Some(row))))
            .collect();
        let has_volumes = found.iter().any(|(child, files)| {
            files.len() > 1 || self.children.contains_key(child.name.as_str())
        });
        if !has_volumes {
            let files = self.files(row, None);
            let members = self.members(row, files, &found);
            self.push(row, None, members);
            return;
        }
        let at = self.assigned.groups.len();
        for (child, files) in found {
            let pages = self
                .children
                .remove(child.name.as_str())
                .unwrap_or_default();
            let inner: Vec<(&Row, Vec<&Found>)> = pages
                .iter()
                .map(|page| (*page, self.files(page, Some(child))))
                .collect();
            let members = self.members(child, files, &inner);
            self.push(child, Some(row.name.clone()), members);
        }
        if self.assigned.groups.len() > at {
            let parent = self.group(row, None, Vec::new());
            self.assigned.groups.insert(at, parent);
        } else {
            self.without_image(row);
        }
    }

    fn push(&mut self, row: &Row, parent: Option<String>, members: Vec<Member>) {
        if members.is_empty() {
            self.without_image(row);
        } else {
            let group = self.group(row, parent, members);
            self.assigned.groups.push(group);
        }
    }

    fn group(&mut self, row: &Row, parent: Option<String>, members: Vec<Member>) -> Group {
        Group {
            name: row.name.clone(),
            parent,
            record: self.record(row),
            row: Some(row.number),
            members,
        }
    }

    /// What a row says. It makes one item, or pages of one.
    fn record(&mut self, row: &Row) -> Record {
        self.records.remove(&row.number).unwrap_or_default()
    }

    fn without_image(&mut self, row: &Row) {
        // What the file column says is told already, file by file.
        if row.files.is_empty() {
            let reason = Reason::NoFile(row.name.clone());
            let remark = Remark::refused(self.path, reason).at(Some(row.number), None);
            self.assigned.remarks.push(remark);
        }
    }

    /// The pages that rows with one image each make.
    fn pages(&mut self, found: &[(&Row, Vec<&Found>)]) -> Vec<Member> {
        let mut members = Vec::new();
        for (row, files) in found {
            if files.is_empty() {
                self.without_image(row);
            }
            let record = Box::new(self.record(row));
            let taken = self.take(row, files.clone()).into_iter();
            members.extend(taken.map(|member| Member {
                record: Some(record.clone()),
                alt: row.alt.clone(),
                ..member
            }));
        }
        members
    }

    /// The images of an item: its own, and those of the rows of its pages.
    ///
    /// A row of a page says more of an image than the folder of the item that it lies in, or than the item
    /// that names it too: the page has it.
    fn members(
        &mut self,
        row: &Row,
        files: Vec<&Found>,
        pages: &[(&Row, Vec<&Found>)],
    ) -> Vec<Member> {
        let of_rows = self.pages(pages);
        let paths: HashSet<String> = of_rows.iter().map(|member| member.file.path()).collect();
        let own = files.iter().copied();
        let own = own.filter(|file| !paths.contains(&file.path())).collect();
        let mut members = self.take(row, own);
        // An alternative text of an item is that of its only image.
        if let [only] = members.as_mut_slice() {
            only.alt.clone_from(&row.alt);
        }
        let has_others = !members.is_empty();
        members.extend(of_rows);
        // Rows for some of a folder's images: the order is that of the folder.
        if has_others && files.iter().any(|file| paths.contains(&file.path())) {
            let order: HashMap<String, usize> =
                files.iter().map(|file| file.path()).zip(0..).collect();
            let place = |member: &Member| order.get(&member.file.path()).copied();
            members.sort_by_cached_key(|member| place(member).unwrap_or(files.len()));
        }
        members
    }

    /// Images belong to one row each: the first.
    fn take(&mut self, row: &Row, files: Vec<&Found>) -> Vec<Member> {
        let mut members = Vec::new();
        for file in files {
            let path = file.path();
            if self.assigned.taken.insert(path.clone()) {
                members.push(Member::bare(file.clone()));
            } else {
                let remark = Remark::refused(self.path, Reason::FileTaken(path));
                let remark = remark.at(Some(row.number), None);
                self.assigned.remarks.push(remark);
            }
        }
        members
    }

    /// The images that a row speaks of.
    fn files(&mut self, row: &Row, parent: Option<&Row>) -> Vec<&'a Found> {
        if row.files.is_empty() {
            return self
                .images
                .named(&row.name, parent.map(|parent| parent.name.as_str()));
        }
        let mut all = Vec::new();
        for file in &row.files {
            let found = self
                .images
                .at(file, &row.name, parent.map(|parent| parent.name.as_str()));
            if found.is_empty() {
                let remark = Remark::refused(self.path, Reason::NoFile(file.clone()));
                self.assigned
                    .remarks
                    .push(remark.at(Some(row.number), None));
            }
            all.extend(found);
        }
        all
    }
}

/// Images by what people write of them: exactly, or but for case.
struct Images<'a> {
    by_path: HashMap<String, Vec<&'a Found>>,
    by_stem: HashMap<String, Vec<&'a Found>>,
    by_folder: HashMap<String, Vec<&'a Found>>,
    by_name: HashMap<String, Vec<&'a Found>>,
}

impl<'a> Images<'a> {
    /// There may be many, so only by what `rows` use.
    fn of(images: &'a [Found], rows: &[Row]) -> Self {
        let mut all = Self {
            by_path: HashMap::new(),
            by_stem: HashMap::new(),
            by_folder: HashMap::new(),
            by_name: HashMap::new(),
        };
        let names_files = rows.iter().any(|row| !row.files.is_empty());
        let names_inside = names_files || rows.iter().any(|row| row.parent.is_some());
        for image in images {
            if names_files {
                insert(&mut all.by_path, &image.path(), image);
                insert(&mut all.by_name, &image.name, image);
            }
            let Some(folder) = &image.folder else {
                insert(&mut all.by_stem, image.stem(), image);
                continue;
            };
            insert(&mut all.by_folder, folder, image);
            if names_inside {
                let path = format!("{folder}/{}", image.stem());
                insert(&mut all.by_stem, &path, image);
            }
        }
        for files in all.by_folder.values_mut() {
            files.sort_by(|a, b| natural_order(&a.name, &b.name));
            files.dedup();
        }
        all
    }

    /// The images of an item called `name`: those in its folder, or the one of its name.
    fn named(&self, name: &str, parent: Option<&str>) -> Vec<&'a Found> {
        let inside = parent.map(|parent| format!("{parent}/{name}"));
        first([
            inside.and_then(|path| one(&self.by_stem, &path)),
            all(&self.by_folder, name),
            one(&self.by_stem, name),
        ])
    }

    /// The images that the text of a file column names: a path, a file's name, a folder, or a name
    /// without its ending.
    fn at(&self, text: &str, name: &str, parent: Option<&str>) -> Vec<&'a Found> {
        let path = text.replace('\\', "/");
        let path = path.trim_start_matches("./").trim_matches('/');
        let last = path.rsplit('/').next().unwrap_or(path);
        let inside = |folder: &str| one(&self.by_path, &format!("{folder}/{last}"));
        first([
            one(&self.by_path, path),
            inside(name),
            parent.and_then(inside),
            one(&self.by_path, last),
            only(&self.by_name, last),
            all(&self.by_folder, path),
            one(&self.by_stem, path),
        ])
    }
}

type Index<'a> = HashMap<String, Vec<&'a Found>>;

/// As it is written, and as it is written but for case.
fn insert<'a>(index: &mut Index<'a>, text: &str, image: &'a Found) {
    if let Some(known) = index.get_mut(text)
        && is_plain(text)
    {
        return known.push(image);
    }
    let (exact, folded) = (exactly(text), but_for_case(text));
    if exact != folded {
        index.entry(folded).or_default().push(image);
    }
    index.entry(exact).or_default().push(image);
}

/// Whether a text is the same however it is looked at.
fn is_plain(text: &str) -> bool {
    text.bytes()
        .all(|byte| byte.is_ascii() && !byte.is_ascii_uppercase())
}

fn exactly(text: &str) -> String {
    nfc(text)
}

fn but_for_case(text: &str) -> String {
    nfc(&text.to_lowercase())
}

fn all<'a>(index: &Index<'a>, text: &str) -> Option<Vec<&'a Found>> {
    let found = index.get(&exactly(text));
    found.or_else(|| index.get(&but_for_case(text))).cloned()
}

/// The first by byte order of its path.
fn one<'a>(index: &Index<'a>, text: &str) -> Option<Vec<&'a Found>> {
    let found = all(index, text)?;
    found
        .into_iter()
        .min_by_key(|file| file.path())
        .map(|file| vec![file])
}

/// The only one.
fn only<'a>(index: &Index<'a>, text: &str) -> Option<Vec<&'a Found>> {
    let mut found = all(index, text)?;
    found.dedup();
    (found.len() == 1).then_some(found)
}

fn first<const N: usize>(candidates: [Option<Vec<&Found>>; N]) -> Vec<&Found> {
    candidates.into_iter().flatten().next().unwrap_or_default()
}
