"""Printed forms of a health service, filled in by hand. The persons do not exist."""

import math

import numpy as np
from PIL import Image

from .cartography import polar
from .paper import Sheet, generator, lay, soften, worn
from .pen import BOOK, DRAFT, ENGRAVED, QUILL, SANS, Ink, bolder, curve, write

BLUE_INK, PRINT, RED_INK = (38, 52, 122), (38, 36, 38), (176, 50, 46)


class Form:
    """A printed form: `ink` is the printing, `pen` what was written, `red` stamps and red pencil."""

    def __init__(self, name, size, colour=(240, 236, 222), age=0.55):
        self.rng, self.size = generator(name), size
        self.sheet = Sheet(self.rng, size, colour, age, part=4)
        self.ink, self.pen, self.red = Ink(size), Ink(size), Ink(size)

    def head(self, title, number):
        w = self.size[0]
        self.emblem(180, 190, 74)
        write(self.ink, 300, 150, "SERVICIO DE SALUD DEL DISTRITO DE ORIENTE", 30, bolder(BOOK, 1.2))
        write(self.ink, 300, 205, "Hospital de Caridad de San Telmo - Puerto Sereno", 26, BOOK)
        write(self.ink, w / 2, 360, title, 50, ENGRAVED, "middle")
        write(self.ink, w - 130, 150, "Modelo 12-B", 22, SANS, "right")
        write(self.red, w - 130, 230, f"N° {number}", 38, BOOK, "right", rng=self.rng)
        self.ink.line([(110, 400), (w - 110, 400)], 4)
        self.ink.line([(110, 410), (w - 110, 410)], 1.4)

    def emblem(self, x, y, r):
        for k, width in ((1, 4), (0.86, 1.5)):
            self.ink.ring(x, y, r * k, width)
        self.ink.taper([(x, y - r * 0.7), (x, y + r * 0.72)], 7, 4)
        coil = [
            (x + r * 0.3 * math.sin(t * 3.1) * (1 - 0.3 * t / 3), y + r * (0.6 - 0.4 * t))
            for t in np.linspace(0, 3.1, 40)
        ]
        self.ink.taper(coil, 4, 9)
        self.ink.disc(coil[-1][0], coil[-1][1], 7)

    def entry(self, x, y, name, value, end, size=24):
        """A dotted line after a printed name, with its handwritten value."""
        after = x + write(self.ink, x, y, name, 24, BOOK) + 12
        for px in np.arange(after, end, 9):
            self.ink.disc(px, y + 5, 1.3)
        if value:
            write(
                self.pen,
                after + 14 + self.rng.uniform(0, 12),
                y - 2 + self.rng.normal(0, 2),
                value,
                size * 0.82,
                QUILL,
                rng=self.rng,
            )

    def tick(self, x, y, name, on):
        self.ink.box(x, y - 26, x + 28, y + 2, 2.4)
        write(self.ink, x + 44, y, name, 24, BOOK)
        if on:
            self.pen.taper([(x + 3, y - 14), (x + 12, y + 2), (x + 36, y - 42)], 5, 2)

    def stamp(self, x, y, text, turn=-0.15):
        """A rectangular date stamp."""
        c, s = math.cos(turn), math.sin(turn)
        for half_w, half_h, width in ((190, 60, 5), (178, 49, 2)):
            box = [
                (x + a * c - b * s, y + a * s + b * c)
                for a, b in (
                    (-half_w, -half_h),
                    (half_w, -half_h),
                    (half_w, half_h),
                    (-half_w, half_h),
                    (-half_w, -half_h),
                )
            ]
            self.red.line(box, width)
        write(self.red, x - 14 * s * -1, y + 14, text, 34, bolder(SANS, 1.3), "middle", turn)

    def image(self):
        """The scan in full colour."""
        return soften(
            lay(
                self.sheet,
                [
                    (self.ink.mask(), PRINT, 0.92),
                    (worn(self.rng, self.pen.mask(), 0.3, 24), BLUE_INK, 0.9),
                    (worn(self.rng, self.red.mask(), 0.6, 9), RED_INK, 0.85),
                ],
            ),
            0.5,
        )

    def in_palette(self):
        """The scan in a palette: tones of the paper and, from paper to full colour, of each ink."""
        paper = self.sheet.colour
        ramp = [paper * (0.84 + 0.02 * i) for i in range(9)]
        for ink in (PRINT, BLUE_INK, RED_INK):
            ramp += [paper * (1 - k) + np.array(ink) * k for k in np.linspace(0.16, 1, 7)]
        palette = Image.new("P", (1, 1))
        palette.putpalette([int(v) for colour in ramp for v in np.clip(colour, 0, 255)])
        return self.image().quantize(palette=palette, dither=Image.Dither.NONE)


def history(page):
    """Page 1 or 2 of a case history."""
    form = Form(f"historia/{page}", (1700, 2300), age=0.3)
    if page == 1:
        form.head("HISTORIA CLÍNICA", "000214")
        for i, (name, value, other, second) in enumerate(
            (
                ("Nombre y apellidos:", "N. N. (reservado)", "Edad:", "34 años"),
                ("Domicilio:", "calle del Muelle, 12", "Oficio:", "tipógrafo"),
                ("Natural de:", "Isla Grande", "Estado:", "casado"),
                ("Ingresó el día:", "4 de febrero de 1931", "Cama:", "12"),
            )
        ):
            form.entry(130, 500 + i * 84, name, value, 1090)
            form.entry(1120, 500 + i * 84, other, second, 1570)
        write(form.ink, 130, 890, "Antecedentes", 30, bolder(BOOK, 1.2))
        for i, (name, on) in enumerate(
            (
                ("Paludismo", True),
                ("Sarampión", True),
                ("Tifoidea", False),
                ("Viruela", False),
                ("Vacunado", True),
                ("Alergias", False),
            )
        ):
            form.tick(150 + (i % 3) * 490, 960 + (i // 3) * 70, name, on)
        write(form.ink, 130, 1140, "Examen al ingresar", 30, bolder(BOOK, 1.2))
        lines = [
            "Refiere calentura de cuatro días, con escalofríos",
            "por la tarde, dolor de cabeza y poco apetito.",
            "Lengua saburral. Bazo algo aumentado. Pulso 96.",
            "Pulmones limpios. Se ordena reposo, dieta blanda",
            "y quinina en tres tomas. Observar la curva.",
            "",
            "",
        ]
        for i, text in enumerate(lines):
            form.entry(130, 1225 + i * 82, "", text, 1570, 27)
        form.entry(130, 1930, "Diagnóstico:", "fiebre palúdica, forma terciana", 1570, 27)
        form.entry(130, 2060, "El médico de guardia:", "", 1000)
        t = np.linspace(0, 1, 120)
        form.pen.nib(
            np.column_stack([560 + 330 * t + 40 * np.sin(t * 16), 2040 + 46 * np.sin(t * 20) * (1 - 0.5 * t)]),
            5,
            0.7,
            2,
        )
        form.stamp(1310, 2080, "4 FEB 1931")
    else:
        _evolution(form)
    return form.in_palette()


def _evolution(form):
    ink = form.ink
    write(ink, 850, 190, "EVOLUCIÓN Y TRATAMIENTO", 44, ENGRAVED, "middle")
    columns = [110, 320, 960, 1380, 1590]
    for x in columns:
        ink.line([(x, 250), (x, 2120)], 2.4)
    for x, text in zip(columns, ("Fecha", "Observaciones", "Medicación", "Firma")):
        write(ink, x + 20, 310, text, 26, bolder(BOOK, 1.2))
    notes = [
        ("5 feb.", "Noche inquieta. 39,4", "quinina, 3 tomas"),
        ("6 feb.", "Sin calentura. Come", "igual"),
        ("7 feb.", "Escalofrío a las 4", "igual; suero"),
        ("8 feb.", "Sudor, alivio", "quinina, 2 tomas"),
        ("9 feb.", "Sin novedad", "igual"),
        ("10 feb.", "Pide levantarse", "igual"),
        ("11 feb.", "Paseo en la galería", "hierro"),
        ("12 feb.", "Buen apetito", "hierro"),
        ("13 feb.", "Pulso 72. Bien", "hierro"),
        ("14 feb.", "Alta, curado", "volver en un mes"),
    ]
    for i in range(22):
        y = 340 + i * 81
        ink.line([(110, y), (1590, y)], 2.4 if i == 0 else 1.2)
        if i < len(notes):
            for x, text in zip(columns, notes[i]):
                write(form.pen, x + 22, y + 58, text, 20, QUILL, rng=form.rng)
            t = np.linspace(0, 1, 40)
            form.pen.nib(
                np.column_stack([1410 + 130 * t + 14 * np.sin(t * 14), y + 48 + 16 * np.sin(t * 13)]), 3.5, 0.7, 1.6
            )
    form.stamp(1200, 2200, "ARCHÍVESE", -0.06)


def fever_chart():
    """A temperature chart on squared paper."""
    form = Form("curva", (2300, 1600), (238, 238, 226))
    ink, red = form.ink, form.red
    write(ink, 1150, 130, "CURVA TÉRMICA Y DEL PULSO", 46, ENGRAVED, "middle")
    form.entry(170, 220, "Sala:", "San Roque", 640)
    form.entry(680, 220, "Cama:", "12", 960)
    form.entry(1000, 220, "Mes de", "febrero de 1931", 1560)
    form.entry(1600, 220, "Exp. N°", "214", 2120)
    left, top, step, rows = 230, 320, 62, 18
    grid = Ink(form.size)
    for i in range(29 + 1):
        grid.line(
            [(left + i * step, top), (left + i * step, top + rows * step)],
            3 if i % 2 == 0 else 1.2,
            230 if i % 2 == 0 else 150,
        )
    for i in range(rows * 2 + 1):
        heavy = i % 4 == 0
        grid.line(
            [(left, top + i * step / 2), (left + 29 * step, top + i * step / 2)],
            2.6 if heavy else 1.0,
            230 if heavy else 120,
        )
    for i in range(5):
        write(ink, left - 30, top + (2 + i * 4) * step - 20 + 10 - 100, f"{41 - i}°", 32, BOOK, "right")
        write(red, left - 120, top + (2 + i * 4) * step - 110, str(140 - i * 20), 24, BOOK, "right")
    for day in range(14):
        write(ink, left + (day * 2 + 1) * step, top - 18, str(day + 4), 24, BOOK, "middle")
    temperature, pulse = [], []
    for i in range(22):
        attack = i in (1, 7, 5, 3)
        celsius = (
            39.5 - 0.12 * i + form.rng.normal(0, 0.12)
            if attack
            else 36.9 + 0.5 * math.exp(-i / 6) + form.rng.normal(0, 0.15)
        )
        x = left + (i + 0.5) * step
        temperature.append((x, top + (41 - celsius) * 4 * step + step * 0.2))
        pulse.append((x, top + (140 - (62 + (celsius - 36) * 13 + form.rng.normal(0, 2))) * step / 5 + step * 0.2))
    for layer, points in ((form.pen, temperature), (red, pulse)):
        layer.line(points, 3.4)
        for p in points:
            layer.disc(*p, 7)
    write(form.pen, left + 7 * step, 1520, "quinina desde el día 4; sin calentura desde el 9", 22, QUILL, rng=form.rng)
    out = lay(
        form.sheet,
        [
            (grid.mask(), (92, 150, 130), 0.75),
            (ink.mask(), PRINT, 0.92),
            (form.pen.mask(), BLUE_INK, 0.9),
            (red.mask(), RED_INK, 0.85),
        ],
    )
    return soften(out, 0.5)


def vaccination():
    """A vaccination card, in grey."""
    form = Form("vacuna", (1800, 1200), (228, 222, 206), 0.3)
    ink = form.ink
    for inset, width in ((60, 8), (76, 2)):
        ink.box(inset, inset, 1800 - inset, 1200 - inset, width)
    for i in range(60):
        for x, y in ((90 + i * 27.4, 92), (90 + i * 27.4, 1108)):
            ink.line(curve([(x, y), (x + 7, y - 7), (x + 14, y), (x + 7, y + 7), (x, y)]).tolist(), 1.4)
    form.emblem(210, 230, 84)
    write(ink, 990, 210, "CERTIFICADO DE VACUNACIÓN", 58, ENGRAVED, "middle")
    write(ink, 990, 280, "Campaña de 1954 - gratuito", 28, DRAFT, "middle")
    form.entry(150, 430, "Certifico que", "una niña de seis años", 1650, 28)
    form.entry(150, 530, "de la escuela", "pública número 4, Extramuros", 1650, 28)
    form.entry(150, 630, "ha sido vacunada contra", "la difteria, el tétanos y la tos ferina", 1650, 28)
    for i, (dose, date) in enumerate((("1ª dosis", "9 mar."), ("2ª dosis", "6 abr."), ("Refuerzo", "11 oct."))):
        x = 170 + i * 400
        ink.box(x, 720, x + 360, 980, 2.4)
        ink.line([(x, 786), (x + 360, 786)], 1.6)
        write(ink, x + 180, 768, dose, 26, BOOK, "middle")
        write(form.pen, x + 80, 880, date, 28, QUILL, rng=form.rng)
    for r, width in ((118, 6), (82, 2)):
        form.red.ring(1520, 860, r, width)
    for i, c in enumerate("SALUD PÚBLICA * DISTRITO DE ORIENTE * "):
        write(form.red, *polar(1520, 860, 91, 2 * math.pi * i / 38), c, 17, SANS, "middle", 2 * math.pi * i / 38)
    form.red.taper([(1520, 800), (1520, 920)], 12, 12)
    form.red.taper([(1460, 860), (1580, 860)], 12, 12)
    tones = np.asarray(form.image().convert("L"), np.uint8)
    return Image.fromarray((tones // 6 * 6 + 3).astype(np.uint8))
