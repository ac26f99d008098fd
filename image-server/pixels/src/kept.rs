//! What a pyramid keeps of its source at full size.

/// What the tiles of the full image are made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    /// The very coefficients of a JPEG original: nothing was lost.
    Coefficients,
    /// Pixels, encoded anew.
    Recoded(Recoding),
}

/// Why the full image had to be encoded anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recoding {
    /// The source is no JPEG.
    Format,
    /// Its components are sampled in a way that tiles cannot have.
    Sampling,
    /// Its colours are no grey or YCbCr, or had to be converted.
    Colors,
    /// It had to be turned.
    Orientation,
    /// Its steps of quantisation are larger than baseline JPEG allows.
    Quantization,
}

impl Kept {
    /// The same as a word for files and records, which never changes.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Coefficients => "kept",
            Self::Recoded(Recoding::Format) => "recoded-format",
            Self::Recoded(Recoding::Sampling) => "recoded-sampling",
            Self::Recoded(Recoding::Colors) => "recoded-colors",
            Self::Recoded(Recoding::Orientation) => "recoded-orientation",
            Self::Recoded(Recoding::Quantization) => "recoded-quantization",
        }
    }
}
