"""Tiles of whole pyramids, and info.json, beside nginx serving the same bytes as files, and other image servers."""

import contextlib

from images_parts.asked import mixed
from images_parts.corpus import CACHE
from images_parts.servers import DEBIAN_IIPSRV, NEWER_IIPSRV, Acervo, Iipsrv, Nginx, Sharp, sharp_modules
from images_parts.small import place
from measuring import ask, medians, number, progress, table

ROUNDS = 3
CONNECTIONS = (2, 32)


class Pictures:
    """A and B, published, and where each server has them."""

    def __init__(self, root, pictures, volume):
        self.root, self.corpus, self.volume = root, pictures, volume
        for name in ("A", "B"):
            place(pictures / f"{name}.tif", volume.incoming / f"{name}.tif")
        volume.ingest()
        self.identifiers = volume.identifiers()
        # The same names for peers, who take them for files.
        self.twins = root / "twins"
        self.twins.mkdir()
        for name, identifier in self.identifiers.items():
            place(pictures / f"{name}-pyramid.tif", self.twins / identifier)

    @property
    def images(self):
        return [(self.identifiers["A"], 6000, 8000), (self.identifiers["B"], 20_000, 15_000)]

    def peers(self):
        """Other image servers, not started."""
        peers = {"iipsrv 1.1 (Debian)": lambda: Iipsrv(DEBIAN_IIPSRV, self.root / "iipsrv", self.twins)}
        if NEWER_IIPSRV:
            peers["iipsrv, newer"] = lambda: Iipsrv(NEWER_IIPSRV, self.root / "iipsrv-newer", self.twins)
        modules = sharp_modules(CACHE)
        peers["sharp 0.35"] = lambda: Sharp(self.root / "sharp", self.twins, modules)
        return peers


def compare(servers, paths, connections, rounds=ROUNDS, seconds=None):
    """Asks every server for the same paths, in turns; the medians of each by name and connections."""
    found = {}
    for _ in range(rounds):
        for count in connections:
            for name, server in servers.items():
                one = ask(server, server.base, paths, seconds=(seconds or {}).get(name, 3), connections=count, may_fail=True)
                found.setdefault((name, count), []).append(one)
    return {of: medians(results) for of, results in found.items()}


def rows(results, to, connections):
    """A row for each server and number of connections, with the ratio to the server `to`."""
    for count in connections:
        for name in dict.fromkeys(name for name, _ in results):
            one, other = results[name, count], results[to, count]
            yield [count, name, number(one["rate"]), number(one["rate"] / other["rate"], 2),
                   number(one["rate"] * one["size"] / 1e6), number(one["p50"] / 1000, 2), number(one["p99"] / 1000, 2),
                   number(one["p99"] / other["p99"], 2), number(one["cpu"], 0 if one["cpu"] > 100 else 1),
                   number(one["cpu"] / other["cpu"], 2), number(one["faults"]), f"{one['strangers']:.0f} %"]


HEAD = ["Connections", "", "requests/s", "ratio", "MB/s", "p50 ms", "p99 ms", "ratio", "CPU µs", "ratio", "Faults", "Others"]


def tiles(pictures):
    """The section about tiles, and what the summary says of them."""
    paths, distinct = mixed(*pictures.images)
    with contextlib.ExitStack() as stack:
        acervo = stack.enter_context(Acervo(pictures.volume, pictures.root / "serve.log"))
        nginx = stack.enter_context(Nginx(pictures.root / "nginx"))
        lengths = nginx.copy(acervo.base, paths)
        rendered = acervo.counter("acervo_images_rendered")
        if rendered:
            progress(f"of {distinct} tiles {rendered:.0f} are not stored")
        servers = {"Acervo": acervo, "nginx, as files": nginx}
        for name, peer in pictures.peers().items():
            servers[name] = stack.enter_context(peer())
        slow = {name: 2 for name in list(servers)[2:]}
        for name, server in servers.items():
            # Once each, so that whatever a server keeps it has.
            ask(server, server.base, paths, seconds=1, connections=2, may_fail=True)
        results = compare(servers, paths, CONNECTIONS, seconds=slow)
        memory = {name: server.memory() for name, server in servers.items()}
    for (name, count), one in results.items():
        progress(f"tiles, {name}, {count} connections: {one['rate']:.0f}/s, {one['cpu']:.0f} µs, p99 {one['p99'] / 1000:.2f} ms")
    mean = sum(lengths[path] for path in paths) / len(paths) / 1024
    text = "\n".join([
        "## Tiles", "",
        f"All tiles of all levels of A and B, {distinct:,} addresses; those at an edge again until they are 30 % of the",
        f"{len(paths):,} requests; {mean:.0f} KiB on average. nginx has the same bytes as files; it sends no headers but those of a file.",
        "The other servers have pyramids that libvips made of the same pictures.", "",
        table(HEAD, rows(results, "nginx, as files", CONNECTIONS)),
        "MiB resident, and how much of that is no file: " + "; ".join(
            f"{name} {number(all_)}, {number(own)}" for name, (all_, own) in memory.items()) + ".", ""])
    ours, theirs = results["Acervo", 32], results["nginx, as files", 32]
    summary = [
        ("tiles, CPU a request, to nginx", ours["cpu"] / theirs["cpu"], "≤", 1.4),
        ("tiles, requests/s, to nginx", ours["rate"] / theirs["rate"], "≥", 0.9),
        ("tiles, p99, to nginx", ours["p99"] / theirs["p99"], "≤", 2),
    ]
    return text, summary


def info(pictures):
    """The section about info.json, and what the summary says of it."""
    paths = [f"/image/3/{identifier}/info.json" for identifier in pictures.identifiers.values()]
    with contextlib.ExitStack() as stack:
        acervo = stack.enter_context(Acervo(pictures.volume, pictures.root / "serve.log"))
        nginx = stack.enter_context(Nginx(pictures.root / "nginx"))
        nginx.copy(acervo.base, paths)
        results = compare({"Acervo": acervo, "nginx, as a file": nginx}, paths, CONNECTIONS)
    for (name, count), one in results.items():
        progress(f"info.json, {name}, {count} connections: {one['rate']:.0f}/s, {one['cpu']:.0f} µs")
    ours, theirs = results["Acervo", 32], results["nginx, as a file", 32]
    return "\n".join([
        "## info.json", "", table(HEAD, rows(results, "nginx, as a file", CONNECTIONS))]), [
        ("info.json, requests/s, to nginx", ours["rate"] / theirs["rate"], "≥", 0.9)]
