//! The connections of one catalogue: opened as they are needed, all to the same file.

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

/// Queries that go on side by side, so that a long listing does not hold up a tile.
const MOST: usize = 4;

/// Which file has a name at a moment: device and inode.
type Identity = (u64, u64);

/// The connections of one catalogue. Each takes a third of a mebibyte, and a process may have thousands of
/// catalogues, most of which are asked by one reader at a time or by none.
#[derive(Debug)]
pub(crate) struct Connections {
    path: PathBuf,
    file: Option<Identity>,
    state: Mutex<State>,
    returned: Condvar,
}

#[derive(Debug)]
struct State {
    /// Those that nobody uses at the moment.
    idle: Vec<Connection>,
    /// How many there are; never none.
    open: usize,
}

impl Connections {
    /// The connections to the file that is at `path` now, of which one is opened.
    pub(crate) fn open(path: &Path) -> rusqlite::Result<Self> {
        loop {
            let file = identity(path);
            let connection = connect(path);
            // Another catalogue may take the name meanwhile.
            if connection.is_err() || file == identity(path) {
                return Ok(Self {
                    path: path.to_owned(),
                    file,
                    state: Mutex::new(State {
                        idle: vec![connection?],
                        open: 1,
                    }),
                    returned: Condvar::new(),
                });
            }
        }
    }

    /// The file.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Runs `query` on a connection of its own, once there is one.
    pub(crate) fn query<T>(
        &self,
        query: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> rusqlite::Result<T> {
        let lent = Lent {
            of: self,
            connection: Some(self.take()),
        };
        lent.connection
            .as_ref()
            .map_or(Err(rusqlite::Error::InvalidQuery), query)
    }

    fn take(&self) -> Connection {
        let mut state = self.lock();
        let mut may_open = true;
        loop {
            if let Some(connection) = state.idle.pop() {
                return connection;
            }
            if may_open && state.open < MOST {
                state.open += 1;
                drop(state);
                if let Some(connection) = self.another() {
                    return connection;
                }
                may_open = false;
                state = self.lock();
                state.open -= 1;
            } else {
                let waited = self.returned.wait(state);
                state = waited.unwrap_or_else(PoisonError::into_inner);
            }
        }
    }

    /// One more connection to the same file; `None` if it cannot be had: SQLite opens by name, and another
    /// catalogue may have the name by now. A name that leads to this file afterwards led to it before, because a
    /// file that has lost its name never gets it back.
    fn another(&self) -> Option<Connection> {
        let connection = connect(&self.path).ok()?;
        (self.file.is_some() && identity(&self.path) == self.file).then_some(connection)
    }

    /// A panic in a query leaves nothing half-done in a list of connections.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A connection in use, which goes back however the query ends.
struct Lent<'a> {
    of: &'a Connections,
    connection: Option<Connection>,
}

impl Drop for Lent<'_> {
    fn drop(&mut self) {
        let mut state = self.of.lock();
        state.idle.extend(self.connection.take());
        self.of.returned.notify_one();
    }
}

fn identity(path: &Path) -> Option<Identity> {
    let found = fs::metadata(path).ok()?;
    Some((found.dev(), found.ino()))
}

fn connect(path: &Path) -> rusqlite::Result<Connection> {
    // Never locked and never changed in place: other files may take this name, not these bytes.
    let uri = format!("file:{}?immutable=1", escape(&path.to_string_lossy()));
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY
        | OpenFlags::SQLITE_OPEN_URI
        | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(uri, flags)?;
    stay_prepared(&connection)?;
    // Pages of the file are cached by the kernel; this is room for one query.
    connection.execute_batch("PRAGMA cache_size = -512; PRAGMA mmap_size = 0;")?;
    Ok(connection)
}

/// Lets statements be prepared once. Otherwise SQLite prepares those that compare a column with a parameter again
/// whenever they are asked: a plan may depend on the value, but ours do not.
pub(crate) fn stay_prepared(connection: &Connection) -> rusqlite::Result<()> {
    connection
        .set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)
        .map(|_| ())
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

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    fn file(path: &Path, value: i64) {
        let connection = Connection::open(path).unwrap();
        let table = "CREATE TABLE held AS SELECT ? AS value";
        connection.execute(table, [value]).unwrap();
    }

    fn value(connection: &Connection) -> rusqlite::Result<i64> {
        connection.query_row("SELECT value FROM held", [], |row| row.get(0))
    }

    #[test]
    fn more_connections_are_opened_when_they_are_needed_and_only_to_the_same_file() {
        let folder = tempfile::tempdir().unwrap();
        let (path, next) = (folder.path().join("a"), folder.path().join("b"));
        file(&path, 1);
        file(&next, 2);
        let connections = Connections::open(&path).unwrap();
        let side_by_side =
            connections.query(|first| Ok((value(first)?, connections.query(value)?)));
        assert_eq!(side_by_side.unwrap(), (1, 1));
        assert_eq!(connections.lock().open, 2);
        assert!(connections.another().is_some());
        fs::rename(&next, &path).unwrap();
        assert!(
            connections.another().is_none(),
            "the name is another file's"
        );
        assert_eq!(connections.query(value).unwrap(), 1);
        let newer = Connections::open(&path).unwrap();
        assert_eq!(newer.query(value).unwrap(), 2);
    }
}
