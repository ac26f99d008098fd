"""Photographs of an invented coast, composed from `scenery` and `shore` and then developed (`darkroom`)."""

from dataclasses import dataclass

import numpy as np

from .darkroom import bordered, carded, damage, develop, gray, sepia
from .paper import fractal, generator, smoothstep
from .pen import Ink
from .scenery import figure, paint, ridges, rig, sea, sky
from .shore import boat, hut, net, palm, pier, sailboat, smoke, steamer, tower

SIZE = (1280, 900)


@dataclass
class Shot:
    """A picture while it is composed: its light from 0 to 1, and what is drawn next."""

    name: str
    horizon: float
    size: tuple = SIZE

    def __post_init__(self):
        self.rng = generator(self.name)
        self.light = None

    def x(self, part):
        return part * self.size[0]

    def y(self, part):
        return part * self.size[1]

    def heaven(self, cover, bright=0.9):
        self.light = sky(self.rng, self.size, self.horizon, cover, bright)

    def glow(self, x, y, strength, width=0.12):
        """Light around the sun or the moon."""
        v, u = np.mgrid[0 : self.size[1], 0 : self.size[0]].astype(np.float32)
        d = ((u - self.x(x)) / self.x(width)) ** 2 + ((v - self.y(y)) / self.x(width)) ** 2
        self.light += strength * np.exp(-d)

    def hills(self, *layers):
        self.light = ridges(self.rng, self.light, self.size, self.horizon, layers)

    def water(self, glare=0.4, sun=0.6, shade=1.0):
        top, field = sea(self.rng, self.size, self.horizon, self.light, glare, sun)
        self.light[top:] = field * shade

    def shore(self, left, right, value=0.72, curve=0.5, rough=0.012):
        """Sand below a water line that runs from `left` to `right` (parts of the height), with foam."""
        w, h = self.size
        t = np.linspace(0, 1, w, dtype=np.float32)
        line = (left + (right - left) * t**curve) * h + fractal(self.rng, (w, 4), w / 4, 6)[1] * rough * h
        y = np.arange(h, dtype=np.float32)[:, None]
        depth = y - line[None, :]
        sand = value + fractal(self.rng, self.size, 260, 6, 0.5, (2.4, 0.7)) * 0.04
        sand += fractal(self.rng, self.size, 8, 2, 0.6) * 0.018
        wet = np.exp(-np.clip(depth, 0, None) / (0.05 * h)) * 0.3
        cover = smoothstep(0, 4, depth)
        self.light = self.light * (1 - cover) + cover * (sand - wet)
        self.light += (
            0.3 * np.exp(-((depth / (0.007 * h)) ** 2)) * smoothstep(-0.8, 0.8, fractal(self.rng, self.size, 70, 4))
        )

    def draw(self, value, texture=0.0):
        """An `Ink` to draw with; leaving the block paints it into the picture."""
        return _Drawing(self, value, texture)

    def people(self, *places):
        with self.draw(0.1) as ink:
            for x, y, height in places:
                figure(ink, self.x(x), self.y(y), self.y(height), self.rng)


class _Drawing:
    def __init__(self, shot, value, texture):
        self.shot, self.value, self.texture = shot, value, texture

    def __enter__(self):
        self.ink = Ink(self.shot.size)
        return self.ink

    def __exit__(self, *failure):
        shot = self.shot
        texture = fractal(shot.rng, shot.size, 60, 4) * self.texture if self.texture else None
        shot.light = paint(shot.light, self.ink, self.value, texture)


def _beach_boats(s):
    s.heaven(0.5)
    s.hills((0.12, 0.66, 0.02), (0.06, 0.5, 0.03))
    s.water(0.3, 0.7)
    s.shore(0.62, 0.86, 0.74)
    with s.draw(0.2, 0.02) as ink:
        boat(ink, s.x(0.2), s.y(0.8), 2.0, lean=0.14)
        boat(ink, s.x(0.5), s.y(0.87), 2.5, mast=True, lean=-0.1)
    with s.draw(0.26, 0.02) as ink:
        boat(ink, s.x(0.09), s.y(0.69), 1.1, lean=0.1)
        boat(ink, s.x(0.86), s.y(0.56), 0.7, mast=True)
    s.people((0.33, 0.86, 0.16), (0.65, 0.93, 0.2))


def _pier(s):
    s.heaven(0.35)
    s.hills((0.05, 0.6, 0.03))
    s.water(0.5, 0.5)
    with s.draw(0.3, 0.03) as ink:
        pier(ink, (s.x(0.2), s.y(1.0)), (s.x(0.5), s.y(0.5)), (s.x(0.42), s.x(0.035)), 34, 120)
    with s.draw(0.42) as ink:
        for t in np.linspace(0, 0.985, 46):
            t = t / (t + (1 - t) * 0.083)
            y, a = s.y(1.0 - 0.5 * t), s.x(0.2 + 0.3 * t)
            ink.line([(a, y), (a + s.x(0.42 - 0.385 * t), y)], max(0.7, 4 * (1 - t)))
    with s.draw(0.2) as ink:
        rig(ink, s.x(0.72), s.y(0.53), 0.8, 2)
        boat(ink, s.x(0.16), s.y(0.66), 0.9)
    s.people((0.47, 0.72, 0.13), (0.53, 0.62, 0.075), (0.505, 0.56, 0.04))


def _lighthouse(s):
    s.heaven(0.62, 0.8)
    s.water(0.25, 0.25)
    w, h = s.size
    t = np.arange(w) / w
    edge = h * (0.82 - 0.34 * smoothstep(0.3, 0.62, t)) + fractal(s.rng, (w, 4), w / 3, 8, 0.52)[1] * 16
    y = np.arange(h, dtype=np.float32)[:, None]
    cover = smoothstep(0, 3, y - edge[None, :])
    rock = fractal(s.rng, s.size, 120, 7, 0.62, (1.4, 0.8))
    gy, gx = np.gradient(rock)
    s.light = s.light * (1 - cover) + cover * np.clip(0.3 - gx * 1.2 - gy * 0.9, 0.05, 0.6)
    foam = np.exp(-(((y - edge[None, :] - 8) / 9) ** 2)) * smoothstep(-0.2, 1.0, fractal(s.rng, s.size, 40, 5))
    s.light += foam * 0.5 * smoothstep(0.5, 0.35, t)[None, :]
    band = Ink(s.size)
    with s.draw(0.24, 0.02) as ink:
        tower(ink, band, s.x(0.68), s.y(0.52), 1.5)
    s.light = paint(s.light, band, 0.88)
    s.people((0.6, 0.56, 0.06))


def _regatta(s):
    s.heaven(0.55)
    s.hills((0.1, 0.68, 0.02), (0.04, 0.52, 0.04))
    s.water(0.6, 0.45)
    sail = Ink(s.size)
    with s.draw(0.16) as ink:
        for x, y, k in ((0.16, 0.6, 0.7), (0.34, 0.68, 1.5), (0.63, 0.8, 2.5), (0.83, 0.62, 0.9), (0.5, 0.57, 0.5)):
            sailboat(ink, sail, s.x(x), s.y(y), k)
    s.light = paint(s.light, sail, 0.93)


def _steamer(s):
    s.heaven(0.3)
    s.hills((0.08, 0.62, 0.02))
    s.water(0.35, 0.3)
    s.light = smoke(s.light, fractal(s.rng, s.size, 90, 5), s.x(0.455), s.y(0.36), 1.1)
    with s.draw(0.14) as ink:
        steamer(ink, s.x(0.47), s.y(0.59), 1.55)
    with s.draw(0.2) as ink:
        boat(ink, s.x(0.8), s.y(0.74), 1.3)
        boat(ink, s.x(0.18), s.y(0.68), 0.9)


def _palms(s):
    s.heaven(0.45)
    s.hills((0.05, 0.6, 0.03))
    s.water(0.5, 0.7)
    s.shore(0.94, 0.66, 0.7, 0.8)
    with s.draw(0.13, 0.02) as ink:
        for x, y, k in ((0.62, 0.84, 1.5), (0.74, 0.9, 2.3), (0.9, 0.97, 2.9), (0.54, 0.8, 1.0)):
            palm(ink, s.x(x), s.y(y), k, s.rng)
    with s.draw(0.22) as ink:
        boat(ink, s.x(0.28), s.y(0.63), 0.8, mast=True)
    s.people((0.82, 0.95, 0.2))


def _huts(s):
    s.heaven(0.4)
    s.water(0.4, 0.3)
    s.shore(0.66, 0.7, 0.78, 1.0)
    dark = Ink(s.size)
    with s.draw(0.66, 0.02) as ink:
        for i in range(6):
            hut(ink, dark, s.x(0.12 + 0.152 * i), s.y(0.86), 1.75, i % 2 == 0)
    s.light = paint(s.light, dark, 0.2)
    s.people((0.2, 0.94, 0.17), (0.52, 0.96, 0.19), (0.56, 0.96, 0.13), (0.82, 0.93, 0.17))


def _nets(s):
    s.heaven(0.5)
    s.hills((0.09, 0.64, 0.02))
    s.water(0.3, 0.8)
    s.shore(0.68, 0.64, 0.7)
    with s.draw(0.16) as ink:
        net(ink, s.x(0.08), s.y(0.9), s.x(0.56), s.y(0.36), 1.2, s.rng)
    with s.draw(0.2, 0.02) as ink:
        boat(ink, s.x(0.82), s.y(0.82), 1.9, lean=0.12)
    s.people((0.69, 0.93, 0.24), (0.3, 0.95, 0.24))


def _storm(s):
    s.heaven(0.9, 0.62)
    s.water(0.15, 0.4, 0.9)
    w, h = s.size
    y = np.arange(h, dtype=np.float32)[:, None]
    for crest, size in ((0.62, 0.02), (0.7, 0.035), (0.82, 0.06)):
        line = (crest + size * fractal(s.rng, (w, 4), w / 4, 6, 0.55)[1]) * h
        d = y - line[None, :]
        foam = np.exp(-np.clip(d, 0, None) / (size * h * 0.7)) * (d > 0)
        s.light = s.light * (1 - 0.75 * (d > 0) * np.exp(-np.clip(d, 0, None) / (size * h * 4)))
        s.light += foam * (0.42 + 0.2 * fractal(s.rng, s.size, 50, 6, 0.6))
    with s.draw(0.1) as ink:
        rig(ink, s.x(0.36), s.y(0.6), 0.9, 2, 0.1)


def _night(s):
    s.heaven(0.5, 0.5)
    s.light *= 0.55
    s.glow(0.62, 0.2, 0.9, 0.03)
    s.glow(0.62, 0.2, 0.25, 0.16)
    s.hills((0.1, 0.2, 0.02), (0.05, 0.12, 0.04))
    s.water(0.9, 0.62, 0.8)
    with s.draw(0.05) as ink:
        rig(ink, s.x(0.3), s.y(0.66), 1.1, 3)
        boat(ink, s.x(0.66), s.y(0.78), 1.6)


def _crew(s):
    s.heaven(0.3)
    s.water(0.3, 0.4)
    s.shore(0.6, 0.6, 0.72, 1.0)
    with s.draw(0.24, 0.03) as ink:
        boat(ink, s.x(0.48), s.y(0.79), 4.4)
    s.people(*((0.26 + 0.09 * i, 0.86 + 0.012 * (i % 2), 0.25 + 0.014 * (i % 3)) for i in range(6)))
    s.people((0.79, 0.88, 0.15), (0.18, 0.9, 0.16))


def _salt(s):
    s.heaven(0.4)
    s.hills((0.07, 0.62, 0.03))
    w, h = s.size
    y, x = np.mgrid[0:h, 0:w].astype(np.float32)
    z = 1 / np.maximum((y - s.horizon * h) / h, 0.004)
    u, v = (x / w - 0.46) * z, z
    dike = (np.abs(u % 2.2 - 1.1) < 0.1) | (np.abs(v % 1.7 - 0.85) < 0.09)
    mirror = s.light[np.clip((2 * s.horizon * h - y).astype(int), 0, h - 1), x.astype(int)]
    pools = mirror * 0.86 + 0.02 * fractal(s.rng, s.size, 40, 4)
    ground = np.where(dike, 0.42 + 0.05 * fractal(s.rng, s.size, 12, 3), pools)
    s.light = np.where(y > s.horizon * h, ground, s.light)
    with s.draw(0.92, 0.02) as ink:
        for a, b, k in ((0.16, 0.72, 50), (0.3, 0.66, 34), (0.7, 0.8, 78), (0.86, 0.66, 34), (0.55, 0.62, 24)):
            ink.polygon([(s.x(a) - 1.3 * k, s.y(b)), (s.x(a), s.y(b) - k), (s.x(a) + 1.3 * k, s.y(b))])
    s.people((0.38, 0.82, 0.17), (0.76, 0.7, 0.1), (0.6, 0.63, 0.06))


COMPOSITIONS = {
    "playa": (_beach_boats, 0.52),
    "muelle": (_pier, 0.48),
    "faro": (_lighthouse, 0.6),
    "regata": (_regatta, 0.54),
    "vapor": (_steamer, 0.54),
    "palmas": (_palms, 0.54),
    "casetas": (_huts, 0.56),
    "redes": (_nets, 0.56),
    "temporal": (_storm, 0.58),
    "noche": (_night, 0.58),
    "tripulacion": (_crew, 0.5),
    "salinas": (_salt, 0.5),
}
"""What draws a picture, and where its horizon lies (a part of the height)."""


def photograph(name, kind, finish="gray", caption=""):
    """A picture of `kind`; `name` decides its weather and its scratches, `finish` how it was printed."""
    compose, horizon = COMPOSITIONS[kind]
    shot = Shot(name, horizon)
    compose(shot)
    light = damage(shot.rng, develop(shot.rng, np.clip(shot.light, 0, 1.3), 0.85, 0.16, 0.4), 3, 30)
    if finish == "card":
        return carded(shot.rng, sepia(light), caption)
    return sepia(light) if finish == "sepia" else gray(bordered(shot.rng, light))
