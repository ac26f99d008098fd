"""Engraved plates: medicinal plants, bones of the hand, the airways."""

import math

import numpy as np

from .cartography import flourish, polar
from .engraving import BONE, DARK_LEAF, FLESH, LEAF, PETAL, ROOT, Plate, blossom, bone, leaf, root, stalk
from .pen import curve


def herb():
    """A whole medicinal plant: root, leaves, flowers, details."""
    size = (2000, 2700)
    plate = Plate(
        "lamina-1", size, "I", "Flor de Alba", "Albiflora sereniensis (esp. imaginaria)", (LEAF, DARK_LEAF, PETAL, ROOT)
    )
    for turn in (math.pi, math.pi + 0.5, math.pi - 0.55):
        root(plate, 960, 1830, 400, turn, 26)
    stem = stalk(plate, [(960, 1840), (975, 1500), (930, 1150), (1000, 800), (960, 460)], 30, 12)
    for i, t in enumerate(np.linspace(0.1, 0.86, 10)):
        x, y = stem[int(t * (len(stem) - 1))]
        side = 1 if i % 2 else -1
        a = side * (1.25 - 0.5 * t)
        end = polar(x, y, 90, a)
        stalk(plate, [(x, y), polar(x, y, 50, a * 1.1), end], 9, 6)
        leaf(plate, *end, 470 * (1.1 - 0.62 * t), a * 1.05, 0.42, side * 0.35, veins=11, teeth=14)
    for dx, dy, r, a in ((-190, -90, 92, 0.2), (170, -140, 100, 0.9), (-10, -40, 128, 0.4)):
        x, y = stem[-1]
        stalk(plate, [(x, y), (x + dx * 0.4, y + dy * 0.7), (x + dx, y + dy)], 9, 5)
        blossom(plate, x + dx, y + dy, r, 5, a)
    blossom(plate, 1610, 1880, 130, 5, 0.1)
    leaf(plate, 340, 2080, 250, 0.2, 0.3, 0.2, PETAL, 5)
    for i in range(5):
        a = 0.3 + i * 0.45
        plate.ink.ring(1560 + 60 * math.cos(a * 4), 2200 + 34 * math.sin(a * 4), 17, 1.6)
    for letter, x, y, tx, ty in (
        ("a", 1780, 1800, 1690, 1830),
        ("b", 250, 1960, 350, 1980),
        ("c", 1690, 2230, 1630, 2210),
    ):
        plate.point(letter, x, y, tx, ty)
    plate.key([("a", "Flor abierta"), ("b", "Pétalo, aumentado"), ("c", "Semillas")], 1500, 2320)
    return plate.print()


def fern():
    """A tree fern's frond, grown by repetition."""
    size = (1900, 2600)
    plate = Plate("lamina-2", size, "II", "Helecho de la Sierra", "Fronda, espora y brote", (LEAF, DARK_LEAF, ROOT))
    rachis = curve([(620, 2230), (690, 1700), (840, 1150), (1060, 640), (1330, 330)], 40)
    plate.ink.taper(rachis, 20, 4)
    count = 30
    for i in range(count, -1, -1):
        t = 0.16 + 0.82 * i / count
        x, y = rachis[int(t * (len(rachis) - 1))]
        nx, ny = rachis[min(len(rachis) - 1, int(t * (len(rachis) - 1)) + 4)]
        heading = math.atan2(nx - x, y - ny)
        length = 620 * math.sin(math.pi * (0.14 + 0.84 * t)) ** 0.8 * (1.02 - 0.45 * t)
        for side in (-1, 1):
            _pinna(plate, x, y, length, heading + side * (1.28 - 0.45 * t), side)
    stalk(plate, rachis[::12].tolist(), 18, 4, ROOT)
    _crozier(plate, 1450, 1930, 150)
    _crozier(plate, 1270, 2040, 90)
    plate.point("a", 300, 1180, 530, 1265)
    plate.point("b", 1720, 1800, 1580, 1850)
    plate.key([("a", "Pina fértil"), ("b", "Brote o báculo")], 1380, 2260)
    return plate.print()


def _pinna(plate, x, y, length, heading, side):
    t = np.linspace(0, 1, 30)
    path = [polar(x, y, length * s, heading - side * 0.28 * s) for s in t]
    n = max(6, int(length / 17))
    for k in range(n):
        s = 0.05 + 0.92 * k / n
        px, py = path[int(s * 29)]
        size = length * 0.16 * (1 - s) ** 0.7 + 7
        for flank in (-1, 1):
            a = heading - side * 0.28 * s + flank * 1.05
            tip = polar(px, py, size, a)
            lobe = curve(
                [(px, py), polar(px, py, size * 0.6, a - 0.3), tip, polar(px, py, size * 0.6, a + 0.3), (px, py)], 4
            )
            plate.shape(lobe.tolist(), LEAF if flank * side < 0 else DARK_LEAF, 225)
            plate.ink.line(lobe.tolist(), 1.1)
            plate.ink.line([(px, py), polar(px, py, size * 0.8, a)], 0.8)
            if flank * side > 0:
                for f in (0.3, 0.45, 0.6, 0.75):
                    plate.ink.line([polar(px, py, size * f, a + 0.28), polar(px, py, size * f * 1.06, a)], 0.8)
    plate.ink.taper(path, max(2.0, length / 130), 0.8)


def _crozier(plate, x, y, radius):
    """A young frond, rolled in."""
    spiral = [polar(x, y, radius * (1 - s) ** 1.1 + 5, -1.2 + 11 * s) for s in np.linspace(0, 0.95, 70)]
    start = spiral[0]
    path = [(start[0] - radius * 0.15, y + radius * 1.9), (start[0] - radius * 0.08, y + radius), *spiral[::3]]
    p = stalk(plate, path, radius * 0.24, radius * 0.06, DARK_LEAF)
    for i in range(len(p) // 6, len(p) - 6, 5):
        dx, dy = p[i][0] - x, p[i][1] - y
        a = math.atan2(dx, -dy)
        plate.ink.taper([p[i], polar(*p[i], radius * 0.17, a + 0.5)], 2.4, 0.6)


def hand():
    """The bones of the hand."""
    size = (1700, 2300)
    plate = Plate("lamina-3", size, "III", "Huesos de la Mano", "Cara dorsal", (BONE,))
    fingers = [
        (1140, 1290, 0.62, (250, 190, 150, 0), 74),
        (1010, 1150, 0.17, (330, 215, 140, 105), 66),
        (885, 1120, 0.02, (330, 240, 160, 110), 68),
        (775, 1150, -0.12, (300, 220, 150, 105), 62),
        (680, 1210, -0.29, (270, 175, 105, 92), 56),
    ]
    joints = []
    for x, y, a, lengths, width in fingers:
        px, py = x, y
        for i, length in enumerate(lengths):
            if not length:
                continue
            qx, qy = polar(px, py, length - 10, a)
            bone(plate, px, py, qx, qy, width * (1 - 0.13 * i))
            joints.append((i, qx, qy))
            px, py = polar(px, py, length + 4, a * (1 - 0.1 * i))
    bone(plate, 1000, 2000, 985, 1600, 150)
    bone(plate, 760, 2000, 775, 1580, 112)
    for x, y, rx, ry in (
        (735, 1330, 52, 46),
        (828, 1290, 50, 62),
        (925, 1280, 62, 58),
        (1040, 1350, 64, 52),
        (760, 1440, 56, 54),
        (868, 1430, 58, 66),
        (990, 1470, 76, 62),
        (700, 1405, 32, 36),
    ):
        y, rx, ry = y - 26, rx * 1.14, ry * 1.12
        ring = curve(
            [
                (x + rx * (1 + 0.1 * plate.rng.standard_normal()) * math.cos(a), y + ry * math.sin(a))
                for a in np.linspace(0, 2 * math.pi, 10)
            ][:-1]
            + [(x + rx, y)],
            8,
        ).tolist()
        plate.shape(ring, BONE)
        plate.ink.line(ring + ring[:1], 2.4)
        for k in range(15):
            a = -0.9 + k * 0.16
            p = (x + rx * 0.97 * math.cos(a), y + ry * 0.97 * math.sin(a))
            plate.ink.taper([p, (x + rx * 0.5 * math.cos(a - 0.15), y + ry * 0.5 * math.sin(a - 0.15))], 2.0, 0.5)
    for letter, x, y, tx, ty in (
        ("a", 1420, 380, 1130, 420),
        ("b", 1440, 500, 1112, 545),
        ("c", 1450, 680, 1090, 717),
        ("d", 300, 1020, 730, 1060),
        ("e", 300, 1400, 720, 1400),
        ("f", 1380, 1800, 1050, 1800),
        ("g", 330, 1800, 735, 1800),
    ):
        plate.point(letter, x, y, tx, ty)
    plate.key([("a", "Falangetas"), ("b", "Falanginas"), ("c", "Falanges"), ("d", "Metacarpo")], 190, 250)
    plate.key([("e", "Carpo"), ("f", "Radio"), ("g", "Cúbito")], 190, 418)
    return plate.print(clean=True)


def airways():
    """The windpipe and its branches in the outline of the lungs."""
    size = (1900, 2500)
    plate = Plate(
        "lamina-4",
        size,
        "IV",
        "Árbol Bronquial",
        "Vista anterior de la tráquea, los bronquios y los pulmones",
        (FLESH, BONE),
    )
    left = [
        (900, 760),
        (760, 640),
        (600, 700),
        (430, 1000),
        (330, 1400),
        (330, 1780),
        (430, 1880),
        (620, 1780),
        (800, 1700),
        (860, 1400),
        (900, 1050),
        (900, 760),
    ]
    right = [
        (1000, 760),
        (1140, 640),
        (1300, 700),
        (1470, 1000),
        (1570, 1400),
        (1570, 1780),
        (1470, 1880),
        (1290, 1790),
        (1150, 1720),
        (1180, 1500),
        (1060, 1300),
        (1000, 1050),
        (1000, 760),
    ]
    for outline in (left, right):
        lung = curve(outline, 16).tolist()
        plate.shape(lung, FLESH, 150)
        plate.ink.line(lung, 2.6)
        for i in range(0, len(lung) - 1):
            cx, cy = (600 if outline is left else 1300), 1350
            (px, py), (qx, qy) = lung[i], lung[i + 1]
            for f in (0, 0.25, 0.5, 0.75):
                ax, ay = px + (qx - px) * f, py + (qy - py) * f
                dx, dy = cx - ax, cy - ay
                k = 46 / max(1, math.hypot(dx, dy)) * (1.5 if ax > cx else 0.7)
                plate.ink.taper([(ax, ay), (ax + dx * k, ay + dy * k + 8)], 1.6, 0.4)
    _bronchus(plate, 950, 1010, 330, math.pi + 0.62, 62, 0, left)
    _bronchus(plate, 950, 1010, 330, math.pi - 0.66, 62, 0, right)
    for x, turn, lung in ((850, -0.42, left), (1050, 0.46, right)):
        _bronchus(plate, x, 1140, 215, turn, 36, 2, lung)
    plate.shape([(905, 300), (995, 300), (1000, 1030), (900, 1030)], BONE)
    for i in range(23):
        y = 310 + i * 31
        ring = curve([(900, y), (925, y + 13), (950, y + 16), (975, y + 13), (1000, y)], 6)
        plate.ink.line(ring.tolist(), 4.0)
        plate.ink.line((ring + (0, 14)).tolist(), 1.3)
        for k in range(9):
            x = 955 + k * 5
            plate.ink.line([(x, y + 16), (x, y + 28)], 0.9)
    for x in (900, 1000):
        plate.ink.line([(x, 300), (x, 1020)], 2.6)
    for letter, x, y, tx, ty in (
        ("a", 1260, 480, 1000, 500),
        ("b", 1330, 580, 1060, 1110),
        ("c", 300, 760, 640, 1250),
        ("d", 1690, 1200, 1400, 1420),
    ):
        plate.point(letter, x, y, tx, ty)
    plate.key(
        [
            ("a", "Tráquea, con sus anillos"),
            ("b", "Bronquio principal izquierdo"),
            ("c", "Bronquios lobulares"),
            ("d", "Bronquiolos"),
        ],
        1240,
        1990,
    )
    flourish(plate.ink, 950, 2170, 500)
    return plate.print()


def _inside(outline, x, y):
    hit = False
    for (ax, ay), (bx, by) in zip(outline, outline[1:]):
        if (ay > y) != (by > y) and x < (bx - ax) * (y - ay) / (by - ay) + ax:
            hit = not hit
    return hit


def _bronchus(plate, x, y, length, heading, width, depth, outline):
    rng = plate.rng
    end = polar(x, y, length, heading)
    if depth > 1 and not _inside(outline, *polar(x, y, length + 30, heading)):
        length *= 0.4
        end = polar(x, y, length, heading)
        depth += 3
    if width > 5:
        path = stalk(
            plate, [(x, y), polar(x, y, length * 0.5, heading + rng.normal(0, 0.06)), end], width, width * 0.72, BONE
        )
        for i in range(1, len(path) - 1, 2):
            if width > 16:
                nx, ny = polar(0, 0, width * 0.42, heading + math.pi / 2)
                plate.ink.line(
                    curve(
                        [path[i] + (nx, ny), path[i] + polar(0, 0, width * 0.12, heading), path[i] - (nx, ny)], 4
                    ).tolist(),
                    1.6,
                )
    else:
        plate.ink.taper([(x, y), end], max(1.2, width), max(0.8, width * 0.6))
    if depth >= 8:
        plate.ink.disc(*end, 2.6)
        return
    for turn in (rng.uniform(0.3, 0.62), -rng.uniform(0.3, 0.62)):
        _bronchus(
            plate,
            *end,
            length * rng.uniform(0.66, 0.84) * (0.72 if depth == 0 else 1),
            heading + turn,
            width * 0.66,
            depth + 1,
            outline,
        )
