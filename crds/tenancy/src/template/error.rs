//! Why a text is no template, in words.

use std::fmt;

use crate::Bilingual;

/// Why a text is no template of addresses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TemplateError {
    /// It is longer than 512 characters.
    TooLong,
    /// Neither `http://` nor `https://` leads it.
    Scheme,
    /// The host is no host name; it may have neither placeholders nor a user's name before it.
    Host,
    /// The port is no number from 1 to 65535.
    Port,
    /// It has a query or a fragment.
    Query,
    /// A character that stands in no path unless it is percent-encoded.
    Character(char),
    /// A `%` without two hexadecimal digits, or an encoded `/`.
    Percent,
    /// An empty segment, `.` or `..`.
    Segment,
    /// A brace without its other half.
    Brace,
    /// No placeholder of that name, in an address of this kind.
    Unknown(String),
    /// A placeholder stands in it twice.
    Twice(String),
    /// Nothing stands between two placeholders.
    Adjacent,
    /// The first segment has a placeholder other than `{institution}`.
    First,
    /// An address of manifests has no `{item}`.
    NoItem,
    /// An address of images names no image.
    NoImage,
    /// An address of images ends with `/`.
    FinalSlash,
}

impl TemplateError {
    /// What is wrong and what to write instead.
    #[must_use]
    pub fn message(&self) -> Bilingual {
        let (es, en) = match self {
            Self::TooLong => (
                "la dirección tiene más de 512 caracteres; escriba una más corta",
                "the address has more than 512 characters; write a shorter one",
            ),
            Self::Scheme => (
                "la dirección debe empezar con http:// o https://",
                "the address must begin with http:// or https://",
            ),
            Self::Host => (
                "la dirección no tiene un nombre de equipo válido; escríbalo completo, sin usuario y sin llaves, por ejemplo https://imagenes.example.org/iiif/{item}/manifest.json",
                "the address has no valid host name; write all of it, without a user and without braces, for example https://images.example.org/iiif/{item}/manifest.json",
            ),
            Self::Port => (
                "el puerto de la dirección debe ser un número del 1 al 65535",
                "the address's port must be a number from 1 to 65535",
            ),
            Self::Query => (
                "la dirección no puede tener ? ni #; escriba solo la parte anterior",
                "the address can have neither ? nor #; write only the part before it",
            ),
            Self::Character(c) => {
                return Bilingual::new(
                    format!(
                        "el carácter «{c}» no puede estar en una dirección; escríbalo codificado con %, como aparece en la dirección publicada"
                    ),
                    format!(
                        "the character \"{c}\" cannot stand in an address; write it percent-encoded, as in the published address"
                    ),
                );
            }
            Self::Percent => (
                "después de % van dos cifras hexadecimales, y no las de una barra (%2F); escriba por ejemplo %20",
                "two hexadecimal digits follow a %, and not those of a slash (%2F); write for example %20",
            ),
            Self::Segment => (
                "la dirección no puede tener //, /./ ni /../; escríbala sin esas partes",
                "the address cannot have //, /./ or /../; write it without those parts",
            ),
            Self::Brace => (
                "falta una llave; cada nombre va entre { y }, por ejemplo {item}",
                "a brace is missing; each name stands between { and }, for example {item}",
            ),
            Self::Unknown(name) => {
                return Bilingual::new(
                    format!(
                        "{{{name}}} no se puede usar en esta dirección; en las de manifiestos van {{institution}}, {{collection}} e {{item}}, y en las de imágenes también {{identifier}}, {{page}}, {{file}} y {{version}}"
                    ),
                    format!(
                        "{{{name}}} cannot be used in this address; those of manifests have {{institution}}, {{collection}} and {{item}}, and those of images also {{identifier}}, {{page}}, {{file}} and {{version}}"
                    ),
                );
            }
            Self::Twice(name) => {
                return Bilingual::new(
                    format!("{{{name}}} está dos veces; escríbalo una sola vez"),
                    format!("{{{name}}} stands in it twice; write it once"),
                );
            }
            Self::Adjacent => (
                "entre dos nombres entre llaves debe haber algún texto; escriba por ejemplo {collection}/{item}",
                "some text must stand between two names in braces; write for example {collection}/{item}",
            ),
            Self::First => (
                "la dirección debe empezar con una parte fija; escriba por ejemplo https://imagenes.example.org/iiif/{collection}/{item}/manifest.json",
                "the address must begin with a part that is always the same; write for example https://images.example.org/iiif/{collection}/{item}/manifest.json",
            ),
            Self::NoItem => (
                "la dirección de los manifiestos debe tener {item}; escriba por ejemplo https://imagenes.example.org/iiif/{item}/manifest.json",
                "the address of manifests must have {item}; write for example https://images.example.org/iiif/{item}/manifest.json",
            ),
            Self::NoImage => (
                "la dirección de las imágenes debe tener {identifier}, o bien {item} con uno solo de {page} y {file}; escriba por ejemplo https://imagenes.example.org/iiif/2/{identifier}",
                "the address of images must have {identifier}, or else {item} with just one of {page} and {file}; write for example https://images.example.org/iiif/2/{identifier}",
            ),
            Self::FinalSlash => (
                "la dirección de las imágenes es la de su base, sin / al final y sin /info.json",
                "the address of images is that of their base, without / at its end and without /info.json",
            ),
        };
        Bilingual::new(es, en)
    }
}

impl fmt::Display for TemplateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message().en)
    }
}

impl std::error::Error for TemplateError {}
