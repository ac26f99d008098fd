//! The one institution that `acervo serve` serves: its table in a file, its collections on a volume.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::Receiver;

use acervo_tenancy::TenantTable;

use crate::inside::Inside;
use crate::library::Holding;
use crate::pace;
use crate::state::{State, Table};

/// Why a tenant table is not served.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TableError {
    /// The file cannot be read.
    #[error(
        "cannot read the tenant table {path}: {source}; name the file that the operator writes with --table"
    )]
    Read {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// It is no tenant table.
    #[error("{path} is no tenant table: {source}")]
    Json {
        /// The file.
        path: PathBuf,
        /// Where and why.
        source: serde_json::Error,
    },
    /// It breaks a rule of tenant tables.
    #[error("{path}: {rule}")]
    Rule {
        /// The file.
        path: PathBuf,
        /// What it breaks.
        rule: String,
    },
    /// It is not the table of one institution.
    #[error("{path} names {count} institutions; one server serves one, so write a table with one")]
    NotOne {
        /// The file.
        path: PathBuf,
        /// How many it names.
        count: usize,
    },
}

/// The institution: keeps table and library as the file and the volume say.
pub(crate) struct Institution {
    path: PathBuf,
    data: PathBuf,
    state: Arc<State>,
    /// The file, as it was when it was read last.
    text: Vec<u8>,
    holding: Holding,
}

impl Institution {
    /// Reads the table at `path`, of an institution whose volume is `data`.
    ///
    /// # Errors
    /// If the table cannot be read or served.
    pub(crate) fn open(
        path: PathBuf,
        data: PathBuf,
        state: Arc<State>,
    ) -> Result<Self, TableError> {
        let text = read(&path)?;
        let table = parse(&path, &text)?;
        let holding = holding(&table, &data);
        state.table.store(Arc::new(Table::new(table)));
        Ok(Self {
            path,
            data,
            state,
            text,
            holding,
        })
    }

    /// Follows table and volume until `stop` is disconnected, and tells `inside` what is there.
    pub(crate) fn run(mut self, inside: &Inside, stop: &Receiver<()>) {
        loop {
            // The file is small, and comparing it sees every change, that of a swapped link too.
            match read(&self.path) {
                Ok(text) if text == self.text => self.state.follow([&self.holding]),
                Ok(text) => {
                    self.change(&text);
                    self.text = text;
                }
                Err(error) => {
                    tracing::warn!(%error, "the institution is served as it was");
                    self.state.follow([&self.holding]);
                }
            }
            inside.look(&self.holding, &self.state.library.load());
            self.state.ready.store(true, Ordering::Release);
            if !pace::rest(stop, pace::PAUSE) {
                return;
            }
        }
    }

    /// Serves the table in `text`, or goes on with the last one.
    fn change(&mut self, text: &[u8]) {
        match parse(&self.path, text) {
            Ok(table) => {
                self.holding = holding(&table, &self.data);
                self.state.follow([&self.holding]);
                self.state.table.store(Arc::new(Table::new(table)));
                tracing::info!(table = %self.path.display(), "the table changed");
            }
            Err(error) => tracing::error!(%error, "the institution is served as it was"),
        }
    }
}

fn read(path: &Path) -> Result<Vec<u8>, TableError> {
    fs::read(path).map_err(|source| TableError::Read {
        path: path.to_owned(),
        source,
    })
}

/// A table that names one institution.
fn parse(path: &Path, text: &[u8]) -> Result<TenantTable, TableError> {
    let table: TenantTable = serde_json::from_slice(text).map_err(|source| TableError::Json {
        path: path.to_owned(),
        source,
    })?;
    table.check().map_err(|rule| TableError::Rule {
        path: path.to_owned(),
        rule,
    })?;
    match table.tenants.len() {
        1 => Ok(table),
        count => Err(TableError::NotOne {
            path: path.to_owned(),
            count,
        }),
    }
}

/// The holding of the only institution of `table`.
fn holding(table: &TenantTable, data: &Path) -> Holding {
    Holding::of(
        &table.tenants[0],
        data.join("published"),
        data.join("incoming"),
    )
}
