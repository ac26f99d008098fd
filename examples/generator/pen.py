"""Ink on a sheet: lines, shapes and lettering, drawn enlarged and reduced so that edges are soft."""

import math
from dataclasses import dataclass, replace

import numpy as np
from PIL import Image, ImageChops, ImageDraw

from .glyphs import CURSIVE, ROMAN


def curve(points, steps=6):
    """Points of a Catmull-Rom curve through `points`, `steps` to each span."""
    p = np.asarray(points, dtype=float)
    if len(p) < 3:
        return p
    p = np.vstack([2 * p[0] - p[1], p, 2 * p[-1] - p[-2]])
    t = np.linspace(0, 1, steps, endpoint=False)[:, None]
    a, b, c, d = (p[i : len(p) - 3 + i, None, :] for i in range(4))
    spans = 0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)
    return np.vstack([spans.reshape(-1, 2), p[-2]])


class Ink:
    """One colour of ink on a sheet of `size` pixels; coordinates and widths are in those pixels."""

    def __init__(self, size, scale=2):
        self.size = size
        self.scale = scale
        self.image = Image.new("L", (size[0] * scale, size[1] * scale), 0)
        self.draw = ImageDraw.Draw(self.image)

    def _scaled(self, points):
        return [(x * self.scale, y * self.scale) for x, y in points]

    def line(self, points, width=1.0, tone=255):
        self.draw.line(self._scaled(points), fill=int(tone), width=max(1, round(width * self.scale)))

    def polygon(self, points, tone=255):
        self.draw.polygon(self._scaled(points), fill=int(tone))

    def disc(self, x, y, radius, tone=255):
        s = self.scale
        self.draw.ellipse([(x - radius) * s, (y - radius) * s, (x + radius) * s, (y + radius) * s], fill=int(tone))

    def ring(self, x, y, radius, width=1.0, tone=255):
        s = self.scale
        box = [(x - radius) * s, (y - radius) * s, (x + radius) * s, (y + radius) * s]
        self.draw.ellipse(box, outline=int(tone), width=max(1, round(width * s)))

    def box(self, left, top, right, bottom, width=1.0, tone=255):
        self.line([(left, top), (right, top), (right, bottom), (left, bottom), (left, top)], width, tone)

    def taper(self, points, start, end, tone=255):
        """A stroke whose width runs from `start` to `end`, as a graver cuts it."""
        p = np.asarray(points, dtype=float)
        if len(p) < 2:
            return
        d = np.gradient(p, axis=0)
        d /= np.maximum(np.hypot(d[:, 0], d[:, 1]), 1e-9)[:, None]
        normal = np.column_stack([-d[:, 1], d[:, 0]])
        half = np.linspace(start, end, len(p))[:, None] / 2
        self.polygon(np.vstack([p + normal * half, (p - normal * half)[::-1]]).tolist(), tone)

    def nib(self, points, width, angle, thin, tone=255):
        """A stroke of a broad nib held at `angle` radians: `width` across it, `thin` along it."""
        n = np.array([math.cos(angle), -math.sin(angle)]) * max(width - thin, 0) / 2
        p = np.asarray(points, dtype=float)
        for a, b in zip(p[:-1], p[1:]):
            self.polygon([a - n, b - n, b + n, a + n], tone)
        self.line(p.tolist(), thin, tone)
        if thin * self.scale > 3:
            for x, y in p:
                self.disc(x, y, thin / 2 - 0.5 / self.scale, tone)

    def add(self, coverage):
        """Adds an array of coverage, 0 to 255, of the sheet's size."""
        wide = Image.fromarray(coverage).resize(self.image.size, Image.BILINEAR)
        self.image.paste(ImageChops.lighter(self.image, wide))

    def mask(self):
        """Coverage of the sheet, 0 to 255."""
        return self.image.reduce(self.scale) if self.scale > 1 else self.image


@dataclass(frozen=True)
class Hand:
    """A way to write. Lengths are parts of the capital height (of ten x-heights for a cursive)."""

    width: float = 0.14  # across the nib
    thin: float = 0.035  # along the nib
    angle: float = 0.0  # of the nib, radians
    slant: float = 0.0
    serif: float = 0.0  # half length of a serif
    stretch: float = 1.0  # of letters, sideways
    space: float = 0.0  # between letters
    mono: float = 0.0  # the one advance of every letter, when not zero
    wobble: float = 0.0  # unsteadiness
    cursive: bool = False


ENGRAVED = Hand(serif=0.09, stretch=0.92, space=0.03)
ITALIC = Hand(width=0.12, thin=0.03, angle=0.3, slant=0.3, serif=0.05, stretch=0.86, space=0.03)
BOOK = Hand(width=0.15, thin=0.05, serif=0.07, stretch=0.88, space=0.02)
SANS = Hand(width=0.13, thin=0.12, stretch=0.92, space=0.05)
POSTER = Hand(width=0.26, thin=0.25, stretch=1.0, space=0.16)
TYPED = Hand(width=0.13, thin=0.11, serif=0.14, stretch=0.9, mono=0.84, wobble=0.012)
QUILL = Hand(width=0.24, thin=0.06, angle=0.75, slant=0.42, cursive=True, wobble=0.05, stretch=0.92)
DRAFT = Hand(width=0.1, thin=0.09, slant=0.15, stretch=0.95, space=0.08)
TEXTURA = Hand(width=0.3, thin=0.05, angle=0.7, stretch=0.8, space=0.04)

SPACE = {True: 8.0, False: 4.2}


def _outgoing_high(character):
    return character in "bovwr"


def _letters(text, hand):
    """Advance and strokes of every letter; joined letters of a cursive word become one stroke."""
    x, out, run = 0.0, [], []
    last = ""
    for character in text:
        joined = hand.cursive and character in CURSIVE
        if run and not joined:
            out.append((True, run))
            run = []
        if character == " ":
            x += SPACE[hand.cursive] if not hand.mono else hand.mono * 10
            last = ""
            continue
        advance, strokes = (CURSIVE if joined else ROMAN).get(character) or ROMAN["-"]
        k = 2.0 if hand.cursive and not joined else 1.0
        kx = k * (0.85 if hand.cursive else 1.0)
        shift = 0.0
        if hand.mono:
            kx = min(1.0, (hand.mono * 10 - 0.4) / advance / hand.stretch)
            shift = (hand.mono * 10 / hand.stretch - advance * kx) / 2
        placed = [(c, [(x + (px * kx + shift) * hand.stretch, py * k) for px, py in p]) for c, p in strokes]
        if joined:
            body = placed[0][1][1 if run and _outgoing_high(last) else 0 :]
            run.extend(body[1:] if run and not _outgoing_high(last) else body)
            placed = placed[1:]
        out.extend(placed)
        x += hand.mono * 10 if hand.mono else (advance * kx * hand.stretch + hand.space * 10)
        last = character
    if run:
        out.append((True, run))
    return x, out


def measure(text, size, hand):
    """The width of `text` in pixels; `size` is the capital height, or the x-height of a cursive."""
    return _letters(text, hand)[0] * size / 10


def extent(text, size, hand):
    """What `text` covers from the start of its baseline: left, top, right, bottom in pixels, top negative."""
    points = [p for _, stroke in _letters(text, hand)[1] for p in stroke]
    k, half = size / 10, hand.width * size / 2
    across, up = [u + v * hand.slant for u, v in points], [v for _, v in points]
    edge = half + hand.serif * size
    return min(across) * k - edge, -max(up) * k - half, max(across) * k + edge, -min(up) * k + half


def _serifs(points, hand, size):
    """Serifs at the ends of a straight stroke that stand near upright."""
    for end, other in ((points[0], points[1]), (points[-1], points[-2])):
        dx, dy = other[0] - end[0], other[1] - end[1]
        if abs(dy) > 1.2 * abs(dx) and abs(dy) > size * 0.3:
            half = hand.serif * size + hand.width * size / 2
            # The top of a small letter's stem has its serif on the left only.
            right = half if abs(end[1] / size - 0.85) > 0.14 and end[1] < size * 1.02 else hand.width * size / 2
            yield [(end[0] - half, end[1]), (end[0] + (half if hand.mono else right), end[1])]


def write(ink, x, y, text, size, hand=ENGRAVED, anchor="left", turn=0.0, along=None, tone=255, rng=None):
    """Writes one line with its baseline at (x, y) and returns its width.

    `turn` rotates it (radians, clockwise); `along` maps a distance from the start of the line to a
    point and a direction instead. `rng` makes an unsteady hand (`hand.wobble`) differ every time.
    """
    advance, strokes = _letters(text, hand)
    k = size / 10
    start = {"left": 0.0, "middle": -advance * k / 2, "right": -advance * k}[anchor]
    drift = rng.normal(0, hand.wobble, 8) if rng is not None and hand.wobble else None
    cos, sin = math.cos(turn), math.sin(turn)

    def place(p):
        u, v = start + p[0] * k + p[1] * k * hand.slant, -p[1] * k
        if drift is not None:
            v += size * sum(drift[i] * math.sin(u / (size * (2 + 3 * i)) + 9 * drift[i + 4]) for i in range(4))
        if along is None:
            return (x + u * cos - v * sin, y + u * sin + v * cos)
        (px, py), heading = along(u)
        return (px - v * math.sin(heading), py + v * math.cos(heading))

    for curved, points in strokes:
        if drift is not None:
            jitter = rng.normal(0, hand.wobble * 4, (len(points), 2))
            points = [(a + i, b + j) for (a, b), (i, j) in zip(points, jitter)]
        flat = curve(points, 5 if size * ink.scale < 40 else 9) if curved else points
        nib = hand.angle - turn
        ink.nib([place(p) for p in flat], hand.width * size, nib, hand.thin * size, tone)
        if hand.serif and not curved:
            for bar in _serifs([(p[0] * k, p[1] * k) for p in points], hand, size):
                ink.line([place((a / k, b / k)) for a, b in bar], hand.thin * size * 1.2, tone)
    return advance * k


def paragraph(ink, x, y, text, size, width, leading, hand=BOOK, justify=True, tone=255, rng=None, bottom=1e9):
    """Sets `text` in lines of `width` pixels from the baseline `y`; returns the next baseline."""
    words = text.split()
    while words and y < bottom:
        line, used = [], 0.0
        gap = measure(" ", size, hand)
        while words:
            w = measure(words[0], size, hand)
            if line and used + w + gap * len(line) * 0.8 > width:
                break
            line.append((words.pop(0), w))
            used += w
        spread = (width - used) / max(1, len(line) - 1)
        step = spread if justify and words else gap
        at = x
        for word, w in line:
            write(ink, at, y, word, size, hand, tone=tone, rng=rng)
            at += w + step
        y += leading
    return y


def bolder(hand, factor):
    """`hand` with every stroke `factor` times as wide."""
    return replace(hand, width=hand.width * factor, thin=hand.thin * factor)
