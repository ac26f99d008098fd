"""From light to a print: tone, softness, grain, vignette, scratches, a mount with a caption."""

import math

import numpy as np
from PIL import Image

from .manuscripts import mount
from .paper import Sheet, blur, fractal, lay, upscale
from .pen import QUILL, Ink, write


def develop(rng, light, gamma=0.85, halo=0.18, vignette=0.35, grain=0.008, softness=1.1):
    """A negative's density as light 0 to 1: glow, falling light at the corners, soft grain."""
    h, w = light.shape
    light = blur(light, softness)
    light = light * (1 - halo) + blur(light, w / 90) * halo
    y, x = np.mgrid[-1 : 1 : h * 1j, -1 : 1 : w * 1j]
    light = light * (1 - vignette * np.clip((x * x + y * y) / 2, 0, 1) ** 1.4)
    low, high = np.percentile(light[::8, ::8], (0.5, 99.5))
    light = np.clip((light - low) / (high - low), 0, 1.1) ** gamma
    uneven = upscale(fractal(rng, (w // 4, h // 4), w / 8, 4), (w, h)) * 0.018
    soft_grain = upscale(fractal(rng, (w // 2, h // 2), 3, 2), (w, h)) * grain
    return np.clip(0.05 + 0.87 * light + uneven + soft_grain * (0.4 + light), 0, 1)


def damage(rng, light, scratches=5, dust=45):
    """Scratches, hairs and dust on the plate."""
    h, w = light.shape
    marks, dark = Ink((w, h), 1), Ink((w, h), 1)
    for _ in range(scratches):
        x, y, a, n = rng.uniform(0, w), rng.uniform(0, h), rng.normal(1.5, 0.5), rng.uniform(0.05, 0.35) * h
        points = [
            (x + t * n * math.cos(a) + 3 * math.sin(6 * t), y + t * n * math.sin(a)) for t in np.linspace(0, 1, 12)
        ]
        marks.line(points, 1, rng.uniform(60, 150))
    for _ in range(dust):
        (marks if rng.random() < 0.6 else dark).disc(
            rng.uniform(0, w), rng.uniform(0, h), rng.gamma(1.4, 0.9), rng.uniform(90, 220)
        )
    light = light + np.asarray(marks.mask(), np.float32) / 255 * 0.4
    return np.clip(light - np.asarray(dark.mask(), np.float32) / 255 * 0.4, 0, 1)


def sepia(light, dark=(44, 30, 22), pale=(238, 224, 196)):
    """A toned print of `light`."""
    d, p = np.array(dark, np.float32), np.array(pale, np.float32)
    return Image.fromarray((d + (p - d) * light[..., None]).astype(np.uint8))


def gray(light):
    """An untoned print of `light`."""
    return Image.fromarray((12 + 236 * light).astype(np.uint8))


def bordered(rng, light, border=0.035):
    """`light` within the white margin of its paper."""
    h, w = light.shape
    m = round(w * border)
    out = np.full((h + 2 * m, w + 2 * m), 0.97, np.float32)
    out += upscale(fractal(rng, (64, 64), 20, 3), (w + 2 * m, h + 2 * m)) * 0.008
    out[m:-m, m:-m] = light
    return np.clip(out, 0, 1)


def carded(rng, image, caption, colour=(196, 184, 156)):
    """`image` pasted on a card with a handwritten caption."""
    w, h = image.size
    m, foot = round(w * 0.055), round(w * 0.12)
    size = (w + 2 * m, h + m + foot)
    sheet = Sheet(rng, size, colour, 1.0)
    sheet.foxing(40)
    ink = Ink(size)
    ink.box(m - 12, m - 12, m + w + 12, m + h + 12, 1.6)
    write(ink, size[0] / 2, m + h + foot * 0.62, caption, w * 0.0125, QUILL, "middle", rng=rng)
    card = lay(sheet, [(ink.mask(), (66, 50, 40), 0.85)])
    card.paste(image, (m, m))
    return mount(rng, card, 30)
