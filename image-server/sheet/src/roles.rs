//! What columns mean, by their headings: one table of all conventions that are read.
//!
//! CollectionBuilder-CSV is the convention of our own; the others are wax, CSV Import of Omeka S, Islandora
//! Workbench, Bulkrax (Hyku), tropiiify (Tropy) and Telar, and what Spanish-speaking cataloguers write by
//! themselves.

use std::collections::HashMap;
use std::sync::LazyLock;

use acervo_record::Term;

use crate::heading::{Heading, fold, language_suffix};

/// What a column says of the item of its row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// Its name, if no column with a lower number says it.
    Name(u8),
    Parent,
    Order,
    File,
    Alt,
    /// What kind of thing the row is for the program that it was written for.
    Group,
    Title,
    Summary,
    Term(Term),
    /// `relators:cre:person:Name`: creator, contributor or publisher, as each value says.
    Agent,
    /// A statement or licence, by URI or short name.
    RightsUri,
    /// Rights in words, though some write a URI.
    RightsText,
    Statement,
    Homepage,
    HomepageLabel,
    SeeAlso,
    NavDate,
    Latitude,
    Longitude,
    /// Both in one cell.
    Coordinates,
    Behavior,
    Direction,
    Thumbnail,
    Featured,
    Ranges,
    /// Means nothing here.
    Ignored,
    /// The institution's own.
    Other,
}

impl Role {
    /// Whether an item has one such value (in each language), so that a second column is one too many.
    pub(crate) const fn is_single(self) -> bool {
        !matches!(
            self,
            Self::File
                | Self::Alt
                | Self::Term(_)
                | Self::Agent
                | Self::RightsUri
                | Self::RightsText
                | Self::SeeAlso
                | Self::Ignored
                | Self::Other
        )
    }

    /// Whether its values are in a language.
    pub(crate) const fn is_text(self) -> bool {
        matches!(
            self,
            Self::Alt
                | Self::Title
                | Self::Summary
                | Self::Term(_)
                | Self::RightsText
                | Self::Statement
                | Self::HomepageLabel
                | Self::Ranges
                | Self::Other
        )
    }
}

/// Folded headings of every role. `dc:` and `dcterms:` before them, and numbers after them, are not
/// written here.
const KNOWN: &[(Role, &str)] = &[
    (
        Role::Name(0),
        "objectid pid sourceidentifier codigo codigodelitem codigodelobjeto identificadordelobjeto \
         identificadordelitem idobjeto iddelobjeto iditem iddelitem itemid",
    ),
    (Role::Name(1), "id"),
    (Role::Name(2), "identifier identificador"),
    (
        Role::Parent,
        "parentid parents parent padre idpadre iddelpadre codigodelpadre objetopadre obrapadre pertenecea",
    ),
    (
        Role::Order,
        "order orden fieldweight weight peso sequence secuencia",
    ),
    (
        Role::File,
        "objectlocation file files filename archivo archivos fichero ficheros nombredearchivo \
         nombredelarchivo nombredefichero imagen imagenes image images remotefiles media mediaurl \
         mediasource sideload o:mediafile o:sideload o:media",
    ),
    (
        Role::Alt,
        "imagealttext imagealt alttext alt alternativetext textoalternativo imagealternativetext \
         descripciondelaimagen",
    ),
    (Role::Group, "displaytemplate model fieldmodel plantilla"),
    (
        Role::Title,
        "title titulo label titulopropio titulodelitem titulodelobjeto",
    ),
    (
        Role::Summary,
        "description descripcion summary resumen abstract fielddescription fielddescriptionlong \
         fieldabstract",
    ),
    (
        Role::Term(Term::Creator),
        "creator creators creador creadora creadores autor autora autores autoria author authors artist \
         artists artista artistas fotografo fotografa photographer cartografo fieldcreator",
    ),
    (Role::Agent, "fieldlinkedagent"),
    (
        Role::Term(Term::Contributor),
        "contributor contributors colaborador colaboradora colaboradores colaboracion fieldcontributor",
    ),
    (
        Role::Term(Term::Date),
        "date dates fecha fechas datecreated created issued dateissued fechadecreacion fechadepublicacion \
         period periodo epoca year ano anio fieldedtfdate fieldedtfdateissued fieldedtfdatecreated \
         fielddate fielddatecreated",
    ),
    (
        Role::Term(Term::Publisher),
        "publisher publishers editor editorial casaeditorial fieldpublisher",
    ),
    (
        Role::Term(Term::Type),
        "type types tipo tipos resourcetype objecttype tipodeobjeto tipodedocumento tipodematerial genre \
         genero fieldresourcetype fieldgenre",
    ),
    (
        Role::Term(Term::Format),
        "format formato medium soporte tecnica materialesytecnica fieldphysicalform fieldformat",
    ),
    (
        Role::Term(Term::Extent),
        "extent extension dimensions dimensiones medidas tamano fieldextent",
    ),
    (
        Role::Term(Term::Subject),
        "subject subjects materia materias tema temas keyword keywords palabraclave palabrasclave \
         descriptor descriptores fieldsubject fieldsubjects fieldsubjectgeneral fieldsubjectsname fieldtopic",
    ),
    (
        Role::Term(Term::Location),
        "location locations lugar lugares place places spatial coverage cobertura ubicacion localizacion \
         basednear fieldgeographicsubject fieldplace",
    ),
    (
        Role::Term(Term::Language),
        "language languages idioma idiomas lengua lenguas fieldlanguage",
    ),
    (
        Role::Term(Term::Source),
        "source fuente procedencia fieldsource",
    ),
    (
        Role::Term(Term::Identifier),
        "signatura signaturatopografica callnumber shelfmark localidentifier numerodeinventario \
         fieldidentifier fieldlocalidentifier",
    ),
    (
        Role::Term(Term::Relation),
        "relation relacion ispartof relatedresource fieldrelation",
    ),
    (
        Role::RightsUri,
        "rightsstatement rightsstatements rightsuri license licenses licence licencia \
         declaraciondederechos declaracionesdederechos derechosuri licenciauri fieldrightsstatement \
         standardizedrights",
    ),
    (
        Role::RightsText,
        "rights derechos rightsnotes rightsnote accessrights derechosdeautor condicionesdeuso copyright \
         fieldrights",
    ),
    (
        Role::Statement,
        "requiredstatement requiredstatement:value attribution atribucion credit credits creditline \
         credito creditos lineadecredito reconocimiento",
    ),
    (
        Role::Homepage,
        "homepage homepage:value homepage:id website paginaweb sitioweb url",
    ),
    (Role::HomepageLabel, "homepage:label"),
    (
        Role::SeeAlso,
        "seealso seealso:id seealso:value veasetambien sourceurl iiifmanifest",
    ),
    (Role::NavDate, "navdate"),
    (Role::Latitude, "latitude latitud lat navplace:latitude"),
    (
        Role::Longitude,
        "longitude longitud lon lng long navplace:longitude",
    ),
    (
        Role::Coordinates,
        "coordinates coordenadas geolocation fieldcoordinates",
    ),
    (Role::Behavior, "behavior behaviour comportamiento"),
    (
        Role::Direction,
        "viewingdirection direcciondelectura sentidodelectura",
    ),
    (Role::Thumbnail, "thumbnail miniatura paginadelaminiatura"),
    (Role::Featured, "featured destacado destacada"),
    (
        Role::Ranges,
        "ranges rangos capitulos chapters tableofcontents contenido tabladecontenido tabladecontenidos \
         indice",
    ),
    (
        Role::Ignored,
        // CollectionBuilder: its own derivatives and players.
        "imagesmall imagethumb imagelarge objectthumb objecttranscript objectdownload videoid youtubeid \
         vimeoid \
         full manifest layout permalink collectionpath thumbnailurl \
         checksum sha1 sha256 md5 uid nodeid langcode published visibility mediauseid urlalias \
         fieldmemberof fieldviewer fieldvieweroverride fielddisplayhints fieldmediause \
         children adminset adminsetid filesetid workflowstate embargovisibility leasevisibility \
         visibilityduringembargo visibilityafterembargo embargoreleasedate \
         requiredstatement:label",
    ),
];

/// What `heading` means, and the language if only its ending names it (`title_es`).
pub(crate) fn role(heading: &Heading) -> (Role, Option<String>) {
    if let Some(label) = metadata_label(&heading.base) {
        return match by_key(&fold(label)) {
            Some(role @ (Role::Term(_) | Role::RightsText)) => (role, None),
            Some(Role::Name(2)) => (Role::Term(Term::Identifier), None),
            _ => (Role::Other, None),
        };
    }
    if let Some(role) = by_key(&heading.key) {
        return (role, None);
    }
    if heading.language.is_none()
        && let Some((base, tag)) = language_suffix(&heading.base)
        && let Some(role) = by_key(&fold(base))
        && role.is_text()
    {
        return (role, Some(tag));
    }
    (Role::Other, None)
}

/// What tropiiify's `metadata:{Label}` is called.
pub(crate) fn metadata_label(base: &str) -> Option<&str> {
    let (prefix, label) = base.split_once(':')?;
    let label = label.trim();
    (prefix.eq_ignore_ascii_case("metadata") && !label.is_empty()).then_some(label)
}

/// Whether a cell is a heading that is known.
pub(crate) fn is_known(cell: &str) -> bool {
    // Longer than any heading that is known: prose.
    cell.len() <= 64 && role(&Heading::parse(cell)).0 != Role::Other
}

fn by_key(key: &str) -> Option<Role> {
    static BY_KEY: LazyLock<HashMap<&str, Role>> = LazyLock::new(|| {
        let keys = |(role, keys): &'static (Role, &'static str)| {
            keys.split_ascii_whitespace().map(|key| (key, *role))
        };
        KNOWN.iter().flat_map(keys).collect()
    });
    let exact = |key: &str| BY_KEY.get(key).copied();
    if key.is_empty() {
        return None;
    }
    let unnumbered = key.trim_end_matches(|c: char| c.is_ascii_digit());
    let plain = key
        .strip_prefix("dcterms:")
        .or_else(|| key.strip_prefix("dc:"));
    exact(key)
        .or_else(|| exact(plain?))
        // `creator_1`, `creator_2`: only what may have several values is numbered.
        .or_else(|| exact(unnumbered).filter(|role| !role.is_single()))
        // What else Omeka S says about its own records.
        .or_else(|| key.starts_with("o:").then_some(Role::Ignored))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_known_heading_is_folded_and_means_one_thing() {
        let mut seen = BTreeSet::new();
        for (_, keys) in KNOWN {
            for key in keys.split_ascii_whitespace() {
                assert_eq!(fold(key), key, "folded");
                assert!(seen.insert(key), "{key} is there twice");
            }
        }
    }

    #[test]
    fn headings_of_every_convention_are_known() {
        for (written, expected) in [
            ("objectid", Role::Name(0)),
            ("Object ID", Role::Name(0)),
            ("PID", Role::Name(0)),
            ("source_identifier", Role::Name(0)),
            ("Código", Role::Name(0)),
            ("id", Role::Name(1)),
            ("dcterms:identifier", Role::Name(2)),
            ("Título", Role::Title),
            ("dc:title", Role::Title),
            ("title_es", Role::Title),
            ("creator_12", Role::Term(Term::Creator)),
            ("dcterms:spatial", Role::Term(Term::Location)),
            ("metadata:Creator", Role::Term(Term::Creator)),
            ("navplace:latitude", Role::Latitude),
            ("metadata:Title", Role::Other),
            ("metadata:Técnica de impresión", Role::Other),
            ("field_linked_agent", Role::Agent),
            ("Año", Role::Term(Term::Date)),
            ("_date", Role::Term(Term::Date)),
            ("rightsstatement", Role::RightsUri),
            ("o:resource_class", Role::Ignored),
            ("o:media[file]", Role::File),
            ("image_small", Role::Ignored),
            ("order_2", Role::Other),
            ("Nota", Role::Other),
        ] {
            assert_eq!(role(&Heading::parse(written)).0, expected, "{written}");
        }
    }
}
