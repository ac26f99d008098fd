//! Reading a published catalogue.

use std::path::{Path, PathBuf};
use std::sync::Mutex;

use acervo_tenancy::Bilingual;
use rusqlite::{Connection, OpenFlags, OptionalExtension, Row, params};

use crate::error::CatalogueError;
use crate::model::{Item, ItemState, Page, Refusal, SourceFile, Stored, Summary};
use crate::schema::{PAGE_COLUMNS, VERSION};

/// An opened catalogue. Calls block on the disk; queries of several threads follow one another.
#[derive(Debug)]
pub struct Catalogue {
    path: PathBuf,
    connection: Mutex<Connection>,
    summary: Summary,
}

impl Catalogue {
    /// Opens the catalogue at `path`.
    ///
    /// # Errors
    /// If it is damaged, of another version, or cannot be read.
    pub fn open(path: &Path) -> Result<Self, CatalogueError> {
        let fail = |source| CatalogueError::Database {
            path: path.to_owned(),
            source,
        };
        // Never locked and never changed in place: other files may take this name, not these bytes.
        let uri = format!("file:{}?immutable=1", escape(&path.to_string_lossy()));
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY
            | OpenFlags::SQLITE_OPEN_URI
            | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(uri, flags).map_err(fail)?;
        // Pages of the file are cached by the kernel; this is room for one query.
        connection
            .execute_batch("PRAGMA cache_size = -512; PRAGMA mmap_size = 0;")
            .map_err(fail)?;
        let found: i64 = connection
            .pragma_query_value(None, "user_version", |row| row.get(0))
            .map_err(fail)?;
        if found != VERSION {
            return Err(CatalogueError::Version {
                path: path.to_owned(),
                found,
                expected: VERSION,
            });
        }
        let summary = connection
            .query_row("SELECT items, pages, refused FROM summary", [], |row| {
                Ok(Summary {
                    items: row.get(0)?,
                    pages: row.get(1)?,
                    refused: row.get(2)?,
                })
            })
            .map_err(fail)?;
        Ok(Self {
            path: path.to_owned(),
            connection: Mutex::new(connection),
            summary,
        })
    }

    /// How much it holds.
    #[must_use]
    pub fn summary(&self) -> Summary {
        self.summary
    }

    /// What became of the item called `name`; `None` if there never was one.
    ///
    /// # Errors
    /// If the file is damaged or cannot be read.
    pub fn item(&self, name: &str) -> Result<Option<ItemState>, CatalogueError> {
        self.with(|connection| {
            let position: Option<i64> = connection
                .prepare_cached("SELECT position FROM item WHERE name = ?")?
                .query_row([name], |row| row.get(0))
                .optional()?;
            if let Some(position) = position {
                let pages = pages_of(connection, position)?;
                return Ok(Some(ItemState::Published(Item {
                    name: name.to_owned(),
                    pages,
                })));
            }
            let gone = connection
                .prepare_cached("SELECT 1 FROM gone WHERE name = ?")?
                .exists([name])?;
            Ok(gone.then_some(ItemState::Gone))
        })
    }

    /// At most `limit` items in order, after the first `skip`.
    ///
    /// # Errors
    /// If the file is damaged or cannot be read.
    pub fn items(&self, skip: u64, limit: u64) -> Result<Vec<Item>, CatalogueError> {
        self.with(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT position, name FROM item WHERE position > ? ORDER BY position LIMIT ?",
            )?;
            let rows = statement
                .query_map([skip, limit], |row| Ok((row.get(0)?, row.get(1)?)))?
                .collect::<Result<Vec<(i64, String)>, _>>()?;
            rows.into_iter()
                .map(|(position, name)| {
                    Ok(Item {
                        name,
                        pages: pages_of(connection, position)?,
                    })
                })
                .collect()
        })
    }

    /// The names of the items before and after the item called `name`.
    ///
    /// # Errors
    /// If the file is damaged or cannot be read.
    pub fn neighbours(
        &self,
        name: &str,
    ) -> Result<(Option<String>, Option<String>), CatalogueError> {
        self.with(|connection| {
            let mut beside = connection.prepare_cached(
                "SELECT b.name FROM item a JOIN item b ON b.position = a.position + ?2 WHERE a.name = ?1",
            )?;
            let mut at = |step: i64| beside.query_row(params![name, step], |row| row.get(0)).optional();
            Ok((at(-1)?, at(1)?))
        })
    }

    /// The names of all items in order.
    ///
    /// # Errors
    /// If the file is damaged or cannot be read.
    pub fn names(&self) -> Result<Vec<String>, CatalogueError> {
        self.strings("SELECT name FROM item ORDER BY position")
    }

    /// Where the page with `code` is stored; `None` if there is none.
    ///
    /// # Errors
    /// If the file is damaged or cannot be read.
    pub fn stored(&self, code: &str) -> Result<Option<Stored>, CatalogueError> {
        self.with(|connection| {
            connection
                .prepare_cached("SELECT file, width, height, fingerprint FROM page WHERE code = ?")?
                .query_row([code], |row| {
                    Ok(Stored {
                        file: row.get(0)?,
                        width: row.get(1)?,
                        height: row.get(2)?,
                        fingerprint: row.get(3)?,
                    })
                })
                .optional()
        })
    }

    /// Whether a page with `code` was published once and is no longer.
    ///
    /// # Errors
    /// If the file is damaged or cannot be read.
    pub fn is_gone_page(&self, code: &str) -> Result<bool, CatalogueError> {
        self.with(|connection| {
            connection
                .prepare_cached("SELECT 1 FROM gone_page WHERE code = ?")?
                .exists([code])
        })
    }

    /// Names of items that were published once.
    ///
    /// # Errors
    /// If the file is damaged or cannot be read.
    pub fn gone(&self) -> Result<Vec<String>, CatalogueError> {
        self.strings("SELECT name FROM gone")
    }

    /// Codes of pages that were published once.
    ///
    /// # Errors
    /// If the file is damaged or cannot be read.
    pub fn gone_pages(&self) -> Result<Vec<String>, CatalogueError> {
        self.strings("SELECT code FROM gone_page")
    }

    /// The files that were set aside.
    ///
    /// # Errors
    /// If the file is damaged or cannot be read.
    pub fn refusals(&self) -> Result<Vec<Refusal>, CatalogueError> {
        self.with(|connection| {
            connection
                .prepare_cached("SELECT path, code, es, en FROM refusal ORDER BY path, code")?
                .query_map([], |row| {
                    let message = Bilingual {
                        es: row.get(2)?,
                        en: row.get(3)?,
                    };
                    Ok(Refusal {
                        path: row.get(0)?,
                        code: row.get(1)?,
                        message,
                    })
                })?
                .collect()
        })
    }

    fn strings(&self, sql: &str) -> Result<Vec<String>, CatalogueError> {
        self.with(|connection| {
            connection
                .prepare_cached(sql)?
                .query_map([], |row| row.get(0))?
                .collect()
        })
    }

    fn with<T>(
        &self,
        query: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T, CatalogueError> {
        // A panic in another query leaves nothing half-done in a read-only connection.
        let connection = self
            .connection
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        query(&connection).map_err(|source| CatalogueError::Database {
            path: self.path.clone(),
            source,
        })
    }
}

fn pages_of(connection: &Connection, item: i64) -> rusqlite::Result<Vec<Page>> {
    let sql = format!("SELECT {PAGE_COLUMNS} FROM page WHERE item = ? ORDER BY position");
    connection
        .prepare_cached(&sql)?
        .query_map(params![item], page)?
        .collect()
}

/// A page from a row of [`PAGE_COLUMNS`].
fn page(row: &Row<'_>) -> rusqlite::Result<Page> {
    Ok(Page {
        code: row.get(0)?,
        label: row.get(1)?,
        stored: Stored {
            file: row.get(2)?,
            width: row.get(3)?,
            height: row.get(4)?,
            fingerprint: row.get(5)?,
        },
        source: SourceFile {
            path: row.get(6)?,
            size: row.get(7)?,
            modified: row.get(8)?,
            changed: row.get(9)?,
            page: row.get(10)?,
        },
    })
}

/// A path as part of a `file:` URI.
fn escape(path: &str) -> String {
    path.chars().fold(String::new(), |mut out, c| {
        match c {
            '%' => out.push_str("%25"),
            '?' => out.push_str("%3f"),
            '#' => out.push_str("%23"),
            other => out.push(other),
        }
        out
    })
}
