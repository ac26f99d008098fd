"""Posters in few flat colours, printed with screens a little out of register."""

import math

import numpy as np
from PIL import Image

from .cartography import polar
from .paper import Sheet, generator, lay, soften, worn
from .pen import POSTER, SANS, Ink, bolder, curve, measure, write


class Poster:
    """Inks in order of printing over a paper colour."""

    def __init__(self, name, size, paper, inks):
        self.rng, self.size, self.paper = generator(name), size, paper
        self.inks = {key: (Ink(size), colour) for key, colour in inks.items()}

    def __getitem__(self, key):
        return self.inks[key][0]

    def over(self, key, points, others=True):
        """A shape in ink `key`, knocked out of the others."""
        for name, (layer, _) in self.inks.items():
            if name == key:
                layer.polygon(points)
            elif others:
                layer.polygon(points, 0)

    def stroke(self, key, points, width):
        """A line in ink `key`, knocked out of the others."""
        for name, (layer, _) in self.inks.items():
            layer.line(points, width, 255 if name == key else 0)

    def title(self, key, y, text, size, hand=POSTER, width=None, x=None, anchor="middle"):
        """A line of lettering, fitted to `width` when given, knocked out of the other inks."""
        size = size if width is None else size * width / measure(text, size, hand)
        for name, (layer, _) in self.inks.items():
            write(
                layer, self.size[0] / 2 if x is None else x, y, text, size, hand, anchor, tone=255 if name == key else 0
            )

    def flat(self, steps=3):
        """The poster in a palette of flat colours, their edges in `steps` mixtures."""
        out = np.empty((self.size[1], self.size[0], 3), np.float32)
        out[:] = self.paper
        for layer, colour in self.inks.values():
            a = np.round(np.asarray(layer.mask(), np.float32) / 255 * steps)[..., None] / steps
            out = out * (1 - a) + a * np.array(colour, np.float32)
        return Image.fromarray(out.astype(np.uint8)).quantize(64, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)

    def aged(self, folds=()):
        """The poster on worn paper."""
        sheet = Sheet(self.rng, self.size, self.paper, 0.8)
        for at, vertical in folds:
            sheet.fold(at, vertical, 0.16)
        layers = []
        for layer, colour in self.inks.values():
            dx, dy = self.rng.integers(-2, 3, 2)
            mask = np.roll(np.asarray(layer.mask()), (dy, dx), (0, 1))
            layers.append((worn(self.rng, mask, 0.12, 8), colour, 0.97))
        return soften(lay(sheet, layers), 0.7)


def book_fair():
    """A fair of books, 1937."""
    w, h = size = (1700, 2400)
    p = Poster(
        "feria",
        size,
        (240, 226, 190),
        {"sun": (236, 168, 52), "red": (196, 58, 44), "blue": (30, 66, 92), "pale": (250, 240, 214)},
    )
    cx, cy = w / 2, 1240
    for i in range(28):
        a, half = 2 * math.pi * i / 28, math.pi / 28 * 0.62
        p["sun"].polygon([(cx, cy), polar(cx, cy, 2100, a - half), polar(cx, cy, 2100, a + half)])
    p["sun"].disc(cx, cy, 560)
    for y, width, key, shift in (
        (1850, 1080, "blue", -30),
        (1690, 960, "red", 36),
        (1545, 1010, "blue", -8),
        (1400, 860, "red", 20),
    ):
        left, right = cx - width / 2 + shift, cx + width / 2 + shift
        p.over(key, [(left, y - 132), (right, y - 132), (right, y), (left, y)])
        p.over("pale", [(left + 60, y - 110), (right + 14, y - 110), (right + 14, y - 22), (left + 60, y - 22)])
        for k in range(5):
            p.stroke("blue", [(left + 90 + k * 30, y - 98 + k * 16), (right - 20, y - 98 + k * 16)], 3)
        p.over(key, [(left, y - 132), (left + 90, y - 132), (left + 90, y), (left, y)])
        for k in (22, 62):
            p.over("sun", [(left + k, y - 132), (left + k + 10, y - 132), (left + k + 10, y), (left + k, y)])
    for side in (-1, 1):
        pages = curve(
            [(cx, 1230), (cx + side * 140, 1150), (cx + side * 330, 1130), (cx + side * 520, 1200)], 10
        ).tolist()
        p.over("pale", [*pages, (cx + side * 520, 830), *[(x, y - 370) for x, y in pages[::-1]]])
        p.stroke("blue", pages, 14)
        for k in range(8):
            row = [(cx + (x - cx) * 0.86 + side * 26, y - 60 - k * 36) for x, y in pages]
            p.stroke("blue", row[2:-3] if k else row[12:-3], 8)
        p.stroke("blue", [(cx + side * 520, 1206), (cx + side * 520, 830)], 8)
    p.stroke("blue", [(cx, 1236), (cx, 870)], 12)
    p.over("blue", [(0, 0), (w, 0), (w, 600), (0, 600)])
    p.title("pale", 350, "FERIA", 240)
    p.title("sun", 530, "DEL LIBRO", 118)
    p.over("red", [(0, 1940), (w, 1940), (w, h), (0, h)])
    p.title("pale", 2130, "PUERTO SERENO", 118, width=1340)
    p.title("sun", 2265, "8 - 17 DE OCTUBRE", 70)
    p.title("pale", 2350, "PLAZA DE ARMAS · ENTRADA LIBRE".replace("·", "-"), 36, bolder(SANS, 1.4))
    p.over("sun", [(0, 600), (w, 600), (w, 616), (0, 616)])
    p.over("sun", [(0, 1928), (w, 1928), (w, 1944), (0, 1944)])
    p.title("pale", 120, "1937", 40, SANS, x=w - 90, anchor="right")
    return p.flat()


def _sail(p, x, y, k, key):
    """A racing boat, heeled to leeward."""

    def q(a, b):
        return (x + (a * 0.966 + b * 0.259) * k, y + (a * 0.259 * 0.4 - b * 0.966) * k)

    p.over(key, [q(4, 14), q(4, 205), *curve([q(4, 205), q(-38, 150), q(-70, 80), q(-88, 18)], 8).tolist()])
    p.over("white", [q(12, 20), q(10, 180), *curve([q(10, 180), q(48, 110), q(84, 20)], 8).tolist()])
    p.over("navy", curve([q(-96, 12), q(-82, -8), q(0, -16), q(80, -4), q(108, 14), q(0, 10), q(-96, 12)], 8).tolist())
    p.stroke("navy", [q(6, 10), q(6, 212)], 3.4 * k)
    for b in (60, 105, 150):
        p.stroke("navy", [q(4, b), q(-90 + b * 0.36, b - 14)], 1.1 * k)


def regatta():
    """A regatta, 1929."""
    w, h = size = (1750, 2500)
    p = Poster(
        "regata",
        size,
        (236, 224, 196),
        {
            "sky": (120, 178, 186),
            "sand": (238, 192, 120),
            "white": (248, 240, 220),
            "coral": (214, 86, 62),
            "navy": (24, 52, 84),
        },
    )
    p.over("sky", [(0, 0), (w, 0), (w, 1500), (0, 1500)])
    p.over("sand", [(1240 + 300 * math.cos(a), 840 + 300 * math.sin(a)) for a in np.linspace(0, 6.283, 90)])
    for x, y, r in ((300, 640, 1.0), (560, 820, 0.7), (1500, 980, 0.9)):
        for dx, dy, k in ((0, 0, 90), (110, 20, 70), (-110, 24, 66), (40, -50, 80)):
            p.over(
                "white",
                [
                    (x + dx * r + k * r * 1.3 * math.cos(a), min(y + 40 * r, y + dy * r + k * r * math.sin(a)))
                    for a in np.linspace(0, 6.283, 40)
                ],
            )
    ridge = curve(
        [(0, 1300), (200, 1180), (380, 1260), (620, 1120), (860, 1270), (1100, 1210), (1400, 1320), (1750, 1230)], 16
    ).tolist()
    p.over("coral", [*ridge, (w, 1500), (0, 1500)])
    near = curve([(0, 1420), (300, 1360), (700, 1430), (1150, 1370), (1750, 1430)], 16).tolist()
    p.over("navy", [*near, (w, 1500), (0, 1500)])
    for i in range(9):
        y = 1490 + 7 * i * i + 34 * i
        xs = np.linspace(0, w, 160)
        crest = y + (8 + 5 * i) * np.abs(np.sin(xs / (70 + 26 * i) + i * 1.3))
        p.over(("navy", "sky", "white")[(0, 1, 0, 1, 2, 0, 1, 0, 0)[i]], [*zip(xs, crest), (w, h), (0, h)])
        if i == 2:
            _sail(p, 420, 1600, 1.7, "coral")
            _sail(p, 1470, 1590, 1.35, "sand")
        if i == 4:
            _sail(p, 980, 1890, 4.6, "coral")
    p.over("navy", [(0, 2170), (w, 2170), (w, h), (0, h)])
    p.title("navy", 340, "REGATA", 220)
    p.title("navy", 480, "DE LA BAHÍA", 76)
    p.title("white", 2330, "24 DE MAYO DE 1929", 96, width=1450)
    p.title("sand", 2432, "CLUB NÁUTICO DE PUERTO SERENO", 48, bolder(SANS, 1.3), width=1250)
    return p.aged([(0.5, True), (0.5, False)])


def railway():
    """The railway of the valley."""
    w, h = size = (1600, 2300)
    p = Poster(
        "ferrocarril",
        size,
        (244, 226, 184),
        {
            "green": (66, 112, 88),
            "gold": (226, 164, 62),
            "rust": (176, 70, 40),
            "ink": (30, 32, 40),
            "pale": (250, 238, 206),
        },
    )
    p.over("gold", [(0, 0), (w, 0), (w, 1050), (0, 1050)])
    for i in range(7):
        p.over(
            "pale",
            [
                (w / 2 + (420 - i * 46) * math.cos(a), 1000 + (420 - i * 46) * math.sin(a))
                for a in np.linspace(0, 6.283, 90)
            ],
        ) if i % 2 == 0 else p.over(
            "gold",
            [
                (w / 2 + (420 - i * 46) * math.cos(a), 1000 + (420 - i * 46) * math.sin(a))
                for a in np.linspace(0, 6.283, 90)
            ],
        )
    p.over("rust", [(0, 1050), (0, 820), (240, 660), (430, 860), (560, 760), (760, 1050)])
    p.over("rust", [(w, 1050), (w, 720), (1390, 600), (1200, 840), (1080, 770), (860, 1050)])
    p.over("pale", [(240, 660), (160, 712), (215, 760), (262, 715), (320, 744)])
    p.over("pale", [(1390, 600), (1310, 690), (1380, 720), (1425, 670), (1500, 690)])
    p.over("green", [(0, 1000), (w, 1000), (w, 1880), (0, 1880)])
    for i in range(12):
        a, b = -1.0 + i / 5.5, -1.0 + (i + 0.5) / 5.5
        p.over("gold", [(w / 2, 1000), (w / 2 + a * 3400, 1880), (w / 2 + b * 3400, 1880)])
    p.over("ink", [(w / 2 - 14, 1000), (w / 2 + 14, 1000), (w / 2 + 640, 1880), (w / 2 - 640, 1880)])
    for i in range(17):
        t = (i / 17) ** 2.2
        y, half, k = 1000 + 880 * t, 12 + 620 * t, 5 + 44 * t
        p.over(
            "rust",
            [(w / 2 - half, y), (w / 2 + half, y), (w / 2 + half + k * 0.7, y + k), (w / 2 - half - k * 0.7, y + k)],
        )
    for s in (-1, 1):
        p.over(
            "pale", [(w / 2 + s * 8, 1000), (w / 2 + s * 11, 1000), (w / 2 + s * 470, 1880), (w / 2 + s * 430, 1880)]
        )
    _locomotive(p, w / 2, 1560, 1.0)
    p.over("ink", [(0, 1880), (w, 1880), (w, h), (0, h)])
    p.title("pale", 2055, "FERROCARRIL", 130, width=1250)
    p.title("gold", 2165, "DEL VALLE", 72)
    p.title("pale", 2255, "SANTA RITA - SAN TELMO - PUERTO SERENO", 40, bolder(SANS, 1.3), width=1300)
    p.title("ink", 250, "A LA SIERRA", 150, width=1280)
    p.title("rust", 380, "EN TRES HORAS", 62)
    return p.flat()


def _locomotive(p, x, y, k):
    """A steam locomotive, head on."""

    def disc(r, key, dy=0.0):
        p.over(key, [(x + r * k * math.cos(a), y + (dy + r * math.sin(a)) * k) for a in np.linspace(0, 6.283, 80)])

    for i in range(9):
        r = 90 + i * 34
        p.over(
            "pale" if i % 2 else "gold",
            [
                (x + (i * i * 7 - 20 + r * math.cos(a)) * k, y + (-520 - i * 62 + r * 0.62 * math.sin(a)) * k)
                for a in np.linspace(0, 6.283, 60)
            ],
        ) if i < 7 else None
    p.over(
        "ink",
        [(x - 300 * k, y + 60 * k), (x - 300 * k, y - 330 * k), (x + 300 * k, y - 330 * k), (x + 300 * k, y + 60 * k)],
    )
    for s in (-1, 1):
        p.over(
            "gold",
            [
                (x + s * 270 * k, y - 300 * k),
                (x + s * 190 * k, y - 300 * k),
                (x + s * 190 * k, y - 160 * k),
                (x + s * 270 * k, y - 160 * k),
            ],
        )
    disc(262, "rust")
    disc(236, "ink")
    disc(120, "rust")
    disc(100, "ink")
    for i in range(16):
        bx, by = polar(x, y, 212 * k, 2 * math.pi * i / 16)
        p.over("pale", [(bx + 8 * math.cos(a), by + 8 * math.sin(a)) for a in np.linspace(0, 6.283, 12)])
    p.over(
        "ink",
        [(x - 60 * k, y - 240 * k), (x - 84 * k, y - 480 * k), (x + 84 * k, y - 480 * k), (x + 60 * k, y - 240 * k)],
    )
    p.over(
        "rust",
        [(x - 96 * k, y - 470 * k), (x - 96 * k, y - 510 * k), (x + 96 * k, y - 510 * k), (x + 96 * k, y - 470 * k)],
    )
    disc(74, "gold", -300)
    disc(54, "pale", -300)
    p.over(
        "rust",
        [
            (x - 350 * k, y + 200 * k),
            (x + 350 * k, y + 200 * k),
            (x + 350 * k, y + 270 * k),
            (x - 350 * k, y + 270 * k),
        ],
    )
    for s in (-1, 1):
        for dx in (210, 290):
            p.over(
                "ink",
                [
                    (x + s * dx * k + 46 * k * math.cos(a), y + (235 + 46 * math.sin(a)) * k)
                    for a in np.linspace(0, 6.283, 40)
                ],
            ) if dx == 290 else None
    p.over(
        "ink",
        [
            (x - 300 * k, y + 270 * k),
            (x + 300 * k, y + 270 * k),
            (x + 210 * k, y + 400 * k),
            (x - 210 * k, y + 400 * k),
        ],
    )
    for i in range(-5, 6):
        p.stroke("gold", [(x + i * 20 * k, y + 276 * k), (x + i * 38 * k, y + 396 * k)], 9)
    write(p["pale"], x, y + 34 * k, "12", 92 * k, POSTER, "middle")
    write(p["ink"], x, y + 34 * k, "12", 92 * k, POSTER, "middle", tone=0)
