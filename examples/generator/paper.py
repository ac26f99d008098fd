"""Paper and other grounds: texture, age, folds, stains, and inks laid onto them."""

import hashlib

import numpy as np
from PIL import Image, ImageFilter

BAND = 512


def generator(name):
    """A random generator that depends on `name` alone."""
    return np.random.default_rng(int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big"))


def upscale(field, size, box=None):
    """`field` (rows of floats) enlarged smoothly to `size` = (width, height)."""
    image = Image.fromarray(np.ascontiguousarray(field, dtype=np.float32))
    return np.asarray(image.resize(size, Image.BICUBIC, box=box))


def fractal(rng, size, cell, octaves=5, gain=0.5, stretch=(1.0, 1.0)):
    """Fractal noise of mean 0 and deviation near 1; `cell` is the size of its largest features."""
    w, h = size
    total, amplitude, power = np.zeros((h, w), np.float32), 1.0, 0.0
    for octave in range(octaves):
        cx, cy = (max(1.0, cell * s / 2**octave) for s in stretch)
        gw, gh = int(w / cx) + 4, int(h / cy) + 4
        grid = rng.standard_normal((gh, gw)).astype(np.float32)
        left, top = rng.random(2)
        total += amplitude * upscale(grid, size, (1 + left, 1 + top, 1 + left + w / cx, 1 + top + h / cy))
        power += amplitude**2
        amplitude *= gain
    return total / np.sqrt(power) * 1.25


def blur(field, radius):
    """`field` with a Gaussian blur."""
    h, w = field.shape
    k = max(1, int(radius / 3))
    small = np.asarray(Image.fromarray(field.astype(np.float32)).resize((max(1, w // k), max(1, h // k)), Image.BOX))
    reach = int(3 * radius / k) + 1
    weights = np.exp(-(np.arange(-reach, reach + 1) ** 2) / (2 * (radius / k) ** 2)).astype(np.float32)
    weights /= weights.sum()
    for axis in (0, 1):
        pad = [(reach, reach) if i == axis else (0, 0) for i in (0, 1)]
        wide = np.pad(small, pad, mode="edge")
        n = small.shape[axis]
        small = sum(weight * np.take(wide, range(i, i + n), axis) for i, weight in enumerate(weights))
    return upscale(small, (w, h)) if k > 1 else small


def smoothstep(low, high, x):
    """0 below `low`, 1 above `high`, smooth between them."""
    t = np.clip((x - low) / (high - low), 0, 1)
    return t * t * (3 - 2 * t)


def distance_to_edge(size):
    """The distance of every pixel to the nearest side."""
    w, h = size
    x = np.minimum(np.arange(w), np.arange(w)[::-1])[None, :]
    y = np.minimum(np.arange(h), np.arange(h)[::-1])[:, None]
    return np.minimum(x, y).astype(np.float32)


class Sheet:
    """A sheet of paper of `size` pixels: a brightness kept at a part of that size, and a colour."""

    def __init__(self, rng, size, colour=(236, 222, 192), age=1.0, part=2):
        self.rng, self.size, self.part = rng, size, part
        self.small = (size[0] // part, size[1] // part)
        self.colour = np.array(colour, np.float32)
        w = self.small[0]
        tone = fractal(rng, self.small, w / 2.5, 5, 0.55) * 0.022 * age
        tone += fractal(rng, self.small, 7, 2, 0.6, (1.6, 1.0)) * 0.0045 * min(1.0, age)
        edge = distance_to_edge(self.small) / w
        ragged = edge + fractal(rng, self.small, w / 9, 4) * 0.01
        tone -= 0.17 * age * np.exp(-np.maximum(ragged, 0) / 0.035)
        self.tone = 1 + tone

    def _grid(self):
        w, h = self.small
        return np.meshgrid(np.arange(w, dtype=np.float32), np.arange(h, dtype=np.float32))

    def fold(self, at, vertical=True, depth=0.1):
        """A crease at the part `at` of the width (or height)."""
        x, y = self._grid()
        length, across, run = (self.small[0], x, y) if vertical else (self.small[1], y, x)
        rough = fractal(self.rng, self.small, 40, 4)
        d = across - at * length + 3 * np.sin(run / length * 7 + at * 9) + rough * 0.7
        u = self.size[0] / 3000 * 5 / self.part * 2
        self.tone -= depth * np.exp(-((d / u) ** 2)) * (0.6 + 0.4 * rough)
        self.tone += depth * 0.35 * np.exp(-(((d - 2.4 * u) / u) ** 2))
        self.tone -= depth * 0.28 * np.exp(-np.abs(d) / (u * 12))

    def stain(self, cx, cy, radius, depth=0.12):
        """A tide mark around (cx, cy), given as parts of the sheet; `radius` as a part of its width."""
        x, y = self._grid()
        w, h = self.small
        d = np.hypot(x - cx * w, y - cy * h) / (radius * w) + fractal(self.rng, self.small, w * radius, 4) * 0.13
        self.tone -= depth * 0.35 * smoothstep(1.0, 0.93, d)
        self.tone -= (
            depth * np.exp(-(((d - 0.985) / 0.03) ** 2)) * (0.5 + 0.3 * fractal(self.rng, self.small, w / 6, 3))
        )

    def foxing(self, count, depth=0.1):
        """Small brown spots."""
        w, h = self.small
        for _ in range(count):
            r = self.rng.gamma(2.0, w / 900)
            cx, cy = self.rng.integers(0, w), self.rng.integers(0, h)
            n = int(r * 4) + 2
            x0, x1, y0, y1 = max(cx - n, 0), min(cx + n, w), max(cy - n, 0), min(cy + n, h)
            y, x = np.mgrid[y0:y1, x0:x1]
            spot = np.exp(-((x - cx) ** 2 + (y - cy) ** 2) / (2 * r * r))
            self.tone[y0:y1, x0:x1] -= depth * self.rng.random() * spot

    def shade(self, field):
        """Adds `field` (any size) to the brightness."""
        self.tone += upscale(field, self.small)

    def rows(self, top, bottom):
        """The bare paper of the pixel rows `top` to `bottom`, as floats 0 to 255."""
        h = self.size[1]
        k = self.small[1] / h
        tone = upscale(self.tone, (self.size[0], bottom - top), (0, top * k, self.small[0], bottom * k))
        # Darker paper is also browner: blue falls fastest.
        powers = np.array([0.75, 1.0, 1.5], np.float32)
        return self.colour * np.power(np.maximum(tone, 0.03)[..., None], powers)


def lay(sheet, layers):
    """The image of `sheet` with `layers` = (coverage image or array 0 to 255, colour, strength)."""
    w, h = sheet.size
    out = np.empty((h, w, 3), np.uint8)
    masks = [(np.asarray(m), np.array(c, np.float32) / 255, s) for m, c, s in layers]
    for top in range(0, h, BAND):
        bottom = min(top + BAND, h)
        rows = sheet.rows(top, bottom)
        for mask, colour, strength in masks:
            a = mask[top:bottom].astype(np.float32)[..., None] * (strength / 255)
            rows *= 1 - a * (1 - colour)
        out[top:bottom] = np.clip(rows, 0, 255)
    return Image.fromarray(out)


def soften(image, radius=0.6):
    """The slight softness of a lens."""
    return image.filter(ImageFilter.GaussianBlur(radius))


def worn(rng, mask, amount=0.25, cell=5):
    """`mask` with ink that took unevenly."""
    coverage = np.asarray(mask, np.float32)
    h, w = coverage.shape
    uneven = upscale(fractal(rng, (w // 2, h // 2), cell, 3), (w, h))
    return np.clip(coverage * (1 - amount + amount * np.clip(0.8 + 0.4 * uneven, 0, 1)), 0, 255).astype(np.uint8)
