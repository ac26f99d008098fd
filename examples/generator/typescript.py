"""Typed and printed sheets: minutes of a society, a front page."""

import math

import numpy as np
from PIL import Image, ImageFilter

from .cartography import flourish, polar
from .paper import Sheet, fractal, generator, lay, soften, upscale, worn
from .pen import BOOK, ENGRAVED, ITALIC, QUILL, SANS, TYPED, Ink, bolder, curve, measure, paragraph, write
from .texts import MINUTES, NEWS


def _microfilm(rng, sheet, ink, extra, levels=24):
    """A grey, even copy of a sheet, in few tones, as old microfilm gives it."""
    tone = sheet.rows(0, sheet.size[1])[..., 1]
    for mask, strength in ((ink, 0.86), *extra):
        tone = tone * (1 - np.asarray(mask, np.float32) / 255 * strength)
    image = Image.fromarray(np.clip(tone, 0, 255).astype(np.uint8)).filter(ImageFilter.GaussianBlur(0.5))
    step = 255 // levels
    return Image.fromarray((np.asarray(image, np.uint8) // step * step + step // 2).clip(0, 255).astype(np.uint8))


def _typed(ink, rng, x, y, text, size, width, leading):
    """Typed lines: every letter struck a little high, low, hard or soft."""
    columns = int(width / (size * TYPED.mono))
    lines = [""]
    for word in text.split():
        if len(lines[-1]) + len(word) + 1 > columns:
            lines.append(word)
        else:
            lines[-1] = f"{lines[-1]} {word}".strip()
    for line in lines:
        for i, c in enumerate(line):
            write(
                ink,
                x + i * size * TYPED.mono,
                y + rng.normal(0, size * 0.025),
                c,
                size,
                TYPED,
                tone=int(rng.uniform(165, 255)),
                rng=rng,
            )
        y += leading
    return y


def minutes(page):
    """Page 1 to 4 of the founding minutes."""
    rng = generator(f"acta/{page}")
    size = (1500, 2100)
    sheet = Sheet(rng, size, (232, 232, 232), 0.22, part=4)
    sheet.fold(0.5, False, 0.1)
    ink, stamp = Ink(size), Ink(size, 1)
    write(ink, 1340, 130, f"- {page} -", 24, TYPED, "right", rng=rng)
    y = 300
    if page == 1:
        for text, step in (("ACTA DE FUNDACIÓN", 70), ("DEL INSTITUTO DE HISTORIA DE ORIENTE", 130)):
            width = len(text) * 30 * TYPED.mono
            write(ink, 750 - width / 2, y, text, 30, TYPED, rng=rng)
            ink.line([(750 - width / 2, y + 14), (750 + width / 2, y + 14)], 3)
            y += step
    if page < 4:
        for text in MINUTES[(page - 1) * 2 : page * 2 + (page == 1)]:
            y = _typed(ink, rng, 190, y, " " + text, 25, 1150, 56) + 34
    if page == 3:
        for i, role in enumerate(("Presidente", "Secretario")):
            x = 260 + i * 600
            t = np.linspace(0, 1, 140)
            for k in range(2):
                wave = np.column_stack(
                    [
                        x + 20 + 360 * t + 40 * np.sin(t * (17 + 3 * i)),
                        y + 170 + (60 - 20 * k) * np.sin(t * (21 - 5 * i) + k) * (1 - 0.5 * t),
                    ]
                )
                ink.nib(wave, 5, 0.7, 2)
            ink.line([(x, y + 260), (x + 420, y + 260)], 2)
            write(ink, x + 210 - len(role) * 10, y + 310, role, 25, TYPED, rng=rng)
    if page == 4:
        _accounts(ink, rng)
    if page in (1, 3):
        for r, width in ((120, 5), (84, 2)):
            stamp.ring(1180, 1880, r, width)
        for i, c in enumerate("INSTITUTO DE HISTORIA DE ORIENTE * "):
            write(stamp, *polar(1180, 1880, 92, 2 * math.pi * i / 35), c, 18, SANS, "middle", 2 * math.pi * i / 35)
        write(stamp, 1180, 1890, "1921", 30, BOOK, "middle")
    holes = Ink(size, 1)
    for hy in (620, 1480):
        holes.disc(66, hy, 20)
    return _microfilm(rng, sheet, ink.mask(), [(worn(rng, stamp.mask(), 0.8, 10), 0.5), (holes.mask(), 0.9)])


def _accounts(ink, rng):
    """A typed table of gifts."""
    write(ink, 380, 300, "RELACIÓN DE DONATIVOS RECIBIDOS", 28, TYPED, rng=rng)
    rows = [
        ("Sociedad de Amigos del País", "120.00"),
        ("Ayuntamiento de Puerto Sereno", "100.00"),
        ("Ferrocarril del Valle", "50.00"),
        ("Ingenio San Telmo", "40.00"),
        ("Liceo de la calle Real", "25.50"),
        ("Logia de la Luz", "20.00"),
        ("Colegio de Escribanos", "18.00"),
        ("Imprenta de San Telmo", "15.00"),
        ("Varios vecinos de Extramuros", "12.80"),
        ("Función en el Teatro Principal", "11.00"),
    ]
    for i, (name, sum_) in enumerate([*rows, ("TOTAL", "412.30")]):
        y = 440 + i * 84 + (40 if name == "TOTAL" else 0)
        write(ink, 220, y, name, 25, TYPED, rng=rng)
        dots = 1130 - len(sum_) * 25 * 0.84 - 240 - len(name) * 21
        write(ink, 240 + len(name) * 21, y, "." * int(dots / 42) * 2, 25, TYPED, rng=rng)
        write(ink, 1280 - len(sum_) * 21, y, sum_, 25, TYPED, rng=rng)
    for y in (370, 1258, 1368):
        ink.line([(200, y), (1300, y)], 2)
    write(ink, 220, 1640, "Comprobado y conforme. El tesorero,", 25, TYPED, rng=rng)
    t = np.linspace(0, 1, 140)
    ink.nib(
        np.column_stack([700 + 420 * t + 50 * np.sin(t * 15), 1800 + 60 * np.sin(t * 19) * (1 - 0.6 * t)]), 5, 0.7, 2
    )


def _train(ink, x, y, k):
    """A small wood engraving of a locomotive and a carriage."""

    def box(a, b, c, d, tone=255):
        ink.polygon(
            [(x + a * k, y - b * k), (x + c * k, y - b * k), (x + c * k, y - d * k), (x + a * k, y - d * k)], tone
        )

    box(20, 24, 120, 52)
    box(96, 52, 130, 84)
    box(102, 60, 124, 76, 0)
    box(34, 52, 42, 78)
    box(30, 76, 46, 84)
    box(62, 52, 72, 62)
    box(10, 16, 132, 24)
    box(138, 16, 178, 50)
    for car in (186, 290):
        box(car, 16, car + 96, 70)
        box(car - 4, 70, car + 100, 76)
        for i in range(6):
            box(car + 6 + i * 15, 40, car + 16 + i * 15, 62, 0)
        for i in (14, 82):
            ink.disc(x + (car + i) * k, y - 9 * k, 9 * k)
            ink.disc(x + (car + i) * k, y - 9 * k, 4 * k, 0)
    for a, r in ((24, 9), (46, 9), (78, 15), (112, 15), (150, 9), (168, 9)):
        ink.disc(x + a * k, y - r * k, r * k)
        ink.disc(x + a * k, y - r * k, (r - 3) * k, 0)
        for s in range(6):
            ink.line([(x + a * k, y - r * k), polar(x + a * k, y - r * k, (r - 2) * k, s * math.pi / 3)], 1.2)
    for i in range(46):
        row = y + 3 * k + (i % 4) * 5 * k
        ink.line([(x - 30 * k + i * 10 * k, row), (x - 6 * k + i * 10 * k, row)], 1.4)
    ink.line([(x - 30 * k, y), (x + 420 * k, y)], 3)
    for i in range(9):
        cx, cy, r = x + (38 + i * 24) * k, y - (98 + 9 * math.sin(i * 2) + i * 2.5) * k, (9 + i * 1.5) * k
        for j in range(7):
            a = 0.6 * j
            ink.line(
                curve([polar(cx, cy, r, a), polar(cx + 2, cy, r * 1.05, a + 0.3), polar(cx, cy, r, a + 0.6)]).tolist(),
                1.6,
            )


def front_page():
    """The front page of a local newspaper, in grey."""
    rng = generator("el-eco")
    size = (2100, 2950)
    sheet = Sheet(rng, size, (226, 226, 226), 1.0, part=3)
    sheet.fold(0.5, False, 0.16)
    sheet.fold(0.5, True, 0.08)
    sheet.foxing(60)
    ink = Ink(size)
    write(ink, 1050, 330, "EL ECO DE ORIENTE", 132, bolder(ENGRAVED, 1.35), "middle")
    write(ink, 1050, 130, "Diario de la mañana, de intereses generales, avisos y noticias", 30, ITALIC, "middle")
    for y, width in ((385, 7), (397, 2), (452, 2), (464, 7)):
        ink.line([(110, y), (1990, y)], width)
    for text, x, at in (
        ("Año XXIII", 120, "left"),
        ("Puerto Sereno, martes 12 de mayo de 1908", 1050, "middle"),
        ("Número 6 814", 1980, "right"),
    ):
        write(ink, x, 438, text, 28, BOOK, at)
    columns, gap, foot = 5, 28, 2830
    width = (1880 - gap * (columns - 1)) / columns
    pictures = (110 + width + gap, 110 + 4 * (width + gap) - gap, 505, 1130)
    for c in range(1, columns):
        x = 110 + c * (width + gap) - gap / 2
        ink.line([(x, 490 if c in (1, 4) else 1150), (x, foot)], 1.6)
    left, right, top, bottom = pictures
    ink.box(left, top, right, bottom - 70, 3)
    hills = np.convolve(np.cumsum(rng.normal(0, 1, 260)), np.ones(9) / 9, "same")
    xs = np.linspace(left + 8, right - 8, 260)
    ys = 800 - (hills - hills.min()) / np.ptp(hills) * 190
    for i in range(259):
        for k in range(int((900 - ys[i]) / 9 * (0.42 if ys[i + 1] > ys[i] else 0.18))):
            ink.taper([(xs[i], ys[i] + 9 * k), (xs[i] + 7, ys[i] + 9 * k + 12)], 2, 0.6)
    for y in np.arange(top + 20, 640, 13):
        cuts = np.sort(rng.uniform(left + 10, right - 10, 10))
        for a, b in zip(cuts[::2], cuts[1::2]):
            ink.line([(a, y), (b, y)], 1)
    _train(ink, left + 150, 985, 2.05)
    write(
        ink,
        (left + right) / 2,
        bottom - 24,
        "Llegada del tren inaugural, ayer por la mañana (grabado de nuestro taller)",
        21,
        ITALIC,
        "middle",
    )
    item = 0
    for c in range(columns):
        x, y = 110 + c * (width + gap), 530 if c in (0, 4) else 1195
        while y < foot - 130:
            title, text = NEWS[item % len(NEWS)] if item else NEWS[0]
            size_ = min(27, 27 * width / max(1, measure(title, 27, bolder(BOOK, 1.3))))
            write(ink, x + width / 2, y, title, size_, bolder(BOOK, 1.35), "middle")
            y = paragraph(ink, x, y + 44, text, 24, width, 38, BOOK, bottom=foot)
            if y < foot - 60:
                flourish(ink, x + width / 2, y + 6, 150)
            y += 62
            item += 1
    stamp = Ink(size, 1)
    write(stamp, 260, 190, "HEMEROTECA", 30, SANS, turn=-0.12)
    stamp.line([(262, 210), (530, 178)], 3)
    tone = sheet.rows(0, size[1])[..., 1]
    for mask, strength in ((worn(rng, ink.mask(), 0.4, 12), 0.88), (worn(rng, stamp.mask(), 0.7, 8), 0.5)):
        tone = tone * (1 - np.asarray(mask, np.float32) / 255 * strength)
    tone += upscale(fractal(rng, (350, 490), 60, 3), size) * 2
    return Image.fromarray(np.clip(tone, 0, 255).astype(np.uint8)).resize((1575, 2213), Image.LANCZOS)


def caption_card():
    """An index card of the photograph cabinet."""
    rng = generator("ficha")
    size = (1700, 1080)
    sheet = Sheet(rng, size, (236, 228, 204), 0.7)
    rules, ink, pen = Ink(size), Ink(size), Ink(size)
    rules.line([(0, 210), (1700, 210)], 3)
    for y in range(300, 1050, 84):
        rules.line([(0, y), (1700, y)], 1.4, 150)
    _typed(ink, rng, 120, 170, "GABINETE DE FOTOGRAFÍAS   Ficha núm. 0214", 30, 1500, 50)
    for i, (name, value) in enumerate(
        (
            ("Título", "Avenida de los Laureles"),
            ("Lugar", "Puerto Sereno"),
            ("Fecha", "1912, sin día"),
            ("Técnica", "placa de gelatina, 13 por 18"),
            ("Estado", "bueno; raya al centro"),
            ("Ubicación", "gaveta 7, sobre 31"),
            ("Donante", "familia del fotógrafo"),
        )
    ):
        _typed(ink, rng, 120, 290 + i * 84, name + ":", 26, 500, 50)
        write(pen, 430, 288 + i * 84, value, 23, QUILL, rng=rng)
    pen.disc(850, 1010, 3)
    hole = Ink(size, 1)
    hole.disc(850, 1010, 26)
    return soften(
        lay(
            sheet,
            [
                (rules.mask(), (190, 80, 80), 0.6),
                (ink.mask(), (50, 44, 60), 0.9),
                (worn(rng, pen.mask(), 0.4, 20), (40, 50, 110), 0.9),
                (hole.mask(), (40, 36, 34), 1.0),
            ],
        ),
        0.6,
    )
