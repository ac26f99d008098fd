"""The sheets of the Museum of the Coast, with the faults that `examples/README.md` lists."""

import csv
import datetime
import io

from .workbook import workbook

NKC = "http://rightsstatements.org/vocab/NKC/1.0/"
MARK = "http://creativecommons.org/publicdomain/mark/1.0/"

PHOTOGRAPH_COLUMNS = (
    "objectid;title;title@en;creator;date;description;subject;location;latitude;longitude;identifier;rightsstatement;"
    "alt;format;Negativo"
).split(";")

PHOTOGRAPHS = [
    ("MC-F-001", "Botes en la playa Honda", "Boats on Playa Honda", "Estudio Robles", "ca. 1905",
     "Botes de pesca varados antes de la brisa. Al fondo, la sierra del Alba.",
     "Botes de pesca; Playas; Pescadores", "Playa Honda; Costa de Almendra", "17,4312", "-60,5127", NKC,
     "Dos botes sobre la arena y dos personas de pie; al fondo, montañas."),
    ("MC-F-002", "Muelle Real, de mañana", "The Royal Pier in the morning", "Estudio Robles", "1907-03",
     "El muelle antes de la ampliación de 1910.", "Muelles; Puertos", "Puerto Sereno", "17,4188", "-60,5290", NKC,
     "Un muelle de tablas que se aleja hacia un velero."),
    ("MC-F-003", "Faro de Punta Clara", "Punta Clara lighthouse", "Peralta, Inés", "1911",
     "Tomada el año en que el faro estrenó lámpara. El guardafaros, de pie junto a la torre.",
     "Faros; Guardafaros", "Punta Clara", "17,4467", "-60,4870", MARK,
     "Un faro de franjas blancas y oscuras sobre una peña."),
    ("MC-F-004", "Regata de la Bahía", "Bay regatta", "Peralta, Inés; Robles, Anselmo", "24/05/1908",
     "Los balandros doblan la boya de los Frailes.", "Regatas; Embarcaciones de vela", "Bahía de Puerto Sereno",
     "17,4205", "-60,5204", NKC, "Cinco balandros con las velas desplegadas."),
    ("MC-F-005", "El vapor «Almendra» entra en el puerto", "The steamer Almendra enters the port", "Estudio Robles",
     "1909", "Llegaba los jueves con el correo del norte.", "Vapores; Puertos; Correo", "Puerto Sereno", "17,4188",
     "-60,5290", NKC, "Un vapor de una chimenea que echa humo y dos botes de remos."),
    ("MC-F-006", "Palmas de la ensenada", "Palms of the cove", "Peralta, Inés", "1910-1915", "",
     "Palmas; Ensenadas", "Ensenada del Carenero", "17,4251", "-60,5388", NKC,
     "Cuatro palmas inclinadas a la orilla del mar."),
    ("MC-F-007", "Casetas de los baños de mar", "Bathing huts", "Estudio Robles", "[1898?]",
     "Se alquilaban por horas. En la segunda caseta enseñó a nadar la sociedad de salvamento.",
     "Baños de mar; Vida cotidiana", "Playa Honda", "17,4312", "-60,5127", NKC,
     "Seis casetas de madera en fila y bañistas vestidos de oscuro."),
    ("MC-F-019", "Carnaval en el malecón", "Carnival on the sea front", "Estudio Robles", "1913",
     "Carroza de los tipógrafos.", "Carnaval; Fiestas", "Puerto Sereno", "17,4190", "-60,5281", NKC, ""),
    ("MC-F-008", "Redes al sol", "Nets in the sun", "Peralta, Inés", "1912",
     "Se tendían los sábados.\nAl dorso: “para Blas, que las tejió”.", "Redes de pesca; Oficios",
     "Playa Honda; Costa de Almendra", "17,4320", "-60,5119", NKC, "Redes colgadas de postes a la orilla del mar."),
    ("MC-F-009", "Temporal de septiembre", "September storm", "Robles, Anselmo", "1912-09",
     "El bergantín “Dos Hermanos” capea el temporal – el mismo que anunció el almanaque.",
     "Temporales; Embarcaciones de vela", "Mar de las Alondras", "17,5012", "-60,4411", NKC,
     "Un bergantín entre olas grandes."),
    ("MC-F-005", "Vapor en el puerto (copia)", "Steamer in the port (copy)", "", "1909", "Copia por contacto.",
     "Vapores", "Puerto Sereno", "", "", NKC, ""),
    ("MC-F-010", "Noche de luna en el fondeadero", "Moonlit night at the anchorage", "Peralta, Inés", "principios del siglo XX",
     "Exposición de once minutos, según la libreta de la autora.", "Fondeaderos; Noche", "Bahía de Puerto Sereno",
     "17,4205", "-60,5204", NKC, "La luna sobre el mar y un velero de tres palos."),
    ("MC-F-011", "La tripulación del bote «Luz»", "The crew of the boat Luz", "Estudio Robles", "1906-11-02", "",
     "Pescadores; Retratos de grupo", "Playa Honda", "17,4312", "-60,5127", NKC,
     "Seis personas de pie ante un bote varado, y dos niños."),
    ("", "Puesta de sol, sin número", "Sunset, without a number", "", "", "Falta asignarle número de inventario.",
     "Atardeceres", "", "", "", NKC, ""),
    ("MC-F-012", "Salinas de la Costa de Almendra", "Salt works of the Almendra Coast", "Robles, Anselmo", "década de 1920",
     "La sal se apilaba en conos para que escurriera.", "Salinas; Oficios; Paisajes", "Costa de Almendra", "17,4395",
     "-60,5012", NKC, "Estanques de agua quieta, conos de sal y tres salineros."),
    ("MC-F-013", "Pescadores de Los Frailes", "Fishermen of Los Frailes", "Peralta, Inés", "1910", "",
     "Pescadores; Botes de pesca", "Los Frailes", "17,4603", "-60,5066", NKC,
     "Dos personas y sus botes, en una copia pegada sobre cartón."),
    ("MC-F-014", "El faro desde el camino", "The lighthouse from the road", "Estudio Robles", "1914",
     "Vista menos conocida, hacia poniente.", "Faros; Caminos", "Punta Clara", "174,467", "-60,4870", NKC,
     "Un faro de franjas sobre una peña, en tono sepia."),
    ("MC-F-020/b", "Dorso de la fotografía 020", "Back of photograph 020", "", "", "Sello del estudio y dedicatoria.",
     "Sellos", "", "", "", NKC, ""),
    ("MC-F-015", "Regata de botes chicos", "Regatta of the small boats", "Peralta, Inés", "1911-01-06",
     "Se corría el día de Reyes.", "Regatas; Embarcaciones de vela; Fiestas", "Bahía de Puerto Sereno", "17,4205",
     "-60,5204", NKC, "Balandros en la bahía, en tono sepia."),
    ("MC-F-016", "El «Almendra» a la vista", "The Almendra in sight", "Robles, Anselmo", "1910-06",
     "", "Vapores", "Puerto Sereno", "17,4188", "-60,5290",
     "https://rightsstatements.org/page/NoC-OKLR/1.0/?language=es", "Un vapor frente a la costa, en tono sepia."),
    ("MC-F-017", "Muelle Real en obras", "Works on the Royal Pier", "Estudio Robles", "1910", "Ampliación del muelle.",
     "Muelles; Obras", "Puerto Sereno", "17,4188", "-60,5290", NKC, "Un muelle de tablas, en tono sepia."),
]  # fmt: skip
"""Rows of the sheet of photographs up to `rightsstatement` (without `identifier`), then `alt`."""

BOOK_COLUMNS = (
    "objectid;parentid;order;title;title@en;creator;date;publisher;description;subject;location;language;identifier;"
    "rightsstatement;behavior;ranges;Ingreso"
).split(";")

PRIMER_RANGES = (
    "1: Portada; 2: Al lector; 3: Capítulo I. De los vientos; > 4: De las señales del tiempo; "
    "5: Capítulo II. De la aguja de marear; 6: Índice"
)
ALMANAC_RANGES = "1: Portada; 2: Juicio del año; 3: Enero; 4: Mareas en la barra"

BOOKS = [
    ("cartilla-nautica", None, None, "Cartilla náutica para uso de los pescadores de la Costa de Almendra",
     "Primer of seamanship for the fishermen of the Almendra Coast", "Un piloto retirado", 1874, "Imprenta de San Telmo",
     "Primer impreso de la comarca que explica los vientos, la aguja y las señales del tiempo.",
     "Navegación; Pesca; Meteorología", "Puerto Sereno", "es", "MC-B 12", MARK, "paged", PRIMER_RANGES,
     datetime.date(1987, 5, 14)),
    ("almanaque", None, None, "Almanaque del Puerto", "Almanac of the Port", None, "1911-1912", "Imprenta de la calle Real",
     "Los dos tomos que se conservan: 1911 y 1912.", "Almanaques; Mareas; Fiestas", "Puerto Sereno", "es", "MC-B 30", MARK,
     "paged", None, datetime.date(2003, 11, 3)),
    ("almanaque-1911", "almanaque", 1, "Tomo de 1911", "Volume of 1911", None, 1911, None, None, None, None, None,
     "MC-B 30/1", None, None, ALMANAC_RANGES, datetime.date(2003, 11, 3)),
    ("almanaque-1912", "almanaque", 2, "Tomo de 1912", "Volume of 1912", None, 1912, None, None, None, None, None,
     "MC-B 30/2", None, None, ALMANAC_RANGES, datetime.date(2004, 2, 20)),
]  # fmt: skip
"""Rows of the sheet of books."""

MAPS = [
    ("objectid", "title"),
    (
        "Carta esférica de la Costa de Almendra",
        "Carta esférica de una parte de la Costa de Almendra e islas adyacentes, 1817",
    ),
    ("CONSTRUCCION-01", "Biblioteca del Sur: fachada principal, 1926"),
    ("CONSTRUCCION-02", "Biblioteca del Sur: planta baja, 1926"),
    ("Isla_de_Brumas_1791", "Isla de Brumas, reconocida y delineada en 1791"),
    ("Plano de Puerto Sereno, 1853", "Plano del puerto, bahía y ciudad de Puerto Sereno, 1853"),
]
"""Rows of the smallest sheet that there is, for the maps of another institution."""

NOTE = """Notas del inventario de la fototeca

El 019 no aparece en la caja 3; preguntar en la imprenta si lo prestamos para la postal.
El 017 se copió a medias cuando se fue la luz: volver a digitalizar.
"""
"""A file that somebody left among the images."""


def photograph_sheet():
    """The sheet of photographs as Excel saves CSV where the comma divides decimals: `;`, Windows-1252, CRLF."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(PHOTOGRAPH_COLUMNS)
    for *known, rights, alt in PHOTOGRAPHS:
        number = known[0].removeprefix("MC-F-")
        identifier = f"MC, Fototeca, caja 3, núm. {number}" if number else ""
        writer.writerow([*known, identifier, rights, alt, "image/jpeg", "Placa de vidrio, 13 × 18 cm"])
    return out.getvalue().encode("windows-1252")


def book_sheet():
    """The sheet of books, an Excel workbook."""
    return workbook("Libros", [BOOK_COLUMNS, *BOOKS])


def map_sheet():
    """The sheet of maps: two columns, comma, UTF-8."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(MAPS)
    return out.getvalue().encode()
