//! Writing a new catalogue into a file that nobody reads yet.

use std::path::{Path, PathBuf};

use rusqlite::{Connection, params};

use crate::error::CatalogueError;
use crate::model::{Item, Refusal, Summary};
use crate::schema::{PAGE_COLUMNS, TABLES, VERSION};

/// Writes one catalogue; the caller renames the file to its place after [`CatalogueWriter::finish`].
#[derive(Debug)]
pub struct CatalogueWriter {
    path: PathBuf,
    connection: Connection,
    summary: Summary,
}

impl CatalogueWriter {
    /// Begins the catalogue in a new file at `path`, in place of a file that may be there.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn create(path: &Path) -> Result<Self, CatalogueError> {
        let fail = |source| CatalogueError::Database {
            path: path.to_owned(),
            source,
        };
        match std::fs::remove_file(path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(fail(rusqlite::Error::ToSqlConversionFailure(Box::new(
                    error,
                ))));
            }
            _ => {}
        }
        let connection = Connection::open(path).map_err(fail)?;
        // No journal: a file that was not finished is thrown away.
        connection
            .execute_batch("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; BEGIN;")
            .and_then(|()| connection.pragma_update(None, "user_version", VERSION))
            .and_then(|()| connection.execute_batch(TABLES))
            .map_err(fail)?;
        Ok(Self {
            path: path.to_owned(),
            connection,
            summary: Summary::default(),
        })
    }

    /// Adds the next item, in the order of the collection.
    ///
    /// # Errors
    /// If the name or a page's code is there already, or the file cannot be written.
    pub fn item(&mut self, item: &Item) -> Result<(), CatalogueError> {
        self.summary.items += 1;
        let position = self.summary.items;
        self.run(
            "INSERT INTO item VALUES (?, ?)",
            params![position, item.name],
        )?;
        let sql = format!(
            "INSERT INTO page (item, position, {PAGE_COLUMNS}) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?)"
        );
        for (number, page) in (1u64..).zip(&item.pages) {
            self.summary.pages += 1;
            let (stored, source) = (&page.stored, &page.source);
            self.run(
                &sql,
                params![
                    position,
                    number,
                    page.code,
                    page.label,
                    stored.file,
                    stored.bytes,
                    stored.width,
                    stored.height,
                    stored.fingerprint,
                    source.path,
                    source.size,
                    source.modified,
                    source.changed,
                    source.page,
                ],
            )?;
        }
        Ok(())
    }

    /// Adds the name of an item that was published once.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn gone(&mut self, name: &str) -> Result<(), CatalogueError> {
        self.run("INSERT OR IGNORE INTO gone VALUES (?)", params![name])
    }

    /// Adds the code of a page that was published once.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn gone_page(&mut self, code: &str) -> Result<(), CatalogueError> {
        self.run("INSERT OR IGNORE INTO gone_page VALUES (?)", params![code])
    }

    /// Adds a file that was set aside.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn refusal(&mut self, refusal: &Refusal) -> Result<(), CatalogueError> {
        self.summary.refused += 1;
        let Refusal {
            path,
            code,
            message,
        } = refusal;
        self.run(
            "INSERT INTO refusal VALUES (?, ?, ?, ?)",
            params![path, code, message.es, message.en],
        )
    }

    /// Ends the file; `recipe` names how its pyramids were made. It is complete, but the caller still
    /// syncs it to the disk.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn finish(self, recipe: &str) -> Result<Summary, CatalogueError> {
        let Summary {
            items,
            pages,
            refused,
        } = self.summary;
        self.run(
            "INSERT INTO summary VALUES (?, ?, ?, ?)",
            params![items, pages, refused, recipe],
        )?;
        self.connection
            .execute_batch("COMMIT")
            .map_err(|source| CatalogueError::Database {
                path: self.path.clone(),
                source,
            })?;
        Ok(self.summary)
    }

    fn run(&self, sql: &str, values: impl rusqlite::Params) -> Result<(), CatalogueError> {
        self.connection
            .prepare_cached(sql)
            .and_then(|mut statement| statement.execute(values))
            .map(|_| ())
            .map_err(|source| CatalogueError::Database {
                path: self.path.clone(),
                source,
            })
    }
}
