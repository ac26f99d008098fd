//! The folder that is received into. Nothing is opened but beneath it, and a file has a hidden name
//! until it is whole.

use std::fs::{self, File};
use std::io::{self, Read};
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use acervo_ingest::beneath;
use rustix::fs::{AtFlags, Dir, FileType, FlockOperation, Mode, OFlags, Timespec, Timestamps};
use rustix::io::Errno;

use super::{DirectoryName, ReceiveError};

/// How hidden names begin.
const PART: &str = ".receiving-";
/// A part that nobody holds is younger than this only in the moment between its making and its locking.
const YOUNG: Duration = Duration::from_secs(60);
const FOLDER: OFlags = OFlags::RDONLY
    .union(OFlags::CLOEXEC)
    .union(OFlags::DIRECTORY);

/// A folder directly in `incoming/`.
#[derive(Debug)]
pub(crate) struct Folder {
    path: PathBuf,
    open: OwnedFd,
}

/// How a file that arrived became visible.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kept {
    /// It took its name.
    Written,
    /// The same file was there already and stays.
    Unchanged,
}

impl Folder {
    /// Opens the folder `directory` in `data/incoming`, making both where they are missing, and removes
    /// what a reception left there that was cut off.
    ///
    /// # Errors
    /// If it cannot be made or opened, or is a link out of `incoming`.
    pub(crate) fn open(data: &Path, directory: &DirectoryName) -> Result<Self, ReceiveError> {
        let incoming = data.join("incoming");
        let path = incoming.join(directory.as_str());
        let open = || {
            // Not `data` itself: where no volume is mounted, nothing is received.
            make(fs::create_dir(&incoming))?;
            let root = rustix::fs::open(&incoming, FOLDER, Mode::empty())?;
            make_in(&root, directory.as_str())?;
            let open = beneath(&root, Path::new(directory.as_str()), FOLDER)?;
            sweep(&open, YOUNG)?;
            Ok(open)
        };
        match open() {
            Ok(open) => Ok(Self { path, open }),
            Err(source) => Err(ReceiveError::Folder { path, source }),
        }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The free bytes of its file system.
    pub(super) fn free(&self) -> io::Result<u64> {
        let stat = rustix::fs::fstatvfs(&self.open)?;
        Ok(stat.f_bavail.saturating_mul(stat.f_frsize))
    }

    /// The folder `name` in it, made if it is missing; without a name, itself.
    pub(super) fn within(&self, name: Option<&str>) -> io::Result<OwnedFd> {
        let Some(name) = name else {
            return self.open.try_clone();
        };
        make_in(&self.open, name)?;
        Ok(beneath(&self.open, Path::new(name), FOLDER)?)
    }

    /// A new file under a hidden name.
    pub(super) fn part(&self) -> io::Result<Part<'_>> {
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::CLOEXEC;
        let mode = Mode::from_raw_mode(0o666);
        let process = std::process::id();
        for number in 0_u64.. {
            let name = format!("{PART}{process}-{number}");
            match rustix::fs::openat(&self.open, &name, flags, mode) {
                Ok(file) => {
                    // Held so that another reception does not take it for one that was cut off; where
                    // the file system has no locks, nobody removes it.
                    let _ = rustix::fs::flock(&file, FlockOperation::NonBlockingLockExclusive);
                    return Ok(Part {
                        folder: self,
                        name,
                        file: File::from(file),
                        is_named: false,
                    });
                }
                Err(Errno::EXIST) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(io::ErrorKind::AlreadyExists.into())
    }

    /// Waits until the names in it are on the disk.
    pub(super) fn sync(&self) -> io::Result<()> {
        Ok(rustix::fs::fsync(&self.open)?)
    }
}

fn make_in(folder: &OwnedFd, name: &str) -> io::Result<()> {
    let made = rustix::fs::mkdirat(folder, name, Mode::from_raw_mode(0o777));
    make(made.map_err(io::Error::from))
}

/// What is there already need not be made.
fn make(result: io::Result<()>) -> io::Result<()> {
    match result {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        other => other,
    }
}

/// Removes the parts that nobody holds and that are no longer `young`.
fn sweep(folder: &OwnedFd, young: Duration) -> io::Result<()> {
    let flags = OFlags::RDWR | OFlags::CLOEXEC | OFlags::NOFOLLOW | OFlags::NONBLOCK;
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default()
        .as_secs();
    for entry in Dir::read_from(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        if !name.to_bytes().starts_with(PART.as_bytes()) {
            continue;
        }
        // Of two that sweep, one comes too late.
        let Ok(file) = rustix::fs::openat(folder, name, flags, Mode::empty()) else {
            continue;
        };
        let held = rustix::fs::flock(&file, FlockOperation::NonBlockingLockExclusive).is_err();
        let changed = u64::try_from(rustix::fs::fstat(&file)?.st_ctime).unwrap_or(0);
        if !held && now.saturating_sub(changed) >= young.as_secs() {
            let _ = rustix::fs::unlinkat(folder, name, AtFlags::empty());
        }
    }
    Ok(())
}

/// A file that is arriving; removed when dropped before it is kept.
#[derive(Debug)]
pub(super) struct Part<'f> {
    folder: &'f Folder,
    name: String,
    file: File,
    is_named: bool,
}

impl Part<'_> {
    /// What is written.
    pub(super) fn file(&mut self) -> &mut File {
        &mut self.file
    }

    /// The file is whole: gives it its name in `to` and the time `modified`, in seconds since 1970.
    pub(super) fn keep(
        mut self,
        to: &OwnedFd,
        name: &str,
        modified: Option<u64>,
    ) -> io::Result<Kept> {
        if let Some(seconds) = modified.and_then(|seconds| i64::try_from(seconds).ok()) {
            let time = Timespec {
                tv_sec: seconds,
                tv_nsec: 0,
            };
            let times = Timestamps {
                last_access: time,
                last_modification: time,
            };
            // A time that the file system cannot hold is no reason to lose the file.
            let _ = rustix::fs::futimens(&self.file, &times);
        }
        if self.is_at(to, name)? {
            return Ok(Kept::Unchanged);
        }
        self.file.sync_all()?;
        rustix::fs::renameat(&self.folder.open, &self.name, to, name)?;
        self.is_named = true;
        Ok(Kept::Written)
    }

    /// Whether a file with this content and time is at `name` already. It then stays, because ingest
    /// would read one that took its place again.
    fn is_at(&self, folder: &OwnedFd, name: &str) -> io::Result<bool> {
        let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NOFOLLOW | OFlags::NONBLOCK;
        let Ok(there) = rustix::fs::openat(folder, name, flags, Mode::empty()) else {
            return Ok(false);
        };
        let (old, new) = (rustix::fs::fstat(&there)?, rustix::fs::fstat(&self.file)?);
        let is_file = FileType::from_raw_mode(old.st_mode) == FileType::RegularFile;
        if !is_file || (old.st_size, old.st_mtime) != (new.st_size, new.st_mtime) {
            return Ok(false);
        }
        let arrived = beneath(&self.folder.open, Path::new(&self.name), flags)?;
        same_content(&mut File::from(there), &mut File::from(arrived))
    }
}

fn same_content(a: &mut File, b: &mut File) -> io::Result<bool> {
    let (mut left, mut right) = (vec![0; 64 << 10], vec![0; 64 << 10]);
    loop {
        let count = a.read(&mut left)?;
        if count == 0 {
            return Ok(b.read(&mut right)? == 0);
        }
        match b.read_exact(&mut right[..count]) {
            Ok(()) if left[..count] == right[..count] => {}
            Ok(()) => return Ok(false),
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(false),
            Err(error) => return Err(error),
        }
    }
}

impl Drop for Part<'_> {
    fn drop(&mut self) {
        if !self.is_named {
            // The next reception removes what cannot be removed now.
            let _ = rustix::fs::unlinkat(&self.folder.open, &self.name, AtFlags::empty());
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn a_part_that_nobody_holds_goes_once_it_is_not_young() {
        let data = tempfile::tempdir().unwrap();
        let folder = Folder::open(data.path(), &"mapas".parse().unwrap()).unwrap();
        let names = || {
            let entries = fs::read_dir(folder.path()).unwrap();
            let mut names: Vec<_> = entries
                .map(|e| e.unwrap().file_name().into_string().unwrap())
                .collect();
            names.sort();
            names
        };
        fs::write(folder.path().join(".receiving-7-7"), "left").unwrap();
        fs::write(folder.path().join(".other"), "not ours").unwrap();
        let held = folder.part().unwrap();
        sweep(&folder.open, YOUNG).unwrap();
        assert_eq!(names().len(), 3);
        sweep(&folder.open, Duration::ZERO).unwrap();
        assert_eq!(names(), [".other", held.name.as_str()]);
        drop(held);
        assert_eq!(names(), [".other"]);
    }
}
