"""What stands before the camera: sky, sea, hills, ships, people, houses; as light from 0 to 1."""

import numpy as np

from .paper import blur, fractal, smoothstep
from .pen import curve


def sky(rng, size, horizon, cover=0.5, bright=0.86):
    """Clouds in perspective above `horizon` (a part of the height), as light."""
    w, h = size
    y = np.linspace(0, 1, h, dtype=np.float32)[:, None]
    up = np.clip((horizon - y) / horizon, 0.02, 1)
    field = fractal(rng, (w, h), w / 3, 7, 0.55, (1.5, 0.6))
    detail = fractal(rng, (w, h), w / 9, 6, 0.55, (1.8, 0.45))
    mix = field * up**0.4 + detail * (1 - up) * 0.9
    cloud = smoothstep(0.6 - 1.2 * cover, 1.6 - 1.2 * cover, mix)
    shade = smoothstep(-1, 2.2, mix - np.roll(mix, h // 40, 0) * 0.6)
    return bright - 0.3 * up + cloud * (0.12 + 0.26 * shade) * (0.4 + 0.6 * up**0.5)


def sea(rng, size, horizon, light, glare=0.5, sun=0.6):
    """Water below `horizon`: swell that shrinks with distance, reflecting `light` above it."""
    w, h = size
    rows = np.arange(int(horizon * h), h)
    depth = (rows - horizon * h + 1) / (h * (1 - horizon))
    xs = np.arange(w, dtype=np.float32)
    texture = fractal(rng, (2048, 1024), 26, 4, 0.6, (2.6, 1.0))
    far = fractal(rng, (2048, 1024), 70, 3, 0.6, (3.0, 1.0))
    out = np.empty((len(rows), w), np.float32)
    for i, (row, d) in enumerate(zip(rows, depth)):
        z = 1 / (d + 0.035)
        # Textures are read to and fro, so that they repeat without a seam.
        u = np.abs(((xs - 0.31 * w) * z * 0.5 + 700) % 4094 - 2047)
        v = abs(int(z * 330) % 2046 - 1023)
        wave = np.interp(u, np.arange(2048), texture[v]) + 0.6 * np.interp(u * 0.37, np.arange(2048), far[v])
        mirror = light[max(0, int(horizon * h - (row - horizon * h) * 0.8))]
        path = np.exp(-(((xs / w - sun) / (0.05 + 0.16 * d)) ** 2)) * glare
        out[i] = mirror * (0.62 - 0.2 * d) + wave * (0.03 + 0.05 * d) + path * np.clip(wave * 0.7 + 0.35, 0, 1.2)
    soft = blur(out, 1.2)
    return rows[0], soft


def paint(light, ink, value, texture=None):
    """Replaces `light` by `value` where `ink` covers."""
    a = np.asarray(ink.mask(), np.float32) / 255
    v = value if texture is None else value + texture
    return light * (1 - a) + a * v


def ridges(rng, light, size, horizon, layers):
    """Ranges of hills behind each other; `layers` are (height, value, roughness)."""
    w, h = size
    y = np.arange(h)[:, None]
    for height, value, rough in layers:
        line = fractal(rng, (w, 4), w / 3, 8, 0.5)[1] * height * h * 0.3
        line += fractal(rng, (w, 4), w / 30, 5, 0.55)[1] * height * h * rough
        top = horizon * h - height * h * 0.6 - line
        cover = smoothstep(0, 2.5, y - top) * (y < horizon * h + 2)
        slope = fractal(rng, size, w / 24, 5, 0.6, (0.7, 1.4)) * 0.035 * (1 - value)
        light = light * (1 - cover) + cover * (
            value + slope + 0.06 * smoothstep(top, np.full_like(top, horizon * h), y * np.ones_like(top))
        )
    return light


def rig(ink, x, water, scale, masts, mirror=0.5):
    """A moored sailing ship with its reflection."""
    length = 190 * scale
    for sign, k in ((-1, 1.0), (1, mirror)):

        def p(a, b, sign=sign, k=k):
            return (x + a * scale, water + sign * b * scale * k)

        hull = [
            p(-length / scale * 0.5, 26),
            p(length / scale * 0.46, 22),
            p(length / scale * 0.6, 38),
            p(length / scale * 0.42, 0),
            p(-length / scale * 0.42, 0),
        ]
        ink.polygon(hull, 255 if sign < 0 else 150)
        tone = 255 if sign < 0 else 110
        for i in range(masts):
            a = (i - (masts - 1) / 2) * 62
            ink.line([p(a, 20), p(a - 2, 210)], max(1.2, 3.2 * scale), tone)
            if sign > 0:
                continue
            for b, half in ((90, 40), (135, 32), (175, 23)):
                ink.line([p(a - half, b - 2), p(a + half, b + 3)], max(1, 2 * scale), tone)
                ink.line(
                    curve(
                        [
                            p(a - half, b),
                            p(a - half * 0.4, b - 7),
                            p(a, b - 3),
                            p(a + half * 0.5, b - 8),
                            p(a + half, b),
                        ]
                    ).tolist(),
                    max(1, 3.4 * scale),
                    220,
                )
            for t in (-46, -30, 30, 46):
                ink.line([p(a, 200), p(a + t, 24)], max(0.6, 0.8 * scale), 170)
        if sign < 0:
            ink.line([p(length / scale * 0.55, 36), p(length / scale * 0.95, 66)], max(1, 2.6 * scale))
            ink.line([p(length / scale * 0.95, 66), p((masts - 1) * 31, 205)], max(0.6, 0.9 * scale), 190)


def figure(ink, x, foot, height, rng, skirt=None):
    """A standing person, seen from afar."""
    k = height / 100
    skirt = rng.random() < 0.4 if skirt is None else skirt
    ink.disc(x, foot - 92 * k, 7 * k)
    ink.polygon(
        [
            (x - 11 * k, foot - 98 * k),
            (x + 11 * k, foot - 98 * k),
            (x + 6 * k, foot - 102 * k),
            (x - 6 * k, foot - 102 * k),
        ]
    )
    ink.polygon(
        curve(
            [
                (x - 13 * k, foot - 80 * k),
                (x - 4 * k, foot - 86 * k),
                (x + 4 * k, foot - 86 * k),
                (x + 13 * k, foot - 80 * k),
                (x + 12 * k, foot - 44 * k),
                (x - 12 * k, foot - 44 * k),
                (x - 13 * k, foot - 80 * k),
            ]
        ).tolist()
    )
    if skirt:
        ink.polygon([(x - 9 * k, foot - 50 * k), (x + 9 * k, foot - 50 * k), (x + 22 * k, foot), (x - 22 * k, foot)])
    else:
        for s in (-1, 1):
            ink.polygon(
                [(x, foot - 48 * k), (x + s * 12 * k, foot - 48 * k), (x + s * 11 * k, foot), (x + s * 3 * k, foot)]
            )


def facade(u, v, lot, seed, height):
    """Light and depth of a house front at `u` along and `v` up it (metres)."""
    width = 9.0
    bay = (u / (width / 3)) % 1.0
    floor = (v / 4.2) % 1.0
    level = np.floor(v / 4.2)
    base = 0.58 + 0.2 * np.sin(lot * 12.9898 + seed)
    tone = base + 0.012 * np.sin(u * 7) * np.sin(v * 9)
    opening = (np.abs(bay - 0.5) < 0.19) & (floor > 0.12) & (floor < 0.72)
    arch = (np.abs(bay - 0.5) < 0.19) & (floor >= 0.72) & ((bay - 0.5) ** 2 / 0.036 + (floor - 0.72) ** 2 / 0.012 < 1)
    frame = (np.abs(bay - 0.5) < 0.25) & (floor > 0.1) & (floor < 0.88)
    tone = np.where(frame, base + 0.14, tone)
    slats = 0.2 + 0.1 * (np.sin(floor * 160) > 0)
    dark = np.where((lot * 7 + level * 3 + np.floor(u / 3)) % 3 < 1, 0.07, slats)
    tone = np.where(opening | arch, dark, tone)
    tone = np.where((np.abs(bay - 0.5) < 0.012) & opening, base * 0.6, tone)
    balcony = (level >= 1) & (floor > 0.1) & (floor < 0.32) & (np.abs(bay - 0.5) < 0.34)
    bars = (np.sin(bay * 190) > 0.2) | (floor > 0.295) | (floor < 0.125)
    tone = np.where(balcony & bars, 0.13, tone)
    tone = np.where((level >= 1) & (floor > 0.06) & (floor < 0.1) & (np.abs(bay - 0.5) < 0.38), base + 0.22, tone)
    tone = np.where(floor > 0.96, base + 0.18, tone)
    tone = np.where((floor > 0.93) & (floor <= 0.96), base - 0.2, tone)
    return np.where(v > height - 0.6, np.where(v > height - 0.25, base + 0.22, base - 0.22), tone)
