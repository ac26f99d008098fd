//! What the pages that list something show.

use acervo_pages::{
    CollectionPage, Filter, FilterKind, FilterValue, Hit, InstitutionCard, Paging, PlatformPage,
    ReportCollection, ReportPage, ReportRow, SearchPage, SearchResult, Work,
};

use crate::catalogue::Picture;
use crate::pages::World;

impl World {
    pub(crate) fn platform(&self) -> PlatformPage<'_> {
        let card = |at, picture: &str, items| InstitutionCard {
            institution: self.named(at, "/institution.es.html"),
            items,
            thumbnail: Some(Picture::named(picture).image(800)),
        };
        PlatformPage {
            institutions: vec![
                card(0, "costa", 12_480),
                card(4, "alzado", 3_214),
                card(5, "feria", 861),
            ],
        }
    }

    pub(crate) fn collection(&self, chosen: bool) -> CollectionPage<'_> {
        let value = |label, count, active| FilterValue {
            label,
            count,
            url: "?subject=x",
            active,
        };
        CollectionPage {
            institution: self.library(),
            collection: self.named(1, "/collection.es.html"),
            description: self.descriptions.first(),
            rights: Some("http://rightsstatements.org/vocab/NoC-OKLR/1.0/"),
            filters: vec![
                Filter {
                    kind: FilterKind::Subject,
                    values: vec![
                        value("Cartografía náutica", 412, chosen),
                        value("Planos de ciudades", 388, false),
                        value("Fortificaciones", 151, false),
                        value("Arquitectura teatral", 64, false),
                        value("Puertos", 58, false),
                    ],
                    more_url: Some("?all=subject"),
                },
                Filter {
                    kind: FilterKind::Place,
                    values: vec![
                        value("Puerto Sereno", 240, chosen),
                        value("Costa de Almendra", 96, false),
                        value("Isla de Brumas", 31, false),
                    ],
                    more_url: None,
                },
                Filter {
                    kind: FilterKind::Decade,
                    values: vec![
                        value("1790–1799", 18, false),
                        value("1850–1859", 204, false),
                    ],
                    more_url: None,
                },
            ],
            clear_url: Some("/collection.es.html"),
            items: self.cards(if chosen {
                &["puerto", "costa", "isla"]
            } else {
                &[
                    "puerto", "costa", "isla", "alzado", "planta", "c1", "coro", "carta", "regata",
                    "tren", "feria",
                ]
            }),
            paging: if chosen {
                Paging::new(1, 3, 24)
            } else {
                Paging::new(2, 2_816, 24)
            }
            .expect("a page of the list"),
            collection_url: "/biblioteca-sur/presentation/3/mapas/collection.json",
        }
    }

    pub(crate) fn search<'a>(&'a self, query: &'a str) -> SearchPage<'a> {
        let snippet = |before: &str, after: &str| {
            vec![
                (false, before.to_owned()),
                (true, "viento".to_owned()),
                (false, after.to_owned()),
            ]
        };
        SearchPage {
            institution: self.library(),
            query,
            is_cut: false,
            results: vec![
                SearchResult {
                    item: self.card("c2", 200),
                    collection: self.named(2, "/collection.es.html"),
                    hits: vec![
                        Hit {
                            page: Some((3, "f. 1v")),
                            url: "/notebook.es.html?page=3&q=viento",
                            language: Some("es"),
                            snippet: snippet(
                                "Salimos al alba con ",
                                " del nordeste, y a las dos leguas el camino se estrecha…",
                            ),
                        },
                        Hit {
                            page: Some((5, "")),
                            url: "/notebook.es.html?page=5&q=viento",
                            language: Some("es"),
                            snippet: snippet("…y el ", " cambió antes de la noche."),
                        },
                    ],
                },
                SearchResult {
                    item: self.card("costa", 200),
                    collection: self.named(1, "/collection.es.html"),
                    hits: vec![Hit {
                        page: None,
                        url: "/map.es.html",
                        language: Some("es"),
                        snippet: snippet("Carta con la rosa de los ", "s y las sondas en brazas."),
                    }],
                },
                SearchResult {
                    item: self.card("regata", 200),
                    collection: self.named(3, "/collection.es.html"),
                    hits: vec![],
                },
            ],
            paging: Paging::new(1, 37, 20).expect("two pages"),
            collections: vec![
                FilterValue {
                    label: "Manuscritos",
                    count: 24,
                    url: "?q=viento&in=manuscritos",
                    active: true,
                },
                FilterValue {
                    label: "Mapas y planos",
                    count: 9,
                    url: "?q=viento&in=mapas",
                    active: false,
                },
                FilterValue {
                    label: "Carteles",
                    count: 4,
                    url: "?q=viento&in=carteles",
                    active: false,
                },
            ],
        }
    }

    pub(crate) fn report(&self) -> ReportPage<'_> {
        let collection = |at: usize, name, published, refused, notes, ended| ReportCollection {
            label: &self.names[at],
            name,
            url: Some("/collection.es.html"),
            published,
            refused,
            notes,
            ended,
        };
        let row = |path, row, column, code, at: usize| ReportRow {
            collection: "mapas",
            path,
            row,
            column,
            code,
            sentence: &self.sentences[at],
        };
        ReportPage {
            institution: self.library(),
            collections: vec![
                collection(1, "mapas", 2_816, 2, 1, Some("2026-11-24T03:12:09Z")),
                collection(2, "manuscritos", 9_402, 0, 0, Some("2026-11-23T22:40:00Z")),
                collection(3, "carteles", 0, 0, 0, None),
            ],
            refused: vec![
                row("Costa norte/hoja 04.tif", None, None, "damaged-image", 0),
                row("mapas.csv", Some(118), Some("archivo"), "no-such-file", 1),
            ],
            notes: vec![row("mapas.csv", Some(42), Some("fecha"), "unclear-date", 2)],
            work: vec![
                Work {
                    collection: "carteles",
                    done: 118,
                    total: 262,
                },
                Work {
                    collection: "manuscritos",
                    done: 0,
                    total: 0,
                },
            ],
            downloads: vec![("/report.json", "JSON"), ("/report.csv", "CSV")],
        }
    }
}
