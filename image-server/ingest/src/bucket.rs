//! Scanning a bucket: its listing, as if it were a folder.

use std::collections::{HashMap, HashSet};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Seek as _};
use std::path::{Path, PathBuf};

use acervo_bucket::{Bucket, BucketError, Object};

use crate::name::{is_ignored, usable};
use crate::refusal::Reason;
use crate::remark::Remark;
use crate::scan::{Found, Origin, Scan, Stamp};

/// Objects that are fetched when they are opened.
#[derive(Debug)]
pub(crate) struct Objects {
    bucket: Bucket,
    by_path: HashMap<String, Object>,
    scratch: PathBuf,
}

/// The objects of a bucket as files: keys of one part are files, those of two are files in a sub-folder.
pub(crate) fn scan_bucket(bucket: Bucket, scratch: &Path) -> Result<Scan, BucketError> {
    let listing = bucket.list()?;
    let mut scan = Scan::nothing();
    let mut folders = HashSet::new();
    let mut by_path = HashMap::new();
    for key in listing.odd {
        let printable = key.escape_debug().to_string();
        scan.remarks
            .push(Remark::refused(printable, Reason::BadName));
    }
    for object in listing.objects {
        let parts: Vec<&str> = object.path.split('/').collect();
        if parts.iter().any(|part| is_ignored(part.as_bytes())) {
            continue;
        }
        let (folder, name) = match parts.as_slice() {
            [name] => (None, *name),
            [folder, name] => (Some((*folder).to_owned()), *name),
            _ => {
                let remark = Remark::refused(object.path.clone(), Reason::NestedFolder);
                scan.remarks.push(remark);
                continue;
            }
        };
        if usable(name.as_bytes()).is_none() {
            let printable = object.path.escape_debug().to_string();
            scan.remarks
                .push(Remark::refused(printable, Reason::BadName));
            continue;
        }
        folders.extend(folder.clone());
        scan.files.push(Found {
            folder,
            name: name.to_owned(),
            stamp: stamp(&object),
        });
        by_path.insert(object.path.clone(), object);
    }
    scan.folders = folders.into_iter().collect();
    scan.fingerprint = scan.hash();
    scan.origin = Origin::Bucket(Box::new(Objects {
        bucket,
        by_path,
        scratch: scratch.to_owned(),
    }));
    Ok(scan)
}

/// The version of an object takes the place of the change time of a file.
fn stamp(object: &Object) -> Stamp {
    let hash = blake3::hash(object.version.as_bytes());
    let mut first = [0; 8];
    first.copy_from_slice(&hash.as_bytes()[..8]);
    Stamp {
        size: object.size,
        modified: object.modified,
        changed: i64::from_le_bytes(first),
    }
}

impl Objects {
    /// Fetches an object into a file without a name that others see; what an ingest that was killed has
    /// fetched of it is not fetched again.
    pub(crate) fn open(&self, path: &str) -> io::Result<(File, Stamp)> {
        let object = self.by_path.get(path).ok_or(io::ErrorKind::NotFound)?;
        fs::create_dir_all(&self.scratch)?;
        let name = blake3::hash(format!("{path}\0{}", object.version).as_bytes()).to_hex();
        let partial = self.scratch.join(&name[..32]);
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&partial)?;
        match self.bucket.fetch(object, &mut file) {
            Ok(()) => {}
            Err(BucketError::Io(error)) => return Err(error),
            Err(BucketError::Changed { .. }) => return Err(io::ErrorKind::NotFound.into()),
            Err(error) => return Err(io::Error::other(error)),
        }
        // It is read once, from its beginning, and gone when it is closed.
        file.rewind()?;
        fs::remove_file(&partial)?;
        Ok((file, stamp(object)))
    }
}
