//! Searching: words in titles, descriptions and texts.

use std::collections::HashMap;

use rusqlite::{Connection, OptionalExtension as _, params};

use crate::error::CatalogueError;
use crate::model::{Hit, Page};
use crate::read::{Catalogue, entry};
use crate::row;
use crate::schema::PAGE_COLUMNS;

/// Of more matches than this the first in the order of the file are taken, and not the best: to weigh all
/// that contain a common word costs more than it tells.
const WEIGHED: usize = 2_000;
/// The longest question, in words.
const LONGEST: usize = 12;

/// What a search found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Found {
    /// The ids of items and, where its text was found, of the first page.
    items: Vec<(i64, Option<i64>)>,
    /// Whether there may be more.
    pub is_cut: bool,
}

impl Found {
    /// How many items it found.
    #[must_use]
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// Whether it found nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }
}

impl Catalogue {
    /// The items in which every word of `question` is found, the last one, from three letters on, as the beginning of a word: in
    /// title and description together, or in the text of one page. The best first.
    ///
    /// # Errors
    /// If the file is damaged or cannot be read.
    pub fn search(&self, question: &str) -> Result<Found, CatalogueError> {
        let Some(expression) = expression(question) else {
            return Ok(Found::default());
        };
        self.with(|connection| {
            let mut ids: Vec<i64> = connection
                .prepare_cached("SELECT rowid FROM search WHERE search MATCH ? LIMIT ?")?
                .query_map(params![expression, WEIGHED + 1], |row| row.get(0))?
                .collect::<rusqlite::Result<_>>()?;
            let is_cut = ids.len() > WEIGHED;
            if is_cut {
                ids.truncate(WEIGHED);
            } else {
                ids = connection
                    .prepare_cached(
                        "SELECT rowid FROM search WHERE search MATCH ? AND rank MATCH 'bm25(10.0, 4.0, 1.0)' ORDER BY rank",
                    )?
                    .query_map([&expression], |row| row.get(0))?
                    .collect::<rusqlite::Result<_>>()?;
            }
            Ok(Found {
                items: by_item(connection, &ids)?,
                is_cut,
            })
        })
    }

    /// At most `limit` of what was found, after the first `skip`.
    ///
    /// # Errors
    /// If the file is damaged or cannot be read.
    pub fn hits(
        &self,
        found: &Found,
        skip: usize,
        limit: usize,
    ) -> Result<Vec<Hit>, CatalogueError> {
        self.with(|connection| {
            let some = found.items.iter().skip(skip).take(limit);
            some.map(|(item, page)| {
                Ok(Hit {
                    entry: entry(connection, *item)?,
                    page: page.map(|page| page_found(connection, page)).transpose()?,
                })
            })
            .collect()
        })
    }
}

/// The question as FTS5 writes it: words in quotes, all of which must be there.
fn expression(question: &str) -> Option<String> {
    let words: Vec<&str> = question
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .take(LONGEST)
        .collect();
    let (last, others) = words.split_last()?;
    let mut expression = String::new();
    for word in others {
        expression.push_str(&format!("\"{word}\" "));
    }
    // Two letters begin so many words that finding them all takes long, and says little.
    let star = if last.chars().count() > 2 { "*" } else { "" };
    expression.push_str(&format!("\"{last}\"{star}"));
    Some(expression)
}

/// Each item once, where it was found first, with the first page that was found.
fn by_item(connection: &Connection, ids: &[i64]) -> rusqlite::Result<Vec<(i64, Option<i64>)>> {
    let mut item_of = connection.prepare_cached("SELECT item FROM page WHERE id = ?")?;
    let mut places: HashMap<i64, usize> = HashMap::new();
    let mut items: Vec<(i64, Option<i64>)> = Vec::new();
    for id in ids {
        let (item, page) = match id % 2 {
            0 => (id / 2, None),
            _ => (item_of.query_row([id / 2], |row| row.get(0))?, Some(id / 2)),
        };
        match places.get(&item) {
            Some(place) => {
                let known = &mut items[*place].1;
                *known = known.or(page);
            }
            None => {
                places.insert(item, items.len());
                items.push((item, page));
            }
        }
    }
    Ok(items)
}

fn page_found(connection: &Connection, id: i64) -> rusqlite::Result<(u64, Page, String)> {
    let sql = format!("SELECT position, {PAGE_COLUMNS} FROM page WHERE id = ?");
    let (position, page) = connection
        .prepare_cached(&sql)?
        .query_row([id], |row| Ok((row.get(0)?, row::page(row, 1)?)))?;
    let words = connection
        .prepare_cached("SELECT content FROM words WHERE page = ?")?
        .query_row([id], |row| row::unpack(0, row.get_ref(0)?.as_blob()?))
        .optional()?;
    Ok((position, page, words.unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::expression;

    #[test]
    fn a_question_is_words_whatever_else_it_holds() {
        for (question, expected) in [
            ("mapa", Some("\"mapa\"*")),
            ("mapa de Cuba", Some("\"mapa\" \"de\" \"Cuba\"*")),
            ("\"OR\" NOT a*", Some("\"OR\" \"NOT\" \"a\"")),
            ("mapa de", Some("\"mapa\" \"de\"")),
            ("title:x", Some("\"title\" \"x\"")),
            ("Añil-ártico", Some("\"Añil\" \"ártico\"*")),
            ("  ", None),
            ("¿?", None),
        ] {
            assert_eq!(expression(question).as_deref(), expected, "{question}");
        }
    }
}
