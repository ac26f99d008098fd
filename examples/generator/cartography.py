"""What draughtsmen put on maps: borders, roses, scales, cartouches, trees, towns."""

import math
from dataclasses import replace

import numpy as np

from .pen import ENGRAVED, ITALIC, curve, write


def polar(x, y, radius, angle):
    """The point `radius` away from (x, y) at `angle` radians clockwise from north."""
    return (x + radius * math.sin(angle), y - radius * math.cos(angle))


def border(ink, size, margin, unit, label, step=4):
    """A graduated border; `label(side, i)` names its degrees."""
    w, h = size
    m, b = margin, unit
    inside = m + b * 1.6
    for left, top, right, bottom in (
        (0, 0, w, inside),
        (0, h - inside, w, h),
        (0, 0, inside, h),
        (w - inside, 0, w, h),
    ):
        ink.polygon([(left, top), (right, top), (right, bottom), (left, bottom)], 0)
    for inset, width in ((0, b * 0.28), (b * 0.6, b * 0.07), (b * 1.3, b * 0.07), (b * 1.6, b * 0.07)):
        ink.box(m + inset, m + inset, w - m - inset, h - m - inset, width)
    lo, hi = m + b * 0.6, m + b * 1.3
    inner = m + b * 1.6
    for side, length in (("top", w), ("bottom", w), ("left", h), ("right", h)):
        n = int((length - 2 * inner) / (b * 2.2)) // 2 * 2
        cell = (length - 2 * inner) / n
        for i in range(n):
            a, z = inner + i * cell, inner + (i + 1) * cell
            near, far = (
                (lo, hi)
                if side in ("top", "left")
                else ((h if side == "bottom" else w) - hi, (h if side == "bottom" else w) - lo)
            )
            flat = side in ("top", "bottom")
            if i % 2 == 0:
                box = [(a, near), (z, near), (z, far), (a, far)]
                ink.polygon(box if flat else [(y, x) for x, y in box])
            if i % step == step // 2:
                text = label(side, i // step)
                at = inner + b * 1.1
                if flat:
                    write(ink, a, at if side == "top" else h - at + b * 0.6, text, b * 0.62, ENGRAVED, "middle")
                else:
                    write(
                        ink,
                        at if side == "left" else w - at,
                        a + b * 0.3,
                        text,
                        b * 0.62,
                        ENGRAVED,
                        "middle",
                        -math.pi / 2 if side == "left" else math.pi / 2,
                    )


def rhumbs(ink, x, y, reach, inside, count=32, width=0.6):
    """Lines of constant bearing from (x, y), drawn where `inside(x, y)`."""
    for i in range(count):
        angle = 2 * math.pi * i / count
        run = []
        for r in np.arange(0, reach, 12):
            p = polar(x, y, r, angle)
            if inside(*p):
                run.append(p)
            else:
                if len(run) > 1:
                    ink.line([run[0], run[-1]], width)
                run = []
        if len(run) > 1:
            ink.line([run[0], run[-1]], width)


def rose(ink, fill, x, y, radius):
    """A compass rose of 32 points; `fill` is a second ink for its coloured halves."""
    for r, width in ((1.0, 0.012), (0.94, 0.006), (0.62, 0.006), (0.58, 0.012), (0.2, 0.01)):
        ink.ring(x, y, radius * r, max(1, radius * width))
    for i in range(72):
        a = 2 * math.pi * i / 72
        ink.line([polar(x, y, radius * (0.94 if i % 6 else 0.9), a), polar(x, y, radius, a)], max(0.7, radius * 0.005))
    for count, length, waist, offset in (
        (16, 0.62, 0.17, 0.5),
        (8, 0.8, 0.2, 0.5),
        (4, 0.92, 0.22, 0.5),
        (4, 1.14, 0.25, 0),
    ):
        for i in range(count):
            a = 2 * math.pi * (i + offset) / count
            half = math.pi / (16 if count == 16 else 8 if count == 8 else 4)
            tip, left, right = (
                polar(x, y, radius * length, a),
                polar(x, y, radius * waist, a - half),
                polar(x, y, radius * waist, a + half),
            )
            for layer in (ink, fill):
                layer.polygon([(x, y), left, tip, right], 0)
            ink.polygon([(x, y), tip, right])
            fill.polygon([(x, y), left, tip])
            ink.line([(x, y), left, tip, right, (x, y)], max(0.8, radius * 0.006))
    for i, name in enumerate(("N", "E", "S", "O")):
        if i:
            px, py = polar(x, y, radius * 1.27, math.pi / 2 * i)
            write(ink, px, py + radius * 0.08, name, radius * 0.17, ENGRAVED, "middle")
    lily(ink, x, y - radius * 1.18, radius * 0.3)


def lily(ink, x, y, size):
    """A fleur-de-lis standing on (x, y)."""
    k = size / 10
    petals = [
        [(0, 0), (-1.6, 4), (0, 10), (1.6, 4), (0, 0)],
        [(-0.6, 1.2), (-2.2, 4.4), (-4.2, 5.2), (-4.6, 3), (-3.4, 2.6), (-1.6, 1.6), (-0.6, 0.4)],
    ]
    petals.append([(-a, b) for a, b in petals[1]])
    for petal in petals:
        ink.polygon(curve([(x + a * k, y - b * k) for a, b in petal]).tolist())
    ink.line([(x - 2.4 * k, y - 1.6 * k), (x + 2.4 * k, y - 1.6 * k)], max(1, k))


def scale_bar(ink, x, y, length, parts, caption, unit):
    """A double scale bar whose first part is divided."""
    step = length / parts
    h = unit
    ink.box(x - step, y, x + length, y + h, h * 0.09)
    ink.line([(x - step, y + h / 2), (x + length, y + h / 2)], h * 0.07)
    for i in range(parts):
        top = y + (h / 2 if i % 2 else 0)
        ink.polygon(
            [
                (x + i * step, top),
                (x + (i + 1) * step, top),
                (x + (i + 1) * step, top + h / 2),
                (x + i * step, top + h / 2),
            ]
        )
    for i in range(5):
        top = y + (0 if i % 2 else h / 2)
        ink.polygon(
            [
                (x - (i + 1) * step / 5, top),
                (x - i * step / 5, top),
                (x - i * step / 5, top + h / 2),
                (x - (i + 1) * step / 5, top + h / 2),
            ]
        )
    for i in range(-1, parts + 1):
        ink.line([(x + i * step, y - h * 0.5), (x + i * step, y + h)], h * 0.09)
        write(ink, x + i * step, y - h * 0.75, str(abs(i)), h * 0.75, ENGRAVED, "middle")
    write(ink, x + (length - step) / 2, y + h * 2.5, caption, h * 0.9, ITALIC, "middle")


def frame(ink, left, top, right, bottom, unit):
    """A cartouche: a moulded panel with scrolled corners."""
    for inset, width in ((0, 0.22), (0.5, 0.07), (0.8, 0.07)):
        d = inset * unit
        ink.box(left + d, top + d, right - d, bottom - d, width * unit)
    for cx, sx in ((left, -1), (right, 1)):
        for cy, sy in ((top, -1), (bottom, 1)):
            for turn, size in ((0, 3.0), (1, 2.0)):
                spiral = []
                for t in np.linspace(0, 3.6 * math.pi, 60):
                    r = unit * size * (1 - t / (4.1 * math.pi))
                    px, py = r * math.cos(t) - unit * size * 0.9, r * math.sin(t) * 0.9
                    if turn:
                        px, py = py, px
                    spiral.append((cx + sx * px, cy + sy * (py + unit * 0.2)))
                ink.taper(spiral, unit * 0.34, unit * 0.1)
    span = right - left
    for sy, y in ((-1, top), (1, bottom)):
        for i in range(9):
            a = (i - 4) * 0.19
            leaf = [(0, 0), (0.5, 1.6), (0, 3.4 - abs(i - 4) * 0.3), (-0.5, 1.6), (0, 0)]
            x = left + span / 2 + (i - 4) * unit * 0.55
            pts = [
                (
                    x + (p * math.cos(a) + q * math.sin(a)) * unit * 0.8,
                    y + sy * (q * math.cos(a) - p * math.sin(a)) * unit * 0.8,
                )
                for p, q in leaf
            ]
            ink.polygon(curve(pts).tolist(), 0)
            ink.line(curve(pts).tolist(), unit * 0.09)
            ink.line([pts[0], pts[2]], unit * 0.06)


def title_lines(ink, x, y, lines):
    """Centred lines of (text, size, hand, leading after); returns the next baseline."""
    for text, size, hand, leading in lines:
        if text == "~":
            flourish(ink, x, y - size * 0.2, size * 7)
        elif text:
            write(ink, x, y, text, size, hand, "middle")
        y += leading
    return y


def flourish(ink, x, y, width):
    """A swelled rule with a knot."""
    for side in (-1, 1):
        t = np.linspace(0, 1, 12)
        ink.taper(np.column_stack([x + side * width * (0.08 + 0.42 * t), y + 0 * t]), width * 0.018, 0.5)
    ink.polygon([(x - width * 0.05, y), (x, y - width * 0.025), (x + width * 0.05, y), (x, y + width * 0.025)])


def tree(ink, wash, x, y, r, rng):
    """A tree seen from the side, with its shadow to the right."""
    n = 9
    ring = [
        (
            x + r * (0.85 + 0.25 * rng.random()) * math.cos(2 * math.pi * i / n),
            y - r * 1.5 + r * (0.8 + 0.3 * rng.random()) * math.sin(2 * math.pi * i / n),
        )
        for i in range(n)
    ]
    crown = curve(ring + ring[:1], 4).tolist()
    ink.polygon(crown, 0)
    wash.polygon(crown, 150)
    ink.line(crown, max(0.7, r * 0.1))
    ink.line([(x, y - r * 0.6), (x, y)], max(0.8, r * 0.18))
    for i in range(4):
        ink.line(
            [(x + r * 0.1, y - r * (0.9 + i * 0.34)), (x + r * (0.85 - 0.14 * i), y - r * (0.9 + i * 0.34))],
            max(0.6, r * 0.08),
        )
    ink.line([(x, y), (x + r * 1.5, y)], max(0.7, r * 0.1))


def palm(ink, wash, x, y, r, rng):
    """A palm tree."""
    lean = rng.normal(0, 0.25)
    top = (x + r * lean, y - r * 2.4)
    ink.line([(x, y), (x + r * lean * 0.3, y - r * 1.2), top], max(0.8, r * 0.16))
    for a in np.linspace(-2.2, 2.2, 7):
        tip = polar(*top, r * 1.2, a)
        ink.taper(curve([top, polar(*top, r * 0.7, a * 0.8), (tip[0], tip[1] + r * 0.5)]), max(1.0, r * 0.25), 0.4)
    wash.disc(top[0], top[1], r * 0.9, 110)
    ink.line([(x, y), (x + r * 1.2, y)], max(0.7, r * 0.09))


def church(ink, x, y, r):
    """A cross on a small church."""
    ink.polygon([(x - r, y), (x + r, y), (x + r, y - r), (x, y - r * 1.8), (x - r, y - r)])
    ink.line([(x, y - r * 1.6), (x, y - r * 3)], r * 0.3)
    ink.line([(x - r * 0.5, y - r * 2.5), (x + r * 0.5, y - r * 2.5)], r * 0.3)


def anchor(ink, x, y, r):
    """An anchorage."""
    ink.line([(x, y - r), (x, y + r)], r * 0.16)
    ink.line([(x - r * 0.4, y - r * 0.7), (x + r * 0.4, y - r * 0.7)], r * 0.14)
    ink.ring(x, y - r * 1.2, r * 0.2, r * 0.12)
    arc = [(x + r * 0.8 * math.sin(a), y + r * 0.3 + r * 0.75 * math.cos(a)) for a in np.linspace(-1.4, 1.4, 16)]
    ink.line(arc, r * 0.16)
    for end, sx in ((arc[0], 1), (arc[-1], -1)):
        ink.polygon(
            [
                (end[0], end[1] - r * 0.3),
                (end[0] + sx * r * 0.3, end[1] + r * 0.1),
                (end[0] - sx * r * 0.15, end[1] + r * 0.1),
            ]
        )


def along(points):
    """A function from a distance along `points` to a point and a heading, for `pen.write`."""
    p = np.asarray(curve(points, 24))
    run = np.concatenate([[0], np.cumsum(np.hypot(*np.diff(p, axis=0).T))])

    def locate(s):
        s = min(max(s + run[-1] / 2, 0), run[-1])
        i = min(int(np.searchsorted(run, s, side="right")) - 1, len(p) - 2)
        t = (s - run[i]) / max(run[i + 1] - run[i], 1e-9)
        a, b = p[max(i - 3, 0)], p[min(i + 4, len(p) - 1)]
        return tuple(p[i] + (p[i + 1] - p[i]) * t), math.atan2(b[1] - a[1], b[0] - a[0])

    return locate


def spaced(text, gap=1):
    """`text` letter-spaced."""
    return (" " * gap).join(text)


def label(ink, x, y, text, size, hand=ITALIC, anchor="middle", turn=0.0, along=None):
    """A name on the map; what was drawn beneath gives way around its letters."""
    halo = replace(hand, width=hand.width + 0.2, thin=hand.thin + 0.2, serif=0)
    write(ink, x, y, text, size, halo, anchor, turn, along, tone=0)
    write(ink, x, y, text, size, hand, anchor, turn, along)
