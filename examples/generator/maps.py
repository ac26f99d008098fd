"""A sea chart and the map of an island."""

import math

import numpy as np

from .cartography import anchor, border, frame, label, palm, rhumbs, rose, scale_bar, title_lines, tree
from .charting import GREEN, OCHRE, RED, Map, river, ship
from .pen import ENGRAVED, ITALIC, Ink
from .town import Town


def _archipelago(u, v):
    """A coast to the west, open sea to the east."""
    coast = 0.3 + 0.07 * np.sin(9 * v + 1) + 0.04 * np.sin(21 * v) - u
    gulf = np.hypot(u - 0.27, (v - 0.42) / 0.8) - 0.1
    isles = [
        r - np.hypot(u - a, (v - b) * s)
        for a, b, r, s in (
            (0.56, 0.25, 0.055, 1.7),
            (0.66, 0.5, 0.035, 0.8),
            (0.47, 0.6, 0.024, 1.2),
            (0.72, 0.18, 0.02, 1),
        )
    ]
    return np.maximum.reduce([np.minimum(coast, gulf), *isles])


def chart():
    """A sea chart of a coast with rhumb lines from two roses."""
    size = (3000, 2300)
    w, h = size
    m = Map("costa-almendra", size, _archipelago, cells=1100, rough=0.034)
    country, ink = m.country, m.ink
    box = (1990, 1560, 2810, 2110)
    m.panels = [box]
    country.hachures(ink, list(np.linspace(0.05, 1.8, 14)), 9, 3.4)
    m.trees(46, 8, 120, palm, 0.4, 0.1)
    m.shores(3.0, [7, 15, 25, 38], 1.0)
    inset = 105

    def sea(x, y):
        return inset < x < w - inset and inset < y < h - inset and country.is_sea(x, y, 40)

    centres = [(0.8 * w, 0.38 * w), (0.42 * w, 0.13 * w), (0.43 * w, 0.68 * w)]
    fill = Ink(size, 1)
    for cx, cy in centres:
        rhumbs(ink, cx, cy, 3200, sea, 32, 0.5)
    m.panels.append((centres[0][0] - 240, centres[0][1] - 250, centres[0][0] + 240, centres[0][1] + 240))
    m.soundings(84, 15, 0.06, inset + 20)
    ink.disc(*centres[0], 190, 0)
    rose(ink, fill, *centres[0], 175)
    m.name("COSTA DE ALMENDRA", [(0.1, 0.62), (0.12, 0.38), (0.1, 0.12)], 44, ENGRAVED)
    m.name("GOLFO DE SANTA RITA", [(0.2, 0.4), (0.29, 0.43), (0.42, 0.41)], 25, ENGRAVED)
    for text, u, v, size_ in (
        ("Isla Tortuga", 0.56, 0.24, 22),
        ("I. de los Vientos", 0.6, 0.475, 20),
        ("Cayo Hondo", 0.47, 0.6, 20),
        ("La Monja", 0.72, 0.185, 20),
        ("Cabo Almendra", 0.39, 0.312, 20),
        ("Puerto Viejo", 0.17, 0.47, 20),
        ("Punta Arena", 0.42, 0.52, 20),
        ("Bajo del Perro", 0.58, 0.42, 18),
    ):
        label(ink, u * w, v * w, text, size_)
    for bx, by in ((0.58 * w, 0.44 * w), (0.5 * w, 0.33 * w)):
        for a in np.linspace(0, 2 * math.pi, 26):
            ink.disc(bx + 70 * math.cos(a), by + 34 * math.sin(a), 1.6)
    ship(ink, 0.86 * w, 0.16 * w, 70)
    ship(ink, 0.53 * w, 0.5 * w, 48)
    m.panels.pop()
    m.panel(box)
    frame(ink, *box, 15)
    title_lines(ink, (box[0] + box[2]) / 2, box[1] + 90, [
        ("CARTA ESFÉRICA", 42, ENGRAVED, 56), ("de una parte de la", 24, ITALIC, 70), ("COSTA DE ALMENDRA", 52, ENGRAVED, 62),
        ("e islas adyacentes", 26, ITALIC, 48), ("~", 30, ENGRAVED, 44), ("Imprenta del Depósito, 1817", 24, ITALIC, 84),
    ])  # fmt: skip
    scale_bar(ink, box[0] + 260, box[3] - 70, 440, 4, "Leguas de veinte en grado", 17)
    border(ink, size, 44, 26, lambda side, i: f"{i + (58 if side in ('top', 'bottom') else 11)}°")
    washes = [
        (country.coast_wash(24), (120, 152, 140), 0.7),
        (country.coast_wash(30, False), OCHRE, 0.35),
        (m.green.mask(), GREEN, 0.6),
        (fill.mask(), (184, 84, 62), 0.8),
    ]
    return m.finish(
        washes,
        (233, 216, 180),
        1.3,
        2,
        [(0.5, True, 0.12), (0.5, False, 0.1)],
        [(0.7, 0.94, 0.2, 0.16), (0.05, 0.2, 0.1, 0.12)],
        120,
    )


def _island(u, v):
    return (
        0.285 - np.hypot((u - 0.5) * 1.1, (v - 0.62) * 0.85) + 0.045 * np.sin(3 * np.arctan2(v - 0.62, u - 0.5) + 0.8)
    )


def island():
    """A hand-drawn map of an island of the eighteenth century."""
    size = (2200, 2500)
    w, h = size
    m = Map("isla-de-brumas", size, _island, cells=900, rough=0.045, relief=1.2)
    country, ink = m.country, m.ink
    course = [(0.68, 0.86), (0.62, 0.76), (0.55, 0.66), (0.5, 0.57)]
    country.valley(course, 0.06)
    country.peak(0.44, 0.5, 0.1, 1.5)
    country.peak(0.52, 0.42, 0.07, 0.9)
    country.peak(0.37, 0.75, 0.07, 0.8)
    country.flatten(0.68, 0.62, 0.1)
    country.hachures(ink, list(np.linspace(0.06, 2.6, 20)), 9, 3.6)
    river(m, course, 3, 10)
    town = Town(0.66 * w, 0.63 * w, 34, 11, 0.4, 105, lambda x, y: country.is_land(x, y, 12))
    town.draw(ink, m.red, m.rng)
    m.trees(38, 9, 100, tree, 0.5, 0.2)
    m.shores(3.6, [8, 17, 27, 40, 56, 76], 1.1)
    m.panels = [
        (0.1 * w, 0.85 * w, 0.32 * w, 1.07 * w),
        (0.2 * w, 0.05 * w, 0.8 * w, 0.16 * w),
        (0.5 * w, 1.02 * w, 0.92 * w, 1.09 * w),
    ]
    m.soundings(105, 18, 0.05, 130)
    fill = Ink(size, 1)
    rose(ink, fill, 0.2 * w, 0.96 * w, 150)
    for text, u, v, s in (
        ("Villa de Brumas", 0.7, 0.575, 24),
        ("Pico de las Nieblas", 0.43, 0.4, 26),
        ("Bahía Redonda", 0.83, 0.72, 24),
        ("Punta del Norte", 0.53, 0.215, 22),
        ("Cala Escondida", 0.16, 0.5, 22),
        ("Los Roques", 0.36, 0.98, 22),
        ("Valle Verde", 0.52, 0.66, 20),
    ):
        label(ink, u * w, v * w, text, s)
    anchor(ink, 0.82 * w, 0.68 * w, 22)
    ship(ink, 0.84 * w, 0.3 * w, 74)
    title_lines(
        ink,
        w / 2,
        230,
        [
            ("ISLA DE BRUMAS", 78, ENGRAVED, 62),
            ("reconocida y delineada en el año de 1791", 32, ITALIC, 54),
            ("~", 40, ENGRAVED, 0),
        ],
    )
    scale_bar(ink, 0.6 * w, 1.055 * w, 560, 4, "Millas marítimas", 20)
    border(ink, size, 46, 24, lambda side, i: f"{i + 3}'")
    washes = [
        (country.coast_wash(34), (110, 150, 168), 0.8),
        (country.coast_wash(50, False), GREEN, 0.45),
        (m.green.mask(), GREEN, 0.75),
        (m.red.mask(), RED, 0.75),
        (fill.mask(), (70, 104, 140), 0.75),
    ]
    return m.finish(
        washes,
        (240, 226, 194),
        1.1,
        2,
        [(0.5, True, 0.1), (0.333, False, 0.09), (0.667, False, 0.09)],
        [(0.9, 0.1, 0.16, 0.12)],
        90,
    )
