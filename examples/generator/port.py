"""The plan of a port: the one big image."""

import numpy as np

from .cartography import (
    anchor,
    border,
    church,
    flourish,
    frame,
    label,
    palm,
    rhumbs,
    rose,
    scale_bar,
    title_lines,
    tree,
)
from .charting import BLUE, GREEN, RED, Map, estates, river, road, ship
from .pen import BOOK, ENGRAVED, ITALIC, SANS, Ink, write
from .town import Town, fort


def _harbour(u, v):
    """A bay behind a narrow mouth, hills to the north, two islands outside."""
    coast = 0.475 + 0.022 * np.sin(7 * u + 0.6) - 0.05 * np.exp(-(((u - 0.9) / 0.16) ** 2)) - v
    bay = np.hypot((u - 0.475) / 1.45, v - 0.335) - 0.082
    mouth = np.maximum(np.abs(u - 0.497 - 0.3 * (v - 0.4)) - 0.034, 0.34 - v)
    isles = [
        0.022 - np.hypot((u - 0.665) / 1.6, v - 0.575),
        0.009 - np.hypot(u - 0.725, v - 0.56),
        0.008 - np.hypot(u - 0.4, v - 0.545),
    ]
    return np.maximum.reduce([np.minimum.reduce([coast, bay, mouth]), *isles])


LEGEND = [
    "Plaza de Armas y Casa de Gobierno", "Iglesia mayor de San Telmo", "Convento de la Merced", "Muelle Real y Aduana",
    "Fuerte de la Luz", "Batería del Poniente", "Hospital de caridad", "Arsenal y carenero", "Almacenes de tabaco",
    "Acueducto y fuente", "Cementerio general", "Ingenio del Río Manso",
]  # fmt: skip


PLACES = [
    ("Punta de la Luz", 0.43, 0.51, 30), ("Punta Clara", 0.6, 0.505, 30), ("Isla Grande", 0.665, 0.578, 32), ("Los Frailes", 0.745, 0.575, 26),
    ("El Farallón", 0.4, 0.55, 26), ("Ensenada del Carenero", 0.11, 0.497, 32), ("Cerro Pelado", 0.12, 0.25, 34), ("Loma del Telégrafo", 0.27, 0.23, 32),
    ("Ingenio San Telmo", 0.65, 0.27, 30), ("Camino Real de tierra adentro", 0.13, 0.355, 28), ("Playa Honda", 0.84, 0.46, 34), ("Hato de la Merced", 0.8, 0.24, 30),
    ("Extramuros", 0.2, 0.455, 28), ("Vega del Manso", 0.6, 0.165, 28), ("Fondeadero", 0.45, 0.36, 28), ("Canal de entrada", 0.53, 0.53, 28),
]  # fmt: skip


def _view(m, box):
    """A small view of the town from the sea, in a frame."""
    a, b, c, d = box
    m.panel(box)
    ink, base = m.ink, d - (d - b) * 0.3
    width, height = c - a, d - b
    rng = m.rng
    for layer in range(3):
        n = 240
        ridge = np.cumsum(rng.normal(0, 1, n))
        ridge = ridge - np.linspace(ridge[0], ridge[-1], n)
        ridge = np.convolve(ridge, np.ones(9) / 9, "same")
        top = base - height * (0.34 - 0.12 * layer) * (0.55 + 0.45 * (ridge - ridge.min()) / (np.ptp(ridge) + 1e-9))
        xs = np.linspace(a + 8, c - 8, n)
        ink.polygon([*zip(xs, top), (c - 8, base), (a + 8, base)], 0)
        ink.line(list(zip(xs, top)), 1.5)
        for i in range(0, n - 4, 1):
            fall = top[i + 3] - top[i]
            depth = (base - top[i]) * rng.uniform(0.15, 0.45) * (1.4 if fall > 0 else 0.5)
            ink.taper(
                [
                    (xs[i], top[i] + 2),
                    (xs[i] + depth * 0.16, top[i] + depth * 0.5),
                    (xs[i] + depth * 0.22, top[i] + depth),
                ],
                1.7 - 0.4 * layer,
                0.4,
            )
    x = a + width * 0.2
    while x < a + width * 0.78:
        w, h = rng.uniform(20, 48), rng.uniform(18, 40)
        ink.polygon([(x, base), (x, base - h), (x + w, base - h), (x + w, base)], 0)
        ink.line([(x, base), (x, base - h), (x + w, base - h), (x + w, base)], 1.3)
        ink.polygon(
            [(x - 3, base - h), (x + w * 0.3, base - h - 12), (x + w * 0.8, base - h - 12), (x + w + 3, base - h)]
        )
        for k in np.arange(x + 7, x + w - 5, 10):
            ink.polygon(
                [(k, base - h * 0.65), (k + 4, base - h * 0.65), (k + 4, base - h * 0.35), (k, base - h * 0.35)]
            )
        m.red.polygon([(x, base), (x, base - h), (x + w, base - h), (x + w, base)], 70)
        x += w * rng.uniform(0.8, 1.1)
    for at, h in ((0.42, 120), (0.47, 128), (0.63, 95)):
        x = a + width * at
        ink.polygon([(x - 14, base), (x - 14, base - h), (x + 14, base - h), (x + 14, base)], 0)
        ink.box(x - 14, base - h, x + 14, base, 1.4)
        ink.polygon([(x, base), (x, base - h), (x + 14, base - h), (x + 14, base)], 90)
        ink.polygon([(x - 17, base - h), (x, base - h - 40), (x + 17, base - h)])
        ink.line([(x, base - h - 36), (x, base - h - 58)], 2)
    for y in np.arange(base + 6, d - 12, 9):
        cuts = np.sort(rng.uniform(a + 12, c - 12, 14))
        for u, v in zip(cuts[::2], cuts[1::2]):
            ink.line([(u, y), (min(v, u + 160), y)], 1.0)
    for at, k in ((0.12, 1.0), (0.3, 0.75), (0.86, 1.25)):
        ship(ink, a + width * at, base + height * 0.14 * k, 62 * k)
    ink.box(a, b, c, d, 5)
    ink.box(a + 9, b + 9, c - 9, d - 9, 1.4)


def _names(m):
    w = m.size[0]
    m.name("MAR DE LAS ALONDRAS", [(0.315, 0.615), (0.45, 0.64), (0.6, 0.625)], 50, ENGRAVED)
    m.name("Bahía de Puerto Sereno", [(0.4, 0.31), (0.47, 0.3), (0.56, 0.32)], 44)
    m.name("SIERRA DEL ALBA", [(0.58, 0.1), (0.75, 0.06), (0.96, 0.12)], 62, ENGRAVED)
    m.name("Río Manso", [(0.51, 0.24), (0.545, 0.19), (0.53, 0.13)], 36)
    for text, u, v, size in PLACES:
        label(m.ink, u * w, v * w, text, size)


def port():
    """The plan of Puerto Sereno: the one big image."""
    size = (6000, 4500)
    w, h = size
    m = Map("puerto-sereno", size, _harbour, rough=0.017, relief=1.0)
    inset = 175
    cartouche, legend, view = (260, 3130, 1760, 4230), (4560, 3240, 5740, 4240), (260, 280, 1660, 880)
    m.panels = [cartouche, legend, view]
    valley = [(0.5, 0.26), (0.53, 0.2), (0.5, 0.13), (0.56, 0.06), (0.54, -0.01)]
    brook = [(0.362, 0.33), (0.3, 0.29), (0.25, 0.22), (0.2, 0.19)]
    m.country.valley(valley, 0.075)
    m.country.valley(brook, 0.045)
    m.country.flatten(0.345, 0.4, 0.105)
    m.country.flatten(0.655, 0.36, 0.09)
    country, ink = m.country, m.ink
    country.hachures(ink, list(np.linspace(0.07, 1.9, 17)), 13, 5.0)
    river(m, valley, 8, 34)
    river(m, brook, 5, 12)
    for route in (
        [(0.345, 0.33), (0.38, 0.22), (0.46, 0.15), (0.47, -0.01)],
        [(0.29, 0.4), (0.2, 0.36), (0.1, 0.33), (-0.01, 0.34)],
        [(0.62, 0.33), (0.7, 0.3), (0.82, 0.28), (1.01, 0.22)],
        [(0.47, 0.15), (0.56, 0.2), (0.62, 0.28), (0.62, 0.33), (0.645, 0.4), (0.57, 0.45)],
    ):
        road(m, route)
    for estate in (
        (0.65, 0.36, 0.25, 7, 9, 62),
        (0.22, 0.42, -0.2, 5, 6, 60),
        (0.575, 0.13, 0.5, 4, 8, 58),
        (0.29, 0.3, 0.5, 4, 5, 54),
        (0.8, 0.33, -0.1, 7, 5, 64),
    ):
        estates(m, *estate)
    town = Town(0.325 * w, 0.385 * w, 84, 22, -0.28, 640, lambda x, y: country.is_land(x, y, 10))
    for layer in (ink, m.green):
        layer.disc(town.x, town.y, 610, 0)
    m.closed += [(town.x, town.y, 600), (0.468 * w, 0.446 * w, 110), (0.56 * w, 0.44 * w, 80), (0.3 * w, 0.49 * w, 60)]
    town.draw(ink, m.red, m.rng, squares=((0, 0), (-3, 2), (3, -2)))
    m.trees(58, 15, inset, tree, 0.55)
    m.trees(90, 15, inset, palm, 0.35, 0.03)
    m.shores(5.0, [11, 24, 39, 57, 78, 104, 136, 176], 1.3)
    for i, j in ((0.0, 0.42), (-1, -2.6), (-3, 2.42), (2, 2.4)):
        church(ink, *town.place(i * 106, j * 106), 13)
    for u, v, r, n in ((0.468, 0.446, 78, 5), (0.56, 0.44, 58, 4), (0.3, 0.49, 44, 4)):
        if country.is_land(u * w, v * w, 0):
            fort(ink, m.red, u * w, v * w, r, n)
    for row in (-159, -53, 53):
        a = next((a for a in range(0, 1200, 6) if country.is_sea(*town.place(a, row))), 1200)
        pier = [town.place(a + p, row + q) for p, q in ((-14, -8), (110, -8), (110, 8), (-14, 8))]
        ink.polygon(pier, 0)
        ink.line(pier + pier[:1], 2.2)
        for t in range(0, 110, 12):
            ink.line([town.place(a + t, row - 8), town.place(a + t, row + 8)], 0.8)
    rx, ry = 0.676 * w, 0.667 * w
    m.panels.append((rx - 400, ry - 430, rx + 400, ry + 400))

    def sea(x, y):
        return inset < x < w - inset and inset < y < h - inset and country.is_sea(x, y, 190)

    rhumbs(ink, rx, ry, 4200, sea, 32, 0.6)
    m.soundings(112, 22, 0.035, inset + 30)
    m.panels.pop()
    ink.disc(rx, ry, 330, 0)
    fill = Ink(size, 1)
    rose(ink, fill, rx, ry, 310)
    for u, v in ((0.45, 0.34), (0.5, 0.32), (0.515, 0.51), (0.36, 0.52)):
        anchor(ink, u * w, v * w, 30)
    _names(m)
    for box in m.panels:
        m.panel(box)
    _view(m, view)
    label(ink, (view[0] + view[2]) / 2, view[3] + 62, "Vista de la Ciudad desde el fondeadero", 34)
    frame(ink, *cartouche, 30)
    title_lines(ink, (cartouche[0] + cartouche[2]) / 2, cartouche[1] + 170, [
        ("PLANO", 92, ENGRAVED, 78), ("del Puerto, Bahía y Ciudad de", 46, ITALIC, 150), ("PUERTO SERENO", 118, ENGRAVED, 90),
        ("~", 60, ENGRAVED, 80), ("levantado de orden superior por los oficiales", 38, ITALIC, 64), ("de la goleta hidrográfica «Alondra»", 38, ITALIC, 92),
        ("AÑO DE 1853", 60, ENGRAVED, 140),
    ])  # fmt: skip
    scale_bar(ink, cartouche[0] + 420, cartouche[3] - 170, 860, 4, "Escala de dos mil varas castellanas", 34)
    frame(ink, *legend, 26)
    write(ink, (legend[0] + legend[2]) / 2, legend[1] + 130, "EXPLICACIÓN", 52, ENGRAVED, "middle")
    flourish(ink, (legend[0] + legend[2]) / 2, legend[1] + 175, 420)
    for i, text in enumerate(LEGEND):
        y = legend[1] + 255 + i * 58
        write(ink, legend[0] + 150, y, f"{i + 1}.", 30, SANS, "right")
        write(ink, legend[0] + 180, y, text, 32, BOOK)
    border(ink, size, 80, 46, lambda side, i: f"{(62 if side in ('top', 'bottom') else 17)}° {(3 * i + 6) % 60}'")
    washes = [
        (country.coast_wash(70), BLUE, 0.75),
        (m.green.mask(), GREEN, 0.6),
        (m.red.mask(), RED, 0.6),
        (fill.mask(), (176, 96, 70), 0.75),
    ]
    return m.finish(
        washes,
        folds=[(0.25, True, 0.07), (0.5, True, 0.09), (0.75, True, 0.07), (0.5, False, 0.08)],
        stains=[(0.86, 0.1, 0.12, 0.1), (0.04, 0.62, 0.1, 0.09)],
        part=4,
        soft=1.05,
    )
