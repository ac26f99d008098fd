//! Reading a published catalogue.

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Condvar, Mutex, PoisonError};

use acervo_tenancy::Bilingual;
use rusqlite::{Connection, OpenFlags, OptionalExtension, Row, params};

use crate::error::CatalogueError;
use crate::model::{Item, ItemState, Page, Refusal, SourceFile, Stored, Summary};
use crate::schema::{PAGE_COLUMNS, VERSION};

/// Queries that go on side by side, so that a long listing does not hold up a tile.
const CONNECTIONS: usize = 4;

/// An opened catalogue. Calls block on the disk; those of a few threads go on side by side.
#[derive(Debug)]
pub struct Catalogue {
    path: PathBuf,
    /// Connections that nobody uses at the moment. All are opened at the start: SQLite opens by name,
    /// and another catalogue may have the name later.
    idle: Mutex<Vec<Connection>>,
    returned: Condvar,
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
        let connections = connect_all(path).map_err(fail)?;
        let connection = &connections[0];
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
            idle: Mutex::new(connections),
            returned: Condvar::new(),
            summary,
        })
    }

    /// The recipe that its pyramids were made by.
    ///
    /// # Errors
    /// If the file is damaged or cannot be read.
    pub fn recipe(&self) -> Result<String, CatalogueError> {
        self.with(|connection| {
            connection.query_row("SELECT recipe FROM summary", [], |row| row.get(0))
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

    /// Every item's name and first page, in order: what a listing shows.
    ///
    /// # Errors
    /// If the file is damaged or cannot be read.
    pub fn covers(&self) -> Result<Vec<(String, Page)>, CatalogueError> {
        let sql = format!(
            "SELECT {PAGE_COLUMNS}, name FROM item JOIN page ON page.item = item.position \
             WHERE page.position = 1 ORDER BY item.position"
        );
        self.with(|connection| {
            connection
                .prepare_cached(&sql)?
                .query_map([], |row| Ok((row.get(12)?, page(row)?)))?
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
                .prepare_cached(
                    "SELECT file, bytes, width, height, fingerprint FROM page WHERE code = ?",
                )?
                .query_row([code], |row| {
                    Ok(Stored {
                        file: row.get(0)?,
                        bytes: row.get(1)?,
                        width: row.get(2)?,
                        height: row.get(3)?,
                        fingerprint: row.get(4)?,
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
        let fail = |source| CatalogueError::Database {
            path: self.path.clone(),
            source,
        };
        // A panic in another query leaves nothing half-done in a list of connections.
        let lock = || self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let mut idle = self
            .returned
            .wait_while(lock(), |idle| idle.is_empty())
            .unwrap_or_else(PoisonError::into_inner);
        let connection = Lent {
            of: self,
            connection: idle.pop(),
        };
        drop(idle);
        connection.query(query).map_err(fail)
    }
}

/// A connection in use, which goes back however the query ends.
struct Lent<'a> {
    of: &'a Catalogue,
    connection: Option<Connection>,
}

impl Lent<'_> {
    fn query<T>(
        &self,
        query: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> rusqlite::Result<T> {
        self.connection
            .as_ref()
            .map_or(Err(rusqlite::Error::InvalidQuery), query)
    }
}

impl Drop for Lent<'_> {
    fn drop(&mut self) {
        let mut idle = self.of.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.extend(self.connection.take());
        self.of.returned.notify_one();
    }
}

/// Every connection of a catalogue, all to the same file.
fn connect_all(path: &Path) -> rusqlite::Result<Vec<Connection>> {
    let identity = || {
        let of = |found: fs::Metadata| (found.dev(), found.ino());
        fs::metadata(path).map(of).ok()
    };
    loop {
        let before = identity();
        let connections: rusqlite::Result<Vec<_>> =
            (0..CONNECTIONS).map(|_| connect(path)).collect();
        // Another catalogue may take the name between two of them.
        if connections.is_err() || before == identity() {
            return connections;
        }
    }
}

fn connect(path: &Path) -> rusqlite::Result<Connection> {
    // Never locked and never changed in place: other files may take this name, not these bytes.
    let uri = format!("file:{}?immutable=1", escape(&path.to_string_lossy()));
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY
        | OpenFlags::SQLITE_OPEN_URI
        | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(uri, flags)?;
    // Pages of the file are cached by the kernel; this is room for one query.
    connection.execute_batch("PRAGMA cache_size = -512; PRAGMA mmap_size = 0;")?;
    Ok(connection)
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
            bytes: row.get(3)?,
            width: row.get(4)?,
            height: row.get(5)?,
            fingerprint: row.get(6)?,
        },
        source: SourceFile {
            path: row.get(7)?,
            size: row.get(8)?,
            modified: row.get(9)?,
            changed: row.get(10)?,
            page: row.get(11)?,
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
