//! What can be wrong with a request, in words for the person who sent it.

use std::fmt;

use crate::Format;

/// A segment of an image URL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Parameter {
    /// The region.
    Region,
    /// The size.
    Size,
    /// The rotation.
    Rotation,
    /// Quality and format.
    QualityFormat,
}

/// How a refused request is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StatusKind {
    /// 400.
    BadRequest,
    /// 501.
    NotImplemented,
}

/// Why a request is refused. Every variant is answered by 400 but those that say 501.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RequestError {
    /// The region is none of the specification's forms.
    Region(String),
    /// The region is empty or lies outside of the image.
    RegionOutside,
    /// The size is none of the specification's forms, or 0.
    Size(String),
    /// `full` as a size, which 3.0 calls `max`.
    FullSize,
    /// `^` in a request of 2.1.
    Caret(String),
    /// Larger than the region, without `^`.
    Upscale,
    /// Larger than the region, with `^`, where enlarging is not offered: 501.
    UpscaleNotOffered,
    /// Over an advertised limit.
    OverLimit,
    /// The rotation is none of the specification's forms.
    Rotation(String),
    /// Nothing is called so.
    Quality(String),
    /// No format follows the quality.
    NoFormat(String),
    /// Not a format of the specification.
    Format(String),
    /// A format that is not offered.
    FormatNotOffered(&'static str),
    /// Longer than a file of the format can be.
    FormatSide {
        /// The format.
        format: Format,
        /// The longest side that it can have.
        longest: u32,
    },
    /// The segment is not UTF-8 when percent-decoded.
    Encoding(Parameter),
}

/// The start of a text, for messages, without control characters.
pub(crate) fn shown(text: &str) -> String {
    let visible = |c: char| {
        if c.is_control() {
            char::REPLACEMENT_CHARACTER
        } else {
            c
        }
    };
    text.chars().take(60).map(visible).collect()
}

impl RequestError {
    /// How the request is answered.
    #[must_use]
    pub fn status_kind(&self) -> StatusKind {
        match self {
            Self::UpscaleNotOffered => StatusKind::NotImplemented,
            _ => StatusKind::BadRequest,
        }
    }

    /// The reason in Spanish and in English.
    #[must_use]
    pub fn bilingual(&self) -> (String, String) {
        let pair = |es: &str, en: &str| (es.to_owned(), en.to_owned());
        match self {
            Self::Region(text) => (
                format!(
                    "la región «{text}» no es válida; escriba full, square, x,y,w,h o pct:x,y,w,h"
                ),
                format!(
                    "the region \"{text}\" is not valid; write full, square, x,y,w,h or pct:x,y,w,h"
                ),
            ),
            Self::RegionOutside => pair(
                "la región está vacía o fuera de la imagen",
                "the region is empty or outside of the image",
            ),
            Self::Size(text) => (
                format!(
                    "el tamaño «{text}» no es válido; escriba max, w, ,h w,h !w,h o pct:n, mayores que cero"
                ),
                format!(
                    "the size \"{text}\" is not valid; write max, w, ,h w,h !w,h or pct:n, above zero"
                ),
            ),
            Self::FullSize => pair(
                "el tamaño full no existe en la versión 3.0; escriba max",
                "the size full does not exist in version 3.0; write max",
            ),
            Self::Caret(text) => (
                format!("el tamaño «{text}» no existe en la versión 2.1; escríbalo sin ^"),
                format!("the size \"{text}\" does not exist in version 2.1; write it without ^"),
            ),
            Self::Upscale => pair(
                "el tamaño es mayor que la región; pida uno menor, o max",
                "the size is larger than the region; ask for a smaller one, or max",
            ),
            Self::UpscaleNotOffered => pair(
                "no se ofrece la ampliación de imágenes",
                "enlarging images is not offered",
            ),
            Self::OverLimit => pair(
                "el tamaño supera los límites que indica info.json",
                "the size is over the limits that info.json states",
            ),
            Self::Rotation(text) => (
                format!("la rotación «{text}» no es válida; escriba n o !n, de 0 a 360"),
                format!("the rotation \"{text}\" is not valid; write n or !n, from 0 to 360"),
            ),
            Self::Quality(text) => (
                format!("la calidad «{text}» no existe; escriba default, color, gray o bitonal"),
                format!("there is no quality \"{text}\"; write default, color, gray or bitonal"),
            ),
            Self::NoFormat(text) => (
                format!("falta el formato después de «{text}»; escriba por ejemplo default.jpg"),
                format!("the format is missing after \"{text}\"; write default.jpg, for example"),
            ),
            Self::Format(text) => (
                format!("el formato «{text}» no existe; escriba jpg, png, webp, gif o tif"),
                format!("there is no format \"{text}\"; write jpg, png, webp, gif or tif"),
            ),
            Self::FormatNotOffered(text) => (
                format!("el formato {text} no se ofrece; escriba jpg, png, webp, gif o tif"),
                format!("the format {text} is not offered; write jpg, png, webp, gif or tif"),
            ),
            Self::FormatSide { format, longest } => (
                format!(
                    "un archivo {format} mide a lo sumo {longest} píxeles de lado; pida un tamaño menor, o png"
                ),
                format!(
                    "a side of a {format} file has at most {longest} pixels; ask for a smaller size, or png"
                ),
            ),
            Self::Encoding(_) => pair("la dirección no es UTF-8", "the address is not UTF-8"),
        }
    }
}

impl fmt::Display for RequestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.bilingual().1)
    }
}

impl std::error::Error for RequestError {}
