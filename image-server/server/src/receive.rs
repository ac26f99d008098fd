//! Receiving: a tar stream becomes files in a folder of `incoming/`, each visible only once it is whole.

mod folder;
mod place;
mod refusal;
mod stream;

use std::fmt;
use std::io::{self, Read, Write as _};
use std::path::PathBuf;
use std::rc::Rc;
use std::str::FromStr;

use acervo_ingest::{ReportEntry, printable};
use acervo_tenancy::Bilingual;
use tar::{Archive, Entry, EntryType};

pub(crate) use folder::Folder;
use folder::Kept;
use place::{Place, place};
use refusal::Refusal;
use stream::{Counted, Tally};

/// How many refusals are remembered by name; a stream can hold any number.
const LISTED: usize = 1000;
/// Read and written at a time, in bytes.
const PIECE: usize = 256 << 10;

/// The name of a folder in `incoming/`: what `source.directory` of a collection may be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DirectoryName(String);

impl DirectoryName {
    /// The most characters it may have.
    const LONGEST: usize = 63;

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for DirectoryName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Why a text is no name of a folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "debe ser el nombre de una sola carpeta, de 1 a 63 caracteres, sin / y sin punto al principio; escriba por ejemplo mapas \
     / must be the name of one folder, 1 to 63 characters, without / and without a dot at its beginning; write for example maps"
)]
pub(crate) struct DirectoryNameError;

impl FromStr for DirectoryName {
    type Err = DirectoryNameError;

    fn from_str(text: &str) -> Result<Self, DirectoryNameError> {
        let fits = (1..=Self::LONGEST).contains(&text.chars().count());
        let is_segment = !text.contains(|c: char| c == '/' || c.is_control());
        match fits && is_segment && !text.starts_with('.') {
            true => Ok(Self(text.to_owned())),
            false => Err(DirectoryNameError),
        }
    }
}

/// What ends a reception early. What was received before it is whole and stays.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ReceiveError {
    /// The folder cannot be opened or made.
    #[error("{path}: {source}")]
    Folder { path: PathBuf, source: io::Error },
    /// The input is no tar stream.
    #[error("{0}")]
    NotTar(io::Error),
    /// The input ended before the archive did.
    #[error("the stream broke off")]
    Cut,
    /// There is no room for a file.
    #[error("no room for {path}")]
    Full {
        path: String,
        /// Bytes that the file needs.
        needed: u64,
        /// Bytes that are free.
        free: u64,
    },
    /// A file cannot be written.
    #[error("{path}: {source}")]
    Write { path: String, source: io::Error },
}

impl ReceiveError {
    /// What happened and what to do.
    pub(crate) fn message(&self) -> Bilingual {
        match self {
            Self::Folder { path, source } => Bilingual::new(
                format!(
                    "No se puede usar la carpeta {} ({source}). Revise que --data nombre el volumen de la institución y que se pueda escribir en él.",
                    path.display()
                ),
                format!(
                    "The folder {} cannot be used ({source}). Check that --data names the institution's volume and that it can be written.",
                    path.display()
                ),
            ),
            Self::NotTar(why) => Bilingual::new(
                format!(
                    "Lo que llega no es un flujo tar sin comprimir ({why}). Envíelo con tar c, sin -z."
                ),
                format!(
                    "What arrives is no uncompressed tar stream ({why}). Send it with tar c, without -z."
                ),
            ),
            Self::Cut => Bilingual::new(
                "El flujo se cortó antes del final. Lo recibido hasta ahí está completo; envíe la carpeta de nuevo. Con kubectl exec hace falta -i.",
                "The stream broke off before its end. What was received until then is whole; send the folder again. kubectl exec needs -i.",
            ),
            Self::Full { path, needed, free } => Bilingual::new(
                format!(
                    "No hay espacio para «{path}»: necesita {needed} bytes y quedan {free}. Lo recibido hasta ahí está completo; amplíe el volumen (spec.storage.size) y envíe la carpeta de nuevo."
                ),
                format!(
                    "There is no room for \"{path}\": it needs {needed} bytes and {free} are free. What was received until then is whole; grow the volume (spec.storage.size) and send the folder again."
                ),
            ),
            Self::Write { path, source } => Bilingual::new(
                format!(
                    "No se puede escribir «{path}» ({source}). Lo recibido hasta ahí está completo; envíe la carpeta de nuevo."
                ),
                format!(
                    "\"{path}\" cannot be written ({source}). What was received until then is whole; send the folder again."
                ),
            ),
        }
    }
}

/// What was received so far.
#[derive(Debug, Default)]
pub(crate) struct Reception {
    /// Files that are whole and visible.
    pub(crate) received: u64,
    /// Those of them that were there already, byte for byte.
    pub(crate) unchanged: u64,
    /// Their bytes, and those of the file under way.
    pub(crate) bytes: u64,
    /// How much was refused.
    pub(crate) refused: u64,
    /// The first of the refused.
    pub(crate) listed: Vec<ReportEntry>,
}

impl Reception {
    fn refuse(&mut self, path: &[u8], refusal: &Refusal) {
        self.refused += 1;
        if self.listed.len() < LISTED {
            self.listed.push(ReportEntry {
                path: printable(path),
                row: None,
                column: None,
                code: refusal.code().to_owned(),
                message: refusal.message(),
            });
        }
    }
}

/// Receives all that `input` holds into `folder`; `tell` hears how it goes on.
///
/// # Errors
/// If the stream breaks off or the disk fails; `so_far` holds what was received until then.
pub(crate) fn receive(
    input: impl Read,
    folder: &Folder,
    so_far: &mut Reception,
    tell: &mut dyn FnMut(&Reception),
) -> Result<(), ReceiveError> {
    let tally = Rc::new(Tally::default());
    let mut archive = Archive::new(Counted::new(input, Rc::clone(&tally)));
    let entries = archive.entries().map_err(ReceiveError::NotTar)?;
    tally.before_entry(0, 0);
    for entry in entries {
        let mut entry = entry.map_err(|error| broken(&tally, error))?;
        tally.in_entry();
        let (start, size) = (entry.raw_file_position(), archived_size(&entry));
        one(&mut entry, folder, so_far, tell)?;
        tell(so_far);
        tally.before_entry(start, size);
    }
    if !tally.archive_has_ended() {
        return Err(ReceiveError::Cut);
    }
    folder.sync().map_err(|source| ReceiveError::Folder {
        path: folder.path().to_owned(),
        source,
    })?;
    // Senders fill the last block up; they would take a closed pipe for a failure.
    tally.in_entry();
    let rest = io::copy(&mut archive.into_inner(), &mut io::sink());
    rest.map(|_| ()).map_err(ReceiveError::NotTar)
}

/// The bytes that the content of the entry takes in the stream.
fn archived_size(entry: &Entry<'_, impl Read>) -> u64 {
    match entry.header().entry_type() {
        // Its holes are not in the stream.
        EntryType::GNUSparse => entry.header().entry_size().unwrap_or(0),
        _ => entry.size(),
    }
}

/// Whether the entry is a file with holes in the way of POSIX archives: a map, then what is between.
fn is_sparse(entry: &mut Entry<'_, impl Read>) -> bool {
    entry.pax_extensions().ok().flatten().is_some_and(|all| {
        all.flatten()
            .any(|extension| extension.key_bytes().starts_with(b"GNU.sparse."))
    })
}

/// Why the next entry cannot be read.
fn broken(tally: &Tally, error: io::Error) -> ReceiveError {
    if tally.input_has_ended() {
        ReceiveError::Cut
    } else {
        ReceiveError::NotTar(error)
    }
}

/// Receives one entry, or refuses it.
fn one(
    entry: &mut Entry<'_, impl Read>,
    folder: &Folder,
    so_far: &mut Reception,
    tell: &mut dyn FnMut(&Reception),
) -> Result<(), ReceiveError> {
    let path = entry.path_bytes().into_owned();
    let kind = entry.header().entry_type();
    // Old archives mark folders by the slash alone.
    let is_folder = kind == EntryType::Directory || (kind.is_file() && path.ends_with(b"/"));
    let refusal = match place(&path) {
        Ok(None) => return Ok(()),
        Err(refusal) => Some(refusal),
        Ok(Some(place)) => match kind {
            _ if is_folder => make_folder(folder, place)?,
            EntryType::GNUSparse => Some(Refusal::Sparse),
            EntryType::Regular | EntryType::Continuous if is_sparse(entry) => Some(Refusal::Sparse),
            EntryType::Regular | EntryType::Continuous => file(entry, folder, place, so_far, tell)?,
            EntryType::XGlobalHeader => None,
            EntryType::Symlink => Some(Refusal::Link),
            EntryType::Link => Some(Refusal::HardLink),
            _ => Some(Refusal::NotAFile),
        },
    };
    if let Some(refusal) = refusal {
        so_far.refuse(&path, &refusal);
    }
    Ok(())
}

fn make_folder(folder: &Folder, place: Place<'_>) -> Result<Option<Refusal>, ReceiveError> {
    let Place { folder: None, name } = place else {
        return Ok(Some(Refusal::NestedFolder));
    };
    refused(folder.within(Some(name)).map(drop), name)
}

/// Tells what refuses one file from what ends the reception.
fn refused(result: io::Result<()>, path: &str) -> Result<Option<Refusal>, ReceiveError> {
    match result {
        Ok(()) => Ok(None),
        Err(source) => match Refusal::of(&source) {
            Some(refusal) => Ok(Some(refusal)),
            None => Err(ReceiveError::Write {
                path: path.to_owned(),
                source,
            }),
        },
    }
}

fn file(
    entry: &mut Entry<'_, impl Read>,
    folder: &Folder,
    place: Place<'_>,
    so_far: &mut Reception,
    tell: &mut dyn FnMut(&Reception),
) -> Result<Option<Refusal>, ReceiveError> {
    let path = place.path();
    let size = entry.size();
    let modified = entry.header().mtime().ok();
    let full = |source: io::Error| {
        let free = folder.free().unwrap_or(0);
        match source.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => ReceiveError::Full {
                path: path.clone(),
                needed: size,
                free,
            },
            _ => ReceiveError::Write {
                path: path.clone(),
                source,
            },
        }
    };
    let within = match folder.within(place.folder) {
        Ok(within) => within,
        Err(error) => return refused(Err(error), &path),
    };
    if folder.free().map_err(full)? < size {
        return Err(full(io::ErrorKind::StorageFull.into()));
    }
    let mut part = folder.part().map_err(full)?;
    let (mut buffer, mut got) = (vec![0; PIECE], 0);
    loop {
        let count = match entry.read(&mut buffer) {
            Ok(0) => break,
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(ReceiveError::NotTar(error)),
        };
        part.file().write_all(&buffer[..count]).map_err(full)?;
        got += count as u64;
        so_far.bytes += count as u64;
        tell(so_far);
    }
    if got < size {
        return Err(ReceiveError::Cut);
    }
    match part.keep(&within, place.name, modified) {
        Ok(kept) => {
            so_far.received += 1;
            so_far.unchanged += u64::from(kept == Kept::Unchanged);
            Ok(None)
        }
        Err(error) if Refusal::of(&error).is_some() => refused(Err(error), &path),
        Err(error) => Err(full(error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_name_is_one_visible_segment() {
        for good in ["mapas", "Mapas y planos", "a..b", "ñ", "-", &"ñ".repeat(63)] {
            assert!(good.parse::<DirectoryName>().is_ok(), "{good}");
        }
        for bad in ["", ".", "..", ".a", "a/b", "/", "a\nb", &"a".repeat(64)] {
            assert!(bad.parse::<DirectoryName>().is_err(), "{bad:?}");
        }
    }
}
