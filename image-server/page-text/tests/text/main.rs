//! Files as recognition programs and people write them, and files as nobody should: what is read of each.

mod alto;
mod hocr;
mod hostile;
mod kept;
mod plain;
mod support;
