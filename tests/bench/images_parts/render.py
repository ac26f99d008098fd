"""Requests that need pixels, beside other image servers: what they cost, and how like an exact answer they are."""

import contextlib
import json
import os
import pathlib
import statistics
import subprocess
import urllib.error
import urllib.request

from images_parts.asked import renders
from images_parts.servers import Acervo
from images_parts.tiles import compare
from measuring import ask, number, progress, table

CONNECTIONS = (2, 32)
COMPARED = 40
# A Python with numpy and Pillow.
PYTHON = os.environ.get("BENCH_SIMILARITY")


def likeness(pictures, servers, original):
    """SSIM of answers to exact Lanczos3 of the original, by server."""
    identifier, width, height = pictures.images[0]
    # What a percentage is in pixels is rounded by every server in its own way.
    paths = [path for path in renders([(identifier, width, height)], 2 * COMPARED, 7) if "pct:" not in path][:COMPARED]
    folder = pictures.root / "answers"
    folder.mkdir()
    cases, refused = [], {name: 0 for name in servers}
    for at, path in enumerate(paths):
        region = path.split("/")[4]
        x, y, w, h = (0, 0, width, height) if region == "full" else map(int, region.split(","))
        answers = {}
        for number_, (name, server) in enumerate(servers.items()):
            file = folder / f"{at}-{number_}.jpg"
            try:
                file.write_bytes(urllib.request.urlopen(server.base + path).read())
                answers[name] = str(file)
            except urllib.error.HTTPError:
                refused[name] += 1
        cases.append({"box": [x, y, x + w, y + h], "answers": answers})
    said = subprocess.run(
        [PYTHON, pathlib.Path(__file__).parent / "similarity.py"], check=True, capture_output=True, text=True,
        input=json.dumps({"original": str(original), "cases": cases})).stdout
    found = json.loads(said)
    return {name: {"mean": statistics.mean(one[name] for one in found if name in one),
                   "least": min(one[name] for one in found if name in one), "refused": refused[name]} for name in servers}


def render(pictures):
    """The section, and what the summary says of it."""
    paths = list(renders(pictures.images, 600, 1))
    with contextlib.ExitStack() as stack:
        acervo = stack.enter_context(Acervo(pictures.volume, pictures.root / "serve.log"))
        servers = {"Acervo": acervo, **{name: stack.enter_context(peer()) for name, peer in pictures.peers().items()}}
        for server in servers.values():
            ask(server, server.base, paths, seconds=1, connections=2, may_fail=True)
        results = compare(servers, paths, CONNECTIONS, seconds=dict.fromkeys(servers, 5))
        like = likeness(pictures, servers, pictures.corpus / "A.tif") if PYTHON else {}
    best = min(one["cpu"] for (name, _), one in results.items() if name != "Acervo")
    rows = [[count, name, number(one["rate"]), number(one["p50"] / 1000, 1), number(one["p99"] / 1000, 1),
             number(one["cpu"] / 1000, 1), number(one["cpu"] / best, 2), number(one["faults"]), f"{one['strangers']:.0f} %"]
            for (name, count), one in sorted(results.items(), key=lambda of: of[0][1])]
    for (name, count), one in results.items():
        progress(f"render, {name}, {count} connections: {one['cpu'] / 1000:.1f} ms, p99 {one['p99'] / 1000:.0f} ms")
    text = [
        "## Requests that need pixels", "",
        "600 requests for A and B: regions of any place and size fitted into 800 × 800 (60 %), regions by percentages",
        "(15 %), regions in their own size (15 %), thumbnails (10 %). Ratio: to the peer that needs the least processor. iipsrv",
        "interpolates linearly, as it does by default; sharp cuts whole pixels of the next larger level.", "",
        table(["Connections", "", "requests/s", "p50 ms", "p99 ms", "CPU ms", "ratio", "Faults", "Others"], rows)]
    summary = [("render, CPU ms a request", results["Acervo", 2]["cpu"] / 1000, "≤", 8)]
    if like:
        text += [
            f"Likeness (SSIM of the luma) of {COMPARED} answers about A to the region of the original, resized by exact Lanczos3:", "",
            table(["", "mean", "least", "Faults"],
                  [[name, f"{one['mean']:.4f}", f"{one['least']:.4f}", one["refused"]] for name, one in like.items()])]
        peers = max(one["mean"] for name, one in like.items() if name != "Acervo")
        summary.append(("render, SSIM, less that of the best peer", like["Acervo"]["mean"] - peers, "≥", 0))
    return "\n".join(text), summary
