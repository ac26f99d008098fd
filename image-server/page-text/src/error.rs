//! Why a text is not taken: stable codes, and sentences for the people who handed it over.

use std::fmt;

use acervo_tenancy::Bilingual;

use crate::format::Format;
use crate::{MAX_BYTES, MAX_DEPTH, MAX_LINES};

/// Why a file is not taken as the text of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TextError {
    /// It breaks off or contradicts itself.
    Damaged(Damage),
    /// It is not in the format that its name promises, which this is.
    NotAText(Format),
    /// It is beyond a bound.
    TooLarge(Excess),
}

/// What is wrong with a damaged file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Damage {
    /// It is no well-formed XML, in this line (from 1), as the reader says in English.
    Xml {
        /// The line of the file, from 1.
        line: usize,
        /// What the XML reader says.
        what: String,
    },
    /// It ends before its elements do.
    BreaksOff,
    /// ALTO without a page.
    NoPage,
    /// Its elements are nested deeper than [`MAX_DEPTH`].
    TooDeep,
}

/// Which bound a file is beyond.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Excess {
    /// [`MAX_BYTES`]; it has this many.
    Bytes(usize),
    /// [`MAX_LINES`].
    Lines,
}

impl TextError {
    /// The code, which never changes.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Damaged(_) => "damaged-text",
            Self::NotAText(_) => "not-a-text",
            Self::TooLarge(_) => "text-too-large",
        }
    }

    /// What happened and what to do, in both languages.
    #[must_use]
    pub fn message(&self) -> Bilingual {
        match self {
            Self::Damaged(damage) => damage.message(),
            Self::NotAText(format) => not_a_text(*format),
            Self::TooLarge(Excess::Bytes(bytes)) => {
                let (mebibytes, most) = (bytes.div_ceil(1 << 20), MAX_BYTES >> 20);
                Bilingual::new(
                    format!(
                        "El archivo de texto es demasiado grande ({mebibytes} MiB; se admiten hasta {most}). Entregue un archivo por página."
                    ),
                    format!(
                        "The text file is too large ({mebibytes} MiB; at most {most} are allowed). Hand over one file a page."
                    ),
                )
            }
            Self::TooLarge(Excess::Lines) => Bilingual::new(
                format!(
                    "El archivo tiene más de {MAX_LINES} líneas de texto. Entregue un archivo por página."
                ),
                format!(
                    "The file has more than {MAX_LINES} lines of text. Hand over one file a page."
                ),
            ),
        }
    }
}

impl Damage {
    fn message(&self) -> Bilingual {
        match self {
            Self::Xml { line, what } => Bilingual::new(
                format!(
                    "El archivo ALTO está dañado: la línea {line} no es XML correcto ({what}). Vuelva a copiarlo o a exportarlo."
                ),
                format!(
                    "The ALTO file is damaged: line {line} is not well-formed XML ({what}). Copy it or export it again."
                ),
            ),
            Self::BreaksOff => Bilingual::new(
                "El archivo ALTO está incompleto: termina antes de tiempo. Vuelva a copiarlo o a exportarlo.",
                "The ALTO file is incomplete: it ends too early. Copy it or export it again.",
            ),
            Self::NoPage => Bilingual::new(
                "El archivo ALTO no contiene ninguna página (elemento Page). Vuelva a exportarlo.",
                "The ALTO file contains no page (element Page). Export it again.",
            ),
            Self::TooDeep => Bilingual::new(
                format!(
                    "El archivo tiene más de {MAX_DEPTH} elementos anidados uno dentro de otro; ningún programa de reconocimiento escribe así. Vuelva a exportarlo."
                ),
                format!(
                    "The file has more than {MAX_DEPTH} elements nested in one another; no recognition program writes like that. Export it again."
                ),
            ),
        }
    }
}

fn not_a_text(promised: Format) -> Bilingual {
    match promised {
        Format::Alto => Bilingual::new(
            "El archivo XML no es ALTO, por lo que no se puede mostrar como texto de la página. Entregue el texto en ALTO, hOCR o texto simple.",
            "The XML file is not ALTO, so it cannot be shown as the text of the page. Hand over the text as ALTO, hOCR or plain text.",
        ),
        Format::Hocr => Bilingual::new(
            "El archivo HTML no es hOCR: no marca páginas ni líneas reconocidas. Entregue el texto en hOCR, ALTO o texto simple.",
            "The HTML file is not hOCR: it marks no recognised pages or lines. Hand over the text as hOCR, ALTO or plain text.",
        ),
        Format::Plain => Bilingual::new(
            "El archivo no contiene texto simple, diga lo que diga su nombre. Guárdelo como texto en UTF-8.",
            "The file contains no plain text, whatever its name says. Save it as text in UTF-8.",
        ),
    }
}

impl fmt::Display for TextError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message().en)
    }
}

impl std::error::Error for TextError {}
