"""The engraver's plate, and how leaves, stems, flowers, roots and bones are cut into it."""

import math

import numpy as np
from PIL import Image

from .cartography import polar
from .paper import Sheet, generator, lay, soften, worn
from .pen import BOOK, ENGRAVED, ITALIC, Ink, curve, write

BLACK, LEAF, DARK_LEAF, PETAL, ROOT, BONE, FLESH = (
    (40, 36, 34),
    (126, 152, 86),
    (78, 112, 70),
    (206, 96, 116),
    (176, 136, 92),
    (226, 204, 160),
    (206, 122, 108),
)


class Plate:
    """An engraving on plate paper: black lines over colours laid on by hand."""

    def __init__(self, name, size, numeral, title, subtitle, tints):
        self.rng, self.size = generator(name), size
        self.ink = Ink(size)
        self.tints = {tint: Ink(size, 1) for tint in tints}
        w, h = size
        self.ink.box(110, 110, w - 110, h - 110, 3)
        self.ink.box(122, 122, w - 122, h - 122, 1)
        write(self.ink, w - 170, 190, f"LÁM. {numeral}", 26, ENGRAVED, "right")
        write(self.ink, w / 2, h - 230, title, 52, ENGRAVED, "middle")
        write(self.ink, w / 2, h - 170, subtitle, 30, ITALIC, "middle")
        write(self.ink, 112, h - 78, "Archivo de la Salud, del. et sc.", 18, ITALIC)
        write(self.ink, w - 112, h - 78, "Lit. de San Telmo, Puerto Sereno", 18, ITALIC, "right")

    def shape(self, points, tint, tone=255):
        """A closed shape that hides what lies beneath, tinted."""
        self.ink.polygon(points, 0)
        for other, layer in self.tints.items():
            layer.polygon(points, tone if other == tint else 0)

    def key(self, entries, x, y):
        """Explanations of letters: (letter, text)."""
        for letter, text in entries:
            write(self.ink, x, y, f"{letter}.", 24, BOOK)
            write(self.ink, x + 44, y, text, 24, ITALIC)
            y += 42

    def point(self, letter, x, y, tx, ty):
        """A letter at (x, y) with a thin line to (tx, ty)."""
        self.ink.line([(x, y), (tx, ty)], 0.8)
        write(self.ink, x + (12 if x > tx else -12), y + 9, letter, 24, ITALIC, "left" if x > tx else "right")

    def print(self, clean=False):
        """The plate on its paper; `clean` leaves the paper even, which packs better."""
        sheet = Sheet(self.rng, self.size, (240, 231, 208), 0.15 if clean else 0.8)
        if not clean:
            sheet.foxing(70)
            sheet.stain(0.97, 0.03, 0.16, 0.1)
        washes = [
            (worn(self.rng, soften(layer.mask(), 2.5), 0.5, 70), tint, 0.72) for tint, layer in self.tints.items()
        ]
        if clean:
            return _flat(self.size, [(layer.mask(), tint) for tint, layer in self.tints.items()], self.ink.mask())
        return soften(lay(sheet, [*washes, (self.ink.mask(), BLACK, 0.92)]), 0.6)


def _flat(size, tints, lines):
    """The plate in even colours, in the few tones of a chromolithograph."""
    out = np.empty((size[1], size[0], 3), np.float32)
    out[:] = (238, 229, 205)
    for mask, tint in tints:
        a = (np.asarray(mask, np.float32) / 255)[..., None]
        out *= 1 - a * 0.62 * (1 - np.array(tint, np.float32) / 255)
    a = np.round(np.asarray(lines, np.float32) / 255 * 6)[..., None] / 6
    return Image.fromarray(np.round(out * (1 - a * 0.88) / 3).clip(0, 84).astype(np.uint8) * 3)


def leaf(plate, x, y, length, heading, width=0.34, bend=0.0, tint=LEAF, veins=9, teeth=0):
    """An engraved leaf from its stalk at (x, y), shaded on one half."""
    t = np.linspace(0, 1, 26)
    axis = np.array([polar(0, 0, length * s, heading + bend * s) for s in t])
    spine = np.column_stack([x + axis[:, 0], y + axis[:, 1]])
    d = np.gradient(spine, axis=0)
    normal = np.column_stack([-d[:, 1], d[:, 0]]) / np.hypot(d[:, 0], d[:, 1])[:, None]
    half = length * width * 0.5 * np.sin(np.pi * t**0.8) ** 0.9
    edge = half * (1 + (0.13 * ((t * teeth) % 1) if teeth else 0))
    left, right = spine + normal * edge[:, None], spine - normal * edge[:, None]
    plate.shape(np.vstack([left, right[::-1]]).tolist(), tint, 225 + int(plate.rng.integers(0, 30)))
    ink = plate.ink
    ink.line(left.tolist(), 1.6)
    ink.line(right.tolist(), 2.4)
    ink.taper(spine, 3.2, 0.8)
    for i in range(1, veins + 1):
        k = int(i / (veins + 1) * 22) + 1
        for rim in (left, right):
            to = min(k + 4, 25)
            mid = (spine[k] + rim[to]) / 2 + d[k] * 0.25
            ink.line(curve([spine[k], mid, rim[to] * 0.93 + spine[to] * 0.07], 4).tolist(), 1.0)
    # Shade: close lines on the right half, short ones at the left rim.
    for s in np.linspace(0.04, 0.94, max(12, int(length / 7))):
        k = s * 24
        i, f = int(k), k - int(k)
        base = spine[i] * (1 - f) + spine[i + 1] * f
        far = right[min(i + 2, 25)]
        ink.taper([far * 0.98 + base * 0.02, far * 0.35 + base * 0.65], 1.7, 0.5)
        near = left[min(i + 2, 25)]
        ink.taper([near, near * 0.75 + base * 0.25], 1.2, 0.4)


def stalk(plate, points, start, end, tint=DARK_LEAF):
    """A stem with its shadow side."""
    p = curve(points, 14)
    d = np.gradient(p, axis=0)
    n = np.column_stack([-d[:, 1], d[:, 0]]) / np.maximum(np.hypot(d[:, 0], d[:, 1]), 1e-6)[:, None]
    half = np.linspace(start, end, len(p))[:, None] / 2
    a, b = p + n * half, p - n * half
    plate.shape(np.vstack([a, b[::-1]]).tolist(), tint)
    plate.ink.line(a.tolist(), 1.4)
    plate.ink.line(b.tolist(), 2.2)
    if start > 6:
        for i in range(0, len(p) - 1):
            for f in (0, 0.5):
                q, r = b[i] * (1 - f) + b[i + 1] * f, p[i] * (1 - f) + p[i + 1] * f
                plate.ink.line([tuple(q), tuple(q * 0.4 + r * 0.6)], 0.9)
    return p


def blossom(plate, x, y, radius, petals=5, turn=0.0):
    """A flower seen from the front."""
    for i in range(petals):
        a = turn + 2 * math.pi * i / petals
        outline = curve(
            [
                (x, y),
                polar(x, y, radius * 0.55, a - 0.42),
                polar(x, y, radius * 0.98, a - 0.3),
                polar(x, y, radius * 0.9, a),
                polar(x, y, radius, a + 0.3),
                polar(x, y, radius * 0.55, a + 0.42),
                (x, y),
            ],
            8,
        )
        plate.shape(outline.tolist(), PETAL, 235)
        plate.ink.line(outline.tolist(), 1.6)
        for s in np.linspace(-0.3, 0.34, 9):
            plate.ink.taper(
                [polar(x, y, radius * 0.15, a + s * 0.5), polar(x, y, radius * (0.72 - abs(s) * 0.6), a + s)], 1.5, 0.4
            )
    plate.ink.disc(x, y, radius * 0.13, 0)
    for i in range(11):
        px, py = polar(x, y, radius * 0.3, i * 0.571 + turn)
        plate.ink.line([(x, y), (px, py)], 1.1)
        plate.ink.disc(px, py, radius * 0.04)


def root(plate, x, y, length, heading, width, depth=0):
    """A root that forks."""
    rng = plate.rng
    points, a = [(x, y)], heading
    for _ in range(5):
        a += rng.normal(0, 0.22)
        points.append(polar(*points[-1], length / 5, a))
    path = stalk(plate, points, width, width * 0.25, ROOT)
    if depth < 3:
        for s in rng.uniform(0.25, 0.95, 4 if depth < 2 else 3):
            px, py = path[int(s * (len(path) - 1))]
            root(
                plate,
                px,
                py,
                length * rng.uniform(0.35, 0.6),
                heading + rng.choice([-1, 1]) * rng.uniform(0.4, 0.9),
                max(1.6, width * 0.45),
                depth + 1,
            )


def bone(plate, ax, ay, bx, by, width, shade=1.0):
    """A long bone between two joints: swollen ends, narrow shaft, hatched."""
    length = math.hypot(bx - ax, by - ay)
    t = np.linspace(0, 1, 40)
    half = width / 2 * (0.62 + 0.5 * np.exp(-((t / 0.13) ** 2)) + 0.42 * np.exp(-(((1 - t) / 0.11) ** 2)))
    half *= np.sqrt(np.clip(1 - np.maximum(0, 1 - t / 0.06) ** 2 * 0.9, 0, 1)) * np.sqrt(
        np.clip(1 - np.maximum(0, 1 - (1 - t) / 0.05) ** 2 * 0.9, 0, 1)
    )
    ux, uy = (bx - ax) / length, (by - ay) / length
    spine = np.column_stack([ax + ux * t * length, ay + uy * t * length])
    n = np.array([-uy, ux])
    if n[0] < 0:
        n = -n
    right, left = spine + n * half[:, None], spine - n * half[:, None]
    plate.shape(np.vstack([left, right[::-1]]).tolist(), BONE)
    plate.ink.line(np.vstack([left, right[::-1], left[:1]]).tolist(), 2.4)
    for s in np.linspace(0.02, 0.98, max(8, int(length / 6.5))):
        i = int(s * 39)
        reach = 0.5 + 0.28 * math.sin(s * 17) * 0.4 + 0.35 * (abs(s - 0.5) > 0.34)
        edge = right[i]
        plate.ink.taper(
            curve(
                [edge, edge - n * half[i] * reach * 0.6 + np.array([ux, uy]) * 3, edge - n * half[i] * reach * 1.25], 4
            ),
            2.0 * shade,
            0.5,
        )
        if i % 2:
            plate.ink.taper([left[i], left[i] + n * half[i] * 0.3], 1.3, 0.4)
