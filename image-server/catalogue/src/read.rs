//! Reading a published catalogue.

use std::collections::HashMap;
use std::path::Path;

use acervo_record::Record;
use acervo_tenancy::Bilingual;
use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::connections::Connections;
use crate::error::CatalogueError;
use crate::model::{Detail, Entry, Item, ItemState, Page, Refusal, Stored, Summary};
use crate::row;
use crate::schema::{PAGE_COLUMNS, VERSION};

/// An opened catalogue. Calls block on the disk; those of a few threads go on side by side.
#[derive(Debug)]
pub struct Catalogue {
    connections: Connections,
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
        let connections = Connections::open(path).map_err(fail)?;
        let found: i64 = connections
            .query(|connection| {
                connection.pragma_query_value(None, "user_version", |row| row.get(0))
            })
            .map_err(fail)?;
        if found != VERSION {
            return Err(CatalogueError::Version {
                path: path.to_owned(),
                found,
                expected: VERSION,
            });
        }
        let summary = connections.query(row::summary).map_err(fail)?;
        Ok(Self {
            connections,
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
            let found = connection
                .prepare_cached(
                    "SELECT item.id, item.record, item.digest, parent.name, parent.record FROM item \
                     LEFT JOIN item AS parent ON parent.id = item.parent WHERE item.name = ?",
                )?
                .query_row([name], |row| {
                    let id: i64 = row.get(0)?;
                    Ok((id, detail(name, row)?))
                })
                .optional()?;
            if let Some((id, mut detail)) = found {
                detail.item.pages = pages_of(connection, id)?;
                return Ok(Some(ItemState::Published(Box::new(detail))));
            }
            let gone = connection
                .prepare_cached("SELECT 1 FROM gone WHERE name = ?")?
                .exists([name])?;
            Ok(gone.then_some(ItemState::Gone))
        })
    }

    /// At most `limit` entries in order, after the first `skip`: of the volumes of the item called
    /// `parent`, or at the top of the collection.
    ///
    /// # Errors
    /// If the file is damaged or cannot be read.
    pub fn entries(
        &self,
        parent: Option<&str>,
        skip: u64,
        limit: u64,
    ) -> Result<Vec<Entry>, CatalogueError> {
        self.with(|connection| {
            let parent = match parent {
                None => 0,
                Some(name) => connection
                    .prepare_cached("SELECT id FROM item WHERE name = ?")?
                    .query_row([name], |row| row.get(0))
                    .optional()?
                    .unwrap_or(-1),
            };
            let ids = connection
                .prepare_cached(
                    "SELECT id FROM item WHERE parent = ? AND position > ? ORDER BY position LIMIT ?",
                )?
                .query_map(params![parent, skip, limit], |row| row.get(0))?
                .collect::<rusqlite::Result<Vec<i64>>>()?;
            ids.into_iter().map(|id| entry(connection, id)).collect()
        })
    }

    /// The item called `name`, as a listing shows it.
    ///
    /// # Errors
    /// If the file is damaged or cannot be read.
    pub fn entry(&self, name: &str) -> Result<Option<Entry>, CatalogueError> {
        self.with(|connection| {
            let id = connection
                .prepare_cached("SELECT id FROM item WHERE name = ?")?
                .query_row([name], |row| row.get(0))
                .optional()?;
            id.map(|id| entry(connection, id)).transpose()
        })
    }

    /// All items as they were written, in their order: those at the top, each followed by its volumes.
    ///
    /// # Errors
    /// If the file is damaged or cannot be read.
    pub fn items(&self) -> Result<Vec<Item>, CatalogueError> {
        self.with(|connection| {
            let (mut items, mut rows_of) = (Vec::new(), Vec::new());
            let mut statement =
                connection.prepare("SELECT id, parent, position, name, record FROM item")?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                let of: (i64, i64, i64) = (row.get(0)?, row.get(1)?, row.get(2)?);
                rows_of.push(of);
                let mut record: Record = row::parse(4, row.get_ref(4)?.as_str()?)?;
                record.shrink();
                items.push(Item {
                    name: row.get(3)?,
                    parent: None,
                    record,
                    pages: Vec::new(),
                });
            }
            let ids = rows_of.iter().map(|(id, ..)| *id);
            let places: HashMap<i64, usize> = ids.zip(0..).collect();
            read_pages(connection, &places, &mut items)?;
            // Put in order here: to sort, SQLite would write everything into a file first.
            let mut order = Vec::new();
            for (at, (_, parent, position)) in rows_of.iter().enumerate() {
                if let Some(above) = places.get(parent) {
                    items[at].parent = Some(items[*above].name.clone());
                    order.push((rows_of[*above].2, *parent, *position));
                } else {
                    order.push((*position, 0, 0));
                }
            }
            let mut ordered: Vec<_> = order.into_iter().zip(items).collect();
            ordered.sort_unstable_by_key(|(place, _)| *place);
            Ok(ordered.into_iter().map(|(_, item)| item).collect())
        })
    }

    /// The names of the items before and after the item called `name`, of the same parent.
    ///
    /// # Errors
    /// If the file is damaged or cannot be read.
    #[expect(
        clippy::type_complexity,
        reason = "two neighbours, each of which may be missing"
    )]
    pub fn neighbours(
        &self,
        name: &str,
    ) -> Result<(Option<(String, Record)>, Option<(String, Record)>), CatalogueError> {
        self.with(|connection| {
            let mut beside = connection.prepare_cached(
                "SELECT b.name, b.record FROM item a JOIN item b ON b.parent = a.parent \
                 AND b.position = a.position + ?2 WHERE a.name = ?1",
            )?;
            let mut at = |step: i64| {
                beside
                    .query_row(params![name, step], |row| {
                        let record: String = row.get(1)?;
                        Ok((row.get(0)?, row::parse(1, &record)?))
                    })
                    .optional()
            };
            Ok((at(-1)?, at(1)?))
        })
    }

    /// At most `limit` names of items in the order of their names, after `after`.
    ///
    /// # Errors
    /// If the file is damaged or cannot be read.
    pub fn names(&self, after: &str, limit: u64) -> Result<Vec<String>, CatalogueError> {
        self.with(|connection| {
            connection
                .prepare_cached("SELECT name FROM item WHERE name > ? ORDER BY name LIMIT ?")?
                .query_map(params![after, limit], |row| row.get(0))?
                .collect()
        })
    }

    /// Where the page with `code` is stored; `None` if there is none.
    ///
    /// # Errors
    /// If the file is damaged or cannot be read.
    pub fn stored(&self, code: &str) -> Result<Option<Stored>, CatalogueError> {
        self.with(|connection| {
            connection
                .prepare_cached(
                    "SELECT file, bytes, width, height, fingerprint, original, colors FROM page WHERE code = ?",
                )?
                .query_row([code], |row| {
                    Ok(Stored {
                        file: row.get(0)?,
                        bytes: row.get(1)?,
                        width: row.get(2)?,
                        height: row.get(3)?,
                        fingerprint: row.get(4)?,
                        original: row.get(5)?,
                        colors: row.get(6)?,
                    })
                })
                .optional()
        })
    }

    /// The code of a page of the item called `name`: the `number`th, from 1, or that of the file called
    /// `file`.
    ///
    /// # Errors
    /// If the file is damaged or cannot be read.
    pub fn code(
        &self,
        name: &str,
        number: Option<u32>,
        file: Option<&str>,
    ) -> Result<Option<String>, CatalogueError> {
        self.with(|connection| {
            let mut pages = connection.prepare_cached(
                "SELECT page.code, page.position, source_path FROM page JOIN item ON item.id = page.item \
                 WHERE item.name = ? ORDER BY page.position",
            )?;
            let mut rows = pages.query([name])?;
            while let Some(row) = rows.next()? {
                let (position, path): (u32, String) = (row.get(1)?, row.get(2)?);
                let is_number = number.is_none_or(|number| number == position);
                let is_file = file.is_none_or(|file| path.rsplit('/').next() == Some(file));
                if is_number && is_file {
                    return Ok(Some(row.get(0)?));
                }
            }
            Ok(None)
        })
    }

    /// The text of the page with `code`, as it was stored.
    ///
    /// # Errors
    /// If the file is damaged or cannot be read.
    pub fn words(&self, code: &str) -> Result<Option<String>, CatalogueError> {
        self.with(|connection| {
            connection
                .prepare_cached(
                    "SELECT content FROM words JOIN page ON page.id = words.page WHERE code = ?",
                )?
                .query_row([code], |row| row::unpack(0, row.get_ref(0)?.as_blob()?))
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

    /// All that was set aside or noted.
    ///
    /// # Errors
    /// If the file is damaged or cannot be read.
    pub fn refusals(&self) -> Result<Vec<Refusal>, CatalogueError> {
        self.with(|connection| {
            connection
                .prepare_cached(
                    "SELECT path, sheet_row, sheet_column, code, es, en, is_note FROM refusal ORDER BY rowid",
                )?
                .query_map([], |row| {
                    Ok(Refusal {
                        path: row.get(0)?,
                        row: row.get(1)?,
                        column: row.get(2)?,
                        code: row.get(3)?,
                        message: Bilingual {
                            es: row.get(4)?,
                            en: row.get(5)?,
                        },
                        is_note: row.get(6)?,
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

    pub(crate) fn with<T>(
        &self,
        query: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T, CatalogueError> {
        let fail = |source| CatalogueError::Database {
            path: self.connections.path().to_owned(),
            source,
        };
        self.connections.query(query).map_err(fail)
    }
}

/// An item without its pages, from the columns id, record, digest, and name and record of its parent.
fn detail(name: &str, row: &Row<'_>) -> rusqlite::Result<Detail> {
    let record: String = row.get(1)?;
    let parent: Option<String> = row.get(4)?;
    Ok(Detail {
        item: Item {
            name: name.to_owned(),
            parent: row.get(3)?,
            record: row::parse(1, &record)?,
            pages: Vec::new(),
        },
        parent: parent.map(|text| row::parse(4, &text)).transpose()?,
        digest: row.get(2)?,
    })
}

/// The item with `id`, as a listing shows it.
pub(crate) fn entry(connection: &Connection, id: i64) -> rusqlite::Result<Entry> {
    let (name, record, pages): (String, String, u64) = connection
        .prepare_cached("SELECT name, record, pages FROM item WHERE id = ?")?
        .query_row([id], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    let record: Record = row::parse(1, &record)?;
    let mut volumes = 0;
    let mut shown = id;
    if pages == 0 {
        let mut of = connection
            .prepare_cached("SELECT count(*), min(position) FROM item WHERE parent = ?")?;
        let first: Option<i64>;
        (volumes, first) = of.query_row([id], |row| Ok((row.get(0)?, row.get(1)?)))?;
        if let Some(first) = first {
            shown = connection
                .prepare_cached("SELECT id FROM item WHERE parent = ? AND position = ?")?
                .query_row([id, first], |row| row.get(0))?;
        }
    }
    let number = record.thumbnail.filter(|_| shown == id).unwrap_or(1);
    let sql = format!("SELECT {PAGE_COLUMNS} FROM page WHERE item = ? AND position = ?");
    let cover = connection
        .prepare_cached(&sql)?
        .query_row(params![shown, number], |row| row::page(row, 0))
        .optional()?;
    Ok(Entry {
        name,
        record,
        pages,
        volumes,
        cover,
    })
}

/// All pages, each into its item, in their order; `places` says where the item with an id is.
fn read_pages(
    connection: &Connection,
    places: &HashMap<i64, usize>,
    items: &mut [Item],
) -> rusqlite::Result<()> {
    let mut late = Vec::new();
    let sql = format!("SELECT item, position, {PAGE_COLUMNS} FROM page");
    let mut statement = connection.prepare(&sql)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let (item, position): (i64, usize) = (row.get(0)?, row.get(1)?);
        let Some(at) = places.get(&item) else {
            continue;
        };
        let (page, pages) = (row::page(row, 2)?, &mut items[*at].pages);
        // They lie in the file as they were written, which is nearly their order.
        if position == pages.len() + 1 {
            pages.push(page);
        } else {
            late.push((*at, position, page));
        }
    }
    late.sort_by_key(|(at, position, _)| (*at, *position));
    for (at, _, page) in late {
        items[at].pages.push(page);
    }
    items.iter_mut().for_each(|item| item.pages.shrink_to_fit());
    Ok(())
}

fn pages_of(connection: &Connection, item: i64) -> rusqlite::Result<Vec<Page>> {
    let sql = format!("SELECT {PAGE_COLUMNS} FROM page WHERE item = ? ORDER BY position");
    connection
        .prepare_cached(&sql)?
        .query_map(params![item], |row| row::page(row, 0))?
        .collect()
}
