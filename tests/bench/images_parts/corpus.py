"""Pictures of many sizes and formats, computed by libvips and kept in the cache of this machine.

Noise of every scale, lines as of a map, and words, so that tiles are as heavy as those of scans at every level.
"""

import hashlib
import os
import pathlib
import shutil
import subprocess
import tempfile

from measuring import progress

CACHE = pathlib.Path(os.environ.get("ACERVO_CACHE") or pathlib.Path.home() / ".cache/acervo")
# Another recipe, other pictures.
RECIPE = hashlib.sha256(pathlib.Path(__file__).read_bytes()).hexdigest()[:10]
FOLDER = CACHE / f"bench-images-{RECIPE}"

PLATE = 5000
# How much noise of each scale there is, from single pixels on; in the colours only coarse noise.
LUMA, CHROMA = (4, 5, 7, 8, 10, 11, 12, 13), (0, 0, 1, 2, 3, 4, 5, 6)
WORDS = "In the year of 1791 the pilot Baltasar de Luna sounded the bay of Puerto Sereno and found eleven fathoms"
STRIPS = "tile_height=16"
JPEG = ("--Q", "85", "--subsample-mode", "on")
# As `acervo ingest` makes pyramids.
PYRAMID = ("--tile", "--pyramid", "--compression", "jpeg", "--Q", "85", "--tile-width", "512", "--tile-height", "512")


def vips(*arguments, environment=None):
    said = subprocess.run(["vips", *map(str, arguments)], capture_output=True, text=True,
                          env={**os.environ, **(environment or {})})
    if said.returncode != 0:
        raise SystemExit(f"vips {' '.join(map(str, arguments))}\n{said.stderr}")


def _noise(folder, name, amounts, seed):
    """A plate of one band: the sum of noise of every scale."""
    total = None
    for scale, amount in enumerate(amounts):
        if amount == 0:
            continue
        side = PLATE // 2**scale + 4
        one, large, cut, out = (folder / f"{name}-{scale}-{step}.v" for step in ("one", "large", "cut", "sum"))
        vips("gaussnoise", one, side, side, "--mean", 0, "--sigma", amount, "--seed", seed + scale)
        vips("resize", one, large, 2**scale, "--kernel", "cubic")
        vips("extract_area", large, cut, 0, 0, PLATE, PLATE)
        if total is None:
            total = cut
        else:
            vips("add", total, cut, out)
            total.unlink()
            total = out
        for done in (one, large, cut):
            if done != total:
                done.unlink(missing_ok=True)
    return total


def _plate(folder):
    """Paper and ink."""
    luma = _noise(folder, "luma", LUMA, 1)
    bands = []
    for seed, (band, paper) in enumerate({"red": 178, "green": 164, "blue": 138}.items()):
        chroma = _noise(folder, band, CHROMA, 100 * (seed + 1))
        mixed, lit = folder / f"{band}-mixed.v", folder / f"{band}.v"
        vips("add", luma, chroma, mixed)
        vips("linear", mixed, lit, 1, paper)
        bands.append(lit)
    joined, paper = folder / "joined.v", folder / "paper.v"
    vips("bandjoin", " ".join(map(str, bands)), joined)
    vips("cast", joined, paper, "uchar")
    # Lines of equal height, as on a map.
    for cell in (150, 400):
        height, distance, line, drawn = (folder / f"{step}-{cell}.v" for step in ("height", "distance", "line", "drawn"))
        vips("perlin", height, PLATE, PLATE, "--cell-size", cell, "--seed", cell)
        vips("abs", height, distance)
        vips("relational_const", distance, line, "less", 0.02)
        vips("linear", paper, folder / f"dark-{cell}.v", 0.35, 10, "--uchar")
        vips("ifthenelse", line, folder / f"dark-{cell}.v", paper, drawn)
        paper = drawn
    text, page, cut, mask = (folder / f"{step}.v" for step in ("text", "page", "cut", "mask"))
    vips("text", text, WORDS, "--font", "serif 36", "--width", 900, "--dpi", 100)
    vips("gravity", text, page, "centre", 1250, 1000)
    vips("replicate", page, cut, PLATE // 1250, PLATE // 1000)
    vips("relational_const", cut, mask, "more", 128)
    vips("linear", paper, folder / "dark.v", 0.25, 5, "--uchar")
    vips("ifthenelse", mask, folder / "dark.v", paper, folder / "plate.v")
    return folder / "plate.v"


def _large(folder, plate):
    """The plate in all its positions: 300 megapixels."""
    turned = [plate]
    for angle in ("d90", "d180", "d270"):
        turned.append(folder / f"{angle}.v")
        vips("rot", plate, turned[-1], angle)
    for number in range(4):
        turned.append(folder / f"mirrored-{number}.v")
        vips("flip", turned[number], turned[-1], "horizontal")
    order = [turned[(position * 5) % 8] for position in range(12)]
    vips("arrayjoin", " ".join(map(str, order)), f"{folder / 'B.tif'}[{STRIPS}]", "--across", 4)
    return folder / "B.tif"


def _make(folder):
    with tempfile.TemporaryDirectory(prefix="work-", dir=folder) as work:
        work = pathlib.Path(work)
        _large(work, _plate(work)).rename(folder / "B.tif")
        vips("crop", folder / "B.tif", f"{folder / 'A.tif'}[{STRIPS}]", 3000, 2000, 6000, 8000)
        vips("jpegsave", folder / "B.tif", folder / "B.jpg", *JPEG)
        vips("pngsave", folder / "B.tif", folder / "B.png", "--compression", 1, "--filter", "all")
        vips("crop", folder / "B.tif", work / "C.v", 6000, 4000, 10_000, 10_000)
        vips("jpegsave", work / "C.v", folder / "C.jpg", "--interlace", *JPEG)
        vips("pngsave", work / "C.v", folder / "C.png", "--interlace", "--compression", 1, "--filter", "all")
        # One tile as large as the image.
        vips("jp2ksave", work / "C.v", folder / "C.jp2", "--tile-width", 10_000, "--tile-height", 10_000)
    for name in ("A", "B"):
        vips("tiffsave", folder / f"{name}.tif", folder / f"{name}-pyramid.tif", *PYRAMID)


def corpus():
    """The folder with A (48 megapixels), B (300) and C (100) in several formats, and pyramids by libvips of the first two."""
    if not FOLDER.is_dir():
        progress(f"making pictures, once on this machine: {FOLDER}, 2 GiB")
        CACHE.mkdir(parents=True, exist_ok=True)
        folder = pathlib.Path(tempfile.mkdtemp(prefix="bench-images-", dir=CACHE))
        try:
            _make(folder)
            folder.rename(FOLDER)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    return FOLDER
