//! Short views of a page, to compare with.

use acervo_page_text::{PageText, read};

/// The page in a file, which must be one.
pub(crate) fn page(name: &str, text: &str) -> PageText {
    read(name, text.as_bytes()).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// The lines of each paragraph.
pub(crate) fn lines(page: &PageText) -> Vec<Vec<&str>> {
    page.blocks
        .iter()
        .map(|block| block.lines.iter().map(|line| line.text.as_str()).collect())
        .collect()
}

/// The places of all lines: left, top, width, height.
pub(crate) fn areas(page: &PageText) -> Vec<Option<[u32; 4]>> {
    page.blocks
        .iter()
        .flat_map(|block| &block.lines)
        .map(|line| line.area.map(Into::into))
        .collect()
}

/// The code of the error that reading a file gives.
pub(crate) fn code(name: &str, bytes: &[u8]) -> &'static str {
    read(name, bytes).map_or_else(
        |error| error.code(),
        |page| panic!("{name} was read: {page:?}"),
    )
}
