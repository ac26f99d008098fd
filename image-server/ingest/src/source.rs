//! Where the files of a collection come from: a folder on the volume, or a bucket.

use std::path::PathBuf;
use std::sync::Arc;

use acervo_bucket::{Bucket, BucketError, Settings};

use crate::bucket::scan_bucket;
use crate::error::IngestError;
use crate::scan::{Scan, scan};

/// Where the files of a collection come from.
#[derive(Debug, Clone)]
pub enum Source {
    /// A folder.
    Folder {
        /// The folder that holds it and is never left.
        root: PathBuf,
        /// Its name in `root`.
        directory: String,
    },
    /// A bucket of an S3 service, or part of one.
    Bucket(Arc<Settings>),
}

impl Source {
    /// What lies there now. Objects of a bucket are fetched into `scratch` when they are opened.
    pub(crate) fn scan(&self, scratch: &std::path::Path) -> Result<Scan, IngestError> {
        match self {
            Self::Folder { root, directory } => {
                scan(root, directory).map_err(IngestError::at(root.join(directory)))
            }
            Self::Bucket(settings) => {
                let bucket = Bucket::open(Settings::clone(settings))?;
                Ok(scan_bucket(bucket, scratch)?)
            }
        }
    }

    /// The fingerprint of what lies there now, which changes whenever anything in it does.
    ///
    /// # Errors
    /// If it cannot be read.
    pub fn fingerprint(&self) -> Result<String, IngestError> {
        let nowhere = PathBuf::new();
        Ok(self.scan(&nowhere)?.fingerprint)
    }
}

impl From<BucketError> for IngestError {
    fn from(error: BucketError) -> Self {
        Self::Bucket(error)
    }
}
