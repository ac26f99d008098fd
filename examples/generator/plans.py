"""Architects' drawings of a public library, as blueprints."""

import math

import numpy as np
from PIL import Image, ImageFilter

from .paper import Sheet, generator, worn
from .pen import BOOK, DRAFT, ENGRAVED, Ink, curve, measure, write

SIZE = (2800, 1950)


class Blueprint:
    """White lines on blue."""

    def __init__(self, name, title, number):
        self.rng = generator(name)
        self.ink = Ink(SIZE)
        w, h = SIZE
        self.ink.box(60, 60, w - 60, h - 60, 5)
        self.ink.box(74, 74, w - 74, h - 74, 1.6)
        left, top = w - 900, h - 330
        self.ink.box(left, top, w - 74, h - 74, 3)
        for y in (top + 96, top + 172):
            self.ink.line([(left, y), (w - 74, y)], 1.6)
        self.ink.line([(left + 560, top + 96), (left + 560, h - 74)], 1.6)
        write(self.ink, left + 24, top + 64, "BIBLIOTECA DEL SUR", 44, ENGRAVED)
        write(self.ink, left + 24, top + 150, title, 30, DRAFT)
        write(self.ink, left + 24, top + 222, "Escala 1:100 - Puerto Sereno, 1926", 24, DRAFT)
        write(self.ink, left + 584, top + 150, "LÁMINA", 26, DRAFT)
        write(self.ink, left + 640, top + 235, number, 58, BOOK)

    def rect(self, a, b, c, d, width=2.0):
        self.ink.box(a, b, c, d, width)

    def dimension(self, a, b, y, text, vertical=False):
        """A measured length between `a` and `b`."""
        swap = (lambda p: (p[1], p[0])) if vertical else (lambda p: p)
        self.ink.line([swap((a, y)), swap((b, y))], 1.2)
        for x in (a, b):
            self.ink.line([swap((x, y - 16)), swap((x, y + 16))], 1.2)
            self.ink.line([swap((x - 9, y + 9)), swap((x + 9, y - 9))], 2.6)
        x, y = swap(((a + b) / 2, y))
        write(
            self.ink,
            x - (10 if vertical else 0),
            y - (0 if vertical else 10),
            text,
            20,
            DRAFT,
            "middle",
            -math.pi / 2 if vertical else 0,
        )

    def print(self, tones=16):
        sheet = Sheet(self.rng, SIZE, (46, 84, 148), 0.3, part=4)
        sheet.fold(0.333, True, 0.1)
        sheet.fold(0.667, True, 0.1)
        sheet.fold(0.5, False, 0.1)
        rows = sheet.rows(0, SIZE[1])
        a = worn(self.rng, self.ink.mask(), 0.15, 30).astype(np.float32)[..., None] / 255 * 0.86
        out = rows * (1 - a) + a * np.array((222, 232, 240), np.float32)
        image = Image.fromarray(np.clip(out, 0, 255).astype(np.uint8)).filter(ImageFilter.GaussianBlur(0.5))
        return image.quantize(tones, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)


def _window(d, x, base, w, h, arch=True):
    ink = d.ink
    for inset in (0, 10, 18):
        top = base - h + inset
        if arch:
            crown = [
                (x + (w / 2 - inset) * math.cos(a), top + w / 2 - inset - (w / 2 - inset) * math.sin(a))
                for a in np.linspace(0, math.pi, 20)
            ]
        else:
            crown = [(x + w / 2 - inset, top), (x - w / 2 + inset, top)]
        ink.line(
            [(x + w / 2 - inset, base), *crown, (x - w / 2 + inset, base), (x + w / 2 - inset, base)],
            2 if inset else 2.6,
        )
    ink.line([(x, base), (x, base - h + 18)], 1.6)
    for k in range(1, 5):
        y = base - k * (h - 30) / 5
        ink.line([(x - w / 2 + 18, y), (x + w / 2 - 18, y)], 1.2)
    ink.box(x - w / 2 - 14, base, x + w / 2 + 14, base + 12, 1.6)


def _column(d, x, base, top, r):
    ink = d.ink
    for y, k, t in ((base, 1.5, 14), (base - 16, 1.3, 12), (top + 26, 1.25, 10), (top + 14, 1.5, 14)):
        ink.box(x - r * k, y - t, x + r * k, y, 1.8)
    for k in (-1, 1):
        ink.line([(x + k * r, base - 28), (x + k * r * 0.86, top + 26)], 2.2)
    for k in np.linspace(-0.8, 0.8, 7):
        ink.line([(x + k * r, base - 34), (x + k * r * 0.86, top + 32)], 1.0)
    for k in (-1, 1):
        volute = [
            (x + k * r * 1.15 + 13 * (1 - t / 9) * math.cos(t * k), top + 22 + 13 * (1 - t / 9) * math.sin(t))
            for t in np.linspace(0, 8, 30)
        ]
        ink.line(volute, 1.4)


def elevation():
    """The main front."""
    d = Blueprint("construccion-1", "Fachada principal", "01")
    ink, ground, cx = d.ink, 1420, 1400
    ink.line([(150, ground), (2650, ground)], 5)
    for i in range(70):
        x = 160 + i * 36
        ink.line([(x, ground + 4), (x - 22, ground + 26)], 1.2)
    for i in range(7):
        d.rect(cx - 420 - i * 18, ground - 84 + i * 12, cx + 420 + i * 18, ground - 72 + i * 12, 1.8)
    floor, cornice = ground - 84, 760
    for side in (-1, 1):
        a, b = sorted((cx + side * 400, cx + side * 1090))
        d.rect(a, cornice, b, ground, 3)
        for y, t in ((cornice - 34, 34), (cornice - 48, 14), (cornice - 108, 60)):
            d.rect(a - 20 * (side < 0), y, b + 20 * (side > 0), y + t, 1.8)
        for i in range(11):
            x = a + (i + 0.5) * (b - a) / 11
            ink.line(
                curve(
                    [
                        (x - 8, cornice - 54),
                        (x - 13, cornice - 76),
                        (x - 6, cornice - 100),
                        (x + 6, cornice - 100),
                        (x + 13, cornice - 76),
                        (x + 8, cornice - 54),
                    ]
                ).tolist(),
                1.5,
            )
        for y in np.arange(ground - 160, ground, 40):
            ink.line([(a, y), (b, y)], 1.2)
            offset = 20 if int(y / 40) % 2 else 60
            for x in np.arange(a + offset, b, 80):
                ink.line([(x, y), (x, y + 40)], 1.0)
        for i in range(4):
            x = a + (i + 0.5) * (b - a) / 4
            _window(d, x, ground - 180, 104, 250)
            _window(d, x, cornice + 190, 96, 150, False)
    d.rect(cx - 400, cornice, cx + 400, floor, 2.6)
    _window(d, cx, floor, 170, 420)
    for x in (-250, 250):
        _window(d, cx + x * 0.82, floor - 40, 110, 300)
    for i in range(6):
        _column(d, cx - 365 + i * 146, floor, cornice, 30)
    for y, t in ((cornice - 40, 40), (cornice - 100, 60), (cornice - 124, 24)):
        d.rect(cx - 430, y, cx + 430, y + t, 2)
    write(ink, cx, cornice - 56, "BIBLIOTECA PÚBLICA", 32, ENGRAVED, "middle")
    for k, width in ((1.0, 3), (0.9, 1.6), (0.82, 1.6)):
        ink.line(
            [
                (cx - 450 * k, cornice - 124 - 8 * (1 - k) * 10),
                (cx, cornice - 124 - 190 * k),
                (cx + 450 * k, cornice - 124 - 8 * (1 - k) * 10),
            ],
            width,
        )
    ink.line([(cx - 450, cornice - 124), (cx + 450, cornice - 124)], 2)
    for r in (46, 38):
        ink.ring(cx, cornice - 190, r, 1.8)
    for s in (-1, 1):
        ink.line(
            curve(
                [
                    (cx, cornice - 176),
                    (cx + s * 14, cornice - 184),
                    (cx + s * 26, cornice - 178),
                    (cx + s * 26, cornice - 204),
                    (cx + s * 14, cornice - 208),
                    (cx, cornice - 200),
                ]
            ).tolist(),
            1.8,
        )
    drum = cornice - 290
    d.rect(cx - 190, drum - 110, cx + 190, drum + 60, 2)
    for i in range(7):
        _window(d, cx - 156 + i * 52, drum + 46, 34, 110)
    for k in (1.0, 0.66, 0.33):
        ink.line(
            [(cx - 200 * k * math.cos(a), drum - 110 - 170 * math.sin(a)) for a in np.linspace(0, math.pi, 50)],
            2.6 if k == 1 else 1.4,
        )
    ink.line([(cx, drum - 110), (cx, drum - 380)], 2)
    d.rect(cx - 24, drum - 320, cx + 24, drum - 275, 1.8)
    d.dimension(310, 1000, 1510, "13.80")
    d.dimension(1000, 1800, 1510, "16.00")
    d.dimension(1800, 2490, 1510, "13.80")
    d.dimension(310, 2490, 1580, "43.60")
    d.dimension(760, 1420, 2590, "13.80", True)
    write(ink, 150, 180, "FACHADA PRINCIPAL", 46, ENGRAVED)
    write(ink, 150, 234, "Proyecto premiado en el concurso de 1926", 26, DRAFT)
    return d.print()


def floor_plan():
    """The ground floor, in grey tones."""
    d = Blueprint("construccion-2", "Planta baja", "02")
    ink = d.ink

    def wall(a, b, c, e, t=22):
        dx, dy = (0, t / 2) if b == e else (t / 2, 0)
        box = [
            (a - dx - (t / 2 if dy else 0), b - dy - (t / 2 if dx else 0)),
            (c + dx + (t / 2 if dy else 0), b - dy - (t / 2 if dx else 0)),
            (c + dx + (t / 2 if dy else 0), e + dy + (t / 2 if dx else 0)),
            (a - dx - (t / 2 if dy else 0), e + dy + (t / 2 if dx else 0)),
        ]
        ink.polygon(box, 235)

    def opening(x, y, length, vertical=False, door=True):
        half = length / 2
        box = (
            [(x - half, y - 13), (x + half, y - 13), (x + half, y + 13), (x - half, y + 13)]
            if not vertical
            else [(x - 13, y - half), (x + 13, y - half), (x + 13, y + half), (x - 13, y + half)]
        )
        ink.polygon(box, 0)
        if door:
            if vertical:
                ink.line([(x, y - half), (x + length, y - half)], 2)
                ink.line(
                    [
                        (x + length * math.cos(a), y - half + length * math.sin(a))
                        for a in np.linspace(0, math.pi / 2, 14)
                    ],
                    1.2,
                )
            else:
                ink.line([(x - half, y), (x - half, y - length)], 2)
                ink.line(
                    [
                        (x - half + length * math.sin(a), y - length * math.cos(a))
                        for a in np.linspace(0, math.pi / 2, 14)
                    ],
                    1.2,
                )
        else:
            for k in (-8, 0, 8):
                ink.line(
                    [(x - half, y + k), (x + half, y + k)] if not vertical else [(x + k, y - half), (x + k, y + half)],
                    1.4,
                )

    left, right, top, bottom = 330, 2470, 330, 1330
    for a, b, c, e in (
        (left, top, right, top),
        (left, bottom, right, bottom),
        (left, top, left, bottom),
        (right, top, right, bottom),
        (1000, top, 1000, bottom),
        (1800, top, 1800, bottom),
        (left, 830, 1000, 830),
        (1800, 830, right, 830),
        (1000, 1130, 1800, 1130),
    ):
        wall(a, b, c, e)
    for x in (450, 590, 730, 870, 1930, 2070, 2210, 2350):
        for y in (top, bottom):
            opening(x, y, 84, False, False)
    for y in (430, 580, 730, 930, 1080, 1230):
        for x in (left, right):
            opening(x, y, 84, True, False)
    opening(1400, bottom, 170, False, False)
    for x, y, vertical in (
        (1000, 700, True),
        (1800, 700, True),
        (1000, 1230, True),
        (1800, 1230, True),
        (660, 830, False),
        (2130, 830, False),
        (1400, 1130, False),
    ):
        opening(x, y, 92, vertical)
    for i in range(6):
        x = 1035 + i * 146
        ink.disc(x, 1430, 26, 235)
        ink.box(x - 34, 1396, x + 34, 1464, 1.4)
    for i in range(6):
        d.rect(990 - i * 16, 1480 + i * 13, 1810 + i * 16, 1493 + i * 13, 1.4)
    for r in (300, 282, 190):
        ink.ring(1400, 700, r, 1.8)
    for i in range(12):
        a = math.pi * i / 6
        ink.disc(1400 + 240 * math.cos(a), 700 + 240 * math.sin(a), 17, 235)
    for i in range(24):
        a = math.pi * i / 12
        ink.line(
            [(1400 + 60 * math.cos(a), 700 + 60 * math.sin(a)), (1400 + 190 * math.cos(a), 700 + 190 * math.sin(a))],
            1.0,
        )
    for x0 in (400, 1870):
        for i in range(3):
            for j in range(2):
                x, y = x0 + i * 190, 400 + j * 200
                d.rect(x, y, x + 120, y + 56, 1.8)
                for k in range(4):
                    ink.ring(x + 16 + k * 30, y - 18, 9, 1.4)
                    ink.ring(x + 16 + k * 30, y + 74, 9, 1.4)
    for i in range(11):
        x = 385 + i * 52
        d.rect(x, 960, x + 22, 1290, 1.6)
        ink.line([(x + 11, 960), (x + 11, 1290)], 1)
    for i in range(13):
        ink.line([(1890, 900 + i * 22), (2080, 900 + i * 22)], 1.4)
    d.rect(1890, 900, 2080, 1164, 1.8)
    ink.line([(1985, 1150), (1985, 930)], 1.6)
    for text, x, y in (
        ("SALA DE LECTURA", 650, 640 + 160),
        ("SALA DE MAPAS", 2140, 640 + 160),
        ("DEPÓSITO", 690, 930),
        ("ESCALERA", 2180, 1010),
        ("DIRECCIÓN", 2300, 1250),
        ("VESTÍBULO", 1400, 1250),
        ("ROTONDA", 1400, 712),
        ("PÓRTICO", 1400, 1385),
    ):
        half = measure(text, 26, DRAFT) / 2 + 8
        ink.polygon([(x - half, y - 34), (x + half, y - 34), (x + half, y + 10), (x - half, y + 10)], 0)
        write(ink, x, y, text, 26, DRAFT, "middle")
    d.dimension(330, 1000, 240, "13.80")
    d.dimension(1000, 1800, 240, "16.00")
    d.dimension(1800, 2470, 240, "13.80")
    d.dimension(330, 1330, 190, "20.60", True)
    write(ink, 330, 160, "PLANTA BAJA", 46, ENGRAVED)
    for k in (1, 0.55):
        ink.ring(2620, 180, 60 * k, 1.6)
    ink.polygon([(2620, 90), (2640, 190), (2620, 170), (2600, 190)])
    write(ink, 2620, 78 + 200, "N", 30, BOOK, "middle")
    return d.print()
