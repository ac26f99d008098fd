//! Converting: one source file to the stored pyramids of its pages.

use std::fs::{self, File};
use std::io::{self, BufWriter, Read as _, Seek, SeekFrom, Write};
use std::path::Path;

use acervo_catalogue::{Page, SourceFile, Stored};
use acervo_pixels::source::{ColorPolicy, Source};
use acervo_pixels::{BuildError, JPEG_QUALITY, TILE, build_pyramid};
use tiff_pyramid::{Pyramid, SMALLEST, WriteError};

use crate::error::IngestError;
use crate::refusal::Reason;
use crate::run::Job;
use crate::scan::{Found, Scan, Stamp};

/// Names how pyramids are made: a change of it makes every pyramid anew. What becomes of colour profiles is not in
/// it, because most images have none.
pub(crate) fn recipe() -> String {
    format!("acervo-5 tile={TILE} smallest={SMALLEST} jpeg={JPEG_QUALITY} 420")
}

/// What became of a file.
#[derive(Debug)]
pub(crate) enum Converted {
    /// Its pages, stored.
    Pages(Vec<Page>),
    /// It is set aside.
    Refused(Reason),
    /// It changed while it was read.
    InWork,
}

/// Stores the pages of a file as pyramids in `items`; pages that are there already stay. `key` is what
/// its codes are made of.
pub(crate) fn convert(
    file: &Found,
    key: &Key,
    scan: &Scan,
    items: &Path,
    job: &Job,
) -> Result<Converted, IngestError> {
    if let Some(page) = stored_unseen(file, key, scan, items, job.colors) {
        return Ok(Converted::Pages(vec![page]));
    }
    let path = file.path();
    let (opened, before) = match scan.open(&path) {
        Ok(opened) => opened,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Converted::InWork),
        Err(error) if is_out_of_room(&error) => return Err(IngestError::at(path)(error)),
        Err(error) => return Ok(Converted::Refused(Reason::Unreadable(error.to_string()))),
    };
    let result = pages(file, key, scan, opened, before, items, job);
    // Whatever was read of a file that changed meanwhile says nothing about the file.
    if !scan.is_still(&path, before) {
        return Ok(Converted::InWork);
    }
    match result {
        Ok(pages) => Ok(Converted::Pages(pages)),
        Err(Failure::Refused(reason)) => Ok(Converted::Refused(reason)),
        Err(Failure::Ingest(error)) => Err(error),
    }
}

fn is_out_of_room(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded
    )
}

enum Failure {
    Refused(Reason),
    Ingest(IngestError),
}

impl<E: Into<Reason>> From<E> for Failure {
    fn from(error: E) -> Self {
        Self::Refused(error.into())
    }
}

/// What names the content of an object without reading it.
fn version(file: &Found) -> String {
    let Stamp { size, changed, .. } = file.stamp;
    format!("object {size} {changed}")
}

/// The only page of an object whose pyramid an ingest that was killed has left: it need not be fetched again.
fn stored_unseen(
    file: &Found,
    key: &Key,
    scan: &Scan,
    items: &Path,
    colors: ColorPolicy,
) -> Option<Page> {
    if !scan.is_remote() {
        return None;
    }
    let (code, label) = key.page(0, 1);
    let (fingerprint, name) = fingerprint(&version(file), 0, &code, colors);
    let built = stored(&items.join(&name))?;
    Some(page(
        file,
        file.stamp,
        0,
        code,
        label,
        built,
        fingerprint,
        name,
    ))
}

/// Names the content of a page and how its pyramid is made, and the file that it is stored in.
fn fingerprint(content: &str, number: usize, code: &str, colors: ColorPolicy) -> (String, String) {
    let named = format!("{content} {number} {} {colors:?}", recipe());
    let hash = blake3::hash(named.as_bytes()).to_hex();
    let fingerprint = hash[..32].to_owned();
    let name = format!("{code}-{}.tif", &fingerprint[..16]);
    (fingerprint, name)
}

fn pages(
    file: &Found,
    key: &Key,
    scan: &Scan,
    mut opened: File,
    stamp: Stamp,
    items: &Path,
    job: &Job,
) -> Result<Vec<Page>, Failure> {
    let source = Source::open(opened.try_clone().map_err(unreadable)?)?;
    let content = if scan.is_remote() {
        // Of several pages a pyramid alone does not tell that all are there, so it must not be taken for the only one.
        match source.pages() {
            1 => version(file),
            several => format!("{} of {several}", version(file)),
        }
    } else {
        hash(&mut opened).map_err(unreadable)?
    };
    (0..source.pages())
        .map(|number| {
            let (code, label) = key.page(number, source.pages());
            let (fingerprint, name) = fingerprint(&content, number, &code, job.colors);
            let built = match stored(&items.join(&name)) {
                // Left by an ingest that ended before it could publish.
                Some(built) => built,
                None if job.dry => try_out(&source, number, job)?,
                None => store(&source, number, items, &name, job)?,
            };
            Ok(page(
                file,
                stamp,
                number,
                code,
                label,
                built,
                fingerprint,
                name,
            ))
        })
        .collect()
}

#[expect(clippy::too_many_arguments, reason = "each is one field of a page")]
fn page(
    file: &Found,
    stamp: Stamp,
    number: usize,
    code: String,
    label: String,
    built: Built,
    fingerprint: String,
    name: String,
) -> Page {
    Page {
        code,
        label,
        record: None,
        alt: Vec::new(),
        text: None,
        stored: Stored {
            file: name,
            bytes: built.bytes,
            width: built.width,
            height: built.height,
            fingerprint,
            original: built.original,
            colors: built.colors,
        },
        source: SourceFile {
            path: file.path(),
            size: stamp.size,
            modified: stamp.modified,
            changed: stamp.changed,
            page: u32::try_from(number).unwrap_or(u32::MAX),
        },
    }
}

fn unreadable(error: io::Error) -> Failure {
    Failure::Refused(Reason::Unreadable(error.to_string()))
}

/// The hash of a file, made on all cores.
fn hash(file: &mut File) -> io::Result<String> {
    // Enough for many cores, and little memory.
    const AT_ONCE: u64 = 2 << 20;
    file.seek(SeekFrom::Start(0))?;
    let mut hasher = blake3::Hasher::new();
    let mut some = Vec::new();
    loop {
        some.clear();
        (&*file).take(AT_ONCE).read_to_end(&mut some)?;
        if some.is_empty() {
            return Ok(hasher.finalize().to_hex().to_string());
        }
        hasher.update_rayon(&some);
    }
}

/// A pyramid that was built.
struct Built {
    width: u32,
    height: u32,
    bytes: u64,
    /// What it keeps of its source, in a word.
    original: String,
    /// What it keeps of its colours, in a word.
    colors: String,
}

/// A complete pyramid that is there already.
fn stored(path: &Path) -> Option<Built> {
    let file = File::open(path).ok()?;
    let bytes = file.metadata().ok()?.len();
    let pyramid = Pyramid::open(&file, bytes).ok()?;
    let full = pyramid.layout().full();
    let (original, colors) = pyramid.description().split_once(' ')?;
    Some(Built {
        width: full.width,
        height: full.height,
        bytes,
        original: original.to_owned(),
        colors: colors.to_owned(),
    })
}

/// Builds a pyramid and throws it away.
fn try_out(source: &Source, number: usize, job: &Job) -> Result<Built, Failure> {
    let mut rows = source.rows(number, &job.limits, job.colors)?;
    let (width, height) = rows.size();
    match build_pyramid(rows.as_mut(), Nowhere::default()) {
        Ok(built) => Ok(Built {
            width,
            height,
            bytes: built.out.length,
            original: built.kept.word().to_owned(),
            colors: built.colors.word().to_owned(),
        }),
        Err(BuildError::Source(error)) => Err(Failure::Refused(error.into())),
        Err(error @ (BuildError::Write(_) | BuildError::Encode(_))) => {
            Err(Failure::Refused(Reason::Unsupported(error.to_string())))
        }
    }
}

/// Takes everything and keeps nothing but its length.
#[derive(Default)]
struct Nowhere {
    position: u64,
    length: u64,
}

impl Write for Nowhere {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.position += bytes.len() as u64;
        self.length = self.length.max(self.position);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Seek for Nowhere {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.position = match to {
            SeekFrom::Start(position) => position,
            SeekFrom::End(offset) => self.length.saturating_add_signed(offset),
            SeekFrom::Current(offset) => self.position.saturating_add_signed(offset),
        };
        Ok(self.position)
    }
}

/// Builds a pyramid under a temporary name, syncs it and gives it its name.
fn store(
    source: &Source,
    number: usize,
    items: &Path,
    name: &str,
    job: &Job,
) -> Result<Built, Failure> {
    let limits = job.limits.with_scratch(items);
    let mut rows = source.rows(number, &limits, job.colors)?;
    let temporary = items.join(format!(".{name}.tmp"));
    let written = File::create(&temporary)
        .map_err(IngestError::at(&temporary))
        .map_err(Failure::Ingest)
        .and_then(|file| {
            let out = BufWriter::with_capacity(1 << 20, file);
            match build_pyramid(rows.as_mut(), out) {
                Ok(built) => {
                    let file = built
                        .out
                        .into_inner()
                        .map_err(io::IntoInnerError::into_error);
                    let synced = file.and_then(|file| file.sync_all());
                    let named = synced.and_then(|()| fs::rename(&temporary, items.join(name)));
                    named
                        .map_err(IngestError::at(&temporary))
                        .map_err(Failure::Ingest)
                }
                Err(BuildError::Source(error)) => Err(Failure::Refused(error.into())),
                Err(BuildError::Write(error)) => Err(Failure::Ingest(IngestError::Io {
                    path: temporary.clone(),
                    source: match error {
                        WriteError::Io(source) => source,
                        other => io::Error::other(other),
                    },
                })),
                Err(BuildError::Encode(error)) => {
                    Err(Failure::Refused(Reason::Unsupported(error.to_string())))
                }
            }
        });
    if written.is_err() {
        // Nothing refers to it; the next ingest removes what cannot be removed now.
        let _ = fs::remove_file(&temporary);
    }
    written?;
    let path = items.join(name);
    stored(&path).ok_or_else(|| {
        let error = io::Error::other("what was written cannot be read");
        Failure::Ingest(IngestError::at(path)(error))
    })
}

/// What the codes of a file's pages are made of: names alone, so that addresses outlive a change of the
/// file's content and another place in a spreadsheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Key {
    /// The folder, or the stem of a file directly in the collection's folder.
    home: String,
    /// The file's name, where the home does not tell which it is.
    name: Option<String>,
    stem: String,
}

impl Key {
    /// The key of `file`; `is_first` of the files directly in the collection's folder with its stem.
    pub(crate) fn of(file: &Found, is_first: bool) -> Self {
        let stem = file.stem().to_owned();
        let name = (file.folder.is_some() || !is_first).then(|| file.name.clone());
        Self {
            home: file.folder.clone().unwrap_or_else(|| stem.clone()),
            name,
            stem,
        }
    }

    /// Whether `page` of the file has the code that this key gives.
    pub(crate) fn is_of(&self, page: &Page) -> bool {
        let number = page.source.page as usize;
        // A file of one page, or of several.
        [1, 2]
            .iter()
            .any(|of| self.page(number, *of).0 == page.code)
    }

    /// The code and the label of page `number`, from 0, `of` so many.
    fn page(&self, number: usize, of: usize) -> (String, String) {
        let page = number + 1;
        let (key, label) = match (&self.name, of) {
            (Some(name), 1) => (name.clone(), self.stem.clone()),
            (Some(name), _) => (format!("{name}/{page}"), format!("{} {page}", self.stem)),
            (None, _) => (page.to_string(), page.to_string()),
        };
        (code(&self.home, &key), label)
    }
}

/// Sixteen characters of base 32 (RFC 4648, lower case): 80 bits of a hash.
fn code(item: &str, key: &str) -> String {
    const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
    let hash = blake3::hash(format!("{item}\0{key}").as_bytes());
    let mut value = hash.as_bytes()[..10]
        .iter()
        .fold(0u128, |sum, byte| sum << 8 | u128::from(*byte));
    let mut code = [0; 16];
    for place in code.iter_mut().rev() {
        *place = ALPHABET[usize::try_from(value & 31).unwrap_or(0)];
        value >>= 5;
    }
    code.iter().map(|byte| char::from(*byte)).collect()
}
