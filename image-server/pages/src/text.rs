//! Every word that the pages say, in every language: a missing translation does not compile.

mod figures;

use acervo_tenancy::Language;

pub(crate) use figures::{
    bytes, cell, done_of, image_number, image_of, moment, number, page, page_of, results_for,
};

/// A text of the pages.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Text {
    pub(crate) es: &'static str,
    pub(crate) en: &'static str,
}

impl Text {
    pub(crate) const fn get(self, language: Language) -> &'static str {
        match language {
            Language::Es => self.es,
            Language::En => self.en,
        }
    }
}

/// A thing that is counted.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Noun {
    one: Text,
    many: Text,
}

impl Noun {
    /// `1 imagen`, `2 imágenes`.
    pub(crate) fn count(self, count: u64, language: Language) -> String {
        let noun = if count == 1 { self.one } else { self.many };
        format!("{}\u{a0}{}", number(count, language), noun.get(language))
    }
}

/// The name of a language in that language.
pub(crate) const fn language_name(language: Language) -> &'static str {
    match language {
        Language::Es => "Español",
        Language::En => "English",
    }
}

/// The platform's name, the same in every language.
pub(crate) const PLATFORM: &str = "Acervo";

pub(crate) const INSTITUTIONS_N: Noun = Noun {
    one: Text {
        es: "institución",
        en: "institution",
    },
    many: Text {
        es: "instituciones",
        en: "institutions",
    },
};
pub(crate) const COLLECTIONS_N: Noun = Noun {
    one: Text {
        es: "colección",
        en: "collection",
    },
    many: Text {
        es: "colecciones",
        en: "collections",
    },
};
pub(crate) const ITEMS_N: Noun = Noun {
    one: Text {
        es: "ítem",
        en: "item",
    },
    many: Text {
        es: "ítems",
        en: "items",
    },
};
pub(crate) const IMAGES_N: Noun = Noun {
    one: Text {
        es: "imagen",
        en: "image",
    },
    many: Text {
        es: "imágenes",
        en: "images",
    },
};

pub(crate) const VOLUMES_N: Noun = Noun {
    one: Text {
        es: "volumen",
        en: "volume",
    },
    many: Text {
        es: "volúmenes",
        en: "volumes",
    },
};

macro_rules! texts {
    ($($name:ident = $es:literal, $en:literal;)*) => {
        $(pub(crate) const $name: Text = Text { es: $es, en: $en };)*
        /// Every text, for the tests.
        #[cfg(test)]
        const ALL: &[Text] = &[$($name),*];
    };
}

texts! {
    SKIP = "Saltar al contenido", "Skip to content";
    LANGUAGE = "Idioma", "Language";
    YOU_ARE_HERE = "Usted está aquí", "You are here";
    UNTITLED = "Sin título", "Untitled";
    PUBLISHED_WITH = "Publicado con Acervo, una plataforma IIIF abierta.",
        "Published with Acervo, an open IIIF platform.";
    VIEWER_CREDIT = "Visor: OpenSeadragon (licencia BSD)", "Viewer: OpenSeadragon (BSD licence)";

    DIGITAL_COLLECTIONS = "Colecciones digitales", "Digital collections";
    INSTITUTIONS = "Instituciones", "Institutions";
    PLATFORM_LEAD =
        "Mapas, manuscritos, fotografías y otros documentos que estas instituciones conservan y comparten, abiertos para verlos de cerca.",
        "Maps, manuscripts, photographs and other documents that these institutions keep and share, open for a closer look.";
    NO_INSTITUTIONS = "Todavía no hay instituciones publicadas.", "No institutions have been published yet.";
    COLLECTIONS = "Colecciones", "Collections";
    NO_COLLECTIONS = "Esta institución todavía no ha publicado colecciones.",
        "This institution has not published any collections yet.";
    FEATURED = "Para empezar", "A place to start";
    WEB_SITE = "Sitio web de la institución", "The institution’s web site";
    ABOUT_INSTITUTION = "Acerca de la institución", "About the institution";
    COLLECTION = "Colección", "Collection";
    ITEMS = "Ítems", "Items";
    NO_ITEMS = "Esta colección todavía no tiene ítems publicados.",
        "This collection has no published items yet.";
    NO_ITEMS_LEFT = "Ningún ítem cumple todos estos filtros. Quite alguno.",
        "No item matches all of these filters. Remove one of them.";
    FILTER = "Filtrar", "Filter";
    ACTIVE_FILTERS = "Filtros activos", "Active filters";
    CLEAR_FILTERS = "Quitar todos", "Clear all";
    REMOVE = "Quitar", "Remove";
    SUBJECTS = "Tema", "Subject";
    PLACES = "Lugar", "Place";
    DECADES = "Fecha", "Date";
    SHOW_ALL = "Ver todos", "Show all";
    LIST_PAGES = "Páginas de la lista", "Pages of the list";
    PREVIOUS = "Anterior", "Previous";
    NEXT = "Siguiente", "Next";

    RIGHTS = "Derechos", "Rights";
    THIS_IMAGE = "Esta imagen", "This image";
    ORIGINAL_SIZE = "Tamaño original", "Original size";
    PIXELS = "píxeles", "pixels";
    DOWNLOAD = "Descargar", "Download";
    COPY_VIEW = "Copiar enlace a esta vista", "Copy link to this view";
    CHAPTERS = "Contenido", "Contents";
    PART_OF = "Forma parte de", "Part of";
    DIGITISED = "Versión digital", "Digital copy";
    HOMEPAGE = "Ver en el sitio de la institución", "See on the institution’s site";
    CITE = "Cómo citar", "How to cite";
    COPY_CITATION = "Copiar la cita", "Copy the citation";
    NO_DATE = "s. f.", "n.d.";
    TEXT = "Texto de esta imagen", "Text of this image";
    RECOGNISED = "Una máquina leyó este texto: puede contener errores.",
        "A machine read this text: it may contain errors.";
    VOLUMES = "Volúmenes", "Volumes";
    PREVIOUS_VOLUME = "Volumen anterior", "Previous volume";
    NEXT_VOLUME = "Volumen siguiente", "Next volume";
    ABOUT = "Acerca de este ítem", "About this item";
    OTHER_ITEMS = "Otros ítems de la colección", "Other items of the collection";
    PREVIOUS_ITEM = "Ítem anterior", "Previous item";
    NEXT_ITEM = "Ítem siguiente", "Next item";
    TURN = "Cambiar de imagen", "Change image";
    PREVIOUS_IMAGE = "Imagen anterior", "Previous image";
    NEXT_IMAGE = "Imagen siguiente", "Next image";
    ALL_IMAGES = "Imágenes de este ítem", "Images of this item";
    GO_TO_IMAGE = "Ir a la imagen", "Go to image";
    GO = "Ir", "Go";

    IMAGE_CONTROLS = "Controles de la imagen", "Image controls";
    ZOOM = "Ampliar", "Zoom";
    ZOOM_IN = "Acercar", "Zoom in";
    ZOOM_OUT = "Alejar", "Zoom out";
    WHOLE_IMAGE = "Ver la imagen completa", "Show the whole image";
    ROTATE = "Girar a la derecha", "Rotate right";
    FULL_SCREEN = "Pantalla completa", "Full screen";
    CANVAS_HELP =
        "Imagen ampliable. Use las flechas para desplazarse, más y menos para acercar y alejar, y cero para verla completa.",
        "Zoomable image. Use the arrow keys to move, plus and minus to zoom, and zero to show all of it.";
    OPENING = "Abriendo la imagen ampliable…", "Opening the zoomable image…";
    OPENED = "Imagen ampliable lista.", "Zoomable image ready.";
    OPEN_FAILED = "No se pudo abrir la imagen ampliable. Revise su conexión y vuelva a intentarlo.",
        "The zoomable image could not be opened. Check your connection and try again.";
    ZOOM_LEVEL = "Ampliación:", "Zoom:";

    DATA = "Para visores IIIF y programas", "For IIIF viewers and programs";
    MANIFEST = "Manifiesto IIIF", "IIIF manifest";
    COLLECTION_DOCUMENT = "Colección IIIF", "IIIF collection";
    MANIFEST_2 = "Manifiesto IIIF 2.1, para visores antiguos", "IIIF manifest 2.1, for older viewers";
    OTHER_VIEWER = "Abrir en otro visor", "Open in another viewer";
    OTHER_VIEWER_HELP = "Arrastre este enlace a un visor compatible con IIIF, o copie allí el enlace del manifiesto.",
        "Drag this link into a viewer that reads IIIF, or paste the link of the manifest there.";
    COPY = "Copiar enlace", "Copy link";
    LINK_COPIED = "Enlace copiado", "Link copied";
    TEXT_COPIED = "Texto copiado", "Text copied";

    SEARCH = "Buscar", "Search";
    SEARCH_IN = "Buscar en las colecciones", "Search the collections";
    SEARCH_HINT = "Título, autor, tema o palabras del texto", "Title, author, subject or words of the text";
    SEARCH_WHERE = "Colecciones con resultados", "Collections with results";
    SEARCH_INVITATION =
        "Escriba un nombre, un lugar, un tema o unas palabras: se busca en las descripciones y en el texto de las páginas.",
        "Write a name, a place, a subject or a few words: descriptions and the text of pages are searched.";
    TOO_MANY_FOUND = "Hay más de lo que se muestra: estas palabras son muy comunes. Agregue otra para acotar la búsqueda.",
        "There is more than is shown: these words are very common. Add another to narrow the search.";
    NOTHING_FOUND = "No encontramos nada con estas palabras.", "We found nothing with these words.";
    NOTHING_SPELLING = "Revise la ortografía, o escriba las palabras como se usaban en su época.",
        "Check the spelling, or write the words as they were used at the time.";
    NOTHING_FEWER = "Pruebe con menos palabras, o con otras más generales.",
        "Try fewer words, or more general ones.";
    NOTHING_BROWSE = "Explore las colecciones", "Explore the collections";

    REPORT = "Informe de publicación", "Publication report";
    REPORT_LEAD = "Qué se publicó de lo entregado, qué no, y qué hacer.",
        "What was published of what was handed over, what was not, and what to do.";
    IN_WORK = "En curso", "Under way";
    SCANNING = "buscando cambios", "looking for changes";
    RELOAD = "Actualizar esta página", "Reload this page";
    PUBLISHED = "Publicados", "Published";
    REFUSED = "No publicados", "Not published";
    NOTES = "Observaciones", "Notes";
    ENDED = "Última publicación", "Last published";
    NEVER = "todavía no", "not yet";
    FILE = "Archivo", "File";
    WHERE = "Celda", "Cell";
    WHY = "Qué ocurre y qué hacer", "What happened and what to do";
    NOTHING_REFUSED = "Todo lo entregado está publicado.", "Everything that was handed over is published.";
    NO_NOTES = "No hay observaciones.", "There are no notes.";
    REPORT_DATA = "Este informe para programas y hojas de cálculo", "This report for programs and spreadsheets";

    HOME = "Ir al inicio", "Go to the start page";
    NOT_FOUND = "No encontramos esta página", "We could not find this page";
    NOT_FOUND_HELP =
        "Esta dirección no corresponde a ninguna colección, ítem ni imagen. Revise que esté completa o comience desde el inicio.",
        "This address belongs to no collection, item or image. Check that it is complete, or begin at the start page.";
    GONE = "Este contenido fue retirado", "This content has been removed";
    GONE_HELP = "La institución dejó de publicarlo. Puede consultar con ella o explorar sus otras colecciones.",
        "The institution no longer publishes it. You can ask them about it, or explore their other collections.";
    SUSPENDED = "Estas páginas están en pausa", "These pages are paused";
    SUSPENDED_HELP = "El acceso a las colecciones de esta institución está suspendido por ahora. Vuelva a intentarlo más adelante.",
        "Access to this institution’s collections is suspended for now. Please try again later.";
    BAD_REQUEST = "No pudimos entender la solicitud", "We could not understand the request";
    BAD_REQUEST_HELP = "La dirección contiene un valor que no es válido. Revísela o comience desde el inicio.",
        "The address contains a value that is not valid. Check it, or begin at the start page.";
    READ_ONLY = "Aquí solo se puede leer", "This place is for reading only";
    READ_ONLY_HELP = "Estas direcciones no aceptan envíos ni cambios.",
        "These addresses accept no submissions and no changes.";
    BUSY = "Hay mucha demanda en este momento", "There is a lot of demand right now";
    BUSY_HELP = "El servidor no puede atender esta solicitud ahora. Espere un minuto y vuelva a intentarlo.",
        "The server cannot take this request now. Please wait a minute and try again.";
    INTERNAL = "Algo falló de nuestro lado", "Something went wrong on our side";
    INTERNAL_HELP = "El servidor no pudo preparar la respuesta y el fallo quedó registrado. Vuelva a intentarlo en unos minutos.",
        "The server could not prepare the answer, and the failure has been logged. Please try again in a few minutes.";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_agree_with_their_nouns() {
        for (count, es, en) in [
            (0, "0\u{a0}imágenes", "0\u{a0}images"),
            (1, "1\u{a0}imagen", "1\u{a0}image"),
            (2, "2\u{a0}imágenes", "2\u{a0}images"),
            (1234, "1234\u{a0}imágenes", "1,234\u{a0}images"),
            (
                100_000,
                "100\u{202f}000\u{a0}imágenes",
                "100,000\u{a0}images",
            ),
        ] {
            assert_eq!(IMAGES_N.count(count, Language::Es), es);
            assert_eq!(IMAGES_N.count(count, Language::En), en);
        }
    }

    #[test]
    fn every_text_says_something_and_ends_alike_in_both_languages() {
        let end = |text: &str| text.chars().last().filter(|c| ".:…".contains(*c));
        for text in ALL {
            assert!(
                !text.es.trim().is_empty() && !text.en.trim().is_empty(),
                "{text:?}"
            );
            assert_eq!(end(text.es), end(text.en), "{text:?}");
        }
    }
}
