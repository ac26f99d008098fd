//! The CEL rules of the resource (`x-kubernetes-validations`).
//!
//! The API server evaluates them, and [`crate::validate`] evaluates the same text from the same
//! schema. Each message says what to write instead, in Spanish and English, in one string:
//! `es: … / en: …`; `sentences` takes it apart again. Patterns hold neither `"` nor `\`, so that they
//! need no escapes inside CEL, and mean the same to RE2 and to Rust's regular expressions.

use acervo_tenancy::Bilingual;
use kube::core::{Message, Reason, Rule};

/// Names that no institution can have, because the platform answers at their paths.
pub const RESERVED_INSTITUTIONS: [&str; 7] = [
    "assets",
    "livez",
    "readyz",
    "metrics",
    "search",
    "robots.txt",
    "sitemap.xml",
];

/// Names that no collection can have, because the institution answers at their paths.
pub const RESERVED_COLLECTIONS: [&str; 6] = [
    "image",
    "presentation",
    "assets",
    "search",
    "compare",
    "report",
];

/// A DNS label of any length.
const LABEL: &str = "^[a-z0-9]([a-z0-9-]*[a-z0-9])?$";

/// What separates the two languages of a message.
const EN: &str = " / en: ";

fn rule(cel: impl Into<String>, es: &str, en: &str) -> Rule {
    Rule::new(cel)
        .message(format!("es: {es}{EN}{en}").as_str())
        .reason(Reason::FieldValueInvalid)
}

fn matches(pattern: &str) -> String {
    format!("self.matches(\"{pattern}\")")
}

fn not_among(subject: &str, names: &[&str]) -> String {
    let list: Vec<_> = names.iter().map(|name| format!("\"{name}\"")).collect();
    format!("!({subject} in [{}])", list.join(", "))
}

/// The two sentences of a rule's message, if it has this module's form.
pub(crate) fn sentences(message: &str) -> Option<Bilingual> {
    let (es, en) = message.strip_prefix("es: ")?.split_once(EN)?;
    Some(Bilingual::new(es, en))
}

pub(crate) fn institution_name() -> Rule {
    rule(
        format!("self.metadata.name.size() <= 40 && self.metadata.name.matches(\"{LABEL}\")"),
        "el nombre de una institución tiene 40 caracteres como máximo, solo letras minúsculas de la a a la z, cifras y guiones, y empieza y termina con letra o cifra; escriba por ejemplo biblioteca-sur",
        "the name of an institution has at most 40 characters, only lower-case letters a to z, digits and hyphens, and begins and ends with a letter or digit; write for example southern-library",
    )
    .field_path(".metadata.name")
}

pub(crate) fn institution_not_reserved() -> Rule {
    rule(
        not_among("self.metadata.name", &RESERVED_INSTITUTIONS),
        "la plataforma usa este nombre para sus propias páginas; escriba otro, por ejemplo biblioteca-sur",
        "the platform uses this name for pages of its own; write another one, for example southern-library",
    )
    .field_path(".metadata.name")
}

pub(crate) fn collection_name() -> Rule {
    rule(
        matches(LABEL),
        "el nombre de una colección se escribe solo con letras minúsculas de la a a la z, cifras y guiones, y empieza y termina con letra o cifra; escriba por ejemplo mapas-antiguos (lo que lee el público va en label)",
        "the name of a collection is written only with lower-case letters a to z, digits and hyphens, and begins and ends with a letter or digit; write for example old-maps (what readers see goes into label)",
    )
}

pub(crate) fn collection_not_reserved() -> Rule {
    rule(
        not_among("self", &RESERVED_COLLECTIONS),
        "cada institución usa este nombre para sus propias direcciones; escriba otro, por ejemplo mapas",
        "every institution uses this name for addresses of its own; write another one, for example maps",
    )
}

/// Compares only what parses: a size that does not is refused at the field itself.
pub(crate) fn storage_grows() -> Rule {
    let mut rule = Rule::new(
        "!isQuantity(self.storage.size) || quantity(self.storage.size).compareTo(quantity(oldSelf.storage.size)) >= 0",
    )
    .reason(Reason::FieldValueInvalid)
    .field_path(".storage.size");
    rule.message = Some(Message::Expression(format!(
        "\"es: el almacenamiento solo puede crecer; escriba \" + oldSelf.storage.size + \" o más{EN}storage can only grow; write \" + oldSelf.storage.size + \" or more\""
    )));
    rule
}

pub(crate) fn storage_size() -> Rule {
    rule(
        format!(
            "{} && quantity(self).isGreaterThan(quantity(\"0\"))",
            matches("^[0-9]{1,9}([.][0-9]{1,3})?(Mi|Gi|Ti|Pi|M|G|T|P)$")
        ),
        "el tamaño es un número mayor que cero seguido de su unidad (Mi, Gi, Ti, Pi, M, G, T o P); escriba por ejemplo 50Gi",
        "the size is a number above zero followed by its unit (Mi, Gi, Ti, Pi, M, G, T or P); write for example 50Gi",
    )
}

pub(crate) fn some_language() -> Rule {
    rule(
        "size(self) > 0",
        "falta el texto en al menos un idioma; escriba por ejemplo {es: Biblioteca del Sur}",
        "the text is missing in at least one language; write for example {en: Southern Library}",
    )
}

pub(crate) fn language_tags() -> Rule {
    rule(
        "self.all(tag, tag.matches(\"^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8}){0,3}$\"))",
        "cada texto va bajo la etiqueta de su idioma, como es, en, pt-BR o qu; escriba por ejemplo {es: Mapas}",
        "each text stands under the tag of its language, such as es, en, pt-BR or qu; write for example {en: Maps}",
    )
}

pub(crate) fn no_blank_text() -> Rule {
    rule(
        "self.all(tag, self[tag].matches(\"[^[:space:]]\"))",
        "un texto está vacío; escríbalo o quite su idioma",
        "a text is empty; write it or remove its language",
    )
}

/// An absolute http or https URI in the characters of RFC 3986 (no IPv6 literal).
const HTTP_URI: &str =
    "^https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?([/?#][A-Za-z0-9._~:/?#@!$&'()*+,;=%-]*)?$";

pub(crate) fn http_uri() -> Rule {
    rule(
        matches(HTTP_URI),
        "debe ser una dirección completa que empiece con http:// o https:// y no tenga espacios ni letras con acento; escriba por ejemplo https://www.example.org/",
        "must be a complete address that begins with http:// or https:// and has neither spaces nor accented letters; write for example https://www.example.org/",
    )
}

pub(crate) fn rights_uri() -> Rule {
    rule(
        matches(HTTP_URI),
        "los derechos se indican con el URI de una declaración o licencia, no con su nombre; escriba por ejemplo http://rightsstatements.org/vocab/NoC-OKLR/1.0/ o http://creativecommons.org/licenses/by/4.0/",
        "rights are given as the URI of a statement or licence, not as its name; write for example http://rightsstatements.org/vocab/NoC-OKLR/1.0/ or http://creativecommons.org/licenses/by/4.0/",
    )
}

/// The literal characters of a path, and the braces of placeholders.
const TEMPLATE: &str =
    "^https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?(/[A-Za-z0-9._~!$&'()*+,;=:@%{}-]+)+/?$";

pub(crate) fn address() -> Rule {
    rule(
        matches(TEMPLATE),
        "debe ser una dirección completa que empiece con http:// o https://, sin usuario, sin ? ni #, sin espacios ni letras con acento (escríbalos codificados, como en la dirección publicada); escriba por ejemplo https://imagenes.example.org/iiif/{collection}/{item}/manifest.json",
        "must be a complete address that begins with http:// or https://, without a user, without ? or #, with neither spaces nor accented letters (write them encoded, as in the published address); write for example https://images.example.org/iiif/{collection}/{item}/manifest.json",
    )
}

pub(crate) fn address_begins_fixed() -> Rule {
    rule(
        matches("^[a-z]+://[^/{}]+/([^/{}]|[{]institution[}])+/"),
        "después del nombre del equipo va primero una parte fija, y solo {institution} puede estar en ella; escriba por ejemplo https://imagenes.example.org/iiif/{collection}/{item}/manifest.json",
        "after the host comes first a part that is always the same, and only {institution} can stand in it; write for example https://images.example.org/iiif/{collection}/{item}/manifest.json",
    )
}

pub(crate) fn address_separated() -> Rule {
    rule(
        "!self.contains(\"}{\")",
        "entre dos nombres entre llaves debe haber algún texto; escriba por ejemplo {collection}/{item}",
        "some text must stand between two names in braces; write for example {collection}/{item}",
    )
}

pub(crate) fn manifest_address() -> Rule {
    rule(
        "self.contains(\"{item}\")",
        "la dirección de los manifiestos debe tener {item}; escriba por ejemplo https://imagenes.example.org/iiif/{item}/manifest.json",
        "the address of manifests must have {item}; write for example https://images.example.org/iiif/{item}/manifest.json",
    )
}

pub(crate) fn image_address() -> Rule {
    rule(
        "self.contains(\"{identifier}\") || (self.contains(\"{item}\") && self.contains(\"{page}\") != self.contains(\"{file}\"))",
        "la dirección de las imágenes debe tener {identifier}, o bien {item} con uno solo de {page} y {file}; escriba por ejemplo https://imagenes.example.org/iiif/2/{identifier}",
        "the address of images must have {identifier}, or else {item} with just one of {page} and {file}; write for example https://images.example.org/iiif/2/{identifier}",
    )
}

pub(crate) fn address_name() -> Rule {
    rule(
        format!(
            "{} && {}",
            matches("^[A-Za-z0-9._~-]+$"),
            not_among("self", &[".", ".."])
        ),
        "se escribe solo con letras de la a a la z, cifras, puntos, guiones, guiones bajos y ~, como en las direcciones publicadas; escriba por ejemplo BDC",
        "is written only with letters a to z, digits, dots, hyphens, underscores and ~, as in the published addresses; write for example BDC",
    )
}

pub(crate) fn logo() -> Rule {
    let segment = "[^./[:cntrl:]][^/[:cntrl:]]*";
    rule(
        matches(&format!("^({segment}/)?{segment}[.](png|jpg|jpeg|svg)$")),
        "debe ser un archivo .png, .jpg, .jpeg o .svg directamente en incoming/ o en una de sus carpetas, sin punto al principio; escriba por ejemplo identidad/logo.png",
        "must be a .png, .jpg, .jpeg or .svg file directly in incoming/ or in one of its folders, without a dot at its beginning; write for example identity/logo.png",
    )
}

pub(crate) fn colour() -> Rule {
    rule(
        matches("^#[0-9a-fA-F]{6}$"),
        "el color se escribe con # y seis cifras hexadecimales, entre comillas; escriba por ejemplo \"#7b1e3a\"",
        "the colour is written as # and six hexadecimal digits, between quotes; write for example \"#7b1e3a\"",
    )
}

/// At least two labels, the last beginning with a letter: neither `localhost` nor an IP address.
pub(crate) fn hostname() -> Rule {
    rule(
        matches("^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?[.])+[a-z]([a-z0-9-]{0,61}[a-z0-9])?$"),
        "debe ser un nombre de equipo completo en minúsculas, sin https://, puerto, ruta ni comodín; escriba por ejemplo biblioteca.example.org",
        "must be a complete host name in lower case, without https://, port, path or wildcard; write for example library.example.org",
    )
}

pub(crate) fn one_subject() -> Rule {
    rule(
        "has(self.group) != has(self.user)",
        "cada entrada nombra un grupo o un usuario, y solo uno de los dos; escriba por ejemplo {group: biblioteca-staff} o {user: ana@example.org}",
        "each entry names a group or a user, and only one of the two; write for example {group: library-staff} or {user: ana@example.org}",
    )
}

/// Names that Kubernetes gives to everybody.
const EVERYBODY: [&str; 4] = [
    "system:anonymous",
    "system:authenticated",
    "system:serviceaccounts",
    "system:unauthenticated",
];

pub(crate) fn not_everybody() -> Rule {
    rule(
        not_among("self", &EVERYBODY),
        "este nombre es el de todos; escriba el grupo del personal de la institución, por ejemplo biblioteca-staff",
        "this is the name of everybody; write the group of the institution's staff, for example library-staff",
    )
}

pub(crate) fn one_source() -> Rule {
    rule(
        "has(self.directory) != has(self.s3)",
        "una colección tiene exactamente un origen; escriba solo directory o solo s3, por ejemplo source: {directory: mapas}",
        "a collection has exactly one source; write only directory or only s3, for example source: {directory: maps}",
    )
}

pub(crate) fn directory() -> Rule {
    rule(
        matches("^[^./[:cntrl:]][^/[:cntrl:]]*$"),
        "debe ser el nombre de una sola carpeta, sin / y sin punto al principio; escriba por ejemplo mapas",
        "must be the name of one folder, without / and without a dot at its beginning; write for example maps",
    )
}

pub(crate) fn bucket() -> Rule {
    rule(
        matches("^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$"),
        "el nombre de un bucket tiene de 3 a 63 letras minúsculas, cifras, puntos o guiones; escriba por ejemplo mapas-digitalizados",
        "the name of a bucket has 3 to 63 lower-case letters, digits, dots or hyphens; write for example digitised-maps",
    )
}

pub(crate) fn key_prefix() -> Rule {
    rule(
        matches("^[^/[:cntrl:]][^[:cntrl:]]*$"),
        "el prefijo no empieza con / ni está vacío; escriba por ejemplo mapas/2026/",
        "the prefix neither begins with / nor is empty; write for example maps/2026/",
    )
}

pub(crate) fn region() -> Rule {
    rule(
        matches("^[A-Za-z0-9-]+$"),
        "la región se escribe con letras, cifras y guiones; escriba por ejemplo us-east-1",
        "the region is written with letters, digits and hyphens; write for example us-east-1",
    )
}

pub(crate) fn object_name() -> Rule {
    rule(
        matches("^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$"),
        "debe ser el nombre de un objeto de Kubernetes: letras minúsculas, cifras, puntos y guiones; escriba por ejemplo almacen-rapido",
        "must be the name of a Kubernetes object: lower-case letters, digits, dots and hyphens; write for example fast-storage",
    )
}

pub(crate) fn time_zone() -> Rule {
    rule(
        matches("^[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+){0,2}$"),
        "la zona horaria se indica con su nombre IANA; escriba por ejemplo America/Havana",
        "the time zone is given by its IANA name; write for example America/Havana",
    )
}

/// One field of cron: a list of `*`, numbers and ranges, each with an optional step.
fn cron_field(value: &str) -> String {
    let part = format!("([*]|({value})(-({value}))?)(/[1-9][0-9]?)?");
    format!("{part}(,{part})*")
}

pub(crate) fn cron() -> Rule {
    let fields = [
        cron_field("[0-5]?[0-9]"),
        cron_field("[01]?[0-9]|2[0-3]"),
        cron_field("0?[1-9]|[12][0-9]|3[01]"),
        cron_field("0?[1-9]|1[0-2]|JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC"),
        cron_field("[0-7]|SUN|MON|TUE|WED|THU|FRI|SAT"),
    ];
    rule(
        matches(&format!("^{}$", fields.join(" "))),
        "cron tiene cinco campos separados por un espacio: minuto, hora, día del mes, mes y día de la semana; escriba por ejemplo \"0 3 * * *\" para las 3:00 de cada día",
        "cron has five fields separated by one space: minute, hour, day of month, month and day of week; write for example \"0 3 * * *\" for 3:00 every day",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_comes_apart_into_its_two_sentences() {
        assert_eq!(
            sentences("es: uno / en: one"),
            Some(Bilingual::new("uno", "one"))
        );
        assert_eq!(sentences("one"), None);
        assert_eq!(sentences("es: uno"), None);
    }
}
