//! The tables.

/// Kept in `user_version`; another version is another format.
pub(crate) const VERSION: i64 = 2;

/// Items are numbered in their order, so that a page of a listing is a range of keys.
pub(crate) const TABLES: &str = "
CREATE TABLE item (
  position INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE
) STRICT;
CREATE TABLE page (
  item INTEGER NOT NULL,
  position INTEGER NOT NULL,
  code TEXT NOT NULL UNIQUE,
  label TEXT NOT NULL,
  file TEXT NOT NULL,
  bytes INTEGER NOT NULL,
  width INTEGER NOT NULL,
  height INTEGER NOT NULL,
  fingerprint TEXT NOT NULL,
  source_path TEXT NOT NULL,
  source_size INTEGER NOT NULL,
  source_modified INTEGER NOT NULL,
  source_changed INTEGER NOT NULL,
  source_page INTEGER NOT NULL,
  PRIMARY KEY (item, position)
) STRICT, WITHOUT ROWID;
CREATE TABLE gone (name TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
CREATE TABLE gone_page (code TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
CREATE TABLE refusal (
  path TEXT NOT NULL,
  code TEXT NOT NULL,
  es TEXT NOT NULL,
  en TEXT NOT NULL
) STRICT;
CREATE TABLE summary (
  items INTEGER NOT NULL,
  pages INTEGER NOT NULL,
  refused INTEGER NOT NULL,
  recipe TEXT NOT NULL
) STRICT;
";

/// The columns of a page, in the order that reading and writing agree on.
pub(crate) const PAGE_COLUMNS: &str = "code, label, file, bytes, width, height, fingerprint, source_path, \
     source_size, source_modified, source_changed, source_page";
