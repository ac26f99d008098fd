//! Choosing items by facets.

use rusqlite::Connection;

use crate::error::CatalogueError;
use crate::model::{Entry, Facet, FacetValue};
use crate::read::{Catalogue, entry};

/// Above so many chosen items it is not counted what else they have in common.
const COUNTED: usize = 2_000;
/// Fewer items than this are found faster one by one than by going through all.
const RARE: u64 = 3_000;

/// Items that were chosen: by their ids, in the order of the collection.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Choice(Vec<i64>);

impl Choice {
    /// How many they are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Catalogue {
    /// The items at the top of the collection that have every one of `values`, which is not empty.
    ///
    /// # Errors
    /// If the file is damaged or cannot be read.
    pub fn choose(&self, values: &[(Facet, String)]) -> Result<Choice, CatalogueError> {
        self.with(|connection| {
            let mut rarest = (u64::MAX, 0);
            for (at, (kind, value)) in values.iter().enumerate() {
                rarest = rarest.min((total(connection, *kind, value)?, at));
            }
            let is_rare = rarest.0 < RARE;
            let condition = " AND id IN (SELECT item FROM facet WHERE kind = ? AND value = ?)";
            let (sql, first) = if is_rare {
                // The rows of few items are looked up one by one; of many, the order of all is gone through.
                let from = "SELECT DISTINCT id, position FROM facet CROSS JOIN item ON id = facet.item \
                     WHERE kind = ? AND value = ? AND parent = 0";
                let rest = condition.repeat(values.len() - 1);
                (format!("{from}{rest} ORDER BY position"), rarest.1)
            } else {
                let all = condition.repeat(values.len());
                let from = "SELECT id, position FROM item WHERE parent = 0";
                (format!("{from}{all} ORDER BY position"), 0)
            };
            let mut statement = connection.prepare_cached(&sql)?;
            let others = (0..values.len()).filter(|at| *at != first);
            let ordered = std::iter::once(first).chain(others).map(|at| &values[at]);
            let parameters = ordered.flat_map(|(kind, value)| {
                let kind: Box<dyn rusqlite::ToSql> = Box::new(kind.number());
                [kind, Box::new(value.clone())]
            });
            let ids = statement
                .query_map(rusqlite::params_from_iter(parameters), |row| row.get(0))?
                .collect::<rusqlite::Result<_>>()?;
            Ok(Choice(ids))
        })
    }

    /// At most `limit` of the chosen items, after the first `skip`.
    ///
    /// # Errors
    /// If the file is damaged or cannot be read.
    pub fn chosen(
        &self,
        choice: &Choice,
        skip: usize,
        limit: usize,
    ) -> Result<Vec<Entry>, CatalogueError> {
        self.with(|connection| {
            let ids = choice.0.iter().skip(skip).take(limit);
            ids.map(|id| entry(connection, *id)).collect()
        })
    }

    /// The values of a facet that most items have: of all, or of those that were chosen; decades in their
    /// order. Nothing, where too many were chosen to count.
    ///
    /// # Errors
    /// If the file is damaged or cannot be read.
    pub fn values(
        &self,
        facet: Facet,
        choice: Option<&Choice>,
        limit: u64,
    ) -> Result<Vec<FacetValue>, CatalogueError> {
        self.with(|connection| {
            let mut values = match choice {
                None => all(connection, facet, limit)?,
                Some(choice) if choice.len() > COUNTED => Vec::new(),
                Some(choice) => among(connection, facet, choice, limit)?,
            };
            if facet == Facet::Decade {
                values.sort_by(|a, b| (a.value.len(), &a.value).cmp(&(b.value.len(), &b.value)));
            }
            Ok(values)
        })
    }
}

/// How many items at the top of the collection have a value, in whatever language.
fn total(connection: &Connection, facet: Facet, value: &str) -> rusqlite::Result<u64> {
    connection
        .prepare_cached("SELECT count(*) FROM facet WHERE kind = ? AND value = ?")?
        .query_row(rusqlite::params![facet.number(), value], |row| row.get(0))
}

fn all(connection: &Connection, facet: Facet, limit: u64) -> rusqlite::Result<Vec<FacetValue>> {
    connection
        .prepare_cached(
            "SELECT value, language, total FROM facet_total WHERE kind = ? ORDER BY total DESC, value LIMIT ?",
        )?
        .query_map(rusqlite::params![facet.number(), limit], value)?
        .collect()
}

fn among(
    connection: &Connection,
    facet: Facet,
    choice: &Choice,
    limit: u64,
) -> rusqlite::Result<Vec<FacetValue>> {
    let ids: Vec<String> = choice.0.iter().map(i64::to_string).collect();
    let ids = format!("[{}]", ids.join(","));
    connection
        .prepare_cached(
            "SELECT facet.value, language, count(*) AS total FROM json_each(?) AS id CROSS JOIN facet ON facet.item = id.value \
             WHERE kind = ? GROUP BY facet.value, language ORDER BY total DESC, facet.value LIMIT ?",
        )?
        .query_map(rusqlite::params![ids, facet.number(), limit], value)?
        .collect()
}

fn value(row: &rusqlite::Row<'_>) -> rusqlite::Result<FacetValue> {
    Ok(FacetValue {
        value: row.get(0)?,
        language: row.get(1)?,
        total: row.get(2)?,
    })
}
