//! The invented holdings: pictures of `examples/biblioteca-sur`, and what is known of them.

use acervo_pages::Image;
use acervo_record::{Entry, Link, Property, Range, Record, Term, Text};
use acervo_tenancy::LanguageMap;

/// A picture of the repository's examples.
pub(crate) struct Picture {
    pub(crate) name: &'static str,
    pub(crate) file: &'static str,
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) title: &'static str,
    pub(crate) creator: &'static str,
    pub(crate) date: &'static str,
}

macro_rules! pictures {
    ($($name:literal $file:literal $width:literal $height:literal $title:literal $creator:literal $date:literal;)*) => {
        pub(crate) const PICTURES: &[Picture] = &[$(Picture {
            name: $name, file: $file, width: $width, height: $height,
            title: $title, creator: $creator, date: $date,
        }),*];
    };
}

pictures! {
    "puerto" "mapas/Plano de Puerto Sereno, 1853.jpg" 6000 4500
        "Plano de la ciudad y puerto de Puerto Sereno" "Valcárcel, Ignacio" "1853";
    "costa" "mapas/Carta esférica de la Costa de Almendra.jpg" 3000 2300
        "Carta esférica de la Costa de Almendra" "Depósito Hidrográfico" "ca. 1810";
    "isla" "mapas/Isla_de_Brumas_1791.jpg" 2200 2500
        "Isla de Brumas, levantada por orden del gobernador" "Rojas, Mateo de" "1791";
    "alzado" "mapas/CONSTRUCCION-01.png" 2800 1950
        "Teatro Principal: alzado de la fachada" "Inés Arriaga" "1882";
    "planta" "mapas/CONSTRUCCION-02.png" 2800 1950
        "Teatro Principal: planta baja" "Inés Arriaga" "1882";
    "c1" "manuscritos/Cuaderno de viaje 1846/001.jpg" 1588 2148 "Cubierta" "" "";
    "c2" "manuscritos/Cuaderno de viaje 1846/002.jpg" 1548 2108 "f. 1r" "" "";
    "c3" "manuscritos/Cuaderno de viaje 1846/003.jpg" 1548 2108 "f. 1v" "" "";
    "c4" "manuscritos/Cuaderno de viaje 1846/004.jpg" 1548 2108 "f. 2r" "" "";
    "c5" "manuscritos/Cuaderno de viaje 1846/005.jpg" 1548 2108 "f. 2v" "" "";
    "c6" "manuscritos/Cuaderno de viaje 1846/006.jpg" 1548 2108 "f. 3r" "" "";
    "coro" "manuscritos/Libro de coro/f. 9r.jpg" 1648 2288
        "Libro de coro de la catedral de Santa Clara del Mar" "" "siglo XVI";
    "carta" "manuscritos/Carta a Doña Inés.jpg" 1738 2238
        "Carta a doña Inés Arriaga" "Quesada, Tomás" "12 de mayo de 1879";
    "feria" "carteles/Feria del Libro 1937.png" 1700 2400 "Feria del Libro" "Taller Litográfico La Estrella" "1937";
    "tren" "carteles/FERROCARRIL_DEL_VALLE.png" 1600 2300 "Ferrocarril del Valle" "" "ca. 1925";
    "regata" "carteles/Regata de la Bahía.jpg" 1750 2500 "Regata de la Bahía" "Luján, Pilar" "1931";
}

impl Picture {
    pub(crate) fn named(name: &str) -> &'static Self {
        PICTURES
            .iter()
            .find(|picture| picture.name == name)
            .unwrap_or(&PICTURES[0])
    }

    pub(crate) fn url(&self) -> String {
        let ending = self.file.rsplit('.').next().unwrap_or("jpg");
        format!(
            "/iiif/{}/full/{},{}/0/default.{ending}",
            self.name, self.width, self.height
        )
    }

    pub(crate) fn info_url(&self) -> String {
        format!("/iiif/{}/info.json", self.name)
    }

    /// A level 0 image in its one size.
    pub(crate) fn info(&self) -> String {
        let Self {
            name,
            width,
            height,
            ..
        } = self;
        let format = if self.file.ends_with("png") {
            "png"
        } else {
            "jpg"
        };
        format!(
            r#"{{"@context":"http://iiif.io/api/image/3/context.json","id":"/iiif/{name}","type":"ImageService3",
            "protocol":"http://iiif.io/api/image","profile":"level0","width":{width},"height":{height},
            "preferredFormats":["{format}"],"sizes":[{{"width":{width},"height":{height}}}]}}"#
        )
    }

    /// The picture, said to be at most `side` pixels wide and high: who serves the gallery may make it so,
    /// else the browser does.
    pub(crate) fn image(&self, side: u32) -> Image {
        let longer = self.width.max(self.height);
        Image {
            src: format!("{}?side={side}", self.url()),
            srcset: None,
            width: self.width * side / longer,
            height: self.height * side / longer,
        }
    }

    pub(crate) fn label(&self) -> LanguageMap {
        LanguageMap::from([("es", self.title)])
    }
}

pub(crate) const LOGO: &str = r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 48 48" width="48" height="48"><circle cx="24" cy="24" r="23" fill="#8c2f39"/><path d="M24 15c-4-3-9-3-12-2v20c3-1 8-1 12 2 4-3 9-3 12-2V13c-3-1-8-1-12 2zm0 0v20" fill="none" stroke="#fff" stroke-width="2"/></svg>"##;

pub(crate) const ABOUT: [(&str, &str); 2] = [
    (
        "es",
        "La Biblioteca del Sur reúne desde 1871 la memoria impresa, cartográfica y manuscrita de la provincia: más de 340 000 volúmenes, 2800 mapas y el archivo de tres generaciones de impresores.\n\nEstas colecciones digitales crecen cada semana. Se pueden consultar sin registro, ampliar hasta el último trazo, citar y, cuando los derechos lo permiten, descargar.",
    ),
    (
        "en",
        "Since 1871 the Southern Library has gathered the printed, mapped and handwritten memory of the province: more than 340,000 volumes, 2,800 maps and the archive of three generations of printers.\n\nThese digital collections grow every week. They can be consulted without registering, enlarged to the last stroke, cited and, where rights allow, downloaded.",
    ),
];

fn entry(term: Term, values: &[Text]) -> Entry {
    Entry {
        property: Property::Term(term),
        values: values.to_vec(),
    }
}

/// What is known of a plan.
pub(crate) fn plan() -> Record {
    let both = |es: &str, en: &str| [Text::in_language("es", es), Text::in_language("en", en)];
    Record {
        summary: both(
            "Plano de la ciudad intramuros, el arsenal y la bahía, con las sondas en brazas y un índice de sesenta y dos edificios.",
            "Plan of the walled city, the arsenal and the bay, with soundings in fathoms and an index of sixty-two buildings.",
        )
        .to_vec(),
        metadata: vec![
            entry(Term::Creator, &[Text::plain("Valcárcel, Ignacio (1811–1874)")]),
            entry(Term::Contributor, &[Text::plain("Litografía de la Marina")]),
            entry(Term::Date, &[Text::plain("1853")]),
            entry(Term::Type, &both("Mapa", "Map")),
            entry(Term::Format, &both("Litografía iluminada a mano", "Lithograph, coloured by hand")),
            entry(Term::Extent, &[Text::plain("58 × 77 cm")]),
            entry(
                Term::Subject,
                &[
                    Text::in_language("es", "Puertos"),
                    Text::in_language("es", "Fortificaciones"),
                    Text::in_language("es", "Cartografía urbana"),
                ],
            ),
            entry(Term::Location, &[Text::plain("Puerto Sereno")]),
            Entry {
                property: Property::Other(both("Escala", "Scale").to_vec()),
                values: vec![Text::plain("1:7 500")],
            },
            entry(Term::Identifier, &[Text::plain("MP-0412")]),
        ],
        rights: Some("http://creativecommons.org/publicdomain/mark/1.0/".to_owned()),
        statement: both(
            "Digitalizado por la Biblioteca del Sur con el apoyo de la Fundación Costa Abierta.",
            "Digitised by the Southern Library with the support of the Costa Abierta Foundation.",
        )
        .to_vec(),
        homepage: Some(Link {
            url: "https://catalogo.example.org/registro/88213".to_owned(),
            label: both("Registro en el catálogo", "Record in the catalogue").to_vec(),
            format: None,
        }),
        ..Record::default()
    }
}

/// What is known of a notebook with chapters.
pub(crate) fn notebook() -> Record {
    let chapter = |label: &str, page, level| Range {
        label: vec![Text::in_language("es", label)],
        page,
        level,
    };
    Record {
        summary: vec![Text::in_language(
            "es",
            "Diario de una travesía de la capital a la Costa de Almendra, con apuntes de plantas, vientos y caminos.",
        )],
        metadata: vec![
            entry(Term::Creator, &[Text::plain("Rojas, Adela")]),
            entry(Term::Date, &[Text::plain("1846")]),
            entry(Term::Type, &[Text::in_language("es", "Manuscrito")]),
            entry(
                Term::Subject,
                &[
                    Text::in_language("es", "Viajes"),
                    Text::in_language("es", "Botánica"),
                ],
            ),
            entry(Term::Language, &[Text::in_language("es", "Español")]),
            entry(Term::Identifier, &[Text::plain("MS-118")]),
        ],
        ranges: vec![
            chapter("Cubierta", 1, 1),
            chapter("La salida", 2, 1),
            chapter("Camino de la sierra", 3, 2),
            chapter("La costa", 5, 1),
        ],
        ..Record::default()
    }
}
