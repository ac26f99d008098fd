"""Small printed books: a primer of seamanship and two years of an almanac, page by page."""

from .cartography import anchor, flourish, frame, rose
from .charting import ship
from .manuscripts import gutter
from .paper import Sheet, generator, lay, soften, worn
from .pen import BOOK, ENGRAVED, ITALIC, Ink, bolder, measure
from .setting import Leaf
from .texts_printed import ALMANAC, MONTH, PRIMER, TIDES

SIZE = (1000, 1480)
LEFT, RIGHT, TOP = 120, 880, 190
HEADING = bolder(BOOK, 1.35)


def _running_head(leaf, text):
    leaf.title([(text, 15, ENGRAVED, 0)], 116)
    leaf.ink.line([(LEFT, 132), (RIGHT, 132)], 1.2)


def _page_number(leaf, number):
    leaf.title([(str(number), 17, BOOK, 0)], 1400)


def _chapter(leaf, y, number, title):
    y = leaf.title([(number, 32, ENGRAVED, 58), (title, 25, HEADING, 36)], y)
    flourish(leaf.ink, SIZE[0] / 2, y, 300)
    return y + 66


def _paragraphs(leaf, y, texts):
    for text in texts:
        y = leaf.paragraph(text, LEFT, y, RIGHT - LEFT, 24, 54, BOOK, 44)
    return y


def _table(leaf, y, rows, columns, size=18, leading=44):
    """Rows of cells at `columns` (x, anchor); each row is a block of one line, as OCR programs see tables."""
    for row in rows:
        leaf.block()
        for cell, (x, at) in zip(row, columns):
            if cell:
                start = x - (measure(cell, size, BOOK) if at == "right" else 0)
                leaf.put(cell.split(), start, y, size, BOOK)
        words = [word for line in leaf.blocks[-1] for word in line]
        leaf.blocks[-1] = [words]
        y += leading
    return y


def _primer_title(leaf):
    frame(leaf.ink, 90, 90, 910, 1390, 15)
    y = leaf.title(
        [
            ("CARTILLA", 64, ENGRAVED, 92),
            ("NÁUTICA", 64, ENGRAVED, 84),
            ("para uso de los pescadores", 27, ITALIC, 52),
            ("de la Costa de Almendra", 27, ITALIC, 96),
        ],
        320,
    )
    ship(leaf.ink, 490, y + 190, 150)
    for i in range(7):
        leaf.ink.taper([(330 + 18 * i, y + 214 + 9 * i), (690 - 14 * i, y + 214 + 9 * i)], 2.6, 0.8)
    leaf.title([("compuesta por un piloto retirado", 21, ITALIC, 0)], y + 370)
    leaf.title(
        [("PUERTO SERENO", 26, ENGRAVED, 46), ("Imprenta de San Telmo", 21, BOOK, 44), ("1874", 27, BOOK, 0)], 1190
    )


def _primer_page(leaf, number):
    page = PRIMER[number]
    _running_head(leaf, "CARTILLA NÁUTICA")
    y = TOP
    if "chapter" in page:
        y = _chapter(leaf, y + 30, *page["chapter"])
    if "section" in page:
        y = leaf.title([(page["section"], 26, bolder(ITALIC, 1.3), 66)], y + 30)
    y = _paragraphs(leaf, y, page.get("text", []))
    if "rows" in page:
        leaf.ink.line([(LEFT, y - 12), (RIGHT, y - 12)], 1.6)
        y = _table(leaf, y + 50, page["rows"], [(LEFT + 20, "left"), (RIGHT - 20, "right")], 24, 76)
        leaf.ink.line([(LEFT, y - 34), (RIGHT, y - 34)], 1.6)
    if page.get("ornament") == "rose":
        rose(leaf.ink, Ink(SIZE, 1), SIZE[0] / 2, (y + 1340) / 2 + 4, min(200, (1340 - y) / 2 - 44))
    elif page.get("ornament") == "anchor":
        anchor(leaf.ink, SIZE[0] / 2, (y + 1340) / 2, 60)
    _page_number(leaf, number)


def _almanac_title(leaf, year):
    for inset, width in ((0, 5), (12, 1.4)):
        leaf.ink.box(100 + inset, 100 + inset, 900 - inset, 1380 - inset, width)
    leaf.title([("ALMANAQUE", 60, ENGRAVED, 72), ("DEL PUERTO", 44, ENGRAVED, 60)], 290)
    flourish(leaf.ink, 500, 400, 420)
    leaf.title([(f"para el año de {year}", 29, ITALIC, 0)], 480)
    rose(leaf.ink, Ink(SIZE, 1), 500, 790, 180)
    leaf.title(
        [("con las lunas, las mareas, las ferias", 22, BOOK, 40), ("y otras noticias de utilidad", 22, BOOK, 0)], 1075
    )
    leaf.title([("PUERTO SERENO", 24, ENGRAVED, 44), ("Imprenta de la calle Real", 21, BOOK, 0)], 1230)


def _almanac_page(leaf, year, number):
    _running_head(leaf, f"ALMANAQUE DEL PUERTO, {year}")
    if number == 2:
        y = leaf.title([("JUICIO DEL AÑO", 34, ENGRAVED, 44)], TOP + 40)
        flourish(leaf.ink, 500, y, 300)
        y = _paragraphs(leaf, y + 72, ALMANAC[year])
        anchor(leaf.ink, 500, (y + 1330) / 2, 54)
    elif number == 3:
        y = leaf.title([("ENERO", 44, ENGRAVED, 56), (MONTH[year][0], 24, ITALIC, 44)], TOP + 40)
        leaf.ink.line([(LEFT, y), (RIGHT, y)], 1.6)
        _table(leaf, y + 60, MONTH[year][1], [(LEFT + 44, "right"), (LEFT + 70, "left"), (LEFT + 220, "left")], 23, 84)
    else:
        y = leaf.title(
            [("MAREAS EN LA BARRA", 34, ENGRAVED, 56), ("pleamar de la mañana, primer mes", 24, ITALIC, 60)], TOP + 40
        )
        columns = [(LEFT + 30, "left"), (LEFT + 470, "right"), (RIGHT - 30, "right")]
        _table(leaf, y + 20, [("Día", "Hora", "Altura en pies")], columns, 24, 30)
        leaf.ink.line([(LEFT, y + 44), (RIGHT, y + 44)], 1.6)
        y = _table(leaf, y + 106, TIDES[year], columns, 24, 88)
        leaf.ink.line([(LEFT, y - 40), (RIGHT, y - 40)], 1.6)
        _paragraphs(leaf, y + 50, ["Quien note yerro en estas tablas hará un bien si lo avisa en la imprenta."])
    _page_number(leaf, number)


def primer_leaf(number):
    """Page 1 to 6 of the primer, set and not yet printed."""
    leaf = Leaf(SIZE)
    _primer_title(leaf) if number == 1 else _primer_page(leaf, number)
    return leaf


def almanac_leaf(year, number):
    """Page 1 to 4 of the almanac of `year`, set and not yet printed."""
    leaf = Leaf(SIZE)
    _almanac_title(leaf, year) if number == 1 else _almanac_page(leaf, year, number)
    return leaf


def printed(leaf, name, number, colour):
    """The image of `leaf` on paper; `name` and `number` decide how the paper aged."""
    rng = generator(f"{name}/{number}")
    sheet = Sheet(rng, leaf.size, colour, 0.9, part=4)
    gutter(sheet, number % 2 == 1)
    sheet.foxing(26)
    if number == 1:
        sheet.stain(0.82, 0.9, 0.16, 0.1)
    ink = worn(rng, leaf.ink.mask(), 0.35, 14)
    return soften(lay(sheet, [(ink, (44, 38, 34), 0.93)]), 0.55)
