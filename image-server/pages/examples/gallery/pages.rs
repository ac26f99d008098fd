//! One page of every kind.

use acervo_pages::{
    Alternate, CollectionCard, CollectionPage, Download, Frame, Image, InstitutionPage, ItemCard,
    ItemPage, Named, PageImage, PageText, Paging, Problem, SearchPage, ThemeLink, Turn, ValueLink,
    VolumesPage,
};
use acervo_record::{Record, Term, Text};
use acervo_tenancy::{Bilingual, Language, LanguageMap};

use crate::catalogue::{self, PICTURES, Picture};

const ADDRESS: &str = "https://iiif.example.org/biblioteca-sur/";
const MANIFEST: &str =
    "https://iiif.example.org/biblioteca-sur/presentation/3/mapas/puerto/manifest.json";

/// Every page, by name.
pub(crate) fn all(language: Language) -> Vec<(&'static str, String)> {
    let world = World::new();
    let logo = Image {
        src: "/logo.svg".to_owned(),
        srcset: None,
        width: 48,
        height: 48,
    };
    let alternates = [Alternate {
        url: "/mapas/items.csv",
        media_type: "text/csv",
        title: "CSV",
    }];
    let frame = Frame {
        language,
        canonical: Some(ADDRESS),
        institutions_url: Some("/platform.es.html"),
        search_url: Some("/search.es.html"),
        share_image: Some("https://iiif.example.org/share.jpg"),
        alternates: &alternates,
        ..Frame::default()
    };
    let themed = Frame {
        theme: Some(ThemeLink { url: "/theme.css" }),
        logo: Some(&logo),
        ..frame
    };
    let mut pages = places(&world, frame, themed);
    pages.extend(finds(&world, frame));
    pages
}

fn places(world: &World, frame: Frame<'_>, themed: Frame<'_>) -> Vec<(&'static str, String)> {
    let turned = Frame {
        query: "page=3&q=viento",
        ..frame
    };
    let alone = Frame {
        institutions_url: None,
        ..frame
    };
    vec![
        (
            "platform",
            acervo_pages::platform(&alone, &world.platform()),
        ),
        (
            "institution",
            acervo_pages::institution(&frame, &world.institution()),
        ),
        (
            "themed",
            acervo_pages::institution(&themed, &world.institution()),
        ),
        ("volumes", acervo_pages::volumes(&themed, &world.volumes())),
        ("map", acervo_pages::item(&themed, &world.map())),
        ("notebook", acervo_pages::item(&turned, &world.notebook())),
        ("report", acervo_pages::report(&frame, &world.report())),
    ]
}

fn finds(world: &World, frame: Frame<'_>) -> Vec<(&'static str, String)> {
    let empty = CollectionPage {
        items: vec![],
        paging: Paging::new(1, 0, 24).expect("an empty list"),
        ..world.collection(true)
    };
    let nothing = SearchPage {
        results: vec![],
        collections: vec![],
        ..world.search("bergantín fantasma")
    };
    let problem = |problem| acervo_pages::problem(&frame, Some(world.library()), problem);
    vec![
        (
            "collection",
            acervo_pages::collection(&frame, &world.collection(false)),
        ),
        (
            "filtered",
            acervo_pages::collection(&frame, &world.collection(true)),
        ),
        ("empty", acervo_pages::collection(&frame, &empty)),
        (
            "search",
            acervo_pages::search(&frame, &world.search("viento")),
        ),
        ("nothing", acervo_pages::search(&frame, &nothing)),
        ("ask", acervo_pages::search(&frame, &world.search(""))),
        ("problem", problem(Problem::NotFound)),
        ("suspended", problem(Problem::Suspended)),
    ]
}

/// Everything that pages borrow from.
pub(crate) struct World {
    pub(crate) names: Vec<LanguageMap>,
    about: LanguageMap,
    pub(crate) descriptions: Vec<LanguageMap>,
    items: Vec<(LanguageMap, String)>,
    plan: Record,
    notebook: Record,
    pub(crate) sentences: Vec<Bilingual>,
    alt: Vec<Text>,
    urls: Vec<String>,
}

impl World {
    fn new() -> Self {
        Self {
            names: vec![
                LanguageMap::from([("es", "Biblioteca del Sur"), ("en", "Southern Library")]),
                LanguageMap::from([("es", "Mapas y planos"), ("en", "Maps and plans")]),
                LanguageMap::from([("es", "Manuscritos"), ("en", "Manuscripts")]),
                LanguageMap::from([("es", "Carteles"), ("en", "Posters")]),
                LanguageMap::from([("es", "Instituto de Historia de Oriente")]),
                LanguageMap::from([("es", "Archivo de la Salud"), ("en", "Health Archive")]),
                LanguageMap::from([("es", "Cuaderno de viaje")]),
                LanguageMap::from([("es", "Gaceta de Puerto Sereno (1840–1871)")]),
            ],
            about: LanguageMap::from(catalogue::ABOUT),
            descriptions: vec![
                LanguageMap::from([
                    (
                        "es",
                        "Cartas náuticas, planos de ciudades y proyectos de edificios, desde las primeras expediciones hasta el catastro de 1920.",
                    ),
                    (
                        "en",
                        "Nautical charts, town plans and designs of buildings, from the first expeditions to the land register of 1920.",
                    ),
                ]),
                LanguageMap::from([
                    ("es", "Cuadernos, cartas y libros de coro."),
                    ("en", "Notebooks, letters and choir books."),
                ]),
                LanguageMap::from([
                    (
                        "es",
                        "La calle como galería: teatro, ferias, regatas y ferrocarriles.",
                    ),
                    (
                        "en",
                        "The street as a gallery: theatre, fairs, regattas and railways.",
                    ),
                ]),
            ],
            items: PICTURES
                .iter()
                .map(|picture| (picture.label(), format!("/map.es.html#{}", picture.name)))
                .collect(),
            plan: catalogue::plan(),
            notebook: catalogue::notebook(),
            sentences: vec![
                Bilingual::new(
                    "La imagen está dañada o incompleta (el archivo termina antes de tiempo). Vuelva a copiarla del original.",
                    "The image is damaged or incomplete (the file ends early). Copy it again from the original.",
                ),
                Bilingual::new(
                    "Ninguna imagen se llama así. Escriba el nombre del archivo tal como está en la carpeta, o entregue la imagen.",
                    "No image has this name. Write the file's name as it is in the folder, or hand over the image.",
                ),
                Bilingual::new(
                    "No se entiende la fecha «verano del 98»: se muestra tal cual, y el ítem no aparece al filtrar por fecha.",
                    "The date “verano del 98” cannot be understood: it is shown as it is, and the item is not found by date.",
                ),
            ],
            alt: vec![
                Text::in_language(
                    "es",
                    "Plano coloreado de una ciudad amurallada junto a una bahía, con una rosa de los vientos.",
                ),
                Text::in_language(
                    "en",
                    "Coloured plan of a walled city on a bay, with a compass rose.",
                ),
            ],
            urls: PICTURES.iter().map(Picture::url).collect(),
        }
    }

    pub(crate) fn library(&self) -> Named<'_> {
        self.named(0, "/institution.es.html")
    }

    pub(crate) fn named<'a>(&'a self, at: usize, url: &'a str) -> Named<'a> {
        Named {
            label: &self.names[at],
            url,
        }
    }

    pub(crate) fn card(&self, name: &str, side: u32) -> ItemCard<'_> {
        let at = PICTURES
            .iter()
            .position(|picture| picture.name == name)
            .unwrap_or(0);
        let picture = &PICTURES[at];
        let (label, url) = &self.items[at];
        let said = |text: &'static str| (!text.is_empty()).then_some(text);
        ItemCard {
            item: Named { label, url },
            creator: said(picture.creator),
            date: said(picture.date),
            pages: if name == "coro" { 148 } else { 1 },
            volumes: if name == "c1" { 12 } else { 0 },
            thumbnail: Some(picture.image(side)),
        }
    }

    pub(crate) fn cards(&self, names: &[&str]) -> Vec<ItemCard<'_>> {
        names.iter().map(|name| self.card(name, 400)).collect()
    }

    fn institution(&self) -> InstitutionPage<'_> {
        let card = |at: usize, picture: &str, items| CollectionCard {
            collection: self.named(at, "/collection.es.html"),
            description: self.descriptions.get(at - 1),
            items,
            thumbnail: Some(Picture::named(picture).image(800)),
        };
        InstitutionPage {
            institution: self.library(),
            about: Some(&self.about),
            homepage: Some("https://www.example.org/biblioteca/"),
            collection_url: "/biblioteca-sur/presentation/3/collection.json",
            collections: vec![
                card(1, "isla", 2_816),
                card(2, "coro", 9_402),
                card(3, "tren", 262),
            ],
            hero: Some(self.card("puerto", 1200)),
            featured: self.cards(&["costa", "carta", "regata", "alzado", "coro", "feria"]),
        }
    }

    fn volumes(&self) -> VolumesPage<'_> {
        VolumesPage {
            institution: self.library(),
            collection: self.named(2, "/collection.es.html"),
            item: self.named(7, "/volumes.es.html"),
            record: &self.notebook,
            links: vec![],
            rights: Some("http://creativecommons.org/publicdomain/mark/1.0/"),
            volumes: self.cards(&["c2", "c3", "c4", "c5", "c6"]),
            paging: Paging::new(1, 5, 24).expect("one page"),
            collection_url: "https://iiif.example.org/biblioteca-sur/presentation/3/gaceta/collection.json",
        }
    }

    fn map(&self) -> ItemPage<'_> {
        let picture = Picture::named("puerto");
        let (label, _) = &self.items[0];
        ItemPage {
            institution: self.library(),
            collection: self.named(1, "/collection.es.html"),
            parent: None,
            item: Named {
                label,
                url: "/map.es.html",
            },
            record: &self.plan,
            links: vec![ValueLink {
                term: Term::Subject,
                value: "Puertos",
                url: "/filtered.es.html",
            }],
            rights: None,
            turn: Turn::new(1, 1).expect("one image"),
            shown: self.shown(picture, "", "/iiif/puerto/info.json", 0),
            strip: vec![],
            text: None,
            downloads: vec![
                Download {
                    width: 800,
                    height: 600,
                    url: &self.urls[0],
                    bytes: Some(96_000),
                },
                Download {
                    width: 2000,
                    height: 1500,
                    url: &self.urls[0],
                    bytes: Some(540_000),
                },
                Download {
                    width: 4000,
                    height: 3000,
                    url: &self.urls[0],
                    bytes: Some(2_140_000),
                },
            ],
            manifest_url: MANIFEST,
            manifest_2_url: Some(
                "https://iiif.example.org/biblioteca-sur/presentation/2/mapas/puerto/manifest.json",
            ),
            previous: Some(Named {
                label: &self.items[1].0,
                url: "/map.es.html",
            }),
            next: Some(Named {
                label: &self.items[2].0,
                url: "/map.es.html",
            }),
        }
    }

    fn shown<'a>(
        &'a self,
        picture: &'a Picture,
        label: &'a str,
        info_url: &'a str,
        at: usize,
    ) -> PageImage<'a> {
        PageImage {
            label,
            alt: if at == 0 { &self.alt } else { &[] },
            info_url,
            width: picture.width,
            height: picture.height,
            preview: picture.image(1000),
            larger_url: &self.urls[at],
        }
    }

    fn notebook(&self) -> ItemPage<'_> {
        let leaves = &PICTURES[5..11];
        ItemPage {
            parent: None,
            collection: self.named(2, "/collection.es.html"),
            item: self.named(6, "/notebook.es.html"),
            record: &self.notebook,
            rights: Some("http://creativecommons.org/licenses/by-nc-sa/4.0/"),
            turn: Turn::new(3, leaves.len()).expect("the third leaf"),
            shown: self.shown(&leaves[2], "f. 1v", "/iiif/c3/info.json", 7),
            strip: leaves.iter().map(|leaf| (leaf.title, leaf.image(200))).collect(),
            text: Some(PageText {
                language: Some("es"),
                recognised: true,
                paragraphs: vec![
                    vec![
                        (false, "Salimos al alba con ".to_owned()),
                        (true, "viento".to_owned()),
                        (false, " del nordeste, y a las dos leguas el camino se estrecha entre peñas. Los arrieros dicen que por aquí pasaba la antigua calzada, y muestran unas losas que el río descubre en verano.".to_owned()),
                    ],
                    vec![(false, "En la venta de Los Olmos nos dieron pan, queso de cabra y noticia del puente caído. Dibujé la flor azul que llaman aquí alba de monte.".to_owned())],
                ],
            }),
            ..self.map()
        }
    }
}
