"""What stands on a shore or floats before it: boats, piers, palms, huts, nets, a lighthouse, a steamer.

Every shape is drawn into an `Ink` at (x, y), its foot or water line, `k` times its natural size.
"""

import math

import numpy as np

from .pen import curve


def _moved(points, x, y, k):
    return [(x + a * k, y - b * k) for a, b in points]


def boat(ink, x, y, k, mast=False, lean=0.0):
    """A rowing boat seen from the side, with oars or a mast; `lean` tips it, as on a beach."""
    cos, sin = math.cos(lean), math.sin(lean)

    def at(a, b):
        return (x + (a * cos + b * sin) * k, y - (b * cos - a * sin) * k)

    sheer = curve([(-62, 26), (-30, 17), (0, 15), (34, 18), (68, 32)], 5)
    keel = curve([(68, 32), (56, 6), (20, -4), (-30, -4), (-54, 4), (-62, 26)], 5)
    ink.polygon([at(a, b) for a, b in np.vstack([sheer, keel])])
    for row in (20, 12):
        plank = curve([(-60, row + 2), (0, row - 9), (62, row + 4)], 5)
        ink.line([at(a, b) for a, b in plank], max(1, 1.2 * k), 150)
    if mast:
        ink.line([at(6, 12), at(9, 150)], max(1.2, 3 * k))
        ink.line([at(9, 146), at(-60, 24)], max(0.7, 0.9 * k), 190)
        ink.line([at(9, 146), at(66, 32)], max(0.7, 0.9 * k), 190)
    else:
        for a in (-18, 14):
            ink.line([at(a, 15), at(a - 34, 44)], max(1, 2 * k))


def sailboat(ink, sail, x, y, k):
    """A sloop under way: hull in `ink`, canvas in `sail`, heeling a little."""
    ink.polygon(_moved([(-46, 12), (52, 18), (38, -3), (-36, -3)], x, y, k))
    ink.line(_moved([(4, 8), (12, 132)], x, y, k), max(1.2, 2.4 * k))
    main = curve([(10, 128), (-20, 60), (-46, 18)], 6).tolist()
    sail.polygon(_moved([*main, (6, 16)], x, y, k))
    jib = curve([(13, 118), (34, 60), (54, 20)], 6).tolist()
    sail.polygon(_moved([*jib, (14, 18)], x, y, k), 215)


def steamer(ink, x, y, k):
    """A coasting steamer with one funnel."""
    ink.polygon(_moved([(-180, 44), (-40, 34), (120, 36), (196, 60), (176, -4), (-164, -4)], x, y, k))
    ink.polygon(_moved([(-92, 34), (-92, 66), (86, 66), (86, 36)], x, y, k), 205)
    ink.polygon(_moved([(10, 66), (10, 88), (70, 88), (70, 66)], x, y, k), 225)
    ink.polygon(_moved([(-36, 66), (-31, 134), (-5, 134), (-8, 66)], x, y, k))
    for mast in (-128, 124):
        ink.line(_moved([(mast, 36), (mast - 4, 168)], x, y, k), max(1.2, 3.4 * k))
        ink.line(_moved([(mast - 3, 150), (mast + 60, 40)], x, y, k), max(0.7, 1.1 * k), 180)
    for a in range(-80, 80, 18):
        ink.disc(*_moved([(a, 50)], x, y, k)[0], 3.4 * k, 40)


def smoke(light, rng_field, x, y, k, drift=1.0):
    """`light` with smoke from (x, y) blown to the right; `rng_field` is noise of the same shape."""
    h, w = light.shape
    v, u = np.mgrid[0:h, 0:w].astype(np.float32)
    rise = np.clip(y - v, 0, None)
    centre = x + drift * rise * 1.5 + rng_field * (4 + rise * 0.14)
    puff = np.exp(-(((u - centre) / (9 * k + rise * 0.34)) ** 2)) * (v < y) * np.exp(-rise / (260 * k))
    return light * (1 - 0.8 * puff) + 0.8 * puff * (0.2 + 0.06 * rng_field)


def tower(ink, band, x, y, k):
    """A banded lighthouse: its body in `ink`, pale bands in `band`."""
    ink.polygon(_moved([(-26, 0), (-17, 190), (17, 190), (26, 0)], x, y, k))
    for low, high in ((40, 78), (116, 154)):
        a, b = 26 - 9 * low / 190, 26 - 9 * high / 190
        band.polygon(_moved([(-a, low), (-b, high), (b, high), (a, low)], x, y, k))
    ink.polygon(_moved([(-28, 190), (28, 190), (24, 198), (-24, 198)], x, y, k))
    band.polygon(_moved([(-13, 198), (13, 198), (13, 226), (-13, 226)], x, y, k))
    for a in (-13, -4, 4, 13):
        ink.line(_moved([(a, 198), (a, 226)], x, y, k), max(1, 2 * k))
    ink.polygon(_moved([(-18, 226), (0, 250), (18, 226)], x, y, k))
    ink.line(_moved([(0, 248), (0, 268)], x, y, k), max(1, 2 * k))


def palm(ink, x, y, k, rng):
    """A coconut palm, bent by the wind."""
    bend = rng.normal(26, 18)
    trunk = curve([(0, 0), (bend * 0.25, 70), (bend * 0.7, 140), (bend * 1.4, 200)], 8)
    ink.taper(_moved(trunk, x, y, k), 13 * k, 6 * k)
    top = trunk[-1]
    for a in np.concatenate([np.linspace(-2.5, 2.5, 13), rng.normal(0, 1.4, 4)]):
        reach = rng.uniform(70, 96)
        spine = curve(
            [
                top,
                (top[0] + reach * 0.5 * math.sin(a), top[1] + reach * 0.55 * math.cos(a) + 8),
                (top[0] + reach * math.sin(a) * 1.05, top[1] + reach * 0.6 * math.cos(a) - 18),
            ],
            7,
        )
        ink.taper(_moved(spine, x, y, k), 4 * k, 1 * k)
        for i in range(2, len(spine)):
            for side in (-1, 1):
                tip = (spine[i][0] + side * rng.uniform(4, 9), spine[i][1] - rng.uniform(14, 24))
                ink.taper(_moved([spine[i], tip], x, y, k), 2.4 * k, 0.6, 225)


def hut(ink, dark, x, y, k, stripes=True):
    """A bathing hut on legs: boards in `ink`, openings and shadow in `dark`."""
    ink.polygon(_moved([(-40, 16), (-40, 92), (0, 126), (40, 92), (40, 16)], x, y, k))
    dark.polygon(_moved([(-48, 88), (0, 132), (48, 88), (44, 84), (0, 122), (-44, 84)], x, y, k))
    for leg in (-34, 34):
        dark.line(_moved([(leg, 18), (leg, -6)], x, y, k), max(1.5, 5 * k))
    if stripes:
        for a in range(-32, 40, 16):
            dark.polygon(_moved([(a - 4, 16), (a - 4, 90), (a + 4, 90), (a + 4, 16)], x, y, k), 120)
    dark.polygon(_moved([(-12, 16), (-12, 72), (12, 72), (12, 16)], x, y, k), 235)
    for step in range(3):
        dark.line(_moved([(-14, 10 - 7 * step), (14, 10 - 7 * step)], x, y, k), max(1, 3 * k))


def pier(ink, near, far, width, posts, drop):
    """A pier from `near` to `far` (points of its left edge); `width` and `drop` shrink with distance."""
    (ax, ay), (bx, by) = near, far
    scale = width[1] / width[0]
    ink.polygon([near, (ax + width[0], ay), (bx + width[1], by), far])
    for i in range(posts):
        # Equal steps along the pier, seen in perspective.
        t = i / (posts - 1)
        t = t / (t + (1 - t) * scale) if scale < 1 else t
        x, y, w = ax + (bx - ax) * t, ay + (by - ay) * t, width[0] + (width[1] - width[0]) * t
        s = w / width[0]
        for px in (x, x + w):
            ink.polygon(
                [
                    (px - 9 * s, y - 26 * s),
                    (px + 9 * s, y - 26 * s),
                    (px + 9 * s, y + drop * s),
                    (px - 9 * s, y + drop * s),
                ]
            )


def net(ink, x, y, width, height, k, rng):
    """A fishing net hung to dry between poles."""
    poles = np.linspace(0, width, 4)
    for a in poles:
        ink.line([(x + a, y + 6), (x + a + rng.normal(0, 4), y - height - 14 * k)], max(2, 5 * k))

    def rim(t, low):
        sag = 0.16 * math.sin(math.pi * ((t * 3) % 1.0)) * height
        return y - height + sag + low * (height * 0.78 - sag * 0.4)

    across = np.linspace(0, 1, 64)
    for low in np.linspace(0, 1, 18):
        ink.line([(x + t * width, rim(t, low)) for t in across], 0.9 * k, 165)
    for t in np.linspace(0, 1, 72):
        ink.line([(x + t * width, rim(t, 0)), (x + t * width + 5 * k, rim(t, 1))], 0.8 * k, 150)
    ink.line([(x + t * width, rim(t, 0)) for t in across], max(1.2, 2.4 * k))
