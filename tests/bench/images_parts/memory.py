"""A server with nothing to do: how soon it is ready, and what it holds."""

import time

from images_parts.servers import Acervo, Volume
from images_parts.small import place, small
from measuring import median, number, progress, table

ITEMS, TIMES = 1000, 5


def memory(root, pictures):
    """The section, and what the summary says of it."""
    volume = Volume(root / "thousand")
    files = list(small(pictures, root / "thousand/small", 20, 300, 200))
    for item in range(ITEMS):
        place(files[item % len(files)], volume.incoming / f"{item:04}.jpg")
    volume.ingest()
    results = []
    for _ in range(TIMES):
        server = Acervo(volume, root / "serve.log")
        server.pause = 0.001
        with server:
            time.sleep(3)
            results.append((server.started * 1000, *server.memory()))
    started, resident, own = (median(column) for column in zip(*results))
    progress(f"{ITEMS} items: ready after {started:.0f} ms, {resident:.1f} MiB, {own:.1f} of its own")
    rows = [["from start to ready, ms", number(started)], ["resident, MiB", number(resident, 1)],
            ["of that anonymous, the rest is the program's file, MiB", number(own, 1)]]
    return "\n".join([
        "## A server with nothing to do", "", f"`acervo serve` with {ITEMS:,} items, three seconds after it was ready; medians of {TIMES}.", "",
        table(["", ""], rows)]), [
        ("idle with 1,000 items, MiB resident", resident, "≤", 12),
        ("start to ready, ms", started, "≤", 100)]
