//! The formats of spreadsheets.

/// A format that is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Text, one line a row; the delimiter is told from the text.
    Csv,
    /// The same, separated by tabs if nothing speaks for another delimiter.
    Tsv,
    /// An OpenDocument spreadsheet.
    Ods,
    /// An Excel workbook.
    Xlsx,
}

impl Format {
    /// The format of a file, by the ending of its name; `None` if it is no spreadsheet.
    ///
    /// Workbooks of Excel 97 to 2003 are told, too, so that [`read`](crate::read) can say that they are not
    /// read.
    #[must_use]
    pub fn of(name: &str) -> Option<Self> {
        let (stem, ending) = name.rsplit_once('.')?;
        if stem.is_empty() {
            return None;
        }
        match ending.to_ascii_lowercase().as_str() {
            "csv" => Some(Self::Csv),
            "tsv" | "tab" => Some(Self::Tsv),
            "ods" => Some(Self::Ods),
            "xlsx" | "xlsm" | "xls" => Some(Self::Xlsx),
            _ => None,
        }
    }

    /// What `bytes` are, whatever the name says: people save a workbook as `.csv` by renaming it.
    pub(crate) fn seen(self, bytes: &[u8]) -> Seen {
        if bytes.starts_with(b"PK\x03\x04") {
            let start = &bytes[..bytes.len().min(256)];
            let needle = b"opendocument.spreadsheet";
            let is_ods = start.windows(needle.len()).any(|window| window == needle);
            return if is_ods { Seen::Ods } else { Seen::Xlsx };
        }
        if bytes.starts_with(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1") {
            let needle: Vec<u8> = "EncryptedPackage"
                .encode_utf16()
                .flat_map(u16::to_le_bytes)
                .collect();
            let is_encrypted = bytes.windows(needle.len()).any(|window| window == needle);
            return if is_encrypted {
                Seen::Encrypted
            } else {
                Seen::OldExcel
            };
        }
        match self {
            Self::Csv => Seen::Text(b','),
            Self::Tsv => Seen::Text(b'\t'),
            Self::Ods => Seen::Ods,
            Self::Xlsx => Seen::Xlsx,
        }
    }
}

/// What bytes are.
pub(crate) enum Seen {
    Text(u8),
    Ods,
    Xlsx,
    Encrypted,
    OldExcel,
}

#[cfg(test)]
mod tests {
    use super::Format;

    #[test]
    fn formats_are_told_by_the_ending() {
        for (name, expected) in [
            ("datos.csv", Some(Format::Csv)),
            ("Datos.TSV", Some(Format::Tsv)),
            ("a.b.ods", Some(Format::Ods)),
            ("datos.xlsx", Some(Format::Xlsx)),
            ("datos.xls", Some(Format::Xlsx)),
            (".csv", None),
            ("csv", None),
            ("mapa.tif", None),
        ] {
            assert_eq!(Format::of(name), expected, "{name}");
        }
    }
}
