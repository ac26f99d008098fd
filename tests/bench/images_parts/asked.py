"""What is asked: tiles as viewers ask for them, and requests that need pixels."""

import random

TILE = 512
EDGES = 0.3


def _levels(width, height):
    """Scale, width and height of the levels, until one fits in a tile."""
    scale = 1
    while True:
        across, down = -(-width // scale), -(-height // scale)
        yield scale, across, down
        if max(across, down) <= TILE:
            return
        scale *= 2


def tiles(identifier, width, height):
    """All tiles of all levels: paths, and whether each is smaller than a tile, as at the right and at the bottom."""
    for scale, across, down in _levels(width, height):
        side = TILE * scale
        for y in range(0, height, side):
            for x in range(0, width, side):
                w, h = min(side, width - x), min(side, height - y)
                out = min(TILE, across - x // scale), min(TILE, down - y // scale)
                region = "full" if (w, h) == (width, height) else f"{x},{y},{w},{h}"
                yield f"/image/3/{identifier}/{region}/{out[0]},{out[1]}/0/default.jpg", out != (TILE, TILE)


def mixed(*images):
    """All tiles of all levels of these images, in any order; those at an edge again until they are 30 % of all."""
    inner, edge = [], []
    for image in images:
        for path, at_edge in tiles(*image):
            (edge if at_edge else inner).append(path)
    wanted = round(len(inner) * EDGES / (1 - EDGES))
    every = inner + [edge[at % len(edge)] for at in range(max(wanted, len(edge)))]
    random.Random(1).shuffle(every)
    return every, len(inner) + len(edge)


def renders(images, count, seed):
    """Regions in any place and size, to be fitted into 800 × 800 (60 %), by percentages (15 %), in their own size (15 %),
    and thumbnails of the whole (10 %). Nothing is asked larger than it is, and nothing larger than 1,200 pixels.
    """
    dice = random.Random(seed)
    for _ in range(count):
        identifier, width, height = dice.choice(images)
        kind = dice.random()
        if kind < 0.6:
            w = round(2 ** dice.uniform(10, 12.3))
            h = max(800, round(w * dice.uniform(0.6, 1.6)))
            w, h = min(w, width), min(h, height)
            x, y = dice.randrange(width - w + 1), dice.randrange(height - h + 1)
            region, size = f"{x},{y},{w},{h}", "!800,800"
        elif kind < 0.75:
            share = dice.uniform(5, 40)
            x, y = dice.uniform(0, 100 - share), dice.uniform(0, 100 - share)
            wide = min(1200, int(width * share / 100) - 1)
            region, size = f"pct:{x:.2f},{y:.2f},{share:.2f},{share:.2f}", f"{dice.randint(min(300, wide), wide)},"
        elif kind < 0.9:
            w, h = dice.randint(200, 1200), dice.randint(200, 1200)
            x, y = dice.randrange(width - w), dice.randrange(height - h)
            region, size = f"{x},{y},{w},{h}", "max"
        else:
            region, size = "full", f"{dice.randint(100, 400)},"
        yield f"/image/3/{identifier}/{region}/{size}/0/default.jpg"
