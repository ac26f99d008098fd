"""Ingest of large pictures beside libvips making the same pyramids."""

import shutil

from images_parts.corpus import PYRAMID, vips
from images_parts.servers import Volume
from images_parts.small import place
from measuring import medians, number, progress, run, table

# What is made, how often, and at most how much of libvips' time and how many MiB that may take.
CASES = (
    ("B.jpg", "300 MP JPEG", 3, 0.7, 128),
    ("B.tif", "300 MP TIFF, strips", 3, 0.7, 128),
    ("B.png", "300 MP PNG", 2, 0.7, 128),
    ("C.jpg", "100 MP JPEG, progressive", 2, None, 256),
    ("C.png", "100 MP PNG, interlaced", 2, None, 256),
    ("C.jp2", "100 MP JPEG 2000, one tile", 1, None, 256),
)
GIGAPIXELS = ("2,000 MP TIFF, strips, LZW", 1, None, 256)
# Pictures that nobody reads by rows are given so many MiB, less what the program wants itself.
BUDGETED, ITSELF = 128, 32
# What the largest picture and its pyramids take on disk.
ROOM = 8 << 30


def ours(root, picture, most):
    """`acervo ingest` of a folder with one picture, and why not if it was refused."""
    volume = Volume(root / "one")
    place(picture, volume.incoming / picture.name)
    result = volume.ingest(*(("--memory", str(most)) if most > BUDGETED else ()))
    result["refused"] = ", ".join(volume.refused())
    shutil.rmtree(volume.root)
    return result


def theirs(root, picture):
    """libvips making a pyramid of it."""
    result = run(["vips", "tiffsave", picture, root / "one.tif", *PYRAMID], log=root / "vips.log", may_fail=True)
    (root / "one.tif").unlink(missing_ok=True)
    return result


def figures(one):
    return [number(one["seconds"], 2), number(one["cpu"], 2), number(one["memory"])]


def case(root, picture, what, times, share, most):
    """A row, and what the summary says."""
    mine, other = [], []
    for _ in range(times):
        mine.append(ours(root, picture, most))
        other.append(theirs(root, picture))
    refused, failed = mine[0]["refused"], other[0].get("failed")
    mine, other = medians(mine), medians(other)
    ratio = mine["seconds"] / other["seconds"]
    progress(f"ingest, {what}: {mine['seconds']:.2f} s, {mine['memory']:.0f} MiB; libvips {other['seconds']:.2f} s, "
             f"{other['memory']:.0f} MiB{'; ' + refused if refused else ''}")
    row = [what, times, *figures(mine), *(["", "fails", ""] if failed else figures(other)),
           "" if refused or failed else number(ratio, 2), refused]
    summary = [(f"ingest, {what}, peak MiB", mine["memory"], "≤", most)]
    if refused:
        summary = [(f"ingest, {what}", refused, "published, or refused", "needs-more-memory")]
    elif share:
        summary.insert(0, (f"ingest, {what}, seconds, to libvips", ratio, "≤", share))
    return row, summary


def gigapixels(root, pictures):
    """B, a part of it, four times enlarged: a striped TIFF of 50,000 × 40,000."""
    part, whole = root / "part.v", root / "gigapixels.tif"
    vips("crop", pictures / "B.tif", part, 4000, 2000, 12_500, 10_000)
    vips("zoom", part, f"{whole}[compression=lzw,predictor=horizontal,tile_height=16]", 4, 4)
    part.unlink()
    return whole


def ingest(root, pictures):
    """The section about ingest, and what the summary says of it."""
    rows, summary = [], []
    for name, *rest in CASES:
        row, said = case(root, pictures / name, *rest)
        rows.append(row)
        summary += said
    if shutil.disk_usage(root).free < ROOM:
        rows.append([GIGAPIXELS[0], 0, *[""] * 7, f"not tried: less than {ROOM >> 30} GiB free on disk"])
    else:
        picture = gigapixels(root, pictures)
        row, said = case(root, picture, *GIGAPIXELS)
        picture.unlink()
        rows.append(row)
        summary += said
    return "\n".join([
        "## Ingest", "",
        "`acervo ingest` of a folder with one picture, and `vips tiffsave " + " ".join(PYRAMID) + "` of the same file, in turns,",
        "both on all cores: seconds, seconds of processor, MiB at the peak. Ours also hashes the source, stores tiles at edges",
        f"twice, syncs, and writes the catalogue and the report. From 100 MP progressive on it is told `--memory 256`, to",
        "use the disk for the rest or to refuse.", "",
        table(["", "Times", "Acervo s", "CPU s", "MiB", "libvips s", "CPU s", "MiB", "ratio", "Refused"], rows)]), summary
