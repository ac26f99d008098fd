"""Photographs: light computed for invented places, then developed (`darkroom`)."""

import numpy as np

from .darkroom import bordered, carded, damage, develop, gray, sepia
from .paper import fractal, generator, smoothstep, upscale
from .pen import SANS, Ink, curve, write
from .scenery import facade, figure, paint, ridges, rig, sea, sky


def harbour():
    """Ships at anchor at dawn."""
    rng = generator("puerto-al-amanecer")
    size = (2400, 1650)
    w, h = size
    horizon = 0.56
    light = sky(rng, size, horizon, 0.55)
    light += (
        0.35
        * np.exp(-(((np.arange(w) / w - 0.62) / 0.22) ** 2))[None, :]
        * np.exp(-(((np.arange(h) / h - horizon) / 0.12) ** 2))[:, None]
    )
    light = ridges(rng, light, size, horizon, [(0.15, 0.66, 0.02), (0.09, 0.5, 0.03), (0.035, 0.36, 0.05)])
    town = Ink(size)
    for _ in range(150):
        x, b, k = rng.uniform(0.02, 0.46) * w, rng.uniform(8, 26), rng.uniform(14, 40)
        base = horizon * h - rng.uniform(0, 22)
        town.polygon([(x, base), (x, base - b), (x + k, base - b), (x + k, base)], rng.uniform(90, 255))
    for x, b in ((0.19, 118), (0.205, 118), (0.33, 84)):
        town.polygon(
            [
                (x * w - 9, horizon * h),
                (x * w - 9, horizon * h - b),
                (x * w, horizon * h - b - 26),
                (x * w + 9, horizon * h - b),
                (x * w + 9, horizon * h),
            ],
            230,
        )
    light = paint(light, town, 0.5, fractal(rng, size, 12, 2) * 0.1)
    top, water = sea(rng, size, horizon, light, 0.55, 0.62)
    light[top:] = water
    ships = Ink(size)
    for x, y, k, masts in (
        (0.3, 0.575, 0.5, 2),
        (0.52, 0.578, 0.62, 3),
        (0.9, 0.58, 0.55, 2),
        (0.73, 0.64, 1.45, 3),
        (0.14, 0.66, 1.1, 2),
    ):
        rig(ships, x * w, y * h, k, masts)
    light = paint(light, ships, 0.12)
    quay = Ink(size)
    quay.polygon([(0, h), (0, 0.83 * h), (0.34 * w, 0.86 * h), (0.52 * w, h)])
    stones = fractal(rng, size, 30, 4) * 0.05
    light = paint(light, quay, 0.24, stones)
    details = Ink(size)
    for x, y in ((0.07, 0.84), (0.2, 0.85), (0.32, 0.865)):
        details.polygon(
            [(x * w - 16, y * h + 6), (x * w - 13, y * h - 46), (x * w + 13, y * h - 46), (x * w + 16, y * h + 6)]
        )
        details.disc(x * w, y * h - 46, 20)
        details.line(
            curve([(x * w, y * h - 30), (x * w + 130, y * h + 12), (x * w + 270, y * h - 20)]).tolist(), 5, 220
        )
    for x, k in ((0.12, 1.0), (0.145, 1.06), (0.26, 0.95)):
        figure(details, x * w, 0.9 * h, 120 * k, rng)
    light = paint(light, details, 0.09)
    return gray(bordered(rng, damage(rng, develop(rng, light))))


def _between(field, ix, iy, fx, fy):
    """`field` at (ix + fx, iy + fy), between its four neighbours."""
    near = field[iy, ix] * (1 - fx) + field[iy, ix + 1] * fx
    far = field[iy + 1, ix] * (1 - fx) + field[iy + 1, ix + 1] * fx
    return near * (1 - fy) + far * fy


def sierra():
    """A mountain valley: rays cast over a computed terrain."""
    rng = generator("sierra-del-alba")
    size = (2500, 1700)
    w, h = size
    n = 1400
    yy, xx = np.mgrid[0 : 1 : n * 1j, 0 : 1 : n * 1j].astype(np.float32)
    ridge = 1 - np.abs(fractal(rng, (n, n), n / 3.2, 9, 0.5))
    terrain = ridge * 0.5 + fractal(rng, (n, n), n / 6, 8, 0.5) * 0.22
    valley = np.exp(-(((xx - 0.5 - 0.09 * np.sin(yy * 9)) / 0.13) ** 2))
    terrain = (terrain + 0.6) * (0.3 + 1.1 * smoothstep(0.05, 0.9, yy)) * (1 - 0.78 * valley * (1 - 0.6 * yy))
    terrain = np.maximum(terrain, 0.02)
    gy, gx = np.gradient(terrain * 150)
    shade = (0.6 - 0.75 * gx + 0.28 * gy) / np.sqrt(1 + gx**2 + gy**2)
    forest = fractal(rng, (n, n), 7, 3, 0.7)
    albedo = 0.52 + 0.1 * fractal(rng, (n, n), 60, 5)
    albedo -= 0.26 * smoothstep(0.0, 0.5, 0.75 - terrain + 0.25 * fractal(rng, (n, n), 90, 5)) * (0.75 + 0.4 * forest)
    light_map = np.clip(shade, 0.06, 1.2) * albedo * 1.5
    light = sky(rng, size, 0.62, 0.42, 0.9)
    eye, horizon = 0.78, 0.43 * h
    top = np.full(w, h, np.int32)
    xs = np.linspace(-0.46, 0.46, w, dtype=np.float32)
    z, rows = 0.05, np.arange(h)[:, None]
    while z < 1.0:
        px = np.clip((0.5 + xs * (z * 0.86 + 0.05)) * (n - 1), 0, n - 1.001)
        py = np.float32(min(z * (n - 1), n - 1.001))
        ix, iy = px.astype(int), int(py)
        fx, fy = px - ix, py - iy
        y = (horizon + (eye - _between(terrain, ix, iy, fx, fy)) / (z + 0.02) * h * 0.26).astype(np.int32)
        tone = _between(light_map, ix, iy, fx, fy)
        haze = 1 - np.exp(-1.25 * z)
        tone = tone * (1 - haze) + 0.8 * haze
        low, high = int(np.clip(y.min(), 0, h)), int(top.max())
        if low < high:
            band = rows[low:high]
            hit = (band >= y[None, :]) & (band < top[None, :])
            light[low:high][hit] = np.broadcast_to(tone, hit.shape)[hit]
        top = np.minimum(top, np.clip(y, 0, h))
        z += 0.0006 + z * 0.0013
    return carded(
        rng,
        sepia(damage(rng, develop(rng, light, 1.0, 0.12, 0.35))),
        "Sierra del Alba, vista desde el paso. Placa n. 14",
    )


def avenue():
    """A street with tram rails and balconies."""
    rng = generator("avenida-de-los-laureles")
    size = (2400, 1750)
    w, h = size
    y, x = np.mgrid[0:h, 0:w].astype(np.float32)
    dx, dy = (x - 0.46 * w) / (0.82 * w), (0.6 * h - y) / (0.82 * w)
    light = sky(rng, size, 0.62, 0.25, 0.95)
    eye = 3.0
    nearest = np.full((h, w), 1e6, np.float32)
    ground = dy < -1e-4
    z = np.where(ground, eye / np.maximum(-dy, 1e-4), 1e6)
    gx = dx * z
    sett = 0.5 + 0.05 * np.sin(gx * 26 + np.floor(z * 5) * 1.7) * np.sin(z * 31) * np.exp(-z / 14)
    sett += upscale(fractal(rng, (w // 2, h // 2), 90, 5, 0.5, (3, 0.6)), size) * 0.045
    for rail in (-1.5, -0.1, 1.5, 2.9):
        d = np.abs(gx - rail)
        sett = np.where(d < 0.05 + z * 0.0009, 0.85, np.where(d < 0.13 + z * 0.001, 0.3, sett))
    walk = np.abs(gx) > 5.2
    sett = np.where(walk, 0.66 + 0.05 * (np.sin(z * 3.1) > 0.96) - 0.08 * (np.abs(gx) < 5.45), sett)
    sett = np.where((gx > 2.2) & ~walk, sett * 0.66, np.where(gx > 5.2, sett * 0.62, sett))
    light = np.where(ground & (z < 240), sett, light)
    nearest = np.where(ground, z, nearest)
    for side in (-1, 1):
        distance = np.where(side * dx > 1e-4, 7.4 / np.maximum(side * dx, 1e-4), 1e6)
        v = eye + dy * distance
        lot = np.floor(distance / 9.0)
        tall = 9.4 + 4.2 * ((lot * 5 + (3 if side > 0 else 0)) % 3 > 0.5) + 0.9 * np.sin(lot * 2.3 + side)
        hit = (v > 0) & (v < tall) & (distance < nearest) & (distance > 4) & (distance < 175)
        tone = facade(distance, v, lot, side * 2.1, tall)
        tone = tone * (1.06 if side < 0 else 0.5) * (0.86 + 0.14 * smoothstep(0, 3, v))
        awning = (side < 0) & (v > 3.1) & (v < 3.9) & (lot % 3 == 1)
        tone = np.where(awning, 0.5 + 0.25 * (np.sin(distance * 9) > 0), tone)
        light = np.where(hit, tone, light)
        nearest = np.where(hit, distance, nearest)
    haze = (1 - np.exp(-np.minimum(nearest, 400) / 150)) * (nearest < 1e5)
    light = light * (1 - haze) + 0.86 * haze
    tower, base = Ink(size), 0.6 * h
    cx = 0.46 * w
    tower.polygon(
        [
            (cx - 62, base),
            (cx - 62, base - 250),
            (cx - 46, base - 262),
            (cx - 46, base - 330),
            (cx, base - 400),
            (cx + 46, base - 330),
            (cx + 46, base - 262),
            (cx + 62, base - 250),
            (cx + 62, base),
        ]
    )
    tower.line([(cx, base - 395), (cx, base - 440)], 4)
    tower.line([(cx - 12, base - 424), (cx + 12, base - 424)], 4)
    mask = np.asarray(tower.mask(), np.float32) / 255 * (nearest > 170)
    light = light * (1 - mask) + mask * (0.66 + 0.12 * (x < cx - 12))
    street = Ink(size)
    for z, gx in (
        (9, -3.4),
        (13, 4.0),
        (13.8, 4.5),
        (22, -4.6),
        (30, -0.8),
        (18, -6.2),
        (19, 6.3),
        (42, 2.2),
        (27, 5.9),
        (60, -2),
        (75, 1),
    ):
        px, foot = 0.46 * w + gx / z * 0.82 * w, 0.6 * h + eye / z * 0.82 * w
        figure(street, px, foot, 1.72 / z * 0.82 * w, rng)
    light = paint(light, street, 0.12)
    shadow = Ink(size)
    for z in (11, 20, 34, 55, 85):
        px, foot, k = 0.46 * w + 5.6 / z * 0.82 * w, 0.6 * h + eye / z * 0.82 * w, 0.82 * w / z
        shadow.line([(px, foot), (px, foot - 6.6 * k)], max(1.5, 0.11 * k))
        for b in (5.6, 6.2):
            shadow.line([(px - 0.8 * k, foot - b * k), (px + 0.8 * k, foot - b * k)], max(1, 0.07 * k))
    for gx, top in ((0.7, 5.8), (2.2, 5.8), (4.9, 6.2), (6.2, 6.2)):
        ends = [(0.46 * w + gx / z * 0.82 * w, 0.6 * h + (eye - top) / z * 0.82 * w) for z in (3.4, 200)]
        shadow.line(ends, 1.5, 150)
    light = paint(light, shadow, 0.16)
    return carded(
        rng,
        sepia(damage(rng, develop(rng, light, 0.95, 0.16, 0.45, softness=1.3), 8, 60), (40, 30, 26), (232, 220, 198)),
        "Avenida de los Laureles, 1912",
        (172, 168, 160),
    )


def lighthouse():
    """A lighthouse on a rocky point in rough weather."""
    rng = generator("faro-de-punta-clara")
    size = (1700, 2250)
    w, h = size
    horizon = 0.67
    light = sky(rng, size, horizon, 0.72, 0.7)
    top, water = sea(rng, size, horizon, light, 0.25, 0.25)
    light[top:] = water * 0.85
    y, x = np.mgrid[0:h, 0:w].astype(np.float32)
    line = fractal(rng, (w, 4), w / 3, 8, 0.52)[1] * 46
    edge = h * (0.9 - 0.31 * smoothstep(0.2, 0.62, np.arange(w) / w)) + line
    rock = fractal(rng, size, 190, 8, 0.62, (1.4, 0.8))
    gy, gx = np.gradient(rock)
    shade = 0.24 - gx * 1.6 - gy * 1.2 + fractal(rng, size, 500, 4) * 0.03
    cover = smoothstep(0, 3, y - edge[None, :])
    light = light * (1 - cover) + cover * np.clip(shade, 0.03, 0.62)
    foam = (
        np.exp(-np.abs(y - h * 0.905 - fractal(rng, size, 150, 5) * 26) / 22)
        * smoothstep(-0.2, 1.1, fractal(rng, size, 60, 5))
        * smoothstep(0.4 * w, 0.3 * w, np.arange(w, dtype=np.float32))[None, :]
    )
    light += foam * 0.75
    spray = np.exp(-(((x - 0.27 * w) / 150) ** 2) - (((y - 0.83 * h) / 130) ** 2)) * smoothstep(
        -0.4, 1.4, fractal(rng, size, 80, 6, 0.6)
    )
    light = light + spray * 0.6 * (1 - light)
    cx, foot, tip = 0.66 * w, 0.6 * h, 0.2 * h
    t = np.clip((y - tip) / (foot - tip), 0, 1)
    half = 66 + 42 * t**1.6
    across = (x - cx) / half
    body = (np.abs(across) < 1) & (y > tip) & (y < foot + 40)
    round_ = np.sqrt(np.clip(1 - across**2, 0, 1))
    band = np.where(np.floor(t * 5) % 2 == 1, 0.3, 0.92)
    tone = band * (0.3 + 0.55 * np.clip(0.75 * round_ - 0.6 * across, 0, 1)) + 0.012 * np.sin(y * 0.35)
    tone += fractal(rng, size, 40, 4) * 0.02
    light = np.where(body, tone, light)
    parts, glass = Ink(size), Ink(size)
    parts.polygon([(cx - 104, tip + 4), (cx + 104, tip + 4), (cx + 84, tip + 34), (cx - 84, tip + 34)])
    for a in np.linspace(-100, 100, 15):
        parts.line([(cx + a, tip + 4), (cx + a, tip - 34)], 3)
    parts.line([(cx - 104, tip - 34), (cx + 104, tip - 34)], 4)
    parts.polygon(
        curve(
            [(cx - 66, tip - 120), (cx - 44, tip - 168), (cx, tip - 190), (cx + 44, tip - 168), (cx + 66, tip - 120)]
        ).tolist()
    )
    parts.line([(cx, tip - 188), (cx, tip - 260)], 5)
    glass.polygon([(cx - 54, tip), (cx + 54, tip), (cx + 54, tip - 120), (cx - 54, tip - 120)])
    light = paint(light, glass, 0.8)
    for a in (-54, -20, 20, 54):
        parts.line([(cx + a, tip), (cx + a, tip - 120)], 5)
    parts.line([(cx - 54, tip - 60), (cx + 54, tip - 60)], 4)
    for v in (0.22, 0.48, 0.72):
        wy = tip + v * (foot - tip)
        parts.polygon([(cx - 16, wy - 30), (cx + 12, wy - 30), (cx + 12, wy + 24), (cx - 16, wy + 24)], 235)
    light = paint(light, parts, 0.12)
    house, roof = Ink(size), Ink(size)
    house.polygon([(cx + 90, foot + 60), (cx + 90, foot - 70), (cx + 400, foot - 70), (cx + 400, foot + 60)])
    roof.polygon([(cx + 70, foot - 66), (cx + 130, foot - 140), (cx + 370, foot - 140), (cx + 425, foot - 66)])
    light = paint(light, house, 0.66, fractal(rng, size, 50, 4) * 0.03)
    for k in range(4):
        a = cx + 125 + k * 70
        roof.polygon([(a, foot - 30), (a + 28, foot - 30), (a + 28, foot + 20), (a, foot + 20)])
    light = paint(light, roof, 0.2, 0.03 * np.sin(x * 0.5))
    beams = Ink(size)
    figure(beams, cx - 190, foot + 96, 82, rng, False)
    light = paint(light, beams, 0.08)
    return gray(bordered(rng, damage(rng, develop(rng, light, 0.75, 0.16, 0.5))))


def mill():
    """A sugar mill with smoking chimneys behind a cane field."""
    rng = generator("ingenio-san-telmo")
    size = (2400, 1600)
    w, h = size
    horizon = 0.6
    light = sky(rng, size, horizon, 0.3, 0.93)
    light = ridges(rng, light, size, horizon, [(0.16, 0.7, 0.015), (0.07, 0.58, 0.03)])
    y, x = np.mgrid[0:h, 0:w].astype(np.float32)
    warp = fractal(rng, size, 240, 6, 0.58)
    puff = fractal(rng, size, 120, 6, 0.6)
    for cx, tip in ((0.38, 0.2), (0.5, 0.25)):
        drift = np.clip(tip * h - y + 30, 0, None)
        centre = cx * w + 0.0011 * drift**2 + 0.35 * drift + warp * (6 + drift * 0.12)
        width = 26 + drift * 0.3
        smoke = np.exp(-(((x - centre) / width) ** 2)) * (y < tip * h + 6) * np.exp(-drift / 900)
        smoke *= smoothstep(-1.1, 0.9, puff)
        light = light * (1 - 0.85 * smoke) + 0.85 * smoke * (0.34 + 0.07 * puff)
    brick = fractal(rng, size, 30, 4) * 0.02 + 0.012 * np.sign(np.sin(y * 0.62))
    for cx, tip, half in ((0.38, 0.2, 24), (0.5, 0.25, 21)):
        t = np.clip((y - tip * h) / (horizon * h - tip * h), 0, 1)
        across = (x - cx * w) / (half + 20 * t)
        body = (np.abs(across) < 1 + 0.28 * ((t < 0.035) & (t > 0.01))) & (y > tip * h) & (y < horizon * h)
        light = np.where(
            body, 0.2 + 0.26 * np.clip(0.8 * np.sqrt(np.clip(1 - across**2, 0, 1)) - 0.55 * across, 0, 1) + brick, light
        )
    for left, right, top, value, step in (
        (0.2, 0.47, 0.44, 0.56, 62),
        (0.45, 0.72, 0.49, 0.48, 54),
        (0.7, 0.83, 0.47, 0.6, 70),
        (0.08, 0.21, 0.52, 0.5, 48),
    ):
        wall, roof, holes = Ink(size), Ink(size), Ink(size)
        a, b, base, eave = left * w, right * w, 0.625 * h, top * h
        wall.polygon([(a, base), (a, eave), (b, eave), (b, base)])
        light = paint(light, wall, value, fractal(rng, size, 120, 5) * 0.035)
        roof.polygon([(a - 16, eave + 5), (a + 36, eave - 74), (b - 36, eave - 74), (b + 16, eave + 5)])
        light = paint(light, roof, 0.3, 0.05 * np.sin(x * 0.8) + fractal(rng, size, 80, 4) * 0.03)
        for px in np.arange(a + step * 0.5, b - step * 0.6, step):
            holes.polygon(
                [
                    (px, base - 14),
                    (px, eave + 58),
                    (px + step * 0.2, eave + 46),
                    (px + step * 0.4, eave + 58),
                    (px + step * 0.4, base - 14),
                ]
            )
            if base - eave > 200:
                holes.polygon(
                    [(px, eave + 30), (px, eave + 18), (px + step * 0.4, eave + 18), (px + step * 0.4, eave + 30)]
                )
        light = paint(light, holes, 0.13)
    sign = Ink(size)
    write(sign, 0.335 * w, 0.44 * h - 24, "SAN TELMO", 34, SANS, "middle")
    light = paint(light, sign, 0.85)
    ground = smoothstep(0, 4, y - 0.6 * h)
    road = np.abs(x - (0.66 * w + (y - 0.62 * h) * 0.5)) < 14 + (y - 0.62 * h) * 0.3
    soil = np.where(road, 0.68 + 0.04 * warp, 0.4 + 0.05 * warp)
    light = light * (1 - ground) + ground * soil
    dark, pale = Ink(size), Ink(size)
    for row in np.linspace(0, 1, 46) ** 1.7:
        base = (0.632 + row * 0.4) * h
        k = 0.1 + row
        for _ in range(int(330 / (0.35 + row))):
            px = rng.uniform(-0.02, 1.02) * w
            if abs(px - (0.66 * w + (base - 0.62 * h) * 0.5)) < 30 + (base - 0.62 * h) * 0.34:
                continue
            lean, tall = rng.normal(0, 22) * k, (80 + 50 * rng.random()) * k
            blade = curve(
                [
                    (px, base),
                    (px + lean * 0.3, base - tall * 0.7),
                    (px + lean * 1.6, base - tall),
                    (px + lean * 3, base - tall * 0.85),
                ],
                4,
            )
            (dark if rng.random() < 0.55 else pale).taper(blade, 5.5 * k + 0.6, 0.6, rng.uniform(150, 255))
    light = paint(light, dark, 0.2)
    light = paint(light, pale, 0.52)
    light *= 1 + ground * 0.14 * fractal(rng, size, 300, 5, 0.6, (2.2, 0.6))
    men = Ink(size)
    for px, py, k in ((0.7, 0.68, 62), (0.715, 0.683, 64), (0.78, 0.76, 110)):
        figure(men, px * w, py * h, k, rng, False)
    light = paint(light, men, 0.1)
    return gray(bordered(rng, damage(rng, develop(rng, light, 0.85, 0.16, 0.4))))
