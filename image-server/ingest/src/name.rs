//! Names of files as they are handed over: which are looked at, and how they are written in a report.

/// Whether systems leave such files behind: never published, never refused.
#[must_use]
pub fn is_ignored(name: &[u8]) -> bool {
    name.first() == Some(&b'.') || name == b"Thumbs.db" || name == b"desktop.ini"
}

/// The name as text, if an item or a page can be called so: UTF-8 without control characters.
#[must_use]
pub fn usable(raw: &[u8]) -> Option<&str> {
    std::str::from_utf8(raw)
        .ok()
        .filter(|name| !name.is_empty() && !name.chars().any(char::is_control))
}

/// A name that can stand in a report: what is no printable UTF-8 is escaped.
#[must_use]
pub fn printable(name: &[u8]) -> String {
    name.utf8_chunks()
        .flat_map(|chunk| {
            let valid = chunk.valid().chars().map(|c| {
                if c.is_control() {
                    c.escape_default().to_string()
                } else {
                    c.to_string()
                }
            });
            let invalid = chunk.invalid().iter().map(|byte| format!("\\x{byte:02x}"));
            valid.chain(invalid).collect::<Vec<_>>()
        })
        .collect()
}
