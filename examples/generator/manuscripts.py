"""Manuscripts: a travel notebook, a letter, leaves of a choir book."""

import math

import numpy as np
from PIL import Image, ImageOps

from .cartography import palm, polar
from .paper import Sheet, fractal, generator, lay, soften, upscale, worn
from .pen import BOOK, ENGRAVED, QUILL, TEXTURA, Ink, bolder, curve, measure, paragraph, write
from .texts import CHANT, JOURNAL, LETTER

LEADING = 74
IRON_GALL, VERMILION, LAPIS, GOLD = (66, 44, 28), (190, 50, 34), (42, 68, 130), (206, 160, 70)


def mount(rng, image, pad=44, colour=(38, 36, 34)):
    """`image` as photographed on a dark ground, a little askew."""
    w, h = image.size
    canvas = Image.new("RGB", (w + 2 * pad, h + 2 * pad), colour)
    cover = Image.new("L", image.size, 255)
    turn = float(rng.normal(0, 0.25))
    page = image.rotate(turn, Image.BICUBIC, expand=True)
    cover = cover.rotate(turn, Image.BICUBIC, expand=True)
    shadow = Image.new("L", canvas.size, 0)
    shadow.paste(cover, (pad + 10, pad + 14))
    dark = Image.new("RGB", canvas.size, (14, 13, 12))
    canvas.paste(dark, mask=soften(shadow, 14))
    canvas.paste(page, (pad, pad), cover)
    return canvas


def gutter(sheet, left):
    """Darkens the side of `sheet` that is sewn into the book."""
    x = np.linspace(0, 1, 200, dtype=np.float32)
    x = x if left else 1 - x
    sheet.shade(
        (-0.32 * np.exp(-x / 0.025) - 0.1 * np.exp(-x / 0.14) + 0.02 * np.exp(-(((x - 0.3) / 0.2) ** 2)))[
            None, :
        ].repeat(4, 0)
    )


def _through(ink):
    """What shows of the other side of a leaf."""
    return np.asarray(soften(ImageOps.mirror(ink.mask()), 2.2))


def _blots(ink, rng, count):
    w, h = ink.size
    for _ in range(count):
        x, y, r = rng.uniform(0.1, 0.9) * w, rng.uniform(0.1, 0.9) * h, rng.gamma(1.6, 2.4)
        ring = [
            (x + r * (1 + 0.3 * rng.standard_normal()) * math.cos(a), y + r * math.sin(a))
            for a in np.linspace(0, 6.28, 10)
        ]
        ink.polygon(curve(ring, 4).tolist(), 210)


def _coast_sketch(ink, rng, left, top, width, height):
    """A pen sketch of a coast with palms."""
    n = 160
    ridge = np.convolve(np.cumsum(rng.normal(0, 1, n + 20)), np.ones(21) / 21, "valid")
    ridge = (ridge - ridge.min()) / np.ptp(ridge) * np.sin(np.linspace(0.15, 3.0, n)) ** 0.7
    xs, base = np.linspace(left, left + width, n), top + height * 0.72
    ys = base - ridge * height * 0.62
    ink.line(list(zip(xs, ys)), 2.2)
    for i in range(2, n - 2):
        lit = ys[i + 1] - ys[i - 1]
        for _ in range(2 if lit > 0 else 1):
            u = rng.uniform(0, 0.7) * (base - ys[i])
            ink.taper(
                [(xs[i], ys[i] + u), (xs[i] + 10, ys[i] + u + 14 + 10 * rng.random())], 1.8 if lit > 0 else 1.0, 0.5
            )
    for i in range(9):
        y = base + i * i * height * 0.0035 + 4
        cuts = np.sort(rng.uniform(left, left + width, 12))
        for a, b in zip(cuts[::2], cuts[1::2]):
            ink.line(curve([(a, y), ((a + b) / 2, y + rng.normal(0, 2)), (b, y)]).tolist(), 1.2)
    spare = Ink(ink.size, 1)
    for _ in range(9):
        palm(
            ink,
            spare,
            left + width * rng.uniform(0.03, 0.4),
            base + rng.uniform(0, 18),
            24 * rng.uniform(0.7, 1.3),
            rng,
        )
    write(
        ink, left + width * 0.5, top + height * 1.04, "vista de la costa desde el mogote", 13, QUILL, "middle", rng=rng
    )


def _plant_sketch(ink, rng, x, y, height):
    """A pen sketch of a plant in leaf and flower."""
    stem = curve(
        [
            (x, y),
            (x - height * 0.05, y - height * 0.4),
            (x + height * 0.06, y - height * 0.75),
            (x + height * 0.03, y - height),
        ],
        20,
    )
    ink.taper(stem, 4.5, 1.5)
    for i, t in enumerate(np.linspace(0.15, 0.85, 9)):
        px, py = stem[int(t * (len(stem) - 1))]
        side = 1 if i % 2 else -1
        length = height * 0.3 * (1.05 - 0.6 * t)
        axis = side * (0.9 + 0.2 * rng.standard_normal())
        tip = polar(px, py, length, axis)
        for bulge in (-0.34, 0.34):
            mid = polar(px, py, length * 0.5, axis + bulge)
            ink.line(curve([(px, py), mid, tip], 10).tolist(), 1.8)
        ink.line([(px, py), tip], 1.3)
        for s in np.linspace(0.2, 0.85, 8):
            a = polar(px, py, length * s, axis)
            b = polar(px, py, length * min(1, s + 0.13), axis + 0.3 * (1 - s))
            ink.line([a, b], 0.9)
    for a in np.linspace(0, 2 * math.pi, 7)[:-1]:
        tx, ty = stem[-1]
        petal = [
            (tx, ty),
            polar(tx, ty, height * 0.09, a - 0.35),
            polar(tx, ty, height * 0.12, a),
            polar(tx, ty, height * 0.09, a + 0.35),
            (tx, ty),
        ]
        ink.line(curve(petal, 6).tolist(), 1.6)


def _cover():
    """The leather cover with its label."""
    rng = generator("cuaderno/cubierta")
    size = (1500, 2060)
    half = (size[0] // 2, size[1] // 2)
    grain = fractal(rng, half, 9, 2, 0.6) * 0.05 + fractal(rng, half, 320, 5) * 0.07
    gy, gx = np.gradient(fractal(rng, half, 14, 2, 0.5))
    tone = 1 + grain + (gx + gy) * 0.16
    d = np.minimum.outer(
        np.minimum(np.arange(half[1]), np.arange(half[1])[::-1]),
        np.minimum(np.arange(half[0]), np.arange(half[0])[::-1]),
    )
    tone -= 0.4 * np.exp(-d / 12.0) * (fractal(rng, half, 60, 3) < 0.6) - 0.5 * np.exp(-d / 7.0) * (
        fractal(rng, half, 40, 4) > 0.7
    )
    for _ in range(14):
        x, y, a = rng.uniform(0, half[0]), rng.uniform(0, half[1]), rng.uniform(0, 6.3)
        for t in range(int(rng.uniform(20, 120))):
            px, py = int(x + t * math.cos(a)), int(y + t * math.sin(a))
            if 0 <= px < half[0] and 0 <= py < half[1]:
                tone[py, px] += 0.14
    leather = upscale(tone, size)[..., None] * np.array([104, 62, 40], np.float32)
    image = Image.fromarray(np.clip(leather, 0, 255).astype(np.uint8))
    spine = Ink(size, 1)
    for inset in (60, 76):
        spine.box(inset, inset, size[0] - inset, size[1] - inset, 3, 150)
    image.paste(Image.new("RGB", size, (58, 32, 20)), mask=soften(spine.mask(), 1.4))
    label = Sheet(rng, (820, 500), (226, 208, 168), 1.6)
    label.foxing(30)
    label.stain(0.8, 0.2, 0.2, 0.12)
    ink = Ink((820, 500))
    for inset, width in ((22, 5), (36, 1.5)):
        ink.box(inset, inset, 820 - inset, 500 - inset, width)
    write(ink, 400, 190, "Cuaderno de viaje", 42, QUILL, "middle", rng=rng)
    write(ink, 410, 310, "1846", 40, QUILL, "middle", rng=rng)
    write(ink, 410, 420, "Costas de Almendra y Puerto Sereno", 20, QUILL, "middle", rng=rng)
    paper = lay(label, [(ink.mask(), IRON_GALL, 0.9)]).rotate(0.7, Image.BICUBIC, expand=True, fillcolor=(92, 56, 38))
    image.paste(paper, ((size[0] - paper.width) // 2, 420))
    return mount(rng, soften(image, 0.8))


def _leaf(name, number, paint):
    """One notebook page; `paint(ink, rng)` writes on it."""
    rng = generator(f"cuaderno/{number}")
    size = (1460, 2020)
    recto = number % 2 == 1
    sheet = Sheet(rng, size, (235, 222, 190), 0.9)
    gutter(sheet, recto)
    sheet.foxing(40)
    if rng.random() < 0.7:
        sheet.stain(rng.uniform(0, 1), rng.choice([0.02, 0.97]), rng.uniform(0.15, 0.35), 0.14)
    rules, ink, back = Ink(size), Ink(size), Ink(size, 1)
    for y in range(250, 1960, LEADING):
        rules.line([(0, y + 8), (size[0], y + 8 + rng.normal(0, 1))], 1.0, 120)
    paint(ink, rng)
    _blots(ink, rng, 3)
    if number > 2:
        paragraph(back, 180, 240, JOURNAL[(number + 2) % len(JOURNAL)], 21, 1150, LEADING, QUILL, rng=rng)
    write(ink, 1330 if recto else 130, 130, str(number * 2 - 3), 22, QUILL, "middle", rng=rng)
    layers = [
        (_through(back), (150, 110, 70), 0.17),
        (rules.mask(), (150, 160, 178), 0.5),
        (worn(rng, ink.mask(), 0.45, 22), IRON_GALL, 0.93),
    ]
    return mount(rng, soften(lay(sheet, layers), 0.7))


def _title(ink, rng):
    write(ink, 730, 520, "Diario y observaciones", 44, QUILL, "middle", rng=rng)
    write(ink, 730, 640, "de un viaje por las costas de", 26, QUILL, "middle", rng=rng)
    write(ink, 730, 770, "Almendra, Isla Grande y la", 34, QUILL, "middle", rng=rng)
    write(ink, 730, 880, "Sierra del Alba", 34, QUILL, "middle", rng=rng)
    t = np.linspace(0, 1, 90)
    ink.taper(np.column_stack([420 + 620 * t, 990 + 26 * np.sin(t * 19) * (1 - t)]), 5, 1)
    write(ink, 730, 1180, "en el año de 1846", 30, QUILL, "middle", rng=rng)
    write(ink, 900, 1640, "Puerto Sereno", 24, QUILL, rng=rng)


def _prose(entries, sketch=None):
    """Paints journal entries, by number, with a sketch between or beside them."""

    def paint(ink, rng):
        y = 250
        for i, entry in enumerate(entries):
            last = i == len(entries) - 1
            width = 620 if sketch == "plant" and last else 1130
            y = paragraph(
                ink, 175 + rng.normal(0, 6), y, JOURNAL[entry], 21.5, width, LEADING, QUILL, False, rng=rng, bottom=1960
            )
            if sketch == "coast" and i == 0:
                _coast_sketch(ink, rng, 260, y - 20, 960, 420)
                y += 520
            ink.taper([(640, y - 10), (700, y - 16), (790, y - 8)], 3, 1) if not last and sketch != "coast" else None
            y += LEADING * 0.7
        if sketch == "plant":
            _plant_sketch(ink, rng, 1090, 1800, 840)
            write(ink, 1080, 1880, "n. 62, flor blanca", 16, QUILL, "middle", rng=rng)

    return paint


def notebook(number):
    """Image `number` (1 is the cover, 6 the last) of the travel notebook."""
    pages = [None, _title, _prose((0, 1, 6)), _prose((2, 3), "coast"), _prose((7, 8), "plant"), _prose((4, 9, 11))]
    return _cover() if number == 1 else _leaf("cuaderno", number, pages[number - 1])


def letter():
    """A letter, folded in six."""
    rng = generator("carta")
    size = (1650, 2150)
    sheet = Sheet(rng, size, (240, 230, 206), 0.9)
    for at, vertical in ((0.5, True), (0.333, False), (0.667, False)):
        sheet.fold(at, vertical, 0.13)
    sheet.foxing(50)
    sheet.stain(0.1, 0.9, 0.22, 0.14)
    ink, back = Ink(size), Ink(size, 1)
    write(ink, 1500, 230, "Hacienda San Telmo, 4 de noviembre de 1861", 18, QUILL, "right", rng=rng)
    write(ink, 200, 370, "Señora Doña Inés", 30, QUILL, rng=rng)
    y = paragraph(ink, 170, 500, LETTER, 24, 1330, 86, QUILL, False, rng=rng)
    write(ink, 980, y + 70, "Anselmo del Río", 30, QUILL, rng=rng)
    t = np.linspace(0, 1, 120)
    ink.taper(
        np.column_stack([1000 + 380 * t + 60 * np.sin(t * 16), y + 120 + 42 * np.sin(t * 13) * (1 - t * 0.4)]), 4, 1
    )
    paragraph(back, 250, 640, LETTER, 23, 1200, 86, QUILL, False, rng=rng)
    _blots(ink, rng, 5)
    stamp = Ink(size)
    for r, width in ((92, 4), (64, 2)):
        stamp.ring(330, 1920, r, width)
    for i, c in enumerate("BIBLIOTECA·DEL·SUR·"):
        a = 2 * math.pi * i / 19
        write(stamp, *polar(330, 1920, 70, a), c if c != "·" else "*", 15, BOOK, "middle", a)
    write(stamp, 330, 1928, "N. 118", 19, BOOK, "middle")
    layers = [
        (_through(back), (150, 110, 70), 0.14),
        (worn(rng, ink.mask(), 0.5, 26), (58, 40, 32), 0.93),
        (worn(rng, stamp.mask(), 0.8, 9), (82, 70, 140), 0.75),
    ]
    return mount(rng, soften(lay(sheet, layers), 0.7))


def _initial(ink, blue, red, gold, x, y, size, letter):
    """An illuminated initial in a square, with filigree."""
    blue.polygon([(x, y), (x + size, y), (x + size, y + size), (x, y + size)])
    k = size / 100
    for cx, cy, turn in ((24, 26, 0), (76, 26, 1.6), (76, 76, 3.1), (24, 76, 4.7), (50, 50, 0.7)):
        spiral = [polar(x + cx * k, y + cy * k, (22 - t * 3.1) * k, turn + t) for t in np.linspace(0, 6.6, 40)]
        blue.line(spiral, 1.6 * k, 40)
        for i in range(4, 40, 5):
            leaf = polar(*spiral[i], 4.4 * k, turn + i)
            red.disc(*leaf, 1.9 * k)
            blue.disc(*leaf, 1.9 * k, 0)
    gold.polygon(
        [(x - 4 * k, y - 4 * k), (x + 104 * k, y - 4 * k), (x + 104 * k, y + 104 * k), (x - 4 * k, y + 104 * k)]
    )
    gold.polygon([(x, y), (x + size, y), (x + size, y + size), (x, y + size)], 0)
    hand = bolder(ENGRAVED, 2.0)
    at = x + (size - measure(letter, size * 0.78, hand)) / 2
    for layer, tone in ((blue, 0), (red, 0), (gold, 255)):
        write(layer, at, y + size * 0.89, letter, size * 0.78, hand, tone=tone)
    ink.box(x - 4 * k, y - 4 * k, x + 104 * k, y + 104 * k, 1.4 * k)
    for side in range(5):
        tail = [
            (x - 4 * k - 3 * side * k - 10 * k * math.sin(t * 2.2 + side), y + (t * 33 + side * 6) * k)
            for t in np.linspace(0, 5.2 - 0.4 * side, 50)
        ]
        (red if side % 2 else blue).taper(tail, 1.6 * k, 0.6)


def choirbook(folio):
    """Leaf `folio` ("9r") of the choir book."""
    rng = generator(f"coro/{folio}")
    size = (1560, 2200)
    recto = folio.endswith("r")
    sheet = Sheet(rng, size, (238, 226, 196), 1.1)
    gutter(sheet, recto)
    sheet.foxing(25)
    sheet.stain(0.95 if recto else 0.05, 1.0, 0.28, 0.13)
    ink, red, blue, gold, back = Ink(size), Ink(size), Ink(size), Ink(size), Ink(size, 1)
    left, right = (230, 1430) if recto else (130, 1330)
    first = {"9r": 0, "9v": 4, "10r": 8}[folio]
    for system in range(4):
        top = 210 + system * 470
        indent = 300 if system == 0 else 0
        gap = 36
        for i in range(5):
            y = top + i * gap
            red.line(
                curve(
                    [(left + indent, y + rng.normal(0, 1)), ((left + right) / 2, y + rng.normal(0, 1.5)), (right, y)],
                    12,
                ).tolist(),
                2.6,
            )
        for i in range(2):
            ink.polygon(
                [
                    (left + indent + 14, top + (1 + i) * gap - 13),
                    (left + indent + 30, top + (1 + i) * gap - 13),
                    (left + indent + 30, top + (1 + i) * gap + 15),
                    (left + indent + 14, top + (1 + i) * gap + 15),
                ]
            )
        _sing(ink, red, rng, CHANT[first + system].split(), left + indent + 60, right, top, gap)
        for i in range(5):
            back.line([(left, top + i * gap), (right, top + i * gap)], 3)
        write(back, left, top + 290, CHANT[(first + system + 5) % 12], 58, TEXTURA)
    _initial(ink, blue, red, gold, left - 6, 196, 250, {"9r": "S", "9v": "I", "10r": "N"}[folio])
    write(
        red,
        right if recto else left,
        110,
        folio[:-1].replace("9", "IX").replace("10", "X"),
        36,
        TEXTURA,
        "right" if recto else "left",
    )
    layers = [
        (_through(back), (150, 110, 74), 0.15),
        (worn(rng, gold.mask(), 0.3, 14), GOLD, 0.9),
        (worn(rng, blue.mask(), 0.35, 16), LAPIS, 0.88),
        (worn(rng, red.mask(), 0.4, 18), VERMILION, 0.85),
        (worn(rng, ink.mask(), 0.35, 20), (44, 34, 28), 0.94),
    ]
    return mount(rng, soften(lay(sheet, layers), 0.8))


def _sing(ink, red, rng, syllables, left, right, top, gap):
    """Square notes over their syllables."""
    hand, size = TEXTURA, 62
    widths = [measure(s, size, hand) for s in syllables]
    pad = (right - left - sum(widths)) / len(syllables)
    while pad < 14:
        size *= 0.95
        widths = [measure(s, size, hand) for s in syllables]
        pad = (right - left - sum(widths)) / len(syllables)
    x, step = left, 3
    for syllable, width in zip(syllables, widths):
        write(ink, x, top + 290, syllable, size, hand)
        for i in range(1 + int(rng.random() < 0.35) + int(rng.random() < 0.15)):
            step = int(np.clip(step + rng.integers(-2, 3), -1, 8))
            y, nx = top + step * gap / 2, x + 6 + i * 38
            ink.polygon([(nx, y - 12), (nx + 30, y - 15), (nx + 30, y + 12), (nx, y + 15)])
            if i == 0 and rng.random() < 0.4:
                ink.line([(nx + 28, y), (nx + 28, y + 70)], 3.4)
        x += width + pad
        if rng.random() < 0.16:
            red.line([(x - pad * 0.6, top), (x - pad * 0.6, top + gap * 4)], 3)
