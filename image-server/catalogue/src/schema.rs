//! The tables.

/// Kept in `user_version`; another version is another format.
pub(crate) const VERSION: i64 = 5;

/// Siblings are numbered in their order, from 1, so that a page of a listing is a range of keys: items at
/// the top of the collection have the parent 0. A search document is a whole item (twice its `id`) or the
/// text of a page (twice its `id`, plus 1).
pub(crate) const TABLES: &str = "
CREATE TABLE item (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  parent INTEGER NOT NULL,
  position INTEGER NOT NULL,
  pages INTEGER NOT NULL,
  record TEXT NOT NULL,
  digest TEXT NOT NULL
) STRICT;
CREATE INDEX item_order ON item (parent, position);
CREATE TABLE page (
  id INTEGER PRIMARY KEY,
  item INTEGER NOT NULL,
  position INTEGER NOT NULL,
  code TEXT NOT NULL UNIQUE,
  label TEXT NOT NULL,
  record TEXT,
  alt TEXT,
  text_path TEXT,
  text_size INTEGER,
  text_modified INTEGER,
  text_changed INTEGER,
  file TEXT NOT NULL,
  bytes INTEGER NOT NULL,
  width INTEGER NOT NULL,
  height INTEGER NOT NULL,
  fingerprint TEXT NOT NULL,
  original TEXT NOT NULL,
  colors TEXT NOT NULL,
  source_path TEXT NOT NULL,
  source_size INTEGER NOT NULL,
  source_modified INTEGER NOT NULL,
  source_changed INTEGER NOT NULL,
  source_page INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX page_order ON page (item, position);
CREATE TABLE words (page INTEGER PRIMARY KEY, content BLOB NOT NULL) STRICT;
CREATE TABLE facet (
  kind INTEGER NOT NULL,
  value TEXT NOT NULL,
  language TEXT NOT NULL,
  item INTEGER NOT NULL,
  PRIMARY KEY (kind, value, language, item)
) STRICT, WITHOUT ROWID;
CREATE INDEX facet_item ON facet (item);
CREATE TABLE facet_total (
  kind INTEGER NOT NULL,
  total INTEGER NOT NULL,
  value TEXT NOT NULL,
  language TEXT NOT NULL,
  PRIMARY KEY (kind, total DESC, value, language)
) STRICT, WITHOUT ROWID;
CREATE VIRTUAL TABLE search USING fts5 (
  title, description, words,
  content = '', contentless_delete = 1, tokenize = 'unicode61 remove_diacritics 2', prefix = '3'
);
CREATE TABLE gone (name TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
CREATE TABLE gone_page (code TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
CREATE TABLE refusal (
  path TEXT NOT NULL,
  sheet_row INTEGER,
  sheet_column TEXT,
  code TEXT NOT NULL,
  es TEXT NOT NULL,
  en TEXT NOT NULL,
  is_note INTEGER NOT NULL
) STRICT;
CREATE TABLE summary (
  items INTEGER NOT NULL,
  top INTEGER NOT NULL,
  pages INTEGER NOT NULL,
  refused INTEGER NOT NULL,
  notes INTEGER NOT NULL,
  recipe TEXT NOT NULL
) STRICT;
";

/// The columns of a page, in the order that reading and writing agree on.
pub(crate) const PAGE_COLUMNS: &str = "code, label, record, alt, text_path, text_size, text_modified, text_changed, \
     file, bytes, width, height, fingerprint, original, colors, source_path, source_size, source_modified, source_changed, \
     source_page";
/// How many they are.
pub(crate) const PAGE_WIDTH: usize = 20;
