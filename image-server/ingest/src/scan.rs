//! Scanning: what lies in a folder, without reading any file and without ever leaving it.

use std::fs::File;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::path::Path;

use rustix::fs::{AtFlags, Dir, FileType, Mode, OFlags, ResolveFlags, Stat};

use crate::bucket::Objects;
use crate::name::{is_ignored, printable, usable};
use crate::refusal::Reason;
use crate::remark::Remark;

/// Sub-folders that are looked into side by side.
const THREADS: usize = 4;

/// A file's state, to tell whether it changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamp {
    /// Bytes.
    pub size: u64,
    /// Modification time, in nanoseconds since 1970.
    pub modified: i64,
    /// Change time, in nanoseconds since 1970.
    pub changed: i64,
}

/// A file that was handed over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The sub-folder it lies in; `None` directly in the source's folder.
    pub folder: Option<String>,
    /// Its name.
    pub name: String,
    /// Its state.
    pub stamp: Stamp,
}

impl Found {
    /// The path below the source's folder.
    #[must_use]
    pub fn path(&self) -> String {
        match &self.folder {
            Some(folder) => format!("{folder}/{}", self.name),
            None => self.name.clone(),
        }
    }

    /// Its name without the last ending.
    #[must_use]
    pub fn stem(&self) -> &str {
        match self.name.rfind('.') {
            Some(dot) if dot > 0 => &self.name[..dot],
            _ => &self.name,
        }
    }
}

/// What lies in a folder or bucket.
#[derive(Debug)]
pub struct Scan {
    /// Files, in no order.
    pub files: Vec<Found>,
    /// Sub-folders, in no order.
    pub folders: Vec<String>,
    /// What was set aside without being opened.
    pub remarks: Vec<Remark>,
    /// Changes whenever anything in the folder does.
    pub fingerprint: String,
    /// The latest change of anything in it, in nanoseconds since 1970 by the clock of the file system.
    /// Ignored files count: hands that write under a hidden name are still at work.
    pub newest: i64,
    pub(crate) origin: Origin,
}

/// Where the files of a scan are opened.
#[derive(Debug)]
pub(crate) enum Origin {
    /// There are none.
    Nowhere,
    /// Beneath a folder.
    Folder(OwnedFd),
    /// In a bucket.
    Bucket(Box<Objects>),
}

/// Scans `directory` in the folder `root`. A directory that does not exist is empty and refused.
///
/// # Errors
/// If `root` or a folder in it cannot be read.
pub fn scan(root: &Path, directory: &str) -> io::Result<Scan> {
    let mut scan = Scan::nothing();
    let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::DIRECTORY;
    let opened = rustix::fs::open(root, flags, Mode::empty())
        .and_then(|root| beneath(&root, Path::new(directory), flags));
    let folder = match opened {
        Ok(folder) => folder,
        Err(rustix::io::Errno::NOENT) => {
            scan.remarks.push(Remark::refused("", Reason::NoFolder));
            return Ok(scan);
        }
        Err(rustix::io::Errno::XDEV | rustix::io::Errno::LOOP) => {
            scan.remarks.push(Remark::refused("", Reason::LinkOutside));
            return Ok(scan);
        }
        Err(error) => return Err(error.into()),
    };
    let mut folders = Vec::new();
    scan.entries(&folder, None, &mut folders)?;
    // There may be many, and a file system on a network lets each wait.
    let share = folders.len().div_ceil(THREADS).max(1);
    let parts: Vec<Scan> = std::thread::scope(|scope| {
        let parts: Vec<_> = folders
            .chunks(share)
            .map(|names| scope.spawn(|| inside(&folder, names)))
            .collect();
        let ended = parts.into_iter().map(std::thread::ScopedJoinHandle::join);
        ended
            .map(|part| part.unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
            .collect()
    });
    for part in parts {
        scan.files.extend(part.files);
        scan.folders.extend(part.folders);
        scan.remarks.extend(part.remarks);
        scan.newest = scan.newest.max(part.newest);
    }
    scan.origin = Origin::Folder(folder);
    scan.fingerprint = scan.hash();
    Ok(scan)
}

/// What lies in the sub-folders `names`; those that cannot be read are set aside.
fn inside(folder: &OwnedFd, names: &[String]) -> Scan {
    let mut all = Scan::nothing();
    for name in names {
        let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::DIRECTORY;
        let mut one = Scan::nothing();
        let opened = beneath(folder, Path::new(name), flags).map_err(io::Error::from);
        match opened.and_then(|inner| one.entries(&inner, Some(name), &mut Vec::new())) {
            Ok(()) => {
                all.files.extend(one.files);
                all.folders.push(name.clone());
            }
            Err(error) => {
                let reason = Reason::Unreadable(error.to_string());
                one.remarks.push(Remark::refused(name.clone(), reason));
            }
        }
        all.remarks.extend(one.remarks);
        all.newest = all.newest.max(one.newest);
    }
    all
}

/// Opens `path` below `folder`; links that lead out of it do not open.
///
/// # Errors
/// Those of openat2; `XDEV` for a path that leaves the folder.
pub fn beneath(folder: impl AsFd, path: &Path, flags: OFlags) -> rustix::io::Result<OwnedFd> {
    let resolve = ResolveFlags::BENEATH | ResolveFlags::NO_MAGICLINKS;
    rustix::fs::openat2(folder, path, flags, Mode::empty(), resolve)
}

impl Scan {
    pub(crate) fn nothing() -> Self {
        Self {
            files: Vec::new(),
            folders: Vec::new(),
            remarks: Vec::new(),
            fingerprint: String::new(),
            newest: i64::MIN,
            origin: Origin::Nowhere,
        }
    }

    /// Opens a file of this scan for reading, and gives its state at this moment. An object of a bucket
    /// is fetched as a whole.
    ///
    /// # Errors
    /// If it is gone, no longer a regular file, or cannot be opened or fetched.
    pub fn open(&self, path: &str) -> io::Result<(File, Stamp)> {
        let folder = match &self.origin {
            Origin::Nowhere => return Err(io::ErrorKind::NotFound.into()),
            Origin::Folder(folder) => folder,
            Origin::Bucket(objects) => return objects.open(path),
        };
        // Not blocking, so that a pipe that took the file's place cannot hold us.
        let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NONBLOCK;
        let file = beneath(folder, Path::new(path), flags)?;
        let stat = rustix::fs::fstat(&file)?;
        if FileType::from_raw_mode(stat.st_mode) != FileType::RegularFile {
            return Err(io::Error::other("it is no longer a regular file"));
        }
        Ok((File::from(file), stamp(&stat)))
    }

    /// Whether a file that was opened is still as it was then. An object is read from a copy.
    pub(crate) fn is_still(&self, path: &str, stamp: Stamp) -> bool {
        match &self.origin {
            Origin::Bucket(_) => true,
            _ => self.open(path).is_ok_and(|(_, now)| now == stamp),
        }
    }

    /// Whether opening a file costs as much as reading it.
    pub(crate) fn is_remote(&self) -> bool {
        matches!(self.origin, Origin::Bucket(_))
    }

    fn entries(
        &mut self,
        folder: &OwnedFd,
        inside: Option<&str>,
        folders: &mut Vec<String>,
    ) -> io::Result<()> {
        self.newest = self.newest.max(stamp(&rustix::fs::fstat(folder)?).changed);
        for entry in Dir::read_from(folder)? {
            let entry = entry?;
            let raw = entry.file_name();
            if is_ignored(raw.to_bytes()) {
                self.newest = self.newest.max(changed(folder, raw)?);
                continue;
            }
            match usable(raw.to_bytes()) {
                Some(name) => self.entry(folder, inside, name, folders)?,
                None => self.refuse(inside, &printable(raw.to_bytes()), Reason::BadName),
            }
        }
        Ok(())
    }

    fn entry(
        &mut self,
        folder: &OwnedFd,
        inside: Option<&str>,
        name: &str,
        folders: &mut Vec<String>,
    ) -> io::Result<()> {
        let stat = match rustix::fs::statat(folder, name, AtFlags::SYMLINK_NOFOLLOW) {
            Ok(stat) => stat,
            // Removed since it was listed.
            Err(rustix::io::Errno::NOENT) => return Ok(()),
            Err(error) => return Err(error.into()),
        };
        match FileType::from_raw_mode(stat.st_mode) {
            FileType::RegularFile => self.file(inside, name, &stat),
            FileType::Directory if inside.is_none() => folders.push(name.to_owned()),
            FileType::Directory => self.refuse(inside, name, Reason::NestedFolder),
            FileType::Symlink => {
                let flags = OFlags::PATH | OFlags::CLOEXEC;
                // A link may lead to another file of the same folder, not out of it.
                match beneath(folder, Path::new(name), flags).and_then(rustix::fs::fstat) {
                    Ok(stat) if FileType::from_raw_mode(stat.st_mode) == FileType::RegularFile => {
                        self.file(inside, name, &stat);
                    }
                    _ => self.refuse(inside, name, Reason::LinkOutside),
                }
            }
            _ => self.refuse(inside, name, Reason::NotAFile),
        }
        Ok(())
    }

    fn file(&mut self, inside: Option<&str>, name: &str, stat: &Stat) {
        let stamp = stamp(stat);
        self.newest = self.newest.max(stamp.changed);
        self.files.push(Found {
            folder: inside.map(str::to_owned),
            name: name.to_owned(),
            stamp,
        });
    }

    fn refuse(&mut self, inside: Option<&str>, name: &str, reason: Reason) {
        let path = inside.map_or_else(|| name.to_owned(), |folder| format!("{folder}/{name}"));
        self.remarks.push(Remark::refused(path, reason));
    }

    pub(crate) fn hash(&self) -> String {
        let mut lines: Vec<String> = self
            .files
            .iter()
            .map(|f| {
                format!(
                    "{} {} {} {}",
                    f.path(),
                    f.stamp.size,
                    f.stamp.modified,
                    f.stamp.changed
                )
            })
            .chain(self.folders.iter().map(|name| format!("{name}/")))
            .chain(
                self.remarks
                    .iter()
                    .map(|remark| format!("{} {}", remark.path, remark.reason.code())),
            )
            .collect();
        lines.sort_unstable();
        blake3::hash(lines.join("\n").as_bytes())
            .to_hex()
            .to_string()
    }
}

/// When an entry of `folder` changed last; never, if it is gone.
fn changed(folder: &OwnedFd, name: &std::ffi::CStr) -> io::Result<i64> {
    match rustix::fs::statat(folder, name, AtFlags::SYMLINK_NOFOLLOW) {
        Ok(stat) => Ok(stamp(&stat).changed),
        Err(rustix::io::Errno::NOENT) => Ok(i64::MIN),
        Err(error) => Err(error.into()),
    }
}

#[expect(
    clippy::useless_conversion,
    reason = "the width of these fields differs between architectures"
)]
fn stamp(stat: &Stat) -> Stamp {
    let nanoseconds =
        |seconds: i64, rest: i64| seconds.saturating_mul(1_000_000_000).saturating_add(rest);
    Stamp {
        size: u64::try_from(stat.st_size).unwrap_or(0),
        modified: nanoseconds(
            stat.st_mtime.into(),
            i64::try_from(stat.st_mtime_nsec).unwrap_or(0),
        ),
        changed: nanoseconds(
            stat.st_ctime.into(),
            i64::try_from(stat.st_ctime_nsec).unwrap_or(0),
        ),
    }
}
