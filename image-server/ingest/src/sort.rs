//! Sorting: which files are images, and which are texts of images.

use std::collections::{HashMap, HashSet};

use acervo_pixels::source::{SourceError, identify};

use crate::before::Before;
use crate::group::nfc;
use crate::refusal::Reason;
use crate::remark::Remark;
use crate::scan::{Found, Scan};

/// The files of a scan by what they are for.
#[derive(Debug, Default)]
pub(crate) struct Sorted {
    /// Files that are images or may be.
    pub(crate) images: Vec<Found>,
    /// Texts, by folder and stem of their image.
    pub(crate) texts: HashMap<(Option<String>, String), Found>,
    /// What was set aside.
    pub(crate) remarks: Vec<Remark>,
}

/// Sorts the `files` of a scan, without spreadsheets. Files that are no images do not take part: they cannot
/// take the name of one that is. A file that was published is judged later, when it is read; so are objects of
/// a bucket, which would have to be fetched.
pub(crate) fn sort(files: Vec<Found>, scan: &Scan, before: &Before) -> Sorted {
    let mut sorted = Sorted::default();
    for file in files {
        let path = file.path();
        if let Some(stem) = acervo_page_text::candidate(&file.name) {
            let place = (file.folder.clone(), nfc(stem));
            match sorted.texts.get(&place) {
                // Of several texts of one image the first by name is taken.
                Some(other) if other.name <= file.name => {}
                _ => {
                    sorted.texts.insert(place, file);
                }
            }
        } else if before.knows(&path) || scan.is_remote() {
            sorted.images.push(file);
        } else {
            let opened = scan.open(&path).map_err(SourceError::Io);
            match opened.and_then(|(opened, _)| identify(opened)) {
                Err(error @ (SourceError::Empty | SourceError::NotAnImage)) => {
                    sorted.remarks.push(Remark::refused(path, error.into()));
                }
                // What cannot be read now may be an image.
                _ => sorted.images.push(file),
            }
        }
    }
    sorted.orphans();
    sorted
}

impl Sorted {
    /// The text of an image.
    pub(crate) fn text_of(&self, image: &Found) -> Option<&Found> {
        if self.texts.is_empty() {
            return None;
        }
        self.texts.get(&(image.folder.clone(), nfc(image.stem())))
    }

    /// Sets texts without an image aside.
    fn orphans(&mut self) {
        if self.texts.is_empty() {
            return;
        }
        let images: HashSet<(Option<&str>, String)> = self
            .images
            .iter()
            .map(|image| (image.folder.as_deref(), nfc(image.stem())))
            .collect();
        let remarks = &mut self.remarks;
        self.texts.retain(|place, text| {
            let has_image = images.contains(&(place.0.as_deref(), place.1.clone()));
            if !has_image {
                remarks.push(Remark::refused(text.path(), Reason::TextWithoutImage));
            }
            has_image
        });
    }
}
