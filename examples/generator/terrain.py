"""An invented country: where the sea ends, how deep it is, how high the hills are."""

import numpy as np

from .paper import blur, fractal, smoothstep, upscale


def distance(mask):
    """The distance (in cells) of every cell to the nearest true cell of `mask`, by jump flooding."""
    h, w = mask.shape
    yy, xx = np.mgrid[0:h, 0:w].astype(np.float32)
    far = np.float32(1e6)
    near_x, near_y = np.where(mask, xx, far), np.where(mask, yy, far)
    best = np.hypot(near_x - xx, near_y - yy)
    step = 1 << (max(h, w) - 1).bit_length() - 1
    while step:
        for dy in (-step, 0, step):
            for dx in (-step, 0, step):
                to = (slice(max(0, -dy), max(0, h - max(0, dy))), slice(max(0, -dx), max(0, w - max(0, dx))))
                at = (slice(max(0, dy), max(0, h - max(0, -dy))), slice(max(0, dx), max(0, w - max(0, -dx))))
                cx, cy = near_x[at], near_y[at]
                d = np.hypot(cx - xx[to], cy - yy[to])
                closer = d < best[to]
                for field, value in ((near_x, cx), (near_y, cy), (best, d)):
                    field[to] = np.where(closer, value, field[to])
        step //= 2
    return best


def contours(field, size, levels, width):
    """Coverage 0 to 255, at `size` pixels, of the lines where `field` has one of `levels`."""
    w, h = size
    gh, gw = field.shape
    out = np.zeros((h, w), np.uint8)
    for top in range(0, h, 512):
        bottom = min(top + 512, h)
        lo, hi = max(0, top - 2), min(h, bottom + 2)
        rows = upscale(field, (w, hi - lo), (0, lo * gh / h, gw, hi * gh / h))
        gy, gx = np.gradient(rows)
        slope = np.maximum(np.hypot(gx, gy), 1e-6)
        band = np.zeros_like(rows)
        for i, level in enumerate(levels):
            line = width[i] if isinstance(width, list) else width
            band = np.maximum(band, np.clip(line / 2 + 0.5 - np.abs(rows - level) / slope, 0, 1))
        out[top:bottom] = (band[top - lo : top - lo + bottom - top] * 255).astype(np.uint8)
    return out


class Country:
    """Terrain behind a map of `size` pixels. `shore(u, v)` is positive on land, in map widths."""

    def __init__(self, rng, size, shore, rough=0.03, relief=1.0, cells=1400):
        self.rng, self.size = rng, size
        self.grid = (cells, round(cells * size[1] / size[0]))
        self.cell = size[0] / cells
        gw, gh = self.grid
        v, u = np.mgrid[0:gh, 0:gw].astype(np.float32) / gw
        self.u, self.v = u, v
        self.shore = shore(u, v) + fractal(rng, self.grid, gw / 7, 7, 0.52) * rough
        self.land = self.shore > 0
        self.inland = distance(~self.land) * self.cell
        self.offshore = distance(self.land) * self.cell
        hills = fractal(rng, self.grid, gw / 5, 6, 0.5)
        ridges = 1 - np.abs(fractal(rng, self.grid, gw / 4, 6, 0.5))
        rise = smoothstep(0.02 * size[0], 0.14 * size[0], self.inland)
        self.height = np.maximum(hills * 0.55 + ridges * 0.75 - 0.35, 0) * rise * relief

    def flatten(self, u, v, radius, sharp=1.0):
        """Levels the hills around (u, v)."""
        ragged = 1 + 0.22 * fractal(self.rng, self.grid, radius * self.grid[0], 4)
        d = np.hypot(self.u - u, self.v - v) / radius * ragged
        self.height *= smoothstep(0.6, 1.0 + 0.6 / sharp, d)

    def peak(self, u, v, radius, height):
        """Raises a mountain at (u, v)."""
        ragged = 1 + 0.18 * fractal(self.rng, self.grid, radius * self.grid[0], 5)
        self.height += height * np.exp(-((np.hypot(self.u - u, self.v - v) / radius * ragged) ** 2)) * self.land

    def valley(self, points, width):
        """Lowers the hills along `points` (in map widths)."""
        mask = np.zeros_like(self.land)
        for (a, b), (c, d) in zip(points[:-1], points[1:]):
            for t in np.linspace(0, 1, 60):
                x, y = int((a + (c - a) * t) * self.grid[0]), int((b + (d - b) * t) * self.grid[0])
                if 0 <= x < self.grid[0] and 0 <= y < self.grid[1]:
                    mask[y, x] = True
        self.height *= smoothstep(0.2, 1.0, distance(mask) / self.grid[0] / width)

    def at(self, field, x, y):
        """The value of `field` at pixel (x, y)."""
        gx = min(max(int(x / self.cell), 0), self.grid[0] - 1)
        gy = min(max(int(y / self.cell), 0), self.grid[1] - 1)
        return field[gy, gx]

    def is_land(self, x, y, margin=0.0):
        return self.at(self.inland, x, y) > margin

    def is_sea(self, x, y, margin=0.0):
        return self.at(self.offshore, x, y) > margin

    def coastline(self, width):
        return contours(self.shore, self.size, [0.0], width)

    def waterlines(self, distances, width):
        """Lines along the coast at `distances` pixels off it."""
        soft = blur(self.offshore, 2.0)
        return contours(soft, self.size, distances, width)

    def coast_wash(self, reach, seaward=True):
        """A watercolour band along the coast, darkest at it, `reach` pixels wide."""
        d = self.offshore if seaward else self.inland
        tone = np.exp(-d / reach) * (d > 0)
        return (upscale(blur(tone, 1.0), self.size) * 255).clip(0, 255).astype(np.uint8)

    def hachures(self, ink, levels, spacing, thickness):
        """Strokes down the slopes, thicker where they are steeper, set out along `levels`."""
        gy, gx = np.gradient(blur(self.height, 2.0))
        slope = np.hypot(gx, gy)
        steep = np.percentile(slope[self.height > 0.02], 95) if (self.height > 0.02).any() else 1
        h = self.height
        for i, level in enumerate(levels):
            top = levels[i + 1] if i + 1 < len(levels) else level + (level - levels[i - 1])
            seeds = []
            for axis in (0, 1):
                a, b = (h[:-1], h[1:]) if axis == 0 else (h[:, :-1], h[:, 1:])
                ys, xs = np.nonzero((a < level) != (b < level))
                t = (level - a[ys, xs]) / (b[ys, xs] - a[ys, xs])
                seeds.append(np.column_stack([xs + (t if axis else 0), ys + (0 if axis else t)]))
            taken = set()
            for x, y in np.vstack(seeds):
                key = (int(x * self.cell / spacing), int(y * self.cell / spacing))
                if key in taken:
                    continue
                taken.add(key)
                self._hachure(ink, x, y, top, gx, gy, min(1.0, slope[int(y), int(x)] / steep) * thickness, spacing)

    def _hachure(self, ink, x, y, top, gx, gy, width, spacing):
        """One stroke from (x, y) up towards the height `top`."""
        gw, gh = self.grid
        points = [(x, y)]
        for _ in range(24):
            ix, iy = int(x), int(y)
            if not (0 <= ix < gw - 1 and 0 <= iy < gh - 1) or self.height[iy, ix] > top * 0.985:
                break
            norm = np.hypot(gx[iy, ix], gy[iy, ix])
            if norm < 1e-6:
                break
            x, y = x + gx[iy, ix] / norm * 0.8, y + gy[iy, ix] / norm * 0.8
            points.append((x, y))
        if len(points) < 3 or width < 0.08:
            return
        jitter = self.rng.normal(0, spacing * 0.08, 2)
        path = np.array(points) * self.cell + jitter
        ink.taper(path[::-1] if len(path) < 6 else path[::-1][:: max(1, len(path) // 6)], width, width * 0.35)
