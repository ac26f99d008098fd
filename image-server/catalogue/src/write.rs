//! Writing the next catalogue into a file that nobody reads yet.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OptionalExtension as _, params};

use crate::connections::stay_prepared;
use crate::error::CatalogueError;
use crate::index;
use crate::model::{Item, Page, Refusal, Summary, Words};
use crate::row::{self, pack};
use crate::schema::{PAGE_COLUMNS, PAGE_WIDTH, TABLES, VERSION};

/// Writes one catalogue, from nothing or from what the last one holds; the caller renames the file to its
/// place after [`CatalogueWriter::finish`].
#[derive(Debug)]
pub struct CatalogueWriter {
    path: PathBuf,
    connection: Connection,
    is_new: bool,
}

impl CatalogueWriter {
    /// Begins the catalogue in a new file at `path`, in place of a file that may be there. With `last`, a
    /// catalogue of this version, it holds what that one holds, and only what differs need be written.
    ///
    /// # Errors
    /// If the file cannot be written, or the last one not read.
    pub fn create(path: &Path, last: Option<&Path>) -> Result<Self, CatalogueError> {
        let fail = |source| CatalogueError::Database {
            path: path.to_owned(),
            source,
        };
        let foreign = |error| fail(rusqlite::Error::ToSqlConversionFailure(Box::new(error)));
        match fs::remove_file(path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(foreign(error));
            }
            _ => {}
        }
        if let Some(last) = last {
            fs::copy(last, path).map_err(foreign)?;
        }
        let connection = Connection::open(path).map_err(fail)?;
        stay_prepared(&connection).map_err(fail)?;
        // No journal: a file that was not finished is thrown away.
        connection
            .execute_batch(
                "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -32768; BEGIN;",
            )
            .map_err(fail)?;
        if last.is_none() {
            connection
                .pragma_update(None, "user_version", VERSION)
                .and_then(|()| connection.execute_batch(TABLES))
                .map_err(fail)?;
        }
        Ok(Self {
            path: path.to_owned(),
            connection,
            is_new: last.is_none(),
        })
    }

    /// Writes items, each in place of one of its name; pages may move between them. `words` gives the text
    /// of a page that is new or has changed; one that is there from before stays.
    ///
    /// # Errors
    /// If a page's code is that of a page of another item, or the file cannot be written.
    pub fn put<'i>(
        &mut self,
        items: impl Iterator<Item = &'i Item> + Clone,
        mut words: impl FnMut(&str) -> Option<Words>,
    ) -> Result<(), CatalogueError> {
        self.run(|connection| {
            let mut before = HashMap::new();
            // Left to SQLite, a new page might get the id of one that is taken out here and comes back after it.
            let mut last: i64 =
                connection.query_row("SELECT coalesce(max(id), 0) FROM page", [], |row| {
                    row.get(0)
                })?;
            for item in items.clone() {
                take_pages(connection, &item.name, &mut before)?;
            }
            for item in items {
                let id = place(connection, item)?;
                for (position, page) in (1u64..).zip(&item.pages) {
                    let page_id = before.remove(&page.code).unwrap_or_else(|| {
                        last += 1;
                        last
                    });
                    insert_page(connection, id, position, page_id, page)?;
                    keep_words(connection, page, words(&page.code))?;
                }
                index_item(connection, id, item)?;
            }
            before
                .into_values()
                .try_for_each(|page| forget_words(connection, page))
        })
    }

    /// Removes the item called `name`.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn remove(&mut self, name: &str) -> Result<(), CatalogueError> {
        self.run(|connection| {
            let Some(id) = id_of(connection, name)? else {
                return Ok(());
            };
            let mut pages = HashMap::new();
            take_pages(connection, name, &mut pages)?;
            pages
                .into_values()
                .try_for_each(|page| forget_words(connection, page))?;
            for sql in [
                "DELETE FROM facet WHERE item = ?",
                "DELETE FROM item WHERE id = ?",
            ] {
                connection.prepare_cached(sql)?.execute([id])?;
            }
            connection
                .prepare_cached("DELETE FROM search WHERE rowid = ?")?
                .execute([id * 2])?;
            Ok(())
        })
    }

    /// Puts all items in their order: names, and those of the items that they are volumes of.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn order<'n>(
        &mut self,
        names: impl Iterator<Item = (&'n str, Option<&'n str>)>,
    ) -> Result<(), CatalogueError> {
        self.run(|connection| {
            // Each of the two is read from an index alone.
            let ids: HashMap<String, i64> = connection
                .prepare("SELECT name, id FROM item")?
                .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
                .collect::<Result<_, _>>()?;
            let mut known: HashMap<i64, (i64, i64)> = connection
                .prepare("SELECT id, parent, position FROM item")?
                .query_map([], |row| Ok((row.get(0)?, (row.get(1)?, row.get(2)?))))?
                .collect::<Result<_, _>>()?;
            let mut next: HashMap<i64, i64> = HashMap::new();
            let mut update = connection
                .prepare_cached("UPDATE item SET parent = ?, position = ? WHERE id = ?")?;
            for (name, parent) in names {
                let parent = parent.and_then(|parent| ids.get(parent)).copied();
                let parent = parent.unwrap_or(0);
                let position = next.entry(parent).or_insert(0);
                *position += 1;
                if let Some(id) = ids.get(name)
                    && let Some(was) = known.remove(id)
                    && was != (parent, *position)
                {
                    update.execute(params![parent, *position, id])?;
                }
            }
            Ok(())
        })
    }

    /// Names of items and codes of pages that were published once and are no longer, and all that was set
    /// aside or noted: in place of those of before.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn remember<'n>(
        &mut self,
        gone: impl Iterator<Item = &'n str>,
        gone_pages: impl Iterator<Item = &'n str>,
        refusals: &[Refusal],
    ) -> Result<(), CatalogueError> {
        self.run(|connection| {
            connection
                .execute_batch("DELETE FROM gone; DELETE FROM gone_page; DELETE FROM refusal;")?;
            let mut one = connection.prepare_cached("INSERT OR IGNORE INTO gone VALUES (?)")?;
            for name in gone {
                one.execute([name])?;
            }
            let mut one =
                connection.prepare_cached("INSERT OR IGNORE INTO gone_page VALUES (?)")?;
            for code in gone_pages {
                one.execute([code])?;
            }
            let mut one =
                connection.prepare_cached("INSERT INTO refusal VALUES (?,?,?,?,?,?,?)")?;
            for refusal in refusals {
                let Refusal {
                    path,
                    row,
                    column,
                    code,
                    message,
                    is_note,
                } = refusal;
                one.execute(params![
                    path, row, column, code, message.es, message.en, is_note
                ])?;
            }
            Ok(())
        })
    }

    /// Ends the file; `recipe` names how its pyramids were made. It is complete, but the caller still
    /// syncs it to the disk.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn finish(self, recipe: &str) -> Result<Summary, CatalogueError> {
        let is_new = self.is_new;
        self.run(|connection| {
            connection.execute_batch(
                "DELETE FROM facet_total;
                 INSERT INTO facet_total SELECT kind, count(*), value, language
                   FROM facet WHERE item NOT IN (SELECT id FROM item WHERE parent > 0) GROUP BY kind, value, language;
                 DELETE FROM summary;",
            )?;
            connection.execute(
                "INSERT INTO summary SELECT
                   (SELECT count(*) FROM item WHERE pages > 0), (SELECT count(*) FROM item WHERE parent = 0),
                   (SELECT count(*) FROM page), (SELECT count(*) FROM refusal WHERE NOT is_note),
                   (SELECT count(*) FROM refusal WHERE is_note), ?",
                [recipe],
            )?;
            if is_new {
                // Once whole, it is read many times.
                connection.execute("INSERT INTO search (search) VALUES ('optimize')", [])?;
            }
            connection.execute_batch("COMMIT")?;
            row::summary(connection)
        })
    }

    fn run<T>(
        &self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T, CatalogueError> {
        work(&self.connection).map_err(|source| CatalogueError::Database {
            path: self.path.clone(),
            source,
        })
    }
}

fn id_of(connection: &Connection, name: &str) -> rusqlite::Result<Option<i64>> {
    connection
        .prepare_cached("SELECT id FROM item WHERE name = ?")?
        .query_row([name], |row| row.get(0))
        .optional()
}

/// The row of an item, new or as it was; its place comes with the order.
fn place(connection: &Connection, item: &Item) -> rusqlite::Result<i64> {
    let pages = item.pages.len() as u64;
    let (record, digest) = (row::json(&item.record)?, digest(item)?);
    match id_of(connection, &item.name)? {
        Some(id) => {
            connection
                .prepare_cached("UPDATE item SET pages = ?, record = ?, digest = ? WHERE id = ?")?
                .execute(params![pages, record, digest, id])?;
            Ok(id)
        }
        None => {
            connection
                .prepare_cached(
                    "INSERT INTO item (name, parent, position, pages, record, digest) VALUES (?,0,0,?,?,?)",
                )?
                .execute(params![item.name, pages, record, digest])?;
            Ok(connection.last_insert_rowid())
        }
    }
}

/// Names all that a manifest says of an item.
fn digest(item: &Item) -> rusqlite::Result<String> {
    let mut hasher = blake3::Hasher::new();
    let mut add = |text: &str| {
        hasher.update(&(text.len() as u64).to_le_bytes());
        hasher.update(text.as_bytes());
    };
    add(&item.name);
    add(item.parent.as_deref().unwrap_or_default());
    add(&row::json(&item.record)?);
    for page in &item.pages {
        add(&page.code);
        add(&page.label);
        add(&row::json(&page.record)?);
        add(&row::json(&page.alt)?);
        add(&format!("{:?}", page.text));
        add(&page.stored.fingerprint);
        add(&page.source.path);
    }
    Ok(hasher.finalize().to_hex()[..32].to_owned())
}

/// Takes the pages of an item out of the file: code and id.
fn take_pages(
    connection: &Connection,
    name: &str,
    into: &mut HashMap<String, i64>,
) -> rusqlite::Result<()> {
    let mut rows = connection.prepare_cached(
        "DELETE FROM page WHERE item = (SELECT id FROM item WHERE name = ?) RETURNING code, id",
    )?;
    for row in rows.query_map([name], |row| Ok((row.get(0)?, row.get(1)?)))? {
        let (code, id) = row?;
        into.insert(code, id);
    }
    Ok(())
}

/// A page that was there keeps its id, by which its text is found.
fn insert_page(
    connection: &Connection,
    item: i64,
    position: u64,
    id: i64,
    page: &Page,
) -> rusqlite::Result<()> {
    let marks = "?,".repeat(PAGE_WIDTH + 2);
    let sql = format!("INSERT INTO page (id, item, position, {PAGE_COLUMNS}) VALUES ({marks}?)");
    let (stored, source) = (&page.stored, &page.source);
    let text = page.text.as_ref();
    let record = page.record.as_ref().map(row::json).transpose()?;
    let alt = (!page.alt.is_empty())
        .then(|| row::json(&page.alt))
        .transpose()?;
    connection.prepare_cached(&sql)?.execute(params![
        id,
        item,
        position,
        page.code,
        page.label,
        record,
        alt,
        text.map(|text| &text.path),
        text.map(|text| text.size),
        text.map(|text| text.modified),
        text.map(|text| text.changed),
        stored.file,
        stored.bytes,
        stored.width,
        stored.height,
        stored.fingerprint,
        stored.original,
        stored.colors,
        source.path,
        source.size,
        source.modified,
        source.changed,
        source.page,
    ])?;
    Ok(())
}

fn forget_words(connection: &Connection, page: i64) -> rusqlite::Result<()> {
    let deleted = connection
        .prepare_cached("DELETE FROM words WHERE page = ?")?
        .execute([page])?;
    if deleted > 0 {
        connection
            .prepare_cached("DELETE FROM search WHERE rowid = ?")?
            .execute([page * 2 + 1])?;
    }
    Ok(())
}

/// Writes the text of a page, lets it be, or removes it where the page has none.
fn keep_words(connection: &Connection, page: &Page, new: Option<Words>) -> rusqlite::Result<()> {
    if page.text.is_some() && new.is_none() {
        return Ok(());
    }
    let id: i64 = connection
        .prepare_cached("SELECT id FROM page WHERE code = ?")?
        .query_row([&page.code], |row| row.get(0))?;
    forget_words(connection, id)?;
    if let Some(words) = new {
        connection
            .prepare_cached("INSERT INTO words VALUES (?, ?)")?
            .execute(params![id, pack(&words.content)])?;
        connection
            .prepare_cached(
                "INSERT INTO search (rowid, title, description, words) VALUES (?, '', '', ?)",
            )?
            .execute(params![id * 2 + 1, words.plain])?;
    }
    Ok(())
}

fn index_item(connection: &Connection, id: i64, item: &Item) -> rusqlite::Result<()> {
    connection
        .prepare_cached("DELETE FROM facet WHERE item = ?")?
        .execute([id])?;
    connection
        .prepare_cached("DELETE FROM search WHERE rowid = ?")?
        .execute([id * 2])?;
    let mut facet = connection.prepare_cached("INSERT INTO facet VALUES (?, ?, ?, ?)")?;
    for (kind, value, language) in index::facets(&item.record) {
        facet.execute(params![kind.number(), value, language, id])?;
    }
    connection
        .prepare_cached(
            "INSERT INTO search (rowid, title, description, words) VALUES (?, ?, ?, '')",
        )?
        .execute(params![
            id * 2,
            index::title(&item.name, &item.record),
            index::description(&item.record)
        ])?;
    Ok(())
}
