"""A map in layers, and the features of a country drawn into it."""

import math

import numpy as np

from .cartography import along, label, spaced, tree
from .paper import Sheet, fractal, generator, lay, soften, worn
from .pen import ENGRAVED, ITALIC, SANS, Ink, curve, write
from .terrain import Country
from .town import field

BROWN, RED, GREEN, BLUE, OCHRE = (62, 44, 34), (186, 74, 62), (150, 168, 104), (104, 148, 158), (206, 160, 84)


class Map:
    """The layers of one map: `ink` for lines, washes for colours, panels kept clear for lettering."""

    def __init__(self, name, size, shore, cells=1400, **relief):
        self.rng, self.size = generator(name), size
        self.country = Country(self.rng, size, shore, cells=cells, **relief)
        self.ink = Ink(size)
        self.red, self.green = Ink(size, 1), Ink(size, 1)
        self.panels, self.closed = [], []

    def free(self, x, y, pad=0.0):
        """Whether (x, y) lies outside every panel and every closed circle (x, y, radius)."""
        return all(math.hypot(x - a, y - b) > r + pad for a, b, r in self.closed) and all(
            not (a - pad < x < c + pad and b - pad < y < d + pad) for a, b, c, d in self.panels
        )

    def scatter(self, pitch, jitter=0.22):
        """Points on a jittered grid over the sheet, top to bottom."""
        w, h = self.size
        for y in np.arange(pitch / 2, h, pitch):
            for x in np.arange(pitch / 2, w, pitch):
                dx, dy = self.rng.normal(0, jitter * pitch, 2)
                yield x + dx, y + dy

    def panel(self, box):
        """Clears `box` of everything drawn so far."""
        a, b, c, d = box
        self.ink.polygon([(a, b), (c, b), (c, d), (a, d)], 0)

    def shores(self, width, distances, thickness):
        lines = np.maximum(self.country.coastline(width), self.country.waterlines(distances, thickness))
        self.ink.add(lines)

    def name(self, text, points, size, hand=ITALIC):
        """A name along `points` (in map widths)."""
        path = along([(u * self.size[0], v * self.size[0]) for u, v in points])
        label(self.ink, 0, 0, spaced(text) if hand is ENGRAVED else text, size, hand, along=path)

    def soundings(self, pitch, size, depth, inset):
        w, h = self.size
        for x, y in self.scatter(pitch):
            if (
                inset < x < w - inset
                and inset < y < h - inset
                and self.country.is_sea(x, y, pitch * 0.45)
                and self.free(x, y, pitch * 0.4)
            ):
                d = self.country.at(self.country.offshore, x, y) * depth
                value = max(1, round(d * (1 + 0.15 * self.rng.standard_normal()) + 1))
                write(self.ink, x, y, str(value), size, SANS, "middle")

    def trees(self, pitch, radius, inset, symbol=tree, density=0.5, until=0.12):
        w, h = self.size
        cover = fractal(self.rng, self.country.grid, self.country.grid[0] / 14, 3)
        for x, y in self.scatter(pitch):
            if not (inset < x < w - inset and inset < y < h - inset):
                continue
            wooded = self.country.at(cover, x, y) > 1 - density * 2
            if (
                wooded
                and self.country.is_land(x, y, radius * 3)
                and self.country.at(self.country.height, x, y) < until
                and self.free(x, y, radius * 3)
            ):
                symbol(self.ink, self.green, x, y, radius * self.rng.uniform(0.8, 1.25), self.rng)

    def finish(self, washes, colour=(237, 224, 196), age=1.0, part=3, folds=(), stains=(), spots=60, soft=0.55):
        """The aged sheet: `washes` are (coverage, colour, strength) beneath the ink."""
        sheet = Sheet(self.rng, self.size, colour, age, part)
        for at, vertical, depth in folds:
            sheet.fold(at, vertical, depth)
        for stain in stains:
            sheet.stain(*stain)
        sheet.foxing(spots)
        uneven = []
        margin = round(self.size[0] * 0.026)
        for mask, tint, strength in washes:
            coverage = np.zeros((self.size[1], self.size[0]), np.uint8)
            coverage[margin:-margin, margin:-margin] = worn(self.rng, mask, 0.35, 60)[margin:-margin, margin:-margin]
            uneven.append((coverage, tint, strength))
        return soften(lay(sheet, [*uneven, (self.ink.mask(), BROWN, 0.9)]), soft)


def _stream(rng, points, wander):
    """A winding course through `points`."""
    p = np.asarray(points, float)
    for _ in range(4):
        middle = (p[:-1] + p[1:]) / 2
        span = np.diff(p, axis=0)
        middle += np.column_stack([-span[:, 1], span[:, 0]]) * rng.normal(0, wander, len(middle))[:, None]
        p = np.insert(p, range(1, len(p)), middle, axis=0)
    return curve(p, 4)


def river(m, points, start, end):
    w = m.size[0]
    course = _stream(m.rng, points, 0.16) * w
    m.ink.taper(course, end + 6, start + 4)
    m.ink.taper(course, end, start, 0)
    m.ink.line([tuple(p + (end * 0.12, 0)) for p in course[: len(course) // 2]], 0.7)


def road(m, points):
    course = _stream(m.rng, points, 0.09) * m.size[0]
    d = np.gradient(course, axis=0)
    n = np.column_stack([-d[:, 1], d[:, 0]]) / np.hypot(d[:, 0], d[:, 1])[:, None]
    m.ink.taper(course, 11, 11, 0)
    for side, width in ((-5, 1.0), (5, 1.8)):
        m.ink.line([tuple(p) for p in course + n * side], width)


def estates(m, u, v, turn, columns, rows, cell):
    """Fields in a loose grid around (u, v)."""
    w = m.size[0]
    c, s = math.cos(turn), math.sin(turn)
    for i in range(columns):
        for j in range(rows):
            if m.rng.random() < 0.2:
                continue
            x0, y0 = (i - columns / 2) * cell * 1.5, (j - rows / 2) * cell
            box = [(x0, y0), (x0 + cell * 1.42, y0), (x0 + cell * 1.42, y0 + cell * 0.93), (x0, y0 + cell * 0.93)]
            pts = [
                (u * w + a * c - b * s + m.rng.normal(0, 5), v * w + a * s + b * c + m.rng.normal(0, 5)) for a, b in box
            ]
            if all(
                m.country.is_land(*p, 25) and m.country.at(m.country.height, *p) < 0.05 and m.free(*p, 20) for p in pts
            ):
                field(m.ink, m.green, pts, m.rng.choice(["rows", "dots", "rows", "bare"]), m.rng)


def ship(ink, x, y, r):
    """A three-masted ship under sail."""
    hull = [
        (x - r, y - r * 0.18),
        (x - r * 0.85, y + r * 0.1),
        (x + r * 0.75, y + r * 0.1),
        (x + r * 1.05, y - r * 0.22),
        (x + r * 0.7, y - r * 0.12),
    ]
    ink.line([(x + r, y - r * 0.2), (x + r * 1.5, y - r * 0.5)], 2)
    for mast, h in ((-0.6, 1.15), (0.0, 1.5), (0.6, 1.25)):
        mx = x + mast * r
        ink.line([(mx, y), (mx, y - h * r)], 1.8)
        for i in range(3):
            top, foot = y - h * r * (0.96 - 0.28 * i), y - h * r * (0.72 - 0.28 * i)
            s, t = r * (0.14 + 0.07 * i), r * (0.2 + 0.07 * i)
            sail = curve(
                [
                    (mx - s, top),
                    (mx + s, top),
                    (mx + t + r * 0.05, (top + foot) / 2),
                    (mx + t, foot),
                    (mx - t, foot),
                    (mx - s, top),
                ],
                4,
            ).tolist()
            ink.polygon(sail, 0)
            ink.line(sail, 1.2)
            ink.line([(mx + s * 0.7, top), (mx + t * 0.8, foot)], 0.9)
        ink.line([(mx, y - h * r), (mx + r * 0.3, y - h * r - r * 0.06), (mx, y - h * r - r * 0.1)], 1.4)
    ink.polygon(hull)
