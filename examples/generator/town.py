"""A colonial town on a map: blocks in a grid, square, churches, fort, fields."""

import math

import numpy as np

from .pen import ITALIC, SANS, write

STREETS = [
    "C. Real",
    "C. del Sol",
    "C. de la Amargura",
    "C. de los Oficios",
    "C. del Muelle",
    "C. de la Luna",
    "C. del Obispo",
    "C. de San Telmo",
    "C. de la Cruz",
    "C. Nueva",
    "C. del Pozo",
    "C. de las Ánimas",
]


class Town:
    """A grid of blocks around (x, y), turned by `turn` radians; lengths in pixels."""

    def __init__(self, x, y, block, street, turn, reach, buildable):
        self.x, self.y, self.block, self.street = x, y, block, street
        self.turn, self.reach, self.buildable = turn, reach, buildable
        self.cos, self.sin = math.cos(turn), math.sin(turn)

    def place(self, a, b):
        """The map point at (a, b) in the town's own axes."""
        return (self.x + a * self.cos - b * self.sin, self.y + a * self.sin + b * self.cos)

    def blocks(self, rng):
        """Column, row and corner offsets of every block that stands on buildable ground."""
        pitch = self.block + self.street
        n = int(self.reach / pitch) + 1
        for i in range(-n, n + 1):
            for j in range(-n, n + 1):
                a, b = i * pitch, j * pitch
                limit = self.reach * (0.8 + 0.25 * math.sin(3 * math.atan2(b, a) + 1))
                if math.hypot(a, b * 1.25) > limit or (math.hypot(a, b) > limit * 0.8 and rng.random() < 0.25):
                    continue
                h = self.block / 2
                corners = [self.place(a + p * h, b + q * h) for p, q in ((-1, -1), (1, -1), (1, 1), (-1, 1))]
                if all(self.buildable(*c) for c in corners):
                    yield i, j, a, b, corners

    def draw(self, ink, red, rng, squares=((0, 0),)):
        """Draws the blocks: outlines, lots, hatching, `squares` left open; returns the blocks drawn."""
        drawn, h = [], self.block / 2
        number = 1
        for i, j, a, b, corners in self.blocks(rng):
            if (i, j) in squares:
                self._square(ink, a, b)
                continue
            drawn.append((i, j))
            ink.polygon(corners, 0)
            red.polygon(corners, 150 + 70 * rng.random())
            cuts = sorted(rng.uniform(-0.8, 0.8, rng.integers(2, 5)))
            for c in cuts:
                ink.line([self.place(a + c * h, b - h), self.place(a + c * h, b - h * 0.1)], 0.7)
                ink.line([self.place(a - c * h, b + h * 0.05), self.place(a - c * h, b + h)], 0.7)
            ink.line([self.place(a - h, b), self.place(a + h, b)], 0.7)
            # Courtyards show the paper.
            for c in cuts[:3]:
                q, r = b + rng.choice([-0.45, 0.5]) * h, h * 0.13
                yard = [
                    self.place(a + c * h * 0.7 + s * r, q + t * r * 1.4)
                    for s, t in ((-1, -1), (1, -1), (1, 1), (-1, 1))
                ]
                red.polygon(yard, 25)
                ink.line(yard + yard[:1], 0.6)
            ink.line(corners + corners[:1], 1.4)
            # The shadow side, south and east, is drawn heavier.
            ink.line([corners[1], corners[2], corners[3]], 3.0)
            write(ink, *self.place(a - h * 0.82, b + h * 0.82), str(number), h * 0.2, SANS, turn=self.turn)
            number += 1
        self._streets(ink, drawn)
        return drawn

    def _square(self, ink, a, b):
        h = self.block / 2
        for inset in (0.12, 0.2):
            k = h * (1 - inset)
            pts = [self.place(a + p * k, b + q * k) for p, q in ((-1, -1), (1, -1), (1, 1), (-1, 1))]
            ink.line(pts + pts[:1], 0.8)
        for t in np.linspace(-0.7, 0.7, 7):
            for p, q in ((t, -0.7), (t, 0.7), (-0.7, t), (0.7, t)):
                ink.disc(*self.place(a + p * h, b + q * h), h * 0.05)
        for p, q in ((-1, -1), (1, -1)):
            ink.line([self.place(a + p * h * 0.6, b + q * h * 0.6), self.place(a - p * h * 0.6, b - q * h * 0.6)], 0.8)
        ink.ring(*self.place(a, b), h * 0.16, 1.4)

    def _streets(self, ink, drawn):
        pitch = self.block + self.street
        rows = sorted({j for _, j in drawn})
        for k, j in enumerate(rows):
            columns = [i for i, row in drawn if row == j]
            if len(columns) < 4:
                continue
            middle = (min(columns) + max(columns)) / 2 * pitch
            px, py = self.place(middle, j * pitch - pitch / 2 + self.street * 0.22)
            write(ink, px, py, STREETS[k % len(STREETS)], self.street * 0.5, ITALIC, "middle", self.turn)


def fort(ink, red, x, y, radius, points=5, turn=0.2):
    """A bastioned fort with ditch and glacis."""

    def star(scale, notch):
        pts = []
        for i in range(points):
            for offset, r in ((-0.16, 0.82), (0.0, 1.12), (0.16, 0.82), (0.3, notch), (0.7, notch)):
                a = turn + 2 * math.pi * (i + offset) / points
                pts.append((x + radius * scale * r * math.cos(a), y + radius * scale * r * math.sin(a)))
        return pts + pts[:1]

    outer = star(1.35, 0.8)
    for layer in (ink, red):
        layer.polygon(outer, 0)
    for i, (px, py) in enumerate(outer[:-1]):
        qx, qy = outer[i + 1]
        for t in np.linspace(0, 1, 12, endpoint=False):
            a, b = px + (qx - px) * t, py + (qy - py) * t
            ink.line([(a, b), (x + (a - x) * 1.13, y + (b - y) * 1.13)], 0.8)
    ink.line(outer, 1.2)
    wall = star(1.0, 0.62)
    red.polygon(wall, 235)
    ink.line(wall, 3.2)
    inside = star(0.8, 0.6)
    red.polygon(inside, 60)
    ink.line(inside, 1.0)
    for i in range(points):
        a = turn + 2 * math.pi * (i + 0.5) / points
        cx, cy = x + radius * 0.34 * math.cos(a), y + radius * 0.34 * math.sin(a)
        r = radius * 0.1
        house = [(cx - r, cy - r * 0.6), (cx + r, cy - r * 0.6), (cx + r, cy + r * 0.6), (cx - r, cy + r * 0.6)]
        red.polygon(house, 240)
        ink.line(house + house[:1], 1.0)


def field(ink, wash, corners, kind, rng):
    """A ploughed or planted field within four `corners`."""
    a, b, c, d = (np.array(p, float) for p in corners)
    wash.polygon([tuple(p) for p in (a, b, c, d)], {"rows": 110, "dots": 150, "bare": 50}[kind])
    ink.polygon([tuple(p) for p in (a, b, c, d)], 0)
    length = np.hypot(*(d - a))
    n = max(3, int(length / 13))
    for t in (np.arange(n) + 0.5) / n:
        p, q = a + (d - a) * t, b + (c - b) * t
        if kind == "rows":
            cuts = np.sort(rng.uniform(0, 1, 6))
            for u, v in zip(cuts[::2], cuts[1::2]):
                ink.line([tuple(p + (q - p) * u), tuple(p + (q - p) * v)], 0.7)
        elif kind == "dots" and n > 4:
            m = max(3, int(np.hypot(*(q - p)) / 17))
            for u in (np.arange(m) + 0.5) / m:
                ink.disc(*(p + (q - p) * u), 2.1)
    ink.line([tuple(p) for p in (a, b, c, d, a)], 1.1)
